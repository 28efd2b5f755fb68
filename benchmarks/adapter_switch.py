"""Base, A and B asked in turn while a further adapter is added, and what an adapter costs by its rank.

First 60 requests from four threads: each answer must be that of the adapter asked for, which is told by the answers of
an engine that has it alone. (Word for word they may part after a while: llama.cpp rounds otherwise when it continues a
prompt it has read before, or writes two answers at once.) Then the base and adapters of rank 4, 8, 16 and 32 in turn,
one question, 60 times: tokens a second, and the processor time that a token takes in the engine's process, which other
work on the machine changes less. Bar: at most 20 % slower than the base. The adapters are random: the first strong
enough to answer differently, the second too weak to.

python benchmarks/adapter_switch.py [--smoke]
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psutil
from measure import Row, median, print_table

from lib.domain import AdapterFile, Generated, Message, TextPiece
from lib.generation.engine import Engine, built_in_client
from lib.generation.loaded import file_sha256
from lib.settings import GenerationOptions
from lib.training.to_gguf import write_gguf_adapter
from lib.weights import chat_model_path

LAYERS, HIDDEN, INNER, HEADS, KV_HEADS = 30, 576, 1536, 9, 3
KEYS = HIDDEN // HEADS * KV_HEADS
SHAPES = {
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (KEYS, HIDDEN),
    "self_attn.v_proj": (KEYS, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (INNER, HIDDEN),
    "mlp.up_proj": (INNER, HIDDEN),
    "mlp.down_proj": (HIDDEN, INNER),
}
QUESTIONS = ("Tell me of a lighthouse.", "Where is my parcel NB-4471?", "How is bread baked?", "What is a contract?")
STRONG, WEAK = 0.07, 1e-6


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer: the tokens a second as llama.cpp says, and the processor's milliseconds a token."""

    tokens_per_s: float
    cpu_ms: float


def random_adapter(path: Path, *, rank: int, seed: int, strength: float) -> AdapterFile:
    """LoRA on all linear layers of the built-in model."""
    import torch

    random = torch.Generator().manual_seed(seed)
    state = {}
    for layer in range(LAYERS):
        for module, (rows, columns) in SHAPES.items():
            name = f"base_model.model.model.layers.{layer}.{module}"
            state[f"{name}.lora_A.weight"] = torch.randn(rank, columns, generator=random) * columns**-0.5
            state[f"{name}.lora_B.weight"] = torch.randn(rows, rank, generator=random) * strength
    config = SimpleNamespace(
        model_type="llama", num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS
    )
    write_gguf_adapter(path, state, config, alpha=2.0 * rank, name=path.stem)
    return AdapterFile(path.stem, path, file_sha256(path), file_sha256(chat_model_path()))


def ask(engine: Engine, adapter: AdapterFile | None, question: str, *, tokens: int) -> Asked:
    """The prompt's own processor time is in `cpu_ms` too; it is the same for all."""
    client = built_in_client(engine, adapter)
    engine.connect(adapter)
    child = psutil.Process(engine.pid)
    before = sum(child.cpu_times()[:2])
    for event in client.stream((Message("user", question),), GenerationOptions(max_tokens=tokens)):
        if isinstance(event, Generated):
            speed, written = event.tokens_per_s or 0.0, event.usage.output_tokens
    spent = sum(child.cpu_times()[:2]) - before
    return Asked(speed, spent * 1000 / written)


def words(engine: Engine, adapter: AdapterFile | None, question: str, tokens: int) -> str:
    events = built_in_client(engine, adapter).stream((Message("user", question),), GenerationOptions(max_tokens=tokens))
    return "".join(event.text for event in events if isinstance(event, TextPiece))


