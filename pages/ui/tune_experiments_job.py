"""Style or facts as background work: both trainings through the lab, then the questions; what is found is kept."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lib.domain import Answer, ApproachName
from lib.errors import NotFound
from lib.evaluation.experiment_material import facts_material, some, style_material
from lib.evaluation.experiment_store import ExperimentStore
from lib.evaluation.fact_change import SAMPLE_EDIT
from lib.evaluation.style_or_facts import (
    RECIPE,
    ExperimentEvent,
    ExperimentTools,
    Lesson,
    LessonTrained,
    StyleOrFacts,
    style_or_facts,
)
from lib.lab import Lab
from lib.measuring import answered
from lib.settings import ModelChoice, Workspace
from lib.training.set_store import version_of
from lib.training.values import TrainingEvent, TrainingSet, TrainingSettings
from pages.ui import services
from pages.ui.jobs import Job

ADAPTERS = {Lesson.STYLE: "experiment-style", Lesson.FACTS: "experiment-facts"}
"""What the adapters of the two lessons are called."""


def kept() -> ExperimentStore:
    """What the experiment found before."""
    return ExperimentStore(services.lab().store.folder)


def start(workspace: Workspace, *, seconds: int, questions: int, anew: bool) -> Job[object]:
    """Train and ask in the background; the experiment that runs in the workspace already goes on instead."""
    house, store = services.lab(), kept()
    settings = replace(RECIPE, time_budget_s=float(seconds))
    with_documents = has_documents(workspace)

    def work(stopped: Callable[[], bool]) -> Iterator[ExperimentEvent]:
        tools = _tools(house, workspace, settings, stopped)
        if anew:
            tools = replace(tools, is_ready=lambda _lesson, _set: False)
        if not with_documents:
            tools = replace(tools, rag=None)
        material = some(style_material(), questions), some(facts_material(), questions)
        for event in style_or_facts(tools, *material, now=datetime.now(UTC), stopped=stopped):
            if isinstance(event, StyleOrFacts) and (event.style or event.facts):
                store.keep(workspace.id, event)
            yield event

    return services.jobs().start(_name(workspace.id), work)


def job(workspace_id: str) -> Job[object] | None:
    """The workspace's last experiment of this process, running or over."""
    return services.jobs().get(_name(workspace_id))


def stop(workspace_id: str) -> None:
    """End the experiment after the step under way; a training that runs is stopped too."""
    running = job(workspace_id)
    if running is not None and running.running:
        running.stop()
        services.lab().tuning.stop(workspace_id)


def has_documents(workspace: Workspace) -> bool:
    """Whether the sample company's documents are in the workspace."""
    return any(entry.name == SAMPLE_EDIT.document for entry in services.documents(workspace.id))


def ready(workspace: Workspace) -> tuple[Lesson, ...]:
    """The lessons whose adapter is there."""
    names = services.lab().tuning.adapters.names(workspace.id)
    return tuple(lesson for lesson, name in ADAPTERS.items() if name in names)


def _tools(
    house: Lab, workspace: Workspace, settings: TrainingSettings, stopped: Callable[[], bool]
) -> ExperimentTools:
    tuning, built_in = house.tuning, ModelChoice()
    reading = replace(workspace, model=built_in)

    def train(lesson: Lesson, training_set: TrainingSet) -> Iterator[TrainingEvent]:
        tuning.start(workspace.id, training_set, ADAPTERS[lesson], settings)
        for event in tuning.follow(workspace.id):
            yield event
            if stopped():
                tuning.stop(workspace.id)
        tuning.wait(workspace.id)

    def is_ready(lesson: Lesson, training_set: TrainingSet) -> bool:
        try:
            adapter = tuning.adapters.load(workspace.id, ADAPTERS[lesson])
        except NotFound:
            return False
        return adapter.trainset_sha256 == version_of(training_set) and adapter.settings == settings

    def trained(lesson: Lesson) -> LessonTrained:
        adapter = tuning.adapters.load(workspace.id, ADAPTERS[lesson])
        return LessonTrained(lesson, adapter.seconds, adapter.steps)

    def rag(question: str) -> Answer:
        return answered(house.approach(ApproachName.RAG, reading), question)

    return ExperimentTools(
        train=train,
        is_ready=is_ready,
        trained=trained,
        base=lambda: house.generator(built_in),
        tuned=lambda lesson: house.generator(built_in, adapter=tuning.adapter_file(workspace.id, ADAPTERS[lesson])),
        rag=rag,
    )


def _name(workspace_id: str) -> str:
    return f"style-or-facts:{workspace_id}"
