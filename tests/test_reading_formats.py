"""Transcripts of caption editors, tables, recognisers and pastes: real files first, then what breaks on purpose."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from conftest import SHARED, Scripted, says, shared
from hypothesis import given
from hypothesis import strategies as st

import autocode as ac
from autocode.locating.turns import whole_number
from autocode.reading.spreadsheet import read_workbook, sheets
from autocode.reading.table_headers import role_of
from autocode.shown import shown

FILES = SHARED / "data" / "files"

Read = Callable[..., ac.Transcript]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads one transcript from its content, as a file of that name."""

    def one(content: str | bytes, name: str, **options: object) -> ac.Transcript:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        [transcript] = ac.read_transcripts(path, **options)
        return transcript

    return one


def real(file: str) -> ac.Transcript:
    [transcript] = ac.read_transcripts(shared(f"data/files/{file}"))
    return transcript


def said(transcript: ac.Transcript) -> list[tuple[str, str]]:
    """Who says what."""
    return [(turn.speaker, transcript.text[turn.span.start : turn.span.end]) for turn in transcript.turns]


def times(transcript: ac.Transcript) -> list[tuple[float | None, float | None]]:
    return [(turn.starts_at, turn.ends_at) for turn in transcript.turns]


def workbook(*rows: tuple[object, ...], **formats: str) -> bytes:
    """An XLSX of one sheet; `formats` are those of its columns, by letter."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("one")
        kinds = {ord(letter) - ord("A"): book.add_format({"num_format": form}) for letter, form in formats.items()}
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, kinds.get(column) if at else None)
    return out.getvalue()


# --- Real files (facts: data/files/INDEX.csv) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "speakers", "first", "when"),
    [
        (
            "srt/podcast_buzzsprout_speaker-labels.srt",
            {"Travis": 5, "Gilon": 3, "Sarah": 2},
            "When you first get started in podcasting, it's almost guaranteed",
            0.179,
        ),
        (
            "srt/whisper-ctranslate2_diarized_ca.srt",
            {"SPEAKER_01": 6, "SPEAKER_00": 5},
            "Hola, bon dia, com et dius?",
            0.0,
        ),
        (
            "whisper/whisper-ctranslate2_diarized_ca.json",
            {"SPEAKER_01": 6, "SPEAKER_00": 5},
            "Hola, bon dia, com et dius?",
            0.0,
        ),
        ("whisper/whisper-ctranslate2_diarized_ca.tsv", {"": 14}, "Hola, bon dia, com et dius?", 0.0),
        ("whisper/whisper-ctranslate2_word-times_ca.json", {"": 2}, "Igual que la majoria de mamíferes", 1.18),
        ("whisper/whisper-timestamped_arabic.json", {"": 8}, "حبّي أنصار الهدى", 1.8),
        ("whisper/whisper-timestamped_empty-audio.json", {"": 1}, "Thanks for watching!", 0.02),
        (
            "noscribe/noscribe-0.7_interview_de.html",
            {"S01": 28, "S00": 26, "S02": 1},
            "Guten Tag, ich habe heute die große, einmalige Ehre",
            12.14,
        ),
        ("txt/noscribe-0.7_interview_de.txt", {"S01": 28, "S00": 26, "S02": 1}, "Guten Tag, ich habe heute", 12.0),
        ("txt/qualcoder_bracket-labels.txt", {"id1": 3, "id2": 2, "id3": 2}, "hello, I like the course.", None),
        (
            "txt/teams-2023_copied_business-meeting.txt",
            {"Client RepA": 8, "+12*******65": 4, "Our RepA": 1, "Org RepA": 1, "Client RepB": 1},
            "We we understand that bypass bypass file",
            0.0,
        ),
        ("vtt/youtube-auto_rolling.vtt", {"": 2}, "my career in side projects and open", 0.0),
        ("vtt/podcast_voice-tags.vtt", {"Sarah": 1, "Gillian": 1}, "In today's episode, you'll learn whether", 0.0),
        ("vtt/webvtt-py_notes.vtt", {"": 3}, "- Ta en kopp varmt te.", None),
    ],
)
def test_a_real_file_has_the_turns_that_were_counted_by_hand(
    file: str, speakers: dict[str, int], first: str, when: float | None
):
    transcript = real(file)
    assert Counter(turn.speaker for turn in transcript.turns) == speakers
    assert said(transcript)[0][1].startswith(first)
    if when is not None:
        assert transcript.turns[0].starts_at == when


def test_rolling_captions_of_youtube_hold_every_word_once_and_say_so():
    transcript = real("vtt/youtube-auto_rolling.vtt")
    words = "my career in side projects and open source basically this is so i've been"
    assert " ".join(transcript.text.split()) == words
    assert times(transcript) == [(0.0, 1.829), (1.839, 4.55)]
    assert any("rolling captions" in note for note in transcript.notes)


def test_captions_that_are_an_index_of_a_recording_are_refused_with_what_they_are():
    with pytest.raises(ac.TranscriptError, match=r"ohms.*\.vtt:5: is an index of the recording \(each cue holds JSON"):
        real("vtt/ohms-style_metadata_json-payload.vtt")


def test_the_cues_of_the_catalan_interview_are_merged_to_its_eleven_turns_in_srt_and_json_alike():
    captions = real("srt/whisper-ctranslate2_diarized_ca.srt")
    segments = real("whisper/whisper-ctranslate2_diarized_ca.json")
    assert captions.text == segments.text
    assert len(captions.turns) == 11
    assert times(captions) == times(segments)
    rows = real("whisper/whisper-ctranslate2_diarized_ca.tsv")
    assert times(rows)[0] == (0.0, 2.0)
    assert any("read as milliseconds" in note for note in rows.notes)
    assert rows.text.split() == [word for word in segments.text.split() if not word.startswith("SPEAKER_")]


def test_noscribe_says_the_same_in_html_and_txt_and_its_marks_of_overlapping_speech_are_kept():
    html, txt = real("noscribe/noscribe-0.7_interview_de.html"), real("txt/noscribe-0.7_interview_de.txt")

    def alike(transcript: ac.Transcript) -> list[tuple[str, str]]:
        return [(who, re.sub(r"\s*//\s*", "//", words)) for who, words in said(transcript)]

    assert alike(html) == alike(txt)
    assert html.text.count("//S") == txt.text.count("//S") == 23
    assert "versüßt. //S02: Ist das herrlich.// Ich kann" in html.text
    assert html.text.startswith("(12 seconds pause)\nS01: Guten Tag")
    assert times(html)[0] == (12.14, 35.79)
    assert any("a pause between turns belongs to none" in note for note in html.notes)
    late = real("vtt/noscribe-0.7_interview_de.vtt")
    assert any("so times are late" in note for note in late.notes)


def test_a_recording_without_speech_gets_a_hint_and_one_with_speech_does_not():
    [hint] = real("whisper/whisper-timestamped_empty-audio.json").notes
    assert 'one short segment ("Thanks for watching!")' in hint
    assert "a probability of 0.33" in hint
    assert real("whisper/whisper-timestamped_arabic.json").notes == ()


def test_a_survey_with_two_open_questions_is_asked_which_of_them_to_code():
    path = shared("data/files/tables/qualcoder_survey789.xlsx")
    [(name, rows)] = sheets(path.read_bytes(), path).items()
    assert (name, len(rows) - 1, rows[1][:3]) == ("survey", 3, ["ID7", "33", "m"])
    assert rows[0] == ["Case", "Age", "Gender", "Interest", "Qual_hobby_opinions", "Qual_pet_opinions"]
    asked = r'"Case", "Age".*; "Qual_hobby_opinions" and "Qual_pet_opinions" may hold the words; call the one'
    with pytest.raises(ac.TranscriptError, match=asked):
        real("tables/qualcoder_survey789.xlsx")


def test_old_excel_and_cells_with_formulas_are_read_as_a_person_sees_them():
    path = shared("data/files/tables/maxqda-12_coded-segments_pl.xls")
    table = read_workbook(path)
    assert (len(table.rows), table.columns[4], table.columns[8]) == (402, "Kod", "Fragment")
    assert [table.rows[0][1][key] for key in ("nazwa dokumentu", "kod", "fragment")] == ["0_229", "TYPE", "AVISO"]
    assert table.rows[0][1]["początek"] == "1"
    coded = read_workbook(shared("data/files/taguette/taguette-1.5.2_highlights.xlsx"))
    assert [row["tag"] for _, row in coded.rows].count("=SUM(1)") == 1
    assert len(coded.rows) == 10
    assert any(':4: a formula without a result is read as its text, "=SUM(1)"' in note for note in coded.notes)


NOT_TRANSCRIPTS = {
    *("qdpx", "qdc", "qualcoder-qda", "maxqda-segments", "taguette-csv", "taguette-sqlite", "taguette-html"),
    *("taguette-xlsx", "codebook-csv"),
}


def test_every_other_file_is_refused_as_a_transcript_in_one_sentence():
    with shared("data/files/INDEX.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"].startswith(tuple(NOT_TRANSCRIPTS))]
    assert {row["kind"] for row in rows} <= NOT_TRANSCRIPTS
    assert len(rows) >= 15
    for row in rows:
        path = FILES.parent / row["path"]
        with pytest.raises(ac.TranscriptError) as raised:
            list(ac.read_transcripts(path))
        message = str(raised.value).removeprefix(str(path))
        assert re.search("not read yet|no transcript|the only one that is read|has no column", message), message
        assert not re.search(r"[.!?] [A-Z]|\n", message), message


# --- The mark, and one bad cue (CASES D1, D2) ----------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ana>Yes.\n"),
        ("p.srt", "1\n00:00:01,000 --> 00:00:02,000\nAna: Yes.\n"),
        ("p.txt", "Ana: Yes."),
        ("p.csv", "speaker,text\nAna,Yes.\n"),
        ("p.json", '{"segments": [{"start": 1, "end": 2, "text": " Yes.", "speaker": "Ana"}]}'),
        ("p.html", '<p><a name="ts_1000_2000_Ana">Ana: [00:00:01] Yes.</a></p>'),
    ],
)
def test_a_byte_order_mark_is_no_part_of_any_format(read: Read, name: str, content: str, codec: str):
    transcript = read(content.encode(codec), name)
    assert said(transcript) == [("Ana", "Yes.")]
    assert transcript.turns[0].span.start == len("Ana: ")
    assert [note for note in transcript.notes if "by its byte order mark" in note]


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_one_bad_cue_costs_nobody_the_interview_and_nothing_goes_in_silence(read: Read, kind: str):
    head = "WEBVTT\n\n" if kind == "vtt" else ""
    cues = "00:00:01.000 --> 00:00:02.000\nI: One.\n\n00:00:03.000 --> 00:00:04.000\n\n"
    transcript = read(f"{head}{cues}00:00:05.000 --> 00:00:06.000\nI: Two.\n\nPause\n", f"p.{kind}")
    assert transcript.text.startswith("I: One. Two.")
    assert any("cue without text" in note for note in transcript.notes)
    if kind == "vtt":
        assert any('text without a time is not read as speech: "Pause"' in note for note in transcript.notes)
    else:  # SRT has no blocks: what stands below a cue is its text
        assert transcript.text == "I: One. Two. Pause\n"


def test_srt_is_read_without_numbers_places_and_tags_and_without_blank_lines_between_cues(read: Read):
    transcript = read(
        "1\r\n00:00:01,5 --> 00:00:02,000 X1:1\r\n{\\an8}<i>Ana: Tom &amp; I</i>\r\n2\r\n"
        "00:00:03,000 --> 00:00:04,000\r\nwent 2\r\n\r\n00:00:05,000 --> 00:00:06,000\r\n[Ben]: Oh.\r\n"
        "\r\n4\r\n00:00:07,000 --> 00:00:08,000\r\nBen: No.\r\n",
        "p.srt",
        speakers=["Ana"],
    )
    assert said(transcript) == [("Ana", "Tom & I went 2"), ("Ben", "Oh. No.")]
    assert times(transcript) == [(1.5, 4.0), (5.0, 8.0)]


def test_srt_in_windows_1252_and_text_that_is_no_srt(read: Read):
    transcript = read("1\n00:00:01,000 --> 00:00:02,000\nNaïve.\n".encode("cp1252"), "p.srt")
    assert said(transcript) == [("", "Naïve.")]
    assert any("read as Windows-1252" in note for note in transcript.notes)
    with pytest.raises(ac.TranscriptError, match=r"q\.srt:1: has no line with the times of a cue"):
        read("Ana: Hi.\n", "q.srt")


@pytest.mark.parametrize("name", ["p.vtt", "p.srt", "p.csv", "p.json", "p.html", "p.xlsx", "p.xls", "p.ods"])
def test_a_file_of_no_bytes_is_refused_by_name(read: Read, name: str):
    with pytest.raises(ac.TranscriptError, match=rf"{name}: (is empty|has no rows|the workbook cannot be read)"):
        read(b"", name)


# --- Captions ------------------------------------------------------------------------------------------------------


def test_teams_writes_a_tag_in_every_cue_and_ids_above_and_several_lines(read: Read):
    transcript = read(
        "WEBVTT\n\n5f-a1/12-0\n00:00:03.000 --> 00:00:04.000\n"
        "<v Garcia Lopez, Ana (Guest)>Tom &amp; I,\nyou know,</v>\n\n"
        "5f-a1/12-1\n00:00:04.000 --> 00:00:06.000\n<v Garcia Lopez, Ana (Guest)>went&nbsp;home.</v>\n\n"
        "5f-a1/13-0\n00:00:07.000 --> 00:00:08.000\n<v Ben>So?</v>\n",
        "p.vtt",
    )
    assert said(transcript) == [
        ("Garcia Lopez, Ana (Guest)", "Tom & I, you know, went\u00a0home."),
        ("Ben", "So?"),
    ]
    assert times(transcript) == [(3.0, 6.0), (7.0, 8.0)]


def test_live_captions_that_show_the_words_so_far_are_unrolled(read: Read):
    shown_so_far = ["my", "my manager", "my manager helped", "me a lot"]
    cues = (f"00:00:0{at}.000 --> 00:00:0{at + 1}.000\n{words}\n" for at, words in enumerate(shown_so_far))
    assert read("WEBVTT\n\n" + "\n".join(cues), "p.vtt").text == "my\nmanager\nhelped\nme a lot\n"


def test_a_word_that_is_said_twice_is_no_rolling_caption(read: Read):
    cues = (f"00:00:0{at}.000 --> 00:00:0{at + 1}.000\n{words}\n" for at, words in enumerate(["No.", "No.", "A", "B"]))
    transcript = read("WEBVTT\n\n" + "\n".join(cues), "p.vtt")
    assert transcript.text == "No.\nNo.\nA\nB\n"
    assert transcript.notes == ()


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("p.vtt", "WEBVTT\n\n00:09.000 --> 00:10.000\nI: A\n\n00:05.000 --> 00:06.000\nP: B\n", "p.vtt:7: the cue"),
        ("p.srt", "00:00:09,000 --> 00:00:10,000\nI: A\n\n00:00:05,000 --> 00:00:06,000\nP: B\n", "p.srt:5: the cue"),
        ("p.csv", "start,speaker,text\n0:09,I,A\n0:05,P,B\n", "p.csv:3: the row"),
        ("p.txt", "I [00:00:09]: A\nP [00:00:05]: B\n", "p.txt:2: the turn"),
        (
            "p.json",
            '{"segments": [{"start": 9, "text": "A", "speaker": "I"}, {"start": 5, "text": "B", "speaker": "P"}]}',
            "p.json: segment 2: the segment",
        ),
    ],
)
def test_times_that_run_backwards_are_told_and_the_order_is_kept(read: Read, name: str, content: str, note: str):
    transcript = read(content, name)
    assert said(transcript) == [("I", "A"), ("P", "B")]
    [told] = transcript.notes
    assert f"{note} starts before the one above it; the order of the file is kept" in told


# --- Speech recognisers (CASES L3) ---------------------------------------------------------------------------------


def test_words_without_times_and_words_without_speakers_cost_no_turn(read: Read):
    words = [
        {"word": "I", "start": 1.0, "end": 1.2, "speaker": "SPEAKER_00"},
        {"word": "worked", "start": 1.2, "end": 1.5},
        {"word": "12", "speaker": "SPEAKER_00"},
        {"word": "hours.", "start": 2.0, "end": 2.5, "speaker": "SPEAKER_00"},
    ]
    segments = [
        {"start": 1.0, "end": 2.5, "text": " I worked 12 hours.", "speaker": "SPEAKER_00", "words": words},
        {"start": 2.6, "end": 3.0, "text": " Did you?"},
        {"start": 3.0, "end": 4.0, "text": " Yes.", "speaker": "SPEAKER_00", "words": None},
        {"start": 4.0, "end": 4.5, "text": "  ", "speaker": "SPEAKER_01"},
        {"text": " So.", "speaker": "SPEAKER_01", "words": [{"word": "So.", "start": 5.0, "end": 5.5}]},
    ]
    transcript = read(json.dumps({"segments": segments, "language": "Arabic"}), "p.json")
    assert said(transcript) == [
        ("SPEAKER_00", "I worked 12 hours."),
        ("", "Did you?"),
        ("SPEAKER_00", "Yes."),
        ("SPEAKER_01", "So."),
    ]
    assert times(transcript) == [(1.0, 2.5), (2.6, 3.0), (3.0, 4.0), (5.0, 5.5)]
    assert any("1 of 4 segments name no speaker" in note for note in transcript.notes)
    assert any("1 of 5 segments hold no words" in note for note in transcript.notes)


def test_times_that_are_no_times_are_left_out(read: Read):
    segments = [
        {"start": float("nan"), "end": True, "text": "One"},
        {"start": "2.5", "end": 2, "text": "Two"},
        {"start": -1, "end": None, "text": "Three"},
    ]
    transcript = read(json.dumps({"segments": segments}), "p.json")
    assert times(transcript) == [(None, None), (2.5, None), (None, None)]
    assert any("1 segments end before they start" in note for note in transcript.notes)


def test_a_text_of_whisper_without_segments_is_a_turn_a_line(read: Read):
    assert said(read('{"text": " One.\\nTwo.", "language": "en"}', "p.json")) == [("", "One."), ("", "Two.")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"format": "autocode-run/1", "model": "x", "codebook": {}}',
            r'its keys are "format", "model", "codebook"\); export it as TXT',
        ),
        ("[1, 2]", r"no transcript that is known \(a list at the top\)"),
        ("3", r"\(a int at the top\)"),
        ("{}", r"\(it is empty\)"),
        ('{"segments": 3}', r'its keys are "segments"'),
        ('{"segments": [', r"p\.json:1: is no JSON"),
        ("[" * 100_000, "is no JSON|is JSON that no speech"),
        ('{"text": "   "}', "holds no words that anybody says"),
        ('{"segments": []}', "holds no words that anybody says"),
    ],
)
def test_json_of_something_else_is_refused_with_its_keys(read: Read, content: str, message: str):
    with pytest.raises(ac.TranscriptError, match=message):
        read(content, "p.json")


def test_html_of_something_else_is_refused_and_renamed_speakers_are_taken(read: Read):
    with pytest.raises(ac.TranscriptError, match="is HTML but not of noScribe"):
        read("<html><body><p>Ana: Hi.</p></body></html>", "p.html")
    transcript = read(
        '<p>Title</p><p><a name="ts_0_900_S00">Ana: [00:00:00] Hi<br/>Tom &amp; Ben</a><a name="ts_900_1900_//S01">'
        ' //S01: Hi</a><a name="ts_1900_2500_S00">// all.</a></p>'
        '<p><a name="ts_2500_3000_S01">Ben: [00:00:02] Yes.</a></p>',
        "q.html",
    )
    assert said(transcript) == [("Ana", "Hi Tom & Ben //S01: Hi// all."), ("Ben", "Yes.")]
    assert times(transcript) == [(0.0, 2.5), (2.5, 3.0)]


# --- Tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        (("Start", "END", "Speaker", "Text"), ","),
        (("Zeit", "Ende", "Sprecher:in", "Äußerung"), ";"),
        (("begin", "stop", "Who", "Utterance"), "\t"),
        (("début", "fin", "Locuteur", "Texte"), ";"),
        (("Start (s)", "End (s)", "SPEAKER_NAME", "content"), ","),
        (("time", "to", "name", "transcript"), ","),
        (("Start time", "End time", "Participant name", "Response"), ","),
        (("inicio", "final", "hablante", "respuesta"), ";"),
    ],
)
def test_headers_are_found_in_any_case_and_language(read: Read, header: tuple[str, ...], delimiter: str):
    rows = [header, ("0:01", "0:03", "I", "Why did you stay?"), ("0:04", "0:09", "P1", "My manager helped me.")]
    transcript = read("\n".join(delimiter.join(row) for row in rows), "p.csv")
    assert said(transcript) == [("I", "Why did you stay?"), ("P1", "My manager helped me.")]
    assert times(transcript) == [(1.0, 3.0), (4.0, 9.0)]
    assert transcript.notes == ()


def test_a_header_longer_than_any_is_no_header():
    assert role_of(f"Speaker ({'the one who talks ' * 5})") == "speaker"
    assert role_of(f"Speaker ({'the one who talks ' * 50})") is None


def test_a_number_of_more_digits_than_any_count_is_no_number():
    assert [whole_number("9" * digits) for digits in (3, 5000)] == [999, None]


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("00:01:02", 62.0),
        ("[00:01:02]", 62.0),
        ("(00:01)", 1.0),
        ("#00:01:02-3#", 62.3),
        ("1:02.5", 62.5),
        ("62", 62.0),
        ('"62,5"', 62.5),
        ("62.5 s", 62.5),
        ("00:01:02,250", 62.25),
    ],
)
def test_times_are_read_in_the_forms_that_people_write(read: Read, cell: str, seconds: float):
    cell = f'"{cell}"' if "," in cell and not cell.startswith('"') else cell
    transcript = read(f"start,speaker,text\n0:00,I,Why?\n{cell},P,So.\n", "p.csv")
    assert times(transcript)[1] == (seconds, None)


def test_excel_keeps_a_time_as_a_part_of_a_day_in_a_cell_and_in_an_exported_number(read: Read):
    rows = [("start", "end", "speaker", "text"), (0.000694, 0.00081, "I", "Why?"), (0.001389, 1.5, "P", "So.")]
    cells = read(workbook(*rows, A="hh:mm:ss", B="[h]:mm:ss"), "p.xlsx")
    assert times(cells) == [(60.0, 70.0), (120.0, 129_600.0)]
    bare = read(workbook(*rows[:2], (0.001389, 0.0015, "P", "So.")), "q.xlsx")
    assert times(bare) == [(60.0, 70.0), (120.0, 129.6)]
    assert any("times are read as parts of a day" in note for note in bare.notes)
    exported = read("start;text\n0,000694;Why?\n0,001389;So.\n", "r.csv")
    assert times(exported) == [(60.0, None), (120.0, None)]


def test_a_column_that_names_the_transcript_makes_one_of_each_and_rows_are_never_merged(tmp_path: Path):
    table = "interview,speaker,utterance,age\np2,I,Why?,3\np1,P,So,4\np2,P,Yes.,\np2,P,Because.,\np1,P,,\np3,I,,\n"
    (tmp_path / "wave.csv").write_text(table, encoding="utf-8")
    first, second = ac.read_transcripts(tmp_path)
    assert (first.id, said(first)) == ("wave/p1", [("P", "So")])
    assert (second.id, said(second)) == ("wave/p2", [("I", "Why?"), ("P", "Yes."), ("P", "Because.")])
    assert second.text == "I: Why?\nP: Yes.\nP: Because.\n"
    told = "\n".join(first.notes)
    assert 'columns that are not read: "age"' in told
    assert ':7: "p3" holds no words and is left out (1 of 3 transcripts)' in told
    assert ":6: a row without words is no turn" in told


@pytest.mark.parametrize(
    ("table", "ids"),
    [
        pytest.param("id,answer\n7,good\n8,bad\n", ["p/7", "p/8"], id="a survey: a row a person"),
        pytest.param("participant,text\nI,Why?\nP1,So.\nI,And?\n", ["p"], id="who takes turns is a speaker"),
        pytest.param("id,speaker,text\n1,I,Why?\n2,P1,So.\n", ["p"], id="numbers of rows are no transcripts"),
        pytest.param("id,speaker,text\n1,I,Why?\n1,P1,So.\n2,I,Hm.\n", ["p/1", "p/2"], id="people with turns"),
    ],
)
def test_a_column_called_id_or_participant_means_what_its_values_show(tmp_path: Path, table: str, ids: list[str]):
    (tmp_path / "p.csv").write_text(table, encoding="utf-8")
    assert [transcript.id for transcript in ac.read_transcripts(tmp_path)] == ids


@pytest.mark.parametrize(
    ("name", "table", "message"),
    [
        ("p.csv", "Speaker,Text,text\na,b,c\n", r'p\.csv:1: two columns have one name, "Text" and "text"'),
        ("p.csv", "q,rating\nx,1\n", r'has no column "text" but "q", "rating"; call the one with the words "text"'),
        ("p.csv", "speaker,answer,comment\nP,a,b\n", r'may hold the words in "answer" and "comment"; call the one'),
        ("p.csv", "interview,text\np1,a\nP1,b\n", r'p\.csv:3: the transcripts "p1" and "P1" differ in case only'),
        ("p.csv", "interview,text\np1,a\n,b\n", r"p\.csv:3: the row does not say which transcript it belongs to"),
        (
            "p.csv",
            "transcript,coder,code,quote\np1,Ana,x,y\n",
            r'is a table of coded segments \(it has a column "code"\)',
        ),
        ("p.csv", "participant,speaker,pseudonym\n1,P,Ann\n", "is a table of participants"),
        ("transcripts.csv", "transcript,date\np1,2026-01-01\n", "is a table of transcripts and no transcript"),
        (
            "participants.csv",
            "participant,transcript,speaker\n1,p1,P\n",
            "is a table of participants and no transcript",
        ),
        ("coders.csv", "coder,transcript\nAna,p1\n", "is a table of coders and no transcript"),
        ("p.csv", "text\n", "has no rows below its header"),
        ("p.csv", 'speaker,text\nI,"open\n', r"p\.csv:2: the row that begins here is no CSV"),
        ("p.csv", "speaker,text\nI, \nP,\n", "holds no words that anybody says"),
    ],
)
def test_a_table_that_cannot_be_coded_says_why(read: Read, name: str, table: str, message: str):
    with pytest.raises(ac.TranscriptError, match=message):
        read(table, name)


def test_a_table_and_a_file_with_one_id_are_refused_naming_both(tmp_path: Path):
    (tmp_path / "wave.csv").write_text("interview,text\nP1,Yes.\n", encoding="utf-8")
    (tmp_path / "wave").mkdir()
    (tmp_path / "wave" / "p1.txt").write_text("P1: No.", encoding="utf-8")
    bad: list[ac.TranscriptError] = []
    assert [t.id for t in ac.read_transcripts(tmp_path, on_bad=bad.append)] == ["wave/P1"]
    assert re.search(r'p1\.txt: has the id "wave/p1", and so has .*wave\.csv', str(bad[0]))


def test_equal_names_in_two_folders_are_two_transcripts(tmp_path: Path):
    for site, words in (("siteA", "Yes."), ("siteB", "No.")):
        (tmp_path / site).mkdir()
        (tmp_path / site / "Interview 1.csv").write_text(f"speaker,text\nP,{words}\n", encoding="utf-8")
    found = {transcript.id: transcript.text for transcript in ac.read_transcripts(tmp_path)}
    assert found == {"siteA/Interview 1": "P: Yes.\n", "siteB/Interview 1": "P: No.\n"}


# --- Spreadsheets --------------------------------------------------------------------------------------------------


def test_cells_are_text_as_a_person_sees_them():
    data = workbook(("n", "t", "d"), (3.0, 0.5, 45000), (0.25, 1.25, 45000.5), A="0.00", B="h:mm", C="yyyy-mm-dd hh:mm")
    [rows] = sheets(data, "p.xlsx").values()
    assert rows == [["n", "t", "d"], ["3", "12:00:00", "2023-03-15"], ["0.25", "30:00:00", "2023-03-15 12:00:00"]]


def test_formulas_keep_their_result_and_those_without_one_their_text():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("tag", "sum", "name", "error", "text"))
        sheet.write_formula(1, 0, "=SUM(1)")
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(1, 2, '="P"&1', None, "P1")
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")
        sheet.write_string(1, 4, "=SUM(2)")
    [rows] = sheets(out.getvalue(), "p.xlsx").values()
    assert rows[1] == ["=SUM(1)", "2", "P1", "=NA()", "=SUM(2)"]


def test_the_first_filled_sheet_is_read_and_the_others_are_named(tmp_path: Path):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("empty")
        for name in ("first", "second", "secret"):
            book.add_worksheet(name).write_column(0, 0, ("text", f"words of {name}"))
        book.get_worksheet_by_name("secret").hide()
    path = tmp_path / "p.xlsx"
    path.write_bytes(out.getvalue())
    [transcript] = ac.read_transcripts(path)
    assert said(transcript) == [("", "words of first")]
    assert any('read the sheet "first" and not "second"' in note for note in transcript.notes)
    assert read_workbook(path, sheet="second").rows == ((2, {"text": "words of second"}),)
    with pytest.raises(ac.InputError, match='has no sheet "third" with cells; it has "first", "second"'):
        read_workbook(path, sheet="third")


def spoilt(data: bytes, old: bytes, new: bytes, part: str = "sheet1") -> bytes:
    """A workbook with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member.filename, content.replace(old, new) if part in member.filename else content)
    return out.getvalue()


