"""What a sweep tries, as controls: eval set, chunk sizes, searches, top-k and token budgets."""

from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st

from lib.evaluation.sweep import MOST_K, MOST_TOKENS, SweepPlan
from lib.evaluation.sweep_cells import GoldCase, Limit
from lib.records import EvalCase
from lib.settings import Workspace
from pages.ui import eval_sets, parts, services, state

SEARCHES = parts.RETRIEVERS
_SIZES = (40, 60, 80, 100, 120, 150, 180, 200, 220, 250, 300, 400, 500)
_TRIED = (60, 100, 150, 200, 250)
_KS = tuple(k for k in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20) if k <= MOST_K)
_BUDGETS = tuple(tokens for tokens in (300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 4_000) if tokens <= MOST_TOKENS)
_DEFAULTS: dict[str, list[Any]] = {
    "searches": ["hybrid", "dense"],
    "ks": [1, 3, 5, 10],
    "budgets": [300, 600, 1_000, 2_000],
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is tried on which cases; `left_out` of the set's cases have no evidence in these documents."""

    set_name: str
    cases: tuple[GoldCase, ...]
    asked: tuple[EvalCase, ...]
    left_out: int
    plan: SweepPlan
    ks: tuple[int, ...]
    budgets: tuple[int, ...]

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit, by k and by budget."""
        by_k = tuple(Limit(k) for k in self.ks)
        return (*by_k, *(Limit(tokens, "tokens") for tokens in self.budgets))

    def case(self, case_id: str) -> EvalCase:
        """The eval case of that id."""
        return next(case for case in self.asked if case.id == case_id)


def choose(workspace: Workspace) -> Chosen | None:
    """The controls and what they say now; None where there is no eval set yet."""
    names = eval_sets.offered(workspace)
    if not names:
        return None
    state.seed("sweep.set", eval_sets.chosen(workspace))
    name = st.selectbox("Eval set", names, format_func=eval_sets.label, key="sweep.set")
    eval_sets.choose(name)
    with st.expander("What is tried", icon=":material/tune:", key="sweep.tried"):
        plan, ks, budgets = _tried(workspace)
    cases, asked, left_out = _cases(workspace, name)
    return Chosen(name, cases, asked, left_out, plan, ks, budgets)


def _tried(workspace: Workspace) -> tuple[SweepPlan, tuple[int, ...], tuple[int, ...]]:
    window = services.window_tokens()
    sizes = sorted({size for size in (*_SIZES, workspace.chunking.size) if size <= window})
    left, right = st.columns(2)
    with left:
        tried = _several("sizes", "Chunk sizes (tokens)", sizes, [size for size in _TRIED if size <= window])
        ways = _several("searches", "Searches", list(SEARCHES), _DEFAULTS["searches"], names=SEARCHES)
    with right:
        ks = _several("ks", "Passages handed over (top-k)", list(_KS), _DEFAULTS["ks"])
        budgets = _several("budgets", "Tokens handed over (budget)", list(_BUDGETS), _DEFAULTS["budgets"])
    base = replace(workspace.retrieval, min_score=0.0, documents=())
    plan = SweepPlan(
        tuple(replace(workspace.chunking, size=size, overlap=_overlap(workspace, size)) for size in sorted(tried)),
        tuple(replace(base, retriever=cast("Any", way)) for way in SEARCHES if way in ways),
    )
    st.caption(
        f"The cut is **{workspace.chunking.strategy.value}** as on the page Chunks, the weight of meaning in a hybrid "
        f"search {workspace.retrieval.dense_weight:g} as on the page Retrieve. All documents are searched, and nothing "
        "is dropped by its score. More top-k or budgets cost nothing: they are worked out from the same search."
    )
    return plan, tuple(sorted(ks)), tuple(sorted(budgets))


def _several(
    key: str, label: str, options: list[Any], default: list[Any], *, names: dict[str, str] | None = None
) -> list[Any]:
    """One list to choose from, kept for the session; an emptied one falls back to its default."""
    state.seed(f"sweep.{key}", state.recall(f"sweep.{key}", default))
    words = (lambda one: names[one]) if names else (lambda one: f"{one:,}")
    chosen = st.multiselect(label, options, key=f"sweep.{key}", format_func=words) or default
    state.remember(f"sweep.{key}", chosen)
    return list(chosen)


def _overlap(workspace: Workspace, size: int) -> int:
    """The workspace's overlap as the same share of each size."""
    return round(size * workspace.chunking.overlap / workspace.chunking.size)


def _cases(workspace: Workspace, name: str) -> tuple[tuple[GoldCase, ...], tuple[EvalCase, ...], int]:
    """The set's answerable cases with where their evidence stands; found anew when the set or the documents change."""
    measuring = services.lab().measuring
    eval_set = measuring.eval_sets.load(workspace.id, name)
    about = (services.lab().version(workspace.id), eval_set)
    nothing: tuple[object, tuple[GoldCase, ...]] = (None, ())
    seen, cases = state.recall("sweep.cases", nothing)
    answerable = tuple(case for case in eval_set.counted if case.answerable)
    if seen != about:
        located = measuring.located(workspace.id, eval_set)
        spans = ((case, located[case.id].spans) for case in answerable if not located[case.id].stale)
        cases = tuple(GoldCase(case.id, case.question, gold) for case, gold in spans if gold)
        state.remember("sweep.cases", (about, cases))
    return cases, answerable, len(answerable) - len(cases)
