"""A chat server on loopback that answers or misbehaves as its model's name says, and notes what it was sent."""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("The", " leave", " is", " 18", " weeks.")
USAGE = {"prompt_tokens": 21, "completion_tokens": 5, "total_tokens": 26}


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FakeChatServer:
    """`refusals` is how many requests are refused with 503 before one is answered."""

    seen: list[Seen] = field(default_factory=list)
    refusals: int = 0
    client_left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        server = self

        class Handler(_Handler):
            fake = server

        self._http = _QuietServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def chats(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.path.endswith("/chat/completions")]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class _QuietServer(ThreadingHTTPServer):
    """Clients that leave in the middle are part of the tests; any other failure is still printed."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeChatServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.fake.seen.append(Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, {}))
        self._json(200, {"object": "list", "data": [{"id": "answers"}, {"id": "stalls"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.seen.append(Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        try:
            getattr(self, "_" + body["model"].replace("-", "_"))(body)
        except (BrokenPipeError, ConnectionResetError):
            self.fake.client_left.set()

    def _answers(self, body: dict[str, Any]) -> None:
        self._stream([*self._words(), self._chunk(None, finish="stop")], usage="stream_options" in body)

    def _cut(self, body: dict[str, Any]) -> None:
        self._stream([*self._words(), self._chunk(None, finish="length")])

    def _no_finish(self, body: dict[str, Any]) -> None:
        self._stream(self._words())

    def _timed_by_llama(self, body: dict[str, Any]) -> None:
        last = self._chunk(None, finish="stop") | {"timings": {"predicted_per_second": 123.5}}
        self._stream([*self._words(), last])

    def _old(self, body: dict[str, Any]) -> None:
        if "stream_options" in body:
            return self._json(400, {"error": {"message": "Unknown parameter: stream_options"}})
        return self._answers(body)

    def _new(self, body: dict[str, Any]) -> None:
        if "max_tokens" in body:
            return self._json(
                400, {"error": {"message": "Unsupported parameter: use 'max_completion_tokens' instead."}}
            )
        if body.get("temperature") is not None:
            return self._json(400, {"error": {"message": "Unsupported value: 'temperature' must be 1"}})
        return self._answers(body)

    def _bad_key(self, body: dict[str, Any]) -> None:
        self._json(401, {"error": {"message": f"Incorrect API key: {self.headers['Authorization']}"}})

    def _unknown(self, body: dict[str, Any]) -> None:
        self._json(404, {"error": {"message": "The model `unknown` does not exist"}})

    def _busy(self, body: dict[str, Any]) -> None:
        self._json(429, {"error": {"message": "Rate limit reached"}}, retry_after="0")

    def _no_credit(self, body: dict[str, Any]) -> None:
        self._json(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})

    def _overloaded(self, body: dict[str, Any]) -> None:
        if self.fake.refusals > 0:
            self.fake.refusals -= 1
            return self._json(503, {"error": {"message": "Loading model"}}, retry_after="0")
        return self._answers(body)

    def _redirects(self, body: dict[str, Any]) -> None:
        self.send_response(307)
        self.send_header("Location", "http://192.0.2.1/v1/chat/completions")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _html(self, body: dict[str, Any]) -> None:
        self._send(200, b"<html><body>Welcome</body></html>", "text/html")

    def _whole(self, body: dict[str, Any]) -> None:
        self._json(200, {"choices": [{"message": {"role": "assistant", "content": "hi"}}]})

    def _nonsense(self, body: dict[str, Any]) -> None:
        self._begin()
        self._raw(b"data: {not json\n\n")
        self._end()

    def _strange(self, body: dict[str, Any]) -> None:
        self._stream([{"choices": "none"}])

    def _error_in_stream(self, body: dict[str, Any]) -> None:
        self._stream([self._chunk("The"), {"error": {"message": "out of memory"}}])

    def _drops(self, body: dict[str, Any]) -> None:
        self.close_connection = True

    def _breaks_off(self, body: dict[str, Any]) -> None:
        self._begin()
        self._event(self._chunk("The"))
        self.close_connection = True

    def _stalls(self, body: dict[str, Any]) -> None:
        self._begin()
        self._until_gone(b": ping\n\n")

    def _falls_silent(self, body: dict[str, Any]) -> None:
        self._begin()
        self._event(self._chunk("The"))
        self._until_gone(b": ping\n\n")

    def _endless(self, body: dict[str, Any]) -> None:
        self._begin()
        self._until_gone(f"data: {json.dumps(self._chunk('word '))}\n\n".encode())

    def _slow(self, body: dict[str, Any]) -> None:
        time.sleep(0.3)
        self._answers(body)

    def _drafts(self, body: dict[str, Any]) -> None:
        """Asks about the first number that stands in the text it is given; a text without one gets half a reply."""
        text = " ".join(body["messages"][-1]["content"].removeprefix("Text:").removesuffix("JSON:").split())
        sentence = next((one for one in text.split(". ") if any(c.isdigit() for c in one)), "")
        number = next((word for word in sentence.split() if word.isdigit()), "")
        question = f"Which number is missing in {sentence.replace(number, 'so many')}?" if number else "What"
        reply = json.dumps({"question": question, "answer": number, "quote": sentence})
        pieces = [reply[at : at + 9] for at in range(0, len(reply) if number else 20, 9)]
        self._stream([*(self._chunk(piece) for piece in pieces), self._chunk(None, finish="stop")])

    def _knows_no_schema(self, body: dict[str, Any]) -> None:
        if "response_format" in body:
            return self._json(400, {"error": {"message": "This model does not support response_format json_schema"}})
        return self._answers(body)

    def _thinks(self, body: dict[str, Any]) -> None:
        thought = {"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}, "finish_reason": None}]}
        self._stream([thought, self._chunk(None, finish="length")])

    def _words(self) -> list[dict[str, Any]]:
        return [self._chunk(word) for word in WORDS]

    def _chunk(self, text: str | None, finish: str | None = None) -> dict[str, Any]:
        delta = {"content": text} if text is not None else {}
        return {
            "id": "c",
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    def _stream(self, chunks: list[dict[str, Any]], *, usage: bool = True) -> None:
        self._begin()
        for chunk in chunks:
            self._event(chunk)
        if usage:
            self._event({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": USAGE})
        self._raw(b"data: [DONE]\n\n")
        self._end()

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _event(self, chunk: dict[str, Any]) -> None:
        self._raw(f"data: {json.dumps(chunk)}\n\n".encode())

    def _raw(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def _until_gone(self, content: bytes) -> None:
        for _ in range(2_000):
            self._raw(content)
            time.sleep(0.01)

    def _json(self, status: int, body: dict[str, Any], *, retry_after: str | None = None) -> None:
        self._send(status, json.dumps(body).encode(), "application/json", retry_after=retry_after)

    def _send(self, status: int, content: bytes, media: str, *, retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(content)))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(content)
