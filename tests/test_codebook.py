"""Codebook files: the YAML form to the letter, tables from anywhere, errors in one sentence, and hashes."""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autocode.codebook import asked, code_hash, code_of, codebook_hash, scope_hash, speakers_of
from autocode.data import Change, Code, Codebook, Counterexample, Example, Group
from autocode.errors import CodebookError
from autocode.reading.codebooks import codebook_to_yaml, read_codebook, write_codebook

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the folder shared/ with real data is not beside the project"
)

CONTRACT = """\
format: autocode-codebook/1
id: support-study            # stable
title: Support at work
version: 3                   # a whole number, raised at each release
study_question: What helps people stay in the job?
groups: [{id: valence, codes: [good, bad], pick: one}]
codes:
  - id: support
    name: Support
    definition: Help that reaches the person.
    codes:
      - id: manager-help
        name: Manager's help
        definition: Something a direct manager did, said or allowed that made work easier.
        include: [the manager's act is named]
        exclude: ["a wish for help that did not come (use no-help)"]
        examples: [{text: she sat down with me and moved two deadlines, source: p04}]
        counterexamples: [{text: HR sent a leaflet, use: office-help}]
        speakers: [client]
        status: active
        origin: guide
        aliases: [boss support]
        plain: Times when your manager made work easier.
        color: "#2E86AB"
        notes: Agreed 12 Nov.
        x-colleague: [Ana, 2]
      - {id: office-help, name: Help by the office, status: provisional}
  - {id: good, name: Good}
  - {id: bad, name: Bad, codable: false}
changes:
  - {version: 3, date: 2026-11-20, by: [Ana, Ben], kind: edit, codes: [manager-help], recode: true, why: talk}
x-team: {lead: Ana}
"""


def read(tmp_path: Path, text: str, name: str = "book.yaml") -> Codebook:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_codebook(path)


def refusal(tmp_path: Path, text: str, name: str = "book.yaml") -> str:
    with pytest.raises(CodebookError) as caught:
        read(tmp_path, text, name)
    message = str(caught.value).removeprefix(f"{tmp_path}/")
    assert "\n" not in message
    return message


# --- YAML -----------------------------------------------------------------------------------------------------------


def test_every_key_of_the_contract_arrives_where_it_belongs(tmp_path: Path) -> None:
    book = read(tmp_path, CONTRACT)
    assert (book.id, book.title, book.version) == ("support-study", "Support at work", 3)
    assert book.study_question == "What helps people stay in the job?"
    assert [(code.id, code.parent) for code in book.codes] == [
        ("support", ""),
        ("manager-help", "support"),
        ("office-help", "support"),
        ("good", ""),
        ("bad", ""),
    ]
    assert code_of(book, "manager-help") == Code(
        id="manager-help",
        name="Manager's help",
        parent="support",
        definition="Something a direct manager did, said or allowed that made work easier.",
        include=("the manager's act is named",),
        exclude=("a wish for help that did not come (use no-help)",),
        examples=(Example(text="she sat down with me and moved two deadlines", source="p04"),),
        counterexamples=(Counterexample(text="HR sent a leaflet", use="office-help"),),
        speakers=("client",),
        origin="guide",
        aliases=("boss support",),
        plain="Times when your manager made work easier.",
        color="#2E86AB",
        notes="Agreed 12 Nov.",
        extra={"x-colleague": ["Ana", 2]},
    )
    assert book.groups == (Group(id="valence", codes=("good", "bad"), pick="one"),)
    assert book.changes == (
        Change(
            version=3,
            date="2026-11-20",
            by=("Ana", "Ben"),
            kind="edit",
            codes=("manager-help",),
            recode=True,
            why="talk",
        ),
    )
    assert book.extra == {"x-team": {"lead": "Ana"}}
    assert [code.id for code in asked(book)] == ["manager-help", "office-help", "good"]
    assert book.notes == ()


def test_single_texts_are_lists_of_one_and_examples_may_be_plain_texts(tmp_path: Path) -> None:
    text = "id: b\ncodes:\n  - {id: a, include: one, exclude: [x, y], examples: words, counterexamples: [no, 12]}\n"
    code = read(tmp_path, text).codes[0]
    assert (code.include, code.exclude, code.examples) == (("one",), ("x", "y"), (Example(text="words"),))
    assert code.counterexamples == (Counterexample(text="no"), Counterexample(text="12"))


def test_yaml_is_1_2_so_that_no_yes_and_on_are_words(tmp_path: Path) -> None:
    text = "%YAML 1.1\n---\nid: no\ncodes:\n  - {id: on, name: yes, aliases: [off, n], notes: 2026-11-20}\n"
    book = read(tmp_path, text)
    assert (book.id, book.codes[0].id, book.codes[0].name, book.codes[0].aliases) == ("no", "on", "yes", ("off", "n"))
    assert book.codes[0].notes == "2026-11-20"


