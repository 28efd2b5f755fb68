"""The same lab without a screen: `python -m lib.cli [--data-dir DIR] [--workspace NAME] [--json] COMMAND`.

With --json, results go to standard output as JSON and everything else to standard error. Exit codes: 0 done, 2
refused, 3 store damaged, 4 another process owns the data, 5 the model or provider failed.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lib import reports
from lib.approaches.questions import checked_question
from lib.cli_inputs import (
    approaches_of,
    chunking_of,
    one_approach_of,
    questions_of,
    retrieval_of,
    uploads_from,
    workspace_of,
)
from lib.cli_measuring import add_commands, run_eval, run_runs
from lib.cli_output import Output, tell_of_reader
from lib.cli_tuning import add_tuning_commands, run_adapters, run_finetune
from lib.corpus.outcomes import Ingested, IngestEvent, Progress
from lib.domain import Answer, ApproachName
from lib.errors import (
    DataFolderBusy,
    FetchFailed,
    LabError,
    ModelFailed,
    StoreDamaged,
    WeightsDamaged,
    WeightsMissing,
)
from lib.lab import Lab
from lib.measuring import answered
from lib.records import Origin
from lib.settings import (
    DEFAULT_CHUNKING,
    LabSettings,
    RetrievalSettings,
    Strategy,
)

EXIT_CODES: tuple[tuple[type[LabError], int], ...] = (
    (StoreDamaged, 3),
    (DataFolderBusy, 4),
    (ModelFailed, 5),
    (WeightsMissing, 5),
    (WeightsDamaged, 5),
    (FetchFailed, 5),
    (LabError, 2),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    output = Output(as_json=asked.json)
    try:
        return _run(asked, output)
    except LabError as error:
        output.note(f"{error.message}\n{error.hint}".strip())
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        output.note("Stopped.")
        return 130


def _run(asked: argparse.Namespace, output: Output) -> int:
    from lib.assembly import open_lab

    settings = LabSettings(data_dir=asked.data_dir) if asked.data_dir else LabSettings()
    lab = open_lab(settings)
    try:
        lab.store.folder(asked.workspace)
        command: Callable[[Lab, argparse.Namespace, Output], int] = asked.run
        return command(lab, asked, output)
    finally:
        lab.close()


def _ingest(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    done = _follow(lab.ingest(asked.workspace, uploads_from(asked.paths), chunking_of(asked)), output)
    text = [reports.outcome_line(outcome) for outcome in done.outcomes]
    text.append(f"{done.chunks} chunks, {done.embedded} embedded, {done.reused} reused")
    output.result(reports.ingested_json(done), "\n".join(text))
    there = any(outcome.status != "rejected" for outcome in done.outcomes)
    return 0 if there else 2


def _documents(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    if asked.text:
        document = lab.document(asked.workspace, asked.text)
        if asked.json:
            output.result({"name": document.name, "text": document.text}, "")
        else:
            sys.stdout.write(document.text)
        return 0
    for entry in lab.documents(asked.workspace):
        line = f"{entry.status:9} {entry.name} ({entry.characters:,} characters)"
        output.result(reports.entry_json(entry), line)
    return 0


def _search(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    questions, retrieval = questions_of(asked), retrieval_of(asked)
    retriever = lab.retriever(asked.workspace, chunking_of(asked), retrieval)
    for question in questions:
        began = time.perf_counter()
        passages = retriever.retrieve(question.text, top_k=retrieval.top_k)
        ms = (time.perf_counter() - began) * 1000
        text = "\n".join(reports.passage_line(passage) for passage in passages) or "Nothing was found."
        output.result(reports.search_json(question.id, question.text, passages, ms), text)
    return 0


def _ask(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    name = one_approach_of(asked)
    tell_of_reader(lab, workspace_of(lab, asked), [name], output)
    for question in questions_of(asked):
        answer = _answer(lab, asked, output, (name, question.text))
        output.result(reports.answer_json(question.id, answer), reports.answer_text(answer))
    return 0


def _compare(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    question = checked_question(asked.question)
    names = approaches_of(asked.approaches)
    tell_of_reader(lab, workspace_of(lab, asked), names, output)
    for name in names:
        answer = _answer(lab, asked, output, (name, question))
        output.result(reports.answer_json(None, answer), reports.answer_text(answer) + "\n")
    return 0


def _delete(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    removed = lab.remove(asked.workspace, asked.names)
    output.result(
        {"workspace": asked.workspace, "documents": removed.documents, "chunks": removed.chunks},
        f"Removed {removed.documents} documents with {removed.chunks} chunks.",
    )
    return 0


def _verify(lab: Lab, _asked: argparse.Namespace, output: Output) -> int:
    sound = True
    for workspace_id in lab.store.workspaces():
        found = lab.verify(workspace_id)
        sound = sound and not found.problems
        text = f"{workspace_id}: {found.documents} documents, {found.chunks} chunks, files {found.files_sha256[:16]}"
        output.result(reports.verified_json(found), "\n  ".join([text, *found.problems]))
    if not sound:
        raise StoreDamaged("Stored data does not hold together.", hint="Run `rebuild` to mend what can be mended.")
    return 0


def _export(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    for done in lab.export(asked.folder):
        counts = f"{done.documents} documents, {done.eval_sets} eval sets, {done.runs} runs, {done.adapters} adapters"
        text = f"{done.workspace_id}: {counts}, {done.bytes:,} bytes, files {done.files_sha256[:16]}"
        output.result(reports.exported_json(done), text)
    return 0


def _rebuild(lab: Lab, _asked: argparse.Namespace, output: Output) -> int:
    for workspace_id in lab.store.workspaces():
        done = _follow(lab.rebuild(workspace_id), output)
        documents = len(lab.documents(workspace_id))
        value = {"workspace": workspace_id, "documents": documents, "chunks": done.chunks, "embedded": done.embedded}
        text = f"{workspace_id}: {documents} documents, {done.chunks} chunks, {done.embedded} embedded again"
        output.result(value | {"reused": done.reused}, text)
    return 0


def _follow(events: Iterator[IngestEvent], output: Output) -> Ingested:
    """Note progress once a second; return the end."""
    noted = time.monotonic()
    for event in events:
        if isinstance(event, Ingested):
            return event
        if isinstance(event, Progress) and time.monotonic() - noted >= 1:
            output.note(reports.progress_line(event))
            noted = time.monotonic()
    raise AssertionError("ingest ended without saying how")


def _answer(lab: Lab, asked: argparse.Namespace, output: Output, of: tuple[ApproachName, str]) -> Answer:
    """The answer, noted in the log of runs; a log that takes nothing more loses no answer."""
    (name, question), workspace = of, workspace_of(lab, asked)
    approach = lab.approach(name, workspace, key=os.environ.get("OPENBOOK_API_KEY", ""))
    answer = answered(approach, question)
    try:
        lab.measuring.record(answer, workspace, Origin.COMMAND_LINE)
    except LabError as error:
        output.note(f"The answer is not in the log of runs. {error.message}")
    return answer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.cli", description="The lab without a screen.")
    parser.add_argument("--data-dir", type=Path, help="where documents are kept (default: OPENBOOK_DATA_DIR)")
    parser.add_argument("--workspace", default="default", help="whose documents (default: default)")
    parser.add_argument("--json", action="store_true", help="print results as JSON")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ingest = _command(commands, "ingest", _ingest, "read, cut, embed and index files")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    documents = _command(commands, "documents", _documents, "list the documents, or print one's text")
    documents.add_argument("--text", metavar="NAME")
    search = _command(commands, "search", _search, "find passages")
    ask = _command(commands, "ask", _ask, "answer a question")
    ask.add_argument("--approach", default="rag", choices=[name.value for name in ApproachName])
    for command in (search, ask):
        command.add_argument("question", nargs="?")
        command.add_argument("--questions", type=Path, metavar="FILE.jsonl")
    compare = _command(commands, "compare", _compare, "answer a question by several approaches")
    compare.add_argument("question")
    compare.add_argument("--approaches", default="prompt-only,rag")
    evaluated = _command(commands, "eval", run_eval, "answer an eval set and measure the answers")
    add_commands(evaluated, _command(commands, "runs", run_runs, "list, show or export the log of answers"))
    for command in (ask, compare, evaluated):
        command.add_argument("--model", default="built-in")
        command.add_argument("--base-url", default="", help="address of an OpenAI-compatible endpoint")
        command.add_argument("--adapter", default="", metavar="NAME", help="what fine-tuned and hybrid answer with")
    finetune = _command(commands, "finetune", run_finetune, "train an adapter on a training set")
    add_tuning_commands(finetune, _command(commands, "adapters", run_adapters, "list, show or delete adapters"))
    delete = _command(commands, "delete", _delete, "remove documents")
    delete.add_argument("names", nargs="+", metavar="NAME")
    _command(commands, "verify", _verify, "check that stored data holds together")
    exported = _command(commands, "export", _export, "write everything as plain files into a new folder")
    exported.add_argument("folder", type=Path, metavar="DIR")
    _command(commands, "rebuild", _rebuild, "make texts and indexes again from the files")
    for command in (search, ask, compare, evaluated):
        _add_retrieval(command)
    for command in (ingest, search, ask, compare, evaluated):
        _add_chunking(command)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[Lab, argparse.Namespace, Output], int],
    says: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=says, description=says.capitalize() + ".")
    command.set_defaults(run=run)
    return command


def _add_retrieval(command: argparse.ArgumentParser) -> None:
    defaults = RetrievalSettings()
    command.add_argument("--top-k", type=int, default=defaults.top_k)
    command.add_argument("--retriever", choices=["hybrid", "dense", "lexical"], default=defaults.retriever)
    command.add_argument("--fusion", choices=["convex", "rrf"], default=defaults.fusion)
    command.add_argument("--dense-weight", type=float, default=defaults.dense_weight)


def _add_chunking(command: argparse.ArgumentParser) -> None:
    strategies = [strategy.value for strategy in Strategy]
    command.add_argument("--strategy", choices=strategies, default=DEFAULT_CHUNKING.strategy.value)
    command.add_argument("--chunk-size", type=int, default=DEFAULT_CHUNKING.size)
    command.add_argument("--chunk-overlap", type=int, default=DEFAULT_CHUNKING.overlap)


if __name__ == "__main__":
    sys.exit(main())
