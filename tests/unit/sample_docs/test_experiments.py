"""The material of the two experiments: every fact stands in its document, and nothing asked as unseen was trained."""

import json
from functools import cache

import pytest

from lib.corpus.parsing import parse
from lib.corpus.samples import SAMPLES_DIR
from lib.evaluation.answer_metrics import gold_contained
from lib.evaluation.experiment_material import facts_material, style_material
from lib.records import EvalCase
from lib.training.values import TrainingExample

COMPANY = SAMPLES_DIR / "company"


@cache
def text_of(document: str) -> str:
    return parse(document, (COMPANY / "docs" / document).read_bytes()).text


def held_out() -> list[EvalCase]:
    return [case for case in facts_material().cases if "seen" not in case.tags]


def trained() -> tuple[TrainingExample, ...]:
    return facts_material().training_set.train


@pytest.mark.parametrize("case", held_out(), ids=lambda case: case.id)
def test_every_fact_that_is_asked_stands_in_its_document_once(case: EvalCase) -> None:
    [evidence] = case.evidence
    assert text_of(evidence.document).count(evidence.quote) == 1
    assert gold_contained(evidence.quote, case.answer or "")


def test_each_lesson_has_sixty_rows_and_no_question_twice() -> None:
    for material in (style_material(), facts_material()):
        inputs = [row.input for row in material.training_set.train]
        assert len(inputs) == len(set(inputs)) == 60


def test_the_files_have_the_forms_that_the_lab_reads_elsewhere() -> None:
    for name in ("style/train", "style/validation", "facts/train"):
        lines = (COMPANY / "experiments" / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert all(list(json.loads(line)) == ["id", "input", "output"] for line in lines)


def test_no_trained_answer_gives_away_an_unseen_fact_of_the_same_thing() -> None:
    wanted = {case.question: case.answer or "" for case in held_out() if "unseen" in case.tags}
    answers = {row.input: row.output for row in trained()}
    assert not set(wanted) & set(answers)


def test_the_answers_of_the_facts_lesson_are_one_short_sentence_each() -> None:
    for row in trained():
        assert row.output.endswith(".")
        assert len(row.output.split()) <= 15
