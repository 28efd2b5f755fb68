"""A product's situation as one value: what goes wrong, what answers rest on, and what there is to work with."""

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """What goes wrong in the answers today."""

    UNMEASURED = "unmeasured"
    FACTS_MISSING = "facts-missing"
    FACTS_STALE = "facts-stale"
    WRONG_FORM = "wrong-form"
    WRONG_CATEGORY = "wrong-category"
    RULES_NOT_KEPT = "rules-not-kept"


class PromptEffort(StrEnum):
    """How far prompting has been taken."""

    NOT_YET = "not-yet"
    STILL_FAILS = "still-fails"


class Dependence(StrEnum):
    """What a right answer rests on."""

    GENERAL = "general"
    VALUES = "values"
    DOCUMENTS = "documents"


class Change(StrEnum):
    """How often the facts change, slowest first."""

    NEVER = "never"
    YEARLY = "yearly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"


class Sourcing(StrEnum):
    """Whether sources must be shown, least demanding first."""

    NONE = "none"
    SHOWN = "shown"
    AUDITED = "audited"


class Material(StrEnum):
    """How large the material is against the model's window."""

    FITS = "fits"
    LARGER = "larger"


class Form(StrEnum):
    """Whether the answers have to look or sound one way."""

    FREE = "free"
    FIXED = "fixed"


class Examples(StrEnum):
    """How many clean examples of the wanted answer there are, fewest first."""

    NONE = "none"
    FEW = "few"
    HUNDREDS = "hundreds"
    THOUSANDS = "thousands"


class Volume(StrEnum):
    """Requests a month, fewest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Latency(StrEnum):
    """How soon the answer must begin."""

    RELAXED = "relaxed"
    TIGHT = "tight"


class Budget(StrEnum):
    """Whether training can be paid for, and looked after later."""

    NONE = "none"
    SOME = "some"


class Domain(StrEnum):
    """Whether the work is reasoning in one narrow, stable speciality."""

    GENERAL = "general"
    NARROW = "narrow"


class Risk(StrEnum):
    """What a wrong answer can touch."""

    NONE = "none"
    MONEY = "money"
    CUSTOMERS = "customers"
    LEGAL = "legal"
    MEDICAL = "medical"
    SECURITY = "security"
    CODE = "code"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Situation:
    """One set of answers; the defaults describe an idea that nobody has tried yet.

    An empty `failures` means that nothing has been measured, an empty `risks` that none is touched.
    """

    failures: tuple[Failure, ...] = ()
    prompt_effort: PromptEffort = PromptEffort.NOT_YET
    dependence: Dependence = Dependence.GENERAL
    change: Change = Change.YEARLY
    sourcing: Sourcing = Sourcing.NONE
    material: Material = Material.FITS
    form: Form = Form.FREE
    examples: Examples = Examples.NONE
    volume: Volume = Volume.LOW
    latency: Latency = Latency.RELAXED
    budget: Budget = Budget.SOME
    domain: Domain = Domain.GENERAL
    risks: tuple[Risk, ...] = ()
