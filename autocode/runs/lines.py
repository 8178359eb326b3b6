"""The lines of a run's journals: what is planned, the head of what was answered, and what became of batches.

They come by the hundred thousand, so they are slotted dataclasses, and a call's head leaves the reply in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from autocode.data import CallPassage, Deletion, Outcome, Usage


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
    batch: str | None = None
    """The provider's id of the batch that it came by."""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line of `batches.jsonl`: something that happened to one batch. The lines with one token are its story."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    token: str
    """Our own name for it, made before anything is sent; where the provider takes one, it stands in its metadata."""
    event: Literal["submitting", "uploaded", "submitted", "never arrived", "done", "deleted"]
    """About to be sent; its requests are a file at the provider; known to the provider under `batch`; never made there;
    its results are all recorded; what the provider kept of it was deleted there, or some of it."""
    at: str
    """UTC."""
    keys: tuple[str, ...] = ()
    """Of `submitting`: the calls that it holds."""
    usd: float | None = None
    """Of `submitting`: the most that it can cost; None where no price is known."""
    batch: str = ""
    """Of `submitted`: the provider's id."""
    input_file: str = ""
    """Of `uploaded` and `submitted`: the provider's id of the file with the requests, where there is one."""
    failed: dict[str, str] = field(default_factory=dict)
    """Of `done`: the calls that the provider failed at, each with the reason; nothing was paid for them."""
    late: int = 0
    """Of `done`: how many calls expired, were cancelled or are missing in the results."""
    note: str = ""
    v: Literal[1] = 1
    there: tuple[str, ...] | None = None
    """Of `done`, `never arrived` and `deleted`: the provider's ids of all that it kept of it; None: not asked yet."""
    became: dict[str, Deletion] = field(default_factory=dict)
    """Of `deleted`: what became of each of them. One that is not named is still to be deleted."""
