"""Reading transcripts: what the text is, who speaks where, what is refused, and that nothing goes in silence."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocode.data import Transcript, sha256
from autocode.errors import ConfigError, TranscriptError
from autocode.reading.decoding import decode
from autocode.reading.plain import read_plain
from autocode.reading.source import Reading, Source
from autocode.reading.transcripts import read_transcripts
from autocode.reading.turns import label_of, leading_time, name_and_time, trailing_time
from autocode.reading.webvtt import read_webvtt

ANNOMI = Path(__file__).parent / "data" / "annomi"
FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "files"
real_files = pytest.mark.skipif(
    not FILES.is_dir(), reason="the real files of other programs are not beside the project"
)

Reader = Callable[..., Transcript]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads one transcript from its content, as a file of that name."""

    def one(content: str | bytes, name: str = "p01.txt", **options: object) -> Transcript:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        [transcript] = read_transcripts(path, **options)
        return transcript

    return one


def said(transcript: Transcript) -> list[tuple[str, str]]:
    """Who says what, as a reader of the transcript sees it."""
    return [(turn.speaker, transcript.text[turn.span.start : turn.span.end]) for turn in transcript.turns]


def plain(text: str) -> Reading:
    """A plain text; a blank one, which is refused as a file, has no turns."""
    if not text.strip():
        return Reading(text, (), [])
    (reading,) = read_plain(Source(Path("p.txt"), text.encode()))
    return reading


def captions(text: str) -> Reading:
    (reading,) = read_webvtt(Source(Path("p.vtt"), text.encode()))
    return reading


def vtt(*blocks: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def cue(words: str, at: int = 1) -> str:
    return f"00:00:{at:02d}.000 --> 00:00:{at + 1:02d}.000\n{words}"


# --- Annomi: the same conversations in two formats -----------------------------------------------------------------


def test_annomi_as_text_and_as_captions_is_one_text_but_for_066_where_cues_merge_two_turns():
    as_text = {t.id: t for t in read_transcripts(ANNOMI / "transcripts")}
    as_captions = {t.id: t for t in read_transcripts(ANNOMI / "transcripts-vtt")}
    assert len(as_text) == 27
    assert as_text.keys() == as_captions.keys()
    assert [id for id in as_text if as_text[id].text != as_captions[id].text] == ["annomi-066"]
    for id in as_text.keys() - {"annomi-066"}:
        assert [turn.span for turn in as_text[id].turns] == [turn.span for turn in as_captions[id].turns]
    apart, merged = said(as_text["annomi-066"]), said(as_captions["annomi-066"])
    assert merged == [*apart[:14], (apart[14][0], f"{apart[14][1]} {apart[15][1]}"), *apart[16:]]


def test_annomi_has_the_turns_its_table_counts_and_nothing_to_tell():
    with (ANNOMI / "transcripts.csv").open(encoding="utf-8", newline="") as file:
        counted = {row["transcript"]: int(row["turns"]) for row in csv.DictReader(file)}
    transcripts = list(read_transcripts(ANNOMI / "transcripts"))
    assert {t.id: len(t.turns) for t in transcripts} == counted
    assert [t.id for t in transcripts] == sorted(counted)
    assert {turn.speaker for t in transcripts for turn in t.turns} == {"therapist", "client"}
    assert [note for t in transcripts for note in t.notes] == []


def test_the_text_of_a_plain_file_is_the_file_and_its_hash_is_of_that_text():
    for transcript in read_transcripts(ANNOMI / "transcripts"):
        assert transcript.text == Path(transcript.source).read_bytes().decode()
        assert transcript.sha256 == sha256(transcript.text)


# --- Real files of other programs (facts: data/files/INDEX.csv) ----------------------------------------------------


@real_files
@pytest.mark.parametrize(
    ("file", "speakers", "first"),
    [
        ("vtt/podcast_voice-tags.vtt", {"Sarah": 1, "Gillian": 1}, "In today's episode, you'll learn whether"),
        ("vtt/webvtt-py_bom.vtt", {"": 4}, "Caption text #1"),
        ("vtt/webvtt-py_mixed-identifiers.vtt", {"": 6}, "Caption text #1"),
        ("vtt/webvtt-py_notes.vtt", {"": 3}, "- Ta en kopp varmt te. - Det är inte varmt."),
        ("vtt/webvtt-py_inner-timestamps.vtt", {"": 3}, "When the moon hits your eye"),
        ("vtt/webvtt-py_cue-without-timing.vtt", {"": 6}, "Caption text #1"),
        ("vtt/webvtt-py_timing-line-as-text.vtt", {"": 3}, "Caption text #1"),
        (
            "vtt/noscribe-0.7_interview_de.vtt",
            {"": 1, "S01": 26, "S00": 26, "S02": 1, "//S02": 1, "//S00": 1},
            "(12 seconds pause)",
        ),
        ("txt/noscribe-0.7_interview_de.txt", {"S01": 28, "S00": 26, "S02": 1}, "Guten Tag, ich habe heute"),
        ("qualcoder/support.qda/documents/P1.txt", {"I": 5, "P1": 6}, "Thank you for coming."),
        ("qualcoder/support.qda/documents/P2.txt", {"I": 2, "P2": 2}, "How long have you worked here?"),
    ],
)
def test_a_real_file_has_the_turns_that_were_counted_by_hand(file: str, speakers: dict[str, int], first: str):
    [transcript] = read_transcripts(FILES / file)
    assert Counter(turn.speaker for turn in transcript.turns) == speakers
    assert said(transcript)[0][1].startswith(first)
    assert "-->" not in transcript.text or file.endswith(".txt")


@real_files
def test_captions_are_read_without_ids_notes_tags_and_entities():
    [ids], [notes], [inner], [podcast] = (
        list(read_transcripts(FILES / "vtt" / name))
        for name in (
            "webvtt-py_mixed-identifiers.vtt",
            "webvtt-py_notes.vtt",
            "webvtt-py_inner-timestamps.vtt",
            "podcast_voice-tags.vtt",
        )
    )
    assert ids.text == "".join(f"Caption text #{n}\n" for n in range(1, 7))
    assert "translation" not in notes.text
    assert inner.text == "When the moon hits your eye\nLike a big-a pizza pie\nThat's amore\n"
    assert "Podcasting Q&A" in podcast.text
    assert podcast.text.count("\n") == 2


@real_files
def test_the_quotes_of_qualcoder_stand_at_its_offsets():
    [p1] = read_transcripts(FILES / "qualcoder/support.qda/documents/P1.txt")
    assert len(p1.text) == 616
    assert p1.text[62:139] == "My manager. When my mother was ill she moved two deadlines, just like that 🙂."
    assert p1.turns[1].span.start == 62


@real_files
def test_what_a_program_wrote_above_and_between_the_speech_is_told():
    [text] = read_transcripts(FILES / "txt/noscribe-0.7_interview_de.txt")
    assert any(":1: lines 1-7 stand above the first speaker label" in note for note in text.notes)
    assert text.turns[0].starts_at == 12.0
    [captions] = read_transcripts(FILES / "vtt/noscribe-0.7_interview_de.vtt")
    assert any(':84: the voice "//S02" does not look like a name' in note for note in captions.notes)
    assert any(":227: cue ends before it starts (00:12:17.141 --> 00:12:15.168)" in note for note in captions.notes)


@real_files
def test_an_empty_file_of_captions_is_refused_by_name():
    with pytest.raises(TranscriptError, match=r"webvtt-py_empty-0-bytes\.vtt: is empty"):
        list(read_transcripts(FILES / "vtt/webvtt-py_empty-0-bytes.vtt"))


# --- Decoding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("name", "content", "speaker"),
    [("p.txt", "P1: Yes.", "P1"), ("p.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ana>Yes.\n", "Ana")],
)
def test_a_byte_order_mark_is_no_part_of_the_text(read: Reader, name: str, content: str, speaker: str, codec: str):
    transcript = read(content.encode(codec), name)
    assert said(transcript) == [(speaker, "Yes.")]
    assert transcript.turns[0].span.start == len(f"{speaker}: ")
    [note] = transcript.notes
    assert f"read as {codec.upper().removesuffix('-SIG')}, by its byte order mark" in note


