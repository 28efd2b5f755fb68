"""An answer held against all documents: each of its statements is searched for on its own, then judged."""

from collections.abc import Sequence

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Passage
from lib.evaluation.statements import check_statements
from lib.protocols import Embedder, Retriever
from lib.records import StatementCheck

PASSAGES_A_STATEMENT = 5


def check_against_documents(
    text: str, retriever: Retriever, embedder: Embedder, *, question: str = "", top_k: int = PASSAGES_A_STATEMENT
) -> tuple[StatementCheck, ...]:
    """What the documents say of each statement of `text`, in order; empty for a text that states nothing.

    A statement is searched for by its own words, not by the question's: the documents may carry what the question did
    not ask for; the question only helps to judge what was found. Takes one search a statement and one call of the
    embedder for all of them.
    """

    def find(statement: str) -> Sequence[Passage]:
        return retriever.retrieve(statement, top_k=top_k)

    return check_statements(text, find, embedder, sentence_starts, question=question)
