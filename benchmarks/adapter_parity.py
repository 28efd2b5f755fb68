"""The same adapter in llama.cpp and in peft: greedy answers to 50 held-out tickets. Bar: >= 90 % identical.

Every difference is printed: the two answers part where two tokens are nearly as likely and the sums are rounded
otherwise (llama.cpp computes on the 4-bit weights, peft on the same weights dequantised to float32).

python benchmarks/adapter_parity.py [--smoke]
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from measure import Row, print_table
from tickets import material
from tuned import SMOKE, WORKSPACE, base_model, models, train, tuning_lab

from lib.evaluation.asking import ask
from lib.protocols import Generator
from lib.settings import GenerationOptions
from lib.training.base import Base, load_base
from lib.training.batches import as_dicts
from lib.training.lora import LoraRun
from lib.training.values import TrainingExample, TrainingSettings
from lib.weights import chat_model_path

ROWS, ANSWER_TOKENS, BAR = 50, 48, 0.90


@dataclass(frozen=True, slots=True)
class Pair:
    id: str
    served: str
    peft: str

    @property
    def same(self) -> bool:
        return self.served == self.peft


class Peft:
    """The adapter on the dequantised base, as peft computes it in float32."""

    def __init__(self, base: Path, weights: Path, settings: TrainingSettings) -> None:
        import torch
        from safetensors.torch import load_file

        self._base: Base = load_base(base, dtype=torch.float32)
        run = LoraRun(self._base, (), (), settings)
        run.put_lora_state(load_file(weights))
        self._model = run.model.eval()

    def answer(self, example: TrainingExample) -> str:
        import torch

        tokenizer = self._base.tokenizer
        prompt = tokenizer.apply_chat_template(
            as_dicts(example.prompt), add_generation_prompt=True, tokenize=True, return_dict=False
        )
        ids = torch.tensor([prompt])
        with torch.no_grad():
            written = self._model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=ANSWER_TOKENS,
                pad_token_id=tokenizer.eos_token_id,
            )
        return str(tokenizer.decode(written[0, len(prompt) :], skip_special_tokens=True)).strip()


def pairs(served: Generator, peft: Peft, rows: Sequence[TrainingExample]) -> list[Pair]:
    options = GenerationOptions(max_tokens=ANSWER_TOKENS)
    return [Pair(row.id, ask(served, row.prompt, options).text, peft.answer(row)) for row in rows]


def parting(pair: Pair) -> str:
    """Both answers from a little before the first character in which they differ."""
    at = next((n for n, (a, b) in enumerate(zip(pair.served, pair.peft, strict=False)) if a != b), 0)
    start = max(0, at - 20)
    return f"llama.cpp …{pair.served[start : start + 60]!r}, peft …{pair.peft[start : start + 60]!r}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a few rows and a tiny base of random weights")
    smoke = parser.parse_args().smoke
    training_set = material(smoke=smoke)
    with base_model(smoke=smoke) as base, tuning_lab() as lab:
        settings = replace(SMOKE if smoke else TrainingSettings(), base=base)
        tuned = train(lab, training_set, settings)
        weights = lab.tuning.adapters.paths(WORKSPACE, tuned.adapter)[0]
        peft = Peft(Path(base) if base else chat_model_path(), weights, tuned.adapter.settings)
        with models(lab, base) as (_, served):
            found = pairs(served, peft, training_set.held_out[:ROWS])
    same = sum(pair.same for pair in found)
    share = same / len(found)
    rows = [Row("identical answers", f"{same} of {len(found)} ({share:.0%})", f">= {BAR:.0%}", share >= BAR)]
    rows += [Row(f"differs: {pair.id}", parting(pair), "") for pair in found if not pair.same]
    print_table("The GGUF adapter in llama.cpp against peft, greedy", rows)


if __name__ == "__main__":
    main()
