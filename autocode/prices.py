"""What calls to a model cost, from price lists that come with the library genai-prices; nothing is fetched for it.

An estimate, to be read before anything is paid: a provider's own bill counts.

The list gives a batch's price where it is asked with the words `{"processing": "batch"}`. With any other words, for a
model without a batch price, and for a model that it knows by way of another provider it gives the full price, in
silence; tokens from a cache it prices in full where it knows no price for them, and a call that it cannot price at
all, such as an embedding, as nothing. So what is asked for is first looked up here, and what is not there is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from autocode.data import Data, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

SHORTEST_CACHED = 1024
"""Tokens that a prompt's beginning must have before providers' caches keep it (OpenAI; the least of Anthropic's)."""
_BATCH = {"processing": "batch"}


class Price(Data):
    """What some calls cost in US dollars, by a price list of a certain date."""

    usd: float
    """Every token at its full price."""
    usd_cached: float | None = None
    """If the provider's cache serves the beginning of every call but the first; None: see `cached_reason`.

    The first call's beginning at the price of writing it into the cache, where the list has one."""
    model: str
    """As the price list names it."""
    source: str
    """The price list, and the last change of a price in it."""
    usd_batch: float | None = None
    """All calls handed in as one batch; None: see `batch_reason`."""
    usd_batch_cached: float | None = None
    """As a batch, and the cache serves what it may; None: see `batch_cached_reason`."""
    cached_reason: str = ""
    """Why there is no price with the provider's cache."""
    batch_reason: str = ""
    """Why there is no price as a batch."""
    batch_cached_reason: str = ""
    """Why there is no price as a batch with the cache."""
    usd_writing: float | None = None
    """How much dearer the first call is because its beginning is written into the cache; None: no dearer."""


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
    plain = _rates(model, base_url, batch=False)
    if plain is None or not calls:
        return None
    usd = plain.usd(prompt_tokens, completion_tokens, calls=calls)
    usd_cached, why = _with_cache(plain, calls, prompt_tokens, completion_tokens, prefix_tokens)
    batch = _rates(model, base_url, batch=True)
    none = "no batch price known for this model"
    usd_batch, usd_batch_cached, batch_why = None, None, none
    if batch is not None:
        usd_batch = batch.usd(prompt_tokens, completion_tokens, calls=calls)
        usd_batch_cached, batch_why = _with_cache(batch, calls, prompt_tokens, completion_tokens, prefix_tokens)
    return Price(
        usd=usd,
        usd_cached=usd_cached,
        model=plain.model,
        source=price_list() + _by_name(plain.model, base_url),
        usd_batch=usd_batch,
        usd_batch_cached=usd_batch_cached,
        cached_reason=why,
        batch_reason=none if batch is None else "",
        batch_cached_reason=batch_why,
        usd_writing=_dearer(plain, prompt_tokens, prefix_tokens, calls=calls) if usd_cached is not None else None,
    )


def spent(model: str, usage: Usage, *, base_url: str = "", batch: bool = False, calls: int = 1) -> float | None:
    """US dollars for tokens that were used, those from and into a cache at their own prices; None: no price is known.

    `usage` is that of one call, or the sum of `calls` calls: where prices rise with the length of a call, the mean
    call decides. With `batch` None where no batch price is known. Tokens of a cache without a price of their own are
    counted as any others, for they are paid for. Those put into a cache are taken as kept for five minutes, which is
    what we ask for: an hour costs more. Quick enough to be asked after every call.
    """
    rates = _rates(model, base_url, batch=batch)
    if rates is None:
        return None
    read = min(usage.cached, usage.input)  # some servers count what they hold, not what was sent
    written = min(usage.written, usage.input - read)
    return rates.usd(usage.input, usage.output, read=read, written=written, calls=max(calls, 1))


def cost_ahead(
    model: str, prompt_tokens: int, max_output_tokens: int, *, base_url: str = "", batch: bool = False
) -> float | None:
    """The most that one call can cost in US dollars: nothing from a cache, and the longest answer allowed.

    Where writing to the cache costs more than sending, all of the prompt is taken as written. None where no price is
    known. A bound only as far as `prompt_tokens` is one: counted here, they are an estimate for models not of OpenAI.
    """
    rates = _rates(model, base_url, batch=batch)
    if rates is None:
        return None
    return max(
        rates.usd(prompt_tokens, max_output_tokens),
        rates.usd(prompt_tokens, max_output_tokens, written=prompt_tokens),
    )


@cache
def price_list() -> str:
    """The price list in words: which one, and when a price in it last changed, for it has no date of its own."""
    from importlib.metadata import version

    today = datetime.now(UTC).date()
    changes = [start for provider in _snapshot().providers for model in provider.models for start in _starts(model)]
    past = [start for start in changes if start <= today]
    last = f", the last change of a price in it {max(past).isoformat()}" if past else ""
    return f"genai-prices {version('genai-prices')}{last}"


def _by_name(known_as: str, base_url: str) -> str:
    """What is to be told where an address of one's own is priced as the vendor of a model of that name."""
    if not base_url:
        return ""
    try:
        _snapshot().find_provider("", None, base_url)
    except LookupError:
        return f"; priced as {known_as} at its vendor, which {base_url} may not be"
    return ""


def _starts(model: ModelInfo) -> Iterator[date]:
    """The days from which prices of a model hold."""
    entries = [*(model.prices if isinstance(model.prices, list) else ()), *(model.price_variants or ())]
    for entry in entries:
        if (start := getattr(entry.constraint, "start_date", None)) is not None:
            yield start


@dataclass(frozen=True, slots=True)
class _Rate:
    """US dollars for one token, and for one token of a call that is longer than so many."""

    usd: float
    longer: tuple[tuple[float, float], ...] = ()

    def at(self, length: float) -> float:
        usd = self.usd
        for start, dearer in self.longer:
            if length > start:
                usd = dearer
        return usd


@dataclass(frozen=True, slots=True)
class _Rates:
    """What a model's tokens cost, as `model` in the list."""

    model: str
    sent: _Rate
    received: _Rate
    read: _Rate | None
    """From the cache; None: no price is known."""
    written: _Rate | None
    """Into the cache; None: the same as sent."""
    a_call: float

    def usd(self, sent: int, received: int, *, read: int = 0, written: int = 0, calls: int = 1) -> float:
        """US dollars for calls with so many tokens in all; those read from the cache or written to it are of `sent`."""
        length = sent / calls
        fresh = self.sent.at(length)
        from_cache = fresh if self.read is None else self.read.at(length)
        to_cache = fresh if self.written is None else self.written.at(length)
        return (
            (sent - read - written) * fresh
            + read * from_cache
            + written * to_cache
            + received * self.received.at(length)
            + calls * self.a_call
        )


def _with_cache(rates: _Rates, calls: int, sent: int, received: int, prefix: int) -> tuple[float | None, str]:
    """US dollars if the cache serves the shared beginning from the second call on; else why that is not known."""
    if rates.read is None:
        return None, "no price known for tokens that the cache serves"
    if calls == 1:
        return None, "there is only one call"
    if prefix < SHORTEST_CACHED:
        return None, f"the calls share {prefix:,} tokens, and a cache keeps no fewer than {SHORTEST_CACHED:,}"
    usd = rates.usd(sent, received, read=(calls - 1) * prefix, written=prefix, calls=calls)
    if usd >= rates.usd(sent, received, calls=calls):
        return None, "the cache makes it no cheaper"
    return usd, ""


def _dearer(rates: _Rates, sent: int, prefix: int, *, calls: int) -> float | None:
    """What writing the shared beginning into the cache once costs more than sending it; None: nothing."""
    more = rates.usd(sent, 0, written=prefix, calls=calls) - rates.usd(sent, 0, calls=calls)
    return more if more > 0 else None


@cache
def _rates(model: str, base_url: str, *, batch: bool) -> _Rates | None:
    """A model's prices as they are when they are first asked for; None where the list has none of that kind."""
    found = listed(model, base_url)
    if found is None:
        return None
    provider, entry = found
    prices, own = entry.get_prices(datetime.now(UTC)), None
    if batch:
        # Of a model that is known by way of another provider the variants are that provider's.
        own = _batch_prices(entry) if any(entry is each for each in provider.models) else None
        if own is None or own.input_mtok is None or own.output_mtok is None:
            return None
    sent, received = _rate((own or prices).input_mtok), _rate((own or prices).output_mtok)
    if sent is None or received is None:
        return None
    # A batch's cache has a price only where the list gives one for batches: others print none, and promise none.
    read, written = _rate((own or prices).cache_read_mtok), _rate((own or prices).cache_write_mtok)
    each = _rate(prices.requests_kcount, per=1000)
    return _Rates(
        model=f"{provider.id}/{entry.id}",
        sent=sent,
        received=received,
        read=read,
        written=written,
        a_call=each.usd if each else 0.0,
    )


def _batch_prices(entry: ModelInfo) -> ModelPrice | None:
    """The prices that the list gives for a batch, and only those; None where it gives none today."""
    now = datetime.now(UTC)
    for variant in entry.price_variants or ():
        if variant.when == _BATCH and (variant.constraint is None or variant.constraint.active(now)):
            return variant.prices
    return None


def _rate(entry: Decimal | TieredPrices | None, *, per: int = 1_000_000) -> _Rate | None:
    from genai_prices.types import TieredPrices

    if entry is None:
        return None
    if isinstance(entry, TieredPrices):
        return _Rate(float(entry.base) / per, tuple((tier.start, float(tier.price) / per) for tier in entry.tiers))
    return _Rate(float(entry) / per)


def listed(model: str, base_url: str = "") -> tuple[Provider, ModelInfo] | None:
    """The list's entry for a model, and whose it is; None where it has none.

    An address that the list does not know may be a gateway to the vendor, so the vendor's model of that name counts.
    """
    vendor, _, name = model.partition("/")
    for provider, address in ((None, base_url), (vendor, None)) if base_url else ((vendor, None),):
        try:
            return _snapshot().find_provider_model(name, None, provider, address)
        except LookupError:
            continue
    return None


@cache
def _snapshot() -> DataSnapshot:
    """The prices in the package, whatever a program around us has fetched."""
    from genai_prices.data import providers
    from genai_prices.data_snapshot import DataSnapshot

    return DataSnapshot(providers=providers, from_auto_update=False)
