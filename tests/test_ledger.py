"""The ledger: agreement under each version of the codebook, from what runs and coding hold, with what went stale."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest
from conftest import Cli
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

import autocode as ac
from autocode.agreement.measuring import Places
from autocode.codebook import codebook_hash
from autocode.drift.ledger import Asked, Held, model_figures, people_figures

N_TEXTS, N_TURNS = 6, 20
CODES = {"pay": 3, "hours": 4, "soup": 5}
"""Each code with every how many'th turn has it."""

BOOK = """\
format: autocode-codebook/1
id: support
version: 1
codes:
  - {id: pay, name: Pay, definition: Money.}
  - {id: hours, name: Hours, definition: When people work.}
  - {id: soup, name: Soup, definition: Food.}
"""
EDIT = "{version: 2, date: 2026-11-20, by: [Ana, Ben], kind: edit, codes: [pay], recode: true, why: wishes were coded}"
SECOND = BOOK.replace("version: 1", "version: 2").replace("Money.", "Money that came.") + f"changes:\n  - {EDIT}\n"
CLARIFY = "{version: 3, kind: clarify, codes: [hours], why: nobody knew}"
THIRD = SECOND.replace("version: 2\n", "version: 3\n", 1).replace("people work.", "they work.") + f"  - {CLARIFY}\n"

Decisions = Mapping[str, np.ndarray]
"""For each code the decisions on every turn of every interview, in order."""


def planted(seed: int, slips: float = 0.1, codes: Iterable[str] = CODES) -> Decisions:
    """Decisions that follow the turns but for some slips."""
    rng = np.random.default_rng(seed)
    turns = np.tile(np.arange(1, N_TURNS + 1), N_TEXTS)
    found = {}
    for code in codes:
        true = turns % CODES.get(code, 4) == 0
        found[code] = (true ^ (rng.random(len(turns)) < slips)).astype(int)
    return found


def alpha(*coders: Any) -> float:
    """Krippendorff's alpha by the package of that name; None among the values: no decision."""
    data = [[np.nan if value is None else float(value) for value in coder] for coder in coders]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


