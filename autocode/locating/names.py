"""Names as people write them in coding files -> the transcripts they mean.

A name is matched by its letters, never by nearness: what is only near is a hint in the message.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from autocode.data import Transcript
from autocode.errors import nearest
from autocode.locating.carrying import squeezed
from autocode.locating.turns import Line, error
from autocode.reading.coding_rows import Row
from autocode.reading.human import HumanFiles

_SUFFIX = re.compile(r"\.(txt|md|vtt|srt|docx?|odt|rtf|pdf|csv|tsv|xlsx?|json|html?)$", re.IGNORECASE)
_ELSE = "; correct the name, or give the folder of transcripts that has it"
_TELLING = 25  # characters of a line, white space left out, that are hardly said in two interviews
_MOST_LINES = 40
_NEARLY_ALL, _FEW = 0.9, 0.5
MOST_LISTED = 10


def lines(files: HumanFiles) -> Iterator[Line]:
    """Every line of the files that names a transcript, those of coders who stand elsewhere left out."""
    yield from files.readings
    yield from files.rows
    yield from (cell for cell in files.unseen if cell.coder not in files.elsewhere)


# --- Transcripts ------------------------------------------------------------------------------------------------


def transcript_ids(files: HumanFiles, transcripts: Mapping[str, Transcript]) -> tuple[dict[str, str], list[str]]:
    """The id for each transcript name in the files, and a sentence for each that was written otherwise.

    Raises InputError that lists the names which no transcript has, the first ten of them.
    """
    names = TranscriptNames(transcripts)
    found: dict[str, str] = {}
    unknown: dict[str, tuple[Line, str]] = {}
    notes = []
    for line in lines(files):
        written = line.transcript
        if written in found or written in unknown:
            continue
        id, told = names.find(line)
        if id is None:
            unknown[written] = (line, told)
            continue
        notes += [f"{line.path}:{line.line}: {told}"] if told else []
        found[written] = id
    refuse([*unknown.values()])
    return found, notes


class TranscriptNames:
    """Which transcript a name in a file means: by its id, else by its text, else by the name of its file alone."""

    def __init__(self, transcripts: Mapping[str, Transcript]) -> None:
        self._transcripts = transcripts
        self._known = {_folded(id): id for id in transcripts}
        self._by_file: dict[str, list[str]] = defaultdict(list)
        for id in transcripts:
            self._by_file[_folded(id).rsplit("/", 1)[-1]].append(id)

    def find(self, line: Line) -> tuple[str | None, str]:
        """The id, and what to tell where it was written otherwise; or None, and why with the next step."""
        written = line.transcript
        if written in self._transcripts:
            return written, ""
        id = self._known.get(_folded(written)) or self._known.get(_bare(written))
        if id:
            return id, f'"{written}" is taken as the transcript {id}'
        if isinstance(line, Row) and line.program:
            return self._of_program(line)
        return None, self._unknown(written)

    def _of_program(self, row: Row) -> tuple[str | None, str]:
        """What a document of another program is: that with the same words, else that whose file has its name."""
        written = row.transcript
        same = [id for id, text in self._transcripts.items() if row.text_sha256 and text.sha256 == row.text_sha256]
        same = same or (self._words.get(squeezed(row.text), []) if row.text else [])
        if len(same) == 1:
            return same[0], f'"{written}" is taken as the transcript {same[0]}, which says the same'
        # Programs keep no folders, so two interviews may have one name there: only a name that one has is taken.
        alike = (
            []
            if "/" in _folded(written)
            else self._by_file.get(_bare(written), self._by_file.get(_folded(written), []))
        )
        if len(alike) == 1:
            return alike[0], f'"{written}" is taken as the transcript {alike[0]}'
        if not alike and row.text and (most := self._with_most_lines(row.text)):
            return most, f'"{written}" is taken as the transcript {most}, in which its words stand'
        if alike:
            return None, f'"{written}" may be {" or ".join(alike)}; write it with its folder'
        return None, self._unknown(written)

    def _with_most_lines(self, text: str) -> str | None:
        """The one transcript in which nearly all lines of another program's text stand word for word.

        So a copy with its own file name is known though the transcript has times, or another program's labels.
        """
        lines = sorted({seen for line in text.split("\n") if len(seen := squeezed(line)) >= _TELLING}, key=len)
        telling = lines[-_MOST_LINES:]
        if not telling:
            return None
        share = {id: sum(line in words for line in telling) / len(telling) for id, words in self._squeezed.items()}
        best, *others = sorted(share, key=lambda id: (-share[id], id))
        return best if share[best] >= _NEARLY_ALL and all(share[id] < _FEW for id in others) else None

    def _unknown(self, written: str) -> str:
        hint = nearest(written, self._transcripts)
        return f'no transcript is called "{written}"' + (hint or _ELSE)

    @cached_property
    def _squeezed(self) -> Mapping[str, str]:
        return {id: squeezed(transcript.text) for id, transcript in self._transcripts.items()}

    @cached_property
    def _words(self) -> Mapping[str, list[str]]:
        """The transcripts by their words."""
        found: dict[str, list[str]] = defaultdict(list)
        for id, words in self._squeezed.items():
            found[words].append(id)
        return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().replace("\\", "/").casefold())


def _bare(name: str) -> str:
    return _SUFFIX.sub("", _folded(name))


def refuse(faults: Sequence[tuple[Line, str]]) -> None:
    """Raises InputError for the first of some faults, each with its line, and the next nine beneath it."""
    if not faults:
        return
    first, message = faults[0]
    more = [f"\n{line.path}:{line.line}: {fault}" for line, fault in faults[1:MOST_LISTED]]
    left = len(faults) - MOST_LISTED
    raise error(first, message + "".join(more) + (f"\nand {left} more" if left > 0 else ""))
