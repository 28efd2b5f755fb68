"""What goes wrong, what to test first, what people ask, and where it is written: the framework's second half."""

from dataclasses import dataclass

from lib.advice.framework import Screen


@dataclass(frozen=True, slots=True)
class Mistake:
    """A common mistake, why it hurts, and how to watch it happen in the app."""

    title: str
    why: str
    see_it: str
    screen: Screen


@dataclass(frozen=True, slots=True)
class TestPlan:
    """What to measure for one technique before committing to it."""

    __test__ = False  # a name that pytest would take for a test class

    title: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read, with its address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that comes up in every room, with a short answer and where it is written."""

    question: str
    answer: str
    sources: tuple[Source, ...]


LEWIS_2020 = Source(
    "Lewis et al. 2020, Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks",
    "https://arxiv.org/abs/2005.11401",
)
HU_2021 = Source(
    "Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models", "https://arxiv.org/abs/2106.09685"
)
OVADIA_2023 = Source(
    "Ovadia et al. 2023, Fine-Tuning or Retrieval? Comparing Knowledge Injection in LLMs",
    "https://arxiv.org/abs/2312.05934",
)
BALAGUER_2024 = Source(
    "Balaguer et al. 2024, RAG vs Fine-tuning: Pipelines, Tradeoffs, and a Case Study on Agriculture",
    "https://arxiv.org/abs/2401.08406",
)
OPENAI_PRICES = Source("OpenAI: API pricing", "https://openai.com/api/pricing/")
ANTHROPIC_PRICES = Source("Anthropic: pricing", "https://www.anthropic.com/pricing")
OPENAI_AGENTS = Source("OpenAI Agents SDK: documentation", "https://openai.github.io/openai-agents-python/")

SOURCES = (LEWIS_2020, HU_2021, OVADIA_2023, BALAGUER_2024, OPENAI_PRICES, ANTHROPIC_PRICES, OPENAI_AGENTS)

MISTAKES = (
    Mistake(
        "Training facts that change into the weights",
        "Nobody can say which version the model took in, and no sentence of it can be cited.",
        "Under Fine-tune, the experiment that changes a fact edits one line of a document: RAG answers with it at "
        "once, the trained model keeps the old one until it is trained again, and can cite neither.",
        "fine_tune",
    ),
    Mistake(
        "RAG whose retrieval nobody measured",
        "The answer is only as good as the chunks, and a fluent answer from the wrong ones sounds just as sure.",
        "Set top-k to 1 and cut into 50 tokens, then search for a bare number in a table, such as the humidity that "
        "the programme Bloomy slow keeps: the chunk found may have lost the header that gives it meaning.",
        "retrieve",
    ),
    Mistake(
        "Taking a citation for proof",
        "It shows where the model looked, not that it read the page correctly.",
        "Ask with the built-in model, open each citation, and compare the marked sentence with the claim before it.",
        "ask",
    ),
    Mistake(
        "Training on weak examples",
        "Inconsistent, one-sided, dated or wrongly labelled examples come back amplified.",
        "Under Fine-tune, one click makes a spoiled copy of a training set: train on both and lay the held-out answers "
        "side by side. The muddle comes back, now in the weights.",
        "fine_tune",
    ),
    Mistake(
        "RAG for a form failure, training for product facts",
        "Each technique is bad at the other's job, and the failure survives the project.",
        "Ask all four for strict JSON: with the right passages RAG's form is as wrong as before, and a model trained "
        "on the form fills it with invented facts.",
        "compare",
    ),
    Mistake(
        "Treating the two as rivals",
        "One decides what the model sees and the other how it behaves, so both may be needed, for different failures.",
        "Set RAG, fine-tuned and hybrid side by side on one question: hybrid reads the passages that RAG reads, with "
        "the weights that fine-tuned has, and its rules say which of the two failed.",
        "compare",
    ),
)

TEST_PLANS = (
    TestPlan(
        "Before anything",
        ("Write a small set of real questions with the answers you want, some of which the documents cannot answer.",),
    ),
    TestPlan(
        "For RAG",
        (
            "Is the right source among the top results?",
            "Given the right source, does the answer keep to it?",
            "Does it decline when the documents do not tell?",
        ),
    ),
    TestPlan(
        "For fine-tuning",
        (
            "Keep examples aside that training never sees.",
            "Put the base model, the best prompt and the tuned model side by side on those.",
            "Check that what worked before still works.",
        ),
    ),
    TestPlan(
        "For the hybrid",
        ("Test each layer on its own: retrieval, generation, form, citations, latency.",),
    ),
)

ASKED_QUESTIONS = (
    AskedQuestion(
        "Can fine-tuning replace RAG?",
        "Not where knowledge must be current or sourced. In published comparisons retrieval adds facts, new and known, "
        "more reliably than training on them does; the two gains can add up.",
        (OVADIA_2023, BALAGUER_2024),
    ),
    AskedQuestion(
        "Does RAG stop a model from making things up?",
        "It makes it rarer. Poor retrieval, gaps in the documents and plain misreading remain, which is why the app "
        "shows the passages, checks the statements and lets the model abstain.",
        (LEWIS_2020,),
    ),
    AskedQuestion(
        "Does fine-tuning stop it?",
        "No. Models take in new facts poorly by training on them, and a wrong pattern in the examples stays in the "
        "weights.",
        (OVADIA_2023,),
    ),
    AskedQuestion(
        "Which is cheaper?",
        "It depends on volume, model, storage and traffic. Retrieval costs a little with every question; training "
        "costs first and may shorten each prompt afterwards. Calculate with your own figures and today's prices.",
        (OPENAI_PRICES, ANTHROPIC_PRICES),
    ),
    AskedQuestion(
        "Should we fine-tune a frontier model?",
        "Only where its provider offers that for the model you use, and the gap in behaviour is plain after a strong "
        "prompt. A small adapter on a small open model is often the cheaper experiment.",
        (HU_2021, OPENAI_PRICES),
    ),
    AskedQuestion(
        "Do we need an agent?",
        "If one value or one action is missing, a tool call is enough. Agents chain many such calls; retrieval can be "
        "one of them, and the same questions about evidence and approval apply.",
        (OPENAI_AGENTS,),
    ),
)
