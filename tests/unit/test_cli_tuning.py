"""`finetune` and `adapters` without a model: what is understood, what is refused, what is listed and deleted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lib.cli import main
from lib.evaluation.eval_store import EvalSetStore
from lib.records import EvalCase, EvalSet
from lib.training.adapter_store import AdapterStore, AdapterWeights
from tests.unit.training.test_adapter_store import CARD


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENBOOK_FAKE_MODELS", "true")
    return tmp_path / "data"


def asked(data: Path, *command: str) -> int:
    return main(["--data-dir", str(data), "--json", *command])


def test_adapters_are_listed_shown_and_deleted(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = AdapterStore(data)
    for name in ("tickets", "other"):
        store.keep("default", replace(CARD, name=name), AdapterWeights(b"peft", b"gguf"))
    assert asked(data, "adapters", "list") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["name"], one["examples"], one["rank"]) for one in listed] == [("other", 120, 4), ("tickets", 120, 4)]
    assert asked(data, "adapters", "show", "tickets") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["curve"] == {"training": [[1, 2.0], [2, 1.0]], "validation": [[2, 1.5]]}
    assert (shown["kept_step"], shown["instruction"]) == (8, "Be brief.")
    assert asked(data, "adapters", "delete", "tickets") == 0
    assert store.names("default") == ("other",)
    capsys.readouterr()
    assert asked(data, "adapters", "show", "tickets") == 2
    assert "no adapter 'tickets'" in capsys.readouterr().err


def test_verify_finds_an_adapter_that_was_changed_and_export_takes_the_adapters_along(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = AdapterStore(data)
    kept = store.keep("default", CARD, AdapterWeights(b"peft", b"gguf"))
    assert asked(data, "export", str(tmp_path / "out")) == 0
    assert json.loads(capsys.readouterr().out)["adapters"] == 1
    there = tmp_path / "out" / "default" / "adapters" / "tickets"
    assert (there / "adapter.gguf").read_bytes() == b"gguf"
    assert json.loads((there / "adapter.json").read_bytes())["name"] == "tickets"
    assert asked(data, "verify") == 0
    store.paths("default", kept)[1].write_bytes(b"changed")
    capsys.readouterr()
    assert asked(data, "verify") == 3
    assert "adapter tickets: adapter.gguf has other bytes" in capsys.readouterr().out


def test_a_set_that_is_not_there_a_bad_name_and_a_bad_dial_are_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(data, "finetune", "nowhere", "--name", "a") == 2
    assert "'nowhere' is neither a file nor a training set" in capsys.readouterr().err
    assert asked(data, "finetune", "sample", "--name", "a b") == 2
    assert "cannot name an adapter" in capsys.readouterr().err
    assert asked(data, "finetune", "sample", "--name", "a", "--rank", "0") == 2
    assert "The rank is 0." in capsys.readouterr().err
    assert asked(data, "finetune", "sample", "--name", "a", "--resume") == 2
    assert "no unfinished training 'a'" in capsys.readouterr().err


def test_an_empty_file_is_refused_with_its_name(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    assert asked(data, "finetune", str(tmp_path / "empty.jsonl"), "--name", "a") == 2
    assert "empty.jsonl" in capsys.readouterr().err


def test_a_set_that_holds_what_the_answers_are_judged_by_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [EvalCase(f"c{n}", f"What does part number {n} cost in pounds?", f"{n} pounds") for n in range(12)]
    EvalSetStore(data).keep("default", EvalSet("prices", tuple(cases)))
    rows = [{"input": one.question, "output": one.answer} for one in cases]
    leaked = tmp_path / "leaked.jsonl"
    leaked.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert asked(data, "finetune", str(leaked), "--name", "a") == 2
    said = capsys.readouterr()
    assert "prices" in said.err
    assert said.out == ""
    assert AdapterStore(data).names("default") == ()
