"""What moved between two versions: planted changes are found, noise is not, and the words say what was measured."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Cli
from hypothesis import given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.drift import versions
from autocode.drift.calls import call_blocks
from autocode.drift.discoveries import adjusted

BOOK = """\
format: autocode-codebook/1
id: support
version: 2
codes:
  - {id: steady, name: Steady, definition: Applied as before.}
  - {id: grows, name: Grows, definition: Applied more often later.}
  - {id: swaps, name: Swaps, definition: Applied to other passages later.}
  - {id: rare, name: Rare, definition: Hardly ever.}
"""
EDITED = BOOK.replace("version: 2", "version: 3").replace("Applied more often later.", "Applied far more often.")
N_TURNS = 24

Chances = Mapping[str, Callable[[int], float]]
BEFORE: Chances = {
    "steady": lambda turn: 0.9 if turn % 4 == 0 else 0.02,
    "grows": lambda turn: 0.9 if turn % 6 == 0 else 0.02,
    "swaps": lambda turn: 0.9 if turn % 3 == 0 else 0.02,
    "rare": lambda turn: 0.004,
}
AFTER: Chances = {
    **BEFORE,
    "grows": lambda turn: 0.9 if turn % 2 == 0 else 0.02,
    "swaps": lambda turn: 0.9 if turn % 3 == 1 else 0.02,
}


@dataclass(frozen=True)
class Dice:
    """A coder that throws dice for every turn and code, differently each time it is asked."""

    chances: Chances
    seed: int
    name: str = "openai/dice"
    settings: Mapping[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return {"prefix": prompt.prefix, "passage": prompt.passage, "codes": prompt.codes}

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        self.asked.append(prompt.passage)
        seed = [self.seed, self.asked.count(prompt.passage), *prompt.passage.encode()]
        rng = np.random.default_rng(seed)
        found = []
        for said in prompt.spoken:
            turn = int(said.words.split()[3])
            for code, chance in self.chances.items():
                if rng.random() < chance(turn) and (not prompt.codes or code in prompt.codes):
                    found.append(ac.Proposal(code=code, quote=said.words, why="dice"))
        return ac.Reply(proposals=tuple(found))


@dataclass(frozen=True)
class Study:
    """A folder of interviews whose turns are numbered, and a way to code them."""

    root: Path

    def run(
        self,
        name: str,
        chances: Chances = BEFORE,
        *,
        book: str = BOOK,
        seed: int = 1,
        repeat: int = 3,
        only: tuple[str, ...] | None = None,
        model: str = "openai/dice",
        since: str = "",
        max_tokens: int = 200,
    ) -> Path:
        (self.root / "codebook.yaml").write_text(book)
        folder = ac.Run(
            self.root / "runs" / name,
            exclude_speakers=["INT"],
            max_tokens=max_tokens,
            context_turns=0,
            repeat=repeat,
            since=self.root / "runs" / since if since else None,
        )
        texts = list(ac.read_transcripts(self.root / "interviews"))
        ac.code(
            texts,
            ac.read_codebook(self.root / "codebook.yaml"),
            coder=Dice(chances, seed, name=model),
            run=folder,
            only=only,
        )
        return folder.path

    def people(self, chances: Chances, *, coder: str = "ana", codebook: str = "2", n_texts: int = 6) -> Path:
        """A person who codes as the chances say, without a slip."""
        coding = self.root / "coding"
        coding.mkdir(exist_ok=True)
        rows = [
            f"p{t},{coder},{turn * 2},{code}"
            for t in range(1, n_texts + 1)
            for turn in range(1, N_TURNS + 1)
            for code, chance in chances.items()
            if chance(turn) > 0.5
        ]
        (coding / f"{coder}.csv").write_text("transcript,coder,turn,code\n" + "\n".join(rows) + "\n")
        lines = [f"{coder},p{t},{codebook},nothing,independent" for t in range(1, n_texts + 1)]
        (coding / "coders.csv").write_text("coder,transcript,codebook,saw,stage\n" + "\n".join(lines) + "\n")
        return coding


@pytest.fixture(scope="module")
def coded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with the runs that most tests need; the same command again asks nothing."""
    root = tmp_path_factory.mktemp("coded_once")
    (root / "interviews").mkdir()
    (root / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    for t in range(1, 7):
        lines = [f"INT: Go on.\nP: This is turn {turn} of interview {t} here.\n" for turn in range(1, N_TURNS + 1)]
        (root / "interviews" / f"p{t}.txt").write_text("".join(lines))
    made = Study(root)
    made.run("v2")
    made.run("v3", AFTER, book=EDITED, seed=2)
    made.run("new model", AFTER, seed=2, model="openai/new")
    return root


@pytest.fixture
def study(coded_once: Path, tmp_path: Path) -> Study:
    shutil.copytree(coded_once, tmp_path, dirs_exist_ok=True)
    return Study(tmp_path)


def row(drift: ac.Drift, code: str) -> Any:
    return next(row for row in drift.codes if row.code == code)


def test_of_a_version_with_more_repeats_in_smaller_calls_only_as_many_are_compared(study: Study) -> None:
    large = study.run("large", repeat=2, max_tokens=2_000)
    found = ac.drift_files([large, study.root / "runs" / "v3"])
    told = "large was asked 2 times and v3 3 times, in smaller calls: the first 2 of both are compared"
    assert any(note.startswith(told) for note in found.notes)
    assert {row.repeats for row in found.codes} == {(2, 2)}
    alike = ac.drift_files([study.run("alike", repeat=2), study.root / "runs" / "v3"])
    assert {row.repeats for row in alike.codes} == {(2, 3)}


def test_one_code_of_very_many_can_be_named(study: Study) -> None:
    head = "format: autocode-codebook/1\nid: many\nversion: {v}\ncodes:\n"
    book = head + "".join(f"  - {{{{id: c{i}, name: C{i}, definition: The {i}th.}}}}\n" for i in range(280))
    before = study.run("many1", {"c7": lambda turn: turn % 2}, book=book.format(v=1))
    after = study.run("many2", {"c8": lambda turn: 0.0}, book=book.format(v=2))
    found = ac.drift_files([before, after])
    # Of 280 codes one by itself is named from p <= 0.05 / 560 on, which 10,000 permutations cannot give.
    assert (row(found, "c7").verdict, found.permutations) == ("less", 11_200)


def test_planted_changes_are_named_and_the_codes_that_moved_stand_first(study: Study) -> None:
    found = ac.drift_files([study.run("v2"), study.run("v3", AFTER, book=EDITED, seed=2)])
    assert {row.code: row.verdict for row in found.codes} == {
        "grows": "more",
        "swaps": "other passages",
        "steady": "no change found",
        "rare": "too rare to tell",
    }
    assert {row.code for row in found.codes[:2]} == {"grows", "swaps"}
    grows, swaps, steady = row(found, "grows"), row(found, "swaps"), row(found, "steady")
    assert (grows.repeats, grows.edited, steady.edited) == ((3, 3), True, False)
    assert grows.low < 6 * 8 * 0.88 < grows.high
    assert swaps.between > 6 * 10 > swaps.within
    assert steady.low <= 0 <= steady.high
    assert 2 <= steady.could_have_seen <= 20
    assert found.n_units == 6 * N_TURNS
    assert 6 * 2 < found.n_calls < 6 * N_TURNS
    assert any("support v2" in what and "grows" in what for what in found.differences)


def test_a_version_that_codes_less_is_the_other_way_round(study: Study) -> None:
    found = ac.drift_files([study.run("v3", AFTER, book=EDITED), study.run("v2")])
    assert row(found, "grows").verdict == "less"
    assert row(found, "grows").change < 0


def test_the_same_version_again_has_not_moved(study: Study) -> None:
    found = ac.drift_files([study.run("v2"), study.run("again", seed=2)])
    assert {row.verdict for row in found.codes} == {"no change found", "too rare to tell"}
    assert found.differences == ()


def test_without_repeats_the_noise_is_not_measured_and_nothing_is_claimed(study: Study) -> None:
    found = ac.drift_files([study.run("once", repeat=1), study.run("v3", AFTER, book=EDITED, seed=2)])
    assert row(found, "grows").verdict == "differs, noise not measured"
    assert "at least 2 repeats" in row(found, "grows").reason
    assert (row(found, "grows").q, row(found, "grows").low, row(found, "grows").within) == (None, None, None)


def test_a_run_beside_a_copy_of_itself_differs_in_nothing(study: Study) -> None:
    found = ac.drift_files([study.run("a", repeat=1), study.run("b", repeat=1)])
    assert {row.verdict for row in found.codes} <= {"no change found", "too rare to tell"}
    assert "noise not measured" in row(found, "steady").reason


def test_people_say_whether_it_moved_towards_or_away_from_their_coding(study: Study) -> None:
    runs = [study.run("v2"), study.run("new model", AFTER, model="openai/new")]
    people = study.people({"grows": AFTER["grows"], "swaps": BEFORE["swaps"], "steady": BEFORE["steady"]})
    found = ac.drift_files(runs, humans=[people])
    beside = {row.code: row.beside[0] for row in found.codes}
    assert (beside["grows"].verdict, beside["swaps"].verdict) == ("towards", "away from")
    assert beside["steady"].verdict == "no change found"
    assert beside["grows"].alpha_change > 0 > beside["swaps"].alpha_change
    assert beside["grows"].alpha_change_low < beside["grows"].alpha_change < beside["grows"].alpha_change_high
    assert beside["grows"].n_units == found.n_units


def test_a_reflexive_study_gets_counts_and_no_coefficient(study: Study, cli: Cli) -> None:
    (study.root / "autocode.yaml").write_text("exclude_speakers: [INT]\napproach: reflexive\n")
    runs = [study.run("v2"), study.run("new model", AFTER, model="openai/new")]
    people = study.people(AFTER)
    found = ac.drift_files(runs, humans=[people])
    grows = row(found, "grows").beside[0]
    assert (grows.verdict, grows.alpha_before, grows.alpha_change) == ("towards", None, None)
    assert grows.agreed_after > grows.agreed_before
    assert "alpha" not in cli("drift", *runs, "--humans", people)[1]


def test_what_was_coded_in_training_is_not_held_beside_the_model_where_people_are(study: Study) -> None:
    runs = [study.run("v2"), study.run("v3", AFTER, book=EDITED, seed=2)]
    people = study.people(BEFORE)
    coders = people / "coders.csv"
    coders.write_text(coders.read_text() + "ben,p1,2,nothing,training\n")
    (people / "ben.csv").write_text("transcript,coder,turn,code\np1,ben,2,grows\n")
    found = ac.drift_files(runs, humans=[people])
    assert {each.coder for row in found.codes for each in row.beside} == {"ana"}
    assert "ben: not held beside the model, because its stage is training" in found.notes


def test_what_was_settled_is_not_held_beside_the_model_where_people_are(study: Study) -> None:
    runs = [study.run("v2"), study.run("new model", AFTER, model="openai/new")]
    people = study.people(BEFORE)
    settled = people / "settled.csv"
    settled.write_text("transcript,coder,code,turn,from,by\np1,settled,grows,2,agreed,ana;ben\n")
    found = ac.drift_files(runs, humans=[people])
    assert {each.coder for row in found.codes for each in row.beside} == {"ana"}
    assert any("settled: not held beside the model, because its stage is settled" in note for note in found.notes)
    alone = ac.drift_files(runs, humans=[settled])
    assert {each.coder for row in alone.codes for each in row.beside} == {"settled"}


def test_decisions_from_before_an_edit_are_counted_and_not_used(study: Study) -> None:
    runs = [study.run("v2"), study.run("v3", AFTER, book=EDITED, seed=2)]
    found = ac.drift_files(runs, humans=[study.people(BEFORE, codebook="2")])
    grows = row(found, "grows").beside[0]
    assert (grows.verdict, grows.n_units, grows.n_stale) == ("nothing to compare", 0, 6 * N_TURNS)
    assert grows.alpha_change is None
    assert row(found, "swaps").beside[0].verdict == "away from"
    assert any(
        "definition changed after ana coded (grows): 24 passages in 6 transcripts to read again" in note
        for note in found.notes
    )


def test_a_clarification_makes_no_decision_stale(study: Study) -> None:
    told = (
        EDITED.replace("version: 3", "version: 4")
        + "changes:\n  - {version: 4, kind: clarify, codes: [grows], why: wording}\n"
    )
    runs = [study.run("v2"), study.run("v4", AFTER, book=told, seed=2, repeat=2)]
    found = ac.drift_files(runs, humans=[study.people(AFTER, codebook="2")])
    assert (row(found, "grows").beside[0].verdict, row(found, "grows").beside[0].n_stale) == ("towards", 0)


def test_passages_that_the_codebook_quotes_are_left_out_beside_people(study: Study) -> None:
    quoting = EDITED.replace("version: 3", "version: 5").replace(
        "definition: Applied as before.",
        'definition: Applied as before., examples: [{text: "This is turn 4 of interview 2 here."}]',
    )
    runs = [study.run("v2"), study.run("v5", AFTER, book=quoting, seed=2, repeat=2)]
    found = ac.drift_files(runs, humans=[study.people(BEFORE, codebook="5")])
    steady, swaps = row(found, "steady").beside[0], row(found, "swaps").beside[0]
    assert (steady.n_left_out, swaps.n_left_out) == (6, 0)  # six words in a row, in each interview
    assert steady.n_units == swaps.n_units - 6


def test_a_person_who_saw_the_coding_is_told_of_and_a_run_is_no_person(study: Study) -> None:
    runs = [study.run("v2"), study.run("new model", AFTER, model="openai/new")]
    people = study.people(AFTER)
    table = people / "coders.csv"
    table.write_text(table.read_text().replace("nothing", "v2"))
    found = ac.drift_files(runs, humans=[people])
    assert "ana coded having seen v2: being alike is then in part acceptance of proposals" in found.notes
    with pytest.raises(ac.InputError, match="no person's coding in what --humans names"):
        ac.drift_files(runs, humans=[runs[0]])


def test_runs_over_different_interviews_are_compared_on_what_they_share(study: Study) -> None:
    first = study.run("some", only=("p1", "p2", "p3", "p4"), repeat=2)
    found = ac.drift_files([first, study.run("others", AFTER, seed=2, only=("p2", "p3", "p4", "p5", "p6"), repeat=2)])
    assert found.n_transcripts == 3
    assert "only the earlier version has read p1: compared on what both have read" in found.notes
    assert "only the later version has read p5, p6: compared on what both have read" in found.notes


def test_runs_without_a_common_interview_are_refused(study: Study) -> None:
    runs = [study.run("one", only=("p1",)), study.run("other", only=("p2",))]
    with pytest.raises(ac.AgreementError, match="no transcript in common; code the same transcripts with both"):
        ac.drift_files(runs)


def test_runs_whose_codebooks_share_no_code_are_refused(study: Study) -> None:
    other = "format: autocode-codebook/1\nid: other\nversion: 1\ncodes:\n  - {id: x, name: X, definition: X.}\n"
    runs = [study.run("v2"), study.run("other", {"x": lambda turn: 0.5}, book=other)]
    with pytest.raises(ac.AgreementError, match="no code in common"):
        ac.drift_files(runs)


def test_a_code_of_one_codebook_only_is_named_and_left_out(study: Study) -> None:
    more = BOOK.replace("version: 2", "version: 3").replace("{id: rare, name: Rare", "{id: new, name: New")
    found = ac.drift_files(
        [study.run("v2"), study.run("more", {**AFTER, "new": BEFORE["steady"]}, book=more, repeat=2)]
    )
    assert {row.code for row in found.codes} == {"steady", "grows", "swaps"}
    assert "not compared, because only the earlier version has them: rare" in found.notes
    assert "not compared, because only the later version has them: new" in found.notes


def test_of_a_run_that_carried_coding_over_only_what_it_asked_for_is_compared(study: Study) -> None:
    first = study.run("v2")
    second = study.run("since", AFTER, book=EDITED, seed=2, since="v2")
    found = ac.drift_files([first, second])
    assert [(row.code, row.verdict) for row in found.codes] == [("grows", "more")]
    assert any("since: only the codes that it asked for are compared (grows)" in note for note in found.notes)


def test_a_run_that_asked_only_for_a_new_code_has_decided_nothing_on_the_others(study: Study) -> None:
    more = BOOK.replace("version: 2", "version: 3") + "  - {id: fresh, name: Fresh, definition: Never seen before.}\n"
    mixed = study.run("mixed", {**BEFORE, "fresh": BEFORE["steady"]}, book=more, since="v2")
    with pytest.raises(ac.AgreementError, match="no code in common that both were asked for"):
        ac.drift_files([study.root / "runs" / "v2", mixed])


def test_one_run_or_no_run_is_refused_with_what_to_do(study: Study, tmp_path: Path) -> None:
    run = study.run("v2")
    with pytest.raises(ac.RunError, match=r"two runs are compared, and only .*v2 is named"):
        ac.drift_files([run])
    with pytest.raises(ac.RunError, match=r"or ask with --over COLUMN or --ledger about a whole study"):
        ac.drift_files([study.root])
    with pytest.raises(ac.RunError, match="this is one run, given twice"):
        ac.drift_files([run, tmp_path / "runs" / "." / "v2"])
    with pytest.raises(ac.RunError, match=r"this is no run; .* people's coding is named with --humans"):
        ac.drift_files([run, study.people(BEFORE)])
    with pytest.raises(ac.InputError, match="there is nothing here"):
        ac.drift_files([run, tmp_path / "runs" / "v9"])


def test_the_command_prints_what_moved_and_gives_it_as_json(
    study: Study, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = study.run("v2"), study.run("v3", AFTER, book=EDITED, seed=2)
    people = study.people(AFTER, codebook="3")
    status, out, err = cli("drift", *runs, "--humans", people)
    assert status == 0, err
    lines = [line.strip() for line in out.splitlines()]
    first = next(i for i, line in enumerate(lines) if line.startswith(("grows *", "swaps ")))
    assert "no change found" not in lines[first] + lines[first + 1]
    assert "towards ana's coding" in out
    assert "could have seen: 80 % of the time" in out
    monkeypatch.setenv("COLUMNS", "80")
    assert "…" not in cli("drift", *runs, "--humans", people)[1]  # nothing is cut on a narrow terminal
    status, out, _ = cli("drift", *runs, "--json")
    assert status == 0
    data = json.loads(out)
    assert data["format"] == "autocode-drift/1"
    assert ac.Drift.model_validate(data) == ac.drift_files(runs)


# --- The statistics ---------------------------------------------------------------------------------------------


def coded(rng: np.random.Generator, n: int, chance: Any, n_units: int = 300) -> Any:
    return (rng.random((n, n_units, 4)) < np.asarray(chance)).astype(np.int8)


CALLS = np.arange(300) // 15


def test_under_no_change_the_p_is_spread_evenly() -> None:
    rng = np.random.default_rng(5)
    p = []
    for _ in range(60):
        luck = rng.normal(size=(4, 20, 4)).repeat(15, axis=1)  # the units of a call share their luck
        values = (0.6 * luck + 0.8 * rng.normal(size=(4, 300, 4)) > 1.3).astype(np.int8)
        measured, _ = versions(values[:2], values[2:], CALLS, permutations=400)
        p += [*measured.p_net, *measured.p_exchange]
    for share in (0.05, 0.2, 0.5, 0.8):
        below = np.mean(np.array(p) <= share)  # with few calls p has few values, which errs to the side of silence
        assert share - 0.12 < below < share + 0.04


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_order_of_codes_and_units_changes_no_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = coded(rng, 3, [0.02, 0.1, 0.3, 0.0]), coded(rng, 2, [0.02, 0.2, 0.3, 0.0])
    codes, units = rng.permutation(4), rng.permutation(300)
    plain, judged = versions(before, after, CALLS, permutations=200)
    mixed, judged_too = versions(
        before[:, units][:, :, codes], after[:, units][:, :, codes], CALLS[units], permutations=200
    )
    for name in ("change", "low", "within", "p_net", "p_exchange"):
        np.testing.assert_allclose(getattr(mixed, name), getattr(plain, name)[codes])
    np.testing.assert_allclose(judged_too.q, judged.q[codes])


def test_the_same_seed_gives_the_same_numbers_and_another_others() -> None:
    rng = np.random.default_rng(3)
    before, after = coded(rng, 3, 0.1), coded(rng, 3, 0.12)
    one, again, other = (versions(before, after, CALLS, permutations=500, seed=s)[0].p_net for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_the_p_is_that_of_going_through_every_way_to_deal_the_labels() -> None:
    from itertools import combinations, product

    rng = np.random.default_rng(8)
    before, after = coded(rng, 2, 0.3, 6)[:, :, :1], coded(rng, 2, 0.7, 6)[:, :, :1]
    calls = np.repeat([0, 1, 2], 2)
    measured, _ = versions(before, after, calls, permutations=40_000)
    sums = np.concatenate([before, after])[:, :, 0].reshape(4, 3, 2).sum(axis=2)
    values = np.concatenate([before, after])[:, :, 0].reshape(4, 3, 2)
    ways = [(a, tuple(set(range(4)) - set(a))) for a in combinations(range(4), 2)]

    def net(dealing: Any) -> float:
        return abs(sum(sums[list(b), c].mean() - sums[list(a), c].mean() for c, (a, b) in enumerate(dealing)))

    def apart(dealing: Any) -> float:
        total = 0.0
        for c, (a, b) in enumerate(dealing):
            differ = [[(values[i, c] != values[j, c]).sum() for j in range(4)] for i in range(4)]
            between = np.mean([differ[i][j] for i in a for j in b])
            total += between - (differ[a[0]][a[1]] + differ[b[0]][b[1]]) / 2
        return total

    every = list(product(ways, repeat=3))
    real = [ways[0]] * 3
    for figure, p in ((net, measured.p_net[0]), (apart, measured.p_exchange[0])):
        exact = np.mean([figure(dealing) >= figure(real) - 1e-9 for dealing in every])
        assert p == pytest.approx(exact, abs=0.01)


def test_the_adjusted_p_is_that_of_scipy() -> None:
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(1).random(20) ** 3
    np.testing.assert_allclose(adjusted(p), false_discovery_control(p))


def test_more_calls_than_can_be_dealt_apart_are_joined_to_their_neighbours() -> None:
    from autocode.drift.blocks import Blocks

    calls = np.arange(1000) // 3
    few, all_of_them = Blocks(calls, most=100), Blocks(calls)
    assert (len(few), few.n_calls, len(all_of_them)) == (100, 334, 334)
    values = np.random.default_rng(1).integers(0, 2, size=(1000, 5))
    np.testing.assert_array_equal(few.sums(values).sum(axis=0), values.sum(axis=0))
    assert set(few.starts) <= set(all_of_them.starts)


def test_units_of_overlapping_calls_are_one_block(study: Study) -> None:
    texts = list(ac.read_transcripts(study.root / "interviews"))[:2]
    coding = ac.Coding(coder="ana", seen=tuple(ac.Passage(t.id, ac.Span(0, len(t.text))) for t in texts))
    book = ac.Codebook(id="b", codes=(ac.Code(id="x", name="X"),))
    frame = ac.units([coding], texts, book, exclude_speakers=["INT"])
    spans = {key: (start, end) for key, start, end in zip(frame.index, frame["start"], frame["end"], strict=True)}

    def passage(transcript: str, first: int, last: int) -> Any:
        from autocode.data import CallPassage

        return CallPassage(transcript, "", spans[transcript, first][0], spans[transcript, last][1])

    calls = [
        [passage("p1", 2, 6)],
        [passage("p1", 8, 12)],
        [passage("p1", 6, 8)],
        [passage("p1", 14, 14), passage("p2", 2, 4)],
    ]
    blocks = dict(zip(frame.index, call_blocks(frame, calls), strict=True))
    assert {blocks["p1", n] for n in (2, 4, 6, 8, 10, 12)} == {0}
    assert blocks["p1", 14] == blocks["p2", 2] == blocks["p2", 4] == 1
    assert blocks["p1", 16] == blocks["p2", 6] == -1
