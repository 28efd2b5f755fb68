import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Document
from lib.evaluation.draft_blanks import BLANK, draft_by_blanking
from lib.evaluation.locating import locate
from lib.records import EvalCase, EvalSet


def document(text: str, name: str = "manual.md") -> Document:
    return Document(name, name, text, "md")


def one(sentence: str) -> EvalCase | None:
    return next(iter(draft_by_blanking([document(f"A heading\n\n{sentence}\n\nThe end.")], count=1, seed=0)), None)


@pytest.mark.parametrize(
    ("sentence", "kind", "answer"),
    [
        ("Compare each probe with a reference every nine months.", "number", "nine months"),
        ("The cellar must never be warmer than 14 degrees in summer.", "number", "14 degrees"),
        ("A spare door seal costs €48.50 with the tax included.", "amount", "€48.50"),
        ("Of all of the tickets, 12 % wait longer than anybody likes.", "amount", "12 %"),
        ("The new rules are in force since 1 March 2026 everywhere.", "date", "1 March 2026"),
        ("The person to call at night is Colm Harrigan of support.", "name", "Colm Harrigan"),
        ("The demineraliser takes at most 8 cartridges in one go.", "number", "8"),
    ],
)
def test_the_fact_of_a_sentence_is_blanked_and_asked_for(sentence: str, kind: str, answer: str) -> None:
    draft = one(sentence)
    assert draft is not None
    assert draft.answer == answer
    assert draft.question == (
        f"According to manual.md, which {kind} belongs in the blank? “{sentence.replace(answer, BLANK)}”"
    )
    assert draft.evidence[0].quote == sentence
    assert (draft.reviewed, draft.tags) == (False, ("draft", "blank"))


@pytest.mark.parametrize(
    "sentence",
    [
        "The cellar must never be warm in summer or in winter.",
        "Too short: 14.",
        "| Brie | 14 days | 92 per cent | see the other table |.",
        "See the notes under Table 4 before you go on reading this.",
        "Ring the office at +1 608 555 0177 before you go there.",
        "Either two days or two days are what everyone will tell you.",
        "no capital begins this one, which takes nine months to end.",
    ],
)
def test_sentences_without_a_fact_of_their_own_are_left_alone(sentence: str) -> None:
    assert one(sentence) is None


MANUAL = (
    "The oak door at the back is scrubbed with soap every 2 days. Somebody looks into each lamp after 14 hours. "
    "Foggers need new water once they have run for nine hours. Probes drift unless compared every six months. "
    "A shelf of spruce carries at most 300 kilograms. The drain under the sink takes 40 litres each minute."
)
OTHER = "The contract of the dairy ends on 3 May 2027 without notice. The price per wheel of cheese is €310 today."


def test_drafts_are_spread_over_the_documents() -> None:
    drafts = draft_by_blanking([document(MANUAL, "a.md"), document(OTHER, "b.md")], count=4, seed=3)
    assert sorted(draft.evidence[0].document for draft in drafts) == ["a.md", "a.md", "b.md", "b.md"]


def test_the_same_seed_gives_the_same_drafts_and_another_one_others() -> None:
    first, again, other = (draft_by_blanking([document(MANUAL)], count=3, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_is_asked_already_is_not_asked_again() -> None:
    first = draft_by_blanking([document(MANUAL)], count=4, seed=1)
    more = draft_by_blanking([document(MANUAL)], count=20, seed=1, existing=first)
    assert len(first) == 4
    assert not {draft.question for draft in first} & {draft.question for draft in more}
    doubled = draft_by_blanking([document(MANUAL, "a.md"), document(MANUAL, "b.md")], count=50, seed=1)
    assert len({draft.answer for draft in doubled}) == len(doubled)


def test_without_documents_or_facts_there_are_no_drafts() -> None:
    assert draft_by_blanking([], count=5, seed=0) == ()
    assert draft_by_blanking([document("")], count=5, seed=0) == ()


@given(st.text(max_size=400), st.integers(0, 5))
def test_every_draft_holds_together_whatever_the_text_is(text: str, seed: int) -> None:
    source = document(f"{text} The lamp of {text[:9]} burns for nine hours at most. {text}")
    for draft in draft_by_blanking([source], count=5, seed=seed):
        assert BLANK in draft.question
        assert draft.answer
        assert " ".join(draft.answer.split()) in " ".join(draft.evidence[0].quote.split())
        assert not locate(draft, lambda _name: source).stale


def test_drafts_count_in_no_evaluation_before_they_are_reviewed() -> None:
    drafts = draft_by_blanking([document(MANUAL)], count=2, seed=1)
    assert EvalSet("x", drafts).counted == ()
