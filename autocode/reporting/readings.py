"""Codes as different readings: who gave them to how many passages, and no coefficient."""

from __future__ import annotations

from autocode.data import Agreement
from autocode.reporting.agreement_words import row_name
from autocode.reporting.report_parts import Table, table


def readings_table(agreement: Agreement) -> Table:
    """A row a code: to how many passages each coder gave it, of those that two read."""
    names = [coder.name for coder in agreement.coders]
    rows = [
        (row_name(row), f"{row.n_units:,}", *(f"{row.positives.get(name, 0):,}" for name in names))
        for row in agreement.codes
    ]
    columns = f"Code|#{agreement.unit.capitalize()}s that two read|" + "|".join(
        f"#{n.replace('|', ' ')}" for n in names
    )
    return table("Readings, code by code", columns, rows)
