"""Two codebooks -> what became of each code: what `changes` declares, and what can be seen besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autocode.codebook import asked, code_hash, codebook_hash, folded, is_codable, parents, speakers_of
from autocode.data import (
    Became,
    Change,
    Code,
    Codebook,
    CodebookDiff,
    CodebookSide,
    CodeChange,
    FieldChange,
    Group,
    Use,
)
from autocode.errors import nearest
from autocode.history.lineage import JOINS, declared_between, joins_itself, refuse_circle
from autocode.history.resembling import resembling
from autocode.history.wording import field_change, item_changes

TELLS: dict[str, frozenset[str]] = {
    "add": frozenset({"added", "restored", "status"}),
    "edit": frozenset({"edited", "clarified", "renamed", "scope", "status", "moved"}),
    "clarify": frozenset({"edited", "clarified", "renamed", "scope", "status"}),
    "rename": frozenset({"renamed"}),
    "move": frozenset({"moved", "scope"}),
    "retire": frozenset({"retired", "removed"}),
    "merge": frozenset({"added", "retired", "removed", "edited", "renamed", "scope", "restored"}),
    "split": frozenset({"added", "retired", "removed", "edited", "renamed", "scope", "restored"}),
}
"""Of what became of a code, what a change of a kind accounts for."""
_QUIET: tuple[Became, ...] = ("noted",)


def diff_codebooks(
    old: Codebook,
    new: Codebook,
    *,
    names: tuple[str, str] = ("", ""),
    versions: tuple[str, str] | None = None,
    used: Sequence[Use] = (),
    notes: Sequence[str] = (),
) -> CodebookDiff:
    """What became of each code from one codebook to another, code by code and word by word.

    What `changes` of the new one tells between the two versions is declared, by whom and why; all else is only what
    can be seen, and marked so. Codes are compared by id. `names` and `versions` say what to call the two.

    Raises CodebookError where declared merges and splits form a circle.
    """
    declared = declared_between(old, new)
    refuse_circle(declared)
    labels = versions or (str(old.version), str(new.version))
    seen = list(_changes(old, new, declared))
    joins = [change for change in declared if change.kind in JOINS and joins_itself(change)]
    named = {each.code for each in seen}
    return CodebookDiff(
        old=_side(old, names[0], labels[0]),
        new=_side(new, names[1], labels[1]),
        same=codebook_hash(old) == codebook_hash(new),
        codes=(*map(_join, joins), *seen),
        whole=tuple(_whole(old, new)),
        unchanged=sum(code.id not in named for code in new.codes),
        used=tuple(used),
        notes=(*notes, *_notes(old, new, declared, seen)),
    )


def _side(book: Codebook, name: str, version: str) -> CodebookSide:
    return CodebookSide(
        name=name or f"{book.id} v{book.version}",
        id=book.id,
        version=version,
        codes=len(asked(book)),
        sha256=codebook_hash(book),
    )


def _join(change: Change) -> CodeChange:
    """A merge or split, which is about several codes at once."""
    return CodeChange(
        code=";".join(change.to if change.kind == "merge" else change.from_),
        name="",
        became=("merged",) if change.kind == "merge" else ("split",),
        declared=True,
        decides=True,
        from_=change.from_,
        to=change.to,
        version=change.version,
        by=change.by,
        why=(change.why,) if change.why else (),
        recode=change.recode,
    )


def _changes(old: Codebook, new: Codebook, declared: Sequence[Change]) -> Iterator[CodeChange]:
    before = {code.id: code for code in old.codes}
    after = {code.id: code for code in new.codes}
    came = [code for code in new.codes if code.id not in before]
    gone = [code for code in old.codes if code.id not in after]
    like = resembling(gone, came)
    for code in [*new.codes, *gone]:
        was, is_ = before.get(code.id), after.get(code.id)
        became = _became(old, new, was, is_)
        if not became:
            continue
        telling = _telling(declared, code.id, [*_path(old, was or code), *_path(new, is_ or code)])
        left = set(became).difference(_QUIET, *(TELLS[change.kind] for change in telling))
        if telling and "edited" in became and {c.kind for c in telling if "edited" in TELLS[c.kind]} == {"clarify"}:
            became = tuple("clarified" if each == "edited" else each for each in became)
        yield CodeChange(
            code=code.id,
            name=code.name,
            became=became,
            declared=not left,
            undeclared=tuple(each for each in became if each in left or (each == "clarified" and "edited" in left)),
            decides=bool(set(became).difference(_QUIET)),
            fields=tuple(_fields(old, new, was, is_)),
            version=telling[-1].version if telling else None,
            by=tuple(dict.fromkeys(name for change in telling for name in change.by)),
            why=tuple(dict.fromkeys(change.why for change in telling if change.why)),
            recode=any(change.recode for change in telling),
            resembles=() if not left else tuple(like.get(code.id, ())),
        )


def _telling(declared: Sequence[Change], code: str, themes: Sequence[str]) -> list[Change]:
    """The changes that tell of a code: those that name it, and the moves of a theme above it."""
    return [
        change
        for change in declared
        if code in (*change.codes, *change.from_, *change.to)
        or (change.kind == "move" and not {*themes}.isdisjoint(change.codes))
    ]


def _became(old: Codebook, new: Codebook, was: Code | None, is_: Code | None) -> tuple[Became, ...]:
    if was is None or is_ is None:
        return ("added",) if was is None else ("removed",)
    found: list[Became] = []
    if was.status != is_.status:
        found.append("retired" if is_.status == "retired" else "restored" if was.status == "retired" else "status")
    blank = {"name": ""}
    if code_hash(was.model_copy(update=blank)) != code_hash(is_.model_copy(update=blank)):
        found.append("edited")
    if folded(was.name) != folded(is_.name):
        found.append("renamed")
    if _path(old, was) != _path(new, is_):
        found.append("moved")
    if _scope(old, was) != _scope(new, is_):
        found.append("scope")
    if not found and _beside(was) != _beside(is_):
        found.append("noted")
    return tuple(found)


def _path(book: Codebook, code: Code) -> list[str]:
    """The themes above a code, the uppermost first."""
    return [theme.id for theme in parents(book, code)][::-1]


def _scope(book: Codebook, code: Code) -> tuple[object, ...]:
    """Whom a code is for, wherever it stands in the tree: what its scope hash covers beside its path."""
    groups = sorted([g.id, g.pick, *sorted(g.codes)] for g in book.groups if code.id in g.codes)
    return sorted(speakers_of(book, code)), is_codable(book, code), groups


_DECIDING = ("id", "name", "parent", "definition", "include", "exclude", "examples", "counterexamples", "status")


def _beside(code: Code) -> dict[str, Any]:
    """What of a code decides nothing: notes, colours, other names."""
    return code.model_dump(exclude={*_DECIDING, "speakers", "codable"})


def _fields(old: Codebook, new: Codebook, was: Code | None, is_: Code | None) -> Iterator[FieldChange]:
    """Each field that differs, those that decide first."""
    before, after = (_written(old, was) if was else {}), (_written(new, is_) if is_ else {})
    for field in _FIELDS:
        ours, theirs = before.get(field, ""), after.get(field, "")
        if (was is None or is_ is None) and field in ("name", "status", "codable"):
            continue  # said already where it says that the code came or went
        if isinstance(ours, tuple) or isinstance(theirs, tuple):
            yield from item_changes(field, ours or (), theirs or ())
        elif folded(ours) != folded(theirs):
            yield field_change(field, ours, theirs)


_FIELDS = (
    *("name", "definition", "include", "exclude", "examples", "counterexamples", "status", "place"),
    *("speakers", "codable", "groups", "aliases", "plain", "origin", "color", "notes", "other keys"),
)


def _written(book: Codebook, code: Code) -> dict[str, str | tuple[str, ...]]:
    """The fields of a code as a person reads them."""
    return {
        "name": code.name,
        "definition": code.definition,
        "include": code.include,
        "exclude": code.exclude,
        "examples": tuple(f"{e.text} ({e.source})" if e.source else e.text for e in code.examples),
        "counterexamples": tuple(f"{e.text} => {e.use}" if e.use else e.text for e in code.counterexamples),
        "status": code.status,
        "place": " > ".join(_path(book, code)),
        "speakers": tuple(sorted(speakers_of(book, code))),
        "codable": "" if is_codable(book, code) else "not applied itself",
        "groups": tuple(sorted(_group(group) for group in book.groups if code.id in group.codes)),
        "aliases": code.aliases,
        "plain": code.plain,
        "origin": code.origin,
        "color": code.color,
        "notes": code.notes,
        "other keys": "; ".join(f"{key}: {value}" for key, value in code.extra.items()),
    }


def _group(group: Group) -> str:
    return f"{group.id} (pick {group.pick} of {', '.join(sorted(group.codes))})"


def _whole(old: Codebook, new: Codebook) -> Iterator[FieldChange]:
    """What differs in the codebook itself."""
    for field in ("id", "title", "study_question"):
        ours, theirs = getattr(old, field), getattr(new, field)
        if folded(ours) != folded(theirs):
            yield field_change(field.replace("_", " "), ours, theirs)
    yield from item_changes("groups", [_group(g) for g in old.groups], [_group(g) for g in new.groups])
    both = {code.id for code in old.codes} & {code.id for code in new.codes}
    before = [code.id for code in old.codes if code.id in both]
    after = [code.id for code in new.codes if code.id in both]
    if before != after:
        yield FieldChange(field="order of the codes", before="; ".join(before), after="; ".join(after), order=True)


def _notes(old: Codebook, new: Codebook, declared: Sequence[Change], seen: Iterable[CodeChange]) -> Iterator[str]:
    changed = list(seen)
    ids = {code.id for code in (*old.codes, *new.codes)}
    shared = {code.id for code in old.codes} & {code.id for code in new.codes}
    if not shared:
        yield "the two share no code, so nothing coded under one can be compared with the other"
    if new.version < old.version:
        yield f"the first is the newer one (v{old.version}, then v{new.version}): what was added reads as removed"
    if not new.changes and any(each.decides for each in changed):
        yield "the new codebook tells no `changes`, so this is what can be seen; who decided it and why is not written"
    known = {name for change in new.changes for name in (*change.from_, *change.to)} | ids
    touched = {each.code for each in changed if each.decides}
    for change in declared:
        for code in (*change.codes, *change.from_, *change.to):
            if code not in known or (code not in ids and change.kind not in (*JOINS, "retire", "add")):
                yield (
                    f'changes of version {change.version} name the code "{code}", which neither codebook has'
                    f"{nearest(code, ids)}"
                )
        for code in change.codes:
            if code in ids and code not in touched and change.kind not in JOINS:
                yield f'changes of version {change.version} tell of "{code}" ({change.kind}), which is the same in both'
    undone = [each.code for each in changed if each.decides and not each.declared]
    if undone and new.changes:
        yield f"not declared in `changes`: {', '.join(undone[:8])}" + (
            f" and {len(undone) - 8} more" * (len(undone) > 8)
        )
