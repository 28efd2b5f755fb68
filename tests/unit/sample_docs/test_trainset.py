"""The sample ticket set follows the support handbook, is balanced, and its three files share no wording."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import pytest

from lib.corpus.samples import SAMPLES_DIR

FILES = ("train", "validation", "heldout")
COMPANY = SAMPLES_DIR / "company"
ONLY_HARDWARE = {"DRIFT", "HUSH", "DARK", "HOWL", "CRUST", "SWAP"}
"""Codes that are always about a device, so that their reference is a serial number or `none`."""
RUN = 6


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row: the customer's message and what the handbook makes of it."""

    message: str
    output: str
    code: str
    priority: str
    reference: str


def read_ticket(line: str) -> Ticket:
    row = json.loads(line)
    assert list(row) == ["input", "output"]
    output = json.loads(row["output"])
    assert list(output) == ["code", "priority", "reference"]
    assert row["output"] == json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    return Ticket(row["input"], row["output"], output["code"], output["priority"], output["reference"])


@cache
def tickets(name: str) -> tuple[Ticket, ...]:
    lines = (COMPANY / "trainset" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return tuple(read_ticket(line) for line in lines)


def every_ticket() -> tuple[Ticket, ...]:
    return tuple(ticket for name in FILES for ticket in tickets(name))


@cache
def handbook() -> str:
    return (COMPANY / "docs" / "support-handbook.md").read_text("utf-8")


@cache
def codes() -> set[str]:
    return set(re.findall(r"(?m)^\| ([A-Z]{4,5}) \|", handbook()))


def found(message: str, starts: str) -> list[str]:
    return re.findall(rf"\b(?:{starts})-\d+\b", message)


@cache
def prefixes(rule: str) -> str:
    match = re.search(rule, handbook())
    assert match is not None
    return "|".join(match.groups())


def serials(message: str) -> list[str]:
    return found(message, prefixes(r"starts with (\w+), (\w+), (\w+) or (\w+)\)"))


def invoices(message: str) -> list[str]:
    return found(message, prefixes(r"invoice number if money is \(it starts with (\w+)\)"))


@cache
def rooms() -> set[str]:
    """Every room that some ticket refers to."""
    return {
        t.reference for t in every_ticket() if t.reference not in {"none", *serials(t.message), *invoices(t.message)}
    }


def named_rooms(message: str) -> list[str]:
    return re.findall(rf"\b(?:{'|'.join(map(re.escape, sorted(rooms())))})\b", message)


@cache
def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


@cache
def vocabulary(text: str) -> frozenset[str]:
    return frozenset(words(text))


@cache
def runs(text: str) -> frozenset[tuple[str, ...]]:
    tokens = words(text)
    return frozenset(tokens[start : start + RUN] for start in range(len(tokens) - RUN + 1))


def too_alike(left: str, right: str) -> bool:
    first, second = vocabulary(left), vocabulary(right)
    shared = len(first & second)
    return 2 * shared >= len(first) + len(second) - shared or not runs(left).isdisjoint(runs(right))


@pytest.mark.parametrize(("name", "size"), [("train", 120), ("validation", 30), ("heldout", 60)])
def test_each_file_has_its_size_and_all_twelve_codes_alike(name: str, size: int) -> None:
    counts = Counter(ticket.code for ticket in tickets(name))
    assert len(tickets(name)) == size
    assert len(codes()) == 12
    assert set(counts) == codes()
    assert max(counts.values()) - min(counts.values()) == (1 if size % 12 else 0)


@pytest.mark.parametrize("name", FILES)
def test_every_priority_of_the_handbook_occurs_often(name: str) -> None:
    counts = Counter(ticket.priority for ticket in tickets(name))
    assert set(counts) == set(re.findall(r"(?m)^\| (P\d) \|", handbook()))
    assert min(counts.values()) >= len(tickets(name)) / 12


def test_the_reference_follows_the_handbook() -> None:
    for ticket in every_ticket():
        named = named_rooms(ticket.message)
        hardware, money = serials(ticket.message), invoices(ticket.message)
        assert ticket.reference == [*hardware, *money, *named, "none"][0], ticket
        assert max(map(len, (hardware, money, named))) <= 1, ticket


def test_the_kind_of_reference_fits_the_code() -> None:
    for ticket in every_ticket():
        if ticket.code in ONLY_HARDWARE:
            assert ticket.reference not in rooms(), ticket
        if ticket.code == "SCALE":
            assert not serials(ticket.message), ticket
        elif invoices(ticket.message):
            assert serials(ticket.message), ticket


def test_the_rules_that_override_the_table_of_priorities_are_kept() -> None:
    for ticket in every_ticket():
        said = ticket.message.lower()
        if "ammonia" in said:
            assert ticket.priority == "P1", ticket
        if "crock" in said:
            assert ticket.priority != "P1", ticket
        wheels = re.search(r"(\d,\d{3}) wheels", said)
        if wheels is not None:
            assert int(wheels[1].replace(",", "")) > 2000, ticket
            assert ticket.priority in {"P1", "P2"}, ticket
        if ticket.code == "ASIDE":
            assert ticket.priority == "P4", ticket
        if ticket.code == "SCALE":
            soon = re.search(r"tomorrow|24 hours", said) is not None
            assert ticket.priority == ("P3" if soon else "P4"), ticket


def test_messages_are_short_and_do_not_name_their_code() -> None:
    for ticket in every_ticket():
        assert 6 <= len(words(ticket.message)) <= 60, ticket
        assert not [code for code in codes() if re.search(rf"\b{code}\b", ticket.message)], ticket


def test_no_message_stands_twice() -> None:
    counts = Counter(words(ticket.message) for ticket in every_ticket())
    assert [message for message, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(("left", "right"), list(combinations(FILES, 2)))
def test_two_files_share_no_wording(left: str, right: str) -> None:
    pairs = ((one.message, other.message) for one in tickets(left) for other in tickets(right))
    assert [pair for pair in pairs if too_alike(*pair)] == []


@pytest.mark.parametrize(("left", "right"), list(combinations(FILES, 2)))
def test_two_files_share_no_reference(left: str, right: str) -> None:
    shared = {ticket.reference for ticket in tickets(left)} & {ticket.reference for ticket in tickets(right)}
    assert shared == {"none"}


def test_nothing_of_the_eval_set_is_in_a_message() -> None:
    lines = (COMPANY / "evalset.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    pairs = ((question, ticket.message) for question in questions for ticket in every_ticket())
    assert [pair for pair in pairs if too_alike(*pair)] == []
