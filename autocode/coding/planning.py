"""Which calls a run needs: chunks that are planned once, written down, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autocode import chunking, prompting
from autocode.asking import Coder
from autocode.data import (
    CallPassage,
    Chunk,
    Passage,
    Prompt,
    Span,
    Transcript,
    canonical_json,
    sha256,
)
from autocode.runs import Planned, Run, RunInfo
from autocode.tokens import count_tokens


@dataclass(frozen=True)
class Task:
    """One call to make: what it codes, under which key, and which cut call it is a half of."""

    key: str
    repeat: int
    chunk: Chunk
    parent: str | None = None


@dataclass(frozen=True)
class Planner:
    """What it takes to make the same prompt for the same stretch again: the run's settings and the transcripts."""

    info: RunInfo
    coder: Coder
    transcripts: Mapping[str, Transcript]
    sources: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def prompt(self, chunk: Chunk) -> Prompt:
        """What goes to the coder for a chunk."""
        return prompting.render(
            self.info.prompt, self.info.codebook, chunk, self.transcripts, exclude_speakers=self.info.exclude_speakers
        )

    def key(self, chunk: Chunk, repeat: int) -> str:
        """SHA-256 of canonical JSON of the request body and the repeat index."""
        return sha256(canonical_json([self.coder.body(self.prompt(chunk)), repeat]))

    def halves(self, task: Task) -> list[Task]:
        """The two calls that stand in for one that was cut; none if it codes a single sentence."""
        cut = chunking.halves(
            task.chunk,
            self.transcripts,
            count=count_tokens,
            exclude_speakers=self.info.exclude_speakers,
            context_turns=self.info.context_turns,
            max_tokens=self.info.max_tokens,
        )
        return [Task(self.key(half, task.repeat), task.repeat, half, task.key) for half in cut or ()]

    def passages(self, parts: Sequence[Passage]) -> tuple[CallPassage, ...]:
        """Stretches with the hash of the text they are offsets into; numbered where there are several."""
        return tuple(
            CallPassage(
                transcript=part.transcript,
                text_sha256=self.transcripts[part.transcript].sha256,
                start=part.span.start,
                end=part.span.end,
                part=number if len(parts) > 1 else None,
            )
            for number, part in enumerate(parts, start=1)
        )


def plan(run: Run, planner: Planner, wanted: Iterable[str], repeats: int, *, write: bool = True) -> list[Task]:
    """The calls that the wanted transcripts need, those planned before as they were; new ones are written down."""
    ids = set(wanted)
    planned = [line for line in run.plan if current(line, planner.transcripts)]
    first = [line for line in planned if line.repeat == 1 and ids.intersection(p.transcript for p in line.passages)]
    new = list(_new_lines(planner, first, sorted(ids), next_chunk=1 + max((p.chunk for p in planned), default=-1)))
    known = {(line.chunk, line.repeat) for line in planned}
    for repeat in range(2, repeats + 1):
        for line in [*first, *new]:
            if line.repeat == 1 and (line.chunk, repeat) not in known:
                key = planner.key(_chunk(line), repeat)
                new.append(line.model_copy(update={"key": key, "repeat": repeat}))
    if new and write:
        run.plan.add(new)
    chosen = {line.chunk for line in [*first, *new]}
    lines = [line for line in [*planned, *new] if line.chunk in chosen and line.repeat <= repeats]
    return [Task(line.key, line.repeat, _chunk(line)) for line in lines]


def current(line: Planned, transcripts: Mapping[str, Transcript]) -> bool:
    """Whether a planned call is about texts as they are now."""
    return all(p.transcript in transcripts and transcripts[p.transcript].sha256 == p.text_sha256 for p in line.passages)


def _new_lines(planner: Planner, planned: Iterable[Planned], ids: Sequence[str], next_chunk: int) -> Iterator[Planned]:
    """Plans for what no planned call codes yet: transcripts that joined or changed, or a plan that was torn."""
    covered: dict[str, list[Span]] = {}
    for line in planned:
        for passage in line.passages:
            covered.setdefault(passage.transcript, []).append(Span(passage.start, passage.end))
    open_spans = {id: list(_uncovered(planner, id, covered.get(id, ()))) for id in ids}
    chunks = chunking.chunk(
        [planner.transcripts[id] for id in ids if open_spans[id]],
        max_tokens=planner.info.max_tokens,
        count=count_tokens,
        exclude_speakers=planner.info.exclude_speakers,
        context_turns=planner.info.context_turns,
    )
    for chunk in chunks:
        if not any(_touches(part, open_spans[part.transcript]) for part in chunk.parts):
            continue
        size, modified = planner.sources.get(chunk.parts[0].transcript, (None, None))
        yield Planned(
            chunk=next_chunk,
            key=planner.key(chunk, 1),
            passages=planner.passages(chunk.parts),
            context=planner.passages(chunk.context),
            size=size if len(chunk.parts) == 1 else None,
            modified=modified if len(chunk.parts) == 1 else None,
        )
        next_chunk += 1


def _uncovered(planner: Planner, id: str, covered: Iterable[Span]) -> Iterator[Span]:
    spans = list(covered)
    for turn in planner.transcripts[id].turns:
        if turn.speaker not in planner.info.exclude_speakers and not any(
            span.start <= turn.span.start < span.end for span in spans
        ):
            yield turn.span


def _touches(part: Passage, spans: Iterable[Span]) -> bool:
    return any(part.span.start <= span.start < part.span.end for span in spans)


def _chunk(line: Planned) -> Chunk:
    return Chunk(
        index=line.chunk,
        parts=tuple(Passage(p.transcript, Span(p.start, p.end)) for p in line.passages),
        context=tuple(Passage(p.transcript, Span(p.start, p.end)) for p in line.context),
    )


def file_facts(transcript: Transcript) -> tuple[int, str] | None:
    """Size and time (UTC) of the file a transcript was read from, if it is still there."""
    try:
        facts = Path(transcript.source).stat()
    except OSError:
        return None
    return facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
