"""The nouns of autocode: what a transcript, a code, a coded segment, a call and an agreement are.

All are frozen and refuse unknown fields; all go to JSON and come back equal. Offsets are always half-open
`[start, end)`, in Unicode code points, into one string: `Transcript.text`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pandas import DataFrame

Match = Literal["exact", "folded", "altered", "none", ""]
"""How a quote was found: to the letter, but for typography, with other words, or nowhere. Blank: there was no quote."""

Problem = Literal[
    "unknown code",
    "quote not found",
    "quote altered",
    "outside passage",
    "excluded speaker",
    "ambiguous",
    "duplicate",
]
Decision = Literal["yes", "no", "missing"]
Kind = Literal["human", "model"]
Stage = Literal["independent", "training", "review", "settled", "undeclared"]
Outcome = Literal["answered", "cut", "refused", "unreadable"]
Unit = Literal["turn", "sentence", "transcript"]
Status = Literal["one coder", "too few units", "no variation", "too rare", "ok"]
PairKind = Literal["human-human", "human-model", "model-model", "same-coder", "training", "primed", "with-settled"]


def canonical_json(value: object) -> str:
    """One way to write a value as JSON: sorted keys, no blanks, ASCII. Two equal values give equal bytes.

    >>> canonical_json({"b": 1, "a": "é"})
    '{"a":"\\\\u00e9","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(text: str) -> str:
    """The SHA-256 of a text, as 64 hex digits of its UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Data(BaseModel):
    """What all nouns share: frozen, and no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a transcript's text, `text[start:end]`."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def overlap(a: Span, b: Span) -> int:
    """How many characters two spans share.

    >>> overlap(Span(start=0, end=5), Span(start=3, end=9))
    2
    """
    return max(0, min(a.end, b.end) - max(a.start, b.start))


@dataclass(frozen=True, slots=True)
class Turn:
    """Who spoke, where in the text, and when on the tape (seconds), if that is known."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    number: int
    """Counted from 1 in the transcript, interviewers included."""
    speaker: str
    """The label, or blank."""
    span: Span
    """From the first to the last spoken character; the label lies outside."""
    starts_at: float | None = None
    ends_at: float | None = None


class Transcript(Data):
    """One interview: its canonical text, fixed once at reading, and the turns in it."""

    id: str
    """The path below the transcripts folder, without suffix."""
    text: str
    turns: tuple[Turn, ...]
    source: str = ""
    """The file it was read from, as the path was given."""
    sha256: str = ""
    """Of `text`; travels with every coding."""
    notes: tuple[str, ...] = ()
    """What the reader decided and a person should know, one sentence each, with path:line."""


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of one transcript."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    transcript: str
    span: Span


class Chunk(Data):
    """What one call codes, and what it is only shown."""

    index: int
    parts: tuple[Passage, ...]
    """Mostly one passage; several where short answers share a call."""
    numbers: tuple[int, ...] = ()
    """The number of each part, from 1, where they are numbered; equal answers share one. Blank: there is one text."""
    context: tuple[Passage, ...] = ()


class Example(Data):
    """Words that show when a code applies, and where they come from."""

    text: str
    source: str = ""
    extra: Mapping[str, Any] = {}


class Counterexample(Data):
    """Words that look like the code but are not, and the code to use for them."""

    text: str
    use: str = ""
    extra: Mapping[str, Any] = {}


class Code(Data):
    """One code of a codebook. A code with children is a theme, and not applied itself unless `codable` says so."""

    id: str
    name: str
    parent: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    speakers: tuple[str, ...] = ()
    """Only these speakers' turns are units for it. Blank: inherited from the parent, else everybody's."""
    codable: bool | None = None
    """None: codable if it has no children."""
    status: Literal["active", "provisional", "retired"] = "active"
    origin: Literal["", "guide", "framework", "in-vivo", "inductive", "suggested"] = ""
    aliases: tuple[str, ...] = ()
    plain: str = ""
    color: str = ""
    notes: str = ""
    extra: Mapping[str, Any] = {}
    """`x-` keys, kept as they are."""


class Group(Data):
    """Codes that answer one question. `pick: one` means at most one of them on a unit."""

    id: str
    codes: tuple[str, ...]
    pick: Literal["one", "any"] = "any"
    extra: Mapping[str, Any] = {}


class Change(Data):
    """What changed in the codebook with a version, who decided it, and why."""

    version: int
    date: str = ""
    by: tuple[str, ...] = ()
    kind: Literal["add", "edit", "clarify", "rename", "move", "merge", "split", "retire"]
    codes: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    recode: bool = False
    why: str = ""
    extra: Mapping[str, Any] = {}


class Codebook(Data):
    """The codes of a study, in the order of the file; a theme stands before its children."""

    id: str
    title: str = ""
    version: int = 1
    study_question: str = ""
    codes: tuple[Code, ...]
    groups: tuple[Group, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader decided and a person should know."""
    extra: Mapping[str, Any] = {}


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
    """Tokens sent, those served from a cache included."""
    output: int = 0
    cached: int = 0
    """Tokens sent that a provider's cache served."""

    def plus(self, more: Usage | None) -> Usage:
        """The sum of two."""
        if more is None:
            return self
        return Usage(input=self.input + more.input, output=self.output + more.output, cached=self.cached + more.cached)


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


