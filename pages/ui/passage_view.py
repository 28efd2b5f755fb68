"""The passages that a question found, each with every number that put it there."""

from collections.abc import Sequence

import streamlit as st

from lib.domain import LegHit, Passage
from lib.settings import RetrievalSettings
from pages.ui import eval_set_case, markup, source_view

STYLE = """<style>
.ob-found { display: grid; grid-template-columns: 2.2rem 1fr; gap: 0 0.6rem; }
.ob-found .r { font-size: 1.5rem; font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums; }
.ob-found .d { font-weight: 600; overflow-wrap: anywhere; }
.ob-found .p { opacity: 0.78; font-weight: 400; }
.ob-chips { display: flex; flex-wrap: wrap; gap: 0.3rem 0.5rem; margin: 0.25rem 0 0.5rem; font-size: 0.82rem;
  font-variant-numeric: tabular-nums; }
.ob-chips span { border: 1px solid rgba(128, 118, 105, 0.4); border-radius: 1rem; padding: 0.05rem 0.6rem; }
.ob-chips span.s { background: rgba(217, 115, 13, 0.16); border-color: transparent; font-weight: 600; }
.ob-chips span.none { opacity: 0.7; border-style: dashed; }
</style>"""

NUMBERS = """
- **Rank**: 1 is best. It is the order in which the model would read the passages.
- **Meaning (dense)**: the cosine between the question's vector and the chunk's, from -1 to 1, higher is better. With
  the built-in model, unrelated texts lie around 0.1 and good matches above 0.5.
- **Words (lexical)**: BM25, from 0 without an upper end, higher is better. It grows with each word that question and
  chunk share, more for rare words. It can be compared within one question only.
- **Score**: what ranks the passages. *Weighted sum*: both legs brought to 0 to 1, then mixed by the weight of meaning.
  *Reciprocal ranks (RRF)*: 1 / (60 + rank) of each leg, added up, so at most 0.033. With one leg alone it is that leg's
  own number. Higher is better in each.
- **Minimum score** drops passages under it. It counts on the same scale, so choose it anew after changing the search.
"""


def found(passages: Sequence[Passage], *, question: str, retrieval: RetrievalSettings) -> None:
    """One card for each passage, best first; each opens in its source."""
    st.html(STYLE)
    for passage in passages:
        with st.container(border=True, key=f"retrieve.passage.{passage.rank}"):
            st.html(card(passage, question=question, retrieval=retrieval))
            with st.container(horizontal=True, gap="medium"):
                opened = st.button(
                    "Open in its source",
                    key=f"retrieve.open.{passage.chunk.id}",
                    icon=":material/menu_book:",
                    type="tertiary",
                )
                marked = st.button(
                    eval_set_case.LABEL,
                    key=f"retrieve.case.{passage.chunk.id}",
                    icon=eval_set_case.ICON,
                    type="tertiary",
                )
        if marked:
            eval_set_case.open_for(passage.chunk.document, passage.chunk.start, passage.chunk.end, question)
        if opened:
            source_view.open_at(passages, passage.rank, question)


def card(passage: Passage, *, question: str, retrieval: RetrievalSettings) -> str:
    """The passage as safe HTML: rank, where it stands, its numbers, its text with the question's words marked."""
    chunk = passage.chunk
    place = f' <span class="p">{markup.safe_html(chunk.place.label)}</span>' if chunk.place.label else ""
    chips = [f'<span class="s">score {passage.score:.3f}</span>']
    if retrieval.retriever != "lexical":
        chips.append(_chip("meaning", "cosine", passage.leg("dense"), absent="not among the nearest by meaning"))
    if retrieval.retriever != "dense":
        chips.append(_chip("words", "BM25", passage.leg("lexical"), absent="shares no word that counts"))
    chips.append(f"<span>{chunk.tokens} tokens</span>")
    words = markup.question_words(question)
    return (
        f'<div class="ob-found"><div class="r">{passage.rank}</div><div>'
        f'<div class="d">{markup.safe_html(chunk.document)}{place}</div>'
        f'<div class="ob-chips">{"".join(chips)}</div>'
        f"{markup.block(markup.safe_html(chunk.text, words=words))}</div></div>"
    )


def _chip(leg: str, unit: str, hit: LegHit | None, *, absent: str) -> str:
    if hit is None:
        return f'<span class="none">{leg}: {absent}</span>'
    return f"<span>{leg}: rank {hit.rank}, {unit} {hit.score:.3f}</span>"
