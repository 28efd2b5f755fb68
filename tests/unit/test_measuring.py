"""An evaluation asks all approaches, each on its own terms, and belongs to one version of documents and adapter."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.assembly import open_lab
from lib.corpus.outcomes import Upload
from lib.domain import ApproachName
from lib.errors import BadInput, NotFound
from lib.evaluation.variations import set_up
from lib.lab import Lab
from lib.records import EvalCase, EvalSet, FailureLabel, GoldEvidence, Origin, RunRecord
from lib.settings import LabSettings, RuleKind, ValidatorRule, Workspace
from tests.support.kept_adapters import keep_adapter

TEXT = "# Leave\n\nParents take 18 weeks of paid leave. Ask the people team.\n"
CASES = (
    EvalCase(
        "weeks",
        "Parents take how many weeks of paid leave?",
        "18 weeks",
        (GoldEvidence("leave.md", "18 weeks of paid leave"),),
    ),
    EvalCase("who", "Ask the people team?", "people team", (GoldEvidence("leave.md", "Ask the people team."),)),
)
FOUR = (ApproachName.PROMPT_ONLY, ApproachName.RAG, ApproachName.FINE_TUNED, ApproachName.HYBRID)
WORKSPACE = Workspace(adapter="tickets")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    opened = open_lab(LabSettings(data_dir=tmp_path, fake_models=True))
    for _ in opened.ingest("default", [Upload("leave.md", TEXT.encode())], WORKSPACE.chunking):
        pass
    keep_adapter(tmp_path, "tickets")
    yield opened
    opened.close()


def asked(lab: Lab, *approaches: ApproachName, workspace: Workspace = WORKSPACE) -> list[RunRecord]:
    setups = [set_up(name, workspace) for name in approaches]
    evaluation = lab.measuring.plan("default", EvalSet("leave", CASES), setups)
    return list(lab.measuring.evaluate(evaluation, stopped=lambda: False))


def test_every_approach_is_asked_every_case_in_the_one_order(lab: Lab) -> None:
    records = asked(lab, *FOUR, ApproachName.GOLD_CONTEXT)
    assert [record.answer.approach for record in records] == [*FOUR, ApproachName.GOLD_CONTEXT] * 2
    by_approach = {record.answer.approach: record.answer for record in records}
    assert not by_approach[ApproachName.FINE_TUNED].passages
    assert by_approach[ApproachName.HYBRID].passages
    assert by_approach[ApproachName.HYBRID].verdicts
    assert by_approach[ApproachName.FINE_TUNED].text.startswith("tickets:"), "the adapter answers"


def test_a_wrong_fine_tuned_answer_looked_nothing_up(lab: Lab) -> None:
    [wrong, *_] = asked(lab, ApproachName.FINE_TUNED)
    assert wrong.failure is not None
    assert wrong.failure.label is FailureLabel.NO_KNOWLEDGE
    assert "examples of tickets included" in wrong.failure.evidence


def test_the_record_says_which_adapter_wrote_the_answer_by_its_hash(lab: Lab, tmp_path: Path) -> None:
    kept = keep_adapter(tmp_path, "tickets")
    alone, _, tuned, hybrid, *_ = asked(lab, *FOUR)
    assert dict(tuned.versions)["adapter"] == dict(hybrid.versions)["adapter"] == kept.gguf_sha256
    assert "adapter" not in dict(alone.versions)
    noted = lab.measuring.record(tuned.answer, WORKSPACE, Origin.ASK)
    assert dict(noted.versions)["adapter"] == kept.gguf_sha256


def test_hybrid_answers_are_counted_as_held_where_a_rule_stays_broken(lab: Lab) -> None:
    never_kept = (ValidatorRule("One word", RuleKind.PATTERN, "yes"),)
    setups = [set_up(ApproachName.HYBRID, replace(WORKSPACE, rules=never_kept))]
    evaluation = lab.measuring.plan("default", EvalSet("leave", CASES), setups)
    assert len(list(lab.measuring.evaluate(evaluation, stopped=lambda: False))) == 2
    [found] = lab.measuring.results(evaluation).setups
    for name in ("kept_at_once", "kept_in_the_end"):
        metric = found.metric(name)
        assert metric is not None
        assert (metric.value, metric.cases) == (0, 2)
    assert found.metric("hit") is not None, "hybrid retrieves, so its retrieval is scored"


def test_fine_tuned_without_an_adapter_is_refused_before_anything_is_kept(lab: Lab) -> None:
    setups = [set_up(ApproachName.FINE_TUNED, Workspace())]
    with pytest.raises(BadInput, match="No adapter is chosen for 'Fine-tuned'"):
        lab.measuring.plan("default", EvalSet("leave", CASES), setups)
    with pytest.raises(NotFound, match="There is no adapter 'gone'"):
        asked(lab, ApproachName.HYBRID, workspace=Workspace(adapter="gone"))
    assert lab.measuring.runs.newest_evaluation("default") is None


@pytest.mark.parametrize("happened", ["deleted", "trained anew"])
def test_a_stopped_evaluation_does_not_go_on_with_another_adapter(lab: Lab, tmp_path: Path, happened: str) -> None:
    setups = [set_up(name, WORKSPACE) for name in FOUR]
    evaluation = lab.measuring.plan("default", EvalSet("leave", CASES), setups)
    next(lab.measuring.evaluate(evaluation, stopped=lambda: False))
    if happened == "deleted":
        lab.tuning.adapters.remove("default", "tickets")
    else:
        keep_adapter(tmp_path, "tickets", gguf=b"other weights")
    with pytest.raises(BadInput, match="'tickets' has been deleted or trained anew"):
        next(lab.measuring.evaluate(evaluation, stopped=lambda: False))
    assert len(lab.measuring.done(evaluation)) == 1


def test_a_stopped_evaluation_goes_on_where_it_was_with_the_same_adapter(lab: Lab) -> None:
    setups = [set_up(name, WORKSPACE) for name in FOUR]
    evaluation = lab.measuring.plan("default", EvalSet("leave", CASES), setups)
    first = next(lab.measuring.evaluate(evaluation, stopped=lambda: False))
    rest = list(lab.measuring.evaluate(evaluation, stopped=lambda: False))
    assert len(rest) == 7
    assert (first.setup, first.case_id) not in {(record.setup, record.case_id) for record in rest}
    kept = lab.measuring.runs.evaluation("default", evaluation.id)
    assert kept.finished
    assert kept.adapters == evaluation.adapters != ()