# --- Agreement: plain numbers, each with the counts it rests on -------------------------------------------------


class Coefficient(Data):
    """Krippendorff's alpha with its interval. Where it is undefined, `alpha` is None and `reason` says why."""

    alpha: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval, from leaving out one transcript at a time; uncut."""
    n_units: int = 0
    """Units with at least two decisions."""
    n_transcripts: int = 0
    """Transcripts (or persons, where they are joined) with such a unit."""
    status: Status = "ok"
    reason: str = ""
    interval_reason: str = ""
    """Why there is no interval."""


class HumanAgreement(Coefficient):
    """Agreement of the people who coded independently."""

    n_coders: int = 0


class HumanModelAgreement(HumanAgreement):
    """Mean agreement of a model with each person, beside what people reach with each other on the same units.

    `alpha` rests on every unit that the model and a person decided. The difference rests on those that the model and
    at least two people decided, so that both its sides are measured on the same units.
    """

    people: float | None = None
    """Mean person-person alpha on the units of the difference."""
    difference: float | None = None
    """Mean person-model alpha minus mean person-person alpha, both on the units of the difference."""
    difference_low: float | None = None
    difference_high: float | None = None
    difference_n_units: int = 0
    """Units that the model and at least two people decided."""
    difference_n_transcripts: int = 0
    difference_reason: str = ""
    """Why there is no difference, or no interval for it."""
    verdict: str = ""
    n_left_out: int = 0
    """Units left out because the codebook's examples quote them."""


class PairAgreement(Coefficient):
    """Two codings side by side."""

    coders: tuple[str, str]
    kind: PairKind
    percent: float | None = None
    """Share of units on which both decided alike, 0-1."""
    positive_agreement: float | None = None
    negative_agreement: float | None = None
    ac1: float | None = None
    kappa: float | None = None
    both: int = 0
    only: tuple[int, int] = (0, 0)
    """Units where only the first, or only the second, applied the code."""
    neither: int = 0
    transcripts_both: int = 0
    transcripts_only: tuple[int, int] = (0, 0)
    n_left_out: int = 0
    """Units left out because the codebook's examples quote them; only for a person beside a model."""


class RowAgreement(Coefficient):
    """What coders are compared on: all codings together, the people, each model, and each pair."""

    positives: dict[str, int] = {}
    """To how many pairable units each coder gave the code, or any code of the group."""
    percent: float | None = None
    ac1: float | None = None
    human: HumanAgreement
    human_model: dict[str, HumanModelAgreement] = {}
    pairs: tuple[PairAgreement, ...] = ()


class CodeAgreement(RowAgreement):
    """One code or theme, applied or not."""

    code: str
    name: str = ""
    level: Literal["code", "theme"] = "code"
    code_status: Literal["active", "provisional", "retired"] = "active"
    positive_agreement: float | None = None
    negative_agreement: float | None = None
    median_words: float | None = None
    """Of the pairable units."""
    n_short: int = 0
    """Pairable units of three words or fewer."""
    alpha_without_short: float | None = None
    """Given where leaving those out moves alpha by more than 0.05."""
    instead: Instead | None = None
    """What to read where alpha is undefined or too rare."""
    fragile: Fragile | None = None
    """Where one flipped decision may move alpha by more than 0.05."""


