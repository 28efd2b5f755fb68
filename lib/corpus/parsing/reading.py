"""From name and bytes to text: decide the kind, call its reader, make every failure a reason."""

from collections.abc import Callable
from importlib import import_module

from lib.corpus.parsing.draft import Parsed, too_much_text
from lib.corpus.parsing.sniff import Kind, damaged, kind_of
from lib.errors import FileRejected
from lib.settings import LIMITS

PARSER_VERSION = "1"
"""Part of the name of stored text; a change in what a reader extracts raises it."""

_READERS = {
    Kind.PDF: ("pdf", "read_pdf"),
    Kind.DOCX: ("office", "read_docx"),
    Kind.PPTX: ("slides", "read_pptx"),
    Kind.XLSX: ("tables", "read_xlsx"),
    Kind.CSV: ("tables", "read_csv"),
    Kind.HTML: ("markup", "read_html"),
    Kind.MARKDOWN: ("plain", "read_markdown"),
    Kind.TEXT: ("plain", "read_text"),
    Kind.JSON: ("records", "read_json"),
    Kind.JSON_LINES: ("records", "read_json_lines"),
}


def parse(name: str, content: bytes) -> Parsed:
    """The file's text, parts and warnings.

    `name` decides the kind together with the content. Raises FileRejected, whose message reads after the file's name
    ("report.pdf is encrypted: ..."). MemoryError passes through: the caller's limit is not a fault of the file's form.
    """
    kind = kind_of(name, content)
    try:
        parsed = _reader(kind)(content)
    except (FileRejected, MemoryError):
        raise
    except RecursionError as error:
        raise damaged("it is nested too deeply to be read") from error
    except Exception as error:  # the format libraries raise anything at all on a damaged file
        raise damaged(f"its content cannot be read ({type(error).__name__}: {_first_line(error)})") from error
    return _checked(parsed, content)


def _reader(kind: Kind) -> Callable[[bytes], Parsed]:
    """The kind's reader, imported only now: a text file must not wait for the libraries of the others."""
    module, function = _READERS[kind]
    reader: Callable[[bytes], Parsed] = getattr(import_module(f"lib.corpus.parsing.{module}"), function)
    return reader


def _checked(parsed: Parsed, content: bytes) -> Parsed:
    if len(parsed.text) > LIMITS.text_characters:
        raise too_much_text()
    if not parsed.text.strip():
        raise FileRejected(
            f"holds no text: nothing readable in its {len(content):,} bytes",
            hint="Check that it is the right file; text in pictures is not read.",
        )
    return parsed


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:160] if lines else "no further detail"
