"""Results as text and tables that people read."""

from autocode.reporting.agenda import write_agenda
from autocode.reporting.agreement_docx import agreement_docx, write_agreement_docx
from autocode.reporting.agreement_page import agreement_html, write_agreement_page
from autocode.reporting.agreement_report import AgreementReport, agreement_report
from autocode.reporting.agreement_table import show_agreement, write_agreement
from autocode.reporting.basis import Basis
from autocode.reporting.check_report import Check, show_check
from autocode.reporting.cost_shown import cost_lines
from autocode.reporting.disputes_shown import disputes_line, show_readings
from autocode.reporting.drift_over_page import drift_over_html, write_drift_over_page
from autocode.reporting.drift_over_table import show_drift_over
from autocode.reporting.drift_page import drift_html, write_drift
from autocode.reporting.drift_table import show_drift
from autocode.reporting.history_shown import codebook_diff_html, show_codebook_diff
from autocode.reporting.import_table import show_import
from autocode.reporting.ledger_page import ledger_html
from autocode.reporting.ledger_table import show_ledger, write_ledger
from autocode.reporting.quote_report import QuoteReport, quote_report
from autocode.reporting.quotes_shown import quotes_html, show_quotes, write_quotes
from autocode.reporting.rereading_shown import rereading_html, show_rereading, write_rereading
from autocode.reporting.run_list import RunLine, RunList, list_runs, show_runs
from autocode.reporting.run_summary import RunSummary, show_summary, summarise
from autocode.reporting.sent import Sent
from autocode.reporting.sent_shown import show_sent, write_sent
from autocode.reporting.what_left import what_left

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
