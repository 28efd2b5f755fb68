"""Measuring a workspace: its eval sets, evaluations that run over them, and the log of every answer."""

import platform
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from lib.answering import Answering
from lib.approaches.gold_context import GoldContextApproach
from lib.corpus.store import DocumentStore
from lib.domain import Answer, Answered, ApproachName, Chunk, Passage
from lib.errors import BadInput, LabError
from lib.evaluation.eval_store import EvalSetStore
from lib.evaluation.faithfulness import check_answer
from lib.evaluation.judge import judge_answer
from lib.evaluation.locating import Located, documents_named, locate
from lib.evaluation.results import Heard, Results, results_of
from lib.evaluation.runner import Arm, Bench, Done, expected_records, run_evaluation
from lib.evaluation.spans import Span
from lib.evaluation.worth_store import WorthStore
from lib.protocols import Approach, Embedder, Retriever
from lib.records import EvalCase, EvalSet, Evaluation, JudgeVerdict, Origin, Remarks, RunRecord, SetUp, Verdicts
from lib.runs.query import RunQuery
from lib.runs.store import RunStore, new_run_id
from lib.searching import Searching
from lib.settings import APP_VERSION, LIMITS, ModelChoice, Workspace

RETRIEVING = (ApproachName.RAG, ApproachName.HYBRID)
"""Approaches that search."""
TUNED = (ApproachName.FINE_TUNED, ApproachName.HYBRID)
"""Approaches that answer with the workspace's adapter."""

_ALL = 1_000_000
_LIBRARIES = ("chromadb", "bm25s", "sentence-transformers", "xllamacpp")


@dataclass(frozen=True, slots=True)
class House:
    """What measuring needs of the lab.

    `retriever` brings the index of the workspace's settings up to date first, unless it is told to stop: then the
    index may lack chunks.
    """

    store: DocumentStore
    searching: Searching
    answering: Answering
    retriever: Callable[[Workspace, Callable[[], bool]], Retriever]


