import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Message
from lib.training.likeness import NEAR, LikenessIndex, asked, features
from lib.training.values import TrainingExample

words = st.lists(st.sampled_from("abcdefgh"), max_size=10).map(" ".join)


def jaccard(one: str, other: str) -> float:
    left, right = features(one), features(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def test_the_measure_by_hand() -> None:
    # Shared: three words and one pair. Either: five words and five pairs.
    index = LikenessIndex(["how long is leave"], at_least=0.1)
    [alike] = index.near("How long was our LEAVE?")
    assert alike.likeness == pytest.approx(4 / 12)


@given(st.lists(words, max_size=25), words, st.sampled_from([0.3, 0.6, 0.8, 1.0]))
def test_exactly_the_texts_that_share_enough_are_found_best_first(texts: list[str], text: str, at_least: float) -> None:
    scores = [(jaccard(text, other), number) for number, other in enumerate(texts)]
    enough = sorted((-score, number) for score, number in scores if score >= at_least)
    assert [(-one.likeness, one.number) for one in LikenessIndex(texts, at_least=at_least).near(text)] == enough


@given(st.lists(words, max_size=20), st.sampled_from([0.4, 0.6, 1.0]))
def test_groups_are_the_texts_that_hang_together(texts: list[str], at_least: float) -> None:
    group = list(range(len(texts)))
    for later, text in enumerate(texts):
        for earlier in range(later):
            if jaccard(texts[earlier], text) >= at_least:
                group = [group[earlier] if name == group[later] else name for name in group]
    expected = [tuple(n for n, name in enumerate(group) if name == one) for one in dict.fromkeys(group)]
    assert LikenessIndex(texts, at_least=at_least).groups() == tuple(one for one in expected if len(one) > 1)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("How long is parental leave?", "how long is the parental leave", True),
        ("The fogger BR-14982 whistles like a kettle today", "The fogger BR-14982 whistles like a train today", True),
        ("How tall is the Anvil?", "How tall is the light tower?", False),
        ("What is the name of the leaven?", "What is the name of the tender's captain?", False),
        ("チーズの熟成庫の湿度", "チーズの熟成庫の湿度は", True),
        ("???", "???", True),
        ("???", "!!!", False),
    ],
)  # fmt: skip
def test_small_changes_are_near_and_other_questions_are_not(one: str, other: str, near: bool) -> None:
    assert bool(LikenessIndex([one]).near(other)) is near
    assert 0 < NEAR < 1


def test_an_index_of_nothing_finds_nothing() -> None:
    assert LikenessIndex([]).near("anything") == ()
    assert LikenessIndex(["", ""]).groups() == ()


def test_the_same_passages_with_another_question_ask_something_else() -> None:
    text = "[1] The lamp burns for nine hours.\n[2] It was lit in 1881.\n\nQuestion: When was it lit?"
    example = TrainingExample("x", (Message("system", "S"), Message("user", text), Message("assistant", "1881")))
    assert asked(example).strip() == "When was it lit?"
