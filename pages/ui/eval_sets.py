"""What the screens ask of the workspace's eval sets: which is chosen, how it stands, drafts in the background."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from lib.evaluation.draft_blanks import draft_by_blanking
from lib.evaluation.draft_checks import DRAFT_TAG
from lib.evaluation.drafting import DraftEvent, DraftOrder, draft_by_model
from lib.evaluation.eval_store import EvalSetStore
from lib.evaluation.locating import Located
from lib.records import EvalCase, EvalSet
from lib.settings import Workspace
from pages.ui import services, state
from pages.ui.jobs import Job

CHOSEN = "evaluate.set"
FIRST_NAME = "My questions"
DRAFTS = 10


@dataclass(frozen=True, slots=True)
class Health:
    """How a set stands in the present documents; `located` is by case id, empty when there are no documents."""

    eval_set: EvalSet
    located: dict[str, Located]

    @property
    def stale(self) -> tuple[EvalCase, ...]:
        """Cases with evidence that no longer stands in the documents."""
        return tuple(case for case in self.eval_set.cases if case.id in self.located and self.located[case.id].stale)

    @property
    def drafts(self) -> tuple[EvalCase, ...]:
        """Cases that somebody must review."""
        return tuple(case for case in self.eval_set.cases if not case.reviewed)


def store() -> EvalSetStore:
    """The eval sets of the lab."""
    return services.lab().measuring.eval_sets


def own(workspace: Workspace) -> tuple[str, ...]:
    """Names of the workspace's own sets."""
    return store().names(workspace.id)


def offered(workspace: Workspace) -> tuple[str, ...]:
    """What can be chosen: the sample sets of the corpora whose documents are there, then the workspace's own."""
    there = {entry.name for entry in services.documents(workspace.id)}
    samples = (one.id for one in services.corpora() if there.issuperset(_files_of(one.id)))
    return (*samples, *own(workspace))


@cache
def _files_of(corpus_id: str) -> frozenset[str]:
    return frozenset(upload.name for upload in services.uploads_of(corpus_id))


def chosen(workspace: Workspace) -> str:
    """The set that is worked with: the one chosen last, or the first on offer; "" when there is none."""
    names = offered(workspace)
    name = state.recall(CHOSEN, "")
    if name not in names:
        name = names[0] if names else ""
        state.remember(CHOSEN, name)
    return name


def choose(name: str) -> None:
    """Work with the set of that name from now on."""
    state.remember(CHOSEN, name)


def is_sample(name: str) -> bool:
    """Whether the set comes with the lab and is read-only."""
    return name in store().sample_names()


def label(name: str) -> str:
    """The set's name as it is offered."""
    return f"Sample set: {name}" if is_sample(name) else name


def free_name(workspace: Workspace, wanted: str) -> str:
    """The wanted name, with a number behind it if it is taken."""
    taken = {name.casefold() for name in (*own(workspace), *store().sample_names())}
    names = (wanted if number == 1 else f"{wanted} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name.casefold() not in taken)


def health(workspace: Workspace, name: str) -> Health:
    """How the set stands; worked out anew only when the set or the documents have changed."""
    eval_set = store().load(workspace.id, name)
    key = (eval_set, workspace.id, services.versions().of(workspace.id))
    kept: tuple[object, Health] | None = state.recall("evaluate.health", None)
    if kept is not None and kept[0] == key:
        return kept[1]
    there = bool(services.documents(workspace.id))
    found = Health(eval_set, services.lab().measuring.located(workspace.id, eval_set) if there else {})
    state.remember("evaluate.health", (key, found))
    return found


def located(workspace: Workspace, case: EvalCase) -> Located:
    """Where the evidence of one case stands in the present documents."""
    return services.lab().measuring.located(workspace.id, EvalSet("one", (case,)))[case.id]


def accepted(case: EvalCase) -> EvalCase:
    """The draft as a case that counts."""
    return replace(case, reviewed=True, tags=tuple(tag for tag in case.tags if tag != DRAFT_TAG))


def replaced(workspace: Workspace, name: str, case: EvalCase) -> None:
    """Keep the set with this case in place of the one with its id."""
    store().change(workspace.id, name, lambda cases: [case if one.id == case.id else one for one in cases])


def without(workspace: Workspace, name: str, ids: frozenset[str]) -> None:
    """Keep the set without these cases."""
    store().change(workspace.id, name, lambda cases: [case for case in cases if case.id not in ids])


def draft_target(workspace: Workspace) -> str:
    """The set that drafts go to: the chosen one, unless it is a sample set or there is none."""
    name = chosen(workspace)
    return name if name and not is_sample(name) else FIRST_NAME


def draft_blanks(workspace: Workspace) -> int:
    """Add drafts with blanked facts to the target set; how many there were."""
    name = draft_target(workspace)
    existing = store().load(workspace.id, name).cases if name in own(workspace) else ()
    documents = services.lab().store.documents(workspace.id)
    drafts = draft_by_blanking(documents, count=DRAFTS, seed=len(existing), existing=existing)
    if drafts:
        store().add(workspace.id, name, drafts)
        choose(name)
    return len(drafts)


def start_drafting(workspace: Workspace, key: str) -> None:
    """Let the chosen model draft in the background; each draft that stands is kept at once. Raises BadInput."""
    house = services.lab()
    name = draft_target(workspace)
    existing = store().load(workspace.id, name).cases if name in own(workspace) else ()
    generator = house.generator(workspace.model, key=key)
    order = DraftOrder(DRAFTS, seed=len(existing), existing=existing)

    def work(stopped: Callable[[], bool]) -> Iterator[DraftEvent]:
        for event in draft_by_model(house.store.documents(workspace.id), generator, order, stopped=stopped):
            if event.case is not None:
                house.measuring.eval_sets.add(workspace.id, name, (event.case,))
            yield event

    services.jobs().clear(_job_name(workspace))
    services.jobs().start(_job_name(workspace), work)
    choose(name)


def drafting_job(workspace: Workspace) -> Job[object] | None:
    """The workspace's last drafting, running or over."""
    return services.jobs().get(_job_name(workspace))


def forget_drafting(workspace: Workspace) -> None:
    """Put the report of the last drafting away."""
    services.jobs().clear(_job_name(workspace))


def _job_name(workspace: Workspace) -> str:
    return f"drafting:{workspace.id}"
