"""What holds for every test: no network, no model hub, no data of the person who runs it."""

import ipaddress
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

BROWSER_TESTS = "tests/e2e/"

# No test may depend on how busy the machine is.
settings.register_profile("openbook", deadline=None)
settings.load_profile("openbook")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "False"


class ByFile(LoadFileScheduling):
    """With several workers a file's tests stay together, and so do all walks in the browser: no two run at once."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER_TESTS if nodeid.startswith(BROWSER_TESTS) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """What hands the tests out to the workers."""
    return ByFile(config, log)


class NetworkReached(AssertionError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make a connection to anything but this machine an error."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(str(address[0])):  # type: ignore[index]
            raise NetworkReached(f"a test connects to {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_resolve(host: object, *rest: object, **named: object) -> object:
        if host is not None and not _is_here(host.decode() if isinstance(host, bytes) else str(host)):
            raise NetworkReached(f"a test looks up {host!r}")
        return resolve(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    return


def _is_here(host: str) -> bool:
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == socket.gethostname()
