"""What a run came to, for a person to read and for a program to parse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from autocode.codebook import asked
from autocode.data import Codebook, Data, Transcript, Usage
from autocode.grounding import GROUNDER
from autocode.loopback import is_loopback
from autocode.prices import spent
from autocode.reporting.cost_shown import dollars, in_cache
from autocode.runs import Row, Run, RunInfo, Waiting, each_row

if TYPE_CHECKING:
    from rich.console import Console


class CodeCount(Data):
    """How often a code was applied, and in how many interviews."""

    code: str
    name: str
    passages: int
    interviews: int


class Uncoded(Data):
    """A stretch that has no decision, and why."""

    transcript: str
    start: int
    end: int
    reason: str
    waits: bool = False
    """Whether its answer is still to come, in a batch that was handed in."""


class RunSummary(Data):
    """What a run came to."""

    format: Literal["autocode-run-summary/1"] = "autocode-run-summary/1"
    run: str
    model: str
    baseline: bool
    codebook: str
    interviews: int
    turns: int
    coded_turns: int
    """Turns of speakers who are coded."""
    repeats: int = 1
    """How often every passage was asked about; quotes and passages are counted of the first time."""
    speakers: dict[str, tuple[str, ...]]
    """The labels `coded` and those only `shown`; a blank one is a turn without label."""
    words: int
    calls: int
    usage: Usage
    segments: int
    """Rows of coding.csv that count as coding."""
    codes: tuple[CodeCount, ...]
    """In the order of the codebook."""
    grounder: str = GROUNDER
    """The version of the rules by which the quotes were located."""
    matches: dict[str, int]
    """All quotes, by how they were found."""
    problems: dict[str, int]
    uncoded: tuple[Uncoded, ...]
    table: str
    notes: tuple[str, ...]
    calls_by_batch: int = 0
    """Of the calls, those that came by batch."""
    usd_by_batch: float | None = None
    """What those cost by the price list; None where no batch price is known."""
    usd_at_full_price: float | None = None
    """What the same calls would have cost at once."""
    waiting: tuple[Waiting, ...] = ()
    """The batches that are with the provider."""
    lies_there: tuple[str, ...] = ()
    """The provider's ids of what it still keeps of batches, those that wait among them."""
    deleted_there: int = 0
    """How many files or batches with interviews in them are deleted at the provider, or were gone already."""
    usd: float | None = None
    """What all calls cost by the price list; None where no price is known, and for a model on this machine."""


def summarise(run: Run, transcripts: Iterable[Transcript]) -> RunSummary:
    """What a run came to: interviews, turns and words coded, quotes as they were found, tokens and price in USD.

    Raises RunError where there is no run.
    """
    info = run.made_with
    ids = {transcript.id for transcript in info.transcripts}
    interviews = turns = coded = words = 0
    speakers: set[str] = set()
    for transcript in transcripts:
        if transcript.id in ids:
            interviews += 1
            turns += len(transcript.turns)
            coded += sum(info.codes_turn(transcript.id, turn) for turn in transcript.turns)
            speakers.update(turn.speaker for turn in transcript.turns)
            words += sum(len(transcript.text[t.span.start : t.span.end].split()) for t in transcript.turns)
    table = _Table()
    for row in each_row(run.table):
        table.add(row)
    at_once, in_batches = (Usage(), 0), (Usage(), 0)
    repeats = 1
    for head in run.calls.heads():
        repeats = max(repeats, head.repeat)
        if head.batch is None:
            at_once = at_once[0].plus(head.usage), at_once[1] + 1
        else:
            in_batches = in_batches[0].plus(head.usage), in_batches[1] + 1
    stories = run.batches.stories()
    return RunSummary(
        run=run.path.as_posix(),
        model=info.model,
        baseline=info.baseline,
        codebook=f"{info.codebook.id} v{info.coded_under}".replace(" vmixed", " mixed"),
        interviews=interviews,
        turns=turns,
        coded_turns=coded,
        repeats=repeats,
        speakers=_speakers(speakers, info.exclude_speakers),
        words=words,
        calls=at_once[1] + in_batches[1],
        usage=at_once[0].plus(in_batches[0]),
        segments=sum(table.passages.values()),
        codes=tuple(table.counts(info.codebook)),
        matches={match: table.matches[match] for match in ("exact", "folded", "altered", "none")},
        problems=dict(sorted(table.problems.items())),
        uncoded=tuple(
            Uncoded(transcript=p.transcript, start=p.span.start, end=p.span.end, reason=gap.reason, waits=gap.waits)
            for gap in run.gaps
            for p in gap.passages
        ),
        table=run.table.as_posix(),
        notes=tuple(run.notes),
        calls_by_batch=in_batches[1],
        usd_by_batch=_usd(info, *in_batches, batch=True),
        usd_at_full_price=_usd(info, *in_batches, batch=False),
        waiting=tuple(run.waiting),
        lies_there=tuple(id for story in stories for id in story.lies_there),
        deleted_there=sum(how != "kept" for story in stories for how, _ in story.became.values()),
        usd=_cost(info, at_once, in_batches),
    )


