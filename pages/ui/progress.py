"""A running ingest as people watch it: each stage with its rate and time left, and a Stop that works."""

from collections.abc import Sequence

import streamlit as st

from lib.corpus.outcomes import STAGES, FileOutcome, Ingested, IngestEvent, Progress
from lib.errors import LabError
from pages.ui import markup, services
from pages.ui.jobs import Job

_POLL_S = 0.4
_LISTED = 6
"""Up to so many files each gets its line; of more, only those of which there is something to say."""
_STAGE_WORDS = {
    "received": "Receiving",
    "parsed": "Reading",
    "chunked": "Splitting",
    "embedded": "Embedding",
    "indexed": "Indexing",
}
_STATUS_ICONS = {
    "indexed": ":material/check_circle:",
    "partial": ":material/error:",
    "rejected": ":material/cancel:",
}


def watch(job: Job[object], *, key: str) -> None:
    """Draw a running job and draw it anew until it is over; then the page runs again."""
    st.fragment(_watched, run_every=_POLL_S)(job, key)


def ended(job: Job[object]) -> Ingested | None:
    """How it ended, or None if it failed or runs; a failure that is a bug is raised."""
    raise_bug(job)
    return next((event for event in reversed(job.events) if isinstance(event, Ingested)), None)


def raise_bug(job: Job[object]) -> None:
    """Raise what ended the job if that is a bug, and forget the job: told for ever, it would bar the screen."""
    if job.failure is not None and not isinstance(job.failure, LabError):
        services.jobs().clear(job.name)
        raise job.failure


def report(done: Ingested) -> None:
    """What every file became, and what it took."""
    if done.outcomes and all(outcome.change == "unchanged" for outcome in done.outcomes):
        count = len(done.outcomes)
        what = "This file is" if count == 1 else f"All {count} files are"
        st.markdown(f"**{what} here already**, with the same content: nothing was read again.")
        return
    counts = {status: sum(outcome.status == status for outcome in done.outcomes) for status in _STATUS_ICONS}
    said = [f"{count} {status}" for status, count in counts.items() if count]
    took = sum(seconds for _, seconds in done.seconds)
    otherwise = "Index made again" if done.chunks else "Nothing to do"
    stopped = "Stopped by you: what was finished is kept. " if done.stopped else ""
    st.markdown(
        f"{stopped}**{', '.join(said) or otherwise}** in {took:.1f} s · {done.chunks:,} chunks, "
        f"{done.embedded:,} embedded now, {done.reused:,} reused."
    )
    told = done.outcomes if len(done.outcomes) <= _LISTED else tuple(filter(_is_noteworthy, done.outcomes))
    if told:
        st.markdown("  \n".join(_outcome_line(outcome) for outcome in told))


def latest(events: Sequence[object]) -> dict[str, Progress]:
    """The last word of each stage, in the order of the stages."""
    last = {event.stage: event for event in events if isinstance(event, Progress)}
    return {stage: last[stage] for stage in STAGES if stage in last}


def line(progress: Progress) -> str:
    """One stage in words: how far, how fast, how long still."""
    said = [f"{_STAGE_WORDS[progress.stage]} {progress.done:,} of {progress.total:,} {progress.unit}"]
    if progress.rate_per_s is not None:
        said.append(f"{progress.rate_per_s:,.1f} {progress.unit}/s")
    if progress.left_s is not None and progress.done < progress.total:
        said.append(f"about {max(1, round(progress.left_s))} s left")
    return markup.plain(" · ".join(said))


def _watched(job: Job[object], key: str) -> None:
    if not job.running:
        st.rerun()
    stages = latest(job.events)
    if not stages:
        st.progress(0, text="Starting: the first time, the embedding model is loaded, which takes some seconds")
    for progress in stages.values():
        st.progress(progress.done / progress.total if progress.total else 1.0, text=line(progress))
    if waiting := _next_stage(stages):
        st.progress(0.0, text=waiting)
    if job.stopped:
        st.caption("Stopping: the step under way is finished, then the rest is left.")
    else:
        st.button("Stop", icon=":material/stop_circle:", key=f"{key}.stop", on_click=job.stop)


def _next_stage(stages: dict[str, Progress]) -> str:
    """What begins now, where the last stage is over and the next has not said anything yet."""
    last = next(reversed(stages.values()), None)
    if last is None or last.done < last.total or last.stage == STAGES[-1]:
        return ""
    following = STAGES[STAGES.index(last.stage) + 1]
    loading = ": the model is loaded at its first use" if following == "embedded" else ""
    return f"{_STAGE_WORDS[following]} begins{loading}"


def _is_noteworthy(outcome: FileOutcome) -> bool:
    """Whether there is more to say of the file than that it is here now."""
    return outcome.status != "indexed" or outcome.change not in ("", "new")


def _outcome_line(outcome: FileOutcome) -> str:
    said = [f"{_STATUS_ICONS[outcome.status]} **{markup.plain(outcome.name)}** {outcome.status}"]
    if outcome.change and outcome.change != "new":
        said.append(markup.plain(outcome.change))
    if outcome.reason:
        said.append(markup.plain(outcome.reason))
    return " · ".join(said)


def failure_of(job: Job[object]) -> LabError | None:
    """The failure that the person should be told of, if there was one."""
    return job.failure if isinstance(job.failure, LabError) else None


def events_of(job: Job[object]) -> tuple[IngestEvent, ...]:
    """The job's events as what they are."""
    return tuple(event for event in job.events if isinstance(event, Progress | FileOutcome | Ingested))
