"""What the screens ask of the run log."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lib.errors import BadInput
from lib.records import FailureLabel, Rating, Remarks, Review, ReviewState, RunRecord
from lib.runs.export import csv_of, jsonl_of
from lib.runs.query import Choices, RunPage, RunQuery
from lib.runs.rows import KeptRun
from lib.runs.run_page import page_of
from lib.runs.store import RunStore
from pages.ui import services

_ALL = 1_000_000


def log() -> RunStore:
    """The one run log."""
    return services.lab().measuring.runs


def find(workspace_id: str, query: RunQuery) -> RunPage:
    """The runs that are meant, newest first."""
    return log().find(workspace_id, query)


def choices(workspace_id: str) -> Choices:
    """What there is to filter by."""
    return log().choices(workspace_id)


def waiting(workspace_id: str) -> int:
    """How many answers wait for a person's approval."""
    return find(workspace_id, RunQuery(review=ReviewState.OPEN, limit=0)).total


def run(workspace_id: str, run_id: str) -> KeptRun:
    """One run with what people said of it; raises NotFound."""
    return KeptRun(log().get(workspace_id, run_id), log().remarks(workspace_id, run_id))


def documents_changed(record: RunRecord) -> bool:
    """Whether the workspace holds other documents now than when the run was made."""
    return services.lab().version(record.workspace.id) != record.corpus_version


def rate(record: RunRecord, stars: int, comment: str, by: str) -> None:
    """Keep a rating in place of the one before; raises BadInput for one without stars."""
    if not 1 <= stars <= 5:
        raise BadInput("No stars were given.", hint="Click one to five stars; five is best.")
    rating = Rating(stars, comment.strip(), by.strip(), datetime.now(UTC))
    _amend(record, lambda said: replace(said, rating=rating))


def relabel(record: RunRecord, label: FailureLabel | None) -> None:
    """Put a person's label in place of the rule's; None goes back to the rule's."""
    _amend(record, lambda said: replace(said, label=label))


def decide(record: RunRecord, state: ReviewState, review: Review) -> None:
    """Keep how a person decided; raises BadInput without a name, or when someone decided already."""
    if not review.by.strip():
        raise BadInput("Nobody is named.", hint="Type who decides: the log says who approved what, and when.")
    decided = replace(review, state=state, by=review.by.strip(), at=datetime.now(UTC))

    def decide(said: Remarks) -> Remarks:
        if said.review is not None and said.review.state is not ReviewState.OPEN:
            who = said.review.by
            raise BadInput(f"{who} has decided this already: {said.review.state}.", hint="Load the page again.")
        return replace(said, review=decided)

    _amend(record, decide)


def ask_for_approval(record: RunRecord, area: str) -> None:
    """Put an answer into the review queue that no rule put there; one that is or was in it stays as it is."""
    _amend(record, lambda said: said if said.review else replace(said, review=Review(area)))


def forget(record: RunRecord) -> None:
    """Remove a run with what was said of it."""
    log().forget(record.workspace.id, [record.id])


def as_jsonl(workspace_id: str, query: RunQuery) -> bytes:
    """All runs that are meant, whole, one a line."""
    return "".join(f"{line}\n" for line in jsonl_of(_all(workspace_id, query))).encode()


def as_csv(workspace_id: str, query: RunQuery) -> bytes:
    """All runs that are meant, for a spreadsheet."""
    return csv_of(_all(workspace_id, query))


def as_html(kept: KeptRun) -> bytes:
    """One run as a page of its own."""
    return page_of(kept).encode()


def _all(workspace_id: str, query: RunQuery) -> Iterator[KeptRun]:
    return log().kept(workspace_id, replace(query, limit=_ALL, offset=0))


def _amend(record: RunRecord, change: Callable[[Remarks], Remarks]) -> None:
    log().amend(record.workspace.id, record.id, change)
