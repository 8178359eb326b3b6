"""A codebook through its versions: what changed, how the next one is released, and what has to be read again."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from conftest import Cli, Scripted, says, shared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.codebook import code_hash, codebook_hash, folded, scope_hash
from autocode.history.wording import wording
from autocode.yaml import parse_yaml, plain, with_item

VERSION_1 = """\
# Our codebook. Ask Ana before you edit it.
format: autocode-codebook/1
id: support
version: 1
study_question: What helps people stay?
codes:
  - id: help
    name: Help
    codes:
      # the manager, and nobody above
      - id: manager-help
        name: Manager's help
        definition: Something a manager did that made work easier.
        exclude:
          - a wish for help that did not come
      - {id: office-help, name: Help from the office, definition: A measure of the office.}
  - {id: pay, name: Pay, definition: Money.}   # wages too
  - {id: hours, name: Hours, definition: When people work.}
  - {id: soup, name: Soup, definition: Food that colleagues bring.}
"""

INTERVIEW = """\
INT: What helped?
P1: My manager moved two deadlines. The office sent a leaflet.
INT: And money?
P1: The pay is good. I took two weeks off. They brought soup.
"""

Coding = dict[str, str]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with two interviews that Ana and Ben coded under version 1."""
    (tmp_path / "interviews").mkdir()
    (tmp_path / "coding").mkdir()
    for name in ("p01", "p02"):
        (tmp_path / "interviews" / f"{name}.txt").write_text(INTERVIEW)
    (tmp_path / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (tmp_path / "codebook.yaml").write_text(VERSION_1)
    (tmp_path / "coding" / "ana.csv").write_text(
        "transcript,coder,code,turn,quote\n"
        "p01,ana,manager-help,2,My manager moved two deadlines.\n"
        "p01,ana,pay,4,The pay is good.\n"
        "p02,ana,manager-help,2,My manager moved two deadlines.\n"
        "p02,ana,hours,4,I took two weeks off.\n"
    )
    (tmp_path / "coding" / "ben.csv").write_text(
        "transcript,coder,code,turn,quote\np01,ben,office-help,2,The office sent a leaflet.\n"
        "p01,ben,manager-help,2,My manager moved two deadlines.\n"
    )
    (tmp_path / "coding" / "coders.csv").write_text(
        "coder,transcript,stage,codebook,saw\n"
        "ana,p01,independent,1,nothing\nana,p02,independent,1,nothing\nben,p01,independent,1,nothing\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(study: Path, *pairs: tuple[str, str]) -> None:
    """Edit the codebook of a study, as a person would."""
    text = (study / "codebook.yaml").read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (study / "codebook.yaml").write_text(text)


WIDER = ("Something a manager did that made", "Something a direct manager did, or allowed, that made")


def released(study: Path, *pairs: tuple[str, str], **options: object) -> ac.Codebook:
    """Edit the codebook and release it, as `codebook release` does; what stands there is frozen before that."""
    where = ac.Study.at(study)
    if not (study / "codebook").exists():
        ac.release(ac.plan_release(where))
    edit(study, *pairs)
    plan = ac.plan_release(where, **options)  # type: ignore[arg-type]
    return ac.release(plan, why="7 of 12 disagreements were about wishes", by=["Ana", "Ben"], date="2026-11-20")


def row(owing: ac.RereadingList, code: str, coder: str) -> ac.Rereading:
    found = [each for each in owing.rows if (each.code, each.coder) == (code, coder)]
    assert len(found) == 1, owing.rows
    return found[0]


# --- Two codebooks ----------------------------------------------------------------------------------------------


def test_an_edit_a_rename_a_move_and_what_came_and_went_are_told_apart(study: Path) -> None:
    old = ac.read_codebook(study / "codebook.yaml")
    edit(
        study,
        WIDER,
        ("name: Hours", "name: Working hours"),
        ("  - {id: pay, name: Pay, definition: Money.}", "      - {id: pay, name: Pay, definition: Money.}"),
        ("  - {id: soup, name: Soup, definition: Food that colleagues bring.}\n", ""),
        ("definition: A measure of the office.}", "definition: A measure of the office., status: retired}"),
        ("  - {id: hours", "  - {id: rota, name: Rota, definition: The plan.}\n  - {id: hours"),
    )
    new = ac.read_codebook(study / "codebook.yaml")
    found = {each.code: each for each in ac.diff_codebooks(old, new).codes}
    assert {code: each.became for code, each in found.items()} == {
        "manager-help": ("edited",),
        "hours": ("renamed",),
        "pay": ("moved",),
        "soup": ("removed",),
        "office-help": ("retired",),
        "rota": ("added",),
    }
    assert not any(each.declared for each in found.values())
    assert [(w.change, w.words) for w in found["manager-help"].fields[0].words] == [
        ("kept", "Something a "),
        ("added", "direct "),
        ("kept", "manager did"),
        ("added", ", or allowed, "),
        ("kept", "that made work easier."),
    ]
    assert found["pay"].fields[0].after == "help"


def test_a_note_a_colour_and_an_alias_are_told_as_what_decides_nothing(study: Path) -> None:
    old = ac.read_codebook(study / "codebook.yaml")
    edit(study, ("definition: Money.}", 'definition: Money., notes: ask Ben, color: "#112233", aliases: [wages]}'))
    found = ac.diff_codebooks(old, ac.read_codebook(study / "codebook.yaml"))
    assert found.same
    assert [(each.code, each.became, each.decides) for each in found.codes] == [("pay", ("noted",), False)]
    assert {field.field for field in found.codes[0].fields} == {"notes", "color", "aliases"}


def test_what_changes_declares_is_told_with_who_and_why_and_the_rest_as_not_declared(study: Path) -> None:
    old = ac.read_codebook(study / "codebook.yaml")
    edit(study, WIDER, ("version: 1", "version: 2"), ("name: Hours", "name: Working hours"))
    with (study / "codebook.yaml").open("a") as file:
        file.write("changes: [{version: 2, by: [Ana], kind: clarify, codes: [manager-help], why: it was meant so}]\n")
    found = ac.diff_codebooks(old, ac.read_codebook(study / "codebook.yaml"))
    clarified, renamed = found.codes
    assert (clarified.became, clarified.declared, clarified.by, clarified.why) == (
        ("clarified",),
        True,
        ("Ana",),
        ("it was meant so",),
    )
    assert (renamed.became, renamed.declared, renamed.undeclared) == (("renamed",), False, ("renamed",))
    assert "not declared in `changes`: hours" in found.notes


def test_the_move_of_a_theme_tells_of_the_codes_below_it(study: Path) -> None:
    old = ac.read_codebook(study / "codebook.yaml")
    text = VERSION_1.replace("  - id: help\n", "  - id: work\n    name: Work\n    codes:\n  - id: help\n")
    head, _, tail = text.partition("  - id: help\n")
    theme, _, rest = tail.partition("  - {id: pay")
    inner = "".join(f"    {line}\n" for line in f"  - id: help\n{theme}".splitlines())
    text = f"{head}{inner}  - {{id: pay{rest}".replace("version: 1", "version: 2")
    (study / "new.yaml").write_text(f"{text}changes: [{{version: 2, kind: move, codes: [help], why: regrouped}}]\n")
    found = ac.diff_codebooks(old, ac.read_codebook(study / "new.yaml"))
    moved = {each.code: each.declared for each in found.codes if each.became == ("moved",)}
    assert moved == {"help": True, "manager-help": True, "office-help": True}


def test_a_comma_that_was_added_is_a_change_that_is_shown(study: Path) -> None:
    words = wording("the act is named  or shown", "the act is named, or shown")
    assert [(w.change, w.words) for w in words] == [
        ("kept", "the act is named"),
        ("added", ", "),
        ("kept", "or shown"),
    ]
    assert [w.change for w in wording("named ,or", "named, or")] == ["dropped", "added"]


def test_a_hundred_and_twenty_codes_of_a_real_study_that_became_few_are_readable(cli: Cli, tmp_path: Path) -> None:
    folder = shared("data/files/taguette")
    old, new = folder / "serdif_codebook_2022-02-23_first.csv", folder / "serdif_codebook_2022-03-03_last.csv"
    page = tmp_path / "diff.html"
    code, out, err = cli("codebook", "diff", old, new, "--html", page)
    assert code == 0
    assert "120 codes became 22: 6 edited, 11 added, 109 gone; 5 codes and themes as they were." in " ".join(
        out.split()
    )
    assert "looks like moderator-assist (the same definition)" in out
    assert "Hiding, restoring{+, ordering+} and [-ordering-] {+coloring+}" in out
    assert max(len(line) for line in out.splitlines() if "/" not in line) <= 80
    assert "tells no `changes`" in err
    assert "<ins>coloring</ins>" in page.read_text()
    assert str(folder) not in page.read_text()  # who is shown the page need not know where the files lie


def test_colours_come_only_on_a_terminal(study: Path) -> None:
    from rich.console import Console

    old = ac.read_codebook(study / "codebook.yaml")
    edit(study, WIDER, ("name: Pay", 'name: "Pay [bold]and[/] bonus"'))
    found = ac.diff_codebooks(old, ac.read_codebook(study / "codebook.yaml"))
    texts = []
    for terminal in (True, False):
        console = Console(force_terminal=terminal, color_system="standard" if terminal else None, width=80, record=True)
        with console.capture() as shown:
            ac.show_codebook_diff(found, console)
        texts.append(shown.get())
    assert "\x1b[" in texts[0]
    assert "{+" not in texts[0]
    assert "\x1b[" not in texts[1]
    assert "Something a {+direct+} manager did{+, or allowed,+} that made work" in " ".join(texts[1].split())
    assert "{+[bold]and[/] bonus+}" in texts[1]


def test_the_page_escapes_what_a_codebook_says(study: Path) -> None:
    old = ac.read_codebook(study / "codebook.yaml")
    edit(study, ("definition: Money.", "definition: <script>alert(1)</script>"))
    page = ac.codebook_diff_html(ac.diff_codebooks(old, ac.read_codebook(study / "codebook.yaml")))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# --- What OLD and NEW may be ------------------------------------------------------------------------------------


def test_a_version_a_run_and_a_file_can_be_compared_and_say_who_coded_under_them(study: Path, cli: Cli) -> None:
    book = ac.read_codebook(study / "codebook.yaml")
    texts = list(ac.read_transcripts(study / "interviews"))
    ac.code(texts, book, coder=Scripted({}), run=ac.Run(study / "runs" / "first", exclude_speakers=["INT"]))
    released(study, WIDER)
    code, out, _ = cli("codebook", "diff", "v1", "v2", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["format"] == "autocode-codebook-diff/1"
    assert [(each["code"], each["became"], each["declared"]) for each in found["codes"]] == [
        ("manager-help", ["edited"], True)
    ]
    assert [(use["who"], use["version"], use["transcripts"]) for use in found["used"]] == [
        ("ana", "1", 2),
        ("ben", "1", 1),
        ("first", "1", 2),
    ]
    for old in ("runs/first", "first", "codebook/v1.yaml", "1"):
        code, out, _ = cli("codebook", "diff", old, "codebook.yaml", "--json")
        assert json.loads(out)["old"]["sha256"] == found["old"]["sha256"], old


def test_nothing_differs_is_said_in_one_sentence(study: Path, cli: Cli) -> None:
    code, out, _ = cli("codebook", "diff", "codebook.yaml", "codebook.yaml")
    assert code == 0
    assert "Nothing differs: 5 codes, all as they were." in out


def test_a_version_that_nobody_kept_names_those_that_are(study: Path, cli: Cli) -> None:
    released(study, WIDER)
    code, _, err = cli("codebook", "diff", "v7", "v2")
    assert code == 1
    assert "version 7 of the codebook is not kept: frozen: v1, v2; today's is v2" in err


def test_a_version_without_a_study_says_where_versions_belong(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = cli("codebook", "diff", "v1", "v2")
    assert code == 1
    assert '"v1" is a version, and versions belong to a study' in err


def test_versions_that_are_missing_between_are_named(study: Path, cli: Cli) -> None:
    released(study, WIDER)
    released(study, ("definition: Money.", "definition: Money and what it buys."))
    (study / "codebook" / "v2.yaml").unlink()
    _, out, err = cli("codebook", "diff", "v1", "v3", "--json")
    assert "not kept: v2; what changed in which version follows only from `changes`" in err
    assert [(c["code"], c["version"]) for c in json.loads(out)["codes"]] == [("manager-help", 2), ("pay", 3)]


def test_two_codebooks_with_different_ids_are_compared_with_a_warning(study: Path, cli: Cli) -> None:
    (study / "other.yaml").write_text(VERSION_1.replace("id: support\n", "id: leaving\n"))
    code, _, err = cli("codebook", "diff", "codebook.yaml", "other.yaml")
    assert code == 0
    assert 'these are two codebooks, "support" and "leaving"' in err
    (study / "third.yaml").write_text("id: third\ncodes: [{id: x, name: X}]\n")
    _, _, err = cli("codebook", "diff", "codebook.yaml", "third.yaml")
    assert "the two share no code" in err


def test_an_older_codebook_given_second_is_said(study: Path, cli: Cli) -> None:
    released(study, WIDER)
    _, _, err = cli("codebook", "diff", "v2", "v1")
    assert "the first is the newer one (v2, then v1)" in err


def test_one_version_with_two_contents_is_told_with_a_plus(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    _, out, err = cli("codebook", "diff", "v1", "codebook.yaml", "--json")
    assert (json.loads(out)["old"]["version"], json.loads(out)["new"]["version"]) == ("1", "1+")
    assert "both call themselves version 1, with different contents" in err


def test_a_frozen_version_that_was_edited_afterwards_gets_a_plus_everywhere_and_is_told(study: Path, cli: Cli) -> None:
    released(study, WIDER)
    frozen = study / "codebook" / "v1.yaml"
    frozen.write_text(frozen.read_text().replace("definition: Money.", "definition: Money and time."))
    _, out, err = cli("codebook", "diff", "v1", "v2", "--json")
    found = json.loads(out)
    assert (found["old"]["version"], found["new"]["version"]) == ("1+", "2")
    assert {use["version"] for use in found["used"]} == {"1+"}
    assert "codebook/v1.yaml was edited after it was released, so it is called 1+" in err
    _, out, err = cli("codebook", "status", "--json")
    assert {version for each in json.loads(out)["rows"] for version in each["under"]} == {"1+"}
    assert "called 1+" in err
    _, _, err = cli("codebook", "release")
    assert "called 1+" in err
    _, out, err = cli("agree", ".", "--json")
    assert [coder["codebook"] for coder in json.loads(out)["coders"]] == ["1+", "1+"]
    assert "called 1+" in err


def test_a_change_that_names_an_unknown_code_is_told_and_refused_at_the_release(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    with (study / "codebook.yaml").open("a") as file:
        file.write("changes: [{version: 2, kind: edit, codes: [manger-help], why: wishes}]\n")
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert '`changes` of version 2 name the code "manger-help", which is unknown; did you mean "manager-help"?' in err
    edit(study, ("version: 1", "version: 2"))
    _, _, err = cli("codebook", "diff", "v1", "codebook.yaml")
    assert 'changes of version 2 name the code "manger-help", which neither codebook has' in err
    code, _, err = cli("codebook", "status")
    assert code == 0
    assert 'codebook.yaml: `changes` of version 2 name the code "manger-help", which is unknown' in err


# --- Releasing --------------------------------------------------------------------------------------------------


def test_a_release_raises_the_version_writes_why_keeps_comments_and_freezes(study: Path, cli: Cli) -> None:
    assert cli("codebook", "release")[0] == 0  # nothing was frozen yet: version 1 is, as it stands
    assert (study / "codebook.yaml").read_text() == VERSION_1
    edit(study, WIDER)
    code, out, err = cli(
        *("codebook", "release", "--why", "wishes were coded: 7 of 12", "--by", "Ana, Ben", "--recode"),
        *("--date", "2026-11-20"),
    )
    assert (code, out) == (0, "edit: manager-help\n")
    assert "codebook/v2.yaml (version 2)" in err
    text = (study / "codebook.yaml").read_text()
    expected = VERSION_1.replace("version: 1", "version: 2").replace(*WIDER)
    assert text.startswith(expected)
    book = ac.read_codebook(study / "codebook.yaml")
    assert book.changes == (
        ac.Change(
            version=2,
            date="2026-11-20",
            by=("Ana", "Ben"),
            kind="edit",
            codes=("manager-help",),
            recode=True,
            why="wishes were coded: 7 of 12",
        ),
    )
    frozen = (study / "codebook" / "v2.yaml").read_text()
    assert frozen.startswith(text)
    assert ac.read_codebook(study / "codebook" / "v2.yaml").changes == book.changes


def test_the_next_release_adds_its_changes_below_the_others(study: Path) -> None:
    released(study, WIDER)
    with (study / "codebook.yaml").open("a") as file:
        file.write("  # the meeting in December\n")
    book = released(study, ("name: Hours", "name: Working hours"), ("definition: Money.", "definition: Wages."))
    assert [(c.version, c.kind, c.codes) for c in book.changes] == [
        (2, "edit", ("manager-help",)),
        (3, "edit", ("pay",)),
        (3, "rename", ("hours",)),
    ]
    assert "# the meeting in December" in (study / "codebook.yaml").read_text()


def test_nothing_changed_is_said_and_exits_1(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert "nothing has changed since version 1, so there is nothing to release" in err
    edit(study, ("definition: Money.", "definition: Money., notes: ask Ben"))
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert "only notes, colours or other names have changed since version 1" in err
    assert [path.name for path in (study / "codebook").iterdir()] == ["v1.yaml"]


def test_a_script_that_gives_no_why_is_refused_and_nothing_is_written(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    before = (study / "codebook.yaml").read_text()
    code, _, err = cli("codebook", "release")
    assert code == 1
    assert "a release says why the codebook was changed; give it with --why" in err
    assert (study / "codebook.yaml").read_text() == before
    assert not (study / "codebook" / "v2.yaml").exists()


def test_at_a_terminal_the_why_is_asked_for(study: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    monkeypatch.setattr("sys.stdin", Terminal("wishes were coded\n"))
    code, out, err = cli("codebook", "release")
    assert code == 0
    assert "Why was it changed?" in err
    assert "Something a {+direct+} manager" in out  # what is to be explained is shown first
    assert ac.read_codebook(study / "codebook.yaml").changes[0].why == "wishes were coded"


def test_a_release_for_programs_says_what_it_wrote(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    code, out, _ = cli("codebook", "release", "--why", "wishes", "--json")
    found = json.loads(out)
    assert (code, found["format"], found["version"]) == (0, "autocode-codebook-release/1", 2)
    assert Path(found["frozen"]).name == "v2.yaml"
    assert [(c["kind"], c["codes"], c["why"]) for c in found["changes"]] == [("edit", ["manager-help"], "wishes")]
    assert found["sha256"] == codebook_hash(ac.read_codebook(study / "codebook.yaml"))


def test_a_clarification_is_declared_for_all_edits_or_for_one_code(study: Path, cli: Cli) -> None:
    book = released(study, WIDER, ("definition: Money.", "definition: Wages."), kind="edit", kinds={"pay": "clarify"})
    assert [(c.kind, c.codes) for c in book.changes] == [("edit", ("manager-help",)), ("clarify", ("pay",))]
    edit(study, ("definition: Wages.", "definition: Wages and more."))
    assert cli("codebook", "release", "--why", "x", "--kind", "hours=clarify")[2].count('"hours" was not edited') == 1
    assert "is no kind of edit" in cli("codebook", "release", "--why", "x", "--kind", "moved")[2]
    assert (
        "a clarification changes no decision"
        in cli(*("codebook", "release", "--why", "x", "--kind", "clarify", "--recode"))[2]
    )


def test_a_merge_is_declared_and_tells_of_the_codes_that_went(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(
        study,
        ("  - {id: pay, name: Pay, definition: Money.}   # wages too\n", ""),
        ("  - {id: hours, name: Hours, definition: When people work.}\n", ""),
        ("  - {id: soup", "  - {id: terms, name: Terms, definition: Pay and hours.}\n  - {id: soup"),
    )
    code, out, _ = cli("codebook", "release", "--why", "nobody kept them apart", "--merge", "pay,hours=terms")
    assert (code, out) == (0, "merge: pay, hours → terms\n")
    _, out, _ = cli("codebook", "diff", "v1", "v2", "--json")
    found = {each["code"]: (each["became"], each["declared"]) for each in json.loads(out)["codes"]}
    assert found["terms"] in ((["merged"], True), (["added"], True))
    assert found["pay"] == (["removed"], True)
    _, out, _ = cli("codebook", "diff", "v1", "v2")
    assert "pay, hours → terms" in out


@pytest.mark.parametrize(
    ("flag", "written", "said"),
    [
        ("--merge", "pay,hours", "is no merge; write --merge a,b=c"),
        ("--merge", "pay=terms", "is no merge"),
        ("--split", "pay=hours", "is no split; write --split a=b,c"),
        ("--merge", "pay,hors=terms", '"hors" is not in version 1, so it cannot be merged; did you mean "hours"?'),
        ("--merge", "pay,soup=hours", '"pay" is merged, but the codebook still asks for it'),
        ("--split", "soup=a,b", '"soup" is split, but the codebook still asks for it'),
    ],
)
def test_a_merge_or_split_that_cannot_be_is_refused(study: Path, cli: Cli, flag: str, written: str, said: str) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    code, _, err = cli("codebook", "release", "--why", "x", flag, written)
    assert code == 1
    assert said in err


def test_a_merge_that_would_form_a_circle_is_refused_and_nothing_is_written(study: Path, cli: Cli) -> None:
    released(
        study,
        ("definition: Money.", "definition: Money., status: retired"),
        ("definition: Food", "definition: Terms and food"),
        merge=["pay,soup=soup"],
    )
    edit(
        study,
        ("definition: Money., status: retired", "definition: All."),
        ("definition: Terms and food that colleagues bring.", "definition: x, status: retired"),
    )
    before = (study / "codebook.yaml").read_text()
    code, _, err = cli("codebook", "release", "--why", "back", "--merge", "soup,hours=pay")
    assert code == 1
    assert '"hours" is merged, but the codebook still asks for it' in err
    code, _, err = cli("codebook", "release", "--why", "back", "--merge", "soup,pay=pay")
    assert code == 1
    assert "merges and splits form a circle (pay → soup → pay)" in err
    assert (study / "codebook.yaml").read_text() == before
    entry = "  - {version: 3, kind: merge, from: [soup], to: [pay], why: back}\n"  # by hand, past the release
    (study / "codebook.yaml").write_text(before + entry)
    code, _, err = cli("codebook", "status")
    assert code == 0
    assert "codebook.yaml: merges and splits form a circle (pay → soup → pay); ids are never used again" in err


def test_a_table_is_told_to_be_converted_first(study: Path, cli: Cli) -> None:
    ac.convert_codebook(study / "codebook.yaml", study / "codebook.csv")
    (study / "autocode.yaml").write_text("codebook: codebook.csv\n")
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert "it cannot be released; write it as YAML first: autocode codebook convert" in err


def test_a_codebook_in_json_is_released_too(study: Path, cli: Cli) -> None:
    ac.convert_codebook(study / "codebook.yaml", study / "codebook.json")
    (study / "codebook.yaml").unlink()
    (study / "autocode.yaml").write_text("codebook: codebook.json\n")
    ac.release(ac.plan_release(ac.Study.at(study)))
    text = (study / "codebook.json").read_text()
    (study / "codebook.json").write_text(text.replace("Money.", "Wages."))
    assert cli("codebook", "release", "--why", "narrower")[0] == 0
    book = ac.read_codebook(study / "codebook.json")
    assert (book.version, book.changes[0].codes) == (2, ("pay",))
    assert codebook_hash(ac.read_codebook(study / "codebook" / "v2.yaml")) == codebook_hash(book)


def test_a_version_below_the_last_release_is_refused(study: Path, cli: Cli) -> None:
    released(study, WIDER)
    edit(study, ("version: 2", "version: 1"))
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert "the file says version 1, but version 2 is released already" in err


def test_what_the_file_declares_for_the_next_version_is_not_told_twice(study: Path) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER, ("version: 1", "version: 2"))
    with (study / "codebook.yaml").open("a") as file:
        file.write("changes:\n  - {version: 2, kind: edit, codes: [manager-help], why: wishes}   # Ana\n")
    plan = ac.plan_release(ac.Study.at(study))
    assert (plan.version, plan.changes) == (2, ())
    ac.release(plan)
    assert (study / "codebook" / "v2.yaml").exists()


def test_a_change_of_a_version_that_does_not_come_next_is_refused(study: Path, cli: Cli) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    with (study / "codebook.yaml").open("a") as file:
        file.write("changes: [{version: 5, kind: edit, codes: [manager-help], why: wishes}]\n")
    code, _, err = cli("codebook", "release", "--why", "x")
    assert code == 1
    assert "`changes` tell of version 5, but the next release is version 2" in err


@pytest.mark.parametrize(
    ("pairs", "kind", "codes"),
    [
        ([("What helps people stay?", "What helps people to stay?")], "edit", ()),
        (
            [
                ("  - {id: hours, name: Hours, definition: When people work.}\n", ""),
                ("  - {id: pay", "  - {id: hours, name: Hours, definition: When people work.}\n  - {id: pay"),
            ],
            "move",
            (),
        ),
        ([("definition: Money.", "definition: Money., speakers: [P1]")], "edit", ("pay",)),
        ([("definition: Money.", "definition: Money., status: provisional")], "edit", ("pay",)),
        (
            [("codes:\n  - id: help", "groups: [{id: g, codes: [pay, soup], pick: one}]\ncodes:\n  - id: help")],
            "edit",
            ("pay", "soup"),
        ),
        ([("  - id: help\n    name: Help\n", "  - id: help\n    name: Help\n    codable: true\n")], "edit", ("help",)),
    ],
)
def test_whatever_moves_a_hash_is_told_in_changes(
    study: Path, pairs: list[tuple[str, str]], kind: str, codes: tuple[str, ...]
) -> None:
    assert [(c.kind, c.codes) for c in released(study, *pairs).changes] == [(kind, codes)]
    assert all(each.declared for each in ac.compare_codebooks("v1", "v2", ac.Study.at(study)).codes)


def test_a_theme_that_moves_is_told_once_and_not_for_each_code_below_it(study: Path) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    old = ac.read_codebook(study / "codebook.yaml")
    codes = [c.model_copy(update={"parent": "work"}) if c.id == "help" else c for c in old.codes]
    above = ac.Code(id="work", name="Work")
    ac.write_codebook(old.model_copy(update={"codes": (above, *codes)}), study / "codebook.yaml")
    plan = ac.plan_release(ac.Study.at(study))
    assert [(c.kind, c.codes) for c in plan.changes] == [("add", ("work",)), ("move", ("help",))]


def test_a_version_that_was_never_frozen_is_taken_from_the_run_that_holds_it(study: Path, cli: Cli) -> None:
    book = ac.read_codebook(study / "codebook.yaml")
    texts = list(ac.read_transcripts(study / "interviews"))
    ac.code(texts, book, coder=Scripted({}), run=ac.Run(study / "runs" / "first", exclude_speakers=["INT"]))
    edit(study, WIDER)
    code, out, err = cli("codebook", "release", "--why", "wishes")
    assert (code, out) == (0, "edit: manager-help\n")
    assert "version 1 was never frozen; the run first holds it" in err
    assert codebook_hash(ac.read_codebook(study / "codebook" / "v1.yaml")) == codebook_hash(book)


def test_a_code_that_is_gone_beside_one_that_looks_like_it_is_told_of_unless_it_was_split(
    study: Path, cli: Cli
) -> None:
    assert cli("codebook", "release")[0] == 0
    edit(study, ("{id: hours,", "{id: working-time,"))
    (note,) = ac.plan_release(ac.Study.at(study)).notes
    assert note.startswith('"hours" is gone, and looks like what came: working-time')
    assert "ids never do" in note
    edit(
        study,
        ("  - {id: working-time,", "  - {id: breaks, name: Breaks, definition: A pause.}\n  - {id: working-time,"),
    )
    assert not ac.plan_release(ac.Study.at(study), split=["hours=working-time,breaks"]).notes


def test_a_release_reads_no_coding_in_what_was_settled(study: Path, cli: Cli) -> None:
    coders = study / "coding" / "coders.csv"
    coders.write_text("coder,transcript,stage\nana,p01,independent\nben,p01,independent\n")
    assert cli("settle")[0] == 3  # some passages are disputed
    assert (study / "coding" / "settled-unseen.csv").exists()
    code, _, err = cli("codebook", "release")
    assert code == 0, err
    assert "settled" not in (study / "codebook" / "v1.yaml").read_text()


def test_the_version_is_stamped_on_coding_that_says_none_and_changed_since_the_last_release(
    study: Path, cli: Cli
) -> None:
    coders = study / "coding" / "coders.csv"
    coders.write_text("coder,transcript,stage\nana,p01,independent\nana,p02,independent\nben,p01,independent\n")
    code, _, err = cli("codebook", "release")
    assert code == 0
    assert "ana, ben: coding without a version, changed since the last release; --stamp writes version 1" in err
    with (study / "coding" / "ben.csv").open("a") as file:
        file.write("p01,ben,pay,4,The pay is good.\n")
    edit(study, WIDER)
    assert cli("codebook", "release", "--why", "wishes", "--stamp")[0] == 0
    assert coders.read_text() == (
        "coder,transcript,stage,codebook\nana,p01,independent\nana,p02,independent\nben,p01,independent,1\n"
    )


def test_a_new_item_goes_below_the_last_whatever_form_the_list_has() -> None:
    cases = {
        "a: 1\n": "a: 1\nlist:\n  - x\n",
        "list: []\nb: 2\n": "list:\n  - x\nb: 2\n",
        "list: [y]\nb: 2\n": "list: [y, x]\nb: 2\n",
        "list: [\n  y,   # why\n]\n": "list: [\n  y, x,   # why\n]\n",
        "list:\n- y  # a\n# end\nb: 2\n": "list:\n- y  # a\n- x\n# end\nb: 2\n",
        "list:\n    - k: y\n      m: |\n        long\n        text\n\nb: 2": None,
        "list:\n  - y": "list:\n  - y\n  - x\n",
    }
    for before, after in cases.items():
        text = with_item(before, "list", "x")
        value = plain(parse_yaml(text, path="t.yaml"))
        assert value["list"][-1] == "x", text
        assert {key: v for key, v in value.items() if key != "list"} == {
            key: v for key, v in plain(parse_yaml(before, path="t.yaml")).items() if key != "list"
        }
        for comment in re.findall("#.*", before):
            assert comment in text
        if after:
            assert text == after


# --- What has to be read again ----------------------------------------------------------------------------------


def test_nothing_is_owed_where_the_codebook_stands_as_it_was(study: Path, cli: Cli) -> None:
    code, out, _ = cli("codebook", "status")
    assert (code, out) == (0, "support v1: nothing has to be read again.\n")


def test_an_edit_makes_what_was_coded_under_the_old_wording_stale(study: Path) -> None:
    released(study, WIDER, recode=True)
    owing = ac.codebook_status(ac.Study.at(study))
    assert [(r.code, r.coder, r.state) for r in owing.rows] == [
        ("manager-help", "ana", "stale"),
        ("manager-help", "ben", "stale"),
    ]
    ana = row(owing, "manager-help", "ana")
    assert (ana.under, ana.since, ana.recode, ana.passages, ana.transcripts) == (("1",), "2", True, 2, ("p01", "p02"))
    assert ana.why == "7 of 12 disagreements were about wishes"
    assert (owing.passages, owing.transcripts, owing.stale_passages) == (3, 3, 3)


def test_an_edit_without_recode_is_stale_but_nobody_has_to_read_again(study: Path) -> None:
    released(study, WIDER)
    owing = ac.codebook_status(ac.Study.at(study))
    assert {(r.state, r.recode) for r in owing.rows} == {("stale", False)}
    assert (owing.passages, owing.transcripts, owing.stale_passages) == (0, 0, 3)


@pytest.mark.parametrize(
    "quiet",
    [
        (WIDER, {"kind": "clarify"}),
        (("name: Pay", "name: Money"), {}),
        (("  - {id: pay", "  - {id: old, name: Old, codes: [{id: pay"), None),
    ],
)
def test_a_clarification_and_a_new_name_make_nothing_stale(
    study: Path, quiet: tuple[tuple[str, str], dict[str, str] | None]
) -> None:
    pair, options = quiet
    if options is None:  # moved under another theme
        pair, options = ("  - {id: pay", "      - {id: pay"), {}
    released(study, pair, **options)
    assert ac.codebook_status(ac.Study.at(study)).rows == ()


def test_a_declared_new_name_does_not_hide_a_definition_that_nobody_declared(study: Path) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(
        study, ("version: 1", "version: 2"), ("name: Pay", "name: Money"), ("definition: Money.", "definition: Wages.")
    )
    with (study / "codebook.yaml").open("a") as file:
        file.write("changes: [{version: 2, kind: rename, codes: [pay], why: plainer}]\n")
    owing = ac.codebook_status(ac.Study.at(study))
    assert {(r.code, r.coder, r.state, r.declared) for r in owing.rows} == {
        ("pay", "ana", "stale", False),
        ("pay", "ben", "stale", False),
    }


def test_a_rereading_under_a_version_that_was_never_released_is_later_than_the_one_before(study: Path) -> None:
    released(study, WIDER, recode=True)
    with (study / "coding" / "coders.csv").open("a") as file:
        file.write("ana,p01,independent,1+,nothing\n")
    owing = ac.codebook_status(ac.Study.at(study))
    ana = {r.state: r for r in owing.rows if (r.code, r.coder) == ("manager-help", "ana")}
    assert (ana["stale"].transcripts, ana["not declared"].transcripts) == (("p02",), ("p01",))
    assert any(note.startswith("coders.csv names version 1+, which is none that was released") for note in owing.notes)


def test_a_new_code_owes_the_earlier_interviews_a_look(study: Path) -> None:
    released(study, ("  - {id: hours", "  - {id: rota, name: Rota, definition: The plan.}\n  - {id: hours"))
    owing = ac.codebook_status(ac.Study.at(study))
    assert [(r.code, r.coder, r.state, r.since, r.passages, r.transcripts) for r in owing.rows] == [
        ("rota", "ana", "new", "2", 0, ("p01", "p02")),
        ("rota", "ben", "new", "2", 0, ("p01",)),
    ]
    assert (owing.passages, owing.transcripts) == (0, 3)


def test_a_later_line_of_coders_csv_under_the_new_version_is_the_rereading(study: Path) -> None:
    released(study, WIDER, recode=True)
    with (study / "coding" / "coders.csv").open("a") as file:
        file.write("ana,p01,independent,2,nothing\n")
    owing = ac.codebook_status(ac.Study.at(study))
    ana = row(owing, "manager-help", "ana")
    assert (ana.state, ana.passages, ana.transcripts, ana.done_passages, ana.done_transcripts) == (
        *("stale", 1, ("p02",), 1),
        ("p01",),
    )
    with (study / "coding" / "coders.csv").open("a") as file:
        file.write("ana,p02,independent,2,nothing\n")
    assert row(ac.codebook_status(ac.Study.at(study)), "manager-help", "ana").state == "done"


def test_a_rereading_of_some_codes_or_turns_leaves_the_others_owed(study: Path) -> None:
    released(study, WIDER, ("definition: Money.", "definition: Wages."), recode=True)
    coders = study / "coding" / "coders.csv"
    rows = coders.read_text().replace("saw\n", "saw,codes,turns\n")
    rows += "ana,p01,independent,2,nothing,manager-help,\nana,p02,independent,2,nothing,,1-2\n"
    coders.write_text(rows)
    owing = ac.codebook_status(ac.Study.at(study))
    manager, pay = row(owing, "manager-help", "ana"), row(owing, "pay", "ana")
    assert (manager.passages, manager.transcripts) == (0, ("p02",))  # turns 3 and 4 are left; its passage is read
    assert manager.done_transcripts == ("p01",)
    assert (pay.passages, pay.transcripts) == (1, ("p01", "p02"))


def test_a_rereading_under_a_version_that_changed_again_does_not_count_as_done(study: Path) -> None:
    released(study, WIDER, recode=True)
    with (study / "coding" / "coders.csv").open("a") as file:
        file.write("ben,p01,independent,2,nothing\n")
    assert row(ac.codebook_status(ac.Study.at(study)), "manager-help", "ben").state == "done"
    released(study, ("or allowed, that made", "or let happen, that made"), recode=True)
    rows = [r for r in ac.codebook_status(ac.Study.at(study)).rows if (r.code, r.coder) == ("manager-help", "ben")]
    assert {r.state for r in rows} == {"stale"}
    assert sum(r.passages for r in rows) == 1


def test_merged_codes_count_as_the_new_one_and_a_split_owes_its_passages(study: Path) -> None:
    released(
        study,
        ("definition: Money.", "definition: Money., status: retired"),
        ("definition: When people work.", "definition: When people work., status: retired"),
        ("  - {id: soup", "  - {id: terms, name: Terms, definition: Pay and hours.}\n  - {id: soup"),
        merge=["pay,hours=terms"],
    )
    owing = ac.codebook_status(ac.Study.at(study))
    assert [(r.code, r.coder, r.state, r.passages) for r in owing.rows] == [("terms", "ana", "carried", 2)]
    assert (owing.passages, owing.transcripts) == (0, 0)
    released(
        study,
        ("easier.\n", "easier.\n        status: retired\n"),
        (
            "  - {id: soup",
            "  - {id: act, name: Act, definition: An act.}\n  - {id: leave, name: L, definition: Let.}\n  - {id: soup",
        ),
        split=["manager-help=act,leave"],
    )
    owing = ac.codebook_status(ac.Study.at(study))
    split = {(r.code, r.coder): (r.passages, r.transcripts) for r in owing.rows if r.state == "split"}
    assert split == {
        (code, coder): found
        for code in ("act", "leave")
        for coder, found in (("ana", (2, ("p01", "p02"))), ("ben", (1, ("p01",))))
    }
    assert (owing.passages, owing.transcripts) == (3, 3)  # each passage once, though it goes to one of two


def test_coding_without_a_version_is_named_where_the_code_has_changed(study: Path, cli: Cli) -> None:
    coders = study / "coding" / "coders.csv"
    coders.write_text("coder,transcript,stage\nana,p01,independent\nana,p02,independent\nben,p01,independent\n")
    released(study, WIDER, recode=True)
    code, out, err = cli("codebook", "status")
    assert code == 0
    assert "version not declared;" in " ".join(out.split())
    assert "ana, ben: nobody wrote down which version they worked with" in err


def test_an_edit_that_nobody_declared_is_found_by_the_definition_and_marked(study: Path) -> None:
    ac.release(ac.plan_release(ac.Study.at(study)))
    edit(study, WIDER)
    owing = ac.codebook_status(ac.Study.at(study))
    ana = row(owing, "manager-help", "ana")
    assert (owing.version, ana.state, ana.since, ana.declared, ana.recode) == ("1+", "stale", "1+", False, False)


def test_an_edit_that_was_taken_back_makes_nothing_stale(study: Path) -> None:
    released(study, WIDER)
    released(study, (WIDER[1], WIDER[0]))
    assert ac.codebook_status(ac.Study.at(study)).rows == ()


def test_where_no_version_is_kept_changes_alone_tell(study: Path, cli: Cli) -> None:
    released(study, WIDER, recode=True)
    for path in (study / "codebook").iterdir():
        path.unlink()
    _, out, err = cli("codebook", "status", "--json")
    assert {(r["code"], r["state"], r["since"]) for r in json.loads(out)["rows"]} == {("manager-help", "stale", "2")}
    assert "version 1 of the codebook is not kept, so what changed since follows only from `changes`" in err


def test_a_run_is_a_coder_with_the_version_that_it_holds(study: Path) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    book = ac.read_codebook(study / "codebook.yaml")
    coder = Scripted(
        {"manager": says(("manager-help", "My manager moved two deadlines."), ("pay", "The pay is good."))}
    )
    run = ac.Run(study / "runs" / "first", exclude_speakers=["INT"])
    ac.code(texts, book, coder=coder, run=run)
    released(study, WIDER, recode=True)
    model = row(ac.codebook_status(ac.Study.at(study)), "manager-help", "scripted @ first")
    assert (model.kind, model.state, model.under, model.passages, model.transcripts) == (
        *("model", "stale", ("1",), 2),
        ("p01", "p02"),
    )


def test_a_run_that_carried_codes_over_owes_nothing_for_them(study: Path) -> None:
    from test_since import Reader

    texts = list(ac.read_transcripts(study / "interviews"))
    first = ac.Run(study / "runs" / "first", exclude_speakers=["INT"])
    ac.code(texts, ac.read_codebook(study / "codebook.yaml"), coder=Reader(), run=first)
    book = released(study, WIDER, recode=True)
    second = ac.Run(study / "runs" / "second", exclude_speakers=["INT"], since=study / "runs" / "first")
    ac.code(texts, book, coder=Reader(), run=second)
    owing = ac.codebook_status(ac.Study.at(study))
    assert [r.code for r in owing.rows if r.coder.endswith("@ first")] == ["manager-help"]
    assert [r for r in owing.rows if r.coder.endswith("@ second")] == []
    book = released(study, ("definition: Money.", "definition: Wages."), recode=True)
    later = row(ac.codebook_status(ac.Study.at(study)), "pay", "openai/reader @ second")
    assert (later.under, later.since) == (("1",), "3")  # pay was carried over from the first run
    _, found = None, ac.compare_codebooks("v1", "v2", ac.Study.at(study))
    assert ("second", "mixed v1+v2") in {(use.who, use.version) for use in found.used}


def test_agree_names_what_is_still_owed_in_one_sentence(study: Path, cli: Cli) -> None:
    _, _, err = cli("agree", study)
    assert "to read again" not in err
    released(study, WIDER, recode=True)
    code, _, err = cli("agree", study)
    assert code == 0
    told = [line for line in err.splitlines() if "the codebook changed after they coded" in line]
    assert told == [
        "note: the codebook changed after they coded (manager-help): 3 passages in 3 transcripts to read again; see "
        "`autocode codebook status`"
    ]


def test_the_list_is_written_as_csv_and_as_a_page(study: Path, cli: Cli) -> None:
    released(study, WIDER, recode=True)
    code, out, _ = cli("codebook", "status", "--csv", study / "owed.csv", "--html", study / "owed.html")
    assert code == 0
    assert "3 passages and 3 transcripts to read again" in out
    rows = list(csv.DictReader((study / "owed.csv").read_text().splitlines()))
    assert [(r["code"], r["coder"], r["state"], r["transcripts"], r["passages"]) for r in rows] == [
        ("manager-help", "ana", "stale", "p01;p02", "2"),
        ("manager-help", "ben", "stale", "p01", "1"),
    ]
    assert "2 passages in 2 transcripts" in (study / "owed.html").read_text()


# --- What can be compared ---------------------------------------------------------------------------------------


def book(version: int, *codes: str, changes: tuple[ac.Change, ...] = ()) -> ac.Codebook:
    return ac.Codebook(
        id="b", version=version, codes=tuple(ac.Code(id=code, name=code) for code in codes), changes=changes
    )


def join(kind: str, before: str, after: str, version: int = 2) -> ac.Change:
    return ac.Change(version=version, kind=kind, from_=tuple(before.split()), to=tuple(after.split()))  # type: ignore[arg-type]


LINES = {
    "nothing joined": (("a b", "b c"), (), {"b": ("b", "b")}),
    "a merge": (("a b x", "c x"), (join("merge", "a b", "c"),), {"c": ("a b", "c"), "x": ("x", "x")}),
    "a merge into one of them": (("a b", "a"), (join("merge", "a b", "a"),), {"a": ("a b", "a")}),
    "a split": (("a x", "b c x"), (join("split", "a", "b c"),), {"a": ("a", "b c"), "x": ("x", "x")}),
    "a split that goes on": (("a", "a b"), (join("split", "a", "a b"),), {"a": ("a", "a b")}),
    "a split, then one part merged": (
        ("a d", "b e"),
        (join("split", "a", "b c"), join("merge", "c d", "e", 3)),
        {"a+d": ("a d", "b e")},
    ),
    "a chain of merges": (
        ("a b c", "e"),
        (join("merge", "a b", "d"), join("merge", "d c", "e", 3)),
        {"e": ("a b c", "e")},
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_coding_is_compared_at_the_finest_level_that_both_versions_share(case: str) -> None:
    (old, new), changes, expected = LINES[case]
    found = ac.lineage(book(1, *old.split()), book(3, *new.split(), changes=changes))
    assert {level.id: (" ".join(level.old), " ".join(level.new)) for level in found.levels} == expected


def test_codes_that_only_one_version_has_are_named_and_retired_ones_are_not_asked() -> None:
    retired = ac.Codebook(
        id="b", version=2, codes=(ac.Code(id="a", name="a", status="retired"), ac.Code(id="c", name="c"))
    )
    found = ac.lineage(book(1, "a", "b"), retired)
    assert (found.levels, found.only_old, found.only_new) == ((), ("a", "b"), ("c",))


@pytest.mark.parametrize(
    "changes",
    [
        (join("merge", "a b", "c"), join("split", "c", "a d", 3)),
        (join("split", "a", "b c"), join("merge", "b c", "d", 3), join("split", "d", "a e", 4)),
    ],
)
def test_merges_and_splits_that_form_a_circle_are_refused(changes: tuple[ac.Change, ...]) -> None:
    old, new = book(1, "a", "b"), book(4, "a", "d", changes=changes)
    for compare in (ac.lineage, ac.diff_codebooks):
        with pytest.raises(ac.CodebookError, match=r"form a circle \(a → .* → a\)"):
            compare(old, new)


# --- Whatever the codebooks are ---------------------------------------------------------------------------------

TEXT = st.text(alphabet="ab ,.\u00e9说", max_size=12)
IDS = [f"c{n}" for n in range(6)]


@st.composite
def codebooks(draw: st.DrawFn) -> ac.Codebook:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    codes = [
        ac.Code(
            id=id,
            name=draw(TEXT) or id,
            parent=draw(st.sampled_from(["", *ids[:at]])),
            definition=draw(TEXT),
            include=tuple(draw(st.lists(TEXT.filter(str.strip), max_size=2))),
            examples=tuple(ac.Example(text=t) for t in draw(st.lists(TEXT.filter(str.strip), max_size=1))),
            speakers=tuple(draw(st.sampled_from([(), ("P1",), ("P1", "P2")]))),
            codable=draw(st.sampled_from([None, True, False])),
            status=draw(st.sampled_from(["active", "provisional", "retired"])),
            notes=draw(TEXT),
        )
        for at, id in enumerate(ids)
    ]
    grouped = draw(st.lists(st.sampled_from(ids), unique=True, max_size=2))
    groups = (ac.Group(id="g", codes=tuple(grouped), pick="one"),) if grouped else ()
    return ac.Codebook(id="b", study_question=draw(TEXT), codes=tuple(codes), groups=groups)


@settings(max_examples=40)
@given(codebooks())
def test_a_codebook_does_not_differ_from_itself(book: ac.Codebook) -> None:
    found = ac.diff_codebooks(book, book)
    assert found.same
    assert (found.codes, found.whole, found.unchanged) == ((), (), len(book.codes))


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(codebooks(), codebooks())
def test_what_the_diff_names_explains_every_hash_that_differs(old: ac.Codebook, new: ac.Codebook) -> None:
    found = ac.diff_codebooks(old, new)
    became = {each.code: set(each.became) for each in found.codes}
    before, after = {c.id: c for c in old.codes}, {c.id: c for c in new.codes}
    for id in {*before, *after}:
        named = became.get(id, set())
        if id not in before or id not in after:
            assert named == ({"added"} if id in after else {"removed"})
            continue
        was, is_ = before[id], after[id]
        assert (code_hash(was) != code_hash(is_)) == bool(named & {"edited", "renamed"})
        assert (scope_hash(old, was) != scope_hash(new, is_)) == bool(named & {"moved", "scope"})
        assert (was.status != is_.status) == bool(named & {"retired", "restored", "status"})
        fields = {field.field: field.after for each in found.codes if each.code == id for field in each.fields}
        for name in ("name", "definition", "notes"):
            assert folded(fields.get(name, getattr(was, name))) == folded(getattr(is_, name))
    decides = any(each.decides for each in found.codes) or any(f.field != "groups" for f in found.whole)
    assert found.same == (codebook_hash(old) == codebook_hash(new)) == (not decides)


@given(TEXT, TEXT)
def test_what_was_kept_and_added_is_the_second_text(before: str, after: str) -> None:
    runs = wording(before, after)
    assert "".join(run.words for run in runs if run.change != "dropped") == folded(after)
    kept = "".join(run.words for run in runs if run.change != "added")
    assert "".join(kept.split()) == "".join(before.split())


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["manager-help", "office-help", "pay", "hours", "soup"]), TEXT.filter(str.strip), st.booleans())
def test_release_then_diff_names_exactly_the_edit(study: Path, id: str, definition: str, clarifies: bool) -> None:
    for path in (study / "codebook").glob("*"):
        path.unlink()
    (study / "codebook.yaml").write_text(VERSION_1)
    where = ac.Study.at(study)
    ac.release(ac.plan_release(where))
    old = ac.read_codebook(study / "codebook.yaml")
    codes = tuple(c.model_copy(update={"definition": definition}) if c.id == id else c for c in old.codes)
    ac.write_codebook(old.model_copy(update={"codes": codes}), study / "codebook.yaml")
    ac.release(ac.plan_release(where, kind="clarify" if clarifies else "edit"), why="w", date="2026-01-01")
    found = ac.compare_codebooks("v1", "v2", where)
    assert [(each.code, each.became, each.declared) for each in found.codes] == [
        (id, ("clarified" if clarifies else "edited",), True)
    ]
    (field,) = found.codes[0].fields
    assert (field.field, folded(field.after)) == ("definition", folded(definition))