class GroupAgreement(RowAgreement):
    """A group of codes of which one is picked, as one nominal variable with `none`."""

    group: str
    codes: tuple[str, ...] = ()
    n_several: int = 0
    """Decisions left out because a coder gave several codes of the group to one unit."""


class Applied(Data):
    """A unit to which somebody applied a code; where a code is too rare for a coefficient, all of them are to read."""

    transcript: str
    unit: int
    """Its number in the transcript, of a turn the turn's."""
    start: int
    end: int
    """Where it stands in the transcript's text."""
    coders: tuple[str, ...]
    """Who applied the code."""
    not_applied: tuple[str, ...] = ()
    """Who read it and did not; all others gave no decision."""


class Instead(Data):
    """What to read where a coefficient is undefined or too rare: counts, shares, and the passages themselves."""

    words: str
    """One sentence: why there is no figure, what was counted, and what to do."""
    n_units: int = 0
    """Units that two coders decided."""
    n_applied: int = 0
    """Those of them that anybody gave the code."""
    positive_agreement: float | None = None
    """Given that one coder applied it, how often another did, 0-1."""
    share_below: float | None = None
    """Where nobody applied it: its share in other units like these is under this (rule of three, 95 %)."""
    passages: tuple[Applied, ...] = ()
    """Of a code that is too rare every unit that anybody gave it, in order of transcript and text."""


class Fragile(Data):
    """Alpha once a single decision is another one; told where that may move it by more than 0.05."""

    alpha: float
    lowest: float
    highest: float
    n_units: int
    whose: Literal["human", "all"] = "human"
    """Of the people who coded independently; or of all codings, where there are no two such people."""


class Confusion(Data):
    """One code where another coder has another: the first gave `codes[0]` and not `codes[1]`, the second the reverse.

    Counted on the units on which both decided both codes. The order tells who: (X, Y) with (a, b) is X's a for Y's b.
    """

    coders: tuple[str, str]
    codes: tuple[str, str]
    kind: PairKind
    n: int
    """So many units."""
    n_transcripts: int = 0
    """In so many transcripts."""
    n_only: tuple[int, int] = (0, 0)
    """Units where only the first coder applied `codes[0]`, and where only the second applied `codes[1]`."""
    p: float | None = None
    """How likely so many or more are if the second's `codes[1]` fell anywhere in the same transcript; None: not tested
    (under 5 units)."""
    q: float | None = None
    """The same after Benjamini-Hochberg over all that were tested between these two coders."""


class Lean(Data):
    """Who of two coders applies a code more often, on the units that both decided."""

    code: str
    level: Literal["code", "theme"] = "code"
    coders: tuple[str, str]
    kind: PairKind
    n: tuple[int, int]
    """Units to which the first, and the second, gave the code."""
    n_only: tuple[int, int]
    """Units to which only the first, only the second did."""
    more: str = ""
    """Who applies it more; blank: as often."""
    n_transcripts_more: tuple[int, int] = (0, 0)
    """In how many transcripts the first, and the second, applied it more often."""
    p: float | None = None
    """Two-sided: how likely so large a gap is if in each transcript either coder might as well have been the other."""
    q: float | None = None
    """The same after Benjamini-Hochberg over all codes between these two coders."""


class Borders(Data):
    """Disagreements of two coders on a code: the one saw nothing there, or drew other borders around the same place."""

    code: str
    coders: tuple[str, str]
    kind: PairKind
    absent: tuple[int, int] = (0, 0)
    """Units that only the first (the second) gave the code, and no passage of the other's with it meets theirs."""
    other_borders: tuple[int, int] = (0, 0)
    """Units that only the first (the second) gave it, in a passage that one of the other's meets: same place."""
    n_places: int = 0
    """Places that both marked: passages of the two that share characters, taken together."""
    n_same_borders: int = 0
    """Places with the same borders to the character."""
    boundary_agreement: float | None = None
    """Of the characters that either marked at those places the share that both did, 0-1; None: no such place, or both
    marked whole turns, where borders say nothing."""


