"""The command line keeps its contract: what it prints, where, and with which exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib.cli import main
from lib.errors import WeightsMissing
from tests.support.kept_adapters import keep_adapter

ROOT = Path(__file__).resolve().parents[2]
LEAVE = "# Leave\n\nParents take 18 weeks of paid leave. Ask the people team.\n\n# Travel\n\nTrains come first.\n"


@dataclass(frozen=True)
class Ran:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("OPENBOOK_FAKE_MODELS", "true")

    def ran(*arguments: str, json_out: bool = True) -> Ran:
        code = main(["--data-dir", str(tmp_path / "data"), *(["--json"] if json_out else []), *arguments])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    (documents / "old").mkdir(parents=True)
    (documents / "leave.md").write_text(LEAVE)
    (documents / "prices.csv").write_text("Plan,Monthly price\nTeam,49 euros\nSolo,9 euros\n")
    return documents


def test_ingest_reports_each_document_and_what_it_cost(run: Run, folder: Path) -> None:
    done = run("ingest", str(folder))
    assert done.code == 0
    [result] = done.lines
    assert [(d["name"], d["status"]) for d in result["documents"]] == [
        ("leave.md", "indexed"),
        ("prices.csv", "indexed"),
    ]
    assert set(result["documents"][0]) >= {"id", "name", "status", "reason", "characters", "pages"}
    assert result["chunks"] == result["embedded"] >= 2
    assert list(result["seconds"]) == ["received", "parsed", "chunked", "embedded", "indexed"]


def test_ingest_exits_2_only_if_nothing_was_indexed(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_text("")
    assert run("ingest", str(folder)).code == 0
    (tmp_path / "void.txt").write_text("")
    refused = run("ingest", str(tmp_path / "void.txt"))
    assert refused.code == 2
    assert refused.lines[0]["documents"][0]["reason"]


def test_ingest_of_what_is_there_already_is_no_refusal(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    again = run("ingest", str(folder))
    assert (again.code, again.lines[0]["embedded"]) == (0, 0)


def test_two_files_of_one_name_are_told_apart_by_their_folder(run: Run, folder: Path) -> None:
    (folder / "old" / "leave.md").write_text(LEAVE.replace("18", "12"))
    names = {document["name"] for document in run("ingest", str(folder)).lines[0]["documents"]}
    assert names == {"documents/leave.md", "old/leave.md", "prices.csv"}


def test_passages_slice_to_their_text(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    [found] = run("search", "How long is parental leave?", "--top-k", "2", "--chunk-size", "20").lines
    assert found["question"] == "How long is parental leave?"
    assert [passage["rank"] for passage in found["passages"]] == [1, 2]
    for passage in found["passages"]:
        text = run("documents", "--text", passage["document"], json_out=False).out
        assert text[passage["start"] : passage["end"]] == passage["text"]
        assert set(passage) >= {"rank", "score", "document", "start", "end", "page", "text", "legs"}
        assert passage["legs"]["dense"].keys() == {"rank", "score"}


def test_a_file_of_questions_gives_one_line_each_under_its_id(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", str(folder))
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "a", "question": "How long is leave?"}\n\n{"id": 7, "question": "What is the price?"}\n'
    )
    assert [line["id"] for line in run("search", "--questions", str(questions)).lines] == ["a", "7"]
    answers = run("ask", "--questions", str(questions), "--model", "extractive").lines
    assert [line["id"] for line in answers] == ["a", "7"]


def test_a_bad_line_of_questions_is_named_and_nothing_is_asked(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", str(folder))
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "How long is leave?"}\n{"question": 3}\n')
    refused = run("search", "--questions", str(questions))
    assert (refused.code, refused.out) == (2, "")
    assert "Line 2" in refused.err


def test_ask_gives_the_whole_record_of_an_answer(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    [answer] = run("ask", "How many weeks of paid leave do parents take?", "--model", "extractive").lines
    assert "18 weeks" in answer["answer"]
    assert (answer["approach"], answer["abstained"]) == ("rag", False)
    citation = answer["citations"][0]
    text = run("documents", "--text", citation["document"], json_out=False).out
    assert "18 weeks" in text[citation["start"] : citation["end"]]
    assert set(answer["usage"]) == {"input_tokens", "output_tokens"}
    assert set(answer["ms"]) == {"retrieve", "first_token", "total"}


@pytest.mark.parametrize("approach", ["rag", "hybrid"])
def test_a_missing_reader_is_told_of_and_the_question_answered(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, approach: str
) -> None:
    def gone() -> None:
        raise WeightsMissing("The built-in reader is not at reader.gguf.", hint="Get it again.")

    monkeypatch.setattr("lib.assembly._no_reader", gone)
    run("ingest", str(folder))
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "1", "question": "How many weeks of leave?"}\n{"id": "2", "question": "How much is Solo?"}\n'
    )
    asked = run("ask", "--questions", str(questions), "--approach", approach)
    assert asked.code == 0
    assert [line["id"] for line in asked.lines] == ["1", "2"]
    assert asked.err.count("not at reader.gguf. Answers come without it. Get it again.") == 1
    assert "reader.gguf" not in run("ask", "How many weeks?", "--approach", "prompt-only").err


def test_a_hybrid_answer_says_what_each_rule_says_and_waits_for_a_person_where_one_is_broken(
    run: Run, folder: Path
) -> None:
    """The echo repeats the question too, so with a long one it breaks a rule again when it is told."""
    run("ingest", str(folder))
    kept = run("ask", "How many weeks of paid leave do parents take?", "--approach", "hybrid").lines[0]
    assert (kept["approach"], kept["adapter"], kept["first"]) == ("hybrid", None, None)
    assert [set(verdict) for verdict in kept["verdicts"]] == [{"rule", "kept", "reason"}] * 3
    assert (kept["held"], kept["repaired"]) == (False, False)
    long = "How many weeks of paid leave do parents take? " + "Parents take weeks of paid leave, " * 15
    held = run("ask", long, "--approach", "hybrid").lines[0]
    assert (held["held"], held["repaired"]) == (True, True)
    assert "At most 80 words" in [verdict["rule"] for verdict in held["verdicts"] if not verdict["kept"]]
    assert held["first"]["answer"]
    rows = run("runs", "list").lines
    shown = run("runs", "show", rows[0]["id"]).lines[0]
    assert shown["remarks"]["review"]["area"] == "validation"
    assert shown["remarks"]["review"]["state"] == "open"
    assert shown["answer"]["held"] is True
    assert [one["rule"] for one in shown["answer"]["verdicts"]] == [one["rule"] for one in held["verdicts"]]
    told = run("ask", long, "--approach", "hybrid", json_out=False).out
    assert "HELD FOR REVIEW" in told
    assert "broken At most 80 words" in told


def test_compare_gives_one_answer_per_approach(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    answers = run("compare", "How many weeks of paid leave do parents take?").lines
    assert [answer["approach"] for answer in answers] == ["prompt-only", "rag"]
    assert answers[0]["passages"] == []
    assert answers[1]["passages"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("search", ""), "question"),
        (("search", "x" * 5_000), "5,000"),
        (("search", "leave?", "--top-k", "0"), "top-k"),
        (("search", "leave?", "--dense-weight", "7"), "7"),
        (("search", "leave?", "--chunk-size", "5"), "5"),
        (("search", "leave?", "--chunk-size", "999"), "254"),
        (("search", "leave?", "--chunk-overlap", "300"), "300"),
        (("ask", "leave?", "--approach", "fine-tuned"), "--adapter"),
        (("ask", "leave?", "--approach", "fine-tuned", "--adapter", "nobody"), "nobody"),
        (("ask", "leave?", "--approach", "hybrid", "--adapter", "nobody"), "nobody"),
        (("ask", "leave?", "--adapter", "nobody"), "--approach hybrid"),
        (("ask", "leave?", "--approach", "gold-context"), "Gold-context"),
        (("compare", "leave?", "--approaches", "hybrid,rag", "--adapter", "nobody"), "nobody"),
        (("ask", "leave?", "--model", "gpt-9"), "gpt-9"),
        (("ask", "leave?", "--model", "m", "--base-url", "nonsense"), "nonsense"),
        (("compare", "leave?", "--approaches", "rag,magic"), "magic"),
        (("delete", "not there.md"), "not there.md"),
        (("documents", "--text", "not there.md"), "not there.md"),
        (("ingest", "/not/there"), "/not/there"),
        (("search", "--questions", "/not/there.jsonl"), "/not/there.jsonl"),
        (("--workspace", "../evil", "documents"), "../evil"),
    ],
)
def test_bad_input_is_refused_with_its_value_and_a_way_out(
    run: Run, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    run("ingest", str(folder))
    refused = run(*arguments)
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    assert len(refused.err.strip().splitlines()) == 2


def test_a_model_that_cannot_be_reached_exits_5(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    failed = run("ask", "Leave?", "--approach", "prompt-only", "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    assert (failed.code, failed.out) == (5, "")
    assert "127.0.0.1:9" in failed.err


def test_delete_removes_documents_with_their_chunks(run: Run, folder: Path) -> None:
    chunks = run("ingest", str(folder)).lines[0]["chunks"]
    removed = run("delete", "leave.md").lines[0]
    assert removed["documents"] == 1
    assert 0 < removed["chunks"] < chunks
    assert [entry["name"] for entry in run("documents").lines] == ["prices.csv"]
    assert {p["document"] for p in run("search", "leave").lines[0]["passages"]} == {"prices.csv"}


def test_verify_finds_what_is_damaged_and_rebuild_mends_what_can_be(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", str(folder))
    sound = run("verify")
    assert sound.code == 0
    assert sound.lines[0]["problems"] == []
    [text] = (tmp_path / "data" / "workspaces" / "default" / "text").glob(f"{run('documents').lines[0]['id']}*")
    text.unlink()
    broken = run("verify")
    assert broken.code == 3
    assert "leave.md" in broken.lines[0]["problems"][0]
    assert run("rebuild").code == 0
    assert run("verify").lines == sound.lines
    [file] = (tmp_path / "data" / "workspaces" / "default" / "files").glob(run("documents").lines[0]["id"])
    file.write_bytes(b"something else")
    assert run("verify").code == 3


def test_workspaces_do_not_see_each_other(run: Run, folder: Path) -> None:
    run("--workspace", "red", "ingest", str(folder / "leave.md"))
    run("--workspace", "blue", "ingest", str(folder / "prices.csv"))
    found = run("--workspace", "blue", "search", "parental leave").lines[0]["passages"]
    assert {passage["document"] for passage in found} == {"prices.csv"}
    assert run("documents").lines == []


def test_without_json_people_can_read_it(run: Run, folder: Path) -> None:
    run("ingest", str(folder))
    assert run("search", "parental leave", json_out=False).out.startswith("1. ")
    assert run("documents", json_out=False).out.splitlines()[0].startswith("indexed   leave.md")


def test_a_second_process_on_the_same_data_exits_4_and_names_the_owner(tmp_path: Path) -> None:
    code = "import sys; from datetime import datetime, UTC; from pathlib import Path; from lib.owner import own\n"
    code += "held = own(Path(sys.argv[1]), now=datetime.now(UTC)); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    second = subprocess.run(
        [sys.executable, "-m", "lib.cli", "--data-dir", str(tmp_path), "documents"],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "OPENBOOK_FAKE_MODELS": "true"}, check=False,
    )  # fmt: skip
    holder.communicate()
    assert second.returncode == 4
    assert f"process {holder.pid}" in second.stderr


EVALSET = (
    '{"id": "weeks", "question": "How long is paid leave?", "answer": "18 weeks", '
    '"evidence": [{"document": "leave.md", "quote": "Parents take 18 weeks of paid leave."}]}\n'
    '{"id": "trains", "question": "What comes first?", "answer": "trains", '
    '"evidence": [{"document": "leave.md", "quote": "Trains come first."}]}\n'
    '{"id": "gone", "question": "Who is told?", "answer": "people team", '
    '"evidence": [{"document": "leave.md", "quote": "Ask the other team."}]}\n'
)


@pytest.fixture
def evalset(run: Run, folder: Path, tmp_path: Path) -> Path:
    run("ingest", str(folder))
    file = tmp_path / "leave.jsonl"
    file.write_text(EVALSET)
    return file


def test_eval_prints_figures_with_intervals_and_every_case(run: Run, evalset: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    done = run("eval", str(evalset), "--approaches", "rag,gold-context", "--model", "extractive", "--out", str(out))
    assert done.code == 0
    [result] = done.lines
    assert json.loads(out.read_text()) == result
    assert result["cases"] == 3
    assert set(result["approaches"]) == {"rag", "gold-context"}
    correct = result["approaches"]["rag"]["metrics"]["correct"]
    assert 0 <= correct["value"] <= 1
    assert correct["low"] is None, "three cases allow no interval"
    assert [case["id"] for case in result["results"]] == ["weeks", "trains", "gone"]
    assert result["results"][0]["answers"]["rag"]["answer"]
    assert "gold-context" not in result["results"][2]["answers"], "its evidence stands nowhere"
    assert "gone" in done.err, "the stale case is named"


def test_eval_refuses_a_file_with_a_bad_line_and_an_unknown_set(run: Run, evalset: Path) -> None:
    evalset.write_text(EVALSET + "{not json}\n")
    refused = run("eval", str(evalset))
    assert refused.code == 2
    assert "4" in refused.err
    assert run("eval", "nobody-knows").code == 2
    assert "neither a file nor an eval set" in run("eval", f"{'folder/' * 12}gone.jsonl").err
    assert run("runs", "list").out == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("magic", "no approach 'magic'"),
        ("fine-tuned", "No adapter is chosen for 'Fine-tuned'"),
        ("hybrid", "generates nothing"),
    ],
)
def test_eval_refuses_an_approach_that_cannot_answer(run: Run, evalset: Path, name: str, said: str) -> None:
    refused = run("eval", str(evalset), "--approaches", f"rag,{name}", "--model", "extractive")
    assert refused.code == 2
    assert said in refused.err


def test_eval_measures_all_four_approaches_with_an_adapter(run: Run, evalset: Path, tmp_path: Path) -> None:
    keep_adapter(tmp_path / "data", "tickets")
    four = "prompt-only,rag,fine-tuned,hybrid"
    done = run("eval", str(evalset), "--approaches", four, "--adapter", "tickets")
    assert done.code == 0
    [result] = done.lines
    assert list(result["approaches"]) == four.split(",")
    metrics = {name: found["metrics"] for name, found in result["approaches"].items()}
    assert "hit" in metrics["hybrid"]
    assert "hit" not in metrics["fine-tuned"]
    assert metrics["hybrid"]["kept_in_the_end"]["cases"] >= 1, "of answers that abstain no rule is tried"
    assert result["results"][0]["answers"]["fine-tuned"]["answer"].startswith("tickets:")
    refused = run("eval", str(evalset), "--approaches", "fine-tuned", "--adapter", "gone")
    assert refused.code == 2
    assert "There is no adapter 'gone'" in refused.err


def test_eval_without_documents_is_refused(run: Run, tmp_path: Path) -> None:
    refused = run("eval", "company", "--approaches", "rag", "--model", "extractive")
    assert refused.code == 2
    assert "documents" in refused.err


def test_every_answer_of_ask_and_compare_is_listed_shown_and_exported(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", str(folder))
    run("ask", "How long is paid leave?", "--model", "extractive")
    run("compare", "What comes first?", "--model", "echo")
    listed = run("runs", "list").lines
    assert [(row["approach"], row["question"]) for row in listed] == [
        ("rag", "What comes first?"),
        ("prompt-only", "What comes first?"),
        ("rag", "How long is paid leave?"),
    ]
    assert [row["id"] for row in run("runs", "list", "--search", "PAID").lines] == [listed[2]["id"]]
    [shown] = run("runs", "show", listed[2]["id"]).lines
    assert shown["answer"]["text"]
    assert shown["workspace"]["chunking"]["size"] == 200
    assert run("runs", "show", "nothing").code == 2
    for form in ("jsonl", "csv"):
        assert run("runs", "export", str(tmp_path / f"runs.{form}")).lines[0]["runs"] == 3
    lines = (tmp_path / "runs.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in listed]
    assert run("runs", "export", str(tmp_path / "runs.xyz")).code == 2


def test_export_writes_everything_as_plain_files_and_refuses_a_folder_with_something_in_it(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    run("ingest", str(folder))
    run("ask", "How long is paid leave?", "--model", "extractive")
    out = tmp_path / "export"
    [done] = run("export", str(out)).lines
    [verified] = run("verify").lines
    assert done["files_sha256"] == verified["files_sha256"]
    assert (done["workspace"], done["documents"], done["runs"]) == ("default", 2, 1)
    assert (out / "default" / "documents" / "leave.md").read_text() == LEAVE
    assert (out / "default" / "text" / "leave.md.txt").read_text() == run("documents", "--text", "leave.md").lines[0][
        "text"
    ]
    assert json.loads((out / "default" / "runs.jsonl").read_text())["answer"]["question"] == "How long is paid leave?"
    refused = run("export", str(out))
    assert refused.code == 2
    assert "not an empty folder" in refused.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".export")]
