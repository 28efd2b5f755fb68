"""The one place where text from documents and models becomes markup.

Nothing in such a text may run, load or restyle anything: tags, images, Markdown, directives, emoji codes and formulas
are all shown as the characters they are. Only http and https addresses become links, and only as themselves.
"""

import html
import re
from collections.abc import Iterable, Sequence

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_CODE_COLON = re.compile(r"\\:(?=\w|\\[+\-_/])")
_WORD_JOINER = "\u2060"
_LINK = re.compile(r"https?://[^\s<>\"'`)\]}]+[^\s<>\"'`)\]}.,;:!?]")
_WORD = re.compile(r"\w+")
# Too common to be worth a mark: a passage that shares only these with the question shares nothing.
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me "
        "my no not of on or our out shall should so than that the their them then there these they this those to too "
        "up us was we were what when where which while who whom whose why will with would you your",
    )
)

Span = tuple[int, int]


def plain(text: str) -> str:
    """`text` for a place that reads Markdown (labels, captions, messages): shown literally, on one line.

    Streamlit replaces emoji and icon codes after unescaping, so a word joiner, which nobody sees, breaks them.
    """
    escaped = _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
    return _CODE_COLON.sub(rf"\\:{_WORD_JOINER}", escaped)


def safe_html(text: str, *, words: Iterable[str] = (), spans: Sequence[Span] = ()) -> str:
    """`text` as HTML that is nothing but text, links and marks.

    `words` are marked wherever they stand, in any case and with any ending; `spans` count characters of `text` and
    are marked more strongly. Spans outside the text are cut to it.
    """
    strong = _merged(spans, len(text))
    pieces: list[str] = []
    at = 0
    for start, end in strong:
        pieces.append(_linked(text[at:start], words))
        pieces.append(f'<mark class="ob-span">{_linked(text[start:end], words)}</mark>')
        at = end
    pieces.append(_linked(text[at:], words))
    return "".join(pieces)


def block(inner: str, *classes: str) -> str:
    """Safe HTML in a block that keeps line breaks; `classes` are the style sheet's, never foreign text."""
    return f'<div class="{" ".join(("ob-text", *classes))}">{inner}</div>'


def attribute(text: str) -> str:
    """`text` as the value of an HTML attribute in double quotes."""
    return html.escape(text, quote=True)


def question_words(question: str) -> tuple[str, ...]:
    """The words of a question that are worth marking: no stop words, nothing shorter than two characters."""
    found = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    return tuple(word for word in found if len(word) > 1 and word not in _STOP_WORDS)


def _merged(spans: Sequence[Span], length: int) -> list[Span]:
    """The spans in order, cut to the text, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _linked(text: str, words: Iterable[str]) -> str:
    pieces: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        pieces.append(_marked(text[at : match.start()], words))
        address = html.escape(match.group())
        pieces.append(f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>')
        at = match.end()
    pieces.append(_marked(text[at:], words))
    return "".join(pieces)


def _marked(text: str, words: Iterable[str]) -> str:
    stems = tuple(_stem(word) for word in words)
    if not stems:
        return html.escape(text)
    pieces: list[str] = []
    at = 0
    for match in _WORD.finditer(text):
        if _stem(match.group().lower()) in stems:
            pieces.append(f"{html.escape(text[at : match.start()])}<mark>{html.escape(match.group())}</mark>")
            at = match.end()
    return "".join(pieces) + html.escape(text[at:])


def _stem(word: str) -> str:
    """Enough of a stem that 'refunds' marks 'refund'; marks are a help to the eye, not the search itself."""
    for ending in ("ings", "ing", "ies", "ied", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > 4 else word
