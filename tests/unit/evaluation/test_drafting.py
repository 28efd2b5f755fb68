import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lib.domain import Document, Generated, GenerationEvent, Message, TextPiece, Usage
from lib.errors import ModelRefused
from lib.evaluation.draft_checks import Rejection, Source
from lib.evaluation.drafting import (
    PASSAGE_CHARACTERS,
    DraftOrder,
    draft_by_model,
    reply_schema,
    sources,
)
from lib.evaluation.locating import documents_named, locate
from lib.evaluation.spans import Span
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.generation.engine import Engine, built_in_client
from lib.settings import GenerationOptions
from lib.weights import chat_model_path
from tests.support.fake_chat_server import FakeChatServer

THINGS = "door lamp fogger probe shelf drain window ladder sink scale brush valve".split()
PEOPLE = "baker miller cooper joiner farrier weaver tanner glazier mason potter sailor tailor".split()


def document(name: str, people: list[str]) -> Document:
    """A paragraph for each person, each long enough to be a part of its own."""
    text = "\n\n".join(
        f"The {person} brought {number * 7} wheels past the {thing}. " + f"Whoever saw the {thing} kept silent. " * 20
        for number, (person, thing) in enumerate(zip(people, THINGS, strict=True), start=2)
    )
    return Document(name, name, text, "md")


DOCUMENTS = (document("a.md", PEOPLE), document("b.md", [f"young {person}" for person in reversed(PEOPLE)]))


def never() -> bool:
    return False


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    fake = FakeChatServer()
    yield fake
    fake.close()


def client(server: FakeChatServer, model: str) -> ChatClient:
    return ChatClient(model, Endpoint(server.base_url), context_tokens=4_000)


class Scripted:
    """A generator that replies with what it is told, again and again, and notes what it was asked."""

    model_id, base_url, context_tokens = "scripted", "", 4_000

    def __init__(self, *replies: str) -> None:
        self.replies = replies
        self.asked: list[Sequence[Message]] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        self.asked.append(messages)
        yield TextPiece(self.replies[(len(self.asked) - 1) % len(self.replies)])
        yield Generated(Usage(), "stop")


def test_a_served_model_drafts_cases_whose_evidence_stands_in_the_documents(server: FakeChatServer) -> None:
    order = DraftOrder(count=4, seed=1)
    events = list(draft_by_model(DOCUMENTS, client(server, "drafts"), order, stopped=never))
    drafts = [event.case for event in events if event.case is not None]
    assert len(drafts) == 4
    find = documents_named(["a.md", "b.md"], lambda name: next(d for d in DOCUMENTS if d.name == name))
    for draft in drafts:
        assert not draft.reviewed
        assert not locate(draft, find).stale
        assert draft.answer in draft.evidence[0].quote
    assert {draft.evidence[0].document for draft in drafts} == {"a.md", "b.md"}
    assert len({draft.question for draft in drafts}) == 4


def test_the_model_is_asked_for_the_schema_and_given_one_part_of_a_document(server: FakeChatServer) -> None:
    list(draft_by_model(DOCUMENTS, client(server, "drafts"), DraftOrder(1), stopped=never))
    body = server.chats[0].body
    (source,) = sources(DOCUMENTS, seed=0, at_most=1)
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": True, "schema": json.loads(reply_schema(source))},
    }
    assert "wheels past" in body["messages"][-1]["content"]
    assert len(body["messages"][-1]["content"]) < 2 * PASSAGE_CHARACTERS + 50


def test_the_schema_lets_only_the_parts_own_sentences_be_quoted() -> None:
    text = "The lamp burns\nfor nine hours. So it is. Then it has to be filled again by the watch."
    schema = json.loads(reply_schema(Source(Document("d", "d", text, "md"), Span("d", 0, len(text)))))
    assert schema["properties"]["quote"]["enum"] == [
        "The lamp burns for nine hours.",
        "Then it has to be filled again by the watch.",
    ]


