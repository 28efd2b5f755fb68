"""The prompt-only answer against the documents: what they contradict first, both sentences side by side."""

import streamlit as st

from lib.records import StatementCheck, Support
from pages.ui import markup, verdicts
from pages.ui.compare_run import Pair


def draw(pair: Pair, checks: tuple[StatementCheck, ...]) -> None:
    """Every statement of the prompt-only answer with what the documents say of it."""
    st.subheader("What the documents say of the prompt-only answer", anchor=False)
    answer = pair.left.answer
    if not checks:
        abstained = answer is not None and answer.abstained
        st.caption("It said that it does not know." if abstained else "It states nothing that could be looked up.")
        return
    st.markdown(_count(checks))
    numbered = list(enumerate(checks, start=1))
    for number, check in numbered:
        if check.support is Support.CONTRADICTED:
            _contradiction(check, pair.question, f"compare.statement.{number}")
    for number, check in numbered:
        if check.support is not Support.CONTRADICTED:
            key = f"compare.statement.{number}"
            verdicts.statement(check, question=pair.question, key=key, unsupported=verdicts.NOT_MENTIONED)
    st.caption(
        "Checked strictly and without a language model: one sentence of the documents must carry the statement's "
        "words, numbers, names and meaning. Not mentioned does not mean false; it means that nobody could look it up "
        "here. Contradicted means that a sentence about the same thing says otherwise."
    )


def _count(checks: tuple[StatementCheck, ...]) -> str:
    carried = sum(check.supported for check in checks)
    against = sum(check.support is Support.CONTRADICTED for check in checks)
    said = f"**{carried} of {len(checks)}** statements stand in the documents (higher is better)"
    if not against:
        return f"{said}."
    return f"{said}; **{against}** {'is' if against == 1 else 'are'} contradicted by them."


def _contradiction(check: StatementCheck, question: str, key: str) -> None:
    """Both sentences beside each other: the strongest thing that this page can show."""
    with st.container(border=True, key=key.replace(".", "-")):
        st.markdown(f"{verdicts.in_markdown(check)} · {markup.plain(check.reason)}")
        said, told = st.columns(2, gap="medium")
        with said:
            st.caption("The model, without documents")
            st.html(markup.block(f"“{markup.safe_html(check.text)}”", "ob-answer"))
        with told:
            st.caption("The documents")
            verdicts.quote(check, question=question, key=key, beside=True)
