"""Where coders differ: counted interview by interview, without words; or passage by passage, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby

from autocode.data import Data, Dispute, Disputes
from autocode.reporting.agenda_texts import clock
from autocode.reporting.report_parts import Table, listed, table


class DisputedUnit(Data):
    """A unit on which coders differ, in its words, with every code in dispute there."""

    where: str
    before: tuple[str, ...]
    """The turns before it, each with its speaker."""
    words: str
    codes: tuple[Dispute, ...]


def disputed_units(found: Disputes) -> list[DisputedUnit]:
    """The units on which coders differ, in the order of the interviews."""

    def place(dispute: Dispute) -> tuple[str, int, int]:
        return dispute.transcript, dispute.start, dispute.end

    units = []
    for _, here in groupby(sorted(found.disputes, key=lambda d: (*place(d), d.code)), key=place):
        codes = tuple(here)
        first = codes[0]
        turn = f"turn {first.turn}" if first.turn else "the whole interview"
        units.append(
            DisputedUnit(
                where=" · ".join(filter(None, [first.transcript, turn, first.speaker, clock(first.at)])),
                before=tuple(f"{said.speaker}: " * bool(said.speaker) + said.words for said in first.before),
                words=first.passage,
                codes=codes,
            )
        )
    return units


def differences_table(found: Disputes) -> Table:
    """A row an interview: on how many units coders differ there, and on which codes most."""
    codes: dict[str, Counter[str]] = defaultdict(Counter)
    units: dict[str, set[int]] = defaultdict(set)
    for dispute in found.disputes:
        codes[dispute.transcript][dispute.code] += 1
        units[dispute.transcript].add(dispute.start)
    rows = [(id, f"{len(units[id]):,}", f"{codes[id].total():,}", _most(codes[id])) for id in sorted(codes)]
    columns = f"Interview|#{found.unit.capitalize()}s with a difference|#Differences|Most on"
    note = f"Between {listed(found.among, most=12)}; a difference is one code on one {found.unit}."
    return table("Interview by interview", columns, rows, note)


def _most(codes: Counter[str]) -> str:
    ordered = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{code} {n}" for code, n in ordered[:6]) + ("…" if len(ordered) > 6 else "")
