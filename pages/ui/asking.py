"""One running answer: asked in the background, drawn as it comes, kept for the session when it is done."""

import time
from dataclasses import dataclass

import streamlit as st

from lib.domain import Answer, Answered, AnswerEvent, ApproachName, Passage, Prompt, Prompted, Retrieved, TextPiece
from lib.errors import LabError, NotFound
from lib.records import Origin, ReviewState, RunRecord, Verdicts
from lib.settings import Workspace
from pages.ui import answer as drawn
from pages.ui import answer_rules, context_bar, frame, hybrid_flow, hybrid_held, markup, services, state, verdicts
from pages.ui.hybrid_steps import flow_states
from pages.ui.jobs import Job
from pages.ui.recording import NotRecorded, Recorded

_POLL_S = 0.15


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way, with the settings that it was asked under."""

    job: Job[AnswerEvent | Recorded | NotRecorded]
    question: str
    approach: ApproachName
    model: str

    @property
    def live(self) -> bool:
        """Whether words may still come."""
        return self.job.running and not self.job.stopped

    @property
    def text(self) -> str:
        """The words so far; of a hybrid answer that is mended, those of its second attempt."""
        events = self.job.events
        begun = max((at for at, event in enumerate(events) if isinstance(event, Prompted)), default=0)
        return "".join(event.text for event in events[begun:] if isinstance(event, TextPiece))

    @property
    def passages(self) -> tuple[Passage, ...] | None:
        """What was found; None before, and where nothing is searched."""
        return next((event.passages for event in self.job.events if isinstance(event, Retrieved)), None)

    @property
    def prompt(self) -> Prompt | None:
        """What the model was sent last, once it was."""
        return next((event.prompt for event in reversed(self.job.events) if isinstance(event, Prompted)), None)

    @property
    def record(self) -> RunRecord | None:
        """What of it stands in the run log, once it does, with the verdicts on its statements."""
        return next((event.record for event in self.job.events if isinstance(event, Recorded)), None)

    @property
    def verdicts(self) -> Verdicts | None:
        """What its passages say of it; None before, and where it read none."""
        return self.record.verdicts if self.record is not None and self.record.answer.passages else None

    @property
    def not_recorded(self) -> LabError | None:
        """Why the run log did not take the answer, if it did not."""
        return next((event.error for event in self.job.events if isinstance(event, NotRecorded)), None)

    @property
    def answer(self) -> Answer | None:
        """The finished answer; after a stop, what was there by then."""
        done = next((event.answer for event in self.job.events if isinstance(event, Answered)), None)
        if done is not None or not self.job.stopped:
            return done
        return Answer(
            self.question,
            self.approach,
            self.model,
            self.text,
            abstained=False,
            passages=self.passages or (),
            prompt=self.prompt,
            stopped=True,
        )


def ask(name: str, workspace: Workspace, approach: ApproachName, model: str, *, origin: Origin = Origin.ASK) -> None:
    """Start answering the workspace's question under `name`; what ran there before is stopped."""
    if before := current(name):
        before.job.stop()
    job = services.start_answer(approach, workspace, key=state.key(), origin=origin)
    state.remember(name, Asked(job, workspace.question, approach, model))


def current(name: str) -> Asked | None:
    """What was last asked under `name` in this session."""
    asked = state.recall(name, None)
    return asked if isinstance(asked, Asked) else None


def draw(asked: Asked, *, key: str) -> None:
    """The answer: while it comes, polled; then whole, unless a rule holds it."""
    if asked.live:
        st.fragment(_stream, run_every=_POLL_S)(asked, key)
        return
    if asked.approach is ApproachName.HYBRID:
        hybrid_flow.draw(flow_states(asked.job.events, live=False), key=key)
    failure = asked.job.failure
    if isinstance(failure, LabError):
        frame.show_failure(failure)
    elif failure is not None and not asked.job.stopped:
        raise failure
    if asked.answer is not None:
        _whole(asked, asked.answer, key)
    warn_not_recorded(asked)


def _whole(asked: Asked, answer: Answer, key: str) -> None:
    if answer.held and not _may_go_out(asked, answer):
        answer_rules.draw(answer, key=key)
        st.caption(drawn.figures(answer))
        return
    drawn.draw(answer, key=key, found=asked.verdicts)
    if asked.approach in drawn.READ_NOTHING and not answer.abstained:
        verdicts.nothing_read()


def _may_go_out(asked: Asked, answer: Answer) -> bool:
    """Draw how the answer that was held stands; whether it was approved word for word and is shown like any other."""
    try:
        if asked.record is not None:
            return hybrid_held.draw(asked.record) is ReviewState.APPROVED
    except NotFound:
        st.caption("Its run was deleted, so nobody can approve it.")
    hybrid_held.unrecorded(answer)
    return False


def warn_not_recorded(asked: Asked) -> None:
    """Say so when the answer above is not in the run log."""
    if asked.not_recorded is not None:
        said, hint = markup.plain(asked.not_recorded.message), markup.plain(asked.not_recorded.hint)
        st.warning(f"**This answer is not in the run log.** {said}\n\n{hint}", icon=":material/save:")


def details(asked: Asked, *, key: str) -> None:
    """What the model saw, what filled its window, and the passages that were found."""
    from pages.ui import parts

    answer = asked.answer
    prompt = (answer.prompt if answer else None) or asked.prompt
    if prompt is not None:
        st.subheader("What filled the context window", anchor=False)
        context_bar.draw(prompt)
        with st.expander("What the model saw: the exact prompt", icon=":material/visibility:"):
            for message in prompt.messages:
                st.caption(message.role)
                st.html(markup.block(markup.safe_html(message.content), "ob-prompt"))
    passages = asked.passages or (answer.passages if answer else ())
    if passages:
        with st.expander(f"The {len(passages)} passages that were found", icon=":material/menu_book:"):
            for passage in passages:
                parts.passage_card(passage, question=asked.question, key=f"{key}.passage")


def _stream(asked: Asked, key: str) -> None:
    if not asked.live:
        st.rerun()
    if asked.approach is ApproachName.HYBRID:
        hybrid_flow.draw(flow_states(asked.job.events, live=True), key=key)
    st.html(markup.block(f"{markup.safe_html(asked.text)}<span class='ob-note'>▍</span>", "ob-answer"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Stop", icon=":material/stop_circle:", key=f"{key}.stop", on_click=asked.job.stop)
        st.caption(_doing(asked))


def _doing(asked: Asked) -> str:
    passed = f"{time.monotonic() - asked.job.started:.0f} s"
    if asked.text:
        return f"answering · {passed}"
    if asked.passages is not None:
        return f"{len(asked.passages)} passages found, the model reads · {passed}"
    return f"{'the model reads' if asked.approach in drawn.READ_NOTHING else 'searching'} · {passed}"
