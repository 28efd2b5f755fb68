"""What one person may ask of the lab, in words; the figures are `lib.settings.LIMITS`."""

from lib.settings import LIMITS

_MB = 2**20


def rows() -> tuple[tuple[str, str], ...]:
    """What is limited and to how much."""
    return (
        ("One file", f"{LIMITS.file_bytes // _MB} MB"),
        ("Files in one upload", f"{LIMITS.files_per_upload:,}"),
        ("Documents in a workspace", f"{LIMITS.files_per_workspace:,}"),
        ("Pages of a PDF", f"{LIMITS.pdf_pages:,}"),
        ("Text of one file", f"{LIMITS.text_characters / 1e6:g} million characters"),
        ("A file that unpacks", f"to {LIMITS.unpacked_bytes // _MB} MB, at most {LIMITS.unpack_ratio} times its size"),
        ("Reading one file", f"{LIMITS.parse_timeout_s:g} s and {LIMITS.parse_memory_bytes / 2**30:g} GB of memory"),
        ("A question", f"{LIMITS.question_characters:,} characters"),
        ("Passages for one question", f"{LIMITS.top_k}"),
        ("Reaching a model", f"{LIMITS.connect_timeout_s:g} s"),
        ("A model's first word", f"{LIMITS.first_token_timeout_s:g} s"),
        ("A model's silence in mid-answer", f"{LIMITS.silence_timeout_s:g} s"),
        ("A whole answer", f"{LIMITS.total_timeout_s:g} s"),
        ("Tries after a failure", f"{LIMITS.provider_retries} more, and none once words have come"),
    )