class Guess(Data):
    """Whether a model's yes falls where people's does more often than guessing in the same transcripts would."""

    code: str
    model: str
    n_units: int
    """Units that the model and at least one person decided, without those that the codebook's examples quote."""
    n_model: int
    """Of them the units that the model gave the code."""
    n_people: int
    """Decisions of people who gave it."""
    n_together: int
    """People's yes on units where the model says yes."""
    expected: float | None = None
    """What guessing would give: as many yes in each transcript, on any of its units."""
    p: float | None = None
    """How likely so much or more is by guessing; None: the model, or every person, says the same everywhere."""
    q: float | None = None
    """The same after Benjamini-Hochberg over the codes of this model."""
    reason: str = ""


class AlternativePerson(Data):
    """A model beside one person in the alternative annotator test."""

    name: str
    n_units: int
    advantage: float | None = None
    """Share of units on which the model is as near to the others as this person, or nearer."""
    p: float | None = None
    p_clustered: float | None = None
    """The same with transcripts, not units, as what may differ."""
    rejected: bool = False
    """Whether the model is as good as this person, at this epsilon (Benjamini-Yekutieli over people)."""


class AlternativeTest(Data):
    """The alternative annotator test (Calderon et al. 2025) of one model on one code or group."""

    model: str
    code: str = ""
    group: str = ""
    epsilon: float
    people: tuple[AlternativePerson, ...] = ()
    winning_rate: float | None = None
    advantage_probability: float | None = None
    passes: bool | None = None
    """A winning rate of 0.5 or more; None where nobody could be tested, and with two people, where it cannot tell."""
    heading: str = ""
    """With two people: `two people only: shows whom the model resembles`."""


class RatingPair(Data):
    """Two coders' ratings of one code, on the units that both rated."""

    coders: tuple[str, str]
    kind: PairKind
    n_units: int = 0
    n_transcripts: int = 0
    alpha: float | None = None
    """Krippendorff's alpha, ordinal."""
    kappa_linear: float | None = None
    kappa_quadratic: float | None = None
    """Cohen's kappa with linear, and with quadratic, weights."""
    exact: float | None = None
    """Share of units with the same rating, 0-1."""
    status: Status = "ok"
    reason: str = ""


class RatingAgreement(Data):
    """Ratings of one code: ordinal alpha of the people who coded independently, and every pair of coders."""

    code: str
    name: str = ""
    values: tuple[float, ...] = ()
    """The scale, in order: from the lowest to the highest rating that anybody gave any code."""
    unit: Literal["unit", "transcript"] = "unit"
    """Whether ratings stand for units, or for whole transcripts."""
    positives: dict[str, int] = {}
    """How many ratings each coder gave."""
    human: HumanAgreement
    pairs: tuple[RatingPair, ...] = ()


class CoderInfo(Data):
    """What decides the name that a figure about this coder may have."""

    name: str
    kind: Kind
    stage: Stage
    saw: str
    codebook: str
    baseline: bool = False
    n_passages: int = 0
    """Passages that the coder marked, each code for itself."""
    median_words_per_passage: float | None = None
    """Of those passages; None where there are none."""
    n_stale: int = 0
    """Decisions on codes that were edited since the version the coder worked with."""
    n_not_found: int = 0
    """Passages whose quote is not in the transcript."""


