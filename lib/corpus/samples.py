"""The sample corpora that come with the lab: documents, ready questions and eval sets."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from lib.corpus.outcomes import Upload
from lib.errors import NotFound
from lib.settings import APP_DIR

SAMPLES_DIR = APP_DIR / "sample_docs"


@dataclass(frozen=True, slots=True)
class ReadyQuestion:
    """A question chosen to show one thing; `why` is a sentence for the class."""

    question: str
    shows: str
    why: str
    approach_hint: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class SampleCorpus:
    """One sample corpus; its files are in `docs/` and its eval set in `evalset.jsonl` of its folder."""

    id: str
    title: str
    summary: str
    licence: str
    questions: tuple[ReadyQuestion, ...]

    @property
    def folder(self) -> Path:
        """Where the corpus lies."""
        return SAMPLES_DIR / self.id

    @property
    def first_question(self) -> str:
        """The question for the first answer."""
        return next((ready.question for ready in self.questions if ready.first), self.questions[0].question)


_CORPUS = TypeAdapter(SampleCorpus)


@cache
def sample_corpora() -> tuple[SampleCorpus, ...]:
    """All sample corpora, in order of id."""
    return tuple(_CORPUS.validate_json(path.read_bytes()) for path in sorted(SAMPLES_DIR.glob("*/corpus.json")))


def sample_corpus(corpus_id: str) -> SampleCorpus:
    """The corpus of that id; raises NotFound."""
    found = next((corpus for corpus in sample_corpora() if corpus.id == corpus_id), None)
    if found is None:
        known = ", ".join(corpus.id for corpus in sample_corpora())
        raise NotFound(f"There is no sample corpus {corpus_id!r}.", hint=f"There are: {known}.")
    return found


def sample_uploads(corpus_id: str) -> tuple[Upload, ...]:
    """The files of a sample corpus, in order of name."""
    files = sorted(path for path in (sample_corpus(corpus_id).folder / "docs").iterdir() if path.is_file())
    return tuple(Upload(path.name, path.read_bytes()) for path in files)
