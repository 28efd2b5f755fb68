"""How right an answer is, by words alone: exact match, token F1, gold contained, and whether it counts as correct.

No language model is asked, so a right answer in other words than the expected one reads as wrong, and an answer that
says the expected words among wrong ones reads as right. Faithfulness and people's ratings stand beside it for that.
"""

import re
from collections import Counter
from pathlib import PurePosixPath

from lib.domain import Answer, Passage
from lib.evaluation.formats import format_valid
from lib.evaluation.normal_words import is_number, normal_tokens
from lib.records import EvalCase, GoldEvidence

SHORT_ANSWER_TOKENS = 10
"""Up to so many normal tokens an expected answer may be met by likeness instead of by its very words."""
MIN_F1 = 0.8
"""Token F1 from which an answer is like enough to a short expected one, numbers, names and negations being the same.

One of four words exchanged gives .75: a swapped name in a short answer stays wrong.
"""

_NEGATORS = frozenset(
    "no not never none neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt "
    "mustnt couldnt hasnt havent hadnt".split()
)


def exact_match(answer: str, gold: str) -> bool:
    """Whether both are the same words in the same order once normalised."""
    return normal_tokens(answer) == normal_tokens(gold)


def token_f1(answer: str, gold: str) -> float:
    """Harmonic mean of the shares of each one's words that the other has, repeated words counted (SQuAD's F1).

    Two texts without words score 1, one without words 0.
    """
    said, wanted = normal_tokens(answer), normal_tokens(gold)
    if not said or not wanted:
        return float(said == wanted)
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted))


def gold_contained(answer: str, gold: str) -> bool:
    """Whether the expected words stand in the answer as one run of whole words; never for an empty expected answer.

    An expected "yes" or "no" must be the answer's first word: inside a sentence it says nothing.
    """
    said, wanted = normal_tokens(answer), normal_tokens(gold)
    if wanted in (("yes",), ("no",)):
        return said[:1] == wanted
    width = len(wanted)
    return bool(wanted) and any(said[at : at + width] == wanted for at in range(len(said) - width + 1))


def says_gold(answer: str, gold: str) -> bool:
    """Whether the answer says what was expected: contained, or for a short expected answer much the same words."""
    return gold_contained(answer, gold) or _much_the_same(answer, gold)


def can_be_judged(case: EvalCase, answer: Answer) -> bool:
    """Whether anything tells if this answer is right or wrong.

    Without an expected answer it is its passages held against the evidence: nothing tells of what came from no
    passage. Without evidence too, it is the form. Saying nothing where there is an answer is wrong in any case.
    """
    said_nothing = answer.abstained or not answer.text.strip()
    if not case.answerable or case.answer is not None or said_nothing:
        return True
    return bool(answer.passages if case.evidence else case.format_spec)


def has_right_fact(case: EvalCase, answer: Answer) -> bool:
    """Whether the answer says what was expected, whatever its form; an unanswerable case expects to be told so.

    Without an expected answer the evidence decides: a passage that the answer cites (or else quotes) holds some of it.
    Without evidence too, any answer passes.
    """
    if answer.abstained or not case.answerable:
        return answer.abstained and not case.answerable
    if case.answer is not None:
        return says_gold(answer.text, case.answer)
    said = bool(answer.text.strip())
    return said and (not case.evidence or _rests_on_evidence(case, answer))


def is_correct(case: EvalCase, answer: Answer) -> bool:
    """Whether the answer is right: the fact, and the form if the case asks for one. False where nothing can tell.

    An unanswerable case is met by abstaining, in whatever form. The empty text of a model that failed is wrong.
    """
    if not case.answerable:
        return answer.abstained
    in_form = format_valid(case, answer.text) is not False
    return can_be_judged(case, answer) and has_right_fact(case, answer) and in_form


def _much_the_same(answer: str, gold: str) -> bool:
    said, wanted = normal_tokens(answer), normal_tokens(gold)
    return (
        0 < len(wanted) <= SHORT_ANSWER_TOKENS
        and token_f1(answer, gold) >= MIN_F1
        and _numbers(said) == _numbers(wanted)
        and _names(gold) <= set(said)
        and _NEGATORS.isdisjoint(said) == _NEGATORS.isdisjoint(wanted)
    )


def _numbers(tokens: tuple[str, ...]) -> Counter[str]:
    return Counter(token for token in tokens if is_number(token))


def _names(gold: str) -> set[str]:
    """Words with a capital, the first one only where the second has one too: any sentence begins with one."""
    words = re.findall(r"[^\W_]+", gold)
    begins_with_name = len(words) > 1 and words[1][0].isupper()
    named = {word for word in words[0 if begins_with_name else 1 :] if word[0].isupper()}
    return {token for word in named for token in normal_tokens(word)}


def _rests_on_evidence(case: EvalCase, answer: Answer) -> bool:
    ranks = {quote.passage_rank for quote in answer.quotes}
    cited = [citation.passage for citation in answer.citations]
    read = cited or [passage for passage in answer.passages if passage.rank in ranks]
    return any(_holds(passage, evidence) for passage in read for evidence in case.evidence)


def _holds(passage: Passage, evidence: GoldEvidence) -> bool:
    """Whether the passage holds the quote, or is cut within it and holds half; without one, some of the characters."""
    chunk = passage.chunk
    if PurePosixPath(chunk.document).name != PurePosixPath(evidence.document).name:
        return False
    if evidence.quote:
        quote, text = _spaced(evidence.quote), _spaced(chunk.text)
        lengths = range((len(quote) + 1) // 2, len(quote))
        return quote in text or any(text.endswith(quote[:n]) or text.startswith(quote[-n:]) for n in lengths)
    return (
        evidence.start is not None
        and evidence.end is not None
        and evidence.start < chunk.end
        and chunk.start < evidence.end
    )


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()
