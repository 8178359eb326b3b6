"""Which calls a run needs: stretches that are planned once, written down, and never changed.

A stretch is coded by one call only. What an answered call has coded stays coded, as long as its text has not changed;
what is planned and not answered is asked if all of it may be asked now; whatever is left gets calls of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autocode import chunking, prompting
from autocode.asking import Coder
from autocode.coding.answers import Answers, Covered
from autocode.data import CallPassage, Chunk, Passage, Prompt, Span, Transcript, canonical_json, sha256
from autocode.runs import Planned, Run, RunInfo
from autocode.shelf import Shelf
from autocode.tokens import count_tokens


@dataclass(frozen=True)
class Planner:
    """What it takes to make the same prompt for the same stretch again: the run's settings and the transcripts."""

    info: RunInfo
    coder: Coder
    shelf: Shelf

    def prompt(self, line: Planned) -> Prompt:
        """What goes to the coder for a planned call."""
        return self.rendered(chunk_of(line))

    def rendered(self, chunk: Chunk) -> Prompt:
        """What goes to the coder for a chunk."""
        return prompting.render(
            self.info.prompt, self.info.codebook, chunk, self.shelf, exclude_speakers=self.info.exclude_speakers
        )

    def planned(self, chunk: Chunk, *, number: int, repeat: int, parent: str | None = None) -> Planned:
        """A chunk as a line of the plan. Its key is the SHA-256 of canonical JSON of request body and repeat index."""
        single = chunk.parts[0].transcript if len(chunk.parts) == 1 else ""
        size, modified = file_facts(self.shelf.sources[single]) if single else (None, None)
        return Planned(
            chunk=number,
            key=sha256(canonical_json([self.coder.body(self.rendered(chunk)), repeat])),
            parent=parent,
            repeat=repeat,
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
        return [self.planned(half, number=line.chunk, repeat=line.repeat, parent=line.key) for half in cut or ()]

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
    number = 1 + max((line.chunk for line in lines), default=-1)
    todo: list[Planned] = []
    new: list[Planned] = []
    for repeat in range(1, repeats + 1):
        covered = Covered()
        for line in answers.standing(repeat):
            covered.add(answers.usable(line.passages))
        for line in answers.open(repeat):
            if _may_be_asked(line, ids, planner) and not covered.touches(line.passages):
                covered.add(line.passages)
                todo.append(line)
                if answers.is_cut(line):
                    new += (halves := planner.halves(line))
                    todo[-1:] = halves
        if repeat > 1:  # a repeat asks for the same stretches as the coding
            for line in answers.first_asked():
                if _may_be_asked(line, ids, planner) and not covered.touches(line.passages):
                    covered.add(line.passages)
                    new.append(planner.planned(chunk_of(line), number=line.chunk, repeat=repeat))
                    todo.append(new[-1])
        for chunk in _uncovered_chunks(planner, sorted(ids), covered):
            new.append(planner.planned(chunk, number=number, repeat=repeat))
            todo.append(new[-1])
            number += 1
    if write:
        run.plan.add(new)
    return [line for line in todo if not answers.is_answered(line)]  # an equal passage may have been answered before


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
            turn.speaker not in info.exclude_speakers
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
