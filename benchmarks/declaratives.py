"""A question and its answer put into a sentence by rules: no model, and the same sentence every time.

"When was Tesla born?" and "1856" give "Tesla was born in 1856." Where no rule fits, the question's words stand before
the answer: "dads get these days when the baby arrives: 10 weeks." `denied` gives the same sentence with a negation.
"""

import re
from dataclasses import dataclass

_BE = "is was are were"
_MODAL = "has have had can could will would should may might must shall"
_DO = "do does did"
AUXILIARIES = frozenset(f"{_BE} {_MODAL} {_DO}".split())
_PREPOSITIONS = frozenset(
    "in on at by from to of for with about under over after before between during since until through within into "
    "against approximately around as because every than".split()
)
_WH = re.compile(
    r"\b(?:(?P<many>how (?:many|much))|(?P<how>how (?:long|old|often|tall|far|big|large|fast|high|wide|deep|regularly))"
    r"|(?P<bare>who|whom|when|where|why|how)|(?P<noun>what|which|whose))\b",
    re.IGNORECASE,
)
_VERBS = (
    "accept act add affect agree allow announce appear apply argue arrive ask attack attend bear become begin believe "
    "belong break bring build burn buy call carry catch cause change charge choose claim close collect come compare "
    "compete complete conduct consider consist contain continue contribute control convert cost cover create cut deal "
    "decide declare define demand depend describe design destroy develop die differ discover divide do draw drive earn "
    "elect employ enact end enjoy enter establish estimate exist expand explain fall feel fight finance find finish "
    "fit fly follow force form found get give go govern grow happen have head help hold identify improve include "
    "increase influence introduce invent involve join keep kill know last launch lead learn leave lie live lose make "
    "mean meet move name need occur offer open operate order oversee own pass pay peak perform place play point "
    "possess produce propose prove provide publish pull push put raise reach read receive recognize record refer "
    "refuse relate release remain replace represent require reside rest result return rise rule run say score see seek "
    "seem sell send serve set share show sign solve speak spend spread stand start stay stop study suffer suggest "
    "support surrender take teach tell think throw trade travel treat try turn use visit vote want win work write"
)
_IRREGULAR = (
    "bear bore born|become became become|begin began begun|break broke broken|bring brought brought|build built built|"
    "buy bought bought|catch caught caught|choose chose chosen|come came come|cost cost cost|cut cut cut|"
    "deal dealt dealt|do did done|draw drew drawn|drive drove driven|fall fell fallen|feel felt felt|"
    "fight fought fought|find found found|fly flew flown|get got got|give gave given|go went gone|grow grew grown|"
    "have had had|hold held held|keep kept kept|know knew known|lead led led|leave left left|lie lay lain|"
    "lose lost lost|make made made|mean meant meant|meet met met|pay paid paid|put put put|read read read|"
    "rise rose risen|run ran run|say said said|see saw seen|seek sought sought|sell sold sold|send sent sent|"
    "set set set|show showed shown|speak spoke spoken|spend spent spent|spread spread spread|stand stood stood|"
    "take took taken|teach taught taught|tell told told|think thought thought|throw threw thrown|win won won|"
    "write wrote written|oversee oversaw overseen"
)
_PAST = {forms.split()[0]: forms.split()[1] for forms in _IRREGULAR.split("|")}
_PARTICIPLES = frozenset(forms.split()[2] for forms in _IRREGULAR.split("|")) | {"located", "based", "called"}
_BASE = frozenset(_VERBS.split())
_ARTICLES = frozenset("the a an one another this that these those some".split())
_NOMINAL = _ARTICLES | frozenset("there i you he she it we they my your his her its our their someone people".split())
_NO_VERB_AFTER = frozenset("the a an of this that his her its their our your".split()) | _PREPOSITIONS


@dataclass(frozen=True, slots=True)
class Declarative:
    """The sentence, and the character at which its negation goes: after an auxiliary, else before the verb."""

    before: str
    after: str
    negation: str

    @property
    def stated(self) -> str:
        """As a plain sentence."""
        return _sentence(f"{self.before} {self.after}")

    @property
    def denied(self) -> str:
        """The same with a negation."""
        return _sentence(f"{self.before} {self.negation} {self.after}")


