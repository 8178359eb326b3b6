"""What coders have to read again since the codebook changed."""

from __future__ import annotations

from typing import Literal, NamedTuple

from autocode.data.base import Data, Kind
from autocode.data.texts import Passage

OwedState = Literal["stale", "new", "split", "done", "carried", "not declared"]
"""`stale`: the definition changed after they coded; `new`: they never had the code; `split`: they had it as a part of
another; `done`: read again since; `carried`: merged, so that their coding counts as it; `not declared`: nobody wrote
down which version they worked with, and the code has changed since the first."""


class DecidedUnder(NamedTuple):
    """A stretch on which somebody decided on a code under a definition that is not today's."""

    passage: Passage
    code: str
    definition: str
    """Which; decisions under equal ones can be compared."""


class Rereading(Data):
    """What one coder has to read again for one code."""

    code: str
    name: str
    coder: str
    kind: Kind
    state: OwedState
    under: tuple[str, ...]
    """The versions that their standing decisions were made under."""
    since: str = ""
    """The version that made them stale, or brought the code."""
    recode: bool = False
    """Whether it has to be read again: `changes` says so (`recode: true`), or the code is new to them."""
    declared: bool = True
    """Whether `changes` tells of the edit; else the definitions were only found to differ."""
    why: str = ""
    passages: int = 0
    """Passages that they gave the code, or the codes it was made of, before it changed."""
    transcripts: tuple[str, ...] = ()
    """Where those decisions still stand; for what they did not code, too."""
    done_passages: int = 0
    done_transcripts: tuple[str, ...] = ()


class RereadingList(Data):
    """The re-reading list of a study, code by code and coder by coder, with what is owed in all."""

    format: Literal["autocode-rereading/1"] = "autocode-rereading/1"
    codebook: str
    version: str
    rows: tuple[Rereading, ...]
    passages: int = 0
    """Passages to read again, each counted once for each coder."""
    transcripts: int = 0
    """Transcripts to read again, each counted once for each coder; those of the passages among them."""
    stale_passages: int = 0
    """Passages under a definition that has changed, whether or not anybody asked for them to be read again."""
    skipped: tuple[str, ...] = ()
    """Files that cannot be read, where somebody said to go on without."""
    notes: tuple[str, ...] = ()