def test_utf_16_big_endian_with_its_mark_is_read():
    assert decode(b"\xfe\xff" + "Zoë".encode("utf-16-be"), path="p.txt")[0] == "Zoë"


def test_windows_1252_is_read_and_the_first_odd_words_are_named(read: Reader):
    transcript = read("P1: Hi.\r\nP1: A naïve “idea” in Zürich – naïve.\r\n".encode("cp1252"))
    assert said(transcript) == [("P1", "Hi."), ("P1", "A naïve “idea” in Zürich – naïve.")]
    [note] = transcript.notes
    assert note.startswith(f"{transcript.source}:2: read as Windows-1252")
    assert "check naïve, Zürich," in note


def test_line_ends_of_every_program_become_one_sign():
    assert decode(b"a\r\nb\rc\n\r\nd", path="p.txt") == ("a\nb\nc\n\nd", [])


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        ("P1: Yes.\n".encode("utf-16-le"), None, r"p\.txt:1: holds NUL bytes.*--encoding utf-16-le"),
        ("P1: Yes.\n".encode("utf-16-be"), None, r"p\.txt:1: holds NUL bytes.*--encoding utf-16-be"),
        ("P1: Zoë\n".encode("utf-16-le"), None, r"holds NUL bytes.*--encoding utf-16-le"),
        (b"one\ntwo \x00 three", None, r"p\.txt:2: holds NUL bytes"),
        (b"one\ntwo \x81\xe9", None, r"p\.txt:2: is neither UTF-8 nor Windows-1252 \(byte 0x81 at 8\).*--encoding"),
        (b"\xef\xbb\xbfone\xff", None, r"has the byte order mark of UTF-8 but is not UTF-8"),
        (b"\xff\xfea", None, r"has the byte order mark of UTF-16 but is not UTF-16"),
        (b"one\r\ntwo\xff", "ascii", r"p\.txt:2: is not ascii, as --encoding says \(byte 0xFF at 8\)"),
    ],
)
def test_bytes_that_no_rule_can_read_are_refused_with_a_hint(data: bytes, encoding: str | None, message: str):
    with pytest.raises(TranscriptError, match=message):
        decode(data, path="p.txt", encoding=encoding)


