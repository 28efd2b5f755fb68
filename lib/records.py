"""The words of measuring as values: eval cases, verdicts, failure labels, evaluations and run records.

Offsets of statements and citations count characters of the answer's text; offsets of evidence count characters of the
document's text. Shares and scores lie in [0, 1] and higher is better, unless a name says otherwise.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lib.domain import Answer, ApproachName, Citation, Passage, Sentence
from lib.settings import ModelChoice, Workspace

# What is asked and what is expected


@dataclass(frozen=True, slots=True)
class GoldEvidence:
    """Where an expected answer stands: words quoted from a document, or characters [start, end) of its text.

    A quote survives other chunks and other parsers; offsets alone hold for the text that they were read from.
    """

    document: str
    quote: str = ""
    start: int | None = None
    end: int | None = None


class AnswerFormat(StrEnum):
    """What form a case asks for, checked by `format_spec`."""

    NONE = ""
    PATTERN = "pattern"
    JSON_SCHEMA = "json-schema"


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One question with its expected answer (None where there is none) and the evidence for it.

    A case that is not `reviewed` is a draft: it counts in no evaluation. `format_spec` is a regular expression that
    the whole answer must match, or a JSON schema as JSON text.
    """

    id: str
    question: str
    answer: str | None
    evidence: tuple[GoldEvidence, ...] = ()
    answerable: bool = True
    tags: tuple[str, ...] = ()
    reviewed: bool = True
    format: AnswerFormat = AnswerFormat.NONE
    format_spec: str = ""


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A named set of cases, in order; ids are unique."""

    name: str
    cases: tuple[EvalCase, ...]

    @property
    def counted(self) -> tuple[EvalCase, ...]:
        """The cases that count: drafts are left out."""
        return tuple(case for case in self.cases if case.reviewed)


# What an answer is worth


class Support(StrEnum):
    """What the sources say of a statement."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


class Gap(StrEnum):
    """Why a statement is not (wholly) supported."""

    NONE = ""
    NUMBER = "number"
    ENTITY = "entity"
    NEGATION = "negation"
    NO_OVERLAP = "no overlap"
    OTHER_WORDS = "other words"


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """One statement of an answer, `answer.text[start:end] == text`, and what the sources say of it.

    `score` (higher is better supported) is what the verdict rests on; `reason` says it in a sentence for people and
    `unsure` that the score is near the border. `sentence` is the source sentence that says so, of `passage`.
    """

    text: str
    start: int
    end: int
    support: Support
    score: float = 0.0
    gap: Gap = Gap.NONE
    reason: str = ""
    unsure: bool = False
    sentence: Sentence | None = None
    passage: Passage | None = None

    @property
    def supported(self) -> bool:
        """Whether the sources carry the whole statement."""
        return self.support is Support.SUPPORTED


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """One citation of an answer and whether its passage carries the statement that it stands behind."""

    citation: Citation
    statement: StatementCheck

    @property
    def carries(self) -> bool:
        """Whether the cited passage alone supports the statement."""
        return self.statement.supported


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What a language model said of an answer's faithfulness, with the model and the prompt that it was asked with.

    `score` is its mean over both orders of the question; `agreed` says whether both orders gave the same verdict.
    """

    model: str
    prompt_version: str
    support: Support
    score: float
    agreed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All that was found out about one answer. `faithfulness` is None for an answer that states nothing."""

    statements: tuple[StatementCheck, ...] = ()
    citations: tuple[CitationCheck, ...] = ()
    judge: JudgeVerdict | None = None

    @property
    def faithfulness(self) -> float | None:
        """The share of statements that are supported, a partly supported one counting half."""
        if not self.statements:
            return None
        worth = {Support.SUPPORTED: 1.0, Support.PARTLY: 0.5}
        return sum(worth.get(check.support, 0.0) for check in self.statements) / len(self.statements)


class FailureLabel(StrEnum):
    """Why an answer is wrong, in the order in which the rules are tried."""

    MODEL_FAILED = "model failed"
    SHOULD_HAVE_ABSTAINED = "should have abstained"
    WRONG_FORMAT = "right fact, wrong format"
    FORM_MISSED = "not the form asked for"
    NO_KNOWLEDGE = "nothing was looked up"
    NOT_IN_CORPUS = "not in the corpus"
    STALE = "stale version"
    SPLIT = "split by chunking"
    NOT_RETRIEVED = "not retrieved"
    ABSTAINED_WRONGLY = "abstained wrongly"
    UNSUPPORTED_CLAIM = "unsupported claim"
    IGNORED = "retrieved but ignored"


@dataclass(frozen=True, slots=True)
class Failure:
    """The label of a wrong answer with what shows it: a sentence for people, and the passage it names, if any.

    `rank` is where the gold evidence came in the whole ranking, counted from 1; None where it is not in the index.
    """

    label: FailureLabel
    evidence: str
    rank: int | None = None
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its interval; `low` and `high` are None where too few cases allow none.

    `cases` is how many it rests on; `values` holds one value a case, in the order of `case_ids`.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    cases: int
    case_ids: tuple[str, ...] = ()
    values: tuple[float, ...] = ()


# What was run


class Origin(StrEnum):
    """Where an answer was asked for."""

    ASK = "ask"
    COMPARE = "compare"
    EVALUATE = "evaluate"
    COMMAND_LINE = "command line"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One answer to one question with everything that made it: enough to repeat it.

    `workspace` holds all settings; `answer` the question, approach, model, prompt, passages, text, usage, timings and
    cost. `evaluation` and `case_id` are empty outside an evaluation; `setup` is the label of the set-up there.
    `error` is the message of a model that failed, and `answer.text` is empty then.
    """

    id: str
    at: datetime
    origin: Origin
    workspace: Workspace
    answer: Answer
    verdicts: Verdicts = field(default_factory=Verdicts)
    failure: Failure | None = None
    correct: bool | None = None
    evaluation: str = ""
    setup: str = ""
    case_id: str = ""
    tags: tuple[str, ...] = ()
    error: str = ""
    seed: int = 0
    corpus_version: str = ""
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """One arm of an evaluation: an approach under a workspace's settings, with the label shown for it."""

    label: str
    approach: ApproachName
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A set of cases asked of one or more set-ups; its results are the run records that carry its id.

    `judge` is the language model that judges faithfulness beside the free check, if one was chosen. `adapters` are
    those that its set-ups answer with: (name, sha256).
    """

    id: str
    at: datetime
    workspace_id: str
    eval_set: EvalSet
    setups: tuple[SetUp, ...]
    corpus_version: str
    seed: int = 0
    finished: bool = False
    judge: ModelChoice | None = None
    adapters: tuple[tuple[str, str], ...] = ()


# What people say of a run


class ReviewState(StrEnum):
    """Where an answer stands that a person must approve."""

    OPEN = "open"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of an answer: 1 (wrong or useless) to 5 (right and well said), with a comment."""

    stars: int
    comment: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """An answer that needs human approval: why (`area`), how it was decided, by whom and when."""

    area: str
    state: ReviewState = ReviewState.OPEN
    text: str = ""
    comment: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remarks:
    """All that people added to one run: rating, review, and a label of their own in place of the rule's."""

    rating: Rating | None = None
    review: Review | None = None
    label: FailureLabel | None = None
