"""What a question finds at one chunk size, as one block of HTML: passages, ranks, movement, and what they cover."""

import html
import re
import textwrap
from collections.abc import Mapping, Sequence

from lib.domain import Passage
from lib.retrieval.movement import Covered, Movement, covered, gone, movements
from pages.ui import markup

TELLING_CHARACTERS = 180
"""About three lines of the list."""

STYLE = """<style>
.ob-live.ob-live { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.55rem; }
.ob-live.ob-live li { margin: 0; padding: 0 0 0.5rem 0; border-bottom: 1px solid rgba(128, 118, 105, 0.28); }
.ob-live .h { display: grid; grid-template-columns: auto auto 1fr; gap: 0 0.6rem; align-items: baseline;
  font-size: 0.86rem; margin-bottom: 0.15rem; }
.ob-live .r { font-weight: 700; font-size: 1.05rem; min-width: 1.4rem; font-variant-numeric: tabular-nums; }
.ob-live .d { font-weight: 600; overflow-wrap: anywhere; }
.ob-live .q { opacity: 0.75; font-variant-numeric: tabular-nums; }
.ob-live .t { font-size: 0.88rem; line-height: 1.5; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; }
.ob-live mark { background: rgba(226, 172, 58, 0.38); color: inherit; border-radius: 3px; padding: 0 1px; }
.ob-move { font-weight: 600; font-size: 0.78rem; padding: 0.02rem 0.4rem; border-radius: 1rem; white-space: nowrap;
  border: 1px solid currentColor; min-width: 3.1rem; text-align: center; }
.ob-move.up { color: #12805c; } .ob-move.down { color: #c2590a; } .ob-move.new { color: #2f7fc1; }
.ob-move.same { opacity: 0.55; border-color: transparent; }
.ob-gone { font-size: 0.84rem; opacity: 0.8; margin-top: 0.6rem; }
.ob-gone li { font-size: 0.84rem; }
.ob-gone s { text-decoration-color: rgba(128, 118, 105, 0.9); }
.ob-strips { display: grid; grid-template-columns: minmax(6rem, 42%) 1fr 2.6rem; gap: 0.3rem 0.7rem;
  align-items: center; font-size: 0.82rem; margin: 0.3rem 0 0.9rem; }
.ob-strips .n { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.ob-strip { position: relative; height: 1.15rem; border-radius: 3px; background: rgba(128, 118, 105, 0.16); }
.ob-strip b { position: absolute; top: 0; height: 70%; min-width: 3px; border-radius: 2px; background: #d9730d; }
.ob-strip u { position: absolute; bottom: 0; height: 24%; min-width: 3px; border-radius: 1px;
  background: rgba(47, 127, 193, 0.9); }
.ob-strips .k { grid-column: 1 / -1; opacity: 0.8; }
.ob-strips .k b, .ob-strips .k u { display: inline-block; width: 1.1em; height: 0.6em; border-radius: 2px;
  background: #d9730d; margin-right: 0.3em; }
.ob-strips .k u { background: rgba(47, 127, 193, 0.9); height: 0.3em; margin-left: 0.8em; vertical-align: 0.1em; }
</style>"""


def passages(before: Sequence[Passage], now: Sequence[Passage], *, question: str) -> str:
    """The passages of `now` with their movement against `before` (the setting in use), then what was lost."""
    words = markup.question_words(question)
    rows = "".join(_row(movement, words) for movement in movements(before, now))
    lost = "".join(f"<li>was #{p.rank}: {_where(p)} <s>{_start(p)}</s></li>" for p in gone(before, now))
    lost_block = f'<div class="ob-gone">No longer found:<ul>{lost}</ul></div>' if lost else ""
    return f'<ol class="ob-live" data-spans="{_identity(now)}">{rows}</ol>{lost_block}'


