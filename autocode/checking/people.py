"""Who speaks: who seems to interview, who is named and never speaks, who is spelt in two ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from autocode.checking.files import PLAIN
from autocode.checking.told import some
from autocode.codebook import speakers_of
from autocode.data import Codebook, Transcript
from autocode.errors import nearest
from autocode.reporting.check_report import Finding
from autocode.speakers import Speaker, likely_interviewers, spelt_alike
from autocode.study import Study
from autocode.yaml import Inline, dump_yaml


def about_speakers(
    study: Study, texts: Sequence[Transcript], everybody: Sequence[Speaker], book: Codebook | None
) -> Iterator[Finding]:
    """What is to know of labels: who seems to interview, who is named and never speaks, who is spelt in two ways."""
    labels = list(dict.fromkeys(speaker.label for speaker in everybody if speaker.label))
    if not everybody:
        return
    yield from _interviewers(study, everybody, book)
    told = study.unknown_speakers(texts, book or Codebook(id="none", codes=()))
    told += [
        f'speakers names "{name}", whom no transcript has{nearest(name, labels)}'
        for name in study.config.speakers
        if name not in labels
    ]
    yield from (Finding(level="warning", about="speakers", message=message) for message in told)
    for alike in spelt_alike(labels):
        where = [some([s.transcript for s in everybody if s.label == label]) for label in alike]
        shown = " and ".join(f'"{label}" ({places})' for label, places in zip(alike, where, strict=True))
        message = f"{shown} are different labels; if they are one person, write them in one way"
        if any(label in study.config.exclude_speakers for label in alike):
            message += ", since only one of them is left out of the coding"
        yield Finding(level="warning", about="speakers", message=message)


def _interviewers(study: Study, everybody: Sequence[Speaker], book: Codebook | None) -> Iterator[Finding]:
    """Told where nobody is left out of the coding and somebody asks most, with the line to add."""
    excluded = study.config.exclude_speakers
    meant = {name for code in book.codes for name in speakers_of(book, code)} if book else set()
    silent = {s.transcript for s in everybody} - {s.transcript for s in everybody if s.label in excluded}
    there = [speaker for speaker in everybody if speaker.transcript in silent]
    likely = {label: rate for label, rate in likely_interviewers(there).items() if label not in meant}
    if likely:
        asks = ", ".join(f'"{label}" ({rate:.1f} question marks a turn)' for label, rate in likely.items())
        where = f" in {some(sorted({s.transcript for s in there if s.label in likely}))}" if excluded else ""
        message = f"nobody is left out of the coding{where}; the interviewer seems to be {asks}"
        yield Finding(level="warning", about="speakers", message=message, add=exclude_line([*excluded, *likely]))
    elif not excluded and not meant and len(everybody) > len(silent):
        message = "nobody is left out of the coding, and nobody asks clearly more than the others"
        add = f"{exclude_line(['LABEL'])}   # if one of them interviews"
        yield Finding(level="warning", about="speakers", message=message, add=add)


def exclude_line(labels: Sequence[str]) -> str:
    """The line of autocode.yaml that leaves some labels out of the coding.

    >>> exclude_line(["INT", "Dr. No: A"])
    "exclude_speakers: [INT, 'Dr. No: A']"
    """
    return dump_yaml({"exclude_speakers": Inline(list(labels))}).strip()


def seen_once(texts: Sequence[Transcript], everybody: Sequence[Speaker]) -> Iterator[Finding]:
    """Told of labels with a single turn in the whole study, beside others that recur; unless the reader has told."""
    turns: dict[str, int] = defaultdict(int)
    for speaker in everybody:
        turns[speaker.label] += speaker.turns
    once = {label for label, n in turns.items() if label and n == 1}
    if not once or max(turns.values()) == 1:
        return
    for text in texts:
        for turn in text.turns:
            if turn.speaker in once and not any(f'"{turn.speaker}:"' in note for note in text.notes):
                line = text.text.count("\n", 0, turn.span.start) + 1
                plain = Path(text.source).suffix.lower().removeprefix(".") in PLAIN
                where = f"{text.source}:{line}" if plain else f"{text.source}, turn {turn.number}"
                message = f'{where}: "{turn.speaker}" speaks here and nowhere else; look whether it is a speaker'
                yield Finding(level="note", about="speakers", message=message)