def test_keys_without_a_value_count_as_absent(tmp_path: Path) -> None:
    code = read(
        tmp_path, "id: b\ncodes:\n  - id: a\n    name:\n    include:\n    speakers: []\n    codable: ~\n"
    ).codes[0]
    assert code == Code(id="a", name="a")


def test_a_yaml_codebook_without_an_id_is_called_as_its_file_and_that_is_told(tmp_path: Path) -> None:
    book = read(tmp_path, "codes: [{id: a}]")
    assert book.id == "book"
    assert len(book.notes) == 1
    assert 'called "book"' in book.notes[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'book.yaml: no codes: the file is empty; list the codes under "codes:"'),
        (
            "id: b\ncodes: []\n",
            'book.yaml:2: no codes; list at least one under "codes:", with id, name and definition',
        ),
        (
            "codes:\n  - id: a\n  - id: b\n  - id: a\n",
            'book.yaml:4: the id "a" stands twice, here and on line 2; change one of them',
        ),
        (
            "codes:\n  - id: help\n    codes:\n      - id: HELP\n",
            'book.yaml:4: the id "HELP" stands twice, here and on line 2 as "help" (capitals do not tell ids apart); '
            "change one of them",
        ),
        ("codes: [{id: a}, {id: a}]", 'book.yaml:1: the id "a" stands twice, here and on line 1; change one of them'),
        ("codes:\n  - id: 1.10\n", 'book.yaml:2: the id 1.10 is not read as a word; put it in quotes: id: "1.10"'),
        ("codes:\n  - id: true\n", 'book.yaml:2: the id true is not read as a word; put it in quotes: id: "true"'),
        ("codes:\n  - id: 007\n", 'book.yaml:2: the id 007 is not read as a word; put it in quotes: id: "007"'),
        (
            "codes:\n  - id: [a, b]\n",
            'book.yaml:2: "id" of a code holds a list, but a text is due',
        ),
        (
            "codes:\n  - name: Manager's help\n",
            'book.yaml:2: a code called "Manager\'s help" has no id; write "id: managers-help"',
        ),
        (
            "codes:\n  - id: a\n    defintion: x\n",
            'book.yaml:3: unknown key "defintion" in the code "a"; did you mean "definition"?',
        ),
        ("code:\n  - id: a\n", 'book.yaml:1: unknown key "code" in the codebook; did you mean "codes"?'),
        (
            "codes:\n  - {id: a}\ngroups:\n  - {id: g, code: [a]}\n",
            'book.yaml:4: unknown key "code" in the group "g"; did you mean "codes"?',
        ),
        (
            "codes:\n  - {id: a}\nchanges:\n  - {version: 1, kind: add, because: x}\n",
            'book.yaml:4: unknown key "because" in a change; '
            "known are version, date, by, kind, codes, from, to, recode, why",
        ),
        (
            "codes:\n  - id: a\n    examples:\n      - text: x\n        sorce: p1\n",
            'book.yaml:5: unknown key "sorce" in an item of "examples" of the code "a"; did you mean "source"?',
        ),
        (
            "codes:\n  - id: a\n    parent: b\n",
            'book.yaml:3: the code "a" has the key "parent"; put it under "codes:" of its theme',
        ),
        ("codes:\n  - support\n", 'book.yaml:2: the code "support" has no keys; write "- id: support"'),
        ("- id: a\n", 'book.yaml:1: the file is a list; put it under "codes:"'),
        ("codes:\n  a: Help\n", 'book.yaml:1: "codes" of the codebook is a set of keys ("a: ..."), but a list is due'),
        (
            "codes:\n  - id: a\n    definition: [one, two]\n",
            'book.yaml:3: "definition" of the code "a" holds a list, but a text is due',
        ),
        (
            "codes:\n  - id: a\n    include: [the act is named: yes]\n",
            'book.yaml:3: "include" of the code "a" holds a set of keys ("the act is named: ..."), but a text is due; '
            "put it in quotes",
        ),
        (
            "codes:\n  - id: a\n    codable: no\n",
            'book.yaml:3: "codable" of the code "a" is "no"; write true or false (YAML 1.2 reads yes and no as words)',
        ),
        (
            "codes:\n  - id: a\n    status: no\n",
            'book.yaml:3: "status" of the code "a" is "no", but is one of active, provisional, retired',
        ),
        (
            "codes:\n  - id: a\n    status: provisonal\n",
            'book.yaml:3: "status" of the code "a" is "provisonal", but is one of active, provisional, retired; '
            'did you mean "provisional"?',
        ),
        (
            "codes:\n  - id: a\n    origin: in_vivo\n",
            'book.yaml:3: "origin" of the code "a" is "in_vivo", but is one of '
            'guide, framework, in-vivo, inductive, suggested; did you mean "in-vivo"?',
        ),
        (
            "codes: [{id: a}]\ngroups:\n  - {id: g, codes: [a], pick: two}\n",
            'book.yaml:3: "pick" of the group "g" is "two", but is one of one, any',
        ),
        (
            "codes: [{id: a}]\nchanges:\n  - {version: 2, kind: edits}\n",
            'book.yaml:3: "kind" of a change is "edits", but is one of '
            'add, edit, clarify, rename, move, merge, split, retire; did you mean "edit"?',
        ),
        (
            "codes: [{id: a}]\nchanges:\n  - {kind: edit}\n",
            'book.yaml:3: a change has no "version"; write {version: 2, kind: edit, ...}',
        ),
        (
            "codes: [{id: a}]\nversion: 1.5\n",
            'book.yaml:2: "version" of the codebook is the number 1.5, but a whole number from 1 is due',
        ),
        (
            'codes: [{id: a}]\nversion: "3"\n',
            'book.yaml:2: "version" of the codebook is "3", but a whole number from 1 is due',
        ),
        (
            "codes: [{id: a}]\nversion: true\n",
            'book.yaml:2: "version" of the codebook is true, but a whole number from 1 is due',
        ),
        (
            "codes:\n  - {id: good}\ngroups:\n  - {id: v, codes: [good, goood]}\n",
            'book.yaml:4: the group "v" names the code "goood", which does not exist; did you mean "good"?',
        ),
        (
            "codes: [{id: a}]\ngroups:\n  - {id: v, codes: [a, a]}\n",
            'book.yaml:3: the group "v" names the code "a" twice; delete one',
        ),
        (
            "codes: [{id: a}]\ngroups:\n  - {id: v, codes: [a]}\n  - {id: v, codes: [a]}\n",
            'book.yaml:4: the group "v" stands twice, here and on line 3; join them',
        ),
        (
            "codes:\n  - id: help\n    counterexamples:\n      - text: a leaflet\n        use: halp\n",
            'book.yaml:5: a counterexample of the code "help" names the code "halp", which does not exist; '
            'did you mean "help"?',
        ),
        (
            "codes:\n  - id: a\n    examples:\n      - {source: p04}\n",
            'book.yaml:4: an item of "examples" of the code "a" has no "text"; write {text: the words, source: ...}',
        ),
        (
            "format: autocode-codebook/2\ncodes: [{id: a}]\n",
            "book.yaml:1: this codebook has format 2, but this autocode reads format 1; install a newer autocode",
        ),
        (
            "format: codebook\ncodes: [{id: a}]\n",
            'book.yaml:1: the format "codebook" is not known; write "format: autocode-codebook/1"',
        ),
        ("id: b\nid: c\ncodes: [{id: a}]\n", 'book.yaml:2: "id" stands twice, here and on line 1; keep one'),
        (
            "codes:\n  - id: a;b\n",
            'book.yaml:2: "a;b" cannot be an id; use letters, digits and hyphens, without ";" or blanks at the ends',
        ),
        (
            "codes:\n  - id: a\n    definition: help: that reaches\n",
            "book.yaml:3: this is not YAML (mapping values are not allowed here); "
            'a text that holds ": " must stand in quotes, and keys of one level in one column',
        ),
        (
            "codes:\n\t- id: a\n",
            r"book.yaml:2: this is not YAML (found character '\t' that cannot start any token); "
            "indent with blanks, not tabs",
        ),
        (
            "codes:\n  - id: a\n    name: @home\n",
            "book.yaml:3: this is not YAML (found character '@' that cannot start any token); put the text in quotes",
        ),
        ("codes: [{id: a}]\ntitle: \x07\n", "book.yaml:2: it holds a control character; delete it"),
        (
            "codes: !!python/object/apply:os.system [ls]\n",
            'book.yaml:1: the YAML tag "tag:yaml.org,2002:python/object/apply:os.system" is not read; leave it out',
        ),
    ],
)
def test_an_unusable_yaml_codebook_is_refused_in_one_sentence_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(tmp_path, text) == message


