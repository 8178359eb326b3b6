"""The lint of a codebook: planted faults are found on their line, sound codebooks are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from conftest import Cli, shared
from hypothesis import HealthCheck, given, settings
from test_codebook import codebooks

import autocode as ac

ROOT = Path(__file__).resolve().parents[1]

SOUND = """\
id: sound
codes:
  - id: people
    name: People
    codes:
      - id: boss
        name: Boss
        definition: A direct manager did something that made work easier.
        include: [the act is named]
        exclude: ["a wish that was not met (use wish)"]
        examples: [she moved two deadlines]
        counterexamples: [{text: HR sent a leaflet, use: wish}]
      - id: wish
        name: Unmet hope
        definition: Help was asked for, and nobody came.
        include: [a request refused or forgotten]
        exclude: ["help that came (use boss)"]
        examples: [I wrote in May and again in June]
        counterexamples: [{text: he took the call for me, use: boss}]
"""


def lint(tmp_path: Path, text: str, name: str = "book.yaml") -> ac.Lint:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return ac.lint(*ac.read_codebook_with_lines(path))


def test_a_sound_codebook_is_left_alone(tmp_path: Path) -> None:
    found = lint(tmp_path, SOUND)
    assert (found.findings, found.n_codes, found.n_asked) == ((), 3, 2)


@pytest.mark.parametrize("path", sorted((ROOT / "codebooks").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_codebooks_that_come_with_autocode_are_sound(path: Path) -> None:
    assert ac.lint(*ac.read_codebook_with_lines(path)).sentences() == []


def test_three_codebooks_come_with_autocode_and_each_keeps_its_promises() -> None:
    books = [ac.read_codebook(path) for path in sorted((ROOT / "codebooks").glob("*.yaml"))]
    assert len(books) == 3
    for book in books:
        assert book.notes == ()
        assert book.groups
        assert book.study_question
        assert all(code.plain and code.definition for code in book.codes)
        assert {use.use for code in book.codes for use in code.counterexamples} - {""}


@pytest.mark.parametrize(
    ("rule", "before", "after", "codes", "line", "says"),
    [
        ("no-definition", "Help was asked for, and nobody came.", "", ("wish",), 13, '"wish" has no definition'),
        ("no-exclusion", 'exclude: ["help that came (use boss)"]', "exclude: []", ("wish",), 13, "excludes nothing"),
        (
            "no-counterexample",
            "counterexamples: [{text: he took the call for me, use: boss}]",
            "notes: none yet",
            ("wish",),
            13,
            '"wish" has no counterexample',
        ),
        (
            "near-identical-definitions",
            "Help was asked for, and nobody came.",
            "A direct manager did something that made the work easier.",
            ("boss", "wish"),
            8,
            '"boss" and "wish" have nearly the same definition (lexical measure 0.',
        ),
        (
            "near-identical-definitions",
            "Help was asked for, and nobody came.",
            "A direct  manager did something that made work easier.",
            ("boss", "wish"),
            8,
            "have the same definition; say what sets them apart",
        ),
        ("name-inside-name", "name: Unmet hope", "name: Boss asked in vain", ("boss", "wish"), 7, 'inside "Boss asked'),
        ("id-holds-parent-id", "- id: boss", "- id: people-boss", ("people-boss", "people"), 6, "regrouped"),
        (
            "example-is-counterexample",
            "HR sent a leaflet",
            "so She  moved two deadlines and left",
            ("boss",),
            11,
            '"she moved two deadlines" of "boss" is one of its counterexamples',
        ),
        ("include-is-exclude", "the act is named", "A wish that was not met (use wish)", ("boss",), 9, "in one of"),
        ("use-unknown", "(use wish)", "(use wishes)", ("boss",), 10, 'which is no code; did you mean "wish"?'),
        ("use-unknown", "(use wish)", "(use wish or hope)", ("boss",), 10, '"hope", which is no code'),
        ("use-itself", "leaflet, use: wish", "leaflet, use: boss", ("boss",), 12, 'to use "boss" itself'),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_on_its_line(
    tmp_path: Path, rule: str, before: str, after: str, codes: tuple[str, ...], line: int, says: str
) -> None:
    assert SOUND.count(before) >= 1
    text = SOUND.replace(before, after, 1)
    if after == "- id: people-boss":
        text = text.replace("use: boss", "use: people-boss").replace("(use boss)", "(use people-boss)")
    found = lint(tmp_path, text)
    assert [(each.rule, each.codes, each.line) for each in found.findings] == [(rule, codes, line)]
    assert says in found.findings[0].message
    assert found.sentences() == [f"{tmp_path}/book.yaml:{line}: {found.findings[0].message} [{rule}]"]


def test_a_retired_code_in_use_and_the_theme_it_leaves_with_one_code_are_told(tmp_path: Path) -> None:
    found = lint(tmp_path, SOUND.replace("name: Unmet hope", "name: Unmet hope\n        status: retired"))
    assert [(each.rule, each.codes, each.line) for each in found.findings] == [
        ("single-child", ("people", "boss"), 3),
        ("use-retired", ("boss", "wish"), 12),
        ("use-retired", ("boss", "wish"), 10),
    ]


def test_the_score_is_the_cosine_of_the_baseline_and_orders_pairs_as_a_reader_would(tmp_path: Path) -> None:
    rows = [
        ("a", "A manager gives help with the work."),
        ("b", "A manager gave help with the work."),
        ("c", "Money for the work."),
        ("d", "A manager gives help with the work."),
    ]
    text = "id,name,definition\n" + "".join(f"{id},{id * 3},{words}\n" for id, words in rows)
    found = lint(tmp_path, text, "book.csv")
    scores = {each.codes: each.score for each in found.findings if each.rule == "near-identical-definitions"}
    assert set(scores) == {("a", "b"), ("a", "d"), ("b", "d")}
    assert scores["a", "d"] == 1.0
    assert 0.5 <= scores["a", "b"] < 1.0
    vectors = ac.LexicalCoder(
        ac.Codebook(id="x", codes=tuple(ac.Code(id=id, name="", definition=words) for id, words in rows))
    ).scores([words for _, words in rows])
    assert scores["a", "b"] == pytest.approx(vectors[0, 1], abs=1e-4)


@pytest.mark.parametrize(("inner", "outer", "inside"), [
    ("Help", "Manager's help", True),
    ("help", "HELP from colleagues", True),
    ("Open question", "Open  question (short)", True),
    ("Help", "Helplessness", False),
    ("Help", "help", False),
    ("Own", "Downtown", False),
])  # fmt: skip
def test_a_name_inside_another_is_found_by_whole_words(tmp_path: Path, inner: str, outer: str, inside: bool) -> None:
    found = lint(tmp_path, f"id,name\na,{inner}\nb,{outer}\n", "book.csv")
    assert any(each.rule == "name-inside-name" and each.codes == ("a", "b") for each in found.findings) is inside


def test_more_than_forty_codes_in_one_prompt_are_told_once_without_a_line(tmp_path: Path) -> None:
    def book(n: int, more: str = "") -> ac.Lint:
        return lint(tmp_path, "id,name,status\n" + "".join(f"c{i},N{i}x,\n" for i in range(n)) + more, "book.csv")

    assert "too-many-codes" not in {each.rule for each in book(40, "old,Old,retired\n").findings}
    many = [each for each in book(41).findings if each.rule == "too-many-codes"]
    assert [(each.codes, each.line) for each in many] == [((), None)]
    assert "41 codes stand in every prompt" in many[0].message


def test_themes_and_retired_codes_need_no_borders(tmp_path: Path) -> None:
    text = SOUND + "  - {id: old, name: Old, status: retired}\n"
    assert lint(tmp_path, text).findings == ()


def test_lines_of_tables_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["Our codes"], ["Code", "Memo"], ["Help", "It came."], ["Load", ""]]):
            sheet.write_row(at, 0, row)
    found = ac.lint(*ac.read_codebook_with_lines(path))
    assert [each.line for each in found.findings if each.rule == "no-definition"] == [4]
    assert any(sentence.startswith(f'{path}:4: "load" has no definition') for sentence in found.sentences())


def test_without_a_file_findings_name_the_codebook() -> None:
    found = ac.lint(ac.Codebook(id="mine", codes=(ac.Code(id="a", name="A", definition="x"),)))
    assert [each.line for each in found.findings] == [None, None]
    assert found.sentences()[0].startswith('mine: "a" excludes nothing')


def test_a_real_codebook_shows_its_weak_places() -> None:
    book, lines = ac.read_codebook_with_lines(shared("data") / "files/taguette/serdif_codebook_2022-02-23_first.csv")
    found = ac.lint(book, lines)
    rules = [each.rule for each in found.findings]
    assert (rules.count("no-definition"), rules.count("no-exclusion"), rules.count("too-many-codes")) == (42, 120, 1)
    book, lines = ac.read_codebook_with_lines(shared("data") / "sight/codebook.csv")
    assert "near-identical-definitions" not in {each.rule for each in ac.lint(book, lines).findings}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(codebooks())
def test_any_codebook_is_linted_and_its_findings_go_to_json_and_come_back(book: ac.Codebook) -> None:
    found = ac.lint(book)
    assert ac.Lint.model_validate_json(found.model_dump_json()) == found
    ids = {code.id for code in book.codes}
    assert all(set(each.codes) <= ids for each in found.findings)


# --- The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cli(cli: Cli) -> Cli:
    return lambda *args: cli("codebook", "lint", *args)


def test_findings_end_with_0_and_with_strict_1(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(SOUND.replace('exclude: ["help that came (use boss)"]', "notes: x"))
    code, out, err = cli(path)
    assert (code, out.count("\n")) == (0, 1)
    assert out.endswith("[no-exclusion]\n")
    assert err == f"{path}: 1 finding in 2 codes that are asked: no-exclusion 1\n"
    assert cli(path, "--strict")[0] == 1
    path.write_text(SOUND)
    assert cli(path, "--strict") == (0, "", f"{path}: nothing found in 2 codes that are asked\n")


def test_a_study_is_linted_by_its_folder_and_as_json(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "autocode.yaml").write_text("codebook: codes.csv\n")
    (tmp_path / "codes.csv").write_text("id,name,definition\na,A,It is.\n")
    code, out, _ = cli(tmp_path, "--json")
    found = json.loads(out)
    assert (code, found["format"], found["n_asked"]) == (0, "autocode-lint/1", 1)
    assert [(each["rule"], each["line"], each["codes"], each["score"]) for each in found["findings"]] == [
        ("no-exclusion", 2, ["a"], None),
        ("no-counterexample", 2, ["a"], None),
    ]
    monkeypatch.chdir(tmp_path)
    assert cli("--json")[1].replace('"codes.csv"', "") == out.replace(json.dumps(str(tmp_path / "codes.csv")), "")


def test_a_faulty_codebook_is_an_error_and_no_finding(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "book.csv"
    path.write_text("id\na\na\n")
    code, out, err = cli(path)
    assert (code, out) == (1, "")
    assert err.startswith(f'{path}:3: the id "a" stands twice')
    assert cli(tmp_path / "none.yaml")[2].startswith(f"{tmp_path / 'none.yaml'}: there is no such file")
