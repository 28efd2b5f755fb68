"""Our training loop against a plain transformers + peft loop: tokens a second of real tokens, same data, same run.

The plain loop computes in float32, takes the examples in the order of the file, pads each batch to its longest, and
has logits for every token. Bar: >= 2 x with avx512_bf16 or AMX, >= 1.2 x without. Both learn the same tokens with
an adapter on all layers in batches of eight; beside them the default of the app, with fewer layers, from its second
epoch on.

python benchmarks/training_speed.py [--smoke] [--threads N]
"""

import argparse
import copy
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from measure import Row, print_table

from lib.training.base import Base, best_dtype, load_base
from lib.training.batches import Encoded, encode_all
from lib.training.lora import LoraRun
from lib.training.set_store import sample_training_set
from lib.training.values import TrainingSettings, TrainingStep
from lib.weights import chat_model_path

SETTINGS = TrainingSettings(epochs=1, batch_size=8, upper_share=1.0)
DEFAULT = replace(TrainingSettings(), epochs=2)


def ours(base: Base, encoded: Sequence[Encoded], settings: TrainingSettings) -> float:
    """Real tokens a second over the steps of our loop's last epoch, validation left out."""
    tokens, seconds = 0, 0.0
    for event in LoraRun(base, encoded, encoded[:1], settings).steps(stopped=lambda: False):
        if isinstance(event, TrainingStep) and event.epoch > settings.epochs - 1:
            tokens += event.tokens
            seconds += event.tokens / event.tokens_per_s
    return tokens / seconds


def plain(base: Base, encoded: Sequence[Encoded], settings: TrainingSettings) -> float:
    """The same of the loop that a tutorial would write."""
    import torch
    from peft import LoraConfig, get_peft_model

    layers = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    config = LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules=layers, task_type="CAUSAL_LM")
    model: Any = get_peft_model(base.model, config).train()
    optimiser = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=settings.learning_rate)
    began, tokens = time.perf_counter(), 0
    for start in range(0, len(encoded), settings.batch_size):
        batch = encoded[start : start + settings.batch_size]
        width = max(len(one.ids) for one in batch)
        ids = torch.zeros((len(batch), width), dtype=torch.long)
        mask = torch.zeros_like(ids)
        labels = torch.full_like(ids, -100)
        for row, one in enumerate(batch):
            ids[row, : len(one.ids)] = torch.tensor(one.ids)
            mask[row, : len(one.ids)] = 1
            labels[row, one.prompt_tokens : len(one.ids)] = torch.tensor(one.ids[one.prompt_tokens :])
        model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        tokens += sum(len(one.ids) for one in batch)
    return tokens / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tiny base and few examples")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch decides")
    asked = parser.parse_args()
    import torch

    if asked.threads:
        torch.set_num_threads(asked.threads)
    with tempfile.TemporaryDirectory() as folder:
        path = _tiny(Path(folder)) if asked.smoke else chat_model_path()
        exact, fast, fresh = load_base(path, dtype=torch.float32), load_base(path), load_base(path)
    examples = sample_training_set("company").train[: 16 if asked.smoke else None]
    encoded = encode_all(examples, exact.tokenizer, window_tokens=SETTINGS.window_tokens)
    # One step of each first: what is set up once is no part of either.
    for loop, base in ((plain, exact), (ours, fast)):
        loop(Base(copy.deepcopy(base.model), base.tokenizer, base.dtype), encoded[:8], SETTINGS)
    slow, quick = plain(exact, encoded, SETTINGS), ours(fast, encoded, SETTINGS)
    default = ours(fresh, encoded, DEFAULT)
    bar = 2.0 if best_dtype() is torch.bfloat16 else 1.2
    ratio = quick / slow
    rows = [
        Row("plain transformers + peft, float32", f"{slow:.0f} tokens/s", ""),
        Row(f"our loop, {str(fast.dtype).removeprefix('torch.')}", f"{quick:.0f} tokens/s", ""),
        Row("ratio", f"{ratio:.2f} x", f">= {bar:g} x", None if asked.smoke else ratio >= bar),
        Row("our loop, the defaults of the app, second epoch", f"{default:.0f} tokens/s ({default / slow:.2f} x)", ""),
    ]
    print_table(f"Training on {len(encoded)} examples, {torch.get_num_threads()} thread(s)", rows)


def _tiny(folder: Path) -> Path:
    from tests.support.tiny_base import tiny_base

    return tiny_base(folder)


if __name__ == "__main__":
    main()
