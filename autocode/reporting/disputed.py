"""Where coders decided differently: counted for everybody, and with the words of the interview for the study itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autocode.agreement.naming import independent, models
from autocode.data import CodedSegment, Coding, Data, Transcript, Turn
from autocode.reporting.compared import Compared
from autocode.reporting.report_parts import Table, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autocode.agreement.coefficients import Ints

CONTEXT = 200
"""How many characters of what was said before are shown."""


class Reading(Data):
    """What one coder decided on a unit for one code, and what they wrote beside it."""

    coder: str
    quotes: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    """A person's memos and a model's reasons."""


class DisputedCode(Data):
    """A code that some gave a unit, and others who read it did not."""

    code: str
    applied: tuple[Reading, ...]
    not_applied: tuple[str, ...]


class Disputed(Data):
    """A unit on which coders differ, with its words."""

    transcript: str
    unit: int
    speaker: str
    at: str
    """The time on the tape, where it is known."""
    before: str
    words: str
    codes: tuple[DisputedCode, ...]


def disputed_table(compared: Compared) -> Table:
    """Where coders differ, counted: a row an interview, without its words."""
    by_transcript: dict[str, Counter[str]] = defaultdict(Counter)
    units: Counter[str] = Counter()
    for (transcript, _), codes in _disputed(compared):
        by_transcript[transcript].update(list(codes))
        units[transcript] += 1
    rows = [
        (id, f"{units[id]:,}", f"{counts.total():,}", ", ".join(f"{code} {n}" for code, n in counts.most_common(6)))
        for id, counts in sorted(by_transcript.items())
    ]
    unit = compared.agreement.unit
    columns = f"Interview|#{unit.capitalize()}s with a difference|#Differences|Most on"
    return table("Where coders differ", columns, rows, "Of people who coded independently, and models beside them.")


def disputed(compared: Compared) -> list[Disputed]:
    """Every unit on which coders differ, in the order of the interviews, with what each of them marked and wrote."""
    texts = {transcript.id: transcript for transcript in compared.transcripts}
    coders = {coding.coder: coding for coding in _coders(compared)}
    about = compared.units[["speaker", "start", "end"]]
    rows = {key: (str(s), int(a), int(b)) for key, (s, a, b) in zip(about.index, about.to_numpy(), strict=True)}
    found = []
    for key, codes in _disputed(compared):
        transcript, (speaker, start, end) = texts[key[0]], rows[key]
        found.append(
            Disputed(
                transcript=transcript.id,
                unit=key[1],
                speaker=speaker,
                at=_at(transcript, start),
                before=_before(transcript, start),
                words=transcript.text[start:end],
                codes=tuple(
                    DisputedCode(
                        code=code,
                        applied=tuple(_reading(coders[name], code, transcript, start, end) for name in applied),
                        not_applied=tuple(not_applied),
                    )
                    for code, (applied, not_applied) in codes.items()
                ),
            )
        )
    return found


def _coders(compared: Compared) -> list[Coding]:
    """The codings whose differences are told: independent people, and models."""
    return [compared.codings[i] for i in sorted({*independent(compared.codings), *models(compared.codings)})]


def _disputed(compared: Compared) -> Iterator[tuple[tuple[str, int], dict[str, tuple[list[str], list[str]]]]]:
    """Each unit with a difference: for each code in dispute who applied it and who read it and did not."""
    import numpy as np

    units, names = compared.units, [coding.coder for coding in _coders(compared)]
    by_unit: dict[int, dict[str, tuple[list[str], list[str]]]] = defaultdict(dict)
    for code in compared.codes:
        values: Ints = units[[(name, code) for name in names]].to_numpy(dtype=np.int8)
        differ = (values == 1).any(axis=1) & (values == 0).any(axis=1)
        for i in np.flatnonzero(differ).tolist():
            by_unit[i][code] = (_who(names, values[i], 1), _who(names, values[i], 0))
    for i in sorted(by_unit):
        transcript, number = units.index[i]
        yield (str(transcript), int(number)), by_unit[i]


def _who(names: Sequence[str], decisions: Ints, which: int) -> list[str]:
    return [name for name, decision in zip(names, decisions, strict=True) if decision == which]


def _reading(coding: Coding, code: str, transcript: Transcript, start: int, end: int) -> Reading:
    segments = [s for s in coding.segments if s.code == code and _touches(s, transcript.id, start, end)]
    spans = [s.span for s in segments if s.span is not None]
    quotes = dict.fromkeys(transcript.text[span.start : span.end] for span in spans)
    whole = transcript.text[start:end]
    memos = dict.fromkeys(note for s in segments for note in (s.memo, s.why) if note)
    return Reading(coder=coding.coder, quotes=tuple(q for q in quotes if q != whole), memos=tuple(memos))


def _touches(segment: CodedSegment, transcript: str, start: int, end: int) -> bool:
    span = segment.span
    return (
        segment.transcript_id == transcript
        and segment.counts
        and span is not None
        and span.start < end
        and start < span.end
    )


def _at(transcript: Transcript, start: int) -> str:
    turn = _turn(transcript, start)
    if turn is None or turn.starts_at is None:
        return ""
    minutes, seconds = divmod(int(turn.starts_at), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _turn(transcript: Transcript, start: int) -> Turn | None:
    return next((turn for turn in transcript.turns if turn.span.start <= start < turn.span.end), None)


def _before(transcript: Transcript, start: int) -> str:
    """The end of what was said before a unit, begun at a word."""
    earlier = transcript.text[max(0, start - CONTEXT) : start]
    if start > CONTEXT:
        earlier = "… " + earlier.partition(" ")[2]
    return earlier