def test_a_server_that_knows_no_schemas_is_asked_without_one(server: FakeChatServer) -> None:
    (event, *_) = draft_by_model(DOCUMENTS, client(server, "knows-no-schema"), DraftOrder(1), stopped=never)
    assert event.rejected is Rejection.NO_JSON
    assert event.said == "The leave is 18 weeks."
    assert "response_format" not in server.chats[-1].body


def test_what_is_dropped_is_reported_with_its_reason_and_tries_are_bounded() -> None:
    model = Scripted("nothing of the kind")
    events = list(draft_by_model(DOCUMENTS, model, DraftOrder(2), stopped=never))
    assert [event.tried for event in events] == [1, 2, 3, 4, 5, 6]
    assert {event.rejected for event in events} == {Rejection.NO_JSON}


def test_a_question_that_is_in_the_set_already_is_dropped() -> None:
    text = (
        "The lamp burns for nine hours at most, and then it has to be filled again by whoever is on watch that night."
    )
    source = Document("d", "d.md", text, "md")
    said = json.dumps({"question": "How long does the lamp burn?", "answer": "nine hours", "quote": text})
    (first,) = draft_by_model([source], Scripted(said), DraftOrder(1), stopped=never)
    assert first.case is not None
    (again,) = draft_by_model([source], Scripted(said), DraftOrder(1, existing=(first.case,)), stopped=never)
    assert again.rejected is Rejection.DUPLICATE


def test_stopping_ends_before_the_next_part_is_asked_about() -> None:
    model = Scripted("no")
    events = list(draft_by_model(DOCUMENTS, model, DraftOrder(5), stopped=lambda: len(model.asked) >= 2))
    assert len(events) == 2


def test_a_model_that_fails_is_told_and_the_drafts_before_it_stand(server: FakeChatServer) -> None:
    events = draft_by_model(DOCUMENTS, client(server, "bad-key"), DraftOrder(2), stopped=never)
    with pytest.raises(ModelRefused):
        next(events)


def test_parts_are_whole_sentences_in_turns_from_each_document() -> None:
    drawn = sources(DOCUMENTS, seed=2, at_most=6)
    names = [source.document.name for source in drawn]
    assert sorted(names[:2]) == sorted(names[2:4]) == ["a.md", "b.md"]
    assert all(source.text.strip().startswith(("The ", "Whoever ")) for source in drawn)
    assert all(len(source.text) <= 2 * PASSAGE_CHARACTERS for source in drawn)
    assert drawn == sources(DOCUMENTS, seed=2, at_most=6)
    assert len({source.span for source in drawn}) == 6


def test_documents_without_text_give_no_parts() -> None:
    assert sources([Document("e", "e", "", "md"), Document("s", "s", "Short.", "md")], seed=0, at_most=3) == ()


def test_an_endless_sentence_is_cut_to_what_a_small_model_reads() -> None:
    (source,) = sources([Document("e", "e", "word " * 5_000, "md")], seed=0, at_most=9)
    assert len(source.text) == 2 * PASSAGE_CHARACTERS


def test_of_what_the_built_in_model_drafts_only_what_holds_gets_through() -> None:
    handbook = Path("sample_docs/longdoc/docs/keepers-handbook.md").read_text("utf-8")
    source = Document("h", "keepers-handbook.md", handbook, "md")
    engine = Engine(chat_model_path)
    try:
        events = list(draft_by_model([source], built_in_client(engine), DraftOrder(1, seed=5), stopped=never))
    finally:
        engine.close()
    assert 1 <= len(events) <= 3
    assert all((event.case is None) != (event.rejected is None) for event in events)
    assert all(event.said.lstrip().startswith("{") for event in events), "the schema did not constrain the model"
    for event in events:
        if event.case is not None:
            assert event.case.answer
            assert not locate(event.case, lambda _name: source).stale
