"""Where a model answers: an address and, where one is needed, a key that never shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lib.addresses import is_loopback
from lib.errors import BadInput


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server. The key is left out of the repr on purpose.

    `scales` has one number for each adapter that llama.cpp has loaded there, in order; empty for other servers.
    """

    base_url: str
    key: str = field(default="", repr=False)
    scales: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no address before anything is sent there."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadInput(
                f"{self.base_url!r} is not an address of a model server.",
                hint="Give it whole, as in http://localhost:11434/v1 or https://api.openai.com/v1.",
            )
        if parts.username or parts.password:
            raise BadInput(
                "The address carries a user name or a password.", hint="Put the key in the key field instead."
            )
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise BadInput(
                "The key holds spaces or marks that no key has.", hint="Copy it again, without what is around."
            )

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(self.base_url)


Lease = Callable[[], AbstractContextManager[Endpoint]]
"""Asked at every request: the server answers at this place until the context is left, by whichever thread."""
