"""One process owns a data folder."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.errors import DataFolderBusy
from lib.owner import own

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOLD = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from lib.owner import own
held = own(Path(sys.argv[1]), now=datetime.now(UTC))
print("held", flush=True)
time.sleep(60)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    return process


def test_a_second_process_is_told_who_owns_the_folder_within_five_seconds(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    try:
        began = time.monotonic()
        with pytest.raises(DataFolderBusy, match=f"process {holder.pid}") as refused:
            own(tmp_path, now=NOW)
        assert time.monotonic() - began < 5
        assert "OPENBOOK_DATA_DIR" in refused.value.hint
    finally:
        holder.kill()
        holder.communicate()


def test_a_killed_owner_leaves_the_folder_free(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    holder.kill()
    holder.communicate()
    own(tmp_path, now=NOW).release()


def test_a_released_folder_can_be_taken_again(tmp_path: Path) -> None:
    own(tmp_path, now=NOW).release()
    own(tmp_path, now=NOW).release()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    with pytest.raises(DataFolderBusy, match="a file"):
        own(blocked / "data", now=NOW)
