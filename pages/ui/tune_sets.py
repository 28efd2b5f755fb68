"""What the screens ask of the workspace's training sets: which is chosen, how it stands, and changes to it."""

from collections.abc import Callable

from lib.errors import LabError
from lib.generation.tokens import estimate_tokens
from lib.records import EvalSet
from lib.sets.names import free_name as free_set_name
from lib.settings import ModelChoice, Workspace
from lib.training.health import HealthReport, check_health
from lib.training.lengths import TokenCount
from lib.training.overlap import refuse_overlap
from lib.training.set_making import HELD_OUT
from lib.training.set_store import TrainingSetStore, sample_names, sample_set, sample_training_set, version_of
from lib.training.values import TrainingSet, TrainingSettings
from pages.ui import eval_sets, markup, services, state

CHOSEN = "tune.set"
FIRST_NAME = "My examples"
PART = "tune.set.part"
_SETTINGS = "tune.settings"
_SAID, _FAILURE = "tune.set.said", "tune.set.failure"


def store() -> TrainingSetStore:
    """The training sets of the lab."""
    return services.lab().tuning.sets


def names(workspace: Workspace) -> tuple[str, ...]:
    """Names of the workspace's sets."""
    return store().names(workspace.id)


def chosen(workspace: Workspace) -> str:
    """The set that is worked with: the one chosen last, or the first; "" when there is none."""
    there = names(workspace)
    name = state.recall(CHOSEN, "")
    if name not in there:
        name = there[0] if there else ""
        state.remember(CHOSEN, name)
    return name


def choose(name: str) -> None:
    """Work with the set of that name from now on."""
    state.remember(CHOSEN, name)


def free_name(workspace: Workspace, wanted: str) -> str:
    """The wanted name, with a number behind it if it is taken."""
    return free_set_name(wanted, (*names(workspace), *sample_names()))


def load_sample(workspace: Workspace, sample: str) -> None:
    """Keep a sample set as one of the workspace's own and choose it."""
    found = sample_training_set(sample)
    keep(workspace, found, free_name(workspace, sample_set(sample).title))


def keep(workspace: Workspace, training_set: TrainingSet, name: str, said: str = "") -> bool:
    """Keep a set under that name, choose it and say so; whether it was kept. A failure is told at the top."""
    named = TrainingSet(name, training_set.train, training_set.validation, training_set.held_out)
    count = len(named.examples)
    told = said or f"Kept {count:,} example{'' if count == 1 else 's'} as **{markup.plain(name)}**."

    def work() -> None:
        store().keep(workspace.id, named)
        choose(name)

    return attempt(work, told)


def change(workspace: Workspace, name: str, made: Callable[[TrainingSet], TrainingSet], said: str) -> bool:
    """Put what `made` makes of the set in its place and say so; whether it was. A failure is told at the top."""
    return attempt(lambda: store().change(workspace.id, name, made), said)


def attempt(work: Callable[[], object], said: str = "") -> bool:
    """Do it; `said` or the failure is told at the top of the page when it is drawn again."""
    try:
        work()
    except LabError as error:
        state.remember(_FAILURE, error)
        return False
    if said:
        state.remember(_SAID, said)
    return True


def take_said() -> str:
    """What is to be told once, as Markdown."""
    return state.take(_SAID, "")


def take_failure() -> LabError | None:
    """What failed since the page was last drawn."""
    return state.take(_FAILURE, None)


def judging(workspace: Workspace) -> tuple[EvalSet, ...]:
    """The eval sets that answers are judged by: the samples whose documents are there, and the workspace's own."""
    return tuple(eval_sets.store().load(workspace.id, name) for name in eval_sets.offered(workspace))


def held_out_sets(workspace: Workspace) -> tuple[EvalSet, ...]:
    """The eval sets whose cases nothing may be trained on."""
    return tuple(one for one in judging(workspace) if one.name.endswith(HELD_OUT))


def refuse_seen_questions(workspace: Workspace, training_set: TrainingSet) -> None:
    """Raise BadInput if the set asks what an eval set of the workspace asks."""
    refuse_overlap(training_set, judging(workspace))


def window() -> int:
    """The longest example in tokens, as it was dialled under Train."""
    return state.recall(_SETTINGS, TrainingSettings()).window_tokens


def health(workspace: Workspace, training_set: TrainingSet, *, lengths: bool = False) -> HealthReport:
    """How the set stands; worked out anew only when it, the eval sets or the window have changed.

    With `lengths` the tokens of examples are counted; without, only those are that may be longer than the window.
    """
    eval_sets_ = judging(workspace)
    key = (version_of(training_set), eval_sets_, window(), lengths)
    held = f"tune.health.{lengths}"
    kept: tuple[object, HealthReport] | None = state.recall(held, None)
    if kept is not None and kept[0] == key:
        return kept[1]
    generator = services.lab().generator(ModelChoice())
    tokens = TokenCount(generator.count_tokens, estimate_tokens, window(), sampled=400 if lengths else 0)
    found = check_health(training_set, eval_sets_, tokens=tokens)
    state.remember(held, (key, found))
    return found
