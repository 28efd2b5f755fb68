"""An embedding model's own tokenizer, read from its `tokenizer.json`; needs neither torch nor transformers."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lib.errors import WeightsMissing

if TYPE_CHECKING:
    import tokenizers

# Long texts are tokenized in pieces, cut at white space, where the words of one piece say nothing about the next.
_PIECE = re.compile(r"\S[\s\S]{0,20000}(?=\s|\Z)|\S+")


class WordPieceTokenizer:
    """Splits text as the model does, without special tokens and without truncation. Safe in many threads."""

    def __init__(self, file: Path) -> None:
        """Read `tokenizer.json`. Raises WeightsMissing when it is not there."""
        if not file.is_file():
            raise WeightsMissing(f"There is no tokenizer file {file}.", hint="Choose a folder with a tokenizer.json.")
        from tokenizers import Tokenizer

        # Nothing is set on it after this, so threads may share it ("Already borrowed" comes from setting).
        self._tokenizer: tokenizers.Tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @property
    def special_tokens(self) -> int:
        """How many tokens the model adds around one text."""
        return int(self._tokenizer.num_special_tokens_to_add(False))

    @property
    def frame(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the special tokens put before and after a text."""
        encoding = self._tokenizer.encode("a")
        inner = encoding.special_tokens_mask.index(0)
        ids = np.array(encoding.ids, np.int64)
        return ids[:inner], ids[inner + 1 :]

    def spans(self, text: str) -> NDArray[np.int64]:
        """Character spans of the tokens, shape (n, 2), in order of the text; never truncated."""
        return self.encode(text)[1]

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        return len(self.spans(text))

    def encode(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The tokens' numbers, shape (n,), and character spans, shape (n, 2)."""
        ids: list[list[int]] = []
        spans: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
        for offset, piece in _pieces(text):
            encoding = self._tokenizer.encode(piece, add_special_tokens=False)
            ids.append(encoding.ids)
            spans.append(np.array(encoding.offsets, np.int64).reshape(-1, 2) + offset)
        return np.fromiter(itertools.chain.from_iterable(ids), np.int64), np.concatenate(spans)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    for match in _PIECE.finditer(text):
        yield match.start(), match[0]
