"""A run's own page says everything and can do nothing."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

from lib.domain import RuleVerdict
from lib.records import FailureLabel, Rating, Remarks, Review, ReviewState, RunRecord
from lib.runs.rows import KeptRun
from lib.runs.run_page import page_of

Made = Callable[..., RunRecord]
ATTACK = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'><a href="https://evil.example">'


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


def test_the_page_says_what_the_run_says(rich: RunRecord) -> None:
    at = rich.at
    remarks = Remarks(
        Rating(4, "good enough", "Ada", at),
        Review("legal", ReviewState.EDITED, "18 weeks, paid.", "shorter", "Grace", at),
        FailureLabel.IGNORED,
    )
    words = seen(page_of(KeptRun(rich, remarks))).words
    for said in (
        'How many weeks, "exactly"?', "18 weeks [1].", "Parents get 18 weeks.", "A number is missing.", "It came 9th.",
        "4 of 5 stars", "good enough (Ada", "edited by Grace", "18 weeks, paid.", "retrieved but ignored", "sentence",
        "321 in, 12 out", "characters 10-60", "openbook", "Supported: 50%",
        "SmolLM2 with voice", "Cites a passage: It cites no passage.", "Held for review", "Eighteen “weeks”.",
        "It has 3 words.",
    ):  # fmt: skip
        assert said in words, said


def test_text_on_the_page_is_only_text(made: Made, rich: RunRecord) -> None:
    passage = rich.answer.passages[0]
    evil = replace(passage, chunk=replace(passage.chunk, text=ATTACK, document=ATTACK))
    answer = replace(
        rich.answer,
        question=ATTACK,
        text=ATTACK,
        model=ATTACK,
        adapter=ATTACK,
        passages=(evil,),
        first_text=ATTACK,
        verdicts=(RuleVerdict(ATTACK, False, ATTACK),),
        first_verdicts=(RuleVerdict(ATTACK, False, ATTACK),),
    )
    remarks = Remarks(Rating(1, ATTACK, ATTACK, rich.at), Review("legal", ReviewState.REJECTED, ATTACK, ATTACK, ATTACK))
    record = replace(rich, answer=answer, error=ATTACK, setup=ATTACK, versions=((ATTACK, ATTACK),))
    page = seen(page_of(KeptRun(record, remarks)))
    assert not page.tags & {"script", "img", "a", "link", "iframe"}
    assert not {name for name in page.attributes if name.startswith("on") or name in {"src", "href"}}
    assert ATTACK in page.words


def test_the_page_loads_nothing(rich: RunRecord) -> None:
    page = page_of(KeptRun(replace(rich, workspace=replace(rich.workspace, model=type(rich.workspace.model)()))))
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_run_with_nothing_but_a_failure_still_has_its_page(made: Made) -> None:
    assert "the model broke off" in page_of(KeptRun(made("a", text="", error="the model broke off")))
