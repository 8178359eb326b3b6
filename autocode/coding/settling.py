"""Codings and decisions -> `settled.csv`: the study's own coding, and where each of its rows comes from.

Passage by passage and code by code, the first of these that applies:

- *decided*: a line of decisions.csv says yes, or gives this code instead of another; a no settles it as well;
- *agreed*: everybody who read it gave the code, and they are two or more;
- *reviewed*: a model gave it, a person accepted or moved that row (verdicts.csv), and no two people differ about it;
- *one coder only*: one gave it, and nobody else decided about it.

Where everybody who read it left the code away it is settled, too, and has no row. What some gave and others did not is
undecided: it has no row, and is no decision (missing) for whoever reads settled.csv.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from autocode.agreement import Marks, units
from autocode.coding.deciding import Cell, Cells, Decided, decided
from autocode.coding.reviewing import Reviewed
from autocode.coding.settled_file import CODER, COLUMNS, From, Row, cells_of, refuse_strangers_file, table
from autocode.data import Codebook, Coding, Data, Span, Transcript
from autocode.data import Unit as By
from autocode.errors import InputError
from autocode.files import write_whole
from autocode.locating import Turns
from autocode.reading import DecisionLine
from autocode.reading.coders import UNSEEN_COLUMNS
from autocode.reading.human import SETTLED, SETTLED_UNSEEN

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints

_SAID = (("yes", 1), ("no", 0))


class Undecided(Data):
    """A disputed passage that nobody has decided about."""

    id: str
    transcript: str
    turn: int
    code: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


class Settled(Data):
    """What was settled, and what is left."""

    format: Literal["autocode-settled/1"] = "autocode-settled/1"
    path: str
    unit: By
    coders: tuple[str, ...]
    """Whose codings were settled."""
    rows: int
    """Passages with a code; a code on one unit each."""
    sources: dict[str, int]
    """How many are agreed, decided, reviewed, and of one coder only."""
    decided_no: int = 0
    """Passages that were decided not to have a code; they have no row."""
    transcripts: int = 0
    undecided: tuple[Undecided, ...] = ()
    notes: tuple[str, ...] = ()


def settle(
    people: Sequence[Coding],
    runs: Sequence[Reviewed],
    transcripts: Sequence[Transcript],
    codebook: Codebook,
    lines: Sequence[DecisionLine],
    folder: Path,
    *,
    by: By = "turn",
    exclude_speakers: Sequence[str] = (),
) -> Settled:
    """Write settled.csv (and what in it is no decision) into a folder of coding; the same input gives the same bytes.

    Raises InputError where there is no coding to settle, and for a settled.csv that somebody else has written.
    """
    if not people and not runs:
        raise InputError(
            "there is no coding to settle: nobody's stage is independent or undeclared; name a run with --with",
            path=folder,
        )
    path = folder / SETTLED
    refuse_strangers_file(path)
    own = [*people, *(each.coding for each in runs)]
    marked = [*own, *(each.kept for each in runs), *(each.taken_out for each in runs)]
    frame = units(marked, transcripts, codebook, by=by, exclude_speakers=exclude_speakers)
    settling = Settling(people, runs, marked, Marks(frame, marked, transcripts, codebook), codebook, lines)
    rows = sorted(settling.rows(), key=lambda row: row.order)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, table(COLUMNS, map(cells_of, rows)))
    unseen = [*settling.unseen()]
    if unseen:
        write_whole(folder / SETTLED_UNSEEN, table(UNSEEN_COLUMNS, unseen))
    else:
        (folder / SETTLED_UNSEEN).unlink(missing_ok=True)
    sources = Counter(row.source for row in rows if row.code)
    return Settled(
        path=path.as_posix(),
        unit=by,
        coders=tuple(coding.coder for coding in own),
        rows=sources.total(),
        sources={source: sources[source] for source in get_args(From)},
        decided_no=sum(not is_there for is_there, _ in settling.decided.on.values()),
        transcripts=len(settling.read),
        undecided=tuple(settling.undecided()),
        notes=tuple(settling.decided.notes),
    )


class Settling:
    """The codings laid side by side, with what was decided and reviewed, and what follows for each code and unit."""

    def __init__(
        self,
        people: Sequence[Coding],
        runs: Sequence[Reviewed],
        marked: Sequence[Coding],
        marks: Marks,
        codebook: Codebook,
        lines: Sequence[DecisionLine],
    ) -> None:
        self.marks = marks
        self.codebook = codebook
        self.runs = runs
        self.own = marked[: len(people) + len(runs)]
        self.n_people, self.n_own = len(people), len(people) + len(runs)
        self.cells = Cells(marks, codebook)
        self.decided: Decided = decided(lines, self.cells)
        self.turns = {id: Turns(transcript) for id, transcript in marks.texts.items()}
        self.read = sorted(
            {p.transcript for coding in self.own for p in coding.seen if p.transcript in marks.texts}
            | {marks.places[unit].transcript for unit, _ in self.decided.on}
        )
        self.sources: dict[str, tuple[Ints, Ints]] = {code.id: self._sources(code.id) for code in marks.codes}

    def _sources(self, code: str) -> tuple[Ints, Ints]:
        """For each unit which of `From` it is (-1: the code is not there), and whether there is no decision."""
        import numpy as np

        values = self.marks.values[code]
        own, people = values[:, : self.n_own], values[:, : self.n_people]
        kept = (values[:, self.n_own : self.n_own + len(self.runs)] == 1).any(axis=1)
        out = (values[:, self.n_own + len(self.runs) :] == 1).any(axis=1)
        yes, no = (own == 1).sum(axis=1), (own == 0).sum(axis=1)
        people_differ = (people == 1).any(axis=1) & (people == 0).any(axis=1)
        agreed, alone = (yes > 1) & (no == 0), (yes == 1) & (no == 0)
        reviewed = kept & ~people_differ & ~agreed
        source = np.select([agreed, reviewed, alone], [0, 2, 3], default=-1)
        open_ = ((source < 0) & ((yes > 0) | ((no == 0) & ~out))).astype(np.int8)
        for (unit, about), (is_there, _) in self.decided.on.items():
            if about == code:
                source[unit], open_[unit] = (1 if is_there else -1), 0
        return source, open_

    def rows(self) -> Iterator[Row]:
        """A row for each code on a unit, and one for each transcript that was read and has no code."""
        import numpy as np

        with_code = set()
        for code, (source, _) in self.sources.items():
            for unit in np.flatnonzero(source >= 0):
                with_code.add(self.marks.places[unit].transcript)
                yield self._row(code, int(unit), get_args(From)[source[unit]])
        for id in self.read:
            if id not in with_code:
                sha256 = self.marks.texts[id].sha256
                readers_of = [coding.coder for coding in self.own if any(p.transcript == id for p in coding.seen)]
                source_of: From = "agreed" if len(readers_of) > 1 else "one coder only"
                yield Row(id, "", source_of, ";".join(readers_of), text_sha256=sha256)

    def _row(self, code: str, unit: int, source: From) -> Row:
        place = self.marks.places[unit]
        segments = [
            (i, segment)
            for i in range(self.n_own)
            if self.marks.values[code][unit, i] == 1
            for segment in self.marks.segments(i, unit, code)
            if segment.decision == "yes" and segment.span
        ]
        span = _hull([s.span for _, s in segments if s.span], place.span)
        text = self.marks.texts[place.transcript]
        turn = self.turns[place.transcript].of_first_character(span)
        line = self.decided.on[unit, code][1] if source == "decided" else None
        memos = [line.why] if line else [s.memo for _, s in segments if s.memo]
        judges = [each.by[s.id] for each in self.runs for _, s in segments if s.id in each.by]
        coders = judges if source == "reviewed" else [self.own[i].coder for i, _ in segments]
        return Row(
            transcript=place.transcript,
            code=code,
            source=source,
            by=line.by if line else ";".join(dict.fromkeys(coders)),
            span=span,
            quote=text.text[span.start : span.end],
            turn=str(turn.number) if turn else "",
            speaker=turn.speaker if turn else "",
            memo="; ".join(dict.fromkeys(memos)),
            text_sha256=text.sha256,
            id=self.cells.id(Cell(unit, code)),
        )

    def undecided(self) -> list[Undecided]:
        """The passages that some gave a code and others did not, and nobody decided about; the most of a code first."""
        found: list[list[Undecided]] = []
        for code, (_, open_) in self.sources.items():
            values = self.marks.values[code][:, : self.n_own]
            units = ((open_ == 1) & (values == 1).any(axis=1)).nonzero()[0].tolist()
            found.append([self._undecided(code, unit, values[unit].tolist()) for unit in units])
        return [each for group in sorted(found, key=len, reverse=True) for each in group]

    def _undecided(self, code: str, unit: int, values: Sequence[int]) -> Undecided:
        place = self.marks.places[unit]
        said = {word: [c.coder for c, v in zip(self.own, values, strict=True) if v == v_] for word, v_ in _SAID}
        return Undecided(
            id=self.cells.id(Cell(unit, code)),
            transcript=place.transcript,
            turn=place.turn,
            code=code,
            yes=tuple(said["yes"]),
            no=tuple(said["no"]),
        )

    def unseen(self) -> Iterator[tuple[str, str, str, str]]:
        """The cells without a decision, as unseen.csv has them: for a turn of which nobody decided anything one."""
        is_unit = {code: self.marks.values[code].max(axis=1) >= 0 for code in self.sources}
        openings = {code: open_ for code, (_, open_) in self.sources.items()}
        read = {*self.read}
        told: set[tuple[str, str, str]] = set()
        for unit, place in enumerate(self.marks.places):
            if place.transcript not in read:
                continue
            theirs = [code for code, open_ in openings.items() if open_[unit]]
            if not theirs:
                continue
            for_it = [code.id for code in self.marks.codes if self.cells.is_for(code, unit)]
            nobody = not any(is_unit[code][unit] for code in for_it)
            named = [""] if nobody else [code for code in theirs if code in for_it]
            for code in named:
                cell = (place.transcript, str(place.turn or ""), code)
                if cell not in told:
                    told.add(cell)
                    yield (*cell[:2], CODER, code)


def _hull(spans: Sequence[Span], unit: Span) -> Span:
    """From the first to the last character that anybody marked within a unit; where nobody did, all of it."""
    clipped = [Span(max(s.start, unit.start), min(s.end, unit.end)) for s in spans]
    clipped = [s for s in clipped if len(s) > 0]
    return Span(min(s.start for s in clipped), max(s.end for s in clipped)) if clipped else unit


def settled_coding(found: Iterable[Coding]) -> Coding | None:
    """The study's own coding, where it has been settled; None where it has not."""
    return next((coding for coding in found if coding.stage == "settled"), None)