@dataclass(frozen=True)
class Planted:
    """A model that decides as planted, for each repeat."""

    repeats: list[Decisions]
    name: str = "openai/planted"
    settings: Mapping[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return {"prefix": prompt.prefix, "passage": prompt.passage, "codes": prompt.codes}

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        self.asked.append(prompt.passage)
        decisions = self.repeats[self.asked.count(prompt.passage) - 1]
        found = []
        for said in prompt.spoken:
            words = said.words.split()
            at = (int(words[6]) - 1) * N_TURNS + int(words[3]) - 1
            for code, values in decisions.items():
                if values[at] and (not prompt.codes or code in prompt.codes):
                    found.append(ac.Proposal(code=code, quote=said.words, why="planted"))
        return ac.Reply(proposals=tuple(found))


@dataclass(frozen=True)
class Place:
    """A study, and ways to plant runs and coding in it."""

    root: Path

    def book(self, text: str, *, freeze: bool = False) -> None:
        (self.root / "codebook.yaml").write_text(text)
        if freeze:
            (self.root / "codebook").mkdir(exist_ok=True)
            number = re.search(r"version: (\d+)", text)
            assert number
            (self.root / "codebook" / f"v{number[1]}.yaml").write_text(text)

    def run(
        self,
        name: str,
        *repeats: Decisions,
        book: str = BOOK,
        model: str = "openai/planted",
        since: str = "",
        prompt: Path | None = None,
    ) -> Path:
        """A run with these decisions, one set for each repeat; the codebook is today's afterwards."""
        self.book(book)
        folder = ac.Run(
            self.root / "runs" / name,
            exclude_speakers=["INT"],
            max_tokens=200,
            context_turns=0,
            repeat=len(repeats),
            since=self.root / "runs" / since if since else None,
            prompt=prompt,
        )
        texts = list(ac.read_transcripts(self.root / "interviews"))
        codebook = ac.read_codebook(self.root / "codebook.yaml")
        ac.code(texts, codebook, coder=Planted([*repeats], model), run=folder, concurrency=1)
        return folder.path

    def person(
        self, coder: str, decisions: Decisions, version: str = "1", more: Iterable[str] = (), **line: str
    ) -> None:
        """A person's coding of all interviews, under a version; `more` are further lines of coders.csv."""
        coding = self.root / "coding"
        coding.mkdir(exist_ok=True)
        rows = [
            f"p{at // N_TURNS + 1},{coder},{(at % N_TURNS + 1) * 2},{code}"
            for code, values in decisions.items()
            for at in np.flatnonzero(values)
        ]
        (coding / f"{coder}.csv").write_text("transcript,coder,turn,code\n" + "\n".join(rows) + "\n")
        table = coding / "coders.csv"
        if not table.exists():
            table.write_text("coder,transcript,codebook,saw,stage,codes,kind\n")
        saw, stage, kind = line.get("saw", "nothing"), line.get("stage", "independent"), line.get("kind", "human")
        with table.open("a") as out:
            for n in range(1, N_TEXTS + 1):
                out.write(f"{coder},p{n},{version},{saw},{stage},,{kind}\n")
            out.writelines(f"{coder},{extra}\n" for extra in more)

    def ledger(self, *paths: Path, **options: Any) -> ac.Ledger:
        return ac.ledger_files([*paths] or [self.root], **options)


@pytest.fixture(scope="module")
def empty_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("empty_once")
    (root / "interviews").mkdir()
    (root / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    for n in range(1, N_TEXTS + 1):
        lines = [f"INT: Go on.\nP: This is turn {turn} of interview {n} here.\n" for turn in range(1, N_TURNS + 1)]
        (root / "interviews" / f"p{n}.txt").write_text("".join(lines))
    return root


@pytest.fixture
def place(empty_once: Path, tmp_path: Path) -> Place:
    shutil.copytree(empty_once, tmp_path, dirs_exist_ok=True)
    made = Place(tmp_path)
    made.book(BOOK)
    return made


ANA, BEN = planted(1), planted(2)
FIRST = [planted(10, 0.2), planted(11, 0.2), planted(12, 0.2)]
LATER = [planted(20, 0.05), planted(21, 0.05)]


@pytest.fixture(scope="module")
def full_once(empty_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions: Ana and Ben coded under the first, and pay again under the second, in three interviews."""
    root = tmp_path_factory.mktemp("full_once")
    shutil.copytree(empty_once, root, dirs_exist_ok=True)
    made = Place(root)
    made.book(BOOK, freeze=True)
    made.run("first", *FIRST)
    made.book(SECOND, freeze=True)
    made.run("second", *LATER, book=SECOND)
    again = [f"p{n},2,nothing,independent,pay,human" for n in (4, 5, 6)]
    made.person("ana", ANA, more=again)
    made.person("ben", BEN, more=again)
    made.run("third", LATER[0], book=THIRD)
    return root


@pytest.fixture
def full(full_once: Path, tmp_path: Path) -> Place:
    shutil.copytree(full_once, tmp_path, dirs_exist_ok=True)
    return Place(tmp_path)


@pytest.fixture(scope="module")
def told(full_once: Path) -> ac.Ledger:
    """The ledger of that study, for those who only read it."""
    return ac.ledger_files([full_once])


def code(ledger: ac.Ledger, id: str) -> Any:
    return next(each for each in ledger.codes if each.code == id)


def figures(ledger: ac.Ledger, id: str, version: str, *, model: str | None = None, pair: bool = False) -> list[Any]:
    return [
        f
        for f in code(ledger, id).figures
        if f.version == version and f.pair == pair and (model is None or f.model == model)
    ]


def figure(ledger: ac.Ledger, id: str, version: str, **which: Any) -> Any:
    found = figures(ledger, id, version, **which)
    assert len(found) == 1, found
    return found[0]


def jackknife(measure: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """The 95 % interval of a figure, leaving out one interview at a time; `measure` takes the turns that are left."""
    every = np.arange(N_TEXTS * N_TURNS)
    centre = measure(every)
    left = np.array([measure(every[every // N_TURNS != n]) for n in range(N_TEXTS)])
    error = np.sqrt((N_TEXTS - 1) / N_TEXTS * ((left - left.mean()) ** 2).sum())
    reach = student.ppf(0.975, N_TEXTS - 1) * error
    return centre - reach, centre + reach


# --- The figures ------------------------------------------------------------------------------------------------


def test_people_models_and_noise_are_the_alphas_of_the_planted_decisions(told: ac.Ledger) -> None:
    people = figure(told, "hours", "1", model="")
    assert people.coders == ("ana", "ben")
    assert people.alpha == pytest.approx(alpha(ANA["hours"], BEN["hours"]))
    assert (people.low, people.high) == pytest.approx(jackknife(lambda at: alpha(ANA["hours"][at], BEN["hours"][at])))
    assert (people.n_units, people.n_transcripts, people.status) == (N_TEXTS * N_TURNS, N_TEXTS, "ok")

    def mean(at: np.ndarray) -> float:
        pairs = itertools.product((ANA, BEN), FIRST)
        return float(np.mean([alpha(person["hours"][at], model["hours"][at]) for person, model in pairs]))

    model = figure(told, "hours", "1", model="openai/planted")
    assert (model.coders, model.run, model.repeats) == (("ana", "ben"), "first", 3)
    assert model.alpha == pytest.approx(mean(np.arange(N_TEXTS * N_TURNS)))
    assert (model.low, model.high) == pytest.approx(jackknife(mean))
    assert np.mean(model.by_repeat) == pytest.approx(model.alpha)
    assert model.noise.alpha == pytest.approx(alpha(*(each["hours"] for each in FIRST)))
    assert model.noise.n_units == N_TEXTS * N_TURNS
    with_ana, with_ben = figures(told, "hours", "1", model="openai/planted", pair=True)
    assert with_ana.alpha == pytest.approx(np.mean([alpha(ANA["hours"], each["hours"]) for each in FIRST]))
    assert (with_ana.alpha + with_ben.alpha) / 2 == pytest.approx(model.alpha)


def test_one_repeat_has_no_noise_and_says_so(told: ac.Ledger) -> None:
    once = figure(told, "hours", "3", model="openai/planted")
    assert (once.noise, once.repeats, once.by_repeat) == (None, 1, ())
    assert once.noise_reason == "noise not measured: the model was asked once"


def test_decisions_from_before_an_edit_are_left_out_and_counted(told: ac.Ledger) -> None:
    late = slice(3 * N_TURNS, None)  # the interviews that were read again under version 2
    people = figure(told, "pay", "2", model="")
    assert people.alpha == pytest.approx(alpha(ANA["pay"][late], BEN["pay"][late]))
    assert figure(told, "pay", "1", model="").alpha == pytest.approx(
        alpha(ANA["pay"][: 3 * N_TURNS], BEN["pay"][: 3 * N_TURNS])
    )
    second = figure(told, "pay", "2", model="openai/planted")
    pairs = itertools.product((ANA, BEN), LATER)
    assert second.alpha == pytest.approx(np.mean([alpha(a["pay"][late], b["pay"][late]) for a, b in pairs]))
    assert (second.n_units, second.n_stale) == (3 * N_TURNS, 2 * 3 * N_TURNS)
    first = figure(told, "pay", "1", model="openai/planted")
    assert (first.n_units, first.n_stale) == (3 * N_TURNS, 2 * 3 * N_TURNS)
    assert any("passages in" in note and "to read again" in note for note in told.notes)


def test_a_clarification_and_codes_that_nobody_edited_go_on(told: ac.Ledger) -> None:
    for id in ("hours", "soup"):
        third = figure(told, id, "3", model="openai/planted")
        assert (third.n_units, third.n_stale) == (N_TEXTS * N_TURNS, 0)
        assert third.alpha == pytest.approx(np.mean([alpha(a[id], LATER[0][id]) for a in (ANA, BEN)]))
        assert figures(told, id, "3", model="") == []  # nobody worked with version 3
    assert [edit.kind for edit in code(told, "soup").edits] == []


def test_an_edit_stands_at_its_version_with_its_why_and_what_moved_most_stands_first(told: ac.Ledger) -> None:
    assert [version.version for version in told.versions] == ["1", "2", "3"]
    (edit,) = code(told, "pay").edits
    assert (edit.version, edit.kind, edit.recode, edit.by) == ("2", "edit", True, ("Ana", "Ben"))
    assert (edit.why, edit.date) == ("wishes were coded", "2026-11-20")
    assert [edit.version for edit in code(told, "hours").edits] == ["3"]
    moved = [each.moved for each in told.codes]
    assert moved == sorted(moved, reverse=True)
    for each in told.codes:
        mine = [f.alpha for f in each.figures if f.model and not f.pair and f.status == "ok"]
        others = [f.alpha for f in each.figures if not f.model and not f.pair and f.status == "ok"]
        assert each.moved == pytest.approx(max(max(mine) - min(mine), max(others) - min(others)))


def test_an_edit_that_nobody_declared_is_marked_as_such(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", FIRST[0])
    silent = BOOK.replace("version: 1", "version: 2").replace("Food.", "Food and tea.")
    place.person("ana", ANA)
    place.run("second", LATER[0], book=silent)
    found = place.ledger()
    (edit,) = code(found, "soup").edits
    assert (edit.version, edit.declared, edit.why) == ("2", False, "")
    second = figure(found, "soup", "2", model="openai/planted")
    assert (second.n_units, second.n_stale, second.alpha) == (0, N_TEXTS * N_TURNS, None)
    assert second.reason == "all that people decided on was decided under another definition"


# --- Versions ---------------------------------------------------------------------------------------------------


def test_coding_without_a_version_stands_under_version_not_declared(place: Place, cli: Cli) -> None:
    place.run("first", *FIRST)
    place.person("ana", ANA, version="")
    place.person("ben", BEN, version="")
    found = place.ledger()
    assert [version.version for version in found.versions] == ["1", ""]
    assert figure(found, "pay", "", model="").alpha == pytest.approx(alpha(ANA["pay"], BEN["pay"]))
    beside = figure(found, "pay", "", model="openai/planted")
    assert beside.alpha == pytest.approx(
        np.mean([alpha(a["pay"], b["pay"]) for a, b in itertools.product((ANA, BEN), FIRST)])
    )
    alone = figure(found, "pay", "1", model="openai/planted")
    assert (alone.alpha, alone.status, alone.coders) == (None, "one coder", ())
    assert alone.noise.alpha == pytest.approx(alpha(*(each["pay"] for each in FIRST)))
    assert any(note.startswith("ana, ben: coding whose version") and "coders.csv" in note for note in found.notes)
    status, out, _ = cli("drift", "--ledger", place.root)
    assert (status, "version not declared" in " ".join(out.split())) == (0, True)


def test_a_run_whose_version_has_another_content_is_a_version_with_a_plus(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", FIRST[0])
    place.run("edited", LATER[0], book=BOOK.replace("Food.", "Food and tea."))
    place.person("ana", ANA)
    found = place.ledger()
    assert [version.version for version in found.versions] == ["1", "1+"]
    assert figure(found, "pay", "1+", model="openai/planted").alpha == pytest.approx(alpha(ANA["pay"], LATER[0]["pay"]))
    soup = figure(found, "soup", "1+", model="openai/planted")
    assert (soup.n_units, soup.n_stale) == (0, N_TEXTS * N_TURNS)
    assert [(edit.version, edit.declared) for edit in code(found, "soup").edits] == [("1+", False)]


def test_a_frozen_version_that_was_edited_afterwards_is_one_with_a_plus_and_told(place: Place) -> None:
    place.run("first", FIRST[0])
    sha = codebook_hash(ac.read_codebook(place.root / "codebook.yaml"))
    place.book(SECOND)
    (place.root / "codebook").mkdir()
    tampered = BOOK.replace("Food.", "Food and tea.") + f"x-release: {{sha256: {sha}}}\n"
    (place.root / "codebook" / "v1.yaml").write_text(tampered)
    place.person("ana", ANA, version="1")
    found = place.ledger()
    assert [(v.version, v.codings) for v in found.versions] == [("1", ("first",)), ("1+", ("ana",)), ("2", ())]
    assert figure(found, "hours", "1", model="openai/planted").n_units == N_TEXTS * N_TURNS
    assert figure(found, "soup", "1", model="openai/planted").n_stale == N_TEXTS * N_TURNS
    assert any("v1.yaml was edited after it was released, so it is called 1+" in note for note in found.notes)


def test_a_version_that_is_not_kept_is_taken_from_the_run_that_holds_it(full: Place) -> None:
    kept = full.ledger()
    shutil.rmtree(full.root / "codebook")
    again = full.ledger()
    assert again.codes == kept.codes
    assert [version.kept for version in again.versions] == [True, True, True]


def test_a_version_that_is_kept_nowhere_is_named_and_changes_tells_what_is_stale(place: Place) -> None:
    place.person("ana", ANA, version="1")
    place.person("ben", BEN, version="1")
    place.run("second", *LATER, book=SECOND)
    found = place.ledger()
    assert [(version.version, version.kept) for version in found.versions] == [("1", False), ("2", True)]
    assert figure(found, "pay", "1", model="").alpha == pytest.approx(alpha(ANA["pay"], BEN["pay"]))
    pay, hours = (figure(found, id, "2", model="openai/planted") for id in ("pay", "hours"))
    assert (pay.n_stale, pay.n_units, hours.n_stale, hours.n_units) == (240, 0, 0, 120)


def test_of_a_run_that_carried_coding_over_only_what_it_asked_for_stands_under_its_version(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", *FIRST)
    place.book(SECOND, freeze=True)
    place.person("ana", ANA, version="2")
    place.run("since", *LATER, book=SECOND, since="first")
    found = place.ledger()
    second = figure(found, "pay", "2", model="openai/planted")
    assert second.alpha == pytest.approx(np.mean([alpha(ANA["pay"], each["pay"]) for each in LATER]))
    assert second.noise.alpha == pytest.approx(alpha(*(each["pay"] for each in LATER)))
    assert figures(found, "hours", "2", model="openai/planted") == []
    assert figure(found, "hours", "1", model="openai/planted").n_units == N_TEXTS * N_TURNS
    assert any(note.startswith("since: only the codes that it asked for stand under") for note in found.notes)


def test_two_runs_of_one_version_model_and_prompt_are_two_rows_told_apart_by_name(place: Place, cli: Cli) -> None:
    place.run("a", FIRST[0])
    place.run("b", LATER[0])
    place.person("ana", ANA)
    found = place.ledger()
    rows = figures(found, "pay", "1", model="openai/planted")
    assert [row.run for row in rows] == ["a", "b"]
    assert [row.alpha for row in rows] == pytest.approx(
        [alpha(ANA["pay"], each["pay"]) for each in (FIRST[0], LATER[0])]
    )
    out = cli("drift", "--ledger", place.root)[1]
    assert "openai/planted, a with ana" in out
    assert "openai/planted, b with ana" in out


def test_under_one_version_the_figures_are_those_of_agree(tmp_path: Path, cli: Cli) -> None:
    example = Path(__file__).parents[1] / "examples" / "study"
    study = tmp_path / "study"
    shutil.copytree(example, study, ignore=shutil.ignore_patterns("runs"))
    assert cli("run", study)[0] == 0
    found, agreement = ac.ledger_files([study]), ac.agree_files([study])
    compared = 0
    for row in agreement.codes:
        if row.level == "code" and row.code_status != "retired":
            mine = figure(found, row.code, "3", model="")
            assert (mine.alpha, mine.n_units, mine.status) == (row.human.alpha, row.human.n_units, row.human.status)
            beside, theirs = figure(found, row.code, "3", model="lexical"), row.human_model["lexical"]
            assert beside.baseline
            assert (beside.alpha, beside.n_units, beside.n_left_out) == (
                theirs.alpha,
                theirs.n_units,
                theirs.n_left_out,
            )
            compared += mine.alpha is not None
    assert compared > 5


def test_another_prompt_is_a_line_of_its_own(place: Place, tmp_path: Path) -> None:
    place.run("a", FIRST[0])
    template = next((Path(__file__).parents[1] / "prompts").glob("*")).read_text()
    (tmp_path / "other.txt").write_text(template.replace("You", "Now you", 1) + "\n")
    place.run("b", LATER[0], prompt=tmp_path / "other.txt")
    place.person("ana", ANA)
    found = place.ledger()
    prompts = {row.prompt for row in figures(found, "pay", "1", model="openai/planted")}
    assert len(prompts) == 2
    page = ac.ledger_html(found)
    assert all(f"openai/planted, prompt {prompt} with people" in page for prompt in prompts)


def test_a_run_of_another_codebook_is_no_version_of_this_one(place: Place) -> None:
    other = BOOK.replace("id: support", "id: elsewhere").replace("Food.", "Food and tea.")
    run = place.run("elsewhere", FIRST[0], book=other)
    place.book(BOOK, freeze=True)
    place.person("ana", ANA)
    found = place.ledger(place.root / "coding", run)
    assert [(v.version, v.codebook) for v in found.versions] == [("1", ""), ("elsewhere 1", "elsewhere")]
    assert figure(found, "pay", "elsewhere 1", model="openai/planted").n_units == 120
    assert figure(found, "soup", "elsewhere 1", model="openai/planted").n_stale == 120
    assert all(each.moved is None for each in found.codes)


# --- Merges and splits ------------------------------------------------------------------------------------------

MERGED = """\
format: autocode-codebook/1
id: support
version: 2
codes:
  - {id: terms, name: Terms, definition: Money and time.}
  - {id: soup, name: Soup, definition: Food.}
changes:
  - {version: 2, kind: merge, from: [pay, hours], to: [terms], why: nobody kept them apart}
"""
SPLIT = """\
format: autocode-codebook/1
id: support
version: 2
codes:
  - {id: wage, name: Wage, definition: Money each month.}
  - {id: bonus, name: Bonus, definition: Money once.}
  - {id: hours, name: Hours, definition: When people work.}
  - {id: soup, name: Soup, definition: Food.}
changes:
  - {version: 2, kind: split, from: [pay], to: [wage, bonus], why: two things}
"""


def test_merged_codes_are_compared_as_the_one_they_became(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", *FIRST)
    place.person("ana", ANA)
    model = planted(30, codes=["terms", "soup"])
    place.run("second", model, book=MERGED)
    found = place.ledger()
    terms = figure(found, "terms", "2", model="openai/planted")
    assert terms.alpha == pytest.approx(alpha(ANA["pay"] | ANA["hours"], model["terms"]))
    assert terms.n_stale == 0
    assert [edit.kind for id in ("terms", "pay") for edit in code(found, id).edits] == ["merge", "merge"]
    assert code(found, "terms").edits[0].why == "nobody kept them apart"
    assert [f.version for f in code(found, "pay").figures if not f.pair] == ["1"]


def test_a_merge_that_is_to_be_coded_again_makes_the_old_decisions_stale(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.person("ana", ANA)
    place.run("second", planted(30, codes=["terms", "soup"]), book=MERGED.replace("why:", "recode: true, why:"))
    terms = figure(place.ledger(), "terms", "2", model="openai/planted")
    assert (terms.n_units, terms.n_stale) == (0, N_TEXTS * N_TURNS)


def test_the_parts_of_a_split_are_compared_as_the_whole(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", *FIRST)
    place.person("ana", ANA)
    model = planted(31, codes=["wage", "bonus", "hours", "soup"])
    place.run("second", model, book=SPLIT)
    found = place.ledger()
    pay = figure(found, "pay", "2", model="openai/planted")
    assert pay.alpha == pytest.approx(alpha(ANA["pay"], model["wage"] | model["bonus"]))
    assert code(found, "pay").of == ("wage", "bonus")
    wage = figure(found, "wage", "2", model="openai/planted")
    assert (wage.alpha, wage.status) == (None, "one coder")
    assert "wage or bonus, as one" in ac.ledger_html(found)


def test_an_older_run_beside_someone_who_coded_after_the_merge(place: Place) -> None:
    place.run("first", FIRST[0])
    place.book(MERGED)
    person = planted(40, codes=["terms", "soup"])
    place.person("ana", person, version="2")
    found = place.ledger()
    terms = figure(found, "terms", "1", model="openai/planted")
    assert terms.alpha == pytest.approx(alpha(person["terms"], FIRST[0]["pay"] | FIRST[0]["hours"]))


def test_a_merge_since_a_version_that_is_kept_nowhere_follows_from_changes(place: Place) -> None:
    place.person("ana", ANA)
    place.person("ben", BEN)
    model = planted(30, codes=["terms", "soup"])
    # The old codes are still there, retired, so that coding with them can be read.
    old = "".join(f"  - {{id: {id}, name: {id}, definition: Old., status: retired}}\n" for id in ("pay", "hours"))
    place.run("second", model, book=MERGED.replace("changes:", old + "changes:"))
    found = place.ledger()
    terms = figure(found, "terms", "2", model="openai/planted")
    assert terms.alpha == pytest.approx(np.mean([alpha(a["pay"] | a["hours"], model["terms"]) for a in (ANA, BEN)]))
    assert [f.version for f in code(found, "terms").figures if not f.model] == []
    assert figure(found, "pay", "1", model="").alpha == pytest.approx(alpha(ANA["pay"], BEN["pay"]))


def test_merges_that_form_a_circle_are_refused_with_where_they_stand(place: Place) -> None:
    place.person("ana", ANA)
    run = place.run("first", FIRST[0])
    info = json.loads((run / "run.json").read_text())
    there, back = (
        {"version": v, "kind": "merge", "from_": [a, "soup"], "to": [b], "why": "so"}
        for v, a, b in ((2, "pay", "hours"), (3, "hours", "pay"))
    )
    info["codebook"]["changes"] = [there, back]
    (run / "run.json").write_text(json.dumps(info))
    with pytest.raises(ac.CodebookError, match=r"run\.json: merges and splits form a circle \(hours → pay → hours\)"):
        place.ledger()


# --- Whose coding -----------------------------------------------------------------------------------------------


def test_two_people_under_different_versions_are_held_beside_each_other_where_the_definition_is_one(
    place: Place,
) -> None:
    place.book(BOOK, freeze=True)
    place.book(THIRD)
    place.person("ana", ANA, version="1")
    place.person("ben", BEN, version="3")
    found = place.ledger()
    for id in ("hours", "soup"):
        assert figure(found, id, "3", model="").alpha == pytest.approx(alpha(ANA[id], BEN[id]))
        assert figures(found, id, "1", model="") == []
    pay = figure(found, "pay", "3", model="")
    assert (pay.alpha, pay.n_units, pay.n_stale) == (None, 0, N_TEXTS * N_TURNS)
    assert pay.reason == "all that two people decided on was decided under two definitions"


def test_of_two_passes_the_one_under_the_version_is_held_beside_it(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", FIRST[0])
    place.book(SECOND, freeze=True)
    place.run("second", LATER[0], book=SECOND)
    place.person("ana", ANA)
    again = planted(50)
    coding = place.root / "coding"
    rows = [
        f"p{at // N_TURNS + 1},ana,{(at % N_TURNS + 1) * 2},{id},{pass_}"
        for pass_, decisions in (("1", ANA), ("2", again))
        for id, values in decisions.items()
        for at in np.flatnonzero(values)
    ]
    (coding / "ana.csv").write_text("transcript,coder,turn,code,pass\n" + "\n".join(rows) + "\n")
    lines = [f"ana,p{n},{p},nothing,independent,{p}" for n in range(1, N_TEXTS + 1) for p in "12"]
    (coding / "coders.csv").write_text("coder,transcript,codebook,saw,stage,pass\n" + "\n".join(lines) + "\n")
    found = place.ledger()
    first, second = (figure(found, "pay", v, model="openai/planted") for v in "12")
    assert first.alpha == pytest.approx(alpha(ANA["pay"], FIRST[0]["pay"]))
    assert second.alpha == pytest.approx(alpha(again["pay"], LATER[0]["pay"]))
    assert (first.coders, second.coders, second.n_stale) == (("ana",), ("ana",), 0)
    assert not any("another pass" in note for note in found.notes)


@pytest.mark.parametrize("line", [{"stage": "training"}, {"saw": "first"}, {"stage": "settled"}, {"stage": "review"}])
def test_coding_that_is_not_independent_is_left_out_and_told(place: Place, line: dict[str, str]) -> None:
    place.run("first", *FIRST)
    place.person("ana", ANA)
    place.person("ben", BEN, **line)
    found = place.ledger()
    assert {coder for each in found.codes for f in each.figures for coder in f.coders} == {"ana"}
    assert any(note.startswith("ben") and "not in the figures" in note for note in found.notes)


def test_a_models_coding_in_files_is_a_model(place: Place) -> None:
    place.person("ana", ANA)
    place.person("chat", BEN, kind="model")
    found = place.ledger()
    row = figure(found, "pay", "1", model="chat")
    assert (row.kind, row.coders, row.run) == ("human-model", ("ana",), "")
    assert row.alpha == pytest.approx(alpha(ANA["pay"], BEN["pay"]))


def test_a_model_that_saw_a_persons_coding_is_left_out_and_told(place: Place) -> None:
    place.person("ana", ANA)
    place.person("ben", BEN)
    place.person("chat", BEN, kind="model", saw="ana")
    found = place.ledger()
    assert {f.model for each in found.codes for f in each.figures} == {""}
    assert "chat: not in the figures, because it was made having seen ana" in found.notes


def test_runs_outside_a_study_need_their_transcripts_named(
    full: Place, cli: Cli, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in ("first", "second"):
        shutil.copytree(full.root / "runs" / name, elsewhere / name)
    monkeypatch.chdir(elsewhere)
    status, _, err = cli("drift", "--ledger", "first", "second")
    assert (status, "name their folder with --transcripts" in err) == (1, True)
    status, out, _ = cli("drift", "--ledger", "first", "second", "--transcripts", full.root / "interviews", "--json")
    found = ac.Ledger.model_validate_json(out)
    assert (status, [version.version for version in found.versions]) == (0, ["1", "2"])
    assert figure(found, "hours", "1", model="openai/planted").noise.n_units == N_TEXTS * N_TURNS


def test_what_an_example_quotes_is_left_out_under_every_version(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", FIRST[0])
    place.person("ana", ANA)
    quoting = BOOK.replace("version: 1", "version: 2").replace(
        "definition: Food.", 'definition: Food., examples: [{text: "This is turn 4 of interview 2 here."}]'
    )
    told = "changes:\n  - {version: 2, kind: clarify, codes: [soup], why: an example}\n"
    place.run("second", FIRST[0], book=quoting + told)
    found = place.ledger()
    rows = [figure(found, "soup", version, model="openai/planted") for version in "12"]
    # The words "this is turn 4 of interview" are six in a row, in each interview.
    assert [(row.n_left_out, row.n_units) for row in rows] == [(N_TEXTS, N_TEXTS * (N_TURNS - 1))] * 2
    assert rows[0].alpha == rows[1].alpha


def test_from_fewer_than_five_interviews_intervals_are_withheld_and_rare_codes_stay_words(
    place: Place, cli: Cli
) -> None:
    for n in (5, 6):
        (place.root / "interviews" / f"p{n}.txt").unlink()
    few = {"pay": ANA["pay"], "soup": np.zeros(N_TEXTS * N_TURNS, int)}
    few["soup"][[3, 8, 30]] = 1
    other = {"pay": BEN["pay"], "soup": np.roll(few["soup"], 0).copy()}
    other["soup"][3] = 0
    keep = slice(0, 4 * N_TURNS)
    for name, decisions in (("ana", few), ("ben", other)):
        place.person(name, {id: np.where(np.arange(120) < 80, values, 0) for id, values in decisions.items()})
    table = place.root / "coding" / "coders.csv"
    table.write_text(
        "\n".join(line for line in table.read_text().splitlines() if not re.search(",p[56],", line)) + "\n"
    )
    found = place.ledger()
    pay, soup = (figure(found, id, "1", model="") for id in ("pay", "soup"))
    assert pay.alpha == pytest.approx(alpha(few["pay"][keep], other["pay"][keep]))
    assert (pay.low, pay.high, pay.interval_reason) == (None, None, "too few interviews for an interval")
    assert soup.status == "too rare"
    assert soup.alpha == pytest.approx(alpha(few["soup"][keep], other["soup"][keep]))
    out = cli("drift", "--ledger", place.root)[1]
    page = ac.ledger_html(found)
    for told in (out, page):
        assert "too rare" in told
        assert f"{soup.alpha:.2f}" not in told


# --- Nothing to compare -----------------------------------------------------------------------------------------


def test_people_alone_have_a_ledger(place: Place) -> None:
    place.person("ana", ANA)
    place.person("ben", BEN)
    found = place.ledger()
    assert {f.model for each in found.codes for f in each.figures} == {""}
    assert "people with each other" in ac.ledger_html(found)


def test_a_reflexive_study_has_no_ledger_since_it_wants_no_coefficients(place: Place, cli: Cli) -> None:
    place.person("ana", ANA)
    place.person("ben", BEN)
    (place.root / "autocode.yaml").write_text("approach: reflexive\n")
    code, out, err = cli("drift", "--ledger", place.root)
    assert (code, out) == (1, "")
    assert "approach: reflexive gives no coefficients" in err


def test_one_coder_has_nothing_to_be_compared_with(place: Place, cli: Cli) -> None:
    place.person("ana", ANA)
    with pytest.raises(
        ac.AgreementError, match=r"only one coder \(ana\), so there is nothing to compare; name a second"
    ):
        place.ledger()
    assert cli("drift", "--ledger", place.root)[0] == 1


def test_a_run_with_repeats_and_nobody_beside_it_has_its_noise(place: Place) -> None:
    place.run("first", *FIRST)
    row = figure(place.ledger(), "pay", "1", model="openai/planted")
    assert row.noise.alpha == pytest.approx(alpha(*(each["pay"] for each in FIRST)))
    assert row.reason == "there is no person's coding to hold beside it"


def test_a_study_without_coding_and_a_path_with_nothing_there_are_refused(place: Place) -> None:
    with pytest.raises(ac.AgreementError, match="there is no coding to compare"):
        place.ledger()
    with pytest.raises(ac.InputError, match="there is nothing here; name coding files"):
        place.ledger(place.root / "nowhere")


def test_what_is_named_twice_counts_once(full: Place) -> None:
    assert full.ledger(full.root, full.root / "runs" / "first" / "coding.csv").codes == full.ledger().codes


def test_a_code_that_was_edited_and_that_nobody_coded_is_told_and_so_is_one_that_no_version_has(place: Place) -> None:
    place.person("ana", ANA)
    place.person("ben", BEN)
    place.book(
        BOOK.replace("version: 1", "version: 2").replace(
            "{id: soup", "{id: tea, name: Tea, definition: Tea.}\n  - {id: soup"
        )
        + "changes:\n  - {version: 2, kind: add, codes: [tea], why: they drink}\n"
        + "  - {version: 2, kind: edit, codes: [suop], why: a slip}\n"
    )
    found = place.ledger()
    assert (code(found, "tea").figures, [edit.why for edit in code(found, "tea").edits]) == ((), ["they drink"])
    assert [each for each in found.notes if "suop" in each] == [
        '`changes` of version 2 names "suop", which no version of the codebook has; did you mean "soup"?'
    ]
    assert "they drink" in ac.ledger_html(found)


@pytest.mark.parametrize("unit", ["sentence", "transcript"])
def test_other_units_have_a_ledger_too(full: Place, unit: Any) -> None:
    found = full.ledger(unit=unit)
    assert found.unit == unit
    people = figure(found, "hours", "1", model="")
    if unit == "sentence":  # here each turn is one
        assert people.alpha == pytest.approx(alpha(ANA["hours"], BEN["hours"]))
    else:
        assert (people.n_units, people.status) == (N_TEXTS, "no variation")


# --- What is shown ----------------------------------------------------------------------------------------------


def test_the_command_needs_no_path_in_a_study_and_prints_for_a_narrow_terminal(
    full: Place, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(full.root)
    status, out, err = cli("drift", "--ledger")
    assert status == 0, err
    assert max(map(len, out.splitlines())) <= 100
    assert "v2: edited, to be coded again (Ana, Ben, 2026-11-20): wishes were coded" in out
    assert "ana, ben" in out
    monkeypatch.setenv("COLUMNS", "80")
    narrow = cli("drift", "--ledger")[1]
    assert max(map(len, narrow.splitlines())) <= 80
    assert "…" not in narrow
    status, out, _ = cli("drift", "--ledger", "--json")
    assert json.loads(out)["format"] == "autocode-ledger/1"
    assert ac.Ledger.model_validate_json(out) == full.ledger()


def test_the_csv_has_a_row_a_figure_and_tells_of_edits_under_which_nobody_coded(full: Place, cli: Cli) -> None:
    (full.root / "codebook.yaml").write_text(
        THIRD.replace("version: 3\n", "version: 4\n", 1) + "  - {version: 4, kind: rename, codes: [soup], why: taste}\n"
    )
    file = full.root / "ledger.csv"
    assert cli("drift", "--ledger", full.root, "--csv", file)[0] == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    found = full.ledger()
    assert sum(bool(row["kind"]) for row in rows) == sum(len(each.figures) for each in found.codes)
    (mine,) = [r for r in rows if (r["code"], r["version"], r["run"], r["pair"]) == ("pay", "2", "second", "no")]
    there = figure(found, "pay", "2", model="openai/planted")
    assert float(mine["alpha"]) == there.alpha
    assert float(mine["noise"]) == there.noise.alpha
    assert (mine["coders"], mine["became"], mine["why"]) == ("ana;ben", "edited", "wishes were coded")
    assert (int(mine["n_stale"]), int(mine["n_units"])) == (there.n_stale, there.n_units)
    (alone,) = [row for row in rows if row["version"] == "4"]
    assert (alone["code"], alone["kind"], alone["became"], alone["why"]) == ("soup", "", "renamed", "taste")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--csv", "a.csv"], "--csv goes with --ledger"),
        (["--ledger", "--over", "date"], "two questions"),
        ([], "name the runs of two versions"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(cli: Cli, flags: list[str], said: str) -> None:
    status, _, err = cli("drift", *flags)
    assert status == 2
    assert said in " ".join(re.sub(r"[│╭╮╰╯─]", " ", err).split())


class _Page(HTMLParser):
    """The tags of a page with their attributes, its words, and the titles within its drawings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.titles: list[str] = []
        self.words: list[str] = []
        self._in: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_data(self, data: str) -> None:
        (self.titles if self._in and self._in[-1] == "title" else self.words).append(data)

    def of(self, kind: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.tags if kind in (attrs.get("class") or "").split()]


def test_the_page_draws_every_figure_and_marks_edits_with_their_why_twice(told: ac.Ledger) -> None:
    page = ac.ledger_html(told)
    read = _Page(page)
    drawn = sum(tag == "svg" and "role" in attrs for tag, attrs in read.tags)
    assert drawn == len(told.codes)
    why = "v2: edited, to be coded again (Ana, Ben, 2026-11-20): wishes were coded"
    assert why in read.titles
    assert why in read.words
    ok = [f for each in told.codes for f in each.figures if not f.pair and f.status == "ok"]
    for each in ok:
        assert any(f"{each.alpha:.2f}".replace("-0.00", "0.00") in title for title in read.titles)
    assert len(read.of("bar")) == sum(f.low is not None for f in ok)
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    noisy = [f for f in ok if f.noise and f.noise.status == "ok"]
    assert sum(tag == "rect" for tag, _ in read.tags) == len(noisy)


def test_a_line_joins_only_figures_of_the_same_coders(place: Place) -> None:
    place.book(BOOK, freeze=True)
    place.run("first", FIRST[0])
    place.book(SECOND, freeze=True)
    place.run("second", LATER[0], book=SECOND)
    place.person("ana", ANA, version="1")
    place.person("ben", BEN, version="2")
    joined = _Page(ac.ledger_html(place.ledger())).of("join")
    # hours and soup: the model with ana and ben under both; pay: with ana, then with ben; silent figures are crosses
    lines = [each for each in joined if "L" in (each["d"] or "")]
    assert len(lines) == 2


def test_names_and_reasons_are_escaped(place: Place) -> None:
    book = SECOND.replace("why: wishes were coded", 'why: "<b>wishes</b> & more"').replace(
        "name: Pay", 'name: "<i>Pay"'
    )
    place.person("ana", ANA, version="2")
    place.run("<u>run", FIRST[0], book=book, model="openai/<s>model")
    page = ac.ledger_html(place.ledger())
    for markup in ("<b>wishes", "<i>Pay", "<u>run", "<s>model"):
        assert markup not in page
    assert "&lt;b&gt;wishes&lt;/b&gt; &amp; more" in page


def test_the_same_study_gives_the_same_bytes(full: Place) -> None:
    assert ac.ledger_html(full.ledger()) == ac.ledger_html(full.ledger())


# --- The arithmetic ---------------------------------------------------------------------------------------------

_TABLE = st.lists(st.tuples(*[st.sampled_from([-1, 0, 1])] * 4, st.integers(0, 6)), min_size=4, max_size=60)


def _places(transcript: np.ndarray) -> Places:
    names = [f"p{n}" for n in range(7)]
    return Places(transcript, transcript, names, np.full(len(transcript), 9))


@given(_TABLE)
@settings(max_examples=60, deadline=None)
def test_any_decisions_give_the_alphas_of_the_krippendorff_package(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows)
    people, model, places = table[:, :2], table[:, 2:4], _places(table[:, 4])
    held = Held(["ana", "ben"], people, people >= 0, np.zeros_like(people, bool))
    asked = Asked("model", model)
    for found in people_figures(held, places, "1"):
        if found.alpha is not None:
            assert found.alpha == pytest.approx(_reference(people))
    together = next(model_figures(held, asked, np.zeros(len(table), bool), places, "1"))
    pairs = [table[:, [person, repeat]] for person in (0, 1) for repeat in (2, 3)]
    expected = [each for pair in pairs if (each := _reference(pair)) is not None]
    if together.alpha is not None:
        assert together.alpha == pytest.approx(np.mean(expected))
    if together.noise is not None and together.noise.alpha is not None:
        assert together.noise.alpha == pytest.approx(_reference(model))


def _reference(values: np.ndarray) -> float | None:
    """Alpha by the krippendorff package; None where decisions on shared units do not vary, or are too few."""
    shared = values[(values >= 0).sum(axis=1) >= 2]
    if len(shared) < 2 or len(set(shared[shared >= 0].tolist())) < 2:
        return None
    return alpha(*([None if value < 0 else value for value in coder] for coder in shared.T))
