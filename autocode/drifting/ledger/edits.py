"""What became of each code with each version, and why: what `changes` tells, and what nobody declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from autocode.data import Change, Codebook, LedgerEdit, LedgerVersion
from autocode.drifting.ledger.levels import Shelf, Version
from autocode.drifting.ledger.models import Model
from autocode.drifting.ledger.under import Person
from autocode.errors import nearest
from autocode.history import diff_codebooks


def edits_of(shelf: Shelf, models: Sequence[Model]) -> dict[str, list[LedgerEdit]]:
    """For each code what became of it, in the order of versions."""
    books = [shelf.codebook, *shelf.kept.values(), *(model.version.book for model in models if model.version.book)]
    found: dict[str, list[tuple[tuple[int, int, str], LedgerEdit]]] = defaultdict(list)
    for change in _declared(book for book in books if book.id == shelf.codebook.id):
        version = shelf.of_number(str(change.version))
        for code in dict.fromkeys((*change.codes, *change.from_, *change.to)):
            found[code].append((version.order, _edit(change, version.label)))
    for version, old, new in _steps(shelf, models):
        for each in diff_codebooks(old, new).codes:
            if {"edited", "scope"} & {*each.undeclared} and each.decides:
                edit = LedgerEdit(version=version.label, kind="edit", declared=False)
                found[each.code].append((version.order, edit))
    return {code: [edit for _, edit in sorted(edits, key=lambda each: each[0])] for code, edits in found.items()}


def unknown_codes(edits: Mapping[str, Sequence[LedgerEdit]], book: Codebook) -> Iterator[str]:
    """A sentence for each code that `changes` names and no version has."""
    known = {code.id for code in book.codes}
    for code, some in edits.items():
        if code not in known:
            yield (
                f'`changes` of version {some[0].version} names "{code}", which no version of the codebook has'
                f"{nearest(code, known) or '; correct it there'}"
            )


def _declared(books: Iterable[Codebook]) -> list[Change]:
    """The changes that any of the codebooks tells of, each once."""
    found: list[Change] = []
    for book in books:
        found += [change for change in book.changes if change not in found]
    return found


def _edit(change: Change, version: str) -> LedgerEdit:
    return LedgerEdit(
        version=version,
        kind=change.kind,
        recode=change.recode,
        date=change.date,
        by=change.by,
        from_=change.from_,
        to=change.to,
        why=change.why,
    )


def _steps(shelf: Shelf, models: Sequence[Model]) -> list[tuple[Version, Codebook, Codebook]]:
    """From each version that is kept to the next one, and to what a run calls by the same number."""
    numbers = list(shelf.kept)
    steps = [
        (shelf.of_number(new), shelf.kept[old], shelf.kept[new])
        for old, new in pairwise(numbers)
        if shelf.kept[old].id == shelf.kept[new].id
    ]
    seen: set[str] = set()
    for version in (model.version for model in models):
        plain = shelf.kept.get(str(version.number))
        if plain is None or version.book is None or plain.id != version.book.id or version.label in seen:
            continue
        seen.add(version.label)
        if version.label != shelf.of_number(str(version.number)).label:
            steps.append((version, plain, version.book))
    return steps


def versions_of(
    shelf: Shelf, people: Sequence[Person], models: Sequence[Model], edits: Mapping[str, Sequence[LedgerEdit]]
) -> tuple[LedgerVersion, ...]:
    """The versions of the ledger in their order, not declared last, with who coded under each."""
    there: dict[str, Version] = {}
    who: dict[str, list[str]] = defaultdict(list)
    for number in [*shelf.kept, *(edit.version.rstrip("+") for some in edits.values() for edit in some)]:
        version = shelf.of_number(number)
        there.setdefault(version.label, version)
    for person in people:
        for number in dict.fromkeys(number for work in person.passes for number in work.used):
            version = shelf.of_number(number)
            there.setdefault(version.label, version)
            who[version.label].append(person.name)
    for model in models:
        there.setdefault(model.version.label, model.version)
        who[model.version.label].append(model.run or model.name)
    dates = {edit.version: edit.date for some in edits.values() for edit in some if edit.date}
    return tuple(
        LedgerVersion(
            version=version.label,
            codebook="" if version.book is None or version.book.id == shelf.codebook.id else version.book.id,
            date=dates.get(version.label, ""),
            kept=version.book is not None,
            codings=tuple(dict.fromkeys(who[version.label])),
        )
        for version in sorted(there.values(), key=lambda version: (version.number is None, version.order))
    )
