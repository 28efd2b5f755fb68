"""The child process: a file that hangs, grows or crashes costs one file, never the app."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from lib.corpus.parsing import parse
from lib.corpus.parsing.guarded import ParserProcess
from lib.errors import FileRejected
from lib.settings import APP_DIR, LIMITS
from tests.unit.corpus.parsing import made

pytestmark = pytest.mark.faults
SLOW = b"<div>" * 300_000 + b"deep"


@pytest.fixture(scope="module")
def reader() -> Iterator[ParserProcess]:
    with ParserProcess() as process:
        yield process


def ended(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Größe 😀".encode()),
        ("a.pdf", made.pdf_pages(["One."], [], ["Three."])),
        ("a.pptx", made.rich_pptx()),
        ("a.json", b'[{"name": "Lamp"}]'),
    ],
)
def test_the_child_reads_as_the_parent_would(reader: ParserProcess, name: str, content: bytes) -> None:
    assert reader.parse(name, content) == parse(name, content)


def test_a_refusal_comes_back_with_its_hint_and_the_child_goes_on(reader: ParserProcess) -> None:
    reader.start()
    reader.parse("a.txt", b"x")
    pid = reader.child_pid
    with pytest.raises(FileRejected, match=r"^is empty \(0 bytes\)$") as caught:
        reader.parse("a.txt", b"")
    assert caught.value.hint == "Check that the file was saved or copied completely."
    assert reader.parse("a.txt", b"fine").text == "fine"
    assert reader.child_pid == pid


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    with ParserProcess(replace(LIMITS, parse_timeout_s=0.5)) as reader:
        reader.parse("a.txt", b"warm")
        pid = reader.child_pid
        started = time.monotonic()
        with pytest.raises(FileRejected, match=r"^needed more than 0\.5 s to read$"):
            reader.parse("a.html", SLOW)
        assert time.monotonic() - started < 3
        assert pid is not None
        assert ended(pid)
        assert reader.parse("a.txt", b"next").text == "next"


def test_a_file_that_needs_too_much_memory_is_given_up_and_the_next_one_is_read() -> None:
    with ParserProcess(replace(LIMITS, parse_memory_bytes=120 * 1024**2)) as reader:
        with pytest.raises(FileRejected, match=r"^needed more than 120 MB of memory to read$"):
            reader.parse("a.json", b"[" + b"{}," * 2_000_000 + b"1]")
        assert reader.parse("a.txt", b"next").text == "next"


def test_a_child_killed_while_idle_is_replaced(reader: ParserProcess) -> None:
    reader.parse("a.txt", b"x")
    pid = reader.child_pid
    assert pid is not None
    psutil.Process(pid).kill()
    assert ended(pid)
    assert reader.parse("a.txt", b"alive").text == "alive"
    assert reader.child_pid != pid


def test_a_child_killed_in_the_middle_of_a_file_is_replaced_and_the_file_read(reader: ParserProcess) -> None:
    reader.parse("a.txt", b"x")
    pid = reader.child_pid
    assert pid is not None
    threading.Timer(0.1, psutil.Process(pid).kill).start()
    assert reader.parse("a.html", b"<div>" * 20_000 + b"deep").text == "deep"
    assert reader.child_pid != pid


def test_a_file_on_which_every_child_dies_is_rejected_and_the_next_one_is_read(reader: ParserProcess) -> None:
    reader.parse("a.txt", b"x")
    done = threading.Event()

    def kill_whoever_reads() -> None:
        while not done.wait(1.5):  # longer than a child takes to start, shorter than the file takes to read
            if pid := reader.child_pid:
                with contextlib.suppress(psutil.Error):
                    psutil.Process(pid).kill()

    killer = threading.Thread(target=kill_whoever_reads)
    killer.start()
    try:
        with pytest.raises(FileRejected, match="the reader crashed on it"):
            reader.parse("a.html", SLOW)
    finally:
        done.set()
        killer.join()
    assert reader.parse("a.txt", b"alive").text == "alive"


def test_callers_in_many_threads_each_get_their_own_file(reader: ParserProcess) -> None:
    texts: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda n=n: texts.update({n: reader.parse("a.txt", f"file {n}".encode()).text}))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {n: f"file {n}" for n in range(20)}


def test_closing_ends_the_child_and_it_starts_again_when_needed() -> None:
    reader = ParserProcess()
    reader.start()
    pid = reader.child_pid
    assert pid is not None
    reader.close()
    assert ended(pid)
    assert reader.child_pid is None
    assert reader.parse("a.txt", b"again").text == "again"
    reader.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a signal")
@pytest.mark.parametrize("busy", [False, True])
def test_the_child_ends_with_a_parent_that_was_killed(busy: bool) -> None:
    script = (
        "import threading\nfrom lib.corpus.parsing.guarded import ParserProcess\n"
        "r = ParserProcess(); r.parse('a.txt', b'x'); print(r.child_pid, flush=True)\n"
        f"r.parse('a.html', b'<div>' * 300_000) if {busy} else threading.Event().wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=APP_DIR, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time.sleep(0.3)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert ended(pid)


def test_a_text_file_loads_no_library_of_the_other_formats() -> None:
    script = (
        "import sys; from lib.corpus.parsing import parse; parse('a.txt', b'x');"
        "heavy = {'pypdfium2', 'docx', 'pptx', 'openpyxl', 'selectolax', 'lxml', 'torch'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=APP_DIR, check=True, timeout=60)
