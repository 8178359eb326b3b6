"""Reading Word, OpenDocument and RTF files: nothing said is lost, nothing deleted lives, what is left out is told."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autocode as ac
from autocode.errors import TranscriptError

FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "files"
real_files = pytest.mark.skipif(
    not FILES.is_dir(), reason="the real files of other programs are not beside the project"
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"

Read = Callable[..., ac.Transcript]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads one transcript from the bytes of a file of that name."""

    def one(content: bytes, name: str = "p01.docx", **options: object) -> ac.Transcript:
        path = tmp_path / name
        path.write_bytes(content)
        [transcript] = ac.read_transcripts(path, **options)
        return transcript

    return one


def said(transcript: ac.Transcript) -> list[tuple[str, str]]:
    """Who says what, as a reader of the transcript sees it."""
    return [(turn.speaker, transcript.text[turn.span.start : turn.span.end]) for turn in transcript.turns]


def words(transcript: ac.Transcript) -> list[str]:
    return [said for _, said in said(transcript)]


def times(transcript: ac.Transcript) -> list[tuple[float | None, float | None]]:
    return [(turn.starts_at, turn.ends_at) for turn in transcript.turns]


def told(transcript: ac.Transcript) -> str:
    return "\n".join(transcript.notes)


def packed(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(*body: str, namespace: str = W, **parts: str) -> bytes:
    """A Word file with a body; `parts` are other members of its folder, `comments="<w:comment>…"`."""
    spaces = f'xmlns:w="{namespace}" xmlns:mc="{MC}"'
    roots = {"comments": "comments", "footnotes": "footnotes", "header1": "hdr", "styles": "styles"}
    members: dict[str, str | bytes] = {
        f"word/{name}.xml": f"<w:{roots[name]} {spaces}>{content}</w:{roots[name]}>" for name, content in parts.items()
    }
    members["word/document.xml"] = f"<w:document {spaces}><w:body>{''.join(body)}</w:body></w:document>"
    return packed(members)


def p(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; a bare string is a run."""
    inside = "".join(text if text.startswith("<") else r(text) for text in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run, where a tab and a line break are written as Word does."""
    signs = {"\t": "<w:tab/>", "\n": "<w:br/>"}
    inside = "".join(signs.get(sign) or f'<w:t xml:space="preserve">{sign}</w:t>' for sign in text)
    return f"<w:r><w:rPr>{properties}</w:rPr>{inside}</w:r>"


def b(text: str) -> str:
    return r(text, "<w:b/>")


def tr(*cells: str) -> str:
    """A row; a cell is a text, or its XML from `<w:tc>` on."""
    return "<w:tr>" + "".join(c if c.startswith("<w:tc") else f"<w:tc>{p(c)}</w:tc>" for c in cells) + "</w:tr>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


# --- Real files: the facts of INDEX.csv, typed from it -------------------------------------------------------------

TURNS = {
    "docx/dedoose-like_coder_a.docx": 8,
    "docx/dedoose-like_coder_b.docx": 8,
    "docx/dedoose-like_coder_c.docx": 8,
    "docx/qualcoder_ID1.docx": 3,
    "docx/word_footnotes.docx": 1,
    "docx/word_table_header-rowspan.docx": 81,
    "odt/qualcoder_ID2.odt": 3,
}
WORDS = {
    "docx/word_footnotes.docx": ["Ouch."],
    "docx/word_strict-ooxml.docx": ["Test"],
    "docx/word_text-box.docx": ["Datum plane"],
    "docx/word_track-changes_deletion.docx": ["This is a text with a deletion."],
    "docx/word_track-changes_insertion.docx": ["This is a text with two exciting insertions."],
    "docx/word_track-changes_move.docx": [
        "Here is some text.",
        "Here is the text to be moved.",
        "Here is some more text.",
    ],
    "docx/word_utf8-bom-in-xml.docx": ["This XML has a byte order mark."],
    "rtf/google-docs_line-breaks.rtf": ["Asdf", "Asdf", "Asdf"],
    "rtf/simple-table.rtf": ["foo", "bar", "1", "1"],
    "rtf/textedit-mac_line-breaks.rtf": ["A", "B", "C"],
    "rtf/unicode-escapes.rtf": ["柔道"],
}
NOTES = {
    "docx/dedoose-like_coder_a.docx": "6 comments are not read as speech",
    "docx/dedoose-like_coder_b.docx": "5 comments are not read as speech",
    "docx/dedoose-like_coder_c.docx": "5 comments are not read as speech",
    "docx/word_comments_overlapping.docx": "5 comments are not read as speech",
    "docx/word_footnotes.docx": "footnotes are not read as speech",
    "docx/word_text-box.docx": "1 text box read after the paragraph that holds it",
    "docx/word_track-changes_deletion.docx": "0 insertions taken, 1 deletion left out",
    "docx/word_track-changes_insertion.docx": "1 insertion taken, 0 deletions left out",
    "docx/word_track-changes_move.docx": "1 moved passage read where moved to",
}


def real(name: str) -> ac.Transcript:
    [transcript] = ac.read_transcripts(FILES / name)
    return transcript


@real_files
@pytest.mark.parametrize("name", TURNS)
def test_a_real_file_has_as_many_turns_as_paragraphs_with_words(name):
    assert len(real(name).turns) == TURNS[name]


@real_files
@pytest.mark.parametrize("name", WORDS)
def test_a_real_file_says_what_stands_on_its_page(name):
    assert words(real(name)) == WORDS[name]


@real_files
@pytest.mark.parametrize("name", NOTES)
def test_what_is_left_out_of_a_real_file_is_told(name):
    assert NOTES[name] in told(real(name))


@real_files
def test_the_words_that_real_comments_mark_stay_and_the_comments_do_not_come_in():
    text = real("docx/word_comments_overlapping.docx").text
    for anchor in ("some text to have a comment ", "a new paragraph.\nAnd so", "more", "comment in a comment"):
        assert anchor in text
    assert "This one has multiple paragraphs." not in text


@real_files
def test_deleted_words_stand_nowhere_in_a_real_file():
    assert "n excessively modified" not in real("docx/word_track-changes_deletion.docx").text


@real_files
def test_a_real_monologue_keeps_its_last_words_and_signs():
    assert real("docx/qualcoder_ID1.docx").text.endswith("I'm happy to pay €200.\n")


@real_files
def test_every_cell_of_a_real_table_with_merged_cells_stands_once():
    assert words(real("docx/word_table_header-rowspan.docx"))[:9] == list("ABCDEFGHI")
    assert words(real("docx/word_table_header-rowspan.docx"))[9:] == list("12345678") * 9


@real_files
def test_a_real_think_aloud_session_has_the_moderator_as_its_only_label_and_that_is_told():
    transcript = real("odt/serdif_P7_think-aloud.odt")
    assert [turn.speaker for turn in transcript.turns] == ["MODERATOR"] * 5
    assert transcript.text.startswith("1 Read the ‘Home’ tab information.\n")
    assert 'only "MODERATOR" is a label here, so 106 paragraphs without one are read as theirs' in told(transcript)
    assert "20 paragraphs outside the labelled turns belong to no turn" in told(transcript)


@real_files
def test_a_real_rtf_for_maxqda_has_no_fallback_signs_in_it():
    [text] = words(real("rtf/pandoc-for-maxqda_portuguese.rtf"))
    assert text.startswith("16296- ant. 1806, Agosto, 11 REQUERIMENTO")
    assert "príncipe regente D. João" in text
    assert "?" not in text


# --- Who speaks ----------------------------------------------------------------------------------------------------

DIALOGUE = [("Ana", "What helped?"), ("Ben", "My manager, truly."), ("Ana", "And?"), ("Ben", "Soup.")]
LAYOUTS = {
    "labels": [p("Ana: What helped?"), p("Ben: My manager,"), p("truly."), p("Ana: And?"), p("Ben: Soup.")],
    "bold labels": [p(b("Ana:"), " What helped?"), p(b("Ben:"), " My manager, truly."), p(b("Ana"), ": And?"),
                    p(b("Ben:"), "\tSoup.")],
    "bold names": [p(b("Ana"), " What helped?"), p(b("Ben "), "My manager,"), p("truly."), p(b("Ana"), "\tAnd?"),
                   p(b("Ben"), "\nSoup.")],
    "bold names by themselves": [p(b("Ana")), p("What helped?"), p(b("Ben")), p("My manager,"), p("truly."),
                                 p(b("Ana")), p("And?"), p(b("Ben")), p("Soup.")],
    "labels by themselves": [p("Ana:"), p("What helped?"), p("Ben:"), p("My manager,"), p("truly."), p("Ana:"),
                             p("And?"), p("Ben:"), p("Soup.")],
    "lines of one paragraph": [p("Ana: What helped?\nBen: My manager,\ntruly.\nAna: And?\nBen: Soup.")],
    "blank paragraphs between": [p("Ana: What helped?"), p(""), p("Ben: My manager, truly."), p(" "), p("Ana: And?"),
                                 p(""), p("Ben: Soup.")],
    "labels in brackets": [p("[Ana] What helped?"), p("[Ben] My manager, truly."), p("[Ana] And?"), p("[Ben] Soup.")],
    "a table": [tbl(tr("Ana", "What helped?"), tr("Ben", "My manager, truly."), tr("Ana", "And?"), tr("Ben", "Soup."))],
    "a table with a header": [tbl(tr("Text", "Sprecher:in"), tr("What helped?", "Ana"), tr("My manager, truly.", "Ben"),
                                  tr("And?", "Ana"), tr("Soup.", "Ben"))],
    "a table of lines with labels": [tbl(tr("1", "Ana: What helped?"), tr("2", "Ben: My manager, truly."),
                                         tr("3", "Ana: And?"), tr("4", "Ben: Soup."))],
    "a table a page": [tbl(tr("Speaker", "Words"), tr("Ana", "What helped?")), p(""),
                       tbl(tr("Speaker", "Words"), tr("Ben", "My manager, truly.")),
                       tbl(tr("Ana", "And?"), tr("Ben", "Soup."))],
    "names with a colon in a table": [tbl(tr("Ana:", "What helped?"), tr("Ben:", "My manager, truly."),
                                          tr("Ana:", "And?"), tr("Ben:", "Soup."))],
    "a table within a table": [tbl(tr(tc(tbl(tr("Ana", "What helped?"), tr("Ben", "My manager, truly."),
                                             tr("Ana", "And?"), tr("Ben", "Soup.")) + p(""))))],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_dialogue_is_read_from_every_layout_that_typists_use(read, layout):
    assert said(read(docx(*LAYOUTS[layout]))) == DIALOGUE


TIMED = [("Ana", "What helped?"), ("Ben Li", "My manager. Soup."), ("Ana", "And?")]
TIMED_LAYOUTS = {
    "Teams": [p(b("Ana"), "   0:03\nWhat helped?"), p(b("Ben Li"), "   0:09\nMy manager.\nSoup."),
              p(b("Ana"), "   1:02\nAnd?")],
    "Otter": [p("Ana  0:03"), p("What helped?"), p(""), p("Ben Li  0:09"), p("My manager. Soup."), p(""),
              p("Ana  1:02"), p("And?")],
    "Rev": [p("Ana (00:03):"), p("What helped?"), p("Ben Li (00:09):"), p("My manager. Soup."), p("Ana (01:02):"),
            p("And?")],
    "brackets behind names": [p("Ana [00:00:03]"), p("What helped?"), p("Ben Li [00:00:09]"), p("My manager. Soup."),
                              p("Ana [00:01:02]"), p("And?"), p("Ben Li [00:02:00]")],
    "brackets before labels": [p("[00:00:03] Ana: What helped?"), p("[00:00:09] Ben Li: My manager. Soup."),
                               p("[00:01:02] Ana: And?")],
    "times above labels": [p("[00:00:03]"), p("Ana: What helped?"), p("[00:00:09]"), p("Ben Li: My manager. Soup."),
                           p("00:01:02"), p("Ana: And?")],
    "a table": [tbl(tr("0:03", "Ana", "What helped?"), tr("0:09", "Ben Li", "My manager. Soup."),
                    tr("1:02", "Ana", "And?"))],
    "another order": [tbl(tr("Locuteur", "Propos", "Minutage"), tr("Ana", "What helped?", "00:00:03"),
                          tr("Ben Li", "My manager. Soup.", "00:00:09"), tr("Ana", "And?", "00:01:02"))],
    "times and labelled words": [tbl(tr("0:03", "Ana: What helped?"), tr("0:09", "Ben Li: My manager. Soup."),
                                     tr("1:02", "Ana: And?"))],
    "times beside names": [tbl(tr("Ana\n[00:03]", "What helped?"), tr("Ben Li\n[00:09]", "My manager. Soup."),
                               tr("Ana\n[01:02]", "And?"))],
}  # fmt: skip


@pytest.mark.parametrize("layout", TIMED_LAYOUTS)
def test_times_are_kept_as_times_and_out_of_the_words_in_every_layout(read, layout):
    transcript = read(docx(*TIMED_LAYOUTS[layout]))
    assert said(transcript) == TIMED
    assert [turn.starts_at for turn in transcript.turns] == [3.0, 9.0, 62.0]


def test_a_time_at_the_end_of_a_paragraph_says_when_it_ended_as_f4_has_it(read):
    transcript = read(docx(p("I: Really? #00:00:12-5#"), p("P: Yes. #00:00:14-0#"), p("I: Hm. #00:00:15-1#")))
    assert said(transcript) == [("I", "Really?"), ("P", "Yes."), ("I", "Hm.")]
    assert times(transcript) == [(None, 12.5), (None, 14.0), (None, 15.1)]


def test_short_words_with_times_behind_them_are_no_names(read):
    transcript = read(docx(p("I see [0:06]"), p("So we went on for a long while. [0:12]"), p("I see [0:16]"),
                           p("And then there was nothing left to say at all. [0:20]")))  # fmt: skip
    assert {turn.speaker for turn in transcript.turns} == {""}
    assert words(transcript)[0] == "I see"


def test_without_labels_each_paragraph_is_a_turn_without_speaker(read):
    transcript = read(docx(p("It was: not great."), p(""), p("Then it\nwas\tbetter.")))
    assert said(transcript) == [("", "It was: not great."), ("", "Then it was better.")]
    assert transcript.text == "It was: not great.\nThen it was better.\n"


def test_a_title_above_the_first_label_stands_in_the_text_and_in_no_turn(read):
    transcript = read(
        docx(p(b("Interview 3")), p("Leeds, 12 May"), p("I: One?"), p("P: Two."), p("I: Three?"), p("P: Four."))
    )
    assert said(transcript) == [("I", "One?"), ("P", "Two."), ("I", "Three?"), ("P", "Four.")]
    assert transcript.text.startswith("Interview 3\nLeeds, 12 May\nI: One?\n")
    assert "p01.docx:1: 2 paragraphs outside the labelled turns belong to no turn" in told(transcript)


def test_text_beside_a_table_of_turns_is_no_turn_and_is_not_lost(read):
    table = tbl(tr("Ana", "What helped you to stay?"), tr("Ben", "My manager, truly."), tr("Ana", "And what else?"))
    transcript = read(docx(p("Interview 3"), table, p("End.")))
    assert [name for name, _ in said(transcript)] == ["Ana", "Ben", "Ana"]
    assert transcript.text.startswith("Interview 3\nAna: ")
    assert transcript.text.endswith("End.\n")
    assert "p01.docx:1: 2 paragraphs outside the table belong to no turn (the first: Interview 3)" in told(transcript)


def test_bold_that_is_emphasis_or_a_question_is_no_name(read):
    questions = [
        p(b("How long have you been working in this office, and with whom?")), p("Three years."),
        p(b("And what made you stay there in spite of everything you told?")), p("My manager."),
        p(b("Okay")), p("Truly."), p(b("Okay")), p("That was all."),
    ]  # fmt: skip
    transcript = read(docx(*questions))
    assert {turn.speaker for turn in transcript.turns} == {""}
    assert "p01.docx:1: 4 of 8 paragraphs are bold throughout, which may mark who speaks" in told(transcript)
    emphasis = [p(b("Never"), " again."), *(p(f"Sentence {n}.") for n in range(20)), p(b("Never"), " in my life.")]
    assert {turn.speaker for turn in read(docx(*emphasis)).turns} == {""}


def test_bold_names_are_told_with_how_often_they_speak(read):
    transcript = read(docx(*LAYOUTS["bold names"]))
    assert "p01.docx:1: names in bold are read as speakers: Ana (2), Ben (2)" in told(transcript)


def test_bold_comes_from_styles_as_well(read):
    styles = (
        '<w:style w:styleId="Base"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:styleId="Name"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    )
    name = '<w:rStyle w:val="Name"/>'
    body = [
        p(r("Ana", name), " Yes."),
        p(r("Ben", name), r(" No", "<w:b w:val='0'/>"), r(".", '<w:rStyle w:val="Loop"/>')),
        p(r("Ana", name), " Yes?"),
    ]
    transcript = read(docx(*body, styles=styles))
    assert said(transcript) == [("Ana", "Yes."), ("Ben", "No."), ("Ana", "Yes?")]


def test_a_label_that_the_study_lists_counts_when_seen_once(read):
    once = docx(p("A title without any label."), p(b("Ana"), " went home."), p("Ben: Yes."))
    assert said(read(once)) == [("", "A title without any label."), ("", "Ana went home."), ("", "Ben: Yes.")]
    assert said(read(once, speakers=["Ana", "Ben"])) == [("Ana", "went home."), ("Ben", "Yes.")]


def test_a_label_without_words_is_told_and_is_no_turn(read):
    transcript = read(docx(p("I: One?"), p("P:"), p("I: Two?"), p("P: Yes.")))
    assert said(transcript) == [("I", "One?"), ("I", "Two?"), ("P", "Yes.")]
    assert "p01.docx:2: a label without words is no turn" in told(transcript)


# --- Tables --------------------------------------------------------------------------------------------------------


def test_merged_cells_lose_no_words_and_give_none_twice(read):
    above, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = tbl(
        tr("Speaker", "Text", "Notes"),
        tr(tc("Part one", '<w:gridSpan w:val="3"/>')),
        tr(tc("Ana", above), "First line.", "loud"),
        tr(tc("", below), "Second line.", ""),
        tr("Ben", tc("Both columns.", '<w:gridSpan w:val="2"/>')),
        tr("Ana", "", ""),
        tr("", "Who was that?", ""),
    )
    transcript = read(docx(table))
    assert said(transcript) == [
        ("Ana", "First line."), ("Ana", "Second line."), ("Ben", "Both columns."), ("", "Who was that?"),
    ]  # fmt: skip
    assert transcript.text.startswith("Part one\nAna: First line.\n")
    assert 'column 3 of a table ("Notes") is not read as speech (cells with words: 1, the first: loud)' in told(
        transcript
    )
    assert "p01.docx:13: a row with a speaker and without words is no turn" in told(transcript)
    assert "1 row of a table names no speaker" in told(transcript)


def test_a_table_that_is_no_conversation_is_read_cell_by_cell(read):
    facts = tbl(tr("Date", "12 May"), tr("Place", "Leeds"), tr("Length", "40 minutes"))
    transcript = read(docx(facts, p("I: One?"), p("P: Two."), p("I: Three?"), p("P: Four.")))
    assert said(transcript) == [("I", "One?"), ("P", "Two."), ("I", "Three?"), ("P", "Four.")]
    assert transcript.text.startswith("Date\n12 May\nPlace\nLeeds\nLength\n40 minutes\nI: One?\n")


def test_several_paragraphs_in_a_cell_are_one_turn(read):
    cell = tc(p("First.") + p("") + p("Second.") + tbl(tr("Third.")) + p(""))
    assert said(read(docx(tbl(tr("Name", "Text"), tr("Ana", cell))))) == [("Ana", "First. Second. Third.")]


# --- What Word hides in a file -------------------------------------------------------------------------------------

INS, DEL = '<w:ins w:author="x">', '<w:del w:author="x">'
CHANGES = {
    "a wholly inserted paragraph": (
        [p("One."), p(f"{INS}{r('New.')}</w:ins>", properties="<w:rPr><w:ins/></w:rPr>"), p("Two.")],
        ["One.", "New.", "Two."], "1 insertion taken, 0 deletions left out",
    ),
    "a wholly deleted paragraph": (
        [p("One."), p(f"{DEL}<w:r><w:delText>Old.</w:delText></w:r></w:del>", properties="<w:rPr><w:del/></w:rPr>"),
         p("Two.")],
        ["One.", "Two."], "0 insertions taken, 1 deletion left out",
    ),
    "a deleted end of a paragraph": (
        [p("One ", properties="<w:rPr><w:del/></w:rPr>"), p("and two.")],
        ["One and two."], "0 insertions taken, 1 deletion left out",
    ),
    "an inserted blank paragraph": (
        [p("One."), p("", properties="<w:rPr><w:ins/></w:rPr>")], ["One."], "1 insertion taken, 0 deletions left out",
    ),
    "words deleted within words inserted": (
        [p("One", f"{INS}{r(' two')}{DEL}<w:r><w:delText> three</w:delText></w:r></w:del></w:ins>", ".")],
        ["One two."], "1 insertion taken, 1 deletion left out",
    ),
    "deleted words that an old program wrote as text": (
        [p("One", f"{DEL}{r(' two')}</w:del>", ".")], ["One."], "0 insertions taken, 1 deletion left out",
    ),
    "a deleted row": (
        [tbl(tr("One."), "<w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p("Old.") + "</w:tc></w:tr>")],
        ["One."], "0 insertions taken, 1 deletion left out",
    ),
    "a moved passage": (
        [p(f"<w:moveTo>{r('Moved.')}</w:moveTo>"), p("One."), p(f"<w:moveFrom>{r('Moved.')}</w:moveFrom>")],
        ["Moved.", "One."], "0 insertions taken, 0 deletions left out, 1 moved passage read where moved to",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_tracked_changes_are_read_as_if_accepted_and_counted(read, change):
    body, expected, note = CHANGES[change]
    transcript = read(docx(*body))
    assert words(transcript) == expected
    assert note in told(transcript)


def box(text: str) -> str:
    return f"<w:txbxContent>{p(text)}</w:txbxContent>"


INSIDE = {
    "line breaks and tabs": (p("One\ntwo\tthree"), "One two three"),
    "a hyphen that does not break": (p("<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t></w:r>"), "e\u2011mail"),
    "a soft hyphen": (p("<w:r><w:t>inter</w:t><w:softHyphen/><w:t>view</w:t></w:r>"), "inter\u00adview"),
    "a symbol": (p('<w:r><w:t>ok </w:t><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'), "ok ☺"),
    "a link": (p("See ", f"<w:hyperlink>{r('the page')}</w:hyperlink>"), "See the page"),
    "a content control": (p(f"<w:sdt><w:sdtPr/><w:sdtContent>{r('Inside')}</w:sdtContent></w:sdt>", "."), "Inside."),
    "a smart tag": (p(f"<w:smartTag>{r('Leeds')}</w:smartTag>", "."), "Leeds."),
    "a field": (
        p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText>'
          '<w:fldChar w:fldCharType="separate"/><w:t>7</w:t><w:fldChar w:fldCharType="end"/></w:r>'), "7",
    ),
    "a simple field": (p(f'<w:fldSimple w:instr="DATE">{r("12 May")}</w:fldSimple>'), "12 May"),
    "reading aids above a word": (
        p(f"<w:r><w:ruby><w:rt>{r('おと')}</w:rt><w:rubyBase>{r('音')}</w:rubyBase></w:ruby></w:r>"), "音",
    ),
    "a formula": (p("so ", "<m:oMath xmlns:m='urn:m'><m:r><m:t>x+1</m:t></m:r></m:oMath>"), "so x+1"),
    "a text box in two forms": (
        p(f"<w:r><mc:AlternateContent><mc:Choice>{box('Once')}</mc:Choice><mc:Fallback><w:pict>{box('Once')}</w:pict>"
          "</mc:Fallback></mc:AlternateContent></w:r>"), "Once",
    ),
    "a text box in the old form only": (
        p(f"<w:r><mc:AlternateContent><mc:Choice/><mc:Fallback>{box('Old')}</mc:Fallback></mc:AlternateContent></w:r>"),
        "Old",
    ),
    "odd white space of the XML": ("<w:p><w:r><w:t>One\n  two</w:t></w:r><!-- a comment --><?pi?></w:p>", "One   two"),
    "a line of another kind": (p("One\u2028two"), "One two"),
    "a blank that does not break": (p("10\u00a0euros"), "10\u00a0euros"),
}  # fmt: skip


@pytest.mark.parametrize("kind", INSIDE)
def test_what_stands_in_a_paragraph_is_read_as_a_person_sees_it(read, kind):
    body, expected = INSIDE[kind]
    transcript = read(docx(body))
    assert transcript.text == f"{expected}\n"


def test_a_symbol_of_an_unknown_font_is_told(read):
    transcript = read(docx(p("Hm", '<w:r><w:sym w:font="Odd" w:char="F0AA"/></w:r>')))
    assert transcript.text == "Hm\ufffd\n"
    assert '1 sign of the font "Odd" not known here and kept as U+FFFD' in told(transcript)


def test_hidden_text_is_left_out_and_told(read):
    transcript = read(docx(p("Seen", r(" unseen", "<w:vanish/>"), r(".", '<w:vanish w:val="false"/>'))))
    assert words(transcript) == ["Seen."]
    assert "1 stretch of hidden text left out (the first:  unseen)" in told(transcript)


def test_comments_notes_and_headers_are_no_speech_and_are_counted(read):
    transcript = read(
        docx(
            p("I: One?", '<w:r><w:commentReference w:id="1"/><w:footnoteReference w:id="1"/></w:r>'),
            p("P: Two."),
            p("I: Three?"),
            comments=f'<w:comment w:id="1">{p("support")}{p("a memo")}</w:comment>',
            footnotes=f'<w:footnote w:type="separator">{p("<w:r><w:separator/></w:r>")}</w:footnote>'
            f"<w:footnote>{p('A note.')}</w:footnote><w:footnote>{p('Another.')}</w:footnote>",
            header1=p("Study 12"),
        )
    )
    assert words(transcript) == ["One?", "Two.", "Three?"]
    assert "1 comment is not read as speech; they can be coding" in told(transcript)
    assert "(the first: support a memo)" in told(transcript)
    assert "2 footnotes are not read as speech (the first: A note.)" in told(transcript)
    assert "1 page header is not read as speech (the first: Study 12)" in told(transcript)


def test_the_strict_form_and_a_text_under_another_name_are_read(read):
    strict = docx(p("I: One?"), p("P: Two."), p("I: Three?"), namespace=STRICT)
    assert words(read(strict)) == ["One?", "Two.", "Three?"]
    elsewhere = packed(
        {
            "_rels/.rels": '<Relationships xmlns="r"><Relationship Type="x/officeDocument" '
            'Target="/word/document2.xml"/></Relationships>',
            "word/document2.xml": f'\ufeff<w:document xmlns:w="{W}"><w:body>{p("Here.")}</w:body></w:document>',
        }
    )
    assert words(read(elsewhere)) == ["Here."]


# --- OpenDocument --------------------------------------------------------------------------------------------------

ODF = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{short}="{ODF}:{name}:1.0"'
    for short, name in {
        **{name: name for name in ("office", "text", "table", "style")},
        **{"draw": "drawing", "fo": "xsl-fo-compatible", "svg": "svg-compatible"},
    }.items()
)


def odt(*text: str, styles: str = "", **members: str) -> bytes:
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{''.join(text)}</office:text></office:body>"
            "</office:document-content>",
            **members,
        }
    )


def tp(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    f"<text:note-body>{tp('A note.')}</text:note-body></text:note>"
)
ODT_INSIDE = {
    "blanks, tabs and line breaks": (tp('One<text:s text:c="2"/>two<text:tab/>three<text:line-break/>four'),
                                     "One  two three four"),
    "white space of the XML": (tp("One\n   <text:span> two</text:span>"), "One two"),
    "a heading": ("<text:h>A title</text:h>", "A title"),
    "a list": (f"<text:list><text:list-item>{tp('A point')}</text:list-item></text:list>", "A point"),
    "a section": (f"<text:section>{tp('Inside')}</text:section>", "Inside"),
    "a link": (tp("See <text:a>the page</text:a>."), "See the page."),
    "reading aids": (tp("<text:ruby><text:ruby-base>音</text:ruby-base><text:ruby-text>o</text:ruby-text></text:ruby>"),
                     "音"),
    "a picture with a caption for the blind": (
        tp("Seen<draw:frame><svg:title>t</svg:title><svg:desc>A dog</svg:desc></draw:frame>."), "Seen."),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODT_INSIDE)
def test_what_stands_in_an_odt_is_read_as_a_person_sees_it(read, kind):
    body, expected = ODT_INSIDE[kind]
    assert read(odt(body), "p01.odt").text == f"{expected}\n"


def test_a_part_with_an_error_that_the_parser_tells_in_several_lines_is_refused_in_one(read):
    with pytest.raises(TranscriptError, match="is no readable XML") as raised:
        read(odt(**{"content.xml": "<\0w\0>\0"}), "p01.odt")
    assert len(str(raised.value).splitlines()) == 1


def test_an_odt_with_changes_notes_comments_boxes_and_hidden_words_has_only_what_is_said(read):
    changes = (
        f"<text:tracked-changes><text:changed-region><text:deletion>{tp('Old words.')}</text:deletion>"
        "</text:changed-region><text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>"
    )
    hidden = '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    comment = f"<office:annotation>{tp('support')}</office:annotation>"
    drawn = f"<draw:frame><draw:text-box>{tp('In a box.')}</draw:text-box></draw:frame>"
    shape = f"<draw:custom-shape>{tp('In a shape.')}</draw:custom-shape>"
    transcript = read(
        odt(
            changes,
            tp(f"One{NOTE}<text:change-start/> two<text:change-end/>{comment}."),
            tp(f'Seen<text:span text:style-name="H"> unseen</text:span>.{drawn}{shape}'),
            styles=hidden,
        ),
        "p01.odt",
    )
    assert words(transcript) == ["One two.", "Seen.", "In a box.", "In a shape."]
    for note in (
        "1 insertion taken, 1 deletion left out",
        "1 footnote is not read as speech (the first: A note.)",
        "1 comment is not read as speech; they can be coding",
        "1 stretch of hidden text is not read as speech (the first: unseen)",
        "2 text boxes read after the paragraph that holds it",
    ):
        assert note in told(transcript)


def test_an_odt_knows_bold_names_by_their_styles(read):
    styles = (
        '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="C" style:parent-style-name="B"/>'
    )
    name = '<text:span text:style-name="{}">{}</text:span>'
    body = [
        tp(f"{name.format('B', 'Ana')} Yes."),
        tp(f"{name.format('C', 'Ben')} No."),
        tp(f"{name.format('B', 'Ana')} Hm."),
    ]
    assert said(read(odt(*body, styles=styles), "p01.odt")) == [("Ana", "Yes."), ("Ben", "No."), ("Ana", "Hm.")]


def test_a_table_of_an_odt_is_a_row_a_turn_with_merged_cells(read):
    def row(*cells: str) -> str:
        return "<table:table-row>" + "".join(cells) + "</table:table-row>"

    def cell(text: str, about: str = "") -> str:
        return f"<table:table-cell {about}>{tp(text)}</table:table-cell>"

    covered = "<table:covered-table-cell/>"
    body = "".join(
        [
            "<table:table><table:table-column/>",
            f"<table:table-header-rows>{row(cell('Name'), cell('Text'))}</table:table-header-rows>",
            row(cell("Part one", 'table:number-columns-spanned="2"'), covered),
            row(cell("Ana", 'table:number-rows-spanned="2"'), cell("First line.")),
            row(covered, cell("Second line.")),
            row(cell("Ben"), cell("Third.")),
            "</table:table>",
        ]
    )
    transcript = read(odt(body), "p01.odt")
    assert said(transcript) == [("Ana", "First line."), ("Ana", "Second line."), ("Ben", "Third.")]
    assert transcript.text.startswith("Part one\n")


# --- RTF -----------------------------------------------------------------------------------------------------------


FONTS = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset128 Mincho;}}"


def rtf(*paragraphs: str) -> bytes:
    body = "\n".join(rf"\pard {paragraph}\par" for paragraph in paragraphs)
    return (r"{\rtf1\ansi\ansicpg1252\uc1" + FONTS + f"\n{body}}}").encode("latin-1")


RTF_INSIDE = {
    "an emoji as two halves": (r"soup \u-10179?\u-8638? good", "soup 🙂 good"),
    "a half of an emoji": (r"soup \u-10179? good", "soup \ufffd good"),
    "a letter with its fallback": (r"pr\u237?ncipe", "príncipe"),
    "a fallback of bytes": (r"\uc2\u26580\'8f\'5f\u-28589\'93\'b9 ok", "柔道 ok"),
    "no fallback": (r"\uc0\u233 t\u233 ", "été"),
    "a sign as fallback": (r"a\u8212\emdash b", "a—b"),
    "bytes of the code page": (r"M\'fcller \'80 5", "Müller € 5"),
    "bytes of a font": (r"{\f1\'cf\'f0\'e8\'e2\'e5\'f2}", "Привет"),
    "letters of two bytes": (r"{\f2\'83e\'83\'58\'83g}", "テスト"),
    "bytes as they stand": ("M\xfcller", "Müller"),
    "signs with names": (r"a\emdash b\~c\_d\{e\}\\\ldblquote f\rdblquote\line g\tab h", "a—b\xa0c\u2011d{e}\\“f” g h"),
    "a link": (r'{\field{\*\fldinst{HYPERLINK "https://x.example"}}{\fldrslt{the page}}}', "the page"),
    "a bookmark and an unknown thing": (r"{\*\bkmkstart x}a{\*\bkmkend x}{\*\unheard of}b", "ab"),
    "a number of a list": (r"{\listtext\'b7\tab}A point", "A point"),
    "a picture with bytes": (r"a{\pict\bin5 }{}}}}b", "ab"),
    "words for old and new programs": (r"{\upr{old}{\*\ud{new}}}", "old"),
}  # fmt: skip
RTF_INSIDE["a fallback of bytes"] = (
    r"\uc2\u26580\'8f\'5f\u-28947\'93\'b9 ok",
    "柔軭 ok".replace("軭", chr(65536 - 28947)),
)


@pytest.mark.parametrize("kind", RTF_INSIDE)
def test_what_stands_in_an_rtf_is_read_as_a_person_sees_it(read, kind):
    body, expected = RTF_INSIDE[kind]
    assert read(rtf(body), "p01.rtf").text == f"{expected}\n"


def test_an_rtf_of_f4_has_its_times_at_the_ends_of_paragraphs(read):
    body = [r"{\b I:} Really? #00:00:12-5#", r"{\b P:} Yes \u-10179?\u-8638? #00:00:14-0#", r"{\b I:} Hm. #00:00:15-1#"]
    transcript = read(rtf(*body), "p01.rtf")
    assert said(transcript) == [("I", "Really?"), ("P", "Yes 🙂"), ("I", "Hm.")]
    assert times(transcript) == [(None, 12.5), (None, 14.0), (None, 15.1)]


def test_an_rtf_knows_bold_names(read):
    transcript = read(rtf(r"{\b Ana} Yes.", r"\b Ben\b0  No.", r"\b Ana\plain  Hm."), "p01.rtf")
    assert said(transcript) == [("Ana", "Yes."), ("Ben", "No."), ("Ana", "Hm.")]


def test_deleted_and_hidden_words_comments_and_notes_of_an_rtf_are_left_out_and_counted(read):
    transcript = read(
        rtf(
            r"One{\deleted  old}{\revised  new}{\v  unseen}.{\chftn}{\footnote\pard A note.}",
            r"{\*\atnid AB}{\*\atnauthor Ana}{\*\annotation support}Two.{\header Study 12\par}",
            r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt In a box.\par}}{\shprslt{In a box.}}}Three.",
        ),
        "p01.rtf",
    )
    assert words(transcript) == ["One new.", "Two.", "Three."]
    for note in (
        "1 insertion taken, 1 deletion left out",
        "1 stretch of hidden text left out (the first:  unseen)",
        "1 footnote is not read as speech (the first: A note.)",
        "1 comment is not read as speech; they can be coding (the first: support)",
        "1 page header is not read as speech (the first: Study 12)",
        "1 text box is not read as speech (the first: In a box.)",
    ):
        assert note in told(transcript)


