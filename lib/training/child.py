"""The process in which a model is trained: `python -m lib.training.child`.

One JSON line comes in on standard input (a `ChildOrder`), then perhaps `stop` or `pause`; events go out as lines of
JSON. It ends at once when the pipe closes, which a killed parent does too: what is whole on disk by then stays.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from lib.errors import LabError
from lib.training.event_lines import ChildEvent, Failed, to_line
from lib.training.job import PAUSE, STOP
from lib.training.order import ChildOrder

_ORPHAN_CHECK_S = 1.0
_LOWEST = 19

Tell = Callable[[ChildEvent], None]


class Wishes:
    """What the parent has asked for since; the thread that reads its pipe sets them."""

    def __init__(self) -> None:
        self._stop, self._pause = threading.Event(), threading.Event()

    def stopped(self) -> bool:
        """Whether to end after this step."""
        return self._stop.is_set() or self._pause.is_set()

    def paused(self) -> bool:
        """Whether to end with a checkpoint to go on from, instead of an adapter."""
        return self._pause.is_set()

    def hear(self, line: str) -> None:
        """Take one line of the parent's."""
        {STOP: self._stop, PAUSE: self._pause}.get(line.strip(), threading.Event()).set()


def main() -> None:
    """Do the one order, tell of it, and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; the closing pipe ends the child
    out = _private_output()
    order = ChildOrder.read(sys.stdin.readline())
    wishes = Wishes()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    threading.Thread(target=_hear, args=(sys.stdin, wishes), daemon=True).start()
    _be_modest(order.threads)

    def tell(event: ChildEvent) -> None:
        out.write(to_line(event) + "\n")
        out.flush()

    code = _carried_out(order, wishes, tell)
    out.flush()
    os._exit(code)  # threads of torch and of the pipe need no farewell


def _carried_out(order: ChildOrder, wishes: Wishes, tell: Tell) -> int:
    from lib.training.carrying_out import failure_of, train
    from lib.training.estimate import measure

    try:
        if order.order is not None:
            tell(measure(order.order))
        else:
            train(order, wishes, tell)
    except (LabError, MemoryError, OSError, RuntimeError) as error:
        failed = failure_of(error)
        if order.task == "train":
            _note_end(order, failed)
        tell(failed)
        return 1
    return 0


def _note_end(order: ChildOrder, failed: Failed) -> None:
    from lib.training.checkpoints import RunFolder

    # A disk that takes nothing may not take this either; the parent hears of it all the same.
    with contextlib.suppress(OSError):
        RunFolder(Path(order.data_dir), order.workspace_id, order.name).end(failed)


def _private_output() -> TextIO:
    """The pipe to the parent; what a library prints goes to standard error, never between the lines."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)
    return out


def _hear(lines: TextIO, wishes: Wishes) -> None:
    for line in lines:
        wishes.hear(line)
    os._exit(0)


def _end_with(parent: int) -> None:
    """A process forked from the parent may keep the pipe open after its death; a changed parent tells all the same."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(0)


def _be_modest(threads: int) -> None:
    """Compute when nobody else wants to: answers and pages come first."""
    import psutil
    import torch

    torch.set_num_threads(threads)
    priority = getattr(psutil, "IDLE_PRIORITY_CLASS", _LOWEST)
    with contextlib.suppress(psutil.Error, OSError):
        psutil.Process().nice(priority)
    # Linux shares the cores among sessions before it looks at priorities in one; this process has a session of its own.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_LOWEST))


if __name__ == "__main__":
    main()