def test_aliases_are_read_but_not_when_they_blow_the_file_up(tmp_path: Path) -> None:
    book = read(tmp_path, "id: b\ncodes:\n  - {id: a, speakers: &us [P1, P2]}\n  - {id: c, speakers: *us}\n")
    assert [code.speakers for code in book.codes] == [("P1", "P2"), ("P1", "P2")]
    steps = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "x-a: &a [ha,ha,ha,ha,ha,ha,ha,ha,ha]\n" + "".join(
        f"x-{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in steps
    )
    assert "aliases" in refusal(tmp_path, bomb + "codes: [{id: a}]")
    assert "50 levels" in refusal(tmp_path, "x-a: &a [*a]\ncodes: [{id: a}]")
    assert "50 levels" in refusal(tmp_path, "x-a: " + "[" * 5000)


def test_a_change_may_name_codes_that_are_gone_and_is_told_where_nothing_says_that_they_went(tmp_path: Path) -> None:
    merged = "  - {version: 2, kind: merge, from: [c, d], to: a}\n  - {version: 3, kind: retire, codes: [e]}\n"
    edited = "  - {version: 2, kind: edit, codes: [c, e, x]}\n"
    book = read(tmp_path, f"id: b\ncodes: [{{id: a}}]\nchanges:\n{merged}{edited}")
    assert (book.changes[0].from_, book.changes[0].to) == (("c", "d"), ("a",))
    assert [note.partition(": ")[2] for note in book.notes] == [
        'a change names the code "x", which is not in this version'
    ]


