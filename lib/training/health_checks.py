"""What a health check finds in the examples one by one, and in the set as a whole."""

import re
from collections import Counter
from collections.abc import Iterator

from lib.training.checked import Check, Checked, each, examples_in_words
from lib.training.findings import Finding, FindingKind, Severity
from lib.training.labels import json_object
from lib.training.overlap import TAKEN
from lib.training.personal import kinds_in
from lib.training.spoiling import spoiled_examples
from lib.training.values import TrainingExample

FEWEST = 2
SMALL = 50
"""Below this a form is seldom learnt well; a figure for people, not a law."""
_UNBALANCED = 4.0
"""The commonest label has so many times the examples of the rarest."""
_SAYS_NOTHING = re.compile(r"[\W_]*(?:n/?a|none|null|nan|todo|tbd|unknown|undefined)?[\W_]*", re.IGNORECASE)


def _size(checked: Checked) -> Iterator[Finding]:
    count = len(checked.training_set.train)
    if count < FEWEST:
        yield Finding(
            FindingKind.TOO_FEW,
            Severity.STOP,
            f"{count} example{'' if count == 1 else 's'} to train on",
            "There is nothing that examples could have in common, so nothing to learn but words.",
            "Write or upload more: some fifty show a form, a few hundred teach it well.",
        )
    elif count < SMALL:
        yield Finding(
            FindingKind.SMALL,
            Severity.NOTE,
            f"Only {count} examples to train on",
            "A small model learns the form of the answers from so few, but seldom the rule behind them.",
            f"Aim at {SMALL} or more, with about as many of each kind of answer.",
        )


def _parts(checked: Checked) -> Iterator[Finding]:
    found = checked.training_set
    if len(found.train) >= FEWEST and not found.validation:
        yield Finding(
            FindingKind.NOT_VALIDATED,
            Severity.NOTE,
            "No examples to validate with",
            "Nobody sees when the model begins to learn by heart, and the last step is kept instead of the best.",
            "Split the set: 10 to 20 % for validation.",
        )
    if len(found.train) >= FEWEST and not found.held_out:
        yield Finding(
            FindingKind.NOTHING_HELD_OUT,
            Severity.WARN,
            "No examples are held out",
            "Whether the training was worth it cannot be measured: answers to seen questions prove nothing.",
            "Split the set: about 20 % held out.",
        )


def _lengths(checked: Checked) -> Iterator[Finding]:
    found = checked.lengths
    if found is not None and found.over:
        yield Finding(
            FindingKind.TOO_LONG,
            Severity.STOP,
            f"{examples_in_words(len(found.over))} longer than the window of {found.window:,} tokens (the longest has "
            f"about {found.longest:,})",
            "Cut off, they would teach the model to stop in the middle; so training refuses them.",
            "Shorten or remove them, or raise the window under Train, which costs memory and time.",
            each(found.over),
        )


def _empty(checked: Checked) -> Iterator[Finding]:
    empty = [one.id for one in checked.training_set.examples if _SAYS_NOTHING.fullmatch(one.output)]
    if empty:
        yield Finding(
            FindingKind.EMPTY_ANSWERS,
            Severity.WARN,
            f"{examples_in_words(len(empty))} with an answer that says nothing",
            "The model learns to say nothing, also where there is an answer.",
            "Write the answers, or remove the rows. If it should decline, let it say so in a sentence.",
            each(empty),
        )


def _personal(checked: Checked) -> Iterator[Finding]:
    found = {one.id: kinds for one in checked.training_set.examples if (kinds := kinds_in(one))}
    if found:
        counts = Counter(kind for kinds in found.values() for kind in kinds)
        listed = ", ".join(f"{kind} ({count:,})" for kind, count in counts.most_common())
        yield Finding(
            FindingKind.PERSONAL_DATA,
            Severity.WARN,
            f"{examples_in_words(len(found))} with what looks like personal data: {listed}",
            "A tuned model may say to anybody what it learnt by heart, and cannot be made to forget it.",
            "Mask it, then read the rows: names and addresses have no pattern that could be looked for.",
            each(found),
        )


