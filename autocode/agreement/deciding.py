"""A coding -> its decisions: 1, 0 or -1 (missing) for every unit and code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autocode.agreement.cutting import Cut
from autocode.agreement.placing import place, touched
from autocode.codebook import codable, match_code, speakers_of
from autocode.data import Code, Codebook, Coding, Decision, Span
from autocode.errors import CodebookError, InputError, nearest

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints


@dataclass(frozen=True)
class Columns:
    """The codes that may be applied, and which pieces are units for each."""

    codebook: Codebook
    codes: list[Code]
    place: Mapping[str, int]
    """The column of each code id."""
    kind: Ints
    """For each code the row of `allowed` that it goes by: codes for the same speakers share one."""
    allowed: Bools
    notes: list[str]


def columns(codebook: Codebook, cut: Cut) -> Columns:
    """The columns of the table of units: every codable code, in the order of the codebook."""
    import numpy as np

    codes = codable(codebook)
    if not codes:
        raise CodebookError(f"the codebook {codebook.id} has no code that may be applied; say `codable: true` on one")
    scopes = [speakers_of(codebook, code) for code in codes]
    kinds = list(dict.fromkeys(scopes))
    known = set(cut.speaker)
    notes = [
        f'code "{code.id}" is for {" and ".join(scope)}, whom no unit has; it has no units'
        for code, scope in zip(codes, scopes, strict=True)
        if scope and not known.intersection(scope)
    ]
    rows = [[not scope or speaker in scope for speaker in cut.speaker] for scope in kinds]
    return Columns(
        codebook=codebook,
        codes=codes,
        place={code.id: i for i, code in enumerate(codes)},
        kind=np.array([kinds.index(scope) for scope in scopes], dtype=np.int64),
        allowed=np.array(rows, dtype=bool).reshape(len(kinds), len(cut.speaker)),
        notes=notes,
    )


@dataclass
class Decided:
    """A coding's decisions, units x codes, and what a person should know of how they came about."""

    values: Ints
    n_outside: int = 0
    """Coded segments without a character inside units."""
    n_elsewhere: int = 0
    """Coded segments in transcripts that are not compared."""
    n_coded_unread: int = 0
    """Decisions of 1 on units that were not read in whole."""
    not_codable: Counter[str] = field(default_factory=Counter)
    """How often the coder applied a theme that may not be applied itself; such a row is no coding."""


def decide(coding: Coding, cut: Cut, columns: Columns) -> Decided:
    """What the coder decided on every unit for every code.

    1 where they applied the code. Else -1 where they said so, where they were not asked for the code, or where a
    character of the unit (for the code's speakers) was not read; else 0: read, and not applied. What is not a unit for
    a code is -1 for everybody.
    """
    import numpy as np

    marked = _marked(coding, cut, columns)
    units_of = _pieces_per_unit(columns.allowed, cut)
    is_unit = units_of[columns.kind] > 0
    covered = _pieces_per_unit(columns.allowed & _read(coding, cut), cut)
    read = is_unit & (covered == units_of)[columns.kind]

    values = np.where(read, 0, -1).astype(np.int8)  # codes x units until the end, so that a code is a row
    column, unit = marked.on["no"]
    values[column, unit] = 0
    if coding.codes:
        asked = np.array([code.id in coding.codes for code in columns.codes])
        values[~asked] = -1
    for column, unit in (_missing(coding, cut, columns), marked.on["missing"]):
        values[column, unit] = -1
    column, unit = marked.on["yes"]
    values[column, unit] = 1
    values[~is_unit] = -1
    return Decided(
        values=values.T,
        n_outside=marked.n_outside,
        n_elsewhere=marked.n_elsewhere,
        n_coded_unread=int(((values == 1) & ~read).sum()),
        not_codable=marked.not_codable,
    )


@dataclass
class _Marked:
    on: dict[Decision, tuple[Ints, Ints]]
    """For each kind of decision the columns and units that segments put it on."""
    n_outside: int
    n_elsewhere: int
    not_codable: Counter[str]


