"""A kill in the middle of writing loses no run that was acknowledged, and leaves the file whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.domain import Answer, ApproachName
from lib.records import Origin, RunRecord
from lib.runs.query import RunQuery
from lib.runs.store import RunStore, new_run_id
from lib.settings import Workspace

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("OPENBOOK_FAULT_LOOPS", "3"))

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")]

# Six threads add runs for ever; the id of each is printed once it is acknowledged, in one write each.
CHILD = """
import os, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from lib.domain import Answer, ApproachName
from lib.records import Origin, RunRecord
from lib.runs.store import RunStore, new_run_id
from lib.settings import Workspace

store = RunStore(Path(sys.argv[1]))

def add():
    while True:
        now = datetime.now(UTC)
        answer = Answer("How long?", ApproachName.RAG, "echo", "Eighteen weeks. " * 400, abstained=False)
        record = RunRecord(new_run_id(now), now, Origin.ASK, Workspace(), answer)
        store.add(record)
        os.write(1, f"{record.id}\\n".encode())

for _ in range(6):
    threading.Thread(target=add).start()
"""

# Files may not grow beyond 300 kB: the kernel refuses, as it does on a full disk.
CRAMPED = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from lib.domain import Answer, ApproachName
from lib.errors import NotKept
from lib.records import Origin, RunRecord
from lib.runs.store import RunStore, new_run_id
from lib.settings import Workspace

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
store = RunStore(Path(sys.argv[1]))
for number in range(200):
    now = datetime.now(UTC)
    answer = Answer("How long?", ApproachName.RAG, "echo", "Eighteen weeks. " * 400, abstained=False)
    record = RunRecord(new_run_id(now), now, Origin.ASK, Workspace(), answer)
    try:
        store.add(record)
    except NotKept as error:
        print("refused", error.message, error.hint)
        break
    print("kept", record.id)
store.close()
"""


def killed(path: Path, after_s: float) -> set[str]:
    """The ids acknowledged by a child that is killed `after_s` after its first one."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(after_s)
        child.send_signal(signal.SIGKILL)
        written = first + child.stdout.read()
    return {line.decode() for line in written.split(b"\n")[:-1]}


def test_no_acknowledged_run_is_lost_whenever_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    acknowledged: set[str] = set()
    for kill in range(KILLS):
        new = killed(path, random.Random(kill).uniform(0.0, 0.7))
        assert new
        acknowledged |= new
        database = sqlite3.connect(path)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
        store = RunStore(path)
        there = {run.record.id for run in store.kept("default", RunQuery(limit=1_000_000))}
        assert acknowledged <= there
        now = store.find("default", RunQuery(limit=1)).rows[0].at
        after = Answer("And now?", ApproachName.RAG, "echo", "It goes on.", abstained=False)
        record = RunRecord(new_run_id(now), now, Origin.ASK, Workspace(), after)
        store.add(record)
        acknowledged.add(record.id)
        store.close()


def test_a_disk_that_takes_no_more_is_told_and_keeps_what_it_took(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    command = [sys.executable, "-c", CRAMPED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    lines = done.stdout.splitlines()
    kept = {line.removeprefix("kept ") for line in lines if line.startswith("kept ")}
    assert len(kept) >= 5
    assert lines[-1].startswith("refused The ")
    assert "runs.sqlite" in lines[-1]
    store = RunStore(path)
    assert {row.id for row in store.find("default", RunQuery(limit=1_000)).rows} == kept
    store.close()
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
