"""Embeddings from an OpenAI-compatible endpoint (OpenAI, Ollama, vLLM, LM Studio)."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.embedding.batching import embed_in_batches, gather, unit_rows
from lib.errors import ModelNonsense, ModelRefused, ModelTimeout, ModelUnreachable
from lib.settings import LIMITS

if TYPE_CHECKING:
    import openai

_BATCH_TEXTS = 64
_PIECE_CHARACTERS = 4


class EstimatedTokenizer:
    """Tokens as an endpoint might count them, which nobody outside knows: words, in pieces of four characters."""

    def spans(self, text: str) -> NDArray[np.int64]:
        """Character spans of the pieces, shape (n, 2), in order of the text."""
        spans = [match.span() for match in re.finditer(rf"\w{{1,{_PIECE_CHARACTERS}}}|[^\w\s]", text)]
        return np.array(spans, np.int64).reshape(-1, 2)

    def count(self, text: str) -> int:
        """How many pieces the text has."""
        return len(self.spans(text))


class EndpointEmbedder:
    """Texts -> unit vectors by `POST /embeddings`. The key is held by the client and shown nowhere."""

    def __init__(self, model: str, *, base_url: str, key: str = "", max_tokens: int = 512) -> None:
        """Asks nothing yet. `max_tokens` is the model's window, which the protocol does not tell."""
        self.model_id = f"{model} at {base_url}"
        self.max_tokens = max_tokens
        self.tokenizer = EstimatedTokenizer()
        self._model, self._base_url, self._key = model, base_url, key

    @cached_property
    def dimensions(self) -> int:
        """Length of one vector; asked of the endpoint the first time."""
        return int(self._embed(["dimensions"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; shape (0, dimensions) for none. Texts over `max_tokens` are cut at it.

        Raises ModelUnreachable, ModelTimeout, ModelRefused or ModelNonsense.
        """
        batches = embed_in_batches([self._fitting(text) for text in texts], self._embed, size=_BATCH_TEXTS)
        return gather(batches, count=len(texts), dimensions=self.dimensions)

    def _fitting(self, text: str) -> str:
        spans = self.tokenizer.spans(text)
        # Endpoints refuse an empty text; a full stop stands for it.
        return (text if len(spans) <= self.max_tokens else text[: int(spans[self.max_tokens - 1, 1])]) or "."

    def _embed(self, texts: Sequence[str]) -> Vectors:
        import openai

        try:
            reply = self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        except openai.APITimeoutError as error:
            message = f"{self._model!r} did not embed {len(texts)} texts in {LIMITS.first_token_timeout_s:g} s."
            raise ModelTimeout(message, hint="Try again, or choose a faster model.") from error
        except openai.APIConnectionError as error:
            hint = "Start the server, or correct the address under Models."
            raise ModelUnreachable(f"Nothing answers at {self._base_url}.", hint=hint) from error
        except openai.APIStatusError as error:
            hint = "Check the key and the model's name under Models."
            raise ModelRefused(f"{self._base_url} refused {self._model!r}: {error.message}", hint=hint) from error
        except (openai.OpenAIError, ValueError) as error:
            raise self._nonsense(str(error)) from error
        return self._vectors(reply, count=len(texts))

    def _vectors(self, reply: "openai.types.CreateEmbeddingResponse", *, count: int) -> Vectors:
        try:
            rows = {int(row.index): row.embedding for row in reply.data}
            vectors = np.array([rows[index] for index in range(count)], np.float32)
        # The client does not check what it is sent, so anything may stand where a vector should.
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._nonsense(f"no vector for each of {count} texts") from error
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise self._nonsense("the vectors are no lists of numbers of one length")
        return unit_rows(vectors)

    def _nonsense(self, what: str) -> ModelNonsense:
        message = f"{self._base_url} did not answer with embeddings: {what}."
        return ModelNonsense(message, hint="Is this an OpenAI-compatible embeddings endpoint?")

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai

        return openai.OpenAI(
            base_url=self._base_url,
            api_key=self._key or "none",
            timeout=LIMITS.first_token_timeout_s,
            max_retries=LIMITS.provider_retries,
        )
