"""Human coding on the way in: files of people's codes, long and wide, who read what, and where each row stands."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocode.data import Code, Codebook, Coding, Missing, Passage, Span, Transcript, Turn, sha256
from autocode.errors import InputError
from autocode.locating.people import locate
from autocode.reading.codebooks import read_codebook
from autocode.reading.human import read_human
from autocode.reading.tables import read_table
from autocode.reading.transcripts import read_transcripts

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder `shared` with the real data is not here")

CODEBOOK = Codebook(
    id="work",
    codes=(
        Code(id="support", name="Support"),
        Code(id="manager", name="Manager's help", parent="support", aliases=("boss",)),
        Code(id="team", name="Team", parent="support"),
        Code(id="mood", name="Mood", speakers=("P1",)),
        Code(id="na", name="Nothing to code"),
    ),
)

WORDS = [
    ("I", "How was it?"),
    ("P1", "My manager helped. My manager helped a lot."),
    ("I", "And the team?"),
    ("P1", "The team was there, every day."),
    ("P2", "Yes."),
    ("P1", "I felt fine."),
]


def transcript(id: str = "p01", words: list[tuple[str, str]] = WORDS) -> Transcript:
    text, turns = "", []
    for number, (speaker, said) in enumerate(words, start=1):
        start = len(text) + len(speaker) + 2
        text += f"{speaker}: {said}\n"
        turns.append(Turn(number, speaker, Span(start, start + len(said))))
    return Transcript(id=id, text=text, turns=tuple(turns), sha256=sha256(text))


TEXTS = {id: transcript(id) for id in ("p01", "p02", "wave2/p03")}
TEXT = TEXTS["p01"].text


def turn(number: int, id: str = "p01") -> Span:
    return TEXTS[id].turns[number - 1].span


def whole(id: str = "p01") -> Passage:
    return Passage(id, Span(turn(1, id).start, turn(6, id).end))


def put(folder: Path, **files: str) -> Path:
    """A folder with CSV files: `put(tmp_path, ana="...")` writes ana.csv."""
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def located(path: Path, **options: object) -> dict[str, Coding]:
    wide = options.pop("wide", ())
    files = read_human(path, wide=wide)  # type: ignore[arg-type]
    return {c.coder: c for c in locate(files, TEXTS, codebook=CODEBOOK, **options)}  # type: ignore[arg-type]


def notes(codings: dict[str, Coding]) -> str:
    return "\n".join(note for coding in codings.values() for note in coding.notes)


# --- Tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"transcript,code\np01,team\n",
        b"transcript;code\r\np01;team\r\n",
        b"transcript\tcode\rp01\tteam\r",
        b"\xef\xbb\xbftranscript,code\np01,team\n",
        "transcript,code\np01,team\n".encode("utf-16"),
        b"sep=;\ntranscript;code\np01;team\n",
        b" Transcript , CODE\n\n,,\np01,team,,\n",
        b'"transcript","code"\n"p01", "team"\n',
    ],
)
def test_a_table_is_read_whatever_program_wrote_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert [row for _, row in read_table(tmp_path / "a.csv").rows] == [{"transcript": "p01", "code": "team"}]


def test_each_row_keeps_the_line_it_begins_on(tmp_path: Path) -> None:
    put(tmp_path, a='\nid,quote\n1,"two\nlines"\n\n,\n2,one\n')
    assert [(line, row["id"]) for line, row in read_table(tmp_path / "a.csv").rows] == [(3, "1"), (7, "2")]


def test_windows_1252_is_read_and_told(tmp_path: Path) -> None:
    (tmp_path / "ana.csv").write_bytes("transcript,quote,code\np01,“My manager helped”,team\n".encode("cp1252"))
    files = read_human(tmp_path)
    assert files.rows[0].quote == "“My manager helped”"
    assert any("ana.csv" in note and "1252" in note for note in files.notes)


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("transcript,code,Code\n", 1, 'two columns have one name, "code" and "Code"'),
        ("transcript,code,code\n", 1, 'two columns have one name, "code"; rename or remove one'),
        ("transcript,code\np01,team\np01,team, my own\n", 3, "3 cells and the header 2"),
        ('transcript,code\np01,team\np01,"te\nam\np02,team\n', 3, "close its quote marks"),
        ('transcript,code\np01,"te"am"\n', 2, "double those within a cell"),
    ],
)
def test_what_would_shift_cells_in_silence_is_an_error(tmp_path: Path, content: str, line: int, what: str) -> None:
    put(tmp_path, ana=content)
    with pytest.raises(InputError, match=what) as caught:
        read_human(tmp_path / "ana.csv")
    assert (caught.value.path, caught.value.line) == (tmp_path / "ana.csv", line)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), max_size=12)


@settings(deadline=None)  # files are written
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1), delimiter=st.sampled_from(",;\t"))
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    path.write_bytes(buffer.getvalue().replace("\r\n", "\n").encode())
    read = [tuple(row.values()) for _, row in read_table(path).rows]
    assert read == [row for row in rows if any(cell.strip() for cell in row)]


# --- Which files are codings ------------------------------------------------------------------------------------

STUDY = {
    "ana": "transcript,turn,code\np01,2,manager\n",
    "both": "transcript,turn,text,Ben,Cem\np01,2,words,team;manager,\np01,4,words,,-\n",
    "codebook": "id,name,definition,code\nx,X,what it is,y\n",
    "list": "transcript,turn,Dora\np01,2,team\n",
    "coders": "coder,transcript\nAna,p01\nBen,p01\nCem,p01\n",
}


def test_in_a_folder_files_with_codes_or_with_known_coders_are_codings_and_the_rest_is_told(tmp_path: Path) -> None:
    files = read_human(put(tmp_path, **STUDY))
    assert [(row.coder, row.code, row.line) for row in files.rows] == [
        ("Ana", "manager", 2),
        ("Ben", "team", 2),
        ("Ben", "manager", 2),
        ("Cem", "", 3),
    ]
    told = "\n".join(files.notes)
    assert "no coding in codebook.csv; not read" in told
    assert "list.csv: not read as coding: none of its columns is named in coders.csv or by --wide" in told
    assert "ana.csv: taken as the coding of Ana" in told


def test_a_column_is_a_coder_when_wide_names_it(tmp_path: Path) -> None:
    put(tmp_path, list=STUDY["list"])
    assert [row.coder for row in read_human(tmp_path / "list.csv", wide=["Dora"]).rows] == ["Dora"]
    with pytest.raises(InputError, match=r'no file has this column; did you mean "Dora"'):
        read_human(tmp_path, wide=["Dora", "Dorra"])
    with pytest.raises(InputError, match="is no coder"):
        read_human(tmp_path, wide=["Dora", "text"])


def test_columns_that_nobody_reads_are_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,qoute,code,speaker\np01,helped,team,P1\n",
        wide="transcript,turn,Ben,Cem\np01,1,na,na\n",
    )
    told = "\n".join(read_human(tmp_path, wide=["Ben"]).notes)
    assert 'ana.csv: not read: the column "qoute"; did you mean "quote"?' in told
    assert 'wide.csv: no coders, as neither coders.csv nor --wide names them: the columns "Cem"' in told


@pytest.mark.parametrize(
    ("files", "path", "what"),
    [
        ({}, "", "no coding in this folder: looked for coders.csv, and for CSV files with a column `code`"),
        ({"notes": "a,b\n1,2\n"}, "", "no coding in this folder"),
        ({"notes": "transcript,codes\np01,x\n"}, "notes.csv", 'this is no coding: .*did you mean "codes"'),
        ({"empty": ""}, "empty.csv", "none, the file is empty"),
        ({"coders": "coder,transcript\n"}, "coders.csv", "is no coding; give the coding file or the folder"),
        ({"ana": "transkript,code\np01,x\n"}, "ana.csv", 'no column "transcript" .*did you mean "transkript"'),
        ({"ana": "transcript,code\n,x\n"}, "ana.csv", "ana.csv:2: the transcript is blank"),
        ({"ana": "transcript,coder,code\np01,,x\n"}, "ana.csv", "ana.csv:2: the coder is blank"),
        ({}, "absent.csv", "there is no such file or folder"),
    ],
)
def test_where_there_is_no_coding_the_message_says_what_was_looked_for(
    tmp_path: Path, files: dict[str, str], path: str, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        read_human(put(tmp_path, **files) / path)


def test_a_damaged_spreadsheet_is_an_error_alone_and_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "ben.xlsx").write_bytes(b"PK")
    for path in (tmp_path / "ben.xlsx", put(tmp_path, ana=STUDY["ana"])):
        with pytest.raises(InputError, match=r"ben\.xlsx: "):
            read_human(path)


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("stage\nAna,p01,independant", r'"independant" is no stage .*did you mean "independent"'),
        ("turns\nAna,p01,1-Apr", '"1-Apr" is no stretch of turns; write turns as 1-40;55'),
        ("turns\nAna,p01,9-3", '"9-3" is no stretch of turns'),
        ("kind\nAna,p02,human\nAna,p01,machine", '"Ana" is a model here and a person on line 2'),
    ],
)
def test_what_coders_csv_cannot_mean_is_an_error_with_its_line(tmp_path: Path, column: str, what: str) -> None:
    put(tmp_path, ana=STUDY["ana"], coders=f"coder,transcript,{column}\n")
    with pytest.raises(InputError, match=r"coders.csv:\d: " + what):
        read_human(tmp_path)


def test_two_copies_of_one_file_and_two_spellings_of_one_coder_are_told(tmp_path: Path) -> None:
    one = "transcript,coder,code\np01,Ana M,team\np01, ana  m,team\n"
    alone = "transcript,code\np01,team\n"
    put(tmp_path, **{"round1": one, "round1 (Ben's conflicted copy 2026-11-20)": one, "cem": alone, "cem (1)": alone})
    told = "\n".join(read_human(tmp_path).notes)
    assert f"{tmp_path / 'round1 (Ben'}" in told
    assert told.count("look like two copies of one coding") == 2
    assert f'"Ana M" ({tmp_path / "round1 (Ben"}' in told
    assert '" ana  m"' not in told
    assert "are read as different coders" in told


def test_two_files_of_different_coders_are_no_copies(tmp_path: Path) -> None:
    put(tmp_path, ana=STUDY["ana"], ben=STUDY["ana"])
    assert read_human(tmp_path).notes == ()


# --- Whose coding, and what they read ---------------------------------------------------------------------------


def test_one_file_of_a_folder_makes_no_empty_codings_of_the_coders_of_the_others(tmp_path: Path) -> None:
    put(
        tmp_path,
        p01="transcript,coder,turn,code\np01,Ana,2,team\np01,Ben,2,team\n",
        p02="transcript,coder,turn,code\np02,Ana,2,team\np02,Cem,2,team\n",
        coders="coder,transcript\nAna,p01\nAna,p02\nAna,wave2/p03\nBen,p01\nCem,p01\nCem,p02\nDora,p01\n",
    )
    both, one = located(tmp_path), located(tmp_path / "p01.csv")
    assert [*both] == ["Ana", "Ben", "Cem", "Dora"]
    assert [*one] == ["Ana", "Ben", "Dora"]
    assert [passage.transcript for passage in both["Ana"].seen] == ["p01", "p02", "wave2/p03"]
    assert [passage.transcript for passage in one["Ana"].seen] == ["p01", "wave2/p03"]
    assert "not read: Cem, whose coding stands in other files" in notes(one)


def test_a_coder_in_coders_csv_without_rows_read_and_found_nothing(tmp_path: Path) -> None:
    put(tmp_path, ana=STUDY["ana"], coders="coder,transcript,kind\nana,p01,\nBen,p01,\nm,p01,machine\n")
    ben = located(tmp_path)["Ben"]
    assert (ben.seen, ben.segments) == ((whole(),), ())
    assert "Ben: no rows, so they read p01 and found nothing" in ben.notes[0]
    assert f"{tmp_path / 'coders.csv'}:3" in ben.notes[0]
    assert [coding.kind for coding in located(tmp_path).values()] == ["human", "human", "model"]


def test_what_a_coder_read_comes_from_coders_csv(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\n",
        coders="coder,transcript,turns\nana,p01,1-2;4\nana,p02,\nana,p02,3\nana,wave2/p03,2;1;3–3\n",
    )
    ana = located(tmp_path)["ana"]
    assert ana.seen == (
        Passage("p01", Span(turn(1).start, turn(2).end)),
        Passage("p01", turn(4)),
        whole("p02"),
        Passage("wave2/p03", Span(turn(1, "wave2/p03").start, turn(3, "wave2/p03").end)),
    )
    assert "coverage assumed" not in notes({"ana": ana})


def test_without_coders_csv_coverage_is_assumed_and_a_half_read_interview_is_named(tmp_path: Path) -> None:
    put(tmp_path, all="transcript,coder,turn,code\np01,ana,4,team\np02,ana,5,team\np01,ben,4,team\np01,ben,6,\n")
    codings = located(tmp_path)
    assert codings["ana"].seen == (whole("p01"), whole("p02"))
    assert codings["ana"].notes[0].startswith("ana: coverage assumed")
    assert "the last coded turn lies before the last third of p01 (turn 4 of 6);" in codings["ana"].notes[1]
    assert len(codings["ben"].notes) == 1  # an empty code on turn 6 says that ben read so far


def test_rows_in_a_transcript_that_coders_csv_does_not_list_are_kept_and_told(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\np02,2,team\n",
        coders="coder,transcript,stage\nana,p01,independent\n",
    )
    codings = located(tmp_path)
    assert [*codings] == ["ana"]
    assert [segment.transcript_id for segment in codings["ana"].segments] == ["p01", "p02"]
    assert codings["ana"].seen == (whole("p01"),)
    assert "coders.csv does not list p02 for them" in notes(codings)


@pytest.mark.parametrize(
    ("rows", "coders", "names"),
    [
        ("p01,,team", "p01,,,", ["ana"]),
        ("p01,1,team\np01,2,team", "p01,1,,\np01,2,,", ["ana (1)", "ana (2)"]),
        ("p01,,team\np02,2,team", "p01,,,\np02,2,,", ["ana", "ana (2)"]),
        ("p01,,team\np02,,team", "p01,,training,\np02,,independent,", ["ana (training)", "ana (independent)"]),
        ("p01,,team\np02,,team", "p01,,,nothing\np02,,,runs/m", ["ana (saw nothing)", "ana (saw runs/m)"]),
        ("p01,1,team\np01,2,team", "p02,,,", ["ana (1)", "ana (2)"]),
    ],
)
def test_each_pass_stage_and_saw_is_a_coding_with_a_name_of_its_own(
    tmp_path: Path, rows: str, coders: str, names: list[str]
) -> None:
    put(tmp_path, ana=f"transcript,pass,code\n{rows}\n")
    put(tmp_path, coders="coder,transcript,pass,stage,saw\n" + "".join(f"ana,{row}\n" for row in coders.split("\n")))
    codings = located(tmp_path)
    assert sorted(name for name, coding in codings.items() if coding.segments) == sorted(names)
    for name, coding in codings.items():
        assert name == "ana" or name.endswith((f"({coding.pass_})", f"({coding.stage})", f"(saw {coding.saw})"))


def test_a_row_that_may_belong_to_two_passes_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, ana="transcript,turn,code\np01,2,team\n", coders="coder,transcript,pass\nana,p01,1\nana,p01,2\n")
    with pytest.raises(InputError, match=r"ana.csv:2: coders.csv has 2 codings of p01 by ana"):
        located(tmp_path)


def test_turns_tell_two_stages_of_one_transcript_apart(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\np01,4,team\n",
        coders="coder,transcript,turns,stage\nana,p01,1-3,training\nana,p01,4-6,independent\n",
    )
    codings = located(tmp_path)
    assert [(name, coding.segments[0].span) for name, coding in codings.items()] == [
        ("ana (training)", turn(2)),
        ("ana (independent)", turn(4)),
    ]


def test_settled_coding_is_settled_whatever_else_is_said(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\n",
        settled="transcript,coder,turn,code,from\np01,ana,2,team,agreed\np01,team,4,team,decided\n",
        coders="coder,transcript,stage\nana,p01,independent\nana,p01,settled\nteam,p01,\n",
    )
    codings = located(tmp_path)
    assert {name: coding.stage for name, coding in codings.items()} == {
        "ana (independent)": "independent",
        "ana (settled)": "settled",
        "team": "settled",
    }
    assert codings["team"].seen == (whole(),)


def test_a_line_limited_to_some_codes_leaves_the_others_missing(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\n",
        coders="coder,transcript,turns,codes,codebook\nana,p01,1-4,Support,v1\nana,p01,1-2,mood,2\n",
    )
    ana = located(tmp_path)["ana"]
    assert ana.codebook == "1;2"
    assert set(ana.missing) == {
        Missing(passage=Passage("p01", Span(turn(3).start, turn(4).end)), code="mood"),
        Missing(passage=Passage("p01", Span(turn(1).start, turn(4).end)), code="na"),
    }  # the theme `support` stands for manager and team, which were decided on all four turns


def test_a_code_that_a_coders_version_had_not_yet_is_missing_until_a_re_reading(tmp_path: Path) -> None:
    first = CODEBOOK.model_copy(
        update={"codes": tuple(code for code in CODEBOOK.codes if code.id not in ("na", "mood"))}
    )
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\n",
        coders="coder,transcript,codebook,codes\nana,p01,v1,\nana,p01,v2,mood\nana,p02,v9,\n",
    )
    ana = located(tmp_path, versions={"v1": first, "2": CODEBOOK})["ana"]
    assert ana.missing == (Missing(passage=whole(), code="na"),)
    assert "coders.csv names version 9 of the codebook, which is not among those kept (1, 2)" in notes({"ana": ana})


def test_unseen_cells_are_missing_by_turn_and_code(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,code\np01,2,team\n",
        unseen="transcript,turn,coder,code\np01,2,ana,na\np01,4,ana,\np01,,ana,support\n",
    )
    ana = located(tmp_path)["ana"]
    assert set(ana.missing) == {
        Missing(passage=Passage("p01", turn(2)), code="na"),
        Missing(passage=Passage("p01", turn(4))),
        Missing(passage=whole(), code="manager"),
        Missing(passage=whole(), code="team"),
    }


def test_in_a_wide_table_a_coder_without_a_filled_cell_did_not_read_the_transcript(tmp_path: Path) -> None:
    put(tmp_path, w="transcript,turn,Ana,Ben\np01,2,team; boss,-\np01,4,na,\np02,2,team,\n")
    codings = located(tmp_path, wide=["Ana", "Ben"])
    assert [(s.transcript_id, s.span, s.code) for s in codings["Ana"].segments] == [
        ("p01", turn(2), "manager"),
        ("p01", turn(2), "team"),
        ("p01", turn(4), "na"),
        ("p02", turn(2, "p02"), "team"),
    ]
    assert (codings["Ben"].seen, codings["Ben"].segments) == ((whole("p01"),), ())


# --- Names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["manager", " MANAGER ", "Manager's Help", "Boss", "manager: she was there"])
def test_a_code_is_known_by_id_name_or_alias(tmp_path: Path, written: str) -> None:
    put(tmp_path, ana=f"transcript,turn,code\np01,2,{written}\n")
    assert [segment.code for segment in located(tmp_path)["ana"].segments] == ["manager"]


def test_without_a_codebook_a_code_stays_as_written(tmp_path: Path) -> None:
    put(tmp_path, ana="transcript,turn,code\np01,2,na\np01,2,Whatever\n")
    (coding,) = locate(read_human(tmp_path), TEXTS)
    assert sorted(segment.code for segment in coding.segments) == ["Whatever", "na"]


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (
            {"ana": "transcript,code\np01,manger\n"},
            r'ana.csv:2: the codebook has no code "manger"; did you mean "manager"',
        ),
        ({"ana": "transcript,code\np01,zzz\n"}, r'no code "zzz"; correct it, or add the code to the codebook'),
        (
            {"ana": "transcript,code\np01,support\n"},
            r'"support" is a theme .*"codable: true" .*below it \(manager, team\)',
        ),
        ({"coders": "coder,transcript,codes\nana,p01,manger\n"}, r'coders.csv:2: the codebook has no code "manger"'),
        ({"unseen": "transcript,coder,code\np01,ana,temm\n"}, r'unseen.csv:2: .*"temm"; did you mean "team"'),
        ({"unseen": "transcript,coder\np01,anna\n"}, r'unseen.csv:2: no coding is by "anna"; did you mean "ana"'),
        ({"ana": "transcript,code\np1,team\n"}, r'ana.csv:2: no transcript is called "p1"; did you mean "p01"'),
        ({"coders": "coder,transcript\nana,p03\n"}, r'coders.csv:2: no transcript is called "p03"'),
        ({"unseen": "transcript,coder\nxx,ana\n"}, r"unseen.csv:2: no transcript .* give the folder of transcripts"),
        ({"ana": "transcript,turn,code\np01,7,team\n"}, r"ana.csv:2: there is no turn 7: p01 has 6"),
        ({"ana": "transcript,turn,code\np01,P1,team\n"}, r'ana.csv:2: "P1" is no number of a turn'),
        ({"coders": "coder,transcript,turns\nana,p01,1-7\n"}, r"coders.csv:2: there is no turn 7"),
        ({"unseen": "transcript,turn,coder\np01,0,ana\n"}, r"unseen.csv:2: there is no turn 0"),
        ({"ana": "transcript,start,end,code\np01,5,,team\n"}, r"ana.csv:2: .* are not two whole numbers"),
        ({"ana": "transcript,start,end,code\np01,5,9999,team\n"}, r"ana.csv:2: start,end 5-9999 is no stretch of p01"),
        ({"ana": "transcript,code,decision\np01,team,maybe\n"}, r'ana.csv:2: "maybe" is no decision \(those are yes'),
        ({"ana": "transcript,code,rating\np01,team,high\n"}, r'ana.csv:2: "high" is no rating; write a number'),
        ({"ana": "transcript,coder,code\n"}, "no coder in it"),
    ],
)
def test_what_nobody_defined_is_an_error_with_path_line_and_the_nearest_name(
    tmp_path: Path, files: dict[str, str], what: str
) -> None:
    put(tmp_path, **({"ana": "transcript,turn,code\np01,2,team\n"} | files))
    with pytest.raises(InputError, match=what):
        located(tmp_path)


def test_unknown_codes_are_listed_together_the_first_ten_of_them(tmp_path: Path) -> None:
    put(tmp_path, ana="transcript,code\n" + "".join(f"p01,qq{i}\np01,qq{i}\n" for i in range(12)))
    with pytest.raises(InputError) as caught:
        located(tmp_path)
    listed = str(caught.value).split("\n")
    assert len(listed) == 11
    assert f'{tmp_path / "ana.csv"}:20: the codebook has no code "qq9"' in listed[9]
    assert listed[10] == "and 2 more"


@pytest.mark.parametrize("written", ["Wave2/P03", "wave2/p03.txt", "wave2\\p03.VTT"])
def test_a_transcript_written_with_suffix_or_in_another_case_is_known_and_told(tmp_path: Path, written: str) -> None:
    put(tmp_path, ana=f"transcript,turn,code\n{written},2,team\n")
    codings = located(tmp_path)
    assert codings["ana"].segments[0].transcript_id == "wave2/p03"
    assert f'ana.csv:2: "{written}" is taken as the transcript wave2/p03' in notes(codings)


def test_a_name_in_another_unicode_form_is_the_same_name(tmp_path: Path) -> None:
    put(
        tmp_path,
        all="transcript,coder,turn,code\nzoe\u0308,Zoe\u0308,2,team\n",
        coders="coder,transcript\nZo\u00eb,zo\u00eb\n",
    )
    (coding,) = locate(read_human(tmp_path), {"zo\u00eb": transcript("zo\u00eb")}, codebook=CODEBOOK)
    assert (coding.coder, coding.segments[0].transcript_id) == ("Zo\u00eb", "zo\u00eb")


# --- Where a row stands -----------------------------------------------------------------------------------------

HELPED = "My manager helped"
NOWHERE = "nobody ever said this at all"
SECOND = TEXT.index("My manager helped a lot")


@pytest.mark.parametrize(
    ("row", "shown", "match", "problem", "told"),
    [
        ({"turn": "2"}, WORDS[1][1], "", (), ""),
        ({"turn": "4.0"}, WORDS[3][1], "", (), ""),
        ({}, TEXT[3:-1], "", (), "about the whole transcript"),
        ({"quote": "The team was there"}, "The team was there", "exact", (), ""),
        ({"quote": " The team was there\n"}, "The team was there", "exact", (), ""),
        ({"quote": HELPED, "turn": "2"}, HELPED, "exact", ("ambiguous",), ""),
        ({"quote": "“the TEAM was there”", "turn": "4"}, "The team was there", "folded", (), ""),
        ({"quote": "The team", "turn": "2"}, WORDS[1][1], "none", ("quote not found",), "in another turn"),
        ({"quote": NOWHERE, "turn": "2"}, WORDS[1][1], "none", ("quote not found",), "whole turn"),
        ({"quote": NOWHERE}, None, "none", ("quote not found",), "kept without a place"),
        ({"start": str(SECOND), "end": str(SECOND + 17)}, HELPED, "", (), ""),
        ({"start": str(SECOND), "end": str(SECOND + 17), "quote": HELPED, "turn": "6"}, HELPED, "exact", (), ""),
        ({"start": "0", "end": "8", "quote": "The team was there"}, "The team was there", "exact", (), "placed by the"),
        ({"start": "8", "end": "9999", "quote": "The team was there"}, "The team was there", "exact", (), "placed by"),
        ({"start": str(SECOND), "end": str(SECOND + 17), "quote": NOWHERE}, HELPED, "none",
         ("quote not found",), "what start,end say is taken"),
        ({"start": "8", "end": "9", "text_sha256": "0" * 64, "quote": "I felt fine."}, "I felt fine.", "exact", (),
         "another state of the text"),
        ({"start": "8", "end": "9", "text_sha256": "0" * 64, "turn": "6"}, "I felt fine.", "", (), "another state"),
        ({"start": "8", "end": "9", "text_sha256": "0" * 64}, None, "none", ("quote not found",), "without a quote"),
        ({"start": "0", "end": "2", "text_sha256": sha256(TEXT)}, "I:", "", ("excluded speaker",), "on words of"),
        ({"quote": "", "said": "The team was there"}, "The team was there", "exact", (), ""),
    ],
)  # fmt: skip
def test_a_row_stands_where_its_most_trusted_mark_says(
    tmp_path: Path, row: dict[str, str], shown: str | None, match: str, problem: tuple[str, ...], told: str
) -> None:
    with (tmp_path / "ana.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["transcript", "coder", "code", *row])
        writer.writeheader()
        writer.writerow({"transcript": "p01", "coder": "Ana", "code": "team", **row})
    (segment,) = located(tmp_path)["Ana"].segments
    assert (segment.span and TEXT[segment.span.start : segment.span.end]) == shown
    assert (segment.match, segment.problem) == (match, problem)
    assert told in notes(located(tmp_path))
    placed = [note for note in located(tmp_path)["Ana"].notes if note.startswith("Ana: 1 row")]
    assert len(placed) == bool(told)  # what goes without saying is not said


def test_a_second_place_is_kept_when_start_and_end_point_at_it_though_typography_differs(tmp_path: Path) -> None:
    put(tmp_path, ana=f"transcript,start,end,quote,code\np01,{SECOND},{SECOND + 17},MY MANAGER HELPED,team\n")
    (segment,) = located(tmp_path)["ana"].segments
    assert (segment.span, segment.match, segment.said) == (Span(SECOND, SECOND + 17), "folded", "MY MANAGER HELPED")
    assert "placed by the quote" not in notes(located(tmp_path))


@given(first=st.integers(0, 5), data=st.data())
def test_a_quote_cut_from_a_turn_at_word_borders_is_found_in_that_turn(
    tmp_path_factory: pytest.TempPathFactory, first: int, data: st.DataObject
) -> None:
    words = WORDS[first][1].split(" ")
    start = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    folder = tmp_path_factory.mktemp("quotes")
    with (folder / "ana.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["transcript", "turn", "quote", "code"], ["p01", first + 1, quote, "team"]])
    (segment,) = located(folder)["ana"].segments
    assert segment.match == "exact"
    assert segment.span is not None
    assert TEXT[segment.span.start : segment.span.end] == quote
    assert turn(first + 1).start <= segment.span.start < segment.span.end <= turn(first + 1).end


@pytest.mark.parametrize(
    ("cells", "yes_from", "decision", "rating"),
    [
        (",", None, "yes", None),
        (",no", None, "no", None),
        (",MISSING", 3, "missing", None),
        ("4,", None, "missing", 4.0),
        ("4,yes", None, "yes", 4.0),
        ("1,yes", 3, "yes", 1.0),
        ("3,", 3, "yes", 3.0),
        ('"2,5",', 3, "no", 2.5),
    ],
)
def test_a_rating_is_missing_for_yes_and_no_until_somebody_says_from_where_it_is_a_yes(
    tmp_path: Path, cells: str, yes_from: float | None, decision: str, rating: float | None
) -> None:
    put(tmp_path, ana=f"transcript,turn,code,rating,decision\np01,2,team,{cells}\n")
    codings = located(tmp_path, yes_from=yes_from)
    (segment,) = codings["ana"].segments
    assert (segment.decision, segment.rating) == (decision, rating)
    assert ("missing for yes/no" in notes(codings)) == (cells == "4,")


def test_the_same_code_on_the_same_place_counts_once(tmp_path: Path) -> None:
    put(
        tmp_path,
        ana="transcript,turn,quote,code,decision\np01,6,,team,\np01,6,I felt fine.,team,no\np01,6,,na,\n",
        ben="transcript,turn,code\np01,6,team\n",
    )
    codings = located(tmp_path)
    problems = {(s.code, s.match): s.problem for s in codings["ana"].segments}
    assert problems == {("team", ""): (), ("team", "exact"): ("duplicate",), ("na", ""): ()}
    assert codings["ben"].segments[0].problem == ()
    assert "ana: 1 row with another decision than an earlier row" in notes(codings)


@pytest.mark.parametrize(
    ("code", "row", "excluded", "counts"),
    [
        ("team", "1,", (), True),
        ("team", "1,", ("I",), False),
        ("team", "2,", ("I",), True),
        ("mood", "2,", (), True),
        ("mood", "5,", (), False),  # the codebook: only P1's turns
        ("mood", ",Yes. P1: I felt", (), True),  # one character in P1's turn is enough
        ("mood", ",", (), True),  # the whole transcript
        ("mood", ",", ("P1",), False),
    ],
)
def test_a_row_with_no_character_of_who_may_be_coded_is_kept_and_does_not_count(
    tmp_path: Path, code: str, row: str, excluded: tuple[str, ...], counts: bool
) -> None:
    start = TEXT.index("Yes.")
    place = f",{start},{start + 15}" if "felt" in row else f"{row.split(',')[0]},,"
    put(tmp_path, ana=f"transcript,code,turn,start,end\np01,{code},{place}\n")
    (segment,) = located(tmp_path, exclude_speakers=excluded)["ana"].segments
    assert segment.counts == counts
    assert segment.problem == (() if counts else ("excluded speaker",))


def test_ids_follow_the_rule_of_the_contract(tmp_path: Path) -> None:
    def by_hand(json: str) -> str:
        return hashlib.sha256(json.encode()).hexdigest()[:16]

    put(
        tmp_path,
        all="transcript,coder,pass,code,quote,start,end,turn\n"
        "p01,Ana,,Boss,é “x”,,,2\np01,Ana,,team,,3,9,1\np01,Ana,,team,,,,2\np01,Ana,,team,,,,2\np01,Ana,,na,,,,\n"
        "p01,Ben,second,na,,,,4.0\n",
    )
    ids = {segment.id for coding in located(tmp_path).values() for segment in coding.segments}
    assert ids == {
        by_hand('["Ana","","p01","manager","\\u00e9 \\u201cx\\u201d",0]'),
        by_hand('["Ana","","p01","team","3-9",0]'),
        by_hand('["Ana","","p01","team","2",0]'),
        by_hand('["Ana","","p01","team","2",1]'),
        by_hand('["Ana","","p01","na","",0]'),
        by_hand('["Ben","second","p01","na","4.0",0]'),
    }


def test_an_empty_code_says_read_and_found_nothing(tmp_path: Path) -> None:
    put(tmp_path, ana="transcript,turn,quote,code,memo\np01,,,,\np02,2,helped,,why\n")
    codings = located(tmp_path)
    assert codings["ana"].segments == ()
    assert codings["ana"].seen == (whole("p01"), whole("p02"))
    assert "1 row without a code, which says: read here and found nothing" in notes(codings)


def test_the_order_of_rows_decides_nothing_but_which_twin_stays(tmp_path: Path) -> None:
    rows = ["p02,2,,team", "p01,4,The team,na", "p01,,no such words here,team", "p01,2,,team", "p01,2,,manager"]
    put(tmp_path, ana="transcript,turn,quote,code\n" + "\n".join(rows))
    forwards = located(tmp_path)["ana"].segments
    put(tmp_path, ana="transcript,turn,quote,code\n" + "\n".join(reversed(rows)))
    assert located(tmp_path)["ana"].segments == forwards
    assert [s.code for s in forwards] == ["manager", "team", "na", "team", "team"]


def test_a_coding_goes_to_json_and_comes_back_equal(tmp_path: Path) -> None:
    put(tmp_path, **STUDY, unseen="transcript,turn,coder,code\np01,2,Cem,na\n")
    for coding in located(tmp_path).values():
        assert Coding.model_validate_json(coding.model_dump_json()) == coding


# --- Real coding ------------------------------------------------------------------------------------------------


def real(study: str, what: str = "", **options: object) -> dict[str, Coding]:
    texts = {text.id: text for text in read_transcripts(SHARED / study / "transcripts")}
    codebook = read_codebook(SHARED / study / "codebook.csv")
    codings = locate(read_human(SHARED / study / what), texts, codebook=codebook, **options)  # type: ignore[arg-type]
    return {coding.coder: coding for coding in codings}


@needs_shared
def test_annomi_ten_coders_and_the_printed_counts_of_their_decisions() -> None:
    codings = real("annomi")
    assert sorted(codings) == [f"a{i}" for i in range(10)]
    segments = [segment for coding in codings.values() for segment in coding.segments]
    assert len(segments) == 9892
    assert all(segment.counts and not segment.problem for segment in segments)
    read_by = Counter(passage.transcript for coding in codings.values() for passage in coding.seen)
    shared = {id for id, n in read_by.items() if n == 10}
    assert len(shared) == 7
    chosen = Counter(segment.code for segment in segments if segment.transcript_id in shared)
    # The column "chosen" of the study's README, counted there from the source.
    assert chosen == {
        **{"main_reflection": 465, "main_question": 634, "main_input": 442, "main_other": 619},
        **{"question": 754, "question_open": 437, "question_closed": 317},
        **{"reflection": 585, "reflection_simple": 280, "reflection_complex": 305},
        **{"input": 516, "input_information": 294, "input_advice": 116, "input_options": 39, "input_negotiation": 67},
        **{"change": 534, "neutral": 1254, "sustain": 332},
    }


@needs_shared
def test_sight_two_people_and_three_models_with_their_missing_cells() -> None:
    codings = real("sight")
    assert {name: coding.kind for name, coding in codings.items()} == {
        **{"H1": "human", "H2": "human"},
        **dict.fromkeys(["gpt35_zero_shot", "gpt35_few_shot", "gpt35_few_shot_reasons"], "model"),
    }
    assert sum(len(coding.missing) for coding in codings.values()) == 711
    chosen = {name: Counter(s.code for s in codings[name].segments) for name in ("H1", "H2")}
    printed = {"general": (49, 64), "confusion": (49, 45), "na": (91, 77), "non_english": (16, 19), "bookmark": (8, 3)}
    assert {code: (chosen["H1"][code], chosen["H2"][code]) for code in printed} == printed


@needs_shared
@pytest.mark.parametrize(
    ("file", "coders", "cells"),
    [
        ("coding.csv", {"H1", "H2"}, 27),
        ("machine.csv", {f"gpt35_{x}" for x in ("zero_shot", "few_shot", "few_shot_reasons")}, 684),
    ],
)
def test_one_file_of_sight_holds_only_its_own_coders(file: str, coders: set[str], cells: int) -> None:
    codings = real("sight", file)
    assert set(codings) == coders
    assert sum(len(coding.missing) for coding in codings.values()) == cells
    assert all(len(coding.seen) == 3 for coding in codings.values())


@needs_shared
def test_lend_an_ear_every_quote_that_stands_in_a_turn_is_found_in_that_turn() -> None:
    with (SHARED / "lend-an-ear" / "coding.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    files = read_human(SHARED / "lend-an-ear" / "coding.csv")
    texts = {text.id: text for text in read_transcripts(SHARED / "lend-an-ear" / "transcripts")}
    codings = {c.coder: c for c in locate(files, texts, yes_from=3)}
    assert len(codings) == 104
    found = {
        (
            coder,
            s.transcript_id,
            s.code,
            s.said or (s.span and texts[s.transcript_id].text[s.span.start : s.span.end]),
        ): s
        for coder, coding in codings.items()
        for s in coding.segments
    }
    exact = 0
    for row in rows:
        key = (row["coder"], row["transcript"], row["code"], row["quote"].strip())
        if row["found"] == "exact":
            segment = found[key]
            where = next(t.span for t in texts[row["transcript"]].turns if str(t.number) == row["turn"])
            assert segment.match in ("exact", "folded")
            assert segment.span is not None
            assert where.start <= segment.span.start < segment.span.end <= where.end
            assert segment.decision == ("yes" if int(row["rating"]) >= 3 else "no")
            exact += 1
    assert exact == 677
    assert sum(len(coding.segments) for coding in codings.values()) == 847


@needs_shared
def test_lend_an_ear_ratings_without_a_threshold_decide_nothing() -> None:
    codings = real("lend-an-ear")
    assert Counter(coding.kind for coding in codings.values()) == {"human": 107, "model": 3}
    segments = [segment for coding in codings.values() for segment in coding.segments]
    assert len(segments) == 2285 + 847
    assert {segment.decision for segment in segments} == {"missing"}


def test_a_quote_across_a_time_in_the_words_is_found_whether_or_not_the_time_was_copied(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir()
    text = "I: Well?\nP1: My team [00:01:02] was there for me.\nI: And?\nP1: Yes.\n"
    (tmp_path / "i" / "p01.txt").write_text(text)
    transcripts = {t.id: t for t in read_transcripts(tmp_path / "i")}
    rows = "transcript,coder,code,quote\np01,Ana,team,My team was there\np01,Ben,team,My team [00:01:02] was there\n"
    (tmp_path / "coding.csv").write_text(rows)
    for coding in locate(read_human(tmp_path / "coding.csv"), transcripts):
        (segment,) = coding.segments
        assert segment.match == "exact"
        assert segment.span is not None
        assert text[segment.span.start : segment.span.end] == "My team [00:01:02] was there"
