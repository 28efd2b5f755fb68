"""An eval set's cases become a training set, in the background: reading passages takes a moment for each case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lib.approaches.prompting import build_prompt
from lib.approaches.ranking import rank_sentences
from lib.approaches.reading import reader_task
from lib.evaluation.locating import Located
from lib.generation.reader_adapter import NO_ANSWER
from lib.lab import Lab
from lib.records import EvalCase, EvalSet
from lib.settings import READER_SENTENCES, ModelChoice, PromptSettings, Workspace
from lib.training.set_making import Divided, ReadCase, examples_from_cases, examples_with_passages
from lib.training.splitting import Shares, split
from lib.training.values import TrainingExample, TrainingSet
from pages.ui import eval_sets, markup, services, tune_sets
from pages.ui.jobs import Job

_SHARES = Shares(validation=0.15, held_out=0.0)


@dataclass(frozen=True, slots=True)
class Made:
    """One step: so many of the cases are read; at the end the set, and the eval set that was divided for it."""

    done: int
    of: int
    training_set: TrainingSet | None = None
    divided: Divided | None = None


def start(workspace: Workspace, eval_set: str, divided: Divided, with_passages: bool) -> None:
    """Begin to make a set of the cases; held-out ones become its held-out examples."""
    house = services.lab()
    cases = (*divided.learnt, *divided.held_out.cases)

    def work(stopped: Callable[[], bool]) -> Iterator[Made]:
        read: list[ReadCase] = []
        located = house.measuring.located(workspace.id, EvalSet(eval_set, cases)) if with_passages else {}
        for number, case in enumerate(cases if with_passages else (), start=1):
            read.append(_read(house, workspace, case, located[case.id]))
            yield Made(number, len(cases))
            if stopped():
                return
        ids = {case.id for case in divided.learnt}
        learnt = _examples(eval_set, divided.learnt, [one for one in read if one.case.id in ids], with_passages)
        judged = _examples(
            eval_set, divided.held_out.cases, [one for one in read if one.case.id not in ids], with_passages
        )
        parts = split(learnt, seed=0, shares=_SHARES)
        made = TrainingSet(f"{eval_set} questions", parts.train, parts.validation, judged)
        yield Made(len(cases), len(cases), made, divided)

    services.jobs().clear(_name(workspace))
    services.jobs().start(_name(workspace), work)


def job(workspace: Workspace) -> Job[object] | None:
    """The workspace's last making, running or over."""
    return services.jobs().get(_name(workspace))


def forget(workspace: Workspace) -> None:
    """Put the last making away."""
    services.jobs().clear(_name(workspace))


def done(running: Job[object]) -> tuple[int, int]:
    """How many cases are read, and of how many."""
    steps = [event for event in running.events if isinstance(event, Made)]
    return (steps[-1].done, steps[-1].of) if steps else (0, 0)


def keep_made(workspace: Workspace) -> bool:
    """Keep what the last making made, with the eval set that judges; whether there was anything to keep."""
    over = job(workspace)
    made = next((one for one in over.events if isinstance(one, Made) and one.training_set), None) if over else None
    forget(workspace)
    if made is None or made.training_set is None or made.divided is None:
        return False
    training_set, held_out = made.training_set, made.divided.held_out
    name = tune_sets.free_name(workspace, training_set.name)
    said = (
        f"Kept {len(training_set.examples):,} examples as **{markup.plain(name)}**. Judge what is trained on them by "
        f"the eval set **{markup.plain(held_out.name)}**."
    )

    def work() -> None:
        eval_sets.store().keep(workspace.id, held_out)
        tune_sets.keep(workspace, training_set, name, said)

    tune_sets.attempt(work)
    return True


def _examples(
    eval_set: str, cases: tuple[EvalCase, ...], read: list[ReadCase], with_passages: bool
) -> tuple[TrainingExample, ...]:
    if with_passages:
        return examples_with_passages(eval_set, read, no_answer=NO_ANSWER)
    return examples_from_cases(eval_set, cases)


def _read(house: Lab, workspace: Workspace, case: EvalCase, located: Located) -> ReadCase:
    """The case as the built-in reader would be asked it, and the number of the text that holds the evidence."""
    retriever = house.retriever(workspace.id, workspace.chunking, workspace.retrieval)
    passages = retriever.retrieve(case.question, top_k=workspace.retrieval.top_k)
    ranking = rank_sentences(case.question, passages, house.measuring.embedder)
    task = reader_task(case.question, ranking, passages, PromptSettings())
    prompt = build_prompt(task, house.generator(ModelChoice()))
    names = {passage.rank: passage.chunk.document for passage in passages}
    rank = next(
        (
            one.passage_rank
            for one in ranking.sentences[:READER_SENTENCES]
            for span in located.spans
            if names[one.passage_rank] == span.document and one.start < span.end and span.start < one.end
        ),
        0,
    )
    return ReadCase(case, prompt.messages, rank)


def _name(workspace: Workspace) -> str:
    return f"tune.make:{workspace.id}"
