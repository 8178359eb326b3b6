"""Codebooks of other programs and in other forms: read whole, written so that they come back, losses told before."""

from __future__ import annotations

import datetime
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
import xlsxwriter
from conftest import Cli, shared
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_codebook import CONTRACT, codebooks

import autocode as ac
from autocode.codebook import code_hash, code_of, codebook_hash, scope_hash

ROOT = Path(__file__).resolve().parents[1]
TABLES = (".csv", ".tsv", ".xlsx", ".docx")
SHIPPED = sorted((ROOT / "codebooks").glob("*.yaml"))
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


def bare(book: ac.Codebook) -> ac.Codebook:
    return book.model_copy(update={"notes": ()})


def xlsx(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
    return path


def word(path: Path, *tables: Sequence[Sequence[str]]) -> Path:
    document = docx.Document()
    document.add_paragraph("Appendix B: the codebook")
    for rows in tables:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.save(path)
    return path


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def tree(book: ac.Codebook) -> list[tuple[str, str, str]]:
    return [(code.id, code.parent, code.definition) for code in book.codes]


def told(book: ac.Codebook) -> str:
    return "\n".join(re.sub(r"^.*?:[0-9 :]*", "", note) for note in book.notes)


# --- What other programs write --------------------------------------------------------------------------------------

SUPPORT = [("support", "", "Help."), ("manager", "support", "A manager's act."), ("load", "", "What it takes.")]


@pytest.mark.parametrize(
    ("program", "rows", "read"),
    [
        (
            "NVivo, a codebook in Excel",
            [
                ["Name", "Description", "Files", "References"],
                [r"Codes\\Support", "Help.", "2", "9"],
                [r"Codes\\Support\\Manager", "A manager's act.", "2", "4"],
                [r"Codes\\Load", "What it takes.", "1", "1"],
            ],
            {'all names begin with "Codes", which is left out', 'not read: "Files", "References"'},
        ),
        (
            "MAXQDA, as its help page shows the import",
            [
                ["Code", "Memo"],
                ["Support", "Help."],
                ["Support > Manager", "A manager's act."],
                ["Load", "What it takes."],
            ],
            {'"Code" is read as name', '"Memo" is read as definition', "read as theme and code"},
        ),
        (
            "MAXQDA 12, with a backslash",
            [
                ["Code", "Memo"],
                ["Support", "Help."],
                [r"Support\Manager", "A manager's act."],
                ["Load", "What it takes."],
            ],
            {'names such as "Support\\Manager" are read as theme and code'},
        ),
        (
            "MAXQDA, no blanks around the sign, themes with rows",
            [
                ["Code", "Memo"],
                ["Support", "Help."],
                ["Support>Manager", "A manager's act."],
                ["Load", "What it takes."],
            ],
            {'names such as "Support>Manager" are read as theme and code'},
        ),
        (
            "MAXQDA, a code system with parents",
            [
                ["Color", "Parent code", "Code", "Memo"],
                ["#ff0000", "", "Support", "Help."],
                ["#ff0000", "Support", "Manager", "A manager's act."],
                ["#00ff00", "", "Load", "What it takes."],
            ],
            {'"Parent code" is read as parent'},
        ),
        (
            "ATLAS.ti, folders",
            [
                ["Code", "Comment", "Grounded", "Density"],
                ["Support", "Help.", "2", "0"],
                ["Support::Manager", "A manager's act.", "4", "0"],
                ["Load", "What it takes.", "1", "0"],
            ],
            {'"Comment" is read as definition', "read as theme and code", '"Grounded", "Density"'},
        ),
        (
            "ATLAS.ti, categories",
            [
                ["Code", "Comment"],
                ["Support", "Help."],
                ["Support: Manager", "A manager's act."],
                ["Load", "What it takes."],
            ],
            {'names such as "Support: Manager" are read as theme and code'},
        ),
        (
            "Taguette",
            [
                ["tag", "description", "number of highlights", "number of documents"],
                ["support", "Help.", "3", "1"],
                ["support > manager", "A manager's act.", "3", "1"],
                ["load", "What it takes.", "0", "0"],
            ],
            {'"tag" is read as name', '"number of highlights", "number of documents"'},
        ),
        (
            "a spreadsheet of a team, with a column of themes",
            [
                ["Parent code", "Code", "Definition"],
                ["Support", "Manager", "A manager's act."],
                ["", "Load", "What it takes."],
            ],
            {"themes without a row of their own are added: Support"},
        ),
    ],
    ids=lambda value: value.split(",")[0] if isinstance(value, str) else "",
)
@pytest.mark.parametrize("form", [".csv", ".xlsx", ".docx"])
def test_codebooks_of_other_programs_are_read_and_what_was_decided_is_told(
    tmp_path: Path, program: str, rows: list[list[str]], read: set[str], form: str
) -> None:
    path = tmp_path / f"export{form}"
    if form == ".csv":
        csv(path, "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows))
    elif form == ".xlsx":
        xlsx(path, Codes=rows)
    else:
        word(path, rows)
    book = ac.read_codebook(path)
    expected = [(*row[:2], "") if row[0] == "support" and "column of themes" in program else row for row in SUPPORT]
    assert tree(book) == expected
    for sentence in read:
        assert sentence in told(book)


def test_the_ids_of_dedoose_are_kept_and_its_titles_are_names(tmp_path: Path) -> None:
    rows = [
        ["Id", "Parent Id", "Depth", "Title", "Description"],
        [7, "", 0, "Support", ""],
        [9, 7, 1, "Manager", "An act."],
    ]
    book = ac.read_codebook(xlsx(tmp_path / "codes.xlsx", Codes=rows))
    assert [(code.id, code.parent, code.name) for code in book.codes] == [("7", "", "Support"), ("9", "7", "Manager")]


def test_code_groups_of_atlas_become_groups_whatever_signs_are_in_their_names(tmp_path: Path) -> None:
    text = (
        "Code,Comment,Code Group 1,Code Group 2\n"
        "Joy,Being glad,Feelings: good,All\nFear,Being afraid,All,\nWork: pay,Money,,\nWork: hours,Time,,\n"
    )
    book = ac.read_codebook(csv(tmp_path / "codes.csv", text))
    assert book.groups == (
        ac.Group(id="Feelings: good", codes=("joy",)),
        ac.Group(id="All", codes=("joy", "fear")),
    )
    assert [(code.id, code.parent) for code in book.codes][2:] == [("work", ""), ("pay", "work"), ("hours", "work")]
    assert 'the code groups in "Code Group 1", "Code Group 2" are read as groups' in told(book)


def test_columns_of_the_method_books_are_read(tmp_path: Path) -> None:
    text = (
        "Kategorie;Definition;Ankerbeispiele;Kodierregeln\nStolz;Freude an Taten;ich hab's geschafft;nur eigene Taten\n"
    )
    code = ac.read_codebook(csv(tmp_path / "leitfaden.csv", text)).codes[0]
    assert (code.name, code.definition, code.include) == ("Stolz", "Freude an Taten", ("nur eigene Taten",))
    assert code.examples == (ac.Example(text="ich hab's geschafft"),)
    text = "Code,Brief definition,Full definition,When to use,When not to use,Close but no\na,b,f,u,n,c\n"
    code = ac.read_codebook(csv(tmp_path / "macqueen.csv", text)).codes[0]
    assert (code.definition, code.include, code.exclude) == ("f", ("u",), ("n",))
    assert code.counterexamples == (ac.Counterexample(text="c"),)


@pytest.mark.parametrize(
    "name", ["Note: this is no theme", "me -> you", "Pre>Post", "9:30 and later", "a / b", "Support:later"]
)
def test_a_sign_in_a_name_is_no_path_unless_a_theme_stands_before_it(tmp_path: Path, name: str) -> None:
    book = ac.read_codebook(csv(tmp_path / "codes.csv", f'Code,Memo\nSupport,x\n"{name}",y\n'))
    assert [(code.name, code.parent) for code in book.codes] == [("Support", ""), (name, "")]


def test_names_set_in_are_told_to_be_no_levels(tmp_path: Path) -> None:
    book = ac.read_codebook(xlsx(tmp_path / "codes.xlsx", Codes=[["Name"], ["Support"], ["   Manager"]]))
    assert [code.parent for code in book.codes] == ["", ""]
    assert 'names that are set in, such as "Manager", are not read as levels' in told(book)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("id,document,tag,content", '"document" and "tag" and "content"'),
        ("Color,Document name,Code,Beginning,End,Segment", '"document name" and "segment"'),
        ("ID,Quotation Name,Quotation Content,Codes,Name", '"quotation content"'),
        ("transcript,coder,code,quote", '"transcript" and "code"'),
    ],
)
def test_a_table_of_coded_passages_is_no_codebook_and_says_so(tmp_path: Path, header: str, columns: str) -> None:
    path = csv(tmp_path / "export.csv", f"{header}\n{','.join('x' * len(header.split(',')))}\n")
    with pytest.raises(ac.CodebookError, match=r"export\.csv:1: this is a table of coded passages") as caught:
        ac.read_codebook(path)
    assert columns in str(caught.value)


