"""The process in which llama.cpp runs: a crash there is a message in the app, never its end.

Run as `python -m lib.generation.engine_child`. One JSON line comes in on standard input (an `Order`), one line goes out
(`READY` and the address). It serves on loopback until standard input closes, which a killed parent does too.
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

READY = "openbook-engine "
_ORPHAN_CHECK_S = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to serve. The key comes this way because arguments and environments can be read by others.

    `adapters` are paths of GGUF files of LoRA weights; a file's position is its id in requests.
    """

    model_path: str
    key: str
    slots: int
    context_tokens: int
    threads: int
    adapters: tuple[str, ...] = ()

    @classmethod
    def read(cls, line: str) -> "Order":
        """From the one line of JSON that the parent sends."""
        order = cls(**json.loads(line))
        return replace(order, adapters=tuple(order.adapters))


def main() -> None:
    """Serve until the parent lets go of the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = Order.read(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    address = _serve(order)
    # llama.cpp logs to the same pipe from threads of its own: a line break first, or this could end one of its lines,
    # and all in one write, which the system keeps whole.
    os.write(sys.stdout.fileno(), f"\n{READY}{json.dumps(address)}\n".encode())
    while sys.stdin.readline():
        pass
    os._exit(0)


def _end_with(parent: int) -> None:
    """A process forked from the parent may keep the pipe open after its death; a changed parent tells all the same."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(0)


# llama.cpp's server stops when its object is collected.
_server: object = None


def _serve(order: Order) -> str:
    """Start llama.cpp's own server on a free loopback port; returns its address. It lives as long as the process."""
    global _server
    import xllamacpp  # type: ignore[import-untyped, unused-ignore]

    params = xllamacpp.CommonParams()
    params.model.path = order.model_path
    params.model_alias = {Path(order.model_path).stem}
    params.n_parallel = order.slots
    params.n_ctx = order.slots * order.context_tokens
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order.threads
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order.key]
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = "http://127.0.0.1"
    params.fit_params = False
    params.cache_ram_mib = 0
    params.n_gpu_layers = 0
    # Requests send the scale of every adapter; one that forgets to is answered by the base.
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(path, 0.0) for path in order.adapters]
    _server = server = xllamacpp.Server(params)
    return str(server.listening_address)


if __name__ == "__main__":
    main()
