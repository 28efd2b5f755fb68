"""Training inputs in other words, made by a few mechanical rules and a seed: what a model has seen, but not like this.

The rules, each where it applies: common words are exchanged for others of the same meaning (a fixed list), short forms
are written out or the other way round, the first and the last of three or more sentences change places, and a lead-in
is put before. No number, name or word of the wanted answer is touched.
"""

import random
import re

HOW_REWORDED = (
    "Paraphrased questions are training inputs reworded by a fixed list of synonyms, short forms written out, the "
    "first and last of several sentences exchanged and a lead-in, chosen by seed; names and numbers stay. They are "
    "closer to the originals than what people write."
)

_SAME = (
    "again/once more", "always/every time", "answer/reply", "because/since", "begin/start", "big/large", "buy/purchase",
    "change/alter", "cheap/inexpensive", "check/look at", "clean/wash", "correct/right", "customer/client",
    "easy/simple", "enough/sufficient", "every/each", "fast/quick", "fix/mend", "get/receive", "happen/occur",
    "help/assist", "important/vital", "little/small", "many/a lot of", "maximum/most", "must/have to", "need/require",
    "nothing/not a thing", "often/frequently", "only/merely", "pay/settle", "people/persons", "problem/trouble",
    "quickly/fast", "replace/exchange", "send/post", "several/a number of", "shop/store", "show/display", "stop/halt",
    "try/attempt", "use/make use of", "want/would like", "wrong/not right", "noise/sound", "screen/display",
    "cannot/are not able to", "please/kindly", "still/even now", "also/too", "started/began", "whole/entire",
    "roughly/about", "large/big", "small/little", "start/begin", "quick/fast", "smell/odour", "ask/enquire",
)  # fmt: skip
_SHORT = (
    "can't/cannot", "don't/do not", "doesn't/does not", "didn't/did not", "isn't/is not", "it's/it is", "i'm/I am",
    "we're/we are", "won't/will not", "wasn't/was not", "what's/what is", "that's/that is", "we've/we have",
    "i've/I have", "there's/there is", "couldn't/could not", "haven't/have not",
)  # fmt: skip
_LEAD_INS = ("Hello, one thing: ", "A quick one: ", "Good day. ", "Me again. ", "To whom it may concern: ")
_SENTENCE = re.compile(r"[^.!?]+[.!?]+[\"')\]]*\s*|[^.!?]+$")
_MOST_EXCHANGED = 4


def reword(text: str, *, keep: str = "", seed: int) -> str:
    """The text in other words; the same text and seed give the same. It always differs from the text.

    Words that stand in `keep`, the wanted answer, are not exchanged.
    """
    order = random.Random(f"{seed}:{text}")
    said = _exchange(_written_out(text), keep, order)
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(said) if sentence.strip()]
    if len(sentences) >= 3:
        sentences = [sentences[-1], *sentences[1:-1], sentences[0]]
    said = " ".join(sentences) or said
    return order.choice(_LEAD_INS) + said


def _written_out(text: str) -> str:
    pairs = dict(pair.split("/") for pair in _SHORT)
    return re.sub(r"\b[A-Za-z]+['’][a-z]+\b", lambda match: _cased(pairs, match[0]), text)


def _exchange(text: str, keep: str, order: random.Random) -> str:
    """Up to four words of the list exchanged; a word with a capital may be a name and stays."""
    pairs = dict(pair.split("/") for pair in _SAME)
    kept = set(re.findall(r"\w+", keep.lower()))
    found = [match for match in re.finditer(r"\b[a-z]+\b", text) if match[0] in pairs and match[0] not in kept]
    chosen = sorted(order.sample(found, min(_MOST_EXCHANGED, len(found))), key=lambda match: -match.start())
    for match in chosen:
        text = text[: match.start()] + pairs[match[0]] + text[match.end() :]
    return text


def _cased(pairs: dict[str, str], word: str) -> str:
    whole = pairs.get(word.lower().replace("’", "'"), word)
    return whole[:1].upper() + whole[1:] if word[:1].isupper() else whole
