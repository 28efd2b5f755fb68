"""The nearest-neighbour floor: the answer of the training example that is most like the question, with no training.

A tuned model that does not beat it on the same examples has learnt nothing that a look-up would not give. Both ways
of likeness are real searches: BM25 over words, and cosine of embeddings; which one and how many neighbours vote is
chosen on the validation examples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lib.evaluation.answer_metrics import token_f1
from lib.evaluation.task_form import TaskForm
from lib.protocols import Embedder
from lib.retrieval.lexical import LexicalIndex
from lib.training.values import TrainingExample, TrainingSet

NEIGHBOURS = (1, 2, 3, 4, 5)
Likeness = Literal["words", "meaning"]
_Likenesses = Callable[[str], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class FloorChoice:
    """Which floor was chosen: by what likeness, how many neighbours vote, and its share right on the validation."""

    likeness: Likeness = "words"
    neighbours: int = 1
    share: float = 0.0

    @property
    def words(self) -> str:
        """The choice in words, for people."""
        how = "BM25 over words" if self.likeness == "words" else "cosine of MiniLM embeddings"
        vote = "the nearest example answers" if self.neighbours == 1 else f"the {self.neighbours} nearest examples vote"
        return f"{how}, {vote}"


class NearestNeighbour:
    """Answers with a training example's output. `choice` says how it was chosen."""

    def __init__(self, training_set: TrainingSet, form: TaskForm, embedder: Embedder | None = None) -> None:
        """Choose on the validation examples, or leaving one out of the training ones where there are none.

        Ties go to words before meaning and to fewer neighbours. Raises ValueError for a set without training examples.
        """
        if not training_set.train:
            raise ValueError("a floor needs training examples")
        self._train, self._form = training_set.train, form
        lexical = LexicalIndex([example.input for example in self._train])
        self._ways: dict[Likeness, _Likenesses] = {"words": lexical.scores}
        if embedder is not None:
            vectors, embed = embedder.embed([example.input for example in self._train]), embedder.embed
            self._ways["meaning"] = lambda question: np.asarray(vectors @ embed([question])[0], np.float32)
        self.choice = self._chosen(training_set.validation)

    def answer(self, question: str) -> str:
        """The output of the nearest example among those whose label wins the vote."""
        scores = self._ways[self.choice.likeness](question)
        return self._vote(scores, self.choice.neighbours)

    def _chosen(self, validation: Sequence[TrainingExample]) -> FloorChoice:
        found = [
            FloorChoice(likeness, neighbours, share)
            for likeness in self._ways
            for neighbours, share in self._shares(likeness, validation)
        ]
        return max(found, key=lambda one: (one.share, one.likeness == "words", -one.neighbours))

    def _shares(self, likeness: Likeness, validation: Sequence[TrainingExample]) -> list[tuple[int, float]]:
        asked = validation or self._train
        scored = [self._ways[likeness](example.input) for example in asked]
        if not validation:
            for place, scores in enumerate(scored):
                scores[place] = -np.inf
        shares = []
        for neighbours in NEIGHBOURS[: max(1, len(self._train) - 1)]:
            right = [
                self._worth(self._vote(scores, neighbours), example.output)
                for scores, example in zip(scored, asked, strict=True)
            ]
            shares.append((neighbours, sum(right) / len(right)))
        return shares

    def _worth(self, said: str, wanted: str) -> float:
        if self._form.labels:
            return float(self._form.label_of(said) == self._form.label_of(wanted))
        return token_f1(said, wanted)

    def _vote(self, scores: NDArray[np.float32], neighbours: int) -> str:
        order = np.lexsort((np.arange(len(scores)), -scores))[:neighbours]
        outputs: list[str] = [self._train[place].output for place in order]
        if not self._form.labels or neighbours == 1:
            return outputs[0]
        votes: dict[str | None, float] = {}
        for place, output in zip(order, outputs, strict=True):
            label = self._form.label_of(output)
            votes[label] = votes.get(label, 0.0) + max(0.0, float(scores[place]))
        winner = max(votes, key=lambda label: votes[label])
        return next(output for output in outputs if self._form.label_of(output) == winner)
