"""How many tokens a text takes: exactly where the server can say, otherwise rather too many than too few."""

import re
from collections.abc import Callable
from functools import lru_cache

from lib.errors import ModelFailed
from lib.generation import failures
from lib.generation.endpoint import Lease
from lib.generation.failures import Subject
from lib.settings import LIMITS

TokenCounter = Callable[[str], int]

_RUN = re.compile(r"[A-Za-z]+|[ \t]+|\s|[\x00-\x7f]|[^\x00-\x7f]+")
_LETTERS_A_TOKEN = 3
_REMEMBERED_TEXTS = 4096


def estimate_tokens(text: str) -> int:
    """An upper estimate for byte-pair vocabularies: a word takes a token for every three letters, the rest its bytes.

    About 1.3 times the true number in English; what fits by this estimate fits.
    """
    return sum(_run_tokens(run) for run in _RUN.findall(text))


def _run_tokens(run: str) -> int:
    if run.isascii() and run.isalpha():
        return -(-len(run) // _LETTERS_A_TOKEN)
    if run.isspace() and len(run) == 1 and run in " \t":
        return 0
    return len(run.encode("utf-8", "replace")) if not run.isspace() else 1


def server_counter(model_id: str, lease: Lease) -> TokenCounter:
    """A llama.cpp server's own tokenizer; texts counted before are remembered."""

    @lru_cache(maxsize=_REMEMBERED_TEXTS)
    def count(text: str) -> int:
        if not text:
            return 0
        with lease() as endpoint:
            return _ask_server(Subject(model_id, endpoint), text)

    return count


def _ask_server(subject: Subject, text: str) -> int:
    import httpx2

    address = subject.endpoint.base_url.removesuffix("/").removesuffix("/v1") + "/tokenize"
    headers = {"Authorization": f"Bearer {subject.endpoint.key}"} if subject.endpoint.key else {}
    timeout = httpx2.Timeout(LIMITS.silence_timeout_s, connect=LIMITS.connect_timeout_s)
    try:
        reply = httpx2.post(
            address, json={"content": text}, headers=headers, timeout=timeout, verify=False, trust_env=False
        )
        return len(reply.raise_for_status().json()["tokens"])
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        raise _failed(error, subject) from error


def _failed(error: Exception, subject: Subject) -> ModelFailed:
    import httpx2

    if isinstance(error, httpx2.TransportError):
        return failures.from_exception(error, subject, begun=False).error
    return failures.nonsense(subject, f"counting tokens: {failures.clean(str(error), subject)}")
