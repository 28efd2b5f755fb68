"""An evaluation as it runs: every case asked of every set-up, judged, and given as a run record.

Cases come one after the other, each asked of all set-ups before the next one, so that an evaluation stopped half-way
still compares like with like. What is in `done` is not asked again: that is how a stopped one is resumed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from lib.domain import Answer, ApproachName, Chunk, Passage
from lib.errors import LabError, ModelFailed
from lib.evaluation.answer_metrics import can_be_judged, is_correct
from lib.evaluation.failures import CaseFacts, failure_of
from lib.evaluation.faithfulness import check_answer
from lib.evaluation.locating import Located, ProblemKind
from lib.evaluation.spans import Span
from lib.protocols import Embedder
from lib.records import EvalCase, Evaluation, JudgeVerdict, Origin, RunRecord, SetUp, Verdicts

FAILURES_IN_A_ROW = 5
"""After so many failures of one set-up in a row the evaluation ends with the last one: the model is not there."""

Done = tuple[str, str]
"""A set-up's label and a case's id."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A set-up, ready to be asked.

    `answer` raises LabError; it is given the case's located evidence, which only gold-context may look at. `chunks`
    are those of the set-up and `ranking` is all of them for a question, best first; both are empty without retrieval.
    """

    setup: SetUp
    answer: Callable[[EvalCase, Sequence[Span]], Answer]
    chunks: Callable[[], Sequence[Chunk]]
    ranking: Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Bench:
    """What judges and stamps the answers: `judge` is an optional language model, `now` and `new_id` name a record.

    `adapter_version` says which adapter wrote an answer, as versions are noted; nothing where none did.
    """

    embedder: Embedder
    now: Callable[[], datetime]
    new_id: Callable[[datetime], str]
    versions: tuple[tuple[str, str], ...]
    judge: Callable[[Answer], JudgeVerdict] | None = None
    adapter_version: Callable[[Answer], tuple[tuple[str, str], ...]] = lambda _answer: ()


def run_evaluation(
    evaluation: Evaluation,
    arms: Sequence[Arm],
    located: Mapping[str, Located],
    bench: Bench,
    done: Set[Done] = frozenset(),
) -> Iterator[RunRecord]:
    """One record for each case and set-up that is not in `done`; closing the iterator ends it between two answers.

    A model that fails marks its case and the rest goes on, until it has failed FAILURES_IN_A_ROW times: then its
    error is raised. Gold-context is asked only cases whose evidence was found.
    """
    failures = dict.fromkeys((arm.setup.label for arm in arms), 0)
    for case in evaluation.eval_set.counted:
        for arm in arms:
            if (arm.setup.label, case.id) in done or not _applies(arm, located[case.id]):
                continue
            record, error = _asked(evaluation, arm, case, located[case.id], bench)
            yield record
            failures[arm.setup.label] = failures[arm.setup.label] + 1 if error else 0
            if error and failures[arm.setup.label] >= FAILURES_IN_A_ROW:
                raise error


def expected_records(evaluation: Evaluation, located: Mapping[str, Located]) -> frozenset[Done]:
    """Every set-up and case that a whole evaluation has a record for."""
    return frozenset(
        (setup.label, case.id)
        for case in evaluation.eval_set.counted
        for setup in evaluation.setups
        if setup.approach is not ApproachName.GOLD_CONTEXT or located[case.id].spans
    )


def _applies(arm: Arm, located: Located) -> bool:
    return arm.setup.approach is not ApproachName.GOLD_CONTEXT or bool(located.spans)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of asking one case."""

    case: EvalCase
    located: Located
    answer: Answer
    error: str = ""


def _asked(
    evaluation: Evaluation, arm: Arm, case: EvalCase, located: Located, bench: Bench
) -> tuple[RunRecord, LabError | None]:
    try:
        outcome = _Outcome(case, located, arm.answer(case, located.spans))
    except LabError as error:
        blank = Answer(case.question, arm.setup.approach, arm.setup.workspace.model.model, "", abstained=False)
        return _record(evaluation, arm, _Outcome(case, located, blank, error.message), bench), error
    return _record(evaluation, arm, outcome, bench), None


def _record(evaluation: Evaluation, arm: Arm, outcome: _Outcome, bench: Bench) -> RunRecord:
    facts = _facts(arm, outcome, bench)
    at = bench.now()
    return RunRecord(
        id=bench.new_id(at),
        at=at,
        origin=Origin.EVALUATE,
        workspace=arm.setup.workspace,
        answer=outcome.answer,
        verdicts=facts.verdicts,
        failure=failure_of(facts),
        correct=facts.correct if outcome.error or can_be_judged(outcome.case, outcome.answer) else None,
        evaluation=evaluation.id,
        setup=arm.setup.label,
        case_id=outcome.case.id,
        tags=outcome.case.tags,
        error=outcome.error,
        seed=evaluation.seed,
        corpus_version=evaluation.corpus_version,
        versions=(*bench.versions, *bench.adapter_version(outcome.answer)),
    )


def _facts(arm: Arm, outcome: _Outcome, bench: Bench) -> CaseFacts:
    """What the failure's rules look at."""
    case, located, answer = outcome.case, outcome.located, outcome.answer
    problems = (problem for problem in located.problems if problem.kind is not ProblemKind.SEVERAL)
    return CaseFacts(
        case=case,
        gold=located.spans,
        problems=tuple(problem.message for problem in problems),
        answer=answer,
        verdicts=Verdicts() if outcome.error else _verdicts(answer, bench),
        correct=not outcome.error and (is_correct(case, answer) or not can_be_judged(case, answer)),
        chunks=arm.chunks(),
        ranking=lambda: arm.ranking(case.question),
        error=outcome.error,
        retrieval=arm.setup.workspace.retrieval,
    )


def _verdicts(answer: Answer, bench: Bench) -> Verdicts:
    found = check_answer(answer, bench.embedder)
    if bench.judge is None or not found.statements:
        return found
    try:
        return Verdicts(found.statements, found.citations, bench.judge(answer))
    except ModelFailed:
        return found
