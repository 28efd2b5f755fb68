"""Chunk boundaries drawn on a document's own text: alternating tints, shaded overlaps, lengths as badges.

Everything is one block of HTML, because it is drawn anew at every step of a dragged slider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.domain import Chunk
from pages.ui import markup

WINDOW_CHARACTERS = 5_000
LEAD_CHARACTERS = 500

STYLE = """<style>
.ob-cut { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.75; font-size: 0.92rem; }
.ob-cut span.a { background: rgba(47, 127, 193, 0.15); }
.ob-cut span.b { background: rgba(194, 163, 58, 0.20); }
.ob-cut span.o { background: repeating-linear-gradient(135deg, rgba(168, 95, 163, 0.42) 0 3px,
  rgba(168, 95, 163, 0.14) 3px 7px); }
.ob-cut span.f.a { background: rgba(217, 115, 13, 0.17); }
.ob-cut span.f.b { background: rgba(217, 115, 13, 0.30); }
.ob-cut span.e { box-shadow: inset 0 -2px 0 #12946a; font-weight: 600; }
.ob-cut i { font-style: normal; font-size: 0.68rem; font-weight: 600; padding: 0.05rem 0.3rem; margin: 0 0.15rem;
  border-radius: 3px; border: 1px solid currentColor; opacity: 0.72; user-select: none; white-space: nowrap; }
.ob-cut i.f { background: #b4530a; border-color: #b4530a; color: #fff; opacity: 1; }
.ob-cut i.w { background: #b3261e; border-color: #b3261e; color: #fff; opacity: 1; }
.ob-legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; font-size: 0.82rem; opacity: 0.85; margin: 0 0 0.4rem; }
.ob-legend span.s { display: inline-block; width: 1.6em; height: 0.85em; border-radius: 2px; margin-right: 0.35em;
  vertical-align: -0.05em; }
.ob-legend .sa { background: linear-gradient(90deg, rgba(47, 127, 193, 0.35) 50%, rgba(194, 163, 58, 0.45) 50%); }
.ob-legend .so { background: repeating-linear-gradient(135deg, rgba(168, 95, 163, 0.6) 0 3px,
  rgba(168, 95, 163, 0.2) 3px 6px); }
.ob-legend .se { box-shadow: inset 0 -2px 0 #12946a; }
.ob-legend .sf { background: linear-gradient(90deg, rgba(217, 115, 13, 0.3) 50%, rgba(217, 115, 13, 0.5) 50%); }
</style>"""


@dataclass(frozen=True, slots=True)
class Cut:
    """One document's text and its chunks in order of start; `ranks` names the passages found by chunk id.

    `evidence` are spans to underline: what an answer should rest on.
    """

    text: str
    chunks: tuple[Chunk, ...]
    window_tokens: int
    ranks: Mapping[str, int]
    evidence: tuple[markup.Span, ...] = ()


def pages(text: str) -> int:
    """How many pages the text has, at least one."""
    return max(1, -(-len(text) // WINDOW_CHARACTERS))


def on_page(text: str, page: int) -> markup.Span:
    """The stretch of the text on that page, counted from 1; pages end at a line's end where one is near."""
    return _line_end(text, (page - 1) * WINDOW_CHARACTERS), _line_end(text, page * WINDOW_CHARACTERS)


def around(text: str, chunk: Chunk) -> markup.Span:
    """The stretch of the text with the chunk near its top."""
    start = _line_end(text, max(0, chunk.start - LEAD_CHARACTERS))
    return start, _line_end(text, start + WINDOW_CHARACTERS)


def boundaries(cut: Cut, *, shown: markup.Span) -> str:
    """The shown stretch as HTML; hovering over a chunk says its number, length and place."""
    first, last = shown
    inside = [index for index, chunk in enumerate(cut.chunks) if chunk.start < last and chunk.end > first]
    points = {first, last}
    for index in inside:
        points |= {max(first, cut.chunks[index].start), min(last, cut.chunks[index].end)}
    points |= {edge for span in cut.evidence for edge in span if first < edge < last}
    edges = sorted(points)
    pieces = [_piece(cut, inside, start, end) for start, end in pairwise(edges)]
    return f'<div class="ob-cut">{"".join(pieces)}</div>'


def heading(cut: Cut, name: str) -> str:
    """Which document is shown, and what the tints and badges mean."""
    said = [f"<span><strong>{markup.safe_html(name)}</strong>: {len(cut.chunks):,} chunks</span>"]
    said.append('<span><span class="s sa"></span>one chunk after the other</span>')
    if any(later.start < earlier.end for earlier, later in pairwise(cut.chunks)):
        said.append('<span><span class="s so"></span>in two chunks (overlap)</span>')
    if cut.ranks:
        said.append('<span><span class="s sf"></span>found, with its rank</span>')
    if cut.evidence:
        said.append('<span><span class="s se"></span>the evidence</span>')
    said.append("<span>each badge: tokens in the chunk that starts there</span>")
    return f'<div class="ob-legend">{"".join(said)}</div>'


def chunks_of(chunks: Sequence[Chunk], document: str) -> tuple[Chunk, ...]:
    """The chunks of the document of that name."""
    return tuple(chunk for chunk in chunks if chunk.document == document)


def _piece(cut: Cut, inside: Sequence[int], start: int, end: int) -> str:
    """One stretch between two boundaries; no boundary lies within it."""
    owners = [index for index in inside if cut.chunks[index].start <= start < cut.chunks[index].end]
    badges = "".join(_badge(cut, index) for index in owners if cut.chunks[index].start == start)
    words = markup.safe_html(cut.text[start:end])
    evident = " e" if any(first <= start < last for first, last in cut.evidence) else ""
    if not owners:
        return f'<span class="e">{words}</span>' if evident else words
    tint = "o" if len(owners) > 1 else "ab"[owners[0] % 2]
    found = " f" if any(cut.chunks[index].id in cut.ranks for index in owners) else ""
    told = " / ".join(_told(cut.chunks[index], index) for index in owners)
    return f'{badges}<span class="{tint}{found}{evident}" title="{told}">{words}</span>'


def _badge(cut: Cut, index: int) -> str:
    chunk = cut.chunks[index]
    rank = cut.ranks.get(chunk.id)
    kind = "w" if chunk.tokens > cut.window_tokens else "f" if rank else ""
    label = f"#{rank} · {chunk.tokens}" if rank else str(chunk.tokens)
    return f'<i class="{kind}" title="{_told(chunk, index)}">{label}</i>'


def _told(chunk: Chunk, index: int) -> str:
    return f"chunk {index + 1}: {chunk.tokens} tokens, characters {chunk.start:,} to {chunk.end:,}"


def _line_end(text: str, place: int) -> int:
    if place <= 0 or place >= len(text):
        return min(max(place, 0), len(text))
    newline = text.find("\n", place, place + 300)
    return newline + 1 if newline >= 0 else place
