"""A set-up's settings in words, one line each, so that two of them can be laid side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.domain import ApproachName
from lib.records import SetUp
from lib.settings import ModelChoice

_NOT_USED = "not used"
_SEARCHING = frozenset({ApproachName.RAG, ApproachName.HYBRID})
_ALONE = frozenset({ApproachName.PROMPT_ONLY, ApproachName.FINE_TUNED})
_STRATEGIES = {"recursive": "recursive", "markdown": "by headings", "sentence": "by sentence", "fixed": "fixed length"}
_MODELS = {"built-in": "built-in SmolLM2 135M", "extractive": "extractive (quotes only)", "echo": "echo (stand-in)"}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting and what it is in each set-up, in their order."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the set-ups that use it differ in it."""
        return len(set(self.values) - {_NOT_USED}) > 1


def setting_rows(setups: Sequence[SetUp]) -> tuple[SettingRow, ...]:
    """Every setting that bears on the answers; what an approach does not use says so."""
    columns = [dict(_settings(setup)) for setup in setups]
    names = tuple(dict.fromkeys(name for column in columns for name in column))
    return tuple(SettingRow(name, tuple(column.get(name, _NOT_USED) for column in columns)) for name in names)


def _settings(setup: SetUp) -> Iterator[tuple[str, str]]:
    workspace = setup.workspace
    yield "Approach", setup.approach.value
    yield "Model", model_words(workspace.model)
    yield from _weights(setup)
    if setup.approach not in _ALONE:
        cut = workspace.chunking
        overlap = f", overlap {cut.overlap}" if cut.overlap else ""
        yield "Chunks", f"{_STRATEGIES[cut.strategy]}, {cut.size} tokens{overlap}"
    if setup.approach in _SEARCHING:
        yield from _search(setup)
    yield from _prompt(setup)
    if setup.approach is ApproachName.PROMPT_ONLY:
        yield "Carried text", f"{len(workspace.attached):,} characters" if workspace.attached else "none"
    if setup.approach is ApproachName.HYBRID:
        yield "Rules", ", ".join(rule.name for rule in workspace.rules) or "none"
        yield "Form enforced while writing", "yes" if workspace.enforce_schema else "no"


def model_words(choice: ModelChoice) -> str:
    """Which model answers."""
    if choice.kind == "endpoint":
        return f"{choice.model or 'unnamed'} at {choice.base_url or 'an endpoint'}"
    if choice.kind == "gguf":
        return f"{choice.model or 'no file'} on this machine"
    return _MODELS[choice.kind]


def _search(setup: SetUp) -> Iterator[tuple[str, str]]:
    search = setup.workspace.retrieval
    ways = {"convex": f"weighted sum, {search.dense_weight:g} by meaning", "rrf": "reciprocal ranks"}
    yield "Search", f"hybrid: {ways[search.fusion]}" if search.retriever == "hybrid" else search.retriever
    yield "Passages (top-k)", str(search.top_k)
    yield "Minimum score", f"{search.min_score:g}"
    yield "Documents searched", ", ".join(search.documents) or "all"


def _weights(setup: SetUp) -> Iterator[tuple[str, str]]:
    """Which adapter is put on the base, where the model can carry one."""
    workspace = setup.workspace
    if setup.approach is ApproachName.PROMPT_ONLY or workspace.model.kind not in ("built-in", "gguf"):
        return
    own = workspace.adapter if setup.approach in (ApproachName.FINE_TUNED, ApproachName.HYBRID) else ""
    reads = workspace.reader and workspace.model.kind == "built-in" and setup.approach is not ApproachName.FINE_TUNED
    yield "Adapter", own or ("built-in reader" if reads else "none")


def _prompt(setup: SetUp) -> Iterator[tuple[str, str]]:
    told = setup.workspace.prompt_of(setup.approach)
    yield "Prompt", told.name
    if setup.approach is not ApproachName.FINE_TUNED:
        yield "Instruction", told.instruction or "the app's own"
        yield "Worked examples", str(len(told.examples))
    yield "Temperature", f"{told.temperature:g}"
    yield "Longest answer", f"{told.answer_tokens} tokens"
    if setup.approach not in _ALONE:
        count = setup.workspace.sentences_read(setup.approach)
        yield "The model reads", f"best {count} sentence{'s' if count > 1 else ''}" if count else "whole passages"