def test_a_table_of_an_rtf_is_a_row_a_turn_whatever_signs_are_in_it(read):
    edges = r"\trowd\cellx1000\cellx5000\cellx6000 "
    rows = [("Ana", "This | or that?", "0:03"), ("Ben", "Neither, really.", "0:09"), ("Ana", "And why not?", "0:12")]
    table = "".join(rf"{edges}\pard\intbl {a}\cell {b}\cell {c}\cell\row " for a, b, c in rows)
    heading = r"\trowd\cellx6000\pard\intbl Part two\cell\row "
    transcript = read(rtf(r"Interview 3\par " + heading + table + r"\pard The end."), "p01.rtf")
    assert said(transcript) == [(who, what) for who, what, _ in rows]
    assert [turn.starts_at for turn in transcript.turns] == [3.0, 9.0, 12.0]
    assert transcript.text.splitlines()[:2] == ["Interview 3", "Part two"]
    assert transcript.text.endswith("The end.\n")


def test_a_merged_cell_of_an_rtf_goes_on_the_one_above(read):
    first, then = r"\trowd\clvmgf\cellx1000\cellx5000 ", r"\trowd\clvmrg\cellx1000\cellx5000 "
    rows = [(first, "Ana", "What was it?"), (then, "", "Tell me more."), (first, "Ben", "It was soup.")]
    table = "".join(rf"{edges}\pard\intbl {a}\cell {b}\cell\row " for edges, a, b in rows)
    header = r"\trowd\cellx1000\cellx5000\pard\intbl Name\cell Text\cell\row "
    transcript = read(rtf(header + table + r"\pard"), "p01.rtf")
    assert said(transcript) == [("Ana", "What was it?"), ("Ana", "Tell me more."), ("Ben", "It was soup.")]


