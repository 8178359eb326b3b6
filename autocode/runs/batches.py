"""`batches.jsonl`: which batch at the provider holds which calls of a run.

A line is written before a batch is sent, one when the provider has named it, and one when all its results are recorded.
So a process may die between any two of them, and the next one knows what to look for before it asks again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autocode.runs.journal import Journal
from autocode.runs.lines import BatchLine


@dataclass(slots=True)
class HandedIn:
    """A batch that is not done with."""

    token: str
    begun: str
    """When it was about to be sent (UTC)."""
    keys: tuple[str, ...]
    usd: float | None = None
    """The most that it can cost."""
    batch: str = ""
    """The provider's id; blank: nobody wrote down whether it arrived."""
    input_file: str = ""
    submitted: str = ""
    """When the provider took it (UTC)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of calls that a provider has not ended yet."""

    batch: str
    """The provider's id."""
    submitted: str
    """UTC."""
    calls: int
    done: int
    """How many of them are done, as the provider says; some say nothing before the end."""
    where: str
    """The provider's address."""


class Batches(Journal[BatchLine]):
    """The batches of a run."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, BatchLine)

    def open(self) -> list[HandedIn]:
        """The batches that are not done with, oldest first."""
        found: dict[str, HandedIn] = {}
        for line in self:
            if line.event == "submitting":
                found[line.token] = HandedIn(line.token, line.at, line.keys, line.usd)
            elif line.event in ("done", "never arrived"):
                found.pop(line.token, None)
            elif line.token in found:
                handed = found[line.token]
                handed.batch, handed.input_file, handed.submitted = line.batch, line.input_file, line.at
        return list(found.values())

    def known(self) -> set[str]:
        """The provider's ids of all batches of this run, those that are done with, too."""
        return {line.batch for line in self if line.batch}

    def failures(self) -> tuple[Counter[str], dict[str, str]]:
        """How often a provider failed at each call, and the last reason for it, by key."""
        times: Counter[str] = Counter()
        reasons: dict[str, str] = {}
        for line in self:
            times.update(line.failed.keys())
            reasons.update(line.failed)
        return times, reasons
