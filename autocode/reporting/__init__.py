"""Results as text and tables that people read."""

from autocode.reporting.agreement_table import show_agreement, write_agreement
from autocode.reporting.run_summary import RunSummary, show_summary, summarise

__all__ = ["RunSummary", "show_agreement", "show_summary", "summarise", "write_agreement"]
