"""How a batch is made to fit the memory there is: decided from an estimate before training, not after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.training.batches import Encoded, padded
from lib.training.lower_layers import KEPT_BYTES
from lib.training.values import TrainingSettings

_USABLE = 0.85
"""The share of the free memory that a training may take."""
_ROOMY_BYTES = 3_000_000_000
"""What a training takes at most where cutting batches keeps it there: parts of some thousand tokens are as fast."""
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Fit:
    """How each batch is computed: in `parts` one after another, their gradients summed.

    With `saves_memory`, activations are computed twice instead of kept. `needed_bytes` is the estimate for that, beside
    the loaded base.
    """

    parts: int = 1
    saves_memory: bool = False
    needed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """What of a model decides the memory of its training; `value_bytes` is 4 in float32, 2 in bfloat16."""

    layers: int
    hidden: int
    inner: int
    keys: int
    vocabulary: int
    value_bytes: int

    @classmethod
    def of(cls, model: Any) -> Sizes:
        """Those of a transformers model of the Llama architecture."""
        config = model.config
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        keys = head * config.num_key_value_heads
        return cls(
            config.num_hidden_layers,
            config.hidden_size,
            config.intermediate_size,
            keys,
            config.vocab_size,
            model.dtype.itemsize,
        )


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest batch of a run: so many examples, so many tokens each with padding, so many answer tokens in all.

    `run_tokens` are those of all examples of the run: what is kept of the layers below the adapter grows with them.
    """

    examples: int
    width: int
    answer_tokens: int
    run_tokens: int

    @classmethod
    def of(cls, encoded: Sequence[Encoded], batch_size: int, step: int) -> Worst:
        """That of these examples in batches of like length, padded in steps of so many tokens."""
        answers = sorted((len(one.ids) - one.prompt_tokens for one in encoded), reverse=True)
        width = padded(max(len(one.ids) for one in encoded), step)
        run_tokens = sum(len(one.ids) for one in encoded)
        return cls(min(batch_size, len(encoded)), width, sum(answers[:batch_size]), run_tokens)


def fitted(sizes: Sizes, worst: Worst, settings: TrainingSettings, *, available_bytes: int) -> Fit:
    """The fastest way that fits; raises MemoryError, with numbers, when even single examples do not.

    Batches are cut first, which costs next to nothing; computing activations twice takes a third longer.
    """
    usable = int(available_bytes * _USABLE)
    parts = [1]
    while parts[-1] < worst.examples:
        parts.append(min(parts[-1] * 2, worst.examples))
    keeping, saving = (
        [Fit(number, saves, training_bytes(sizes, worst, settings, (number, saves))) for number in parts]
        for saves in (False, True)
    )
    roomy = [fit for fit in keeping if fit.needed_bytes <= min(usable, _ROOMY_BYTES)]
    for fit in (*roomy, keeping[-1], *saving):
        if fit.needed_bytes <= usable:
            return fit
    raise MemoryError(
        f"Training needs about {saving[-1].needed_bytes / 1e9:.1f} GB even with one example at a time; "
        f"{available_bytes / 1e9:.1f} GB are free."
    )


def training_bytes(sizes: Sizes, worst: Worst, settings: TrainingSettings, way: tuple[int, bool]) -> int:
    """What a step takes at its peak, beside the base itself: adapter, moments, activations and logits.

    Counted per token and layer: what PyTorch keeps for the backward pass of a Llama layer with LoRA on its seven
    matrices (norms, projections, attention, the gated product, the inputs of both). An estimate: a measured
    peak was a third higher (docs/EXPERIMENTS.md).
    """
    parts, saves = way
    examples = -(-worst.examples // parts)
    tokens = examples * worst.width
    layer = (14 * sizes.hidden + 4 * sizes.keys + 6 * sizes.inner) * sizes.value_bytes
    trained = settings.trained_layers(sizes.layers)
    kept = (trained * sizes.hidden * sizes.value_bytes + 2 * layer) if saves else trained * layer
    answers = worst.answer_tokens * examples // worst.examples
    logits = 4 * answers * sizes.vocabulary * 4
    below = worst.run_tokens * sizes.hidden * sizes.value_bytes if trained < sizes.layers else 0
    remembered = min(KEPT_BYTES, below)
    return remembered + tokens * kept + logits + 4 * 4 * lora_parameters(sizes, settings.rank) * trained // sizes.layers


def lora_parameters(sizes: Sizes, rank: int) -> int:
    """How many numbers an adapter of that rank on all seven matrices of every layer has."""
    attention = 2 * (2 * sizes.hidden) + 2 * (sizes.hidden + sizes.keys)
    return sizes.layers * rank * (attention + 3 * (sizes.hidden + sizes.inner))


def notes_of(fit: Fit) -> tuple[str, ...]:
    """What the person should know of it; nothing when all is as it was asked for."""
    notes = []
    if fit.saves_memory:
        notes.append("Memory is short: activations are computed twice instead of kept, which takes longer.")
    if fit.parts > 1:
        notes.append(f"Each batch is computed in {fit.parts} parts, to take less memory. What is learnt is the same.")
    return tuple(notes)


def free_memory_bytes() -> int:
    """What the machine, or the container that this runs in, has left."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
        cached = _cached_bytes((_CGROUP / "memory.stat").read_text())
    except (OSError, ValueError):
        return free
    return free if limit == "max" else max(0, min(free, int(limit) - used + cached))


def _cached_bytes(stat: str) -> int:
    """Pages of files that the kernel gives back when memory is asked for."""
    named = dict(line.split() for line in stat.splitlines())
    return int(named.get("inactive_file", 0))
