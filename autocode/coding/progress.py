"""How far a run is, and the end of one that nobody waits for."""

from __future__ import annotations

from dataclasses import dataclass, field

from autocode.coding.spending import Budget
from autocode.data import Usage


@dataclass
class Progress:
    """How far a run is: for a progress bar."""

    total: int
    done: int = 0
    in_flight: int = 0
    retries: int = 0
    usage: Usage = field(default_factory=Usage)
    stopping: bool = False
    """Whether only the calls in flight are waited for, after Ctrl-C."""
    budget: Budget | None = None

    @property
    def usd(self) -> float | None:
        """What the run has cost until now, calls of earlier commands included; None where no price is known."""
        return self.budget.usd if self.budget else None


class StoppedNow(KeyboardInterrupt):
    """Ctrl-C a second time: nothing is waited for. What is still in flight may be paid and is not recorded."""
