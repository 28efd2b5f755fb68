"""The built-in model through the app's own path against llama.cpp's own timings. Bar: >= .95 of its tokens a second.

The app's speed counts from the first piece of text to the last, as they reach the caller of ChatClient.

python benchmarks/engine_speed.py [--smoke]
"""

import argparse
import time

from measure import Row, median, print_table

from lib.domain import Generated, Message, TextPiece
from lib.generation.client import ChatClient
from lib.generation.engine import Engine, built_in_client, default_threads
from lib.settings import GenerationOptions
from lib.weights import chat_model_path

ASKED = (Message("user", "Tell the story of a lighthouse keeper, at length."),)


def speeds(client: ChatClient, *, tokens: int) -> tuple[float, float]:
    """Tokens a second as the app sees them, and as llama.cpp says."""
    arrived, own, written = [], 0.0, 0
    for event in client.stream(ASKED, GenerationOptions(max_tokens=tokens)):
        if isinstance(event, TextPiece):
            arrived.append(time.perf_counter())
        elif isinstance(event, Generated):
            own, written = event.tokens_per_s or 0.0, event.usage.output_tokens
    return (written - 1) / (arrived[-1] - arrived[0]), own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="one short answer")
    smoke = parser.parse_args().smoke
    engine = Engine(chat_model_path)
    client = built_in_client(engine)
    began = time.perf_counter()
    engine.connect()
    started_s = time.perf_counter() - began
    speeds(client, tokens=8)
    measured = [speeds(client, tokens=32 if smoke else 256) for _ in range(1 if smoke else 7)]
    engine.close()
    app, own = median([pair[0] for pair in measured]), median([pair[1] for pair in measured])
    ratio = median([pair[0] / pair[1] for pair in measured])
    rows = [
        Row("start of the engine", f"{started_s:.2f} s", "anchor 0.8 s"),
        Row("llama.cpp's own timing", f"{own:.0f} tokens/s", "anchor 105-135"),
        Row("through the app", f"{app:.0f} tokens/s", ""),
        Row("share, median of pairs", f"{ratio:.3f}", ">= .95", ratio >= 0.95),
    ]
    print_table(f"The built-in model, {default_threads()} thread(s)", rows)


if __name__ == "__main__":
    main()
