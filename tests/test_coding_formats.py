"""Human coding from other programs: tables, Word comments, projects; where each row stands, and the import report."""

from __future__ import annotations

import html
import io
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import shared
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import autocode as ac
from autocode.data import Span
from autocode.errors import ConfigError, InputError
from autocode.locating.carrying import carry
from autocode.reading.human import HumanFiles, read_human

Read = Callable[..., list[ac.Transcript]]

INTERVIEW = """\
I: What helps you to stay?
P1: My manager. She moved two deadlines. I don't know.
I: And the team?
P1: The team was there. I don't know.
"""

CODEBOOK = ac.Codebook(
    id="work",
    codes=(
        ac.Code(id="support", name="Support"),
        ac.Code(id="manager", name="Manager's help", parent="support", aliases=("boss",)),
        ac.Code(id="team", name="Team", parent="support"),
        ac.Code(id="doubt", name="Doubt: not knowing"),
        ac.Code(id="sum", name="=SUM(1)"),
    ),
)


def project(path: Path, *statements: str) -> Path:
    """A SQLite file made by these statements."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def words(coding: ac.Coding, transcripts: list[ac.Transcript]) -> list[tuple[str, str | None]]:
    """Each code with the words it stands on."""
    texts = {transcript.id: transcript.text for transcript in transcripts}
    return [(s.code, texts[s.transcript_id][s.span.start : s.span.end] if s.span else None) for s in coding.segments]


def told(files: HumanFiles | list[ac.Coding] | list[ac.ImportReport]) -> str:
    if isinstance(files, HumanFiles):
        return "\n".join(files.notes)
    return "\n".join(note for each in files for note in each.notes)


def stripped(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", markup))


# --- Taguette ---------------------------------------------------------------------------------------------------

SERDIF = "data/files/taguette/serdif_project_taguette-db-v09c662cd.sqlite3"


def test_the_real_taguette_study_is_read_with_every_highlight_and_tag() -> None:
    path = shared(SERDIF)
    files = read_human(path)
    rows = [row for row in files.rows if row.path == path]
    assert len(rows) == 1930
    assert len({row.line for row in rows}) == 1794 - 1  # one highlight is untagged, and told
    assert len({row.transcript for row in rows}) == 17
    assert len({row.code for row in rows}) == 22
    assert "17 documents, 22 tags and 1794 highlights, read as 1930 rows" in told(files)
    assert "1 highlight without a tag, so no coding; not read" in told(files)
    first = next(row for row in rows if row.line == 1)
    assert (first.transcript, first.quote) == ("P2_GMT20211119.odt", "Okay, I read this and I think the text is clear.")
    assert {row.coder for row in rows} == {path.stem}


def test_the_places_of_the_real_taguette_study_are_bytes_and_fit_every_snippet() -> None:
    path = shared(SERDIF)
    quotes = {row.line: row.quote for row in read_human(path).rows if row.path == path}
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    snippets = {id: stripped(snippet) for id, snippet in connection.execute("SELECT id, snippet FROM highlights")}
    connection.close()
    assert len(quotes) == 1793
    assert [id for id, quote in quotes.items() if "".join(quote.split()) != "".join(snippets[id].split())] == []


@pytest.mark.parametrize("paragraph", ["\n", "\n\n"], ids=["as the program keeps it", "with blank lines between"])
def test_the_real_taguette_study_is_placed_in_transcripts_of_the_same_words(tmp_path: Path, paragraph: str) -> None:
    path = shared(SERDIF)
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    texts, bytes_of = {}, {}
    for id, name, contents in connection.execute("SELECT id, name, contents FROM documents"):
        texts[name] = stripped(contents)
        bytes_of[id] = (name, texts[name].encode())
        (tmp_path / name).with_suffix(".txt").write_text(texts[name].replace("\n", paragraph), encoding="utf-8")
    highlights = connection.execute(
        "SELECT document_id, start_offset, end_offset FROM highlights JOIN highlight_tags ON highlight_id = id"
    ).fetchall()
    connection.close()
    expected: Counter[tuple[str, int, int]] = Counter()
    for document, *ends in highlights:
        name, data = bytes_of[document]
        start, end = (len(data[:end].decode()) for end in ends)
        said = texts[name][start:end]
        start, end = start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip())
        more = [texts[name].count("\n", 0, at) * (len(paragraph) - 1) for at in (start, end)]
        expected[name.removesuffix(".odt"), start + more[0], end + more[1]] += 1
    transcripts = list(ac.read_transcripts(tmp_path))
    (coding,) = ac.codings(path, transcripts)
    found: Counter[tuple[str, int, int]] = Counter()
    for segment in coding.segments:
        text, span = texts[f"{segment.transcript_id}.odt"].replace("\n", paragraph), segment.span
        assert span is not None
        said = text[span.start : span.end]
        lead, tail = len(said) - len(said.lstrip()), len(said) - len(said.rstrip())
        found[segment.transcript_id, span.start + lead, span.end - tail] += 1
    assert (sum(found.values()), found) == (1930, expected)
    report = ac.import_report(path, transcripts)[0]
    assert (report.rows, report.exact + report.folded, report.refused) == (1930, 1930, 0)
    assert len(report.transcripts) == 17
    assert ("placed by the words around them" in told([report])) == (paragraph == "\n\n")


def test_a_taguette_project_stands_where_its_bytes_say_though_the_transcript_has_other_blank_lines() -> None:
    path = shared("data/files/taguette/taguette-1.5.2_project.sqlite3")
    transcripts = list(ac.read_transcripts(shared("data/files/qualcoder/support.qda/documents")))
    (coding,) = ac.codings(path, transcripts)
    assert words(coding, transcripts) == [
        ("support.manager", "My manager. When my mother was ill she moved two deadlines, just like that 🙂."),
        ("=SUM(1)", "she moved two deadlines"),
        ("support.manager", "she moved two deadlines"),
        ("always on", "It’s the “always on” thing – the pings at 10 pm."),
        ("uncertainty & doubt", "I don't know"),
        ("always on", "answer at once, or you're out 👨\u200d👩\u200d👧"),
        ("support.manager", "قالت لي مديرتي: خذي وقتك"),
        ("خذي وقتك", "قالت لي مديرتي: خذي وقتك"),
        ("uncertainty & doubt", "I don't know"),
        ("support.team", "Some covered for me; others did not."),
    ]
    # The file's facts: the second and third of three occurrences, which its tables cannot tell.
    text = transcripts[0].text
    places = [found.start() for found in re.finditer("I don't know", text)]
    doubts = [s.span.start for s in coding.segments if s.code == "uncertainty & doubt" and s.span]
    assert doubts == [places[1], places[2]] or doubts == [places[0], places[2]]
    assert '"interview.html" is taken as the transcript P1, which says the same' in told([coding])


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_taguettes_tables_have_ten_rows_and_a_tag_that_looks_like_a_formula(suffix: str) -> None:
    path = shared(f"data/files/taguette/taguette-1.5.2_highlights.{suffix}")
    rows = read_human(path).rows
    assert len(rows) == 10
    assert len({row.code for row in rows}) == 6
    assert [row.quote for row in rows if row.code == "=SUM(1)"] == ["she moved two deadlines"]
    assert {row.coder for row in rows} == {"taguette-1.5.2_highlights"}


def test_a_real_table_of_taguette_has_97_rows_of_18_tags_in_14_documents() -> None:
    rows = read_human(shared("data/files/taguette/serdif_highlights_pssuq_2022-03-01.csv")).rows
    assert (len(rows), len({row.code for row in rows}), len({row.transcript for row in rows})) == (97, 18, 14)
    assert (rows[0].transcript, rows[0].code) == ("P1_Nov21_PSSUQ_Comments.odt", "Navigation complex")


def test_a_highlight_without_a_tag_is_told_and_is_no_reading_without_a_find(tmp_path: Path) -> None:
    (tmp_path / "ana.csv").write_text("id,document,tag,content\n1,p01,team,x\n2,p01,,y\n", encoding="utf-8")
    files = read_human(tmp_path / "ana.csv")
    assert [row.code for row in files.rows] == ["team"]
    assert "ana.csv:3: 1 row is without a code; not read" in told(files)


def taguette(path: Path, *, logins: tuple[str, ...] = ("admin",), documents: tuple[str, ...] = ("p01.odt",)) -> Path:
    rows = [
        "CREATE TABLE documents (id INTEGER, name TEXT, contents TEXT)",
        "CREATE TABLE tags (id INTEGER, path TEXT)",
        "CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset, end_offset, snippet TEXT)",
        "CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER)",
        "CREATE TABLE commands (id INTEGER, user_login TEXT, payload TEXT)",
        "INSERT INTO tags VALUES (1, 'team')",
    ]
    for id, name in enumerate(documents, start=1):
        contents = f"<p>é {INTERVIEW if id == 1 else 'I: Other words.'}</p>"
        rows.append(f"INSERT INTO documents VALUES ({id}, '{name}', '{contents.replace(chr(39), '&#39;')}')")
        rows.append(f"INSERT INTO highlights VALUES ({id}, {id}, 0, 6, '<p>é I:</p>')")
        rows.append(f"INSERT INTO highlight_tags VALUES ({id}, 1)")
    for id, login in enumerate(logins, start=1):
        add = f'{{"type": "highlight_add", "highlight_id": {id}}}'
        rows.append(f"INSERT INTO commands VALUES ({id}, '{login}', '{add}')")
    return project(path, *rows)


def test_who_made_a_highlight_codes_it_and_admin_is_everybody(tmp_path: Path) -> None:
    alone = read_human(taguette(tmp_path / "ben.sqlite3"))
    assert [row.coder for row in alone.rows] == ["ben"]
    assert 'Taguette calls everybody "admin", so this is taken as the coding of ben' in told(alone)
    team = read_human(taguette(tmp_path / "team.sqlite3", logins=("ana", "cem"), documents=("p01.odt", "p02.odt")))
    assert [(row.coder, row.transcript) for row in team.rows] == [("ana", "p01.odt"), ("cem", "p02.odt")]


def test_two_documents_of_one_name_are_told_apart_by_their_words(tmp_path: Path, read: Read) -> None:
    transcripts = read(a=f"é {INTERVIEW}", b="é I: Other words.")
    path = taguette(tmp_path / "team.sqlite3", documents=("Interview 1.docx", "Interview 1.docx"))
    (coding,) = ac.codings(path, transcripts)
    assert [(segment.transcript_id, segment.match) for segment in coding.segments] == [("a", "exact"), ("b", "exact")]
    with pytest.raises(InputError, match=r'no transcript is called "Interview 1.docx \(document 2\)"'):
        ac.codings(path, transcripts[:1])


# --- QualCoder --------------------------------------------------------------------------------------------------


def test_the_qualcoder_project_gives_twelve_rows_of_two_coders_each_to_the_letter() -> None:
    path = shared("data/files/qualcoder/support.qda")
    transcripts = list(ac.read_transcripts(path / "documents"))
    codings = ac.codings(path, transcripts)
    assert {coding.coder: len(coding.segments) for coding in codings} == {"Ana": 6, "Ben": 6}
    assert {segment.match for coding in codings for segment in coding.segments} == {"exact"}
    first = codings[0].segments[0]
    assert (first.span, first.code, first.memo) == (Span(62, 139), "Manager support", "clear case")
    assert (
        transcripts[0].text[62:139] == "My manager. When my mother was ill she moved two deadlines, just like that 🙂."
    )
    assert [s.span for s in codings[1].segments if s.transcript_id == "P2"] == [Span(39, 101)]
    assert "not read: 1 annotation, a memo without a code" in told(codings)


def test_the_database_alone_is_the_project_too() -> None:
    path = shared("data/files/qualcoder/support.qda")
    assert read_human(path / "data.qda").rows == read_human(path).rows


def qualcoder(
    folder: Path, quote: str = "The team", places: tuple[int, int] = (101, 109), text: str = INTERVIEW
) -> Path:
    folder.mkdir()
    text, quote = text.replace("'", "''"), quote.replace("'", "''")
    project(
        folder / "data.qda",
        "CREATE TABLE source (id integer primary key, name text, fulltext text)",
        "CREATE TABLE code_name (cid integer primary key, name text)",
        "CREATE TABLE code_text (ctid integer, cid integer, fid integer, seltext text, pos0, pos1, owner text)",
        f"INSERT INTO source VALUES (1, 'p01.txt', '{text}')",
        "INSERT INTO code_name VALUES (1, 'team')",
        f"INSERT INTO code_text VALUES (1, 1, 1, '{quote}', {places[0]}, {places[1]}, 'Ana')",
        "INSERT INTO code_text VALUES (2, 9, 1, 'x', 0, 1, 'Ana')",
        "INSERT INTO code_text VALUES (3, 1, 9, 'x', 0, 1, 'Ana')",
    )
    return folder


def test_a_place_that_has_drifted_is_mended_by_its_words_and_counted(tmp_path: Path, read: Read) -> None:
    transcripts = read(p01=INTERVIEW)
    at = INTERVIEW.index("The team")
    right = ac.codings(qualcoder(tmp_path / "a.qda", places=(at, at + 8)), transcripts)
    assert words(right[0], transcripts) == [("team", "The team")]
    assert "moved" not in told(right)
    drifted = qualcoder(tmp_path / "b.qda", places=(at + 3, at + 11))
    assert words(ac.codings(drifted, transcripts)[0], transcripts) == [("team", "The team")]
    report = ac.import_report(drifted, transcripts)[0]
    assert (report.moved, report.exact) == (1, 1)
    assert "1 coding whose code is not in the project; not read" in told([report])
    assert "1 coding whose text is not in the project; not read" in told([report])


def test_old_databases_that_keep_places_as_real_numbers_and_lack_columns_are_read(tmp_path: Path, read: Read) -> None:
    at = float(INTERVIEW.index("The team"))
    path = qualcoder(tmp_path / "a.qda", places=(at, at + 8.0))  # type: ignore[arg-type]
    transcripts = read(p01=INTERVIEW)
    assert words(ac.codings(path, transcripts)[0], transcripts) == [("team", "The team")]


# --- Projects that cannot be read -------------------------------------------------------------------------------


def test_a_project_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.qda").mkdir()
    with pytest.raises(InputError, match=r"empty.qda: is no project of QualCoder: it has no data.qda"):
        read_human(tmp_path / "empty.qda")
    (tmp_path / "noise.sqlite3").write_bytes(b"PK" * 400)
    with pytest.raises(InputError, match="is no SQLite database"):
        read_human(tmp_path / "noise.sqlite3")
    whole = taguette(tmp_path / "a.sqlite3").read_bytes()
    (tmp_path / "cut.sqlite3").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cannot be read as a database"):
        read_human(tmp_path / "cut.sqlite3")
    other = project(tmp_path / "other.sqlite3", "CREATE TABLE wishes (id INTEGER)")
    with pytest.raises(InputError, match=r"not a project of Taguette \(tables: wishes\)"):
        read_human(other)


def test_what_is_wrong_with_a_project_is_told_without_the_words_in_it(tmp_path: Path) -> None:
    path = taguette(tmp_path / "a.sqlite3")
    path.write_bytes(path.read_bytes().replace(b"My manager.", b"My manager\xff"))
    with pytest.raises(InputError, match="cannot be read as a database") as caught:
        read_human(path)
    assert "\n" not in str(caught.value)
    assert "deadlines" not in str(caught.value)


def test_a_project_that_is_still_open_elsewhere_is_not_read_without_its_last_rows(tmp_path: Path) -> None:
    path = taguette(tmp_path / "a.sqlite3")
    (tmp_path / "a.sqlite3-wal").write_bytes(b"frames")
    with pytest.raises(InputError, match="is open in another program"):
        read_human(path)


def test_a_view_that_computes_for_ever_is_no_table(tmp_path: Path) -> None:
    path = taguette(tmp_path / "a.sqlite3")
    project(
        path,
        "DROP TABLE tags",
        "CREATE VIEW tags AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
        "SELECT id, 'x' path FROM n",
    )
    with pytest.raises(InputError, match="not a project of Taguette"):
        read_human(path)


def test_reading_a_project_changes_nothing_beside_it(tmp_path: Path) -> None:
    path = taguette(tmp_path / "a.sqlite3")
    before = path.read_bytes()
    read_human(path)
    assert (path.read_bytes(), [file.name for file in tmp_path.iterdir()]) == (before, ["a.sqlite3"])


# --- Carrying places from text to text --------------------------------------------------------------------------

PIECES = st.lists(st.text("ab cé🙂", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=12)


@given(pieces=PIECES, gaps=st.lists(st.sampled_from(["\n", "\n\n", " ", " \r\n", "\xa0"]), min_size=24, max_size=24))
def test_where_only_white_space_differs_every_piece_is_carried_to_its_own_place(
    pieces: list[str], gaps: list[str]
) -> None:
    theirs, ours, expected = "", "", []
    for piece, a, b in zip(pieces, gaps, gaps[12:], strict=False):
        said = piece.strip()
        expected.append((Span(len(theirs), len(theirs) + len(piece)), Span(len(ours), len(ours) + len(said))))
        theirs, ours = theirs + piece + a, ours + said + b
    for there, here in expected:
        found = carry(there, theirs, ours)
        assert found is not None
        # Blank ends of a piece belong to no word, and a blank within is where it was.
        lead = len(theirs[there.start : there.end]) - len(theirs[there.start : there.end].lstrip())
        assert (found.span, found.ambiguous, lead >= 0) == (here, False, True)


def test_of_several_places_that_with_the_same_surroundings_is_taken() -> None:
    theirs = "Yes. I don't know.\nNo. I don't know.\nWell. I don't know."
    ours = "[edited] Ana: Yes. I don't know.\nAna: No. I don't know.\nAna: Well. I don't know.\n"
    for found, at in zip(re.finditer("I don't know", theirs), re.finditer("I don't know", ours), strict=True):
        carried = carry(Span(*found.span()), theirs, ours)
        assert carried is not None
        assert (carried.span, carried.ambiguous) == (Span(*at.span()), False)


def test_where_the_surroundings_tell_nothing_the_order_does() -> None:
    theirs = "Ana\nYes.\nBen\nYes.\nAna\nYes."
    ours = "Ana: Yes.\nBen: Yes.\nAna: Yes.\n"
    for found, at in zip(re.finditer("Yes", theirs), re.finditer("Yes", ours), strict=True):
        carried = carry(Span(*found.span()), theirs, ours)
        assert carried is not None
        assert (carried.span, carried.ambiguous) == (Span(*at.span()), False)


def test_what_stands_elsewhere_more_often_is_ambiguous() -> None:
    carried = carry(Span(0, 3), "Yes.", "No. Yes. No. Yes. No.")
    assert carried is not None
    assert (carried.span, carried.ambiguous) == (Span(4, 7), True)


def test_a_stretch_with_a_label_and_a_time_in_the_middle_is_carried_by_its_ends() -> None:
    theirs = "She moved two deadlines for me.\nBen\t[00:01:02]\nAnd the team was there, every day.\n"
    ours = "Ana: She moved two deadlines for me.\nBen: And the team was there, every day.\n"
    carried = carry(Span(4, theirs.index("every") - 2), theirs, ours)
    assert carried is not None
    assert ours[carried.span.start : carried.span.end] == "moved two deadlines for me.\nBen: And the team was there"


def test_words_that_are_not_there_are_not_carried() -> None:
    assert carry(Span(0, 3), "one two", "two three") is None
    assert carry(Span(3, 4), "one two", "one two") is None


# --- MAXQDA, ATLAS.ti, Dedoose ----------------------------------------------------------------------------------


def test_the_real_export_of_maxqda_in_polish_has_its_402_segments() -> None:
    rows = read_human(shared("data/files/tables/maxqda-12_coded-segments_pl.xls")).rows
    assert len(rows) == 402
    assert len({row.transcript for row in rows}) == 39
    assert Counter(row.code for row in rows) == {
        **{"ROLE": 98, "PERSON": 93, "LOCAL": 75, "TYPE": 39, "MISC": 38, "DATE": 35, "INSTITUTION": 24}
    }
    assert {row.coder for row in rows} == {"agata"}
    assert Counter(row.paragraph for row in rows) == {"1": 392, "3": 6, "2": 4}
    assert (rows[0].transcript, rows[0].code, rows[0].quote) == ("0_229", "TYPE", "AVISO")


ENGLISH = ["Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight score", "Segment"]
GERMAN = ["Farbe", "Kommentar", "Dokumentgruppe", "Dokumentname", "Code", "Anfang", "Ende", "Gewicht", "Segment"]


@pytest.mark.parametrize("header", [[*ENGLISH, "Created by"], [*GERMAN, "Erstellt von"]], ids=["English", "German"])
def test_maxqdas_segments_are_found_by_the_names_of_columns_in_any_language(
    tmp_path: Path, read: Read, header: list[str]
) -> None:
    path = workbook(
        tmp_path / "segments.xlsx",
        Sheet1=[
            header,
            ["●", "clear", "", "p01", "Support > Manager's help", 2, 2, 0, "She moved two deadlines. ", "Ana"],
            ["●", "", "", "p01", "Support > Team", 4, 4, 0, "I don't know", "Ben"],
            ["●", "", "", "p01", "Support > Team", 4, 4, 0, "", "Ben"],
        ],
    )
    transcripts = read(p01=INTERVIEW)
    ana, ben = ac.codings(path, transcripts, codebook=CODEBOOK)
    assert (words(ana, transcripts), ana.segments[0].memo) == ([("manager", "She moved two deadlines.")], "clear")
    assert words(ben, transcripts) == [("team", "I don't know")]
    # It stands in two paragraphs, and the table says in which.
    assert ben.segments[0].span == Span(INTERVIEW.rindex("I don't know"), len(INTERVIEW) - 2)
    assert ben.segments[0].problem == ()
    notes = told([ana, ben])
    assert "that in the paragraph the program names is taken" in notes
    assert '"Support > Manager\'s help" is taken as the code manager, by its last part' in notes
    assert "segments.xlsx:4: 1 row is without words (a picture, or film); not read" in notes


def test_documents_of_one_name_in_two_groups_are_two_interviews(tmp_path: Path) -> None:
    rows = [
        ["●", "", site, "Interview 1", "team", 1, 1, 0, words] for site, words in (("siteA", "Hi."), ("siteB", "Ho."))
    ]
    path = workbook(tmp_path / "ana.xlsx", S=[ENGLISH, *rows])
    assert [row.transcript for row in read_human(path).rows] == ["siteA/Interview 1", "siteB/Interview 1"]
    folder = tmp_path / "interviews"
    for site, said in (("siteA", "Hi."), ("siteB", "Ho.")):
        (folder / site).mkdir(parents=True)
        (folder / site / "Interview 1.txt").write_text(f"P: {said}\n", encoding="utf-8")
    (coding,) = ac.codings(path, ac.read_transcripts(folder))
    assert [segment.match for segment in coding.segments] == ["exact", "exact"]
    alone = workbook(tmp_path / "ben.xlsx", S=[ENGLISH, rows[0]])
    with pytest.raises(InputError, match="may be siteA/Interview 1 or siteB/Interview 1; write it with its folder"):
        ac.codings(alone, ac.read_transcripts(folder))


def test_atlas_quotations_give_a_row_for_each_code_in_a_cell(tmp_path: Path, read: Read) -> None:
    header = ["ID", "Quotation Name", "Document", "Document Groups", "Quotation Content", "Comment", "Codes"]
    row = ["1:1", "The team…", "p01.docx", "", "The team was there.", "warm", "Team\nSupport::Manager's help"]
    path = workbook(tmp_path / "atlas.xlsx", S=[[*header, "Reference", "Created by"], [*row, "4 - 4", "Ana"]])
    transcripts = read(p01=INTERVIEW)
    (coding,) = ac.codings(path, transcripts, codebook=CODEBOOK)
    assert words(coding, transcripts) == [("manager", "The team was there."), ("team", "The team was there.")]
    assert {segment.memo for segment in coding.segments} == {"warm"}


def test_dedooses_excerpts_hold_their_codes_in_columns(tmp_path: Path, read: Read) -> None:
    header = ["Media Title", "Excerpt Range", "Excerpt Creator", "Excerpt Copy", "Codes Applied Combined"]
    header += [f"Code: {code} {what}" for code in ("Team", "boss") for what in ("Applied", "Range", "Weight")]
    row = ["p01.docx", "27-51", "ana", "She moved two deadlines.", "boss", "False", "", "", "True", "1-5", "2"]
    path = workbook(tmp_path / "DedooseChartExcerpts.xlsx", S=[header, row])
    transcripts = read(p01=INTERVIEW)
    (coding,) = ac.codings(path, transcripts, codebook=CODEBOOK)
    assert (coding.coder, words(coding, transcripts)) == ("ana", [("manager", "She moved two deadlines.")])


# --- Workbooks with our columns ---------------------------------------------------------------------------------


def test_long_and_wide_workbooks_are_read_as_their_csv_is(tmp_path: Path, read: Read) -> None:
    long = [["transcript", "coder", "code", "turn", "quote"], ["p01", "Ana", "=SUM(1)", 2, "My manager."]]
    wide = [["transcript", "turn", "text", "Ben"], ["p01", 4, "words", "team;boss"]]
    path = workbook(tmp_path / "coding.xlsx", long=long, notes=[["to do"], ["call Ana"]], wide=wide)
    transcripts = read(p01=INTERVIEW)
    ana, ben = ac.codings(path, transcripts, codebook=CODEBOOK, wide=["Ben"])
    turn = transcripts[0].turns[3].span
    assert (ana.coder, words(ana, transcripts)) == ("Ana", [("sum", "My manager.")])
    assert (ben.coder, [(s.code, s.span) for s in ben.segments]) == ("Ben", [("manager", turn), ("team", turn)])
    assert "read are the sheets long, wide; not notes" in told([ana])
    assert ac.import_report(path, transcripts, wide=["Ben"])[0].form == "long table, wide table"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "workbook"),
        (b"PK\x03\x04 and then noise", "workbook|damaged|ZIP"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "workbook|password|protected"),
    ],
    ids=["empty", "cut off", "an envelope that is no workbook"],
)
def test_a_workbook_that_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "ana.xlsx").write_bytes(data)
    with pytest.raises(InputError, match=what):
        read_human(tmp_path / "ana.xlsx")


def test_two_columns_of_one_name_in_a_workbook_are_an_error_with_its_row(tmp_path: Path) -> None:
    path = workbook(tmp_path / "ana.xlsx", S=[["transcript", "code", "Code"], ["p01", "a", "b"]])
    with pytest.raises(InputError, match=r'ana.xlsx:1: two columns have one name, "code" and "Code"'):
        read_human(path)


# --- Mappings ---------------------------------------------------------------------------------------------------

THEIRS = "Interview;Rater;Theme;Passage\np01;Ana;Team / boss;The team was there.\n"


def mapping(folder: Path, content: str) -> None:
    (folder / "imports").mkdir()
    (folder / "imports" / "rater.yaml").write_text(content, encoding="utf-8")


def test_a_mapping_saved_once_beside_the_coding_reads_every_table_with_its_columns(tmp_path: Path, read: Read) -> None:
    for name in ("march", "april"):
        (tmp_path / f"{name}.csv").write_text(THEIRS, encoding="utf-8")
    with pytest.raises(InputError, match=r"\(columns: Interview, Rater, Theme, Passage\).*imports/NAME.yaml"):
        read_human(tmp_path / "march.csv")
    mapping(
        tmp_path,
        'columns: {transcript: Interview, coder: Rater, code: Theme, quote: Passage}\nbetween: "/"\n',
    )
    files = read_human(tmp_path)
    assert [(row.path.stem, row.coder, row.code) for row in files.rows] == [
        (month, "Ana", code) for month in ("april", "march") for code in ("Team", "boss")
    ]
    assert 'read as a table by imports/rater.yaml ("Interview" as transcript, "Rater" as coder' in told(files)
    transcripts = read(p01=INTERVIEW)
    (coding,) = ac.codings(tmp_path / "march.csv", transcripts, codebook=CODEBOOK)
    assert words(coding, transcripts) == [("manager", "The team was there."), ("team", "The team was there.")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("between: ';'\n", "does not say which column is which"),
        ("columns: {transcript: Interview}\n", "does not name the column that holds the code"),
        ("columns: {transcript: Interview, code: Theme, qoute: Passage}\n", 'unknown key "qoute".*"quote"'),
        ("colums: {transcript: Interview}\n", 'unknown key "colums".*"columns"'),
    ],
)
def test_a_mapping_that_says_too_little_is_an_error_with_its_line(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "march.csv").write_text(THEIRS, encoding="utf-8")
    mapping(tmp_path, content)
    with pytest.raises(ConfigError, match=rf"rater.yaml:1: .*{what}"):
        read_human(tmp_path / "march.csv")


# --- The report -------------------------------------------------------------------------------------------------

CODING = """\
transcript,coder,code,start,end,quote,turn
p01,Ana,boss,,,My manager.,
p01,Ana,boss,,,My manager.,
p01,Ana,team,,,the TEAM was there,
p01,Ana,team,,,The whole team was there then.,
p01,Ana,doubt,,,I don't know.,
p01,Ana,team,0,3,The team,
p01,Ana,team,,,words that nobody ever said in here,
p01,Ana,team,10,15,,
p01,Ben,team,,,,2
p01,Ben,team,,,,
p01,Ben,,,,,
p01,Ben,team,,,,99
p09,Ben,team,,,,1
p01,Bne,taem,,,,1
p01,Ben,support,,,,1
"""


def test_every_row_is_counted_once_and_every_unknown_name_is_listed(tmp_path: Path, read: Read) -> None:
    (tmp_path / "all.csv").write_text(CODING, encoding="utf-8")
    (tmp_path / "coders.csv").write_text("coder,transcript\nAna,p01\nBen,p01\n", encoding="utf-8")
    transcripts = read(p01=INTERVIEW)
    (report,) = ac.import_report(tmp_path, transcripts, codebook=CODEBOOK)
    assert report.rows == 15
    assert (report.exact, report.folded, report.altered, report.not_found) == (4, 1, 1, 1)
    assert (report.by_offsets, report.by_turn, report.by_transcript, report.nothing_found) == (1, 3, 1, 1)
    assert (report.refused, report.ambiguous, report.moved, report.duplicates) == (2, 1, 1, 1)
    assert [(name.name, name.rows) for name in report.unknown_codes] == [("support", 1), ("taem", 1)]
    assert report.unknown_codes[1].first == f"{tmp_path / 'all.csv'}:15"
    assert report.unknown_codes[1].hint == 'did you mean "team"?'
    assert [name.name for name in report.unknown_coders] == ["Bne"]
    assert [name.name for name in report.unknown_transcripts] == ["p09"]
    assert (report.coders, report.transcripts) == ({"Ana": 8, "Ben": 6, "Bne": 1}, {"p01": 14})
    assert "all.csv:13: there is no turn 99" in told([report])


OUTCOMES = (
    *("exact", "folded", "altered", "not_found", "by_offsets", "by_turn", "by_transcript", "nothing_found", "refused"),
)


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["p01", "p02"]),
            st.sampled_from(["", "team", "none such"]),
            st.sampled_from(["", "0", "400", "x"]),
            st.sampled_from(["", "My manager.", "my  MANAGER", "nothing of the kind was said"]),
            st.sampled_from(["", "2", "2.0", "77"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_outcomes_add_up_to_the_rows_whatever_is_in_them(
    rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("coding")
    (folder / "p01.txt").write_text(INTERVIEW, encoding="utf-8")
    lines = [f'{t},{code},{start},{start and "9"},"{quote}",{turn}' for t, code, start, quote, turn in rows]
    (folder / "ana.csv").write_text("transcript,code,start,end,quote,turn\n" + "\n".join(lines), encoding="utf-8")
    (report,) = ac.import_report(folder / "ana.csv", ac.read_transcripts(folder / "p01.txt"), codebook=CODEBOOK)
    assert report.rows == len(rows) == sum(getattr(report, outcome) for outcome in OUTCOMES)


def test_the_report_prints_as_a_table_and_goes_to_json_and_back(tmp_path: Path, read: Read) -> None:
    (tmp_path / "all.csv").write_text(CODING, encoding="utf-8")
    reports = ac.import_report(tmp_path / "all.csv", read(p01=INTERVIEW), codebook=CODEBOOK)
    console = Console(file=io.StringIO(), width=200)
    ac.show_import(reports, console)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "all.csv: long table" in printed
    assert "15  read" in printed
    assert "quote found word for word" in printed
    assert '"taem", 1 row, first at' in printed
    assert ac.ImportReport.model_validate_json(reports[0].model_dump_json()) == reports[0]
    assert reports[0].model_dump()["format"] == "autocode-import/1"


# --- Names of codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("manager", "manager"),
        ("MANAGER'S HELP", "manager"),
        ("boss", "manager"),
        ("Support > Team", "team"),
        ("Other theme > Team", "team"),
        ("Support::Manager's help", "manager"),
        ("Support\\boss", "manager"),
        ("Doubt: not knowing", "doubt"),
    ],
)
def test_a_code_is_known_by_id_name_alias_or_the_end_of_its_path(
    tmp_path: Path, read: Read, written: str, id: str
) -> None:
    (tmp_path / "ana.csv").write_text(f"transcript,code,turn\np01,{written},2\n", encoding="utf-8")
    (coding,) = ac.codings(tmp_path / "ana.csv", read(p01=INTERVIEW), codebook=CODEBOOK)
    assert [segment.code for segment in coding.segments] == [id]
    assert ("by its last part" in told([coding])) == any(mark in written for mark in (" > ", "::", "\\"))


def test_two_codes_of_one_name_are_told_apart_by_the_theme_above() -> None:
    from autocode.codebook import code_at_path

    book = ac.Codebook(
        id="b",
        codes=(
            ac.Code(id="work", name="Work"),
            ac.Code(id="w", name="Help", parent="work"),
            ac.Code(id="home", name="Home"),
            ac.Code(id="h", name="Help", parent="home"),
        ),
    )
    found = [code_at_path(book, name) for name in ("Home > Help", "Work::Help", "Else > Help", "Help")]
    assert [code and code.id for code in found] == ["h", "w", None, None]


# --- Word comments ----------------------------------------------------------------------------------------------


def commented(path: Path, *paragraphs: list[str], comments: list[tuple[str, str, str]]) -> Path:
    """A Word file with these paragraphs, each of these pieces; a comment is `first piece-last piece`, author, text."""
    import docx

    document = docx.Document()
    runs = {}
    for pieces in paragraphs:
        paragraph = document.add_paragraph()
        for piece in pieces:
            runs[piece] = paragraph.add_run(piece)
    for marked, author, text in comments:
        ends = marked.split("…")
        comment = document.add_comment(runs=[runs[ends[0]], runs[ends[-1]]], author=author, initials=author[:1])
        for number, line in enumerate(text.split("\n")):
            (comment.paragraphs[0] if number == 0 else comment.add_paragraph()).add_run(line)
    document.save(str(path))
    return path


WORDS = (
    ["I: What helps you to ", "stay?"],
    ["P1: ", "My manager. ", "She moved two deadlines. ", "I don't know. 🙂"],
    ["I: And the team?"],
    ["P1: ", "The team was there. ", "I don't know. "],
)
COMMENTS = [
    ("She moved two deadlines. ", "Ana", "boss: she named the act"),
    ("I don't know. 🙂…The team was there. ", "Ben", "Team; Doubt: not knowing"),
    ("I don't know. ", "Ana", "Support > Team\nboss"),
    ("My manager. ", "Ben", "ask again"),
]
MARKED = {
    "Ana": [("manager", "She moved two deadlines."), ("manager", "I don't know."), ("team", "I don't know.")],
    "Ben": [
        ("doubt", "I don't know. 🙂\nI: And the team?\nP1: The team was there."),
        ("team", "I don't know. 🙂\nI: And the team?\nP1: The team was there."),
    ],
}


@pytest.fixture(params=["the Word file itself", "a text file", "a text file with blank lines and times"])
def interview(request: pytest.FixtureRequest, tmp_path: Path) -> list[ac.Transcript]:
    folder = tmp_path / "interviews"
    folder.mkdir()
    lines = ["".join(pieces).rstrip() for pieces in WORDS]
    if request.param == "the Word file itself":
        commented(folder / "p01.docx", *WORDS, comments=[])
    elif request.param == "a text file":
        (folder / "p01.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        timed = "\n\n".join(f"[00:0{at}:00] {line}" for at, line in enumerate(lines))
        (folder / "p01.txt").write_text(timed, encoding="utf-8")
    return list(ac.read_transcripts(folder))


def test_comments_are_codes_where_they_mark_words_and_each_author_is_a_coder(
    tmp_path: Path, interview: list[ac.Transcript]
) -> None:
    path = commented(tmp_path / "p01.docx", *WORDS, comments=COMMENTS[:3])
    found = {coding.coder: coding for coding in ac.codings(path, interview, codebook=CODEBOOK)}
    text = interview[0].text
    for coder, expected in MARKED.items():
        said = [(code, " ".join((words or "").split())) for code, words in words_of(found[coder], text)]
        # A time of the transcript that stands between the two ends is within the stretch, as it is in the text.
        assert [(code, re.sub(r"\[[\d:]+\] ", "", words)) for code, words in said] == [
            (code, " ".join(words.split())) for code, words in expected
        ]
    assert [s.memo for s in found["Ana"].segments] == ["she named the act", "", ""]
    # The second of two places with these words: only the mark tells.
    span = found["Ana"].segments[-1].span
    assert span is not None
    assert span.start == text.rindex("I don't know")


def words_of(coding: ac.Coding, text: str) -> list[tuple[str, str | None]]:
    return [(s.code, text[s.span.start : s.span.end] if s.span else None) for s in coding.segments]


def test_what_is_no_code_in_a_comment_is_listed_and_never_guessed(
    tmp_path: Path, interview: list[ac.Transcript]
) -> None:
    path = commented(tmp_path / "p01.docx", *WORDS, comments=COMMENTS)
    (report,) = ac.import_report(path, interview, codebook=CODEBOOK)
    assert (report.form, report.rows, report.coders) == ("Word comments", 6, {"Ana": 3, "Ben": 3})
    assert [(name.name, name.rows) for name in report.unknown_codes] == [("ask again", 1)]
    assert report.codes == {"doubt": 1, "manager": 2, "team": 2}
    with pytest.raises(InputError, match=r'p01.docx:1: the codebook has no code "ask again"'):
        ac.codings(path, interview, codebook=CODEBOOK)


def test_without_a_codebook_a_remark_is_its_code_and_its_memo(tmp_path: Path, interview: list[ac.Transcript]) -> None:
    path = commented(tmp_path / "p01.docx", *WORDS, comments=COMMENTS[:1])
    (ana,) = ac.codings(path, interview)
    assert [(segment.code, segment.memo) for segment in ana.segments] == [("boss", "she named the act")]


def test_a_file_without_authors_is_the_coding_of_its_name(tmp_path: Path, interview: list[ac.Transcript]) -> None:
    path = commented(tmp_path / "Cem.docx", *WORDS, comments=[("My manager. ", "Author", "boss")])
    (cem,) = ac.codings(path, interview, codebook=CODEBOOK)
    assert (cem.coder, cem.segments[0].transcript_id) == ("Cem", "p01")
    assert "1 comment without an author, taken as the coding of Cem" in told([cem])


def test_comments_in_a_table_of_speakers_are_placed_in_the_turns(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    rows = [
        ("Time", "Speaker", "Text"),
        ("00:01", "Ana", "We stay. "),
        ("00:09", "Ben", "I do not. "),
        ("00:12", "Ana", "We stay."),
    ]
    table = document.add_table(rows=0, cols=3)
    runs = []
    for cells in rows:
        row = table.add_row()
        for cell, words in zip(row.cells, cells, strict=True):
            runs.append(cell.paragraphs[0].add_run(words))
    for run, code in ((runs[5], "Team"), (runs[11], "boss")):
        document.add_comment(runs=run, text=code, author="Ana", initials="A")
    (tmp_path / "interviews").mkdir()
    for path in (tmp_path / "interviews" / "p01.docx", tmp_path / "p01.docx"):
        document.save(str(path))
    transcripts = list(ac.read_transcripts(tmp_path / "interviews"))
    (ana,) = ac.codings(tmp_path / "p01.docx", transcripts, codebook=CODEBOOK)
    spans = [transcripts[0].turns[0].span, transcripts[0].turns[2].span]
    assert [(s.code, s.span) for s in ana.segments] == [("team", spans[0]), ("manager", spans[1])]


def test_deleted_words_are_no_part_of_what_a_comment_marks(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    paragraph = document.add_paragraph("P1: ")
    first, last = paragraph.add_run("My manager "), paragraph.add_run("helped. ")
    deleted = f'<w:del {nsdecls("w")} w:id="90" w:author="X"><w:r><w:delText>never </w:delText></w:r></w:del>'
    document.add_comment(runs=[first, last], text="boss", author="Ana", initials="A")
    first._r.addnext(parse_xml(deleted))
    document.save(str(tmp_path / "p01.docx"))
    rows = read_human(tmp_path / "p01.docx").rows
    assert [(row.code, row.quote) for row in rows] == [("boss", "My manager helped.")]


def test_the_real_comments_stand_on_their_words_and_a_reply_is_a_memo() -> None:
    rows = read_human(shared("data/files/docx/word_comments_overlapping.docx")).rows
    assert [(row.line, row.code, row.quote, row.memo) for row in rows] == [
        (1, "I left a comment.", "some text to have a comment", ""),
        (2, "A comment across paragraphs.", "a new paragraph.\nAnd so", ""),
        (3, "This one has multiple paragraphs.", "more", ""),
        (3, "See?", "more", ""),
        (4, "Do something.", "comment in a comment", "Jesse Rosenthal: Do something else."),
    ]
    assert {row.coder for row in rows} == {"Jesse Rosenthal"}


DEDOOSE = {
    "Policy views": "Participant: Honestly it has been a mixed bag.",
    "Legalization timeline": "Participant: Legalization passed back in 2014",
    "Enforcement": "Participant: Enforcement is where",
    "Social equity": "Participant: Social equity was supposed",
    "Market saturation": "Participant: The market feels saturated now.",
    "Personal use": "Interviewer: That is really useful context.",
}


@pytest.mark.parametrize("coder", "abc")
def test_in_dedooses_documents_the_file_is_the_coder_and_each_line_a_code(coder: str) -> None:
    path = shared(f"data/files/docx/dedoose-like_coder_{coder}.docx")
    files = read_human(path)
    rows = [row for row in files.rows if row.path == path]
    assert {row.coder for row in rows} == {f"dedoose-like_coder_{coder}"}
    assert [row.code for row in rows if row.code != "Enforcement"] == [
        code for code in DEDOOSE if code != "Enforcement" and (coder == "a" or code != "Personal use")
    ]
    # Its own places (0-120 …) lie in other paragraphs than the marks: the marks are taken, and that is told.
    places = {"a": "Codes (0-120)", "b": "Codes (20-140)", "c": "Codes (10-130)"}
    assert f"do not agree with the paragraphs marked (the first: {places[coder]})" in told(files)
    if coder == "a":
        assert all(row.quote.startswith(DEDOOSE[row.code]) for row in rows)


def test_dedooses_own_places_are_taken_where_they_agree_with_the_marks(tmp_path: Path) -> None:
    text = "\n".join("".join(pieces) for pieces in WORDS)
    start = text.index("She moved")
    again = text.rindex("I don't know")
    comments = [
        ("P1: …I don't know. 🙂", "Coder", f"Codes ({start}-{start + 9})\nboss; and more\nTeam"),
        ("The team was there. …I don't know. ", "Coder", f"Codes ({again}-{again + 12})\nTeam"),
    ]
    # python-docx finds the run of the first paragraph by its words, so its label is given words of its own.
    paragraphs = [WORDS[0], ["P1: ", *WORDS[1][1:]], WORDS[2], ["P1:", " ", *WORDS[3][1:]]]
    files = read_human(commented(tmp_path / "dora.docx", *paragraphs, comments=comments))
    assert [(row.coder, row.code, row.quote) for row in files.rows] == [
        ("dora", "boss; and more", "She moved"),
        ("dora", "Team", "She moved"),
        ("dora", "Team", "I don't know"),
    ]
    assert "placed by Dedoose's own characters" in told(files)


def test_a_word_file_without_comments_is_no_coding(tmp_path: Path) -> None:
    path = commented(tmp_path / "p01.docx", *WORDS, comments=[])
    with pytest.raises(InputError, match=r"no coding is in it.*no comments are in it"):
        read_human(path)
    (tmp_path / "ana.csv").write_text("transcript,code\np01,team\n", encoding="utf-8")
    assert "no coding in p01.docx; not read" in told(read_human(tmp_path))


def test_a_word_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "p01.docx").write_bytes(b"PK\x03\x04 noise")
    with pytest.raises(InputError, match=r"p01\.docx: "):
        read_human(tmp_path / "p01.docx")
