"""Comparisons of an adapter made by hand: 40 held-out rows with labels, of which each contender has so many right."""

from datetime import UTC, datetime

from lib.evaluation.task_form import TaskForm
from lib.evaluation.worth_records import Contender, Familiarity, Worth, WorthAnswer

ROWS = 40
_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def worth(adapter: str, *, base: int, few_shot: int, tuned: int, floor: int = 8) -> Worth:
    """The labels are A and B in turn; who is wrong says C."""
    right = {
        Contender.BASE: base, Contender.FEW_SHOT: few_shot, Contender.FINE_TUNED: tuned, Contender.FLOOR: floor,
    }  # fmt: skip
    answers = tuple(_answer(who, row, right=row < count) for who, count in right.items() for row in range(ROWS))
    form = TaskForm("Name the label.", labels=("A", "B"))
    return Worth(adapter, "tickets", "m", _AT, form, answers, shots=12, trained_on=120, finished=True)


def _answer(who: Contender, row: int, *, right: bool) -> WorthAnswer:
    wanted = "AB"[row % 2]
    tokens = 900 if who is Contender.FEW_SHOT else 60
    return WorthAnswer(
        who, Familiarity.UNSEEN, f"r{row}", f"Message {row}", wanted, wanted if right else "C", 100.0, tokens, 2
    )