class Measuring:
    """Eval sets, evaluations, runs, and what adapters are worth, of every workspace. Safe to use from many threads."""

    def __init__(self, runs: RunStore, eval_sets: EvalSetStore, house: House) -> None:
        self.runs = runs
        self.eval_sets = eval_sets
        self._house = house
        self.worths = WorthStore(house.store.folder)

    @property
    def embedder(self) -> Embedder:
        """The embedder that judges answers: it remembers what it embedded."""
        return self._house.answering.embedder

    # Evaluations

    def plan(
        self,
        workspace_id: str,
        eval_set: EvalSet,
        setups: Sequence[SetUp],
        *,
        seed: int = 0,
        judge: ModelChoice | None = None,
    ) -> Evaluation:
        """A new evaluation, kept at once so that it can be resumed; raises BadInput for one that cannot be run."""
        _check(eval_set, setups)
        if any(setup.approach in RETRIEVING for setup in setups) and not self._house.store.entries(workspace_id):
            raise BadInput("There are no documents to retrieve from.", hint="Load a sample corpus or add documents.")
        evaluation = Evaluation(
            id=uuid.uuid4().hex[:12],
            at=datetime.now(UTC),
            workspace_id=workspace_id,
            eval_set=eval_set,
            setups=tuple(setups),
            corpus_version=self._house.store.version(workspace_id),
            seed=seed,
            judge=judge,
            adapters=self._adapters(setups),
        )
        self.runs.keep_evaluation(evaluation)
        return evaluation

    def evaluate(self, evaluation: Evaluation, *, stopped: Callable[[], bool], key: str = "") -> Iterator[RunRecord]:
        """Ask what has not been asked yet; each record is in the log before it is given.

        Raises BadInput as soon as the documents or an adapter are others than those it began with.
        """
        self.check_unchanged(evaluation)
        located = self.located(evaluation.workspace_id, evaluation.eval_set)
        arms = [self._arm(setup, key, stopped) for setup in evaluation.setups]
        if stopped():
            return
        for record in run_evaluation(evaluation, arms, located, self._bench(evaluation, key), self.done(evaluation)):
            self.runs.add(record)
            yield record
            if stopped():
                return
            self.check_unchanged(evaluation)
        self.runs.keep_evaluation(replace(evaluation, finished=True))

    def check_unchanged(self, evaluation: Evaluation) -> None:
        """Raise BadInput when what the evaluation began with is not there any more: its documents, its adapters."""
        if self._house.store.version(evaluation.workspace_id) != evaluation.corpus_version:
            raise BadInput(
                "The documents have changed since this evaluation began.",
                hint="Start a new one: answers from different documents do not belong in one score.",
            )
        for name, sha256 in evaluation.adapters:
            if self._adapter_sha256(evaluation.workspace_id, name) != sha256:
                raise BadInput(
                    f"The adapter {name!r} has been deleted or trained anew since this evaluation began.",
                    hint="Start a new one: answers of two adapters do not belong in one score.",
                )

    def results(self, evaluation: Evaluation) -> Results:
        """What the evaluation found so far, with what people said of its answers in place of the rules."""
        workspace_id = evaluation.workspace_id
        located = self.located(workspace_id, evaluation.eval_set)
        gold = {case_id: found.spans for case_id, found in located.items()}
        newest_first = tuple(self.runs.kept(workspace_id, RunQuery(evaluation=evaluation.id, limit=_ALL)))
        heard = {one.record.id: _heard(one.remarks) for one in newest_first}
        return results_of(evaluation, [one.record for one in reversed(newest_first)], gold, heard)

    def done(self, evaluation: Evaluation) -> frozenset[Done]:
        """What has an answer; failed ones are asked again."""
        rows = self.runs.find(evaluation.workspace_id, RunQuery(evaluation=evaluation.id, limit=_ALL)).rows
        last = {(row.setup, row.case_id): row for row in reversed(rows)}
        return frozenset(asked for asked, row in last.items() if not row.error)

    def expected(self, evaluation: Evaluation) -> int:
        """How many records the whole evaluation has."""
        return len(expected_records(evaluation, self.located(evaluation.workspace_id, evaluation.eval_set)))

    def located(self, workspace_id: str, eval_set: EvalSet) -> dict[str, Located]:
        """Where each case's evidence stands in the workspace's present documents, by case id."""
        entries = {entry.name: entry for entry in self._house.store.entries(workspace_id)}
        documents = documents_named(entries, lambda name: self._house.store.document(workspace_id, entries[name]))
        return {case.id: locate(case, documents) for case in eval_set.cases}

    # Runs

    def record(
        self, answer: Answer, workspace: Workspace, origin: Origin, *, verdicts: Verdicts | None = None
    ) -> RunRecord:
        """Write one answer into the log; its statements are checked first unless `verdicts` are given."""
        at = datetime.now(UTC)
        record = RunRecord(
            id=new_run_id(at),
            at=at,
            origin=origin,
            workspace=workspace,
            answer=answer,
            verdicts=check_answer(answer, self.embedder) if verdicts is None else verdicts,
            corpus_version=self._house.store.version(workspace.id),
            versions=(*self.versions(), *self._adapter_version(workspace.id, answer)),
        )
        self.runs.add(record)
        return record

    def versions(self) -> tuple[tuple[str, str], ...]:
        """What an answer depends on besides its settings: name -> version."""
        libraries = tuple((name, version(name)) for name in _LIBRARIES)
        return (
            ("openbook", APP_VERSION),
            ("python", platform.python_version()),
            ("embedder", self._house.searching.embedder.model_id),
            ("parser", self._house.store.parser),
            *libraries,
        )

    # How an arm is made

    def _arm(self, setup: SetUp, key: str, stopped: Callable[[], bool]) -> Arm:
        workspace, answering = setup.workspace, self._house.answering
        if setup.approach in (ApproachName.PROMPT_ONLY, ApproachName.FINE_TUNED):
            alone = answering.fine_tuned if setup.approach is ApproachName.FINE_TUNED else answering.prompt_only
            approach = alone(workspace, key=key)
            return Arm(setup, lambda case, _gold: answered(approach, case.question), tuple, lambda _question: ())
        chunks = self._chunks(workspace)
        if setup.approach is ApproachName.GOLD_CONTEXT:
            return Arm(setup, partial(self._gold, setup, chunks, key), lambda: chunks, lambda _question: ())
        reading = answering.hybrid if setup.approach is ApproachName.HYBRID else answering.rag
        reader = reading(workspace, self._house.retriever(workspace, stopped), key=key)
        unfiltered = replace(workspace, retrieval=replace(workspace.retrieval, min_score=0.0))
        whole = self._house.retriever(unfiltered, stopped)

        def ranking(question: str) -> Sequence[Passage]:
            return whole.retrieve(question, top_k=max(1, len(chunks)))

        return Arm(setup, lambda case, _gold: answered(reader, case.question), lambda: chunks, ranking)

    def _adapters(self, setups: Sequence[SetUp]) -> tuple[tuple[str, str], ...]:
        """(name, sha256) of the workspace's adapters that the set-ups answer with; raises BadInput, NotFound."""
        named = [setup for setup in setups if setup.approach in TUNED and setup.workspace.adapter]
        files = [self._house.answering.adapter_file(one.workspace.id, one.workspace.adapter) for one in named]
        return tuple(dict.fromkeys((file.name, file.sha256) for file in files))

    def _adapter_sha256(self, workspace_id: str, name: str) -> str:
        """Empty for an adapter that is not there."""
        try:
            return self._house.answering.adapter_file(workspace_id, name).sha256
        except LabError:
            return ""

    def _adapter_version(self, workspace_id: str, answer: Answer) -> tuple[tuple[str, str], ...]:
        if not answer.adapter:
            return ()
        sha256 = self._adapter_sha256(workspace_id, answer.adapter)
        return (("adapter", sha256),) if sha256 else ()

    def _gold(self, setup: SetUp, chunks: Sequence[Chunk], key: str, case: EvalCase, gold: Sequence[Span]) -> Answer:
        held = [chunk for chunk in chunks if _touches(chunk, gold)][: LIMITS.top_k]
        workspace = replace(setup.workspace, retrieval=replace(setup.workspace.retrieval, top_k=max(1, len(held))))
        approach = GoldContextApproach(held, lambda retriever: self._house.answering.rag(workspace, retriever, key=key))
        return answered(approach, case.question)

    def _chunks(self, workspace: Workspace) -> tuple[Chunk, ...]:
        documents = self._house.store.documents(workspace.id)
        return tuple(chunk for one in documents for chunk in self._house.searching.cut(one, workspace.chunking))

    def _bench(self, evaluation: Evaluation, key: str) -> Bench:
        judge = None
        if evaluation.judge is not None:
            model = self._house.answering.generator(evaluation.judge, key=key)

            def judge(answer: Answer) -> JudgeVerdict:
                return judge_answer(answer, model)

        adapter_version = partial(self._adapter_version, evaluation.workspace_id)
        return Bench(self.embedder, lambda: datetime.now(UTC), new_run_id, self.versions(), judge, adapter_version)


