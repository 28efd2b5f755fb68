"""The built-in reader: does its answer hold the gold answer, cite the gold passage, and say when nothing holds it?

Default retrieval and best sentences, on the half of the sample eval sets that the reader never saw and on XQuAD; the
base model beside it. Unanswerable are the eval sets' own such questions, and XQuAD's with the gold passage taken away.
The shipped reader has seen all of XQuAD's articles: the honest figures on the last twelve are those of the mean of runs
a4 and a5 of benchmarks/reader_training.py (--adapter FOLDER/a4-a5.gguf).

python benchmarks/reader.py [--smoke] [--adapter FILE] [--sentences K] [--every N] [--without-base]
"""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from answers import lab_with
from measure import Row, print_table
from reader_examples import (
    SAMPLE_CORPORA,
    Asked,
    eval_asked,
    made_up_asked,
    sample_uploads,
    xquad_asked,
    xquad_uploads,
)

from lib.approaches.rag import RagApproach
from lib.approaches.reader_rag import ReaderRagApproach
from lib.domain import AdapterFile, Answer, Answered, Passage
from lib.evaluation.answer_metrics import gold_contained, token_f1
from lib.generation.engine import Engine, built_in_client
from lib.generation.reader_adapter import READER_INSTRUCTION, built_in_reader
from lib.lab import Lab
from lib.protocols import Generator, Retriever
from lib.settings import BUILT_IN_READER, PromptSettings, Workspace
from lib.weights import CHAT_MODEL, chat_model_path

AT_A_TIME = 2
_MORE_PASSAGES = 4
_BARS = {"gold": 0.62, "f1": 0.68, "cited": 0.85, "precision": 0.80, "recall": 0.70}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a question; `hidden` says that the gold passage was taken away before it was asked."""

    asked: Asked
    answer: Answer
    hidden: bool = False

    @property
    def answerable(self) -> bool:
        return self.asked.answer is not None and not self.hidden


class Blindfolded:
    """A retriever that does not find the passages of the evidence; the next best take their places."""

    def __init__(self, retriever: Retriever, asked: Asked) -> None:
        self._retriever, self._asked = retriever, asked

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:
        found = self._retriever.retrieve(query, top_k=top_k + _MORE_PASSAGES)
        left = [passage for passage in found if not overlaps(passage, self._asked)]
        return tuple(replace(passage, rank=rank) for rank, passage in enumerate(left[:top_k], start=1))


def overlaps(passage: Passage, asked: Asked) -> bool:
    chunk = passage.chunk
    return any(chunk.document == name and chunk.start < end and start < chunk.end for name, start, end in asked.spans)


@dataclass(frozen=True, slots=True)
class Answerer:
    """The base or the reader, asked through the product's own RAG."""

    generator: Generator
    adapter: AdapterFile | None
    settings: PromptSettings

    def ask(self, lab: Lab, asked: Asked, *, hidden: bool) -> Answer:
        workspace = Workspace()
        found = lab.retriever(workspace.id, workspace.chunking, workspace.retrieval)
        retriever = Blindfolded(found, asked) if hidden else found
        kind = RagApproach if self.adapter is None else ReaderRagApproach
        top_k = workspace.retrieval.top_k
        rag = kind(retriever, lab.searching.questions, self.generator, self.settings, top_k=top_k)
        last = list(rag.answer(asked.question))[-1]
        assert isinstance(last, Answered)
        return last.answer


def asked_all(lab: Lab, answerer: Answerer, asked: Sequence[Asked], *, hide: bool) -> list[Said]:
    """The answers to all, and with `hide` once more without the gold passage, where nothing else holds the answer."""
    jobs = [(one, hidden) for one in asked for hidden in ((False, True) if hide else (False,))]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        said = list(pool.map(lambda job: Said(job[0], answerer.ask(lab, job[0], hidden=job[1]), job[1]), jobs))
    return [one for one in said if not one.hidden or not _still_there(one)]


