"""Results as text and tables that people read."""

from autocode.reporting.agreement_table import show_agreement, write_agreement
from autocode.reporting.check_report import Check, show_check
from autocode.reporting.cost_shown import cost_lines
from autocode.reporting.drift_over_table import show_drift_over
from autocode.reporting.drift_table import show_drift
from autocode.reporting.import_table import show_import
from autocode.reporting.quote_report import QuoteReport, quote_report
from autocode.reporting.quotes_shown import quotes_html, show_quotes, write_quotes
from autocode.reporting.run_list import RunLine, RunList, list_runs, show_runs
from autocode.reporting.run_summary import RunSummary, show_summary, summarise
from autocode.reporting.sent import Sent
from autocode.reporting.sent_shown import show_sent, write_sent
from autocode.reporting.what_left import what_left

__all__ = [
    "Check",
    "QuoteReport",
    "RunLine",
    "RunList",
    "RunSummary",
    "Sent",
    "cost_lines",
    "list_runs",
    "quote_report",
    "quotes_html",
    "show_agreement",
    "show_check",
    "show_drift",
    "show_drift_over",
    "show_import",
    "show_quotes",
    "show_runs",
    "show_sent",
    "show_summary",
    "summarise",
    "what_left",
    "write_agreement",
    "write_quotes",
    "write_sent",
]
