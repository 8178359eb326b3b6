"""Transcripts as the HTML of noScribe: each stretch of speech is an anchor `ts_START_END_SPEAKER`, in milliseconds.

A paragraph is a turn. Speech of others in between stands in its words, between `//S02: ` and `//`, and stays there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.reading.captions import shown
from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.turns import label_of

if TYPE_CHECKING:
    from lxml import etree

_ANCHOR = re.compile(r"ts_(\d{1,12})_(\d{1,12})_(.*)\Z", re.DOTALL)
_PAUSE = re.compile(r"\([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph with what its anchors say of it."""

    text: str
    timed: bool
    speaker: str
    start: float | None
    end: float | None


def read_noscribe(source: Source) -> list[Reading]:
    """The paragraphs of a noScribe transcript as turns, with the times of their anchors.

    TranscriptError: HTML that noScribe did not write.
    """
    text, told = source.decoded()
    paragraphs = _paragraphs(text)
    first = next((at for at, paragraph in enumerate(paragraphs) if paragraph.timed), None)
    if first is None:
        step = "open it in a browser and save its text as TXT, or as DOCX"
        raise source.error(f"is HTML but not of noScribe, the only one that is read; {step}")
    pieces = _pieces(paragraphs[first:])
    canonical, turns = written(pieces, merged=False)
    notes = _told(paragraphs[:first], pieces, source.path)
    return [Reading(canonical, turns, told + notes)]


def _paragraphs(text: str) -> list[_Paragraph]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:  # nothing but comments
        return []
    found = []
    for element in root.iter("p"):
        lines = (line.strip() for line in "".join(_texts(element)).splitlines())
        words = " ".join(line for line in lines if line)
        marks = [mark for anchor in element.iter("a") if (mark := _ANCHOR.match(str(anchor.get("name") or "")))]
        if words:
            ends = [int(mark[2]) / 1000 for mark in marks]
            # Where a paragraph begins in the speech of two, the mark of overlapping speech stands before the name.
            speaker = marks[0][3].strip("/ ") if marks else ""
            start = int(marks[0][1]) / 1000 if marks else None
            found.append(_Paragraph(words, bool(marks), speaker, start, max(ends, default=None)))
    return found


def _texts(paragraph: etree._Element) -> Iterator[str]:
    """What a paragraph says, piece by piece, with its line breaks."""
    from lxml import etree

    for event, element in etree.iterwalk(paragraph, events=("start", "end")):
        if event == "start":
            yield "\n" if element.tag == "br" else element.text or ""
        elif element is not paragraph:
            yield element.tail or ""


def _pieces(paragraphs: Sequence[_Paragraph]) -> list[Piece]:
    """The turns, and the pauses between them. A person may have renamed the labels in the text, so these count."""
    labels = [label_of(paragraph.text) for paragraph in paragraphs]
    seen = Counter(label.name for label in labels if label)
    pieces = []
    for paragraph, label in zip(paragraphs, labels, strict=True):
        speaker, words = paragraph.speaker, paragraph.text
        if label and (label.sure or label.name == speaker or seen[label.name] > 1):
            speaker, words = label.name, words[label.words_at :]
        spoken = bool(speaker) or not _PAUSE.match(words)
        if words:
            pieces.append(Piece(speaker, words, paragraph.start, paragraph.end, spoken=spoken))
    return pieces


def _told(header: Sequence[_Paragraph], pieces: Sequence[Piece], path: Path) -> list[str]:
    notes = []
    if header:
        above = shown([paragraph.text for paragraph in header])
        notes.append(f"{path}: what stands above the first time is no speech and not read: {above}")
    pauses = [piece.words for piece in pieces if not piece.spoken]
    if pauses:
        what = f"a pause between turns belongs to none: {shown(pauses[:1])} ({len(pauses)} in the file)"
        notes.append(f"{path}: {what}")
    return notes