def _marked(coding: Coding, cut: Cut, columns: Columns) -> _Marked:
    """Where the coder's segments lie, as columns and units."""
    import numpy as np

    column_of = _columns_of(coding, [segment.code for segment in coding.segments if segment.counts], columns)
    decisions: tuple[Decision, ...] = ("yes", "no", "missing")
    rows: list[tuple[int, int, int, int]] = []
    elsewhere, not_codable = 0, Counter[str]()
    for segment in coding.segments:
        if not segment.counts or segment.span is None:
            continue
        column = column_of[segment.code]
        if column is None:
            not_codable[segment.code] += 1
        elif segment.transcript_id not in cut.begins:
            elsewhere += segment.decision == "yes"
        else:
            rows.append((*cut.on_line(segment.transcript_id, segment.span), column, decisions.index(segment.decision)))
    start, end, at, decision = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    placed = place(start, end, columns.allowed, columns.kind[at], cut)
    on: dict[Decision, tuple[Ints, Ints]] = {}
    for i, name in enumerate(decisions):
        these = decision[placed.segment] == i
        on[name] = (at[placed.segment[these]], placed.unit[these])
    yes = decision == decisions.index("yes")
    return _Marked(
        on=on,
        n_outside=int((placed.outside & yes).sum()),
        n_elsewhere=elsewhere,
        not_codable=not_codable,
    )


def _columns_of(coding: Coding, written: Iterable[str], columns: Columns) -> dict[str, int | None]:
    """The column of each code as the coder wrote it; None for a theme that may not be applied itself."""
    found: dict[str, int | None] = {}
    for name in dict.fromkeys(written):
        code = match_code(columns.codebook, name)
        if code is None:
            known = [word for c in columns.codebook.codes for word in (c.id, c.name, *c.aliases)]
            raise InputError(
                f'{coding.coder} uses the code "{name}", which the codebook {columns.codebook.id} does not have'
                f"{nearest(name, known)}; correct it in the coding, or add it to the codebook"
            )
        found[name] = columns.place.get(code.id)
    return found


def _pieces_per_unit(claims: Bools, cut: Cut) -> Ints:
    """For each row of claims about pieces, how many pieces of each unit it holds for."""
    import numpy as np

    return np.stack([np.bincount(cut.unit[row], minlength=len(cut.units)) for row in claims])


def _read(coding: Coding, cut: Cut) -> Bools:
    """For each piece, whether the coder read all of it. White space between two stretches they read is read, too."""
    import numpy as np

    seen: dict[str, list[Span]] = defaultdict(list)
    for passage in coding.seen:
        if passage.transcript in cut.begins:
            seen[passage.transcript].append(passage.span)
    read: list[tuple[int, int]] = []
    for transcript, spans in seen.items():
        read += [cut.on_line(transcript, span) for span in _joined(spans, cut.texts[transcript])]
    start, end = np.array(sorted(read), dtype=np.int64).reshape(-1, 2).T
    if not len(start):
        return np.zeros(len(cut.start), dtype=bool)
    before = np.searchsorted(start, cut.start, side="right") - 1  # the last stretch that begins at or before the piece
    return (before >= 0) & (end[before] >= cut.end)


def _joined(spans: Iterable[Span], text: str) -> list[Span]:
    """The stretches in order, those that touch or have only white space between them made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last and (span.start <= last.end or text[last.end : span.start].isspace()):
            joined[-1] = Span(last.start, max(last.end, span.end))
        else:
            joined.append(span)
    return joined


def _missing(coding: Coding, cut: Cut, columns: Columns) -> tuple[Ints, Ints]:
    """The columns and units on which the coder declared to have no decision: a character of the unit is enough."""
    import numpy as np

    missing = [gap for gap in coding.missing if gap.passage.transcript in cut.begins]
    column_of = _columns_of(coding, [gap.code for gap in missing if gap.code], columns)
    every = range(len(columns.codes))
    rows: list[tuple[int, int, int]] = []
    for gap in missing:
        stretch = cut.on_line(gap.passage.transcript, gap.passage.span)
        column = column_of[gap.code] if gap.code else None
        rows += [(*stretch, c) for c in ([column] if column is not None else [] if gap.code else every)]
    start, end, at = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    gap_of, piece = touched(start, end, cut)
    column_at = at[gap_of]
    inside = columns.allowed[columns.kind[column_at], piece]
    return column_at[inside], cut.unit[piece[inside]]
