"""Why an answer is wrong: one label by rules, the first that applies, with what shows it.

The order asks first whether anything was answered at all, then what a better model could not have mended, from the
corpus over the chunks to the ranking, and only then what the model did with what it was given:

1. the model failed;
2. the question has no answer here, and one was given;
3. the fact is right and its form is not: then nothing was missing, so nothing below is the cause;
4. a form was asked for and missed, and nothing of the documents was needed for it;
5. the approach looks nothing up: the corpus, the chunks and the ranking had no part in it;
6. the evidence is not in the corpus;
7. the answer repeats another version of the document: it found its way to a passage that looked right;
8. no chunk holds the evidence whole, and what was found does not make it whole;
9. a chunk holds it and was not among those handed on;
10. it was handed on, and the answer abstained;
11. it was handed on, and the answer says what no source says;
12. it was handed on, and the answer says something else.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lib.corpus.quotes import find_quote
from lib.domain import Answer, ApproachName, Chunk, Passage
from lib.evaluation.answer_metrics import gold_contained
from lib.evaluation.chunk_spans import held_together, holds, pieces, span_of, touches, whole_in
from lib.evaluation.claims import claim_of
from lib.evaluation.failure_words import capital, form_words, ordinal, short, split_words
from lib.evaluation.formats import format_valid
from lib.evaluation.normal_words import normal_tokens
from lib.evaluation.spans import Span, covered
from lib.evaluation.versions import repeated_version
from lib.records import EvalCase, Failure, FailureLabel, StatementCheck, Support, Verdicts
from lib.settings import RetrievalSettings

_LOOKS_UP = frozenset({ApproachName.RAG, ApproachName.HYBRID})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that is known of one answered case.

    `gold` is the evidence located in the documents' present texts, every place where a quote stands; empty when the
    case names none or none was found, `problems` say why some was not. `chunks` are those of the set-up, empty where
    nothing is retrieved. `ranking` gives the whole ranking of the question, best first; it is called only for
    evidence that was not among the answer's passages.
    `retrieval` is how the passages were found; without it top-k is taken from their number.
    """

    case: EvalCase
    gold: tuple[Span, ...]
    problems: tuple[str, ...]
    answer: Answer
    verdicts: Verdicts
    correct: bool
    chunks: Sequence[Chunk] = ()
    ranking: Callable[[], Sequence[Passage]] = field(default=lambda: ())
    error: str = ""
    retrieval: RetrievalSettings | None = None

    @property
    def top_k(self) -> int:
        """How many passages could be handed on."""
        return self.retrieval.top_k if self.retrieval else len(self.answer.passages)


Rule = Callable[[CaseFacts], Failure | None]


def failure_of(facts: CaseFacts) -> Failure | None:
    """The failure of a wrong answer, by the first rule that applies; None for a right one."""
    right = facts.correct or (facts.answer.abstained and not facts.case.answerable)
    if right and not facts.error:
        return None
    return next((failure for rule in _RULES if (failure := rule(facts)) is not None), None)


def says_the_fact(text: str, fact: str) -> bool:
    """Whether the words of a fact stand close together in a text, in whatever order, and neither denies the other."""
    said, wanted = normal_tokens(text), normal_tokens(fact)
    width = len(wanted) + 1
    windows = (Counter(said[at : at + width]) for at in range(max(1, len(said) - width + 1)))
    together = bool(wanted) and any(Counter(wanted) <= window for window in windows)
    return together and claim_of(text).negated == claim_of(fact).negated


def _model_failed(facts: CaseFacts) -> Failure | None:
    if not facts.error:
        return None
    return Failure(FailureLabel.MODEL_FAILED, f"The model gave no answer: {facts.error}")


def _should_have_abstained(facts: CaseFacts) -> Failure | None:
    if facts.case.answerable or facts.answer.abstained:
        return None
    check = _worst_statement(facts.verdicts)
    unsupported = f" No source says “{short(check.text)}”." if check else ""
    sentence = f"No document answers this question, and the answer was “{short(facts.answer.text)}”.{unsupported}"
    return Failure(FailureLabel.SHOULD_HAVE_ABSTAINED, sentence, passage=check.passage if check else None)


