"""What run.py decides, without installing anything."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import run

LINUX = run.Machine(python=(3, 11), system="Linux", architecture="x86_64", bits=64)
ROOT = Path(run.__file__).parent


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty root with two lock files, and a place for .venv/ in it."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\n")
    (tmp_path / "tests/requirements.txt").write_text("pytest==1\n")
    folder = tmp_path / ".venv"
    folder.mkdir()
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", folder)
    monkeypatch.setattr(run, "STAMP", folder / "openbook-setup.json")
    return folder


@pytest.fixture
def installs(venv: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records what a set-up would do, instead of doing it."""
    done: list[str] = []
    monkeypatch.setattr(run, "venv_version", lambda: "3.11")
    monkeypatch.setattr(run, "usable_uv", lambda: None)
    monkeypatch.setattr(run, "make_venv", lambda _: done.append("venv"))
    monkeypatch.setattr(run, "install", lambda locks, _: done.append(" ".join(locks)))
    return done


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_a_python_outside_the_range_is_told_which_one_to_get(version: tuple[int, int]) -> None:
    with pytest.raises(
        run.SetupFailed, match=rf"3\.11, 3\.12 or 3\.13; this is Python {version[0]}\.{version[1]}"
    ) as failure:
        run.refuse_unsupported(LINUX._replace(python=version))
    assert "python.org" in failure.value.hint


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize(("system", "architecture"), [("Linux", "x86_64"), ("Windows", "AMD64"), ("Darwin", "arm64")])
def test_supported_machines_are_accepted(version: tuple[int, int], system: str, architecture: str) -> None:
    run.refuse_unsupported(run.Machine(version, system, architecture, 64))


def test_an_intel_mac_is_told_that_pytorch_is_the_reason() -> None:
    with pytest.raises(run.SetupFailed, match="PyTorch"):
        run.refuse_unsupported(LINUX._replace(system="Darwin"))


def test_a_32_bit_python_is_refused() -> None:
    with pytest.raises(run.SetupFailed, match="32-bit"):
        run.refuse_unsupported(LINUX._replace(bits=32))


def test_the_file_parses_on_old_pythons_so_that_they_get_the_message() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_only_the_standard_library_is_needed_before_anything_is_installed() -> None:
    """Also lib.weights and what it imports: run.py loads them on a bare machine."""
    code = "import run; from lib import weights, wheels; print('ready')"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == "ready", answer.stderr


def test_a_first_set_up_makes_the_environment_and_notes_it(
    venv: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "venv_version", lambda: "3.11" if installs else None)
    run.set_up(["requirements.txt"])
    assert installs == ["venv", "requirements.txt"]
    assert json.loads(run.STAMP.read_text())["done"] is True


def test_a_second_set_up_does_nothing(venv: Path, installs: list[str]) -> None:
    run.set_up(["requirements.txt"])
    installs.clear()
    run.set_up(["requirements.txt"])
    assert installs == []


def test_the_lab_needs_nothing_more_after_the_tests_were_set_up_and_the_other_way_adds_only(
    venv: Path, installs: list[str]
) -> None:
    run.set_up(["requirements.txt"])
    run.set_up(["requirements.txt", "tests/requirements.txt"])
    run.set_up(["requirements.txt"])
    run.set_up(["requirements.txt", "tests/requirements.txt"])
    assert installs == ["requirements.txt", "requirements.txt tests/requirements.txt"]


def test_a_changed_lock_is_installed_over_what_is_there(venv: Path, installs: list[str]) -> None:
    run.set_up(["requirements.txt", "tests/requirements.txt"])
    (run.ROOT / "requirements.txt").write_text("torch==2.13.1\n")
    installs.clear()
    run.set_up(["requirements.txt"])
    run.set_up(["requirements.txt", "tests/requirements.txt"])
    assert installs == ["requirements.txt", "requirements.txt tests/requirements.txt"]


