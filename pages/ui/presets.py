"""Where models usually answer: addresses that the Models screen fills in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of server that speaks the OpenAI chat protocol."""

    name: str
    base_url: str
    example: str
    context_tokens: int
    note: str


PRESETS = (
    Preset(
        "OpenAI", "https://api.openai.com/v1", "gpt-4.1-mini", 128_000, "Needs a key. Documents' passages go to OpenAI."
    ),
    Preset(
        "Anthropic",
        "https://api.anthropic.com/v1/",
        "claude-haiku-4-5",
        200_000,
        "Needs a key. Documents' passages go to Anthropic.",
    ),
    Preset(
        "Ollama",
        "http://localhost:11434/v1",
        "llama3.2",
        4_096,
        "On this machine, no key. Start it with `ollama serve`.",
    ),
    Preset("vLLM", "http://localhost:8000/v1", "", 8_192, "On your own server; usually no key."),
    Preset("LM Studio", "http://localhost:1234/v1", "", 4_096, "On this machine, no key. Switch its local server on."),
    Preset("Other", "", "", 8_192, "Any server that speaks the OpenAI chat protocol, llama.cpp's for one."),
)


def preset_named(name: str) -> Preset:
    """The preset of that name; the last one, which fills nothing in, for any other."""
    return next((preset for preset in PRESETS if preset.name == name), PRESETS[-1])


def preset_of(base_url: str) -> Preset:
    """The preset whose address this is, or the last one."""
    return next((preset for preset in PRESETS if preset.base_url == base_url and base_url), PRESETS[-1])
