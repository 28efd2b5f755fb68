"""The commands that measure: `eval` over an eval set, and `runs` over the log of every answer."""

import argparse
import json
import os
import time
from pathlib import Path

from lib import reports_measured as reports
from lib.cli_inputs import approaches_of, workspace_of
from lib.cli_output import Output, tell_of_reader
from lib.errors import BadInput
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.variations import set_up
from lib.files import write_whole
from lib.lab import Lab
from lib.records import EvalSet, Evaluation
from lib.runs.export import csv_of, jsonl_of
from lib.runs.query import RunQuery
from lib.settings import LIMITS

EXPORT_FORMS = ("jsonl", "csv")


def run_eval(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    """Ask every case of every approach and print the metrics with their intervals, and every case."""
    workspace = workspace_of(lab, asked)
    eval_set = _eval_set(lab, asked)
    measuring = lab.measuring
    names = approaches_of(asked.approaches)
    tell_of_reader(lab, workspace, names, output)
    setups = [set_up(name, workspace) for name in names]
    evaluation = measuring.plan(workspace.id, eval_set, setups)
    _warn_of_stale(lab, evaluation, output)
    _follow(lab, evaluation, output)
    found = measuring.results(evaluation)
    value = reports.measured_json(found)
    if asked.out:
        _write(asked.out, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())
    output.result(value, reports.measured_text(found))
    return 0


def run_runs(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    """List the runs, show one, or write them to a file."""
    return {"list": _list, "show": _show, "export": _export}[asked.runs](lab, asked, output)


def add_commands(eval_command: argparse.ArgumentParser, runs_command: argparse.ArgumentParser) -> None:
    """The arguments of both commands, beside those that others share."""
    eval_command.add_argument("evalset", metavar="EVALSET", help="a file, or the name of a set of the workspace")
    eval_command.add_argument("--approaches", default="prompt-only,rag")
    eval_command.add_argument("--out", type=Path, metavar="FILE", help="write the result here too")
    steps = runs_command.add_subparsers(dest="runs", required=True, metavar="list|show|export")
    listed = steps.add_parser("list", help="the runs, newest first")
    listed.add_argument("--search", default="", metavar="WORDS", help="words of the question or the answer")
    listed.add_argument("--limit", type=int, default=20)
    steps.add_parser("show", help="everything about one run").add_argument("id")
    export = steps.add_parser("export", help="write all runs to a file")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--format", choices=EXPORT_FORMS, help="default: by the file's ending")


def _eval_set(lab: Lab, asked: argparse.Namespace) -> EvalSet:
    path = Path(asked.evalset)
    if path.is_file():
        with path.open("rb") as opened:
            return read_eval_set(path.stem, opened.read(LIMITS.file_bytes + 1))
    try:
        return lab.measuring.eval_sets.load(asked.workspace, asked.evalset)
    except BadInput as error:
        raise BadInput(
            f"{asked.evalset!r} is neither a file nor an eval set.", hint="The page Evaluate lists the sets."
        ) from error


def _warn_of_stale(lab: Lab, evaluation: Evaluation, output: Output) -> None:
    located = lab.measuring.located(evaluation.workspace_id, evaluation.eval_set)
    for case_id, found in located.items():
        for problem in found.problems:
            output.note(f"{case_id}: {problem.message}")


def _follow(lab: Lab, evaluation: Evaluation, output: Output) -> None:
    """Run it, with a remark on how far it is once a second."""
    expected, noted = lab.measuring.expected(evaluation), time.monotonic()
    key = os.environ.get("OPENBOOK_API_KEY", "")
    for count, record in enumerate(lab.measuring.evaluate(evaluation, stopped=lambda: False, key=key), start=1):
        if record.error:
            output.note(f"{record.case_id}, {record.setup}: {record.error}")
        if time.monotonic() - noted >= 1:
            output.note(f"{count} of {expected} answers")
            noted = time.monotonic()


def _list(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    if asked.limit < 1:
        raise BadInput(f"The limit is {asked.limit}.", hint="Ask for at least one run.")
    page = lab.measuring.runs.find(asked.workspace, RunQuery(text=asked.search, limit=asked.limit))
    for row in page.rows:
        output.result(reports.run_row_json(row), reports.run_row_line(row))
    output.note(f"{len(page.rows)} of {page.total} runs")
    return 0


def _show(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    runs = lab.measuring.runs
    record, remarks = runs.get(asked.workspace, asked.id), runs.remarks(asked.workspace, asked.id)
    output.result(reports.run_json(record, remarks), reports.run_text(record, remarks))
    return 0


def _export(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    form = asked.format or asked.file.suffix.lower().lstrip(".")
    if form not in EXPORT_FORMS:
        raise BadInput(f"{asked.file.name!r} does not say which form is wanted.", hint="Add --format jsonl or csv.")
    runs = lab.measuring.runs
    count = runs.count(asked.workspace)
    kept = runs.kept(asked.workspace, RunQuery(limit=count))
    content = csv_of(kept) if form == "csv" else "".join(f"{line}\n" for line in jsonl_of(kept)).encode()
    _write(asked.file, content)
    output.result({"file": str(asked.file), "format": form, "runs": count}, f"{count} runs written to {asked.file}.")
    return 0


def _write(file: Path, content: bytes) -> None:
    try:
        write_whole(file, content)
    except OSError as error:
        raise BadInput(f"{file} cannot be written ({error.strerror}).", hint="Name another place.") from error
