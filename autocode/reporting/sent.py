"""What left this machine: which transcripts and how many words went where, when, and under whose approval."""

from __future__ import annotations

from typing import Literal

from autocode.data import Data, Usage
from autocode.runs import Approval

NOT_RECORDED = "not recorded"
"""Where the words go that a coder of one's own is given."""


class SentTranscript(Data):
    """What was sent of one transcript in one run. Words are spoken ones, between blanks; None: not known any more."""

    transcript: str
    text_sha256: str
    """Of the text that was sent: where a transcript was changed between two calls, each text has its own line."""
    participants: tuple[str, ...] = ()
    """By participants.csv: the pseudonym, or else the participant."""
    words_in_all: int | None
    """Of the whole transcript, whoever speaks."""
    words: int | None
    """That were sent, each counted once, however often it was sent; context included."""
    words_in_requests: int | None
    """In all requests together, each time counted."""
    words_as_context: int | None
    """Of those, in turns that were only shown."""
    words_in_repeats: int | None
    """Of those in all requests, in the second and later answers that were asked for to see the noise."""
    words_unanswered: int | None
    """More words that may have been sent, in planned calls without a recorded answer."""
    characters: int
    """Of the stretches that were sent, labels included, each counted once."""
    estimated: bool = False
    """Whether the words are told by the length of the stretches, because the text has changed or gone since."""
    calls: int
    first: str
    """When the first request with words of it began (UTC); blank: there is no recorded one."""
    last: str
    withheld_now: bool = False
    """Whether participants.csv says today that no other machine may have it."""


class SentExamples(Data):
    """The examples of a codebook, which goes with every call: they are somebody's words, too."""

    examples: int
    words: int
    sources: tuple[str, ...]
    withheld_now: tuple[str, ...] = ()
    """The sources whose words may go to no other machine today."""


class SentRun(Data):
    """What one run sent to another machine."""

    run: str
    to: str
    """The machine, by its name."""
    endpoint: str
    model: str
    codebook: str
    approvals: tuple[Approval, ...]
    first: str
    last: str
    calls: int
    """Requests with a recorded answer, of whatever kind."""
    calls_handed_in: int
    """Requests that were taken in a batch, and have no recorded answer, or none yet. Their words count as sent."""
    calls_unanswered: int
    """Other planned calls without one: they may have been sent."""
    usage: Usage
    examples: SentExamples
    transcripts: tuple[SentTranscript, ...]


class SentPlace(Data):
    """What one machine was sent, by all runs together."""

    to: str
    runs: int
    transcripts: int
    words: int | None
    """Each word counted once, whichever run sent it; None: not known of every transcript."""
    words_in_requests: int | None
    estimated: bool
    first: str
    last: str


class Stayed(Data):
    """A run that sent nothing to another machine."""

    run: str
    model: str
    why: Literal["baseline", "this machine"]
    endpoint: str = ""


class Sent(Data):
    """What left this machine by some runs."""

    format: Literal["autocode-sent/1"] = "autocode-sent/1"
    in_words: str
    places: tuple[SentPlace, ...]
    runs: tuple[SentRun, ...]
    stayed: tuple[Stayed, ...]
    notes: tuple[str, ...]