def _cost(info: RunInfo, at_once: tuple[Usage, int], in_batches: tuple[Usage, int]) -> float | None:
    """What the tokens of some calls cost in all; nothing is looked up for a model on this machine."""
    if info.baseline or (info.base_url and is_loopback(info.base_url)):
        return None
    paid = [
        _usd(info, used, calls, batch=batch) for (used, calls), batch in ((at_once, False), (in_batches, True)) if calls
    ]
    known = [usd for usd in paid if usd is not None]
    return sum(known) if known and len(known) == len(paid) else None


def _usd(info: RunInfo, used: Usage, calls: int, *, batch: bool) -> float | None:
    """What the calls that came by batch cost, or would have cost; None where there are none or no price is known."""
    return spent(info.model, used, base_url=info.base_url, batch=batch, calls=calls) if calls else None


def _speakers(known: set[str], excluded: Iterable[str]) -> dict[str, tuple[str, ...]]:
    out = set(excluded)
    return {"coded": tuple(sorted(known - out)), "shown": tuple(sorted(known & out))}


@dataclass
class _Table:
    """What the rows of a coding.csv come to, counted one by one."""

    matches: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    passages: Counter[str] = field(default_factory=Counter)
    interviews: dict[str, set[str]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count a row, too."""
        segment = row.segment
        self.matches[segment.match] += 1
        self.problems.update(segment.problem)
        if segment.counts:
            self.passages[segment.code] += 1
            self.interviews.setdefault(segment.code, set()).add(segment.transcript_id)

    def counts(self, codebook: Codebook) -> Iterable[CodeCount]:
        """How often each code was applied, in the order of the codebook."""
        wanted = {code.id for code in asked(codebook)} | set(self.passages)
        for code in codebook.codes:
            if code.id in wanted:
                yield CodeCount(
                    code=code.id,
                    name=code.name,
                    passages=self.passages[code.id],
                    interviews=len(self.interviews.get(code.id, ())),
                )


_LISTED = 10
_PLACES = 4
_FOUND: Mapping[str, str] = {
    "exact": "word for word",
    "folded": "but for typography",
    "altered": "with other words (flagged)",
    "none": "not found (kept, not counted)",
}


def show_summary(summary: RunSummary, console: Console) -> None:
    """Print what a run came to. All words of people and codebooks are printed as they are, never as markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print(
        Text.assemble(
            (f"{summary.interviews:,} interview{'s' * (summary.interviews != 1)}", "bold"),
            f" · {summary.turns:,} turns, {summary.coded_turns:,} of them coded · {summary.words:,} words · "
            f"codebook {summary.codebook} · coder {summary.model}" + (" (baseline)" if summary.baseline else ""),
        )
    )
    coded, shown = summary.speakers["coded"], summary.speakers["shown"]
    told = f"Coded: {_labels(coded)}" + (f"; only shown: {_labels(shown)}" if shown else "; nobody is left out")
    console.print(Text(told))
    if summary.repeats > 1:
        console.print(Text(f"Every passage asked {summary.repeats} times; counted here: the first answers"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column, justify in (("Code", "left"), ("", "left"), ("Passages", "right"), ("Interviews", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for count in summary.codes:
        style = "" if count.passages else "dim"
        table.add_row(
            Text(count.code),
            Text(count.name),
            f"{count.passages:,}",
            f"{count.interviews:,} of {summary.interviews:,}",
            style=style,
        )
    console.print(table)
    total = sum(summary.matches.values())
    found = ", ".join(f"{n:,} {_FOUND[match]}" for match, n in summary.matches.items() if n)
    console.print(Text(f"Quotes: {total:,} proposed" + (f"; {found}" if found else "")))
    others = {p: n for p, n in summary.problems.items() if p not in ("quote not found", "quote altered")}
    if others:
        console.print(Text("Flagged: " + ", ".join(f"{n} {problem}" for problem, n in others.items())))
    if summary.usage.input:
        console.print(
            Text(
                f"Calls: {summary.calls:,}; {summary.usage.input:,} tokens sent{in_cache(summary.usage)}, "
                f"{summary.usage.output:,} received" + (f"; about {dollars(summary.usd)} USD" if summary.usd else "")
            )
        )
    if summary.calls_by_batch:
        console.print(Text(_by_batch(summary)))
    left = [gap for gap in summary.uncoded if not gap.waits]
    if waits := len(summary.uncoded) - len(left):
        console.print(Text(f"Not coded yet, but in a batch: {waits} stretch{'es' * (waits != 1)}", style="bold"))
    if left:
        console.print(Text(f"Not coded: {len(left)} stretches", style="bold red"))
        _print_gaps(left, console)


def _print_gaps(gaps: Iterable[Uncoded], console: Console) -> None:
    """Some places for each reason why there is no decision."""
    from rich.text import Text

    by_reason: dict[str, list[str]] = {}
    for gap in gaps:
        by_reason.setdefault(gap.reason, []).append(f"{gap.transcript} {gap.start}-{gap.end}")
    for reason, places in list(by_reason.items())[:_LISTED]:
        more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
        console.print(Text(f"  {', '.join(places[:_PLACES])}{more}: {reason}"))
    if len(by_reason) > _LISTED:
        console.print(Text(f"  and for {len(by_reason) - _LISTED} other reasons"))


def _by_batch(summary: RunSummary) -> str:
    """What the calls that came by batch cost, beside the full price."""
    told = f"By batch: {summary.calls_by_batch} call{'s' * (summary.calls_by_batch != 1)}"
    if summary.usd_by_batch is None:
        return f"{told}; no batch price is known for this model{_left_there(summary)}"
    full = "not known" if summary.usd_at_full_price is None else f"{dollars(summary.usd_at_full_price)} USD"
    return f"{told}, as a batch: {dollars(summary.usd_by_batch)} USD; at full price {full}{_left_there(summary)}"


def _left_there(summary: RunSummary) -> str:
    """What lies at the provider of what was handed in."""
    if left := len(summary.lies_there):
        return (
            f"; {left:,} files or batches lie at the provider"
            if left > 1
            else "; one file or batch lies at the provider"
        )
    return "; nothing of it is found at the provider any more" if summary.deleted_there else ""


def _labels(labels: tuple[str, ...]) -> str:
    """Some labels in a line; many are cut."""
    named = [label or "turns without a label" for label in labels[:_LISTED]]
    return ", ".join(named) + (f" and {len(labels) - _LISTED} more" if len(labels) > _LISTED else "") or "nobody"
