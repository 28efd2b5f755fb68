"""The sample ticket set through the product: how long it trains, and what its held-out rows say.

Bars, on two cores: trained in <= 180 s from the button to the adapter; 58 of 60 held-out answers of the valid schema;
labels above the nearest-neighbour floor. Base and few-shot stand beside it.

python benchmarks/tickets.py [--smoke]
"""

import argparse
from dataclasses import replace

from measure import Row, print_table
from tuned import SMOKE, against_floor, base_model, closing_rows, compare, row, train, tuning_lab

from lib.evaluation.worth_figures import COSTS, EXACT, LABEL, SCHEMA, figures
from lib.evaluation.worth_records import Contender, Familiarity, Worth
from lib.training.set_store import sample_training_set
from lib.training.values import TrainingSet, TrainingSettings

TRAIN_BAR_S, SCHEMA_BAR = 180.0, 58


def material(*, smoke: bool) -> TrainingSet:
    whole = sample_training_set("company")
    if not smoke:
        return whole
    return replace(whole, train=whole.train[:24], validation=whole.validation[:4], held_out=whole.held_out[:6])


def rows_of(found: Worth) -> list[Row]:
    schema = figures(found, Contender.FINE_TUNED).metric("schema")
    assert schema is not None
    valid = round(sum(schema.values))
    rows = [
        Row("valid schema, fine-tuned", f"{valid} of {schema.cases}", f">= {SCHEMA_BAR} of 60", valid >= SCHEMA_BAR)
    ]
    for measure in (LABEL, EXACT, SCHEMA):
        rows += [row(found, measure, contender) for contender in Contender]
    rows += [row(found, LABEL, Contender.FINE_TUNED, kind) for kind in (Familiarity.PARAPHRASED, Familiarity.SEEN)]
    rows.append(against_floor(found, LABEL))
    for measure in COSTS:
        rows += [row(found, measure, one) for one in (Contender.BASE, Contender.FEW_SHOT, Contender.FINE_TUNED)]
    return rows + closing_rows(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a few rows and a tiny base of random weights")
    smoke = parser.parse_args().smoke
    training_set = material(smoke=smoke)
    with base_model(smoke=smoke) as base, tuning_lab() as lab:
        settings = replace(SMOKE if smoke else TrainingSettings(), base=base)
        tuned = train(lab, training_set, settings)
        found = compare(lab, training_set, base, most_rows=60, smoke=smoke)
    trained = Row("trained in", f"{tuned.wall_s:.0f} s", f"<= {TRAIN_BAR_S:.0f} s", tuned.wall_s <= TRAIN_BAR_S)
    steps = Row("steps, kept", f"{tuned.adapter.steps}, step {tuned.adapter.kept_step}", "")
    print_table(f"Tickets: {len(training_set.train)} rows to train", [trained, steps, *rows_of(found)])


if __name__ == "__main__":
    main()
