"""One column of a comparison: who answers from what, and the answer with its citations, quotes and verdicts."""

import streamlit as st

from lib.domain import Answer, ApproachName
from lib.errors import LabError
from lib.records import Verdicts
from lib.settings import Workspace
from pages.ui import answer as drawn
from pages.ui import (
    answer_rules,
    asking,
    compare_checks,
    compare_figures,
    compare_run,
    flows,
    frame,
    markup,
    parts,
    theme,
    verdicts,
)
from pages.ui.compare_run import Absent, Comparison, Kind, Side


def header(compared: Comparison, side: Side) -> None:
    """The column's name, and what its model sees."""
    st.markdown(f"#### {head(side)}")
    st.caption(_sees(compared, side))


def head(side: Side) -> str:
    """The approach's icon with the column's name."""
    return f"{theme.look(side.approach).icon} {side.label}"


def draw(compared: Comparison, side: Side) -> None:
    """The answer, the failure in its place, or the way to one."""
    header(compared, side)
    if side.asked is None:
        _absent(side)
        return
    failure = side.asked.job.failure
    if isinstance(failure, LabError):
        frame.show_failure(failure)
    elif failure is not None and not side.asked.job.stopped:
        raise failure
    if side.answer is not None:
        _answer(compared, side, side.answer)
    asking.warn_not_recorded(side.asked)


def settings_words(workspace: Workspace) -> str:
    """The settings of the search that tell one side from another, in a few words."""
    retrieval = workspace.retrieval
    search = {"hybrid": "hybrid search", "dense": "search by meaning", "lexical": "search by words"}[
        retrieval.retriever
    ]
    if retrieval.retriever == "hybrid":
        search += ", RRF" if retrieval.fusion == "rrf" else f", weight of meaning {retrieval.dense_weight:g}"
    said = [parts.cut_words(workspace.chunking), f"{search}", f"top {retrieval.top_k}"]
    if retrieval.min_score:
        said.append(f"minimum score {retrieval.min_score:g}")
    if retrieval.documents:
        count = len(retrieval.documents)
        said.append(f"{count} document{'' if count == 1 else 's'} only")
    return " · ".join(said)


def _sees(compared: Comparison, side: Side) -> str:
    workspace = side.workspace
    if compared.kind is Kind.SETTINGS:
        return markup.plain(settings_words(workspace))
    model = markup.plain(parts.model_words(workspace.model))
    tuned = f"{model} with the adapter {markup.plain(workspace.adapter)}" if workspace.adapter else model
    carried = " and a carried text" if workspace.attached.strip() else ""
    return {
        ApproachName.PROMPT_ONLY: f"{model} sees the question{carried} alone",
        ApproachName.RAG: f"{model} sees passages · {markup.plain(settings_words(workspace))}",
        ApproachName.FINE_TUNED: f"{tuned} sees the question alone; it was trained on examples",
        ApproachName.HYBRID: f"{tuned} sees the same passages; rules check what it wrote",
    }.get(side.approach, model)


def _answer(compared: Comparison, side: Side, answer: Answer) -> None:
    key = f"compare-{side.name}"
    found = _verdicts(compared, side)
    if answer.stopped:
        st.caption(":material/stop_circle: Stopped by you: this is what had come by then.")
    if answer.held:
        said = "a rule is still broken after one repair. What follows is a draft."
        st.markdown(f":material/front_hand: **Held for a person**: {said}")
        flows.way_to("runs", label="Decide it in Runs")
    if answer.abstained:
        drawn.draw_abstention(answer)
    elif answer.text:
        unsupported = "unsupported" if side.searches else verdicts.NOT_MENTIONED
        drawn.words(answer, key=key, checks=found.statements if found else (), unsupported=unsupported)
    if answer.usage.output_tokens >= _limit(side):
        st.caption(f":material/content_cut: Cut off at its limit of {_limit(side)} tokens; Ask changes the limit.")
    drawn.warn_without_source(answer)
    drawn.citations(answer, key=key, found=found)
    drawn.quotes(answer)
    if found is not None and side.searches:
        verdicts.draw(found, question=answer.question, key=key)
    answer_rules.draw(answer, key=key)
    if not answer.stopped:
        st.html(compare_figures.timeline(answer, compare_figures.longest_ms(compared)))


def _verdicts(compared: Comparison, side: Side) -> Verdicts | None:
    """None where the check cannot be made; what lies between the answers says why."""
    try:
        with st.spinner("Holding the answers against the documents"):
            return compare_checks.verdicts_of(compared, side)
    except LabError:
        return None


def _limit(side: Side) -> int:
    return side.workspace.prompt_of(side.approach).answer_tokens


def _absent(side: Side) -> None:
    if side.absent is Absent.NO_ADAPTER:
        st.markdown(
            "**No adapter is chosen.** A fine-tuned model is the same base with an adapter on it, trained on examples "
            "of the answers that you want. Train one in a few minutes and choose it above; the others answer without."
        )
        flows.way_to("fine_tune", label="Train an adapter")
        return
    st.markdown(
        "**Nothing to quote from.** The extractive answerer only repeats sentences of the passages and writes nothing "
        "itself. The built-in model can write this column; then the columns have different models."
    )
    st.button(
        "Let the built-in model answer here",
        icon=":material/memory:",
        key=f"compare.lend.{side.name}",
        on_click=compare_run.lend_built_in,
        args=(side.name,),
    )
