"""Decisions that stand + what became of the codes → what each coder has to read again, and what is done of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autocode.codebook import asked
from autocode.data import Code, Codebook, Coding, OwedState, Passage, Rereading, RereadingList, Transcript
from autocode.history import edited_since, marked, marked_number
from autocode.locating import Turns
from autocode.locating.coverage import stretches
from autocode.rereading.fates import Fate, fate
from autocode.rereading.standing import Sitting, Work, coders_files, runs_of, works

_ORDER = ("stale", "split", "new", "not declared", "carried", "done")
Place = tuple[str, str, int, int]
"""Coder, transcript, start and end: a passage is counted once, however many codes of it are stale."""


@dataclass
class _Piece:
    """What one coder owes for one code by one fate."""

    under: dict[str, None] = field(default_factory=dict)
    passages: set[Place] = field(default_factory=set)
    transcripts: set[str] = field(default_factory=set)
    turns: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Those to be read again, by transcript."""
    done_passages: set[Place] = field(default_factory=set)
    done_transcripts: set[str] = field(default_factory=set)


def owed(
    paths: Sequence[Path],
    codings: Sequence[Coding],
    transcripts: Mapping[str, Transcript],
    codebook: Codebook,
    *,
    versions: Mapping[str, Codebook] | None = None,
    encoding: str | None = None,
) -> RereadingList:
    """What has to be read again since the codebook changed: for each code and coder, and what is done of it.

    `paths` are the coding files, folders and runs that the codings were read from; `versions` the frozen codebooks by
    number. Decisions made under an older definition are *stale* where `changes` calls it an edit or the definition is
    found to differ; a code that a coder never had owes its transcripts a look. A later line of coders.csv under a newer
    version is a re-reading. Runs count as coders under the version that they hold.
    """
    kept = dict(versions or {})
    readings = coders_files([path for path in paths if not (path / "run.json").exists()], encoding)
    own = [coding for coding in codings if coding.stage != "settled"]  # that one is made of the others
    everyone = works(own, readings, transcripts, codebook=codebook, versions=kept, runs=runs_of(paths))
    rows: list[Rereading] = []
    again: set[Place] = set()
    stale: set[Place] = set()
    look: set[tuple[str, str]] = set()
    for code in asked(codebook):
        for work in everyone:
            for known, piece in _pieces(code, work, codebook, kept).items():
                row = _row(code, work, known, piece, kept)
                rows.append(row)
                if row.state == "stale":
                    stale |= piece.passages
                if row.recode:
                    again |= piece.passages
                    look |= {(work.coder, id) for id in piece.transcripts}
    rows.sort(key=lambda row: (_ORDER.index(row.state), not row.recode))  # stable: codebook order, then coders
    return RereadingList(
        codebook=codebook.id,
        version=marked(codebook, kept),
        rows=tuple(rows),
        passages=len(again),
        transcripts=len(look),
        stale_passages=len(stale),
        notes=tuple(_notes(everyone, kept)),
    )


def _pieces(code: Code, work: Work, codebook: Codebook, versions: Mapping[str, Codebook]) -> dict[Fate, _Piece]:
    about = [s for s in work.sittings if s.codes is None or code.id in s.codes or _of_parts(code, s.codes, codebook)]
    fates: dict[tuple[str, int], Fate | None] = {}
    """What became of the code since each version: the same for all that was read under it."""
    for sitting in about:
        under = sitting.version, id(sitting.book)
        if under not in fates:
            fates[under] = fate(code, sitting.version, sitting.book, codebook, versions)
    if not any(fates.values()):
        return {}
    found: dict[Fate, _Piece] = defaultdict(_Piece)
    later: dict[str, set[int]] = defaultdict(set)
    settled: dict[str, set[int]] = defaultdict(set)
    """Turns of a transcript that were read again; those of them where that reading still stands."""
    for sitting in reversed(about):
        known = fates[sitting.version, id(sitting.book)]
        after, good = later[sitting.transcript], settled[sitting.transcript]
        if known is not None:
            _add(found[known], known, code, work, sitting, sitting.turns - after, sitting.turns & good)
        if known is None or known.state == "carried":
            good.update(sitting.turns - after)
        after.update(sitting.turns)
    return {known: piece for known, piece in found.items() if piece.transcripts or piece.done_transcripts}


def _add(
    piece: _Piece, known: Fate, code: Code, work: Work, sitting: Sitting, left: frozenset[int], done: frozenset[int]
) -> None:
    codes = known.sources or (code.id,)
    marks = _marked(work, codes, sitting.transcript, left)
    piece.under[sitting.version] = None
    if left and (
        marks or known.state not in ("split", "carried")
    ):  # of a whole only its passages have to be told apart
        piece.transcripts.add(sitting.transcript)
        piece.turns[sitting.transcript] |= left
        piece.passages |= marks
    elif done:
        piece.done_transcripts.add(sitting.transcript)
    piece.done_passages |= _marked(work, codes, sitting.transcript, done)


