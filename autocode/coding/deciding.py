"""What a meeting decided -> what it means for each passage and code, whatever has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autocode.agreement import Marks, passage_id
from autocode.codebook import code_of, match_code, speakers_of
from autocode.data import Code, Codebook, Data, Span, overlap
from autocode.errors import InputError, nearest
from autocode.grounding import ground
from autocode.reading import Answer, DecisionLine, add_decisions, read_agenda, read_decisions


@dataclass(frozen=True, slots=True)
class Cell:
    """One code on one unit, and whether its place had to be looked for anew because the text has changed."""

    unit: int
    code: str
    again: bool = False


class Taken(Data):
    """What became of the answers in a filled agenda."""

    path: str
    added: int
    known: int = 0
    """Those that stand in decisions.csv already."""
    blank: int = 0
    """Passages without a decision."""
    notes: tuple[str, ...] = ()


@dataclass
class Cells:
    """Every code on every unit by its id, so that a decision finds the passage that it is about."""

    marks: Marks
    codebook: Codebook
    _scopes: dict[str, frozenset[str]] = field(default_factory=dict)

    def id(self, cell: Cell) -> str:
        """The id of a code on a unit."""
        place = self.marks.places[cell.unit]
        return passage_id(place.transcript, cell.code, place.span)

    @cached_property
    def _by_id(self) -> dict[str, Cell]:
        """All of them: built only where somebody's line does not say where it belongs."""
        return {
            passage_id(place.transcript, code.id, place.span): Cell(unit, code.id)
            for unit, place in enumerate(self.marks.places)
            for code in self.marks.codes
        }

    def find(self, id: str, transcript: str = "", code: str = "") -> Cell | None:
        """The code and unit of an id; what else is known only makes the search short."""
        for unit in self._in(transcript):
            place = self.marks.places[unit]
            if code and passage_id(place.transcript, code, place.span) == id:
                return Cell(unit, code) if code in self.marks.values else None
        return self._by_id.get(id)

    def again(self, transcript: str, turn: str, code: str, quote: str) -> Cell | None:
        """The unit whose words a decision was about, where the text has changed since: the same words, in one place."""
        text, wanted = self.marks.texts.get(transcript), match_code(self.codebook, code)
        if text is None or wanted is None or wanted.id not in self.marks.values:
            return None
        if self.marks.by == "transcript" and turn in ("", "0"):
            return next((Cell(unit, wanted.id, again=True) for unit in self._in(transcript)), None)
        if not quote.strip():
            return None
        near = [i for i in self._in(transcript) if str(self.marks.places[i].turn) == turn]
        for within in [self.marks.places[i].span for i in near] + [Span(0, len(text.text))]:
            found = ground(quote.strip(), text.text, within=within)
            if found.span is None or found.match not in ("exact", "folded") or found.outside or found.ambiguous:
                continue
            units = [i for i in self._in(transcript) if overlap(self.marks.places[i].span, found.span)]
            whole = [i for i in units if 2 * overlap(self.marks.places[i].span, found.span) >= len(found.span)]
            if len(whole) == 1 and 2 * len(found.span) >= len(self.marks.places[whole[0]].span):
                return Cell(whole[0], wanted.id, again=True)
        return None

    def _in(self, transcript: str) -> Sequence[int]:
        return self._units.get(transcript, ())

    @cached_property
    def _units(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, place in enumerate(self.marks.places):
            found.setdefault(place.transcript, []).append(i)
        return found

    def is_for(self, code: Code, unit: int) -> bool:
        """Whether a unit's speaker may have a code."""
        if code.id not in self._scopes:
            self._scopes[code.id] = frozenset(speakers_of(self.codebook, code))
        scope = self._scopes[code.id]
        return not scope or not scope.isdisjoint(self.marks.places[unit].speaker.split(";"))


# --- From the agenda into decisions.csv -----------------------------------------------------------------------------


def take_decisions(agenda: Path, decisions: Path, cells: Cells) -> Taken:
    """Add what a filled agenda says to decisions.csv; what stands there in the same words is not added again.

    Raises InputError, with path:line and before anything is written, for an agenda of another study, a passage that
    is not there (any more), a code that is not in the codebook, and what else cannot be read.
    """
    answers, blank = read_agenda(agenda)
    notes: list[str] = []
    _refuse_another_study(answers, cells)
    new = [_line(answer, cells, notes) for answer in answers]
    twice = [id for id, n in Counter(line.id for line in new).items() if n > 1]
    if twice:
        first, second = [a for a, line in zip(answers, new, strict=True) if line.id == twice[0]][:2]
        raise InputError(
            f"the passage {twice[0]} is decided here and on line {first.line}; keep one of the two",
            path=agenda,
            line=second.line,
        )
    before = read_decisions(decisions)
    known = {line.said for line in before}
    last = {line.id: line for line in before}
    added = [line for line in new if line.said not in known]
    notes += [
        f"{line.transcript}, turn {line.turn}, {line.code}: decided otherwise since ({decisions}:{since.line}: "
        f"{since.decision}), which stands; to go back to {line.decision}, give it a later date"
        for line in new
        if line.said in known and (since := last[line.id]).said != line.said
    ]
    add_decisions(decisions, added)
    return Taken(
        path=decisions.as_posix(), added=len(added), known=len(new) - len(added), blank=blank, notes=tuple(notes)
    )


def _refuse_another_study(answers: Sequence[Answer], cells: Cells) -> None:
    """Raises InputError where no answer at all is about this study: that is one fault, not one of each line."""
    if len(answers) > 1 and not any(_cell(each, cells) or each.transcript in cells.marks.texts for each in answers):
        first = answers[0]
        raise InputError(
            f'no passage here has the id "{first.id}", nor do the other {len(answers) - 1} decisions belong to one; '
            "name the study (and the transcripts) that the agenda was made of",
            path=first.path,
            line=first.line,
        )


def _cell(answer: Answer, cells: Cells) -> Cell | None:
    return cells.find(answer.id, answer.transcript, answer.code) or cells.again(
        answer.transcript, answer.turn, answer.code, answer.passage
    )


def _line(answer: Answer, cells: Cells, notes: list[str]) -> DecisionLine:
    """An answer as a line of decisions.csv. Raises InputError for what it cannot be about."""
    cell = _cell(answer, cells)
    if cell is None:
        raise InputError(_why_not(answer, cells), path=answer.path, line=answer.line)
    place = cells.marks.places[cell.unit]
    text = cells.marks.texts[place.transcript]
    if cell.again:
        notes.append(
            f"{answer.path}:{answer.line}: the text of {place.transcript} has changed since; placed again by its words "
            f"(turn {place.turn})"
        )
    return DecisionLine(
        id=cells.id(cell),
        transcript=place.transcript,
        turn=str(place.turn or ""),
        code=cell.code,
        decision=_decision(answer, cell, cells),
        why=answer.why,
        by=answer.by,
        date=answer.date,
        codebook_change=answer.codebook_change,
        start=str(place.span.start),
        end=str(place.span.end),
        quote="" if cells.marks.by == "transcript" else text.text[place.span.start : place.span.end],
        text_sha256=text.sha256,
    )


def _why_not(answer: Answer, cells: Cells) -> str:
    """Why an id is not found, as far as what the agenda showed beside it tells, and what to do."""
    if answer.code and match_code(cells.codebook, answer.code) is None:
        hint = nearest(answer.code, cells.marks.values)
        return f'the code "{answer.code}" is not in the codebook (any more){hint}; put it back, or take the row out'
    if answer.transcript and answer.transcript not in cells.marks.texts:
        hint = nearest(answer.transcript, cells.marks.texts)
        return f'there is no transcript "{answer.transcript}" here{hint}; take the row out, or restore the transcript'
    if answer.transcript:
        return (
            f'no passage has the id "{answer.id}", and its words are not in {answer.transcript} in one place: the '
            f"text has changed since, or is compared by another unit than the {cells.marks.by}; write the agenda anew"
        )
    return f'no passage has the id "{answer.id}"; restore it from the agenda as it was'


def _decision(answer: Answer, cell: Cell, cells: Cells) -> str:
    """`yes`, `no`, or the id of another code."""
    written = answer.decision
    if written.casefold() in ("yes", "no"):
        return written.casefold()
    code = match_code(cells.codebook, written)
    if code is None or code.id not in cells.marks.values or code.status == "retired":
        known = ["yes", "no", *(code.id for code in cells.marks.codes if code.status != "retired")]
        which = "; write which code it is" if written.casefold() == "other code" else nearest(written, known)
        raise InputError(
            f'"{written}" is no decision: write yes, no, or the id of a code that may be applied{which}',
            path=answer.path,
            line=answer.line,
        )
    if not cells.is_for(code, cell.unit):
        speaker = cells.marks.places[cell.unit].speaker
        raise InputError(
            f'the code "{code.id}" is not for what {speaker} says ({", ".join(speakers_of(cells.codebook, code))}); '
            "choose another, or change its speakers in the codebook",
            path=answer.path,
            line=answer.line,
        )
    return "yes" if code.id == cell.code else code.id


# --- From decisions.csv to the passages -----------------------------------------------------------------------------


@dataclass
class Decided:
    """The decision about each code on a unit that has one, and what a person should know."""

    on: dict[tuple[int, str], tuple[bool, DecisionLine]] = field(default_factory=dict)
    """By unit and code: whether the code is there, and the line that says so."""
    ids: dict[str, DecisionLine] = field(default_factory=dict)
    """The line that stands for each id, as it is today."""
    notes: list[str] = field(default_factory=list)


def decided(lines: Iterable[DecisionLine], cells: Cells) -> Decided:
    """What stands decided: of several lines for one passage the last. Another code given instead is a yes for that
    code, unless a later line decides about it itself. Lines whose passage or code has gone are told and left out.
    """
    found = Decided()
    last: dict[tuple[int, str], tuple[DecisionLine, Cell]] = {}
    for line in lines:
        cell = _where(line, cells, found.notes)
        if cell is not None:
            last.pop((cell.unit, cell.code), None)  # in the order of the lines that stand
            last[cell.unit, cell.code] = line, cell
    for (unit, code), (line, cell) in last.items():
        found.ids[cells.id(cell)] = line
        for about, is_there in _meant(line, code, cells, found.notes):
            found.on[unit, about] = is_there, line
    return found


def _where(line: DecisionLine, cells: Cells, notes: list[str]) -> Cell | None:
    code = match_code(cells.codebook, line.code) if line.code else None
    if line.code and (code is None or code.id not in cells.marks.values):
        notes.append(
            f'{line.path}:{line.line}: the code "{line.code}" is not in the codebook any more, so the decision about '
            f"{line.transcript}, turn {line.turn} has no effect"
        )
        return None
    text = cells.marks.texts.get(line.transcript)
    changed = text is not None and line.text_sha256 and text.sha256 and line.text_sha256 != text.sha256
    cell = None if changed else cells.find(line.id, line.transcript, code.id if code else "")
    if cell is None:
        cell = cells.again(line.transcript, line.turn, line.code, line.quote)
        where = f"{line.path}:{line.line}: the passage of {line.transcript}, turn {line.turn} ({line.code})"
        if cell is None:
            notes.append(f"{where} is not there as it was decided about, so the decision has no effect; decide again")
        else:
            notes.append(f"{where} was placed again by its words, as the text has changed since")
    return cell


def _meant(line: DecisionLine, code: str, cells: Cells, notes: list[str]) -> Iterator[tuple[str, bool]]:
    if line.decision in ("yes", "no"):
        yield code, line.decision == "yes"
        return
    other = code_of(cells.codebook, line.decision) or match_code(cells.codebook, line.decision)
    if other is None or other.id not in cells.marks.values:
        notes.append(
            f'{line.path}:{line.line}: "{line.decision}" is neither yes nor no nor a code of the codebook, so the '
            f"decision about {line.transcript}, turn {line.turn} ({code}) has no effect"
        )
        return
    if other.id != code:
        yield code, False
    yield other.id, True
