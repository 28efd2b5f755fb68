"""The running app in a real browser: a server of its own, the built-in models, and nothing that leaves the machine."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from lib.weights import missing_weights

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("OPENBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("OPENBOOK_REQUIRE_BROWSER") == "1"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1", ""}
START_S = 120.0
END_S = 30.0
ANSWER_MS = 180_000
"""Patience for the first answer: on a busy machine loading the models alone may take a minute."""
WIDE = (1280, 900)
NARROW = (390, 844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True, slots=True)
class AppServer:
    """A running app with a data folder of its own."""

    url: str
    data: Path
    log: Path


@dataclass(frozen=True, slots=True)
class Serving:
    """How a server is started, and how one is ended."""

    start: Callable[[], AppServer]
    end: Callable[[AppServer], None]


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """System Chromium; without one the tests are skipped, or fail where browsers are required."""
    if CHROMIUM is None:
        message = "no Chromium on this machine: install it, or set OPENBOOK_CHROMIUM to one"
        pytest.fail(message) if REQUIRED else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Starts and ends servers; what is left is ended with the session."""
    if missing := missing_weights():
        message = f"the built-in weights are missing ({missing[0].name}): run `python run.py setup`"
        pytest.fail(message) if REQUIRED else pytest.skip(message)
    running: dict[AppServer, subprocess.Popen[bytes]] = {}

    def started() -> AppServer:
        server, process = _start(tmp_path_factory.mktemp("server"))
        running[server] = process
        return server

    yield Serving(started, lambda server: _end(running.pop(server)))
    for process in running.values():
        _end(process)


@pytest.fixture
def app_server(serve: Serving) -> Iterator[AppServer]:
    """A fresh server with nothing in it, which nobody has visited; its models leave the memory with it."""
    server = serve.start()
    yield server
    serve.end(server)


@pytest.fixture(scope="session")
def loaded_server(serve: Serving, browser: "Browser") -> AppServer:
    """A server with the sample company's documents, shared by tests that only look."""
    server = serve.start()
    page = browser.new_page()
    first = Screen(page)
    first.open(server, "")
    first.load_sample()
    page.close()
    return server


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A page that fails the test for any request to another host and for any exception box."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="en-GB")
    opened = context.new_page()
    strangers: list[str] = []

    def watch(request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and (parts.hostname or "") not in LOCAL_HOSTS:
            strangers.append(request.url)

    context.on("request", watch)
    opened.on("websocket", lambda socket: strangers.append(socket.url) if _is_stranger(socket.url) else None)
    yield opened
    boxes = [] if opened.is_closed() else opened.locator("[data-testid=stException]").all_inner_texts()
    context.close()
    assert not strangers, f"the app asked other hosts: {strangers}"
    assert not boxes, f"an exception box is on the page: {boxes}"


class Screen:
    """What every walk does on a page: open, wait until it is drawn, load the sample company."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    def open(self, server: AppServer, name: str) -> None:
        """Open a screen by its address and wait until it is drawn."""
        self.page.goto(f"{server.url}/{name}")
        self.settle()

    def settle(self, timeout_ms: float = 90_000) -> None:
        """Wait until the title is there and the script has ended."""
        self.page.locator("h1").first.wait_for(timeout=timeout_ms)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=timeout_ms)

    def load_sample(self) -> None:
        """From the first screen: load the sample company and wait for the whole first answer."""
        self.page.get_by_role("button", name="Load the sample corpus").first.click()
        self.page.wait_for_url(re.compile(r"/ask$"), timeout=ANSWER_MS)
        self.whole_answer()

    def whole_answer(self) -> None:
        """Wait until the answer on Ask is whole and drawn as such."""
        self.page.get_by_text("What filled the context window").wait_for(timeout=ANSWER_MS)
        self.settle()

    def text(self) -> str:
        """All words on the page."""
        return self.page.get_by_test_id("stMain").inner_text()


@pytest.fixture
def screen(page: "Page") -> Screen:
    """The page with the walks on it."""
    return Screen(page)


def _is_stranger(url: str) -> bool:
    return (urlsplit(url).hostname or "") not in LOCAL_HOSTS


def _start(folder: Path) -> tuple[AppServer, "subprocess.Popen[bytes]"]:
    port = _free_port()
    environment = os.environ | {"OPENBOOK_DATA_DIR": str(folder / "data"), "OPENBOOK_FAKE_MODELS": "false"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=subprocess.STDOUT)
    server = AppServer(f"http://127.0.0.1:{port}", folder / "data", log)
    _wait_for(server, process)
    return server, process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(server: AppServer, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the app did not start:\n{server.log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
