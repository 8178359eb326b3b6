"""Which decisions stand: what each coder decided last in each transcript, under which version of the codebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autocode.codebook import below, is_codable
from autocode.data import NOT_CODING, Codebook, Coding, Kind, Span, Transcript
from autocode.history import marked, marked_number
from autocode.locating import TranscriptNames, Turns, code_meant, version
from autocode.reading import Reading, read_coders
from autocode.runs import Run, RunInfo

_NO_CODING = NOT_CODING - {"unknown code"}
"""What was coded with a code that was split or went is what has to be told apart now."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A stretch of one transcript that a coder read under one version, for some codes or (None) for all."""

    transcript: str
    turns: frozenset[int]
    codes: frozenset[str] | None
    version: str
    """Blank: not declared."""
    book: Codebook | None
    """What that version said, where it is kept."""


@dataclass
class Work:
    """All that one coder did, pass by pass: what they read when, and what they marked, by code."""

    coder: str
    kind: Kind
    sittings: list[Sitting] = field(default_factory=list)
    marked: dict[tuple[str, str], list[tuple[int, Span]]] = field(default_factory=lambda: defaultdict(list))
    """For a code and a transcript: the passages with it, each with the turn of its first character."""

    def transcripts(self) -> list[str]:
        """Those that they read, in order."""
        return sorted({sitting.transcript for sitting in self.sittings})


def coders_files(paths: Iterable[Path], encoding: str | None = None) -> list[Reading]:
    """The lines of each coders.csv beside some coding files, or in some folders of them."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in paths)
    found: list[Reading] = []
    for folder in folders:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.name.casefold() == "coders.csv":
                found += read_coders(file, encoding=encoding)[0]
    return found


def works(
    codings: Sequence[Coding],
    readings: Sequence[Reading],
    transcripts: Mapping[str, Transcript],
    *,
    codebook: Codebook,
    versions: Mapping[str, Codebook],
    runs: Mapping[str, RunInfo],
) -> list[Work]:
    """What each coder did. Passes are apart; training is left out, since nobody reads it again; so are repeats."""
    found: dict[tuple[str, str, str], Work] = {}
    turns = {id: Turns(transcript) for id, transcript in transcripts.items()}
    names = TranscriptNames(transcripts)
    for coding in codings:
        if coding.stage == "training" or coding.repeat > 1:
            continue
        who = (coding.person or coding.coder, coding.pass_, coding.run)
        work = found.get(who)
        if work is None:
            work = found[who] = Work(called(*who), coding.kind)
            if coding.run:
                work.sittings += _of_run(coding, runs.get(coding.run), turns)
            else:
                theirs = [r for r in readings if (r.coder, r.pass_) == who[:2] and r.stage != "training"]
                work.sittings += _declared(theirs, names, turns, codebook, versions)
        if not coding.run:
            listed = {sitting.transcript for sitting in work.sittings}
            work.sittings += _assumed(coding, listed, turns, codebook, versions)
        for segment in coding.segments:
            is_coding = not _NO_CODING.intersection(segment.problem)
            if is_coding and segment.decision == "yes" and segment.span and segment.transcript_id in turns:
                turn = turns[segment.transcript_id].of_first_character(segment.span)
                number = turn.number if turn else 0
                work.marked[segment.code, segment.transcript_id].append((number, segment.span))
    return list(found.values())


def called(person: str, pass_: str, run: str) -> str:
    """What a coder is called in the list: a pass, and a run, by its own name."""
    return person + (f" @ {run}" if run else f" ({pass_})" if pass_ else "")


def _declared(
    readings: Sequence[Reading],
    names: TranscriptNames,
    turns: Mapping[str, Turns],
    codebook: Codebook,
    versions: Mapping[str, Codebook],
) -> Iterator[Sitting]:
    """What coders.csv says, older versions first: a reading under a newer one is the one that stands."""
    for reading in sorted(readings, key=lambda reading: _number(reading.codebook)):
        id, _ = names.find(reading)
        if id is None or id not in turns:
            continue
        numbers = turns[id].by_number
        read = frozenset(n for n in numbers if not reading.turns or any(a <= n <= b for a, b in reading.turns))
        codes = frozenset(code for name in reading.codes for code in _covered(codebook, name)) or None
        number = version(reading.codebook) if reading.codebook else ""
        yield Sitting(id, read, codes, number, book_of(number, codebook, versions))


def _number(written: str) -> int:
    number = version(written).rstrip("+")  # `2+` came after 2, whatever it said
    return int(number) if number.isdecimal() else 0


def book_of(number: str, codebook: Codebook, versions: Mapping[str, Codebook]) -> Codebook | None:
    """What a version said: the frozen one, else today's if it is that; None where nobody kept it."""
    return versions.get(number) or (codebook if number == str(codebook.version) else None)


def _covered(codebook: Codebook, name: str) -> Iterator[str]:
    """The codes that a name in coders.csv limits a line to; a theme stands for those below it."""
    code = code_meant(codebook, name)
    if code is None:
        yield name
    elif is_codable(codebook, code):
        yield code.id
    else:
        yield from (each.id for each in below(codebook, code.id))


def _assumed(
    coding: Coding,
    listed: set[str],
    turns: Mapping[str, Turns],
    codebook: Codebook,
    versions: Mapping[str, Codebook],
) -> Iterator[Sitting]:
    """What nobody listed: the transcripts of their coding, under the one version that it names, if it does."""
    number = coding.codebook if coding.codebook.isdecimal() and not listed else ""
    book = book_of(number, codebook, versions)
    for id in sorted({passage.transcript for passage in coding.seen} - listed):
        if id in turns:
            yield Sitting(id, frozenset(turns[id].by_number), None, number, book)


def _of_run(coding: Coding, info: RunInfo | None, turns: Mapping[str, Turns]) -> Iterator[Sitting]:
    """What a run decided: codes that it carried over stand under the earlier version."""
    if info is None:
        return
    carried = frozenset(info.since.codes) if info.since else frozenset()
    own = frozenset(info.decided_on(1)) - carried
    parts = [(own, info.codebook.version)] + ([(carried, info.since.version)] if info.since else [])
    read: dict[str, set[int]] = defaultdict(set)
    for passage in coding.seen:
        if passage.transcript in turns:
            read[passage.transcript].update(turn.number for turn in turns[passage.transcript].touched(passage.span))
    for id in sorted(read):
        for codes, number in parts:
            if codes:
                yield Sitting(id, frozenset(read[id]), codes, str(number), info.codebook)


def marked_version(
    coding: Coding, codebook: Codebook, versions: Mapping[str, Codebook], runs: Mapping[str, RunInfo]
) -> str:
    """The version that a coding was made under, as printed: `3`, `3+`, `2;3`, `mixed v2+v3`; blank: not declared."""
    info = runs.get(coding.run)
    if info is None:
        return ";".join(marked_number(number, versions) for number in coding.codebook.split(";") if number)
    own = marked(info.codebook, versions, codebook)
    return f"mixed v{info.since.version}+v{own}" if info.since else own


def runs_of(paths: Iterable[Path]) -> dict[str, RunInfo]:
    """What the runs among some paths were made with, by name."""
    found = {}
    for path in paths:
        run = Run(path.parent if path.name == "coding.csv" else path)
        if (info := run.info) is not None:
            found[run.name] = info
    return found
