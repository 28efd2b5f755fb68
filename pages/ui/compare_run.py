"""Two answers to one question, asked at the same time in the background and kept for the session."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lib.advice.illustrate import FrameworkRow, illustrates
from lib.corpus.outcomes import IngestEvent, Progress
from lib.corpus.samples import ReadyQuestion
from lib.domain import Answer, AnswerEvent, ApproachName
from lib.evaluation.against_documents import check_against_documents
from lib.records import Origin, StatementCheck, Verdicts
from lib.settings import ModelChoice, Workspace
from pages.ui import parts, progress, services, state
from pages.ui.asking import Asked
from pages.ui.jobs import Job
from pages.ui.recording import NotRecorded, Recorded, recorded

_PAIR = "compare.pair."
_CHECKED = "compare.checked"
_WAIT_S = 0.1


class Kind(StrEnum):
    """What is set beside what."""

    APPROACHES = "approaches"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Side:
    """One column: the settings that it was asked under, and its answer; none where the model cannot take part."""

    name: str
    label: str
    approach: ApproachName
    workspace: Workspace
    asked: Asked | None

    @property
    def live(self) -> bool:
        """Whether words may still come."""
        return self.asked is not None and self.asked.live

    @property
    def answer(self) -> Answer | None:
        """The answer once it is over, stopped ones too."""
        return self.asked.answer if self.asked is not None and not self.asked.live else None

    @property
    def indexing(self) -> Progress | None:
        """The stage at which the index that this side needs is, while it is made."""
        events: tuple[object, ...] = self.asked.job.events if self.asked is not None else ()
        stages = progress.latest(events).values()
        return next((stage for stage in stages if stage.done < stage.total), None)


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison."""

    kind: Kind
    left: Side
    right: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both columns in their order."""
        return self.left, self.right

    @property
    def question(self) -> str:
        """What both were asked."""
        return self.right.workspace.question

    @property
    def live(self) -> bool:
        """Whether either still answers."""
        return any(side.live for side in self.sides)

    @property
    def whole(self) -> tuple[Answer, Answer] | None:
        """Both answers, if both came to their end."""
        left, right = self.left.answer, self.right.answer
        return (left, right) if left and right and not left.stopped and not right.stopped else None

    def stop(self) -> None:
        """End what still answers."""
        for side in self.sides:
            if side.asked is not None:
                side.asked.job.stop()


def current(kind: Kind) -> Pair | None:
    """What was last compared in that way in this session."""
    return state.recall(_PAIR + kind, None)


def ask_approaches(workspace: Workspace) -> None:
    """Start prompt-only and RAG together, with the same model."""
    quotes_only = workspace.model.kind == "extractive"
    alone = Side(
        "left",
        "Prompt-only",
        ApproachName.PROMPT_ONLY,
        workspace,
        None if quotes_only else _prompt_only(workspace),
    )
    _replace_pair(Pair(Kind.APPROACHES, alone, _rag_side("right", "RAG", workspace)))


def ask_settings(workspace: Workspace, variation: Workspace) -> None:
    """Start RAG under both settings together; an index that is missing is made first, and both answers wait for it.

    An answer given beside the embedding of an index would look slow through no fault of its settings.
    """
    indexed = threading.Event()
    left = _rag_side("left", "A", workspace, after=indexed)
    _replace_pair(Pair(Kind.SETTINGS, left, _rag_side("right", "B", variation, indexed=indexed)))


def lend_built_in() -> None:
    """Let the built-in model write the prompt-only column beside an answerer that only quotes."""
    pair = current(Kind.APPROACHES)
    if pair is None:
        return
    lent = replace(pair.left.workspace, model=ModelChoice())
    side = replace(pair.left, workspace=lent, asked=_prompt_only(lent))
    state.remember(_PAIR + pair.kind, replace(pair, left=side))


def checked(pair: Pair) -> tuple[StatementCheck, ...]:
    """The prompt-only answer's statements against the documents, judged once; raises LabError."""
    answer = pair.left.answer
    if answer is None or answer.abstained:
        return ()
    nothing: tuple[Answer | None, tuple[StatementCheck, ...]] = (None, ())
    seen, checks = state.recall(_CHECKED, nothing)
    if seen is not answer:
        house, asked = services.lab(), pair.right.workspace
        retriever = house.retriever(asked.id, asked.chunking, replace(asked.retrieval, min_score=0.0))
        checks = check_against_documents(answer.text, retriever, house.measuring.embedder, question=answer.question)
        state.remember(_CHECKED, (answer, checks))
    return checks


def verdicts_of(pair: Pair, side: Side) -> Verdicts | None:
    """What was found out about one side: against the documents where it read none, else against its passages."""
    if side.approach is ApproachName.PROMPT_ONLY:
        return None if pair.live else Verdicts(checked(pair))
    return side.asked.verdicts if side.asked is not None else None


def illustrated(pair: Pair) -> FrameworkRow | None:
    """The framework's row that this example illustrates; None until both answers are whole."""
    if pair.kind is not Kind.APPROACHES or pair.whole is None:
        return None
    ready = ready_question(pair)
    return illustrates(*pair.whole, ready.shows if ready else None, checked(pair))


def ready_question(pair: Pair) -> ReadyQuestion | None:
    """The sample corpus's ready question that was asked, if it was one."""
    corpus = services.ready_corpus(pair.right.workspace.corpus)
    questions = corpus.questions if corpus else ()
    return next((ready for ready in questions if ready.question == pair.question), None)


def _replace_pair(pair: Pair) -> None:
    """Keep this comparison; the one before is stopped."""
    if before := current(pair.kind):
        before.stop()
    state.remember(_PAIR + pair.kind, pair)


def _rag_side(
    name: str,
    label: str,
    workspace: Workspace,
    *,
    indexed: threading.Event | None = None,
    after: threading.Event | None = None,
) -> Side:
    job = _start_rag(workspace, indexed=indexed or threading.Event(), after=after)
    asked = Asked(job, workspace.question, ApproachName.RAG, parts.model_words(workspace.model))
    return Side(name, label, ApproachName.RAG, workspace, asked)


def _prompt_only(workspace: Workspace) -> Asked:
    job = services.start_answer(ApproachName.PROMPT_ONLY, workspace, key=state.key(), origin=Origin.COMPARE)
    return Asked(job, workspace.question, ApproachName.PROMPT_ONLY, parts.model_words(workspace.model))


def _start_rag(workspace: Workspace, *, indexed: threading.Event, after: threading.Event | None) -> Job[Any]:
    """RAG in the background; where the settings have no index yet, it is made first and tells how far it is.

    `indexed` is set as soon as the index is there (or cannot be made); the answer waits for `after`.
    """
    house, counter, key = services.lab(), services.versions(), state.key()

    def work(stopped: Callable[[], bool]) -> Iterator[IngestEvent | AnswerEvent | Recorded | NotRecorded]:
        try:
            if not house.plan(workspace.id, workspace.chunking).applied:
                yield from house.apply(workspace.id, workspace.chunking, stopped=stopped)
                counter.changed(workspace.id)
        finally:
            indexed.set()
        while after is not None and not stopped() and not after.wait(_WAIT_S):
            pass
        if stopped():
            return
        events = house.approach(ApproachName.RAG, workspace, key=key).answer(workspace.question)
        yield from recorded(events, house, workspace, Origin.COMPARE, stopped)

    return Job(work, name="compare:rag")
