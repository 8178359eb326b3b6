"""The names of the room, and the file that each comes from."""

from .agenda import write_agenda
from .agreement_docx import agreement_docx, write_agreement_docx
from .agreement_page import agreement_html, write_agreement_page
from .agreement_report import AgreementReport, agreement_report
from .agreement_table import show_agreement, write_agreement
from .basis import Basis
from .check_report import Check, show_check
from .cost_shown import cost_lines
from .disputes_shown import disputes_line, show_readings
from .drift_over_page import drift_over_html, write_drift_over_page
from .drift_over_table import show_drift_over
from .drift_page import drift_html, write_drift
from .drift_table import show_drift
from .history_shown import codebook_diff_html, show_codebook_diff
from .import_table import show_import
from .ledger_page import ledger_html
from .ledger_table import show_ledger, write_ledger
from .quote_report import QuoteReport, quote_report
from .quotes_shown import quotes_html, show_quotes, write_quotes
from .rereading_shown import rereading_html, show_rereading, write_rereading
from .run_list import RunLine, RunList, list_runs, show_runs
from .run_summary import RunSummary, show_summary, summarise
from .sent import Sent
from .sent_shown import show_sent, write_sent
from .what_left import what_left

__all__ = [
    "AgreementReport",
    "Basis",
    "Check",
    "QuoteReport",
    "RunLine",
    "RunList",
    "RunSummary",
    "Sent",
    "agreement_docx",
    "agreement_html",
    "agreement_report",
    "codebook_diff_html",
    "cost_lines",
    "disputes_line",
    "drift_html",
    "drift_over_html",
    "ledger_html",
    "list_runs",
    "quote_report",
    "quotes_html",
    "rereading_html",
    "show_agreement",
    "show_check",
    "show_codebook_diff",
    "show_drift",
    "show_drift_over",
    "show_import",
    "show_ledger",
    "show_quotes",
    "show_readings",
    "show_rereading",
    "show_runs",
    "show_sent",
    "show_summary",
    "summarise",
    "what_left",
    "write_agenda",
    "write_agreement",
    "write_agreement_docx",
    "write_agreement_page",
    "write_drift",
    "write_drift_over_page",
    "write_ledger",
    "write_quotes",
    "write_rereading",
    "write_sent",
]
