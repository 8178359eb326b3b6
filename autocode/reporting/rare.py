"""Codes too rare for a coefficient: where every passage stands that anybody gave them."""

from __future__ import annotations

from autocode.data import Agreement, Applied
from autocode.reporting.report_parts import Table, listed, table


def rare_table(agreement: Agreement) -> Table | None:
    """A row for each passage to read instead of a coefficient, by its place; its words are in the transcripts."""
    rows = [
        (row.code, f"{passage.transcript}, {agreement.unit} {passage.unit}", _who(passage))
        for row in agreement.codes
        if row.instead is not None and row.level == "code"
        for passage in row.instead.passages
    ]
    if not rows:
        return None
    return table("Too rare for a coefficient: read them all", "Code|Passage|Who applied it", rows)


def _who(passage: Applied) -> str:
    without = f", not {listed(passage.not_applied, most=3)}" if passage.not_applied else ""
    return listed(passage.coders, most=6) + without
