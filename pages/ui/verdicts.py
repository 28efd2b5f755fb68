"""What was found out about an answer, for the eye: a mark on each sentence, the source sentence and the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.records import CitationCheck, StatementCheck, Support, Verdicts
from pages.ui import markup, source

NOT_MENTIONED = "not mentioned"
"""What "unsupported" is called where an answer that read nothing is held against the documents."""
_NEAR, _NEAR_CHARACTERS = 0.35, 25
"""From this score and length on, the nearest sentence is worth showing beside a statement it does not carry."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a verdict looks: its sign in a line of text, its icon and colour in Markdown."""

    sign: str
    icon: str
    colour: str


MARKS = {
    Support.SUPPORTED: Mark("✓", ":material/check_circle:", "green"),
    Support.PARTLY: Mark("◐", ":material/incomplete_circle:", "blue"),
    Support.CONTRADICTED: Mark("✗", ":material/cancel:", "red"),
    Support.UNSUPPORTED: Mark("?", ":material/help:", "orange"),
}


def words_of(check: StatementCheck, unsupported: str = Support.UNSUPPORTED.value) -> str:
    """The verdict in words: "supported", "contradicted, unsure"."""
    word = unsupported if check.support is Support.UNSUPPORTED else check.support.value
    return f"{word}, unsure" if check.unsure else word


def in_line(check: StatementCheck, unsupported: str = Support.UNSUPPORTED.value) -> str:
    """The mark that stands behind a sentence: "✓ supported"."""
    return f"{MARKS[check.support].sign} {words_of(check, unsupported)}"


def in_markdown(check: StatementCheck, unsupported: str = Support.UNSUPPORTED.value) -> str:
    """The mark with icon and colour."""
    mark = MARKS[check.support]
    return f":{mark.colour}[{mark.icon} **{words_of(check, unsupported)}**]"


def summary(statements: Sequence[StatementCheck]) -> str:
    """How many statements there are of each verdict: "2 of 3 statements supported, 1 contradicted"."""
    counts = {support: sum(check.support is support for check in statements) for support in Support}
    noun = "statement" if len(statements) == 1 else "statements"
    others = [f"{counts[support]} {support.value}" for support in Support if support is not Support.SUPPORTED]
    said = [f"{counts[Support.SUPPORTED]} of {len(statements)} {noun} supported", *others]
    return ", ".join(one for one in said if not one.startswith("0 ") or one is said[0])


def draw(verdicts: Verdicts, *, question: str, key: str) -> None:
    """Each statement with its verdict, the reason, and the sentence that tells; closed, with the count in its title."""
    if not verdicts.statements:
        return
    with st.expander(summary(verdicts.statements), icon=":material/fact_check:", key=f"{key}.verdicts"):
        for number, check in enumerate(verdicts.statements, start=1):
            statement(check, question=question, key=f"{key}.statement.{number}")
        st.caption(
            "Checked without a language model against the passages that the answer rests on, and strictly: one "
            "sentence must carry the statement's words, numbers and names. *Unsure* means near the border."
        )


def nothing_read() -> None:
    """Beside an answer that read nothing: where its sentences can be checked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(":material/help: It read nothing, so no source can carry its sentences.", width="content")
        st.page_link("pages/compare.py", label="Hold them against the documents", icon=":material/compare:")


def statement(check: StatementCheck, *, question: str, key: str, unsupported: str = Support.UNSUPPORTED.value) -> None:
    """One statement: its mark, why, and the sentence of the source with a button that opens it there."""
    with st.container(key=key.replace(".", "-"), gap="xxsmall"):
        st.markdown(f"{in_markdown(check, unsupported)} · {markup.plain(check.text)}")
        if not check.supported and check.reason:
            st.caption(markup.plain(check.reason))
        if worth_showing(check):
            quote(check, question=question, key=key)


def quote(check: StatementCheck, *, question: str, key: str, beside: bool = False) -> None:
    """The sentence that tells, and its document as a button; large and without a lead `beside` the statement."""
    if check.sentence is None or check.passage is None:
        return
    words = markup.safe_html(" ".join(check.sentence.text.split()))
    before, style = ("", "ob-answer") if beside else (f"{_lead(check)} ", "ob-note")
    st.html(markup.block(f"{before}“{words}”", "ob-quote", style))
    name = check.passage.chunk.document
    if st.button(markup.plain(name), key=key, icon=":material/menu_book:", type="tertiary"):
        source.show_span(name, check.sentence.start, check.sentence.end, question)


def _lead(check: StatementCheck) -> str:
    told = {Support.UNSUPPORTED: "The nearest that they say:", Support.PARTLY: "What the documents say of it:"}
    return told.get(check.support, "The documents say:")


def worth_showing(check: StatementCheck) -> bool:
    """Whether the sentence found helps: it carries or contradicts the statement, or is near and not too short."""
    if check.sentence is None:
        return False
    near = len(check.sentence.text) >= _NEAR_CHARACTERS and (check.score >= _NEAR or check.unsure)
    return check.support is not Support.UNSUPPORTED or near


def citation_words(checks: Iterable[CitationCheck]) -> str:
    """Whether the cited passage alone carries what it is cited for: the worst of its places in the answer."""
    order = (Support.CONTRADICTED, Support.UNSUPPORTED, Support.PARTLY, Support.SUPPORTED)
    worst = min((one.statement for one in checks), key=lambda check: order.index(check.support), default=None)
    if worst is None:
        return ""
    said = {
        Support.SUPPORTED: "carries it",
        Support.PARTLY: "carries part of it",
        Support.CONTRADICTED: "says otherwise",
        Support.UNSUPPORTED: "does not carry it",
    }[worst.support]
    return f"{MARKS[worst.support].sign} {said}{', unsure' if worst.unsure else ''}"
