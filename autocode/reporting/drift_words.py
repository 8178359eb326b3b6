"""What moved between two versions, in sentences: of each code that moved the edit, where it went, what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autocode.data import CodeChange, CodeDrift, Drift, DriftStory, Traded
from autocode.reporting.history_shown import BECAME, why_of

_FEW = 3
"""So many other codes, or transcripts, are named; the rest is in the list of passages."""


def count(passages: float) -> str:
    """A mean count of passages, whole where it is whole.

    >>> count(12.0), count(12.333)
    ('12', '12.3')
    """
    return f"{passages:,.0f}" if passages == int(passages) else f"{passages:,.1f}"


def probability(p: float) -> str:
    """A p or q as papers print it.

    >>> probability(0.0002), probability(0.0312), probability(0.4)
    ('< .001', '.031', '.40')
    """
    if p < 0.001:
        return "< .001"
    if p >= 0.9995:
        return "1"
    return f"{p:.3f}"[1:] if p < 0.1 else f"{p:.2f}".removeprefix("0")


def change_of(row: CodeDrift) -> str:
    """How far the count changed, with its interval."""
    words = f"{row.change:+,.1f}".removesuffix(".0") if row.change else "0"
    if row.low is not None and row.high is not None:
        words += f" ({row.low:+.1f} to {row.high:+.1f})"
    return words


def differ_of(row: CodeDrift) -> str:
    """On how many passages two repeats differ across versions, and within one."""
    return count(row.between) + ("" if row.within is None else f" ({count(row.within)})")


def could_of(row: CodeDrift) -> str:
    """The smallest change, and the fewest passages exchanged, that would have been found."""
    if row.could_have_seen is None or row.could_have_exchanged is None:
        return ""
    return f"{count(row.could_have_seen)} / {count(row.could_have_exchanged)}"


def edit_of(change: CodeChange, code: str) -> str:
    """What became of a code, in which fields, by whom and why: `edited (definition, exclude); v3, Ana: …`."""
    what = ", ".join(BECAME[each] for each in change.became)
    if change.from_ or change.to:
        what += f" ({', '.join(change.from_)} → {', '.join(change.to)})"
    elif change.code != code:
        what = f"{change.code}: {what}"
    fields = ", ".join(dict.fromkeys(field.field for field in change.fields))
    why = why_of(change)
    return f"{what}{f' in {fields}' if fields else ''}{f'; {why}' if why else ''}"


def look_at(story: DriftStory, drift: Drift) -> Iterator[str]:
    """What happened to a code, and what to look at, a sentence each."""
    row = next(row for row in drift.codes if row.code == story.code)
    yield _changed(story)
    if not story.changes:
        what = "; ".join(drift.differences) or "nothing that the runs hold"
        yield f"Its definition is the same in both codebooks. What differs: {what}."
    edited = {other.code for other in drift.codes if other.edited and other.code != story.code}
    if story.went_to:
        yield f"{_of(story.n_lost, 'lost')} {_traded(story.went_to, edited, 'now')}."
    if story.came_from:
        yield f"{_of(story.n_gained, 'gained')} {_traded(story.came_from, edited, 'before')}."
    n = story.n_lost + story.n_gained
    where = next(iter(story.transcripts.items()), None)
    if where is not None and len(story.transcripts) > 1 and where[1] * 2 > n >= 2 * _FEW:
        yield f"{where[1]} of the {n} lie in {where[0]}: look there first."
    for beside in story.beside:
        said = []
        if beside.n_lost:
            said.append(f"{beside.lost_coded} of {beside.n_lost} that lost it")
        if beside.n_gained:
            said.append(f"{beside.gained_coded} of {beside.n_gained} that gained it")
        yield f"{beside.coder} gave the code to {' and '.join(said)}."
    if row.edited and row.verdict == "differs, noise not measured":
        yield "Without repeats of each version part of this may be the model's own noise."


def _changed(story: DriftStory) -> str:
    parts = []
    if story.n_lost:
        parts.append(f"{_passages(story.n_lost)} lost it")
    if story.n_gained:
        parts.append(f"{_passages(story.n_gained)} gained it")
    if not parts:
        return "No passage changed for half of the repeats or more: the change lies in single repeats."
    return f"{' and '.join(parts)}, by half of the repeats or more."


def _passages(n: int) -> str:
    return f"{n} passage{'s' * (n != 1)}"


def _of(n: int, what: str) -> str:
    return f"Of the {n} that {what} it" if n > 1 else f"Of the one that {what} it"


def _traded(traded: Sequence[Traded], edited: set[str], when: str) -> str:
    """`20 have no-help now (edited, too), 3 office-help`."""
    verb = {"now": ("have", "has"), "before": ("had", "had")}[when][traded[0].n == 1]
    first, *others = [f"{each.code}{' (edited, too)' * (each.code in edited)}" for each in traded[:_FEW]]
    counts = [f"{each.n} {name}" for each, name in zip(traded[1:_FEW], others, strict=True)]
    return ", ".join([f"{traded[0].n} {verb} {first} {when}", *counts])
