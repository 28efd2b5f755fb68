"""A run log of the test's own, and records as rich as real ones."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.domain import (
    Answer,
    ApproachName,
    Chunk,
    Citation,
    LegHit,
    Message,
    Passage,
    Place,
    Prompt,
    PromptSegment,
    RuleVerdict,
    Sentence,
    Timings,
    Usage,
)
from lib.records import (
    CitationCheck,
    Failure,
    FailureLabel,
    Gap,
    JudgeVerdict,
    Origin,
    RunRecord,
    StatementCheck,
    Support,
    Verdicts,
)
from lib.runs.store import RunStore
from lib.settings import ChunkSettings, Example, ModelChoice, PromptSettings, RetrievalSettings, Strategy, Workspace

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Made = Callable[..., RunRecord]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path / "runs.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def made() -> Made:
    """A small record; what is named is taken, `question` and `text` for its answer."""

    def record(run_id: str = "r1", *, question: str = "When?", text: str = "At noon.", **named: object) -> RunRecord:
        answer = Answer(question, ApproachName.RAG, "echo", text, abstained=False)
        named = {"at": NOON, "origin": Origin.ASK, "workspace": Workspace(), "answer": answer, **named}
        return RunRecord(id=run_id, **named)  # type: ignore[arg-type]

    return record


@pytest.fixture
def rich() -> RunRecord:
    """A record in which every field holds something, of every type that there is."""
    chunk = Chunk(
        "d" * 64, "Handbuch – ü.pdf", 10, 60, "Parents get 18 weeks.\n\t“Paid” leave 🍼 \x02", 12, Place("page 4", 4)
    )
    passage = Passage(chunk, 1, 0.1 + 0.2, (LegHit("dense", 1, 1 / 3), LegHit("lexical", 2, 12.5)))
    sentence = Sentence(1, 10, 31, "Parents get 18 weeks.", 0.77)
    check = StatementCheck(
        "18 weeks",
        0,
        8,
        Support.PARTLY,
        0.4999999999999999,
        Gap.NUMBER,
        "A number is missing.",
        True,
        sentence,
        passage,
    )
    citation = Citation(1, 9, 12, passage, 10, 31, supported=False)
    answer = Answer(
        'How many weeks, "exactly"?',
        ApproachName.RAG,
        "SmolLM2",
        "18 weeks [1].",
        abstained=False,
        citations=(citation,),
        passages=(passage, replace(passage, rank=2, legs=())),
        quotes=(sentence,),
        prompt=Prompt(
            (Message("system", "Answer."), Message("user", "Q")),
            (PromptSegment("passage", "p", 9, dropped=True),),
            4096,
            128,
        ),
        prompt_version="rag-3",
        usage=Usage(321, 12),
        timings=Timings(3.25, None, 0.1),
        cost_usd=1.5e-7,
        stopped=True,
        adapter="voice",
        verdicts=(RuleVerdict("Cites a passage", False, "It cites no passage."),),
        repaired=True,
        held=True,
        first_text="Eighteen “weeks”.",
        first_verdicts=(RuleVerdict("At most 2 words", False, "It has 3 words."),),
    )
    workspace = Workspace(
        id="team",
        question="x",
        chunking=ChunkSettings(Strategy.SENTENCE, 150, 10),
        retrieval=RetrievalSettings(retriever="dense", documents=("a.md", "b.md")),
        model=ModelChoice("endpoint", "big", "http://localhost:1/v1"),
        rag=PromptSettings("terse", "One word.", (Example("Q", "A"),), 0.5, 64, 0),
        prompt_versions=(("rag", PromptSettings("terse")),),
        decision=(("needs", ("facts", "style")),),
    )
    return RunRecord(
        id="20261121T120000000001-0000abcdef",
        at=NOON + timedelta(microseconds=1),
        origin=Origin.EVALUATE,
        workspace=workspace,
        answer=answer,
        verdicts=Verdicts(
            (check,), (CitationCheck(citation, check),), JudgeVerdict("j", "1", Support.SUPPORTED, 1.0, True)
        ),
        failure=Failure(FailureLabel.NOT_RETRIEVED, "It came 9th.", 9, passage),
        correct=False,
        evaluation="e1",
        setup="RAG, 150 tokens",
        case_id="c-7",
        tags=("legal", "two words"),
        error="",
        seed=7,
        corpus_version="abc",
        versions=(("openbook", "0.2"), ("python", "3.11")),
    )
