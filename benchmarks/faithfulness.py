"""Faithfulness without a judge: does the check tell gold answers from the same sentences made false?

Gold answers of XQuAD and of the sample eval sets, put into sentences, against the same with a name or number swapped,
another question's answer, or a negation (benchmarks/corruptions.py); each is judged by the passages that hold the gold
answer. AUC: the chance that a true sentence scores above a false one made from a case of the same kind. Bars: >= .92
where the replacement comes from elsewhere, >= .75 where it stands in the same passage, >= 200 sentences a second.
Beside it the share of the sentence's words that the passage's best sentence holds, weighted by rarity.

python benchmarks/faithfulness.py [--smoke] [--fit | --half tuning|testing]

`--fit` fits the score's weights on the tuning half and prints them; `--half tuning` leaves the testing half unseen.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from corruptions import Case, Corruption, Half, Kind, Origin, corruptions, made_up_cases, sample_cases, xquad_cases
from measure import Row, print_table
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.embedding.hashing import HashingEmbedder
from lib.embedding.minilm import open_embedder
from lib.evaluation.claims import claim_of, words_shared
from lib.evaluation.statements import Pool, check_spans
from lib.evaluation.support_score import Fit, aim_of
from lib.protocols import Embedder
from lib.records import StatementCheck, Support
from lib.weights import embedder_path

BARS = {Origin.ELSEWHERE: 0.92, Origin.SAME_PASSAGE: 0.75}
SENTENCES_PER_S = 200.0
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence, true or false (`corruption` None is true), with the check's verdict and its lexical coverage."""

    case: Case
    corruption: Corruption | None
    check: StatementCheck
    coverage: float


class Remembering:
    """Vectors of texts seen before, so that the check can be timed without the embedding model."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder, self.held = embedder, {}
        self.model_id, self.dimensions = embedder.model_id, embedder.dimensions
        self.max_tokens, self.tokenizer = embedder.max_tokens, embedder.tokenizer
        self.seconds = 0.0

    def embed(self, texts: Sequence[str]) -> Vectors:
        absent = [text for text in dict.fromkeys(texts) if text not in self.held]
        if absent:
            began = time.perf_counter()
            self.held.update(zip(absent, self.embedder.embed(absent), strict=True))
            self.seconds += time.perf_counter() - began
        return np.stack([self.held[text] for text in texts])


def sentence(case: Case, corruption: Corruption | None) -> str:
    return case.stated if corruption is None else corruption.text


def check(case: Case, text: str, embedder: Embedder) -> StatementCheck:
    """The product's check of one sentence as one statement."""
    spans = [(0, len(text))]
    return check_spans(text, spans, lambda _statement: case.passages, embedder, question=case.question)[0]


def coverage(case: Case, text: str) -> float:
    """The share of the sentence's words that the passages' best sentence holds, weighted by rarity."""
    pool, claim = Pool(case.passages), claim_of(text)
    return max((words_shared(claim, candidate.claim, pool.weights) for candidate in pool.candidates), default=0.0)


def judged(cases: Sequence[Case], embedder: Embedder) -> list[Judged]:
    everything = [(case, None) for case in cases] + [(one.case, one) for one in corruptions(cases)]
    texts = [(case, one, sentence(case, one)) for case, one in everything]
    read = [each.sentence.text for case in cases for each in Pool(case.passages).candidates]
    embedder.embed([*read, *(case.question for case in cases), *(text for _, _, text in texts)])
    return [Judged(case, one, check(case, text, embedder), coverage(case, text)) for case, one, text in texts]


def auc(true: Sequence[float], false: Sequence[float]) -> float:
    """The chance that a true one scores above a false one; ties count half."""
    below = np.searchsorted(np.sort(false), true, "left")
    at_most = np.searchsorted(np.sort(false), true, "right")
    return float((below + at_most).mean() / 2 / len(false))


