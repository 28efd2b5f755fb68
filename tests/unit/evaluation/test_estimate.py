"""What an evaluation will take is said before it starts, and says whether it was measured here."""

from dataclasses import replace

import pytest

from lib.domain import ApproachName
from lib.evaluation.estimate import TYPICAL_S, Seen, estimate
from lib.evaluation.variations import set_up, variations
from lib.settings import ChunkSettings, ModelChoice, Workspace

BUILT_IN = Workspace()
ENDPOINT = Workspace(model=ModelChoice("endpoint", "m", "http://localhost:1/v1"))


def test_answers_seen_here_count_by_their_median_and_mean_cost() -> None:
    found = estimate(
        [set_up(ApproachName.RAG, ENDPOINT)],
        cases=60,
        seen=lambda _setup: (Seen(1.0, 0.01), Seen(3.0, 0.03), Seen(2.0, 0.02)),
    )
    assert (found.answers, found.seconds, found.measured) == (60, 120.0, True)
    assert found.cost_usd is not None
    assert round(found.cost_usd, 9) == 1.2


def test_without_answers_seen_typical_times_are_taken_and_an_endpoints_cost_is_not_known() -> None:
    setups = [set_up(ApproachName.PROMPT_ONLY, BUILT_IN), set_up(ApproachName.RAG, ENDPOINT)]
    found = estimate(setups, cases=10, seen=lambda _setup: ())
    assert found.seconds == 10 * (TYPICAL_S["built-in"] + TYPICAL_S["endpoint"])
    assert found.cost_usd is None
    assert not found.measured
    assert estimate(setups[:1], cases=10, seen=lambda _setup: ()).cost_usd == 0.0


def test_no_set_ups_take_nothing() -> None:
    found = estimate([], cases=100, seen=lambda _setup: ())
    assert (found.answers, found.seconds, found.cost_usd) == (0, 0, 0)


def test_variations_change_one_thing_each_and_leave_out_what_is_set_already() -> None:
    found = variations(BUILT_IN, window=256)
    labels = [one.label for one in found]
    assert len(labels) == len(set(labels))
    assert "RAG, 200-token chunks" not in labels, "that is the setting now"
    assert "RAG, top 5" not in labels
    for one in found:
        changed = one.workspace
        differing = [
            changed.chunking != BUILT_IN.chunking,
            changed.retrieval != BUILT_IN.retrieval,
            changed.rag != BUILT_IN.rag,
            changed.reader != BUILT_IN.reader,
        ]
        assert sum(differing) == 1, one.label


def test_what_the_reader_is_worth_can_be_measured_with_the_built_in_model_alone() -> None:
    last = variations(BUILT_IN, window=256)[-1]
    assert (last.label, last.workspace) == ("RAG, without the reader", replace(BUILT_IN, reader=False))
    back = variations(replace(BUILT_IN, reader=False), window=256)[-1]
    assert (back.label, back.workspace.reader) == ("RAG, with the reader", True)
    for kind in ("extractive", "endpoint"):
        elsewhere = replace(BUILT_IN, model=ModelChoice(kind))
        assert not [one for one in variations(elsewhere, window=256) if "reader" in one.label]


def test_chunks_over_the_window_and_readings_of_the_quoting_answerer_are_not_offered() -> None:
    quoting = Workspace(model=ModelChoice("extractive"), chunking=ChunkSettings(overlap=70))
    labels = [one.label for one in variations(quoting, window=180)]
    assert not [label for label in labels if "sentence" in label or "whole" in label]
    assert [label for label in labels if "chunks" in label] == ["RAG, 100-token chunks", "RAG, 150-token chunks"]


def test_a_judge_is_asked_twice_a_case_and_an_endpoints_price_is_not_known() -> None:
    setups = [set_up(ApproachName.RAG, BUILT_IN)]
    plain = estimate(setups, cases=10, seen=lambda _setup: ())
    judged = estimate(setups, cases=10, seen=lambda _setup: (), judge="built-in")
    assert judged.seconds == pytest.approx(3 * plain.seconds)
    assert judged.cost_usd == 0.0
    assert estimate(setups, cases=10, seen=lambda _setup: (), judge="endpoint").cost_usd is None
