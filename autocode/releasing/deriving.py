"""What changed since the last release → the entries of `changes`, each code under the kind that tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autocode.codebook import asked, code_of
from autocode.data import Change, Codebook, CodeChange
from autocode.errors import CodebookError, nearest
from autocode.history import TELLS, diff_codebooks, refuse_circle

EDITS = ("edit", "clarify")
_ORDER = ("add", "retire", "edit", "clarify", "rename", "move")


def joins(kind: str, written: Sequence[str], version: int) -> list[Change]:
    """Merges (`a,b=c`) or splits (`a=b,c`) as a person writes them. Raises CodebookError for another form."""
    found = []
    for text in written:
        left, equals, right = text.partition("=")
        before, after = _ids(left), _ids(right)
        one, many = (after, before) if kind == "merge" else (before, after)
        if not equals or len(one) != 1 or len(many) < 2:
            form = "--merge a,b=c" if kind == "merge" else "--split a=b,c"
            raise CodebookError(f'"{text}" is no {kind}; write {form}, with ids of codes')
        found.append(Change(version=version, kind=kind, from_=before, to=after))
    return found


def kinds_written(written: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What `--kind` says: of all edits (`clarify`), and of single codes (`manager-help=clarify`).

    >>> kinds_written(["clarify", "pay=edit"])
    ('clarify', {'pay': 'edit'})
    """
    general, single = "edit", {}
    for text in written:
        code, equals, kind = text.rpartition("=")
        if kind.strip() not in EDITS or (equals and not code.strip()):
            raise CodebookError(
                f'"{text}" is no kind of edit; write edit or clarify, or CODE=clarify for one code (what else changed '
                "is seen, and --merge and --split say what cannot be)"
            )
        if equals:
            single[code.strip()] = kind.strip()
        else:
            general = kind.strip()
    return general, single


def _ids(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def check_joins(changes: Sequence[Change], base: Codebook, now: Codebook, path: Path) -> None:
    """Raises CodebookError where a merge or split names a code that is not there, leaves one in use that it took
    away, or would form a circle with what was declared before.
    """
    before, after = {code.id for code in base.codes}, {code.id for code in asked(now)}
    for change in changes:
        for code in change.from_:
            if code not in before:
                message = f'"{code}" is not in version {base.version}, so it cannot be {_DONE[change.kind]}'
                raise CodebookError(message + (nearest(code, before) or "; name a code of that version"))
        for code in change.from_:
            if code in after and code not in change.to:
                raise CodebookError(
                    f'"{code}" is {_DONE[change.kind]}, but the codebook still asks for it; give it `status: retired`, '
                    "or name it on the other side, too",
                    path=path,
                )
        for code in change.to:
            if code not in after:
                message = f'the codebook asks for no code "{code}" that the {change.kind} could lead to'
                raise CodebookError(message + (nearest(code, after) or "; add it first"))
    refuse_circle([*now.changes, *changes], path)


_DONE = {"merge": "merged", "split": "split"}


def check_named(codebook: Codebook, base: Codebook | None, path: Path) -> None:
    """Raises CodebookError where changes that were written for the release name a code that nobody has."""
    earlier = base.changes if base is not None else codebook.changes
    known = {code.id for book in (codebook, base) if book is not None for code in book.codes}
    known |= {name for change in earlier for name in (*change.codes, *change.from_, *change.to)}
    for change in codebook.changes:
        for code in (*change.codes, *change.from_, *change.to) if change not in earlier else ():
            if code not in known:
                hint = nearest(code, known) or "; correct it, or take the line out"
                raise CodebookError(
                    f'`changes` of version {change.version} name the code "{code}", which is unknown{hint}', path=path
                )


def check_versions(codebook: Codebook, base: Codebook, version: int, path: Path) -> None:
    """Raises CodebookError where the file tells of changes of a later version than the one that comes next."""
    for change in codebook.changes:
        if change.version > base.version and change.version != version and change not in base.changes:
            raise CodebookError(
                f"`changes` tell of version {change.version}, but the next release is version {version}; give "
                f"that entry the version {version}",
                path=path,
            )


def derived(
    base: Codebook,
    now: Codebook,
    version: int,
    *,
    joined: Sequence[Change] = (),
    kind: str = "edit",
    kinds: Mapping[str, str] | None = None,
    recode: bool = False,
) -> list[Change]:
    """The changes that nobody has declared yet, one entry a kind, still without a why; merges and splits first.

    `kind` says what an edit of the wording is, `kinds` the same for single codes. What the file declares for this
    version already is not told twice.
    """
    declared = now.model_copy(update={"version": version, "changes": (*now.changes, *joined)})
    seen = diff_codebooks(base, declared)
    kinds = dict(kinds or {})
    by_kind: dict[str, list[str]] = {}
    edited = []
    for each in seen.codes:
        for one in _kinds_of(each, base, now, kinds.get(each.code, kind)):
            by_kind.setdefault(one, []).append(each.code)
            if one in EDITS:
                edited.append(each.code)
    for code in kinds:
        if code not in edited:
            there = f"; edited are: {', '.join(edited)}" if edited else "; no wording was edited"
            raise CodebookError(f'"{code}" was not edited since version {base.version}{nearest(code, edited) or there}')
    if not seen.same and not by_kind and not joined and not any(c.version == version for c in now.changes):
        order = all(field.order for field in seen.whole)
        by_kind["move" if order else kind] = []  # of the codebook itself: its study question, or the order of the codes
    again = ("edit", "add", "merge")
    found = [change.model_copy(update={"recode": recode and change.kind in again}) for change in joined]
    found += [
        Change(version=version, kind=one, codes=tuple(by_kind[one]), recode=recode and one in again)
        for one in _ORDER
        if one in by_kind
    ]
    if recode and found and not any(change.recode for change in found):
        raise CodebookError(
            "--recode asks to read again what only had its wording clarified; a clarification changes no decision, so "
            "leave --recode out, or call it --kind edit"
        )
    return found


def _kinds_of(change: CodeChange, base: Codebook, now: Codebook, edit: str) -> Iterator[str]:
    """The kinds of entry that tell of what nobody has declared of a code."""
    left = set(change.undeclared)
    if left == {"moved"} and _stays(change.code, base, now):
        return  # its theme was moved, which is told of the theme
    for kind, became in (
        ("add", {"added", "restored"}),
        ("retire", {"retired", "removed"}),
        (edit, {"edited", "scope", "status"}),
        ("rename", {"renamed"}),
        ("move", {"moved"}),
    ):
        if left & became:
            yield kind
            left -= TELLS[kind]


def named_in(change: Change) -> str:
    """The codes that a change is about, in words: `a, b → c` of a merge.

    >>> named_in(Change(version=2, kind="merge", from_=("a", "b"), to=("c",)))
    'a, b → c'
    """
    if change.from_:
        return f"{', '.join(change.from_)} → {', '.join(change.to)}"
    return ", ".join(change.codes) or "the codebook itself"


def _stays(id: str, base: Codebook, now: Codebook) -> bool:
    before, after = code_of(base, id), code_of(now, id)
    return before is not None and after is not None and before.parent == after.parent
