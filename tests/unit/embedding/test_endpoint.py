"""An embeddings endpoint that fails is told to the person, with the way out."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lib.embedding.endpoint import EndpointEmbedder
from lib.errors import ModelNonsense, ModelRefused, ModelUnreachable

Serve = Callable[[int, str], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that answers everything with one status and body; returns its address."""
    servers = []

    def start(status: int, body: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_wrong_key_is_refused_with_the_servers_words(serve: Serve) -> None:
    address = serve(401, json.dumps({"error": {"message": "no such key"}}))
    with pytest.raises(ModelRefused, match="no such key") as refused:
        EndpointEmbedder("m", base_url=address, key="secret-key").embed(["a"])
    assert "secret-key" not in str(refused.value)


def test_nothing_at_the_address_is_said_with_the_address() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    with pytest.raises(ModelUnreachable, match=f"127.0.0.1:{port}"):
        EndpointEmbedder("m", base_url=f"http://127.0.0.1:{port}/v1").embed(["a"])


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"data": []}',
        '{"data": [{"index": 5, "embedding": [1.0]}]}',
        '{"data": [{"index": 0, "embedding": null}]}',
        '{"data": [{"index": 0}]}',
        '{"data": "words"}',
        '{"data": [{"index": 0, "embedding": ["x"]}]}',
        "<html>",
        "[]",
    ],
)
def test_a_reply_that_is_no_embedding_is_nonsense(serve: Serve, body: str) -> None:
    with pytest.raises(ModelNonsense, match="did not answer with embeddings"):
        EndpointEmbedder("m", base_url=serve(200, body)).embed(["a"])
