"""Every embedder keeps the same promises; those that give token vectors keep more."""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
import pytest

from lib.embedding.cache import VectorCache
from lib.embedding.endpoint import EndpointEmbedder
from lib.embedding.hashing import HashingEmbedder
from lib.embedding.minilm import open_embedder
from lib.embedding.remembered import RememberedEmbedder
from lib.protocols import Embedder, TokenEmbedder
from lib.weights import embedder_path

TEXT = "The café's annual leave is 25 days.\n\nUnbelievably, 日本語 works too!"


class ReadingEmbedder(Embedder, TokenEmbedder, Protocol):
    """An embedder with token vectors."""


class _FakeEndpoint(BaseHTTPRequestHandler):
    """Answers with the hashing embedder's vectors, not at unit length, in reverse order."""

    texts: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).texts += asked["input"]
        vectors = HashingEmbedder(dimensions=16).embed(asked["input"]) * 3
        rows = [{"object": "embedding", "index": i, "embedding": row.tolist()} for i, row in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = json.dumps({"object": "list", "data": rows[::-1], "model": asked["model"], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _FakeEndpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def minilm() -> Iterator[ReadingEmbedder]:
    embedder = open_embedder(embedder_path(), dtype="float32")
    assert isinstance(embedder, TokenEmbedder)
    yield embedder
    embedder.close()


@pytest.fixture(params=["hashing", "minilm", "endpoint", "remembered"])
def embedder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Embedder]:
    if request.param == "remembered":
        cache = VectorCache(tmp_path / "vectors.sqlite")
        yield RememberedEmbedder(request.getfixturevalue("minilm"), cache)
        cache.close()
        return
    yield _plain_embedder(request)


def _plain_embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "endpoint":
        return EndpointEmbedder("fake", base_url=request.getfixturevalue("endpoint"), max_tokens=100)
    return HashingEmbedder() if request.param == "hashing" else request.getfixturevalue("minilm")


@pytest.fixture(params=["hashing", "minilm"])
def reader(request: pytest.FixtureRequest) -> ReadingEmbedder:
    return HashingEmbedder() if request.param == "hashing" else request.getfixturevalue("minilm")


def test_rows_are_unit_vectors_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [f"{'word ' * count} number {count}" for count in (9, 1, 30, 4, 17, 2, 80, 3, 5, 6, 7, 8)]
    vectors = embedder.embed(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-4)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_an_empty_text_has_a_vector_too(embedder: Embedder) -> None:
    assert np.linalg.norm(embedder.embed([""])[0]) == pytest.approx(1, abs=1e-5)


def test_a_text_is_cut_at_the_window(embedder: Embedder) -> None:
    whole = "leave " * embedder.max_tokens
    first, second = embedder.embed([whole, whole + "salary " * 50])
    np.testing.assert_allclose(first, second, atol=1e-4)


def test_a_text_as_long_as_the_window_is_not_cut(embedder: Embedder) -> None:
    filler = "a " * (embedder.max_tokens - 1)
    with_one, with_other = embedder.embed([filler + "b", filler + "c"])
    assert not np.allclose(with_one, with_other, atol=1e-4)


def test_threads_may_share_it(embedder: Embedder) -> None:
    texts = [f"question {number}" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda text: (embedder.embed([text])[0], embedder.tokenizer.count(text)), texts))
    np.testing.assert_allclose(np.stack([row for row, _ in rows]), embedder.embed(texts), atol=1e-4)


def test_token_spans_go_through_the_whole_text_in_order(embedder: Embedder) -> None:
    text = TEXT * 200
    spans = embedder.tokenizer.spans(text)
    assert len(spans) == embedder.tokenizer.count(text) > 1_000
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
    covered = np.zeros(len(text), bool)
    for start, end in spans:
        covered[start:end] = True
    assert "".join(np.array(list(text))[~covered]).strip() == ""


def test_a_text_without_words_has_no_tokens(embedder: Embedder) -> None:
    assert embedder.tokenizer.spans(" \n\t ").shape == (0, 2)
    assert embedder.tokenizer.count("") == 0


def test_token_vectors_stand_at_the_tokenizers_spans(reader: ReadingEmbedder) -> None:
    spans, vectors = reader.embed_tokens(TEXT)
    np.testing.assert_array_equal(spans, reader.tokenizer.spans(TEXT))
    assert vectors.shape == (len(spans), reader.dimensions)
    assert reader.embed_tokens("")[1].shape == (0, reader.dimensions)


def test_the_mean_of_a_short_texts_token_vectors_is_near_its_vector(reader: ReadingEmbedder) -> None:
    mean = reader.embed_tokens(TEXT)[1].mean(axis=0)
    # A model's own vector also averages its special tokens, so it is near, not equal.
    assert float(mean / np.linalg.norm(mean) @ reader.embed([TEXT])[0]) > 0.9


def test_token_vectors_of_a_long_text_hold_what_stands_there(reader: ReadingEmbedder) -> None:
    filler = "The committee met again on Tuesday and talked about the budget. " * 60
    text = filler + "Penguins swim under the Antarctic ice. " + filler
    spans, vectors = reader.embed_tokens(text)
    at = text.index("Penguins")
    inside = (spans[:, 0] >= at) & (spans[:, 1] <= at + 38)
    outside = (spans[:, 0] >= 100) & (spans[:, 1] <= 400)
    question = reader.embed(["Penguins swim Antarctic ice"])[0]
    near, far = (vectors[where].mean(axis=0) for where in (inside, outside))
    assert near @ question / np.linalg.norm(near) > far @ question / np.linalg.norm(far) + 0.2


def test_the_built_in_model_is_the_reference_implementations(minilm: ReadingEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [TEXT, "short", "word " * 400]
    reference = SentenceTransformer(str(embedder_path()), device="cpu", local_files_only=True)
    np.testing.assert_allclose(minilm.embed(texts), reference.encode(texts, show_progress_bar=False), atol=1e-4)


def test_the_built_in_model_reads_254_tokens(minilm: ReadingEmbedder) -> None:
    assert (minilm.max_tokens, minilm.dimensions) == (254, 384)


def test_an_endpoint_never_sees_more_than_its_window(endpoint: str) -> None:
    embedder = EndpointEmbedder("fake", base_url=endpoint, max_tokens=10)
    _FakeEndpoint.texts.clear()
    embedder.embed(["abcd " * 50])
    assert max(embedder.tokenizer.count(text) for text in _FakeEndpoint.texts) == 10


def test_the_model_modules_load_when_they_are_used() -> None:
    import subprocess

    code = (
        "import sys; from lib.weights import embedder_path; from lib.embedding.minilm import open_embedder;"
        "open_embedder(embedder_path()).tokenizer.count('a'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
