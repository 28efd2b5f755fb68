"""Files in, documents and an index out: idempotent, stoppable, and whole after a crash."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.corpus.chunking.cutter import cut
from lib.corpus.ingest import IngestOrder, IngestTools, bring_up_to_date, ingest, is_whole
from lib.corpus.outcomes import FileOutcome, Ingested, Progress, Upload
from lib.corpus.parsing import PARSER_VERSION, parse
from lib.corpus.store import DocumentStore
from lib.embedding.cache import CachedEmbedder, VectorCache
from lib.embedding.hashing import HashingEmbedder
from lib.errors import LimitExceeded
from lib.retrieval.numpy_store import NumpyStore
from lib.settings import LIMITS, ChunkSettings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTINGS = ChunkSettings(size=40)


def never() -> bool:
    return False


@dataclass
class Bench:
    """A workspace on disk and what ingest needs to work on it."""

    tools: IngestTools

    def run(self, *uploads: Upload, stopped: Callable[[], bool] = never) -> Ingested:
        for event in self.events(*uploads, stopped=stopped):
            if isinstance(event, Ingested):
                return event
        raise AssertionError("no end")

    def events(self, *uploads: Upload, stopped: Callable[[], bool] = never) -> Iterator[object]:
        return ingest(self.tools, IngestOrder("team", uploads, stopped, NOW))

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.tools.store.entries("team")]

    def expected_ids(self) -> set[str]:
        return {chunk.id for document in self.tools.store.documents("team") for chunk in self.tools.cut(document)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    embedder = HashingEmbedder()
    source = CachedEmbedder(embedder, VectorCache(tmp_path / "vectors.sqlite"))
    tools = IngestTools(
        store=DocumentStore(tmp_path, parser=PARSER_VERSION),
        parse=parse,
        cut=lambda document: cut(document, SETTINGS, embedder.tokenizer.spans(document.text)),
        source=source,
        index=NumpyStore(),
        index_name="team.recursive-40-0.x",
    )
    yield Bench(tools)
    source.close()


def text_file(name: str, words: int = 200, word: str = "word") -> Upload:
    return Upload(name, " ".join(f"{word}{n}." for n in range(words)).encode())


def outcome(done: Ingested, name: str) -> FileOutcome:
    return next(outcome for outcome in done.outcomes if outcome.name == name)


def test_new_files_end_indexed_and_every_chunk_is_in_the_index(bench: Bench) -> None:
    done = bench.run(text_file("a.txt"), text_file("b.txt", word="other"))
    assert [(o.status, o.change) for o in done.outcomes] == [("indexed", "new"), ("indexed", "new")]
    assert bench.tools.index.ids() == bench.expected_ids()
    assert done.chunks == done.embedded == len(bench.expected_ids()) > 5
    assert [stage for stage, _ in done.seconds] == ["received", "parsed", "chunked", "embedded", "indexed"]


def test_every_stage_reports_progress_up_to_its_total(bench: Bench) -> None:
    progress = [event for event in bench.events(text_file("a.txt")) if isinstance(event, Progress)]
    last = {event.stage: event for event in progress}
    assert set(last) == {"received", "parsed", "chunked", "embedded", "indexed"}
    assert all(event.done == event.total for event in last.values())


def test_the_same_bytes_twice_change_nothing(bench: Bench) -> None:
    bench.run(text_file("a.txt"))
    before = bench.tools.store.entries("team")
    again = bench.run(text_file("a.txt"))
    assert outcome(again, "a.txt").change == "unchanged"
    assert (again.embedded, again.chunks) == (0, 0)
    assert bench.tools.store.entries("team") == before


def test_the_same_bytes_under_another_name_are_named_and_not_stored_twice(bench: Bench) -> None:
    bench.run(text_file("a.txt"))
    again = bench.run(Upload("copy.txt", text_file("a.txt").content))
    assert "a.txt" in outcome(again, "copy.txt").reason
    together = bench.run(text_file("x.txt", word="new"), Upload("y.txt", text_file("x.txt", word="new").content))
    assert "x.txt" in outcome(together, "y.txt").reason
    assert bench.names == ["a.txt", "x.txt"]


def test_a_new_version_replaces_the_old_one_and_says_what_changed(bench: Bench) -> None:
    bench.run(Upload("policy.txt", b"Leave is 12 weeks.\nAsk your manager."))
    done = bench.run(Upload("policy.txt", b"Leave is 18 weeks.\nAsk your manager.\nFrom 2026."))
    assert outcome(done, "policy.txt").change == ("replaces the version of 2026-11-20: 2 lines added, 1 removed")
    assert bench.names == ["policy.txt"]
    assert bench.tools.index.ids() == bench.expected_ids()
    files = list((bench.tools.store.folder("team") / "files").iterdir())
    assert len(files) == 1


def test_a_bad_file_is_rejected_with_its_reason_and_the_others_are_indexed(bench: Bench) -> None:
    done = bench.run(text_file("good.txt"), Upload("empty.txt", b""), Upload("broken.pdf", b"%PDF-1.7 nothing"))
    assert outcome(done, "good.txt").status == "indexed"
    assert outcome(done, "empty.txt").status == "rejected"
    assert "empty" in outcome(done, "empty.txt").reason.lower()
    assert outcome(done, "broken.pdf").status == "rejected"
    assert outcome(done, "broken.pdf").reason
    assert bench.names == ["good.txt"]
    assert len(list((bench.tools.store.folder("team") / "files").iterdir())) == 1


def test_a_file_over_the_limit_is_rejected_with_its_size(bench: Bench) -> None:
    done = bench.run(Upload("huge.txt", b"x" * (LIMITS.file_bytes + 1)))
    assert done.outcomes[0].status == "rejected"
    assert "26.2 MB" in done.outcomes[0].reason


def test_too_many_files_are_refused_before_anything_is_stored(bench: Bench) -> None:
    uploads = [Upload(f"{n}.txt", str(n).encode()) for n in range(LIMITS.files_per_upload + 1)]
    with pytest.raises(LimitExceeded, match="201 files"):
        bench.run(*uploads)
    assert bench.tools.store.workspaces() == ()


def test_stopping_while_reading_keeps_what_was_there(bench: Bench) -> None:
    bench.run(text_file("a.txt"))
    done = bench.run(text_file("b.txt", word="other"), stopped=lambda: True)
    assert done.stopped
    assert outcome(done, "b.txt").status == "rejected"
    assert bench.names == ["a.txt"]
    assert bench.tools.store.pending("team") == ()


def test_stopping_while_embedding_keeps_whole_documents_only(bench: Bench) -> None:
    seen: list[object] = []
    uploads = [text_file(f"{n}.txt", words=4_000, word=f"w{n}x") for n in range(8)]
    for event in bench.events(
        *uploads, stopped=lambda: any(getattr(e, "stage", "") == "indexed" and e.done > 700 for e in seen)
    ):
        seen.append(event)
    done = seen[-1]
    assert isinstance(done, Ingested)
    assert done.stopped
    assert 0 < len(bench.names) < 8
    assert bench.expected_ids() <= bench.tools.index.ids()


def test_a_crash_leaves_the_old_documents_and_the_next_ingest_resumes(bench: Bench) -> None:
    bench.run(text_file("a.txt"))
    old_ids = bench.expected_ids()
    events = bench.events(text_file("a.txt", word="newer"), text_file("b.txt", word="other"))
    for event in events:
        if isinstance(event, Progress) and event.stage == "embedded":
            break
    events.close()  # type: ignore[attr-defined]
    assert bench.names == ["a.txt"]
    assert bench.expected_ids() == old_ids <= bench.tools.index.ids()
    assert {name for name, _ in bench.tools.store.pending("team")} == {"a.txt", "b.txt"}
    bench.run()
    assert bench.names == ["a.txt", "b.txt"]
    assert bench.tools.index.ids() == bench.expected_ids()
    assert bench.tools.store.pending("team") == ()


def test_another_chunk_size_embeds_only_texts_never_embedded_before(bench: Bench, tmp_path: Path) -> None:
    bench.run(text_file("a.txt"))
    other = IngestTools(
        store=bench.tools.store,
        parse=parse,
        cut=lambda document: cut(document, ChunkSettings(size=80), HashingEmbedder().tokenizer.spans(document.text)),
        source=bench.tools.source,
        index=NumpyStore(),
        index_name="team.recursive-80-0.x",
    )
    order = IngestOrder("team", (), never, NOW)
    first = list(bring_up_to_date(other, order))[-1]
    assert isinstance(first, Ingested)
    assert first.embedded > 0
    assert is_whole(bench.tools.store, "team", "team.recursive-80-0.x")
    again = list(bring_up_to_date(other, order))[-1]
    assert isinstance(again, Ingested)
    assert again.chunks == 0
    back = list(bring_up_to_date(bench.tools, order))[-1]
    assert isinstance(back, Ingested)
    assert back.embedded == 0