def test_encoding_overrides_what_the_file_seems_to_be(read: Reader):
    assert read("P1: Да.".encode("windows-1251"), encoding="windows-1251").text == "P1: Да."
    assert read("P1: Yes.".encode("utf-16-le"), encoding="utf-16-le").text == "P1: Yes."
    assert read(b"\xef\xbb\xbfP1: Yes.", encoding="utf-8").text == "P1: Yes."
    [note] = read(b"\xef\xbb\xbfP1: Yes.", encoding="cp1252").notes
    assert "has the byte order mark" not in note
    assert "begins with the byte order mark of UTF-8 but is read as cp1252" in note


@pytest.mark.parametrize(
    ("encoding", "hint"),
    [
        ("windows1252", 'did you mean "windows-1252"'),
        ("utf9", 'did you mean "utf-8"'),
        ("klingon", "use a name such as"),
    ],
)
def test_an_unknown_encoding_is_refused_with_the_nearest_one(encoding: str, hint: str):
    with pytest.raises(ConfigError, match=hint):
        decode(b"P1: Yes.", path="p.txt", encoding=encoding)


def test_a_codec_that_is_no_encoding_of_text_is_refused():
    with pytest.raises(ConfigError, match='there is no encoding "hex"'):
        decode(b"6162", path="p.txt", encoding="hex")


@pytest.mark.parametrize(
    "data",
    [
        "P1: Hi\nP1: so \ud83d sad".encode("utf-8", "surrogatepass"),
        "P1: Hi\nP1: so \ud83d sad".encode("utf-16", "surrogatepass"),
    ],
)
def test_half_a_character_is_replaced_and_told(data: bytes):
    text, notes = decode(data, path="p.txt")
    assert text == "P1: Hi\nP1: so \ufffd sad"
    assert any(note.startswith("p.txt:2: halves of characters (lone surrogates, 1x) were replaced") for note in notes)


def test_two_halves_of_one_character_are_joined():
    assert decode("P1: \ud83d\ude42".encode("utf-8", "surrogatepass"), path="p.txt") == ("P1: 🙂", [])


def test_letters_lost_before_the_file_was_written_are_told():
    [note] = decode("P1: Z\ufffdrich".encode(), path="p.txt")[1]
    assert note.startswith("p.txt:1: letters were lost before this file was written (U+FFFD, 1x)")


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_decoding_undoes_encoding(text: str):
    text = text.lstrip("\ufeff")
    assert decode(text.encode(), path="p.txt")[0] == text
    assert decode(text.encode("utf-8-sig"), path="p.txt")[0] == text
    assert decode(text.encode("utf-16"), path="p.txt")[0] == text


# --- Turns in plain text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "I: Why?\nP1: So.\nI: And?\nP1: No.\n",
            [("I", "Why?"), ("P1", "So."), ("I", "And?"), ("P1", "No.")],
            id="a turn a line",
        ),
        pytest.param("I: Why?\n\nP1: So.\n", [("I", "Why?"), ("P1", "So.")], id="once each, every block labelled"),
        pytest.param("I: Why?\nP1: So.", [("I", "Why?"), ("P1", "So.")], id="once each, every line labelled"),
        pytest.param("P1: Yes.", [("P1", "Yes.")], id="one label in the whole file"),
        pytest.param(
            "P1: One.\nP1: Two.", [("P1", "One."), ("P1", "Two.")], id="one speaker, and turns are not joined"
        ),
        pytest.param(
            "P1: One\ntwo.\n\nThree.\nP1: Four.",
            [("P1", "One\ntwo.\n\nThree."), ("P1", "Four.")],
            id="lines below belong to it",
        ),
        pytest.param("I:\nWhy?\n\nP1:\n  So.\n", [("I", "Why?"), ("P1", "So.")], id="a label on a line of its own"),
        pytest.param("One\ntwo.\n \n\nThree.\n", [("", "One\ntwo."), ("", "Three.")], id="no labels: blocks"),
        pytest.param("One long answer.", [("", "One long answer.")], id="no labels: one block"),
        pytest.param(
            "P1: I said: no.\nP1: See https://a.org: it is 10:30: late.",
            [("P1", "I said: no."), ("P1", "See https://a.org: it is 10:30: late.")],
            id="colons within",
        ),
        pytest.param(
            "https://a.org\nhttps://b.org", [("", "https://a.org\nhttps://b.org")], id="an address is no label"
        ),
        pytest.param(
            "10:30 we met\n\n10: we left\n\n10: again",
            [("", "10:30 we met"), ("", "10: we left"), ("", "10: again")],
            id="a time of day is no label",
        ),
        pytest.param("P1 : Oui.\nP1\u00a0: Non.", [("P1", "Oui."), ("P1", "Non.")], id="French blanks"),
        pytest.param(
            "聞き手：どう感じましたか。\n佐藤：夜勤でした。\n聞き手：はい。\n佐藤：ええ。",
            [("聞き手", "どう感じましたか。"), ("佐藤", "夜勤でした。"), ("聞き手", "はい。"), ("佐藤", "ええ。")],
            id="Japanese",
        ),
        pytest.param(
            "ليلى: نعم.\nالباحثة: لا.\nليلى: كنا نحب.\nالباحثة: شوف.",
            [("ليلى", "نعم."), ("الباحثة", "لا."), ("ليلى", "كنا نحب."), ("الباحثة", "شوف.")],
            id="right to left",
        ),
        pytest.param("P1: So 👨‍👩‍👧 then 🙂.\nP1: 🙂", [("P1", "So 👨‍👩‍👧 then 🙂."), ("P1", "🙂")], id="emoji"),
        pytest.param(
            "P1: [laugh] Yes [/] no.\nP1: <|endoftext|> {{ x }}",
            [("P1", "[laugh] Yes [/] no."), ("P1", "<|endoftext|> {{ x }}")],
            id="marks that other programs act on",
        ),
        pytest.param("**P1:** Yes.\n**P1**: No.", [("P1", "Yes."), ("P1", "No.")], id="Markdown"),
        pytest.param(
            "Müller, Ana (Gast): Ja.\nMüller, Ana (Gast): Nein.",
            [("Müller, Ana (Gast)", "Ja."), ("Müller, Ana (Gast)", "Nein.")],
            id="a long name",
        ),
    ],
)
def test_who_says_what_in_plain_text(read: Reader, text: str, expected: list[tuple[str, str]]):
    transcript = read(text)
    assert said(transcript) == expected
    assert transcript.text == text
    assert [turn.number for turn in transcript.turns] == list(range(1, len(expected) + 1))