def ods(*rows: str) -> bytes:
    """An ODS of one sheet."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="a">'
            f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(text: str = "", about: str = "", repeated: int = 1) -> str:
    words = f"<text:p>{text}</text:p>" if text else ""
    kind = 'office:value-type="string"' if text else about
    return f'<table:table-cell {kind} table:number-columns-repeated="{repeated}">{words}</table:table-cell>'


BOOK = workbook(("text", "speaker"), ("Yes.", "P1"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(spoilt(BOOK, b'r="B2"', b'r="XFD1048576"'), "more than 8 million cells", id="a cell far away"),
        pytest.param(spoilt(BOOK, b'r="B2"', b'r = "XFD1000000"'), "more than 8 million cells", id="far, with blanks"),
        pytest.param(spoilt(BOOK, b'r="B2"', b'r="B99999999999"'), "beyond the last", id="a row beyond Excel"),
        pytest.param(spoilt(BOOK, b'r="B2"', b'r="B0000000009999999"'), "beyond the last", id="with zeros before it"),
        pytest.param(BOOK.replace(b"workbook.xml", b"workbook.bin"), "an XLSB", id="XLSB"),
        pytest.param(
            spoilt(BOOK, b'r="B2"', b'r="' + b"D" * 21 + b'10"'), "beyond the last", id="a column beyond Excel"
        ),
        pytest.param(
            spoilt(BOOK, b"</sheetData>", b"<row/>" * 900 + b'<row><c r="XFD1000"/></row></sheetData>'),
            "more than 8 million cells",
            id="rows that claim no place",
        ),
        pytest.param(
            spoilt(BOOK, b"</sheetData>", b'<row r="1000">' + b"<c/>" * 9000 + b"</row></sheetData>"),
            "more than 8 million cells",
            id="cells that claim no place",
        ),
        pytest.param(
            spoilt(BOOK, b'uniqueCount="4"', b'uniqueCount="2147483648"', part="sharedStrings"),
            "holds 2147483648 texts",
            id="more texts than there is room for",
        ),
        pytest.param(ods(ods_row(ods_cell("far", repeated=10**9))), "8 million cells", id="a wide ODS"),
        pytest.param(ods(ods_row(ods_cell("far"), repeated=10**9)), "8 million cells", id="a tall ODS"),
        pytest.param(
            ods(ods_row(ods_cell(about='office:value-type="float" office:value="1"', repeated=10**9))),
            "8 million cells",
            id="a wide ODS of numbers",
        ),
        pytest.param(ods(ods_row(ods_cell('<text:s text:c="2000000000"/>'))), "of 2000000000 blanks", id="ODS blanks"),
        pytest.param(spoilt(BOOK, b"</sheetData>", b""), "is damaged|cannot be read", id="XML cut off"),
        pytest.param(BOOK[:1500], "is damaged", id="ZIP cut off"),
        pytest.param(b"text\nYes.\n", "the workbook cannot be read", id="a CSV of that name"),
        pytest.param(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2000), "is damaged", id="a broken XLS"),
    ],
)
def test_a_workbook_that_is_broken_or_beyond_measure_is_refused(read: Read, data: bytes, message: str):
    with pytest.raises(ac.TranscriptError, match=message) as raised:
        read(data, "p.xlsx")
    assert "\n" not in str(raised.value)


def test_what_an_ods_repeats_behind_its_last_words_takes_no_room():
    rows = [ods_row(ods_cell("text"), ods_cell(repeated=16_384)), ods_row(ods_cell("Yes.")), ods_row(repeated=10**6)]
    assert sheets(ods(*rows), "p.ods") == {"a": [["text"], ["Yes."]]}


def test_cells_without_a_place_stand_behind_the_one_before():
    data = spoilt(spoilt(BOOK, b' r="B1"', b""), b' r="B2"', b"")
    [rows] = sheets(data, "p.xlsx").values()
    assert rows == [["text", "speaker"], ["Yes.", "P1"]]


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        pytest.param(lambda data: sector_of_table(data, 0x30), lambda data: data[0x30:0x34], "no end", id="a loop"),
        pytest.param(lambda data: data.index(CELL) + 6, lambda data: b"\xff\xff", "4 million", id="a cell far away"),
    ],
)
def test_an_old_workbook_that_would_take_all_memory_is_refused(
    tmp_path: Path, where: Callable[[bytes], int], value: Callable[[bytes], bytes], message: str
):
    data = shared("data/files/tables/maxqda-12_coded-segments_pl.xls").read_bytes()
    at, new = where(data), value(data)
    with pytest.raises(ac.InputError, match=rf"p\.xls: .*{message}"):
        sheets(data[:at] + new + data[at + len(new) :], "p.xls")


CELL = bytes.fromhex("fd000a009201")
"""A cell of the file's last row, 402, that holds a text."""