def auc_rows(found: Sequence[Judged]) -> list[Row]:
    """One row for each kind and origin, then for each origin; the true ones are those of the same cases."""
    true = {one.case.id: one for one in found if one.corruption is None}
    groups: dict[tuple[str, Origin], list[Judged]] = defaultdict(list)
    for one in found:
        if one.corruption is not None:
            groups[one.corruption.kind.value, one.corruption.origin].append(one)
            if one.corruption.origin is not Origin.NONE:
                groups[EVERYTHING, one.corruption.origin].append(one)
                groups[f"{EVERYTHING}, {one.case.material} alone", one.corruption.origin].append(one)
    rows = []
    for (kind, origin), false in sorted(
        groups.items(), key=lambda item: (item[0][1], item[0][0].startswith(EVERYTHING))
    ):
        own = [true[one.case.id] for one in false]
        checked = auc([one.check.score for one in own], [one.check.score for one in false])
        words = auc([one.coverage for one in own], [one.coverage for one in false])
        bar = BARS.get(origin, BARS[Origin.ELSEWHERE])
        what = f"{kind}, {origin.value}" if origin.value else kind
        rows.append(
            Row(what, f"{checked:.3f} (words alone {words:.3f}, n = {len(false)})", f">= {bar}", checked >= bar)
        )
    return rows


def verdict_rows(found: Sequence[Judged]) -> list[Row]:
    """How often each verdict is given, and how often it is called unsure."""
    groups: dict[str, list[StatementCheck]] = defaultdict(list)
    for one in found:
        name = "true" if one.corruption is None else f"false, {one.corruption.origin.value or Kind.NEGATION.value}"
        groups[name].append(one.check)
    rows = []
    for name, checks in groups.items():
        counts = Counter(each.support for each in checks)
        shares = ", ".join(f"{support.value} {counts[support] / len(checks):.2f}" for support in Support)
        sure = sum(each.supported and not each.unsure for each in checks) / len(checks)
        rows.append(Row(f"verdicts, {name}", f"{shares}; surely supported {sure:.2f}", ""))
    return rows


def speed_rows(found: Sequence[Judged], embedder: Remembering) -> list[Row]:
    """All sentences again, their vectors at hand; and how long the vectors took."""
    began = time.perf_counter()
    for one in found:
        check(one.case, sentence(one.case, one.corruption), embedder)
    rate = len(found) / (time.perf_counter() - began)
    embedded = len(embedder.held) / embedder.seconds if embedder.seconds else float("inf")
    return [
        Row("sentences/s, vectors remembered", f"{rate:.0f}", f">= {SENTENCES_PER_S:.0f}", rate >= SENTENCES_PER_S),
        Row("texts embedded/s, each once", f"{embedded:.0f}", ""),
    ]


def fits(cases: Sequence[Case], embedder: Embedder) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the score rests on, a row for each sentence, and whether it is true."""
    rows, true = [], []
    for case, one in [*((case, None) for case in cases), *((one.case, one) for one in corruptions(cases))]:
        pool = Pool(case.passages)
        vectors = embedder.embed([case.question, *(each.sentence.text for each in pool.candidates)])
        rows.append(astuple(pool.words.fit(aim_of(sentence(case, one), case.question), vectors[1:] @ vectors[0])))
        true.append(one is None)
    return np.array(rows, dtype=np.float64), np.array(true, dtype=np.float64)


def fitted(rows: NDArray[np.float64], true: NDArray[np.float64], *, ridge: float = 0.01) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, true and false weighing the same in all; the last weight is the bias."""
    x = np.column_stack([rows, np.ones(len(rows))])
    each = np.where(true == 1, (true == 0).sum() / max((true == 1).sum(), 1), 1.0)
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (each * (chance - true)) + ridge * weights
        curve = (x * (each * chance * (1 - chance))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def weight_rows(cases: Sequence[Case], embedder: Embedder) -> list[Row]:
    names = [*(field.name for field in fields(Fit)), "bias"]
    return [Row(name, f"{weight:.2f}", "") for name, weight in zip(names, fitted(*fits(cases, embedder)), strict=True)]


def report(half: Half, cases: Iterable[Case], embedder: Remembering) -> None:
    of_half = [case for case in cases if case.half is half]
    found = judged(of_half, embedder)
    rows = [*auc_rows(found), *verdict_rows(found), *speed_rows(found, embedder)]
    print_table(f"Faithfulness, {half.value}: {len(of_half)} true sentences, {len(found) - len(of_half)} false", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="four made-up documents and a hashing embedder")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the tuning half and print them")
    parser.add_argument("--half", choices=[half.value for half in Half], help="one half alone")
    options = parser.parse_args()
    cases = made_up_cases() if options.smoke else [*xquad_cases(), *sample_cases()]
    embedder = Remembering(HashingEmbedder() if options.smoke else open_embedder(embedder_path()))
    if options.fit:
        print_table("Weights", weight_rows([case for case in cases if case.half is Half.TUNING], embedder))
        return
    for half in [Half(options.half)] if options.half else Half:
        report(half, cases, embedder)


if __name__ == "__main__":
    main()
