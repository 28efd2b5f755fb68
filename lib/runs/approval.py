"""Which answers a person must approve before they take effect, by tag or by a coarse rule over their words.

The areas are the framework's: money, legal, medical, security, customers, code, brand. The rule looks for words that
such answers seldom lack, in the question and in the answer. It knows no meaning and errs on asking: a question about
the price of lunch is asked for too. A tag that names an area decides before any word does, and an answer that the
hybrid flow holds because it breaks a rule waits whatever it is about.
"""

import re

from lib.records import RunRecord

VALIDATION = "validation"
"""The area of answers that are held: a rule of the hybrid flow is broken, and mending it once did not help."""

AREAS: tuple[tuple[str, str], ...] = (
    (
        "medical",
        "diagnos\\w* dos(?:e|es|age) symptom\\w* treatment\\w* medication\\w* medicine\\w* prescri\\w+ patient\\w* "
        "allerg\\w+ pregnan\\w+ vaccin\\w+ surger\\w+ overdos\\w+ mg/kg",
    ),
    (
        "legal",
        "legal\\w* law laws lawyer\\w* lawsuit\\w* liab\\w+ contract\\w* clause\\w* statut\\w+ gdpr complian\\w+ "
        "regulation\\w* indemni\\w+ copyright\\w* terminat\\w+ warrant(?:y|ies) court\\w*",
    ),
    (
        "security",
        "password\\w* credential\\w* security encrypt\\w+ vulnerab\\w+ breach\\w* phishing malware firewall\\w* "
        "access\\Wrights? permission\\w* incident\\w* mfa two-factor",
    ),
    (
        "money",
        "pay payment\\w* paid refund\\w* price\\w* pricing invoice\\w* salar\\w+ credit\\w* loan\\w* tax\\w* "
        "reimburs\\w+ budget\\w* discount\\w* fee fees cost\\w* [$€£]\\s?\\d+ \\d+\\s?(?:euros?|dollars?|usd|eur)",
    ),
    (
        "code",
        "deploy\\w* merge[ds]? pull\\Wrequest\\w* commit[st]? production\\W\\w+ migration\\w* rollback\\w* "
        "source\\Wcode script\\w* api\\Wkeys? sql",
    ),
    ("customers", "customer\\w* complain\\w* client\\w* escalat\\w+ apolog\\w+ subscription\\w* cancel\\w* guest\\w*"),
    (
        "brand",
        "brand\\w* press\\Wrelease\\w* publish\\w* public\\Wstatement\\w* slogan\\w* tagline\\w* social\\Wmedia",
    ),
)
"""Area and the words that name it, the gravest first: an answer that touches several is asked for under the first."""


def _rule(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words.split(' '))})(?![\w-])", re.IGNORECASE)


_RULES = tuple((area, _rule(words)) for area, words in AREAS)
_ANY = _rule(" ".join(words for _, words in AREAS))


def approval_area(record: RunRecord) -> str:
    """The area in which a person must approve this answer; "" if in none.

    Runs of an evaluation are measured, not acted on, so words ask for none of them; a tag still does. Nothing needs
    approval where the model failed or abstained: there is no answer to act on.
    """
    if record.error or record.answer.abstained or not record.answer.text.strip():
        return ""
    if record.answer.held and not record.evaluation:
        return VALIDATION
    tags = {tag.casefold() for tag in record.tags}
    tagged = next((area for area, _ in AREAS if area in tags), "")
    if tagged or record.evaluation:
        return tagged
    return area_of_words(f"{record.answer.question}\n{record.answer.text}")


def area_of_words(text: str) -> str:
    """The gravest area that a word of `text` names; "" if none does."""
    if not _ANY.search(text):
        return ""
    return next(area for area, words in _RULES if words.search(text))
