"""The quotes of a run for a person to judge: what was said, what the coder made of it, and in what they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from autocode.codebook import code_of
from autocode.data import Data, Span, Transcript
from autocode.errors import RunError
from autocode.grounding import GROUNDER, WordDiff, ground, whole_sentence, word_diff
from autocode.runs import Row, Run, Verdict, read_table, read_verdicts

MATCHES = ("exact", "folded", "altered", "none")
CONTEXT = 160
"""How many characters before and after a passage are shown."""


class Words(Data):
    """A run of words, and what became of it: kept, dropped from what was said, or added by the coder."""

    change: Literal["kept", "dropped", "added"]
    words: str


class JudgedQuote(Data):
    """A quote that a person should look at, beside the passage that it is nearest to."""

    id: str
    transcript: str
    turn: int | None
    speaker: str
    code: str
    name: str
    match: str
    problem: tuple[str, ...]
    flags: tuple[str, ...]
    reasons: tuple[str, ...]
    said: str
    """The coder's wording."""
    before: str
    passage: str
    """The transcript's own words; blank where nothing is near."""
    after: str
    diff: tuple[Words, ...]
    places: tuple[str, ...]
    """For halves from different places: what stands at each."""
    why: str
    start: int | None
    end: int | None
    verdict: str
    by: str


class QuoteReport(Data):
    """The integrity of a run's quotes: how many were found and how, and each one that needs a look."""

    format: Literal["autocode-quotes/1"] = "autocode-quotes/1"
    run: str
    model: str
    grounder: str = GROUNDER
    quotes: int
    matches: dict[str, int]
    problems: dict[str, int]
    reasons: dict[str, int]
    """Of the altered quotes. A changed number or negation does the worst harm, so each is counted by itself."""
    cut: int
    by_code: dict[str, dict[str, int]]
    verdicts: dict[str, int]
    to_judge: tuple[JudgedQuote, ...]


def quote_report(run: Run, transcripts: Iterable[Transcript]) -> QuoteReport:
    """What is to know about the quotes of a run, and those to judge: altered, not found, outside their passage, or cut.

    Ordered by how much harm they may do: not found, then changed numbers and negations, then the rest.
    """
    info = run.info
    if info is None or not run.table.exists():
        raise RunError(f"{run.path}: nothing is coded here yet; code it first with `autocode run`")
    texts = {transcript.id: transcript for transcript in transcripts}
    rows, verdicts = read_table(run.table), read_verdicts(run.verdicts)
    names = {row.segment.code: code.name for row in rows if (code := code_of(info.codebook, row.segment.code))}
    judged = [
        _judged(row, texts, names, verdicts.get(row.segment.id))
        for row in rows
        if row.segment.match in ("altered", "none") or "outside passage" in row.segment.problem or "cut" in row.flags
    ]
    by_code: dict[str, Counter[str]] = {}
    for row in rows:
        by_code.setdefault(row.segment.code, Counter())[row.segment.match] += 1
    return QuoteReport(
        run=run.path.as_posix(),
        model=info.model,
        quotes=len(rows),
        matches={
            match: sum(r.segment.match == match for r in rows) for match in ("exact", "folded", "altered", "none")
        },
        problems=_counted(problem for row in rows for problem in row.segment.problem),
        reasons=_counted(reason for quote in judged if quote.match == "altered" for reason in quote.reasons),
        cut=sum("cut" in row.flags for row in rows),
        by_code={code: dict(sorted(counts.items())) for code, counts in sorted(by_code.items())},
        verdicts=_counted(verdict.verdict for verdict in verdicts.values()),
        to_judge=tuple(sorted(judged, key=_harm)),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _harm(quote: JudgedQuote) -> tuple[int, str, int]:
    worst = {"number", "negation"} & set(quote.reasons)
    rank = 0 if quote.match == "none" else 1 if worst else 2 if quote.match == "altered" else 3
    return rank, quote.transcript, quote.start or 0


def _judged(
    row: Row, texts: Mapping[str, Transcript], names: Mapping[str, str], verdict: Verdict | None
) -> JudgedQuote:
    segment = row.segment
    transcript = texts.get(segment.transcript_id)
    said = segment.said or row.quote
    text = transcript.text if transcript else ""
    span = segment.span
    found = ground(said, text, within=span) if transcript else None
    shown = whole_sentence(text, span, within=_turns(transcript, span)) if transcript and span and row.flags else span
    return JudgedQuote(
        id=segment.id,
        transcript=segment.transcript_id,
        turn=row.turn,
        speaker=row.speaker,
        code=segment.code,
        name=names.get(segment.code, ""),
        match=segment.match,
        problem=segment.problem,
        flags=row.flags,
        reasons=found.reasons if found and segment.match in ("altered", "none") else (),
        said=said,
        before=text[max(0, span.start - CONTEXT) : span.start] if span else "",
        passage=row.quote,
        after=text[span.end : max(span.end + CONTEXT, shown.end if shown else 0)] if span else "",
        diff=tuple(_words(d) for d in word_diff(said, row.quote)) if segment.match == "altered" else (),
        places=tuple(text[p.start : p.end] for p in found.parts) if found and segment.match == "none" else (),
        why=segment.why,
        start=span.start if span else None,
        end=span.end if span else None,
        verdict=verdict.verdict if verdict else "",
        by=verdict.by if verdict else "",
    )


def _turns(transcript: Transcript, span: Span) -> Span:
    touched = [turn.span for turn in transcript.turns if turn.span.start < span.end and span.start < turn.span.end]
    return Span(touched[0].start, touched[-1].end) if touched else span


def _words(diff: WordDiff) -> Words:
    return Words(change=diff.change, words=" ".join(diff.words))
