"""Every setting and limit, with its default: what the app starts with and what a workspace may change.

All values are frozen; a workspace's settings are read and written as JSON through `pydantic.TypeAdapter`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

APP_DIR = Path(__file__).resolve().parent.parent
APP_VERSION = "0.1.0"


class LabSettings(BaseSettings):
    """Where things are and how much of the machine may be used; each is an environment variable OPENBOOK_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="OPENBOOK_", extra="ignore")

    data_dir: Path = APP_DIR / ".openbook"
    threads: int = 0
    """Threads to embed and to answer with the built-in model; 0 takes all cores and half of them, at most 8."""
    fake_models: bool = False
    """Use the hashing embedder and the echo generator instead of real models (tests and screen work only)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may ask of the lab. Sizes in bytes unless the name says otherwise."""

    file_bytes: int = 25 * 1024 * 1024
    files_per_upload: int = 200
    files_per_workspace: int = 5_000
    pdf_pages: int = 1_000
    unpacked_bytes: int = 200 * 1024 * 1024
    unpack_ratio: int = 100
    text_characters: int = 5_000_000
    parse_timeout_s: float = 60.0
    parse_memory_bytes: int = 1024**3
    question_characters: int = 4_000
    eval_cases: int = 5_000
    eval_file_bytes: int = 10 * 1024 * 1024
    training_rows: int = 5_000
    training_file_bytes: int = 10 * 1024 * 1024
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 60.0
    silence_timeout_s: float = 20.0
    total_timeout_s: float = 180.0
    provider_retries: int = 2
    top_k: int = 50


LIMITS = Limits()


class Strategy(StrEnum):
    """How a document is cut."""

    RECURSIVE = "recursive"
    MARKDOWN = "markdown"
    SENTENCE = "sentence"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How documents are cut; sizes in the embedder's tokens, special tokens not counted."""

    strategy: Strategy = Strategy.RECURSIVE
    size: int = 200
    overlap: int = 0


DEFAULT_CHUNKING = ChunkSettings()

MIN_CHUNK_TOKENS = 20


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How passages are found. `documents` restricts the search to these names; empty means all.

    `dense_weight` is the dense leg's share in convex fusion; `min_score` drops passages that score lower.
    """

    retriever: Literal["hybrid", "dense", "lexical"] = "hybrid"
    fusion: Literal["convex", "rrf"] = "convex"
    dense_weight: float = 0.7
    top_k: int = 5
    min_score: float = 0.0
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example put before the question (few-shot)."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What the model is told in one approach, under a name: the person's "strong prompt".

    `sentences` is how many of the passages' best sentences the model reads; 0 hands over whole passages, None lets the
    model decide (`sentences_read`).
    """

    name: str = "default"
    instruction: str = ""
    examples: tuple[Example, ...] = ()
    temperature: float = 0.0
    answer_tokens: int = 128
    sentences: int | None = None

    def sentences_read(self, model: "ModelKind") -> int:
        """How many sentences are read by that kind of model: small ones read one best, others whole passages."""
        if self.sentences is not None:
            return self.sentences
        return 0 if model == "endpoint" else 1


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """One request's knobs. `seed` makes sampling repeatable where the server honours it.

    `json_schema`, as JSON text, is the form that the reply must have; `grammar`, in llama.cpp's GBNF, binds it where no
    schema does. A server that knows neither replies freely.
    """

    temperature: float = 0.0
    max_tokens: int = 128
    seed: int = 0
    stop: tuple[str, ...] = ()
    json_schema: str = ""
    grammar: str = ""


ModelKind = Literal["built-in", "gguf", "extractive", "endpoint", "echo"]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which model answers. The key of an endpoint is never part of it: keys live in the session only.

    `model` is an endpoint's name for it, or with kind gguf a file's path in the models folder.
    """

    kind: ModelKind = "built-in"
    model: str = ""
    base_url: str = ""
    context_tokens: int = 8_192


BUILT_IN_READER = "reader"
"""The adapter that comes with the app: it reads numbered sentences, cites them, and says when they hold no answer.

No adapter that a person trains may take its name.
"""
READER_SENTENCES = 4
"""How many of the best sentences the reader is handed; chosen by measurement, docs/EXPERIMENTS.md, "The reader"."""


class RuleKind(StrEnum):
    """What a rule of the hybrid flow checks in an answer."""

    JSON_SCHEMA = "json-schema"
    CITED = "cited"
    SUPPORTED = "supported"
    LENGTH = "length"
    FORBIDDEN = "forbidden"
    POLICY = "policy"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class ValidatorRule:
    """One rule that a hybrid answer must keep.

    `spec` is what the kind needs: a JSON schema, the most words (length), terms one a line (forbidden), a phrase that
    must stand in the answer when a trigger stands in the question, "trigger => phrase" one a line (policy), or a
    regular expression that the whole answer must match. Cited and supported need none.
    """

    name: str
    kind: RuleKind
    spec: str = ""


DEFAULT_RULES = (
    ValidatorRule("Cites a passage", RuleKind.CITED),
    ValidatorRule("Its passage carries it", RuleKind.SUPPORTED),
    ValidatorRule("At most 80 words", RuleKind.LENGTH, "80"),
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One person's or team's settings; documents and indexes are stored under its id."""

    id: str = "default"
    corpus: str = ""
    """Id of the sample corpus that was loaded, if one was; its ready questions are offered."""
    question: str = ""
    """The question last asked, kept across pages and restarts."""
    chunking: ChunkSettings = DEFAULT_CHUNKING
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    model: ModelChoice = field(default_factory=ModelChoice)
    prompt_only: PromptSettings = field(default_factory=PromptSettings)
    rag: PromptSettings = field(default_factory=PromptSettings)
    fine_tuned: PromptSettings = field(default_factory=PromptSettings)
    hybrid: PromptSettings = field(default_factory=PromptSettings)
    adapter: str = ""
    """Name of the adapter that fine-tuned and hybrid answer with; empty: hybrid takes the built-in reader."""
    reader: bool = True
    """Whether RAG and hybrid with the built-in model read with the built-in reader where no other adapter is chosen."""
    rules: tuple[ValidatorRule, ...] = DEFAULT_RULES
    enforce_schema: bool = False
    """Whether hybrid makes the built-in model write the form of its JSON schema rule while decoding."""
    prompt_versions: tuple[tuple[str, PromptSettings], ...] = ()
    """Named versions that were kept: (approach, settings)."""
    attached: str = ""
    """Text pasted (or a document's) that prompt-only carries with its question."""
    decision: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Answers given on Decide: (question, answers chosen)."""

    def prompt_of(self, approach: str) -> PromptSettings:
        """What the approach of that name is told; gold-context is told what RAG is."""
        told = {"prompt-only": self.prompt_only, "fine-tuned": self.fine_tuned, "hybrid": self.hybrid}
        return told.get(approach, self.rag)

    def has_reader(self, approach: str) -> bool:
        """Whether the built-in reader answers in the approach of that name: hybrid prefers an adapter of one's own."""
        searches = approach not in {"prompt-only", "fine-tuned"}
        own = approach == "hybrid" and self.adapter not in {"", BUILT_IN_READER}
        return searches and self.reader and self.model.kind == "built-in" and not own

    def sentences_read(self, approach: str) -> int:
        """How many of the best sentences are read in the approach of that name; 0 is whole passages."""
        told = self.prompt_of(approach)
        if told.sentences is None and self.has_reader(approach):
            return READER_SENTENCES
        return told.sentences_read(self.model.kind)
