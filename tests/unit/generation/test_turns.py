import threading
import time

import pytest

from lib.errors import ModelTimeout
from lib.generation.turns import Turns


class Person(threading.Thread):
    """Takes a turn, notes it, and keeps it until told to leave."""

    def __init__(self, turns: Turns, kind: str, order: list[str]) -> None:
        super().__init__(daemon=True)
        self.turns, self.kind, self.order = turns, kind, order
        self.in_turn, self.leave = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.turns.turn(self.kind):
            self.order.append(self.kind)
            self.in_turn.set()
            self.leave.wait(10)

    def end(self) -> None:
        self.leave.set()
        self.join(10)


def waits(person: Person) -> bool:
    return not person.in_turn.wait(0.1)


def test_those_with_one_adapter_are_answered_together() -> None:
    turns, order = Turns(), list[str]()
    people = [Person(turns, "A", order) for _ in range(3)]
    assert all(person.in_turn.wait(5) for person in people)
    for person in people:
        person.end()


def test_another_adapter_waits_until_all_of_the_first_have_ended() -> None:
    turns, order = Turns(), list[str]()
    first, second = Person(turns, "A", order), Person(turns, "A", order)
    assert first.in_turn.wait(5)
    assert second.in_turn.wait(5)
    other = Person(turns, "B", order)
    assert waits(other)
    first.end()
    assert waits(other)
    second.end()
    assert other.in_turn.wait(5)
    other.end()


def test_nobody_overtakes_who_waits() -> None:
    turns, order = Turns(), list[str]()
    people = [Person(turns, "A", order)]
    assert people[0].in_turn.wait(5)
    for kind in ("B", "A", "C", "A"):
        people.append(Person(turns, kind, order))
        assert waits(people[-1])
    for person in people:
        assert person.in_turn.wait(5)
        person.end()
    assert order == ["A", "B", "A", "C", "A"]


def test_an_answer_that_fails_gives_its_turn_back() -> None:
    turns = Turns(patience_s=1)
    with pytest.raises(ZeroDivisionError), turns.turn("A"):
        raise ZeroDivisionError
    with turns.turn("B"):
        pass


def test_who_waited_too_long_is_told_and_blocks_nobody() -> None:
    turns = Turns(patience_s=0.05)
    order: list[str] = []
    first = Person(turns, "A", order)
    assert first.in_turn.wait(5)
    with pytest.raises(ModelTimeout, match="busy with other questions"), turns.turn("B"):
        pass
    time.sleep(0.01)
    with turns.turn("A"):
        pass
    first.end()
