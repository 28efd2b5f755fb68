"""The layers below an adapter: nothing in them changes, so each example goes through them once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lib.training.batches import Batch, Encoded

KEPT_BYTES = 1024**3
"""Activations are kept up to this size; what does not fit is computed again at each step."""


class LowerLayers:
    """The first `count` layers of a Llama model, and the way through the others.

    Examples are padded on the right, so causal attention alone keeps padding out of what is learnt.
    """

    def __init__(self, causal: Any, count: int, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._backbone, self._count, self._left_bytes = causal.model, count, kept_bytes
        self._most_bytes = kept_bytes
        self._kept: dict[Encoded, Any] = {}

    def bytes_for(self, tokens: int) -> int:
        """What is kept of so many tokens."""
        weights = self._backbone.embed_tokens.weight
        return min(self._most_bytes, int(tokens * weights.shape[1] * weights.element_size()))

    def hidden(self, examples: Sequence[Encoded], batch: Batch) -> Any:
        """The last layer's normed output for `batch`, which holds these examples; shape (n, width, hidden size).

        Gradients flow through the upper layers only.
        """
        import torch

        with torch.no_grad():
            lower = self._lower(examples, batch)
        return self._backbone.norm(self._through(lower, self._backbone.layers[self._count :]))

    def _lower(self, examples: Sequence[Encoded], batch: Batch) -> Any:
        import torch

        if any(one not in self._kept for one in examples):
            values = self._through(self._backbone.embed_tokens(batch.ids), self._backbone.layers[: self._count])
            for row, one in enumerate(examples):
                self._keep(one, values[row, : len(one.ids)])
            return values
        width = batch.ids.shape[1]
        rows = [self._kept[one] for one in examples]
        return torch.stack([torch.nn.functional.pad(row, (0, 0, 0, width - row.shape[0])) for row in rows])

    def _keep(self, one: Encoded, values: Any) -> None:
        size = values.numel() * values.element_size()
        if one not in self._kept and size <= self._left_bytes:
            self._kept[one] = values.clone()
            self._left_bytes -= size

    def _through(self, values: Any, layers: Any) -> Any:
        import torch

        positions = torch.arange(values.shape[1]).unsqueeze(0)
        rotary = self._backbone.rotary_emb(values, positions)
        for layer in layers:
            values = layer(values, attention_mask=None, position_ids=positions, position_embeddings=rotary)
        return values
