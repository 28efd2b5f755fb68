"""Small evaluations made by hand: eight cases, up to three set-ups, answers whose worth is known."""

from dataclasses import replace
from datetime import UTC, datetime

from lib.domain import Answer, ApproachName, Chunk, Passage, Timings, Usage
from lib.evaluation.spans import Span
from lib.records import (
    EvalCase,
    EvalSet,
    Evaluation,
    Failure,
    FailureLabel,
    GoldEvidence,
    Origin,
    RunRecord,
    SetUp,
)
from lib.settings import RetrievalSettings, Workspace

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
RAG = SetUp("RAG", ApproachName.RAG, Workspace())
TOP_1 = SetUp("RAG, top 1", ApproachName.RAG, replace(Workspace(), retrieval=RetrievalSettings(top_k=1)))
PROMPT = SetUp("Prompt-only", ApproachName.PROMPT_ONLY, Workspace())
CASES = tuple(
    EvalCase(
        f"c{number}",
        f"What is the number of room {number}?",
        f"room {number}00",
        (GoldEvidence("rooms.md", f"room {number}00"),),
        tags=("number", "rare") if number == 1 else ("number",),
    )
    for number in range(1, 9)
)
GOLD = {case.id: (Span("rooms.md", 100 * place, 100 * place + 10),) for place, case in enumerate(CASES)}


def evaluation_of(*setups: SetUp, cases: tuple[EvalCase, ...] = CASES, finished: bool = True) -> Evaluation:
    return Evaluation("e1", AT, "default", EvalSet("rooms", cases), setups, "corpus-1", finished=finished)


def record_of(evaluation: Evaluation, setup: SetUp, case: EvalCase, outcome: str) -> RunRecord:
    """`outcome` is "right", "wrong" (not retrieved) or "failed" (the model did)."""
    place = [each.id for each in CASES].index(case.id)
    at = 100 * place if outcome == "right" else 5_000
    passage = Passage(Chunk("d", "rooms.md", at, at + 50, "x" * 50, 12), 1, 0.8)
    looks_up = setup.approach is ApproachName.RAG
    answer = Answer(
        case.question,
        setup.approach,
        "model-1",
        {"right": f"It is {case.answer}.", "wrong": "It is the cellar.", "failed": ""}[outcome],
        abstained=False,
        passages=(passage,) if looks_up and outcome != "failed" else (),
        usage=Usage(100, 10),
        timings=Timings(total=200.0 + place),
        cost_usd=0.001,
    )
    labels = {
        "wrong": Failure(FailureLabel.NOT_RETRIEVED, "The chunk came 9th; top-k is 5."),
        "failed": Failure(FailureLabel.MODEL_FAILED, "It sent nothing for 20 s."),
    }
    return RunRecord(
        f"{setup.label}-{case.id}",
        AT,
        Origin.EVALUATE,
        setup.workspace,
        answer,
        failure=labels.get(outcome),
        correct=outcome == "right",
        evaluation=evaluation.id,
        setup=setup.label,
        case_id=case.id,
        tags=case.tags,
        error="nothing for 20 s" if outcome == "failed" else "",
        corpus_version=evaluation.corpus_version,
    )


def records_of(evaluation: Evaluation, *outcomes: str) -> tuple[RunRecord, ...]:
    """One letter a case for each set-up, in order: + right, - wrong, ! failed, a blank for not asked."""
    words = {"+": "right", "-": "wrong", "!": "failed"}
    return tuple(
        record_of(evaluation, setup, case, words[letter])
        for setup, letters in zip(evaluation.setups, outcomes, strict=True)
        for case, letter in zip(evaluation.eval_set.cases, letters, strict=False)
        if letter != " "
    )