# --- Real files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [".yaml", ".json", *TABLES])
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("files/taguette/serdif_codebook_2022-02-23_first.csv", 120),
        ("files/taguette/serdif_codebook_2022-03-03_last.csv", 22),
        ("files/taguette/taguette-1.5.2_codebook.csv", 7),
        ("annomi/codebook.csv", 20),
        ("sight/codebook.csv", 10),
        ("lend-an-ear/codebook.csv", 6),
    ],
)
def test_a_real_codebook_comes_back_from_every_form_with_the_same_hashes(
    tmp_path: Path, name: str, codes: int, form: str
) -> None:
    book = ac.read_codebook(shared("data") / name)
    assert len(book.codes) == codes
    path = tmp_path / f"{book.id}{form}"
    assert ac.codebook_losses(book, path) == []
    ac.write_codebook(book, path)
    assert bare(ac.read_codebook(path)) == bare(book)


@pytest.mark.parametrize("form", TABLES)
def test_a_name_like_a_formula_and_one_in_arabic_stay_words(tmp_path: Path, form: str) -> None:
    book = ac.read_codebook(shared("data") / "files/taguette/taguette-1.5.2_codebook.csv")
    ac.write_codebook(book, tmp_path / f"b{form}")
    names = [code.name for code in ac.read_codebook(tmp_path / f"b{form}").codes]
    assert "=SUM(1)" in names
    assert any("\u0600" <= sign <= "\u06ff" for name in names for sign in name)
    if form == ".xlsx":
        with zipfile.ZipFile(tmp_path / "b.xlsx") as parts:
            assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_highlights_and_segments_of_real_projects_are_refused_as_codebooks() -> None:
    folder = shared("data") / "files"
    for path in (folder / "taguette/taguette-1.5.2_highlights.csv", folder / "taguette/taguette-1.5.2_highlights.xlsx"):
        with pytest.raises(ac.CodebookError, match="table of coded passages"):
            ac.read_codebook(path)
    for path in sorted((folder / "tables").glob("*.xls")):
        with pytest.raises(ac.CodebookError, match='no sheet has a column called "id" or "name"'):
            ac.read_codebook(path)
    for path in sorted((folder / "qdc").glob("*.qdc")):
        with pytest.raises(ac.CodebookError, match="not read yet; export the codebook as CSV or Excel"):
            ac.read_codebook(path)