def test_a_name_or_alias_of_two_codes_is_told_and_no_error(tmp_path: Path) -> None:
    text = "id: b\ncodes:\n  - {id: a, name: Help}\n  - {id: c, name: help, aliases: [A]}\n"
    assert [note.removeprefix(f"{tmp_path}/") for note in read(tmp_path, text).notes] == [
        'book.yaml:4: "a" means the code of that id, though it is also a name of c',
        'book.yaml:4: "help" is a name of a and c; coding files must give the id',
    ]


def test_a_codebook_with_nothing_to_code_is_told(tmp_path: Path) -> None:
    assert "nothing to code" in read(tmp_path, "id: b\ncodes: [{id: a, status: retired}]").notes[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("book.qdc", "not read yet; export the codebook as CSV or Excel"),
        ("book.doc", "not read yet; save it as DOCX"),
        ("book.pdf", "not read yet; copy its table into a spreadsheet"),
        ("book.txt", "not read as a codebook; save it as .yaml, .csv or .xlsx"),
    ],
)
def test_other_kinds_of_file_are_refused_with_what_to_do(tmp_path: Path, name: str, told: str) -> None:
    assert told in refusal(tmp_path, "x", name)


def test_a_missing_file_and_a_folder_are_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"none\.yaml: there is no such file; a codebook \(\.yaml, \.csv"):
        read_codebook(tmp_path / "none.yaml")
    with pytest.raises(CodebookError, match="a folder, but a codebook is one file"):
        read_codebook(tmp_path)


def test_a_codebook_that_no_encoding_fits_is_a_codebook_error_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_bytes(b"codes: [{id: a, name: \x81}]")
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    assert caught.value.path == path


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_codebook_is_read_or_refused_in_one_sentence(tmp_path: Path, data: st.DataObject) -> None:
    name, text = data.draw(st.sampled_from([("book.yaml", CONTRACT), ("book.csv", TABLE)]))
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(0, 20))
    damage = data.draw(st.one_of(st.sampled_from(list("-:[]{}#&*!|>'\"%@`?~ \n\t;=<\r1")), st.text(max_size=3)))
    path = tmp_path / name
    path.write_bytes((text[:start] + damage + text[end:]).encode())
    try:
        assert read_codebook(path).codes
    except CodebookError as error:
        assert str(error).startswith(str(path))  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017


# --- Tables ---------------------------------------------------------------------------------------------------------

TABLE = """\
id,name,parent,definition,include,exclude,examples,counterexamples,speakers,codable,group,status,aliases,plain,notes
manager-help,Manager's help,Support,"What a manager, did.",a;b,"one; with a semicolon
two",she moved,HR sent a leaflet => office-help,client; carer,,valence: one; scope,provisional,boss,In short,Agreed
support,Support,,Help.,,,,,,no,,,,,
office-help,Help by the office,support,,,,,,,yes,valence,,,,
"""


