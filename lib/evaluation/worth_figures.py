"""The figures of a comparison: each with its interval, differences over the same rows, and what they mean in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lib.evaluation.answer_metrics import token_f1
from lib.evaluation.forgetting import Forgetting, forgetting
from lib.evaluation.intervals import PairedDifference, bootstrap, paired, percentile
from lib.evaluation.scoring import Group, Measure
from lib.evaluation.style_rules import share_kept
from lib.evaluation.task_form import TaskForm, json_object
from lib.evaluation.worth_records import Contender, Familiarity, Worth, WorthAnswer
from lib.records import Metric

LABEL = Measure(
    "label", "Label right", Group.ANSWERS, "Answers whose label (a JSON field, or the whole answer) is right."
)
EXACT = Measure(
    "exact",
    "Exact match",
    Group.ANSWERS,
    "Answers that are the wanted one: the same characters, or the same JSON value.",
)
SCHEMA = Measure(
    "schema", "Valid schema", Group.ANSWERS, "Answers that are wholly JSON of the training outputs' schema."
)
STYLE = Measure("style", "Style rules kept", Group.ANSWERS, "Share of the set's style rules that an answer keeps.")
LIKENESS = Measure("f1", "Words as wanted", Group.ANSWERS, "Token F1 with the wanted answer: words that both have.")
LATENCY = Measure(
    "latency", "Time, median", Group.COST, "Half of the answers were whole sooner.", "ms", higher_is_better=False,
    percentile=50.0,
)  # fmt: skip
TOKENS = Measure("tokens", "Tokens read", Group.COST, "Mean tokens of a prompt.", "tokens", higher_is_better=False)
QUALITIES = (LABEL, EXACT, SCHEMA, STYLE, LIKENESS)
COSTS = (LATENCY, TOKENS)
_Score = Callable[[WorthAnswer, TaskForm], float | None]


@dataclass(frozen=True, slots=True)
class ContenderFigures:
    """One contender's figures over the rows of one kind."""

    contender: Contender
    familiarity: Familiarity
    metrics: tuple[Metric, ...]

    def metric(self, name: str) -> Metric | None:
        """The figure of that name; None where it does not apply."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def figures(worth: Worth, contender: Contender, familiarity: Familiarity = Familiarity.UNSEEN) -> ContenderFigures:
    """Every figure that applies, with its interval; a failed answer is wrong and has no time. The floor has no cost."""
    answers = worth.of(contender, familiarity)
    metrics = []
    for measure in (*QUALITIES, *COSTS):
        scored = [(answer.row, _SCORES[measure.name](answer, worth.form)) for answer in answers]
        known = [(row, value) for row, value in scored if value is not None]
        if known:
            metrics.append(_metric(measure, known, worth.seed))
    return ContenderFigures(contender, familiarity, tuple(metrics))


def main_measure(form: TaskForm) -> Measure:
    """What a set is about: its labels, else its JSON, else its style, else the very words."""
    if form.labels:
        return LABEL
    if form.schema:
        return SCHEMA
    return STYLE if form.style else EXACT


def difference(worth: Worth, measure: Measure, first: Contender, second: Contender) -> PairedDifference:
    """Second against first on the unseen rows that both answered."""
    values = [_by_row(worth, measure, one) for one in (first, second)]
    shared = [row for row in values[0] if row in values[1]]
    wording = measure.wording(str(first), str(second))
    one, other = ([held[row] for row in shared] for held in values)
    return paired(one, other, seed=worth.seed, wording=wording)


def forgotten(worth: Worth) -> Forgetting | None:
    """The forgetting meter; None while it has no questions asked both before and after."""
    return forgetting(worth.general, seed=worth.seed)


def is_wrong(worth: Worth, answer: WorthAnswer) -> bool:
    """Whether the answer fails the set's main measure."""
    score = _SCORES[main_measure(worth.form).name](answer, worth.form)
    return score is not None and score < 1


def _metric(measure: Measure, known: Sequence[tuple[str, float]], seed: int) -> Metric:
    ids, values = tuple(row for row, _ in known), tuple(value for _, value in known)
    if measure.percentile is not None:
        statistic = percentile(measure.percentile)
        low, high = bootstrap(values, seed=seed, statistic=statistic) or (None, None)
        return Metric(measure.name, float(np.percentile(values, measure.percentile)), low, high, len(ids), ids, values)
    low, high = bootstrap(values, seed=seed, share=measure.unit == "%") or (None, None)
    return Metric(measure.name, sum(values) / len(values), low, high, len(ids), ids, values)


def _by_row(worth: Worth, measure: Measure, contender: Contender) -> Mapping[str, float]:
    scored = {one.row: _SCORES[measure.name](one, worth.form) for one in worth.of(contender)}
    return {row: value for row, value in scored.items() if value is not None}


def _label(answer: WorthAnswer, form: TaskForm) -> float | None:
    wanted = form.label_of(answer.wanted) if form.labels else None
    return None if wanted is None else float(form.label_of(answer.text) == wanted)


def _exact(answer: WorthAnswer, _form: TaskForm) -> float | None:
    said, wanted = answer.text.strip(), answer.wanted.strip()
    fields = json_object(wanted)
    return float(said == wanted or (fields is not None and json_object(said) == fields))


def _schema(answer: WorthAnswer, form: TaskForm) -> float | None:
    kept = form.schema_kept(answer.text)
    return None if kept is None else float(kept)


def _style(answer: WorthAnswer, form: TaskForm) -> float | None:
    return share_kept(form.style, answer.text)


def _likeness(answer: WorthAnswer, form: TaskForm) -> float | None:
    return None if form.labels or form.schema else token_f1(answer.text, answer.wanted)


def _latency(answer: WorthAnswer, _form: TaskForm) -> float | None:
    return None if answer.error or answer.contender == Contender.FLOOR else answer.ms


def _tokens(answer: WorthAnswer, _form: TaskForm) -> float | None:
    return None if answer.error or answer.contender == Contender.FLOOR else float(answer.input_tokens)


_SCORES: Mapping[str, _Score] = {
    "label": _label,
    "exact": _exact,
    "schema": _schema,
    "style": _style,
    "f1": _likeness,
    "latency": _latency,
    "tokens": _tokens,
}