def coverage(before: Sequence[Passage], now: Sequence[Passage], *, lengths: Mapping[str, int]) -> str:
    """Each document that was found as a strip from its start to its end, with the found spans on it."""
    current, earlier = covered(now), {one.document: one for one in covered(before)}
    names = [
        *(one.document for one in current),
        *(name for name in earlier if name not in {c.document for c in current}),
    ]
    now_of = {one.document: one for one in current}
    strips = "".join(_strip(name, now_of.get(name), earlier.get(name), lengths.get(name, 0)) for name in names)
    key = '<div class="k"><b></b>found at this size<u></u>found at the size in use</div>'
    return f'<div class="ob-strips">{strips}{key}</div>' if names else ""


def summary(now: Sequence[Passage]) -> str:
    """One line: how much the model would read. Every number comes from the passages alone."""
    documents = len({passage.chunk.document for passage in now})
    tokens = sum(passage.chunk.tokens for passage in now)
    return (
        f"{_count(len(now), 'passage')} from {_count(documents, 'document')}, {tokens:,} tokens for the model to read"
    )


def _row(movement: Movement, words: Sequence[str]) -> str:
    passage = movement.passage
    return (
        f'<li><div class="h"><span class="r">{passage.rank}</span>{_moved(movement)}'
        f'<span><span class="d">{_where(passage)}</span> '
        f'<span class="q">{passage.chunk.tokens} tokens · score {passage.score:.3f}</span></span></div>'
        f'<div class="t">{markup.safe_html(_telling(passage.chunk.text, words), words=words)}</div></li>'
    )


def _telling(text: str, words: Sequence[str]) -> str:
    """The text from a little before its stretch with most of the question's words: three lines have to do."""
    # Without its last letters a word also finds its other forms, well enough to choose a place.
    stems = "|".join(re.escape(word[: max(4, len(word) - 2)]) for word in words)
    found = [match.start() for match in re.finditer(rf"\b(?:{stems})", text, re.IGNORECASE)] if stems else []
    if not found:
        return text
    best = max(found, key=lambda start: sum(start <= other < start + TELLING_CHARACTERS for other in found))
    start = text.rfind(" ", 0, max(0, best - 40)) + 1
    return f"… {text[start:]}" if start else text


def _moved(movement: Movement) -> str:
    gained = movement.ranks_gained
    if movement.before is None:
        return '<span class="ob-move new">new</span>'
    if gained > 0:
        return f'<span class="ob-move up" title="was rank {movement.before}">▲ {gained}</span>'
    if gained < 0:
        return f'<span class="ob-move down" title="was rank {movement.before}">▼ {-gained}</span>'
    return '<span class="ob-move same">stays</span>'


def _where(passage: Passage) -> str:
    place = passage.chunk.place.label
    return markup.safe_html(f"{passage.chunk.document} · {place}" if place else passage.chunk.document)


def _start(passage: Passage) -> str:
    return markup.safe_html(textwrap.shorten(passage.chunk.text, 70, placeholder=" …"))


def _strip(name: str, now: Covered | None, before: Covered | None, length: int) -> str:
    share = f"{now.characters / length:.0%}" if now and length else "0%"
    marks = _marks("b", now, length) + _marks("u", before, length)
    label = html.escape(name)
    return (
        f'<div class="n" title="{label}">{label}</div>'
        f'<div class="ob-strip" role="img" aria-label="{share} of {label} found">{marks}</div><div>{share}</div>'
    )


def _marks(tag: str, spans: Covered | None, length: int) -> str:
    if spans is None or not length:
        return ""
    return "".join(
        f'<{tag} style="left:{100 * start / length:.2f}%;width:{100 * (end - start) / length:.2f}%"></{tag}>'
        for start, end in spans.spans
    )


def _identity(found: Sequence[Passage]) -> str:
    """Which spans stand in the list, for whoever watches it change."""
    return " ".join(f"{passage.chunk.start}-{passage.chunk.end}" for passage in found)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
