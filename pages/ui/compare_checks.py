"""What was found out about compared answers: against the documents where one read none, else against its passages."""

from dataclasses import replace

from lib.advice.illustrate import FrameworkRow, illustrates
from lib.corpus.samples import ReadyQuestion
from lib.domain import Answer, ApproachName
from lib.evaluation.against_documents import check_against_documents
from lib.records import StatementCheck, Verdicts
from pages.ui import services, state
from pages.ui.compare_run import Comparison, Kind, Side

_CHECKED = "compare.checked."


def checked(side: Side) -> tuple[StatementCheck, ...]:
    """The statements of an answer that read nothing against the documents, judged once; raises LabError."""
    answer = side.answer
    if answer is None or answer.abstained:
        return ()
    nothing: tuple[Answer | None, tuple[StatementCheck, ...]] = (None, ())
    seen, checks = state.recall(_CHECKED + side.name, nothing)
    if seen is not answer:
        house, asked = services.lab(), side.workspace
        retriever = house.retriever(asked.id, asked.chunking, replace(asked.retrieval, min_score=0.0))
        checks = check_against_documents(answer.text, retriever, house.measuring.embedder, question=answer.question)
        state.remember(_CHECKED + side.name, (answer, checks))
    return checks


def verdicts_of(compared: Comparison, side: Side) -> Verdicts | None:
    """None while answers still come, since the check takes what they need, and where there is nothing to check."""
    if side.searches:
        return side.asked.verdicts if side.asked is not None else None
    return None if compared.live or side.answer is None else Verdicts(checked(side))


def illustrated(compared: Comparison) -> tuple[FrameworkRow, ...]:
    """The framework's rows that this example illustrates, one for each pair of answers that came whole."""
    if compared.kind is not Kind.APPROACHES:
        return ()
    alone, rag = compared.side(ApproachName.PROMPT_ONLY), compared.side(ApproachName.RAG)
    if alone is None or rag is None or alone.whole is None or rag.whole is None:
        return ()
    ready = ready_question(compared)
    return (illustrates(alone.whole, rag.whole, ready.shows if ready else None, checked(alone)),)


def ready_question(compared: Comparison) -> ReadyQuestion | None:
    """The sample corpus's ready question that was asked, if it was one."""
    corpus = services.ready_corpus(compared.asked_of.corpus)
    questions = corpus.questions if corpus else ()
    return next((ready for ready in questions if ready.question == compared.question), None)
