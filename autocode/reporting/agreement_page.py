"""The agreement report as one page and where it goes: no network, no script, no clock, every name escaped."""

from __future__ import annotations

from pathlib import Path

from autocode.errors import ConfigError
from autocode.files import write_whole
from autocode.reporting.agreement_report import AgreementReport
from autocode.reporting.pages import page

INTERNAL = "Internal: this holds words of participants. Share the form without them."


def agreement_html(report: AgreementReport) -> str:
    """The report as one page that needs no network and no script. Names and words are escaped."""
    return page("agreement.html", report=report, internal=INTERNAL)


def write_agreement_page(report: AgreementReport, path: Path) -> Path:
    """Write the page; returns where. The internal form says so in its file's name, too."""
    path = place_of(report, path)
    if path.is_file() and path.stat().st_size and not path.read_bytes()[:15].lower().startswith(b"<!doctype html>"):
        raise ConfigError("is there already, and is no page; choose another name", path=path)
    write_whole(path, agreement_html(report))
    return path


def place_of(report: AgreementReport, path: Path) -> Path:
    """Where a form of the report is written: with words of participants `-internal` stands in the name."""
    if not report.internal or "-internal" in path.stem:
        return path
    return path.with_name(f"{path.stem}-internal{path.suffix}")
