"""Human coding as read from files + transcripts -> Codings: each row in its place, each coder with what they read.

What a person should know about a coder's rows is told in the notes of the coding, with a number and the first place;
what is to know about the files stands in the notes of the first coding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from autocode.codebook import codable, speakers_of
from autocode.data import Codebook, CodedSegment, Coding, Transcript
from autocode.errors import InputError
from autocode.locating.code_names import match_codes
from autocode.locating.coverage import Session, Way, missing, seen, sessions, stale, unseen_cells, version
from autocode.locating.human_segments import Rules, segments_of
from autocode.locating.names import transcript_ids
from autocode.locating.turns import Turns
from autocode.reading.human import HumanFiles

_MOST_NAMED = 5


def locate(
    files: HumanFiles,
    transcripts: Mapping[str, Transcript],
    *,
    codebook: Codebook | None = None,
    exclude_speakers: Collection[str] = (),
    yes_from: float | None = None,
    versions: Mapping[str, Codebook] | None = None,
) -> list[Coding]:
    """One coding for each coder, and for each pass, stage and `saw` of theirs, in the order of coders.csv.

    `yes_from`: a row with a rating and no decision is a yes from this rating on, else a no; without it, such a row is
    missing. `versions`: frozen codebooks by version, as `{"2": …}`: a code that a coder's version had not yet is
    missing for them. Without a codebook codes stay as written.

    Raises InputError for a transcript, turn, code, decision or rating that does not exist; a quote that is not found
    is no error.
    """
    ids, told = transcript_ids(files, transcripts)
    codes = match_codes(files, codebook, versions)
    found = sessions(files, ids, codes)
    if not found:
        raise InputError("no coder in it: there are no rows, and no coders.csv names one", path=files.path)
    turns = {id: Turns(transcripts[id]) for id in set(ids.values())}
    frozen = {version(name): book for name, book in (versions or {}).items()}
    cells = unseen_cells(files, found, ids, turns, codes)
    kinds = {reading.coder: reading.kind for reading in files.readings}
    scope = {code.id: speakers_of(codebook, code) for code in codable(codebook)} if codebook else {}
    rules = Rules(codes=codes, scope=scope, excluded=frozenset(exclude_speakers), yes_from=yes_from)
    names = _names([session.way for session in found])
    codings = []
    for session in found:
        name, way = names[session.way], session.way
        segments, notes = segments_of(session, turns, rules)
        codings.append(
            Coding(
                coder=name,
                person=way.coder,
                kind=kinds.get(way.coder, "human"),
                seen=seen(session, turns),
                missing=(*missing(session, turns, codes, frozen), *cells[way]),
                segments=tuple(segments),
                stage=way.stage,
                pass_=way.pass_,
                saw=way.saw,
                codebook=";".join(_versions(session)),
                stale=tuple(stale(session, turns, codes, frozen, codebook)) if codebook and frozen else (),
                notes=tuple(f"{name}: {note}" for note in (*_coverage_notes(session, turns, segments), *notes)),
            )
        )
    said = (*files.notes, *told, *codes.notes, *_unknown_versions(found, frozen, codebook))
    return [codings[0].model_copy(update={"notes": (*said, *codings[0].notes)}), *codings[1:]]


def _names(ways: Sequence[Way]) -> dict[Way, str]:
    """What to call each coding: the coder, with pass, stage or what they saw where one coder has several."""
    by_coder: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        by_coder[way.coder].append(way)
    names: dict[Way, str] = {}
    for coder, theirs in by_coder.items():
        for parts in ((), ("pass",), ("stage",), ("pass", "stage"), ("saw",), ("pass", "stage", "saw")):
            called = {way: _called(coder, way, parts) for way in theirs}
            if len(set(called.values())) == len(theirs):
                names |= called
                break
    return names


def _called(coder: str, way: Way, parts: Collection[str]) -> str:
    labels = {"pass": way.pass_, "stage": way.stage, "saw": way.saw and f"saw {way.saw}"}
    return coder + "".join(f" ({label})" for part, label in labels.items() if part in parts and label)


# --- Notes ------------------------------------------------------------------------------------------------------


def _coverage_notes(session: Session, turns: Mapping[str, Turns], segments: Sequence[CodedSegment]) -> Iterator[str]:
    if session.assumed and session.way.stage != "settled":  # settle writes down what is no decision
        yield (
            "coverage assumed: coders.csv does not say what they read, so each transcript with a row of theirs "
            "counts as read"
        )
        short = [*_stopped_early(session, turns, segments)]
        if short:
            yield (
                f"the last coded turn lies before the last third of {_some(short)}; if they stopped there, list in "
                "coders.csv the turns they read"
            )
    if not session.rows:
        lines = [reading for readings in session.readings.values() for reading in readings]
        yield (
            f"no rows, so they read {_some(sorted(session.readings))} and found nothing "
            f"({lines[0].path}:{lines[0].line}); if they did not read it, remove the line"
        )
    if session.unlisted:
        first = session.unlisted[0]
        there = _some([*dict.fromkeys(row.transcript for row in session.unlisted)])
        yield (
            f"coders.csv does not list {there} for them, where they have rows ({first.path}:{first.line}): what they "
            "coded there counts, the rest is missing"
        )


def _stopped_early(session: Session, turns: Mapping[str, Turns], segments: Sequence[CodedSegment]) -> Iterator[str]:
    """The transcripts whose last third holds nothing of a coder's, with the last turn that does."""
    last: dict[str, int] = defaultdict(int)
    for segment in segments:
        turn = turns[segment.transcript_id].at(segment.span.end - 1) if segment.span else None
        if turn:
            last[segment.transcript_id] = max(last[segment.transcript_id], turn.number)
    for id, rows in session.rows.items():
        for row in rows:
            if not row.code:  # read, and found nothing: up to here, or all of it
                read = turns[id].numbered(row.turn, row).number if row.turn else len(turns[id].by_number)
                last[id] = max(last[id], read)
    for id in sorted(last):
        if 0 < 3 * last[id] <= 2 * len(turns[id].by_number):
            yield f"{id} (turn {last[id]} of {len(turns[id].by_number)})"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _versions(session: Session) -> list[str]:
    written = (reading.codebook for readings in session.readings.values() for reading in readings)
    return [*dict.fromkeys(version(name) for name in written if name)]


def _unknown_versions(
    found: Sequence[Session], frozen: Mapping[str, Codebook], codebook: Codebook | None
) -> Iterator[str]:
    """Versions that coders worked with and that nobody kept: what was in them then cannot be told."""
    known = {*frozen, *([str(codebook.version)] if codebook else [])}
    if not known:
        return
    for name in sorted({name for session in found for name in _versions(session)} - known):
        yield (
            f"coders.csv names version {name} of the codebook, which is not among those kept "
            f"({', '.join(sorted(known))}): its codes are taken to be today's, so a newer code counts as not applied"
        )
