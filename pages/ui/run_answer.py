"""The answer of a run as it was given, with what its sources said of it then: drawn from the record alone."""

import streamlit as st

from lib.domain import Answer, Citation
from lib.records import Failure, StatementCheck, Support, Verdicts
from pages.ui import markup

_SUPPORT = {
    Support.SUPPORTED: (":material/check_circle:", "green"),
    Support.PARTLY: (":material/contrast:", "orange"),
    Support.CONTRADICTED: (":material/cancel:", "red"),
    Support.UNSUPPORTED: (":material/help:", "gray"),
}


def words(answer: Answer) -> None:
    """The answer's text, its markers highlighted, and each citation with the words that it points to."""
    spans = tuple((cited.answer_start, cited.answer_end) for cited in answer.citations)
    st.html(markup.block(markup.safe_html(answer.text, spans=spans), "ob-answer"))
    first = {cited.marker: cited for cited in reversed(answer.citations)}
    for marker, cited in sorted(first.items()):
        st.caption(f"**[{marker}]** {_cited(cited)}")


def verdicts(checked: Verdicts) -> None:
    """What was found out about each statement; nothing where nothing was checked."""
    if not checked.statements or checked.faithfulness is None:
        return
    count = len(checked.statements)
    statements = f"{count} statement{'' if count == 1 else 's'}"
    with st.expander(
        f"{checked.faithfulness:.0%} supported: {statements} checked against the sources",
        icon=":material/fact_check:",
        expanded=checked.faithfulness < 1,
    ):
        for check in checked.statements:
            _statement(check)
        if checked.judge is not None:
            judge = checked.judge
            st.caption(f"The judge {markup.plain(judge.model)} says: {judge.support}. {markup.plain(judge.reason)}")


def failure(found: Failure) -> None:
    """Why the answer is wrong, with what shows it."""
    st.markdown(f":material/troubleshoot: **Why it is wrong: {found.label}.** {markup.plain(found.evidence)}")


def _statement(check: StatementCheck) -> None:
    icon, colour = _SUPPORT[check.support]
    doubt = ", unsure" if check.unsure else ""
    st.markdown(f":{colour}[{icon} {check.support}{doubt}] {markup.plain(check.text)}")
    if check.reason:
        st.caption(markup.plain(check.reason))
    if check.sentence is not None:
        source = markup.plain(check.passage.chunk.document) if check.passage else "The source"
        st.caption(f"{source}: “{markup.plain(check.sentence.text)}”")


def _cited(cited: Citation) -> str:
    chunk = cited.passage.chunk
    quoted = chunk.text[max(0, cited.start - chunk.start) : max(0, cited.end - chunk.start)]
    place = f" · {chunk.place.label}" if chunk.place.label else ""
    return f"{markup.plain(chunk.document + place)}: “{markup.plain(quoted)}”"
