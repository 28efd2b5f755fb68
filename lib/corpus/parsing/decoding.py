"""Bytes to characters: byte order marks, UTF-8, UTF-16 without a mark, then a guess among the old encodings."""

import codecs

from lib.corpus.parsing.draft import plural
from lib.errors import FileRejected

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE_SAMPLE = 4_096
_GUESS_SAMPLE = 200_000


def decode(content: bytes, *, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """The text, and a warning where bytes could not be read; raises FileRejected for what is not text.

    `declared` is the encoding that the file names itself (HTML); it is tried after the byte order mark and UTF-8.
    """
    encoding = _marked(content) or _wide(content)
    if encoding:
        return _replacing(content, encoding)
    if b"\x00" in content:
        raise _binary(f"{plural(content.count(0), 'zero byte')} in {len(content):,}")
    text = _strictly(content, "utf-8")
    if text is None and declared:
        text = _strictly(content, declared)
    if text is None and _nearly_utf8(content):
        return _replacing(content, "utf-8")
    if text is None:
        text = _guessed(content)
    _check_controls(text)
    return text, ()


def _marked(content: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")


def _wide(content: bytes) -> str:
    """UTF-16 without a mark shows as zero bytes at every second place of a Western text."""
    sample = content[:_WIDE_SAMPLE]
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.6 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.05 else ""


def _replacing(content: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = content.decode(encoding, errors="replace")
    _check_controls(text)
    lost = text.count("\ufffd")
    name = encoding.upper().removesuffix("-SIG")
    return text, (f"{plural(lost, 'character')} could not be read as {name}",) if lost else ()


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _nearly_utf8(content: bytes) -> bool:
    """Whether a few broken bytes stand in a text that is otherwise UTF-8 with characters beyond ASCII."""
    text = content.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    beyond_ascii = sum(1 for character in text[:_GUESS_SAMPLE] if character > "\x7f") - lost
    return lost * 3 <= beyond_ascii


def _guessed(content: bytes) -> str:
    """Windows-1252 where its letters make sense, as in most old Western files; otherwise charset-normalizer's guess."""
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_GUESS_SAMPLE]).best()
    if best is None:
        raise _binary("its bytes fit no known encoding")
    western = _strictly(content, "cp1252")
    if (
        western is not None
        and best.encoding.startswith(("cp125", "iso8859", "latin", "mac", "hp"))
        and _western(western)
    ):
        return western
    return content.decode(best.encoding, errors="replace")


def _western(text: str) -> bool:
    """Whether what is beyond ASCII are letters and signs of Western European writing."""
    beyond = [character for character in text if character > "\x7f"]
    usual = sum(
        character in "äöüÄÖÜßéèêëàâáçñóòôíìîúùûåæøÅÆØÉÈÀÇÑœŒ€£§°«»„“”‘’–—…·•®©™¿¡½¼ºª×²³\xa0" for character in beyond
    )
    return usual >= 0.9 * len(beyond)


def _check_controls(text: str) -> None:
    sample = text[:_GUESS_SAMPLE]
    strange = sum(1 for character in sample if character < " " and character not in "\n\r\t\x0b\x0c\x1b")
    if strange > 0.02 * len(sample) + 1:
        raise _binary(f"{strange:,} control characters in the first {len(sample):,}")


def _binary(detail: str) -> FileRejected:
    return FileRejected(
        f"is not what its extension says: the content is binary, not text ({detail})",
        hint="Export it as text, or give it its true extension.",
    )