def sector_of_table(data: bytes, field: int) -> int:
    """Where the table of sectors says which sector follows the one that a field of the header names."""
    sector = int.from_bytes(data[field : field + 4], "little")
    part = 0x4C + sector // 128 * 4  # the header lists the sectors with the table, 128 numbers in each
    return (int.from_bytes(data[part : part + 4], "little") + 1) * 512 + sector % 128 * 4


def with_bomb(name: str) -> bytes:
    """A workbook with a part of 6 MB of zeros, which fit in 6 kB."""
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, bytes(6_000_000))
    return out.getvalue()


RELS = ("_rels/.RELS", "xl/worksheets/_rels/sheet1.xml.rels", "[content_types].XML")
PARTS = ("content.xml", "META-INF/manifest.xml", "XL/Styles.xml", "xl\\sharedstrings.XML", *RELS)


@pytest.mark.parametrize("name", PARTS)
def test_a_bomb_of_zeros_in_a_workbook_is_refused_before_it_is_unfolded(read: Read, name: str):
    with pytest.raises(ac.TranscriptError, match="swells more than 250 times, as no table does"):
        read(with_bomb(name), "p.xlsx")


@pytest.mark.parametrize("name", ["docProps/thumbnail.xml", "xl/media/image1.png"])
def test_a_part_that_nobody_reads_may_be_as_large_as_it_likes(read: Read, name: str):
    assert said(read(with_bomb(name), "p.xlsx")) == [("P1", "Yes.")]


