"""Chunks: every character that may be coded lies in exactly one."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.chunking import halves

WORDS = st.lists(
    st.sampled_from(["yes", "no.", "well…", "help", "soup!", "困った。", "🙂", "a" * 40]), min_size=1, max_size=60
)
TURNS = st.lists(st.tuples(st.sampled_from(["INT", "P1", "P2"]), WORDS), min_size=1, max_size=25)


def count(text: str) -> int:
    """A stand-in for tokens that is easy to reckon with: a word is one."""
    return len(text.split())


def transcript_of(turns: list[tuple[str, list[str]]], id: str = "p01") -> ac.Transcript:
    text, spoken = "", []
    for number, (speaker, words) in enumerate(turns, start=1):
        said = " ".join(words)
        start = len(text) + len(speaker) + 2
        spoken.append(ac.Turn(number, speaker, ac.Span(start, start + len(said))))
        text += f"{speaker}: {said}\n"
    return ac.Transcript(id=id, text=text, turns=tuple(spoken))


@settings(max_examples=200)
@given(TURNS, st.integers(8, 80))
def test_every_codable_character_is_in_exactly_one_chunk(turns: list[tuple[str, list[str]]], max_tokens: int) -> None:
    transcript = transcript_of(turns)
    chunks = list(ac.chunk([transcript], max_tokens=max_tokens, count=count, exclude_speakers=["INT"]))
    covered = [0] * len(transcript.text)
    for chunk in chunks:
        for part in chunk.parts:
            for at in range(part.span.start, part.span.end):
                covered[at] += 1
    codable = [at for turn in transcript.turns if turn.speaker != "INT" for at in range(turn.span.start, turn.span.end)]
    assert all(covered[at] == 1 for at in codable)
    assert max(covered, default=0) <= 1
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))


@settings(max_examples=100)
@given(TURNS, st.integers(8, 80))
def test_chunks_keep_to_the_limit_and_turns_stay_whole(turns: list[tuple[str, list[str]]], max_tokens: int) -> None:
    transcript = transcript_of(turns)
    spans = [
        part.span
        for chunk in ac.chunk([transcript], max_tokens=max_tokens, count=count, exclude_speakers=["INT"])
        for part in chunk.parts
    ]
    for span in spans:
        assert count(transcript.text[span.start : span.end]) <= max_tokens
    for turn in transcript.turns:
        if (
            turn.speaker != "INT"
            and count(f"{turn.speaker}: {transcript.text[turn.span.start : turn.span.end]}") <= max_tokens
        ):
            assert sum(ac.data.overlap(turn.span, span) > 0 for span in spans) == 1


def test_a_sentence_longer_than_a_chunk_is_cut_at_white_space() -> None:
    transcript = transcript_of([("P1", ["word"] * 300), ("P2", ["short"])])
    spans = [c.parts[0].span for c in ac.chunk([transcript], max_tokens=50, count=count)]
    pieces = [transcript.text[span.start : span.end] for span in spans]
    assert all(count(piece) <= 50 for piece in pieces)
    assert all(set(piece.split()) <= {"P1:", "P2:", "word", "short"} for piece in pieces)


def test_the_interviewer_between_two_answers_is_shown_and_the_one_before_them_is_context(
    read: Callable[..., list[ac.Transcript]],
) -> None:
    (transcript,) = read(p01="INT: Why?\nP1: Because.\nINT: And?\nP1: So.\nINT: Thanks.\n")
    (chunk,) = ac.chunk([transcript], max_tokens=100, count=count, exclude_speakers=["INT"])
    shown, context = chunk.parts[0].span, chunk.context[0].span
    assert transcript.text[shown.start : shown.end] == "P1: Because.\nINT: And?\nP1: So."
    assert transcript.text[context.start : context.end] == "INT: Why?"


def test_short_answers_share_a_chunk_and_interviews_never_do(read: Callable[..., list[ac.Transcript]]) -> None:
    transcripts = read(a1="The pay.", a2="My team.", a3="INT: Why?\nP1: Because.\nINT: And?\nP1: So.\n", a4="Nothing.")
    chunks = list(ac.chunk(transcripts, max_tokens=100, count=count))
    assert [[part.transcript for part in chunk.parts] for chunk in chunks] == [["a3"], ["a1", "a2", "a4"]]
    assert chunks[1].numbers == (1, 2, 3)


def test_equal_answers_are_one_part_under_one_number(read: Callable[..., list[ac.Transcript]]) -> None:
    (chunk,) = ac.chunk(read(a1="Pay.", a2="My team.", a3="Pay."), max_tokens=100, count=count)
    assert [(part.transcript, n) for part, n in zip(chunk.parts, chunk.numbers, strict=True)] == [
        ("a1", 1),
        ("a3", 1),
        ("a2", 2),
    ]
    (same,) = ac.chunk(read(a2="Pay."), max_tokens=100, count=count)
    assert (len(same.parts), same.numbers) == (3, ())


def test_halving_goes_down_to_single_sentences_and_loses_nothing() -> None:
    transcript = transcript_of([("P1", ["One.", "Two.", "Three."]), ("INT", ["Hm."]), ("P1", ["Four.", "Five."])])
    (chunk,) = ac.chunk([transcript], max_tokens=60, count=count, exclude_speakers=["INT"])
    todo, leaves = [chunk], []
    while todo:
        each = todo.pop()
        cut = halves(each, {"p01": transcript}, count=count, exclude_speakers=["INT"])
        todo += cut or ()
        leaves += [] if cut else [each.parts[0].span]
    leaves.sort()
    assert [leaves[0].start, *(leaf.end for leaf in leaves)] == [*(leaf.start for leaf in leaves), leaves[-1].end]
    assert (leaves[0].start, leaves[-1].end) == (chunk.parts[0].span.start, chunk.parts[0].span.end)
    spoken = [turn.span for turn in transcript.turns if turn.speaker == "P1"]
    for leaf in leaves:
        assert sum(ac.data.overlap(s, leaf) > 0 for turn in spoken for s in ac.sentences(transcript.text, turn)) == 1


def test_parts_of_a_chunk_are_halved_as_wholes(read: Callable[..., list[ac.Transcript]]) -> None:
    transcripts = read(a1="One.", a2="Two.", a3="Three.")
    (chunk,) = ac.chunk(transcripts, max_tokens=100, count=count)
    cut = halves(chunk, {t.id: t for t in transcripts}, count=count)
    assert cut is not None
    assert [[part.transcript for part in half.parts] for half in cut] == [["a1", "a2"], ["a3"]]
    assert [half.numbers for half in cut] == [(1, 2), ()]


@settings(max_examples=200)
@given(TURNS, st.integers(8, 80), st.sets(st.integers(1, 25)))
def test_of_a_sample_exactly_its_turns_are_in_a_chunk(
    turns: list[tuple[str, list[str]]], max_tokens: int, numbers: set[int]
) -> None:
    transcript = transcript_of(turns)
    chunks = ac.chunk(
        [transcript], max_tokens=max_tokens, count=count, exclude_speakers=["INT"], only={transcript.id: numbers}
    )
    spans = [part.span for chunk in chunks for part in chunk.parts]
    for turn in transcript.turns:
        if turn.speaker != "INT":
            covered = sum(ac.data.overlap(turn.span, span) for span in spans)
            assert covered == (len(turn.span) if turn.number in numbers else 0)
