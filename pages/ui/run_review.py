"""The review queue: answers in areas where a person must approve before anyone acts on them."""

from functools import partial

import streamlit as st

from lib.records import Review, ReviewState
from lib.runs.approval import VALIDATION
from lib.runs.query import RunQuery, RunRow
from lib.runs.rows import KeptRun
from lib.settings import Workspace
from pages.ui import answer_rules, markup, run_acting, run_answer, run_list, run_log, state

_SHOWN = 5
_DECIDED_SHOWN = 100
_LOOKS = {
    ReviewState.OPEN: (":material/hourglass_empty:", "waits for approval"),
    ReviewState.APPROVED: (":material/check_circle:", "approved"),
    ReviewState.EDITED: (":material/edit:", "approved with changes"),
    ReviewState.REJECTED: (":material/cancel:", "rejected"),
}
_RULE = (
    "An answer waits here when a tag of its case or a word of its question or answer touches money, law, medicine, "
    "security, customers, code or the brand. The rule is coarse on purpose: it would rather ask once too often. And an "
    "answer of the hybrid flow waits when it still breaks one of your rules after a repair."
)


def draw(workspace: Workspace) -> None:
    """What waits, one card each, then what was decided."""
    st.caption(_RULE)
    run_acting.outcome("runs.review", "Decided, and kept with your name and the time.")
    page = run_log.find(workspace.id, RunQuery(review=ReviewState.OPEN, limit=_SHOWN))
    if page.rows:
        st.markdown(f"**{page.total:,} wait**" + (f", the newest {_SHOWN} are here" if page.total > _SHOWN else ""))
        run_acting.who("runs.review.who")
    else:
        st.info("Nothing waits for approval.", icon=":material/done_all:")
    for at, row in enumerate(page.rows):
        with st.expander(f"{_why(row.area)}: {markup.plain(row.question)}", expanded=at == 0, key=f"q.{row.id}"):
            _card(run_log.run(workspace.id, row.id))
    _decided(workspace)


def standing(review: Review) -> None:
    """How an approval stands: by whom, when, and with which words."""
    icon, words = _LOOKS[review.state]
    by = f" by {markup.plain(review.by)}, {review.at:%d %b %Y, %H:%M} UTC" if review.at else " under Review queue"
    st.markdown(f"{icon} **Approval ({markup.plain(review.area)}):** {words}{by}")
    if review.comment:
        st.caption(markup.plain(review.comment))
    if review.state is ReviewState.EDITED:
        st.html(markup.block(markup.safe_html(review.text), "ob-quote"))


def _card(kept: KeptRun) -> None:
    record = kept.record
    if record.answer.held:
        answer_rules.lines([verdict for verdict in record.answer.verdicts if not verdict.kept])
        st.badge("Not approved", icon=":material/block:", color="orange")
    run_answer.words(record.answer, record.verdicts.citations)
    if record.answer.passages:
        run_answer.verdicts(record.verdicts)
    answer_rules.repair(record.answer, key=f"runs.review.{record.id}")
    decision(kept)
    st.button("See the run", key=f"runs.review.{record.id}.open", type="tertiary", on_click=_open, args=(record.id,))


def decision(kept: KeptRun) -> None:
    """The text as it may go out, and what a reviewer can do: approve, change it, or reject it."""
    record = kept.record
    key = f"runs.review.{record.id}"
    state.seed(f"{key}.text", record.answer.text)
    text = st.text_area("The text that may go out", key=f"{key}.text", height=100)
    edited = (text or "").strip() != record.answer.text.strip()
    st.text_input("Comment", key=f"{key}.comment", max_chars=2_000)
    with st.container(horizontal=True):
        st.button(
            "Approve with these changes" if edited else "Approve as it is",
            key=f"{key}.approve",
            type="primary",
            icon=":material/check:",
            on_click=_decide,
            args=(kept, ReviewState.EDITED if edited else ReviewState.APPROVED),
        )
        st.button(
            "Reject", key=f"{key}.reject", icon=":material/block:", on_click=_decide, args=(kept, ReviewState.REJECTED)
        )


def _why(area: str) -> str:
    return "Held by a rule" if area == VALIDATION else area.capitalize()


def _decide(kept: KeptRun, decided: ReviewState) -> None:
    key = f"runs.review.{kept.record.id}"
    review = Review(
        area=kept.remarks.review.area if kept.remarks.review else "",
        text=state.typed(f"{key}.text", "") if decided is ReviewState.EDITED else "",
        comment=state.typed(f"{key}.comment", "").strip(),
        by=state.typed("runs.review.who", ""),
    )
    run_acting.attempt(partial(run_log.decide, kept.record, decided, review), "runs.review")


def _open(run_id: str) -> None:
    run_list.open_runs(run_id)
    state.put("runs.view", "Runs")


def _decided(workspace: Workspace) -> None:
    rows: list[RunRow] = []
    for decided in (ReviewState.APPROVED, ReviewState.EDITED, ReviewState.REJECTED):
        rows += run_log.find(workspace.id, RunQuery(review=decided, limit=_DECIDED_SHOWN)).rows
    if not rows:
        return
    rows.sort(key=lambda row: row.at, reverse=True)
    st.subheader("Decided", anchor=False)
    reviews = [run_log.log().remarks(workspace.id, row.id).review or Review(row.area) for row in rows]
    st.dataframe(
        {
            "Question": [row.question for row in rows],
            "Area": [row.area for row in rows],
            "Decision": [_LOOKS[review.state][1] for review in reviews],
            "By": [review.by for review in reviews],
            "When": [review.at.replace(tzinfo=None) if review.at else None for review in reviews],
            "Comment": [review.comment for review in reviews],
        },
        hide_index=True,
        key="runs.decided",
        column_config={"When": st.column_config.DatetimeColumn(format="DD MMM YYYY, HH:mm", help="In UTC")},
    )
