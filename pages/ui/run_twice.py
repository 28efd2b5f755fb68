"""The same once more: a run repeated with the very settings that it was made with, and two runs line by line."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.records import Origin, RunRecord
from lib.runs.differences import Line, other_documents, settings_that_differ, side_by_side
from lib.runs.rows import KeptRun
from pages.ui import asking, markup, parts, run_list, state, theme

_JOB = "runs.repeat"
_OF = "runs.repeat.of"
_REPEATABLE = tuple(name for name in ApproachName if name is not ApproachName.GOLD_CONTEXT)
_NOT_ALIKE = (
    "And yet the words differ: a model's server does not calculate to the last digit alike each time, for instance "
    "with the beginning of a prompt still in its cache, and a close choice of words can tip over. Repeat it "
    "a few times to see how firm an answer is."
)
_STYLE = """<style>
.ob-pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.3rem 1.2rem; }
.ob-pair > div { padding: 0.15rem 0.6rem; border-left: 3px solid rgba(128, 118, 105, 0.35); overflow-wrap: anywhere; }
.ob-pair > div.o { border-left-color: rgba(217, 115, 13, 0.9); background: rgba(217, 115, 13, 0.07); }
.ob-pair > div.ob-note { border-left-width: 0; padding-left: 0; }
.ob-pair > div.none { opacity: 0.78; font-style: italic; }
@media (max-width: 640px) { .ob-pair { grid-template-columns: 1fr; }
  .ob-pair b.side { display: none; }
  .ob-pair > div:nth-child(odd)::before { content: "A "; font-weight: 600; }
  .ob-pair > div:nth-child(even)::before { content: "B "; font-weight: 600; } }
</style>"""


def offer(record: RunRecord) -> None:
    """The button that repeats the run."""
    st.button(
        "Repeat exactly",
        key="runs.repeat.go",
        icon=":material/replay:",
        type="primary",
        disabled=record.answer.approach not in _REPEATABLE,
        on_click=_repeat,
        args=(record,),
        help="Asks again with this run's own settings, whatever is set now, on the documents as they are now.",
    )


def draw(record: RunRecord) -> None:
    """The repetition of this run: while it comes, then beside what came the first time."""
    asked = asking.current(_JOB)
    if asked is None or state.recall(_OF, "") != record.id:
        return
    st.subheader("Repeated", anchor=False)
    again = asked.record
    if again is None or asked.live:
        with st.container(border=True):
            asking.draw(asked, key="runs.repeat")
        return
    beside(record, again)


def draw_two(left: KeptRun, right: KeptRun) -> None:
    """Two runs that were chosen, older first."""
    older, newer = sorted((left.record, right.record), key=lambda record: record.at)
    with st.container(border=True, key="runs.compared"):
        st.button("Close", icon=":material/close:", key="runs.close", type="tertiary", on_click=run_list.close_all)
        beside(older, newer)


def beside(left: RunRecord, right: RunRecord) -> None:
    """Both answers line by line, and what was set otherwise."""
    if other_documents(left, right):
        st.warning("The documents changed between the two runs: they did not see the same.", icon=":material/history:")
    differing = settings_that_differ(left, right)
    if left.answer.question == right.answer.question:
        st.markdown(f"#### {markup.plain(left.answer.question)}")
    st.html(_STYLE + f'<div class="ob-pair">{_named("A", left)}{_named("B", right)}</div>')
    lines = side_by_side(_said(left), _said(right))
    if all(line.same for line in lines):
        st.success("Both say the same, word for word.", icon=":material/equal:")
    st.html(f'<div class="ob-pair">{"".join(_line(line) for line in lines)}</div>')
    if differing:
        st.markdown("**What was different**")
        rows = {
            "Setting": [one.name for one in differing],
            "A": [one.left for one in differing],
            "B": [one.right for one in differing],
        }
        st.dataframe(rows, hide_index=True, key=f"runs.differing.{left.id}.{right.id}")
    else:
        st.caption("Question, settings, model, documents and versions were the same.")
        if left.answer.text != right.answer.text:
            st.caption(_NOT_ALIKE)
    _prompts(left, right)


def _repeat(record: RunRecord) -> None:
    workspace = replace(record.workspace, question=record.answer.question)
    state.remember(_OF, record.id)
    asking.ask(_JOB, workspace, record.answer.approach, parts.model_words(workspace.model), origin=Origin.REPEAT)


def _said(record: RunRecord) -> str:
    return record.error or record.answer.text or "It abstained."


def _named(side: str, record: RunRecord) -> str:
    look = theme.look(record.answer.approach)
    took = f"{record.answer.timings.total / 1000:.1f} s"
    named = f"{look.label} · {record.at:%d %b %Y, %H:%M:%S} UTC · {record.origin} · {took}"
    setup = f"{record.setup} · " if record.setup else ""
    return f'<div class="ob-note"><b class="side">{side}</b> {markup.safe_html(setup + named)}</div>'


def _line(line: Line) -> str:
    kind = "ob-text" if line.same else "ob-text o"
    return "".join(
        '<div class="none">not said here</div>'
        if text is None
        else f'<div class="{kind}">{markup.safe_html(text, spans=spans)}</div>'
        for text, spans in ((line.left, line.left_spans), (line.right, line.right_spans))
    )


def _prompts(left: RunRecord, right: RunRecord) -> None:
    texts = [
        "\n".join(message.content for message in record.answer.prompt.messages) if record.answer.prompt else ""
        for record in (left, right)
    ]
    lines = side_by_side(*texts)
    changed = [line for line in lines if not line.same]
    if not lines:
        return
    if not changed:
        st.caption("Both were sent the same prompt.")
        return
    with st.expander(f"The prompts differ in {len(changed)} of {len(lines)} lines", icon=":material/difference:"):
        st.html(f'<div class="ob-pair">{"".join(_line(line) for line in lines)}</div>')
