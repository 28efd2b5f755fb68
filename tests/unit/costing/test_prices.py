import pytest

from lib.costing.prices import cost_usd, price_of
from lib.domain import Usage

USAGE = Usage(input_tokens=1_000_000, output_tokens=100_000)
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    "address", ["", "http://127.0.0.1:8080/v1", "http://localhost:11434/v1", "http://[::1]:1234/v1"]
)
def test_a_model_on_this_machine_costs_nothing(address: str) -> None:
    assert cost_usd("gpt-4o-mini", address, USAGE) == 0.0


@pytest.mark.parametrize(
    ("model", "address"),
    [("gpt-4o-mini", "https://models.example.org/v1"), ("no-such-model", OPENAI), ("m", "http://10.0.0.7:8000/v1")],
)
def test_an_unknown_price_is_none_and_not_zero(model: str, address: str) -> None:
    assert cost_usd(model, address, USAGE) is None
    assert price_of(model, address) is None


def test_a_known_price_is_tokens_times_price() -> None:
    """gpt-4o-mini: $0.15 in and $0.60 out a million, so a million in and a tenth out cost 21 cents."""
    assert cost_usd("gpt-4o-mini", OPENAI, USAGE) == pytest.approx(0.15 + 0.06)


def test_a_price_names_its_source_and_its_table() -> None:
    price = price_of("gpt-4o-mini", OPENAI)
    assert price is not None
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == pytest.approx((0.15, 0.60))
    assert price.source.startswith("https://")
    assert price.table.startswith("genai-prices ")
    assert price.checked is not None


def test_the_quoted_price_is_that_of_an_ordinary_call_where_long_ones_cost_more() -> None:
    price = price_of("claude-sonnet-4-5", "https://api.anthropic.com/v1/")
    assert price is not None
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == pytest.approx((3.0, 15.0))
