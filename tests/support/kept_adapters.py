"""Adapters that stand in a workspace as if they had been trained: a card for the built-in base, and given bytes."""

from datetime import UTC, datetime
from pathlib import Path

from lib.training.adapter_store import AdapterStore, AdapterWeights
from lib.training.values import Adapter, TrainingSettings
from lib.weights import CHAT_MODEL

MADE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BASE_SHA256 = next(sha256 for name, sha256 in CHAT_MODEL.files if name.endswith(".gguf"))


def keep_adapter(data_dir: Path, name: str = "tickets", *, gguf: bytes = b"weights", instruction: str = "") -> Adapter:
    """Keep it in the default workspace, in place of one of that name. Stand-in models ask nothing of its bytes."""
    card = Adapter(
        name, "SmolLM2-135M-Instruct", BASE_SHA256, TrainingSettings(), "tickets", "0" * 64, 120, MADE, 90.0, 45, 45,
        instruction,
    )  # fmt: skip
    return AdapterStore(data_dir).keep("default", card, AdapterWeights(b"{}", gguf))
