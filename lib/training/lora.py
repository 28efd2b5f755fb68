"""The training loop: LoRA on a base model, step by step, loss and logits on answer tokens alone.

It knows no processes and no files: it yields what happens, and its state can be taken out and put back.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lib.errors import TrainingFailed
from lib.training.base import Base
from lib.training.batches import Batch, Encoded, collate, schedule, step_tokens
from lib.training.checkpoints import Checkpoint
from lib.training.fitting import Fit
from lib.training.lower_layers import LowerLayers
from lib.training.values import Trained, TrainingSettings, TrainingStep, Validated

_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_WARM_SHARE = 0.1
_CLIP = 1.0
_AS_ASKED = Fit()


class LoraRun:
    """One model in training. `steps()` trains; between its events the weights and the optimiser's state can be kept."""

    def __init__(
        self,
        base: Base,
        train: Sequence[Encoded],
        validation: Sequence[Encoded],
        settings: TrainingSettings,
        *,
        fit: Fit = _AS_ASKED,
    ) -> None:
        import torch
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(settings.seed)
        self.base, self.settings, self._fit = base, settings, fit
        self._train, self._validation = train, validation
        self._step_tokens = step_tokens(base.dtype)
        layers = base.model.config.num_hidden_layers
        first = layers - settings.trained_layers(layers)
        config = LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=0.0,
            target_modules=list(_LAYERS),
            layers_to_transform=list(range(first, layers)),
            task_type="CAUSAL_LM",
        )
        # Without a mask only this way of attention is causal by itself.
        causal = base.model.config._attn_implementation == "sdpa"
        self._lower = LowerLayers(base.model, first) if first and causal else None
        self.model: Any = get_peft_model(base.model, config)
        if fit.saves_memory:
            base.model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
        self._weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        for weight in self._weights:
            weight.data = weight.data.float()
        self._optimiser = torch.optim.AdamW(self._weights, lr=settings.learning_rate, weight_decay=0.0)
        batches = -(-len(train) // settings.batch_size)
        self.total_steps = batches * settings.epochs
        self.done_steps = 0
        self.spent_s = 0.0
        self.best_loss = math.inf
        self.best_step = 0

    @property
    def kept_bytes(self) -> int:
        """What is kept of the layers below the adapter once every example has come; 0 where there are none."""
        if self._lower is None:
            return 0
        tokens = sum(len(one.ids) for one in (*self._train, *self._validation))
        return self._lower.bytes_for(tokens)

    # State

    def lora_state(self) -> dict[str, Any]:
        """The adapter's weights as peft names them."""
        from peft import get_peft_model_state_dict

        state: dict[str, Any] = get_peft_model_state_dict(self.model)
        return {name: tensor.detach().clone().contiguous() for name, tensor in state.items()}

    def put_lora_state(self, state: dict[str, Any]) -> None:
        """Take these weights on."""
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(self.model, state)

    def optimiser_state(self) -> dict[str, Any]:
        """The optimiser's moments, flat, in order of the weights."""
        flat: dict[str, Any] = {}
        for position, weight in enumerate(self._weights):
            for key, value in self._optimiser.state.get(weight, {}).items():
                flat[f"{position}.{key}"] = value.detach().clone().contiguous()
        return flat

    def put_optimiser_state(self, flat: dict[str, Any]) -> None:
        """Take these moments on."""
        for name, value in flat.items():
            position, _, key = name.partition(".")
            self._optimiser.state[self._weights[int(position)]][key] = value.clone()

    def take_up(self, checkpoint: Checkpoint) -> None:
        """Go on from there as if nothing had been."""
        self.put_lora_state(dict(checkpoint.lora))
        self.put_optimiser_state(dict(checkpoint.optimiser))
        progress = checkpoint.progress
        self.done_steps, self.spent_s = progress.done_steps, progress.spent_s
        self.best_loss, self.best_step = progress.best_loss, progress.best_step

    # Training

    def steps(self, *, stopped: Callable[[], bool]) -> Iterator[TrainingStep | Validated | Trained]:
        """Train from `done_steps` on; Validated comes after every `total_steps / validations` steps and at the end.

        `spent_s` is wall time, with validation and whatever the caller does between the events. Raises TrainingFailed
        when the loss is no number.
        """
        settings = self.settings
        order = self._order()
        every = max(1, self.total_steps // max(1, settings.validations))
        began, before = time.perf_counter(), self.spent_s
        ended = "finished"
        self.model.train()
        for number, positions in enumerate(order[self.done_steps :], start=self.done_steps + 1):
            step_began = time.perf_counter()
            examples = [self._train[position] for position in positions]
            loss = self._learn(examples, number)
            self.done_steps = number
            now = time.perf_counter()
            self.spent_s = before + now - began
            yield self._step(number, loss, sum(len(one.ids) for one in examples), now - step_began)
            if number % every == 0 or number == self.total_steps:
                yield self._validated()
                self.spent_s = before + time.perf_counter() - began
            if stopped():
                ended = "stopped"
                break
            if settings.time_budget_s and self.spent_s >= settings.time_budget_s:
                ended = "time budget"
                break
        if ended != "finished" and self.best_step < self.done_steps:
            yield self._validated()
        yield Trained(self.done_steps, self.best_step, self.spent_s, ended)

    def rehearse(self, examples: Sequence[Encoded]) -> None:
        """Compute a step's gradients and forget them: nothing is learnt, but it costs what a step costs."""
        self.model.train()
        for part, batch in self._parts(examples):
            self._loss(part, batch).backward()
        self._optimiser.zero_grad(set_to_none=True)

    def validation_loss(self) -> float:
        """The mean loss over the answer tokens of the validation examples; of the training ones if there are none."""
        import torch

        examples = sorted(self._validation or self._train[:64], key=lambda one: len(one.ids))
        total, count = 0.0, 0
        self.model.eval()
        with torch.no_grad():
            for part, batch in self._parts(examples):
                learnt = _learnt(batch)
                total += float(self._loss(part, batch)) * learnt
                count += learnt
        self.model.train()
        return total / count

    def _learn(self, examples: Sequence[Encoded], number: int) -> float:
        """One step on these examples, in as many parts as fit the memory; returns the mean loss of their answers."""
        import torch

        for group in self._optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * _share_of_rate(number, self.total_steps)
        parts = list(self._parts(examples))
        of = sum(_learnt(batch) for _, batch in parts)
        value = 0.0
        for part, batch in parts:
            loss = self._loss(part, batch) * (_learnt(batch) / of)
            value += _finite(float(loss.detach()), "loss", number)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self._weights, _CLIP)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return value

    def _parts(self, examples: Sequence[Encoded]) -> Iterator[tuple[Sequence[Encoded], Batch]]:
        """The examples in batches that fit the memory, each with the examples it holds."""
        size = -(-self.settings.batch_size // self._fit.parts)
        for start in range(0, len(examples), size):
            part = examples[start : start + size]
            yield part, collate(part, pad_id=self._pad_id, step=self._step_tokens)

    def _loss(self, examples: Sequence[Encoded], batch: Batch) -> Any:
        """Cross entropy at the answers' tokens; the large matrix of logits exists for these alone."""
        import torch

        causal = self.model.get_base_model()
        if self._lower is not None:
            hidden = self._lower.hidden(examples, batch)
        else:
            hidden = causal.model(input_ids=batch.ids, attention_mask=batch.mask, use_cache=False).last_hidden_state
        learnt = batch.targets != -100
        logits = causal.lm_head(hidden[learnt])
        return torch.nn.functional.cross_entropy(logits.float(), batch.targets[learnt])

    def _order(self) -> list[tuple[int, ...]]:
        """The positions of all batches of the whole run."""
        settings, lengths = self.settings, [len(one.ids) for one in self._train]
        size, epochs, seed = settings.batch_size, settings.epochs, settings.seed
        return list(schedule(lengths, size=size, epochs=epochs, seed=seed, step=self._step_tokens))

    def _validated(self) -> Validated:
        loss = _finite(self.validation_loss(), "validation loss", self.done_steps)
        best = loss < self.best_loss
        if best:
            self.best_loss, self.best_step = loss, self.done_steps
        return Validated(self.done_steps, loss, best)

    def _step(self, number: int, loss: float, tokens: int, seconds: float) -> TrainingStep:
        per_step = self.spent_s / number
        left = per_step * (self.total_steps - number)
        if self.settings.time_budget_s:
            left = min(left, max(0.0, self.settings.time_budget_s - self.spent_s))
        epoch = number * self.settings.epochs / self.total_steps
        return TrainingStep(number, self.total_steps, epoch, loss, tokens, tokens / seconds, self.spent_s, left)

    @property
    def _pad_id(self) -> int:
        pad = self.base.tokenizer.pad_token_id
        return int(pad if pad is not None else self.base.tokenizer.eos_token_id)


def _learnt(batch: Batch) -> int:
    """How many tokens of the batch are learnt."""
    return int((batch.targets != -100).sum())


def _finite(value: float, what: str, step: int) -> float:
    if not math.isfinite(value):
        raise TrainingFailed(
            f"The {what} is {value} at step {step}.",
            hint="Lower the learning rate (half of it is a good next try), or look at the examples of the set.",
        )
    return value


def _share_of_rate(step: int, total: int) -> float:
    """Rises over the first tenth of the steps, then falls as a cosine to nearly nothing."""
    warm = max(1, round(total * _WARM_SHARE))
    if step <= warm:
        return step / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm + 1)))
