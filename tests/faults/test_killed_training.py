"""A training that is killed at any moment leaves the old adapter or the new one, whole, and a resume finishes it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.generation.engine import Engine
from lib.training.adapter_store import AdapterStore
from lib.training.checkpoints import RunFolder
from tests.support.tiny_base import tiny_base

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("OPENBOOK_FAULT_LOOPS", "2"))
EPOCHS = 4

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")]

# Begins the training "one", or resumes it where there is something to resume, and says what became of it.
TRAIN = """
import contextlib, resource, signal, sys
from pathlib import Path
from lib.domain import Message
from lib.errors import LabError
from lib.files import sha256_of
from lib.training.order import BaseFile
from lib.training.values import Trained, TrainingExample, TrainingSet, TrainingSettings, Validated
from lib.tuning import Tuning, TuningHouse

data, base, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
if len(sys.argv) > 4:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
file = BaseFile(base, sha256_of(base.read_bytes()), "tiny")
tuning = Tuning(data, TuningHouse(lambda _: file, None, contextlib.nullcontext, 1))
row = lambda n: TrainingExample(f"r{n}", (Message("user", f"Ticket {n}"), Message("assistant", f"code {n % 3}")))
found = TrainingSet("set", tuple(row(n) for n in range(16)), tuple(row(n) for n in range(16, 20)))
if "one" in tuning.unfinished("w"):
    tuning.resume("w", "one")
else:
    tuning.start("w", found, "one", TrainingSettings(epochs=4, rank=4, batch_size=2, seed=seed))
print("begun", flush=True)
try:
    for event in tuning.follow("w"):
        print(type(event).__name__, event.step if hasattr(event, "step") else "", flush=True)
except LabError as error:
    print("failed", error.message, error.hint)
tuning.wait("w")
print("ended", tuning.state("w").phase, flush=True)
tuning.close()
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("tiny"))


def training(data: Path, base: Path, *more: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", TRAIN, str(data), str(base), *map(str, more)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)


def finished(data: Path, base: Path, *more: int) -> list[str]:
    said, _ = training(data, base, *more).communicate(timeout=600)
    return said.splitlines()


def served(data: Path, base: Path) -> str:
    """What the adapter there is: its hashes hold, and the engine takes it; empty if there is none."""
    store = AdapterStore(data)
    assert list(store.problems("w")) == []
    if "one" not in store.names("w"):
        return ""
    engine = Engine(lambda: base, threads=1)
    try:
        assert engine.connect(store.file("w", "one")).base_url
    finally:
        engine.close()
    return store.load("w", "one").gguf_sha256


def killed(data: Path, base: Path, seed: int, moment: random.Random) -> bool:
    """Kill parent and child when it has told of some events; True if it had not ended by then."""
    process = training(data, base, seed)
    assert process.stdout is not None
    after = moment.randrange(3, 46)
    for _, line in zip(range(after), process.stdout, strict=False):
        if line.startswith("ended"):
            break
    time.sleep(moment.uniform(0, 0.15))
    going = process.poll() is None
    if going:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return going


def test_a_kill_at_any_moment_leaves_the_old_adapter_or_the_new_one_and_a_resume_ends_like_an_uncut_run(
    base: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    assert finished(whole, base, 1)[-1] == "ended finished"
    wanted = served(whole, base)
    data, moment = tmp_path / "data", random.Random(int(os.environ.get("OPENBOOK_FAULT_LOOPS", "7")))
    assert finished(data, base, 2)[-1] == "ended finished"
    old = served(data, base)
    assert old != wanted
    for _ in range(KILLS):
        cut = killed(data, base, 1, moment)
        there = served(data, base)
        assert there in {old, wanted}
        if not cut:
            assert there == wanted
            break
    said = finished(data, base, 1)
    assert said[-1] == "ended finished"
    assert served(data, base) == wanted
    steps = [event.step for event in RunFolder(data, "w", "one").events() if hasattr(event, "loss")]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 8 * EPOCHS + 1))


def test_a_disk_that_takes_no_checkpoint_is_told_and_the_training_resumes_once_there_is_space(
    base: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    said = finished(data, base, 1, 30_000)
    assert any(line.startswith("failed The disk is full; the training broke off.") for line in said), said
    assert said[-1] == "ended interrupted"
    assert served(data, base) == ""
    assert finished(data, base, 1)[-1] == "ended finished"
    assert served(data, base) != ""
