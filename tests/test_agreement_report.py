"""The agreement report: whole reports as text, what must never stand in them, and where its signs are drawn.

After a change of words that is meant, `python -m tests.test_agreement_report` writes tests/expected/ anew.
"""

from __future__ import annotations

import atexit
import io
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import docx
import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.data import Agreement, CodeAgreement, Confusion, HumanAgreement, HumanModelAgreement, Instead
from autocode.errors import ConfigError
from autocode.reporting.agreement_holds import changed
from autocode.reporting.forest import NARROW, WIDE, forest
from autocode.reporting.heat_map import heat_maps
from autocode.reporting.who_coded import stretches

ROOT = Path(__file__).resolve().parents[1]
EXPECTED = Path(__file__).resolve().parent / "expected"
STUDY = Path(tempfile.mkdtemp()) / "study"
"""The example as it is shipped: who tried the README's command has a run in their own."""
shutil.copytree(ROOT / "examples" / "study", STUDY, ignore=shutil.ignore_patterns("runs"))
atexit.register(shutil.rmtree, STUDY.parent)
Cli = Callable[..., tuple[int, str, str]]


@cache
def report(study: Path = STUDY, *, internal: bool = False) -> ac.AgreementReport:
    return ac.agreement_report(ac.compare_files([study]).basis(), internal=internal)


def page_text(page: str) -> str:
    """The words of a page, a line for each paragraph, cell and sign."""
    root = lxml.html.fromstring(page)
    for style in root.iter("style"):
        style.text = ""
    lines = (" ".join(str(text).split()) for text in root.itertext())
    return "\n".join(line for line in lines if line) + "\n"


def docx_text(data: bytes) -> str:
    """The words of a Word file with the style of each paragraph, and its tables a row a line."""
    document = docx.Document(io.BytesIO(data))
    lines = []
    for part in document.iter_inner_content():
        if isinstance(part, docx.text.paragraph.Paragraph):
            lines.append(f"[{part.style.name}] {part.text}")
        else:
            lines += [" | ".join(cell.text for cell in row.cells) for row in part.rows]
    return "\n".join(lines) + "\n"


def copied(tmp_path: Path, approach: str = "") -> Path:
    """The example study, with another approach where one is named."""
    study = tmp_path / "study"
    shutil.copytree(STUDY, study, ignore=shutil.ignore_patterns("runs"))
    if approach:
        settings_file = study / "autocode.yaml"
        settings_file.write_text(
            settings_file.read_text("utf-8").replace("approach: reliability", f"approach: {approach}")
        )
    return study


def reports(folder: Path) -> dict[str, str]:
    """Every form of the report on the example study, as text."""
    reflexive = copied(folder, "reflexive")
    return {
        "agreement.txt": page_text(ac.agreement_html(report())),
        "agreement-internal.txt": page_text(ac.agreement_html(report(internal=True))),
        "agreement-docx.txt": docx_text(ac.agreement_docx(report())),
        "agreement-reflexive.txt": page_text(ac.agreement_html(report(reflexive))),
    }


# --- Whole reports ----------------------------------------------------------------------------------------------


def test_the_report_reads_as_it_did_before(tmp_path: Path) -> None:
    for name, text in reports(tmp_path).items():
        assert text == (EXPECTED / name).read_text(encoding="utf-8"), name


def test_two_runs_write_the_same_bytes_wherever_the_study_lies(tmp_path: Path, cli: Cli) -> None:
    written = []
    for place in ("here", "there/deeper"):
        (tmp_path / place).mkdir(parents=True)
        study = copied(tmp_path / place)
        code, _, _ = cli(
            "agree", study, "--html", study / "a.html", "--docx", study / "a.docx", "--csv", study / "a.csv"
        )
        assert code == 0
        written.append([(study / f"a.{suffix}").read_bytes() for suffix in ("html", "docx", "csv")])
    assert written[0] == written[1]


def test_no_clock_stands_in_the_word_file() -> None:
    data = ac.agreement_docx(report())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert docx.Document(io.BytesIO(data)).core_properties.modified.replace(tzinfo=None) == datetime(2000, 1, 1)


