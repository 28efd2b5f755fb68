"""What the built-in reader learns from: questions, what the lab finds and ranks for them, and examples made of it.

Sources: benchmarks/reader_data (invented documents with questions, and questions on the sample corpora), the halves of
the sample eval sets that the reader may see, and XQuAD's articles from OPENBOOK_BENCH.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from answers import lab_with, made_up
from measure import ROOT, bench_dir, read_jsonl

from lib.approaches.prompting import Reading, Task, build_prompt
from lib.approaches.ranking import Ranking, rank_sentences
from lib.approaches.reading import numbered_passage, numbered_sentences, reader_answer
from lib.corpus.outcomes import Upload
from lib.corpus.quotes import find_quote
from lib.domain import Message, Passage, Sentence
from lib.evaluation.answer_metrics import gold_contained
from lib.generation.fakes import EchoGenerator
from lib.generation.reader_adapter import NO_ANSWER, READER_INSTRUCTION
from lib.lab import Lab
from lib.settings import PromptSettings, Workspace
from lib.training.values import TrainingExample

DATA = ROOT / "benchmarks" / "reader_data"
SAMPLES = ROOT / "sample_docs"
SAMPLE_CORPORA = ("company", "longdoc")
TRAINED_ARTICLES = 12
"""Of XQuAD's 24 articles, in the order of the eval file, run A trains on these first ones and is tested on the rest."""
_LIMIT = re.compile(
    r"\b(over|about|around|approximately|nearly|almost|roughly|only|(more|less|fewer) than|at (least|most)|up to) $",
    re.I,
)
_PASSAGE_SHARE = 0.06
_TAKEN_AWAY_SHARE = 0.15
_RANKED_SHARE = 0.7
_SENTENCES = (1, 2, 2, 3, 3, 3, 4, 4)
"""How many sentences an example has, drawn from these."""

Span = tuple[str, int, int]
"""A document's name, and the characters [start, end) of its text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one corpus; `spans` are those of its evidence, none where nothing answers it."""

    id: str
    question: str
    answer: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the lab's default settings find for a question: all that the reader could be shown."""

    asked: Asked
    passages: tuple[Passage, ...]
    ranking: Ranking

    def is_gold(self, sentence: Sentence) -> bool:
        """Whether the sentence stands in the evidence or around it."""
        document = self.passages[sentence.passage_rank - 1].chunk.document
        return any(
            document == name and sentence.start < end and start < sentence.end
            for name, start, end in self.asked.spans
        )  # fmt: skip


# Sources


def is_seen(case_id: str) -> bool:
    """Whether a case of the sample eval sets is of the half that may be trained on: an even sha256 of its id."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % 2 == 0


def authored() -> tuple[tuple[Upload, ...], list[Asked]]:
    """The invented documents and their questions."""
    uploads, asked = [], []
    for part in ("a", "b"):
        for number, row in enumerate(read_jsonl(DATA / f"documents-{part}.jsonl")):
            name, text = f"{part}{number:02d}.md", f"# {row['title']}\n\n{row['text']}"
            uploads.append(Upload(name, text.encode()))
            asked += [
                Asked(f"{part}{number:02d}-{place}", q["question"], q["answer"], _span(name, text, q.get("quote")))
                for place, q in enumerate(row["questions"])
            ]
    return tuple(uploads), asked


def sample_uploads(corpus: str) -> tuple[Upload, ...]:
    """The documents of a sample corpus."""
    return tuple(Upload(file.name, file.read_bytes()) for file in sorted((SAMPLES / corpus / "docs").iterdir()))


def sample_asked(corpus: str, lab: Lab) -> list[Asked]:
    """The questions written for the reader on a sample corpus, their quotes found in the documents as they are read."""
    rows = [row for row in read_jsonl(DATA / "sample_questions.jsonl") if row["corpus"] == corpus]
    return [
        Asked(
            f"{corpus}-reader-{number}",
            row["question"],
            row["answer"],
            _span(row["document"], lab.document("default", row["document"]).text, row.get("quote")),
        )
        for number, row in enumerate(rows)
    ]


def eval_asked(corpus: str, lab: Lab, *, seen: bool) -> list[Asked]:
    """One half of a sample corpus's eval set."""
    rows = [row for row in read_jsonl(SAMPLES / corpus / "evalset.jsonl") if is_seen(row["id"]) is seen]
    return [
        Asked(
            row["id"],
            row["question"],
            row["answer"] if row["answerable"] else None,
            tuple(
                span
                for one in row["evidence"]
                for span in _span(one["document"], lab.document("default", one["document"]).text, one["quote"])
            ),
        )
        for row in rows
    ]


