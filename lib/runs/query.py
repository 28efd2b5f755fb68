"""What of the runs is asked for, as a value, and the light rows that come back.

Words of the person never become part of a statement: they are bound, and matched by `instr`, which has no syntax.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from lib.domain import ApproachName
from lib.records import FailureLabel, Origin, ReviewState

TAG_MARK = "\x1f"
"""Stands before, between and after a run's tags in their column."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs are meant; what is left empty restricts nothing.

    Every word of `text` must stand in the question or the answer, in any case, also inside a longer word. `label` is
    the person's label where there is one, else the rule's. `needs_review` asks whether a person must approve at all,
    `review` how that stands. `since` counts from that moment on, `until` up to but without it.
    """

    text: str = ""
    approach: ApproachName | None = None
    model: str = ""
    origin: Origin | None = None
    evaluation: str = ""
    tag: str = ""
    label: FailureLabel | None = None
    rated: bool | None = None
    needs_review: bool | None = None
    review: ReviewState | None = None
    correct: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a list shows of a run. `answer` is its beginning; `tokens` counts both ways; `stars` is 0 if unrated."""

    id: str
    at: datetime
    origin: Origin
    approach: ApproachName
    model: str
    question: str
    answer: str
    abstained: bool
    error: str
    correct: bool | None
    faithfulness: float | None
    label: FailureLabel | None
    stars: int
    area: str
    review: ReviewState | None
    total_ms: float
    tokens: int
    cost_usd: float | None
    evaluation: str
    setup: str
    case_id: str
    tags: tuple[str, ...]
    corpus_version: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some of the runs that were found, newest first, and how many there are in all."""

    rows: tuple[RunRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by in one workspace, each in order of name."""

    models: tuple[str, ...]
    tags: tuple[str, ...]


ROW_COLUMNS = (
    "id, at, origin, approach, model, question, substr(answer, 1, 300), abstained, error, correct, faithfulness, "
    "label, stars, area, review, total_ms, tokens, cost_usd, evaluation, setup, case_id, tags, corpus_version"
)

_NAMES = tuple(field.name for field in fields(RunRow))
_CONVERTED = {"at", "origin", "approach", "abstained", "correct", "label", "review", "tags"}
_PLAIN = tuple(name for name in _NAMES if name not in _CONVERTED)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Bound = str | int | float


def conditions(workspace_id: str, query: RunQuery) -> tuple[str, list[Bound]]:
    """The part of a statement after WHERE, made of fixed text and question marks, and what is bound to them."""
    equal: list[tuple[str, Bound | None]] = [
        ("workspace_id = ?", workspace_id),
        ("approach = ?", query.approach),
        ("model = ?", query.model or None),
        ("origin = ?", query.origin),
        # The second half is what lets SQLite use its index of the runs that belong to an evaluation.
        ("evaluation = ? AND evaluation <> ''", query.evaluation or None),
        ("instr(tags, ?) > 0", f"{TAG_MARK}{query.tag}{TAG_MARK}" if query.tag else None),
        ("label = ?", query.label),
        ("(stars > 0) = ?", _flag(query.rated)),
        ("(area <> '') = ?", _flag(query.needs_review)),
        ("review = ?", query.review),
        ("correct = ?", _flag(query.correct)),
        ("at >= ?", None if query.since is None else microseconds(query.since)),
        ("at < ?", None if query.until is None else microseconds(query.until)),
        *(("instr(words, ?) > 0", word) for word in folded(query.text).split()),
    ]
    chosen = [(condition, value) for condition, value in equal if value is not None]
    return " AND ".join(condition for condition, _ in chosen), [value for _, value in chosen]


def folded(text: str) -> str:
    """`text` without the difference of upper and lower case, for searching."""
    return text.encode("utf-8", "replace").decode("utf-8").casefold().replace("\0", " ")


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970; a moment without a zone is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def row_of(columns: tuple[Any, ...]) -> RunRow:
    """The value of one row read with `ROW_COLUMNS`."""
    of = dict(zip(_NAMES, columns, strict=True))
    return RunRow(
        **{name: of[name] for name in _PLAIN},
        at=_EPOCH + timedelta(microseconds=of["at"]),
        origin=Origin(of["origin"]),
        approach=ApproachName(of["approach"]),
        abstained=bool(of["abstained"]),
        correct=None if of["correct"] is None else bool(of["correct"]),
        label=FailureLabel(of["label"]) if of["label"] else None,
        review=ReviewState(of["review"]) if of["review"] else None,
        tags=tags_of(of["tags"]),
    )


def tags_column(tags: Iterable[str]) -> str:
    """Tags as they stand in their column; a mark inside a tag would end it, so it becomes a space."""
    cleaned = [tag.replace(TAG_MARK, " ") for tag in tags]
    return "".join(f"{TAG_MARK}{tag}" for tag in cleaned) + TAG_MARK if cleaned else ""


def tags_of(column: str) -> tuple[str, ...]:
    """The tags of a column, in their order."""
    return tuple(column[1:-1].split(TAG_MARK)) if column else ()


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)