def test_every_column_of_the_contract_arrives_and_a_theme_comes_before_its_codes(tmp_path: Path) -> None:
    book = read(tmp_path, TABLE, "work.csv")
    assert (book.id, book.version, book.notes) == ("work", 1, ())
    assert book.codes == (
        Code(id="support", name="Support", definition="Help.", codable=False),
        Code(
            id="manager-help",
            name="Manager's help",
            parent="support",
            definition="What a manager, did.",
            include=("a", "b"),
            exclude=("one; with a semicolon", "two"),
            examples=(Example(text="she moved"),),
            counterexamples=(Counterexample(text="HR sent a leaflet", use="office-help"),),
            speakers=("client", "carer"),
            status="provisional",
            aliases=("boss",),
            plain="In short",
            notes="Agreed",
        ),
        Code(id="office-help", name="Help by the office", parent="support", codable=True),
    )
    assert book.groups == (
        Group(id="valence", codes=("manager-help", "office-help"), pick="one"),
        Group(id="scope", codes=("manager-help",)),
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_reads_alike_whatever_program_saved_it(tmp_path: Path, mark: str, delimiter: str, end: str) -> None:
    path = tmp_path / "work.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(csv.reader(TABLE.splitlines(keepends=True)))
    book = read_codebook(path)
    assert ("byte order mark" in " ".join(book.notes)) == bool(mark)
    assert book.model_copy(update={"notes": ()}) == read(tmp_path, TABLE, "work.csv")


def test_a_windows_1252_table_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_bytes("id,name\nmude,Müde\n".encode("cp1252"))
    book = read_codebook(path)
    assert book.codes[0].name == "Müde"
    assert "Windows-1252" in book.notes[0]
    assert read_codebook(path, encoding="cp1252").notes == ()


def test_headers_of_other_programs_are_read_and_told(tmp_path: Path) -> None:
    text = "Code,Memo,When to use,When_not_to_use,Frequency\nAlways on,Out of hours,pings;mails,holidays,12\n"
    book = read(tmp_path, text, "export.csv")
    assert book.codes == (
        Code(
            id="always-on",
            name="Always on",
            definition="Out of hours",
            include=("pings", "mails"),
            exclude=("holidays",),
        ),
    )
    assert [note.partition(": ")[2] for note in book.notes] == [
        'the column "Code" is read as name',
        'the column "Memo" is read as definition',
        'the column "When to use" is read as include',
        'the column "When_not_to_use" is read as exclude',
        'columns that a codebook does not have are not read: "Frequency"',
        'missing ids are made from names ("Always on" is always-on); '
        "write them into a column id, so that a code keeps its id when it is renamed",
    ]


def test_a_header_that_could_be_two_columns_takes_the_place_that_is_free(tmp_path: Path) -> None:
    code = read(tmp_path, "code,name,memo,description\nC1,Help,my memo,Help that came\n", "export.csv").codes[0]
    assert (code.id, code.name, code.definition, code.notes) == ("C1", "Help", "Help that came", "my memo")


@pytest.mark.parametrize("path", ["Support > Own > Late", "Support::Own::Late"])
def test_paths_in_names_become_themes_and_missing_themes_are_added(tmp_path: Path, path: str) -> None:
    book = read(tmp_path, f"Code,Description\n{path},x\nSupport,y\nMore,z\n", "export.csv")
    assert [(code.id, code.name, code.parent, code.definition) for code in book.codes] == [
        ("support", "Support", "", "y"),
        ("own", "Own", "support", ""),
        ("late", "Late", "own", "x"),
        ("more", "More", "", "z"),
    ]
    assert f'names such as "{path}" are read as theme and code' in " ".join(book.notes)
    assert "themes without a row of their own are added: Own" in " ".join(book.notes)


def test_where_a_table_has_a_parent_column_names_are_no_paths(tmp_path: Path) -> None:
    book = read(tmp_path, "id,name,parent\nwork,Work > life,\nlate,Late,work > life\n", "export.csv")
    assert [(code.name, code.parent) for code in book.codes] == [("Work > life", ""), ("Late", "work")]


def test_ids_made_from_names_are_unique_and_leave_given_ids_alone(tmp_path: Path) -> None:
    text = "id,name\n,Help\n,Help!\nhelp-2,Other\n,خذي وقتك\n,???\n,Zoë’s day\n"
    ids = [code.id for code in read(tmp_path, text, "export.csv").codes]
    assert ids == ["help", "help-3", "help-2", "خذي-وقتك", "code", "zoës-day"]


def test_a_table_may_say_its_id_and_version(tmp_path: Path) -> None:
    book = read(tmp_path, "id,name,codebook,version\na,A,study,4\nb,B,,\n", "export.csv")
    assert (book.id, book.version) == ("study", 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv: no codes: the file is empty; begin it with the line id,name,definition"),
        ("id,name\n\n,\n", "t.csv: no codes: no row stands below the header; add one for each code"),
        (
            "code text,meaning\na,b\n",
            't.csv:1: no column is called "id" or "name", only "code text", "meaning"; '
            "name the columns as id,name,definition",
        ),
        (
            "id,name\na,A\nb,B\nA,C\n",
            't.csv:4: the id "A" stands twice, here and on line 2 as "a" (capitals do not tell',
        ),
        ('id,definition\na,"two\nlines"\na,\n', 't.csv:4: the id "a" stands twice, here and on line 2; change one'),
        ("id,parent\na,b\nb,c\nc,a\n", 't.csv:2: the theme "a" stands below itself (a > c > b > a); change one parent'),
        ("id,parent\nx,\na,a\n", 't.csv:3: the theme "a" stands below itself (a > a); change one parent'),
        (
            "id,name,parent\nhelp,Help,\na,A,Halp\n",
            't.csv:3: the parent "Halp" of "a" does not exist; did you mean "help"?',
        ),
        (
            "id,name,parent\nh1,Help,\nh2,help,\na,A,HELP\n",
            't.csv:4: "HELP" is the name of h1 and h2; write the id',
        ),
        ("id,codable\na,maybe\n", 't.csv:2: codable of "a" is "maybe"; write yes or no, or leave it blank'),
        (
            "id,status\na,retierd\n",
            't.csv:2: status of "a" is "retierd", but is one of active, provisional, retired; did you mean "retired"?',
        ),
        ("id,group\na,valence: few\n", 't.csv:2: the group of "a" is "valence: few"; write "valence: one" or'),
        ("id,group\na,v: one\nb,v: any\n", 't.csv:3: the group "v" is "any" here and "one" on line 2; write the same'),
        (
            "id,counterexamples\nhelp,a leaflet => halp\n",
            't.csv:2: a counterexample of the code "help" names the code "halp", which does not exist; '
            'did you mean "help"?',
        ),
        ("id,counterexamples\na,=> a\n", 't.csv:2: the counterexample "=> a" of "a" lacks its words or its code;'),
        ("id,definition\n,words\n", "t.csv:2: the row has neither id nor name; fill one in or delete the row"),
        ("id,version\na,1.2\n", 't.csv:2: the version "1.2" is not a whole number from 1; write 1'),
        ("id,version\na,1\nb,2\n", 't.csv:3: the column "version" says "2" here and "1" on line 2; write the same'),
        ("id,name\na,A\nb,B,c\n", "t.csv:3: the row has 3 cells and the header 2; "),
        ('id,name\na,A\nb,"B\nc,C\n', "t.csv:3: the row that begins here is no CSV "),
    ],
)
def test_an_unusable_table_is_refused_in_one_sentence_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text, "t.csv").startswith(message)