# --- Sheets and Word tables -----------------------------------------------------------------------------------------


def test_the_sheet_with_definitions_is_found_below_its_title_and_lines_are_rows(tmp_path: Path) -> None:
    people = [["Name", "Role"], ["Ana", "coder"]]
    codes = [["Codebook of the team"], [], ["Code", "Definition"], ["Help", "It came."], [], ["Load", "It weighs."]]
    path = xlsx(tmp_path / "team.xlsx", People=people, Codes=codes)
    book, lines = ac.read_codebook_with_lines(path)
    assert tree(book) == [("help", "", "It came."), ("load", "", "It weighs.")]
    assert [lines.of("help"), lines.of("load"), lines.of("none")] == [4, 6, None]
    assert any(note.startswith(f"{path}:1: above the columns") for note in book.notes)
    assert any(note.startswith(f'{path}:3: the column "Code" is read as name') for note in book.notes)
    assert 'read from the sheet "Codes", and not from the sheet "People"' in told(book)


def test_an_unusable_sheet_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = [["id", "definition"], ["a", "x"], ["b", "y"], ["A", "z"]]
    with pytest.raises(ac.CodebookError, match=r'b\.xlsx:4: the id "A" stands twice, here and on line 2'):
        ac.read_codebook(xlsx(tmp_path / "b.xlsx", Codes=rows))
    with pytest.raises(ac.CodebookError, match=r'no sheet has a column called "id" or "name" \(the sheet "S" begins'):
        ac.read_codebook(xlsx(tmp_path / "c.xlsx", S=[["What", "Why"], ["a", "b"]]))
    with pytest.raises(ac.CodebookError, match="no codes: no sheet has anything in it"):
        ac.read_codebook(xlsx(tmp_path / "d.xlsx", S=[]))


