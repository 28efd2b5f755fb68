"""Where a model answers: an address and, where one is needed, a key that never shows."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lib.errors import BadInput


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server. The key is left out of the repr on purpose."""

    base_url: str
    key: str = field(default="", repr=False)

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

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(self.base_url)


def is_loopback(base_url: str) -> bool:
    """Whether the address names this machine: localhost or a loopback number."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
