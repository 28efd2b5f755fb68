"""What was typed on the command line -> the values that the lab takes."""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib.approaches.questions import checked_question
from lib.corpus.outcomes import Upload
from lib.domain import ApproachName
from lib.errors import BadInput
from lib.lab import Lab
from lib.settings import LIMITS, ChunkSettings, ModelChoice, RetrievalSettings, Strategy, Workspace


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a file, or the one on the command line (whose id is None)."""

    id: str | None
    text: str


def workspace_of(lab: Lab, asked: argparse.Namespace) -> Workspace:
    """The workspace with what the command line says in place of its settings."""
    kept = lab.workspace(asked.workspace)
    typed = replace(kept, chunking=chunking_of(asked), retrieval=retrieval_of(asked), model=model_of(asked))
    return replace(typed, adapter=asked.adapter) if asked.adapter else typed


def approaches_of(names: str) -> tuple[ApproachName, ...]:
    """The approaches of a list such as "prompt-only,rag", each once; raises BadInput for one that is not there."""
    known = [name.value for name in ApproachName]
    asked = [name.strip() for name in names.split(",")]
    unknown = next((name for name in asked if name not in known), None)
    if unknown is not None:
        raise BadInput(f"There is no approach {unknown!r}.", hint=f"Choose from {', '.join(known)}.")
    return tuple(dict.fromkeys(ApproachName(name) for name in asked))


def one_approach_of(asked: argparse.Namespace) -> ApproachName:
    """The approach of `ask`; raises BadInput for an adapter beside an approach that answers with none."""
    name = ApproachName(asked.approach)
    if asked.adapter and name not in (ApproachName.FINE_TUNED, ApproachName.HYBRID):
        raise BadInput(
            f"The approach {name.value!r} answers with the base model, not with the adapter {asked.adapter!r}.",
            hint="Add --approach fine-tuned or --approach hybrid.",
        )
    return name


def model_of(asked: argparse.Namespace) -> ModelChoice:
    """The model named; raises BadInput for one that is not there."""
    if asked.base_url:
        return ModelChoice("endpoint", asked.model, asked.base_url)
    if asked.model.endswith(".gguf"):
        return ModelChoice("gguf", asked.model)
    if asked.model not in ("built-in", "extractive", "echo"):
        raise BadInput(
            f"There is no local model {asked.model!r}.",
            hint="Use built-in, extractive or a .gguf file of the models folder, or name an endpoint with --base-url "
            "(key in OPENBOOK_API_KEY).",
        )
    return ModelChoice(asked.model)


def chunking_of(asked: argparse.Namespace) -> ChunkSettings:
    """The chunk settings typed, or the app's defaults."""
    return ChunkSettings(Strategy(asked.strategy), asked.chunk_size, asked.chunk_overlap)


def retrieval_of(asked: argparse.Namespace) -> RetrievalSettings:
    """The retrieval settings typed, or the app's defaults."""
    return RetrievalSettings(asked.retriever, asked.fusion, asked.dense_weight, asked.top_k)


def questions_of(asked: argparse.Namespace) -> tuple[AskedQuestion, ...]:
    """The question, or those of the file; an error names the line, and none is asked."""
    if (asked.question is None) == (asked.questions is None):
        raise BadInput("Give one question, or a file with --questions.", hint="For example: search 'How long ...?'")
    if asked.question is not None:
        return (AskedQuestion(None, checked_question(asked.question)),)
    try:
        lines = asked.questions.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{asked.questions} cannot be read ({error}).", hint="It must be a UTF-8 text file.") from error
    return tuple(_question_of(line, number) for number, line in enumerate(lines, start=1) if line.strip())


def _question_of(line: str, number: int) -> AskedQuestion:
    try:
        value = json.loads(line)
        return AskedQuestion(str(value["id"]), checked_question(value["question"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f'Line {number} of the questions is not of the form ("id", "question"): {line[:80]!r}.',
            hint='Each line is {"id": "q1", "question": "How long is parental leave?"}.',
        ) from error
    except BadInput as error:
        raise BadInput(f"Line {number}: {error.message}", hint=error.hint) from error


def uploads_from(paths: Sequence[Path]) -> tuple[Upload, ...]:
    """The files named and those in the folders named; two of one name are told apart by their folder."""
    files = [file for path in paths for file in _files(path)]
    names = Counter(file.name for file in files)
    return tuple(
        Upload(file.name if names[file.name] == 1 else f"{file.parent.name}/{file.name}", _content(file))
        for file in files
    )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and not _hidden(file.relative_to(path)))
    if not path.is_file():
        raise BadInput(f"{str(path)!r} is not there.", hint="Give files or folders that exist.")
    return [path]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _content(file: Path) -> bytes:
    """The file's bytes; of one over the limit only enough to see that it is."""
    with file.open("rb") as opened:
        return opened.read(LIMITS.file_bytes + 1)
