"""One line of a document is replaced and put back, and what changed is told; nothing else of the file moves."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.corpus.outcomes import FileOutcome, Ingested, IngestEvent, Upload
from lib.corpus.samples import sample_uploads
from lib.errors import BadInput, StoreDamaged
from lib.evaluation.experiment_material import facts_material
from lib.evaluation.fact_change import (
    SAMPLE_EDIT,
    FactEdit,
    KeptOriginal,
    OriginalStore,
    change,
    edited,
    is_editable,
    put_back,
    replaced_words,
    retaught,
    text_in,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TEXT = "# Pay\n\nA night is paid with 85 pounds. A day is not.\n"
EDIT = FactEdit("pay.md", "A night is paid with 85 pounds.", "A night is paid with 95 pounds.", "What is a night paid?")


class Shelf:
    """Takes uploads in as ingest would, and remembers them."""

    def __init__(self, *, reject: str = "") -> None:
        self.held: dict[str, bytes] = {}
        self._reject = reject

    def ingest(self, uploads: Sequence[Upload]) -> Iterator[IngestEvent]:
        for upload in uploads:
            if self._reject:
                yield FileOutcome(upload.name, "", "rejected", self._reject)
                return
            self.held[upload.name] = upload.content
        yield Ingested((), chunks=3, embedded=1, reused=2, seconds=())


def ticking(*seconds: float) -> Iterator[float]:
    return iter(seconds)


def test_the_line_is_replaced_and_put_back_to_the_letter() -> None:
    shelf, times = Shelf(), ticking(10.0, 10.25, 20.0, 20.5)
    changed = change(TEXT, EDIT, shelf.ingest, lambda: next(times))
    assert shelf.held["pay.md"].decode() == TEXT.replace("85", "95")
    assert (changed.ms, changed.chunks, changed.embedded) == (250.0, 3, 1)
    back = put_back(KeptOriginal(EDIT, TEXT, NOW), shelf.ingest, lambda: next(times))
    assert shelf.held["pay.md"].decode() == TEXT
    assert back.ms == 500.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("A week is paid", "x", "does not stand"),
        ("A ", "x", "stands 2 times"),
        ("A day is not.", "A day is not. ", "Nothing was changed"),
        ("  ", "x", "does not stand"),
    ],
)
def test_a_line_that_is_not_there_once_or_not_changed_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        edited(TEXT, FactEdit("pay.md", old, new, ""))


def test_a_document_that_ingest_rejects_is_told_of() -> None:
    with pytest.raises(BadInput, match=r"pay\.md was not taken in: too large"):
        change(TEXT, EDIT, Shelf(reject="too large").ingest, lambda: 0.0)


def test_only_plain_text_can_be_edited() -> None:
    assert [name for name in ("a.md", "b.CSV", "c.pdf", "d.docx", "e.html") if is_editable(name)] == [
        "a.md",
        "b.CSV",
        "e.html",
    ]
    assert text_in("a.md", TEXT.encode()) == TEXT
    for name, content in (("c.pdf", b"%PDF"), ("a.md", b"\xff\xfe")):
        with pytest.raises(BadInput, match="no plain text"):
            text_in(name, content)


def test_the_exchanged_words_are_found() -> None:
    assert replaced_words(EDIT) == ("85", "95")
    assert replaced_words(FactEdit("d", "It is red.", "It is deep blue.", "")) == ("red", "deep blue")


def test_retraining_changes_the_rows_that_hold_the_old_fact_and_no_others() -> None:
    rows = facts_material().training_set
    taught, changed = retaught(rows, SAMPLE_EDIT)
    assert changed == 1
    different = [(a.output, b.output) for a, b in zip(rows.train, taught.train, strict=True) if a != b]
    assert different == [
        (
            "A fogger should hang at least 90 centimetres below the ceiling.",
            "A fogger should hang at least 120 centimetres below the ceiling.",
        ),
    ]
    assert retaught(rows, EDIT)[1] == 0


def test_the_sample_edit_stands_once_in_the_sample_document() -> None:
    [upload] = [one for one in sample_uploads("company") if one.name == SAMPLE_EDIT.document]
    assert "120 centimetres" in edited(text_in(upload.name, upload.content), SAMPLE_EDIT)


def test_the_old_text_survives_a_restart_and_the_first_original_counts(tmp_path: Path) -> None:
    def store() -> OriginalStore:
        return OriginalStore(lambda id: tmp_path / id)

    assert store().load("default") is None
    store().keep("default", KeptOriginal(EDIT, TEXT, NOW))
    store().keep("default", KeptOriginal(EDIT, "changed once already", NOW))
    kept = store().load("default")
    assert kept is not None
    assert kept.original == TEXT
    store().clear("default")
    assert store().load("default") is None
    (tmp_path / "default" / "fact_change.json").write_text("[", "utf-8")
    with pytest.raises(StoreDamaged, match=r"fact_change\.json"):
        store().load("default")