def test_a_label_seen_once_is_words_and_is_listed_with_its_line(read: Reader):
    transcript = read("P1: I went home.\nThen I said: no way.\nP1: Yes.\nreally\nIt was: not great.\n")
    assert said(transcript)[0] == ("P1", "I went home.\nThen I said: no way.")
    [note] = transcript.notes
    assert note.startswith(f'{transcript.source}:2: "Then I said:" stands once')
    assert f'"It was:" at {transcript.source}:5' in note


def test_a_label_that_the_study_lists_counts_though_it_is_seen_once(read: Reader):
    text = "P1: Hello.\nmore\nNurse: Good morning.\nP1: Yes."
    assert [name for name, _ in said(read(text))] == ["P1", "P1"]
    transcript = read(text, speakers=["Nurse"])
    assert said(transcript) == [("P1", "Hello.\nmore"), ("Nurse", "Good morning."), ("P1", "Yes.")]
    assert transcript.notes == ()


def test_an_odd_label_taken_for_a_speaker_because_all_lines_have_one_is_told(read: Reader):
    transcript = read("P1: I went.\nNurse: Hello.\nP1: Yes.\n")
    assert [name for name, _ in said(transcript)] == ["P1", "Nurse", "P1"]
    [note] = transcript.notes
    assert f'{transcript.source}:2: "Nurse:" stands once' in note
    assert "read as a speaker, because every line of the file begins with a label" in note


def test_lines_above_the_first_label_are_no_speech_and_are_told(read: Reader):
    transcript = read("Interview 3\nDate: 3 May\n\nI: Why?\nP1: So.\nI: And?\nP1: No.")
    assert said(transcript)[0] == ("I", "Why?")
    assert any(":1: lines 1-2 stand above the first speaker label" in note for note in transcript.notes)
    assert any(':2: "Date:" stands once' in note for note in transcript.notes)


def test_a_label_without_words_is_no_turn_and_is_told(read: Reader):
    transcript = read("I: Why?\nP1:\nI: Are you there?\nP1: Yes.")
    assert said(transcript) == [("I", "Why?"), ("I", "Are you there?"), ("P1", "Yes.")]
    assert transcript.notes == (f"{transcript.source}:2: a label without words is no turn (line 2)",)


@pytest.mark.parametrize(
    ("line", "name", "starts_at", "ends_at"),
    [
        ("[00:01:02] P1: Yes.", "P1", 62.0, None),
        ("P1 [00:01:02]: Yes.", "P1", 62.0, None),
        ("P1 (00:01): Yes.", "P1", 1.0, None),
        ("S01: [00:00:12] Yes.", "S01", 12.0, None),
        ("[1:02:03.5] P1: Yes.", "P1", 3723.5, None),
        ("00:01:02 P1: Yes.", "P1", 62.0, None),
        ("#00:01:02-3# P1: Yes.", "P1", 62.3, None),
        ("[00:01:02 - 00:01:05] P1: Yes.", "P1", 62.0, 65.0),
    ],
)
def test_a_time_on_the_line_of_a_label_is_no_speech_and_makes_the_label_count(
    read: Reader, line: str, name: str, starts_at: float, ends_at: float | None
):
    transcript = read(f"Notes\n\n{line}\nmore\n")
    assert said(transcript) == [(name, "Yes.\nmore")]
    assert (transcript.turns[0].starts_at, transcript.turns[0].ends_at) == (starts_at, ends_at)


