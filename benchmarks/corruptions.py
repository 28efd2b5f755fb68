"""Gold answers put into sentences, and the same sentences made false: the material of benchmarks/faithfulness.py.

Kinds of falsehood, all in the answer's own words, the question's stay as they are: a name swapped, a number swapped,
another question's answer, and a negation put in. A replacement comes from elsewhere (another document of the same
half, and it does not stand in the passage) or from the same passage (another name or number there, or the answer to
another question about it). Every case gives one of each kind and origin that it has material for.

Half of XQuAD's articles and the company sample are for tuning, the other half and the long sample for testing.
"""

import random
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from declaratives import declarative
from measure import ROOT, bench_dir, read_jsonl

from lib.corpus.quotes import find_all
from lib.domain import Chunk, Passage
from lib.settings import LabSettings, Workspace

SEED = 20261121
LONGEST_NAME_WORDS = 5


class Half(StrEnum):
    """What a document may be used for; no document is in both."""

    TUNING = "tuning"
    TESTING = "testing"


class Kind(StrEnum):
    """How a sentence was made false."""

    NAME = "name swapped"
    NUMBER = "number swapped"
    ANSWER = "another answer"
    NEGATION = "negation"


class Origin(StrEnum):
    """Where the replacement comes from; a negation has none."""

    ELSEWHERE = "elsewhere"
    SAME_PASSAGE = "same passage"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its gold answer and the passages that hold it."""

    id: str
    question: str
    answer: str
    passages: tuple[Passage, ...]
    half: Half
    material: str

    @property
    def text(self) -> str:
        """All that the passages say."""
        return "\n".join(passage.chunk.text for passage in self.passages)

    @property
    def stated(self) -> str:
        """The gold answer as a sentence."""
        return declarative(self.question, self.answer).stated


@dataclass(frozen=True, slots=True)
class Corruption:
    """A case's sentence made false."""

    case: Case
    kind: Kind
    origin: Origin
    text: str


# Names and numbers

_LINK = r"(?:of|the|de|la|von|van|del|and|&)"
_NAME = re.compile(rf"[A-Z][\w'’-]*(?: (?:{_LINK} )?[A-Z][\w'’-]*)*")
_SPELT = "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty sixty"
_NUMBER = re.compile(rf"\d+(?:[.,:]\d+)*|\b(?:{'|'.join(_SPELT.split())})\b", re.IGNORECASE)
_FUNCTION = frozenset(
    "the a an this that these those it its he she his her they their we our you your i in on at by for from of to as "
    "and or but if when while where who what which how why there here after before since during with without not no "
    "all some many most more such other another one two three although however because both each every any".split()
)