def test_an_rtf_that_was_cut_off_is_read_and_told(read):
    transcript = read(rtf("I: One?", "P: Two.", "I: Three?")[:-1], "p01.rtf")
    assert words(transcript) == ["One?", "Two.", "Three?"]
    assert "ends in the middle of a group" in told(transcript)


def test_bytes_that_a_code_page_does_not_have_are_told(read):
    transcript = read(rtf(r"a\'81b"), "p01.rtf")
    assert transcript.text == "a\ufffdb\n"
    assert "letters that its code page does not have (1x) became U+FFFD" in told(transcript)


# --- Any words -----------------------------------------------------------------------------------------------------

# Without colons nothing in the words is a label or a time. Letters that XML cannot hold are left out.
ANY_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=":：\ufffe\uffff"),
    max_size=40,
).map(lambda text: " ".join(f"a{text}z".split()))


def rtf_escaped(text: str) -> str:
    units = text.encode("utf-16-le")
    codes = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    return "".join(f"\\u{code}?" for code in codes)


@given(st.lists(ANY_WORDS, min_size=4, max_size=6))
def test_any_words_come_back_to_the_character_from_all_three_formats(spoken):
    turns = [("IP"[at % 2], text) for at, text in enumerate(spoken)]
    written = {
        "p.docx": docx(*(f"<w:p><w:r><w:t>{name}: {escape(text)}</w:t></w:r></w:p>" for name, text in turns)),
        "p.odt": odt(*(tp(f"{name}: {escape(text)}") for name, text in turns)),
        "p.rtf": rtf(*(f"{name}: {rtf_escaped(text)}" for name, text in turns)),
    }
    for name, content in written.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            [transcript] = ac.read_transcripts(path)
        assert said(transcript) == turns, name
        assert transcript.text == "".join(f"{name}: {text}\n" for name, text in turns)


