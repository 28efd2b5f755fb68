"""Adapters on disk for the tests of pages: their weights are nothing, since stand-in models only echo."""

from datetime import UTC, datetime

from lib.training.adapter_store import AdapterWeights
from lib.training.set_store import version_of
from lib.training.values import Adapter, TrainingSet, TrainingSettings
from pages.ui import services


def keep_adapter(name: str, training_set: TrainingSet, settings: TrainingSettings | None = None) -> Adapter:
    """An adapter of the default workspace, as if it had been trained on the set as it is now."""
    return services.lab().tuning.adapters.keep(
        "default",
        Adapter(
            name=name,
            base="echo (fake)",
            base_sha256="0" * 64,
            settings=settings or TrainingSettings(),
            trainset=training_set.name,
            trainset_sha256=version_of(training_set),
            examples=len(training_set.train),
            made_at=datetime(2026, 11, 21, tzinfo=UTC),
            seconds=71.0,
            kept_step=60,
            steps=64,
        ),
        AdapterWeights(f"weights of {name}".encode(), f"gguf of {name}".encode()),
    )
