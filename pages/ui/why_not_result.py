"""Why a passage did not come, drawn: where it stands in each leg, its words, and what came before it."""

from collections.abc import Sequence

from lib.evaluation.failure_words import ordinal, short
from lib.evaluation.why_not import Competitor, Standing, WhyNot
from lib.retrieval.every_chunk import WordWeight
from lib.retrieval.lexical import question_marks
from pages.ui import markup

LEAD_CHARACTERS = 60
"""Shown of a rival's text before the first word that it shares with the question."""

STYLE = """<style>
.ob-why { display: grid; gap: 0.35rem 0.9rem; grid-template-columns: minmax(8rem, 15rem) 1fr; align-items: center;
  font-size: 0.9rem; margin: 0.2rem 0 0.6rem; font-variant-numeric: tabular-nums; }
.ob-why .n b { display: block; }
.ob-why .n span, .ob-why-key { opacity: 0.8; font-size: 0.82rem; }
.ob-bar { position: relative; height: 1.1rem; border-radius: 3px; background: rgba(128, 118, 105, 0.16); }
.ob-bar b { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: #2f7fc1; }
.ob-bar.in b { background: #12946a; }
.ob-bar u { position: absolute; top: -3px; bottom: -3px; width: 3px; background: #d9730d; border-radius: 1px; }
.ob-words { display: flex; flex-wrap: wrap; gap: 0.3rem 0.45rem; margin: 0.2rem 0 0.5rem; font-size: 0.85rem;
  font-variant-numeric: tabular-nums; }
.ob-words span { border-radius: 1rem; padding: 0.08rem 0.6rem; border: 1px solid rgba(128, 118, 105, 0.45); }
.ob-words span.m { background: rgba(226, 172, 58, 0.34); border-color: transparent; font-weight: 600; }
.ob-words span.none { border-style: dashed; opacity: 0.75; }
.ob-rival { border-left: 3px solid #d9730d; padding: 0.05rem 0 0.05rem 0.7rem; margin: 0.5rem 0 0.8rem;
  font-size: 0.9rem; }
.ob-rival .h { font-weight: 600; overflow-wrap: anywhere; }
.ob-rival .t { opacity: 0.85; font-size: 0.86rem; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
.ob-rival mark { background: rgba(226, 172, 58, 0.38); color: inherit; border-radius: 3px; padding: 0 1px; }
@media (max-width: 480px) { .ob-why { grid-template-columns: 1fr; gap: 0.15rem; }
  .ob-why .ob-bar { margin-bottom: 0.5rem; } }
</style>"""

_LEGS = {"dense": ("By meaning", "cosine"), "lexical": ("By words", "BM25")}


def standings(found: WhyNot) -> str:
    """One bar for each leg: this passage's score against the best, with a mark where the last one within top-k is."""
    top_k = found.inquiry.retrieval.top_k
    rows = "".join(_standing(one, top_k) for one in found.standings)
    key = (
        f'<div class="ob-why-key">A bar reaches as far as the passage\'s score, its whole length is the best score of '
        f"any. The orange mark is the score of place {top_k}, the last that is handed on, if only that leg counted."
        "</div>"
    )
    return f'<div class="ob-why">{rows}</div>{key}'


def words(found: Sequence[WordWeight]) -> str:
    """The question's words that count, heaviest first; those that the passage lacks come last, dashed."""
    order = sorted(found, key=lambda one: -one.weight)
    chips = "".join(
        f'<span class="m">{markup.safe_html(one.word)} {one.weight:.2f}</span>'
        if one.weight > 0
        else f'<span class="none">{markup.safe_html(one.word)}: not in it</span>'
        for one in order
    )
    return f'<div class="ob-words">{chips}</div>' if chips else ""


def rival(one: Competitor, wanted: WhyNot, question: str) -> str:
    """A passage that came before, and what it has that the wanted one lacks."""
    passage = one.passage
    text = markup.safe_html(_telling(passage.chunk.text, question), words=markup.question_words(question))
    return (
        f'<div class="ob-rival"><div class="h">{ordinal(passage.rank)} · {markup.safe_html(passage.chunk.document)}'
        f'</div><div>{advantage(one, wanted)}</div><div class="t">{text}</div></div>'
    )


def _telling(text: str, question: str) -> str:
    """The text from a little before the question's first word in it: only two lines are shown."""
    found = question_marks(question, text)
    start = text.rfind(" ", 0, max(0, found[0][0] - LEAD_CHARACTERS)) + 1 if found else 0
    return f"… {text[start:]}" if start else text


def advantage(one: Competitor, wanted: WhyNot) -> str:
    """Where the competitor is ahead, as safe HTML: its cosine, and the words that weigh more in it."""
    mine = {word.word: word.weight for word in wanted.words}
    ahead = sorted((word for word in one.words if word.weight > mine[word.word]), key=lambda word: -word.weight)
    cosine = next(standing.score for standing in wanted.standings if standing.leg == "dense")
    nearer = "nearer in meaning" if one.cosine > cosine else "no nearer in meaning"
    said = [f"{nearer} (cosine {one.cosine:.3f} against {cosine:.3f})"]
    if ahead:
        listed = ", ".join(
            f"“{markup.safe_html(word.word)}” {word.weight:.2f} against {mine[word.word]:.2f}" for word in ahead[:4]
        )
        said.append(f"has more of the question's words: {listed}")
    else:
        said.append("no word of the question weighs more in it")
    return "; ".join(said)


def heading(found: WhyNot) -> str:
    """What is asked about and the reason, as Markdown."""
    text = found.chunk.text
    if found.whole:
        start, span = found.chunk.start, found.inquiry.span
        text = text[span.start - start : span.end - start]
    return (
        f"“{markup.plain(short(text))}” · *{markup.plain(found.chunk.document)}*  \n**{markup.plain(found.sentence)}**"
    )


def _standing(one: Standing, top_k: int) -> str:
    name, unit = _LEGS[one.leg]
    best = max(one.best, 1e-9)
    inside = one.rank <= top_k and one.score > 0
    score = f"{unit} {one.score:.3f}; place {top_k} has {one.last_in:.3f}, the best {one.best:.3f}"
    if one.leg == "lexical" and one.score == 0:
        place = "shares no word that counts"
    else:
        place = f"{ordinal(one.rank)} by this leg alone"
    width, mark = (min(100.0, max(0.0, 100 * value / best)) for value in (one.score, one.last_in))
    return (
        f'<div class="n"><b>{name}: {place}</b><span>{score}</span></div>'
        f'<div class="ob-bar{" in" if inside else ""}" role="img" aria-label="{name}: {score}">'
        f'<b style="width:{width:.1f}%"></b><u style="left:calc({mark:.1f}% - 2px)"></u></div>'
    )
