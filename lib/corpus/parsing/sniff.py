"""What a file is, decided by its name and its first bytes together; where they disagree, a reason and a way out."""

import zipfile
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath

from lib.corpus.parsing.draft import plural
from lib.errors import FileRejected
from lib.settings import LIMITS


class Kind(StrEnum):
    """The families of files that can be read; the value is the media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    JSON = "application/json"
    JSON_LINES = "application/jsonl"


_KIND_OF_SUFFIX = {
    ".pdf": Kind.PDF,
    ".docx": Kind.DOCX,
    ".pptx": Kind.PPTX,
    ".xlsx": Kind.XLSX,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".txt": Kind.TEXT,
    ".json": Kind.JSON,
    ".jsonl": Kind.JSON_LINES,
}

SUPPORTED: tuple[str, ...] = tuple(_KIND_OF_SUFFIX)

_BINARY_KINDS = {
    Kind.PDF: ("a PDF", ".pdf"),
    Kind.DOCX: ("a Word document", ".docx"),
    Kind.PPTX: ("a PowerPoint deck", ".pptx"),
    Kind.XLSX: ("an Excel workbook", ".xlsx"),
}

_FOREIGN_SUFFIXES = {
    ".doc": ("an old Word file", "Open it in Word or LibreOffice and save it as .docx."),
    ".ppt": ("an old PowerPoint file", "Open it in PowerPoint or LibreOffice and save it as .pptx."),
    ".xls": ("an old Excel file", "Open it in Excel or LibreOffice and save it as .xlsx."),
    ".pages": ("a Pages document", "Export it from Pages as Word (.docx) or PDF."),
    ".numbers": ("a Numbers sheet", "Export it from Numbers as Excel (.xlsx) or CSV."),
    ".key": ("a Keynote deck", "Export it from Keynote as PowerPoint (.pptx) or PDF."),
    ".odt": ("an OpenDocument text", "Save it as .docx."),
    ".ods": ("an OpenDocument sheet", "Save it as .xlsx."),
    ".odp": ("an OpenDocument deck", "Save it as .pptx."),
    ".rtf": ("a rich text file", "Save it as .docx or .txt."),
    ".epub": ("an e-book", "Convert it to HTML or PDF."),
    ".zip": ("an archive", "Unpack it and upload the files in it."),
    ".docm": ("a Word file with macros", "Save it as .docx."),
    ".xlsm": ("an Excel file with macros", "Save it as .xlsx."),
    ".pptm": ("a PowerPoint file with macros", "Save it as .pptx."),
    ".xlsb": ("a binary Excel workbook", "Save it as .xlsx."),
    ".msg": ("an Outlook message", "Save it as .txt or .html."),
    ".eml": ("an e-mail", "Save its text as .txt or .html."),
}

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"{\\rtf", "a rich text file (RTF)"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh9", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"%!PS", "a PostScript file"),
    (b"PAR1", "a Parquet file"),
)


def kind_of(name: str, content: bytes) -> Kind:
    """The family that the file belongs to; FileRejected with the reason if it cannot be read as what it claims."""
    suffix = PurePath(name).suffix.lower()
    _check_size(content)
    claimed = _KIND_OF_SUFFIX.get(suffix)
    if claimed is None:
        raise _foreign(suffix)
    actual = _binary_kind(content, pdf_claimed=claimed is Kind.PDF)
    if actual is claimed:
        return claimed
    if isinstance(actual, Kind):
        what, right = _BINARY_KINDS[actual]
        raise _disguised(suffix, what, f"Rename it so that it ends in {right}, then upload it again.")
    if content.startswith(_CFB) and claimed in _BINARY_KINDS:
        raise _office_container(suffix, content)
    if actual is not None:
        raise _disguised(suffix, actual, "Save or export it in one of the readable formats.")
    if claimed in _BINARY_KINDS:
        raise _no_signature(suffix, claimed, content)
    _check_markup(suffix, claimed, content)
    return claimed


def _check_size(content: bytes) -> None:
    if not content:
        raise FileRejected("is empty (0 bytes)", hint="Check that the file was saved or copied completely.")
    if len(content) > LIMITS.file_bytes:
        raise FileRejected(
            f"is too large: {len(content) / 1024**2:.1f} MB, the limit is {LIMITS.file_bytes / 1024**2:g} MB",
            hint="Split it, or save it without its pictures.",
        )


def _foreign(suffix: str) -> FileRejected:
    readable = ", ".join(SUPPORTED)
    if suffix in _FOREIGN_SUFFIXES:
        what, way_out = _FOREIGN_SUFFIXES[suffix]
        return FileRejected(f"is {what} ({suffix}), which cannot be read", hint=way_out)
    shown = f"has the extension {suffix}" if suffix else "has no extension"
    return FileRejected(f"{shown}, which is not one that can be read", hint=f"Readable are {readable}.")


def _binary_kind(content: bytes, *, pdf_claimed: bool) -> Kind | str | None:
    """The family, or the words for something foreign, that the bytes speak of; None for text and the unknown."""
    if b"%PDF-" in content[: 1024 if pdf_claimed else 5]:
        return Kind.PDF
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content)
    if content.startswith(_CFB):
        return "an old or encrypted Office file"
    if content.startswith(b"RIFF") and content[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "a picture, sound or film"
    if content[4:8] == b"ftyp":
        return "a film or a phone picture"
    return next((what for start, what in _SIGNATURES if content.startswith(start)), None)


def _zip_kind(content: bytes) -> Kind | str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return "a damaged archive"
    for folder, kind in (("word/", Kind.DOCX), ("ppt/", Kind.PPTX), ("xl/", Kind.XLSX)):
        if any(name.startswith(folder) for name in names):
            return kind
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        return "a Pages, Numbers or Keynote file"
    if "META-INF/container.xml" in names:
        return "an e-book (EPUB)"
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        return "an OpenDocument file"
    return f"a ZIP archive of {plural(len(names), 'file')}"


def _disguised(suffix: str, what: str, way_out: str) -> FileRejected:
    if what == "a damaged archive":
        return damaged("its archive has no readable directory, as when a download broke off")
    return FileRejected(
        f"is not what its extension says: the name ends in {suffix}, but the content is {what}", hint=way_out
    )


def _office_container(suffix: str, content: bytes) -> FileRejected:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return encrypted("password")
    return FileRejected(
        f"is not what its extension says: the name ends in {suffix}, but the content is an old Office file",
        hint="Open it in Office or LibreOffice and save it in the new format (.docx, .pptx, .xlsx).",
    )


def _no_signature(suffix: str, claimed: Kind, content: bytes) -> FileRejected:
    what, _ = _BINARY_KINDS[claimed]
    if not content.strip(b"\x00"):
        return damaged(f"its {len(content):,} bytes are all zero, as when a download broke off")
    seems = "something else" if b"\x00" in content[:4096] else "text or something else"
    return FileRejected(
        f"is not what its extension says: the name ends in {suffix}, but the content is not {what}, it is {seems}",
        hint="Rename it to its true extension, or export it again from the program that made it.",
    )


def _check_markup(suffix: str, claimed: Kind, content: bytes) -> None:
    """A web page saved as a table or as JSON is a sign-in or error page; as text or Markdown it is what it is."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if claimed in (Kind.CSV, Kind.JSON, Kind.JSON_LINES) and start.startswith((b"<!doctype html", b"<html")):
        raise _disguised(
            suffix, "a web page", "Download it again, signed in where that is needed, or rename it to .html."
        )


def damaged(detail: str) -> FileRejected:
    """The reason for a file of the right kind that does not hold together."""
    return FileRejected(f"is damaged: {detail}", hint="Download or export it again and upload the new copy.")


def encrypted(lock: str) -> FileRejected:
    """The reason for a file that opens only with a password."""
    return FileRejected(f"is encrypted: it opens only with a {lock}", hint=f"Save a copy without the {lock}.")
