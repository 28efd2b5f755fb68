"""Hybrid: retrieve, instruct narrowly, let the tuned model answer and cite, validate, mend once, else hold.

The fifth step, logging, is the caller's: whoever asks keeps the answer, with every verdict, in the log of runs.
"""

from collections.abc import Generator as PythonGenerator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lib.approaches.abstaining import ABSTAINED_TEXT, is_too_weak
from lib.approaches.answering import Stopwatch, Written, write
from lib.approaches.citing import cite
from lib.approaches.hybrid_prompt import NarrowTask, first_prompt, mending_prompt, sentences_in
from lib.approaches.questions import checked_question
from lib.approaches.rag import RagFound
from lib.approaches.ranking import rank_sentences
from lib.approaches.rules import checked_rules, schema_of
from lib.approaches.schema_bound import SchemaBound
from lib.approaches.structured_citing import cite_structured, is_structured
from lib.approaches.validating import Supports, broken, check_rules
from lib.domain import (
    AdapterFile,
    Answer,
    Answered,
    AnswerEvent,
    ApproachName,
    Checked,
    Prompt,
    Prompted,
    Retrieved,
    RuleVerdict,
    TextPiece,
    Usage,
)
from lib.protocols import Embedder, Generator, Retriever
from lib.records import CitationCheck
from lib.settings import PromptSettings, RuleKind, ValidatorRule

_QUOTES = 2


@dataclass(frozen=True, slots=True)
class HybridFlow:
    """How the five steps are set: what is retrieved, who answers in which form, and what an answer must keep.

    Without an adapter the base model answers. `enforce_schema` lets the server allow only JSON of the first JSON
    schema rule while decoding. `supports` says whether each citation's passage carries its statement.
    """

    prompt: PromptSettings
    top_k: int
    supports: Supports
    rules: tuple[ValidatorRule, ...] = ()
    adapter: AdapterFile | None = None
    enforce_schema: bool = False


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One written answer with what the rules say of it."""

    answer: Answer
    verdicts: tuple[RuleVerdict, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether a rule is not kept."""
        return bool(broken(self.verdicts))


class HybridApproach:
    """The five steps for one question. `generator` answers with the flow's adapter."""

    def __init__(self, retriever: Retriever, embedder: Embedder, generator: Generator, flow: HybridFlow) -> None:
        """Raises BadInput for a rule that is itself invalid."""
        self._retriever, self._embedder = retriever, embedder
        self._rules = checked_rules(flow.rules)
        self._flow = flow
        schema = schema_of(self._rules) if flow.enforce_schema else ""
        self._generator = SchemaBound(generator, schema) if schema else generator
        self._task = NarrowTask(flow.prompt, self._rules, flow.adapter)

    @property
    def name(self) -> ApproachName:
        """Hybrid."""
        return ApproachName.HYBRID

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Retrieved; Prompted, pieces, Checked, and all three again where a rule is broken; Answered.

        Passages too far off ask no model, and of an answer that abstains nothing is checked.
        """
        watch = Stopwatch()
        found = self._found(checked_question(question), watch)
        yield Retrieved(found.passages, found.ms)
        if is_too_weak(found.ranking.strength):
            yield TextPiece(ABSTAINED_TEXT)
            yield Answered(self._nothing_near(found, watch))
            return
        first = yield from self._attempt(found, first_prompt(self._task, found, self._generator), watch)
        if not first.answer.abstained:
            yield Checked(first.answer.text, first.verdicts, again=first.broken)
        if not first.broken:
            yield Answered(_final(first))
            return
        mending = mending_prompt(self._task, found, self._generator, first.answer.text, first.verdicts)
        second = yield from self._attempt(found, mending, watch)
        yield Checked(second.answer.text, second.verdicts, again=False)
        yield Answered(_repaired(first, second))

    def _found(self, question: str, watch: Stopwatch) -> RagFound:
        passages = self._retriever.retrieve(question, top_k=self._flow.top_k)
        ms = watch.ms()
        return RagFound(question, passages, rank_sentences(question, passages, self._embedder), ms)

    def _attempt(
        self, found: RagFound, prompt: Prompt, watch: Stopwatch
    ) -> PythonGenerator[AnswerEvent, None, _Attempt]:
        yield Prompted(prompt)
        written = yield from write(self._generator, prompt, self._flow.prompt, watch)
        draft = self._draft(found, prompt, written)
        if draft.abstained:
            return _Attempt(draft)
        needed = any(rule.kind is RuleKind.SUPPORTED for rule in self._rules)
        checks = tuple(self._flow.supports(draft)) if needed else ()
        verdicts = check_rules(draft, self._rules, lambda _answer: checks)
        return _Attempt(_with_support(draft, checks), verdicts)

    def _draft(self, found: RagFound, prompt: Prompt, written: Written) -> Answer:
        answer = replace(
            self._blank(found),
            prompt=prompt,
            usage=written.usage,
            timings=replace(written.timings, retrieve=found.ms),
            cost_usd=written.cost_usd,
        )
        if self._task.has_none(written.text):
            return replace(answer, text=ABSTAINED_TEXT, abstained=True)
        read = sentences_in(self._task, found, prompt)
        ranks = {sentence.passage_rank for sentence in read}
        passages = [passage for passage in found.passages if passage.rank in ranks]
        tie = cite_structured if is_structured(written.text) else cite
        cited = tie(written.text, passages, read, question=found.question)
        return replace(answer, text=cited.text, citations=cited.citations)

    def _nothing_near(self, found: RagFound, watch: Stopwatch) -> Answer:
        answer = self._blank(found)
        timings = replace(answer.timings, retrieve=found.ms, total=watch.ms())
        return replace(answer, text=ABSTAINED_TEXT, abstained=True, timings=timings, cost_usd=0.0)

    def _blank(self, found: RagFound) -> Answer:
        return Answer(
            question=found.question,
            approach=self.name,
            model=self._generator.model_id,
            text="",
            abstained=False,
            passages=found.passages,
            quotes=found.ranking.sentences[:_QUOTES],
            prompt_version=self._flow.prompt.name,
            adapter=self._flow.adapter.name if self._flow.adapter else "",
        )


def _final(attempt: _Attempt) -> Answer:
    return replace(attempt.answer, verdicts=attempt.verdicts)


def _repaired(first: _Attempt, second: _Attempt) -> Answer:
    """The second attempt with what both took; held where a rule is still broken."""
    one, two = first.answer, second.answer
    usage = Usage(one.usage.input_tokens + two.usage.input_tokens, one.usage.output_tokens + two.usage.output_tokens)
    known = one.cost_usd is not None and two.cost_usd is not None
    return replace(
        two,
        usage=usage,
        timings=replace(two.timings, first_token=one.timings.first_token),
        cost_usd=(one.cost_usd or 0.0) + (two.cost_usd or 0.0) if known else None,
        verdicts=second.verdicts,
        repaired=True,
        held=second.broken,
        first_text=one.text,
        first_verdicts=first.verdicts,
    )


def _with_support(answer: Answer, checks: Sequence[CitationCheck]) -> Answer:
    """The answer whose citations say whether they carry what they are cited for, as far as that was checked."""
    carries = {check.citation: check.carries for check in checks}
    citations = tuple(
        replace(cited, supported=carries[cited]) if cited in carries else cited for cited in answer.citations
    )
    return replace(answer, citations=citations)
