"""What a run would ask and cost, in lines that a person reads before paying; the same for a check and a dry run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autocode.data import Usage
from autocode.estimate import Estimate
from autocode.prices import Price

_LABELS = ("answers at once", "as a batch, within a day")
_NO_PRICE = "-"
"""The reason follows below the table."""


def cost_lines(asking: Estimate, width: int) -> list[str]:
    """The calls, their tokens and their price, in lines no longer than `width`."""
    return [
        line
        for paragraph in _paragraphs(asking)
        for line in (textwrap.wrap(paragraph, width, break_on_hyphens=False) if len(paragraph) > width else [paragraph])
    ]


def _paragraphs(asking: Estimate) -> Iterator[str]:
    if not asking.calls:
        yield f"{asking.model}: nothing is left to ask; every passage has its answer in the run folder."
        return
    asked = f"{_many(asking.calls, 'call')}, {asking.prompt_tokens:,} prompt tokens"
    if asking.baseline:
        yield (
            f"No model is named, so the baseline would code: nothing is paid. A model would get {asked} "
            f"and give about {asking.completion_tokens:,}; name one with --model to see its price."
        )
        return
    form = f" and {asking.form_tokens:,} for the form of the answers" if asking.form_tokens else ""
    first = f"{asking.model}: {asked}{form}; about {asking.completion_tokens:,} tokens of answers."
    if asking.calls_answered:
        stand = "call more stands" if asking.calls_answered == 1 else "calls more stand"
        first += f" {asking.calls_answered:,} {stand} answered in the run folder."
    yield first
    yield from _fitting(asking)
    yield from _priced(asking)


def _priced(asking: Estimate) -> Iterator[str]:
    """The four prices, and why one is missing."""
    price = asking.price
    if price is None:
        yield "No price is known for this model, so there are only tokens to go by."
        yield _estimated(asking)
        return
    rows = ((price.usd, price.usd_cached), (price.usd_batch, price.usd_batch_cached))
    yield ""
    yield f"{'US dollars, about':<26}{'without cache':>15}{'with cache':>15}"
    for label, row in zip(_LABELS, rows, strict=True):
        yield f"{label:<26}" + "".join(f"{dollars(usd):>15}" for usd in row)
    yield ""
    yield from _reasons(price)
    if price.usd_cached is not None or price.usd_batch_cached is not None:
        yield (
            "With cache: if the provider's cache serves instructions and codebook from the second call on, which it "
            "mostly does, but does not promise, least of all in a batch." + _writing(price)
        )
    yield f"Prices: {price.model} in {price.source}."
    yield _estimated(asking)


def _writing(price: Price) -> str:
    """That the cache is filled once, and what that costs, where it costs more than sending."""
    if price.usd_writing is None:
        return ""
    return (
        f" Filling it makes the first call {dollars(price.usd_writing)} dearer, and any other that comes before it is "
        "filled or after it has been emptied."
    )


def _reasons(price: Price) -> Iterator[str]:
    """Why there are prices that are not known, each reason once."""
    if price.cached_reason:
        yield f"With cache: {price.cached_reason}."
    if price.batch_reason:
        yield f"As a batch: {price.batch_reason}."
    elif price.batch_cached_reason and price.batch_cached_reason != price.cached_reason:
        yield f"As a batch with cache: {price.batch_cached_reason}."


def _estimated(asking: Estimate) -> str:
    if asking.price is not None and asking.price.model.startswith("openai/"):
        return asking.estimate
    return f"Tokens are counted as OpenAI's models count them, an estimate for others. {asking.estimate}"


def _fitting(asking: Estimate) -> Iterator[str]:
    """That the longest call fits the model, or how long it is; calls that do not fit have a warning of their own."""
    longest = f"longest has {asking.longest_call:,} tokens and its answer room for {asking.answer_room:,}"
    if asking.too_long is None and asking.context_window is not None:
        yield f"Every call fits: the {longest}; the model takes {asking.context_window:,}."
    elif asking.context_window is None:
        yield f"How much the model takes in one call is not known here: the {longest}."


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def in_cache(usage: Usage) -> str:
    """What of the tokens sent came from a provider's cache or went into it, in brackets; blank: nothing.

    >>> in_cache(Usage(input=9000, cached=5000, written=1200)), in_cache(Usage(input=9000))
    (' (5,000 from a cache, 1,200 into it)', '')
    """
    told = [f"{usage.cached:,} from a cache"] if usage.cached or usage.written else []
    told += [f"{usage.written:,} into it"] if usage.written else []
    return f" ({', '.join(told)})" if told else ""


def dollars(usd: float | None) -> str:
    """A sum that can be read: cents, and below ten cents two figures that are not zero.

    >>> dollars(1234.5), dollars(0.00434), dollars(0.00000012), dollars(None)
    ('1,234.50', '0.0043', 'under 0.0001', '-')
    """
    if usd is None:
        return _NO_PRICE
    if 0 < usd < 0.0001:
        return "under 0.0001"
    return f"{usd:,.2f}" if usd >= 0.1 or usd == 0 else f"{usd:#.2g}"
