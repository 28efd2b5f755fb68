"""What the model in training writes to a few validation examples, beside what was wanted: better from step to step."""

from collections.abc import Sequence

import streamlit as st

from lib.training.values import Sampled
from pages.ui import markup

_STYLE = """<style>
.ob-samples { border-collapse: collapse; width: 100%; font-size: 0.86rem; }
.ob-samples th { text-align: left; font-weight: 600; white-space: nowrap; padding: 0.15rem 0.9rem 0.15rem 0;
  vertical-align: top; width: 5rem; opacity: 0.8; }
.ob-samples td { padding: 0.15rem 0; overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; }
.ob-samples tr:first-child > * { border-bottom: 1px solid rgba(128, 118, 105, 0.3); }
</style>"""
_SHOWN = 4
"""Steps shown of each example: the first, to see where it began, and the last ones."""


def draw(samples: Sequence[Sampled]) -> None:
    """Each example with the answer wanted and how the answers written came nearer; nothing if there are none."""
    if not samples:
        return
    st.caption("Answers to validation examples, which it never learns from, at one step after another:")
    for number, asked in enumerate(dict.fromkeys(sample.input for sample in samples)):
        own = [sample for sample in samples if sample.input == asked]
        with st.container(border=True, key=f"tune.sample.{number}"):
            st.html(markup.block(markup.safe_html(asked), "ob-note"))
            st.html(_STYLE + _lines(own))


def right_at(samples: Sequence[Sampled], step: int) -> tuple[int, int]:
    """How many of that step's answers are what was wanted, and how many there are."""
    there = [sample for sample in samples if sample.step == step]
    return sum(is_wanted(sample) for sample in there), len(there)


def is_wanted(sample: Sampled) -> bool:
    """Whether the answer written is the one wanted, spaces around it aside."""
    return sample.written.strip() == sample.wanted.strip()


def _lines(samples: Sequence[Sampled]) -> str:
    """The wanted answer and those written, as one small table."""
    shown = samples if len(samples) <= _SHOWN else (samples[0], *samples[1 - _SHOWN :])
    rows = [_row("wanted", samples[0].wanted, "")]
    rows += [_row(f"step {one.step}", one.written, "✓" if is_wanted(one) else "") for one in shown]
    return f'<table class="ob-samples">{"".join(rows)}</table>'


def _row(what: str, text: str, sign: str) -> str:
    return f"<tr><th>{markup.safe_html(what)}</th><td>{markup.safe_html(text)} {sign}</td></tr>"
