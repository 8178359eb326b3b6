"""The story of a code that moved: which passages, with which reasons, where they went; merges, anchors, page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import Cli

import autocode as ac

N_TEXTS, N_TURNS = 6, 12
OLD = """\
format: autocode-codebook/1
id: support
version: 2
codes:
  - {id: help, name: Help, definition: Help of a manager.}
  - {id: no-help, name: No help, definition: Help that did not come.}
  - {id: swap, name: Swaps, definition: A shift was swapped.}
  - {id: kind, name: Kind words, definition: Something kind was said.}
  - {id: office, name: Office, definition: The office helped.}
"""
NEW = """\
format: autocode-codebook/1
id: support
version: 3
codes:
  - {id: help, name: Help, definition: Help of a direct manager., exclude: [a wish for help]}
  - {id: no-help, name: No help, definition: Help that did not come.}
  - {id: peers, name: Peers, definition: Anything that colleagues did.}
  - {id: hr, name: HR, definition: HR helped.}
  - {id: desk, name: Desk, definition: The office gave a desk.}
changes:
  - {version: 3, by: [Ana, Ben], kind: edit, codes: [help], recode: true, why: wishes were coded as help}
  - {version: 3, kind: merge, from: [swap, kind], to: [peers], why: nobody could tell them apart}
  - {version: 3, kind: split, from: [office], to: [hr, desk], why: two different things}