def xquad_uploads() -> tuple[Upload, ...]:
    """All 24 articles."""
    return tuple(Upload(file.name, file.read_bytes()) for file in sorted((bench_dir("xquad") / "docs").iterdir()))


def xquad_asked() -> tuple[list[Asked], list[Asked]]:
    """The questions on the first twelve articles, and those on the others."""
    rows = read_jsonl(bench_dir("xquad") / "eval.jsonl")
    articles = list(dict.fromkeys(row["evidence"][0]["document"] for row in rows))
    first = set(articles[:TRAINED_ARTICLES])
    halves: tuple[list[Asked], list[Asked]] = [], []
    for row in rows:
        one = row["evidence"][0]
        asked = Asked(row["id"], row["question"], row["answer"], ((one["document"], one["start"], one["end"]),))
        halves[one["document"] not in first].append(asked)
    return halves


def article_asked(*, first: bool) -> list[Asked]:
    """More questions on the first twelve articles, or on the others, written for the reader."""
    first_names = {name for asked in xquad_asked()[0] for name, _, _ in asked.spans}
    return [
        Asked(
            f"article-{number}",
            row["question"],
            row["answer"],
            ((row["document"], row["start"], row["start"] + len(row["answer"])),),
        )
        for number, row in enumerate(read_jsonl(DATA / "article_questions.jsonl"))
        if (row["document"] in first_names) is first
    ]


def made_up_asked() -> tuple[tuple[Upload, ...], list[Asked]]:
    """The two made-up documents, four questions on them and one that they do not answer, for smoke runs."""
    uploads, cases = made_up()
    asked = []
    for number, case in enumerate(cases):
        text = next(upload.content for upload in uploads if upload.name == case.document).decode()
        start = text.index(case.gold)
        span = (case.document, start, start + len(case.gold))
        asked.append(Asked(f"made-up-{number}", case.question, case.gold, (span,)))
    return uploads, [*asked, Asked("made-up-none", "What does a parking space cost?", None, ())]


def _span(name: str, text: str, quote: str | None) -> tuple[Span, ...]:
    span = find_quote(text, quote) if quote else None
    return ((name, *span),) if span else ()


def found_by(lab: Lab, asked: Sequence[Asked]) -> Iterator[Found]:
    """What the lab's defaults find for each question."""
    workspace = Workspace()
    for one in asked:
        passages = lab.passages(workspace, one.question)
        yield Found(one, passages, rank_sentences(one.question, passages, lab.searching.questions))


# Examples


def whole_passages(found: Found, draw: random.Random) -> TrainingExample | None:
    """Two whole passages in either order, one of them with the answer; None where no one sentence holds it."""
    gold = _gold(found)
    others = [one for one in found.passages if not gold or one.rank != gold[0].passage_rank]
    if found.asked.answer is None or not gold or not others:
        return None
    texts = [found.passages[gold[0].passage_rank - 1], others[draw.randrange(min(2, len(others)))]]
    draw.shuffle(texts)
    return _example(found, texts, gold[0])


def example_of(found: Found, draw: random.Random) -> TrainingExample | None:
    """One example made of what was found, its kind drawn; None where no one sentence holds the gold answer."""
    if found.asked.answer is None:
        return _example(found, _sentences_read(found.ranking.sentences, None, draw), None)
    clear, gold = _without_answer(found), _gold(found)
    if not gold:
        return None
    kind = draw.random()
    if kind < _TAKEN_AWAY_SHARE and clear:
        return _example(found, _sentences_read(clear, None, draw), None)
    one = gold[0]
    if kind < _TAKEN_AWAY_SHARE + _PASSAGE_SHARE:
        return _example(found, _with_passage(found, one, clear, draw), one)
    return _example(found, _sentences_read(found.ranking.sentences, one, draw), one)


