"""The rules of the hybrid flow: what each asks for, added, changed, removed, and tried on a text of one's own."""

from dataclasses import dataclass, replace

import streamlit as st

from lib.approaches.rules import checked_rules, schema_of
from lib.approaches.validating import NEEDS_PASSAGES, check_rules
from lib.domain import Answer, ApproachName
from lib.errors import BadInput
from lib.settings import DEFAULT_RULES, RuleKind, ValidatorRule, Workspace
from pages.ui import answer_rules, frame, markup, state

_EDITING = "hybrid.editing"
_FAILED = "hybrid.failed"
_FIELDS = "hybrid.rule."
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of rule is offered: its name, what it needs, and an example (a rule's name and its words)."""

    title: str
    needs: str
    icon: str
    name: str
    spec: str = ""


KINDS = {
    RuleKind.CITED: Kind("Cites a passage", "", ":material/format_quote:", "Cites a passage"),
    RuleKind.SUPPORTED: Kind("Its passage carries it", "", ":material/fact_check:", "Its passage carries it"),
    RuleKind.LENGTH: Kind("Length", "The most words", ":material/short_text:", "At most 80 words", "80"),
    RuleKind.FORBIDDEN: Kind(
        "Forbidden terms", "Words or phrases, one a line", ":material/block:", "No promises", "guarantee\nwe promise"
    ),
    RuleKind.POLICY: Kind(
        "Policy",
        "One a line: when the question says this => the answer must say that",
        ":material/policy:",
        "Names the deadline",
        "refund => within 30 days",
    ),
    RuleKind.JSON_SCHEMA: Kind(
        "JSON schema",
        "The schema that the whole answer must keep",
        ":material/data_object:",
        "An object with an answer",
        '{"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}',
    ),
    RuleKind.PATTERN: Kind(
        "Pattern",
        "A regular expression that the whole answer must match",
        ":material/regular_expression:",
        "Ends with a full stop",
        r"(?s).*\.",
    ),
}


def title(workspace: Workspace) -> str:
    """What the rules come to, in a few words."""
    count = len(workspace.rules)
    enforced = ", the schema enforced" if workspace.enforce_schema and schema_of(workspace.rules) else ""
    return f"{count} rule{'' if count == 1 else 's'} that an answer must keep{enforced}" if count else "No rules"


def draw(workspace: Workspace) -> None:
    """The list with its buttons, the form, the switch, and a text to try them on."""
    st.caption(
        "Each answer is held against these in code. One that breaks a rule is mended once; if it still breaks one, "
        "it is held until a person approves it."
    )
    editing = state.recall(_EDITING, "")
    for rule in workspace.rules:
        _row(rule)
    if not workspace.rules:
        st.info("Without rules every answer goes out. Add one, or take the usual three.", icon=":material/rule:")
    if workspace.rules != DEFAULT_RULES:
        st.button("The usual three rules", key="hybrid.usual", icon=":material/restart_alt:", on_click=_usual)
    _form(workspace, editing)
    _enforce(workspace)
    _try(workspace)


def _row(rule: ValidatorRule) -> None:
    kind = KINDS[rule.kind]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"hybrid.row.{rule.name}"):
        shown = " · ".join(line.strip() for line in rule.spec.splitlines() if line.strip())
        shown = f"{kind.title}: {shown if len(shown) <= _SHOWN else f'{shown[: _SHOWN - 1]}…'}" if shown else ""
        spec = f" :gray[{markup.plain(shown)}]" if shown else ""
        st.markdown(f"{kind.icon} **{markup.plain(rule.name)}**{spec}", width="stretch")
        st.button("Change", key=f"hybrid.change.{rule.name}", type="tertiary", on_click=_edit, args=(rule,))
        st.button("Remove", key=f"hybrid.remove.{rule.name}", type="tertiary", on_click=_remove, args=(rule.name,))


