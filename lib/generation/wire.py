"""One HTTP connection to one model server: it sends nothing but the request, goes nowhere else, and can be cut."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

from lib.generation.endpoint import Endpoint
from lib.settings import Limits

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_KEPT_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "authorization", "content-type", "content-length"}
)
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_NO_KEY = "none"


class Wire:
    """A client for one request. `cut()` may be called from another thread and ends a read that is under way."""

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        import httpx2
        from openai import OpenAI

        self._has_key = bool(endpoint.key)
        self._socket: socket.socket | None = None
        # Redirects would carry the key to another address. A proxy of the environment is never right for this machine.
        self.http = httpx2.Client(
            verify=endpoint.base_url.startswith("https"),
            trust_env=not endpoint.is_local,
            follow_redirects=False,
            timeout=httpx2.Timeout(limits.first_token_timeout_s, connect=limits.connect_timeout_s),
            event_hooks={"request": [self._prepare]},
        )
        self.openai: OpenAI = OpenAI(
            api_key=endpoint.key or _NO_KEY, base_url=endpoint.base_url, http_client=self.http, max_retries=0
        )

    def cut(self) -> None:
        """Close the connection now; the server notices and stops generating."""
        if self._socket is not None:
            # Not the method of an SSL socket: that one first tears down state which the reading thread uses.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Release everything; called by the thread that reads."""
        self.http.close()

    def _prepare(self, request: httpx2.Request) -> None:
        # The SDK adds headers from OPENAI_* variables and facts about the machine; no server here is owed them.
        for name in list(request.headers):
            if name.lower() not in _KEPT_HEADERS:
                del request.headers[name]
        if not self._has_key:
            request.headers.pop("authorization", None)
        request.headers["user-agent"] = "openbook"
        request.extensions["trace"] = self._note_socket

    def _note_socket(self, event: str, info: dict[str, Any]) -> None:
        if event in _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")