# --- Real codebooks -------------------------------------------------------------------------------------------------


@needs_shared
def test_annomi_has_eighteen_codable_codes_in_two_kinds_of_turns() -> None:
    book = read_codebook(SHARED / "data/annomi/codebook.csv")
    assert len(book.codes) == 20
    codes = asked(book)
    assert sum(speakers_of(book, code) == ("therapist",) for code in codes) == 15
    assert sum(speakers_of(book, code) == ("client",) for code in codes) == 3
    assert {group.id: (len(group.codes), group.pick) for group in book.groups} == {
        "main_behaviour": (4, "one"),
        "question": (2, "one"),
        "reflection": (2, "one"),
        "input": (4, "one"),
        "client_talk": (3, "one"),
    }
    other = code_of(book, "main_other")
    assert other is not None
    assert other.include == ("Greetings", "short listening sounds.")
    assert book.notes == ()


@needs_shared
def test_na_is_a_code_of_sight_and_no_gap() -> None:
    book = read_codebook(SHARED / "data/sight/codebook.csv")
    assert len(book.codes) == 10
    assert (book.codes[-1].id, book.codes[-1].name) == ("na", "Joke or rest")


@needs_shared
@pytest.mark.parametrize(
    ("name", "codes", "blank"),
    [
        ("serdif_codebook_2022-02-23_first", 120, 42),
        ("serdif_codebook_2022-03-03_last", 22, 0),
        ("taguette-1.5.2_codebook", 7, 1),
    ],
)
def test_codebooks_from_taguette_are_read_whole(name: str, codes: int, blank: int) -> None:
    book = read_codebook(SHARED / f"data/files/taguette/{name}.csv")
    assert (len(book.codes), sum(not code.definition for code in book.codes)) == (codes, blank)
    assert 'the column "tag" is read as name' in book.notes[0]


@needs_shared
@pytest.mark.parametrize("name", ["annomi", "sight", "lend-an-ear"])
def test_a_real_table_written_as_yaml_reads_back_equal(tmp_path: Path, name: str) -> None:
    book = read_codebook(SHARED / f"data/{name}/codebook.csv")
    write_codebook(book, tmp_path / "codebook.yaml")
    assert read_codebook(tmp_path / "codebook.yaml") == book


# --- There and back -------------------------------------------------------------------------------------------------