def test_a_formula_as_a_name_keeps_its_text_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("codes")
        sheet.write_row(0, 0, ["tag", "description"])
        sheet.write_formula(1, 0, "=SUM(1)")
        sheet.write_string(1, 1, "an odd name")
    read = ac.read_codebook(path)
    assert [(code.id, code.name) for code in read.codes] == [("sum-1", "=SUM(1)")]
    assert 'cells that begin with "=" are kept as text' in told(read)


def test_word_tables_of_one_header_are_one_codebook_and_merged_themes_hold_for_each_row(tmp_path: Path) -> None:
    header = ["Theme", "Code", "Definition"]
    first = [header, ["Support", "Manager", "An act.\nOr a word."], ["", "Colleagues", "Theirs."]]
    path = word(
        tmp_path / "b.docx", [["Name", "Role"], ["Ana", "coder"]], first, [header, ["Work", "Load", "It weighs."]]
    )
    document = docx.Document(str(path))
    table = document.tables[1]
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(path))
    book = ac.read_codebook(path)
    assert tree(book) == [
        ("support", "", ""),
        ("manager", "support", "An act.\nOr a word."),
        ("colleagues", "support", "Theirs."),
        ("work", "", ""),
        ("load", "work", "It weighs."),
    ]
    assert "table 3 has the columns of table 2 and is read as its continuation" in told(book)
    assert "read from table 2, and not from table 1" in told(book)


def test_a_word_table_is_read_as_if_tracked_changes_were_accepted(tmp_path: Path) -> None:
    path = word(tmp_path / "b.docx", [["Code", "Definition"], ["Help", "old"]])
    document = docx.Document(str(path))
    run = document.tables[0].cell(1, 1).paragraphs[0].runs[0]._r
    deleted, gone = OxmlElement("w:del"), OxmlElement("w:delText")
    gone.text = "old"
    run.addprevious(deleted)
    deleted.append(run)
    run.replace(run.find(qn("w:t")), gone)
    document.tables[0].cell(1, 1).paragraphs[0].add_run("new")
    document.save(str(path))
    book = ac.read_codebook(path)
    assert book.codes[0].definition == "new"
    assert "read as if accepted" in told(book)


@pytest.mark.parametrize("form", [".docx", ".xlsx"])
def test_what_is_no_word_file_or_workbook_is_refused_in_one_sentence(tmp_path: Path, form: str) -> None:
    for data in (b"", b"id,name\na,b\n", b"PK\x03\x04 cut", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600):
        (tmp_path / f"b{form}").write_bytes(data)
        with pytest.raises(ac.CodebookError) as caught:
            ac.read_codebook(tmp_path / f"b{form}")
        assert str(caught.value).startswith(str(tmp_path / f"b{form}"))
        assert "\n" not in str(caught.value)
    word(tmp_path / "no-table.docx")
    with pytest.raises(ac.CodebookError, match="no table has anything in it"):
        ac.read_codebook(tmp_path / "no-table.docx")