def _wrong_format(facts: CaseFacts) -> Failure | None:
    expected, text = facts.case.answer or "", facts.answer.text
    if facts.answer.abstained or not expected:
        return None
    if not (gold_contained(text, expected) or says_the_fact(text, expected)):
        return None
    asked = form_words(facts.case) or f"the expected answer reads “{short(expected)}”"
    fact = f"“{short(text)}” holds the fact “{short(expected)}”" if facts.case.format else f"“{short(text)}” says it"
    return Failure(FailureLabel.WRONG_FORMAT, f"{fact}, but {asked}.")


def _form_missed(facts: CaseFacts) -> Failure | None:
    if facts.case.evidence or format_valid(facts.case, facts.answer.text) is not False:
        return None
    said = f"“{short(facts.answer.text)}” is something else" if facts.answer.text else "nothing came"
    return Failure(FailureLabel.FORM_MISSED, f"{capital(form_words(facts.case))}, and {said}.")


def _nothing_looked_up(facts: CaseFacts) -> Failure | None:
    approach = facts.answer.approach
    if approach in _LOOKS_UP or approach is ApproachName.GOLD_CONTEXT or _carries_the_evidence(facts):
        return None
    did = "said that it does not know" if facts.answer.abstained else f"said “{short(facts.answer.text)}”"
    trained = f", examples of {facts.answer.adapter} included" if facts.answer.adapter else ""
    sentence = f"{approach.value} looks nothing up: the model had only what it was trained on{trained}, and {did}."
    return Failure(FailureLabel.NO_KNOWLEDGE, sentence)


def _not_in_corpus(facts: CaseFacts) -> Failure | None:
    if not facts.problems and len(facts.gold) >= len(facts.case.evidence):
        return None
    why = " ".join(facts.problems) or "Its evidence stands in no document."
    return Failure(FailureLabel.NOT_IN_CORPUS, why)


def _stale(facts: CaseFacts) -> Failure | None:
    if facts.answer.abstained:
        return None
    said = (facts.answer.text, *(check.text for check in facts.verdicts.statements))
    evidence = _evidence(facts)
    found = repeated_version(said, facts.case.question, evidence, facts.answer.passages)
    if found is None or found.passage.chunk.document in {document for document, _ in evidence}:
        return None
    document, words = evidence[0]
    sentence = (
        f"The answer is what {found.passage.chunk.document} says (“{short(found.sentence)}”); "
        f"{document} says “{short(words)}”."
    )
    return Failure(FailureLabel.STALE, sentence, passage=found.passage)


def _split(facts: CaseFacts) -> Failure | None:
    if facts.answer.approach not in _LOOKS_UP:
        return None
    for places in pieces(facts.gold):
        if any(whole_in(facts.chunks, span) or held_together(span, facts.answer.passages) for span in places):
            continue
        parts = [chunk for chunk in facts.chunks if touches(chunk, places[0])]
        if parts:
            return Failure(FailureLabel.SPLIT, split_words(places[0], parts, facts.answer.passages))
    return None


def _not_retrieved(facts: CaseFacts) -> Failure | None:
    if facts.answer.approach not in _LOOKS_UP:
        return None
    if not facts.gold:
        return _answer_not_found(facts)
    given = facts.answer.passages
    missing = next((one for one in pieces(facts.gold) if not any(held_together(span, given) for span in one)), None)
    if missing is None:
        return None
    filtered = facts.retrieval.documents if facts.retrieval else ()
    name = missing[0].document
    if filtered and name not in filtered:
        sentence = f"Only {', '.join(filtered)} is searched, and the evidence stands in {name}."
        return Failure(FailureLabel.NOT_RETRIEVED, sentence)
    return _ranked_too_low(missing, facts.ranking(), facts)


def _abstained_wrongly(facts: CaseFacts) -> Failure | None:
    if not facts.answer.abstained:
        return None
    sentence = f"{_given(facts)}, and the answer says that there is none."
    return Failure(FailureLabel.ABSTAINED_WRONGLY, sentence, passage=_gold_passage(facts))


def _unsupported_claim(facts: CaseFacts) -> Failure | None:
    check = _worst_statement(facts.verdicts)
    if check is None:
        return None
    verb = "contradict" if check.support is Support.CONTRADICTED else "do not say"
    why = f" ({check.reason[:1].lower()}{check.reason[1:].rstrip('.')})" if check.reason else ""
    sentence = f"{_given(facts)}, but the passages {verb} “{short(check.text)}”{why}."
    return Failure(FailureLabel.UNSUPPORTED_CLAIM, sentence, passage=check.passage)


