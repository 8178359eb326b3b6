"""What became of a code for somebody who worked with an earlier version: whether their decisions still stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autocode.codebook import asked, code_hash, code_of, is_codable, speakers_of
from autocode.data import Change, Code, Codebook, OwedState
from autocode.history import Merges


@dataclass(frozen=True, slots=True)
class Fate:
    """Why decisions on a code do not simply stand."""

    state: OwedState
    since: str = ""
    recode: bool = False
    declared: bool = True
    why: str = ""
    sources: tuple[str, ...] = ()
    """The codes that it was made of, whose passages are the ones to look at."""


def fate(code: Code, under: str, then: Codebook | None, now: Codebook, versions: Mapping[str, Codebook]) -> Fate | None:
    """What became of a code since a version; None where decisions under it stand as they are.

    `then` is what that version said, if it is kept; if not, only `changes` can tell. An `edit` makes decisions stale,
    a `clarify` does not, unless it says `recode: true`; neither does a new name, or a new place in the tree.
    """
    about = [c for c in now.changes if code.id in (*c.codes, *c.from_, *c.to)]
    if not under.isdecimal():
        return _not_declared(about)
    later = sorted((c for c in about if c.version > int(under)), key=lambda change: change.version)
    joined = next((c for c in reversed(later) if c.kind in ("merge", "split") and code.id in c.to), None)
    was = code_of(then, code.id) if then is not None else None
    if then is not None:
        had = was is not None and is_codable(then, was) and was.status != "retired"
    else:
        had = not any(c.kind == "add" or (c is joined and code.id not in c.from_) for c in later)
    if joined is not None and (not had or joined.kind == "split" or joined.recode):
        return _joined(joined, code, int(under), then, now)
    if not had:
        return _new(code, later, under, versions, now)
    return _edited(code, was, then, now, later, versions)


def _joined(change: Change, code: Code, under: int, then: Codebook | None, now: Codebook) -> Fate:
    """The code was made of others: a part has to be told from the whole, a merged one counts what it was made of.

    Of a merged code that was made of some they never had, too, no decision stands: it is new to them.
    """
    sources, since, why = _made_of(change, code, under, now), str(change.version), change.why
    if change.kind == "split":
        return Fate("split", since, recode=True, why=why, sources=sources)
    if then is not None and code.id not in Merges.of(now).decided([each.id for each in asked(then)]):
        return Fate("new", since, recode=True, why=why, sources=sources)
    return Fate("stale" if change.recode else "carried", since, recode=change.recode, why=why, sources=sources)


def _made_of(change: Change, code: Code, under: int, now: Codebook) -> tuple[str, ...]:
    """The codes that it was made of, and what those had been made of since the version: their passages, too."""
    found = dict.fromkeys((*change.from_, code.id))
    between = [c for c in now.changes if c.kind in ("merge", "split") and under < c.version <= change.version]
    for earlier in sorted(between, key=lambda each: -each.version):
        if not found.keys().isdisjoint(earlier.to):
            found.update(dict.fromkeys(earlier.from_))
    return tuple(found)


def _new(code: Code, later: list[Change], under: str, versions: Mapping[str, Codebook], now: Codebook) -> Fate:
    adds = [c for c in later if c.kind == "add"]
    if adds:
        return Fate("new", str(adds[0].version), recode=True, why=adds[0].why, sources=(code.id,))
    since = next((n for n, book in _after(under, versions, now) if code_of(book, code.id)), str(now.version))
    return Fate("new", since, recode=True, declared=False, sources=(code.id,))


def _edited(
    code: Code,
    was: Code | None,
    then: Codebook | None,
    now: Codebook,
    later: list[Change],
    versions: Mapping[str, Codebook],
) -> Fate | None:
    again = [c for c in later if c.recode]
    edits = [c for c in later if c.kind == "edit" or c.recode]
    differs = was is not None and then is not None and _deciding(then, was) != _deciding(now, code)
    if then is not None and not differs and not again:
        return None  # edited and put back: what they went by is what stands there today
    if edits:
        first = again[0] if again else edits[0]
        why = "; ".join(dict.fromkeys(c.why for c in edits if c.why))
        return Fate("stale", str(first.version), recode=bool(again), why=why, sources=(code.id,))
    if not differs or then is None or was is None or any(c.kind in ("clarify", "merge") for c in later):
        return None
    since = next(
        (
            number
            for number, book in _after(str(then.version), versions, now)
            if (there := code_of(book, code.id)) and _deciding(book, there) != _deciding(then, was)
        ),
        str(now.version),
    )
    since += "+" * (since == str(then.version))
    return Fate("stale", since, declared=False, sources=(code.id,))


def _not_declared(about: list[Change]) -> Fate | None:
    """Nobody wrote down the version: said where the code has changed since the first."""
    moved = [c for c in about if c.kind in ("add", "edit", "merge", "split") or c.recode]
    moved = [c for c in moved if c.version > 1]
    if not moved:
        return None
    last = max(moved, key=lambda change: change.version)
    return Fate("not declared", str(last.version), why=last.why)


def _after(under: str, versions: Mapping[str, Codebook], now: Codebook) -> list[tuple[str, Codebook]]:
    """The versions that are kept from one on, today's last, by number."""
    kept = sorted((int(n), book) for n, book in versions.items() if int(n) > int(under)) if versions else []
    return [(str(number), book) for number, book in kept] + [(str(now.version), now)]


def _deciding(book: Codebook, code: Code) -> tuple[object, ...]:
    """What decides when and for whom a code applies, its name and place left out: no decision hangs on those."""
    groups = sorted([g.id, g.pick] for g in book.groups if code.id in g.codes)
    return code_hash(code.model_copy(update={"name": ""})), speakers_of(book, code), groups
