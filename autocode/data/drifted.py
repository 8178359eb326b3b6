"""What moved between two versions, or over time."""

from __future__ import annotations

from typing import Literal, NamedTuple

from autocode.data.base import Data, PairKind, Unit
from autocode.data.changed import CodeChange
from autocode.data.texts import Span

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
    """Whether its definition or scope differs between the codebooks of the two versions, or it was merged or split."""
    n_units: int
    """Passages on which every repeat decided."""
    n_left_out: int = 0
    """Passages that some repeats of both versions decided on, and some repeats did not."""
    n_quoted: int = 0
    """Passages left out because an example in either codebook quotes them."""
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


class OtherCode(Data):
    """Another code that most repeats of a version gave to a passage, and their most frequent reason."""

    code: str
    why: str = ""


class ChangedPassage(Data):
    """A passage that a version gave a code and the other did not, by half of their repeats or more."""

    transcript: str
    turn: int
    """0 where passages are whole transcripts."""
    speaker: str
    start: int
    end: int
    """Where it stands in the transcript's text."""
    before: tuple[int, int]
    """How many repeats of the earlier version gave it the code, of how many."""
    after: tuple[int, int]
    marked_before: tuple[Span, ...] = ()
    """What the earlier version's repeats marked with the code, as far as it lies in the passage."""
    marked_after: tuple[Span, ...] = ()
    why_before: tuple[str, ...] = ()
    """The earlier version's reasons, the most frequent first. They may hold words of the interview."""
    why_after: tuple[str, ...] = ()
    instead_before: tuple[OtherCode, ...] = ()
    """The other codes that most repeats of the earlier version gave it."""
    instead_after: tuple[OtherCode, ...] = ()
    people: dict[str, bool] = {}
    """Who of the people decided on it: whether they gave it the code. Stale decisions are not among them."""

    @property
    def gained(self) -> bool:
        """Whether the later version gave it the code, and the earlier one did not."""
        return self.after[0] * self.before[1] > self.before[0] * self.after[1]


class Traded(Data):
    """Another code that the passages which changed had before, or have now."""

    code: str
    n: int


class BesideStory(Data):
    """One person's coding of the passages that changed."""

    coder: str
    n_lost: int
    """Passages that lost the code and that this person decided on."""
    lost_coded: int
    """Of them those that this person gave it."""
    n_gained: int
    gained_coded: int


class DriftStory(Data):
    """What happened to a code that moved: the edit between, the passages that changed, and where they went."""

    code: str
    changes: tuple[CodeChange, ...] = ()
    """What became of it between the two codebooks; blank: its definition is the same."""
    n_lost: int
    n_gained: int
    passages: tuple[ChangedPassage, ...]
    """Those that lost or gained the code, the clearest first."""
    went_to: tuple[Traded, ...] = ()
    """Codes that passages which lost this one came to have, the most frequent first."""
    came_from: tuple[Traded, ...] = ()
    """Codes that passages which gained this one no longer have."""
    transcripts: dict[str, int] = {}
    """How many of the passages lie in which transcript, the most first."""
    beside: tuple[BesideStory, ...] = ()


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
    stories: tuple[DriftStory, ...] = ()
    """Of the codes that moved, in their order."""
    skipped: tuple[str, ...] = ()
    """Files that cannot be read, where somebody said to go on without."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, one sentence each."""


OverTimeVerdict = Literal[
    "more", "less", "further apart", "closer", "the data moved", "no change found", "too rare to tell"
]


class TranscriptCounts(NamedTuple):
    """One code in one transcript, on the passages that two coders both decided on. In JSON a list in this order."""

    units: int
    """Passages that both decided on."""
    first: int
    """Those that the first coder coded."""
    second: int
    misses: int
    """Coded by the first only."""
    extras: int
    """Coded by the second only."""


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
    family_misses: float | None = None
    """The chance that any code's misses or extras of this pair stray so far (step-down max-T): stricter than q."""
    family_extras: float | None = None
    p_first: float | None = None
    """Of a change in how often the first coder applies it at all: the data, or their eye."""
    p_second: float | None = None
    could_have_seen_misses: float | None = None
    """The fewest misses beyond the expected, after the split, that would have been found 80 % of the time."""
    could_have_seen_extras: float | None = None
    counts: tuple[TranscriptCounts, ...] = ()
    """Transcript by transcript, in the order of the pair's `transcripts`: what a curve is drawn from."""


class PairOverTime(Data):
    """Two coders over time; the first is held still, without being taken for right."""

    first: str
    second: str
    kind: PairKind
    n_transcripts: tuple[int, int]
    """Before and after a known event; without one, all and 0."""
    transcripts: tuple[str, ...] = ()
    """Those that both decided on, in their order."""
    after: tuple[str, ...] = ()
    """Of these the ones after a known event."""
    p_any: float | None = None
    """Of all codes at once: the chance that misses and extras stray so far together, were nothing moved."""
    n_redefined: int = 0
    """Decisions left out, because the definition was edited between the one coder's decision and the other's."""
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
    values: tuple[str, ...] = ()
    """What the transcripts are ordered by, one for each."""
    skipped: tuple[str, ...] = ()
    """Files that could not be read as transcripts and were left out."""
    permutations: int
    seed: int
    pairs: tuple[PairOverTime, ...]
    notes: tuple[str, ...] = ()
