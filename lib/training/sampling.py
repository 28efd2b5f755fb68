"""What the model in training answers to a few validation examples: seen by the person as it becomes better."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from lib.training.batches import as_dicts
from lib.training.values import Sampled, TrainingExample

_EXAMPLES = 3
_MOST_TOKENS = 48
_PROMPT_TOKENS = 320
_SHARE_OF_TIME = 0.1
"""Sampling is left out while it would take more than this share of the training time, the first time excepted."""


class Sampler:
    """Asks the same examples at each validation, greedily."""

    def __init__(self, model: Any, tokenizer: Any, examples: Sequence[TrainingExample]) -> None:
        self._model, self._tokenizer = model, tokenizer
        prompts = [(one, self._prompt(one)) for one in examples]
        self._asked = [(one, ids) for one, ids in prompts if len(ids) <= _PROMPT_TOKENS][:_EXAMPLES]
        self._took_s = 0.0

    def samples(self, step: int, *, spent_s: float) -> Iterator[Sampled]:
        """The answers at this step; none if there is nothing to ask or it would take too much of the time."""
        if not self._asked or self._took_s > _SHARE_OF_TIME * spent_s:
            return
        began = time.perf_counter()
        texts = self._written()
        self._took_s += time.perf_counter() - began
        for (example, _), text in zip(self._asked, texts, strict=True):
            yield Sampled(step, example.input, example.output, text)

    def _written(self) -> list[str]:
        """One greedy answer for each, all at once, padded on the left."""
        import torch

        pad = self._tokenizer.eos_token_id
        width = max(len(ids) for _, ids in self._asked)
        ids = torch.full((len(self._asked), width), pad, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, (_, prompt) in enumerate(self._asked):
            ids[row, width - len(prompt) :] = torch.tensor(prompt)
            mask[row, width - len(prompt) :] = 1
        self._model.eval()
        try:
            with torch.no_grad():
                found = self._model.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    max_new_tokens=_MOST_TOKENS,
                    do_sample=False,
                    pad_token_id=pad,
                    eos_token_id=self._tokenizer.eos_token_id,
                )
        finally:
            self._model.train()
        written = found[:, width:].tolist()
        return [self._tokenizer.decode(tokens, skip_special_tokens=True) for tokens in written]

    def _prompt(self, example: TrainingExample) -> list[int]:
        prompt: list[int] = self._tokenizer.apply_chat_template(
            as_dicts(example.prompt), add_generation_prompt=True, tokenize=True, return_dict=False
        )
        return prompt
