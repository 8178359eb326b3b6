"""What is to know of a study before anything is paid, for a person to read and for a program to parse."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from autocode.data import Data, ImportReport, Kind, Stage
from autocode.estimate import Estimate
from autocode.reporting.cost_shown import cost_lines
from autocode.speakers import Speaker, pooled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Level = Literal["error", "warning", "note"]
About = Literal["files", "speakers", "turns", "settings", "codebook", "coding", "reading", "sending", "model"]
"""What a finding is about; in the order in which they are told."""

_ORDER: tuple[About, ...] = About.__args__  # type: ignore[attr-defined]
_LEVELS: tuple[Level, ...] = Level.__args__  # type: ignore[attr-defined]
_HEADINGS: dict[Level, tuple[str, str]] = {
    "error": ("To mend", "bold red"),
    "warning": ("To look at", "bold yellow"),
    "note": ("Good to know", "bold"),
}
_PLACED = {
    "exact": "found word for word",
    "folded": "but for typography",
    "altered": "with other words",
    "not_found": "not found",
    "by_offsets": "placed by start and end",
    "by_turn": "on a turn",
    "by_transcript": "about a whole interview",
    "nothing_found": "read and found nothing",
    "refused": "that cannot be used",
}
_NOBODY = "(nobody named)"
_MOST_TRANSCRIPTS = 40
_MOST_LABELS = 12
_LONGEST_LABEL = 24
_MOST_FINDINGS = 8
"""Of one level about one thing; the others are counted, and stand in the JSON."""


class Finding(Data):
    """Something a person should mend (error), look at (warning) or know (note)."""

    level: Level
    about: About
    message: str
    """One sentence; with path:line where it has a place."""
    add: str = ""
    """The line to add to autocode.yaml."""


class TranscriptCheck(Data):
    """One interview as it was read."""

    id: str
    source: str
    format: str
    """The ending of the file's name, without the dot."""
    encoding: str
    """How the file is written, where it is text: as told, by its mark, or by rule."""
    turns: int
    coded_turns: int
    words: int
    minutes: float | None
    """Up to the last time a turn is known to end."""
    turn_is: str
    """What made a turn: speaker, block, paragraph, cue, row or segment."""
    speakers: tuple[Speaker, ...]


class CodebookCheck(Data):
    """Which codebook would be used."""

    id: str
    version: int
    codes: int
    asked: int
    """Codes a model would be asked for: no themes, none retired."""


class CoderCheck(Data):
    """One coding that stands in the study's folder of coding."""

    coder: str
    kind: Kind
    stage: Stage
    transcripts: int
    passages: int
    """Rows that count as coding."""
    not_counted: int
    """Rows that are kept and do not count: not found, unknown code, duplicate, excluded speaker."""


class CostCheck(Estimate):
    """What a run would ask now, and what that would cost."""


class SendingCheck(Data):
    """What would leave this machine."""

    to: str
    transcripts: int
    words: int
    people: int
    approved_by: str | None
    """None: nobody has said yes."""
    kept_here: tuple[str, ...] = ()
    """Transcripts that stay, because a participant said no to other machines."""
    refused: bool = False
    """Whether the study as it is keeps everything here: the findings about sending say why."""


class Check(Data):
    """The report before anything is paid."""

    format: Literal["autocode-check/1"] = "autocode-check/1"
    study: str
    transcripts: tuple[TranscriptCheck, ...] = ()
    unread: tuple[str, ...] = ()
    """Files that should be transcripts and cannot be read."""
    codebook: CodebookCheck | None = None
    imports: tuple[ImportReport, ...] = ()
    """What became of each file in the folder of coding."""
    coders: tuple[CoderCheck, ...] = ()
    cost: CostCheck | None = None
    sending: SendingCheck | None = None
    """None: nothing would leave this machine."""
    findings: tuple[Finding, ...] = ()
    """The most important first."""

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return sum(finding.level == level for finding in self.findings)

    def without_words(self) -> Check:
        """The same without the first words of speakers, for a file that travels."""
        return self.model_copy(
            update={
                "transcripts": tuple(
                    t.model_copy(
                        update={"speakers": tuple(s.model_copy(update={"first_words": ""}) for s in t.speakers)}
                    )
                    for t in self.transcripts
                )
            }
        )


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: errors first, then by what it is about, else in the order found."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda f: (_LEVELS.index(f.level), _ORDER.index(f.about)))  # stable
    )


