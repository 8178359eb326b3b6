"""Results as text and tables that people read."""

from autocode.reporting.agreement_table import show_agreement, write_agreement
from autocode.reporting.check_report import Check, show_check
from autocode.reporting.cost_shown import cost_lines
from autocode.reporting.import_table import show_import
from autocode.reporting.quote_report import QuoteReport, quote_report
from autocode.reporting.quotes_shown import quotes_html, show_quotes, write_quotes
from autocode.reporting.run_summary import RunSummary, show_summary, summarise

__all__ = [
    "Check",
    "QuoteReport",
    "RunSummary",
    "cost_lines",
    "quote_report",
    "quotes_html",
    "show_agreement",
    "show_check",
    "show_import",
    "show_quotes",
    "show_summary",
    "summarise",
    "write_agreement",
    "write_quotes",
]
