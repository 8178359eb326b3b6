"""A figure of ours beside a published one: what the scripts of this folder print, and when they end with 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LAST_DIGIT = 0.00005
"""Half of the fourth digit, to which most figures are given."""
BINARY = 1e-9
"""Numbers with a decimal point are not exact."""


@dataclass(frozen=True)
class Beside:
    """One figure."""

    what: str
    ours: float | None
    given: float
    within: float = LAST_DIGIT
    """How far they may differ: half of the last digit given."""

    @property
    def alike(self) -> bool:
        return self.ours is not None and abs(self.ours - self.given) <= self.within + BINARY

    def __str__(self) -> str:
        verdict = "met   " if self.alike else "MISSED"
        if self.ours is None:
            return f"{verdict} {self.what}: undefined, given {self.given:g}"
        digits = 0 if not self.within else 6
        return (
            f"{verdict} {self.what}: {self.ours:.{digits}f}, given {self.given:g}, {self.ours - self.given:+.{digits}f}"
        )


def report(title: str, figures: Sequence[Beside]) -> int:
    """Print all figures and how many differ; 1 if any does."""
    for figure in figures:
        print(figure)
    missed = sum(not figure.alike for figure in figures)
    print(f"{title}: {len(figures)} figures, {missed} differ by more than their last digit")
    return int(missed > 0)
