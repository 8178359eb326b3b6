"""What goes to a coder and what comes back: chunks, prompts, replies, and the calls that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from autocode.data.base import Data, Outcome
from autocode.data.texts import Passage


class Chunk(Data):
    """What one call codes, and what it is only shown."""

    index: int
    parts: tuple[Passage, ...]
    """Mostly one passage; several where short answers share a call."""
    numbers: tuple[int, ...] = ()
    """The number of each part, from 1, where they are numbered; equal answers share one. Blank: there is one text."""
    context: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one speaker says in a passage, without the label: for coders that are not language models."""

    speaker: str
    words: str
    part: int | None = None


class Prompt(Data):
    """What goes to a coder: instructions and codebook, then a little context, then the passage."""

    prefix: str
    """The same in every call of a run, so that providers can serve it from their cache."""
    context: str
    """Turns before the passage, shown but not coded; may be blank."""
    passage: str
    """The transcript's own words; with several parts, each under its number."""
    spoken: tuple[Spoken, ...] = ()
    """The turns of the passage that may be coded."""
    parts: int = 1
    """How many numbered parts the passage has; 1: it is not numbered."""
    codes: tuple[str, ...] = ()
    """The ids that may be answered here; blank: all that the coder was made with."""


class Usage(Data):
    """What a call used, in tokens, as the provider counted them."""

    input: int = 0
    """Tokens sent, those served from a cache and those put into one included."""
    output: int = 0
    cached: int = 0
    """Tokens sent that a provider's cache served."""
    written: int = 0
    """Tokens sent that a provider put into its cache, which some take more for; 0, too, where it does not tell."""

    def plus(self, more: Usage | None) -> Usage:
        """The sum of two."""
        if more is None:
            return self
        return Usage(
            input=self.input + more.input,
            output=self.output + more.output,
            cached=self.cached + more.cached,
            written=self.written + more.written,
        )

    def without(self, part: Usage) -> Usage:
        """What is left of a sum when one part of it is taken away."""
        return Usage(
            input=self.input - part.input,
            output=self.output - part.output,
            cached=self.cached - part.cached,
            written=self.written - part.written,
        )


class Proposal(Data):
    """A claim of a coder, not yet located: this code, these words, for this reason."""

    why: str = ""
    code: str = ""
    quote: str = ""
    part: int | None = None
    """The number of the part it speaks of, where a call holds several."""
    item: int = 0
    """Its place in the reply, from 0."""
    sub: int = 0
    """Its place in a list of codes given for one item, from 0."""


class Reply(Data):
    """What came back from a coder."""

    proposals: tuple[Proposal, ...] = ()
    outcome: Outcome = "answered"
    usage: Usage | None = None
    raw: Any = None
    """The provider's whole body; None for coders that have none."""
    model: str = ""
    """The model that answered, as the provider names it."""


@dataclass(frozen=True, slots=True)
class CallPassage:
    """A stretch of a transcript that a call was asked about."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    transcript: str
    text_sha256: str
    start: int
    end: int
    part: int | None = None


class Call(Data):
    """One audited, paid attempt and its answer: a line of `calls.jsonl`."""

    v: Literal[1] = 1
    key: str
    """SHA-256 of canonical JSON of the request body and the repeat index."""
    kind: Literal["code", "requote", "suggest"] = "code"
    parent: str | None = None
    """The key of the call whose passage was halved into this one."""
    passages: tuple[CallPassage, ...]
    repeat: int = 1
    outcome: Outcome
    model_asked: str
    model_served: str = ""
    usage: Usage | None = None
    batch: str | None = None
    """The provider's id of the batch that it came by; None: it was asked and answered at once."""
    raw: Any = None
    """The provider's whole body. Only `started` and `seconds` follow it: journals are read by their heads."""
    started: str
    """UTC; of a batch when it was submitted."""
    seconds: float