def test_a_time_before_a_block_without_label_is_no_speech_but_a_time_of_day_is(read: Reader):
    transcript = read("[00:01] One.\n\n46:27 Two.\n\nThree [00:02] four.")
    assert said(transcript) == [("", "One."), ("", "46:27 Two."), ("", "Three [00:02] four.")]
    assert [turn.starts_at for turn in transcript.turns] == [1.0, None, None]


def test_a_label_has_at_most_forty_characters_and_a_letter():
    assert label_of("x" * 40 + ": yes") is not None
    for line in ["x" * 41 + ": yes", "10: yes", "🙂: yes", "P1:yes", ": yes", "P1 yes", '{"a": 1}', "# Title: one"]:
        assert label_of(line) is None, line


ANYTHING = st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])
STARTS = st.sampled_from(
    ["P1: ", "I:", "[00:01] P2: ", "P1 (0:05):", "聞き手：", "**Ana:** ", "Then I said: ", "[0:01] ", ""]
)
WORDS = st.one_of(st.text(st.sampled_from("ab .:\t🙂[]0é\u00a0ن\n")), st.text(ANYTHING))
PLAIN = st.lists(st.tuples(STARTS, WORDS).map("".join), max_size=12).map("\n".join)


@given(PLAIN)
def test_turns_stand_in_order_without_outer_white_space_and_below_their_label(text: str):
    at = 0
    for number, turn in enumerate(plain(text).turns, 1):
        words = text[turn.span.start : turn.span.end]
        assert turn.number == number
        assert at <= turn.span.start < turn.span.end <= len(text)
        assert words == words.strip()
        if turn.speaker:
            above = text[at : turn.span.start].split("\n")
            labels = [label for line in above if (label := label_of(line) or name_and_time(line))]
            assert labels[-1].name == turn.speaker
        at = turn.span.end


@given(PLAIN)
def test_from_the_first_turn_on_every_character_is_in_a_turn_a_label_or_a_time(text: str):
    turns = plain(text).turns
    spoken = {at for turn in turns for at in range(turn.span.start, turn.span.end)}
    start = 0
    for line in text.split("\n"):
        label = label_of(line) or name_and_time(line) or leading_time(line)
        first, last = label.words_at + leading_time(line[label.words_at :]).words_at, len(line)
        while (before := trailing_time(line[:last])[0]) < last:
            last = before
        silent = {start + at for at, sign in enumerate(line) if not sign.isspace()} - spoken
        if turns and start >= turns[0].span.start:
            assert all(at < start + first or at >= start + last for at in silent), line
        start += len(line) + 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["I", "P1", "Ana B.", "聞き手"]), st.text(ANYTHING.filter(lambda c: c not in ":：\n"))
        )
    )
)
def test_planted_turns_are_found_where_they_were_planted(planted: list[tuple[str, str]]):
    planted = [(speaker, f"x{words}\n\n{words}.") for speaker, words in planted * 2]
    text, expected = "", []
    for speaker, words in planted:
        start = len(text) + len(speaker) + 2
        text += f"{speaker}: {words}\n"
        expected.append((speaker, start, start + len(words)))
    turns = plain(text).turns
    assert [(turn.speaker, turn.span.start, turn.span.end) for turn in turns] == expected


@pytest.mark.parametrize(
    "line",
    [
        "a" + " " * 200_000 + "b: c",
        " " * 200_000 + ":",
        "x" * 200_000,
        "[" * 100_000 + ":",
        "0" * 100_000 + ": x",
        "é" * 200_000,
    ],
)
def test_a_strange_line_is_read_like_any_other(line: str):
    """A pattern that walks such a line in every way would not end before the day does."""
    (turn,) = plain(f"P1: Yes.\nP1: {line}").turns[1:]
    assert turn.span.end - turn.span.start == len(line.strip())
    assert len(captions(vtt(cue(line))).turns) == 1
    assert captions(vtt(cue("x <v " * 50_000 + "&" * 50_000))).turns


