"""What a comparison found: the verdict, the figures with the floor, seen against unseen, forgetting, and the rows."""

import streamlit as st

from lib.charts.amounts import interval, said
from lib.charts.picture import Picture
from lib.charts.worth_bars import WorthRow, worth_bars
from lib.evaluation.scoring import Measure
from lib.evaluation.worth_figures import COSTS, LATENCY, QUALITIES, TOKENS, figures, forgotten, main_measure
from lib.evaluation.worth_records import Contender, Familiarity, Worth
from lib.evaluation.worth_verdict import WorthVerdict, tokens_saved, verdict
from lib.records import Metric
from lib.training.values import Adapter
from pages.ui import markup, theme, tune_worth_rows

_FORGETTING_SHARE = Measure("right", "General questions right", QUALITIES[0].group, "")


def draw(worth: Worth, adapter: Adapter) -> None:
    """All of it, the sentence first; what makes the figures doubtful before it."""
    _remarks(worth, adapter)
    _verdict(verdict(worth))
    st.subheader("On rows that training never saw", anchor=False)
    rows = [WorthRow(measure.title, measure, _by_contender(worth, measure)) for measure in QUALITIES]
    _picture(worth_bars("Held-out rows", [row for row in rows if row.figures]), "tune.worth.bars")
    st.caption(
        f"Thin lines are 95 % intervals. Few-shot had {worth.shots} worked examples, as many as fit. The dotted line "
        f"is the look-up ({worth.floor.words})."
    )
    _costs(worth)
    _familiarity(worth)
    _forgetting(worth)
    with st.expander("All figures as a table", icon=":material/table_chart:"):
        _table(worth)
    tune_worth_rows.draw(worth)


def _remarks(found: Worth, adapter: Adapter) -> None:
    if found.adapter_sha256 and found.adapter_sha256 != adapter.gguf_sha256:
        st.warning("These figures are of an earlier adapter of this name.", icon=":material/warning:")
    for remark in found.remarks:
        st.warning(markup.plain(remark[:1].upper() + remark[1:]), icon=":material/warning:")
    if not found.finished:
        st.warning(f"Stopped early: {len(found.answers)} answers are there.", icon=":material/pause_circle:")


def _verdict(found: WorthVerdict) -> None:
    box = {True: st.success, False: st.warning, None: st.info}[found.worth_it]
    icon = {True: ":material/check_circle:", False: ":material/cancel:", None: ":material/help:"}[found.worth_it]
    box(f"**{markup.plain(found.sentence)}**", icon=icon)
    st.markdown("\n".join(f"- {markup.plain(reason)}" for reason in found.reasons))
    if found.changes:
        lines = "\n".join(f"- {markup.plain(change)}" for change in found.changes)
        st.markdown(f"**What would change it**\n{lines}")


def _costs(worth: Worth) -> None:
    """Time and tokens, as figures: milliseconds and tokens fit no axis of shares."""
    few_shot, tuned = figures(worth, Contender.FEW_SHOT), figures(worth, Contender.FINE_TUNED)
    columns = st.columns(3)
    for column, contender, found in ((columns[0], "Fine-tuned", tuned), (columns[1], "Few-shot", few_shot)):
        if latency := found.metric(LATENCY.name):
            column.metric(f"{contender}: median time", LATENCY.shown(latency.value), border=True)
            column.caption(f"{interval(LATENCY, latency)} · lower is better")
    saved = tokens_saved(worth)
    if saved.cases:
        columns[2].metric("Prompt tokens saved", f"{saved.difference:,.0f} a question", border=True)
        around = "" if saved.low is None else f"{saved.low:,.0f} to {saved.high:,.0f} · "
        columns[2].caption(f"{around}against few-shot; higher is better")
    st.caption(
        "The server keeps the few-shot examples in its cache between rows, so that few-shot is as fast as it gets here."
    )


def _familiarity(worth: Worth) -> None:
    measure = main_measure(worth.form)
    rows = []
    for familiarity in Familiarity:
        held = {
            contender: metric
            for contender in (Contender.FINE_TUNED, Contender.FLOOR)
            if (metric := figures(worth, contender, familiarity).metric(measure.name))
        }
        if held:
            rows.append(WorthRow(familiarity.value.capitalize(), measure, held))
    if len(rows) < 2:
        return
    st.subheader("Learnt, or learnt by heart?", anchor=False)
    _picture(worth_bars(f"{measure.title}: seen, paraphrased, unseen", rows), "tune.worth.familiarity")
    st.caption("A model that has understood is as good on unseen rows as on seen ones.")


def _forgetting(worth: Worth) -> None:
    found = forgotten(worth)
    if found is None:
        return
    st.subheader("Forgetting meter", anchor=False)
    before, after = st.columns(2)
    for column, title, metric in ((before, "Before training", found.before), (after, "After", found.after)):
        column.metric(title, f"{100 * metric.value:.0f} % right", border=True)
        column.caption(f"{interval(_FORGETTING_SHARE, metric)} · {metric.cases} general questions, higher is better")
    st.markdown(markup.plain(found.sentence))
    tune_worth_rows.general(worth)


def _table(worth: Worth) -> None:
    head = "| | " + " | ".join(contender.value for contender in Contender) + " |\n|---|" + "---|" * len(Contender)
    lines = []
    for measure in (*QUALITIES, *COSTS):
        held = [figures(worth, contender).metric(measure.name) for contender in Contender]
        if any(held):
            cells = " | ".join(said(measure, metric) if metric else "" for metric in held)
            lines.append(f"| {measure.title} | {cells} |")
    st.markdown("\n".join((head, *lines)))
    st.caption("  \n".join(f"**{each.title}**: {each.explanation}" for each in (*QUALITIES, LATENCY, TOKENS)))


def _by_contender(worth: Worth, measure: Measure) -> dict[Contender, Metric]:
    found = {contender: figures(worth, contender).metric(measure.name) for contender in Contender}
    return {contender: metric for contender, metric in found.items() if metric is not None}


def _picture(picture: Picture, key: str) -> None:
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(picture.figure, key=key, alt=picture.alt, config={"displayModeBar": False})