def declarative(question: str, answer: str) -> Declarative:
    """The question's claim with the answer in it."""
    asked = re.sub(r"\s+", " ", question).strip().rstrip("?!. ").strip()
    said = answer.strip().rstrip(".")
    match = _WH.search(asked)
    if match is None:
        return _topic(asked, said)
    lead, rest = asked[: match.start()].strip(), asked[match.end() :].strip().split()
    if match["noun"] and rest and rest[0].lower() == "else":
        rest = rest[1:]
    if rest and rest[0].lower() in ("'s", "’s"):
        rest[0] = "is"
    if lead and not _is_lead(lead):
        return _in_place(asked, match, said, rest)
    position = next((at for at, word in enumerate(rest) if word.lower() in AUXILIARIES), None)
    if match["bare"] in ("why", "Why") or position is None:
        return _as_subject(match, lead, rest, said) if match["bare"] not in ("why", "Why") else _topic(asked, said)
    noun, auxiliary, tail = rest[:position], rest[position].lower(), rest[position + 1 :]
    if _is_subject(match, lead, rest, position):
        return _as_subject(match, lead, rest, said)
    return _as_object(match, lead, (noun, auxiliary, tail), said)


def _is_lead(lead: str) -> bool:
    """Whether what stands before the question word is a preposition, a phrase with a comma, or an adverb."""
    return lead.lower() in _PREPOSITIONS or lead.endswith(",") or lead.lower() in ("approximately", "about", "roughly")


def _is_subject(match: re.Match[str], lead: str, rest: list[str], position: int) -> bool:
    """Whether the question word's phrase is what acts or is acted on: "which team was suspended", "who may change".

    So it is when a verb stands before the first auxiliary, which then belongs to a clause further back, and when the
    auxiliary goes on as a verb does: no article, pronoun, name or "there" follows it.
    """
    if position > 0 and any(_verb_like(word) for word in rest[0 if match["bare"] else 1 : position]):
        return True
    following = rest[position + 1] if position + 1 < len(rest) else ""
    goes_on = following.islower() and following not in _NOMINAL and following.isalpha()
    if lead.lower() in _PREPOSITIONS or match["how"]:
        return False
    if (match["bare"] or "").lower() == "who":
        doing = rest[position].lower() in _DO.split() and not any(_base_after(rest, at) for at in range(1, len(rest)))
        return doing or (position == 0 and goes_on and (rest[0].lower() not in _DO.split()))
    many_or_noun = bool(match["many"] or match["noun"]) and (position > 0 or bool(match["many"]))
    return many_or_noun and goes_on and rest[position].lower() not in _DO.split()


def _as_subject(match: re.Match[str], lead: str, rest: list[str], said: str) -> Declarative:
    """ "Who led the team" -> "Voss led the team"; "How many people live there" -> "90 people live there"."""
    at = next((at for at, word in enumerate(rest) if _verb_like(word) and (at or match["bare"])), None)
    if match["many"] or match["bare"] or at is None:
        at = at if at is not None else min(1, len(rest))
        subject = [said, *_without_repeats(rest[:at], said)] if match["many"] else [said, *rest[:at]]
    else:
        subject = ["the", *rest[:at], said]
    head = f"{lead} {' '.join(subject)}".strip()
    if at < len(rest) and rest[at].lower() in AUXILIARIES:
        return Declarative(f"{head} {rest[at]}", " ".join(rest[at + 1 :]), "not")
    return Declarative(head, " ".join(rest[at:]), "never")


def _as_object(match: re.Match[str], lead: str, parts: tuple[list[str], str, list[str]], said: str) -> Declarative:
    noun, auxiliary, tail = parts
    placed = _placed(match, lead, noun, said)
    opening = lead if lead.endswith(",") else ""
    if auxiliary in _DO.split():
        return _with_do(opening, auxiliary, tail, placed)
    described = bool(tail) and tail[0].lower() in _ARTICLES
    if auxiliary in _BE.split() and not noun and match["noun"] and described:
        return Declarative(f"{opening} {' '.join(tail)} {auxiliary}", placed, "not")
    modal = auxiliary in _MODAL.split()
    at = next((at for at in range(1, len(tail)) if _participle(tail[at]) or (modal and _base_after(tail, at))), None)
    if at is None:
        if auxiliary in _BE.split():
            return Declarative(f"{opening} {' '.join(tail)} {auxiliary}", placed, "not")
        return Declarative(f"{opening} {' '.join(tail)} {auxiliary}:", placed, "not")
    return Declarative(f"{opening} {' '.join(tail[:at])} {auxiliary}", f"{' '.join(tail[at:])} {placed}", "not")