# --- JSON -----------------------------------------------------------------------------------------------------------


def read_json(tmp_path: Path, text: str) -> ac.Codebook:
    return ac.read_codebook(csv(tmp_path / "book.json", text))


def test_json_with_the_keys_of_the_yaml_form_is_the_same_codebook(tmp_path: Path) -> None:
    book = ac.read_codebook(csv(tmp_path / "book.yaml", CONTRACT))
    ac.write_codebook(book, tmp_path / "book.json")
    assert ac.read_codebook(tmp_path / "book.json") == book
    written = json.loads((tmp_path / "book.json").read_text(encoding="utf-8"))
    assert (written["format"], written["codes"][0]["codes"][0]["id"]) == ("autocode-codebook/1", "manager-help")
    escaped = csv(tmp_path / "book.json", json.dumps(written, ensure_ascii=True))
    assert ac.read_codebook(escaped) == book


@pytest.mark.parametrize(
    "text",
    [
        '["Support", "Load"]',
        '[{"name": "Support"}, {"name": "Load"}]',
        '[{"code": "Support", "definition": null}, {"code": "Load"}]',
        '{"codes": [{"id": "support", "name": "Support"}, {"id": "load", "name": "Load"}]}',
        '[{"id": "support", "name": "Support"}, {"id": "load", "name": "Load", "examples": [{"text": "x"}]}]',
    ],
)
def test_a_plain_list_of_codes_is_read(tmp_path: Path, text: str) -> None:
    assert [(code.id, code.name) for code in read_json(tmp_path, text).codes] == [
        ("support", "Support"),
        ("load", "Load"),
    ]


def test_lists_in_a_plain_list_keep_their_items_and_ids_may_be_numbers(tmp_path: Path) -> None:
    text = '[{"id": 7, "name": "Help", "include": ["one; two", "three"], "exclude": ["a; b"], "codable": true}]'
    code = read_json(tmp_path, text).codes[0]
    assert (code.id, code.include, code.exclude, code.codable) == ("7", ("one; two", "three"), ("a; b",), True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ", 'book.json: no codes: the file is empty; list the codes under "codes"'),
        ("[]", 'book.json: no codes: the list is empty; write {"codes": [{"id": ..., "name": ...}]}'),
        ("[1,\n2", "book.json:2: this is not JSON (Expecting ',' delimiter); look for a comma"),
        ('{"codes": [\n{"id": "a"},\n{"id": "A"}]}', 'book.json:3: the id "A" stands twice, here and on line 2'),
        ('{"codes": [{"id": "a"}],\n"codes": []}', 'book.json:2: "codes" stands twice, here and on line 1; keep one'),
        ('{"codes": [\n{"id": "a",\n"defintion": "x"}]}', 'book.json:3: unknown key "defintion" in the code "a"; did'),
        ('[{"id": "a"},\n{"id": "b", "status": "odd"}]', 'book.json:2: status of "b" is "odd", but is one of active'),
        ('{"codes": [{"id": 1.10}]}', "book.json:1: the id 1.10 is not read as a word; put it in quotes"),
        ('{"x-a": NaN, "codes": []}', "book.json: it holds a number that is none (NaN); put it in quotes"),
        ('{"x-a": 1e999, "codes": []}', "book.json:1: the number 1e999 is too large; put it in quotes"),
        ('{"x-a": ' + "[" * 60 + "]" * 60 + "}", "book.json:1: it is nested deeper than 50 levels; make it flatter"),
        ("[" * 100_000, "book.json: it is nested deeper than 50 levels; make it flatter"),
    ],
)
def test_unusable_json_is_refused_in_one_sentence_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ac.CodebookError) as caught:
        read_json(tmp_path, text)
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert "\n" not in str(caught.value)


@quick
@given(codebooks())
def test_any_codebook_written_as_json_reads_back_equal(book: ac.Codebook) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.json"
        ac.write_codebook(book, path)
        back = ac.read_codebook(path)
        assert ac.codebook_losses(book, path) == []
    assert bare(back) == book
    assert codebook_hash(back) == codebook_hash(book)


