"""Settings -> ready objects: the one module that knows every implementation."""

from datetime import UTC, datetime

from lib.answering import Answering, FindAdapter, MakeGenerator
from lib.corpus.parsing import PARSER_VERSION
from lib.corpus.parsing.guarded import ParserProcess
from lib.corpus.store import DocumentStore
from lib.domain import AdapterFile
from lib.embedding.cache import CachedEmbedder, VectorCache
from lib.embedding.hashing import HashingEmbedder
from lib.embedding.minilm import open_embedder
from lib.embedding.remembered import RememberedEmbedder
from lib.errors import BadInput, NotFound
from lib.evaluation.eval_store import EvalSetStore
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.generation.engine import BUILT_IN_MODEL_ID
from lib.generation.fakes import EchoGenerator
from lib.generation.local_models import LocalModels
from lib.generation.reader_adapter import built_in_reader
from lib.lab import Lab, Stores
from lib.owner import own
from lib.protocols import Embedder, Generator
from lib.retrieval.chroma_store import ChromaIndexes
from lib.runs.store import RunStore
from lib.searching import Searching
from lib.settings import LabSettings, ModelChoice, ModelKind
from lib.training.base import base_file
from lib.training.order import BaseFile
from lib.tuning import Tuning, TuningHouse
from lib.weights import CHAT_MODEL, chat_model_path, embedder_path


def open_lab(settings: LabSettings) -> Lab:
    """Take the data folder and make everything that works on it; models load when they are first needed.

    Raises DataFolderBusy when another process owns the folder.
    """
    ownership = own(settings.data_dir, now=datetime.now(UTC))
    store = DocumentStore(settings.data_dir, parser=PARSER_VERSION)
    embedder = _embedder(settings)
    cache = VectorCache(settings.data_dir / "vectors.sqlite")
    indexes = ChromaIndexes(settings.data_dir / "chroma")
    remembered = RememberedEmbedder(embedder, cache)
    vectors = CachedEmbedder(embedder, cache)
    searching = Searching(store, indexes, vectors, questions=remembered, parser=PARSER_VERSION)
    models = LocalModels(threads=settings.threads)
    reader = _no_reader if settings.fake_models else built_in_reader
    tuning = Tuning(settings.data_dir, TuningHouse(_base, reader, models.training, settings.threads))
    answering = _answering(settings, remembered, models, tuning.adapter_file)
    stores = Stores(store, RunStore(settings.data_dir / "runs.sqlite"), EvalSetStore(settings.data_dir), tuning)
    return Lab(ownership, stores, searching, answering, ParserProcess())


def _embedder(settings: LabSettings) -> Embedder:
    if settings.fake_models:
        return HashingEmbedder()
    return open_embedder(embedder_path(), threads=settings.threads)


def _answering(settings: LabSettings, embedder: Embedder, models: LocalModels, adapter_file: FindAdapter) -> Answering:
    """The table of models: kind -> how it is reached. With fake models the echo answers for the built-in one."""
    local = _echo if settings.fake_models else models.client
    makers: dict[ModelKind, MakeGenerator] = {
        "built-in": lambda _choice, _key, adapter: local("", adapter),
        "gguf": lambda choice, _key, adapter: local(_own_model(choice), adapter),
        "endpoint": lambda choice, key, _adapter: _endpoint(choice, key),
        "echo": lambda _choice, _key, _adapter: _echo("", None),
    }
    return Answering(embedder, makers, models.close, adapter_file)


def _base(path: str) -> BaseFile:
    """What is trained on: the built-in model where no other GGUF is named."""
    return base_file(path) if path else BaseFile(chat_model_path(), CHAT_MODEL.files[0][1], BUILT_IN_MODEL_ID)


def _no_reader() -> AdapterFile:
    raise NotFound("With fake models there is no built-in reader.", hint="Answer with an adapter of your own.")


def _own_model(choice: ModelChoice) -> str:
    if not choice.model.strip():
        raise BadInput("No model file is chosen.", hint="Choose one under Models, or the built-in model.")
    return choice.model


def _echo(_model: str, adapter: AdapterFile | None) -> Generator:
    return EchoGenerator(adapter=adapter.name if adapter else "")


def _endpoint(choice: ModelChoice, key: str) -> Generator:
    if not choice.model.strip():
        raise BadInput("No model is named for the endpoint.", hint="Name one under Models; Test lists what it offers.")
    return ChatClient(choice.model, Endpoint(choice.base_url, key), context_tokens=choice.context_tokens)
