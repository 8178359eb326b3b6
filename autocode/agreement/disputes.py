"""Codings -> the passages on which coders differ, each with who said what there, in the order a meeting can settle.

One item is one code on one unit. Neighbouring units are not joined, though one coder may have marked them in one
stroke: the id of an item is made of its place alone, so that a decision finds it again when a further coder is added;
joined stretches would grow and shrink with the coders. In the list they stand next to each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autocode.agreement.marks import Marks
from autocode.agreement.naming import models, same_coder
from autocode.data import Codebook, Coding, Dispute, Disputes, Transcript

if TYPE_CHECKING:
    from pandas import DataFrame


def readers(codings: Sequence[Coding]) -> list[int]:
    """The places of the people whose readings stand side by side: independent or undeclared, each person once.

    What they had seen does not matter here, as it does for what a figure may be called: it is their reading.
    """
    found: list[int] = []
    for i, coding in enumerate(codings):
        fits = coding.kind == "human" and coding.stage in ("independent", "undeclared")
        if fits and not any(same_coder(coding, codings[j]) for j in found):
            found.append(i)
    return found


def disputes(
    units: DataFrame,
    codings: Sequence[Coding],
    transcripts: Sequence[Transcript],
    codebook: Codebook,
    *,
    among: Sequence[str] = (),
) -> Disputes:
    """Every passage to which one coder gave a code and another did not, with the turns around and each one's say.

    `units` is the table that `units()` made from these codings. Disputed is what two of the people see differently
    (independent or undeclared stage, each person once), and who is named in `among`; where there are fewer than two
    people, language models count as well. All other codings are shown beside, but for settled ones and a model's
    repeats.
    """
    table = Marks(units, codings, transcripts, codebook)
    shown = _shown(codings)
    between = differing(codings, among=among)
    found = [
        table.dispute(code, unit, shown, between) for code in table.codes for unit in table.disputed(code, between)
    ]
    return Disputes(
        unit=units.attrs.get("by", "turn"),
        coders=tuple(codings[i].coder for i in shown),
        among=tuple(codings[i].coder for i in between),
        **_listed(found),
    )


def differing(codings: Sequence[Coding], *, among: Sequence[str] = ()) -> list[int]:
    """The places of the coders between whom a passage may be disputed; see `disputes`."""
    people = readers(codings)
    between = people if len(people) > 1 else [*people, *(i for i in models(codings) if not codings[i].baseline)]
    return sorted({*between, *(i for i in _shown(codings) if codings[i].coder in among)})


def _shown(codings: Sequence[Coding]) -> list[int]:
    return [i for i, coding in enumerate(codings) if coding.stage != "settled" and coding.repeat == 1]


def without(found: Disputes, decided: Mapping[str, object]) -> Disputes:
    """The list without the passages that have a decision, which are counted; numbered anew."""
    left = [dispute for dispute in found.disputes if dispute.id not in decided]
    return found.model_copy(update={**_listed(left), "decided": len(found.disputes) - len(left)})


def _listed(found: Sequence[Dispute]) -> dict[str, Any]:
    """Disputes in their order, numbered, and how many there are of each code."""
    of_code = Counter(dispute.code for dispute in found)
    of_pair = Counter((dispute.code, dispute.instead) for dispute in found)
    ordered = sorted(
        found,
        key=lambda d: (-of_code[d.code], d.code, -of_pair[d.code, d.instead], d.instead, d.transcript, d.start, d.end),
    )
    numbered = tuple(dispute.model_copy(update={"number": n}) for n, dispute in enumerate(ordered, start=1))
    return {"disputes": numbered, "by_code": {dispute.code: of_code[dispute.code] for dispute in ordered}}