def _forms(checked: Checked) -> Iterator[Finding]:
    train = checked.training_set.train
    forms = {one.id: _form(one.output) for one in train}
    counts = Counter(forms.values())
    usual, often = counts.most_common(1)[0] if counts else ("", 0)
    if not usual or often == len(train) or often < len(train) / 2:
        return
    others = [id for id, form in forms.items() if form != usual]
    yield Finding(
        FindingKind.MIXED_FORMS,
        Severity.WARN,
        f"{examples_in_words(len(others))} with an answer in another form than JSON with {usual}",
        "The model learns each form as often as it stands there, and a program that reads its answers breaks.",
        "Write all answers in one form, with the same fields in the same order.",
        each(others),
    )


def _instructions(checked: Checked) -> Iterator[Finding]:
    said = {one.id: one.messages[0].content if one.messages[0].role == "system" else "" for one in _all(checked)}
    counts = Counter(said.values())
    if len(counts) > 1:
        usual = counts.most_common(1)[0][0]
        others = [id for id, instruction in said.items() if instruction != usual]
        yield Finding(
            FindingKind.MIXED_INSTRUCTIONS,
            Severity.NOTE,
            f"{len(counts):,} different instructions (system messages)",
            "Asked without the instruction that it was trained with, the model falls back into its old form.",
            "Give all examples one instruction; questions are then asked with the same.",
            each(others),
        )


def _balance(checked: Checked) -> Iterator[Finding]:
    if checked.labelling is None:
        return
    label_of = checked.labelling.label_of
    counts = Counter(label for one in checked.training_set.train if (label := label_of(one.output)))
    every = {label for one in _all(checked) if (label := label_of(one.output))}
    rarest = min(every, key=lambda label: (counts[label], label))
    commonest, most = counts.most_common(1)[0] if counts else ("", 0)
    if most < _UNBALANCED * counts[rarest] or most < _UNBALANCED:
        return
    rare = [one.id for one in _all(checked) if label_of(one.output) == rarest]
    yield Finding(
        FindingKind.BALANCE,
        Severity.NOTE,
        f"{commonest[:40]!r} has {most:,} examples to train on, {rarest[:40]!r} has {counts[rarest]:,}",
        "The model leans towards the answer that it saw most, and seldom gives the rare one.",
        f"Write more examples of {rarest[:40]!r}, or leave out some of {commonest[:40]!r}.",
        each(rare),
    )


def _origins(checked: Checked) -> Iterator[Finding]:
    spoiled = spoiled_examples(checked.training_set)
    if spoiled:
        yield Finding(
            FindingKind.SPOILED,
            Severity.WARN,
            f"{examples_in_words(len(spoiled))} spoiled on purpose",
            "Garbage in is learnt as faithfully as good examples: that is what this copy shows.",
            "Train it beside the good set and compare them; use it for nothing else.",
            each(one.id for one in spoiled),
        )
    tags = {one.id: tag for one in checked.training_set.examples for tag in one.tags if tag.startswith(TAKEN)}
    if tags:
        names = ", ".join(dict.fromkeys(tag.removeprefix(TAKEN).rpartition("/")[0] for tag in tags.values()))
        yield Finding(
            FindingKind.TAKEN,
            Severity.NOTE,
            f"{examples_in_words(len(tags))} made from the eval set {names}",
            "Answers to those questions prove nothing about this model.",
            "Judge it by the cases that were held out when the set was made.",
            each(tags),
        )


CHECKS: tuple[Check, ...] = (
    _size,
    _parts,
    _lengths,
    _empty,
    _personal,
    _forms,
    _instructions,
    _balance,
    _origins,
)


def _form(output: str) -> str:
    """The names of a JSON answer's fields, in order; "" for anything else."""
    found = json_object(output)
    return ", ".join(found) if found is not None and "\n" not in output.strip() else ""


def _all(checked: Checked) -> tuple[TrainingExample, ...]:
    return checked.training_set.examples
