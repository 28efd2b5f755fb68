"""One cell of a sweep: its figures with their intervals, its failing questions, and the button that takes it over."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from lib.evaluation.scoring import measure
from lib.evaluation.spans import Span, covered
from lib.evaluation.sweep_cells import SWEEP_METRICS, Cell, GoldCase, Hit, SearchedCase, failing, with_interval, within
from lib.evaluation.why_not import Inquiry
from lib.records import Metric
from lib.settings import Workspace
from pages.ui import apply_view, markup, parts, services, state, sweep_job, why_not_view
from pages.ui.sweep_choice import SEARCHES, Chosen

BEST = "sweep.take"
"""Key of the one button that takes the recommended setting over."""
_LISTED = 6
_INSTEAD = 3
_EXCERPT = 320
_DRAWN = 300
_SMALL = 0.1


def figures(cell: Cell) -> None:
    """Every metric with its 95 % interval, and what the cell hands over."""
    lines = []
    for name in SWEEP_METRICS:
        metric, how = _sure(cell.metric(name)), measure(name)
        decimals = 1 if metric.value < _SMALL else 0
        low, high = (None if end is None else f"{100 * end:.{decimals}f}" for end in (metric.low, metric.high))
        sure = "too few for an interval" if low is None else f"{low} to {high} %"
        lines.append(f"- **{how.title} {100 * metric.value:.{decimals}f} %** ({sure}): {how.explanation}")
    st.markdown("\n".join(lines))
    st.caption(
        f"Over {cell.metric('recall').cases} questions, with 95 % intervals; higher is better in each. Half of the "
        f"questions get {cell.passages} passages or fewer, and on average {cell.tokens:,.0f} tokens of text."
    )


def failures(workspace: Workspace, chosen: Chosen, cell: Cell) -> None:
    """The questions whose evidence did not come whole, worst first; each opens to what came instead."""
    ids = failing(cell)
    if not ids:
        st.success("All evidence of every question came whole.", icon=":material/check_circle:")
        return
    st.markdown(
        f"**{len(ids)} of {cell.metric('recall').cases} questions lack some or all of their evidence**, worst first"
    )
    every = len(ids) <= _LISTED or st.toggle(f"Show all {len(ids)}", key="sweep.all")
    column = sweep_job.searched(workspace, chosen, cell)
    if not column:
        st.caption("The documents have changed since this was searched: start the sweep again.")
        return
    recall = dict(zip(cell.metric("recall").case_ids, cell.metric("recall").values, strict=True))
    gold = {case.id: case for case in chosen.cases}
    for case_id in ids if every else ids[:_LISTED]:
        case = gold[case_id]
        said = "nothing" if recall[case_id] == 0 else f"{100 * recall[case_id]:.0f} %"
        title = f"{markup.plain(case.question)} :gray[· {said} of the evidence came]"
        opened = st.expander(title, key=f"sweep.case.{case_id}", on_change="rerun")
        if opened.open:
            with opened:
                _failure(workspace, case, cell, column[case_id])


def take_over(workspace: Workspace, cell: Cell, *, label: str, key: str) -> None:
    """The button that makes the cell's settings the workspace's, with what it changes."""
    taken = settings_of(workspace, cell)
    changes = changed(workspace, taken)
    if not changes:
        st.caption(":material/check: These are the workspace's settings already.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        kind: Literal["primary", "secondary"] = "primary" if key == BEST else "secondary"
        if st.button(label, type=kind, icon=":material/done_all:", key=key):
            state.keep(taken)
            # What was embedded for the sweep is known, so the index is a matter of a second.
            services.start_apply(workspace.id, taken.chunking).wait(apply_view.INSTANT_S)
            state.remember("sweep.taken", f"Taken over: {'; '.join(changes)}.")
            st.rerun()
        st.caption("Changes " + "; ".join(changes))


def settings_of(workspace: Workspace, cell: Cell) -> Workspace:
    """The workspace with the cell's cut and search; a token budget becomes the median number of passages in it."""
    wanted = cell.limit.amount if cell.limit.unit == "passages" else cell.passages
    top_k = max(1, min(wanted, parts.TOP_K_SHOWN))
    return replace(workspace, chunking=cell.chunking, retrieval=replace(cell.retrieval, top_k=top_k))


def changed(before: Workspace, after: Workspace) -> tuple[str, ...]:
    """What differs, in words for a person."""
    old, new = before.retrieval, after.retrieval
    pairs = (
        ("chunks", parts.cut_words(before.chunking), parts.cut_words(after.chunking)),
        ("search", SEARCHES[old.retriever], SEARCHES[new.retriever]),
        ("top-k", f"{old.top_k}", f"{new.top_k}"),
        ("minimum score", f"{old.min_score:g}", f"{new.min_score:g}"),
        ("searched documents", f"{len(old.documents)}" if old.documents else "all", "all"),
    )
    return tuple(f"{what} {was} → {now}" for what, was, now in pairs if was != now)


def _sure(metric: Metric) -> Metric:
    """The figure with its interval, drawn once for the session."""
    drawn: dict[Metric, Metric] = state.recall("sweep.intervals", {})
    if metric not in drawn:
        drawn = {**drawn, metric: with_interval(metric)} if len(drawn) < _DRAWN else {metric: with_interval(metric)}
        state.remember("sweep.intervals", drawn)
    return drawn[metric]


def _failure(workspace: Workspace, case: GoldCase, cell: Cell, searched: SearchedCase) -> None:
    hits = within(searched.hits, cell.limit)
    st.caption("Should have come")
    for span in case.gold:
        _excerpt(workspace, span, case, note=_where(span, searched.hits, given=len(hits)))
    st.caption("Came instead" if hits else "Nothing came")
    for rank, hit in enumerate(hits[:_INSTEAD], start=1):
        _excerpt(workspace, hit.span, case, note=f"rank {rank}, {hit.tokens} tokens, score {hit.score:.3f}")
    with st.container(horizontal=True):
        if st.button("Try it under Retrieve", icon=":material/search:", key=f"sweep.retrieve.{case.id}"):
            state.keep(replace(workspace, question=case.question))
            state.put("retrieve.question", case.question)
            st.switch_page("pages/retrieve.py")
        missed = next((span for span in case.gold if covered([span], [hit.span for hit in hits]) < span.length), None)
        why = "Why did it not come?"
        if missed and st.button(why, icon=":material/troubleshoot:", key=f"sweep.why.{case.id}"):
            asked = settings_of(workspace, cell)
            why_not_view.ask_from_elsewhere(Inquiry(case.question, missed, asked.chunking, asked.retrieval))


def _where(span: Span, hits: Sequence[Hit], *, given: int) -> str:
    """At which ranks characters of the evidence came, and whether that was early enough."""
    ranks = [rank for rank, hit in enumerate(hits, start=1) if covered([span], [hit.span])]
    if not ranks:
        return f"not among the first {len(hits)}"
    words = ", ".join(str(rank) for rank in ranks[:3])
    late = "" if ranks[0] <= given else f", too late: {given} handed over"
    cut = ", cut apart" if len(ranks) > 1 else ""
    return f"rank {words}{late}{cut}"


def _excerpt(workspace: Workspace, span: Span, case: GoldCase, *, note: str) -> None:
    text = services.document(workspace.id, span.document).text[span.start : span.end]
    short = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    inner = markup.safe_html(short, words=markup.question_words(case.question))
    st.markdown(f"**{markup.plain(span.document)}** :gray[· {note}]")
    st.html(markup.block(inner, "ob-text", "ob-note"))
