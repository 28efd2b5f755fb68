"""The frame of a report: one HTML file that needs nothing else, and in which foreign text stays text."""

import html
from collections.abc import Iterable, Sequence

from lib.charts.picture import Picture

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
"""Browsers keep to it: a report can ask nothing of any server, whatever is written in it."""

_STYLE = """
:root { --ink: #26221d; --soft: #6b6258; --line: #d9d2c7; --accent: #b84300; --paper: #fffdf9; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.2rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
h1, h2, h3 { font-family: Charter, "Iowan Old Style", Palatino, Georgia, serif; line-height: 1.25; }
h1 { margin-bottom: 0.3rem; } h2 { margin-top: 2.6rem; border-bottom: 1px solid var(--line); }
p.lead { font-size: 1.15rem; } .soft, figcaption { color: var(--soft); font-size: 0.88rem; }
.note { border-left: 3px solid var(--accent); padding: 0.1rem 0 0.1rem 0.8rem; }
figure { margin: 1.2rem 0; } figcaption { margin-top: 0.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.7rem 0.35rem 0; border-bottom: 1px solid var(--line);
  min-width: 7.5rem; }
th { font-weight: 600; } td.differs { font-weight: 600; color: var(--accent); }
section.case { border-top: 1px solid var(--line); padding: 0.6rem 0; break-inside: avoid; }
section.case h3 { margin: 0.3rem 0; font-size: 1.02rem; }
blockquote { margin: 0.2rem 0; padding-left: 0.8rem; border-left: 3px solid var(--line); white-space: pre-wrap;
  overflow-wrap: anywhere; }
.right { color: #0b6b4c; font-weight: 600; } .wrong { color: var(--accent); font-weight: 600; }
.answer { margin: 0.5rem 0 0.5rem 0.2rem; }
@media print { body { max-width: none; padding: 0; background: #fff; font-size: 11pt; } h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; } .modebar { display: none; } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """A whole HTML file with plotly's script in it once; `parts` are HTML of this module's making."""
    from plotly.offline import get_plotlyjs

    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_STYLE}</style>"
        f"<script>{get_plotlyjs()}</script></head>\n<body>\n{body}\n</body></html>\n"
    )


def text(foreign: str) -> str:
    """Any text as HTML that is nothing but text."""
    return html.escape(foreign, quote=True)


def paragraph(foreign: str, kind: str = "") -> str:
    """A paragraph of text; `kind` is a class of the style sheet."""
    return f'<p class="{kind}">{text(foreign)}</p>' if kind else f"<p>{text(foreign)}</p>"


def heading(title: str) -> str:
    """A section's title."""
    return f"<h2>{text(title)}</h2>"


def chart(picture: Picture, name: str) -> str:
    """The figure, drawn by the script in the page, and its text alternative under it. `name` is unique in the page."""
    import plotly.io

    picture.figure.update_layout(template="simple_white", paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    drawn = plotly.io.to_html(
        picture.figure,
        full_html=False,
        include_plotlyjs=False,
        div_id=name,
        default_height=f"{picture.figure.layout.height or 400}px",
        config={"displayModeBar": False, "responsive": True, "plotlyServerURL": ""},
    )
    return (
        f'<figure><div role="img" aria-label="{text(picture.alt)}">{drawn}</div>'
        f"<figcaption>{text(picture.alt)}</figcaption></figure>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, marked: Sequence[bool] = ()) -> str:
    """A table of texts; rows that are `marked` stand out, their first cell being the row's name."""
    top = "".join(f'<th scope="col">{text(cell)}</th>' for cell in head)
    lines = []
    for place, row in enumerate(rows):
        kind = ' class="differs"' if place < len(marked) and marked[place] else ""
        cells = "".join(f"<td{kind}>{text(cell)}</td>" for cell in row[1:])
        lines.append(f'<tr><th scope="row">{text(row[0])}</th>{cells}</tr>')
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
