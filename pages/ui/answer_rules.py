"""What the rules of the hybrid flow said of an answer: a line each, and the first attempt beside the second."""

from collections.abc import Sequence

import streamlit as st

from lib.domain import Answer, RuleVerdict
from pages.ui import markup

_KEPT, _BROKEN = ":green[:material/check_circle:]", ":red[:material/cancel:]"


def lines(verdicts: Sequence[RuleVerdict]) -> None:
    """Each rule with its verdict and the reason."""
    for verdict in verdicts:
        mark = _KEPT if verdict.kept else _BROKEN
        st.markdown(f"{mark} **{markup.plain(verdict.rule)}** · {markup.plain(verdict.reason)}")


def summary(verdicts: Sequence[RuleVerdict]) -> str:
    """How many rules are kept: "2 of 3 rules kept"."""
    kept = sum(verdict.kept for verdict in verdicts)
    return f"{kept} of {len(verdicts)} rule{'' if len(verdicts) == 1 else 's'} kept"


def draw(answer: Answer, *, key: str) -> None:
    """All verdicts, and the repair if there was one; nothing of an answer that no rule was tried on."""
    if answer.verdicts:
        with st.expander(
            summary(answer.verdicts), icon=":material/rule:", expanded=not answer.held, key=f"{key}.verdict-rules"
        ):
            lines(answer.verdicts)
    repair(answer, key=key)


def repair(answer: Answer, *, key: str) -> None:
    """The first attempt beside the second, each with the rules that it broke."""
    if not answer.repaired:
        return
    with st.expander("The repair: what was written first, and then", icon=":material/build:", key=f"{key}.repair"):
        before, after = st.columns(2, gap="medium")
        with before:
            _attempt("First attempt", answer.first_text, answer.first_verdicts)
        with after:
            _attempt("After the repair", answer.text, answer.verdicts)


def _attempt(title: str, text: str, verdicts: Sequence[RuleVerdict]) -> None:
    st.markdown(f"**{title}**")
    st.html(markup.block(markup.safe_html(text or "Nothing."), "ob-quote"))
    broken = [verdict for verdict in verdicts if not verdict.kept]
    if broken:
        lines(broken)
    else:
        st.caption("No rule is broken." if verdicts else "It claims nothing, so no rule was tried.")
