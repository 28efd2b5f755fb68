"""One run, opened: what was answered, what the sources say of it, what made it, and what people say."""

import streamlit as st

from lib.domain import Answer
from lib.records import ReviewState, RunRecord
from lib.runs.differences import named_settings
from lib.runs.rows import KeptRun
from pages.ui import answer as drawn
from pages.ui import (
    answer_rules,
    context_bar,
    markup,
    parts,
    run_answer,
    run_list,
    run_log,
    run_review,
    run_said,
    run_twice,
    theme,
)


def draw(kept: KeptRun) -> None:
    """The run whole, with what can be done with it."""
    record, answer = kept.record, kept.record.answer
    with st.container(border=True, key="runs.opened"):
        _head(record)
        if record.error:
            st.error(f"**The model failed.** {markup.plain(record.error)}", icon=":material/error:")
        elif answer.abstained:
            drawn.draw_abstention(answer)
        else:
            if answer.held:
                _held(kept)
            run_answer.words(record.answer, record.verdicts.citations)
        st.caption(drawn.figures(answer))
        if record.answer.passages:
            run_answer.verdicts(record.verdicts)
        answer_rules.draw(answer, key="runs")
        if record.failure is not None:
            run_answer.failure(record.failure)
        _actions(kept)
    run_twice.draw(record)
    run_said.draw(kept)
    st.subheader("What made it", anchor=False)
    _prompt(answer)
    _passages(record)
    with st.expander("All settings, and the versions", icon=":material/tune:"):
        rows = [{"Setting": name, "Value": value} for name, value in named_settings(record)]
        st.dataframe(rows, hide_index=True, key="runs.settings")


def _head(record: RunRecord) -> None:
    look = theme.look(record.answer.approach)
    title, close = st.columns([6, 1], vertical_alignment="top")
    title.markdown(f"#### {markup.plain(record.answer.question)}")
    close.button("Close", icon=":material/close:", key="runs.close", type="tertiary", on_click=run_list.close_all)
    where = f" · {markup.plain(record.setup)}" if record.setup else ""
    case = f" · case {markup.plain(record.case_id)}" if record.case_id else ""
    st.caption(f"{look.icon} {look.label}{where}{case} · {record.at:%d %b %Y, %H:%M:%S} UTC · asked on {record.origin}")


def _held(kept: KeptRun) -> None:
    """That a person must approve what stands below, or how one decided."""
    review = kept.remarks.review
    if review is not None and review.state is not ReviewState.OPEN:
        run_review.standing(review)
        return
    st.markdown(":material/gavel: **Held for review:** it breaks a rule, and nobody has approved it yet.")


def _actions(kept: KeptRun) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        run_twice.offer(kept.record)
        st.download_button(
            "As an HTML page",
            lambda: run_log.as_html(kept),
            f"run-{kept.record.id}.html",
            "text/html",
            key="runs.export.html",
            icon=":material/download:",
            on_click="ignore",
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.caption("This run goes, with its rating and its review. An evaluation that it belongs to loses it too.")
            st.button("Delete this run", key="runs.delete", on_click=_delete, args=(kept.record,))


def _delete(record: RunRecord) -> None:
    run_log.forget(record)
    run_list.close_all()


def _prompt(answer: Answer) -> None:
    if answer.prompt is None:
        st.caption("No prompt: nothing was sent to a model.")
        return
    context_bar.draw(answer.prompt)
    with st.expander("The exact prompt", icon=":material/visibility:"):
        for message in answer.prompt.messages:
            st.caption(message.role)
            st.html(markup.block(markup.safe_html(message.content), "ob-prompt"))


def _passages(record: RunRecord) -> None:
    found = record.answer.passages
    if not found:
        return
    with st.expander(f"The {len(found)} passages that it had", icon=":material/menu_book:"):
        if run_log.documents_changed(record):
            st.caption(":material/history: The documents have changed since; this is what they said then.")
            for passage in found:
                chunk = passage.chunk
                st.caption(
                    f"**{passage.rank}. {markup.plain(chunk.document)}** {markup.plain(chunk.place.label)} · "
                    f"characters {chunk.start:,} to {chunk.end:,} · score {passage.score:.3f}"
                )
                parts.safe_text(chunk.text, words=markup.question_words(record.answer.question))
            return
        for passage in found:
            parts.passage_card(passage, question=record.answer.question, key="runs.passage")