class Agreement(Data):
    """How far coders agree, code by code."""

    format: Literal["autocode-agreement/1"] = "autocode-agreement/1"
    unit: Unit
    n_units: int
    coders: tuple[CoderInfo, ...]
    codes: tuple[CodeAgreement, ...]
    groups: tuple[GroupAgreement, ...] = ()
    pooled_over_codes: HumanAgreement | None = None
    """The people's alpha over all active codes at once: observed and expected disagreement summed code by code, so
    that rare codes do not lift it. `n_units` counts pairs of unit and code. Never the alpha of any code."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, one sentence each."""
    heading: str = ""
    """What stands above everything else: `independence of the coders: not declared`, where that is so."""
    confusions: tuple[Confusion, ...] = ()
    """The most frequent first, for every two codings."""
    leans: tuple[Lean, ...] = ()
    borders: tuple[Borders, ...] = ()
    guesses: tuple[Guess, ...] = ()
    alternative: tuple[AlternativeTest, ...] = ()
    """Only where it was asked for, with an epsilon."""
    ratings: tuple[RatingAgreement, ...] = ()
    """Of codes that were given ratings."""

    def to_frame(self, *, pairs: bool = False) -> DataFrame:
        """A pandas DataFrame with a row a figure, for R, SPSS or a spreadsheet.

        `what` (code, theme or group) and `code` say of what, `figure` says whose: `all` codings together, `human`,
        `human-model`, and with `pairs` also each pair of codings, under its kind.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        for code in self.codes:
            rows += _frame_rows(code, {"what": code.level, "code": code.code, "name": code.name}, pairs=pairs)
        for group in self.groups:
            rows += _frame_rows(group, {"what": "group", "code": group.group}, pairs=pairs)
        return pd.DataFrame(rows, columns=FRAME_COLUMNS)


def _frame_rows(row: RowAgreement, about: dict[str, object], *, pairs: bool) -> list[dict[str, object]]:
    """One row a figure: all codings together, the people, each model, and if wanted each pair."""
    figures: list[tuple[str, str, Coefficient]] = [("all", "", row), ("human", "", row.human)]
    figures += [("human-model", model, figure) for model, figure in row.human_model.items()]
    figures += [(pair.kind, "; ".join(pair.coders), pair) for pair in row.pairs if pairs]
    positives = "; ".join(f"{coder} {n}" for coder, n in row.positives.items())
    return [
        {
            **figure.model_dump(exclude={"human", "human_model", "pairs"}),
            **about,
            "figure": name,
            "coders": coders,
            "positives": positives if figure is row else "",
        }
        for name, coders, figure in figures
    ]


FRAME_COLUMNS = (
    *("what", "code", "name", "figure", "coders", "status", "alpha", "low", "high", "n_units", "n_transcripts"),
    *(
        "n_coders",
        "positives",
        "percent",
        "positive_agreement",
        "negative_agreement",
        "ac1",
        "kappa",
        "both",
        "neither",
    ),
    *("people", "difference", "difference_low", "difference_high", "verdict", "n_left_out", "reason"),
)


class Spread(Data):
    """How a coefficient lies over the active codes; those too rare or undefined are counted, not measured."""

    n_codes: int
    """Codes with a figure that may be read: status `ok`."""
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    n_from_800: int = 0
    """Codes at 0.8 or above."""
    n_from_667: int = 0
    """Codes from 0.667 to under 0.8."""
    n_below_667: int = 0
    n_too_rare: int = 0
    n_undefined: int = 0
    """Codes without a figure: one coder, too few units, or no variation."""


class AgreementSummary(Data):
    """The figures of all active codes in a few numbers: of the people, and of each model beside them."""

    human: Spread
    human_model: dict[str, Spread] = {}


# --- Drift: what moved between two versions, or over time -------------------------------------------------------

DriftVerdict = Literal[
    "more", "less", "other passages", "differs, noise not measured", "no change found", "too rare to tell"
]
BesideVerdict = Literal["towards", "away from", "no change found", "noise not measured", "nothing to compare"]


class BesideCoding(Data):
    """A code's move beside one person's coding: towards it or away from it."""

    coder: str
    verdict: BesideVerdict
    n_units: int
    """Passages that the person and every repeat decided on, stale ones left out."""
    n_left_out: int = 0
    """Passages left out because the codebook's examples quote them."""
    n_stale: int = 0
    """Passages that the person decided on before the code's definition changed: to be read again."""
    agreed_before: float | None = None
    """On how many passages a repeat decided as the person did, mean over the repeats of the version."""
    agreed_after: float | None = None
    p: float | None = None
    q: float | None = None
    """Adjusted for the number of codes (Benjamini-Hochberg)."""
    alpha_before: float | None = None
    """Krippendorff's alpha of the person and a repeat, mean over the repeats."""
    alpha_after: float | None = None
    alpha_change: float | None = None
    alpha_change_low: float | None = None
    """The 95 % interval, by leaving out one transcript at a time from both versions."""
    alpha_change_high: float | None = None
    reason: str = ""


