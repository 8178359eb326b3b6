"""Which calls a run needs: stretches that are planned once, written down, and never changed.

A stretch is coded by one call only. What an answered call has coded stays coded, as long as its text has not changed;
what is planned and not answered is asked if all of it may be asked now; whatever is left gets calls of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from autocode import chunking, prompting
from autocode.asking import Coder
from autocode.data import CallPassage, Chunk, Passage, Prompt, Span, Transcript, canonical_json, sha256
from autocode.runs import Answers, Covered, Planned, Run, RunInfo
from autocode.shelf import Shelf
from autocode.tokens import count_tokens


@dataclass(frozen=True)
class Planner:
    """What it takes to make the same prompt for the same stretch again: the run's settings and the transcripts."""

    info: RunInfo
    coder: Coder
    shelf: Shelf
    carried: Collection[str] = ()
    """The transcripts that an earlier run has read whole, so that only the codes that an edit concerns are asked."""

    def prompt(self, line: Planned) -> Prompt:
        """What goes to the coder for a planned call."""
        return self.rendered(chunk_of(line), line.codes)

    def rendered(self, chunk: Chunk, codes: int = 0) -> Prompt:
        """What goes to the coder for a chunk, about one of the run's sets of codes."""
        sets = self.info.code_sets
        return prompting.render(
            self.info.prompt,
            self.info.codebook,
            chunk,
            self.shelf,
            exclude_speakers=self.info.exclude_speakers,
            codes=sets[codes].codes if sets else (),
            whole_codebook=bool(sets) and sets[codes].carried,
        )

    def asks(self, ids: Collection[str]) -> Iterator[tuple[int, set[str]]]:
        """Each set of codes with the transcripts that it is asked about."""
        for number, codes in enumerate(self.info.code_sets or (None,)):
            if codes is None or self.info.since is None:
                yield number, set(ids)
            else:
                yield number, {id for id in ids if (id in self.carried) == codes.carried}

    def planned(self, chunk: Chunk, *, number: int, repeat: int, codes: int = 0, parent: str | None = None) -> Planned:
        """A chunk as a line of the plan. Its key is the SHA-256 of canonical JSON of request body and repeat index."""
        single = chunk.parts[0].transcript if len(chunk.parts) == 1 else ""
        size, modified = file_facts(self.shelf.sources[single]) if single else (None, None)
        return Planned(
            chunk=number,
            key=sha256(canonical_json([self.coder.body(self.rendered(chunk, codes)), repeat])),
            parent=parent,
            repeat=repeat,
            codes=codes,
            passages=self._passages(chunk.parts, chunk.numbers),
            context=self._passages(chunk.context, ()),
            size=size,
            modified=modified,
        )

    def halves(self, line: Planned) -> list[Planned]:
        """The two calls that stand in for one that was cut; none if it codes a single sentence."""
        cut = chunking.halves(
            chunk_of(line),
            self.shelf,
            count=count_tokens,
            exclude_speakers=self.info.exclude_speakers,
            context_turns=self.info.context_turns,
            max_tokens=self.info.max_tokens,
        )
        return [
            self.planned(half, number=line.chunk, repeat=line.repeat, codes=line.codes, parent=line.key)
            for half in cut or ()
        ]

    def _passages(self, parts: Sequence[Passage], numbers: Sequence[int]) -> tuple[CallPassage, ...]:
        return tuple(
            CallPassage(
                transcript=part.transcript,
                text_sha256=self.shelf.hashes[part.transcript],
                start=part.span.start,
                end=part.span.end,
                part=numbers[at] if numbers else None,
            )
            for at, part in enumerate(parts)
        )


