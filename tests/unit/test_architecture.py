"""The house stays as it was drawn: who may import whom, and what stays in its one room."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"cli"}),
    frozenset({"cli_measuring", "cli_tuning"}),
    frozenset({"cli_inputs", "cli_output", "assembly"}),
    frozenset({"reports_measured"}),
    frozenset({"reports"}),
    frozenset({"lab"}),
    frozenset({"measuring", "exporting"}),
    frozenset({"answering", "searching", "tuning"}),
    frozenset({"charts"}),
    frozenset({"advice"}),
    frozenset({"evaluation"}),
    frozenset({"approaches"}),
    frozenset({"corpus", "embedding", "retrieval", "generation", "training", "costing", "runs"}),
    frozenset({"weights", "owner"}),
    frozenset({"protocols"}),
    frozenset({"records"}),
    frozenset({"domain"}),
    frozenset({"sets"}),
    frozenset({"files", "settings", "forms", "addresses", "text", "wheels"}),
    frozenset({"errors"}),
)
"""From the top down. A room imports from floors below its own, never from a neighbour on the same floor."""


def files(folder: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "lib")


def room_of(path: Path) -> str:
    inside = path.relative_to(ROOT / "lib")
    return inside.parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(floor for floor, rooms in enumerate(FLOORS) if room in rooms)


def lib_imports() -> list[tuple[str, str, str]]:
    return [
        (str(path.relative_to(ROOT)), room_of(path), name.split(".")[1])
        for path in files("lib")
        for name in imported(path)
        if name.startswith("lib.") and room_of(path) != "__init__"
    ]


def test_imports_go_down_only_and_rooms_on_one_floor_never_import_each_other() -> None:
    wrong = [
        f"{path} imports lib.{other}"
        for path, room, other in lib_imports()
        if room != other and floor_of(other) <= floor_of(room)
    ]
    assert wrong == []


def test_every_room_has_its_floor() -> None:
    drawn = {room for floor in FLOORS for room in floor}
    assert {room_of(path) for path in files("lib")} - {"__init__"} <= drawn


def test_the_library_knows_no_screen() -> None:
    assert [str(path) for path in files("lib") if any(n.split(".")[0] == "streamlit" for n in imported(path))] == []
    assert [str(path) for path in files("lib") if any(n.split(".")[0] == "pages" for n in imported(path))] == []


@pytest.mark.parametrize(
    ("words", "room"),
    [
        (("session_state",), "pages/ui/state.py"),
        (("cache_data", "cache_resource"), "pages/ui/services.py"),
        (("query_params",), "pages/ui/state.py"),
    ],
)
def test_state_and_caches_stay_in_their_one_room(words: tuple[str, ...], room: str) -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("pages", "lib")
        for path in files(folder)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in words
    }
    assert found <= {room}


def test_markup_is_drawn_without_unsafe_html() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (*files("pages"), ROOT / "app.py")
        if "unsafe_allow_html=True" in path.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize("module", ["lib.approaches.rag", "lib.assembly", "lib.cli", "lib.lab", "lib.corpus.ingest"])
def test_importing_the_library_loads_nothing_heavy(module: str) -> None:
    heavy = ("torch", "transformers", "chromadb", "sentence_transformers", "xllamacpp", "openai", "streamlit", "plotly")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert printed.stdout.strip() == "[]"


def test_nothing_is_loaded_from_a_pickle_or_runs_remote_code() -> None:
    words = ("pickle.load", "trust_remote_code=True", "joblib.load", "torch.load(")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for folder in ("lib", "pages", "benchmarks")
        for path in files(folder)
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