def _ignored(facts: CaseFacts) -> Failure:
    expected = f" instead of “{short(facts.case.answer)}”" if facts.case.answer else ""
    sentence = f"{_given(facts)}, and the answer says “{short(facts.answer.text)}”{expected}."
    return Failure(FailureLabel.IGNORED, sentence, passage=_gold_passage(facts))


_RULES: tuple[Rule, ...] = (
    _model_failed,
    _should_have_abstained,
    _wrong_format,
    _form_missed,
    _nothing_looked_up,
    _not_in_corpus,
    _stale,
    _split,
    _not_retrieved,
    _abstained_wrongly,
    _unsupported_claim,
    _ignored,
)


def _evidence(facts: CaseFacts) -> tuple[tuple[str, str], ...]:
    """(document, words) of what the answer should rest on; words that only chunks hold are taken from them."""
    quoted = tuple((one.document, one.quote) for one in facts.case.evidence if one.quote)
    if quoted:
        return quoted
    return tuple(
        (span.document, chunk.text[span.start - chunk.start : span.end - chunk.start])
        for span in facts.gold
        for chunk in [next((one for one in facts.chunks if holds(one, span)), None)]
        if chunk is not None
    )


def _carries_the_evidence(facts: CaseFacts) -> bool:
    """Whether what was sent to the model holds any of the evidence, in a text carried with the question, say."""
    prompt = facts.answer.prompt
    sent = "\n".join(message.content for message in prompt.messages) if prompt else ""
    return any(find_quote(sent, words) for _, words in _evidence(facts))


def _gold_passage(facts: CaseFacts) -> Passage | None:
    """The first of the answer's passages that holds any of the evidence."""
    return next((one for one in facts.answer.passages if covered(facts.gold, [span_of(one.chunk)])), None)


def _given(facts: CaseFacts) -> str:
    """What the model was given of the evidence, as the beginning of a sentence."""
    passage, count = _gold_passage(facts), len(facts.answer.passages)
    if facts.answer.approach is ApproachName.GOLD_CONTEXT:
        return "The passage with the evidence was handed over"
    if not facts.answer.passages:
        return "The text carried with the question holds the evidence"
    if passage is None:
        return f"The expected answer stands in one of the {count} passages"
    place = f"The passage with the evidence came {ordinal(passage.rank)} of the {count} handed on"
    if facts.answer.prompt is not None and not _carries_the_evidence(facts):
        return f"{place}, though the words of the evidence were not among the sentences that the model read"
    return place


def _answer_not_found(facts: CaseFacts) -> Failure | None:
    """For a case that names no evidence: the expected words are all that can be looked for."""
    expected = facts.case.answer or ""
    if not expected or any(find_quote(passage.chunk.text, expected) for passage in facts.answer.passages):
        return None
    sentence = (
        f"“{short(expected)}” stands in none of the {len(facts.answer.passages)} passages found. "
        "The case names no evidence, so its rank is not known."
    )
    return Failure(FailureLabel.NOT_RETRIEVED, sentence)


def _ranked_too_low(places: Sequence[Span], ranking: Sequence[Passage], facts: CaseFacts) -> Failure:
    came = next((passage for passage in ranking if any(holds(passage.chunk, span) for span in places)), None)
    if came is None:
        sentence = (
            f"The chunk of {places[0].document} that holds the evidence is not among the {len(ranking)} that the "
            f"search ranks for this question; top-k is {facts.top_k}."
        )
        return Failure(FailureLabel.NOT_RETRIEVED, sentence)
    sentence = (
        f"The chunk of {places[0].document} that holds the evidence came {ordinal(came.rank)} of {len(ranking)}; "
        f"top-k is {facts.top_k}."
    )
    return Failure(FailureLabel.NOT_RETRIEVED, sentence, rank=came.rank, passage=came)


def _worst_statement(verdicts: Verdicts) -> StatementCheck | None:
    """A contradicted statement, else an unsupported one, the first in the answer."""
    for support in (Support.CONTRADICTED, Support.UNSUPPORTED):
        for check in verdicts.statements:
            if check.support is support:
                return check
    return None