# Texts that YAML takes for something else, or that lose something when lines are joined or quotes forgotten.
AWKWARD = (
    "no",
    "1.10",
    "0o17",
    "1e3",
    "~",
    "null",
    "",
    "# x",
    "a: b",
    "- a",
    " a ",
    "a\nb",
    "a\n\n b\n",
    "\t",
    "'",
    '"',
    "@x",
)
AWKWARD += (
    "2026-11-20",
    "2026-02-31",
    "=",
    "<<",
    "{a}",
    "a\u2028b",
    "\x85",
    "\x00",
    "\ufeff",
    "🙂",
    "خذي",
    "a\r\nb",
    "|",
    "%",
    "...",
)
texts = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=30))
filled = texts.filter(bool)
lists = st.lists(filled, max_size=3).map(tuple)
ids = st.one_of(st.sampled_from(("no", "1.10", "007", "na", "a b", "true")), st.text(min_size=1, max_size=8)).filter(
    lambda id: id not in ("", "-") and ";" not in id and id == " ".join(id.split())
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)
extras = st.dictionaries(texts.map(lambda text: f"x-{text}"), json_values, max_size=2)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    known = draw(st.lists(ids, min_size=1, max_size=6, unique_by=str.casefold))
    above: list[str] = []
    codes = []
    for id in known:  # depth first, as a nested file is read
        above = above[: draw(st.integers(0, len(above)))]
        code = Code(
            id=id,
            name=draw(filled),
            parent=above[-1] if above else "",
            definition=draw(texts),
            include=draw(lists),
            exclude=draw(lists),
            examples=tuple(draw(st.lists(st.builds(Example, text=filled.filter(str.strip), source=texts), max_size=2))),
            counterexamples=tuple(
                Counterexample(text=text, use=draw(st.sampled_from(["", *known])))
                for text in draw(st.lists(filled.filter(str.strip), max_size=2))
            ),
            speakers=draw(lists),
            codable=draw(st.sampled_from([None, True, False])),
            status=draw(st.sampled_from(["active", "provisional", "retired"])),
            origin=draw(st.sampled_from(["", "guide", "in-vivo"])),
            aliases=draw(lists),
            plain=draw(texts),
            color=draw(texts),
            notes=draw(texts),
            extra=draw(extras),
        )
        codes.append(code)
        above = [*above, id]
    members = st.lists(st.sampled_from(known), max_size=3, unique=True).map(tuple)
    groups = st.lists(
        st.builds(Group, id=filled, codes=members, pick=st.sampled_from(["one", "any"]), extra=extras),
        max_size=2,
        unique_by=lambda group: group.id,
    )
    changes = st.builds(
        Change,
        version=st.integers(1, 99),
        date=texts,
        by=lists,
        kind=st.sampled_from(["add", "merge"]),
        codes=lists,
        from_=lists,
        to=lists,
        recode=st.booleans(),
        why=texts,
        extra=extras,
    )
    return Codebook(
        id=draw(filled),
        title=draw(texts),
        version=draw(st.integers(1, 99)),
        study_question=draw(texts),
        codes=tuple(codes),
        groups=tuple(draw(groups)),
        changes=tuple(draw(st.lists(changes, max_size=2))),
        extra=draw(extras),
    )


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(codebooks())
def test_any_codebook_written_as_yaml_reads_back_equal_with_one_hash(book: Codebook) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.yaml"
        write_codebook(book, path)
        back = read_codebook(path)
    assert back.model_copy(update={"notes": ()}) == book
    assert codebook_hash(back) == codebook_hash(book)
    assert codebook_to_yaml(back) == codebook_to_yaml(book)


def test_a_codebook_is_written_in_the_form_of_the_contract(tmp_path: Path) -> None:
    assert codebook_to_yaml(read(tmp_path, CONTRACT)) == (
        "format: autocode-codebook/1\n"
        "id: support-study\n"
        "title: Support at work\n"
        "version: 3\n"
        "study_question: What helps people stay in the job?\n"
        "groups:\n"
        "  - {id: valence, codes: [good, bad], pick: one}\n"
        "x-team:\n"
        "  lead: Ana\n"
        "codes:\n"
        "  - id: support\n"
        "    name: Support\n"
        "    definition: Help that reaches the person.\n"
        "    codes:\n"
        "      - id: manager-help\n"
        "        name: Manager's help\n"
        "        definition: Something a direct manager did, said or allowed that made work easier.\n"
        "        include:\n"
        "          - the manager's act is named\n"
        "        exclude:\n"
        "          - a wish for help that did not come (use no-help)\n"
        "        examples:\n"
        "          - {text: she sat down with me and moved two deadlines, source: p04}\n"
        "        counterexamples:\n"
        "          - {text: HR sent a leaflet, use: office-help}\n"
        "        speakers: [client]\n"
        "        origin: guide\n"
        "        aliases: [boss support]\n"
        "        plain: Times when your manager made work easier.\n"
        "        color: '#2E86AB'\n"
        "        notes: Agreed 12 Nov.\n"
        "        x-colleague:\n"
        "          - Ana\n"
        "          - 2\n"
        "      - id: office-help\n"
        "        name: Help by the office\n"
        "        status: provisional\n"
        "  - id: good\n"
        "    name: Good\n"
        "  - id: bad\n"
        "    name: Bad\n"
        "    codable: false\n"
        "changes:\n"
        "  - {version: 3, date: 2026-11-20, by: [Ana, Ben], kind: edit, codes: [manager-help], recode: true, "
        "why: talk}\n"
    )


# --- Hashes ---------------------------------------------------------------------------------------------------------


def hashes(book: Codebook, id: str = "manager-help") -> tuple[str, str]:
    code = code_of(book, id)
    assert code is not None
    return code_hash(code), scope_hash(book, code)


