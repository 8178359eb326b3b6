"""Transcripts -> chunks: what one call codes, cut on turn borders.

Every character that may be coded lies in exactly one chunk. A chunk is one unbroken stretch of the transcript, so the
turns of excluded speakers inside it are shown (and never coded); those at its edges are left to the context.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autocode.data import Chunk, Passage, Span, Transcript, overlap
from autocode.sentences import sentences

MAX_TOKENS = 1400
CONTEXT_TURNS = 2
MAX_PARTS = 100
"""The most short answers that share a call: the reply has to hold what is proposed for all of them."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A turn with its label, or a part of a turn that is longer than a chunk may be."""

    shown: Span
    codable: bool
    tokens: int
    parts: bool = False
    """Whether no chunk goes on over it: it might be coded, and is not to be."""


def chunk(
    transcripts: Iterable[Transcript],
    *,
    max_tokens: int = MAX_TOKENS,
    count: Callable[[str], int],
    exclude_speakers: Collection[str] = (),
    context_turns: int = CONTEXT_TURNS,
    first_index: int = 0,
    only: Mapping[str, Collection[int]] | None = None,
) -> Iterator[Chunk]:
    """The chunks of the transcripts, in order; `count` says how many tokens a text has.

    Turns stay whole; one that is longer than `max_tokens` is cut at sentence ends, and a sentence that is longer
    still at white space. Transcripts of a single turn (answers to an open question) share a chunk as its parts, equal
    ones under one number; their chunks come last. With `only` no turn but those numbered there, by transcript, is in a
    chunk.
    """
    index = first_index
    answers: dict[str, list[Passage]] = {}
    for transcript in transcripts:
        wanted = None if only is None else frozenset(only.get(transcript.id, ()))
        pieces = _pieces(transcript, exclude_speakers, max_tokens, count, wanted)
        if len(pieces) == 1 and pieces[0].codable:
            shown = pieces[0].shown
            answers.setdefault(transcript.text[shown.start : shown.end], []).append(Passage(transcript.id, shown))
            continue
        for span in _fill(pieces, max_tokens):
            context = _context(transcript, span.start, context_turns, max_tokens // 4, count)
            yield Chunk(index=index, parts=(Passage(transcript.id, span),), context=context)
            index += 1
    for texts in _shared(answers, max_tokens, count):
        numbers = tuple(number for number, text in enumerate(texts, start=1) for _ in answers[text])
        yield Chunk(
            index=index,
            parts=tuple(passage for text in texts for passage in answers[text]),
            numbers=numbers if len(texts) > 1 else (),
        )
        index += 1


def _shared(answers: Iterable[str], max_tokens: int, count: Callable[[str], int]) -> Iterator[list[str]]:
    """Short answers, each text once, in groups that fit a call."""
    group: list[str] = []
    filled = 0
    for text in answers:
        size = count(text)
        if group and (filled + size > max_tokens or len(group) == MAX_PARTS):
            yield group
            group, filled = [], 0
        group.append(text)
        filled += size
    if group:
        yield group


def halves(
    chunk: Chunk,
    transcripts: Mapping[str, Transcript],
    *,
    count: Callable[[str], int],
    exclude_speakers: Collection[str] = (),
    context_turns: int = CONTEXT_TURNS,
    max_tokens: int = MAX_TOKENS,
) -> tuple[Chunk, Chunk] | None:
    """A chunk in two, cut at the turn border nearest its middle, else at a sentence end; None for a single sentence."""
    if chunk.numbers:
        middle = (max(chunk.numbers) + 1) // 2
        return _numbered(chunk, range(1, middle + 1)), _numbered(chunk, range(middle + 1, max(chunk.numbers) + 1))
    if len(chunk.parts) > 1:
        return None  # one answer that several people gave
    passage = chunk.parts[0]
    transcript, span = transcripts[passage.transcript], passage.span
    cut = _cut(transcript, span, exclude_speakers)
    if cut is None:
        return None
    first = Passage(transcript.id, Span(span.start, cut))
    second = Passage(transcript.id, Span(cut, span.end))
    context = _context(transcript, cut, context_turns, max_tokens // 4, count)
    return (
        Chunk(index=chunk.index, parts=(first,), context=chunk.context),
        Chunk(index=chunk.index, parts=(second,), context=context),
    )


def _numbered(chunk: Chunk, numbers: range) -> Chunk:
    """The parts of a chunk with these numbers, numbered anew."""
    kept = [(part, n - numbers.start + 1) for part, n in zip(chunk.parts, chunk.numbers, strict=True) if n in numbers]
    return Chunk(
        index=chunk.index,
        parts=tuple(part for part, _ in kept),
        numbers=tuple(number for _, number in kept) if len(numbers) > 1 else (),
    )


def _pieces(
    transcript: Transcript,
    exclude_speakers: Collection[str],
    max_tokens: int,
    count: Callable[[str], int],
    only: Collection[int] | None,
) -> list[_Piece]:
    pieces = []
    for at, turn in enumerate(transcript.turns):
        shown = Span(label_start(transcript, at), turn.span.end)
        codable = turn.speaker not in exclude_speakers
        if codable and only is not None and turn.number not in only:
            pieces.append(_Piece(shown, codable=False, tokens=0, parts=True))
            continue
        tokens = count(transcript.text[shown.start : shown.end])
        if tokens <= max_tokens or not codable:
            pieces.append(_Piece(shown, codable, tokens))
        else:
            pieces += [_Piece(part, True, tokens) for part, tokens in _split(transcript.text, shown, max_tokens, count)]
    return pieces


def label_start(transcript: Transcript, at: int) -> int:
    """Where a turn begins as a reader sees it: at the line with its label."""
    turn = transcript.turns[at]
    above = transcript.turns[at - 1].span.end if at else 0
    label = transcript.text.rfind(turn.speaker, above, turn.span.start) if turn.speaker else -1
    start = label if label >= 0 else turn.span.start
    line = transcript.text.rfind("\n", above, start)
    return line + 1 if line >= 0 else start if at else 0


def _split(text: str, span: Span, max_tokens: int, count: Callable[[str], int]) -> Iterator[tuple[Span, int]]:
    """A long turn in parts without gaps between them, cut at sentence ends, else at white space, with their tokens."""
    starts = [start for sentence in sentences(text, span) for start in _starts(text, sentence, max_tokens, count)]
    starts[0] = span.start
    begin, tokens = span.start, 0
    for start, end in zip(starts, [*starts[1:], span.end], strict=True):
        size = count(text[start:end])
        if tokens and tokens + size > max_tokens:
            yield Span(begin, start), tokens
            begin, tokens = start, 0
        tokens += size
    yield Span(begin, span.end), tokens


def _starts(text: str, sentence: Span, max_tokens: int, count: Callable[[str], int]) -> list[int]:
    """Where a sentence may be cut: only at its start, unless it is longer than a whole chunk."""
    if count(text[sentence.start : sentence.end]) <= max_tokens:
        return [sentence.start]
    # A token holds at least one character, so steps of max_tokens characters never overfill a chunk.
    starts, at = [sentence.start], sentence.start
    while sentence.end - at > max_tokens:
        blank = text.rfind(" ", at + 1, at + max_tokens)
        at = blank + 1 if blank > at else at + max_tokens
        starts.append(at)
    return starts


def _fill(pieces: list[_Piece], max_tokens: int) -> Iterator[Span]:
    """Stretches of neighbouring pieces, each begun and ended by one that may be coded."""
    start, end, tokens, between = -1, -1, 0, 0
    for piece in pieces:
        if piece.parts and start >= 0:
            yield Span(start, end)
            start = -1
        if not piece.codable:
            between += piece.tokens
            continue
        if start >= 0 and tokens + between + piece.tokens > max_tokens:
            yield Span(start, end)
            start = -1
        if start < 0:
            start, tokens, between = piece.shown.start, 0, 0
        end = piece.shown.end
        tokens, between = tokens + between + piece.tokens, 0
    if start >= 0:
        yield Span(start, end)


def _context(
    transcript: Transcript, start: int, context_turns: int, max_tokens: int, count: Callable[[str], int]
) -> tuple[Passage, ...]:
    """The turns just before a place; of very long ones only the last sentences."""
    last = bisect_left(transcript.turns, start, key=lambda turn: turn.span.start)
    first = max(0, last - context_turns)
    if first == last:
        return ()
    begin, left = start, max_tokens
    for sentence in reversed(sentences(transcript.text, Span(label_start(transcript, first), start))):
        left -= count(transcript.text[sentence.start : sentence.end])
        if left < 0:
            break
        begin = sentence.start
    end = begin + len(transcript.text[begin:start].rstrip())
    return (Passage(transcript.id, Span(begin, end)),) if begin < end else ()


def _cut(transcript: Transcript, span: Span, exclude_speakers: Collection[str]) -> int | None:
    """The border nearest the middle of a stretch: before a turn that may be coded, else between two sentences."""
    turns = [
        (label_start(transcript, at), Span(max(turn.span.start, span.start), min(turn.span.end, span.end)))
        for at, turn in enumerate(transcript.turns)
        if turn.speaker not in exclude_speakers and overlap(turn.span, span)
    ]
    borders = [start for start, _ in turns[1:]]
    if not borders:
        borders = [s.start for _, inside in turns for s in sentences(transcript.text, inside)][1:]
    middle = (span.start + span.end) / 2
    return min(borders, key=lambda border: abs(border - middle), default=None)