def _form(workspace: Workspace, editing: str) -> None:
    st.markdown(f"**Change “{markup.plain(editing)}”**" if editing else "**Add a rule**")
    state.seed(f"{_FIELDS}kind", RuleKind.LENGTH)
    kind = RuleKind(
        st.selectbox(
            "Kind",
            list(KINDS),
            format_func=lambda each: KINDS[each].title,
            key=f"{_FIELDS}kind",
        )
    )
    look = KINDS[kind]
    st.text_input("Name", key=f"{_FIELDS}name", max_chars=80, placeholder=f"Like: {look.name}")
    if look.needs:
        st.text_area(look.needs, key=f"{_FIELDS}spec", height=90, placeholder=f"Like:\n{look.spec}")
    with st.container(horizontal=True):
        label = "Save the change" if editing else "Add the rule"
        st.button(label, key="hybrid.save", type="primary", on_click=_save, args=(workspace, editing))
        st.button("Fill in the example", key="hybrid.example", type="tertiary", on_click=_example)
        if editing:
            st.button("Leave it as it was", key="hybrid.cancel", type="tertiary", on_click=_clear)
    failed: BadInput | None = state.take(_FAILED, None)
    if failed is not None:
        frame.show_failure(failed)


def _enforce(workspace: Workspace) -> None:
    schema, local = schema_of(workspace.rules), workspace.model.kind in ("built-in", "gguf")
    on = st.toggle(
        "Enforce the JSON schema while decoding",
        state.first("hybrid.enforce", workspace.enforce_schema),
        key="hybrid.enforce",
        disabled=not (schema and local),
        help="The model can then write nothing else: every token that would break the form is ruled out. "
        "The form is right by force; what stands in it still has to be checked.",
    )
    if not schema:
        st.caption("It needs a rule with a JSON schema.")
    elif not local:
        st.caption("It works with the built-in model.")
    state.keep(replace(state.workspace(), enforce_schema=on))


def _try(workspace: Workspace) -> None:
    tried = st.text_area("Try the rules on a text", key="hybrid.try", height=80, placeholder="Type or paste an answer")
    if not (tried or "").strip():
        return
    rules = [rule for rule in workspace.rules if rule.kind not in NEEDS_PASSAGES]
    with frame.failures_shown():
        answer = Answer(workspace.question, ApproachName.HYBRID, "", (tried or "").strip(), abstained=False)
        answer_rules.lines(check_rules(answer, checked_rules(rules), lambda _answer: ()))
    if len(rules) < len(workspace.rules):
        st.caption("The rules about citations need passages: they are tried when a question is asked.")


def _save(workspace: Workspace, editing: str) -> None:
    kind = RuleKind(state.typed(f"{_FIELDS}kind", RuleKind.LENGTH))
    spec = state.typed(f"{_FIELDS}spec", "") if KINDS[kind].needs else ""
    name = state.typed(f"{_FIELDS}name", "").strip() or ("" if KINDS[kind].needs else KINDS[kind].name)
    rule = ValidatorRule(name, kind, spec or "")
    rules = [rule if one.name == editing else one for one in workspace.rules]
    try:
        kept = checked_rules(rules if editing else [*rules, rule])
    except BadInput as error:
        state.remember(_FAILED, error)
        return
    state.keep(replace(state.workspace(), rules=kept))
    _clear()


def _edit(rule: ValidatorRule) -> None:
    state.remember(_EDITING, rule.name)
    for field, value in (("kind", rule.kind), ("name", rule.name), ("spec", rule.spec)):
        state.put(f"{_FIELDS}{field}", value)


def _remove(name: str) -> None:
    workspace = state.workspace()
    state.keep(replace(workspace, rules=tuple(rule for rule in workspace.rules if rule.name != name)))
    _clear()


def _usual() -> None:
    state.keep(replace(state.workspace(), rules=DEFAULT_RULES))
    _clear()


def _example() -> None:
    look = KINDS[RuleKind(state.typed(f"{_FIELDS}kind", RuleKind.LENGTH))]
    state.put(f"{_FIELDS}name", look.name)
    state.put(f"{_FIELDS}spec", look.spec)


def _clear() -> None:
    state.take(_EDITING, "")
    state.put(f"{_FIELDS}name", "")
    state.put(f"{_FIELDS}spec", "")