class CodeDrift(Data):
    """What a version did to one code. Counts are passages, means over the repeats of a version."""

    code: str
    name: str = ""
    verdict: DriftVerdict
    reason: str = ""
    edited: bool = False
    """Whether its definition or scope differs between the codebooks of the two versions."""
    n_units: int
    """Passages on which every repeat decided."""
    n_left_out: int = 0
    """Passages that some repeats of both versions decided on, and some repeats did not."""
    repeats: tuple[int, int]
    before: float
    after: float
    change: float
    low: float | None = None
    """The 95 % interval of the change, for these passages."""
    high: float | None = None
    between: float
    """On how many passages two repeats of different versions differ."""
    within: float | None = None
    """On how many passages two repeats of one version differ: the noise."""
    p_net: float | None = None
    p_exchange: float | None = None
    q: float | None = None
    """The smaller p, doubled, then adjusted for the number of codes (Benjamini-Hochberg)."""
    could_have_seen: float | None = None
    """The smallest change of the count that would have been found 80 % of the time."""
    could_have_exchanged: float | None = None
    """The smallest number of passages that, turned by every repeat, would have been found 80 % of the time."""
    beside: tuple[BesideCoding, ...] = ()


class Drift(Data):
    """What moved between two versions of codebook, prompt or model; the codes that moved first."""

    format: Literal["autocode-drift/1"] = "autocode-drift/1"
    unit: Unit
    before: tuple[str, ...]
    """The codings of the earlier version, its repeats."""
    after: tuple[str, ...]
    differences: tuple[str, ...] = ()
    """In what the two runs differ, in words."""
    n_units: int
    """Passages in transcripts that both versions have read."""
    n_transcripts: int
    n_calls: int
    """Calls, or blocks of overlapping ones, whose passages move together."""
    permutations: int
    seed: int
    codes: tuple[CodeDrift, ...]
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, one sentence each."""


OverTimeVerdict = Literal[
    "more", "less", "further apart", "closer", "the data moved", "no change found", "too rare to tell"
]


class CodeOverTime(Data):
    """Whether the second of two coders came to apply a code otherwise, as the first's coding lets expect it.

    Misses are passages that only the first coded, extras those that only the second coded; each figure is a pair,
    before the split and after it.
    """

    code: str
    name: str = ""
    verdict: OverTimeVerdict
    reason: str = ""
    split_after: str
    """The last transcript before the split; blank: the split is not one of order."""
    n_units: tuple[int, int]
    """Passages that both decided on."""
    first: tuple[int, int]
    """Passages that the first coder coded."""
    second: tuple[int, int]
    misses: tuple[int, int]
    extras: tuple[int, int]
    p_misses: float | None = None
    p_extras: float | None = None
    q_misses: float | None = None
    """Adjusted for the number of codes and both questions (Benjamini-Hochberg)."""
    q_extras: float | None = None
    p_first: float | None = None
    """Of a change in how often the first coder applies it at all: the data, or their eye."""
    p_second: float | None = None
    could_have_seen_misses: float | None = None
    """The fewest misses beyond the expected, after the split, that would have been found 80 % of the time."""
    could_have_seen_extras: float | None = None


class PairOverTime(Data):
    """Two coders over time; the first is held still, without being taken for right."""

    first: str
    second: str
    kind: PairKind
    n_transcripts: tuple[int, int]
    """Before and after a known event; without one, all and 0."""
    codes: tuple[CodeOverTime, ...]


class DriftOverTime(Data):
    """What moved between coders over time; in each pair the codes that moved first."""

    format: Literal["autocode-drift-over-time/1"] = "autocode-drift-over-time/1"
    unit: Unit
    over: str
    """What the transcripts are ordered by."""
    event: str = ""
    """The known event that splits them, in words; blank: none, so that the largest CUSUM does."""
    transcripts: tuple[str, ...]
    """In their order."""
    permutations: int
    seed: int
    pairs: tuple[PairOverTime, ...]
    notes: tuple[str, ...] = ()