def test_the_hash_of_a_code_is_the_one_that_the_contract_describes(tmp_path: Path) -> None:
    content = {
        "name": "Manager's help",
        "definition": "Something a direct manager did, said or allowed that made work easier.",
        "include": ["the manager's act is named"],
        "exclude": ["a wish for help that did not come (use no-help)"],
        "examples": [{"text": "she sat down with me and moved two deadlines", "source": "p04"}],
        "counterexamples": [{"text": "HR sent a leaflet", "use": "office-help"}],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert hashes(read(tmp_path, CONTRACT))[0] == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("Agreed 12 Nov.", "Agreed 13 Nov.", (False, False)),
        ('"#2E86AB"', "red", (False, False)),
        ("[boss support]", "[boss]", (False, False)),
        ("why: talk", "why: other", (False, False)),
        ("made work easier.\n        color", "helped.\n        color", (False, False)),
        ("origin: guide", "origin: in-vivo", (False, False)),
        ("[Ana, 2]", "[Ben]", (False, False)),
        ("title: Support at work", "title: Help", (False, False)),
        ("Something a direct manager did,", "Something   a direct\n          manager did,", (False, False)),
        ("name: Manager's help", "name: Boss's help", (True, False)),
        ("Something a direct", "Anything a direct", (True, False)),
        ("[the manager's act is named]", "[]", (True, False)),
        ("(use no-help)", "", (True, False)),
        ("two deadlines", "three deadlines", (True, False)),
        ("source: p04", "source: p05", (True, False)),
        ("use: office-help", "use: good", (True, False)),
        ("speakers: [client]", "speakers: [client, carer]", (False, True)),
        ("speakers: [client]", "codable: false", (False, True)),
        ("codes: [good, bad]", "codes: [good, bad, manager-help]", (False, True)),
        ("  - id: support\n", "  - id: backing\n", (False, True)),
    ],
)
def test_what_decides_a_code_moves_its_hash_and_what_frames_it_moves_its_scope(
    tmp_path: Path, before: str, after: str, moved: tuple[bool, bool]
) -> None:
    assert before in CONTRACT
    old, new = hashes(read(tmp_path, CONTRACT)), hashes(read(tmp_path, CONTRACT.replace(before, after, 1)))
    assert (old[0] != new[0], old[1] != new[1]) == moved


def test_speakers_of_a_theme_are_the_scope_of_its_codes(tmp_path: Path) -> None:
    text = "id: b\ncodes:\n  - id: t\n    speakers: [P1]\n    codes: [{id: a}]\n"
    own = "id: b\ncodes:\n  - id: t\n    codes: [{id: a, speakers: [P1]}]\n"
    assert hashes(read(tmp_path, text), "a") == hashes(read(tmp_path, own), "a")


def test_the_same_code_in_a_table_and_in_yaml_has_one_hash(tmp_path: Path) -> None:
    table = read(tmp_path, TABLE, "work.csv")
    text = (
        "id: work\n"
        "groups: [{id: valence, codes: [manager-help, office-help], pick: one}, {id: scope, codes: [manager-help]}]\n"
        "codes:\n"
        "  - id: support\n"
        "    name: Support\n"
        "    definition: Help.\n"
        "    codes:\n"
        "      - id: manager-help\n"
        "        name: Manager's help\n"
        "        definition: >\n"
        "          What a manager,\n"
        "          did.\n"
        "        include: [a, b]\n"
        "        exclude: [one; with a semicolon, two]\n"
        "        examples: [she moved]\n"
        "        counterexamples: [{text: HR sent a leaflet, use: office-help}]\n"
        "        speakers: [carer, client]\n"
        "        status: provisional\n"
        "      - {id: office-help, name: Help by the office}\n"
    )
    book = read(tmp_path, text)
    for id in ("support", "manager-help", "office-help"):
        assert hashes(book, id) == hashes(table, id)
    assert codebook_hash(book) == codebook_hash(table)


def test_x_keys_of_examples_are_kept(tmp_path: Path) -> None:
    text = """id: b
codes:
  - id: a
    examples: [{text: hello, source: p1, x-page: 3}]
    counterexamples: [{text: bye, use: a, x-who: Ana}]
"""
    book = read(tmp_path, text)
    assert (book.codes[0].examples[0].extra, book.codes[0].counterexamples[0].extra) == (
        {"x-page": 3},
        {"x-who": "Ana"},
    )
    again = tmp_path / "again.yaml"
    write_codebook(book, again)
    assert read_codebook(again) == book


@pytest.mark.parametrize("name", ["b.yaml", "b.json"])
def test_half_a_character_in_a_codebook_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('{"id": "b", "codes": [{"id": "a", "definition": "half \\ud800"}]}')
    with pytest.raises(CodebookError, match="half a character"):
        read_codebook(path)