def _of_parts(code: Code, codes: frozenset[str], codebook: Codebook) -> bool:
    """Whether a line limited to some codes is about those that this one was made of, by any chain of changes."""
    joins = [c for c in codebook.changes if c.kind in ("merge", "split")]
    made = {code.id}
    for change in sorted(joins, key=lambda each: -each.version):
        if not made.isdisjoint(change.to):
            made.update(change.from_)
    return not codes.isdisjoint(made - {code.id})


def _marked(work: Work, codes: Sequence[str], transcript: str, turns: frozenset[int]) -> set[Place]:
    return {
        (work.coder, transcript, span.start, span.end)
        for code in codes
        for turn, span in work.marked.get((code, transcript), ())
        if turn in turns
    }


def _row(code: Code, work: Work, known: Fate, piece: _Piece, versions: Mapping[str, Codebook]) -> Rereading:
    settled = not piece.transcripts
    return Rereading(
        code=code.id,
        name=code.name,
        coder=work.coder,
        kind=work.kind,
        state="done" if settled else known.state,
        under=tuple(marked_number(v, versions) for v in sorted(piece.under, key=lambda v: (len(v), v)) if v),
        since=known.since,
        recode=known.recode and not settled,
        declared=known.declared,
        why=known.why,
        passages=len(piece.passages),
        transcripts=tuple(sorted(piece.transcripts)),
        done_passages=len(piece.done_passages),
        done_transcripts=tuple(sorted(piece.done_transcripts)),
    )


def _notes(everyone: Sequence[Work], versions: Mapping[str, Codebook]) -> list[str]:
    notes = edited_since(versions)
    used = {sitting.version for work in everyone for sitting in work.sittings if sitting.book is None}
    notes += [
        f"version {number} of the codebook is not kept, so what changed since follows only from `changes`; put it back "
        f"as codebook/v{number}.yaml if it is somewhere"
        for number in sorted(used - {""})
        if number.isdecimal()
    ]
    notes += [
        f"coders.csv names version {number}, which is none that was released: under which definitions that was coded "
        "is not known, so nothing of it is counted as stale"
        for number in sorted(used - {""})
        if not number.isdecimal()
    ]
    silent = [w.coder for w in everyone if w.sittings and all(not sitting.version for sitting in w.sittings)]
    if silent:
        notes.append(
            f"{', '.join(silent)}: nobody wrote down which version they worked with; put it into the column `codebook` "
            "of coders.csv"
        )
    return notes


def owed_sentence(owing: RereadingList) -> str:
    """One sentence on what is still owed, for the notes of other results; blank where nothing is."""
    parts = []
    rows = [row for row in owing.rows if row.recode or row.state == "stale"]
    if owing.passages or owing.transcripts:
        parts.append(f"{_count(owing.passages, 'passage')} in {_count(owing.transcripts, 'transcript')} to read again")
    left = owing.stale_passages - sum(row.passages for row in rows if row.state == "stale" and row.recode)
    if left > 0:
        parts.append(
            f"{_count(left, 'passage')} under a definition that has changed since, which nobody asked to recode"
        )
    if not parts:
        return ""
    codes = list(dict.fromkeys(row.code for row in rows))
    shown = ", ".join(codes[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")
    return f"the codebook changed after they coded ({shown}): {'; '.join(parts)}; see `autocode codebook status`"


def stale_in(
    paths: Sequence[Path],
    codings: Sequence[Coding],
    transcripts: Mapping[str, Transcript],
    codebook: Codebook,
    *,
    versions: Mapping[str, Codebook] | None = None,
    encoding: str | None = None,
    state: OwedState = "stale",
) -> list[dict[str, tuple[Passage, ...]]]:
    """For each coding, code by code, the stretches decided under an older definition, and not read again; or (`split`)
    of a whole that was split since, where it was applied in the transcript. Takes what `owed` takes.
    """
    kept = dict(versions or {})
    readings = coders_files([path for path in paths if not (path / "run.json").exists()], encoding)
    found: list[dict[str, tuple[Passage, ...]]] = []
    for coding in codings:
        own = [coding] if coding.stage != "settled" else []
        theirs: dict[str, tuple[Passage, ...]] = {}
        for work in works(own, readings, transcripts, codebook=codebook, versions=kept, runs=runs_of(paths)):
            for code in asked(codebook):
                pieces = [piece for known, piece in _pieces(code, work, codebook, kept).items() if known.state == state]
                left = [(id, turns) for piece in pieces for id, turns in piece.turns.items()]
                theirs[code.id] = tuple(
                    Passage(id, span) for id, turns in left for span in stretches(turns, Turns(transcripts[id]))
                )
        found.append(theirs)
    return found


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
