"""Who confuses what, in tables: one code for another, who applies more, and whether borders or codes differ."""

from __future__ import annotations

from collections.abc import Sequence

from autocode.data import Agreement, Borders, Confusion
from autocode.reporting.agreement_words import decimal
from autocode.reporting.report_parts import Table, table

MOST_ROWS = 20
MOST_PAIRS = 3
"""The most pairs of coders that are told one by one; more are counted together."""
_SHOWN = ("human-human", "human-model")


def confusions_table(agreement: Agreement, *, tested: bool = True) -> Table | None:
    """The most frequent confusions: so often the one coder has a code where the other has another."""
    found = shown_confusions(agreement.confusions)
    if not found:
        return None
    if len({c.coders for c in found}) > MOST_PAIRS:
        return _among_many(found, tested=tested)
    listed = ([c for c in found if c.n > 1] or found)[:MOST_ROWS]
    rows = [
        (
            f"{c.codes[0]} for {c.codes[1]}",
            f"{c.coders[0]} has {c.codes[0]} where {c.coders[1]} has {c.codes[1]}",
            f"{c.n:,}",
            f"{c.n_transcripts:,}",
            *([_chance(c.p, c.q, "too few to test")] if tested else []),
        )
        for c in listed
    ]
    more = f" {len(found) - len(listed):,} less frequent ones are not listed." if len(found) > len(listed) else ""
    note = (
        "Counted where the one has the first code and not the second, and the other the reverse."
        + " Chance: how likely so many or more are if the other's code fell anywhere in the same interviews, after "
        "Benjamini-Hochberg over the pairs of codes of these two." * tested + more
    )
    columns = "Codes|Who|#Units|#Interviews" + "|#Chance" * tested
    return table("One code where the other has another", columns, rows, note)


def _among_many(found: Sequence[Confusion], *, tested: bool) -> Table:
    """The same over many pairs of coders: a row for two codes, whoever has which, and how many pairs confuse them."""
    by_codes: dict[tuple[str, str], list[Confusion]] = {}
    for c in found:
        by_codes.setdefault((min(c.codes), max(c.codes)), []).append(c)
    ordered = sorted(by_codes.items(), key=lambda item: (-sum(c.n for c in item[1]), item[0]))
    rows = []
    for codes, each in ordered[:MOST_ROWS]:
        most = each[0]  # they come with the most frequent first
        unlikely = {c.coders for c in each if c.q is not None and c.q < 0.05}
        rows.append(
            (
                " and ".join(codes),
                f"{sum(c.n for c in each):,}",
                f"{len({c.coders for c in each}):,}",
                *([f"{len(unlikely):,}"] if tested else []),
                f"{most.coders[0]} has {most.codes[0]} where {most.coders[1]} has {most.codes[1]}: {most.n:,}",
            )
        )
    more = f" {len(ordered) - MOST_ROWS:,} less frequent pairs of codes are not listed." * (len(ordered) > MOST_ROWS)
    note = (
        "Counted for every two coders where the one has the first code and not the second, and the other the reverse."
        + " Beyond chance: pairs of coders with a chance under 0.05 if the other's code fell anywhere in the same "
        "interviews (Benjamini-Hochberg over the pairs of codes of these two)." * tested + more
    )
    columns = "Codes|#Times|#Pairs of coders" + "|#Beyond chance" * tested + "|Most often"
    return table("One code where the other has another", columns, rows, note)


def shown_confusions(confusions: Sequence[Confusion]) -> list[Confusion]:
    """Those of people and of models beside people, the most frequent first."""
    found = [c for c in confusions if c.kind in _SHOWN and c.n]
    return sorted(found, key=lambda c: (-c.n, c.codes, c.coders))


def _chance(p: float | None, q: float | None, without: str) -> str:
    value = q if q is not None else p
    if value is None:
        return without
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def leans_table(agreement: Agreement) -> Table | None:
    """Who applies a code more often, where the gap is larger than chance would give."""
    found = [
        lean
        for lean in agreement.leans
        if lean.kind in _SHOWN and lean.level == "code" and lean.q is not None and lean.q < 0.05 and lean.more
    ]
    if not found:
        return None
    rows = [
        (
            lean.code,
            f"{lean.more} applies it more",
            f"{lean.coders[0]} {lean.n[0]:,}, {lean.coders[1]} {lean.n[1]:,}",
            _chance(lean.p, lean.q, ""),
        )
        for lean in sorted(found, key=lambda lean: (lean.q or 0.0, lean.code, lean.coders))[:MOST_ROWS]
    ]
    more = f" {len(found) - MOST_ROWS:,} more are not listed." if len(found) > MOST_ROWS else ""
    note = (
        "Listed where a gap so large has a chance under 0.05 if in each interview either coder might as well have been "
        f"the other (Benjamini-Hochberg over the codes of these two).{more}"
    )
    return table("Who applies a code more", "Code|Who|Units|#Chance", rows, note)


def borders_table(agreement: Agreement) -> Table | None:
    """Disagreements on a code as absent, or the same place with other borders."""
    found = [b for b in agreement.borders if b.kind in _SHOWN and (any(b.absent) or any(b.other_borders))]
    if not found:
        return None
    pairs = list(dict.fromkeys(b.coders for b in found))
    called = {pair: " and ".join(pair) for pair in pairs}
    if len(pairs) > MOST_PAIRS:
        kinds = {b.coders: b.kind for b in found}
        called = {pair: _ALL_PAIRS[kinds[pair]] for pair in pairs}
    rows = [
        _borders_row(name, [b for b in found if called[b.coders] == name]) for name in dict.fromkeys(called.values())
    ]
    note = (
        "Absent: only one of the two saw the code there. Other borders: both saw it in the same place, and drew the "
        "passage so that a unit fell to one of them only. Shared: of the characters that either marked at places that "
        "both marked, the share that both did, from the lowest code to the highest."
    )
    columns = "Coders|#Absent|#Other borders|#Places with the same borders|#Shared"
    return table("Absent, or other borders", columns, rows, note)


_ALL_PAIRS = {"human-human": "all pairs of people", "human-model": "all pairs of a person and a model"}


def _borders_row(name: str, found: Sequence[Borders]) -> tuple[str, ...]:
    known = [b.boundary_agreement for b in found if b.boundary_agreement is not None]
    shared = f"{decimal(min(known))} to {decimal(max(known))}" if known else "whole turns: not measured"
    return (
        name,
        f"{sum(sum(b.absent) for b in found):,}",
        f"{sum(sum(b.other_borders) for b in found):,}",
        f"{sum(b.n_same_borders for b in found):,} of {sum(b.n_places for b in found):,}",
        shared,
    )


def guesses_table(agreement: Agreement) -> Table | None:
    """A model against guessing, code by code."""
    if not agreement.guesses:
        return None
    rows = [
        (
            g.code,
            g.model,
            f"{g.n_together:,}",
            "" if g.expected is None else f"{g.expected:.1f}",
            _chance(g.p, g.q, "not tested"),
        )
        for g in agreement.guesses
    ]
    note = (
        "Together: people's yes on units where the model says yes; by guessing: what as many yes of the model in each "
        "interview, on any of its units, would give. Better than guessing is little: it does not say how "
        "far they agree."
    )
    return table("A model against guessing", "Code|Model|#Together|#By guessing|#Chance", rows, note)
