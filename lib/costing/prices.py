"""Prices of hosted models, from the tables that genai-prices carries: offline, dated, sourced, never updated here."""

import re
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING

from lib.addresses import is_loopback
from lib.domain import Usage

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

_VERIFIED = re.compile(r"(?:verified|checked) (?:on )?(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens, as `table` took them from `source`; `checked` is when, if it says so."""

    input_usd_per_mtok: float
    output_usd_per_mtok: float
    provider: str
    source: str
    table: str
    checked: date | None


def cost_usd(model: str, base_url: str, usage: Usage) -> float | None:
    """What this usage cost: 0.0 for a model on this machine (loopback or no address), None if no price is known."""
    if not base_url or is_loopback(base_url):
        return 0.0
    found = _calculated(model, base_url, usage)
    return None if found is None else float(found.total_price)


def price_of(model: str, base_url: str) -> Price | None:
    """The price list entry of a hosted model; None where there is none.

    A thousand tokens are priced and scaled up: a call of a million would fall under long-context prices.
    """
    found = _calculated(model, base_url, Usage(1_000, 1_000))
    if found is None:
        return None
    table = f"genai-prices {version('genai-prices')}"
    return Price(
        float(found.input_price * 1_000),
        float(found.output_price * 1_000),
        found.provider.name,
        (found.provider.pricing_urls or [table])[0],
        table,
        _checked(found.model.price_comments or ""),
    )


def _calculated(model: str, base_url: str, usage: Usage) -> "PriceCalculation | None":
    import genai_prices

    counted = genai_prices.Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        return genai_prices.calc_price(counted, model, provider_api_url=base_url)
    except LookupError:
        return None


def _checked(comments: str) -> date | None:
    dates = _VERIFIED.findall(comments)
    return date.fromisoformat(max(dates)) if dates else None
