"""What every codebook must satisfy, whatever file it came from, and what a person should know about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autocode.codebook import asked
from autocode.data import Change, Codebook
from autocode.errors import CodebookError, nearest


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a code."""

    code: str
    line: int
    where: str
    """As an error names it: `the group "valence"`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A codebook as read, before anybody looked whether it holds together."""

    codebook: Codebook
    lines: tuple[int, ...]
    """The line of each code."""
    fields: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """The line of a field of a code, `("manager-help", "exclude")`, where that is another than the code's."""
    mentions: tuple[Mention, ...] = ()
    """Codes named by groups and counterexamples: they must exist."""
    history: tuple[Mention, ...] = ()
    """Codes named by changes: they may be gone."""


def checked(draft: Draft, path: Path | str) -> Codebook:
    """The codebook, with notes; raises CodebookError where an id is unusable or used twice, or a code is named
    that does not exist.
    """
    check_ids(((code.id, line) for code, line in zip(draft.codebook.codes, draft.lines, strict=True)), path)
    ids = {code.id for code in draft.codebook.codes}
    for mention in draft.mentions:
        if mention.code not in ids:
            hint = nearest(mention.code, ids) or "; use an id of this codebook"
            message = f'{mention.where} names the code "{mention.code}", which does not exist{hint}'
            raise CodebookError(message, path=path, line=mention.line)
    notes = [
        f'{path}:{mention.line}: {mention.where} names the code "{mention.code}", which is not in this version'
        for mention in draft.history
        if mention.code not in ids and mention.code not in _taken_out(draft.codebook.changes)
    ]
    if not asked(draft.codebook):
        notes.append(f"{path}: every code is a theme, retired or not codable, so there is nothing to code")
    notes += _names_of_several(draft, path)
    return draft.codebook.model_copy(update={"notes": (*draft.codebook.notes, *notes)})


def _taken_out(changes: Iterable[Change]) -> set[str]:
    """The codes that are not there any more because changes say so: merged, split or retired."""
    return {
        code
        for change in changes
        for code in (change.codes if change.kind == "retire" else change.from_)
        if change.kind in ("merge", "split", "retire")
    }


def check_ids(ids: Iterable[tuple[str, int]], path: Path | str) -> None:
    """Raises CodebookError for an id (given with its line) that cannot be one, or that stands twice."""
    first: dict[str, tuple[str, int]] = {}
    for id, line in ids:
        if id in ("", "-") or ";" in id or id != " ".join(id.split()):
            # In coding files `;` parts codes, and `-` says that a turn was read and nothing found.
            message = f'"{id}" cannot be an id; use letters, digits and hyphens, without ";" or blanks at the ends'
            raise CodebookError(message, path=path, line=line)
        if before := first.get(id.casefold()):
            same = "" if before[0] == id else f' as "{before[0]}" (capitals do not tell ids apart)'
            message = f'the id "{id}" stands twice, here and on line {before[1]}{same}; change one of them'
            raise CodebookError(message, path=path, line=line)
        first[id.casefold()] = (id, line)


def _names_of_several(draft: Draft, path: Path | str) -> list[str]:
    """A note for each word by which coding files could mean more than one code."""
    meant: dict[str, dict[str, int]] = defaultdict(dict)
    for code, line in zip(draft.codebook.codes, draft.lines, strict=True):
        for word in (code.id, code.name, *code.aliases):
            meant[word.strip().casefold()].setdefault(code.id, line)
    by_folded_id = {code.id.casefold(): code.id for code in draft.codebook.codes}
    notes = []
    for word, codes in meant.items():
        if len(codes) < 2:
            continue
        line = list(codes.values())[1]
        if word in by_folded_id:
            others = " and ".join(id for id in codes if id != by_folded_id[word])
            notes.append(f'{path}:{line}: "{word}" means the code of that id, though it is also a name of {others}')
        else:
            notes.append(f'{path}:{line}: "{word}" is a name of {" and ".join(codes)}; coding files must give the id')
    return notes