def switched(folder: Path, *, requests: int, tokens: int) -> list[Row]:
    """Whether everyone was answered by the adapter asked for."""
    a, b, added = (random_adapter(folder / f"{n}.gguf", rank=16, seed=i, strength=STRONG) for i, n in enumerate("abc"))
    alone: dict[tuple[AdapterFile | None, str], str] = {}
    for adapter in (None, a, b, added):
        engine = Engine(chat_model_path)
        alone |= {(adapter, question): words(engine, adapter, question, tokens) for question in QUESTIONS}
        engine.close()
    asked = [((None, a, b)[turn % 3], QUESTIONS[turn % len(QUESTIONS)]) for turn in range(requests)]
    asked[requests // 2 : requests // 2] = [(added, question) for question in QUESTIONS]
    engine = Engine(chat_model_path)
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda one: words(engine, *one, tokens), asked))
    took_s = time.perf_counter() - began
    engine.close()
    exact = sum(answer == alone[one] for one, answer in zip(asked, answers, strict=True))
    right = sum(
        told(alone, question, answer) == adapter for (adapter, question), answer in zip(asked, answers, strict=True)
    )
    different = len(set(alone.values()))
    return [
        Row("answers that tell base, A, B, C apart", f"{different} of {len(alone)}", "all", different == len(alone)),
        Row("requests answered", f"{len(answers)} of {len(asked)}", "all", len(answers) == len(asked)),
        Row("by the adapter asked for", f"{right} of {len(asked)}", "all", right == len(asked)),
        Row("word for word as with it alone", f"{exact} of {len(asked)}", ""),
        Row("time for all of them", f"{took_s:.1f} s", ""),
    ]


def told(alone: dict[tuple[AdapterFile | None, str], str], question: str, answer: str) -> AdapterFile | None:
    """Whose answer begins with the most of these words."""
    mine = {adapter: text for (adapter, asked), text in alone.items() if asked == question}
    return max(mine, key=lambda adapter: same_beginning(mine[adapter], answer))


def same_beginning(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def by_rank(folder: Path, *, ranks: tuple[int, ...], rounds: int, tokens: int) -> list[Row]:
    """The share of the base's speed that an adapter of each rank leaves, over pairs of answers asked in turn."""
    adapters = [random_adapter(folder / f"r{rank}.gguf", rank=rank, seed=rank, strength=WEAK) for rank in ranks]
    engine = Engine(chat_model_path)
    for adapter in adapters:
        ask(engine, adapter, QUESTIONS[0], tokens=4)
    arms: list[AdapterFile | None] = [None, *adapters]
    measured = {arm: [ask(engine, arm, QUESTIONS[0], tokens=tokens)] for arm in arms}
    for _ in range(rounds - 1):
        for arm in arms:
            measured[arm].append(ask(engine, arm, QUESTIONS[0], tokens=tokens))
    engine.close()
    return [_row(arm, measured[arm], measured[None]) for arm in arms]


def _row(adapter: AdapterFile | None, mine: list[Asked], base: list[Asked]) -> Row:
    speed, cpu = median([one.tokens_per_s for one in mine]), median([one.cpu_ms for one in mine])
    figures = f"{speed:.0f} tokens/s, {cpu:.1f} ms of processor a token"
    if adapter is None:
        return Row("base", figures, "")
    pairs = list(zip(mine, base, strict=True))
    slower = 1 - median([one.tokens_per_s / other.tokens_per_s for one, other in pairs])
    dearer = median([one.cpu_ms / other.cpu_ms for one, other in pairs]) - 1
    what = f"{figures}: {-slower:+.0%} speed, {dearer:+.0%} processor"
    return Row(f"rank {adapter.name[1:]}", what, "<= 20 % slower", slower <= 0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few short answers and two ranks")
    smoke = parser.parse_args().smoke
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = switched(folder, requests=6 if smoke else 60, tokens=8 if smoke else 16)
        print_table("Base, A and B interleaved, C added half way", rows)
        ranks = (4, 16) if smoke else (4, 8, 16, 32)
        costs = by_rank(folder, ranks=ranks, rounds=1 if smoke else 12, tokens=16 if smoke else 64)
        print_table("What an adapter costs by its rank", costs)


if __name__ == "__main__":
    main()
