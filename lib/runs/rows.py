"""A run record as a row: its columns to search by, and the whole record as JSON."""

import json
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python
from pydantic_core import to_json as core_to_json

from lib.errors import StoreDamaged
from lib.records import Evaluation, Remarks, RunRecord
from lib.runs.query import folded, microseconds, tags_column

Kept = TypeVar("Kept", RunRecord, Remarks, Evaluation)
Row = tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A record with what people said of it."""

    record: RunRecord
    remarks: Remarks = field(default_factory=Remarks)


COLUMNS = (
    "workspace_id, id, at, origin, approach, model, evaluation, setup, case_id, tags, corpus_version, abstained, "
    "correct, faithfulness, total_ms, tokens, cost_usd, label, stars, area, review, error, question, answer, words, "
    "remarks, record"
)


def row_of_record(record: RunRecord, remarks: Remarks) -> Row:
    """The values of `COLUMNS`, in their order."""
    answer = record.answer
    question, text = clean(answer.question), clean(answer.text)
    return (
        record.workspace.id,
        record.id,
        microseconds(record.at),
        record.origin,
        answer.approach,
        clean(answer.model),
        record.evaluation,
        clean(record.setup),
        clean(record.case_id),
        clean(tags_column(record.tags)),
        record.corpus_version,
        int(answer.abstained),
        None if record.correct is None else int(record.correct),
        _finite(faithfulness_of(record)),
        _finite(answer.timings.total) or 0.0,
        answer.usage.input_tokens + answer.usage.output_tokens,
        _finite(answer.cost_usd),
        *remark_columns(record, remarks),
        clean(record.error),
        question,
        text,
        folded(f"{question}\n{text}"),
        to_json(remarks),
        to_json(record),
    )


def faithfulness_of(record: RunRecord) -> float | None:
    """The share of the answer's statements that its passages carry; None where it read none that could."""
    return record.verdicts.faithfulness if record.answer.passages else None


def remark_columns(record: RunRecord, remarks: Remarks) -> tuple[str, int, str, str]:
    """Label in force, stars, area and review state, as they stand in their columns."""
    label = remarks.label or (record.failure.label if record.failure else None)
    rating, review = remarks.rating, remarks.review
    return label or "", rating.stars if rating else 0, review.area if review else "", review.state if review else ""


def to_json(value: RunRecord | Remarks | Evaluation) -> str:
    """The whole value as JSON; half of a surrogate pair, which no file can hold, becomes a question mark."""
    try:
        return core_to_json(value, inf_nan_mode="strings").decode()
    except (PydanticSerializationError, UnicodeError):
        return clean(json.dumps(to_jsonable_python(value, inf_nan_mode="strings"), ensure_ascii=False))


def from_json(kind: type[Kept], text: str) -> Kept:
    """The value again, equal to the one that was kept; raises StoreDamaged."""
    try:
        return cast("Kept", _adapters()[kind].validate_json(text))
    except ValidationError as error:
        raise StoreDamaged(
            f"A {kind.__name__} in the run log cannot be read: {error.errors()[0]['msg']}.",
            hint="It was written by another version, or the file was changed. The other runs are not affected.",
        ) from error


def clean(text: str) -> str:
    """`text` without halves of surrogate pairs, which are no characters; every other character stays in its place."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _finite(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)


@cache
def _adapters() -> dict[type, TypeAdapter[Any]]:
    """Made once, when first needed: making them takes milliseconds that not every command should pay."""
    return {kind: TypeAdapter(kind) for kind in (RunRecord, Remarks, Evaluation)}