# --- There and back -------------------------------------------------------------------------------------------------

TRICKY = ("007", "1.10", "TRUE", "2026-11-20", "=SUM(1)", "+1", "-", "@a", "a; b", "a, b", 'say "x"', "A > B", "A::B")
TRICKY += ("one: two", "🙂", "خذي وقتك", "'", "_x0041_", "<b>&amp;</b>", "#N/A", "\\n", "a\ufeffb", "1e5", "e\u0301")
signs = st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="=")
held = st.one_of(st.sampled_from(TRICKY), st.text(signs, max_size=20).map(lambda text: " ".join(text.split())))
said = held.filter(bool)
lists = st.lists(said, max_size=3).map(tuple)
paragraphs = st.lists(said, max_size=3).map("\n".join)
table_ids = said.filter(lambda id: id != "-" and ";" not in id)


@st.composite
def tables(draw: st.DrawFn) -> ac.Codebook:
    """Codebooks with all that a table can hold."""
    known = draw(st.lists(table_ids, min_size=1, max_size=5, unique_by=str.casefold))
    above: list[str] = []
    codes = []
    for id in known:
        above = above[: draw(st.integers(0, len(above)))]
        uses = st.builds(ac.Counterexample, text=said, use=st.sampled_from(["", *known]))
        codes.append(
            ac.Code(
                id=id,
                name=draw(said),
                parent=above[-1] if above else "",
                definition=draw(paragraphs),
                include=draw(lists),
                exclude=draw(lists),
                examples=tuple(draw(st.lists(st.builds(ac.Example, text=said), max_size=2))),
                counterexamples=tuple(draw(st.lists(uses, max_size=2))),
                speakers=draw(lists),
                codable=draw(st.sampled_from([None, True, False])),
                status=draw(st.sampled_from(["active", "provisional", "retired"])),
                origin=draw(st.sampled_from(["", "guide", "in-vivo"])),
                aliases=draw(lists),
                plain=draw(held),
                color=draw(held),
                notes=draw(paragraphs),
            )
        )
        above = [*above, id]
    groups = draw(
        st.lists(
            st.tuples(said, st.sets(st.sampled_from(known), min_size=1), st.sampled_from(["one", "any"])),
            max_size=2,
            unique_by=lambda group: group[0],
        )
    )
    in_order = sorted(groups, key=lambda group: min(known.index(id) for id in group[1]))
    return ac.Codebook(
        id=draw(said),
        title=draw(paragraphs),
        version=draw(st.integers(1, 999)),
        study_question=draw(paragraphs),
        codes=tuple(codes),
        groups=tuple(ac.Group(id=id, codes=tuple(sorted(of, key=known.index)), pick=pick) for id, of, pick in in_order),
    )