def _still_there(said: Said) -> bool:
    gold = said.asked.answer or ""
    return any(gold_contained(passage.chunk.text, gold) for passage in said.answer.passages)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of answers comes to; shares from 0 to 1."""

    answerable: int
    gold: float
    f1: float
    cited: float
    in_passages: float
    unanswerable: int
    precision: float
    recall: float
    wrongly: float
    words: float


def figures(said: Sequence[Said]) -> Figures:
    there = [one for one in said if one.answerable]
    none = [one for one in said if not one.answerable]
    given = [one for one in there if not one.answer.abstained]
    abstained = [one for one in said if one.answer.abstained]
    return Figures(
        len(there),
        _mean([gold_contained(_text(one), one.asked.answer or "") for one in there]),
        _mean([token_f1(_text(one), one.asked.answer or "") for one in there]),
        _mean([any(overlaps(c.passage, one.asked) for c in one.answer.citations) for one in given]),
        _mean([any(overlaps(passage, one.asked) for passage in one.answer.passages) for one in there]),
        len(none),
        _mean([not one.answerable for one in abstained]),
        _mean([one.answer.abstained for one in none]),
        _mean([one.answer.abstained for one in there]),
        _mean([len(one.answer.text.split()) for one in given]),
    )


def _text(said: Said) -> str:
    return "" if said.answer.abstained else said.answer.text


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def rows_of(name: str, result: Figures, *, judged: bool) -> list[Row]:
    """The rows of one set; `judged` holds them against the bars."""

    def row(what: str, value: float, bar: str = "", detail: str = "") -> Row:
        held = value >= _BARS[bar] if bar and judged else None
        return Row(f"{name}: {what}", f"{value:.3f}{detail}", f">= {_BARS[bar]:.2f}" if bar and judged else "", held)

    return [
        row(f"gold contained, {result.answerable} questions", result.gold, "gold"),
        row("token F1", result.f1, "f1"),
        row("gold passage cited, of answers given", result.cited, "cited"),
        row("  gold passage found at all", result.in_passages),
        row(f"abstention precision, {result.unanswerable} unanswerable", result.precision, "precision"),
        row("abstention recall", result.recall, "recall"),
        row("  abstains although the answer is there", result.wrongly, detail=f"; {result.words:.0f} words an answer"),
    ]


def sample_said(answerer: Answerer, every: int) -> list[Said]:
    """The unseen half of both sample eval sets."""
    said: list[Said] = []
    for corpus in SAMPLE_CORPORA:
        with lab_with(sample_uploads(corpus)) as lab:
            asked = [one for one in eval_asked(corpus, lab, seen=False) if one.spans or one.answer is None]
            said += asked_all(lab, answerer, asked[::every], hide=False)
    return said


def xquad_said(answerer: Answerer, every: int) -> list[Said]:
    """XQuAD's last twelve articles, all 24 being searched."""
    with lab_with(xquad_uploads()) as lab:
        return asked_all(lab, answerer, xquad_asked()[1][::every], hide=True)


def made_up_said(answerer: Answerer) -> list[Said]:
    uploads, asked = made_up_asked()
    with lab_with(uploads) as lab:
        return asked_all(lab, answerer, asked, hide=True)


def measured(answerer: Answerer, options: argparse.Namespace, *, judged: bool) -> list[Row]:
    """The rows of every set."""
    if options.smoke:
        return rows_of("made up", figures(made_up_said(answerer)), judged=False)
    samples = xquad = ()
    rows: list[Row] = []
    if options.only != "xquad":
        samples = sample_said(answerer, options.every)
        rows += rows_of("sample eval sets", figures(samples), judged=judged)
    if options.only != "samples":
        xquad = xquad_said(answerer, options.every)
        rows += rows_of("XQuAD", figures(xquad), judged=judged)
    if options.keep:
        options.keep.write_text("".join(json.dumps(_line(one)) + "\n" for one in (*samples, *xquad)))
    return rows


def _line(said: Said) -> dict[str, object]:
    """One answer for the eye."""
    read = [message.content for message in said.answer.prompt.messages] if said.answer.prompt else []
    return {
        "question": said.asked.question,
        "gold": said.asked.answer,
        "hidden": said.hidden,
        "text": said.answer.text,
        "abstained": said.answer.abstained,
        "read": read[-1:],
    }


def adapter_of(file: Path | None) -> AdapterFile:
    """The shipped reader, or another file of the same form."""
    if file is None:
        return built_in_reader()
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    return AdapterFile(BUILT_IN_READER, file.resolve(), sha256, CHAT_MODEL.files[0][1], READER_INSTRUCTION)


@contextmanager
def engine() -> Iterator[Engine]:
    running = Engine(chat_model_path)
    try:
        yield running
    finally:
        running.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="two made-up documents")
    parser.add_argument("--adapter", type=Path, help="another reader's GGUF than the shipped one")
    parser.add_argument("--sentences", type=int, help="how many sentences are read, 0 for whole passages")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth question")
    parser.add_argument("--only", choices=("samples", "xquad"), help="one of the two sets")
    parser.add_argument("--without-base", action="store_true", help="leave the base model out")
    parser.add_argument("--keep", type=Path, help="write every answer of the reader to this file")
    options = parser.parse_args()
    adapter = adapter_of(options.adapter)
    settings = PromptSettings(sentences=options.sentences)
    with engine() as running:
        began = time.perf_counter()
        reader = Answerer(built_in_client(running, adapter), adapter, settings)
        print_table("The built-in reader", measured(reader, options, judged=True))
        print(f"\n{time.perf_counter() - began:.0f} s")
        if not options.without_base:
            options.keep = None
            base = Answerer(built_in_client(running), None, PromptSettings(sentences=1))
            print_table("The base model", measured(base, options, judged=False))


if __name__ == "__main__":
    main()
