"""What the experiments of Fine-tune train on and ask: the rows in sample_docs/company/experiments."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from lib.corpus.samples import SAMPLES_DIR
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.style_or_facts import LessonMaterial
from lib.records import EvalCase
from lib.sets.json_rows import object_in
from lib.training.set_files import read_training_set
from lib.training.values import TrainingExample, TrainingSet

CORPUS = "company"
"""The sample corpus whose documents hold the facts."""
_FOLDER = SAMPLES_DIR / CORPUS / "experiments"


@cache
def style_material() -> LessonMaterial:
    """The voice of the cellar desk: rows to train and choose by, and messages that training never sees."""
    folder = _FOLDER / "style"
    lines = (folder / "heldout.jsonl").read_text("utf-8").splitlines()
    messages = tuple(str(object_in(line)["input"]) for line in lines if line.strip())
    rows = TrainingSet("experiment: style", _rows(folder / "train.jsonl"), _rows(folder / "validation.jsonl"))
    return LessonMaterial(rows, messages=messages)


@cache
def facts_material() -> LessonMaterial:
    """Product facts: rows to train, and questions on facts unseen, seen, and seen but asked in other words.

    There is no validation part: a fact that is left out of training cannot be chosen by.
    """
    folder = _FOLDER / "facts"
    rows = _rows(folder / "train.jsonl")
    cases = read_eval_set("heldout.jsonl", (folder / "heldout.jsonl").read_bytes()).cases
    asked = {row.id: row.input for row in rows}
    seen = [_as_trained(case, asked) for case in cases if "paraphrased" in case.tags]
    return LessonMaterial(TrainingSet("experiment: facts", rows), cases=(*cases, *seen))


def some(material: LessonMaterial, most: int) -> LessonMaterial:
    """The same with at most so many messages, and so many questions of each kind, the first of the file."""
    kinds = dict.fromkeys(tag for case in material.cases for tag in case.tags)
    cases = tuple(case for kind in kinds for case in [one for one in material.cases if kind in one.tags][:most])
    return replace(material, messages=material.messages[:most], cases=cases)


def _as_trained(case: EvalCase, asked: dict[str, str]) -> EvalCase:
    """The paraphrased case `paraphrased-07` as `fact-07` was trained."""
    number = case.id.rpartition("-")[2]
    return replace(case, id=f"seen-{number}", question=asked[f"fact-{number}"], tags=("seen",))


def _rows(path: Path) -> tuple[TrainingExample, ...]:
    return read_training_set(path.name, path.read_bytes())
