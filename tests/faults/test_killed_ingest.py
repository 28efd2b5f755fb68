"""A kill in the middle of ingest keeps what was there and leaves something to resume."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("OPENBOOK_FAULT_LOOPS", "3"))

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")]


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "lib.cli", "--data-dir", str(data), "--json", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "OPENBOOK_FAKE_MODELS": "true"}


def ran(data: Path, *arguments: str) -> list[dict]:
    done = subprocess.run(
        command(data, *arguments), capture_output=True, text=True, cwd=ROOT, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def write_documents(folder: Path, *, count: int, word: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = " ".join(f"{word} {number} sentence {n} says that leave is {n} weeks." for n in range(600))
        (folder / f"{number}.txt").write_text(text)


def test_a_kill_at_any_moment_keeps_the_old_documents_and_the_next_ingest_resumes(tmp_path: Path) -> None:
    documents, data, whole = tmp_path / "documents", tmp_path / "data", tmp_path / "whole"
    write_documents(documents, count=4, word="First")
    ran(data, "ingest", str(documents))
    before = ran(data, "documents")
    found_before = ran(data, "search", "First 2 sentence 7")[0]["passages"]
    write_documents(documents, count=12, word="Second")
    for kill in range(KILLS):
        process = subprocess.Popen(
            command(data, "ingest", str(documents)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment(), start_new_session=True,
        )  # fmt: skip
        time.sleep(random.Random(kill).uniform(0.8, 3.0))
        os.killpg(process.pid, signal.SIGKILL)
        if process.wait() == 0:
            break
        verified = ran(data, "verify")[0]
        assert verified["problems"] == []
        now = ran(data, "documents")
        assert len(now) in (4, 12)
        if len(now) == 4:
            assert now == before
            assert ran(data, "search", "First 2 sentence 7")[0]["passages"] == found_before
    ran(data, "ingest", str(documents))
    ran(whole, "ingest", str(documents))
    fields = ("id", "name", "status", "characters")
    assert [[d[f] for f in fields] for d in ran(data, "documents")] == [
        [d[f] for f in fields] for d in ran(whole, "documents")
    ]
    question = "Second 9 sentence 3"
    assert ran(data, "search", question)[0]["passages"] == ran(whole, "search", question)[0]["passages"]
    assert ran(data, "verify")[0]["pending"] == 0