# --- Bad files -----------------------------------------------------------------------------------------------------

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + f']><w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&m;</w:t></w:r></w:p></w:body></w:document>'
)
DEEP = "<w:sdt>" * 5000 + "</w:sdt>" * 5000
LOCKED_ODT = {
    "META-INF/manifest.xml": '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>',
}


def unpacked(name: str, content: bytes) -> bytes:
    """A ZIP that holds a member as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def encrypted_member(data: bytes) -> bytes:
    """The ZIP with the mark that its members are encrypted."""
    out = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = 0
        while (place := data.find(signature, place)) >= 0:
            (flags,) = struct.unpack_from("<H", out, place + at)
            struct.pack_into("<H", out, place + at, flags | 1)
            place += 4
    return bytes(out)


def damaged(data: bytes) -> bytes:
    """The ZIP with one wrong byte in the words."""
    place = data.index(b"word/document.xml") + 40
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


GOOD = docx(*(p(f"I: This is sentence number {n} of the interview.") for n in range(50)))
BAD = {
    "a DOC renamed DOCX": ("p.docx", OLE + "WordDocument".encode("utf-16-le"), "is a file of an old Office"),
    "a DOCX with a password": ("p.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "an encrypted ZIP": ("p.docx", encrypted_member(GOOD), "protected by a password"),
    "an ODT with a password": ("p.odt", odt(tp("x"), **LOCKED_ODT), "protected by a password"),
    "a ZIP bomb": ("p.docx", packed({"word/document.xml": b" " * 60_000_000}), "swells more than 250 times"),
    "a text of 16 MB": ("p.docx", unpacked("word/document.xml", bytes(16_000_000)), "is larger than 15 MB"),
    "a billion laughs": ("p.docx", packed({"word/document.xml": LAUGHS}), "holds a DTD"),
    "a billion laughs in UTF-16": ("p.docx", packed({"word/document.xml": LAUGHS.encode("utf-16")}),
                                   "no readable XML|holds a DTD"),
    "a billion laughs in an ODT": ("p.odt", packed({"content.xml": LAUGHS}), "holds a DTD"),
    "XML without end": ("p.docx", packed({"word/document.xml": "<w:document"}), "is no readable XML"),
    "XML of great depth": ("p.docx", docx(DEEP), "is no readable XML"),
    "a DOCX without text": ("p.docx", docx(p(""), p(" \n")), "holds no text"),
    "a DOCX whose text is deleted": ("p.docx", docx(p(f"{DEL}{r('old')}</w:del>")), "1 deletion left out"),
    "a DOCX without a body": ("p.docx", packed({"word/document.xml": f'<w:document xmlns:w="{W}"/>'}), "holds no text"),
    "a ZIP cut off": ("p.docx", GOOD[: len(GOOD) // 2], "is a damaged DOCX file"),
    "a damaged ZIP": ("p.docx", damaged(GOOD), "is damaged"),
    "a ZIP without a document": ("p.docx", packed({"a.txt": "x"}), "lacks word/document.xml"),
    "a workbook named DOCX": ("p.docx", packed({"word/document.xml": "<workbook/>"}), "is no Word document"),
    "a text named DOCX": ("p.docx", b"I: One?\nP: Two.\n", "is no DOCX file"),
    "a PDF named DOCX": ("p.docx", b"%PDF-1.7\n", "is a PDF"),
    "an RTF named DOCX": ("p.docx", rtf("One."), "rename it to .rtf"),
    "a DOCX of no bytes": ("p.docx", b"", "is empty"),
    "a DOCX of NULs": ("p.docx", bytes(500), "is empty"),
    "an ODT without text": ("p.odt", odt(tp("")), "holds no text"),
    "a spreadsheet named ODT": ("p.odt", packed({"content.xml": "<a><body><spreadsheet/></body></a>"}),
                                "is an OpenDocument file but no text"),
    "an RTF that is none": ("p.rtf", b"I: One?\n", "is no RTF"),
    "a DOCX named RTF": ("p.rtf", GOOD, "is a Word file"),
    "an RTF of great depth": ("p.rtf", b"{\\rtf1" + b"{" * 5000, "nests groups more than 1000 deep"),
    "an RTF without text": ("p.rtf", rtf(""), "holds no text"),
    "an RTF of no bytes": ("p.rtf", b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_in_one_sentence_that_names_it(read, kind):
    name, content, reason = BAD[kind]
    with pytest.raises(TranscriptError, match=reason) as error:
        read(content, name)
    message = str(error.value)
    assert f"{name}: " in message
    assert "\n" not in message
    assert ";" in message  # the next step


def test_two_files_of_one_name_in_two_folders_are_two_transcripts(tmp_path):
    for site, answer in (("siteA", "Soup."), ("siteB", "A leaflet.")):
        (tmp_path / site).mkdir()
        (tmp_path / site / "Interview 1.docx").write_bytes(docx(p("I: What helped?"), p(f"P: {answer}"), p("I: And?")))
    (tmp_path / "siteB" / "Copy of 1.docx").write_bytes((tmp_path / "siteB" / "Interview 1.docx").read_bytes())
    transcripts = {transcript.id: transcript for transcript in ac.read_transcripts(tmp_path)}
    assert list(transcripts) == ["siteA/Interview 1", "siteB/Copy of 1", "siteB/Interview 1"]
    assert words(transcripts["siteA/Interview 1"])[1] == "Soup."
    assert "says the same as" in told(transcripts["siteB/Interview 1"])


@pytest.mark.parametrize("names", [("Zoë.docx", "Zoe\u0308.docx"), ("P01.docx", "p01.docx"), ("p01.docx", "p01.txt")])
def test_names_that_some_computers_cannot_tell_apart_are_refused(tmp_path, names):
    for name, answer in zip(names, ("Soup.", "A leaflet."), strict=True):
        content = docx(p(answer)) if name.endswith("docx") else answer.encode()
        (tmp_path / name).write_bytes(content)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system cannot tell the two names apart either")
    with pytest.raises(TranscriptError, match="has the id"):
        list(ac.read_transcripts(tmp_path))
