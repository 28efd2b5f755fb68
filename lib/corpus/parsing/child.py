"""The child process that reads files: `python -m lib.corpus.parsing.child MEMORY_BYTES`, frames over its pipes.

It ends when its input closes, in the middle of a file too, so it never outlives the app, however the app ended.
"""

import os
import queue
import signal
import sys
import threading
from typing import BinaryIO

from lib.corpus.parsing import parse
from lib.corpus.parsing.draft import Parsed
from lib.corpus.parsing.frames import Refusal, read_request, write_reply
from lib.errors import FileRejected


def main() -> None:
    """Announce readiness with an empty reply, then answer file by file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; the closing pipe ends the child
    requests, replies = _private_pipes()
    memory_bytes = int(sys.argv[1])
    limit_memory(memory_bytes)
    files: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, files), daemon=True).start()
    write_reply(replies, Parsed("", (), "ready"))
    while True:
        reply = _answer(*files.get(), memory_bytes)
        write_reply(replies, reply)
        if isinstance(reply, Refusal) and reply.is_final:
            return


def limit_memory(memory_bytes: int) -> None:
    """Make allocations beyond the limit fail, where the system can; elsewhere the parent watches.

    The limit is on data, not on addresses: mapped libraries are no use of memory.
    """
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def too_much_memory(memory_bytes: int) -> Refusal:
    """The reason for a file whose reading outgrows the limit."""
    limit = f"{memory_bytes / 1024**3:g} GB" if memory_bytes >= 1024**3 else f"{memory_bytes / 1024**2:g} MB"
    return Refusal(
        f"needed more than {limit} of memory to read", "Split it, or save it in a simpler format.", is_final=True
    )


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; what a library prints goes to standard error, never between the frames."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return requests, replies


def _receive(requests: BinaryIO, files: "queue.SimpleQueue[tuple[str, bytes]]") -> None:
    while (request := read_request(requests)) is not None:
        files.put(request)
    os._exit(0)


def _answer(name: str, content: bytes, memory_bytes: int) -> Parsed | Refusal:
    try:
        return parse(name, content)
    except FileRejected as rejected:
        return Refusal(rejected.message, rejected.hint)
    except MemoryError:
        return too_much_memory(memory_bytes)


if __name__ == "__main__":
    main()