def _gold(found: Found) -> list[Sentence]:
    """The evidence's sentences that hold the answer itself."""
    answer = found.asked.answer or ""
    return [s for s in found.ranking.sentences if found.is_gold(s) and gold_contained(s.text, answer)]


def _without_answer(found: Found) -> list[Sentence]:
    """What is left when the evidence, and whatever else holds the answer's words, is taken away."""
    answer = found.asked.answer or ""
    return [s for s in found.ranking.sentences if not found.is_gold(s) and not gold_contained(s.text, answer)]


def _sentences_read(ranked: Sequence[Sentence], gold: Sentence | None, draw: random.Random) -> list[Sentence]:
    """The best few, mostly in their order; the gold one takes a place among them if it is not there."""
    few = list(ranked[: draw.choice(_SENTENCES)])
    if gold is not None and gold not in few:
        few[draw.randrange(len(few))] = gold
    if draw.random() > _RANKED_SHARE:
        draw.shuffle(few)
    return few


def _with_passage(
    found: Found, gold: Sentence, clear: Sequence[Sentence], draw: random.Random
) -> list[Sentence | Passage]:
    """The gold passage whole, in any place among one or two sentences of others."""
    others = [s for s in clear if s.passage_rank != gold.passage_rank][: draw.choice((1, 2))]
    texts: list[Sentence | Passage] = [found.passages[gold.passage_rank - 1], *others]
    draw.shuffle(texts)
    return texts


def _example(found: Found, texts: Sequence[Sentence | Passage], gold: Sentence | None) -> TrainingExample:
    names = {passage.rank: passage.chunk.document for passage in found.passages}
    readings = tuple(_reading(text, names) for text in texts)
    task = Task(READER_INSTRUCTION, found.asked.question, PromptSettings(), readings)
    answer = NO_ANSWER if gold is None else reader_answer(_as_it_stands(found, gold), gold.passage_rank)
    prompt = build_prompt(task, EchoGenerator(context_tokens=10**6))
    return TrainingExample(found.asked.id, (*prompt.messages, Message("assistant", answer)))


def _as_it_stands(found: Found, gold: Sentence) -> str:
    """The answer in the sentence's own letters, since the reader can only copy, with an "over" or "at least" before it.

    As it was given where it is not in the sentence.
    """
    answer, text = found.asked.answer or "", " ".join(gold.text.split())
    start = text.lower().find(answer.lower())
    if start < 0:
        return answer
    limit = _LIMIT.search(text[:start])
    return text[limit.start() if limit else start : start + len(answer)]


def _reading(text: Sentence | Passage, names: dict[int, str]) -> Reading:
    return numbered_passage(text) if isinstance(text, Passage) else numbered_sentences([text], names)[0]


# All of it


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that was found, by source."""

    authored: tuple[Found, ...]
    samples: tuple[Found, ...]
    halves: tuple[Found, ...]
    first_articles: tuple[Found, ...]
    other_articles: tuple[Found, ...]
    more_on_first: tuple[Found, ...]
    more_on_others: tuple[Found, ...]


def gather() -> Material:
    """Let the lab find and rank for every question that may be trained on; takes a few minutes."""
    uploads, asked = authored()
    with lab_with(uploads) as lab:
        invented = tuple(found_by(lab, asked))
    samples: list[Found] = []
    halves: list[Found] = []
    for corpus in SAMPLE_CORPORA:
        with lab_with(sample_uploads(corpus)) as lab:
            samples += found_by(lab, sample_asked(corpus, lab))
            halves += found_by(lab, eval_asked(corpus, lab, seen=True))
    first, others = xquad_asked()
    with lab_with(xquad_uploads()) as lab:
        sets = (first, others, article_asked(first=True), article_asked(first=False))
        xquad = (tuple(found_by(lab, asked)) for asked in sets)
        return Material(invented, tuple(samples), tuple(halves), *xquad)


def write_examples(path: Path, examples: Sequence[TrainingExample]) -> None:
    """One example a line: its id and its messages."""
    rows = [
        {"id": one.id, "messages": [{"role": m.role, "content": m.content} for m in one.messages]} for one in examples
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read_examples(path: Path) -> list[TrainingExample]:
    """What `write_examples` wrote."""
    return [
        TrainingExample(row["id"], tuple(Message(m["role"], m["content"]) for m in row["messages"]))
        for row in read_jsonl(path)
    ]
