"""The report: one file that asks nothing of any server, shows everything, and in which foreign text stays text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lib.charts.report import report_html
from lib.evaluation.results import Heard
from lib.records import EvalCase, Evaluation, FailureLabel
from tests.support.evaluations import CASES, GOLD, PROMPT, RAG, TOP_1, evaluation_of, records_of


class Tags(HTMLParser):
    """Every tag with its attributes, and the words outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(report: str) -> Tags:
    parser = Tags()
    parser.feed(report)
    return parser


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluation_of(RAG, TOP_1, PROMPT)


@pytest.fixture(scope="module")
def report(evaluation: Evaluation) -> str:
    records = records_of(evaluation, "++++++--", "+++++---", "-------!")
    return report_html(evaluation, records, GOLD, {"RAG-c8": Heard(FailureLabel.STALE)})


def test_it_asks_nothing_of_any_server(report: str) -> None:
    tags = read(report).tags
    assert [
        attrs for tag, attrs in tags if tag in ("link", "img", "iframe", "script") and (attrs.keys() & {"src", "href"})
    ] == []
    (policy,) = [attrs["content"] for tag, attrs in tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_plotlys_script_is_in_it_once_and_every_chart_is_drawn(report: str) -> None:
    assert report.count("plotly.js v") == 1
    drawn = re.findall(r'Plotly\.newPlot\(\s*"([^"]+)"', report)
    assert drawn == [
        "chart-outcomes",
        "chart-answers",
        "chart-retrieval",
        "chart-cost",
        "chart-quality-latency-p50",
        "chart-quality-cost-usd",
        "chart-tags",
    ]
    labelled = [attrs["aria-label"] for tag, attrs in read(report).tags if attrs.get("role") == "img"]
    assert len(labelled) == len(drawn)
    assert labelled[0] is not None
    assert "RAG: 6 right, 1 stale version, 1 not retrieved" in labelled[0]


def test_it_says_what_was_asked_of_whom_and_what_came_out(report: str) -> None:
    text = read(report).text
    assert "Evaluation: rooms" in text
    assert "8 cases, 2026-11-21 09:30 UTC. Corpus version corpus-1, seed 0." in text
    assert "RAG answered 6 of 8 questions right (" in text
    assert "In 1 of 24 answers the model failed" in text
    assert "Passages (top-k) 5 1 not used" in text
    assert re.search(r"Correct 75 % \(\d+–\d+ %\), n = 8 62 % \(", text)
    assert "Prompt-only against RAG: RAG is better by" in text


def test_every_case_is_there_with_each_answer_and_why_it_is_wrong(report: str) -> None:
    text = read(report).text
    assert text.count("What is the number of room") == 8
    assert "Expected: room 100" in text
    assert "RAG ✓ right It is room 100." in text
    assert "RAG, top 1 ✗ wrong: not retrieved It is the cellar. The chunk came 9th; top-k is 5." in text
    assert "A person put “stale version” in place of “not retrieved”." in text
    assert "Prompt-only ✗ wrong: model failed nothing for 20 s" in text


def test_foreign_text_stays_text() -> None:
    wild = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    case = EvalCase("c1", wild, f"</blockquote>{wild}", tags=(wild,))
    setup = replace(RAG, label=wild)
    evaluation = evaluation_of(setup, cases=(case, *CASES[1:]))
    records = tuple(
        replace(record, answer=replace(record.answer, text=wild)) for record in records_of(evaluation, "++++++--")
    )
    report = report_html(evaluation, records, GOLD)
    parsed = read(report)
    assert wild in parsed.text
    assert [tag for tag, _ in parsed.tags if tag == "img"] == []
    assert [name for _, attrs in parsed.tags for name in attrs if name.startswith("on")] == []
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", report, re.DOTALL)
    assert [script for script in scripts if script.strip().startswith("alert")] == []


def test_an_evaluation_without_answers_still_makes_a_report() -> None:
    text = read(report_html(evaluation_of(RAG, finished=False), (), GOLD)).text
    assert "No answers yet." in text
    assert "The evaluation was stopped: 0 of at most 8 answers are there." in text
