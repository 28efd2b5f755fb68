"""Values -> the JSON objects and the lines of text that the command line prints (the contract of DESIGN.md)."""

from typing import Any

from lib.corpus.outcomes import DocumentEntry, FileOutcome, Ingested, Progress
from lib.corpus.verify import Verified
from lib.domain import Answer, Citation, Passage, RuleVerdict
from lib.exporting import Exported

Json = dict[str, Any]


def ingested_json(done: Ingested) -> Json:
    """The result of `ingest`."""
    return {
        "documents": [outcome_json(outcome) for outcome in done.outcomes],
        "chunks": done.chunks,
        "embedded": done.embedded,
        "reused": done.reused,
        "seconds": {stage: round(seconds, 4) for stage, seconds in done.seconds},
    }


def outcome_json(outcome: FileOutcome) -> Json:
    """How one file ended."""
    return {
        "id": outcome.id,
        "name": outcome.name,
        "status": outcome.status,
        "reason": outcome.reason,
        "characters": outcome.characters,
        "pages": outcome.pages,
        "change": outcome.change,
    }


def entry_json(entry: DocumentEntry) -> Json:
    """One kept document."""
    return {
        "id": entry.id,
        "name": entry.name,
        "status": entry.status,
        "reason": entry.reason,
        "characters": entry.characters,
        "pages": entry.pages,
        "bytes": entry.size,
        "added": entry.added,
    }


def passage_json(passage: Passage) -> Json:
    """One passage with what each leg said of it."""
    chunk = passage.chunk
    return {
        "rank": passage.rank,
        "score": round(passage.score, 6),
        "document": chunk.document,
        "start": chunk.start,
        "end": chunk.end,
        "page": chunk.place.page,
        "place": chunk.place.label,
        "text": chunk.text,
        "legs": {hit.leg: {"rank": hit.rank, "score": round(hit.score, 6)} for hit in passage.legs},
    }


def search_json(question_id: str | None, question: str, passages: tuple[Passage, ...], ms: float) -> Json:
    """The result of one question to `search`."""
    return {
        "id": question_id,
        "question": question,
        "passages": [passage_json(passage) for passage in passages],
        "ms": {"retrieve": round(ms, 2)},
    }


def answer_json(question_id: str | None, answer: Answer) -> Json:
    """The result of one question to `ask`."""
    return {
        "id": question_id,
        "question": answer.question,
        "approach": answer.approach.value,
        "model": answer.model,
        "answer": answer.text,
        "abstained": answer.abstained,
        "citations": [citation_json(citation) for citation in answer.citations],
        "passages": [passage_json(passage) for passage in answer.passages],
        "usage": {"input_tokens": answer.usage.input_tokens, "output_tokens": answer.usage.output_tokens},
        "ms": {
            "retrieve": _rounded(answer.timings.retrieve),
            "first_token": _rounded(answer.timings.first_token),
            "total": _rounded(answer.timings.total),
        },
        "cost_usd": answer.cost_usd,
        "adapter": answer.adapter or None,
        "verdicts": [verdict_json(verdict) for verdict in answer.verdicts],
        "repaired": answer.repaired,
        "held": answer.held,
        "first": {"answer": answer.first_text, "verdicts": [verdict_json(one) for one in answer.first_verdicts]}
        if answer.repaired
        else None,
    }


def verdict_json(verdict: RuleVerdict) -> Json:
    """What one rule of the hybrid flow said."""
    return {"rule": verdict.rule, "kept": verdict.kept, "reason": verdict.reason}


def citation_json(citation: Citation) -> Json:
    """A marker and the span it stands for."""
    return {
        "marker": citation.marker,
        "document": citation.passage.chunk.document,
        "start": citation.start,
        "end": citation.end,
        "supported": citation.supported,
    }


def verified_json(found: Verified) -> Json:
    """The result of `verify` for one workspace."""
    return {
        "workspace": found.workspace_id,
        "documents": found.documents,
        "characters": found.characters,
        "chunks": found.chunks,
        "files_sha256": found.files_sha256,
        "pending": found.pending,
        "problems": list(found.problems),
    }


def exported_json(done: Exported) -> Json:
    """The result of `export` for one workspace."""
    return {
        "workspace": done.workspace_id,
        "documents": done.documents,
        "eval_sets": done.eval_sets,
        "runs": done.runs,
        "training_sets": done.training_sets,
        "adapters": done.adapters,
        "bytes": done.bytes,
        "files_sha256": done.files_sha256,
    }


def progress_line(progress: Progress) -> str:
    """For example: embedded 120 of 480 chunks, 31 a second, 12 s left."""
    line = f"{progress.stage} {progress.done:,} of {progress.total:,} {progress.unit}"
    if progress.rate_per_s is not None and progress.left_s is not None and progress.done < progress.total:
        line += f", {progress.rate_per_s:,.0f} a second, {progress.left_s:,.0f} s left"
    return line


def outcome_line(outcome: FileOutcome) -> str:
    """One file in a line for people."""
    details = [f"{outcome.characters:,} characters"] if outcome.characters else []
    details += [f"{outcome.pages} pages"] if outcome.pages else []
    details += [text for text in (outcome.change, outcome.reason) if text]
    return f"{outcome.status:9} {outcome.name}" + (f" ({'; '.join(details)})" if details else "")


def passage_line(passage: Passage) -> str:
    """One passage for people: where it stands and its text on one line."""
    chunk = passage.chunk
    where = " · ".join(part for part in (chunk.document, chunk.place.label) if part)
    return f"{passage.rank}. {passage.score:.3f} {where} [{chunk.start}:{chunk.end}]\n   {' '.join(chunk.text.split())}"


def answer_text(answer: Answer) -> str:
    """An answer for people, with what its markers stand for."""
    adapter = f" · adapter {answer.adapter}" if answer.adapter else ""
    lines = [f"{answer.approach.value} · {answer.model}{adapter}"]
    lines += ["HELD FOR REVIEW: a rule is broken. What was written:"] if answer.held else []
    lines.append(answer.text)
    lines += [
        f"  [{citation.marker}] {citation.passage.chunk.document} {citation.passage.chunk.place.label}".rstrip()
        for citation in answer.citations
    ]
    lines += [f"  {'kept  ' if one.kept else 'broken'} {one.rule}: {one.reason}" for one in answer.verdicts]
    spent = f"{answer.usage.input_tokens} tokens in, {answer.usage.output_tokens} out, {answer.timings.total:,.0f} ms"
    return "\n".join([*lines, spent])


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 2)
