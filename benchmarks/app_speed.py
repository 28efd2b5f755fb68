"""The app as a person feels it: server start to first page, page changes, and the memory of all its processes.

A real server on a data folder with the sample corpus, a real Chromium. Bars: <= 5 s; p95 <= 500 ms; <= 1.8 GB while
the built-in model answers.

    python benchmarks/app_speed.py [--smoke]
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from measure import ROOT, Row, median, percentile, print_table

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("Documents", "Chunks", "Retrieve", "Ask", "Compare", "Decide", "Models", "Start")
TITLE_STANDS = """([before]) => {
  const title = document.querySelector('h1'); const app = document.querySelector('[data-testid=stApp]');
  return title && title.innerText !== before && app.getAttribute('data-test-script-state') === 'notRunning';
}"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    with tempfile.TemporaryDirectory() as name, chromium() as new_page:
        data = Path(name)
        ingest_sample(data)
        starts = [start_to_first_page(data, new_page) for _ in range(1 if smoke else 5)]
        with server(data) as (url, process):
            page = new_page()
            wait_for(url)
            page.goto(url)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_timeout(3_000)
            visit_all(page)
            changes = [ms for _ in range(1 if smoke else 6) for ms in visit_all(page)]
            peak = memory_while_answering(page, process)
    first, p95 = median(starts), percentile(changes, 0.95)
    rows = [
        Row("server start to first page drawn, median", f"{first:.2f} s", "<= 5 s", first <= 5),
        Row(f"page change, p50 of {len(changes)}", f"{median(changes):.0f} ms", ""),
        Row("page change, p95", f"{p95:.0f} ms", "<= 500 ms", p95 <= 500),
        Row("resident memory of all processes, answering", f"{peak / 1e9:.2f} GB", "<= 1.8 GB", peak <= 1.8e9),
    ]
    print_table("The app with the sample corpus loaded", rows)


def ingest_sample(data: Path) -> None:
    command = [sys.executable, "-m", "lib.cli", "--data-dir", str(data), "ingest", "sample_docs/company/docs"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@contextmanager
def chromium() -> "Iterator[Callable[[], Page]]":
    from playwright.sync_api import sync_playwright

    path = os.environ.get("OPENBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("No Chromium on this machine: install it, or set OPENBOOK_CHROMIUM to one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield lambda: browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


@contextmanager
def server(data: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "OPENBOOK_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://localhost:{port}", process
    finally:
        process.terminate()
        process.wait(20)


def start_to_first_page(data: Path, new_page: "Callable[[], Page]") -> float:
    page = new_page()
    began = time.perf_counter()
    with server(data) as (url, _):
        wait_for(url)
        page.goto(url)
        page.get_by_role("button").first.wait_for()
        page.get_by_role("heading", level=1).wait_for()
        seconds = time.perf_counter() - began
        page.close()
    return seconds


def wait_for(url: str) -> None:
    while not reached(url):
        time.sleep(0.02)


def reached(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) == 0


def visit_all(page: "Page") -> list[float]:
    return [change_to(page, name) for name in PAGES]


def change_to(page: "Page", name: str) -> float:
    before = page.locator("h1").first.inner_text()
    began = time.perf_counter()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    page.wait_for_function(TITLE_STANDS, arg=[before], polling=20, timeout=60_000)
    return (time.perf_counter() - began) * 1000


def memory_while_answering(page: "Page", process: "subprocess.Popen[bytes]") -> float:
    """The largest sum of resident memory seen from the question to its answer."""
    change_to(page, "Ask")
    box = page.locator("textarea, input[type=text]").first
    box.fill("How often should a Rindsense probe be compared with a reference?")
    box.press("Enter")
    peak, ends = 0.0, time.monotonic() + 25
    while time.monotonic() < ends:
        peak = max(peak, resident(process.pid))
        time.sleep(0.1)
    return peak


def resident(pid: int) -> float:
    whole = psutil.Process(pid)
    return float(sum(each.memory_info().rss for each in [whole, *whole.children(recursive=True)]))


if __name__ == "__main__":
    main()
