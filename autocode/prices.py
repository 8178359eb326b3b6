"""What calls to a model cost, from price lists that come with the library genai-prices; nothing is fetched for it.

An estimate, to be read before anything is paid: a provider's own bill counts.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from autocode.data import Data

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot

SHORTEST_CACHED = 1024
"""Tokens that a prompt's beginning must have before providers' caches keep it (OpenAI; the least of Anthropic's)."""


class Price(Data):
    """What some calls cost in US dollars, by a price list of a certain date."""

    usd: float
    """Every token at its full price."""
    usd_cached: float | None = None
    """If the provider's cache serves the beginning of every call but the first; None: it does not, or has no price."""
    model: str
    """As the price list names it."""
    source: str
    """The price list, and the last change of a price in it."""


WORDS_A_PROPOSAL = 30
"""A model is expected to propose one code for so many words that may be coded, as people do: a published Taguette
project (SERDIF, 17 documents, 57,930 words) holds 1,930 codings, 26 words long in the mean …"""
TOKENS_A_PROPOSAL = 75
"""… and to spend so many tokens on it: such a quote, a reason of one sentence, an id."""
ESTIMATE = (
    f"Answers are estimated: {TOKENS_A_PROPOSAL} tokens a proposal, a proposal for every {WORDS_A_PROPOSAL} words; "
    "what a model thinks to itself is not in it."
)


def answer_tokens(words: int) -> int:
    """How many tokens of answers are expected for so many words that may be coded: the rule of `ESTIMATE`."""
    return round(words / WORDS_A_PROPOSAL * TOKENS_A_PROPOSAL)


def price(
    model: str,
    *,
    calls: int,
    prompt_tokens: int,
    completion_tokens: int,
    prefix_tokens: int = 0,
    base_url: str = "",
) -> Price | None:
    """What `calls` calls cost, with so many tokens sent and received in all; None where no price is known.

    `prefix_tokens` is the beginning that all calls share. Prices that rise with the length of a call are taken for the
    mean call. With a `base_url` the provider is known by that address, else by what stands before the model's `/`.

    >>> price("openai/a-model-that-nobody-sells", calls=1, prompt_tokens=1000, completion_tokens=10) is None
    True
    """
    if not calls:
        return None
    vendor, _, name = model.partition("/")
    sent, received = math.ceil(prompt_tokens / calls), math.ceil(completion_tokens / calls)
    full = _one_call(name, vendor, base_url, sent, received)
    if full is None:
        return None
    usd, known_as = full
    cached = None
    if calls > 1 and prefix_tokens >= SHORTEST_CACHED:
        first = _one_call(name, vendor, base_url, sent, received, writes=prefix_tokens)
        later = _one_call(name, vendor, base_url, sent, received, reads=prefix_tokens)
        if first and later and later[0] < usd:
            cached = first[0] + (calls - 1) * later[0]
    return Price(usd=calls * usd, usd_cached=cached, model=known_as, source=price_list())


@cache
def price_list() -> str:
    """The price list in words: which one, and when a price in it last changed, for it has no date of its own."""
    from importlib.metadata import version

    today = datetime.now(UTC).date()
    changes = [
        start
        for provider in _snapshot().providers
        for model in provider.models
        if isinstance(model.prices, list)
        for entry in model.prices
        if (start := getattr(entry.constraint, "start_date", None)) is not None and start <= today
    ]
    last = f", the last change of a price in it {max(changes).isoformat()}" if changes else ""
    return f"genai-prices {version('genai-prices')}{last}"


@cache
def _snapshot() -> DataSnapshot:
    """The prices in the package, whatever a program around us has fetched."""
    from genai_prices.data import providers
    from genai_prices.data_snapshot import DataSnapshot

    return DataSnapshot(providers=providers, from_auto_update=False)


def _one_call(
    name: str, vendor: str, base_url: str, sent: int, received: int, *, reads: int = 0, writes: int = 0
) -> tuple[float, str] | None:
    """What one call costs, and as what the list knows the model."""
    from genai_prices import Usage

    usage = Usage(input_tokens=sent, output_tokens=received, cache_read_tokens=reads, cache_write_tokens=writes)
    try:
        found = _snapshot().calc(
            usage,
            name,
            provider_id=None if base_url else vendor,
            provider_api_url=base_url or None,
            genai_request_timestamp=None,
        )
    except (LookupError, ValueError):  # not in the list, or without a price for one of these
        return None
    return float(found.total_price), f"{found.provider.id}/{found.model.id}"
