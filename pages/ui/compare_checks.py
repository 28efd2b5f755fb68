"""What was found out about compared answers: against the documents where one read none, else against its passages."""

from dataclasses import replace

from lib.advice.illustrate import FrameworkRow, illustrates
from lib.advice.illustrate_trained import illustrates_both, illustrates_training
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
    alone, rag = _whole(compared, ApproachName.PROMPT_ONLY), _whole(compared, ApproachName.RAG)
    trained, both = _whole(compared, ApproachName.FINE_TUNED), _whole(compared, ApproachName.HYBRID)
    rows: list[FrameworkRow | None] = []
    if alone and rag:
        ready = ready_question(compared)
        rows.append(illustrates(alone, rag, ready.shows if ready else None, _checked(compared, alone)))
    if alone and trained:
        rows.append(illustrates_training(trained, alone, rag, _checked(compared, trained)))
    if rag and both:
        rows.append(illustrates_both(both, rag))
    return tuple(row for row in rows if row is not None)


def _whole(compared: Comparison, approach: ApproachName) -> Answer | None:
    side = compared.side(approach)
    return side.whole if side is not None else None


def _checked(compared: Comparison, answer: Answer) -> tuple[StatementCheck, ...]:
    side = compared.side(answer.approach)
    return checked(side) if side is not None else ()


def ready_question(compared: Comparison) -> ReadyQuestion | None:
    """The sample corpus's ready question that was asked, if it was one."""
    corpus = services.ready_corpus(compared.asked_of.corpus)
    questions = corpus.questions if corpus else ()
    return next((ready for ready in questions if ready.question == compared.question), None)
