"""A set-up's settings in words, one line each, so that two of them can be laid side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.domain import ApproachName
from lib.records import SetUp
from lib.settings import ModelChoice, PromptSettings

_NOT_USED = "not used"
_SEARCHING = frozenset({ApproachName.RAG, ApproachName.HYBRID})
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
    if setup.approach is not ApproachName.PROMPT_ONLY:
        cut = workspace.chunking
        overlap = f", overlap {cut.overlap}" if cut.overlap else ""
        yield "Chunks", f"{_STRATEGIES[cut.strategy]}, {cut.size} tokens{overlap}"
    if setup.approach in _SEARCHING:
        yield from _search(setup)
    alone = setup.approach is ApproachName.PROMPT_ONLY
    yield from _prompt(workspace.prompt_only if alone else workspace.rag, workspace.model, alone=alone)
    if alone:
        yield "Carried text", f"{len(workspace.attached):,} characters" if workspace.attached else "none"


def model_words(choice: ModelChoice) -> str:
    """Which model answers."""
    if choice.kind == "endpoint":
        return f"{choice.model or 'unnamed'} at {choice.base_url or 'an endpoint'}"
    return _MODELS[choice.kind]


def _search(setup: SetUp) -> Iterator[tuple[str, str]]:
    search = setup.workspace.retrieval
    ways = {"convex": f"weighted sum, {search.dense_weight:g} by meaning", "rrf": "reciprocal ranks"}
    yield "Search", f"hybrid: {ways[search.fusion]}" if search.retriever == "hybrid" else search.retriever
    yield "Passages (top-k)", str(search.top_k)
    yield "Minimum score", f"{search.min_score:g}"
    yield "Documents searched", ", ".join(search.documents) or "all"


def _prompt(prompt: PromptSettings, model: ModelChoice, *, alone: bool) -> Iterator[tuple[str, str]]:
    yield "Prompt", prompt.name
    yield "Instruction", prompt.instruction or "the app's own"
    yield "Worked examples", str(len(prompt.examples))
    yield "Temperature", f"{prompt.temperature:g}"
    yield "Longest answer", f"{prompt.answer_tokens} tokens"
    if not alone:
        count = prompt.sentences_read(model.kind)
        yield "The model reads", f"best {count} sentence{'s' if count > 1 else ''}" if count else "whole passages"
