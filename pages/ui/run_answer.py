"""The answer of a run as it was given, with what its sources said of it then: drawn from the record alone."""

from collections.abc import Sequence

import streamlit as st

from lib.domain import Answer, Citation
from lib.records import CitationCheck, Failure, StatementCheck, Verdicts
from pages.ui import markup
from pages.ui import verdicts as marks


def words(answer: Answer, checks: Sequence[CitationCheck] = ()) -> None:
    """The answer's text, its markers highlighted, and each citation with the words that it points to.

    `checks` says of each citation whether its passage carries what it is cited for.
    """
    spans = tuple((cited.answer_start, cited.answer_end) for cited in answer.citations)
    st.html(markup.block(markup.safe_html(answer.text, spans=spans), "ob-answer"))
    first = {cited.marker: cited for cited in reversed(answer.citations)}
    for marker, cited in sorted(first.items()):
        carries = marks.citation_words(check for check in checks if check.citation.marker == marker)
        st.caption(f"**[{marker}]** {_cited(cited)}{f' · {carries}' if carries else ''}")


def verdicts(found: Verdicts) -> None:
    """What the sources said of each statement; nothing where nothing was stated."""
    share = found.faithfulness
    if share is None:
        return
    with st.expander(marks.summary(found.statements), icon=":material/fact_check:", expanded=share < 1):
        for check in found.statements:
            _statement(check)
        if found.judge is not None:
            judge = found.judge
            st.caption(f"The judge {markup.plain(judge.model)} says: {judge.support}. {markup.plain(judge.reason)}")


def failure(found: Failure) -> None:
    """Why the answer is wrong, with what shows it."""
    st.markdown(f":material/troubleshoot: **Why it is wrong: {found.label}.** {markup.plain(found.evidence)}")


def _statement(check: StatementCheck) -> None:
    st.markdown(f"{marks.in_markdown(check)} · {markup.plain(check.text)}")
    if check.reason and not check.supported:
        st.caption(markup.plain(check.reason))
    if check.sentence is not None and marks.worth_showing(check):
        source = markup.plain(check.passage.chunk.document) if check.passage else "The source"
        st.caption(f"{source}: “{markup.plain(check.sentence.text)}”")


def _cited(cited: Citation) -> str:
    chunk = cited.passage.chunk
    quoted = chunk.text[max(0, cited.start - chunk.start) : max(0, cited.end - chunk.start)]
    place = f" · {chunk.place.label}" if chunk.place.label else ""
    return f"{markup.plain(chunk.document + place)}: “{markup.plain(quoted)}”"
