"""What left this machine: which transcripts and how many words went where, when, and under whose approval."""

from __future__ import annotations

from typing import Literal

from autocode.data import Data, Deletion, Usage
from autocode.runs import Approval, Workers

NOT_RECORDED = "not recorded"
"""Where the words go that a coder of one's own is given."""
WORKERS = "workers of an executor"
"""Where they go when an executor's workers ask a model beside them, and nobody knows on which machines those are."""


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


class SentDeletion(Data):
    """Something that a provider kept of a batch, and what came of deleting it there."""

    id: str
    """The provider's, of a file or of the batch with all that is in it."""
    at: str
    """UTC."""
    how: Deletion
    """`gone`: it was not there any more; `kept`: the provider deletes nothing."""


class SentBatch(Data):
    """A batch that calls were handed in by, and what lies of it at the provider."""

    batch: str
    """The provider's id; blank: it gave none."""
    handed_in: str
    """UTC; of one that never arrived when it was about to be sent."""
    calls: int
    state: Literal["waits", "done", "never arrived", "not known"]
    deletions: tuple[SentDeletion, ...]
    lies_there: tuple[str, ...]
    """The provider's ids of what lies there, requests or results, as far as this folder knows."""


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
    batches: tuple[SentBatch, ...] = ()
    """In the order in which they were handed in."""
    workers: tuple[Workers, ...] = ()
    """The executors whose workers made the calls, so that the words went to them, too."""


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
