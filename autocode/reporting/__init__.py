"""Results as text and tables that people read."""

from autocode.reporting.agreement_table import show_agreement, write_agreement
from autocode.reporting.quote_report import QuoteReport, quote_report
from autocode.reporting.quotes_shown import quotes_html, show_quotes, write_quotes
from autocode.reporting.run_summary import RunSummary, show_summary, summarise

__all__ = [
    "QuoteReport",
    "RunSummary",
    "quote_report",
    "quotes_html",
    "show_agreement",
    "show_quotes",
    "show_summary",
    "summarise",
    "write_agreement",
    "write_quotes",
]
