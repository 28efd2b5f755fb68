"""What an answer took, as figures with units and as a bar of where the time went."""

import html

from lib.domain import Answer
from pages.ui import answer as drawn

NUMBERS = """
- **Tokens in, tokens out**: what the model read and wrote, in its own word pieces. Fewer is faster and, at an endpoint,
  cheaper.
- **Search**: time to find the passages; prompt-only has none.
- **First word**: time from the question until the answer begins, search included. Lower is better: it is the wait that
  people feel.
- **In all**: time until the last word. Both columns run at the same time, so each is somewhat slower than alone;
  the first answer after a start also waits until the models are loaded.
- **Cost**: US dollars at the provider's list price; what runs on this machine costs nothing.
- **Abstained**: whether it said that it does not know. Yes is right where the documents are silent, and wrong where
  they hold the answer.
"""

_SEARCH, _WAIT, _WRITE = "#D9730D", "rgba(128, 118, 105, 0.5)", "#5BA7B0"


def figures(answer: Answer) -> str:
    """What the answer took, as labelled figures with their units."""
    usage, timings = answer.usage, answer.timings
    shown = [
        ("tokens in", f"{usage.input_tokens:,}"),
        ("tokens out", f"{usage.output_tokens:,}"),
        ("search", drawn.milliseconds(timings.retrieve) if timings.retrieve is not None else "none"),
        ("first word", drawn.milliseconds(timings.first_token) if timings.first_token is not None else "none"),
        ("in all", drawn.milliseconds(timings.total) if timings.total else "not known"),
        ("cost", _cost(answer)),
        ("abstained", "yes" if answer.abstained else "no"),
    ]
    rows = "".join(f"<div><dd>{html.escape(value)}</dd><dt>{name}</dt></div>" for name, value in shown)
    return f'<dl class="ob-figures">{rows}</dl>'


def timeline(answer: Answer, longest_ms: float) -> str:
    """Where the time went, as a bar on a scale that both columns share: search, wait for the first word, writing."""
    timings = answer.timings
    search = timings.retrieve or 0.0
    first = max(timings.first_token or timings.total, search)
    spans = (
        ("search", search, _SEARCH),
        ("until the first word" if timings.first_token else "reading the passages", first - search, _WAIT),
        ("writing", max(0.0, timings.total - first), _WRITE),
    )
    shown = [span for span in spans if span[1] >= 0.5]
    pieces = "".join(
        f'<span style="width:{100 * ms / max(longest_ms, 1.0):.2f}%;background:{colour}"></span>'
        for _, ms, colour in shown
    )
    said = ", ".join(f"{name} {drawn.milliseconds(ms)}" for name, ms, _ in shown)
    key = "".join(
        f'<span><i style="background:{colour}"></i>{name} {drawn.milliseconds(ms)}</span>' for name, ms, colour in shown
    )
    bar = f'<div class="ob-bar ob-time" role="img" aria-label="Time: {said}">{pieces}</div>'
    return f'{bar}<div class="ob-times">{key}</div>'


def _cost(answer: Answer) -> str:
    if answer.cost_usd is None:
        return "no price known"
    return "$0" if answer.cost_usd == 0 else f"${answer.cost_usd:.6f}".rstrip("0")