# --- Pastes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Ana Garcia  0:03  \nWhy did you stay?\nReally?\n\nUnknown Speaker  1:02:03\nMy manager.\n\n"
            "Transcribed by https://Otter.ai\n\n",
            [("Ana Garcia", "Why did you stay?\nReally?", 3.0, None), ("Unknown Speaker", "My manager.", 3723.0, None)],
            id="Otter",
        ),
        pytest.param(
            "00:00:01.000 --> 00:00:02.000\nAna Garcia\nWhy?\n00:00:03.000 --> 00:00:04.000\nBen\nSo.\nAnd so on.\n",
            [("Ana Garcia", "Why?", 1.0, 2.0), ("Ben", "So.\nAnd so on.", 3.0, 4.0)],
            id="Teams 2023",
        ),
        pytest.param(
            "I: Why did you stay? #00:00:04-2#\nP1: My manager. #00:00:12-5#\n\nI: And? #00:00:13-0#\n",
            [("I", "Why did you stay?", None, 4.2), ("P1", "My manager.", None, 12.5), ("I", "And?", None, 13.0)],
            id="f4",
        ),
        pytest.param(
            "[id1] Hello.\n\n[id2] No [laughs].\n\n[id1] Yes.\n",
            [("id1", "Hello.", None, None), ("id2", "No [laughs].", None, None), ("id1", "Yes.", None, None)],
            id="names in brackets",
        ),
        pytest.param(
            "[laughs] Yes.\n\nNo.\n\n[laughs] So.\n",
            [("", "[laughs] Yes.", None, None), ("", "No.", None, None), ("", "[laughs] So.", None, None)],
            id="asides in brackets are no names",
        ),
        pytest.param(
            "S01: [00:00:12] Hello.\n\nS00: [00:00:15] Hi.\n",
            [("S01", "Hello.", 12.0, None), ("S00", "Hi.", 15.0, None)],
            id="noScribe",
        ),
        pytest.param(
            "P1:\n[00:00:12] Hello\n[00:00:15] you. (00:20)\n",
            [("P1", "Hello\n[00:00:15] you.", 12.0, 20.0)],
            id="times at both ends and one inside",
        ),
    ],
)
def test_a_paste_has_its_speakers_and_times_and_stays_as_it_is(
    read: Read, text: str, expected: list[tuple[str, str, float | None, float | None]]
):
    transcript = read(text, "p.txt")
    found = [(*who, *when) for who, when in zip(said(transcript), times(transcript), strict=True)]
    assert found == expected
    assert transcript.text == text