# --- WebVTT --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        pytest.param([cue("<v Ana>Yes.</v>"), cue("<v Ben>No.")], "Ana: Yes.\nBen: No.\n", id="voices closed and not"),
        pytest.param([cue("<v.loud.left Ana>Yes.</v>")], "Ana: Yes.\n", id="a voice with classes"),
        pytest.param(
            [cue("<v Garcia Lopez, Ana (Guest)>Yes.</v>")],
            "Garcia Lopez, Ana (Guest): Yes.\n",
            id="a name with a comma",
        ),
        pytest.param(
            [cue("<v A &amp; B>Q&amp;A: &lt;b&gt; &nbsp;5&#8364; &#x1F642; R&D")],
            "A & B: Q&A: <b> \u00a05€ 🙂 R&D\n",
            id="entities",
        ),
        pytest.param([cue("<v Ana>one&lrm;two&rlm;")], "Ana: one\u200etwo\u200f\n", id="direction marks stay"),
        pytest.param([cue("<v Ana>one\ntwo  \n three")], "Ana: one two three\n", id="lines of a cue"),
        pytest.param(
            [cue("<v Ana>Yes.</v>\n<v Ben>No.</v> <v Ana>Oh.")],
            "Ana: Yes.\nBen: No.\nAna: Oh.\n",
            id="several voices in a cue",
        ),
        pytest.param(
            [cue("<v Ana>Yes,</v>"), cue("<v Ana>I do.", 3), cue("<v Ben>No.", 5), cue("<v Ana>Oh.", 7)],
            "Ana: Yes, I do.\nBen: No.\nAna: Oh.\n",
            id="neighbours are one turn",
        ),
        pytest.param(
            [cue("<v Ana>Yes."), cue("(door)"), cue("(steps)"), cue("<v Ana>Oh.")],
            "Ana: Yes.\n(door)\n(steps)\nAna: Oh.\n",
            id="without voice among voices",
        ),
        pytest.param([cue("<v Ana>Yes.</v> (laughs)")], "Ana: Yes.\n(laughs)\n", id="after a closing tag"),
        pytest.param([cue("One"), cue("two.")], "One\ntwo.\n", id="nobody named: a turn a cue"),
        pytest.param(
            [cue("Ana: Yes,"), cue("I do."), cue("Ben: No."), cue("Ana: Oh."), cue("Ben: Ah.")],
            "Ana: Yes, I do.\nBen: No.\nAna: Oh.\nBen: Ah.\n",
            id="labels in the words",
        ),
        pytest.param([cue("Ana: Yes,"), cue("Ana: I do.")], "Ana: Yes, I do.\n", id="a label in every cue"),
        pytest.param(
            [cue("Ana: Yes.\nBen: No."), cue("Ana: Oh.\nBen: Ah.")],
            "Ana: Yes.\nBen: No.\nAna: Oh.\nBen: Ah.\n",
            id="two labels in a cue",
        ),
        pytest.param(
            [cue("(music)"), cue("Ana: Yes."), cue("Ana: No.")],
            "(music)\nAna: Yes. No.\n",
            id="a cue above the first label",
        ),
        pytest.param(
            [cue("We had it."), cue("It was: not great.")], "We had it.\nIt was: not great.\n", id="a colon is no label"
        ),
        pytest.param(
            [cue("<c.yellow>Yes</c> <i>I</i> <00:00:01.500>do<b>.</b>")], "Yes I do.\n", id="tags and times within"
        ),
        pytest.param(
            [cue("<[?]> I <n(um)> 3 < 4 <|endoftext|> [laugh] [/]")],
            "<[?]> I <n(um)> 3 < 4 <|endoftext|> [laugh] [/]\n",
            id="marks of the transcriber stay",
        ),
        pytest.param(["1\n" + cue("One"), "GUID/12-0\n" + cue("two")], "One\ntwo\n", id="ids"),
        pytest.param(
            ["NOTE by hand", "NOTE\ntwo\nlines", "STYLE\n::cue { color: red }", "REGION\nid:fred", cue("One")],
            "One\n",
            id="notes, styles, regions",
        ),
        pytest.param(
            ["00:01.000 --> 00:02.500 align:start position:0%\nOne", "1:00:00.000-->1:00:01.000\ntwo"],
            "One\ntwo\n",
            id="times long and short",
        ),
        pytest.param(
            [cue("One\n \nstill one"), " \n" + cue("two")], "One still one\ntwo\n", id="a line of blanks within a cue"
        ),
        pytest.param([cue("One\n  \n2\n" + cue("two"))], "One\ntwo\n", id="a line of blanks between cues"),
        pytest.param([cue("One &#10; two\u2028three")], "One two\u2028three\n", id="a break made of an entity"),
    ],
)
def test_captions_become_a_line_a_turn(read: Reader, blocks: list[str], text: str):
    transcript = read(vtt(*blocks), "p.vtt")
    assert transcript.text == text
    assert "".join(f"{speaker}: {words}\n" if speaker else f"{words}\n" for speaker, words in said(transcript)) == text
    assert transcript.notes == () or "stands once" in transcript.notes[0]


def test_a_turn_of_captions_has_the_time_of_its_first_and_last_cue(read: Reader):
    transcript = read(vtt(cue("<v Ana>Yes,", 1), cue("<v Ana>I do.", 3), cue("<v Ben>No.", 5)), "p.vtt")
    assert [(turn.starts_at, turn.ends_at) for turn in transcript.turns] == [(1.0, 4.0), (5.0, 6.0)]


def test_one_bad_cue_does_not_cost_the_interview_and_nothing_vanishes(read: Reader):
    transcript = read(vtt(cue("<v Ana>Yes."), "00:00:03.000 --> 00:00:04.000", cue("<v Ben>No."), "Pause"), "p.vtt")
    assert said(transcript) == [("Ana", "Yes."), ("Ben", "No.")]
    assert set(transcript.notes) == {
        f"{transcript.source}:6: cue without text",
        f'{transcript.source}:11: text without a time is not read as speech: "Pause"',
    }


