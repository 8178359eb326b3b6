"""Who confuses what, in tables: one code for another, who applies more, and whether borders or codes differ."""

from __future__ import annotations

from collections.abc import Sequence

from autocode.data import Agreement, Confusion
from autocode.reporting.agreement_words import decimal
from autocode.reporting.report_parts import Table, table

MOST_ROWS = 20
_SHOWN = ("human-human", "human-model")


def confusions_table(agreement: Agreement, *, tested: bool = True) -> Table | None:
    """The most frequent confusions: so often the one coder has a code where the other has another."""
    found = shown_confusions(agreement.confusions)
    if not found:
        return None
    rows = [
        (
            f"{c.codes[0]} for {c.codes[1]}",
            f"{c.coders[0]} has {c.codes[0]} where {c.coders[1]} has {c.codes[1]}",
            f"{c.n:,}",
            f"{c.n_transcripts:,}",
            *([_chance(c.p, c.q, "too few to test")] if tested else []),
        )
        for c in found[:MOST_ROWS]
    ]
    more = f" {len(found) - MOST_ROWS:,} less frequent ones are not listed." if len(found) > MOST_ROWS else ""
    note = (
        "Counted where the one has the first code and not the second, and the other the reverse."
        + " Chance: how likely so many or more are if the other's code fell anywhere in the same interviews, after "
        "Benjamini-Hochberg over the pairs of codes of these two." * tested + more
    )
    columns = "Codes|Who|#Units|#Interviews" + "|#Chance" * tested
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
    totals: dict[tuple[str, str], list[int]] = {}
    for b in found:
        counts = totals.setdefault(b.coders, [0, 0, 0, 0, 0, 0])
        for i, n in enumerate((*b.absent, *b.other_borders, b.n_places, b.n_same_borders)):
            counts[i] += n
    by_pair = {pair: [b.boundary_agreement for b in found if b.coders == pair] for pair in totals}
    rows = []
    for pair, counts in totals.items():
        known = [share for share in by_pair[pair] if share is not None]
        alike = f"{decimal(min(known))} to {decimal(max(known))}" if known else "whole turns: not measured"
        rows.append(
            (
                " and ".join(pair),
                f"{counts[0] + counts[1]:,}",
                f"{counts[2] + counts[3]:,}",
                f"{counts[5]:,} of {counts[4]:,}",
                alike,
            )
        )
    note = (
        "Absent: only one of the two saw the code there. Other borders: both saw it in the same place, and drew the "
        "passage so that a unit fell to one of them only. Shared: of the characters that either marked at places that "
        "both marked, the share that both did, from the lowest code to the highest."
    )
    columns = "Coders|#Absent|#Other borders|#Places with the same borders|#Shared"
    return table("Absent, or other borders", columns, rows[:MOST_ROWS], note)


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
            _chance(g.p, g.q, g.reason or "not tested"),
        )
        for g in agreement.guesses
    ]
    note = (
        "Together: people's yes on units where the model says yes; by guessing: what as many yes of the model in each "
        "interview, on any of its units, would give. Better than guessing is little: it does not say how "
        "far they agree."
    )
    return table("A model against guessing", "Code|Model|#Together|#By guessing|#Chance", rows, note)