"""
WHY = {"help": "An act is named.", "no-help": "It is a wish.", "hr": "HR is named."}


def before(turn: int) -> tuple[str, ...]:
    """What the earlier version gives: wishes (every third turn) are help."""
    return {0: ("help",), 1: ("swap",) if turn % 2 else ("kind",), 2: ("office",)}[turn % 3]


def after(turn: int) -> tuple[str, ...]:
    """What the later one gives: wishes did not come; the rest is as it was, under its new codes."""
    return {0: ("no-help",), 1: ("peers",), 2: ("hr",) if turn % 2 else ("desk",)}[turn % 3]


@dataclass(frozen=True)
class Script:
    """A coder that says what it is told, but for `slips`: (words, repeat) -> codes."""

    codes: Callable[[int], tuple[str, ...]]
    slips: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    name: str = "openai/script"
    settings: Mapping[str, object] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return {"prefix": prompt.prefix, "passage": prompt.passage, "codes": prompt.codes}

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        repeat = self.asked[prompt.passage] = self.asked.get(prompt.passage, 0) + 1
        found = []
        for said in prompt.spoken:
            where = re.search(r"turn (\d+) of interview (\d+)", said.words)
            assert where
            codes = self.slips.get((where[0], repeat), self.codes(int(where[1])))
            found += [ac.Proposal(code=c, quote=f"This is {where[0]}", why=WHY.get(c, "")) for c in codes]
        return ac.Reply(proposals=tuple(found))


@dataclass(frozen=True)
class Study:
    root: Path

    def run(
        self, name: str, book: str, codes: Callable[[int], tuple[str, ...]], slips: object = None, *, repeat: int = 3
    ) -> Path:
        (self.root / "codebook.yaml").write_text(book)
        version = re.search(r"version: (\d)", book)
        assert version
        (self.root / "codebook").mkdir(exist_ok=True)
        (self.root / "codebook" / f"v{version[1]}.yaml").write_text(book)
        run = ac.Run(
            self.root / "runs" / name, exclude_speakers=["INT"], max_tokens=150, context_turns=0, repeat=repeat
        )
        texts, codebook = ac.read_transcripts(self.root / "interviews"), ac.read_codebook(self.root / "codebook.yaml")
        ac.code(list(texts), codebook, coder=Script(codes, slips or {}), run=run)  # type: ignore[arg-type]
        return run.path

    def ana(self, codes: Callable[[int], tuple[str, ...]], coders: str) -> Path:
        coding = self.root / "coding"
        coding.mkdir(exist_ok=True)
        rows = [f"p{t},ana,{n * 2},{c}" for t in range(1, N_TEXTS + 1) for n in range(1, N_TURNS + 1) for c in codes(n)]
        (coding / "ana.csv").write_text("transcript,coder,turn,code\n" + "\n".join(rows) + "\n")
        (coding / "coders.csv").write_text(f"coder,transcript,codebook,saw,stage,codes\n{coders}")
        return coding


@pytest.fixture(scope="module")
def coded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("coded_once")
    (root / "interviews").mkdir()
    (root / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    for t in range(1, N_TEXTS + 1):
        turns = range(1, N_TURNS + 1)
        lines = [f"INT: Go on.\nP: This is turn {n} of interview {t}, <b>as told</b>.\n" for n in turns]
        (root / "interviews" / f"p{t}.txt").write_text("".join(lines))
    study = Study(root)
    study.run("v2", OLD, before)
    # One repeat of three slips on a wish, two of three give a new passage to help.
    slips = {("turn 3 of interview 1", 1): ("help",), ("turn 4 of interview 2", 1): ("peers", "help")}
    slips[("turn 4 of interview 2", 3)] = ("peers", "help")
    study.run("v3", NEW, after, slips)
    return root


@pytest.fixture
def study(coded_once: Path, tmp_path: Path) -> Study:
    shutil.copytree(coded_once, tmp_path, dirs_exist_ok=True)
    return Study(tmp_path)


def drift(study: Study, **named: object) -> ac.Drift:
    return ac.drift_files([study.root / "runs" / "v2", study.root / "runs" / "v3"], **named)  # type: ignore[arg-type]


def test_a_code_that_moved_has_its_edit_its_passages_and_where_they_went(study: Study) -> None:
    found = drift(study)
    assert {row.code: row.verdict for row in found.codes if row.code in ("help", "no-help")} == {
        "help": "less",
        "no-help": "more",
    }
    story = next(story for story in found.stories if story.code == "help")
    assert (story.n_lost, story.n_gained) == (24, 1)  # 4 wishes in each of 6 interviews; one gained by two repeats
    assert [(change.became, change.by, change.why) for change in story.changes] == [
        (("edited",), ("Ana", "Ben"), ("wishes were coded as help",))
    ]
    assert {field.field for field in story.changes[0].fields} == {"definition", "exclude"}
    assert [(each.code, each.n) for each in story.went_to] == [("no-help", 24)]
    assert story.came_from == ()  # the passage that gained it kept its other code
    assert story.transcripts == {"p2": 5, "p1": 4, "p3": 4, "p4": 4, "p5": 4, "p6": 4}


def test_the_passages_hold_both_reasons_and_what_each_version_marked(study: Study) -> None:
    story = next(story for story in drift(study).stories if story.code == "help")
    text = next(t for t in ac.read_transcripts(study.root / "interviews") if t.id == "p1")
    slipped, clear = (next(p for p in story.passages if p.transcript == "p1" and p.turn == turn) for turn in (6, 12))
    assert (clear.before, clear.after, clear.gained) == ((3, 3), (0, 3), False)
    assert [text.text[m.start : m.end] for m in clear.marked_before] == ["This is turn 6 of interview 1"]
    assert (clear.why_before, clear.why_after, clear.marked_after) == (("An act is named.",), (), ())
    assert [(other.code, other.why) for other in clear.instead_after] == [("no-help", "It is a wish.")]
    assert (slipped.before, slipped.after, slipped.why_after) == ((3, 3), (1, 3), ("An act is named.",))
    gained = next(p for p in story.passages if p.gained)
    assert (gained.transcript, gained.turn, gained.before, gained.after) == ("p2", 8, (0, 3), (2, 3))
    # The clearest first: those that every repeat changed stand before those that two of three did.
    assert [abs(p.before[0] - p.after[0]) for p in story.passages] == [3] * 23 + [2, 2]


def test_merged_and_split_codes_are_compared_at_the_level_both_versions_share(study: Study) -> None:
    found = drift(study)
    rows = {row.code: row for row in found.codes}
    assert set(rows) == {"help", "no-help", "peers", "office"}
    for code in ("peers", "office"):  # the same passages under new codes: nothing moved at all
        assert (rows[code].before, rows[code].after, rows[code].between) == (24, 24, 0)
        assert rows[code].edited
    assert "merged, so compared together as peers: swap + kind → peers" in found.notes
    assert "split, so compared together as office: office → hr + desk" in found.notes
    backwards = ac.drift_files([study.root / "runs" / "v3", study.root / "runs" / "v2"])
    assert {row.code: (row.after, row.before) for row in backwards.codes} == {
        row.code: (row.before, row.after) for row in found.codes
    }


def test_people_who_coded_the_parts_are_held_beside_what_was_merged(study: Study) -> None:
    coders = "".join(f"ana,p{t},2,nothing,independent,\n" for t in range(1, N_TEXTS + 1))
    found = drift(study, humans=[study.ana(before, coders)])
    beside = {row.code: row.beside[0] for row in found.codes}
    assert (beside["peers"].n_units, beside["peers"].agreed_before, beside["peers"].agreed_after) == (72, 72, 72)
    assert (beside["office"].n_units, beside["office"].alpha_after) == (72, 1)
    assert (beside["help"].verdict, beside["help"].n_stale) == ("nothing to compare", 72)
    assert beside["no-help"].verdict == "away from"  # Ana coded wishes as help, so what is no-help now she left out


def test_a_whole_that_was_split_is_not_held_beside_the_part_that_goes_on_under_its_name(study: Study) -> None:
    whole = OLD.replace("version: 2", "version: 1").split("  - {id: swap")[0] + OLD[OLD.index("  - {id: office") :]
    (study.root / "codebook").mkdir(exist_ok=True)
    (study.root / "codebook" / "v1.yaml").write_text(whole)
    split = whole.replace("version: 1", "version: 2") + "  - {id: desk, name: Desk, definition: A desk was given.}\n"
    split += "changes:\n  - {version: 2, kind: split, from: [office], to: [office, desk], why: two things}\n"
    later = split.replace("version: 2\ncodes", "version: 3\ncodes").replace("Help of a manager", "Help of managers")
    later += "  - {version: 3, kind: move, codes: [desk], why: nothing else}\n"

    def parts(turn: int) -> tuple[str, ...]:
        return {0: ("help",), 1: ("office",), 2: ("desk",)}[turn % 3]

    runs = [study.run(name, book, parts) for name, book in (("w2", split), ("w3", later))]
    # Ana coded two interviews in full, the third without the office, under the whole; the others under the parts.
    coders = "".join(f"ana,p{t},{1 if t <= 3 else 2},nothing,independent,\n" for t in range(1, N_TEXTS + 1))
    coding = study.ana(lambda turn: ("office",) if turn % 3 else ("help",), coders)
    rows = (coding / "ana.csv").read_text().splitlines(keepends=True)
    (coding / "ana.csv").write_text("".join(row for row in rows if not row.startswith("p3,ana") or "office" not in row))
    found = ac.drift_files(runs, humans=[coding])
    ana = {row.code: row.beside[0] for row in found.codes}
    assert (ana["office"].n_stale, ana["office"].n_units) == (2 * N_TURNS, 4 * N_TURNS)
    assert ana["office"].agreed_before == 3 * N_TURNS * 2 / 3 + N_TURNS * 2 / 3  # desks she called office; p3 none
    assert ana["desk"].n_units == 3 * N_TURNS  # under the whole she never decided on it
    told = "split after ana coded, so to be told apart (office in 16 passages, desk in 16 passages): left out of the"
    assert any(note.startswith(told) for note in found.notes), found.notes
    backwards = ac.drift_files(runs[::-1], humans=[coding])
    assert {row.code: row.beside[0].n_stale for row in backwards.codes}["office"] == 2 * N_TURNS


def test_a_code_with_only_a_new_name_or_place_is_not_said_to_be_edited(study: Study) -> None:
    named = OLD.replace("version: 2", "version: 3").replace("name: Office", "name: The office")
    theme = "  - {id: t, name: T, codes: [{id: kind, name: Kind words, definition: Something kind was said.}]}\n"
    kind = "  - {id: kind, name: Kind words, definition: Something kind was said.}\n"
    study.run("named", named.replace(kind, theme), before)
    found = ac.drift_files([study.root / "runs" / "v2", study.root / "runs" / "named"])
    assert not any(row.edited for row in found.codes)


def test_what_was_read_again_under_the_new_version_counts_and_the_rest_is_owed(study: Study) -> None:
    coders = "".join(f"ana,p{t},2,nothing,independent,\n" for t in range(1, N_TEXTS + 1))
    again = "".join(f"ana,p{t},3,nothing,independent,help\n" for t in (1, 2))
    found = drift(study, humans=[study.ana(before, coders + again)])
    help_ = next(row for row in found.codes if row.code == "help").beside[0]
    assert (help_.n_units, help_.n_stale) == (2 * N_TURNS, 4 * N_TURNS)
    assert (
        "definition changed after ana coded (help): 16 passages in 4 transcripts to read again, left out of the figures"
        in found.notes
    )
    story = next(story for story in found.stories if story.code == "help")
    assert {passage.transcript for passage in story.passages if passage.people} == {"p1", "p2"}
    (beside,) = story.beside
    assert (beside.n_lost, beside.lost_coded, beside.n_gained, beside.gained_coded) == (8, 8, 1, 0)


def test_of_an_interview_read_again_in_part_only_the_rest_is_stale(study: Study) -> None:
    coding = study.ana(before, "")
    lines = [f"ana,p{t},2,\n" for t in range(1, N_TEXTS + 1)]
    (coding / "coders.csv").write_text("".join(["coder,transcript,codebook,turns\n", *lines, "ana,p1,3,1-8\n"]))
    found = drift(study, humans=[coding])
    help_ = next(row for row in found.codes if row.code == "help").beside[0]
    assert (help_.n_units, help_.n_stale) == (4, N_TEXTS * N_TURNS - 4)  # P speaks in turns 2, 4, 6 and 8
    story = next(story for story in found.stories if story.code == "help")
    assert [(p.transcript, p.turn) for p in story.passages if p.people] == [("p1", 6)]


def test_what_an_example_quotes_is_left_out_for_its_code(study: Study) -> None:
    quoting = NEW.replace(
        "exclude: [a wish for help]", "exclude: [a wish for help], examples: [{text: 'turn 6 of interview 1, as told'}]"
    )
    study.run("quoting", quoting.replace("as told", "<b>as told</b>"), after)
    found = ac.drift_files([study.root / "runs" / "v2", study.root / "runs" / "quoting"])
    rows = {row.code: row for row in found.codes}
    assert (rows["help"].n_quoted, rows["help"].n_units, rows["help"].before) == (1, 71, 23)
    assert (rows["no-help"].n_quoted, rows["no-help"].n_units) == (0, 72)
    story = next(story for story in found.stories if story.code == "help")
    assert story.n_lost == 23
    assert ("p1", 12) not in {(passage.transcript, passage.turn) for passage in story.passages}


def test_an_anchor_is_what_is_compared_where_it_is_named(study: Study) -> None:
    samples = study.root / "samples"
    samples.mkdir()
    rows = [f"p{t},{n * 2},{'anchor' if n % 2 else 'tune'},0.5" for t in range(1, 5) for n in range(1, N_TURNS + 1)]
    (samples / "fixed.csv").write_text("transcript,turn,purpose,probability\n" + "\n".join(rows) + "\np9,2,anchor,1\n")
    found = drift(study, sample="fixed", purpose="anchor")
    assert (found.n_transcripts, found.n_units) == (4, 4 * N_TURNS // 2)
    assert next(row for row in found.codes if row.code == "help").before == 8  # turns 3 and 9 of four interviews
    assert any(note.startswith("p9: 1 turn of the sample is not there") for note in found.notes)
    with pytest.raises(ac.InputError, match=r"there is no such sample"):
        drift(study, sample="fixd")


def test_codebooks_that_share_nothing_are_refused_with_what_to_do(study: Study) -> None:
    other = "format: autocode-codebook/1\nid: support\nversion: 4\ncodes:\n  - {id: new, name: New, definition: New.}\n"
    study.run("other", other, lambda _: ("new",))
    with pytest.raises(ac.AgreementError, match=r"v2 and other have no code in common.*`changes`"):
        ac.drift_files([study.root / "runs" / "v2", study.root / "runs" / "other"])


def test_merges_that_form_a_circle_are_refused(study: Study) -> None:
    circle = NEW + "  - {version: 3, kind: merge, from: [peers], to: [swap], why: back}\n"
    circle = circle.replace("  - {id: hr,", "  - {id: swap, name: Swaps, definition: Again.}\n  - {id: hr,")
    with pytest.raises(ac.CodebookError, match=r"merges and splits form a circle \(peers → swap → peers\)"):
        ac.drift_files([study.root / "runs" / "v2", study.run("circle", circle, after)])


def test_a_code_asked_of_other_speakers_is_compared_where_both_asked(study: Study) -> None:
    narrower = NEW.replace("{id: no-help, name: No help,", "{id: no-help, name: No help, speakers: [Q],")
    wider = OLD.replace("{id: no-help, name: No help,", "{id: no-help, name: No help, speakers: [P],")
    study.run("wider", wider, before)
    study.run("narrower", narrower, after)
    found = ac.drift_files([study.root / "runs" / "wider", study.root / "runs" / "narrower"])
    assert "no-help" not in {row.code for row in found.codes}
    assert "not compared, because the two versions ask it of different speakers: no-help" in found.notes


def test_the_page_is_shareable_and_holds_words_only_when_asked(
    study: Study, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.root)
    coders = "".join(f"ana,p{t},2,nothing,independent,\n" for t in range(1, N_TEXTS + 1))
    study.ana(before, coders)
    command = ["drift", "runs/v2", "runs/v3", "--humans", "coding", "--html", "moved.html"]
    code, _, err = cli(*command)
    assert (code, "written: moved.html" in err) == (0, True)
    shared = (study.root / "moved.html").read_text()
    assert "as told" not in shared
    assert "An act is named." not in shared
    assert "Internal" not in shared
    assert "p1, turn 6" in shared
    assert "wishes were coded as help" in shared
    assert "<del>" in shared or "<ins>direct</ins>" in shared
    assert not re.search(r"https?://|<script|src=", shared)
    quoting = NEW.replace("exclude: [a wish for help]", "examples: [{text: sat down with me}]")
    study.run("quoting", quoting, after)
    assert cli("drift", "runs/v2", "runs/quoting", "--html", "q.html")[0] == 0
    assert "sat down with me" not in (study.root / "q.html").read_text()
    assert "added (words of interviews stand in the internal form)" in (study.root / "q.html").read_text()
    cli("drift", "runs/v2", "runs/quoting", "--html", "q.html", "--internal")
    assert "<ins>sat down with me</ins>" in (study.root / "q-internal.html").read_text()
    assert "written: moved-internal.html" in cli(*command, "--internal")[2]
    internal = (study.root / "moved-internal.html").read_text()
    assert "<mark>This is turn 6 of interview 1</mark>, &lt;b&gt;as told&lt;/b&gt;." in internal
    assert "“An act is named.”" in internal
    assert "also coded no-help: “It is a wish.”" in internal
    assert internal.index("<b>Help</b>") < internal.index("Every code")


def test_the_terminal_tells_the_story_and_json_holds_it(
    study: Study, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.root)
    out = " ".join(cli("drift", "runs/v2", "runs/v3")[1].split())
    assert "edited in definition, exclude; v3, Ana and Ben: wishes were coded as help" in out
    assert "24 passages lost it and 1 passage gained it" in out
    assert "Of the 24 that lost it 24 have no-help now." in out
    assert "as told" not in out
    whole = json.loads(cli("drift", "runs/v2", "runs/v3", "--json")[1])
    assert ac.Drift.model_validate(whole) == drift(study)
    assert [story["code"] for story in whole["stories"]] == [
        row["code"] for row in whole["codes"] if row["verdict"] in ("more", "less", "other passages")
    ]
