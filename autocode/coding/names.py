"""Names as people write them in coding files -> the transcripts and codes they mean.

A name is matched by its letters, never by nearness: what is only near is a hint in the message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autocode.codebook import below, codable, is_codable, match_code
from autocode.coding.turns import Line, error
from autocode.data import Code, Codebook, Transcript
from autocode.errors import nearest
from autocode.reading.coders import Reading, Unseen
from autocode.reading.human import HumanFiles

_SUFFIX = re.compile(r"\.(txt|md|vtt|srt|docx?|odt|rtf|pdf|csv|tsv|xlsx?|json|html?)$", re.IGNORECASE)
MOST_LISTED = 10


def lines(files: HumanFiles) -> Iterator[Line]:
    """Every line of the files that names a transcript, those of coders who stand elsewhere left out."""
    yield from files.readings
    yield from files.rows
    yield from (cell for cell in files.unseen if cell.coder not in files.elsewhere)


# --- Transcripts ------------------------------------------------------------------------------------------------


def transcript_ids(files: HumanFiles, transcripts: Mapping[str, Transcript]) -> tuple[dict[str, str], list[str]]:
    """The id for each transcript name in the files, and a sentence for each that was written otherwise.

    Raises InputError for a name that no transcript has.
    """
    known = {_folded(id): id for id in transcripts}
    found: dict[str, str] = {}
    notes = []
    for line in lines(files):
        written = line.transcript
        if written in found:
            continue
        id = written if written in transcripts else known.get(_folded(written)) or known.get(_bare(written))
        if id is None:
            hint = nearest(written, transcripts) or "; correct the name, or give the folder of transcripts that has it"
            raise error(line, f'no transcript is called "{written}"{hint}')
        if id != written:
            notes.append(f'{line.path}:{line.line}: "{written}" is taken as the transcript {id}')
        found[written] = id
    return found, notes


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().replace("\\", "/").casefold())


def _bare(name: str) -> str:
    return _SUFFIX.sub("", _folded(name))


# --- Codes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Codes:
    """What the code names in the files mean."""

    ids: Mapping[str, str]
    """For a name in a row of coding: the id of the code."""
    limits: Mapping[str, frozenset[str]]
    """For a name in coders.csv or unseen.csv: the ids it covers; a theme covers the codes below it."""
    known: tuple[str, ...]
    """All codes that can be decided on: the codebook's, or without one those in the files."""


def match_codes(files: HumanFiles, codebook: Codebook | None) -> Codes:
    """What each code name in the files means; without a codebook, itself.

    Raises InputError that lists names which are no code, or a theme that may not be applied, the first ten of them.
    """
    written: dict[str, Line] = {}
    for row in files.rows:
        if row.code and row.code not in written:
            written[row.code] = row
    limits: dict[str, Line] = {}
    for line in lines(files):
        names = line.codes if isinstance(line, Reading) else (line.code,) if isinstance(line, Unseen) else ()
        for name in filter(None, names):
            limits.setdefault(name, line)
    if codebook is None:
        return Codes(
            ids={name: name for name in written},
            limits={name: frozenset({name}) for name in limits},
            known=tuple(dict.fromkeys([*written, *limits])),
        )
    codes = {name: match_code(codebook, name) for name in (*written, *limits)}
    faults = [
        (line, fault)
        for name, line in (*written.items(), *limits.items())
        if (fault := _fault(codebook, name, codes[name], applied=name in written))
    ]
    _refuse(faults)
    return Codes(
        ids={name: code.id for name in written if (code := codes[name])},
        limits={name: _covered(codebook, code) for name in limits if (code := codes[name])},
        known=tuple(code.id for code in codable(codebook)),
    )


def _covered(codebook: Codebook, code: Code) -> frozenset[str]:
    if is_codable(codebook, code):
        return frozenset({code.id})
    return frozenset(child.id for child in below(codebook, code.id) if is_codable(codebook, child))


def _fault(codebook: Codebook, name: str, code: Code | None, *, applied: bool) -> str:
    """Why a name cannot be used, with the next step; blank if it can."""
    if code is None:
        names = [known for c in codable(codebook) for known in (*c.aliases, c.name, c.id)]
        hint = nearest(name, names) or "; correct it, or add the code to the codebook"
        return f'the codebook has no code "{name}"{hint}'
    if applied and not is_codable(codebook, code):
        children = [child.id for child in below(codebook, code.id) if is_codable(codebook, child)]
        instead = f", or code what is below it ({', '.join(children)})" if children else ""
        return f'"{name}" is a theme that is not applied itself; write "codable: true" in the codebook{instead}'
    return ""


def _refuse(faults: Sequence[tuple[Line, str]]) -> None:
    if not faults:
        return
    first, message = faults[0]
    more = [f"\n{line.path}:{line.line}: {fault}" for line, fault in faults[1:MOST_LISTED]]
    left = len(faults) - MOST_LISTED
    raise error(first, message + "".join(more) + (f"\nand {left} more" if left > 0 else ""))
