"""A grammar for replies that copy: words of one numbered text as they stand there and its number, or that none helps.

A small model that may write anything writes "staff" for "workforce" and "Nicolas" for "Nicholas"; one that may only
copy cannot, and names the text that it copied from. In GBNF, the form of llama.cpp's grammars.
"""

import re
from collections.abc import Iterator, Sequence

_UNIT = re.compile(r"\w+|[^\w\s]")
_OPENS = frozenset("([{\"'“‘«£$€¥#~+-–—.")
_CLOSES = frozenset(")]}\"'”’»%°.!?")


def copy_grammar(texts: Sequence[tuple[int, str]], none: str) -> str:
    """Replies that are a run of whole words of one of `texts`, then ` [number]`; or exactly `none`.

    `texts` are pairs of number and text. A run begins at a word or at a mark that may open one, and ends after a word
    or after a mark that may close one; what lies between stands exactly as in the text.
    """
    roots, rules = [_literal(none)], list[str]()
    for place, (number, text) in enumerate(texts):
        units = [*_UNIT.finditer(text)]
        roots += [f"t{place}-{at}" for at, unit in enumerate(units) if _is_word(unit[0]) or unit[0] in _OPENS]
        rules += _text_rules(place, text, units)
        rules.append(f"e{place} ::= {_literal(f' [{number}]')}")
    return "\n".join([f"root ::= {' | '.join(roots)}", *rules, ""])


def _text_rules(place: int, text: str, units: Sequence[re.Match[str]]) -> Iterator[str]:
    """One rule a unit: itself, and then the end or the unit that follows."""
    for at, unit in enumerate(units):
        ways = [f"e{place}"] if _is_word(unit[0]) or unit[0] in _CLOSES else []
        if at + 1 < len(units):
            gap = text[unit.end() : units[at + 1].start()]
            ways.append(f"{_literal(gap)} t{place}-{at + 1}" if gap else f"t{place}-{at + 1}")
        yield f"t{place}-{at} ::= {_literal(unit[0])} ({' | '.join(ways) or f'e{place}'})"


def _is_word(unit: str) -> bool:
    return unit[0].isalnum() or unit[0] == "_"


def _literal(text: str) -> str:
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