def test_a_cue_with_an_impossible_time_keeps_its_words_and_is_told(read: Reader):
    transcript = read(vtt("00:04:10.000 --> 00:04:01.000\n<v Ana>Yes.", "00:00:xx --> 00:05\n<v Ben>No."), "p.vtt")
    assert said(transcript) == [("Ana", "Yes."), ("Ben", "No.")]
    assert [(turn.starts_at, turn.ends_at) for turn in transcript.turns] == [(250.0, None), (None, None)]
    assert transcript.notes[0].startswith(
        f"{transcript.source}:3: cue ends before it starts (00:04:10.000 --> 00:04:01.000)"
    )
    assert transcript.notes[1].startswith(f"{transcript.source}:6: the time of the cue cannot be read")


def test_captions_of_windows_line_ends_and_no_last_newline_are_the_same(read: Reader):
    unix = vtt(cue("<v Ana>Yes."), cue("<v Ben>No."))
    assert read(unix.strip().replace("\n", "\r\n"), "a.vtt").text == read(unix, "b.vtt").text


@pytest.mark.parametrize("header", ["WEBVTT", "WEBVTT - a title", "WEBVTT\tx", "WEBVTT\nKind: captions\nLanguage: en"])
def test_what_stands_in_the_header_is_no_speech(read: Reader, header: str):
    transcript = read(f"{header}\n\n{cue('Yes.')}", "p.vtt")
    assert transcript.text == "Yes.\n"
    assert transcript.notes == ()


def test_a_cue_right_below_the_header_is_read(read: Reader):
    assert read(f"WEBVTT\n{cue('Yes.')}\n", "p.vtt").text == "Yes.\n"


@pytest.mark.parametrize(
    "content", ["Ana: Yes.", "1\n00:00:01,000 --> 00:00:02,000\nYes.", "WEBVTTX\n\n" + cue("Yes.")]
)
def test_a_caption_file_that_does_not_begin_with_webvtt_is_refused_with_the_next_step(read: Reader, content: str):
    with pytest.raises(TranscriptError, match=r"p\.vtt:1: does not begin with WEBVTT.*; write WEBVTT"):
        read(content, "p.vtt")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "<v Ana>", "<v Ben>", "Ana: "]),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        ),
        max_size=8,
    )
)
def test_spans_of_captions_fit_their_text_whatever_is_said(cues: list[tuple[str, str]]):
    content = vtt(*(cue(voice + words, at) for at, (voice, words) in enumerate(cues)))
    reading = captions(content.replace("\0", ""))
    lines = reading.text.split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(reading.turns)
    at = 0
    for line, turn in zip(lines, reading.turns, strict=True):
        assert reading.text[turn.span.start : turn.span.end] == line.removeprefix(f"{turn.speaker}: ")
        assert turn.span.end == at + len(line)
        at += len(line) + 1


# --- Files and folders ---------------------------------------------------------------------------------------------


def fill(folder: Path, **files: str) -> Path:
    """A folder of files: `a__b_txt` is a/b.txt."""
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_ids_are_paths_without_suffix_and_come_in_order(tmp_path: Path):
    fill(tmp_path, wave2__p03_txt="P1: a", p10_md="P1: b", p02_vtt=vtt(cue("c")), wave1__p03_TXT="P1: d")
    transcripts = list(read_transcripts(tmp_path))
    assert [t.id for t in transcripts] == ["p02", "p10", "wave1/p03", "wave2/p03"]
    assert transcripts[-1].source == str(tmp_path / "wave2" / "p03.txt")


def test_an_id_is_composed_unicode_and_a_single_file_is_called_by_its_stem(read: Reader):
    assert read("P1: Yes.", "Zoe\u0308.final.txt").id == "Zo\u00eb.final"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("p01.txt", "p01.vtt"),
        ("Anna.txt", "anna.txt"),
        ("Zo\u00eb.txt", "Zoe\u0308.txt"),
        ("STRASSE.txt", "straße.txt"),
    ],
)
def test_two_files_with_one_id_are_refused_and_both_are_named(tmp_path: Path, one: str, other: str):
    for name in (one, other):
        (tmp_path / name).write_text(vtt(cue("Yes.")), encoding="utf-8")
    (tmp_path / "z.txt").write_text("P1: Yes.", encoding="utf-8")
    with pytest.raises(TranscriptError, match="has the id") as error:
        list(read_transcripts(tmp_path))
    assert one in str(error.value)
    assert other in str(error.value)
    bad: list[TranscriptError] = []
    assert [t.id for t in read_transcripts(tmp_path, on_bad=bad.append)] == ["z"]
    assert len(bad) == 1


def test_the_same_name_in_two_folders_is_two_transcripts(tmp_path: Path):
    fill(tmp_path, siteA__i1_txt="P1: a", siteB__i1_txt="P1: b")
    assert [t.id for t in read_transcripts(tmp_path)] == ["siteA/i1", "siteB/i1"]


