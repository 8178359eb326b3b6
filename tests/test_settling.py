"""Where coders disagree: the agenda of a meeting, its decisions, and the study's own coding."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import docx
import pytest
import xlsxwriter
from conftest import Cli, Scripted, says
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import autocode as ac
from autocode.agreement import passage_id

P01 = """\
INT: What helped?
P1: My manager moved two deadlines for me.
INT: And the office?
P1: The office sent a leaflet, and I never read it.
INT: Who else?
P1: My colleagues brought soup every day.
INT: And then?
P1: I stayed, and I would do so again.
"""
P02 = """\
INT: What helped?
P2: Nobody did a thing, to be honest with you.
INT: Nothing at all?
P2: Well, Ruth from the desk beside mine took my calls.
"""
CODEBOOK = """\
format: autocode-codebook/1
id: book
version: 1
codes:
  - {id: manager, name: "Manager's help", definition: What a manager did.}
  - {id: office, name: Office, definition: What the office did.}
  - {id: team, name: Colleagues, definition: What colleagues did., aliases: [soup]}
  - {id: interviewer, name: Asking, definition: How it is asked., speakers: [INT]}
"""
ANA = """\
transcript,turn,code,quote,memo
p01,,manager,My manager moved two deadlines,she names the act
p01,4,office,,
p01,6,team,,
p01,8,team,,
p02,4,team,,
"""
BEN = "transcript,turn,code\np01,2,manager\np01,4,manager\np01,6,team\np02,,\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Ana and Ben: alike on p01 2 and 6; p01 4 is office or manager; p01 8 and p02 4 only Ana's."""
    return make(tmp_path / "study")


def make(folder: Path, **coding: str) -> Path:
    (folder / "interviews").mkdir(parents=True)
    (folder / "coding").mkdir()
    (folder / "autocode.yaml").write_text("exclude_speakers: [INT]\n", "utf-8")
    (folder / "codebook.yaml").write_text(CODEBOOK, "utf-8")
    for name, text in {"p01": P01, "p02": P02}.items():
        (folder / "interviews" / f"{name}.txt").write_text(text, "utf-8")
    for name, text in ({"ana": ANA, "ben": BEN} | coding).items():
        (folder / "coding" / f"{name}.csv").write_text(text, "utf-8")
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settled(study: Path) -> list[tuple[str, str, str, str]]:
    return [(r["transcript"], r["turn"], r["code"], r["from"]) for r in rows(study / "coding" / "settled.csv")]


def agenda(study: Path, *also: Path) -> ac.Disputes:
    return ac.open_disputes(ac.compare_files([study, *also]))[0]


def id_of(study: Path, transcript: str, turn: int, code: str) -> str:
    return next(d.id for d in agenda(study).disputes if (d.transcript, d.turn, d.code) == (transcript, turn, code))


