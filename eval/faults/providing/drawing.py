"""Which fault a request meets, and how late its answer is: drawn from a hash, so that no order of arrival matters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from providing.settings import Settings

FAULTS = ("429", "500", "503", "529", "dropped", "half_sent", "silent", "prose", "cut", "refused")
"""The faults of a request, of which it meets at most one; each has a share in the settings."""
BENT = ("unknown_code", "misquoted")
"""What may be wrong in an answer that is otherwise whole."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for one attempt: numbers from 0 to 1 that depend on seed, body and attempt only."""

    fault: str
    """One of FAULTS, or blank."""
    bent: str
    """One of BENT, or blank."""
    jitter: float
    """From -1 to 1."""
    chance: float
    """For whatever else has to be chosen: which proposal is bent, which batch request fails."""
    spared: bool
    """Whether this attempt may meet no fault."""


def drawn(settings: Settings, body: bytes, attempt: int) -> Drawn:
    """What the `attempt`th request (from 1) with this body's hash meets."""
    digest = hashlib.blake2b(b"%d|%s|%d" % (settings.seed, body, attempt), digest_size=32).digest()
    first, second, third, fourth = (int.from_bytes(digest[at : at + 8]) / 2**64 for at in range(0, 32, 8))
    may_fail = not settings.faulty_attempts or attempt <= settings.faulty_attempts
    return Drawn(
        fault=_which(settings, FAULTS, first) if may_fail else "",
        bent=_which(settings, BENT, second) if may_fail else "",
        jitter=2 * third - 1,
        chance=fourth,
        spared=not may_fail,
    )


def chance(seed: int, what: str, time: int) -> float:
    """A number from 0 to 1 for the `time`th of something."""
    digest = hashlib.blake2b(f"{seed}|{what}|{time}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _which(settings: Settings, names: tuple[str, ...], number: float) -> str:
    for name in names:
        number -= getattr(settings, f"share_{name}")
        if number < 0:
            return name
    return ""
