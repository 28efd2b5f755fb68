"""Who answers in RAG: the built-in reader where it is wanted, fits and is there, and today's answerers elsewhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from lib.answering import Answering
from lib.approaches.extractive import ExtractiveApproach
from lib.approaches.rag import RagApproach
from lib.approaches.reader_rag import ReaderRagApproach
from lib.domain import AdapterFile
from lib.embedding.hashing import HashingEmbedder
from lib.errors import LabError, NotFound, WeightsDamaged, WeightsMissing
from lib.generation.fakes import EchoGenerator
from lib.settings import BUILT_IN_READER, ModelChoice, Workspace
from tests.unit.approaches.made import LEAVE, FoundByHand

READER = AdapterFile(BUILT_IN_READER, Path("reader.gguf"), "a" * 64, "b" * 64)
BUILT_IN = Workspace()


class Makers:
    """Notes which adapter each model is made with."""

    def __init__(self) -> None:
        self.adapters: list[AdapterFile | None] = []

    def make(self, _choice: ModelChoice, _key: str, adapter: AdapterFile | None) -> EchoGenerator:
        self.adapters.append(adapter)
        return EchoGenerator()


def answering(makers: Makers, error: LabError | None) -> Answering:
    def file(_workspace: str, name: str) -> AdapterFile:
        assert name == BUILT_IN_READER
        if error is not None:
            raise error
        return READER

    made = {"built-in": makers.make, "endpoint": makers.make}
    return Answering(HashingEmbedder(), made, lambda: None, adapter_file=file)


def rag(workspace: Workspace, *, error: LabError | None = None) -> tuple[object, list[AdapterFile | None]]:
    makers = Makers()
    return answering(makers, error).rag(workspace, FoundByHand(LEAVE)), makers.adapters


def test_the_built_in_model_reads_with_the_reader_by_default() -> None:
    approach, adapters = rag(BUILT_IN)
    assert type(approach) is ReaderRagApproach
    assert adapters == [READER]


def test_switched_off_the_base_answers_as_before() -> None:
    approach, adapters = rag(replace(BUILT_IN, reader=False))
    assert type(approach) is RagApproach
    assert adapters == [None]


def test_an_endpoint_and_the_quoting_answerer_never_get_the_reader() -> None:
    endpoint = replace(BUILT_IN, model=ModelChoice("endpoint", model="big", base_url="http://localhost:1/v1"))
    approach, adapters = rag(endpoint)
    assert type(approach) is RagApproach
    assert adapters == [None]
    quoting, adapters = rag(replace(BUILT_IN, model=ModelChoice("extractive")))
    assert isinstance(quoting, ExtractiveApproach)
    assert adapters == []


@pytest.mark.parametrize("error", [NotFound("none"), WeightsMissing("gone"), WeightsDamaged("spoilt")])
def test_where_the_readers_file_cannot_be_used_rag_goes_on_without_it(error: LabError) -> None:
    approach, adapters = rag(BUILT_IN, error=error)
    assert type(approach) is RagApproach
    assert adapters == [None]


@pytest.mark.parametrize(
    ("error", "told"),
    [(None, False), (NotFound("none"), False), (WeightsMissing("gone"), True), (WeightsDamaged("x"), True)],
)
def test_a_file_that_is_gone_or_spoilt_is_told_of(error: LabError | None, *, told: bool) -> None:
    assert answering(Makers(), error).reader_trouble(BUILT_IN) is (error if told else None)


def test_another_adapter_of_ones_own_changes_nothing_for_rag() -> None:
    _, adapters = rag(replace(BUILT_IN, adapter="tickets"))
    assert adapters == [READER]
