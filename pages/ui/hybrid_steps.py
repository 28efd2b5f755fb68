"""How far one hybrid answer has come through its five steps, told from its events alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.advice.flows import HYBRID_FLOW
from lib.domain import Answer, Answered, Checked, Prompted, Retrieved, TextPiece
from pages.ui.recording import NotRecorded, Recorded


class StepState(StrEnum):
    """Where one step stands."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    BROKEN = "broken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FlowState:
    """One step with its state and, in a few words, what it found."""

    number: int
    title: str
    state: StepState
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What has happened so far."""

    retrieved: Retrieved | None
    prompts: tuple[Prompted, ...]
    words: int
    checked: tuple[Checked, ...]
    answer: Answer | None
    kept: bool
    not_kept: bool

    @property
    def abstained(self) -> bool:
        """Whether the end is that the passages hold no answer."""
        return self.answer is not None and self.answer.abstained

    @property
    def mending(self) -> bool:
        """Whether the repair has begun and is not checked yet."""
        return bool(self.checked) and self.checked[-1].again


def flow_states(events: Sequence[object], *, live: bool) -> tuple[FlowState, ...]:
    """The five steps in order; of an answer that was stopped or failed, what was not reached is skipped."""
    seen = _seen(events)
    told = (_retrieve(seen), _instruct(seen), _answer(seen), _validate(seen), _log(seen))
    return tuple(
        FlowState(step.number, step.title, _ended(state, live=live), said)
        for step, (state, said) in zip(HYBRID_FLOW, told, strict=True)
    )


Told = tuple[StepState, str]


def _ended(state: StepState, *, live: bool) -> StepState:
    return StepState.SKIPPED if not live and state in (StepState.WAITING, StepState.ACTIVE) else state


def _seen(events: Sequence[object]) -> _Seen:
    last = max((at for at, event in enumerate(events) if isinstance(event, Prompted)), default=0)
    text = "".join(event.text for event in events[last:] if isinstance(event, TextPiece))
    return _Seen(
        retrieved=next((event for event in events if isinstance(event, Retrieved)), None),
        prompts=tuple(event for event in events if isinstance(event, Prompted)),
        words=len(text.split()),
        checked=tuple(event for event in events if isinstance(event, Checked)),
        answer=next((event.answer for event in events if isinstance(event, Answered)), None),
        kept=any(isinstance(event, Recorded) for event in events),
        not_kept=any(isinstance(event, NotRecorded) for event in events),
    )


def _retrieve(seen: _Seen) -> Told:
    if seen.retrieved is None:
        return StepState.ACTIVE, "searching"
    found = len(seen.retrieved.passages)
    return StepState.DONE, f"{found} passage{'' if found == 1 else 's'} in {seen.retrieved.ms:.0f} ms"


def _instruct(seen: _Seen) -> Told:
    if seen.prompts:
        tokens = sum(part.tokens for part in seen.prompts[-1].prompt.segments if not part.dropped)
        again = ", with what to mend" if len(seen.prompts) > 1 else ""
        return StepState.DONE, f"{tokens:,} tokens{again}"
    if seen.abstained:
        return StepState.SKIPPED, "nothing near was found"
    return (StepState.ACTIVE, "choosing what is read") if seen.retrieved else (StepState.WAITING, "")


def _answer(seen: _Seen) -> Told:
    if seen.abstained:
        return (StepState.DONE if seen.prompts else StepState.SKIPPED), "it abstains"
    if not seen.prompts:
        return StepState.WAITING, ""
    over = len(seen.checked) == len(seen.prompts)
    words = f"{seen.words:,} word{'' if seen.words == 1 else 's'}"
    if not over:
        return StepState.ACTIVE, f"{'second attempt: ' if seen.mending else ''}{words}"
    cited = len({cited.marker for cited in seen.answer.citations}) if seen.answer else None
    sources = "" if cited is None else ", cites nothing" if not cited else f", cites {cited}"
    return StepState.DONE, f"{words}{sources}"


def _validate(seen: _Seen) -> Told:
    if seen.abstained:
        return StepState.SKIPPED, "it claims nothing"
    if not seen.checked:
        return StepState.WAITING, ""
    broken = sum(not verdict.kept for verdict in seen.checked[-1].verdicts)
    rules = len(seen.checked[-1].verdicts)
    if seen.mending:
        return StepState.ACTIVE, f"{broken} of {rules} broken, one repair"
    mended = " after one repair" if len(seen.checked) > 1 else ""
    if broken:
        return StepState.BROKEN, f"{broken} of {rules} broken{mended}: held"
    return StepState.DONE, f"{rules} of {rules} kept{mended}" if rules else "there are no rules"


def _log(seen: _Seen) -> Told:
    if seen.not_kept:
        return StepState.BROKEN, "not kept"
    if not seen.kept:
        return (StepState.ACTIVE, "writing") if seen.answer else (StepState.WAITING, "")
    return StepState.DONE, "in the review queue" if seen.answer and seen.answer.held else "kept under Runs"
