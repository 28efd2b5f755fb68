"""Runs as files for elsewhere: JSONL with everything, and CSV for a spreadsheet, in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from lib.runs.rows import KeptRun, faithfulness_of, to_json

CSV_COLUMNS = (
    "id", "at", "origin", "approach", "model", "question", "answer", "abstained", "error", "correct", "faithfulness",
    "label", "failure_evidence", "stars", "rating_comment", "rated_by", "review_area", "review_state", "review_text",
    "review_comment", "reviewed_by", "reviewed_at", "evaluation", "setup", "case_id", "tags", "passages",
    "input_tokens", "output_tokens", "retrieve_ms", "first_token_ms", "total_ms", "cost_usd", "prompt_version",
    "chunk_strategy", "chunk_tokens", "chunk_overlap", "retriever", "top_k", "temperature", "seed",
    "corpus_version", "versions", "adapter", "rules_broken", "repaired", "held",
)  # fmt: skip
"""The columns of the CSV, in their order. Times are ISO 8601; `passages` are `document start-end`, best first."""

_BOM = b"\xef\xbb\xbf"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float | None


def jsonl_of(runs: Iterable[KeptRun]) -> Iterator[str]:
    """One line a run, without the line's end: the whole record, with what people said under "remarks"."""
    for run in runs:
        yield f'{to_json(run.record)[:-1]},"remarks":{to_json(run.remarks)}}}'


def csv_of(runs: Iterable[KeptRun]) -> bytes:
    """The runs under `CSV_COLUMNS`, in UTF-8 with the mark that spreadsheets know it by; every cell is quoted."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for run in runs:
        writer.writerow([harmless(cell) for cell in _cells(run)])
    return _BOM + written.getvalue().encode("utf-8", "replace")


def harmless(cell: Cell) -> Cell:
    """The cell as no spreadsheet takes it for a formula: text that begins like one gets an apostrophe (OWASP)."""
    if not isinstance(cell, str):
        return cell
    begins = cell.lstrip(" \u00a0")
    return f"'{cell}" if begins.startswith(_BEGINS_A_FORMULA) else cell


def _cells(run: KeptRun) -> tuple[Cell, ...]:
    record, answer = run.record, run.record.answer
    failure = record.failure
    label = run.remarks.label or (failure.label if failure else None)
    return (
        record.id, _moment(record.at), record.origin, answer.approach, answer.model, answer.question, answer.text,
        _truth(answer.abstained), record.error, _truth(record.correct), faithfulness_of(record),
        label, failure.evidence if failure else "", *_said(run), record.evaluation, record.setup, record.case_id,
        "; ".join(record.tags), "; ".join(_spans(run)), *_figures(run), *_settings(run), record.seed,
        record.corpus_version, "; ".join(f"{name} {version}" for name, version in record.versions),
        answer.adapter, "; ".join(one.rule for one in answer.verdicts if not one.kept), _truth(answer.repaired),
        _truth(answer.held),
    )  # fmt: skip


def _said(run: KeptRun) -> tuple[Cell, ...]:
    rating, review = run.remarks.rating, run.remarks.review
    rated: tuple[Cell, ...] = (rating.stars, rating.comment, rating.by) if rating else (None, "", "")
    if review is None:
        return (*rated, "", "", "", "", "", "")
    return (*rated, review.area, review.state, review.text, review.comment, review.by, _moment(review.at))


def _spans(run: KeptRun) -> Iterator[str]:
    for passage in run.record.answer.passages:
        yield f"{passage.chunk.document} {passage.chunk.start}-{passage.chunk.end}"


def _figures(run: KeptRun) -> tuple[Cell, ...]:
    answer = run.record.answer
    usage, timings = answer.usage, answer.timings
    tokens = (usage.input_tokens, usage.output_tokens)
    return (*tokens, timings.retrieve, timings.first_token, timings.total, answer.cost_usd, answer.prompt_version)


def _settings(run: KeptRun) -> tuple[Cell, ...]:
    workspace = run.record.workspace
    chunking, retrieval = workspace.chunking, workspace.retrieval
    told = workspace.prompt_of(run.record.answer.approach)
    return (
        chunking.strategy, chunking.size, chunking.overlap, retrieval.retriever, retrieval.top_k, told.temperature,
    )  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _truth(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
