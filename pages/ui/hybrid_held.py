"""An answer that is held: not shown as one until a person has approved it, here or under Runs."""

import streamlit as st

from lib.domain import Answer
from lib.records import Review, ReviewState, RunRecord
from pages.ui import answer_rules, markup, run_acting, run_answer, run_log, run_review


def notice(answer: Answer) -> None:
    """That it is held, and by which rules."""
    st.markdown("#### :material/gavel: Held for review")
    st.caption("It breaks a rule, and one repair did not mend it. Nobody should act on it before a person approves it.")
    answer_rules.lines([verdict for verdict in answer.verdicts if not verdict.kept])


def draw(record: RunRecord) -> ReviewState:
    """The notice with the reviewer's part, or how it was decided and what may go out; how it stands.

    An answer approved as it is is not drawn: it may be shown as any other. Raises NotFound for a run that is gone.
    """
    kept = run_log.run(record.workspace.id, record.id)
    review = kept.remarks.review or Review("validation")
    run_acting.outcome("runs.review", "Decided, and kept with your name and the time.")
    if review.state is not ReviewState.OPEN:
        run_review.standing(review)
        if review.state is ReviewState.REJECTED:
            st.caption("Nothing of it goes out. What was written stands under Runs.")
        return review.state
    notice(record.answer)
    with st.expander("For the reviewer: read what was written, and decide", icon=":material/visibility:"):
        st.badge("Not approved", icon=":material/block:", color="orange")
        run_answer.words(record.answer, record.verdicts.citations)
        run_acting.who("runs.review.who")
        run_review.decision(kept)
    st.page_link("pages/runs.py", label="See it in the review queue", icon=":material/gavel:")
    return review.state


def unrecorded(answer: Answer) -> None:
    """A held answer that the log did not take: there is nobody to approve it, so it does not go out."""
    notice(answer)
    with st.expander("What was written", icon=":material/visibility:"):
        st.badge("Not approved", icon=":material/block:", color="orange")
        st.html(markup.block(markup.safe_html(answer.text), "ob-quote"))
