"""A finished answer as people read it: the words, the quotes under them, the citations, what it took."""

from collections.abc import Sequence

import streamlit as st

from lib.domain import Answer, ApproachName, Citation
from lib.records import StatementCheck, Support, Verdicts
from pages.ui import answer_pieces, answer_rules, markup, source, verdicts
from pages.ui.cited_text import cited_text

READ_NOTHING = (ApproachName.PROMPT_ONLY, ApproachName.FINE_TUNED)
"""Approaches whose model saw no passage: nothing can be cited, and no source can carry what they say."""
_MAX_LABEL = 60
_MEASURABLE_MS = 20
"""Words that came in less time came from a text, not from a model: a speed would mean nothing."""


def draw(answer: Answer, *, key: str, found: Verdicts | None = None) -> None:
    """The answer's text with its markers, then citations as buttons that open the source, quotes, figures.

    `found` puts a verdict behind each sentence and on each citation, with the reasons below.
    """
    if answer.abstained:
        draw_abstention(answer)
    else:
        words(answer, key=key, checks=found.statements if found else ())
        warn_without_source(answer)
    citations(answer, key=key, found=found)
    quotes(answer)
    answer_rules.draw(answer, key=key)
    if found is not None:
        verdicts.draw(found, question=answer.question, key=key)
    st.caption(figures(answer))


def draw_abstention(answer: Answer) -> None:
    """An answer that says it does not know: a result, not an error."""
    with st.container(border=True):
        alone = answer.approach in READ_NOTHING
        said = "The model says that it does not know." if alone else "The passages do not hold the answer."
        st.markdown(f":material/help: **{said}**")
        st.caption("Abstaining is what a careful reader does when the sources are silent. Good to see in an exam room.")
        if answer.text:
            st.html(markup.block(markup.safe_html(answer.text), "ob-note"))


def words(
    answer: Answer, *, key: str, checks: Sequence[StatementCheck] = (), unsupported: str = Support.UNSUPPORTED.value
) -> None:
    """The text, its markers clickable: each opens the passage that it cites. A mark behind each checked statement."""
    opened = cited_text(answer_pieces.marked(answer, checks, unsupported), key=f"{key}.words")
    cited = next((cited for cited in answer.citations if cited.marker == opened), None)
    if cited is not None:
        _open(cited, answer.question)


def warn_without_source(answer: Answer) -> None:
    """Say so when RAG or hybrid wrote something that none of the sentences it read carries."""
    sourced = answer.citations or answer.abstained or answer.stopped
    if answer.approach not in READ_NOTHING and answer.text and not sourced:
        st.caption(":material/warning: No source: nothing that it read says this. Take it for invented until checked.")


def citations(answer: Answer, *, key: str, found: Verdicts | None = None) -> None:
    """Each cited passage once, as a button that opens it in its source; whether it carries the claim, if checked."""
    seen: dict[int, Citation] = {}
    for cited in answer.citations:
        seen.setdefault(cited.marker, cited)
    if not seen:
        return
    with st.container(horizontal=True, key=f"{key}.citations"):
        for marker, cited in sorted(seen.items()):
            checks = [one for one in found.citations if one.citation.marker == marker] if found else []
            if st.button(
                _label(cited, verdicts.citation_words(checks)),
                key=f"{key}.cite.{marker}",
                icon=":material/format_quote:",
            ):
                _open(cited, answer.question)


def quotes(answer: Answer) -> None:
    """The sentence that supports the answer best, as it stands in the document."""
    if answer.quotes and not answer.abstained:
        st.html(markup.block(f"“{markup.safe_html(answer.quotes[0].text.strip())}”", "ob-quote"))


def figures(answer: Answer) -> str:
    """What the answer took, with units; what is good is said where it is not plain."""
    said = [markup.plain(answer.model)]
    if answer.adapter:
        said.append(f"adapter {markup.plain(answer.adapter)}")
    usage, timings = answer.usage, answer.timings
    if usage.input_tokens or usage.output_tokens:
        said.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
    if timings.retrieve is not None:
        said.append(f"found in {milliseconds(timings.retrieve)}")
    if timings.first_token is not None:
        said.append(f"first word after {milliseconds(timings.first_token)}")
    said.append(f"{milliseconds(timings.total)} in all")
    speed = tokens_per_s(answer)
    if speed:
        said.append(f"{speed:.0f} tokens/s")
    said.append("no price known" if answer.cost_usd is None else f"cost {dollars(answer.cost_usd)}")
    if answer.stopped:
        said.append("stopped by you")
    return " · ".join(said)


def tokens_per_s(answer: Answer) -> float | None:
    """Output tokens a second after the first one; None where that cannot be said."""
    first, total = answer.timings.first_token, answer.timings.total
    if first is None or total - first < _MEASURABLE_MS or answer.usage.output_tokens < 2:
        return None
    return (answer.usage.output_tokens - 1) / (total - first) * 1000


def milliseconds(ms: float) -> str:
    """A duration as people say it."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def dollars(amount: float) -> str:
    """A price, with as many digits as it needs; its dollar sign is escaped, because this is read as Markdown."""
    if amount == 0:
        return "nothing: it runs here"
    return f"\\${amount:.2f}" if amount >= 0.01 else f"\\${amount:.6f}"


def _open(cited: Citation, question: str) -> None:
    source.show_span(cited.passage.chunk.document, cited.start, cited.end, question)


def _label(cited: Citation, checked: str) -> str:
    place = answer_pieces.place(cited)
    short = place if len(place) <= _MAX_LABEL else f"{place[: _MAX_LABEL - 1]}…"
    said = checked or ("not supported" if cited.supported is False else "")
    return markup.plain(f"[{cited.marker}] {f'{said} · ' if said else ''}{short}")