def names(text: str) -> tuple[str, ...]:
    """Capitalised phrases, in order, each once; a first word counts only with a second, or capitalised elsewhere."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower() in _FUNCTION:
            words = words[1:]
        name = " ".join(words)
        begins = re.search(r"(?:^|[.!?:|\n]\s*[\"“(]?)$", text[: match.start()]) is not None
        alone = len(words) == 1 and begins and len(re.findall(rf"(?<![.!?\n] )\b{re.escape(name)}\b", text)) < 2
        if name and len(words) <= LONGEST_NAME_WORDS and len(name) > 2 and not alone:
            found[name] = None
    return tuple(found)


def numbers(text: str) -> tuple[str, ...]:
    """Numbers in figures or words, in order, each once."""
    return tuple(dict.fromkeys(match.group() for match in _NUMBER.finditer(text)))


def shape(number: str) -> str:
    """What kind of number it is, so that a year is swapped for a year."""
    if number.isalpha():
        return "word"
    if re.fullmatch(r"1\d{3}|20\d{2}", number):
        return "year"
    return "decimal" if re.search(r"[.,:]", number) else "small" if len(number) < 3 else "large"


def answer_kind(answer: str) -> Kind:
    """What kind of answer it is: a number, a name, or other words."""
    if _NUMBER.search(answer):
        return Kind.NUMBER
    return Kind.NAME if re.search(r"\b[A-Z]\w", answer) else Kind.ANSWER


# Corruptions


def corruptions(cases: Sequence[Case]) -> list[Corruption]:
    """All corruptions of these cases, in order; replacements from elsewhere come from the same half."""
    made: list[Corruption] = []
    for case in cases:
        draw = random.Random(f"{SEED}:{case.id}")
        others = [one for one in cases if one.half is case.half and one.material == case.material and one is not case]
        far = draw.sample(others, min(len(others), 12))
        near = [one for one in others if one.text == case.text]
        for kind, swap in ((Kind.NAME, _name_swapped), (Kind.NUMBER, _number_swapped), (Kind.ANSWER, _answer_swapped)):
            for origin, pool in ((Origin.ELSEWHERE, far), (Origin.SAME_PASSAGE, near)):
                answer = swap(case, pool, origin, draw)
                if answer is not None:
                    made.append(Corruption(case, kind, origin, declarative(case.question, answer).stated))
        if not re.search(r"\b(?:not|no|never|none|without)\b|n['’]t\b", case.stated, re.IGNORECASE):
            made.append(Corruption(case, Kind.NEGATION, Origin.NONE, declarative(case.question, case.answer).denied))
    return made


def _name_swapped(case: Case, pool: Sequence[Case], origin: Origin, draw: random.Random) -> str | None:
    own = names(f"x {case.answer}")
    if not own or answer_kind(case.answer) is not Kind.NAME:
        return None
    source = (case.text,) if origin is Origin.SAME_PASSAGE else tuple(one.text for one in pool)
    offered = [name for text in source for name in names(text)]
    fitting = [name for name in offered if _may_replace(name, case, origin) and not _shares_a_word(name, case.question)]
    return _replaced(case.answer, max(own, key=len), _drawn(fitting, draw))


def _number_swapped(case: Case, pool: Sequence[Case], origin: Origin, draw: random.Random) -> str | None:
    own = numbers(case.answer)
    if not own:
        return None
    chosen = draw.choice(own)
    source = (case.text,) if origin is Origin.SAME_PASSAGE else tuple(one.text for one in pool)
    offered = [number for text in source for number in numbers(text)]
    fitting = [number for number in offered if _may_replace(number, case, origin) and number not in own]
    alike = [number for number in fitting if shape(number) == shape(chosen)]
    return _replaced(case.answer, chosen, _drawn(alike or fitting, draw))


def _answer_swapped(case: Case, pool: Sequence[Case], origin: Origin, draw: random.Random) -> str | None:
    fitting = [one.answer for one in pool if _may_replace(one.answer, case, origin)]
    alike = [answer for answer in fitting if answer_kind(answer) is answer_kind(case.answer)]
    return _drawn(alike or fitting, draw)


def _may_replace(text: str, case: Case, origin: Origin) -> bool:
    """Whether it says something else than the answer, and stands in the passage only if it should."""
    said, gold = text.lower().strip(" ."), case.answer.lower().strip(" .")
    stands = re.search(rf"\b{re.escape(said)}\b", case.text.lower()) is not None
    same = origin is Origin.SAME_PASSAGE
    return bool(said) and said not in gold and gold not in said and stands is same and said not in case.question.lower()


def _shares_a_word(name: str, question: str) -> bool:
    return bool(set(name.lower().split()) & set(re.findall(r"\w+", question.lower())))


def _drawn(offered: Sequence[str], draw: random.Random) -> str | None:
    return draw.choice(sorted(set(offered))) if offered else None


def _replaced(answer: str, old: str, new: str | None) -> str | None:
    return answer.replace(old, new, 1) if new is not None else None


# Cases


def xquad_cases() -> list[Case]:
    """Every question of XQuAD with its gold paragraph as the one passage."""
    folder = bench_dir("xquad")
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "docs").iterdir())}
    shuffled = sorted(texts)
    random.Random(SEED).shuffle(shuffled)
    tuning = set(shuffled[: len(shuffled) // 2])
    cases = []
    for row in read_jsonl(folder / "eval.jsonl"):
        document = row["evidence"][0]["document"]
        start, end = row["paragraph"]
        chunk = Chunk(document, document, start, end, texts[document][start:end], (end - start) // 5)
        half = Half.TUNING if document in tuning else Half.TESTING
        cases.append(Case(row["id"], row["question"], row["answer"], (Passage(chunk, 1, 1.0),), half, "xquad"))
    return cases


def sample_cases() -> list[Case]:
    """The answerable questions of the sample corpora with the chunks (200 tokens) that hold their evidence."""
    halves = {"company": Half.TUNING, "longdoc": Half.TESTING}
    return [case for name, half in halves.items() for case in _sample(name, half)]


def _sample(name: str, half: Half) -> Iterable[Case]:
    from lib.assembly import open_lab
    from lib.corpus.samples import sample_uploads

    with tempfile.TemporaryDirectory() as folder:
        lab = open_lab(LabSettings(data_dir=Path(folder)))
        for _ in lab.ingest("default", sample_uploads(name), Workspace().chunking):
            pass
        chunks = lab.chunks("default", Workspace().chunking)
        text_of = {entry.name: lab.document("default", entry.name).text for entry in lab.documents("default")}
        lab.close()
    for row in read_jsonl(ROOT / "sample_docs" / name / "evalset.jsonl"):
        found = _holding(row, chunks, text_of.get)
        if row["answer"] and found:
            yield Case(row["id"], row["question"], row["answer"], found, half, "samples")


def _holding(row: dict[str, Any], chunks: Sequence[Chunk], text_of: Callable[[str], str | None]) -> tuple[Passage, ...]:
    """The chunks that hold any of the evidence's characters, in order, ranked so."""
    held: dict[str, Chunk] = {}
    for evidence in row["evidence"]:
        spans = find_all(text_of(evidence["document"]) or "", evidence["quote"])[:1]
        for chunk in chunks:
            if chunk.document == evidence["document"] and any(s < chunk.end and chunk.start < e for s, e in spans):
                held[chunk.id] = chunk
    return tuple(Passage(chunk, rank, 1.0) for rank, chunk in enumerate(held.values(), start=1))


def made_up_cases() -> list[Case]:
    """A handful of cases in two documents, for the smoke run."""
    facts = [
        ("Porto", "Ana Reis", "18", "1956"),
        ("Leeds", "Tom Hale", "12", "1974"),
        ("Turin", "Ugo Neri", "25", "1988"),
        ("Lyon", "Rose Petit", "31", "1999"),
    ]
    cases = []
    for number, (town, person, vans, year) in enumerate(facts):
        text = (
            f"The depot in {town} is led by {person}. It keeps {vans} vans. It was founded in {year} by Ida Brandt. "
            f"The manager before was Karl Muth, who left in {int(year) + 7}."
        )
        passages = (Passage(Chunk(town, f"{town}.txt", 0, len(text), text, 40), 1, 1.0),)
        half = Half.TUNING if number % 2 else Half.TESTING
        for at, (question, answer) in enumerate(
            [
                (f"Who leads the depot in {town}?", person),
                (f"How many vans does the depot in {town} keep?", vans),
                (f"When was the depot in {town} founded?", year),
                (f"Who founded the depot in {town}?", "Ida Brandt"),
            ]
        ):
            cases.append(Case(f"{town}-{at}", question, answer, passages, half, "made up"))
    return cases
