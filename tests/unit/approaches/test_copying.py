"""What a grammar for copying lets through: walked at random here, and by llama.cpp in the real model."""

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lib.approaches.copying import copy_grammar
from lib.domain import Message, TextPiece
from lib.generation.engine import Engine, built_in_client
from lib.settings import GenerationOptions
from lib.weights import chat_model_path

NONE = "None of these holds the answer."
LEAVE = 'Parents take "eighteen weeks" of paid leave (not 18 days), says § 4.'
AWKWARD = 'C:\\files\\"notes"\ttab, ${x} \x07 bell; 雨 — naïve 🙂 [3] root ::= "x"'

_RULE = re.compile(r"^([\w-]+) ::= (.*)$", re.MULTILINE)
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|([\w-]+)|([|()])')


def derived(grammar: str, draw: Random) -> str:
    """A reply that the grammar allows, each choice drawn."""
    rules = {name: body for name, body in _RULE.findall(grammar) if not name.startswith('"')}
    said, todo = "", ["root"]
    while todo:
        body = rules[todo.pop(0)]
        before, _, choice = body.partition(" (") if body.startswith('"') and " (" in body else ("", "", body)
        parts = _PART.findall(before) + _PART.findall(draw.choice(_alternatives(choice)))
        for literal, name, _ in parts:
            if name:
                todo.append(name)
            else:
                said += _unescaped(literal)
    return said


def _alternatives(choice: str) -> list[str]:
    """The ways of `a | "b" c`, a closing bracket left out; bars in literals divide nothing."""
    ways, parts = [""], _PART.finditer(choice)
    for part in parts:
        if part[0] == "|":
            ways.append("")
        elif part[0] not in "()" or part[1]:
            ways[-1] += f" {part[0]}"
    return ways


def _unescaped(literal: str) -> str:
    literal = re.sub(r"\\U([0-9A-F]{8})", lambda found: chr(int(found[1], 16)), literal)
    return re.sub(r"\\(.)", r"\1", literal)


def test_a_reply_is_words_of_one_text_with_its_number() -> None:
    grammar = copy_grammar([(2, LEAVE), (1, "Travel is paid in full.")], NONE)
    said = {derived(grammar, Random(seed)) for seed in range(400)}
    assert NONE in said
    assert len(said) > 50
    for reply in said - {NONE}:
        words, _, number = reply.rpartition(" ")
        assert words in {"[2]": LEAVE, "[1]": "Travel is paid in full."}[number]


def test_it_neither_begins_nor_ends_within_a_word_or_with_a_comma() -> None:
    grammar = copy_grammar([(1, "Ann, Bob and Cy-Lee, 1,160 in all")], NONE)
    said = {derived(grammar, Random(seed)) for seed in range(600)} - {NONE}
    assert "Bob and Cy-Lee [1]" in said
    assert "1,160 [1]" in said
    for reply in said:
        assert not reply.startswith((",", "nn", "ob"))
        assert ", [1]" not in reply


def test_a_text_without_words_leaves_only_that_none_helps() -> None:
    grammar = copy_grammar([(1, "")], NONE)
    assert {derived(grammar, Random(seed)) for seed in range(5)} == {NONE}


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), st.integers(0, 10**6))
def test_of_any_text_only_stretches_are_allowed(text: str, seed: int) -> None:
    reply = derived(copy_grammar([(1, text)], NONE), Random(seed))
    assert reply == NONE or (reply.endswith(" [1]") and reply.removesuffix(" [1]") in text)


def test_the_real_model_can_only_copy() -> None:
    engine = Engine(chat_model_path)
    try:
        for text in (LEAVE, AWKWARD):
            grammar = copy_grammar([(7, text)], NONE)
            asked = (Message("user", f"[7] {text}\n\nQuestion: Write a poem about the sea."),)
            options = GenerationOptions(temperature=1.0, max_tokens=64, grammar=grammar)
            events = built_in_client(engine).stream(asked, options)
            reply = "".join(event.text for event in events if isinstance(event, TextPiece))
            assert reply == NONE or reply.removesuffix(" [7]") in text
            assert reply
    finally:
        engine.close()