def test_the_word_file_has_real_headings_and_tables_whose_first_row_is_repeated() -> None:
    document = docx.Document(io.BytesIO(ac.agreement_docx(report())))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["Figures", "Who coded what", "Where coders differ"]
    with_header = [table for table in document.tables if table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")]
    assert len(with_header) == len(document.tables) - 1  # the box of what it holds for has no header
    page = lxml.html.fromstring(ac.agreement_html(report()))
    assert len(page.findall(".//table")) == len(with_header)


def test_a_word_file_that_somebody_edited_is_not_written_over(tmp_path: Path) -> None:
    path = ac.write_agreement_docx(report(), tmp_path / "report.docx")
    ac.write_agreement_docx(report(), path)
    document = docx.Document(str(path))
    document.add_paragraph("our own words")
    document.core_properties.modified = datetime(2026, 11, 25)  # as Word does when it saves
    document.save(str(path))
    with pytest.raises(ConfigError, match="edited"):
        ac.write_agreement_docx(report(), path)
    assert docx.Document(str(path)).paragraphs[-1].text == "our own words"


def test_a_page_is_not_written_over_a_file_that_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "ana.csv"
    path.write_text("transcript,code\n")
    with pytest.raises(ConfigError, match="no page"):
        ac.write_agreement_page(report(), path)


# --- What must not stand in it ----------------------------------------------------------------------------------


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = ac.agreement_html(report(internal=True))
    root = lxml.html.fromstring(page)
    assert not root.xpath("//script|//link|//img|//iframe|//object|//embed|//base|//@src|//@srcset|//@style|//form")
    assert {str(href) for href in root.xpath("//@href")} == {"#reading"}
    assert not re.search(r"url\(|@import|@font-face", page)
    assert set(re.findall(r"https?://[^\"' <]+", page)) == {"http://www.w3.org/2000/svg"}


HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7 * 191 }}</style></title>'&"""


