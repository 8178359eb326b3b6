"""The report on a run's quotes as a page, a table, and in the terminal."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.files import write_whole
from autocode.reporting.agreement_page import INTERNAL
from autocode.reporting.pages import page
from autocode.reporting.quote_report import JudgedQuote, QuoteReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

FOUND = {
    "exact": "word for word",
    "folded": "word for word but for typography",
    "altered": "with other words",
    "none": "not found",
}
_SHOWN = 20
_COLUMNS = (
    *("id", "transcript", "turn", "speaker", "code", "match", "problem", "flags", "reasons", "said", "passage"),
    *("before", "after", "why", "start", "end", "verdict", "by"),
)


def quotes_html(report: QuoteReport) -> str:
    """The report as one page that needs no network and no script. Participants' words are escaped."""
    said = INTERNAL.partition(". ")[0] + "."  # there is no form of this page without the words
    return page("quotes.html", report=report, words=FOUND, internal=said if report.to_judge else "")


def write_quotes(report: QuoteReport, path: Path) -> None:
    """Write the quotes to judge as CSV, a row a quote."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for quote in report.to_judge:
        row = quote.model_dump()
        lists = {key: ";".join(row[key]) for key in ("problem", "flags", "reasons")}
        writer.writerow([lists.get(column, row[column]) for column in _COLUMNS])
    write_whole(path, buffer.getvalue())


def show_quotes(report: QuoteReport, console: Console) -> None:
    """Print the counts and the quotes to judge, the wording and the passage under each other."""
    from rich.text import Text

    counts = ", ".join(f"{n} {FOUND[match]}" for match, n in report.matches.items() if n)
    console.print(Text.assemble((f"{report.quotes} quotes of {report.model}", "bold"), f": {counts or 'none'}"))
    if report.problems:
        console.print(Text("Problems: " + ", ".join(f"{n} {problem}" for problem, n in report.problems.items())))
    if report.reasons:
        console.print(Text("Altered by: " + ", ".join(f"{reason} {n}" for reason, n in report.reasons.items())))
    if report.cut:
        console.print(Text(f"Cut out of a sentence that may say otherwise: {report.cut}"))
    for quote in report.to_judge[:_SHOWN]:
        console.print(_judged(quote))
    if len(report.to_judge) > _SHOWN:
        console.print(Text(f"\n{len(report.to_judge) - _SHOWN} more; see them all with --html FILE"))


def _judged(quote: JudgedQuote) -> Text:
    from rich.text import Text

    told = [*quote.problem, *quote.flags, *quote.reasons]
    text = Text(f"\n{quote.id}  {quote.transcript}", style="dim")
    text.append(f" turn {quote.turn}" if quote.turn else "")
    text.append(f"  {quote.code}  {', '.join(told)}")
    if quote.verdict:
        text.append(f"  ({quote.verdict} by {quote.by})")
    text.append("\n  coder:      ")
    if quote.diff:
        for run in quote.diff:
            if run.change != "dropped":
                text.append(run.words + " ", style="not dim" if run.change == "kept" else "not dim underline blue")
        text.append("\n  transcript: ")
        for run in quote.diff:
            if run.change != "added":
                text.append(run.words + " ", style="not dim" if run.change == "kept" else "not dim strike red")
        return text
    text.append(quote.said, style="not dim")
    for place in (quote.passage, *quote.places):
        if place and place != quote.said:
            text.append("\n  transcript: ")
            text.append(place, style="not dim")
    if "cut" in quote.flags:
        text.append("\n  sentence:   ")
        text.append(f"{quote.before[-60:]}[{quote.passage}]{quote.after[:60]}".replace("\n", " "), style="not dim")
    return text
