"""Whether an answer says what its sources say: each statement against all passages, each citation against its own."""

from collections.abc import Sequence

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Answer, Citation, Passage
from lib.evaluation.statements import check_statements
from lib.protocols import Embedder
from lib.records import CitationCheck, StatementCheck, Verdicts


def check_answer(answer: Answer, embedder: Embedder) -> Verdicts:
    """What the passages that the answer rests on say of each of its statements, and of each citation's.

    Statements and citations come in the order of the text. Nothing is judged of an answer that abstained, and of one
    without passages: it has no sources to be faithful to (`check_against_documents` is for those).
    """
    if answer.abstained or not answer.passages:
        return Verdicts()
    statements = _checked(answer, answer.passages, embedder)
    return Verdicts(statements, _citations(answer, statements, embedder))


def statement_behind(citation: Citation, statements: Sequence[StatementCheck]) -> StatementCheck | None:
    """The statement that the marker stands in or after; None where the text before it states nothing."""
    before = [check for check in statements if check.start < citation.answer_end]
    return before[-1] if before else None


def _checked(answer: Answer, passages: Sequence[Passage], embedder: Embedder) -> tuple[StatementCheck, ...]:
    return check_statements(
        answer.text, lambda _statement: passages, embedder, sentence_starts, question=answer.question
    )


def _citations(answer: Answer, statements: Sequence[StatementCheck], embedder: Embedder) -> tuple[CitationCheck, ...]:
    found = []
    for citation in answer.citations:
        behind = statement_behind(citation, statements)
        if behind is None:
            continue
        alone = _checked(answer, (citation.passage,), embedder)
        found += [CitationCheck(citation, one) for one in alone if (one.start, one.end) == (behind.start, behind.end)]
    return tuple(found)
