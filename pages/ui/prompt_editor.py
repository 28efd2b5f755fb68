"""A strong prompt, tried: instruction, worked examples, temperature and length of one approach, kept under names."""

import re
from dataclasses import replace

import streamlit as st

from lib.approaches.hybrid_prompt import NARROW_INSTRUCTION
from lib.approaches.prompting import INSTRUCTIONS, SENTENCES_INSTRUCTION
from lib.domain import ApproachName
from lib.generation.reader_adapter import READER_INSTRUCTION
from lib.settings import Example, PromptSettings, Workspace
from pages.ui import markup, state

_PAIR = re.compile(r"^Q:\s*(.+?)\s*\nA:\s*(.+?)\s*$", re.MULTILINE)
MAX_ANSWER_TOKENS = 1_024
_FIELDS = ("instruction", "examples", "temperature", "answer_tokens", "sentences", "name")


def settings_of(workspace: Workspace, approach: ApproachName) -> PromptSettings:
    """What the approach is told now."""
    return workspace.prompt_of(approach)


def with_settings(workspace: Workspace, approach: ApproachName, settings: PromptSettings) -> Workspace:
    """The workspace with the approach told this."""
    told = {
        ApproachName.PROMPT_ONLY: replace(workspace, prompt_only=settings),
        ApproachName.FINE_TUNED: replace(workspace, fine_tuned=settings),
        ApproachName.HYBRID: replace(workspace, hybrid=settings),
    }
    return told.get(approach, replace(workspace, rag=settings))


def draw(approach: ApproachName) -> None:
    """The form, the kept versions, and one click back to the defaults."""
    workspace = state.workspace()
    settings = settings_of(workspace, approach)
    key = f"prompt.{approach}"
    _versions(workspace, approach, key)
    _seed(approach, settings, key)
    with st.form(f"{key}.form", border=False):
        if approach is ApproachName.FINE_TUNED:
            st.caption("Instruction and examples are in the adapter: it is asked exactly as it was trained.")
        else:
            _words(approach, settings, key)
        _dials(approach, key)
        st.text_input("Keep as version", key=f"{key}.name", max_chars=40)
        st.form_submit_button("Use this prompt", type="primary", on_click=_use, args=(approach, key))
    if settings != PromptSettings():
        st.button(
            "Back to the default",
            icon=":material/restart_alt:",
            key=f"{key}.reset",
            on_click=_reset,
            args=(approach, key),
        )
    if note := state.take(f"{key}.note", ""):
        st.success(markup.plain(note), icon=":material/check:")


def _words(approach: ApproachName, settings: PromptSettings, key: str) -> None:
    st.text_area(
        "Instruction",
        key=f"{key}.instruction",
        height=110,
        placeholder=f"Empty means: {default_instruction(approach, settings)}",
    )
    st.text_area(
        "Worked examples (few-shot)",
        key=f"{key}.examples",
        height=110,
        placeholder="Q: How long is the warranty?\nA: Two years [1].",
        help="Pairs of lines that begin with Q: and A:. They show the model the form you want. An adapter has learnt "
        "its form already and is sent none.",
    )


def _dials(approach: ApproachName, key: str) -> None:
    left, middle, right = st.columns(3)
    left.slider("Temperature", 0.0, 1.5, step=0.1, key=f"{key}.temperature", help="0 repeats itself; 1 varies.")
    middle.slider(
        "Answer length (tokens)",
        16,
        MAX_ANSWER_TOKENS,
        step=16,
        key=f"{key}.answer_tokens",
        help="The longest answer.",
    )
    if approach not in (ApproachName.PROMPT_ONLY, ApproachName.FINE_TUNED):
        right.slider(
            "Sentences read",
            0,
            10,
            key=f"{key}.sentences",
            help="How many of the passages' best sentences the model reads; 0 hands over whole passages. "
            "Small models do best with 1, with the built-in reader 3 to 5, big ones with 0.",
        )


def default_instruction(approach: ApproachName, settings: PromptSettings) -> str:
    """What an empty instruction stands for: the one that was measured best with the built-in model."""
    workspace = state.workspace()
    if workspace.has_reader(approach):
        return READER_INSTRUCTION
    tuned = workspace.model.kind in ("built-in", "gguf") and bool(workspace.adapter)
    if approach is ApproachName.HYBRID and tuned:
        return "what the adapter was trained with"
    if approach is not ApproachName.PROMPT_ONLY and settings.sentences_read(workspace.model.kind):
        return SENTENCES_INSTRUCTION
    return NARROW_INSTRUCTION if approach is ApproachName.HYBRID else INSTRUCTIONS[approach]


def parse_examples(text: str) -> tuple[Example, ...]:
    """Pairs of lines `Q: ...` and `A: ...`; anything else is passed over."""
    return tuple(Example(question, answer) for question, answer in _PAIR.findall(text.replace("\r\n", "\n")))


def format_examples(examples: tuple[Example, ...]) -> str:
    """The pairs as they are written in the form."""
    return "\n\n".join(f"Q: {example.question}\nA: {example.answer}" for example in examples)


def _seed(approach: ApproachName, settings: PromptSettings, key: str) -> None:
    state.seed(f"{key}.instruction", settings.instruction)
    state.seed(f"{key}.examples", format_examples(settings.examples))
    state.seed(f"{key}.temperature", float(settings.temperature))
    state.seed(f"{key}.answer_tokens", settings.answer_tokens)
    state.seed(f"{key}.sentences", state.workspace().sentences_read(approach))
    state.seed(f"{key}.name", settings.name)


def _use(approach: ApproachName, key: str) -> None:
    """Commit the form: the settings in use, and a version of that name."""
    workspace = state.workspace()
    before = settings_of(workspace, approach)
    usual = workspace.sentences_read(approach)
    sentences = int(state.typed(f"{key}.sentences", usual))
    settings = PromptSettings(
        name=state.typed(f"{key}.name", "").strip() or "unnamed",
        instruction=state.typed(f"{key}.instruction", "").strip(),
        examples=parse_examples(state.typed(f"{key}.examples", "")),
        temperature=float(state.typed(f"{key}.temperature", before.temperature)),
        answer_tokens=int(state.typed(f"{key}.answer_tokens", before.answer_tokens)),
        sentences=before.sentences if sentences == usual else sentences,
    )
    others = tuple(
        (name, kept) for name, kept in workspace.prompt_versions if (name, kept.name) != (approach, settings.name)
    )
    kept = (*others, (str(approach), settings))
    state.keep(with_settings(replace(workspace, prompt_versions=kept), approach, settings))
    state.remember(f"{key}.note", f"The next answer uses “{settings.name}”; it is kept under that name.")


def _versions(workspace: Workspace, approach: ApproachName, key: str) -> None:
    kept = {settings.name: settings for name, settings in workspace.prompt_versions if name == approach}
    if not kept:
        return

    def load() -> None:
        if chosen := state.typed(f"{key}.version", None):
            state.keep(with_settings(state.workspace(), approach, kept[str(chosen)]))
            _forget_fields(key)

    st.selectbox(
        f"Kept versions ({len(kept)})",
        list(kept),
        index=None,
        placeholder="Take one up again",
        key=f"{key}.version",
        on_change=load,
    )


def _reset(approach: ApproachName, key: str) -> None:
    state.keep(with_settings(state.workspace(), approach, PromptSettings()))
    _forget_fields(key)


def _forget_fields(key: str) -> None:
    for field in _FIELDS:
        state.forget(f"{key}.{field}")
