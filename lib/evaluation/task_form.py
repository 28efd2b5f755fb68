"""What form the answers of a training set have: labels, JSON schema, style rules, and the instruction that says so.

All of it is read off the training outputs alone, never off the held-out ones.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.domain import Message
from lib.evaluation.style_rules import StyleRule, infer_rules
from lib.forms import schema_fault
from lib.training.values import TrainingExample

MAX_LABEL_WORDS = 8
"""A longer output is a text, not a label."""
EXAMPLES_PER_LABEL = 3
"""A field is a closed list when its values occur so often on average."""
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True)
class TaskForm:
    """The form of one task's answers.

    `labels` are the answers of a closed list, empty where there is none; `label_field` is the JSON field that holds
    the label, empty where the whole output is the label. `schema` is a JSON schema as JSON text, empty where the
    outputs are no JSON objects. `instruction` tells a model in words what the form is.
    """

    instruction: str
    label_field: str = ""
    labels: tuple[str, ...] = ()
    schema: str = ""
    style: tuple[StyleRule, ...] = ()

    def label_of(self, text: str) -> str | None:
        """The label in an answer; None where it has no such field. Capitals and space around do not count."""
        if not self.label_field:
            return _plain(text)
        fields = json_object(text)
        return _plain(_as_text(fields[self.label_field])) if fields and self.label_field in fields else None

    def schema_kept(self, text: str) -> bool | None:
        """Whether the whole answer is JSON of the schema; None where there is no schema."""
        if not self.schema:
            return None
        return not schema_fault(self.schema, text.strip())


def task_form(train: Sequence[TrainingExample], *, schema: str = "", style: Sequence[StyleRule] = ()) -> TaskForm:
    """The form of the training examples' answers; a schema or style rules that are given go before inferred ones."""
    outputs = [example.output for example in train]
    objects = _objects(outputs)
    closed = _closed_fields(objects) if objects else {}
    field = max(closed, key=lambda name: len(closed[name]), default="")
    labels = closed[field] if field else () if objects else _closed_values(outputs)
    given = next((message.content for message in train[0].messages if message.role == "system"), "") if train else ""
    return TaskForm(
        instruction=given or _instruction(objects, closed, labels),
        label_field=field,
        labels=labels,
        schema=schema or (_schema(objects, closed) if objects else ""),
        style=tuple(style) or infer_rules(outputs),
    )


def asked_with(example: TrainingExample, form: TaskForm, shots: Sequence[TrainingExample] = ()) -> tuple[Message, ...]:
    """What a model that was not trained is asked: the instruction, worked examples as turns, then the example's input.

    An example with a system message of its own keeps that.
    """
    system = example.prompt[:1] if example.prompt[0].role == "system" else (Message("system", form.instruction),)
    turns = tuple(message for shot in shots for message in shot.messages if message.role != "system")
    return (*system, *turns, *(message for message in example.prompt if message.role != "system"))


def json_object(text: str) -> dict[str, Any] | None:
    """The text as one JSON object; None for anything else."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _objects(outputs: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """The outputs as JSON objects if every one is an object, else none."""
    read = [json_object(output) for output in outputs]
    return tuple(one for one in read if one is not None) if read and all(one is not None for one in read) else ()


def _closed_fields(objects: Sequence[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Fields of text that every object has and whose values come from a short list: name -> values."""
    named = [name for name in objects[0] if all(isinstance(one.get(name), str) for one in objects)]
    found = {name: _closed_values([one[name] for one in objects]) for name in named}
    return {name: values for name, values in found.items() if values}


def _closed_values(values: Sequence[str]) -> tuple[str, ...]:
    """The different values, in order of first use, if they are two or more that recur often enough; else none."""
    counts = Counter(value.strip() for value in values)
    recur = len(counts) >= 2 and len(values) >= EXAMPLES_PER_LABEL * len(counts)
    return tuple(counts) if recur and all(len(value.split()) <= MAX_LABEL_WORDS for value in counts) else ()


def _schema(objects: Sequence[dict[str, Any]], closed: Mapping[str, tuple[str, ...]]) -> str:
    names = list(dict.fromkeys(name for one in objects for name in one))
    properties = {name: _property(name, objects, closed) for name in names}
    required = [name for name in names if all(name in one for one in objects)]
    whole = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return json.dumps(whole, ensure_ascii=False)


def _property(name: str, objects: Sequence[dict[str, Any]], closed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    if name in closed:
        return {"type": "string", "enum": list(closed[name])}
    kinds = {_TYPES.get(type(one[name]), "null") for one in objects if name in one}
    if kinds == {"string"}:
        return {"type": "string", "minLength": 1}
    return {"type": sorted(kinds)[0] if len(kinds) == 1 else sorted(kinds)}


def _instruction(
    objects: Sequence[dict[str, Any]], closed: Mapping[str, tuple[str, ...]], labels: Sequence[str]
) -> str:
    if objects:
        keys = ", ".join(f'"{name}"' for name in objects[0])
        lists = "".join(f' "{name}" is one of: {", ".join(values)}.' for name, values in closed.items())
        return f"Answer with one line of JSON with the keys {keys} and nothing else.{lists}"
    if labels:
        return f"Answer with one of these labels and nothing else: {', '.join(labels)}."
    return "Answer in one or two sentences."


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