def _heard(remarks: Remarks) -> Heard:
    return Heard(remarks.label, remarks.rating.stars if remarks.rating else 0)


def answered(approach: Approach, question: str) -> Answer:
    """The whole answer of an approach, waited for; raises LabError."""
    for event in approach.answer(question):
        if isinstance(event, Answered):
            return event.answer
    raise AssertionError("the approach ended without an answer")


def _touches(chunk: Chunk, gold: Sequence[Span]) -> bool:
    return any(span.document == chunk.document and span.start < chunk.end and chunk.start < span.end for span in gold)


def _check(eval_set: EvalSet, setups: Sequence[SetUp]) -> None:
    if not eval_set.counted:
        drafts = len(eval_set.cases)
        hint = f"Review its {drafts} drafts first." if drafts else "Write a case, or upload a file."
        raise BadInput(f"The eval set {eval_set.name!r} has no case that counts.", hint=hint)
    if not setups:
        raise BadInput("No set-up was chosen.", hint="Choose at least one approach.")
    untrained = next(
        (one for one in setups if one.approach is ApproachName.FINE_TUNED and not one.workspace.adapter), None
    )
    if untrained is not None:
        raise BadInput(
            f"No adapter is chosen for {untrained.label!r}.",
            hint="Train one on the Fine-tune page, or name it with --adapter.",
        )
    twice = [label for label, count in Counter(setup.label for setup in setups).items() if count > 1]
    if twice:
        raise BadInput(f"Two set-ups are called {twice[0]!r}.", hint="Give each a label of its own.")