def filled(path: Path, answers: Mapping[str, Mapping[str, object]], *, merge: str = "", drop: str = "") -> Path:
    """A workbook as Excel leaves it: the agenda with cells filled in, a date as a date."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("agenda").to_python()
    out = path.with_name("filled.xlsx")
    header = [str(cell) for cell in sheet[0]]
    book = xlsxwriter.Workbook(out)
    page, day = book.add_worksheet("agenda"), book.add_format({"num_format": "dd/mm/yyyy"})
    keep = [i for i, name in enumerate(header) if name != drop]
    for at, cells in enumerate(sheet):
        for to, i in enumerate(keep):
            value = answers.get(str(cells[header.index("id")]), {}).get(header[i], cells[i]) if at else header[i]
            if isinstance(value, date):
                page.write_datetime(at, to, value, day)
            else:
                page.write(at, to, value)
    if merge:
        column = header.index(merge)
        page.merge_range(1, column, 3, column, "Ana and Ben")
    book.add_worksheet("notes of the meeting").write(0, 0, "we met for an hour")
    book.close()
    return out


# --- Which passages, with what, and in which order -------------------------------------------------------------------


def test_a_disputed_passage_shows_who_said_what_and_the_turns_around_it(study: Path) -> None:
    found = next(d for d in agenda(study).disputes if (d.turn, d.code) == (4, "office"))
    assert (found.transcript, found.speaker, found.name) == ("p01", "P1", "Office")
    assert found.passage == "The office sent a leaflet, and I never read it."
    assert [said.words for said in found.before] == ["My manager moved two deadlines for me.", "And the office?"]
    assert [(said.turn, said.speaker) for said in found.after] == [(5, "INT")]
    ana, ben = found.sides
    assert (ana.coder, ana.decision, ana.quotes) == ("ana", "yes", (found.passage,))
    assert (ben.decision, ben.quotes, ben.others) == ("no", (), ("manager",))
    assert found.instead == "manager"
    assert found.id == passage_id("p01", "office", ac.Span(found.start, found.end))


def test_where_a_coder_has_no_decision_nothing_is_disputed(tmp_path: Path) -> None:
    coders = "coder,transcript,turns\nana,p01,\nana,p02,\nben,p01,1-6\nben,p02,\n"
    found = agenda(make(tmp_path / "s", coders=coders))
    assert [(d.transcript, d.turn, d.code) for d in found.disputes] == [
        ("p01", 4, "manager"), ("p01", 4, "office"), ("p02", 4, "team"),
    ]  # fmt: skip
    cleo = make(tmp_path / "t", coders=coders + "cleo,p01,\ncleo,p02,\n", cleo="transcript,turn,code\np01,6,team\n")
    seen = next(d for d in agenda(cleo).disputes if (d.turn, d.code) == (8, "team"))
    assert [side.decision for side in seen.sides] == ["yes", "missing", "no"]


def test_the_code_with_most_disputes_comes_first_then_what_shares_a_cause(tmp_path: Path) -> None:
    text = "\n".join(f"P1: answer number {n} of them all" for n in range(1, 9)) + "\n"
    ana = "transcript,turn,code\n" + "".join(
        f"p03,{n},{c}\n" for n, c in [(1, "office"), *((n, "team") for n in range(2, 8))]
    )
    ben = "transcript,turn,code\np03,3,manager\np03,5,manager\np03,7,office\n"
    study = make(tmp_path / "s", ana=ana, ben=ben)
    (study / "interviews" / "p03.txt").write_text(text, "utf-8")
    found = agenda(study)
    assert [(d.number, d.code, d.turn, d.instead) for d in found.disputes] == [
        (1, "team", 2, ""), (2, "team", 4, ""), (3, "team", 6, ""),
        (4, "team", 3, "manager"), (5, "team", 5, "manager"), (6, "team", 7, "office"),
        (7, "manager", 3, "team"), (8, "manager", 5, "team"),
        (9, "office", 1, ""), (10, "office", 7, "team"),
    ]  # fmt: skip
    assert found.by_code == {"team": 6, "manager": 2, "office": 2}


def test_a_further_coder_changes_no_id(study: Path) -> None:
    before = {d.id for d in agenda(study).disputes}
    (study / "coding" / "cleo.csv").write_text("transcript,turn,code\np01,4,office\np01,2,team\n", "utf-8")
    assert before < {d.id for d in agenda(study).disputes}


def test_people_make_a_dispute_and_a_model_is_shown_beside_unless_it_is_named(study: Path) -> None:
    run = coded(study, ("team", "I stayed, and I would do so again."), ("office", "Nobody did a thing"))
    found = agenda(study)
    assert found.among == ("ana", "ben")
    assert [s.why for d in found.disputes for s in d.sides if d.turn == 8 and s.coder == "scripted"] == ["because"]
    assert not any((d.transcript, d.turn) == ("p02", 2) for d in found.disputes)
    named = ac.open_disputes(ac.compare_files([study / "coding", run]))[0]
    assert named.among == ("ana", "ben", "scripted")
    assert any((d.transcript, d.turn, d.code) == ("p02", 2, "office") for d in named.disputes)


def coded(study: Path, *proposals: tuple[str, str]) -> Path:
    """A run in the study whose model says these."""
    where = ac.Study.at(study)
    transcripts, codebook = where.transcripts()[0], where.codebook()
    replies = {quote: says((code, quote)) for code, quote in proposals}
    run = ac.Run(study / "runs" / "pilot", exclude_speakers=["INT"], max_tokens=20, context_turns=0)
    ac.code(transcripts, codebook, coder=Scripted(replies), run=run)
    return run.path


@settings(max_examples=25)
@given(st.lists(st.sets(st.sampled_from([1, 2, 3, 4, 5])), min_size=2, max_size=4))
def test_exactly_the_units_with_a_yes_and_a_no_are_disputed(marks: list[set[int]]) -> None:
    turns, text = [], ""
    for number in range(1, 6):
        turns.append(ac.Turn(number, "P", ac.Span(len(text), len(text) + 4)))
        text += f"say{number}\n"
    transcript = ac.Transcript(id="p", text=text, turns=tuple(turns))
    book = ac.Codebook(id="b", codes=(ac.Code(id="c", name="C"),))
    codings = [
        ac.Coding(
            coder=f"coder {i}",
            seen=(ac.Passage("p", ac.Span(0, len(text))),),
            segments=tuple(
                ac.CodedSegment(id=f"{i}-{n}", transcript_id="p", code="c", span=turns[n - 1].span) for n in sorted(yes)
            ),
        )
        for i, yes in enumerate(marks)
    ]
    found = ac.disputes(ac.units(codings, [transcript], book), codings, [transcript], book)
    assert [d.turn for d in found.disputes] == sorted(set.union(*marks) - set.intersection(*marks))


# --- The agenda as a file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "docx", "csv", "json"])
def test_the_same_passages_give_the_same_bytes(study: Path, cli: Cli, kind: str) -> None:
    one, two = study / f"one.{kind}", study / f"two.{kind}"
    assert cli("agree", study, "--agenda", one)[0] == 0
    assert cli("agree", study, "--agenda", two)[0] == 0
    assert one.read_bytes() == two.read_bytes()


def test_the_workbook_has_empty_columns_to_fill_and_a_list_of_decisions(study: Path, cli: Cli) -> None:
    import zipfile

    cli("agree", study, "--agenda", study / "a.xlsx")
    book = CalamineWorkbook.from_path(study / "a.xlsx")
    header, *lines = book.get_sheet_by_name("agenda").to_python()
    assert header[-6:] == ["decision", "why", "by", "date", "change the codebook?", "id"]
    assert [line[0] for line in lines] == [1, 2, 3, 4]
    assert all(cell == "" for line in lines for cell in line[-6:-1])
    assert [row[0] for row in book.get_sheet_by_name("choices").to_python()][1:5] == ["yes", "no", "manager", "office"]
    with zipfile.ZipFile(study / "a.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "choices!$A$2:$A$7" in sheet
    assert '<pane xSplit="2" ySplit="1"' in sheet


def test_an_agenda_of_an_unknown_kind_is_refused(study: Path, cli: Cli) -> None:
    code, _, err = cli("agree", study, "--agenda", study / "a.odt")
    assert code == 1
    assert ".xlsx, .docx, .csv or .json" in err


def test_control_characters_and_formulas_stay_words(tmp_path: Path, cli: Cli) -> None:
    study = make(
        tmp_path / "s", ana='transcript,turn,code,memo\np01,8,team,"=1\x0b+1"\n', ben="transcript,turn,code\np01,,\n"
    )
    for kind in ("xlsx", "docx"):
        assert cli("agree", study, "--agenda", study / f"a.{kind}")[0] == 0
    header, line = CalamineWorkbook.from_path(study / "a.xlsx").get_sheet_by_name("agenda").to_python()
    assert "memo: =1\ufffd+1" in line[header.index("ana")]


# --- Decisions come back ----------------------------------------------------------------------------------------------


def test_a_filled_workbook_comes_back_and_twice_adds_nothing(study: Path, cli: Cli) -> None:
    cli("agree", study, "--agenda", study / "a.xlsx")
    office, manager = id_of(study, "p01", 4, "office"), id_of(study, "p01", 4, "manager")
    meeting = {"by": "Ana, Ben", "date": date(2026, 11, 25)}
    file = filled(
        study / "a.xlsx",
        {
            office: {"decision": "Yes", "why": "a leaflet is an act", **meeting, "change the codebook?": "say so"},
            manager: {"decision": "no", **meeting},
        },
    )
    code, out, _ = cli("agree", study, "--decisions", file)
    assert (code, out) == (
        0,
        f"{study}/decisions.csv: 2 decisions added, 0 stood there already, 2 passages without a decision\n",
    )
    header = (study / "decisions.csv").read_text("utf-8").split("\n")[0]
    assert header.startswith("id,transcript,turn,code,decision,why,by,date,codebook_change")
    yes = next(line for line in rows(study / "decisions.csv") if line["id"] == office)
    assert [*yes.values()][1:9] == [
        "p01", "4", "office", "yes", "a leaflet is an act", "Ana, Ben", "2026-11-25", "say so",
    ]  # fmt: skip
    before = (study / "decisions.csv").read_bytes()
    assert "0 decisions added, 2 stood there already" in cli("agree", study, "--decisions", file)[1]
    assert (study / "decisions.csv").read_bytes() == before
    assert agenda(study).decided == 2
    assert [d.number for d in agenda(study).disputes] == [1, 2]


def test_a_word_agenda_comes_back_with_one_name_for_all(study: Path, cli: Cli) -> None:
    cli("agree", study, "--agenda", study / "a.docx")
    document = docx.Document(str(study / "a.docx"))
    for_all, first, *_ = document.tables
    for_all.rows[0].cells[1].text, for_all.rows[1].cells[1].text = "Ana; Ben", "25.11.2026"
    fields = {row.cells[0].text: row.cells[1] for row in first.rows}
    fields["decision"].text = "no"
    document.save(str(study / "filled.docx"))
    assert cli("agree", study, "--decisions", study / "filled.docx")[0] == 0
    (line,) = rows(study / "decisions.csv")
    assert (line["id"], line["decision"], line["by"], line["date"]) == (
        fields["id"].text,
        "no",
        "Ana; Ben",
        "2026-11-25",
    )


def test_a_later_decision_is_a_new_line_and_the_last_one_stands(study: Path, cli: Cli) -> None:
    id = id_of(study, "p01", 8, "team")
    first, second = (answers(study, f"{n}.csv", (id, decision, "Ana", day)) for n, decision, day in
                     [(1, "yes", "2026-11-25"), (2, "no", "2026-12-01")])  # fmt: skip
    for file in (first, second, first):
        code, _, err = cli("agree", study, "--decisions", file)
        assert code == 0
    assert [line["decision"] for line in rows(study / "decisions.csv")] == ["yes", "no"]
    assert "decided otherwise since" in err
    cli("settle", study)
    assert not any(row[:2] == ("p01", "8") for row in settled(study))


def answers(study: Path, name: str, *lines: tuple[str, str, str, str], header: str = "id,decision,by,date") -> Path:
    file = study / name
    file.write_text("\n".join([header, *(",".join(line) for line in lines)]) + "\n", "utf-8")
    return file


def test_lines_are_added_in_the_form_that_the_file_has(study: Path, cli: Cli) -> None:
    head = "by;id;transcript;turn;code;decision;why;date;codebook_change;mood"
    (study / "decisions.csv").write_bytes(f"{head}\r\nAna;{'0' * 16};p01;2;manager;yes;;;;fine".encode())
    id = id_of(study, "p01", 8, "team")
    assert cli("agree", study, "--decisions", answers(study, "f.csv", (id, "yes", "Ben", "")))[0] == 0
    assert (study / "decisions.csv").read_bytes().decode().split("\r\n")[2] == f"Ben;{id};p01;8;team;yes;;;;"


BAD = {
    "unknown id": (("ffffffffffffffff", "yes", "Ana", ""), "filled.csv:2: no passage has the id"),
    "unknown decision": (("ID", "perhaps", "Ana", ""), 'filled.csv:2: "perhaps" is no decision'),
    "other code": (("ID", "other code", "Ana", ""), "write which code it is"),
    "a slip": (("ID", "ofice", "Ana", ""), 'did you mean "office"?'),
    "nobody": (("ID", "yes", "", ""), 'filled.csv:2: the decision "yes" does not say who decided it; fill in `by`'),
    "no id": (("", "yes", "Ana", ""), "which passage it is about"),
    "a day or another": (("ID", "yes", "Ana", "3/4/2026"), '"3/4/2026" is no date'),
    "not for this speaker": (("ID", "interviewer", "Ana", ""), 'the code "interviewer" is not for what P1 says (INT)'),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_refused_with_its_line_and_nothing_is_written(study: Path, cli: Cli, case: str) -> None:
    line, message = BAD[case]
    id = id_of(study, "p01", 8, "team")
    file = answers(study, "filled.csv", tuple(id if cell == "ID" else cell for cell in line))
    code, _, err = cli("agree", study, "--decisions", file)
    assert code == 1
    assert message in err
    assert not (study / "decisions.csv").exists()


def test_a_passage_decided_twice_in_one_file_is_refused(study: Path, cli: Cli) -> None:
    id = id_of(study, "p01", 8, "team")
    file = answers(study, "f.csv", (id, "yes", "Ana", ""), (id, "no", "Ben", ""))
    code, _, err = cli("agree", study, "--decisions", file)
    assert (code, "f.csv:3: the passage" in err, "on line 2" in err) == (1, True, True)


def test_the_agenda_of_another_study_is_refused_at_once(study: Path, tmp_path: Path, cli: Cli) -> None:
    other = make(tmp_path / "other")
    for name in ("p01", "p02"):
        (other / "interviews" / f"{name}.txt").rename(other / "interviews" / f"x{name}.txt")
    for name in ("ana", "ben"):
        path = other / "coding" / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace("p0", "xp0"), "utf-8")
    cli("agree", other, "--agenda", other / "a.csv")
    text = (other / "a.csv").read_text("utf-8")
    table = list(csv.DictReader(io.StringIO(text)))
    file = answers(study, "f.csv", *((r["id"], "yes", "Ana", "") for r in table))
    code, _, err = cli("agree", study, "--decisions", file)
    assert (code, "f.csv:2: no passage here has the id" in err) == (1, True)
    assert "name the study" in err


def test_a_column_that_was_deleted_or_cells_that_were_merged_are_told(study: Path, cli: Cli) -> None:
    cli("agree", study, "--agenda", study / "a.xlsx")
    code, _, err = cli("agree", study, "--decisions", filled(study / "a.xlsx", {}, drop="by"))
    assert (code, 'it has lost the column "by"' in err) == (1, True)
    code, _, err = cli("agree", study, "--decisions", filled(study / "a.xlsx", {}, merge="by"))
    assert (code, "filled.xlsx:2: cells are merged" in err) == (1, True)
    code, _, err = cli("agree", study, "--decisions", study / "coding" / "ana.csv")
    assert (code, "this is no agenda" in err) == (1, True)


def test_a_code_that_has_gone_from_the_codebook_is_told(study: Path, cli: Cli) -> None:
    cli("agree", study, "--agenda", study / "a.xlsx")
    office, team = id_of(study, "p01", 4, "office"), id_of(study, "p01", 8, "team")
    file = filled(study / "a.xlsx", {office: {"decision": "yes", "by": "Ana"}})
    cli("agree", study, "--decisions", file)
    cli("agree", study, "--decisions", answers(study, "f.csv", (team, "office", "Ana", "")))
    for path in (study / "codebook.yaml", study / "coding" / "ana.csv"):
        kept = [line for line in path.read_text("utf-8").splitlines() if "office" not in line]
        path.write_text("\n".join(kept) + "\n", "utf-8")
    code, _, err = cli("agree", study, "--decisions", file)
    assert (code, 'the code "office" is not in the codebook (any more)' in err) == (1, True)
    code, _, err = cli("settle", study)
    assert code == 3
    assert 'decisions.csv:2: the code "office" is not in the codebook any more' in err
    assert 'decisions.csv:3: "office" is neither yes nor no nor a code of the codebook' in err


def test_a_text_that_changed_since_is_placed_again_by_its_words_or_told(study: Path, cli: Cli) -> None:
    cli("agree", study, "--agenda", study / "a.xlsx")
    team, office = id_of(study, "p01", 8, "team"), id_of(study, "p01", 4, "office")
    file = filled(study / "a.xlsx", {team: {"decision": "yes", "by": "Ana"}})
    cli("agree", study, "--decisions", file)
    path = study / "interviews" / "p01.txt"
    path.write_text(P01.replace("My manager", "Yes, my own manager").replace("a leaflet", "two leaflets"), "utf-8")
    code, out, err = cli("agree", study, "--decisions", file)
    assert (code, "placed again by its words (turn 8)" in err) == (0, True)
    assert ", 1 stood there already" not in out  # it stands elsewhere now: a line of its own
    cli("settle", study)
    assert ("p01", "8", "team", "decided") in settled(study)
    code, _, err = cli(
        "agree", study, "--decisions", filled(study / "a.xlsx", {office: {"decision": "no", "by": "Ana"}})
    )
    assert code == 1
    assert "its words are not in p01 in one place" in err


def test_decisions_need_a_study(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make(tmp_path / "s")
    id = id_of(study, "p01", 8, "team")
    file = answers(study, "f.csv", (id, "yes", "Ana", ""))
    (study / "autocode.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    code, _, err = cli(
        "agree", study / "coding", "--transcripts", study / "interviews", "--codebook", study / "codebook.yaml",
        "--exclude-speaker", "INT", "--decisions", file,
    )  # fmt: skip
    assert (code, "decisions are kept in a study" in err) == (1, True)


# --- Settling ---------------------------------------------------------------------------------------------------------


def test_what_is_agreed_is_settled_and_what_is_disputed_is_named(study: Path, cli: Cli) -> None:
    code, out, err = cli("settle", study)
    assert code == 3
    assert settled(study) == [
        ("p01", "2", "manager", "agreed"), ("p01", "6", "team", "agreed"), ("p02", "", "", "agreed"),
    ]  # fmt: skip
    assert "2 coded passages in 2 interviews (2 agreed, 0 decided, 0 reviewed, 0 one coder only)" in out
    assert "4 disputed passages are undecided" in err
    assert "p01, turn 8, team: ana yes, ben no" in err
    first = rows(study / "coding" / "settled.csv")[0]
    assert (first["quote"], first["by"], first["memo"]) == (
        "My manager moved two deadlines for me.",
        "ana;ben",
        "she names the act",
    )


def test_settling_again_changes_nothing(study: Path, cli: Cli) -> None:
    cli("settle", study)
    before = {path.name: path.read_bytes() for path in (study / "coding").iterdir()}
    cli("settle", study)
    assert {path.name: path.read_bytes() for path in (study / "coding").iterdir()} == before


def test_decided_passages_are_settled_and_nothing_is_left_at_the_end(study: Path, cli: Cli) -> None:
    office, manager = id_of(study, "p01", 4, "office"), id_of(study, "p01", 4, "manager")
    eight, ruth = id_of(study, "p01", 8, "team"), id_of(study, "p02", 4, "team")
    decided = {office: "yes", manager: "no", eight: "manager", ruth: "soup"}
    file = answers(study, "f.csv", *((id, decision, "Ana", "") for id, decision in decided.items()))
    assert cli("agree", study, "--decisions", file)[0] == 0
    code, out, _ = cli("settle", study, "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["format"], found["undecided"], found["decided_no"]) == ("autocode-settled/1", [], 2)
    assert [row for row in settled(study) if row[3] == "decided"] == [
        ("p01", "4", "office", "decided"), ("p01", "8", "manager", "decided"), ("p02", "4", "team", "decided"),
    ]  # fmt: skip
    assert not (study / "coding" / "settled-unseen.csv").exists()


def test_the_settled_coding_says_nothing_where_nobody_decided(study: Path, cli: Cli) -> None:
    cli("settle", study)
    compared = ac.compare_files([study])
    own = ac.settled_coding(compared.coders)
    assert own is not None
    assert (own.coder, own.kind, own.stage) == ("settled", "human", "settled")
    values = {code: compared.units["settled", code].tolist() for code in ("manager", "office", "team")}
    assert values == {
        "manager": [1, -1, 0, 0, 0, 0],  # p01 2 4 6 8, p02 2 4
        "office": [0, -1, 0, 0, 0, 0],
        "team": [0, 0, 1, -1, 0, -1],
    }


def test_the_settled_coding_is_never_one_of_two_coders_in_a_human_figure(study: Path, cli: Cli) -> None:
    alone = json.loads(cli("agree", study, "--json")[1])["codes"]
    before = {row["code"]: row["human"] for row in alone}
    cli("settle", study)
    _, out, err = cli("agree", study, "--json")
    after = json.loads(out)
    assert {row["code"]: row["human"] for row in after["codes"]} == before
    of_all = ("alpha", "percent", "n_units", "status")  # the figures of all codings do not count it either
    assert [[row[k] for k in of_all] for row in after["codes"]] == [[row[k] for k in of_all] for row in alone]
    assert "settled" not in cli("codebook", "status", study)[1]  # it has nothing to read again
    kinds = {tuple(pair["coders"]): pair["kind"] for row in after["codes"] for pair in row["pairs"]}
    assert kinds == {
        ("ana", "ben"): "human-human", ("ana", "settled"): "with-settled", ("ben", "settled"): "with-settled",
    }  # fmt: skip
    assert "settled: not in the figures of people who coded independently, because its stage is settled" in err
    assert "coverage assumed: coders.csv does not say what they read" not in err.split("note: settled")[1]
    assert agenda(study).coders == ("ana", "ben")


def test_one_person_and_the_settled_coding_are_no_human_figure(tmp_path: Path, cli: Cli) -> None:
    study = make(tmp_path / "s")
    (study / "coding" / "ben.csv").unlink()
    assert cli("settle", study)[0] == 0
    assert {row[3] for row in settled(study)} == {"one coder only"}
    found = json.loads(cli("agree", study, "--json")[1])
    assert max(row["human"]["n_coders"] for row in found["codes"]) == 1
    assert [row["human"]["alpha"] for row in found["codes"]] == [None] * 4


def test_training_and_review_are_not_settled_and_told(tmp_path: Path, cli: Cli) -> None:
    coders = "coder,transcript,stage\nana,p01,independent\nana,p02,independent\nben,p01,training\nben,p02,training\n"
    study = make(tmp_path / "s", coders=coders)
    code, _, err = cli("settle", study)
    assert code == 0
    assert "ben: not settled, as its stage is training" in err
    assert {row[3] for row in settled(study)} == {"one coder only"}


def test_a_model_counts_only_when_it_is_named_and_its_reviewed_rows_are_reviewed(study: Path, cli: Cli) -> None:
    run = coded(
        study,
        ("team", "My colleagues brought soup every day."), ("office", "Nobody did a thing, to be honest with you."),
        ("team", "I stayed, and I would do so again."), ("office", "My manager moved two deadlines for me."),
    )  # fmt: skip
    cli("settle", study)
    assert {row[3] for row in settled(study)} == {"agreed"}
    ids = {(r["transcript"], r["turn"]): r["id"] for r in rows(run / "coding.csv")}
    cli(
        "quotes",
        run,
        "--accept",
        ids["p02", "2"],
        "--accept",
        ids["p01", "8"],
        "--reject",
        ids["p01", "2"],
        "--by",
        "Ana",
    )
    cli("settle", study, "--with", run)
    found = rows(study / "coding" / "settled.csv")
    assert [(r["from"], r["by"]) for r in found if r["transcript"] == "p02" and r["code"]] == [("reviewed", "Ana")]
    assert [r["by"] for r in found if r["turn"] == "6"] == ["ana;ben;scripted"]
    assert not [r for r in found if (r["transcript"], r["turn"]) == ("p01", "8")]  # Ana and Ben differ: that stays open
    assert not [r for r in found if r["turn"] == "2" and r["code"] == "office" and r["transcript"] == "p01"]


def test_without_people_a_run_is_settled_when_it_is_named(tmp_path: Path, cli: Cli) -> None:
    study = make(tmp_path / "s")
    run = coded(study, ("team", "My colleagues brought soup every day."))
    for path in (study / "coding").iterdir():
        path.unlink()
    (study / "coding").rmdir()
    code, _, err = cli("settle", study)
    assert (code, "there is no coding to settle" in err) == (1, True)
    assert cli("settle", study, "--with", run)[0] == 0
    assert ("p01", "6", "team", "one coder only") in settled(study)


def test_the_baseline_is_no_reader(study: Path, cli: Cli) -> None:
    assert cli("run", study, "--out", study / "runs" / "base")[0] == 0
    code, _, err = cli("settle", study, "--with", study / "runs" / "base")
    assert (code, "is no language model" in err) == (1, True)
    (study / "coding" / "ben.csv").unlink()
    assert agenda(study).among == ("ana",)


def test_a_settled_file_of_somebody_else_is_left_alone(study: Path, cli: Cli) -> None:
    theirs = "transcript,coder,turn,code,from\np01,team,2,manager,agreed\n"
    (study / "coding" / "settled.csv").write_text(theirs, "utf-8")
    code, _, err = cli("settle", study)
    assert (code, "autocode has not written it" in err) == (1, True)
    assert (study / "coding" / "settled.csv").read_text("utf-8") == theirs


def test_a_settled_row_of_a_code_that_is_gone_does_not_stop_settling(study: Path, cli: Cli) -> None:
    cli("settle", study)
    text = (study / "codebook.yaml").read_text("utf-8").replace("id: manager", "id: chief")
    (study / "codebook.yaml").write_text(text, "utf-8")
    for name in ("ana", "ben"):
        path = study / "coding" / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace(",manager", ",chief"), "utf-8")
    assert cli("settle", study)[0] == 3
    assert ("p01", "2", "chief", "agreed") in settled(study)


@pytest.mark.parametrize("unit", ["turn", "sentence", "transcript"])
def test_settled_coding_comes_back_as_it_was_settled(tmp_path: Path, cli: Cli, unit: str) -> None:
    study = make(tmp_path / "s")
    (study / "autocode.yaml").write_text(f"exclude_speakers: [INT]\nunit: {unit}\n", "utf-8")
    cli("settle", study)
    compared = ac.compare_files([study])
    frame = compared.units
    for code in ("manager", "office", "team"):
        ana, ben, own = (frame[coder, code].to_numpy() for coder in ("ana", "ben", "settled"))
        assert (own[ana == ben] == ana[ana == ben]).all(), code
        assert (own[ana != ben] == -1).all(), code


@pytest.mark.parametrize("unit", ["sentence", "transcript"])
def test_decisions_come_back_on_every_kind_of_unit(tmp_path: Path, cli: Cli, unit: str) -> None:
    study = make(tmp_path / "s")
    (study / "autocode.yaml").write_text(f"exclude_speakers: [INT]\nunit: {unit}\n", "utf-8")
    found = agenda(study).disputes
    cli("agree", study, "--agenda", study / "a.xlsx")
    file = filled(study / "a.xlsx", {d.id: {"decision": "yes", "by": "Ana"} for d in found})
    assert cli("agree", study, "--decisions", file)[0] == 0
    assert cli("settle", study)[0] == 0
    compared = ac.compare_files([study])
    for d in found:
        row = compared.units[compared.units["start"] == d.start].loc[d.transcript]
        assert row["settled", d.code].tolist() == [1]
    path = study / "interviews" / "p01.txt"
    path.write_text(P01.replace("What helped?", "What was it that helped you?"), "utf-8")
    assert cli("settle", study)[0] == 0  # every decision finds its passage further down
    assert sum(row[3] == "decided" for row in settled(study)) == len(found)


def test_settling_without_a_study_is_refused(tmp_path: Path, cli: Cli) -> None:
    code, _, err = cli("settle", tmp_path)
    assert (code, "this is no study" in err) == (1, True)


# --- Different readings -----------------------------------------------------------------------------------------------


def test_a_reflexive_study_sees_readings_and_no_figures(study: Path, cli: Cli) -> None:
    (study / "autocode.yaml").write_text("exclude_speakers: [INT]\napproach: reflexive\n", "utf-8")
    code, out, _ = cli("agree", study, "--agenda", study / "a.xlsx")
    assert code == 0
    assert "4 passages read differently by ana, ben" in out
    assert "The office sent a leaflet" in out
    assert "alpha" not in out.casefold()
    header = CalamineWorkbook.from_path(study / "a.xlsx").get_sheet_by_name("agenda").to_python()[0]
    assert "talked about" in header
    assert "decision" not in header
    assert json.loads(cli("agree", study, "--json")[1])["format"] == "autocode-disputes/1"
    code, _, err = cli("agree", study, "--csv", study / "figures.csv")
    assert (code, "gives no figures" in err) == (1, True)
