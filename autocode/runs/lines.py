"""The lines of a run's two journals: what is planned, and the head of what was answered.

They come by the hundred thousand, so they are slotted dataclasses, and a call's head leaves the reply in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

from autocode.data import CallPassage, Outcome, Usage


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of `plan.jsonl`: one call to make, with the stretches it codes and those it is only shown."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    chunk: int
    key: str
    passages: tuple[CallPassage, ...]
    kind: Literal["code", "requote"] = "code"
    parent: str | None = None
    """The key of the call whose reply was cut, where this is a half of it; or of that whose quotes are asked again."""
    repeat: int = 1
    codes: int = 0
    """Which of the run's sets of codes is asked for: its place in `code_sets`."""
    context: tuple[CallPassage, ...] = ()
    size: int | None = None
    """Of the transcript's file in bytes, where the call is about one."""
    modified: str | None = None
    """When that file was last changed (UTC)."""
    v: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class CallHead:
    """A line of `calls.jsonl` without the reply, and where in the file it stands."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    key: str
    passages: tuple[CallPassage, ...]
    outcome: Outcome
    started: str
    kind: Literal["code", "requote", "suggest"] = "code"
    parent: str | None = None
    repeat: int = 1
    model_served: str = ""
    usage: Usage | None = None
    place: int = 0
    """The byte at which the line begins."""
