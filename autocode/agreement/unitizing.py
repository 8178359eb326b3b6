"""Codings -> units: one table with a row a unit and a column for each coder and code, from which all else follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from autocode.agreement.cutting import Cut, clusters, cut
from autocode.agreement.deciding import Decided, columns, decide
from autocode.agreement.placing import touched
from autocode.agreement.quoting import quoted
from autocode.data import Codebook, Coding, Transcript
from autocode.data import Unit as By
from autocode.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Ints

ABOUT = ("turn", "speaker", "person", "cluster", "start", "end", "words", "call", "example_of")
"""The columns about a unit; all others are a coder's."""


def units(
    codings: Sequence[Coding],
    transcripts: Iterable[Transcript],
    codebook: Codebook,
    *,
    by: By = "turn",
    exclude_speakers: Sequence[str] = (),
    persons: Mapping[tuple[str, str], str] | None = None,
) -> DataFrame:
    """A table with a row a unit, and for each coder and code what they decided: 1 yes, 0 no, -1 no decision.

    The index is (transcript, unit), in order of transcript and text; a unit of turns has the turn's number. The
    columns are pairs. Those about the unit have a blank second half, so that `frame["speaker"]` is one column:

    - `turn` (0 for a whole transcript), `speaker` (of a whole transcript all its speakers, joined by `;`), `start` and
      `end` in the transcript's text, and `words`, what stands between white space;
    - `person`: the participant, where `persons` maps (transcript, speaker) to one, else `transcript/speaker`; and
      `cluster`: the first of the transcripts joined by a participant who speaks in them, or the transcript itself;
    - `call`: units that a model answered in one call share a number; -1 where no model was asked. Each passage in a
      model's `seen` is one call, and overlapping calls of several models are one;
    - `example_of`: the codes, joined by `;`, whose examples in the codebook quote the unit.

    All other columns are (coder, code), for every codable code. A turn of somebody the code is not for (`speakers`)
    is -1 for everybody. What a reader of the figures should know of how segments came onto units stands in
    `attrs["notes"]`, as numbers for each coder in `attrs["counts"]`; how many passages each marked, and their median
    words, in `attrs["passages"]`.

    Raises InputError where two codings have one name, a coder uses a code the codebook does not have, or two
    transcripts have one id.
    """
    import pandas as pd

    _check_names(codings)
    line = cut(transcripts, by=by, exclude_speakers=exclude_speakers)
    cols = columns(codebook, line)
    table: dict[tuple[str, str], object] = {(name, ""): values for name, values in _about(line, persons or {}).items()}
    table["call", ""] = _calls(codings, line)
    table["example_of", ""] = quoted(line, codebook)
    decisions = {coding.coder: decide(coding, line, cols) for coding in codings}
    for coder, decided in decisions.items():
        for i, code in enumerate(cols.codes):
            table[coder, code.id] = pd.array(decided.values[:, i], dtype="Int8")
    index = pd.MultiIndex.from_arrays(
        [[unit.transcript for unit in line.units], [unit.number for unit in line.units]], names=["transcript", "unit"]
    )
    frame = pd.DataFrame(table, index=index)
    frame.columns = pd.MultiIndex.from_tuples(list(table), names=["coder", "code"])
    frame.attrs["by"] = by
    frame.attrs["notes"] = [*line.notes, *cols.notes, *_notes(decisions)]
    frame.attrs["passages"] = {coding.coder: _passages(coding, line) for coding in codings}
    frame.attrs["counts"] = {coder: _numbers(decided) for coder, decided in decisions.items()}
    return frame


def _check_names(codings: Sequence[Coding]) -> None:
    names = Counter(coding.coder for coding in codings)
    for name, n in names.items():
        if n > 1:
            raise InputError(f'{n} codings are called "{name}"; tell them apart by their pass or run before comparing')
        if name in ABOUT:
            raise InputError(f'a coder cannot be called "{name}", which is a column of the table of units; rename them')


def _about(line: Cut, persons: Mapping[tuple[str, str], str]) -> dict[str, object]:
    """The columns about units that need no coding."""
    joined = clusters(line, persons)
    speakers = [tuple(dict.fromkeys(unit.speakers)) for unit in line.units]
    return {
        "turn": [unit.turn for unit in line.units],
        "speaker": [";".join(labels) for labels in speakers],
        "person": [
            ";".join(dict.fromkeys(persons.get((u.transcript, label), f"{u.transcript}/{label}") for label in labels))
            for u, labels in zip(line.units, speakers, strict=True)
        ],
        "cluster": [joined[unit.transcript] for unit in line.units],
        "start": [unit.pieces[0].start for unit in line.units],
        "end": [unit.pieces[-1].end for unit in line.units],
        "words": [len(line.words(i).split()) for i in range(len(line.units))],
    }


def _calls(codings: Sequence[Coding], line: Cut) -> Ints:
    """For each unit the number of the block of calls that answered it, from 0; -1 where no model was asked."""
    import numpy as np

    passages = [p for coding in codings if coding.kind == "model" for p in coding.seen if p.transcript in line.begins]
    stretches = [line.on_line(passage.transcript, passage.span) for passage in passages]
    start, end = np.array(stretches, dtype=np.int64).reshape(-1, 2).T
    call, piece = touched(start, end, line)
    n = len(line.units)
    asked = np.zeros(n, dtype=bool)
    asked[line.unit[piece]] = True
    # Two neighbours share a block if a call goes on from the one to the other.
    goes_on = np.zeros(n, dtype=bool)
    one_call = call[1:] == call[:-1]
    left, right = line.unit[piece[:-1]][one_call], line.unit[piece[1:]][one_call]
    goes_on[left[left != right]] = True
    begins = asked & ~np.concatenate([[False], goes_on[:-1]])[:n]
    return np.where(asked, np.cumsum(begins) - 1, -1)


def _passages(coding: Coding, line: Cut) -> tuple[int, float | None]:
    """How many passages the coder marked in these transcripts, each code for itself, and their median words."""
    spans = [
        (segment.transcript_id, segment.span)
        for segment in coding.segments
        if segment.counts and segment.span and segment.decision == "yes" and segment.transcript_id in line.texts
    ]
    words = {(id, span): len(line.texts[id][span.start : span.end].split()) for id, span in set(spans)}
    return len(spans), median(words[place] for place in spans) if spans else None


def _numbers(decided: Decided) -> dict[str, int]:
    return {
        "outside": decided.n_outside,
        "elsewhere": decided.n_elsewhere,
        "coded_unread": decided.n_coded_unread,
        "not_codable": decided.not_codable.total(),
    }


def _notes(decisions: Mapping[str, Decided]) -> list[str]:
    notes = []
    for coder, d in decisions.items():
        if d.n_outside:
            notes.append(f"{coder}: coded passages outside the units, which count nowhere: {d.n_outside}")
        if d.n_elsewhere:
            notes.append(f"{coder}: coded passages in transcripts that are not compared: {d.n_elsewhere}")
        if d.n_coded_unread:
            notes.append(f"{coder}: codes on units that were not read in whole, counted as coded: {d.n_coded_unread}")
        if d.not_codable:
            which = ", ".join(f"{code} ({n})" for code, n in sorted(d.not_codable.items()))
            notes.append(f"{coder}: themes that may not be applied themselves, not counted: {which}")
    return notes
