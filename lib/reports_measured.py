"""Measured values -> the JSON objects and the lines of text that the command line prints."""

from typing import Any

from pydantic import TypeAdapter

from lib.evaluation.case_scores import CaseScores
from lib.evaluation.differences import differences
from lib.evaluation.results import Results, SetUpResults
from lib.evaluation.scoring import METRICS, measure
from lib.records import EvalCase, Metric, Remarks, RunRecord
from lib.reports import Json, answer_json
from lib.runs.query import RunRow

_RECORD = TypeAdapter(RunRecord)
_REMARKS = TypeAdapter(Remarks)


def measured_json(found: Results) -> Json:
    """The result of `eval`: figures with intervals for each approach, differences between them, and every case."""
    evaluation = found.evaluation
    return {
        "evaluation": evaluation.id,
        "eval_set": evaluation.eval_set.name,
        "cases": len(evaluation.eval_set.counted),
        "corpus_version": evaluation.corpus_version,
        "seed": evaluation.seed,
        "approaches": {one.setup.approach.value: _setup_json(one) for one in _asked(found)},
        "differences": [*_differences(found)],
        "results": [_case_json(case, found) for case in found.cases],
    }


def measured_text(found: Results) -> str:
    """The same for people: a table of figures, differences in plain words, and why answers failed."""
    lines = [f"{found.evaluation.eval_set.name}: {len(found.cases)} cases"]
    for one in _asked(found):
        lines += ["", f"{one.setup.label} · {one.asked[0].record.answer.model}"]
        lines += [f"  {_metric_line(metric)}" for metric in one.metrics]
        lines += [f"  {count:>4} x {reason}" for reason, count in one.failures]
    lines += ["", *(each["sentence"] for each in _differences(found) if each["metric"] == "correct")]
    return "\n".join(lines)


def run_row_json(row: RunRow) -> Json:
    """One line of `runs list`."""
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "origin": row.origin.value,
        "approach": row.approach.value,
        "model": row.model,
        "question": row.question,
        "answer": row.answer,
        "abstained": row.abstained,
        "correct": row.correct,
        "failure": row.label.value if row.label else None,
        "error": row.error or None,
        "stars": row.stars or None,
        "review": row.review.value if row.review else None,
        "ms": round(row.total_ms, 2),
        "cost_usd": row.cost_usd,
        "evaluation": row.evaluation or None,
    }


def run_row_line(row: RunRow) -> str:
    """One run in two lines for people."""
    answer = " ".join((row.error or row.answer).split())
    return f"{row.id}  {row.at:%Y-%m-%d %H:%M}  {row.approach.value}  {row.question}\n    {answer[:160]}"


def run_json(record: RunRecord, remarks: Remarks) -> Json:
    """Everything that is kept of one run, and what people said of it."""
    value: Json = _RECORD.dump_python(record, mode="json")
    return value | {"remarks": _REMARKS.dump_python(remarks, mode="json")}


def run_text(record: RunRecord, remarks: Remarks) -> str:
    """One run for people."""
    answer = record.answer
    lines = [
        f"{record.id} · {record.at:%Y-%m-%d %H:%M:%S} · {record.origin.value}",
        f"{answer.approach.value} · {answer.model}",
        f"Question: {answer.question}",
        f"Answer: {record.error or answer.text}",
    ]
    if answer.held:
        lines.append("Held for review: a rule is broken.")
    lines += [f"  {'kept' if one.kept else 'broken':12} {one.rule}: {one.reason}" for one in answer.verdicts]
    lines += [f"  {check.support.value:12} {check.text}" for check in record.verdicts.statements]
    if record.failure:
        lines.append(f"Failure: {(remarks.label or record.failure.label).value}. {record.failure.evidence}")
    if remarks.rating:
        lines.append(f"Rated {remarks.rating.stars} of 5 by {remarks.rating.by or 'nobody named'}")
    lines += [f"  {p.rank}. {p.chunk.document} [{p.chunk.start}:{p.chunk.end}]" for p in answer.passages]
    return "\n".join(lines)


def _setup_json(one: SetUpResults) -> Json:
    return {
        "label": one.setup.label,
        "model": one.asked[0].record.answer.model,
        "metrics": {metric.name: _metric_json(metric) for metric in one.metrics},
        "failures": dict(one.failures),
    }


def _metric_json(metric: Metric) -> Json:
    known = measure(metric.name)
    return {
        "value": metric.value,
        "low": metric.low,
        "high": metric.high,
        "cases": metric.cases,
        "unit": "share" if known.unit == "%" else known.unit,
        "higher_is_better": known.higher_is_better,
    }


def _metric_line(metric: Metric) -> str:
    known = measure(metric.name)
    between = (
        "no interval: too few cases"
        if metric.low is None or metric.high is None
        else f"{known.shown(metric.low)} to {known.shown(metric.high)}"
    )
    return f"{known.title:21} {known.shown(metric.value):>10}  ({between}, {metric.cases} cases)"


def _differences(found: Results) -> list[dict[str, Any]]:
    """Each later set-up against the first, in every figure that both have."""
    first, *others = _asked(found) or (None,)
    return [
        {
            "metric": each.measure.name,
            "first": first.setup.approach.value,
            "second": other.setup.approach.value,
            "difference": each.found.difference,
            "low": each.found.low,
            "high": each.found.high,
            "told_apart": each.found.told_apart,
            "cases": each.found.cases,
            "cases_needed": each.found.cases_needed,
            "sentence": each.found.sentence,
        }
        for other in others
        if first is not None
        for each in differences(first, other, seed=found.evaluation.seed)
    ]


def _asked(found: Results) -> tuple[SetUpResults, ...]:
    return tuple(one for one in found.setups if one.asked)


def _case_json(case: EvalCase, found: Results) -> Json:
    return {
        "id": case.id,
        "question": case.question,
        "expected": case.answer,
        "answerable": case.answerable,
        "tags": list(case.tags),
        "answers": {
            one.setup.approach.value: _result_json(each.record, each.scores)
            for one in found.setups
            for each in one.asked
            if each.case.id == case.id
        },
    }


def _result_json(record: RunRecord, scores: CaseScores) -> Json:
    failure = record.failure
    return {
        "run": record.id,
        **answer_json(record.case_id, record.answer),
        "correct": record.correct,
        "error": record.error or None,
        "failure": {"label": failure.label.value, "evidence": failure.evidence, "rank": failure.rank}
        if failure
        else None,
        "scores": {known.name: known.of(scores) for known in METRICS if known.of(scores) is not None},
        "statements": [
            {"text": check.text, "verdict": check.support.value, "reason": check.reason, "unsure": check.unsure}
            for check in record.verdicts.statements
        ],
    }