def test_an_interrupted_set_up_is_made_anew_at_the_next_start(
    venv: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.set_up(["requirements.txt"])
    run.set_up(["requirements.txt"])
    assert installs == ["venv", "requirements.txt"]


def test_an_environment_made_by_hand_is_added_to_not_thrown_away(venv: Path, installs: list[str]) -> None:
    run.set_up(["requirements.txt"])
    assert installs == ["requirements.txt"]


@pytest.mark.parametrize("version", [None, "3.10", "3.14"])
def test_an_environment_that_does_not_run_or_is_of_a_wrong_python_is_made_anew(version: str | None) -> None:
    assert run.must_recreate({"done": True}, version)
    assert not run.must_recreate({"done": True}, "3.12")


def test_a_damaged_stamp_counts_as_none(venv: Path) -> None:
    run.STAMP.write_text("{half")
    assert run.read_stamp() == {}


def test_a_full_disk_is_refused_with_both_figures() -> None:
    with pytest.raises(run.SetupFailed, match=r"about 3\.5 GB .* has 1\.2 GB left"):
        run.refuse_full_disk(1.2)
    run.refuse_full_disk(4.0)


def test_missing_venv_names_the_debian_package() -> None:
    with pytest.raises(run.SetupFailed) as failure:
        run.refuse_without_venv(False, LINUX)
    assert "sudo apt install python3.11-venv" in failure.value.hint
    run.refuse_without_venv(True, LINUX)


def test_uv_is_not_used_where_only_pip_knows_where_packages_are() -> None:
    assert run.pip_only_settings({"PIP_FIND_LINKS": "/w", "HOME": "/"}, "") == ["find-links"]
    assert run.pip_only_settings({}, "global.extra-index-url='https://mirror.example/simple'\n") == ["extra-index-url"]
    assert run.pip_only_settings({"PIP_DEFAULT_TIMEOUT": "9"}, "global.timeout='9'\n") == []


@pytest.mark.parametrize(
    ("environ", "system", "index"),
    [
        ({}, "Linux", run.CPU_TORCH_INDEX),
        ({"CI": "true"}, "Linux", None),
        ({}, "Darwin", None),
        ({}, "Windows", None),
        ({"OPENBOOK_TORCH_INDEX": "default"}, "Linux", None),
        ({"OPENBOOK_TORCH_INDEX": "https://gpu.example/whl"}, "Windows", "https://gpu.example/whl"),
        ({"OPENBOOK_TORCH_INDEX": "https://gpu.example/whl", "CI": "true"}, "Linux", "https://gpu.example/whl"),
    ],
)
def test_pytorch_comes_from_its_cpu_index_on_linux_only_unless_told_otherwise(
    environ: dict[str, str], system: str, index: str | None
) -> None:
    assert run.torch_index(environ, system) == index


@pytest.mark.parametrize(
    ("noted", "there"),
    [("torch-2.13.0", True), ("torch-2.13.0+cpu", True), ("torch-2.13.01", False), ("torch-2.12.0", False)],
)
def test_a_pytorch_of_the_locked_version_is_recognised_whatever_its_build(venv: Path, noted: str, there: bool) -> None:
    (venv / f"lib/python3.11/site-packages/{noted}.dist-info").mkdir(parents=True)
    assert run.torch_is_installed("torch==2.13.0") is there


def test_an_unreachable_pytorch_index_does_not_stop_the_set_up(
    venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []

    def runs(command: list[str], failure: str) -> None:
        ran.append(command)
        if "--index-url" in command:
            raise run.SetupFailed(failure, "")

    monkeypatch.setattr(run, "run_showing", runs)
    monkeypatch.setenv("OPENBOOK_TORCH_INDEX", "https://gpu.example/whl")
    run.install(["requirements.txt"], None)
    assert ran[-1][-2:] == ["-r", str(run.ROOT / "requirements.txt")]
    assert "Going on with the usual index" in capsys.readouterr().out


def test_a_failing_uv_is_followed_by_pip(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def runs(command: list[str], failure: str) -> None:
        ran.append(command[0])
        if command[0] == "uv":
            raise run.SetupFailed(failure, "")

    monkeypatch.setattr(run, "run_showing", runs)
    monkeypatch.setenv("OPENBOOK_TORCH_INDEX", "default")
    run.install(["requirements.txt"], "uv")
    assert ran == ["uv", str(run.venv_python())]


@pytest.mark.parametrize(
    ("log", "way_out"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: Temporary failure in name resolution", "internet connection"),
        ("ERROR: No matching distribution found for torch==2.13.0", "internet connection"),
        ("Segmentation fault", "delete the folder .venv/"),
    ],
)
def test_a_failed_installation_gets_the_way_out_that_fits(log: str, way_out: str) -> None:
    assert way_out in run.hint_for(log)


def test_a_failing_command_is_told_with_its_last_lines() -> None:
    with pytest.raises(run.SetupFailed, match="no luck") as failure:
        run.run_showing([sys.executable, "-c", "print('no luck'); raise SystemExit(3)"], "It failed")
    assert str(failure.value).startswith("It failed")


def test_of_a_long_log_the_first_error_and_what_follows_is_quoted() -> None:
    noise = [f"Collecting package-{number}" for number in range(50)]
    assert run.last_words([*noise, "ERROR: no such version", "note: x"]) == ["ERROR: no such version", "note: x"]
    assert run.last_words(noise) == noise[-4:]
    assert run.last_words([]) == []


def test_the_lab_is_served_on_loopback_and_reports_nothing() -> None:
    options, environment = run.lab_options([], {"PATH": "/bin"})
    assert "--server.address=127.0.0.1" in options
    assert "--browser.gatherUsageStats=false" in options
    assert environment["ANONYMIZED_TELEMETRY"] == "False"
    assert environment["PATH"] == "/bin"


def test_options_of_the_lab_are_translated_and_others_passed_on(tmp_path: Path) -> None:
    given = ["--port=8600", "--data-dir", str(tmp_path), "--no-browser", "--theme.base=dark"]
    options, environment = run.lab_options(given, {})
    assert {"--server.port=8600", "--server.headless=true", "--theme.base=dark"} <= set(options)
    assert environment["OPENBOOK_DATA_DIR"] == str(tmp_path)


def test_the_lab_opens_a_browser_unless_told_not_to() -> None:
    assert "--server.headless=false" in run.lab_options([], {})[0]
    assert "--server.headless=false" not in run.lab_options(["--no-browser"], {})[0]


def test_an_option_without_its_value_is_told() -> None:
    with pytest.raises(run.SetupFailed, match="--port needs a value"):
        run.lab_options(["--port"], {})


def test_the_tests_run_without_looking_anything_up() -> None:
    environment = run.test_environment({"HF_HUB_OFFLINE": "0", "PATH": "/bin"})
    assert environment == {
        "PATH": "/bin",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
    }


def test_a_failure_is_one_plain_message_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["setup", "--fast"]) == 1
    assert "Unknown option: --fast" in capsys.readouterr().err


def test_ctrl_c_while_setting_up_ends_cleanly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "set_up", interrupted)
    assert run.main(["setup"]) == 130
    assert "Stopped" in capsys.readouterr().err


@pytest.mark.parametrize("lock", ["requirements.txt", "tests/requirements.txt", "benchmarks/requirements.txt"])
def test_locks_pin_exact_versions_and_neither_gpu_packages_nor_addresses(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text().splitlines() if line and not line.startswith((" ", "#"))]
    assert lines
    assert all(re.match(r"[a-z0-9-]+==\S+( ; .+)?$", line) for line in lines)
    assert not [line for line in lines if line.startswith(("nvidia-", "cuda-", "triton", "pytorch-triton"))]
    assert "://" not in (ROOT / lock).read_text()


def test_the_locks_agree_with_each_other() -> None:
    pins: dict[str, set[str]] = {}
    for lock in ("requirements.txt", "tests/requirements.txt", "benchmarks/requirements.txt"):
        for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)$", (ROOT / lock).read_text(), flags=re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


@pytest.mark.parametrize(("asked", "given"), [([], run.ALL_TESTS), (["tests/unit", "-x"], ["tests/unit", "-x"])])
def test_all_tests_go_two_at_a_time_and_chosen_ones_as_asked(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], given: list[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run, "set_up", lambda _: None)
    monkeypatch.setattr(run, "fetch_weights", lambda: None)
    monkeypatch.setattr(run, "hand_over", lambda command, _: started.append(command))
    run.run_tests(asked)
    assert started == [["-m", "pytest", *given]]
