"""Everything that can be set at the provider: on the command line, in Python, and while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Settings:
    """How the provider behaves. Shares are of the requests, from 0 to 1; the share_… faults exclude one another."""

    seed: int = 0
    """Decides, with a request's body and how often it came, which fault it meets and how late its answer is."""
    faulty_attempts: int = 0
    """Only the first so many attempts of a body may meet a fault; 0: each may."""

    latency_seconds: float = 0.0
    jitter_seconds: float = 0.0
    """The answer comes `latency` later, give or take up to this much."""

    share_429: float = 0.0
    retry_after_seconds: float = 1.0
    """What a 429 and a 503 say in Retry-After; negative: nothing."""
    share_500: float = 0.0
    share_503: float = 0.0
    share_529: float = 0.0
    share_dropped: float = 0.0
    """Of connections closed without an answer."""
    share_half_sent: float = 0.0
    """Of answers that break off in the middle of the body."""
    share_silent: float = 0.0
    """Of requests that are never answered, on a connection that stays open."""
    share_prose: float = 0.0
    """Of answers that hold sentences and no JSON."""
    share_cut: float = 0.0
    """Of answers that end at the output limit with half a JSON."""
    share_refused: float = 0.0
    share_unknown_code: float = 0.0
    """Of answers in which one proposal has a code that nobody knows."""
    share_misquoted: float = 0.0
    """Of answers in which one word of one quote is another."""

    max_in_flight: int = 0
    """More requests at once get a 429; 0: no limit."""
    quota_after: int = 0
    """After so many answered requests the credit is used up; 0: never."""
    billing_status: int = 402
    """How the Anthropic form says so: 402 (billing_error) or 400 (credit balance too low). OpenAI's is a 429."""
    key: str = ""
    """The key that is required; blank: any, or none."""
    models: tuple[str, ...] = ()
    """The models there are; empty: any name is one."""
    context_tokens: int = 0
    """Longer prompts are refused; 0: no limit."""
    output_tokens: int = 0
    """Longer answers are cut, as at the limit that a request states itself; 0: only at that."""
    cache_min_tokens: int = 1024
    """From so many tokens on, a prefix that was sent before is told as cached in `usage`."""

    batch_seconds: float = 0.0
    """How long a batch takes."""
    batch_share_503: float = 0.0
    """Of the requests about files and batches (upload, poll, fetch) that find the provider busy."""
    batch_share_errored: float = 0.0
    batch_share_expired: float = 0.0
    """Of the requests of a batch. In OpenAI's form the batch then ends as expired."""
    batch_expires_after: float = -1.0
    """The whole batch expires with this share of it done (the first requests); negative: it does not."""
    batch_shuffled: bool = False
    """Results come in another order than the requests."""
    delete_status: int = 0
    """Deletions of files and batches are answered with this status, and nothing is deleted; 0: they are done."""
    batch_max_requests: int = 0
    batch_max_bytes: int = 0
    """Larger batches are refused; 0: no limit."""

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """The same settings with some changed. Raises ValueError for a name or a kind of value that is wrong."""
        kinds = {field.name: type(getattr(Settings(), field.name)) for field in fields(Settings)}
        values: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f'there is no setting "{name}"; there are {", ".join(kinds)}')
            kind = kinds[name]
            if kind is tuple:
                values[name] = (value,) if isinstance(value, str) else tuple(value)
            elif kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
                values[name] = float(value)
            elif type(value) is kind:
                values[name] = value
            else:
                raise ValueError(f'the setting "{name}" takes a {kind.__name__}, not {value!r}')
        new = replace(self, **values)
        shares = [name for name in kinds if "share_" in name]
        if any(not 0 <= getattr(new, name) <= 1 for name in shares):
            raise ValueError("a share lies between 0 and 1")
        return new