def test_captions_pasted_without_names_are_words_and_told(read: Read):
    cues = "00:00:01.000 --> 00:00:02.000\nWhen you first get\nstarted.\n00:00:03.000 --> 00:00:04.000\nIt is.\n"
    transcript = read(cues, "p.txt")
    assert {turn.speaker for turn in transcript.turns} == {""}
    assert any("times of captions stand in the text" in note for note in transcript.notes)


# --- What a model is shown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I left [00:01:02] early.", "I left early."),
        ("I left (00:01) early", "I left early"),
        ("I left #00:01:02-3# early", "I left early"),
        ("I left. #00:01:02-3#\nThen", "I left.\nThen"),
        ("so [0:03]\n[0:05] there", "so\nthere"),
        ("one [0:03] [0:04] two", "one two"),
        ("one[0:03] two", "one two"),
        ("one [0:03]two", "one two"),
        ("one.[0:03]Two", "one. Two"),
        ("話[0:03]す", "話す"),
        ("P1 [00:01:02]: Yes [0:03].", "P1: Yes."),
        ("John (3:16) at 10:30 [sic] #5# [1]", "John (3:16) at 10:30 [sic] #5# [1]"),
    ],
)
def test_a_model_is_shown_the_words_without_the_times_between_them(text: str, expected: str):
    assert shown(ac.Transcript(id="p", text=text, turns=()))[0] == expected


