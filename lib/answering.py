"""The models that can answer, and the approaches built on them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lib.approaches.extractive import ExtractiveApproach
from lib.approaches.prompt_only import PromptOnlyApproach
from lib.approaches.rag import RagApproach
from lib.errors import BadInput
from lib.protocols import Approach, Embedder, Generator, Retriever
from lib.settings import ModelChoice, ModelKind, Workspace

MakeGenerator = Callable[[ModelChoice, str], Generator]
"""A generator for a choice and its key."""


class Answering:
    """Makes approaches from a workspace's settings; `makers` says how each kind of model is reached."""

    def __init__(
        self, embedder: Embedder, makers: Mapping[ModelKind, MakeGenerator], close: Callable[[], None]
    ) -> None:
        self.embedder = embedder
        self._makers = makers
        self._close = close

    def close(self) -> None:
        """Stop the models that run on this machine."""
        self._close()

    def generator(self, choice: ModelChoice, *, key: str = "") -> Generator:
        """The model that was chosen; raises BadInput for a kind that generates nothing."""
        if choice.kind not in self._makers:
            raise BadInput(
                f"The {choice.kind} answerer quotes passages and generates nothing.",
                hint="Prompt-only needs a model: choose the built-in one or an endpoint under Models.",
            )
        return self._makers[choice.kind](choice, key)

    def prompt_only(self, workspace: Workspace, *, key: str = "") -> Approach:
        """The model with the question alone, or with the text attached in the workspace."""
        model = self.generator(workspace.model, key=key)
        return PromptOnlyApproach(model, workspace.prompt_only, attached=workspace.attached)

    def rag(self, workspace: Workspace, retriever: Retriever, *, key: str = "") -> Approach:
        """Retrieval, then the workspace's model, or the quoting answerer, on what was found."""
        top_k = workspace.retrieval.top_k
        if workspace.model.kind == "extractive":
            return ExtractiveApproach(retriever, self.embedder, workspace.rag, top_k=top_k)
        model = self.generator(workspace.model, key=key)
        settings = replace(workspace.rag, sentences=workspace.rag.sentences_read(workspace.model.kind))
        return RagApproach(retriever, self.embedder, model, settings, top_k=top_k)