def hostile_study(tmp_path: Path) -> Path:
    study = tmp_path / "study"
    (study / "interviews").mkdir(parents=True)
    (study / "coding").mkdir()
    lines = "".join(f"P1: {HOSTILE} {i}.\nINT: yes?\n" for i in range(12))
    for n in "123":
        (study / "interviews" / f"p<b>{n}.txt").write_text(lines, encoding="utf-8")
    quoted = HOSTILE.replace('"', "'")
    (study / "codebook.yaml").write_text(
        f'id: "book<i>"\ntitle: "{quoted}"\ncodes:\n'
        f'- {{id: "a<u>b", name: "{quoted}", definition: x}}\n- {{id: "{quoted}", name: "c", definition: y}}\n',
        encoding="utf-8",
    )
    for coder, gap in (("ana<script>", 2), ("ben & <b>", 3)):
        rows = "".join(
            f"p<b>{n},{turn},{coder},{code},{HOSTILE[:9]}\n"
            for n in "123"
            for turn in range(1, 24, 2)
            for code in ("a<u>b", '"' + quoted + '"')
            if turn % gap == 0 or turn % 5 == 0
        )
        name = "ana" if gap == 2 else "ben"
        (study / "coding" / f"{name}.csv").write_text("transcript,turn,coder,code,memo\n" + rows, encoding="utf-8")
    (study / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    return study


def test_a_hostile_name_or_word_is_words_on_the_page_and_no_markup(tmp_path: Path) -> None:
    for internal in (False, True):
        made = report(hostile_study(tmp_path / str(internal)), internal=internal)
        page = ac.agreement_html(made)
        root = lxml.html.fromstring(page)
        assert not root.xpath("//script|//img|//i[contains(., 'book')]|//u|//@onerror")
        assert "1337" not in page
        assert len(root.findall(".//style")) == 1
        assert HOSTILE.replace('"', "'") in page_text(page).replace("\n", " ")
        assert "ana<script>" in docx_text(ac.agreement_docx(made))


WORDS = st.text("bcdfghjklmnpqrstvwxz", min_size=9, max_size=14)


@given(data=st.data())
@settings(max_examples=6)
def test_no_word_of_an_interview_stands_in_the_shareable_form(data: st.DataObject) -> None:
    spoken = data.draw(st.lists(WORDS, min_size=24, max_size=24, unique=True))
    memos = data.draw(st.lists(WORDS, min_size=4, max_size=4, unique=True))
    turns = [" ".join(spoken[i : i + 4]) for i in range(0, 24, 4)]
    coded = data.draw(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=12, max_size=12))
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        (study / "interviews").mkdir()
        (study / "coding").mkdir()
        for n in ("p1", "p2", "p3"):
            text = "".join(f"INT: Well?\nP1: {turn}.\n" for turn in turns)
            (study / "interviews" / f"{n}.txt").write_text(text, encoding="utf-8")
        (study / "codebook.yaml").write_text(
            f"id: book\ncodes:\n- {{id: help, name: Help, definition: Help., examples: [{{text: {turns[0]}}}]}}\n"
            f"- {{id: load, name: Load, definition: Load., counterexamples: [{{text: {turns[1]}}}]}}\n",
            encoding="utf-8",
        )
        for coder, which in (("ana", 0), ("ben", 1)):
            rows = [f"p1,{coder},help,{spoken[0]} {spoken[23]},{memos[0]}"]  # a quote that nobody said together
            for i, both in enumerate(coded):
                if both[which]:
                    code = ("help", "load")[i % 2]
                    rows.append(f"p{1 + i % 3},{coder},{code},{' '.join(turns[i % 6].split()[:3])},{memos[i % 4]}")
            table = "transcript,coder,code,quote,memo\n" + "\n".join(rows) + "\n"
            (study / "coding" / f"{coder}.csv").write_text(table, encoding="utf-8")
        (study / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
        basis = ac.compare_files([study]).basis()
        shareable, internal = (ac.agreement_report(basis, internal=words) for words in (False, True))
        with zipfile.ZipFile(io.BytesIO(ac.agreement_docx(shareable))) as parts:
            everything = ac.agreement_html(shareable) + "".join(
                parts.read(n).decode("latin-1") for n in parts.namelist()
            )
        assert not [word for word in (*spoken, *memos) if word in everything]
        if basis.disputes.disputes:
            assert basis.disputes.disputes[0].passage in ac.agreement_html(internal)


def test_the_internal_form_says_so_in_its_name_and_on_the_page(tmp_path: Path, cli: Cli) -> None:
    study = copied(tmp_path)
    cli("agree", study, "--html", tmp_path / "r.html", "--docx", tmp_path / "r.docx", "--internal")
    assert sorted(path.name for path in tmp_path.glob("r*")) == ["r-internal.docx", "r-internal.html"]
    page = lxml.html.fromstring((tmp_path / "r-internal.html").read_text(encoding="utf-8"))
    told = page.find_class("internal")
    assert len(told) == 2
    assert "words of participants" in str(told[0].text_content())
    word = docx.Document(str(tmp_path / "r-internal.docx"))
    assert "words of participants" in word.sections[0].header.paragraphs[0].text
    cli("agree", study, "--html", tmp_path / "x-internal.html", "--internal")
    assert (tmp_path / "x-internal.html").exists()


def test_repeats_are_one_model_and_what_was_settled_is_nobody(tmp_path: Path, cli: Cli) -> None:
    study = tmp_path / "study"
    shutil.copytree(ROOT / "examples" / "study", study, ignore=shutil.ignore_patterns("runs"))
    cli("run", study, "--repeat", 3)
    cli("settle", study)
    assert cli("agree", study, "--html", tmp_path / "a.html")[0] == 0
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    people = "2 people (ana and ben), what was settled between them"
    who = f"{people} and the baseline (lexical asked 3 times, no language model)"
    assert who in page
    assert "What is called settled was written from what people agreed on" in page
    assert "to settle differences" not in page
    code, out, err = cli("agree", study)
    assert code == 0
    below = out.partition("Disagreements: ")[2]
    assert "ana and lexical: " in below
    assert "lexical#" not in below + err


def test_a_reflexive_study_gets_different_readings_and_no_coefficient(tmp_path: Path) -> None:
    made = report(copied(tmp_path, "reflexive"), internal=True)
    text = page_text(ac.agreement_html(made)) + docx_text(ac.agreement_docx(made))
    assert "Different readings" in text
    assert not re.search(r"alpha|kappa|AC1|for a coefficient|95 %", text, re.IGNORECASE)
    assert made.forest is None
    assert made.disputed


def test_no_figure_is_praised() -> None:
    text = page_text(ac.agreement_html(report())).casefold()
    assert not re.search(
        r"\b(substantial|excellent|moderate|almost perfect|fair agreement|ground truth|ceiling)\b", text
    )


# --- What it says -----------------------------------------------------------------------------------------------


def test_independence_that_nobody_declared_is_the_first_line(tmp_path: Path) -> None:
    study = copied(tmp_path)
    coders = study / "coding" / "coders.csv"
    lines = coders.read_text("utf-8").splitlines()
    at = lines[0].split(",").index("stage")
    blank = [",".join("" if i == at else cell for i, cell in enumerate(line.split(","))) for line in lines[1:]]
    coders.write_text("\n".join([lines[0], *blank]) + "\n", encoding="utf-8")
    page = lxml.html.fromstring(ac.agreement_html(report(study)))
    first = str(page.find("body")[0].text_content())
    assert first.startswith("Independence of the coders: not declared")
    assert "Independence" not in page_text(ac.agreement_html(report()))


def test_what_it_holds_for_counts_what_has_changed_since(tmp_path: Path, cli: Cli) -> None:
    study = copied(tmp_path)
    assert cli("run", study)[0] == 0
    book = study / "codebook.yaml"
    text = book.read_text("utf-8").replace("Money for the work", "Any money for the work")
    book.write_text(text.replace("    status: provisional\n", "    status: retired\n"), encoding="utf-8")
    (study / "interviews" / "p05.txt").write_text("INT: So?\nP5: So.\nINT: And?\nP5: Nothing.\n")
    held = dict(report(study).holds_for)
    assert held["codebook"] == "support-study, v3: ana, ben; v3+: lexical"
    assert held["model"].startswith("lexical, ")
    assert held["prompt"].startswith("SHA-256 ")
    assert held["passages"] == "86 turns of 4 interviews: p01, p02, p03 and p04"
    assert "1 code edited, 1 code retired since support-study-v3-lexical was coded" in held["since then"]
    assert "1 interview in the folder, without a passage that two coders decided" in held["since then"]


def test_changes_of_a_codebook_are_counted_by_what_coders_read() -> None:
    def book(**definitions: str) -> ac.Codebook:
        return ac.Codebook(id="b", codes=tuple(ac.Code(id=i, name=i, definition=d) for i, d in definitions.items()))

    assert changed(book(a="x", b="y"), book(a="x", b="y")) == ""
    assert changed(book(a="x", b="y"), book(a="x", b="z", c="w")) == "1 code edited, 1 code added"
    assert changed(book(a="x", b="y"), book(a="x")) == "1 code taken out"


def test_turns_that_were_read_are_told_in_the_form_of_coders_csv() -> None:
    assert stretches([2, 4, 6, 12], [2, 4, 6, 8, 10, 12]) == "2-6;12"
    assert stretches([], [2, 4]) == ""


def test_a_half_read_interview_has_a_row_of_its_own(tmp_path: Path) -> None:
    study = copied(tmp_path)
    coders = study / "coding" / "coders.csv"
    lines = coders.read_text("utf-8").splitlines()
    at = lines[0].split(",")
    assert "turns" in at
    changed_lines = [
        ",".join("1-20" if name == "turns" else cell for name, cell in zip(at, line.split(","), strict=True))
        if line.startswith("ben,p02")
        else line
        for line in lines
    ]
    coders.write_text("\n".join(changed_lines) + "\n", encoding="utf-8")
    rows = [row for row in report(study).who.rows if row[0] == "ben"]
    assert [row[2] for row in rows] == ["3: p01, p03, p04", "p02"]
    assert re.fullmatch(r"10 of \d+: 2-20", rows[1][3])


# --- Drawings ---------------------------------------------------------------------------------------------------


def code(id: str, human: HumanAgreement, **model: HumanModelAgreement) -> CodeAgreement:
    return CodeAgreement(code=id, human=human, human_model=dict(model))


def planted(*codes: CodeAgreement, **more: object) -> Agreement:
    return Agreement(unit="turn", n_units=100, coders=(), codes=codes, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", [WIDE, NARROW])
def test_signs_stand_where_their_figures_are(layout: object) -> None:
    rare = HumanAgreement(alpha=0.9, status="too rare", n_coders=2)
    one = HumanAgreement(alpha=0.8, low=0.6, high=1.2, n_coders=2)
    other = HumanModelAgreement(alpha=-2.0, low=-3.0, high=0.667, n_coders=2)
    drawn = forest(planted(code("a", one, m=other), code("b", rare, m=other)), layout)  # type: ignore[arg-type]
    assert drawn is not None
    people, model = drawn.rows[0].marks
    assert (people.shape, model.shape) == ("circle", "diamond")
    assert people.x == drawn.bounds[1].x
    assert model.high == drawn.bounds[0].x
    assert people.high == drawn.right  # an interval is printed cut at 1
    assert (model.x, model.low, model.cut) == (drawn.left, drawn.left, True)
    assert [silent.words for silent in drawn.rows[1].silent] == ["too rare"]
    assert [mark.series for mark in drawn.rows[1].marks] == [1]  # a figure that is withheld is not drawn
    zero = next(tick.x for tick in drawn.ticks if float(tick.words) == 0)
    one_at = next(tick.x for tick in drawn.ticks if float(tick.words) == 1)
    assert people.x == pytest.approx(zero + 0.8 * (one_at - zero), abs=0.15)


def test_without_a_single_figure_there_is_no_plot() -> None:
    assert forest(planted(code("a", HumanAgreement(status="no variation", n_coders=2)))) is None


def test_a_confusion_stands_in_the_row_of_the_one_and_the_column_of_the_other() -> None:
    found = (
        Confusion(coders=("ana", "ben"), codes=("b", "a"), kind="human-human", n=4),
        Confusion(coders=("ana", "ben"), codes=("a", "c"), kind="human-human", n=1),
        Confusion(coders=("ana", "old"), codes=("a", "c"), kind="training", n=9),
    )
    codes = [code(id, HumanAgreement()) for id in "abcd"]
    (drawn,) = heat_maps(planted(*codes, confusions=found))
    assert [line.name for line in drawn.rows] == ["a", "b", "c"]
    cells = {(cell.y, cell.x): (cell.n, cell.shade) for cell in drawn.cells}
    row, column = (lines[0].at for lines in (drawn.rows, drawn.columns))
    assert cells == {
        (row + drawn.cell, column): (4, 1.0),
        (row, column + 2 * drawn.cell): (1, 0.25),
    }


def test_passages_of_a_rare_code_are_listed_by_their_place(tmp_path: Path) -> None:
    basis = ac.compare_files([STUDY]).basis()
    rare = [row for row in basis.agreement.codes if row.instead and row.instead.passages]
    assert rare
    (listed,) = [t for t in ac.agreement_report(basis).differences if t.title.startswith("Too rare")]
    assert len(listed.rows) == sum(len(row.instead.passages) for row in rare if isinstance(row.instead, Instead))


def test_ratings_and_the_alternative_test_have_tables_where_there_are_any(tmp_path: Path, cli: Cli) -> None:
    study = copied(tmp_path)
    assert cli("run", study)[0] == 0
    for name, ratings in (("cleo", (1, 2, 3, 4, 4)), ("dan", (1, 2, 3, 4, 3))):
        rows = [f"p01,{turn},{name},load,{rating}" for turn, rating in zip((2, 4, 6, 8, 10), ratings, strict=True)]
        (study / "coding" / f"{name}.csv").write_text("\n".join(["transcript,turn,coder,code,rating", *rows, ""]))
    found = ac.agreement_report(ac.compare_files([study], alternative_test=0.1).basis())
    titles = [table.title for table in found.figures]
    assert "Ratings" in titles
    assert any(title.startswith("Alternative annotator test of lexical") for title in titles)
    (ratings,) = [table for table in found.figures if table.title == "Ratings"]
    (row,) = [row for row in ratings.rows if row[1] == "cleo, dan"]
    assert (row[2], row[-1]) == ("5", "0.80")  # five turns, four of them with the same rating
    assert "Alternative annotator test" not in "".join(table.title for table in report(study).figures)


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for file, words in reports(Path(place)).items():
            (EXPECTED / file).write_text(words, encoding="utf-8")
            print(file, len(words), file=sys.stderr)
