"""Answers that read nothing against the documents: what they contradict first, both sentences side by side."""

import streamlit as st

from lib.domain import ApproachName
from lib.records import StatementCheck, Support
from pages.ui import markup, theme, verdicts
from pages.ui.compare_run import Side

_WITHOUT = {
    ApproachName.PROMPT_ONLY: "The model, without documents",
    ApproachName.FINE_TUNED: "The trained model, without documents",
}


def draw(side: Side, checks: tuple[StatementCheck, ...]) -> None:
    """Every statement of the answer with what the documents say of it."""
    name = theme.look(side.approach).label.lower()
    st.subheader(f"What the documents say of the {name} answer", anchor=False)
    if not checks:
        abstained = side.answer is not None and side.answer.abstained
        st.caption("It said that it does not know." if abstained else "It states nothing that could be looked up.")
        return
    st.markdown(_count(checks))
    question = side.workspace.question
    numbered = list(enumerate(checks, start=1))
    for number, check in numbered:
        if check.support is Support.CONTRADICTED:
            _contradiction(check, side, f"compare.statement.{side.name}.{number}")
    for number, check in numbered:
        if check.support is not Support.CONTRADICTED:
            key = f"compare.statement.{side.name}.{number}"
            verdicts.statement(check, question=question, key=key, unsupported=verdicts.NOT_MENTIONED)


def how() -> None:
    """How the statements were checked."""
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


def _contradiction(check: StatementCheck, side: Side, key: str) -> None:
    """Both sentences beside each other: the strongest thing that this page can show."""
    with st.container(border=True, key=key.replace(".", "-")):
        st.markdown(f"{verdicts.in_markdown(check)} · {markup.plain(check.reason)}")
        said, told = st.columns(2, gap="medium")
        with said:
            st.caption(_WITHOUT.get(side.approach, "The model"))
            st.html(markup.block(f"“{markup.safe_html(check.text)}”", "ob-answer"))
        with told:
            st.caption("The documents")
            verdicts.quote(check, question=side.workspace.question, key=key, beside=True)