STAMPED = st.lists(
    st.one_of(st.text("ab .:\n\t🙂話("), st.sampled_from(["[00:01:02]", "(00:01)", "#00:01:02-3#", "[1:02]"]))
).map("".join)


@given(STAMPED, st.data())
def test_every_place_in_what_is_shown_is_a_place_of_the_transcript(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    words, places = shown(ac.Transcript(id="p", text=text, turns=()), ac.Span(start, end))
    at = [places.back(ac.Span(place, place + 1)) for place in range(len(words))]
    assert all(text[span.start] == sign or sign == " " for span, sign in zip(at, words, strict=True))
    assert all(start <= span.start and span.end <= end for span in at)
    assert [span.start for span in at] == sorted({span.start for span in at})
    assert (start, end) != (0, len(text)) or not re.search(r"\[\d+:\d\d|#\d\d:", words)
    for place, span in enumerate(at):
        if text[span.start] == words[place]:
            assert places.onto(span) == ac.Span(place, place + 1)
    if not re.search(r"\d", text[start:end]):
        assert words == text[start:end]


def test_a_quote_across_a_time_is_found_word_for_word_with_the_time_inside_its_span(
    tmp_path: Path, codebook: ac.Codebook
):
    text = "I: Why? #00:00:02-1#\nP1: My manager sat [00:01:02] down with me. #00:01:09-0#\nI: And? [1:12]\nP1: No.\n"
    (tmp_path / "p01.txt").write_text(text, encoding="utf-8")
    transcripts = list(ac.read_transcripts(tmp_path / "p01.txt"))
    coder = Scripted({"manager": says(("manager-help", "My manager sat down with me."))})
    run = ac.code(transcripts, codebook, coder=coder, run=ac.Run(tmp_path / "run", exclude_speakers=["I"]))
    [passage] = coder.asked
    assert passage == "P1: My manager sat down with me.\nI: And?\nP1: No."
    [segment] = run.coding().segments
    assert (segment.match, segment.said, segment.problem) == ("exact", "", ())
    assert segment.span is not None
    assert text[segment.span.start : segment.span.end] == "My manager sat [00:01:02] down with me."


# --- PDF -----------------------------------------------------------------------------------------------------------


def pdf(*lines: str) -> bytes:
    """A PDF of one page, a line of text each."""
    shows = "".join(f"BT /F1 12 Tf 50 {700 - 20 * at} Td ({line}) Tj ET\n" for at, line in enumerate(lines))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(shows)} >>\nstream\n{shows}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def test_a_pdf_without_the_extra_is_refused_with_what_to_do(read: Read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(
        ac.TranscriptError, match=r"is a PDF.*save the text.*as DOCX or TXT, or install autocode-qda\[pdf"
    ):
        read(pdf("I: Why?"), "p.pdf")


def test_a_pdf_with_the_extra_is_read_with_a_warning_that_shows_its_text(read: Read):
    pytest.importorskip("pypdfium2", reason="the extra `pdf` is not installed")
    transcript = read(pdf("I: Why?", "P1: My manager.", "I: And?", "P1: No."), "p.pdf")
    assert said(transcript) == [("I", "Why?"), ("P1", "My manager."), ("I", "And?"), ("P1", "No.")]
    assert 'look at the text before coding; it begins "I: Why? P1: My manager.' in transcript.notes[0]
    with pytest.raises(ac.TranscriptError, match="is no PDF that can be read"):
        read(b"%PDF-1.4 broken", "q.pdf")
    with pytest.raises(ac.TranscriptError, match="holds pictures of pages and no text"):
        read(pdf(), "r.pdf")


def test_half_a_character_of_an_escape_is_replaced_and_told(tmp_path: Path) -> None:
    path = tmp_path / "p01.json"
    path.write_text('{"segments": [{"start": 0, "end": 1, "text": "half \\ud83d done", "speaker": "A\\ude42"}]}')
    (transcript,) = ac.read_transcripts(path)
    assert transcript.text.encode("utf-8")
    assert [(turn.speaker, transcript.text[turn.span.start : turn.span.end]) for turn in transcript.turns] == [
        ("A\ufffd", "half \ufffd done")
    ]
    assert any("2 half characters" in note for note in transcript.notes)
