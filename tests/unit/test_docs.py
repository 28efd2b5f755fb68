"""What the documentation names is there: commands, pages, files, links, settings, and the way to lock again."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.cli import EXIT_CODES, _parser
from lib.settings import LabSettings
from pages.ui.screens import SCREENS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = (
    README,
    CONTRIBUTING,
    ROOT / "CHANGELOG.md",
    ROOT / "docs" / "ARCHITECTURE.md",
    *sorted((ROOT / "docs" / "adr").glob("*.md")),
)
LOCKS = ("requirements.txt", "tests/requirements.txt", "benchmarks/requirements.txt")
LINK = re.compile(r"\]\(([^()\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
VARIABLE = re.compile(r"OPENBOOK_[A-Z_]*[A-Z]")


def rows(page: Path, *, header: str) -> list[list[str]]:
    """The cells of the table whose header row starts with `header`."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {header} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return table


def commands() -> set[str]:
    [choices] = [a.choices for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return set(choices)


def variables_read() -> set[str]:
    """Every OPENBOOK_ variable that code reads: from the environment by its name, or as a field of the settings."""
    found = {f"OPENBOOK_{name.upper()}" for name in LabSettings.model_fields}
    files = [ROOT / "run.py", *(p for f in ("lib", "pages", "tests", "benchmarks") for p in (ROOT / f).rglob("*.py"))]
    for path in files:
        found |= {name for name in _looked_up(ast.parse(path.read_text(encoding="utf-8"))) if VARIABLE.fullmatch(name)}
    return found


def _looked_up(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getenv"):
            key = node.args[0] if node.args else None
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            key = node.slice
        else:
            continue
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_command_table_names_every_command_once_and_its_examples_are_understood() -> None:
    table = rows(README, header="Command")
    assert sorted(row[0].strip("`") for row in table) == sorted(commands())
    for name, _, example in table:
        asked = shlex.split(example.strip("`"))
        assert asked[0] == name.strip("`")
        assert _parser().parse_args(asked).run is not None


def test_commands_in_code_blocks_are_understood() -> None:
    lines = re.findall(r"python -m lib\.cli (\w.+)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        assert _parser().parse_args(shlex.split(line)).run is not None


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    assert {int(row[0]) for row in rows(README, header="Exit code")} == {0, *(code for _, code in EXIT_CODES)}


def test_the_page_table_is_the_navigation() -> None:
    assert [tuple(row) for row in rows(README, header="Page")] == [(f"**{s.title}**", s.answers) for s in SCREENS]
    assert [screen.file for screen in SCREENS if not screen.there] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_to_something_that_is_there(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    folders = tuple(f"{folder}/" for folder in ("lib", "pages", "tests", "benchmarks", "sample_docs", ".ci"))
    named = [words.split()[0] for words in QUOTED.findall(page.read_text(encoding="utf-8")) if words.strip()]
    assert [name for name in named if name.startswith(folders) and not (ROOT / name).exists()] == []


def test_the_variables_that_are_named_are_those_that_are_read() -> None:
    named = {name for page in PAGES for name in VARIABLE.findall(page.read_text(encoding="utf-8"))}
    assert named == variables_read()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_commands_that_lock_again_are_those_in_the_locks(lock: str) -> None:
    header = (ROOT / lock).read_text(encoding="utf-8").splitlines()[1]
    assert header.lstrip("# ") in CONTRIBUTING.read_text(encoding="utf-8").splitlines()


def test_a_decision_fits_a_page_and_has_its_three_parts() -> None:
    for page in sorted((ROOT / "docs" / "adr").glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 40, page.name
        assert lines[0].startswith(f"# {int(page.name[:4])}. "), page.name
        assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
