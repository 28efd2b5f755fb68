"""Peak memory while training: batches of 8 x up to 256 tokens, 200 steps of varying lengths.

Bar: flat after the first 20 steps (the peak grows by less than 3 %), and at most 5 GB.

python benchmarks/training_memory.py [--smoke] [--steps N]
"""

import argparse
import random
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from measure import Row, print_table

from lib.training.base import load_base
from lib.training.batches import Encoded, step_tokens
from lib.training.fitting import Sizes, Worst, fitted, free_memory_bytes
from lib.training.lora import LoraRun
from lib.training.values import TrainingSettings, TrainingStep
from lib.weights import chat_model_path

BATCH, WIDTH = 8, 256
# All layers, the most that a batch can take; activations of lower layers, which the default keeps on purpose, would
# grow until every example has come once.
SETTINGS = TrainingSettings(epochs=1, batch_size=BATCH, validations=1, learning_rate=1e-4, upper_share=1.0)
FLAT = 1.03
GB = 1024**3
_SAMPLE_S = 0.02


class Resident(threading.Thread):
    """Looks at this process's resident memory all the time; `peak` is the most since it was last taken."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._peak, self._over = 0, threading.Event()

    def run(self) -> None:
        import psutil

        process = psutil.Process()
        while not self._over.wait(_SAMPLE_S):
            self._peak = max(self._peak, process.memory_info().rss)

    def peak(self) -> int:
        """The most since the last call."""
        found, self._peak = self._peak, 0
        return found

    def end(self) -> None:
        self._over.set()


def examples(steps: int, *, vocabulary: int, seed: int) -> list[Encoded]:
    """Examples of 32 to 256 tokens, a third of them learnt."""
    order = random.Random(seed)
    lengths = [order.randint(32, WIDTH) for _ in range(BATCH * steps)]
    return [Encoded(tuple(order.randrange(10, vocabulary) for _ in range(n)), n - max(1, n // 3)) for n in lengths]


def peaks(path: Path, steps: int) -> tuple[Sequence[int], int]:
    """The peak of resident memory in each step, and what was expected of the largest; in bytes.

    As the product trains: what a batch may take is decided beforehand.
    """
    import psutil

    base = load_base(path)
    encoded = examples(steps, vocabulary=base.model.config.vocab_size, seed=0)
    worst = Worst.of(encoded, BATCH, step_tokens(base.dtype))
    fit = fitted(Sizes.of(base.model), worst, SETTINGS, available_bytes=free_memory_bytes())
    run = LoraRun(base, encoded, encoded[:BATCH], SETTINGS, fit=fit)
    before = psutil.Process().memory_info().rss
    resident = Resident()
    resident.start()
    found = [resident.peak() for event in run.steps(stopped=lambda: False) if isinstance(event, TrainingStep)]
    resident.end()
    return found, before + fit.needed_bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tiny base and few steps")
    parser.add_argument("--steps", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = _tiny(Path(folder)) if asked.smoke else chat_model_path()
        found, expected = peaks(path, 6 if asked.smoke else asked.steps)
    settled = len(found) // 10 or 1
    early, late = max(found[:settled]), max(found[settled:])
    growth = late / early
    judged = None if asked.smoke else growth <= FLAT
    rows = [
        Row(f"peak of the first {settled} steps", f"{early / GB:.2f} GB", ""),
        Row(f"peak of the other {len(found) - settled}", f"{late / GB:.2f} GB", "<= 5 GB", late <= 5 * GB),
        Row("growth", f"{growth:.3f} x", f"<= {FLAT} x", judged),
        Row("expected before the first step", f"{expected / GB:.2f} GB ({expected / max(found):.2f} x)", ""),
    ]
    print_table(f"Memory of training, batches of {BATCH} x up to {WIDTH} tokens, {len(found)} steps", rows)


def _tiny(folder: Path) -> Path:
    from tests.support.tiny_base import tiny_base

    return tiny_base(folder)


if __name__ == "__main__":
    main()
