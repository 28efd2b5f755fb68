"""A marked passage becomes a test case: from any passage card, and from the source it stands in."""

import streamlit as st

from lib.errors import LabError
from lib.evaluation.draft_checks import Source
from lib.evaluation.marking import likeliest_quote, marked_case, source_of
from lib.records import EvalCase
from lib.settings import LIMITS
from pages.ui import eval_sets, markup, services, state

LABEL = "Make it a test case"
ICON = ":material/add_task:"
_LAST_SET = "evaluate.case.set"


@st.dialog(LABEL, width="medium")
def open_for(document: str, start: int, end: int, question: str = "") -> None:
    """Ask for what the passage at `[start, end)` does not say itself, and keep the case."""
    form(document, start, end, question)


def form(document: str, start: int, end: int, question: str = "") -> None:
    """Question, answer, quote and set, filled in as far as they are known; for a dialog that is open already."""
    key = f"case.{document}.{start}-{end}"
    try:
        source = source_of(services.document(state.workspace().id, document), start, end)
    except LabError as error:
        st.error(markup.plain(f"{error.message} {error.hint}"), icon=":material/error:")
        return
    if failure := state.take(f"{key}.failure", None):
        st.error(markup.plain(f"{failure.message} {failure.hint}"), icon=":material/error:")
    if went := state.take(f"{key}.kept", None):
        _told(*went)
        return
    with st.form(key, border=False):
        st.text_area(
            "Question",
            value=question or state.workspace().question,
            key=f"{key}.question",
            height=68,
            max_chars=LIMITS.question_characters,
        )
        st.text_input(
            "Expected answer",
            key=f"{key}.answer",
            placeholder="The right answer in a few words",
            help="Leave it empty to measure only whether the passage is found.",
        )
        st.text_area(
            f"The words in {markup.plain(document)} that prove it",
            value=likeliest_quote(source, question),
            key=f"{key}.quote",
            height=96,
            help="Shorten them as you like; they must stand in the document.",
        )
        st.selectbox("Add it to", _sets(), key=f"{key}.set")
        st.form_submit_button("Keep the case", type="primary", icon=ICON, on_click=_keep, args=(source, key))


def _sets() -> list[str]:
    """The workspace's own sets, the one used last first; "My questions" where there is none."""
    own = eval_sets.own(state.workspace())
    last = state.recall(_LAST_SET, eval_sets.FIRST_NAME)
    others = [name for name in (*own, eval_sets.FIRST_NAME) if name != last]
    return list(dict.fromkeys([last, *others]))


def _keep(source: Source, key: str) -> None:
    """Keep what the form says, or remember why not; the form tells it when it is drawn again."""
    question, answer, quote = (state.typed(f"{key}.{field}", "") or "" for field in ("question", "answer", "quote"))
    name = state.typed(f"{key}.set", eval_sets.FIRST_NAME)
    try:
        case = marked_case(source, question, answer, quote)
        kept = eval_sets.store().add(state.workspace().id, name, (case,)).cases[-1]
    except LabError as error:
        state.remember(f"{key}.failure", error)
        return
    state.remember(_LAST_SET, name)
    state.remember(f"{key}.kept", (kept, name))
    state.remember("evaluate.go", "Eval set")
    eval_sets.choose(name)


def _told(case: EvalCase, name: str) -> None:
    """Where the case went, and the way there."""
    st.success(f"Kept as **{markup.plain(case.id)}** in **{markup.plain(name)}**.", icon=":material/check_circle:")
    st.page_link("pages/evaluate.py", label="Look at it under Evaluate", icon=":material/monitoring:")
