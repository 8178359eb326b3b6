"""What a coder marked, and what became of the files it was read from."""

from __future__ import annotations

from typing import Literal

from autocode.data.base import Data, Decision, Kind, Match, Problem, Stage
from autocode.data.texts import Passage, Span


class Grounding(Data):
    """Where a quote stands in a text, and how it was found."""

    match: Match
    span: Span | None = None
    outside: bool = False
    """It stands in the text, but not in the passage it was said to come from."""
    ambiguous: bool = False
    """It stands there more than once; the first place is given."""
    reasons: tuple[str, ...] = ()
    parts: tuple[Span, ...] = ()
    """The pieces of a quote with something left out between them."""


class CodedSegment(Data):
    """A code on a stretch of a transcript: a located claim. `span` is None where it was not found."""

    id: str
    transcript_id: str
    code: str
    span: Span | None
    match: Match = ""
    problem: tuple[Problem, ...] = ()
    said: str = ""
    """The coder's wording, where it differs from the transcript's."""
    why: str = ""
    memo: str = ""
    rating: float | None = None
    decision: Decision = "yes"

    @property
    def counts(self) -> bool:
        """Whether it is coding: located, with a known code, and none of the problems that take a row out."""
        return self.span is not None and not NOT_CODING.intersection(self.problem)


NOT_CODING: frozenset[Problem] = frozenset({"unknown code", "outside passage", "excluded speaker", "duplicate"})


class Missing(Data):
    """A stretch on which a coder gave no decision, for one code or (blank) for all."""

    passage: Passage
    code: str = ""


class Coding(Data):
    """One coder's pass over the transcripts: who, what they read, what they marked there, what they left open."""

    coder: str
    """The name in every table; one coder's codings are told apart in it."""
    person: str = ""
    """Who coded, whatever the pass, stage or run; blank: as `coder`."""
    repeat: int = 1
    """Of a model that was asked more than once: which answer this is. The second and later ones show its noise."""
    kind: Kind = "human"
    seen: tuple[Passage, ...] = ()
    """The stretches they read. Nothing marked there is a decision (0); what they never read is missing."""
    missing: tuple[Missing, ...] = ()
    segments: tuple[CodedSegment, ...] = ()
    stage: Stage = "undeclared"
    pass_: str = ""
    saw: str = ""
    """`nothing`, a coder or a run; blank: not declared."""
    codebook: str = ""
    """The version of the codebook worked with; blank: not declared."""
    codes: tuple[str, ...] = ()
    """The codes that were asked for; on any other there is no decision. Blank: all of them."""
    baseline: bool = False
    """Whether it is the embedded baseline, which is no language model."""
    run: str = ""
    """The run it comes from, for a model's."""
    notes: tuple[str, ...] = ()
    """What reading it decided and a person should know."""
    stale: tuple[Missing, ...] = ()
    """Stretches and codes on which they decided with a definition that has been edited since."""


class UnknownName(Data):
    """A name in a file of human coding that nothing here has."""

    name: str
    rows: int
    first: str
    """Where it stands first, as path:line."""
    hint: str = ""
    """The known name nearest to it, or what else to do; blank: nothing is near."""


class ImportReport(Data):
    """What became of the rows of one file of human coding, each row counted once from `exact` to `refused`."""

    format: Literal["autocode-import/1"] = "autocode-import/1"
    path: str
    form: str
    """What the file is, in words: `long table`, `Word comments`, `Taguette project`, …"""
    rows: int
    """One code of one coder at one place each."""
    exact: int = 0
    """Rows whose quote stands in the transcript word for word."""
    folded: int = 0
    """Rows whose quote differs in typography only."""
    altered: int = 0
    """Rows whose quote has other words; the nearest passage is taken."""
    not_found: int = 0
    """Rows whose quote is not found, wherever they were put instead."""
    by_offsets: int = 0
    """Rows without a quote, placed by start,end."""
    by_turn: int = 0
    """Rows without a quote, placed on their turn."""
    by_transcript: int = 0
    """Rows that say no place, so that they are about the whole transcript."""
    nothing_found: int = 0
    """Rows without a code: their coder read this and found nothing."""
    refused: int = 0
    """Rows that cannot be used as they are; `codings` stops at them."""
    refusals: tuple[str, ...] = ()
    """Those of the notes that say why such rows cannot be used."""
    ambiguous: int = 0
    """Rows whose quote stands several times, so that the first place was taken."""
    moved: int = 0
    """Rows whose quote does not stand where start,end say."""
    duplicates: int = 0
    """Rows that repeat coder, code and place of an earlier one."""
    unknown_codes: tuple[UnknownName, ...] = ()
    unknown_coders: tuple[UnknownName, ...] = ()
    """Coders that coders.csv does not name, where there is one."""
    unknown_transcripts: tuple[UnknownName, ...] = ()
    coders: dict[str, int] = {}
    """The rows of each coder."""
    codes: dict[str, int] = {}
    """The rows of each known code, by id."""
    transcripts: dict[str, int] = {}
    """The rows in each transcript."""
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each, with path:line."""