def test_two_files_with_the_same_words_are_told_naming_both(tmp_path: Path):
    fill(tmp_path, a_txt="P1: Yes.\nP2: Oh.\n", b_vtt=vtt(cue("<v P1>Yes.<v P2>Oh.")), c_txt="P1: No.\n")
    first, second, third = read_transcripts(tmp_path)
    assert first.notes == third.notes == ()
    [note] = second.notes
    assert note.startswith(f"{tmp_path / 'b.vtt'}: says the same as {tmp_path / 'a.txt'}, so one answer serves both")


def test_a_path_that_does_not_exist_says_what_was_looked_for(tmp_path: Path):
    with pytest.raises(TranscriptError, match=r"interviews: does not exist; looked for text"):
        read_transcripts(tmp_path / "interviews")


def test_a_folder_without_transcripts_says_what_was_looked_for_and_found(tmp_path: Path):
    with pytest.raises(TranscriptError, match=r"no transcripts here: looked for text"):
        read_transcripts(tmp_path)
    fill(tmp_path, p01_mp3="x")
    with pytest.raises(TranscriptError, match=r"but found only p01\.mp3"):
        read_transcripts(tmp_path)


@pytest.mark.parametrize("kind", ["doc", "pages", "sbv", "xml", "cha", "eaf", "qdpx", "qdc", "qda", "sqlite3"])
def test_a_kind_that_is_not_read_yet_is_refused_with_what_to_do(tmp_path: Path, kind: str):
    fill(tmp_path, **{f"p01_{kind}": "x", "p02_txt": "P1: Yes."})
    with pytest.raises(TranscriptError, match=rf"p01\.{kind}: {kind} files are not read yet; save it as TXT or VTT"):
        list(read_transcripts(tmp_path))
    bad: list[TranscriptError] = []
    assert [t.id for t in read_transcripts(tmp_path, on_bad=bad.append)] == ["p02"]
    assert [error.path for error in bad] == [tmp_path / f"p01.{kind}"]


def test_hidden_files_are_not_looked_at_and_other_files_are_told(tmp_path: Path):
    fill(tmp_path, p01_txt="P1: Yes.", p02_txt="P1: No.", p01_mp3="x", pics__a_png="x")
    for name in (".hidden.txt", "~$p01.docx", ".git/config.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("P1: no", encoding="utf-8")
    first, second = read_transcripts(tmp_path)
    assert first.notes == (f"{tmp_path}: no transcripts, so not read: p01.mp3, pics/a.png",)
    assert second.notes == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"P1:\nP1:\n", "holds no words that anybody says"),
        (b"---\n\n***\n", "holds no words that anybody says"),
    ],
)
def test_a_file_without_words_is_refused(read: Reader, content: bytes, message: str):
    with pytest.raises(TranscriptError, match=rf"p01\.txt: {message}"):
        read(content)


def test_captions_without_a_cue_are_refused(read: Reader):
    with pytest.raises(TranscriptError, match=r"p\.vtt: holds no words"):
        read("WEBVTT\n\nNOTE nothing here\n", "p.vtt")


def test_a_bad_file_among_good_ones_is_refused_or_handed_over_and_the_rest_goes_on(tmp_path: Path):
    fill(tmp_path, a_txt="P1: Yes.", b_txt="", d_txt="P1: No.")
    (tmp_path / "c.txt").mkdir()
    (tmp_path / "e.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(TranscriptError, match=r"b\.txt: is empty"):
        list(read_transcripts(tmp_path))
    bad: list[TranscriptError] = []
    assert [t.id for t in read_transcripts(tmp_path, on_bad=bad.append)] == ["a", "d"]
    assert [str(error) for error in bad] == [
        f"{tmp_path / 'b.txt'}: is empty; export it again, or take it away",
        f"{tmp_path / 'c.txt'}: is a folder with the name of a transcript; rename it",
        f"{tmp_path / 'e.txt'}: cannot be read (No such file or directory); check the file and its rights",
    ]


def test_folders_that_link_to_each_other_are_read_once(tmp_path: Path):
    fill(tmp_path, wave1__p01_txt="P1: Yes.")
    (tmp_path / "wave1" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert [t.id for t in read_transcripts(tmp_path)] == ["wave1/p01"]


def test_a_transcript_goes_to_json_and_comes_back_equal(read: Reader):
    transcript = read("[00:01:02] P1: Yes 🙂.\nP1: No.")
    assert Transcript.model_validate_json(transcript.model_dump_json()) == transcript


def test_labels_without_a_blank_behind_them_are_told(read: Reader):
    (note,) = read("INT:Hello.\nP1:Hi there.\nINT:Why?\n").notes
    assert '"INT:" begins 2 lines without a blank after the colon, so it is no speaker label' in note


def test_equal_short_answers_are_nothing_to_tell(tmp_path: Path):
    fill(tmp_path, a_txt="Pay.", b_txt="Pay.")
    assert [transcript.notes for transcript in read_transcripts(tmp_path)] == [(), ()]