def _with_do(opening: str, auxiliary: str, tail: list[str], placed: str) -> Declarative:
    at = next((at for at, _ in enumerate(tail) if at and _base_after(tail, at)), None)
    if at is None:
        at = _last_verb(tail)
    if at is None:
        return Declarative(f"{opening} {' '.join(tail)}:", placed, "not")
    verb = _inflected(tail[at].lower(), auxiliary)
    after = " ".join(_tail(tail[at + 1 :], placed))
    return Declarative(f"{opening} {' '.join(tail[:at])}", f"{verb} {after}", "never")


def _last_verb(tail: list[str]) -> int | None:
    """The last word, or the one before a preposition left hanging: what is no known verb stands there as one."""
    at = len(tail) - (2 if tail and tail[-1].lower() in _PREPOSITIONS else 1)
    return at if at > 0 and tail[at].islower() and tail[at].isalpha() else None


def _tail(after: list[str], placed: str) -> list[str]:
    """What follows the verb: the answer first, unless a preposition is left hanging at the end."""
    if after and after[-1].lower() in _PREPOSITIONS:
        return [*after, placed]
    return [placed, *after] if placed.split()[0].lower() not in _PREPOSITIONS else [*after, placed]


def _placed(match: re.Match[str], lead: str, noun: list[str], said: str) -> str:
    """The answer with what makes it a phrase: "in 1885", "308 points", "for 3 years", "the channel 16"."""
    first = said.split()[0].lower() if said.split() else ""
    kind = (match["bare"] or "").lower()
    if lead.lower() in _PREPOSITIONS and first not in _PREPOSITIONS:
        return f"{lead.lower()} {said}"
    if match["many"]:
        return " ".join([said, *_without_repeats(noun, said)])
    if kind == "when" and first not in _PREPOSITIONS and re.match(r"\d{3,4}s?\b|[A-Z]", said):
        return f"in {said}"
    if kind == "where" and first not in _PREPOSITIONS:
        return f"in {said}"
    if (match["how"] or "").lower() == "how long" and first not in _PREPOSITIONS:
        return f"for {said}"
    return f"the {' '.join(noun)} {said}" if match["noun"] and noun else said


def _without_repeats(noun: list[str], said: str) -> list[str]:
    words = {word.lower().rstrip("s") for word in said.split()}
    return [word for word in noun if word.lower().rstrip("s") not in words]


def _in_place(asked: str, match: re.Match[str], said: str, rest: list[str]) -> Declarative:
    """ "The Panthers beat which team" -> "The Panthers beat the team Arizona"; long tails go before a colon."""
    if len(rest) > 3 or "," in asked[: match.start()] or "." in asked:
        return _topic(asked, said)
    lead = asked[: match.start()].strip()
    noun = rest if match["noun"] else []
    return Declarative(lead, _placed(match, "", noun, said), "not")


def _topic(asked: str, said: str) -> Declarative:
    words = re.sub(r"[.!?] ", ", ", _WH.sub(" ", asked, count=1)).split()
    kept = words[1:] if words and words[0].lower() in AUXILIARIES else words
    return Declarative(f"{' '.join(kept)}:", said, "not")


def _verb_like(word: str) -> bool:
    lowered = word.lower()
    return (
        lowered in AUXILIARIES
        or lowered in _PAST.values()
        or lowered in _BASE
        or (word.islower() and lowered.endswith("ed") and len(lowered) > 4)
        or (lowered.endswith("s") and (lowered[:-1] in _BASE or lowered.removesuffix("es") in _BASE))
    )


def _participle(word: str) -> bool:
    return word.lower() in _PARTICIPLES or (word.islower() and word.endswith("ed") and len(word) > 4)


def _base_after(words: list[str], at: int) -> bool:
    """Whether the word is a verb in its base form that no article or preposition makes a noun."""
    return words[at] in _BASE and words[at - 1].lower() not in _NO_VERB_AFTER


def _inflected(verb: str, auxiliary: str) -> str:
    if auxiliary == "do":
        return verb
    if auxiliary == "does":
        return {"have": "has", "do": "does", "go": "goes"}.get(verb) or (
            f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
        )
    if verb in _PAST:
        return _PAST[verb]
    return f"{verb}d" if verb.endswith("e") else re.sub(r"y$", "i", verb) + "ed"


def _sentence(words: str) -> str:
    text = re.sub(r"\s+([,:;.])", r"\1", re.sub(r"\s+", " ", words)).replace("::", ":").strip()
    return f"{text[:1].upper()}{text[1:]}."