def plan(run: Run, planner: Planner, wanted: Iterable[str], repeats: int, *, write: bool = True) -> list[Planned]:
    """The calls that are still to be made for the wanted transcripts; new ones are written down first."""
    ids = set(wanted)
    lines = list(run.plan)
    answers = Answers(lines, run.calls, planner.shelf.hashes)
    todo: list[Planned] = []
    new: list[Planned] = []
    numbers = count(1 + max((line.chunk for line in lines), default=-1))
    for repeat in range(1, repeats + 1):
        for codes, here in planner.asks(ids):
            for line, is_new in _lines(planner, answers, here, repeat, codes, numbers):
                todo.append(line)
                if is_new:
                    new.append(line)
    if write:
        run.plan.add(new)
    return [line for line in todo if not answers.is_answered(line)]  # an equal passage may have been answered before


def _lines(
    planner: Planner, answers: Answers, ids: set[str], repeat: int, codes: int, numbers: Iterator[int]
) -> Iterator[tuple[Planned, bool]]:
    """The calls about one set of codes that have no answer yet, and whether each is new to the plan."""
    covered = Covered()
    for line in answers.standing(repeat, codes):
        covered.add(answers.usable(line.passages))
    for line in answers.open(repeat, codes):
        if _may_be_asked(line, ids, planner) and not covered.touches(line.passages):
            covered.add(line.passages)
            halves = planner.halves(line) if answers.is_cut(line) else None
            if halves is None:
                yield line, False
            else:
                yield from ((half, True) for half in halves)
    if repeat > 1:  # a repeat asks for the same stretches as the coding
        for line in answers.first_asked(codes):
            if _may_be_asked(line, ids, planner) and not covered.touches(line.passages):
                covered.add(line.passages)
                yield planner.planned(chunk_of(line), number=line.chunk, repeat=repeat, codes=codes), True
    for chunk in _uncovered_chunks(planner, sorted(ids), covered):
        yield planner.planned(chunk, number=next(numbers), repeat=repeat, codes=codes), True


def _may_be_asked(line: Planned, ids: set[str], planner: Planner) -> bool:
    """Whether a planned call is only about transcripts that may be asked about, as their texts are now."""
    return all(
        p.transcript in ids and planner.shelf.hashes[p.transcript] == p.text_sha256
        for p in (*line.passages, *line.context)
    )


def _uncovered_chunks(planner: Planner, ids: Sequence[str], covered: Covered) -> Iterator[Chunk]:
    """Chunks for the turns that no call codes: of transcripts that joined or changed, or that a torn plan forgot."""
    info = planner.info

    def is_open(transcript: Transcript, within: Span | None = None) -> bool:
        """Whether a turn that may be coded, and begins within the stretch, is in no call."""
        return any(
            info.codes_turn(transcript.id, turn)
            and (within is None or within.start <= turn.span.start < within.end)
            and not covered.holds(transcript.id, turn.span.start)
            for turn in transcript.turns
        )

    chunks = chunking.chunk(
        (transcript for id in ids if is_open(transcript := planner.shelf[id])),
        max_tokens=info.max_tokens,
        count=count_tokens,
        exclude_speakers=info.exclude_speakers,
        context_turns=info.context_turns,
        only=info.sample.turns if info.sample else None,
    )
    for chunk in chunks:
        # A transcript that no call touches is open throughout; only of others the turns have to be looked at again.
        if any(p.transcript not in covered or is_open(planner.shelf[p.transcript], p.span) for p in chunk.parts):
            yield chunk


def chunk_of(line: Planned) -> Chunk:
    """The chunk that a line of the plan is about."""
    return Chunk(
        index=line.chunk,
        parts=tuple(Passage(p.transcript, Span(p.start, p.end)) for p in line.passages),
        numbers=tuple(p.part for p in line.passages if p.part is not None),
        context=tuple(Passage(p.transcript, Span(p.start, p.end)) for p in line.context),
    )


def file_facts(source: str) -> tuple[int | None, str | None]:
    """Size and time (UTC) of the file a transcript was read from; unknown if it is not there any more."""
    try:
        facts = Path(source).stat()
    except OSError:
        return None, None
    return facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
