"""Who read what: the rows and the lines of coders.csv -> a session for each coder and way of coding.

A unit that a coder read and left blank is a decision (0); one they never read is missing. So what follows from
coders.csv, what is only assumed, and what somebody left out code by code is settled here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autocode.codebook import code_hash
from autocode.data import Codebook, Missing, Passage, Span, Stage
from autocode.errors import nearest
from autocode.history import split_since
from autocode.locating.code_names import Codes
from autocode.locating.turns import Turns, error
from autocode.reading.coders import Reading, Unseen
from autocode.reading.coding_rows import Row
from autocode.reading.human import HumanFiles


class Way(NamedTuple):
    """Whose coding, and how it came about: rows that are alike in all of this are one coding."""

    coder: str
    pass_: str
    stage: Stage
    saw: str


@dataclass
class Session:
    """One coder's coding in one way: what they declared to have read, and their rows. Transcripts stand by id."""

    way: Way
    readings: dict[str, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    assumed: bool = False
    """Whether coders.csv says nothing of this coder, so that coverage follows from the rows."""
    unlisted: list[Row] = field(default_factory=list)
    """Rows in transcripts that coders.csv does not list for them."""


def sessions(files: HumanFiles, ids: Mapping[str, str], codes: Codes) -> list[Session]:
    """A session for each coder, pass, stage and saw, in the order of coders.csv, then of the rows.

    Raises InputError for a row that could belong to two of them.
    """
    found: dict[Way, Session] = {}
    declared: dict[tuple[str, str], list[tuple[Way, Reading]]] = defaultdict(list)
    ways: dict[str, list[Way]] = defaultdict(list)
    only_settled = {row.coder for row in files.rows} - {row.coder for row in files.rows if not row.settled}
    for reading in files.readings:
        stage: Stage = "settled" if reading.coder in only_settled else reading.stage
        way = Way(reading.coder, reading.pass_, stage, reading.saw)
        transcript = ids[reading.transcript]
        found.setdefault(way, Session(way)).readings[transcript].append(reading)
        declared[reading.coder, transcript].append((way, reading))
        if way not in ways[reading.coder]:
            ways[reading.coder].append(way)
    for row in files.rows:
        transcript = ids[row.transcript]
        fitting = [pair for pair in declared[row.coder, transcript] if _fits(row, pair[0])]
        possible = [way for way in ways[row.coder] if _fits(row, way)]
        way = _way(row, fitting, possible, codes)
        session = found.setdefault(way, Session(way))
        session.rows[transcript].append(row)
        if not fitting and row.coder in files.declared and (possible or not row.settled):
            session.unlisted.append(row)
        elif not fitting:
            session.assumed = True
    return [*found.values()]


def _fits(row: Row, way: Way) -> bool:
    return row.pass_ in ("", way.pass_) and (not row.settled or way.stage == "settled")


def _way(row: Row, fitting: Sequence[tuple[Way, Reading]], others: Sequence[Way], codes: Codes) -> Way:
    """The way a row was coded in: by its line of coders.csv, else the coder's only one, else undeclared."""
    if not fitting:
        return (
            others[0] if len(others) == 1 else Way(row.coder, row.pass_, "settled" if row.settled else "undeclared", "")
        )
    if not row.settled:  # beside a settled coding, a coder's own file is their own coding
        fitting = [pair for pair in fitting if pair[0].stage != "settled"] or fitting
    ways = {way for way, _ in fitting}
    if len(ways) > 1:
        ways = {way for way, reading in fitting if _holds(reading, row, codes)}
    if len(ways) != 1:
        raise error(
            row,
            f"coders.csv has {len({way for way, _ in fitting})} codings of {row.transcript} by {row.coder}, and this "
            "row may belong to each; give each a `pass` in coders.csv, and the rows a column `pass`",
        )
    return ways.pop()


def _holds(reading: Reading, row: Row, codes: Codes) -> bool:
    """Whether a line of coders.csv covers the turn and the code of a row."""
    turn = row.turn.split(".")[0]
    in_turns = not reading.turns or (turn.isdigit() and any(a <= int(turn) <= b for a, b in reading.turns))
    limit = _limit(reading, codes)
    return in_turns and (limit is None or not row.code or codes.ids[row.code] in limit)


def _limit(reading: Reading, codes: Codes) -> frozenset[str] | None:
    """The codes that a line of coders.csv is about; None: all."""
    return frozenset().union(*(codes.limits[name] for name in reading.codes)) if reading.codes else None


# --- What was read ----------------------------------------------------------------------------------------------


def seen(session: Session, turns: Mapping[str, Turns]) -> tuple[Passage, ...]:
    """The stretches a coder read: those declared, or where nothing is declared each transcript with a row of theirs."""
    if session.assumed:
        return tuple(Passage(id, turns[id].whole) for id in sorted(session.rows))
    return tuple(
        Passage(id, span)
        for id in sorted(session.readings)
        for span in stretches(_read(session.readings[id], turns[id]), turns[id])
    )


def _read(readings: Iterable[Reading], turns: Turns) -> set[int]:
    """The numbers of the turns that these lines of coders.csv name."""
    read: set[int] = set()
    for reading in readings:
        if not reading.turns:
            return set(turns.by_number)
        for first, last in reading.turns:
            turns.existing(last, reading)
            read.update(range(first, last + 1))
    return read


def stretches(numbers: set[int], turns: Turns) -> list[Span]:
    """Turns as spans: neighbours are one, all turns the whole transcript."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [Span(turns.by_number[a].span.start, turns.by_number[b].span.end) for a, b in runs]


# --- What was left open -----------------------------------------------------------------------------------------


def missing(
    session: Session, turns: Mapping[str, Turns], codes: Codes, versions: Mapping[str, Codebook]
) -> Iterator[Missing]:
    """The stretches that were read, but not for every code: `codes` of coders.csv, and codes that came later."""
    for id in sorted(session.readings):
        readings = session.readings[id]
        decided = [(_decided(reading, codes, versions), _read([reading], turns[id])) for reading in readings]
        if all(limit is None for limit, _ in decided):
            continue
        everything = set().union(*(read for _, read in decided))
        for code in codes.known:
            left = everything.difference(*(read for limit, read in decided if limit is None or code in limit))
            for span in stretches(left, turns[id]):
                yield Missing(passage=Passage(id, span), code=code)


def stale(
    session: Session, turns: Mapping[str, Turns], codes: Codes, versions: Mapping[str, Codebook], codebook: Codebook
) -> Iterator[Missing]:
    """The stretches that were read only with a definition of a code that has been edited since, or of a whole that has
    been split.

    A line of coders.csv that names today's codebook is no reading of an old one, and a re-reading of some codes makes
    those new. A line that names no codebook says nothing of either.
    """
    now = {code.id: code_hash(code) for code in codebook.codes}
    for id in sorted(session.readings):
        old, fresh = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
        for reading in filter(lambda line: line.codebook, session.readings[id]):
            book = versions.get(version(reading.codebook))
            then = {code.id: code_hash(code) for code in book.codes} if book else now
            limit, read = _decided(reading, codes, versions), _read([reading], turns[id])
            for code in codes.known if limit is None else sorted(limit.intersection(codes.known)):
                same = then.get(code) == now.get(code) or (code not in then and codes.merges.stands(code, then))
                same = same and not (book and split_since(codebook, code, book.version))
                (fresh if same else old)[code] |= read
        for code in codes.known:
            for span in stretches(old[code] - fresh[code], turns[id]):
                yield Missing(passage=Passage(id, span), code=code)


def _decided(reading: Reading, codes: Codes, versions: Mapping[str, Codebook]) -> frozenset[str] | None:
    """The codes that were decided on: those the line is limited to, as far as its codebook had them; None: all."""
    limit = _limit(reading, codes)
    book = versions.get(version(reading.codebook)) if reading.codebook else None
    if book is None:
        return limit
    had = codes.merges.decided([code.id for code in book.codes])
    return had if limit is None else had & limit


def version(written: str) -> str:
    """The number of a codebook version as people write it.

    >>> [version(written) for written in ("3", "v3", "V 3.0")]
    ['3', '3', '3']
    """
    return written.strip().casefold().removeprefix("v").strip().removesuffix(".0")


def unseen_cells(
    files: HumanFiles, found: Sequence[Session], ids: Mapping[str, str], turns: Mapping[str, Turns], codes: Codes
) -> dict[Way, list[Missing]]:
    """The cells of unseen.csv, for each coding they belong to. Raises InputError for a coder nobody knows."""
    by_coder: dict[str, list[Session]] = defaultdict(list)
    for session in found:
        by_coder[session.way.coder].append(session)
    cells: dict[Way, list[Missing]] = defaultdict(list)
    for cell in files.unseen:
        if cell.coder in files.elsewhere:
            continue
        if cell.coder not in by_coder and cell.coder not in files.declared:
            hint = nearest(cell.coder, by_coder) or "; correct the name, or add the coder to coders.csv"
            raise error(cell, f'no coding is by "{cell.coder}"{hint}')
        passage = Passage(ids[cell.transcript], _cell_span(cell, turns[ids[cell.transcript]]))
        # A code that nothing stands for today is in no figure, so a decision on it cannot be missing from one.
        names = sorted(codes.limits[cell.code] - codes.gone) if cell.code else [""]
        for session in by_coder[cell.coder]:
            if passage.transcript in session.readings or passage.transcript in session.rows:
                cells[session.way] += [Missing(passage=passage, code=name) for name in names]
    return cells


def _cell_span(cell: Unseen, turns: Turns) -> Span:
    return turns.numbered(cell.turn, cell).span if cell.turn else turns.whole