def show_check(check: Check, console: Console) -> None:
    """Print the report. All words of people and codebooks are printed as they are, never as markup."""
    from rich.text import Text

    words, turns = sum(t.words for t in check.transcripts), sum(t.turns for t in check.transcripts)
    coded = sum(t.coded_turns for t in check.transcripts)
    console.print(
        Text.assemble(
            (_many(len(check.transcripts), "interview"), "bold"),
            f" · {turns:,} turns, {coded:,} of them coded · {words:,} words",
        )
    )
    if check.transcripts:
        console.print(_transcripts_table(check))
        if any(speaker.label for t in check.transcripts for speaker in t.speakers):
            console.print(_speakers_table(check, console.width))
    for line in (*_about_codebook(check), *_about_coders(check)):
        console.print(Text(line))
    for level in _LEVELS:
        _show_findings(check, level, console)
    for heading, lines in (
        ("What it would cost", _about_cost(check, console.width - 2)),
        ("What would leave this machine", _going(check)),
    ):
        if lines:
            console.print(Text(f"\n{heading}", style="bold"))
            for line in lines:
                console.print(Text(textwrap.indent(textwrap.fill(line, console.width - 2), "  ")))
    counts = [(check.count("error"), "error"), (check.count("warning"), "warning")]
    told = " and ".join(_many(n, what) for n, what in counts if n)
    console.print(Text(f"\n{told or 'nothing to mend or look at'}", style="bold"))


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _transcripts_table(check: Check) -> Table:
    from rich.text import Text

    timed = any(t.minutes is not None for t in check.transcripts)
    written = {t.encoding for t in check.transcripts} - {"", "UTF-8"}
    table = _table("Interview", ("Turns", "Words", *(["Minutes"] * timed)))
    if written:
        table.add_column("Written in")
    table.add_column("Speakers, with turns")
    for t in check.transcripts[:_MOST_TRANSCRIPTS]:
        cells = [f"{t.turns:,}", f"{t.words:,}", *([_minutes(t.minutes)] * timed), *([t.encoding] * bool(written))]
        table.add_row(Text(t.id), *map(Text, cells), Text(", ".join(map(_who, t.speakers))))
    if more := check.transcripts[_MOST_TRANSCRIPTS:]:
        rest = Text(f"and {len(more):,} more (all with --json)", style="dim")
        table.add_row(rest, f"{sum(t.turns for t in more):,}", f"{sum(t.words for t in more):,}")
    return table


def _table(heading: str, numbers: Iterable[str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(heading, no_wrap=heading == "Speaker", overflow="fold")
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _minutes(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes:.1f}" if minutes < 10 else f"{minutes:.0f}"


def _who(speaker: Speaker) -> str:
    return f"{speaker.label or _NOBODY} {speaker.turns:,}" + ("" if speaker.coded else " (not coded)")


def _speakers_table(check: Check, width: int) -> Table:
    from rich.text import Text

    everybody = [speaker for t in check.transcripts for speaker in t.speakers]
    times = Counter(speaker.label for speaker in everybody)
    labels = pooled(everybody)
    longest = min(_LONGEST_LABEL, max(len(speaker.label or _NOBODY) for speaker in labels[:_MOST_LABELS]))
    room = max(12, width - longest - 52)  # the columns between take 52
    table = _table("Speaker", ("Interviews", "Turns", "Words", "? a turn"))
    for heading in ("Coded", "First words"):
        table.add_column(heading, no_wrap=True)
    for speaker in labels[:_MOST_LABELS]:
        numbers = (times[speaker.label], speaker.turns, speaker.words)
        label, first = Text(speaker.label or _NOBODY), Text(speaker.first_words)
        label.truncate(_LONGEST_LABEL, overflow="ellipsis")
        first.truncate(room, overflow="ellipsis")
        table.add_row(
            label,
            *(Text(f"{n:,}") for n in numbers),
            Text(f"{speaker.questions / speaker.turns:.1f}"),
            Text("yes" if speaker.coded else "no"),
            first,
        )
    if more := labels[_MOST_LABELS:]:
        table.add_row(Text(f"and {len(more):,} more", style="dim"))
    return table


def _about_codebook(check: Check) -> Iterator[str]:
    if check.codebook:
        book = check.codebook
        yield f"Codebook: {book.id} v{book.version}, {_many(book.asked, 'code')} to ask for, {book.codes} in all"


def _about_coders(check: Check) -> Iterator[str]:
    for report in check.imports:
        named = {what: getattr(report, what) for what in _PLACED}
        placed = ", ".join(f"{n:,} {_PLACED[what]}" for what, n in named.items() if n)
        yield f"Coding: {report.path} ({report.form}), {_many(report.rows, 'row')}" + (f": {placed}" if placed else "")
    for coder in check.coders:
        kind = "" if coder.kind == "human" else " (model)"
        lost = f", {coder.not_counted} more that do not count" if coder.not_counted else ""
        where = _many(coder.transcripts, "interview")
        yield f"Coder: {coder.coder}{kind}, {where}, {_many(coder.passages, 'passage')}{lost}"


def _show_findings(check: Check, level: Level, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    by_about: dict[About, list[Finding]] = defaultdict(list)
    for finding in check.findings:
        if finding.level == level:
            by_about[finding.about].append(finding)
    if not by_about:
        return
    heading, style = _HEADINGS[level]
    console.print(Text(f"\n{heading}", style=style))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for same in by_about.values():
        for finding in same[:_MOST_FINDINGS]:
            grid.add_row(Text(" -"), Text(finding.message))
            if finding.add:
                grid.add_row("", Text.assemble("add to autocode.yaml:  ", (finding.add, "bold")))
        if len(same) > _MOST_FINDINGS:
            grid.add_row("", Text(f"and {len(same) - _MOST_FINDINGS:,} more of the kind (all with --json)", "dim"))
    console.print(grid)


def _about_cost(check: Check, width: int) -> list[str]:
    return [] if check.cost is None else cost_lines(check.cost, width)


def _going(check: Check) -> list[str]:
    """What would leave this machine, and who said that it may."""
    if check.cost is None:
        return []
    sending = check.sending
    if sending is None:
        return ["Nothing."]
    what = f"{_many(sending.transcripts, 'interview')}, {sending.words:,} words of {sending.people} people"
    lines = [f"{what}, would go to {sending.to}."]
    if sending.kept_here:
        lines.append(f"Kept here, because a participant said no: {', '.join(sending.kept_here)}.")
    if sending.refused:
        lines.append("As the study is now, `autocode run` refuses to send them: see what is to mend.")
    elif sending.approved_by is None:
        lines.append("Nobody has said yes to that yet: `autocode run` asks, and sends nothing before.")
    else:
        lines.append(f"Approved: {sending.approved_by or 'yes, by nobody named'}.")
    return lines
