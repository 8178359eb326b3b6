"""`batches.jsonl`: which batch at the provider holds which calls of a run.

A line is written before a batch is sent, one when the provider has named it, one when all its results are recorded, and
one when what the provider kept of it is deleted there. So a process may die between any two of them, and the next one
knows what to look for before it asks again, and what to delete.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from autocode.data import Deletion
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


@dataclass(slots=True)
class BatchStory:
    """What became of a batch, and what the provider kept of it."""

    token: str
    begun: str
    calls: int = 0
    batch: str = ""
    input_file: str = ""
    submitted: str = ""
    over: bool = False
    """Whether it is done with: its results are recorded, it was refused, or it never arrived."""
    there: tuple[str, ...] | None = None
    """The provider's ids of all that it kept of it; None: it has not been asked yet."""
    became: dict[str, tuple[Deletion, str]] = field(default_factory=dict)
    """What became of each of them, and when (UTC)."""

    @property
    def undeleted(self) -> tuple[str, ...] | None:
        """Those that are still to be deleted; None: nobody has asked what there is."""
        return None if self.there is None else tuple(id for id in self.there if id not in self.became)

    @property
    def lies_there(self) -> tuple[str, ...]:
        """Those that lie at the provider, as far as is known here."""
        known = self.there if self.there is not None else tuple(filter(None, [self.input_file or self.batch]))
        return tuple(id for id in known if id not in self.became or self.became[id][0] == "kept")


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
            elif line.token in found and line.event == "uploaded":
                found[line.token].input_file = line.input_file
            elif line.token in found and line.event == "submitted":
                handed = found[line.token]
                handed.batch, handed.input_file, handed.submitted = line.batch, line.input_file, line.at
        return list(found.values())

    def stories(self) -> list[BatchStory]:
        """What became of every batch, oldest first."""
        found: dict[str, BatchStory] = {}
        for line in self:
            if line.event == "submitting":
                found[line.token] = BatchStory(line.token, line.at, len(line.keys))
            elif (story := found.get(line.token)) is not None:
                story.batch = line.batch or story.batch
                story.input_file = line.input_file or story.input_file
                story.submitted = line.at if line.event == "submitted" else story.submitted
                story.over = story.over or line.event in ("done", "never arrived")
                story.there = story.there if line.there is None else line.there
                story.became.update({id: (what, line.at) for id, what in line.became.items()})
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
