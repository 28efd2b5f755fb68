"""An answer's words with their citation markers as buttons in the line: a click opens the passage that is cited.

Markdown has no buttons inside a sentence, so this is a small component. It gets pieces of plain text and sets them
as text, never as markup: what a model wrote cannot become anything else.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

_HTML = '<div class="ob-answer"></div>'

_CSS = """
.ob-answer { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.6; }
.ob-answer button { all: unset; cursor: pointer; vertical-align: super; line-height: 0; font-size: 0.78em;
  font-weight: 600; padding: 0.45em 0.15em; color: var(--st-primary-color); }
.ob-answer button:hover { text-decoration: underline; }
.ob-answer .ob-verdict { font: 600 0.66em/1 var(--st-font, sans-serif); white-space: nowrap; opacity: 0.92;
  border: 1px solid; border-radius: 0.7em; padding: 0.12em 0.5em; margin: 0 0.15em 0 0.35em; vertical-align: 0.12em; }
.ob-answer .ob-verdict[data-tone="green"] { color: var(--st-green-text-color, #12805a); }
.ob-answer .ob-verdict[data-tone="blue"] { color: var(--st-blue-text-color, #2f6fb0); }
.ob-answer .ob-verdict[data-tone="red"] { color: var(--st-red-text-color, #b3382c); }
.ob-answer .ob-verdict[data-tone="orange"] { color: var(--st-orange-text-color, #a65a08); }
.ob-answer button:focus-visible { outline: 2px solid var(--st-primary-color); border-radius: 3px; }
"""

_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const line = parentElement.querySelector(".ob-answer")
  line.replaceChildren(...data.pieces.map((piece) => {
    if (piece.verdict) {
      const mark = document.createElement("span")
      mark.className = "ob-verdict"
      mark.dataset.tone = piece.tone
      mark.textContent = piece.verdict
      mark.title = piece.hint
      return mark
    }
    if (piece.marker === null) return document.createTextNode(piece.text)
    const button = document.createElement("button")
    button.type = "button"
    button.className = "ob-cite"
    button.textContent = piece.text
    button.title = piece.hint
    button.setAttribute("aria-label", `Open the source: ${piece.hint}`)
    button.onclick = () => setTriggerValue("opened", piece.marker)
    return button
  }))
}
"""

_COMPONENT = st.components.v2.component("openbook_cited_text", html=_HTML, css=_CSS, js=_JS, isolate_styles=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the answer; with a `marker` it is a button, and `hint` says where that leads.

    With a `verdict` it is no part of the answer (its text is empty) but a mark behind a sentence, `hint` its reason.
    """

    text: str
    marker: int | None = None
    hint: str = ""
    verdict: str = ""
    tone: str = ""


def cited_text(pieces: Sequence[Piece], *, key: str) -> int | None:
    """Draw the pieces in a line; the marker that was clicked just now, or None."""
    result = _COMPONENT(
        key=key,
        data={"pieces": [asdict(piece) for piece in pieces]},
        on_opened_change=_nothing_else_to_do,
        height="content",
    )
    opened = result["opened"]
    return int(opened) if opened is not None else None


def _nothing_else_to_do() -> None:
    """Streamlit hands over a click only where a callback names it; the rerun is all we want."""
