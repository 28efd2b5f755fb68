"""The decision record: a situation and its advice as a Markdown file that a team can keep and argue with."""

from collections.abc import Mapping, Sequence
from datetime import date

from lib.advice.framework import THE_ORDER, THE_QUESTION, choice
from lib.advice.measured import MeasuredLine
from lib.advice.questionnaire import QUESTIONS, answers
from lib.advice.recommend import Advice, Reason, Recommendation

_SPEAKS: Mapping[bool | None, str] = {True: "Measured, for it: ", False: "Measured, against it: ", None: ""}


def decision_record(advice: Advice, *, today: date, measured: Sequence[MeasuredLine] = ()) -> str:
    """The whole record: recommendation, reasons, what was measured, flips, approvals, next step, the answers given."""
    first = advice.first
    parts = (
        f"# Decision record: {THE_QUESTION.rstrip('?').lower()}\n\nDate: {today.isoformat()}",
        f"## Recommendation: {_name(first)}\n\n{first.variant or THE_ORDER}",
        "\n\n".join(_section(each, measured) for each in advice.ranked),
        "## What would change the first place\n\n" + _lines(_flip_lines(advice), "No single answer would."),
        "## Where a person approves\n\n" + _lines([each.where for each in advice.approvals], "No risk was named."),
        f"## Next step\n\n{first.next_step.text}",
        "## Answers this rests on\n\n" + _answer_table(advice),
    )
    return "\n\n".join(parts) + "\n"


def _section(each: Recommendation, measured: Sequence[MeasuredLine]) -> str:
    figures = [f"{_SPEAKS[line.speaks_for]}{line.text}" for line in measured if line.approach is each.approach]
    barred = [f"Cannot be first: {reason}" for reason in each.barred]
    reasons = [_reason(reason) for reason in (*each.reasons_for, *each.reasons_against)]
    return f"### {_name(each)}: {each.score} points\n\n" + _lines([*barred, *reasons, *figures], "No rule applies.")


def _reason(reason: Reason) -> str:
    rests_on = f" ({'; '.join(reason.answers)})" if reason.answers else ""
    return f"{reason.points:+d} {reason.text}{rests_on}"


def _flip_lines(advice: Advice) -> list[str]:
    return [f"{flip.question} {flip.answer}: {choice(flip.approach).title}" for flip in advice.flips]


def _answer_table(advice: Advice) -> str:
    rows = [
        f"| {asked.text} | {', '.join(asked.label(value) for value in answers(advice.situation, asked.field))} |"
        for asked in QUESTIONS
    ]
    return "\n".join(("| Question | Answer |", "|---|---|", *rows))


def _name(each: Recommendation) -> str:
    return choice(each.approach).title


def _lines(lines: list[str], otherwise: str) -> str:
    return "\n".join(f"- {line}" for line in lines) or otherwise
