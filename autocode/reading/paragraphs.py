"""From the paragraphs and tables of a word processor's file to who said what, and to the canonical text.

Paragraphs follow the rules of plain text: labels, a turn from label to label, without labels a turn a paragraph. Three
things are more than plain text has: names in bold, lines that hold a name and a time with the words below, and tables
with a turn a row. Times in brackets at either end of a line are kept as times and stand outside the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autocode.reading.bold_names import bold_names
from autocode.reading.document import Block, Paragraph, lines_of, paragraphs
from autocode.reading.pastes import named_in_brackets
from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.table_rows import Flat, Row, shown
from autocode.reading.turns import Label, Line, counting, label_of, name_and_time, time_of, trailing_time, without_times


def conversation(blocks: Sequence[Block], source: Source, notes: Sequence[str]) -> Reading:
    """The transcript that a document holds, with the notes of its reader and what was decided here.

    A place in a note is `path:number of the paragraph`. Raises TranscriptError where nothing is written in it.
    """
    if not any(paragraph.text.strip() for paragraph in paragraphs(blocks)):
        beside = "".join(f"; {note.removeprefix(f'{source.path}: ')}" for note in notes)
        raise source.error(f"holds no text{beside}; if it is a scan have it typed, else export it again")
    flat = Flat(blocks, source.path)
    lines, counts, about_labels = _labelled([item for item in flat.items if isinstance(item, Paragraph)], source)
    pieces, told = _by_label(flat.items, lines, counts) if counts else _by_paragraph(flat.items)
    canonical, turns = written(pieces, merged=False)
    told = [f"{source.path}:{sentence}" for sentence in told]
    return Reading(canonical, turns, [*notes, *flat.notes, *about_labels, *told])


# --- Which labels there are --------------------------------------------------------------------------------------


def _labelled(inside: Sequence[Paragraph], source: Source) -> tuple[dict[int, list[Line]], set[str], list[str]]:
    """The lines of each paragraph with what may be a label, which labels count, and what to tell of them."""
    filled = [paragraph for paragraph in inside if paragraph.text.strip()]
    timed = _names_with_times(filled, source)
    lines: dict[int, list[Line]] = {}
    under_time = False
    for paragraph in filled:
        lines[paragraph.number] = []
        for at, text in enumerate(lines_of(paragraph.text)):
            label = timed.get(text) or label_of(text)
            if label and under_time:  # a name under a time marks a speaker beyond doubt
                label = replace(label, sure=True)
            lines[paragraph.number].append(Line(paragraph.number, text, opens=at == 0, label=label))
            under_time = time_of(text) is not None
    if not any(line.label for each in lines.values() for line in each):  # [id1] words
        marked = iter(named_in_brackets([line for each in lines.values() for line in each], source.speakers))
        lines = {number: [next(marked) for _ in each] for number, each in lines.items()}

    def counted() -> tuple[set[str], list[str]]:
        return counting([line for each in lines.values() for line in each], source.speakers, source.path)

    counts, notes = counted()
    labelled = sum(line.label is not None and line.label.name in counts for each in lines.values() for line in each)
    names, about_bold = bold_names(filled, source, labelled=labelled)
    for number, label in names.items():
        lines[number][0] = replace(lines[number][0], label=label)
    if names:
        counts, notes = counted()
    return lines, counts, notes + about_bold


def _names_with_times(filled: Sequence[Paragraph], source: Source) -> dict[str, Label]:
    """The lines that hold only a name and a time, `Ana Garcia   0:03`, if that is how this file marks who speaks.

    In brackets, `I see [0:06]`, the time may stand behind words: then the name must come again, and most lines that
    end with a time must be so short.
    """
    lines = [line for paragraph in filled for line in lines_of(paragraph.text)]
    found = {line: label for line in lines if (label := name_and_time(line)) and not label_of(line)}
    seen = Counter(found[line].name for line in lines if line in found)
    ending = sum(trailing_time(line)[1] is not None for line in lines)
    short = sum(line in found and not found[line].sure for line in lines)
    return {
        line: replace(label, sure=True)
        for line, label in found.items()
        if label.sure or (short * 2 > ending and (seen[label.name] > 1 or label.name in source.speakers))
    }


# --- From lines to turns -----------------------------------------------------------------------------------------


def _by_paragraph(items: Sequence[Paragraph | Row]) -> tuple[list[Piece], list[str]]:
    """A turn a paragraph, without speaker; beside a conversation in a table, paragraphs are no turns."""
    in_rows = sum(len(item.piece.words) for item in items if isinstance(item, Row))
    outside = [item for item in items if isinstance(item, Paragraph) and item.text.strip()]
    spoken = in_rows < sum(len(paragraph.text) for paragraph in outside)
    pieces = []
    for item in items:
        if isinstance(item, Row):
            pieces.append(item.piece)
            continue
        words, start, end = without_times(" ".join(lines_of(item.text)))
        if words:
            pieces.append(Piece("", words, start if item.starts_at is None else item.starts_at, end, spoken))
    notes = []
    if outside and not spoken:
        where, first = outside[0].number, shown(outside[0].text.strip())
        which = f"{len(outside)} paragraphs outside the table belong" if outside[1:] else "a paragraph outside belongs"
        notes = [f"{where}: {which} to no turn (the first: {first})"]
    return pieces, notes


class _Saying:
    """A turn that is being put together, line by line."""

    def __init__(self, label: Label, number: int, pending: float | None) -> None:
        self.name, self.number = label.name, number
        self.start = pending if label.starts_at is None else label.starts_at
        self.end = label.ends_at
        self.words: list[str] = []

    def add(self, words: str, start: float | None, end: float | None) -> None:
        if self.start is None and not self.words:
            self.start = start
        self.end = self.end if end is None else end
        self.words += [words] if words else []

    def piece(self) -> Piece:
        return Piece(self.name, " ".join(self.words), self.start, self.end)


def _by_label(
    items: Sequence[Paragraph | Row], lines: Mapping[int, Sequence[Line]], counts: set[str]
) -> tuple[list[Piece], list[str]]:
    """A turn from each label that counts to the next one, and a turn a row; what stands before them is no turn."""
    said: list[Piece | _Saying] = []
    above: list[int] = []
    below: list[int] = []
    pending: float | None = None  # a time on a line of its own, or in the row of a table
    for item in items:
        if isinstance(item, Row):
            said.append(item.piece)
            continue
        pending = item.starts_at if item.starts_at is not None else pending
        for line in lines.get(item.number, ()):
            text, label = line.text, line.label
            if label and label.name in counts:
                said.append(_Saying(label, line.number, pending))
                text, pending = text[label.words_at :], None
            elif line.opens:
                below.append(line.number)
            words, start, end = without_times(text)
            open_ = said[-1] if said else None
            if isinstance(open_, _Saying):
                open_.add(words, start, end)
            elif words:
                above.append(line.number)
                said.append(Piece("", words, spoken=False))
            if not words and start is not None:
                pending = start
    pieces = [each if isinstance(each, Piece) else each.piece() for each in said]
    silent = [each.number for each in said if isinstance(each, _Saying) and not each.words]
    return [piece for piece in pieces if piece.words], list(_about(above, below, silent, counts, len(lines)))


def _about(above: list[int], below: list[int], silent: list[int], counts: set[str], filled: int) -> list[str]:
    notes = []
    if above:
        which = f"{len(above)} paragraphs outside the labelled turns belong" if above[1:] else "a paragraph belongs"
        notes.append(f"{above[0]}: {which} to no turn, because no speaker label stands above")
    if silent:
        also = f" (so are those at {', '.join(map(str, silent[1:]))})" if silent[1:] else ""
        notes.append(f"{silent[0]}: a label without words is no turn{also}")
    taken = sorted(set(below) - set(above))
    if len(counts) == 1 and len(taken) * 2 > filled:
        what = f'only "{next(iter(counts))}" is a label here, so {len(taken)} paragraphs without one are read as theirs'
        notes.append(f"{taken[0]}: {what}; label the other speakers too")
    return notes
