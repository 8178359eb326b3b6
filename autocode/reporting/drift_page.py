"""What moved between two versions as a page: the codes that moved first, their edit, and passages side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.data import ChangedPassage, CodeChange, CodeDrift, Drift, DriftStory, Span, Transcript, merged
from autocode.drift import MOVED
from autocode.files import write_whole
from autocode.reporting.agreement_page import INTERNAL
from autocode.reporting.drift_table import beside_line, reasons, summary
from autocode.reporting.drift_words import change_of, could_of, count, differ_of, look_at, probability
from autocode.reporting.history_shown import BECAME, why_of
from autocode.reporting.history_shown import runs as runs_of_words
from autocode.reporting.pages import page

_QUOTING = ("examples", "counterexamples")
"""Fields of a code that quote interviews."""
_LONG = 900
_AROUND = 220
"""Of a longer passage so many characters are shown around what was marked."""


@dataclass(frozen=True)
class Stretch:
    """Some words of a passage, and whether a version marked them."""

    words: str
    marked: bool


@dataclass(frozen=True)
class Shown:
    """A passage that changed, with its words as each version marked them; no words in the shareable form."""

    passage: ChangedPassage
    before: Sequence[Stretch] = ()
    after: Sequence[Stretch] = ()


@dataclass(frozen=True)
class Told:
    """A code that moved, with its story."""

    row: CodeDrift
    story: DriftStory
    look_at: Sequence[str]
    passages: Sequence[Shown]
    changes: Sequence[CodeChange]


@dataclass(frozen=True)
class Dumbbell:
    """A code in the picture: where its count stood and stands, in percent of the width."""

    row: CodeDrift
    before: float
    after: float
    low: float | None
    high: float | None
    words: str


def drift_html(drift: Drift, transcripts: Sequence[Transcript] | None = None) -> str:
    """What moved as one page that needs no network and no script. All text is escaped.

    Without transcripts it is shareable: no words of interviews, and no reasons of a model, which may hold some. With
    them it is internal, and says so.
    """
    texts = None if transcripts is None else {text.id: text for text in transcripts}
    return page(
        "drift.html",
        drift=drift,
        internal=INTERNAL if texts is not None else "",
        told=[*_told(drift, texts)],
        picture=picture(drift.codes),
        beside=[line for row in drift.codes for beside in row.beside if (line := beside_line(row, beside))],
        reasons=[*reasons((row.code, row.reason) for row in drift.codes)],
        moved=MOVED,
        summary=summary(drift),
        count=count,
        probability=probability,
        change_of=change_of,
        differ_of=differ_of,
        could_of=could_of,
        became=BECAME,
        why_of=why_of,
        runs=runs_of_words,
        quoting=_QUOTING,
    )


def write_drift(drift: Drift, path: Path, transcripts: Sequence[Transcript] | None = None) -> Path:
    """Write the page; returns where. With transcripts it holds words of participants, and its name says so."""
    if transcripts is not None and "-internal" not in path.stem:
        path = path.with_name(f"{path.stem}-internal{path.suffix}")
    write_whole(path, drift_html(drift, transcripts))
    return path


def _told(drift: Drift, texts: Mapping[str, Transcript] | None) -> Iterator[Told]:
    rows = {row.code: row for row in drift.codes}
    for story in drift.stories:
        shown = [_shown(passage, texts) for passage in story.passages]
        yield Told(rows[story.code], story, [*look_at(story, drift)], shown, story.changes)


def _shown(passage: ChangedPassage, texts: Mapping[str, Transcript] | None) -> Shown:
    if texts is None:
        return Shown(passage)
    text = texts[passage.transcript].text
    whole = _part(passage)
    marks = passage.marked_before, passage.marked_after
    return Shown(passage, *([*stretches(text, whole, marked)] for marked in marks))


def _part(passage: ChangedPassage) -> Span:
    """The passage, or of a long one what stands around the words that either version marked."""
    marked = [*passage.marked_before, *passage.marked_after]
    if passage.end - passage.start <= _LONG or not marked:
        return Span(passage.start, passage.end)
    first, last = min(span.start for span in marked), max(span.end for span in marked)
    return Span(max(passage.start, first - _AROUND), min(passage.end, last + _AROUND))


def stretches(text: str, whole: Span, marked: Sequence[Span]) -> Iterator[Stretch]:
    """The words of a stretch in order, cut where marks begin and end; marks that meet are one.

    >>> [(s.words, s.marked) for s in stretches("She sat down.", Span(0, 13), [Span(4, 7), Span(6, 12)])]
    [('She ', False), ('sat down', True), ('.', False)]
    """
    at = whole.start
    for mark in merged(marked):
        if mark.start > at:
            yield Stretch(text[at : mark.start], marked=False)
        yield Stretch(text[mark.start : mark.end], marked=True)
        at = mark.end
    if at < whole.end:
        yield Stretch(text[at : whole.end], marked=False)


def picture(rows: Sequence[CodeDrift]) -> list[Dumbbell]:
    """Where each code's count stood and stands, on a square-root scale, so that rare codes are seen beside frequent
    ones."""
    most = max((max(row.before, row.after, row.before + (row.high or 0)) for row in rows), default=0) or 1

    def at(passages: float) -> float:
        return round(100 * math.sqrt(max(passages, 0) / most), 2)

    return [
        Dumbbell(
            row=row,
            before=at(row.before),
            after=at(row.after),
            low=None if row.low is None else at(row.before + row.low),
            high=None if row.high is None else at(row.before + row.high),
            words=f"{count(row.before)} → {count(row.after)}",
        )
        for row in rows
    ]
