"""The RAG flow and the hybrid flow as visible steps, each with the page where it can be tried."""

from dataclasses import dataclass

from lib.advice.framework import Screen


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step: what happens, and where the app lets people see it happen."""

    number: int
    title: str
    what: str
    screen: Screen
    icon: str


RAG_FLOW = (
    FlowStep(
        1,
        "Collect",
        "Bring the documents the answers should stand on, and read their text.",
        "documents",
        "folder_open",
    ),
    FlowStep(2, "Split", "Cut each text into chunks small enough to be found on their own.", "chunks", "content_cut"),
    FlowStep(3, "Embed", "Turn every chunk into a vector that stands for its meaning.", "chunks", "scatter_plot"),
    FlowStep(4, "Index", "Keep vectors and words where they can be searched in milliseconds.", "documents", "database"),
    FlowStep(
        5, "Retrieve", "For each question, find the few passages most likely to hold the answer.", "retrieve", "search"
    ),
    FlowStep(
        6, "Answer", "Let the model answer from those passages only, or say that they do not tell.", "ask", "chat"
    ),
    FlowStep(
        7, "Cite", "Tie each claim to the passage it came from, so that a person can check.", "ask", "format_quote"
    ),
)

HYBRID_FLOW = (
    FlowStep(1, "Retrieve", "Fetch the current sources for this question.", "retrieve", "search"),
    FlowStep(2, "Instruct", "Give one narrow instruction: this task, this form, these sources.", "ask", "edit_note"),
    FlowStep(
        3,
        "Answer and cite",
        "Let the tuned model answer from the sources and mark each one.",
        "compare",
        "format_quote",
    ),
    FlowStep(4, "Validate", "Check form, safety and policy in code before anyone reads it.", "ask", "fact_check"),
    FlowStep(5, "Log", "Keep sources and output, so that tomorrow's evaluation has material.", "runs", "history"),
)
