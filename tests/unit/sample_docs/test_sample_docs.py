"""What lessons and benchmarks rely on in the sample corpora: their size, their kinds, and honest eval sets."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import Stemmer

from lib.corpus.parsing import parse
from lib.corpus.quotes import find_all
from lib.corpus.samples import SAMPLES_DIR, sample_corpora, sample_corpus

CORPORA = ("company", "longdoc")
SHOWS = {"private fact", "changed fact", "not in the corpus", "general knowledge", "format request"}
NINE_TYPES = {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".html", ".md", ".txt", ".json"}
STOPWORDS = frozenset(  # Lucene's 33 words, the shortest list in common use, and so the strictest test
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with".split()
)
MISSING_ON_PURPOSE = (
    *("pension", "share option", "sabbatical", "company car ", "trade union", "recycl", "explosive", " API", "CHF"),
    *("Swiss", "Brume 120", "2026.2", "resign", "dog", "Wi-Fi"),
)
STEMMER = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of an eval set; `evidence` holds (document, quote)."""

    id: str
    question: str
    answer: str | None
    evidence: tuple[tuple[str, str], ...]
    answerable: bool
    tags: frozenset[str]


def read_case(line: str) -> Case:
    raw = json.loads(line)
    assert set(raw) == {"id", "question", "answer", "evidence", "answerable", "tags"}
    evidence = tuple((piece["document"], piece["quote"]) for piece in raw["evidence"])
    return Case(raw["id"], raw["question"], raw["answer"], evidence, raw["answerable"], frozenset(raw["tags"]))


@cache
def cases(corpus_id: str) -> tuple[Case, ...]:
    lines = (SAMPLES_DIR / corpus_id / "evalset.jsonl").read_text("utf-8").splitlines()
    return tuple(read_case(line) for line in lines)


@cache
def texts(corpus_id: str) -> dict[str, str]:
    paths = sorted((SAMPLES_DIR / corpus_id / "docs").iterdir())
    return {path.name: parse(path.name, path.read_bytes()).text for path in paths}


def content_stems(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {STEMMER.stemWord(word) for word in words if word not in STOPWORDS}


def test_both_corpora_are_offered() -> None:
    assert tuple(corpus.id for corpus in sample_corpora()) == CORPORA


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_each_corpus_has_five_to_eight_ready_questions_of_known_kinds_and_one_first(corpus_id: str) -> None:
    corpus = sample_corpus(corpus_id)
    assert 5 <= len(corpus.questions) <= 8
    assert {ready.shows for ready in corpus.questions} <= SHOWS
    assert all(ready.why.endswith(".") for ready in corpus.questions)
    assert [ready.question for ready in corpus.questions if ready.first] == [corpus.first_question]
    assert corpus.licence == "CC BY 4.0"


def test_company_questions_show_every_kind_of_case() -> None:
    assert {ready.shows for ready in sample_corpus("company").questions} == SHOWS


def test_company_documents_cover_all_nine_file_types() -> None:
    assert len(texts("company")) >= 16
    assert {Path(name).suffix for name in texts("company")} == NINE_TYPES


@pytest.mark.parametrize(("corpus_id", "fewest", "most"), [("company", 14_000, 17_000), ("longdoc", 8_000, 10_000)])
def test_each_corpus_has_the_length_that_lessons_count_on(corpus_id: str, fewest: int, most: int) -> None:
    assert fewest <= sum(len(text.split()) for text in texts(corpus_id).values()) <= most


def test_the_manual_has_ten_numbered_pages() -> None:
    manual = texts("company")["cellarkeep-4-manual.pdf"]
    assert re.findall(r"page (\d+) of 10", manual) == [str(number) for number in range(1, 11)]


def test_the_support_handbook_defines_twelve_codes_and_four_priorities() -> None:
    handbook = texts("company")["support-handbook.md"]
    assert len(re.findall(r"(?m)^\| [A-Z]{4,5} \| [^|]+ \| [^|]+\. \|$", handbook)) == 12
    assert re.findall(r"(?m)^\| (P\d) \|", handbook) == ["P1", "P2", "P3", "P4"]


@pytest.mark.parametrize(
    ("corpus_id", "fewest"),
    [
        ("company", {"paraphrase": 20, "unanswerable": 10, "two-passages": 10, "table": 10, "stale-version": 5}),
        ("longdoc", {"paraphrase": 8, "unanswerable": 5, "two-passages": 5}),
    ],
)
def test_each_eval_set_has_enough_questions_of_each_kind(corpus_id: str, fewest: dict[str, int]) -> None:
    counts = Counter(tag for case in cases(corpus_id) for tag in case.tags)
    assert {tag: counts[tag] for tag in fewest if counts[tag] < fewest[tag]} == {}
    assert len(cases(corpus_id)) >= {"company": 64, "longdoc": 32}[corpus_id]


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_ids_and_questions_are_unique(corpus_id: str) -> None:
    assert len({case.id for case in cases(corpus_id)}) == len(cases(corpus_id))
    assert len({case.question for case in cases(corpus_id)}) == len(cases(corpus_id))


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_every_quote_stands_once_in_the_extracted_text_of_its_document(corpus_id: str) -> None:
    found = {
        (case.id, document, quote): len(find_all(texts(corpus_id)[document], quote))
        for case in cases(corpus_id)
        for document, quote in case.evidence
    }
    assert {key: count for key, count in found.items() if count != 1} == {}


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_an_answer_and_evidence_are_there_exactly_when_a_question_is_answerable(corpus_id: str) -> None:
    for case in cases(corpus_id):
        assert case.answerable == bool(case.answer) == bool(case.evidence), case.id
        assert case.answerable == ("unanswerable" not in case.tags), case.id
        assert (len(case.evidence) == 2) == ("two-passages" in case.tags), case.id


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_answers_are_short_and_stand_in_their_evidence_unless_two_passages_are_combined(corpus_id: str) -> None:
    for case in cases(corpus_id):
        if case.answer is not None:
            assert 1 <= len(case.answer.split()) <= 8, case.id
            quoted = any(case.answer.lower() in quote.lower() for _, quote in case.evidence)
            assert quoted or "two-passages" in case.tags, case.id


@pytest.mark.parametrize("corpus_id", CORPORA)
def test_paraphrases_share_no_content_word_with_their_evidence(corpus_id: str) -> None:
    shared = {
        case.id: content_stems(case.question) & content_stems(quote)
        for case in cases(corpus_id)
        if "paraphrase" in case.tags
        for _, quote in case.evidence
    }
    assert {case_id: stems for case_id, stems in shared.items() if stems} == {}


def test_two_passage_questions_mostly_need_two_documents() -> None:
    needs_two = [case for case in cases("company") if "two-passages" in case.tags]
    across = [case for case in needs_two if len({document for document, _ in case.evidence}) == 2]
    assert len(across) >= 10


@pytest.mark.parametrize("word", MISSING_ON_PURPOSE)
def test_topics_missing_on_purpose_are_missing(word: str) -> None:
    assert [name for name, text in texts("company").items() if word.lower() in text.lower()] == []


def test_building_the_binary_files_again_gives_the_committed_texts(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLES_DIR / "make.py"), str(tmp_path)], check=True, capture_output=True)
    built = {path.name: parse(path.name, path.read_bytes()).text for path in tmp_path.iterdir()}
    assert len(built) == 6
    assert built == {name: texts("company")[name] for name in built}
