"""Answers on XQuAD through the lab: does the answer contain the gold answer, and does the lab abstain when it should?

Every third question, default retrieval. Bars: one quoted sentence >= .75 and two >= .85; the built-in model with RAG,
without its reader (benchmarks/reader.py measures that), >= .45 while prompt-only stays <= .10. Abstention: the
questions with nothing indexed but the other articles.

python benchmarks/answers.py [--smoke] [--without-model]
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from measure import Row, bench_dir, print_table, read_jsonl

from lib.approaches.ranking import rank_sentences
from lib.corpus.outcomes import Upload
from lib.domain import Answer, Answered, ApproachName, Passage
from lib.embedding.minilm import open_embedder
from lib.lab import Lab
from lib.settings import LabSettings, RetrievalSettings, Workspace
from lib.weights import embedder_path

TOP_K = 5
AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class Case:
    question: str
    gold: str
    document: str


def made_up() -> tuple[tuple[Upload, ...], list[Case]]:
    """Two documents and four questions, for the smoke run."""
    leave = "# Leave\n\nParents in Porto take eighteen weeks of paid leave. A sick note is due from the fourth day."
    travel = "# Travel\n\nTrains are booked in second class. Flights over six hours need approval by the director."
    cases = [
        Case("How many weeks of paid leave do parents in Porto take?", "eighteen", "leave.md"),
        Case("From which day is a sick note due?", "fourth", "leave.md"),
        Case("In which class are trains booked?", "second", "travel.md"),
        Case("Who has to approve flights over six hours?", "director", "travel.md"),
    ]
    return (Upload("leave.md", leave.encode()), Upload("travel.md", travel.encode())), cases


def xquad() -> tuple[tuple[Upload, ...], list[Case]]:
    folder = bench_dir("xquad")
    uploads = tuple(Upload(file.name, file.read_bytes()) for file in sorted((folder / "docs").iterdir()))
    cases = read_jsonl(folder / "eval.jsonl")[::3]
    return uploads, [Case(case["question"], case["answer"], case["evidence"][0]["document"]) for case in cases]


@contextmanager
def lab_with(uploads: Sequence[Upload]) -> Iterator[Lab]:
    from lib.assembly import open_lab

    with tempfile.TemporaryDirectory() as name:
        lab = open_lab(LabSettings(data_dir=Path(name)))
        for _ in lab.ingest("default", uploads, Workspace().chunking):
            pass
        yield lab
        lab.close()


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def holds(text: str, gold: str) -> bool:
    return gold.lower() in text.lower()


def quoted(lab: Lab, cases: Sequence[Case]) -> tuple[list[tuple[Passage, ...]], list[list[str]]]:
    """For each case its passages and its two best sentences."""
    workspace = Workspace(retrieval=RetrievalSettings(top_k=TOP_K))
    embedder = open_embedder(embedder_path())
    found = [lab.passages(workspace, case.question) for case in cases]
    best = [
        [sentence.text for sentence in rank_sentences(case.question, passages, embedder).sentences[:2]]
        for case, passages in zip(cases, found, strict=True)
    ]
    return found, best


def extractive_rows(lab: Lab, cases: Sequence[Case]) -> list[Row]:
    found, best = quoted(lab, cases)
    passages = share([any(holds(p.chunk.text, c.gold) for p in ps) for c, ps in zip(cases, found, strict=True)])
    one, two = (
        share([any(holds(text, c.gold) for text in texts[:count]) for c, texts in zip(cases, best, strict=True)])
        for count in (1, 2)
    )
    return [
        Row("in the five passages at all", f"{passages:.3f}", ""),
        Row("extractive, one sentence", f"{one:.3f}", ">= .75 (anchor .77)", one >= 0.75),
        Row("extractive, two sentences", f"{two:.3f}", ">= .85 (anchor .87)", two >= 0.85),
    ]


def answers(
    lab: Lab, approach: ApproachName, workspace: Workspace, cases: Sequence[Case]
) -> tuple[list[Answer], float]:
    """The answers, and the seconds that one takes while two are being written."""
    began = time.perf_counter()

    def ask(case: Case) -> Answer:
        last = list(lab.approach(approach, workspace).answer(case.question))[-1]
        assert isinstance(last, Answered)
        return last.answer

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        written = list(pool.map(ask, cases))
    return written, (time.perf_counter() - began) * AT_A_TIME / len(cases)


def model_rows(lab: Lab, cases: Sequence[Case]) -> list[Row]:
    workspace, rows = Workspace(reader=False), []
    bars: tuple[tuple[ApproachName, str, Callable[[float], bool]], ...] = (
        (ApproachName.RAG, ">= .45 (anchor .46)", lambda figure: figure >= 0.45),
        (ApproachName.PROMPT_ONLY, "<= .10 (anchor .03)", lambda figure: figure <= 0.10),
    )
    for approach, bar, is_held in bars:
        written, seconds = answers(lab, approach, workspace, cases)
        figure = share([holds(answer.text, case.gold) for answer, case in zip(written, cases, strict=True)])
        words = sum(len(answer.text.split()) for answer in written) / len(written)
        detail = f"{figure:.3f}, {words:.0f} words, {seconds:.1f} s"
        rows.append(Row(f"built-in model, {approach.value}", detail, bar, is_held(figure)))
        if approach is ApproachName.RAG:
            rows.append(Row("  of these abstained", f"{share([a.abstained for a in written]):.3f}", ""))
            rows.append(Row("  of these with a citation", f"{share([bool(a.citations) for a in written]):.3f}", ""))
    return rows


def abstention_rows(lab: Lab, cases: Sequence[Case]) -> list[Row]:
    """Extractive on every case, once as it is and once with the gold document left out of the search."""
    extractive = replace(Workspace(), model=replace(Workspace().model, kind="extractive"))
    names = tuple(entry.name for entry in lab.documents("default"))
    wrongly = [answers(lab, ApproachName.RAG, extractive, [case])[0][0].abstained for case in cases]
    rightly = []
    for case in cases:
        others = tuple(name for name in names if name != case.document)
        blind = replace(extractive, retrieval=RetrievalSettings(top_k=TOP_K, documents=others))
        rightly.append(answers(lab, ApproachName.RAG, blind, [case])[0][0].abstained)
    said = sum(wrongly) + sum(rightly)
    return [
        Row("abstains without the gold document (recall)", f"{share(rightly):.3f}", ""),
        Row("right when it abstains (precision)", f"{sum(rightly) / said if said else 1:.3f}", ""),
        Row("abstains although the answer is there", f"{share(wrongly):.3f}", "anchor: trained reader .05"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="two made-up documents instead of XQuAD")
    parser.add_argument("--without-model", action="store_true", help="leave the built-in model out")
    options = parser.parse_args()
    uploads, cases = made_up() if options.smoke else xquad()
    with lab_with(uploads) as lab:
        rows = extractive_rows(lab, cases)
        rows += abstention_rows(lab, cases)
        rows += [] if options.without_model else model_rows(lab, cases)
    print_table(f"Answers: {len(cases)} questions, gold answer contained", rows)


if __name__ == "__main__":
    main()
