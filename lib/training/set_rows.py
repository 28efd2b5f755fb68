"""A training example as a JSON object, there and back; everything wrong with one is told at once.

`{"messages": [{"role", "content"}, ...]}`, the form that hosted fine-tuning services take, or `{"input", "output"}`,
and if wanted `"id"`, `"tags"` and the `"part"` that the example is in: train, validation or held-out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.domain import Message, Role
from lib.sets.json_rows import Fields, RowWrong, id_of, named, tags_of, text_of
from lib.training.values import TrainingExample

FIELDS = ("id", "messages", "input", "output", "tags", "part")
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
_TOOLS = ("tool_calls", "function_call")


class Part(StrEnum):
    """What an example is for."""

    TRAIN = "train"
    VALIDATION = "validation"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True)
class Row:
    """An example with the part that it is in; None where the file does not say."""

    example: TrainingExample
    part: Part | None = None


def row_of(form: Mapping[str, object]) -> Row:
    """The row that a JSON object describes; unknown fields are passed over. Raises RowWrong.

    An example without an id has the id "".
    """
    fields = Fields(form)
    messages = _messages_in(form, fields)
    example = TrainingExample(fields.take("id", id_of, ""), messages, fields.take("tags", tags_of, ()))
    part = fields.take("part", _part_of, None)
    wrong = [*fields.wrong, *(() if fields.wrong else conversation_problems(messages))]
    if wrong:
        raise RowWrong(tuple(wrong))
    return Row(example, part)


def pair(input: str, output: str, instruction: str = "") -> tuple[Message, ...]:
    """The conversation of one question and its answer, under an instruction if there is one."""
    system = (Message("system", instruction),) if instruction else ()
    return (*system, Message("user", input), Message("assistant", output))


def conversation_problems(messages: Sequence[Message]) -> tuple[str, ...]:
    """Why a model cannot learn from a conversation: its roles, and what is empty; nothing if it can."""
    roles = [message.role for message in messages]
    turns = roles[1:] if roles[:1] == ["system"] else roles
    wrong = []
    if not turns:
        return ("there is no message to learn from",)
    if turns[-1] != "assistant":
        wrong.append(f"the last message is the {turns[-1]}'s; it must be the assistant's, which is what is learnt")
    elif "user" not in turns:
        wrong.append("no message of the user comes before the answer")
    if "system" in turns:
        wrong.append("a system message stands behind another message; it can only be the first")
    elif any(role != ("user", "assistant")[number % 2] for number, role in enumerate(turns)) and not wrong:
        wrong.append(f"user and assistant do not take turns: {', '.join(turns[:6])}")
    empty = [message for message in messages if not message.content.strip()]
    wrong += [f"the {_what_is_empty(message, messages)} is empty" for message in empty]
    return tuple(wrong)


def form_of(example: TrainingExample, part: Part | None = None) -> dict[str, object]:
    """The example as a JSON object; `row_of` reads it back."""
    form: dict[str, object] = {"id": example.id, "messages": _message_forms(example)}
    if example.tags:
        form["tags"] = list(example.tags)
    if part is not None:
        form["part"] = part.value
    return form


def hosted_form(example: TrainingExample) -> dict[str, object]:
    """The example with nothing but its messages, as hosted services take it."""
    return {"messages": _message_forms(example)}


def unknown_fields(form: Mapping[str, object]) -> tuple[str, ...]:
    """Names in the object that mean nothing here."""
    return tuple(name for name in form if name not in FIELDS)


def _message_forms(example: TrainingExample) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in example.messages]


def _messages_in(form: Mapping[str, object], fields: Fields) -> tuple[Message, ...]:
    if "messages" in form and ("input" in form or "output" in form):
        fields.wrong.append("has both messages and input or output; one of them is enough")
    if "messages" in form:
        return fields.take("messages", _messages_of, ())
    if "input" not in form and "output" not in form:
        fields.wrong.append("has neither messages nor input and output")
        return ()
    return pair(fields.take("input", text_of, ""), fields.take("output", text_of, ""))


def _messages_of(value: object) -> tuple[Message, ...]:
    if not isinstance(value, list):
        raise ValueError(f"is {named(value)}, not a list of messages")
    return tuple(_message_of(number, one) for number, one in enumerate(value, start=1))


def _message_of(number: int, value: object) -> Message:
    if not isinstance(value, dict):
        raise ValueError(f"holds {named(value)} as message {number}, not an object with role and content")
    if tool := next((name for name in _TOOLS if value.get(name)), ""):
        raise ValueError(f"has {tool} in message {number}: calls of tools cannot be learnt here")
    role = value.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        said = repr(role[:20]) if isinstance(role, str) else named(role)
        raise ValueError(f"has the role {said} in message {number}; roles are system, user and assistant")
    try:
        content = text_of(value.get("content"))
    except ValueError as error:
        raise ValueError(f"has a content in message {number} that {error}") from error
    return Message(_ROLES[role], content)


def _part_of(value: object) -> Part:
    said = text_of(value).lower()
    try:
        return Part("held-out" if said in {"heldout", "held out", "test"} else said)
    except ValueError as error:
        raise ValueError(f"is {said[:20]!r}, not train, validation or held-out") from error


def _what_is_empty(message: Message, messages: Sequence[Message]) -> str:
    if message is messages[-1] and message.role == "assistant":
        return "answer"
    return "input" if message is messages[-2:][0] else f"{message.role} message"
