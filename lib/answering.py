"""The models that can answer, and the approaches built on them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lib.approaches.extractive import ExtractiveApproach
from lib.approaches.fine_tuned import FineTunedApproach
from lib.approaches.hybrid import HybridApproach, HybridFlow
from lib.approaches.prompt_only import PromptOnlyApproach
from lib.approaches.rag import RagApproach
from lib.approaches.reader_rag import ReaderRagApproach
from lib.domain import AdapterFile
from lib.errors import BadInput, LabError, NotFound, WeightsDamaged, WeightsMissing
from lib.evaluation.faithfulness import check_answer
from lib.protocols import Approach, Embedder, Generator, Retriever
from lib.settings import BUILT_IN_READER, ModelChoice, ModelKind, Workspace

MakeGenerator = Callable[[ModelChoice, str, AdapterFile | None], Generator]
"""A generator for a choice, its key and the adapter that it answers with."""

FindAdapter = Callable[[str, str], AdapterFile]
"""The adapter of a workspace (by its id) under that name, the built-in reader under its own; raises NotFound."""

_WITH_ADAPTERS: frozenset[ModelKind] = frozenset({"built-in", "gguf"})


def no_adapters(_workspace_id: str, name: str) -> AdapterFile:
    """Where none are kept, none is found."""
    raise NotFound(f"There is no adapter {name!r}.", hint="Train one on the Fine-tune page, or with `finetune`.")


class Answering:
    """Makes approaches from a workspace's settings.

    `makers` says how each kind of model is reached, `adapter_file` where an adapter is.
    """

    def __init__(
        self,
        embedder: Embedder,
        makers: Mapping[ModelKind, MakeGenerator],
        close: Callable[[], None],
        adapter_file: FindAdapter = no_adapters,
    ) -> None:
        self.embedder = embedder
        self._makers = makers
        self._close = close
        self._adapter_file = adapter_file

    def close(self) -> None:
        """Stop the models that run on this machine."""
        self._close()

    def generator(self, choice: ModelChoice, *, key: str = "", adapter: AdapterFile | None = None) -> Generator:
        """The model that was chosen, with the adapter if one is given.

        Raises BadInput for a kind that generates nothing, and for an adapter with a model that takes none. Whether
        the adapter's file is right shows when it is asked.
        """
        if choice.kind not in self._makers:
            raise BadInput(
                f"The {choice.kind} answerer quotes passages and generates nothing.",
                hint="Prompt-only needs a model: choose the built-in one or an endpoint under Models.",
            )
        if adapter is not None and choice.kind not in _WITH_ADAPTERS:
            raise BadInput(
                f"The adapter {adapter.name!r} works inside a model on this machine, and {_reached(choice)}.",
                hint="Choose the model that it was trained on under Models, or answer without an adapter.",
            )
        return self._makers[choice.kind](choice, key, adapter)

    def adapter_file(self, workspace_id: str, name: str) -> AdapterFile:
        """The adapter of that name, the built-in reader under its own; raises NotFound, StoreDamaged."""
        return self._adapter_file(workspace_id, name)

    def prompt_only(self, workspace: Workspace, *, key: str = "") -> Approach:
        """The model with the question alone, or with the text attached in the workspace."""
        model = self.generator(workspace.model, key=key)
        return PromptOnlyApproach(model, workspace.prompt_only, attached=workspace.attached)

    def rag(self, workspace: Workspace, retriever: Retriever, *, key: str = "") -> Approach:
        """Retrieval, then the workspace's model, or the quoting answerer, on what was found.

        The built-in model reads with the built-in reader, unless that is switched off or cannot be used.
        """
        top_k = workspace.retrieval.top_k
        if workspace.model.kind == "extractive":
            return ExtractiveApproach(retriever, self.embedder, workspace.rag, top_k=top_k)
        if (reader := self.reader(workspace)) is not None:
            reading = self.generator(workspace.model, key=key, adapter=reader)
            return ReaderRagApproach(retriever, self.embedder, reading, workspace.rag, top_k=top_k)
        model = self.generator(workspace.model, key=key)
        settings = replace(workspace.rag, sentences=workspace.rag.sentences_read(workspace.model.kind))
        return RagApproach(retriever, self.embedder, model, settings, top_k=top_k)

    def fine_tuned(self, workspace: Workspace, *, key: str = "") -> Approach:
        """The base with the workspace's adapter, and nothing retrieved; raises BadInput where none is chosen."""
        if not workspace.adapter:
            raise BadInput(
                "No adapter is chosen.",
                hint="Choose or train one on the Fine-tune page; on the command line, name it with --adapter.",
            )
        adapter = self._adapter_file(workspace.id, workspace.adapter)
        model = self.generator(workspace.model, key=key, adapter=adapter)
        return FineTunedApproach(model, adapter, workspace.fine_tuned)

    def hybrid(self, workspace: Workspace, retriever: Retriever, *, key: str = "") -> Approach:
        """Retrieval, then the workspace's adapter, else the built-in reader, held to the workspace's rules."""
        adapter = self._adapter_of(workspace)
        settings = workspace.hybrid
        if adapter is None or adapter.name != BUILT_IN_READER:
            settings = replace(settings, sentences=settings.sentences_read(workspace.model.kind))
        flow = HybridFlow(
            prompt=settings,
            top_k=workspace.retrieval.top_k,
            supports=lambda answer: check_answer(answer, self.embedder).citations,
            rules=workspace.rules,
            adapter=adapter,
            enforce_schema=workspace.enforce_schema and workspace.model.kind in _WITH_ADAPTERS,
        )
        model = self.generator(workspace.model, key=key, adapter=adapter)
        return HybridApproach(retriever, self.embedder, model, flow)

    def _adapter_of(self, workspace: Workspace) -> AdapterFile | None:
        """What hybrid answers with: the adapter chosen, else the reader where one may and can be used."""
        if workspace.adapter:
            return self._adapter_file(workspace.id, workspace.adapter)
        return self.reader(workspace)

    def reader(self, workspace: Workspace) -> AdapterFile | None:
        """The built-in reader where the workspace wants it and its model can carry it; None also if it is not there."""
        if not workspace.reader or workspace.model.kind != "built-in":
            return None
        found = self._found_reader(workspace.id)
        return found if isinstance(found, AdapterFile) else None

    def reader_trouble(self, workspace: Workspace) -> LabError | None:
        """Why the built-in reader's file cannot be used, if it cannot; having none, with fake models, is no trouble."""
        found = self._found_reader(workspace.id)
        return found if isinstance(found, WeightsMissing | WeightsDamaged) else None

    def _found_reader(self, workspace_id: str) -> AdapterFile | LabError:
        try:
            return self._adapter_file(workspace_id, BUILT_IN_READER)
        except (NotFound, WeightsMissing, WeightsDamaged) as error:
            return error


def _reached(choice: ModelChoice) -> str:
    return f"{choice.model!r} answers elsewhere" if choice.kind == "endpoint" else f"the {choice.kind} model is none"
