"""What filled the context window, as one bar: instruction, examples, documents, passages, question, room to answer."""

import streamlit as st

from lib.domain import Prompt, PromptSegment
from pages.ui import markup, theme

_KINDS = {
    "instruction": "Instruction",
    "example": "Examples",
    "document": "Carried text",
    "passage": "Passages",
    "question": "Question",
}
_ENLARGE_BELOW = 0.15
_ANSWER_COLOUR = "rgba(128, 118, 105, 0.45)"


def draw(prompt: Prompt) -> None:
    """The bar with its key, and a plain word on what was left out."""
    used = used_tokens(prompt)
    share = used / prompt.window_tokens if prompt.window_tokens else 0.0
    st.html(bar_html(prompt.segments, prompt.window_tokens, prompt.answer_tokens))
    if share < _ENLARGE_BELOW:
        st.caption("The filled part, enlarged:")
        st.html(bar_html(prompt.segments, used, 0))
    st.caption(
        f"{used:,} of {prompt.window_tokens:,} tokens are filled ({share:.0%}); {prompt.answer_tokens:,} are kept free "
        "for the answer. Less is faster and cheaper, and leaves less to overlook."
    )
    if prompt.dropped:
        left_out = ", ".join(markup.plain(f"{segment.label} ({segment.tokens:,} tokens)") for segment in prompt.dropped)
        st.warning(f"Did not fit and was left out: {left_out}.", icon=":material/content_cut:")


def used_tokens(prompt: Prompt) -> int:
    """Tokens of everything that was sent."""
    return sum(segment.tokens for segment in prompt.segments if not segment.dropped)


def bar_html(segments: tuple[PromptSegment, ...], window_tokens: int, answer_tokens: int) -> str:
    """The bar as safe HTML: widths are shares of the window, dropped parts are hatched beyond it."""
    whole = max(window_tokens, sum(segment.tokens for segment in segments) + answer_tokens, 1)
    pieces = [_piece(segment, whole) for segment in segments]
    answer = f'<span style="width:{100 * answer_tokens / whole:.2f}%;background:{_ANSWER_COLOUR}"></span>'
    said = ", ".join(f"{segment.label}: {segment.tokens} tokens" for segment in segments)
    return (
        f'<div class="ob-bar" role="img" aria-label="{markup.attribute(f"Context window. {said}")}">'
        f"{''.join(pieces)}{answer}</div>{_key(segments, answer_tokens)}"
    )


def _piece(segment: PromptSegment, whole: int) -> str:
    dropped = " (left out)" if segment.dropped else ""
    title = markup.attribute(f"{segment.label}: {segment.tokens:,} tokens{dropped}")
    colour = theme.SEGMENT_COLOURS[segment.kind]
    return (
        f'<span class="{"ob-dropped" if segment.dropped else "ob-kept"}" title="{title}" '
        f'style="width:{100 * segment.tokens / whole:.2f}%;background:{colour}"></span>'
    )


def _key(segments: tuple[PromptSegment, ...], answer_tokens: int) -> str:
    sums: dict[str, int] = {}
    for segment in segments:
        if not segment.dropped:
            sums[segment.kind] = sums.get(segment.kind, 0) + segment.tokens
    items = [
        f'<span><i style="background:{theme.SEGMENT_COLOURS[kind]}"></i>{_KINDS[kind]} {tokens:,}</span>'
        for kind, tokens in sums.items()
    ]
    if answer_tokens:
        items.append(f'<span><i style="background:{_ANSWER_COLOUR}"></i>kept for the answer {answer_tokens:,}</span>')
    return f'<div class="ob-key">{"".join(items)}</div>'
