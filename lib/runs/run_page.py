"""One run as a page of its own: a single HTML file that loads nothing and runs nothing."""

from collections.abc import Iterable, Iterator
from html import escape

from lib.domain import Answer, Prompt
from lib.records import RunRecord
from lib.runs.differences import named_settings
from lib.runs.rows import KeptRun, faithfulness_of

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.answer { font: 1.15rem/1.6 Charter, Georgia, serif; border-left: 4px solid #d9730d; padding-left: 1rem; }
.note { opacity: .75; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .25rem .6rem
  .25rem 0; border-bottom: 1px solid #8885; overflow-wrap: anywhere; }
.bar { display: flex; height: 1.4rem; border-radius: 5px; overflow: hidden; background: #8883; }
.bar span { min-width: 2px; } details { margin: .4rem 0; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
"""
_COLOURS = {
    "instruction": "#7A6A58",
    "example": "#A85FA3",
    "document": "#2F7FC1",
    "passage": "#D9730D",
    "question": "#12946A",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(run: KeptRun) -> str:
    """The run as HTML: question, answer, what was checked, what people said, passages, prompt, settings, versions.

    Every text of a document, a model or a person is escaped; the page's own policy forbids scripts and loading.
    """
    record, answer = run.record, run.record.answer
    body = "".join(
        (
            f"<h1>{escape(answer.question)}</h1>",
            f'<p class="note">{escape(_head(record))}</p>',
            f'<div class="text answer">{escape(answer.text or record.error or "No answer: it abstained.")}</div>',
            _section("What the rules say of it", _ruled(answer)),
            _section("What the sources say of it", _checked(record)),
            _section("Why it is wrong", _failure(run)),
            _section("What people say", _said(run)),
            _section("What it took", _table(_figures(answer))),
            _section("What filled the context window", _window(answer.prompt)),
            _section("Passages", _passages(answer)),
            _section("The exact prompt", _prompt(answer.prompt)),
            _section("Settings", _settings(record)),
            _section("Versions", _table(record.versions)),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Run {escape(record.id)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _head(record: RunRecord) -> str:
    answer = record.answer
    when = f"{record.at:%Y-%m-%d %H:%M:%S %Z}"
    by = f"{answer.model} with {answer.adapter}" if answer.adapter else answer.model
    return f"{when} · {answer.approach} · {by} · asked on {record.origin} · {record.id}"


def _section(title: str, inner: str) -> str:
    return f"<h2>{escape(title)}</h2>{inner}" if inner else ""


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>" if cells else ""


def _ruled(answer: Answer) -> str:
    """What the hybrid flow's rules said, of the attempt before a repair too."""
    rows = [("kept" if one.kept else "broken", f"{one.rule}: {one.reason}") for one in answer.verdicts]
    held = "<p><b>Held for review:</b> a rule is broken, and mending it once did not help.</p>" if answer.held else ""
    if not answer.repaired:
        return held + _table(rows)
    first = [("broken", f"{one.rule}: {one.reason}") for one in answer.first_verdicts if not one.kept]
    before = f'<p class="note">The first attempt</p><div class="text">{escape(answer.first_text)}</div>'
    return f"{held}{_table(rows)}{before}{_table(first)}"


def _checked(record: RunRecord) -> str:
    share = faithfulness_of(record)
    if share is None:
        return ""
    checks = record.verdicts.statements
    rows = [(check.support.value, f"{check.text} — {check.reason}".rstrip(" —")) for check in checks]
    return f"<p>Supported: {share:.0%} of its statements (100 % is best).</p>{_table(rows)}"


def _failure(run: KeptRun) -> str:
    failure, label = run.record.failure, run.remarks.label
    rows = [(failure.label.value, failure.evidence)] if failure else []
    return _table([*rows, *([(label.value, "so says a person")] if label else [])])


def _said(run: KeptRun) -> str:
    rating, review = run.remarks.rating, run.remarks.review
    rows: list[tuple[str, str]] = []
    if rating:
        rows.append((f"{rating.stars} of 5 stars", f"{rating.comment} ({rating.by}, {rating.at:%Y-%m-%d %H:%M})"))
    if review:
        decided = f" by {review.by}, {review.at:%Y-%m-%d %H:%M}" if review.at else ""
        words = " — ".join(part for part in (f"{review.state}{decided}", review.comment, review.text) if part)
        rows.append((f"approval ({review.area})", words))
    return _table(rows)


def _figures(answer: Answer) -> Iterator[tuple[str, str]]:
    timings, usage = answer.timings, answer.usage
    if timings.retrieve is not None:
        yield "passages found after", f"{timings.retrieve:.0f} ms"
    if timings.first_token is not None:
        yield "first word after", f"{timings.first_token:.0f} ms"
    yield "in all", f"{timings.total:.0f} ms"
    yield "tokens", f"{usage.input_tokens:,} in, {usage.output_tokens:,} out"
    yield "cost", "no price known" if answer.cost_usd is None else f"{answer.cost_usd:.6f} USD"


def _window(prompt: Prompt | None) -> str:
    if prompt is None or prompt.window_tokens <= 0:
        return ""
    kept = [segment for segment in prompt.segments if not segment.dropped]
    spans = "".join(
        f'<span style="width:{100 * segment.tokens / prompt.window_tokens:.2f}%;background:{_COLOURS[segment.kind]}" '
        f'title="{escape(segment.label)}: {segment.tokens} tokens"></span>'
        for segment in kept
    )
    words = ", ".join(f"{segment.label} {segment.tokens}" for segment in prompt.segments)
    return f'<div class="bar">{spans}</div><p class="note">{escape(words)} of {prompt.window_tokens:,} tokens</p>'


def _passages(answer: Answer) -> str:
    return "".join(
        f"<details><summary>{passage.rank}. {escape(passage.chunk.document)} {escape(passage.chunk.place.label)} · "
        f"characters {passage.chunk.start}-{passage.chunk.end} · score {passage.score:.3f}</summary>"
        f'<div class="text">{escape(passage.chunk.text)}</div></details>'
        for passage in answer.passages
    )


def _prompt(prompt: Prompt | None) -> str:
    messages = prompt.messages if prompt else ()
    return "".join(f"<p><b>{message.role}</b></p><pre>{escape(message.content)}</pre>" for message in messages)


def _settings(record: RunRecord) -> str:
    return _table(named_settings(record))
