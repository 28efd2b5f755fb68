"""BANKING77 with 10 examples an intent for 10 intents: labels of held-out questions against the nearest neighbour.

Bar: fine-tuned above the nearest-neighbour floor, told apart by its interval. Intents, examples and questions are drawn
by seed from train.csv and test_half.csv; there is no validation part: ten examples an intent are all there is.

python benchmarks/banking77.py [--smoke] [--seed N]
"""

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from measure import Row, bench_dir, print_table
from tuned import SMOKE, against_floor, base_model, closing_rows, compare, row, train, tuning_lab

from lib.domain import Message
from lib.evaluation.worth_figures import COSTS, LABEL
from lib.evaluation.worth_records import Contender, Familiarity
from lib.training.values import TrainingExample, TrainingSet, TrainingSettings

INTENTS, EXAMPLES, MOST_HELD_OUT = 10, 10, 200
INSTRUCTION = "Which intent has this message to a bank? Answer with its name."
SETTINGS = TrainingSettings(epochs=6, validations=3)
Questions = Mapping[str, Sequence[str]]


def read(path: Path) -> Questions:
    found: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found[line["category"]].append(line["text"])
    return found


def made_up() -> tuple[Questions, Questions]:
    """Two intents of made-up sentences, for the smoke run."""
    things = ("wallet", "bag", "coat", "case", "purse", "box", "cup", "tin", "jar", "chest")
    train_rows = {
        "card_lost": [f"I have lost my card in the {thing}." for thing in things],
        "card_late": [f"My new card for the {thing} has not come." for thing in things],
    }
    asked = {"card_lost": ["Where is my card? I lost it."] * 2, "card_late": ["The card has not come yet."] * 2}
    return train_rows, {intent: [f"{text} {n}" for n, text in enumerate(texts)] for intent, texts in asked.items()}


def example(id: str, text: str, intent: str) -> TrainingExample:
    turns = (Message("system", INSTRUCTION), Message("user", text), Message("assistant", intent))
    return TrainingExample(id, turns)


def drawn(train_rows: Questions, test_rows: Questions, *, seed: int) -> TrainingSet:
    """Intents that both files have, their examples and all their held-out questions, by seed."""
    order = random.Random(seed)
    both = sorted(set(train_rows) & set(test_rows))
    intents = sorted(order.sample(both, min(INTENTS, len(both))))
    learnt = [(intent, text) for intent in intents for text in order.sample(list(train_rows[intent]), EXAMPLES)]
    order.shuffle(learnt)
    asked = [(intent, text) for intent in intents for text in test_rows[intent]]
    return TrainingSet(
        "banking77",
        tuple(example(f"train-{n:03d}", text, intent) for n, (intent, text) in enumerate(learnt)),
        held_out=tuple(example(f"held-{n:03d}", text, intent) for n, (intent, text) in enumerate(asked)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="made-up sentences and a tiny base of random weights")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.smoke:
        rows = made_up()
    else:
        folder = bench_dir("banking77")
        rows = read(folder / "train.csv"), read(folder / "test_half.csv")
    training_set = drawn(*rows, seed=options.seed)
    with base_model(smoke=options.smoke) as base, tuning_lab() as lab:
        settings = replace(SMOKE if options.smoke else SETTINGS, base=base, seed=options.seed)
        tuned = train(lab, training_set, settings)
        found = compare(lab, training_set, base, most_rows=MOST_HELD_OUT, smoke=options.smoke)
    table = [Row("trained in", f"{tuned.wall_s:.0f} s", ""), against_floor(found, LABEL)]
    table += [row(found, LABEL, contender) for contender in Contender]
    table += [row(found, LABEL, Contender.FINE_TUNED, kind) for kind in (Familiarity.PARAPHRASED, Familiarity.SEEN)]
    table += [row(found, measure, one) for measure in COSTS for one in (Contender.FEW_SHOT, Contender.FINE_TUNED)]
    intents = len({one.output for one in training_set.train})
    title = f"BANKING77: {intents} intents, {EXAMPLES} examples each, {len(training_set.held_out)} held-out questions"
    print_table(f"{title}, seed {options.seed}", table + closing_rows(found))


if __name__ == "__main__":
    main()