@quick
@given(book=tables(), form=st.sampled_from(TABLES))
def test_a_codebook_comes_back_from_a_table_as_far_as_tables_go(book: ac.Codebook, form: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"book{form}"
        ac.write_codebook(book, path)
        back = ac.read_codebook(path)
        assert ac.codebook_losses(book, path) == []
    assert bare(back) == book
    assert codebook_hash(back) == codebook_hash(book)


@quick
@given(book=codebooks(), form=st.sampled_from(TABLES))
def test_whatever_a_table_does_not_hold_is_listed_or_refused_and_never_lost_in_silence(
    book: ac.Codebook, form: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"book{form}"
        try:
            losses = ac.codebook_losses(book, path)
            ac.write_codebook(book, path)
            back = ac.read_codebook(path)
        except ac.CodebookError as error:
            assert "\n" not in str(error)  # noqa: PT017
            return
    assert bool(losses) == (bare(back) != book)
    hashes = [[(code.id, code_hash(code), scope_hash(each, code)) for code in each.codes] for each in (book, back)]
    assert any("hashes" in sentence for sentence in losses) == (hashes[0] != hashes[1])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", [".yaml", ".json", *TABLES])
def test_the_codebooks_that_come_with_autocode_pass_through_every_form(tmp_path: Path, path: Path, form: str) -> None:
    book = ac.read_codebook(path)
    target = tmp_path / f"{path.stem}{form}"
    assert ac.convert_codebook(path, target) == book
    back = ac.read_codebook(target)
    assert (bare(back), back.notes) == (book, ())


def test_what_tables_cannot_hold_is_listed_with_counts(tmp_path: Path) -> None:
    text = CONTRACT.replace(
        "groups: [{", "groups: [{id: empty, codes: []}, {id: turned, codes: [bad, good]}, {"
    ).replace("name: Good}", 'name: Good, examples: [{text: "a\\n b", source: p1}]}')
    book = ac.read_codebook(csv(tmp_path / "book.yaml", text))
    losses = ac.codebook_losses(book, tmp_path / "book.csv")
    assert [loss.partition("does not hold ")[2] for loss in losses] == [
        "1 change of its history",
        "2 x- keys",
        "1 group (empty)",
        "the order of groups, or of codes in them (no hash changes)",
        "the sources of 2 examples",
        "white space in the examples of 1 code (good; no hash changes)",
        "the hashes of 2 codes (manager-help, good), which will count as edited",
    ]
    assert not list(tmp_path.glob("*.csv"))
    assert ac.codebook_losses(book, tmp_path / "book.json") == []


def test_a_table_has_the_columns_of_the_contract_and_more_only_at_its_end(tmp_path: Path) -> None:
    contract = "id,name,parent,definition,include,exclude,examples,counterexamples,speakers,codable,group,status"
    contract += ",aliases,plain,notes"
    ac.write_codebook(ac.Codebook(id="b", codes=(ac.Code(id="a", name="A"),)), tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes() == f"{contract}\na,A,,,,,,,,,,,,,\n".encode()
    book = ac.Codebook(id="x", version=4, codes=(ac.Code(id="a", name="A", color="red"), ac.Code(id="c", name="C")))
    ac.write_codebook(book, tmp_path / "b.csv")
    lines = (tmp_path / "b.csv").read_text().splitlines()
    assert lines == [f"{contract},color,codebook,version", "a,A,,,,,,,,,,,,,,red,x,4", "c,C,,,,,,,,,,,,,,,,"]


@pytest.mark.parametrize("form", [".xlsx", ".docx"])
def test_the_same_codebook_gives_the_same_bytes_on_any_day(tmp_path: Path, form: str) -> None:
    book = ac.read_codebook(SHIPPED[0])
    ac.write_codebook(book, tmp_path / f"a{form}")
    ac.write_codebook(book, tmp_path / f"b{form}")
    same = (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()
    with zipfile.ZipFile(tmp_path / f"a{form}") as parts:
        assert {member.date_time for member in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert str(datetime.datetime.now().year) not in parts.read("docProps/core.xml").decode()
    assert same


def test_a_workbook_is_made_to_be_worked_in(tmp_path: Path) -> None:
    ac.write_codebook(ac.read_codebook(SHIPPED[0]), tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet
    assert set(re.findall(r'<c [^>]*t="(\w+)"', sheet)) == {"s"}
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', sheet)]
    assert max(widths) > 3 * min(widths)


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        (".docx", "a\x01b", "holds the control character U+0001, which DOCX cannot; delete it, or write JSON"),
        (".xlsx", "a\x01b", "holds the control character U+0001, which XLSX cannot; delete it, or write JSON"),
        (".xlsx", "a" * 32_768, "has more than 32,767 characters, which XLSX cannot hold"),
        (".csv", "a => b", 'names the code "b", which does not exist'),
    ],
)
def test_what_a_form_cannot_hold_at_all_is_refused_before_a_file_is_written(
    tmp_path: Path, form: str, text: str, message: str
) -> None:
    code = ac.Code(id="a", name="A", counterexamples=(ac.Counterexample(text=text),))
    path = tmp_path / f"b{form}"
    with pytest.raises(ac.CodebookError, match="cannot hold this codebook") as caught:
        ac.codebook_losses(ac.Codebook(id="b", codes=(code,)), path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert not path.exists()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ac.CodebookError, match=r"b\.txt: not a form that a codebook is written in; name the file \.yaml"
    ):
        ac.write_codebook(ac.Codebook(id="b", codes=(ac.Code(id="a", name="A"),)), tmp_path / "b.txt")


# --- Damage ---------------------------------------------------------------------------------------------------------


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_codebook_is_read_or_refused_in_one_sentence(tmp_path: Path, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([".json", ".xlsx", ".docx"]))
    sound = _sound(form)
    start = data.draw(st.integers(0, len(sound)))
    damage = data.draw(st.binary(max_size=4))
    path = tmp_path / f"book{form}"
    path.write_bytes(sound[:start] + damage + sound[start + data.draw(st.integers(0, 20)) :])
    try:
        assert ac.read_codebook(path).codes
    except ac.CodebookError as error:
        assert str(error).startswith(str(path))  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017


def _sound(form: str, kept: dict[str, bytes] = {}) -> bytes:  # noqa: B006 (made once)
    if form not in kept:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"book{form}"
            ac.write_codebook(ac.read_codebook(SHIPPED[0]), path)
            kept[form] = path.read_bytes()
    return kept[form]


def test_a_swelling_or_entity_laden_word_file_is_refused(tmp_path: Path) -> None:
    word(tmp_path / "b.docx", [["Code"], ["a"]])
    with zipfile.ZipFile(tmp_path / "b.docx") as parts:
        members = {name: parts.read(name) for name in parts.namelist()}
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + members["word/document.xml"].partition(b"?>")[2]
    for document in (laughs, members["word/document.xml"] + b" " * 60_000_000):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
            for name, content in {**members, "word/document.xml": document}.items():
                parts.writestr(name, content)
        (tmp_path / "b.docx").write_bytes(out.getvalue())
        with pytest.raises(ac.CodebookError, match=r"DTD|swells"):
            ac.read_codebook(tmp_path / "b.docx")


# --- The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return lambda *args: cli("codebook", *args)


def test_convert_tells_what_is_lost_and_writes(tmp_path: Path, cli: Cli) -> None:
    source = csv(tmp_path / "book.yaml", f"# ours\n{CONTRACT}")
    code, out, err = cli("convert", source, tmp_path / "book.xlsx")
    assert (code, out) == (0, "")
    assert f"note: {source}:1: 1 line of comment, not carried over\n" in err
    assert "book.xlsx: this form does not hold 1 change of its history\n" in err
    assert err.endswith(f"written: {tmp_path / 'book.xlsx'} (5 codes)\n")
    back = ac.read_codebook(tmp_path / "book.xlsx")
    assert code_of(back, "manager-help") is not None


def test_convert_replaces_a_file_only_when_told_to_and_never_the_one_it_reads(tmp_path: Path, cli: Cli) -> None:
    source, target = csv(tmp_path / "book.yaml", CONTRACT), csv(tmp_path / "book.csv", "mine")
    code, _, err = cli("convert", source, target)
    assert (code, target.read_text()) == (1, "mine")
    assert err == f"{target}: stands there already; name another file, or replace it with --force\n"
    assert cli("convert", source, target, "--force")[0] == 0
    assert target.read_text().startswith("id,name,parent")
    code, _, err = cli("convert", source, source, "--force")
    assert (code, "is the file that is read" in err) == (1, True)
    assert source.read_text() == CONTRACT


def test_convert_warns_of_cells_that_a_spreadsheet_program_would_work_out(tmp_path: Path, cli: Cli) -> None:
    source = csv(
        tmp_path / "book.yaml", 'id: book\ncodes:\n  - {id: sum, name: "=SUM(1)"}\n  - {id: at, name: "@home"}\n'
    )
    _, _, err = cli("convert", source, tmp_path / "book.csv")
    assert '2 cells begin with = + - or @, such as "=SUM(1)", and are written as they are' in err
    assert '"=SUM(1)"' not in cli("convert", source, tmp_path / "book.xlsx")[2]
    assert "sum,=SUM(1)," in (tmp_path / "book.csv").read_text()
