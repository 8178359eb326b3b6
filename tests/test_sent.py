"""What left this machine, as the journals have it; and that nothing leaves it which should not."""

from __future__ import annotations

import csv
import http.server
import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import respx
from conftest import INTERVIEW, Cli, Scripted
from hypothesis import given, settings
from hypothesis import strategies as st
from respx.mocks import HTTPCoreMocker

import autocode as ac
from autocode.reading import read_participants
from autocode.runs import Approval, BatchLine

# openai 3 and anthropic 2 speak httpx2 on httpcore2, which respx does not look at by itself.
if not any(target.startswith("httpcore2.") for target in HTTPCoreMocker.targets):
    HTTPCoreMocker.add_targets(*[t.replace("httpcore.", "httpcore2.", 1) for t in list(HTTPCoreMocker.targets)])

BOOK = ac.Codebook(id="soup", version=1, codes=(ac.Code(id="colleagues", name="Colleagues"),))
YES = Approval(to="gpu.example", approved_by="Ethics 2026-14", at="2026-01-02T10:00:00Z", date="2026-01-01")
GPU = "https://gpu.example/v1"
CODEBOOK = """\
format: autocode-codebook/1
id: soup
version: 1
codes:
  - {id: colleagues, name: Colleagues, definition: What colleagues did}
"""


@dataclass(frozen=True)
class Elsewhere(Scripted):
    """A script that says of itself that it sits on another machine, and keeps every prompt that it gets."""

    name: str = "openai/planted"
    base_url: str = GPU
    prompts: list[ac.Prompt] = field(default_factory=list)

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        self.prompts.append(prompt)
        return super().ask(prompt)


def reply(outcome: str = "answered") -> ac.Reply:
    return ac.Reply(outcome=outcome, usage=ac.Usage(input=100, output=10))  # type: ignore[arg-type]


def coded(
    path: Path, texts: list[ac.Transcript], coder: Scripted, *, only: list[str] | None = None, **how: Any
) -> ac.Run:
    run = ac.Run(path, **{"max_tokens": 60, **how})
    run.approval = YES
    return ac.code(texts, BOOK, coder=coder, run=run, only=only, sleep=lambda _seconds: None)


Read = Callable[..., list[ac.Transcript]]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A small study on disk, of two interviews."""
    folder = tmp_path / "study"
    (folder / "interviews").mkdir(parents=True)
    (folder / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    (folder / "codebook.yaml").write_text(CODEBOOK)
    (folder / "interviews" / "p01.txt").write_text(INTERVIEW)
    (folder / "interviews" / "p02.txt").write_text(INTERVIEW.replace("soup", "cake"))
    return folder


# --- how many words ---------------------------------------------------------------------------------------------


OUTCOMES = ("answered", "answered", "cut", "refused", "unreadable")


@settings(max_examples=8)
@given(
    texts=st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=8), min_size=1, max_size=3),
    outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=40, max_size=40),
    repeat=st.integers(1, 2),
    context_turns=st.integers(0, 2),
)
def test_the_words_told_are_the_words_that_the_coder_got(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[list[int]],
    outcomes: list[str],
    repeat: int,
    context_turns: int,
) -> None:
    """Held against the prompts themselves: every attempt, whatever came of it, with the turns shown around it."""
    place = tmp_path_factory.mktemp("planted")
    (place / "interviews").mkdir()
    for number, turns in enumerate(texts):
        said = [" ".join(f"w{number}x{turn}x{at}." for at in range(length)) for turn, length in enumerate(turns)]
        (place / "interviews" / f"p{number}.txt").write_text("\n\n".join(said) + "\n")
    transcripts = list(ac.read_transcripts(place / "interviews"))
    coder = Elsewhere({"": [reply(outcome) for outcome in outcomes] * 40})
    coded(place / "run", transcripts, coder, repeat=repeat, context_turns=context_turns)
    found = ac.what_left([place / "run"], transcripts)
    rows = {row.transcript: row for row in found.runs[0].transcripts}
    for number, _ in enumerate(texts):
        mine = f"w{number}x"
        got = [word for p in coder.prompts for word in f"{p.context}\n{p.passage}".split() if word.startswith(mine)]
        row = rows[f"p{number}"]
        assert (row.words_in_requests, row.words) == (len(got), len(set(got)))
        assert row.words_as_context == sum(word.startswith(mine) for p in coder.prompts for word in p.context.split())
        assert row.words_in_all == sum(texts[number])
        assert row.words_unanswered == 0
    assert found.runs[0].calls == len(coder.prompts)
    assert found.places[0].words == sum(row.words or 0 for row in rows.values())


def test_repeats_are_counted_apart(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    coder = Elsewhere({"": reply()})
    coded(tmp_path / "run", texts, coder, repeat=3, context_turns=0)
    row = ac.what_left([tmp_path / "run"], texts).runs[0].transcripts[0]
    assert row.words == row.words_in_all == 41
    assert (row.words_in_requests, row.words_in_repeats) == (123, 82)


def test_short_calls_for_quotes_are_sent_words_too(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    bent = ac.Reply(proposals=(ac.Proposal(code="colleagues", quote="My colleagues brought us hot soup."),))
    run = ac.Run(tmp_path / "run")
    ac.code(texts, BOOK, coder=Elsewhere({"": bent}), run=run, requote=True)
    left = ac.what_left([run.path], texts).runs[0]
    assert (left.calls, left.transcripts[0].words, left.transcripts[0].words_in_requests) == (2, 41, 82)


def test_of_two_equal_interviews_both_are_told_though_one_was_sent(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW, p03=INTERVIEW.replace("soup", "cake"))
    coder = Elsewhere({"": reply()})
    coded(tmp_path / "run", texts, coder, max_tokens=1400)
    found = ac.what_left([tmp_path / "run"], texts)
    assert len(coder.prompts) == 2
    assert [row.words for row in found.runs[0].transcripts] == [41, 41, 41]
    assert any("equal answers that went as one" in note for note in found.notes)


def test_one_word_sent_by_two_runs_to_one_machine_is_one_word(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"))
    coded(tmp_path / "a", texts, Elsewhere({"": reply()}), only=["p01"], context_turns=0)
    coded(tmp_path / "b", texts, Elsewhere({"": reply()}, name="openai/other"), context_turns=0)
    coded(tmp_path / "c", texts, Elsewhere({"": reply()}, base_url="https://x.example"), only=["p01"], context_turns=0)
    places = {place.to: place for place in ac.what_left([tmp_path / name for name in "abc"], texts).places}
    assert {to: (p.runs, p.transcripts, p.words) for to, p in places.items()} == {
        "gpu.example": (2, 2, 82),
        "x.example": (1, 1, 41),
    }
    assert places["gpu.example"].words_in_requests == 123


def test_a_text_that_changed_or_went_since_is_told_with_its_characters_and_about_its_words(
    read: Read, tmp_path: Path
) -> None:
    before = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"), p03=INTERVIEW.replace("soup", "tea"))
    coded(tmp_path / "run", before, Elsewhere({"": reply()}))
    now = [before[0], *read(p02=INTERVIEW + "P1: One more thing.\n")[1:2]]  # p03 is gone
    found = ac.what_left([tmp_path / "run"], now)
    rows = {row.transcript: row for row in found.runs[0].transcripts}
    assert [(id, row.estimated, row.words) for id, row in rows.items()] == [
        ("p01", False, 41),
        ("p02", True, 41),  # as the run recorded it
        ("p03", True, 41),
    ]
    assert rows["p02"].characters == rows["p01"].characters
    assert found.in_words.startswith("About 123 words of 3 interviews")
    assert any("2 interviews have changed or gone since" in note for note in found.notes)


def test_a_text_that_nobody_counted_is_estimated_by_the_others_or_not_known(read: Read, tmp_path: Path) -> None:
    (old,) = read(p01=INTERVIEW)
    coded(tmp_path / "run", [old], Elsewhere({"": reply()}))
    (new,) = read(p01=INTERVIEW + "P1: One more thing.\n")
    coded(tmp_path / "run", [new], Elsewhere({"": reply()}))  # from here on the run has only the new text's words
    rows = {row.text_sha256: row for row in ac.what_left([tmp_path / "run"], [new]).runs[0].transcripts}
    assert (rows[new.sha256].estimated, rows[new.sha256].words) == (False, 44)
    assert rows[old.sha256].estimated
    assert 35 <= (rows[old.sha256].words or 0) <= 47
    gone = ac.what_left([tmp_path / "run"], [])
    unknown = next(row for row in gone.runs[0].transcripts if row.text_sha256 == old.sha256)
    assert (unknown.words, unknown.characters > 0, gone.places[0].words) == (None, True, None)
    assert "how many is not known any more" in gone.in_words


def test_what_was_planned_and_never_answered_may_have_been_sent(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"))

    def broken() -> Iterator[Exception]:
        yield ac.ProviderError("no credit left", model="m")

    with pytest.raises(ac.ProviderError):
        coded(tmp_path / "run", texts, Elsewhere({"soup": [reply()], "cake": list(broken())}), max_tokens=1400)
    found = ac.what_left([tmp_path / "run"], texts)
    assert found.runs[0].calls_unanswered == 1
    assert {row.transcript: (row.words, row.words_unanswered) for row in found.runs[0].transcripts} == {
        "p01": (41, 0),
        "p02": (0, 41),
    }
    assert any("may have been sent, with up to 41 more words" in note for note in found.notes)
    assert found.in_words.startswith("41 words of 1 interview left this machine for gpu.example")


def test_what_a_provider_took_in_a_batch_has_left_answered_or_not(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"), p03=INTERVIEW.replace("soup", "tea"))
    with pytest.raises(ac.ProviderError):
        coded(tmp_path / "run", texts, Elsewhere({"": [ac.ProviderError("no", model="m")] * 9}), max_tokens=1400)
    run = ac.Run(tmp_path / "run")
    one, two, three = (line.key for line in run.plan)
    at = "2026-11-02T10:00:00Z"
    run.batches.add(
        [
            BatchLine("a", "submitting", at, keys=(one,)),
            BatchLine("a", "submitted", at, batch="b1"),
            BatchLine("b", "submitting", at, keys=(two,)),  # nobody knows whether it arrived
        ]
    )
    found = ac.what_left([run.path], texts)
    left = found.runs[0]
    assert (left.calls, left.calls_handed_in, left.calls_unanswered) == (0, 1, 2)
    assert [(row.words, row.words_unanswered, row.first) for row in left.transcripts] == [
        (41, 0, at),
        (0, 41, ""),
        (0, 41, ""),
    ]
    assert found.in_words.startswith("41 words of 1 interview left this machine for gpu.example, at 2026-11-02 10:00")
    (call,) = _called(run, one, batch="b1")
    run.calls.add([call])  # an answer that came by the batch is the same sending
    left = ac.what_left([run.path], texts).runs[0]
    assert (left.calls, left.calls_handed_in, left.transcripts[0].words_in_requests) == (1, 0, 41)
    (line,) = ac.list_runs([run.path]).runs
    assert (line.calls, line.open) == (1, 2)
    assert three


def test_what_a_provider_keeps_of_batches_is_told_and_what_was_deleted_there(
    read: Read, tmp_path: Path, cli: Cli
) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"), p03=INTERVIEW.replace("soup", "tea"))
    with pytest.raises(ac.ProviderError):
        coded(tmp_path / "run", texts, Elsewhere({"": [ac.ProviderError("no", model="m")] * 9}), max_tokens=1400)
    run = ac.Run(tmp_path / "run")
    one, two, three = (line.key for line in run.plan)
    days = [f"2026-11-0{day}T10:00:00Z" for day in range(1, 7)]
    run.batches.add(
        [
            BatchLine("a", "submitting", days[0], keys=(one,)),
            BatchLine("a", "uploaded", days[0], input_file="f1"),
            BatchLine("a", "submitted", days[0], batch="b1", input_file="f1"),
            BatchLine("b", "submitting", days[1], keys=(two,)),
            BatchLine("b", "submitted", days[1], batch="b2", input_file="f2"),
            BatchLine("a", "done", days[2], there=("f1", "f3")),
            BatchLine("c", "submitting", days[3], keys=(three,)),
            BatchLine("c", "uploaded", days[3], input_file="f4"),
            BatchLine("c", "never arrived", days[4], there=("f4",)),
            BatchLine("a", "deleted", days[4], there=("f1", "f3"), became={"f1": "deleted"}),
        ]
    )
    found = ac.what_left([run.path], texts)
    a, b, c = found.runs[0].batches
    assert [(each.batch, each.state, each.lies_there) for each in (a, b, c)] == [
        ("b1", "done", ("f3",)),
        ("b2", "waits", ("f2",)),
        ("", "never arrived", ("f4",)),
    ]
    assert [(each.id, each.how, each.at) for each in a.deletions] == [("f1", "deleted", days[4])]
    assert found.in_words.endswith("Of what was handed in by batch 3 files or batches still lie there.")
    assert "41 words" not in found.in_words  # what was uploaded has left, though no batch was made of it
    (told,) = [note for note in found.notes if "not deleted yet" in note]
    assert "(f3, f4): the next `autocode run` of it tries, or delete it there by hand" in told
    shown = " ".join(cli("runs", run.path, "--sent")[1].split())
    assert f"3 handed in; one file or batch deleted at gpu.example, the last {days[4]}" in shown
    assert "Still there f3 (of b1)" in shown
    assert "Still there f2 (of b2, which waits)" in shown
    run.batches.add(
        [
            BatchLine("a", "deleted", days[5], became={"f3": "gone"}),
            BatchLine("b", "done", days[5], there=("f2",)),
            BatchLine("b", "deleted", days[5], became={"f2": "deleted"}),
            BatchLine("c", "deleted", days[5], became={"f4": "deleted"}),
        ]
    )
    found = ac.what_left([run.path], texts)
    assert found.in_words.endswith("What was handed in by batch is deleted there, or was not found there any more.")
    assert not any("not deleted" in note for note in found.notes)


def test_words_that_went_through_an_executor_of_unknown_machines_have_left(
    read: Read, tmp_path: Path, cli: Cli
) -> None:
    texts = read(p01=INTERVIEW)
    local = "http://127.0.0.1:8080/v1"
    for name, where, executor in (
        ("threads", local, "concurrent.futures.thread.ThreadPoolExecutor"),
        ("cluster", local, "distributed.cfexecutor.ClientExecutor"),
        ("gpu", GPU, "distributed.cfexecutor.ClientExecutor"),
    ):
        run = coded(tmp_path / name, texts, Elsewhere({"": reply()}, base_url=where))
        run.employ(executor)
        run.employ(executor)  # as every command does
        assert [each.executor for each in run.made_with.workers] == [executor]
    found = ac.what_left([tmp_path / name for name in ("threads", "cluster", "gpu")], texts)
    assert [stayed.run for stayed in found.stayed] == [(tmp_path / "threads").as_posix()]
    assert [(left.to, left.workers[0].executor) for left in found.runs] == [
        ("gpu.example", "distributed.cfexecutor.ClientExecutor"),
        ("workers of an executor", "distributed.cfexecutor.ClientExecutor"),
    ]
    assert "went to the workers of an executor, and on which machines those are is not recorded, at" in found.in_words
    assert any("so the words went to them, too" in note for note in found.notes)
    shown = " ".join(cli("runs", tmp_path / "gpu", "--sent")[1].split())
    assert "the workers of distributed.cfexecutor.ClientExecutor, on which machines is not recorded;" in shown


def _called(run: ac.Run, key: str, *, batch: str) -> list[ac.Call]:
    return [
        ac.Call(
            key=key,
            passages=line.passages,
            outcome="answered",
            model_asked="openai/planted",
            batch=batch,
            started="2026-11-02T10:00:00Z",
            seconds=1,
        )
        for line in run.plan
        if line.key == key
    ]


def test_a_call_that_came_by_batch_costs_a_batchs_price(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    run = coded(
        tmp_path / "run", texts, Elsewhere({"": reply()}, name="openai/gpt-5-mini", base_url=""), max_tokens=1400
    )
    (before,) = ac.list_runs([run.path]).runs
    (planned,) = run.plan
    (call,) = _called(run, planned.key, batch="b1")
    run.calls.add([call.model_copy(update={"usage": ac.Usage(input=100, output=10)})])
    (after,) = ac.list_runs([run.path]).runs
    assert after.usd == pytest.approx(1.5 * (before.usd or 0))


def test_a_torn_line_is_told(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    run = coded(tmp_path / "run", texts, Elsewhere({"": reply()}))
    with run.calls.path.open("ab") as file:
        file.write(b'{"v": 1, "key": "half')
    assert any("1 torn lines" in note for note in ac.what_left([run.path], texts).notes)


# --- where, when, who -------------------------------------------------------------------------------------------


def test_nothing_left_by_the_baseline_and_a_server_on_this_machine(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    ac.code(texts, BOOK, coder=ac.LexicalCoder(BOOK), run=ac.Run(tmp_path / "a"))
    ac.code(texts, BOOK, coder=Elsewhere({}, base_url="http://127.0.0.1:1/v1"), run=ac.Run(tmp_path / "b"))
    found = ac.what_left([tmp_path / "a", tmp_path / "b"], texts)
    assert found.in_words == "Nothing left this machine by 2 runs."
    assert (found.runs, found.places) == ((), ())
    assert [(stayed.why, stayed.endpoint) for stayed in found.stayed] == [
        ("baseline", ""),
        ("this machine", "http://127.0.0.1:1/v1"),
    ]
    assert ["what a server on this machine does" in note for note in found.notes] == [True]


@pytest.mark.parametrize(
    ("name", "base_url", "to"),
    [
        ("openai/m", "", "api.openai.com"),
        ("anthropic/m", "", "api.anthropic.com"),
        ("openai/m", "http://10.0.0.7:8000/v1", "10.0.0.7"),
        ("mine", "", "not recorded"),
    ],
)
def test_where_it_went_is_the_vendor_or_the_host_of_the_base_url(
    read: Read, tmp_path: Path, name: str, base_url: str, to: str
) -> None:
    texts = read(p01=INTERVIEW)
    coded(tmp_path / "run", texts, Elsewhere({"": reply()}, name=name, base_url=base_url))
    found = ac.what_left([tmp_path / "run"], texts)
    assert (found.runs[0].to, found.places[0].to) == (to, to)
    assert ("left this machine" in found.in_words) is (to != "not recorded")


def test_times_and_approvals_are_those_of_the_journal(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"))
    run = coded(tmp_path / "run", texts, Elsewhere({"": reply()}), max_tokens=1400)
    lines = run.calls.path.read_text().splitlines()
    times = ["2026-11-05T09:12:00Z", "2026-11-02T10:00:01Z"]  # as a batch may come: not in order
    dated = [re.sub(r'"started": "[^"]+"', f'"started": "{at}"', line) for line, at in zip(lines, times, strict=True)]
    run.calls.path.write_text("\n".join(dated) + "\n")
    found = ac.what_left([run.path], texts)
    assert (found.runs[0].first, found.runs[0].last) == (times[1], times[0])
    assert {row.transcript: (row.first, row.last) for row in found.runs[0].transcripts} == {
        "p01": (times[0], times[0]),
        "p02": (times[1], times[1]),
    }
    assert found.runs[0].approvals == (YES,)
    assert "from 2026-11-02 10:00 to 2026-11-05 09:12 (UTC)" in found.in_words
    assert not found.notes
    run.path.joinpath("run.json").write_text(
        run.path.joinpath("run.json").read_text().replace(YES.at, "2026-11-03T00:00:00Z")
    )
    assert ["before the first approval was recorded" in note for note in ac.what_left([run.path], texts).notes] == [
        True
    ]


def test_a_run_without_an_approval_is_told(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    ac.code(texts, BOOK, coder=Elsewhere({"": reply()}), run=ac.Run(tmp_path / "run"))
    assert ["no approval is recorded" in note for note in ac.what_left([tmp_path / "run"], texts).notes] == [True]


def test_people_are_named_by_pseudonym_and_who_says_no_today_is_told(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "cake"), p03=INTERVIEW.replace("soup", "tea"))
    coded(tmp_path / "run", texts, Elsewhere({"": reply()}))
    people = tmp_path / "participants.csv"
    people.write_text(
        "participant,transcript,speaker,pseudonym,ai_cloud,withdrawn\n"
        "101,p01,P1,Irena,yes,no\n102,p02,P1,,yes,2026-11-20\n102,p03,P2,,yes,\n101,p03,P1,Irena,yes,\n"
    )
    found = ac.what_left([tmp_path / "run"], texts, participants=read_participants(people))
    assert [(row.participants, row.withheld_now) for row in found.runs[0].transcripts] == [
        (("Irena",), False),
        (("102",), True),
        (("102", "Irena"), True),
    ]
    assert any("no other machine may have p02, p03" in note for note in found.notes)


def test_the_examples_of_the_codebook_are_words_that_left_too(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    examples = (ac.Example(text="they brought soup", source="p09"), ac.Example(text="and tea"))
    retired = ac.Code(id="old", name="Old", status="retired", examples=(ac.Example(text="never sent", source="p10"),))
    book = BOOK.model_copy(update={"codes": (BOOK.codes[0].model_copy(update={"examples": examples}), retired)})
    ac.code(texts, book, coder=Elsewhere({"": reply()}), run=ac.Run(tmp_path / "run"))
    left = ac.what_left([tmp_path / "run"], texts).runs[0].examples
    assert (left.examples, left.words, left.sources) == (2, 5, ("p09",))


# --- the verb ---------------------------------------------------------------------------------------------------


def test_the_verb_tells_what_left_in_words_a_table_json_and_csv(cli: Cli, study: Path, tmp_path: Path) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    (study / "participants.csv").write_text("participant,transcript,speaker,pseudonym\n1,p01,P1,Irena\n")
    coded(study / "runs" / "a", texts, Elsewhere({"": reply()}), context_turns=0)
    code, out, _ = cli("runs", study, "--sent")
    assert (code, out.splitlines()[0][:60]) == (0, "82 words of 2 interviews left this machine for gpu.example, ")
    assert "Ethics 2026-14, dated 2026-01-01, for gpu.example; recorded 2026-01-02T10:00:00Z" in out
    code, out, _ = cli("runs", study / "runs" / "a", "--sent", "--json", "--csv", tmp_path / "sent.csv")
    found = json.loads(out)
    assert (code, found["format"], found["runs"][0]["transcripts"][0]["participants"]) == (
        0,
        "autocode-sent/1",
        ["Irena"],
    )
    with (tmp_path / "sent.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["transcript"], r["to"], r["words"], r["approved_by"], r["estimated"]) for r in rows] == [
        ("p01", "gpu.example", "41", "Ethics 2026-14", "no"),
        ("p02", "gpu.example", "41", "Ethics 2026-14", "no"),
    ]
    before = (tmp_path / "sent.csv").read_bytes()
    cli("runs", study, "--sent", "--csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == before


def test_a_study_that_sent_nothing_says_so_first(cli: Cli, study: Path) -> None:
    assert cli("runs", study, "--sent")[1].startswith("Nothing left this machine: there is no run.")
    assert cli("run", study)[0] == 0
    assert cli("runs", study, "--sent")[1].startswith("Nothing left this machine by 1 run.")


def test_runs_without_their_study_are_told_by_estimate(cli: Cli, study: Path, tmp_path: Path) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    coded(tmp_path / "away" / "a", texts, Elsewhere({"": reply()}), context_turns=0)
    code, out, err = cli("runs", tmp_path / "away", "--sent")
    assert (code, out.startswith("About 82 words"), "words are estimated" in err) == (0, True, True)
    code, out, err = cli("runs", tmp_path / "away", "--sent", "--transcripts", study / "interviews")
    assert (code, out.startswith("82 words"), err) == (0, True, "")


def test_runs_of_two_studies_are_not_mixed(cli: Cli, study: Path, tmp_path: Path) -> None:
    shutil.copytree(study, tmp_path / "other")
    for place in (study, tmp_path / "other"):
        assert cli("run", place)[0] == 0
    code, _, err = cli("runs", study, tmp_path / "other", "--sent")
    assert (code, "of several studies" in err) == (1, True)
    assert len(json.loads(cli("runs", study, tmp_path / "other", "--json")[1])["runs"]) == 2


def test_the_runs_of_a_study_in_a_table(cli: Cli, study: Path) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    cloud = Elsewhere({"soup": reply(), "cake": reply("refused")}, name="openai/gpt-5-mini", base_url="")
    coded(study / "runs" / "a", texts, cloud, max_tokens=1400)
    cli("run", study)
    (study / "runs" / "not-a-run").mkdir()
    code, out, _ = cli("runs", study, "--json")
    found = {line["run"]: line for line in json.loads(out)["runs"]}
    assert (code, list(found)) == (0, ["a", "soup-v1-lexical"])
    a, baseline = found["a"], found["soup-v1-lexical"]
    # p02 was refused three times.
    assert (a["calls"], a["calls_planned"], a["open"], a["state"], a["transcripts"]) == (4, 2, 1, "open", 2)
    assert a["usage"] == {"input": 400, "output": 40, "cached": 0, "written": 0}
    assert a["usd"] == pytest.approx((400 * 0.25 + 40 * 2) / 1e6)  # as OpenAI prints it: 0.25 and 2 USD a million
    assert (baseline["state"], baseline["open"], baseline["usd"], baseline["baseline"]) == ("complete", 0, None, True)
    assert (a["codebook"], a["version"], a["holder"], a["first"] <= a["last"]) == ("soup", 1, None, True)


@pytest.mark.parametrize("width", ["80", "140"])
def test_the_tables_fit_the_terminal(cli: Cli, study: Path, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    name = "a-codebook-with-a-long-name-v12-openai-gpt-5-mini-2026-08-07"
    coded(study / "runs" / name, texts, Elsewhere({"": reply()}, name="openai/gpt-5-mini-2026-08-07"))
    monkeypatch.setenv("COLUMNS", width)
    for verb in (("runs", study), ("runs", study, "--sent")):
        code, out, _ = cli(*verb)
        assert code == 0
        assert max(len(line.rstrip()) for line in out.splitlines() if "/" not in line) <= int(width)
        assert "3 calls made" in out or "Calls" in out or "In all requests" in out


def test_who_works_on_a_run_is_told_without_getting_in_the_way(cli: Cli, study: Path) -> None:
    cli("run", study)
    run = ac.Run(study / "runs" / "soup-v1-lexical")

    def holder() -> Any:
        return json.loads(cli("runs", study, "--json")[1])["runs"][0]["holder"]

    assert holder() is None
    with run.held():
        assert holder()["state"] == "working"
        assert holder()["who"].startswith("process ")
        assert "a process works on it (process " in cli("runs", study)[1]
        kept = (run.path / "holder.json").read_bytes()
    assert holder() is None
    (run.path / "holder.json").write_bytes(kept)  # as a process that was killed leaves it
    assert holder()["state"] == "ended in the middle"
    assert cli("run", study)[0] == 0


def test_a_call_that_was_halved_is_not_open(read: Read, tmp_path: Path) -> None:
    texts = read(p01=INTERVIEW)
    coder = Elsewhere({"And the office?\nP1": [reply("cut"), reply(), reply()], "": [reply()] * 9})
    coded(tmp_path / "run", texts, coder, max_tokens=1400)
    (line,) = ac.list_runs([tmp_path / "run"]).runs
    assert (line.open, line.state, line.calls, line.calls_planned) == (0, "complete", 3, 3)


def test_listing_runs_writes_nothing_and_asks_nothing(cli: Cli, study: Path) -> None:
    cli("run", study)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    for more in ((), ("--json",), ("--sent",), ("--sent", "--json")):
        assert cli("runs", study, *more)[0] == 0
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


def test_a_place_without_runs_says_what_to_name(cli: Cli, tmp_path: Path, study: Path) -> None:
    code, _, err = cli("runs", tmp_path / "nowhere")
    assert (code, "there is no run here; name a run folder" in err) == (1, True)
    code, out, _ = cli("runs", study)
    assert (code, "There is no run here yet" in out) == (0, True)
    assert cli("runs", study, "--csv", tmp_path / "x.csv")[0] == 2


# --- the refusals -----------------------------------------------------------------------------------------------


OTHER_MACHINES = [
    "http://127.0.0.1.evil.example/v1",
    "http://localhost.evil.example/v1",
    "http://localhost.:8080/v1",
    "http://0.0.0.0:8080/v1",
    "http://[::]:8080/v1",
    "http://[::ffff:203.0.113.5]:8080/v1",
    "http://[fe80::1]:8080/v1",
    "http://2130706433:8080/v1",
    "http://192.168.1.5:8080/v1",
    "http://my-own-computer:8080/v1",
    "http://evil.example#@localhost/",
    "http://evil.example?x=@localhost/",
]
TRICKS = [
    "http://localhost@evil.example/v1",
    "http://localhost:8080@evil.example/v1",
    "http://evil.example\\@localhost/v1",
    "http://localhost\\@evil.example/v1",
    "http://evil.example\t@localhost/v1",
    "http://localhost\n.evil.example/v1",
    "http://local host/v1",
    "http://ana:secret@localhost/v1",
    "http:///v1",
    "http://[::1/v1",
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection that somebody tries to make, none of which is made."""
    tried: list[object] = []

    def refuse(_self: object, address: object) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def settings_of(study: Path, *lines: str) -> None:
    (study / "autocode.yaml").write_text("\n".join(["exclude_speakers: [INT]", *lines]) + "\n")


@pytest.mark.parametrize("url", OTHER_MACHINES)
def test_no_other_machine_is_asked_without_a_yes_or_against_send_local(
    cli: Cli, study: Path, no_network: list[object], url: str
) -> None:
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", url)
    assert (code, "nobody has said yes" in err, "add `send: {to: cloud" in err) == (1, True, True)
    settings_of(study, "send: {to: local}")
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", url, "--yes")
    assert (code, "send: local keeps interviews on this machine" in err) == (1, True)
    assert "or use a model on this machine (--base-url http://localhost:...)" in err
    assert (no_network, (study / "runs").exists()) == ([], False)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1.evil.example/v1"])
@pytest.mark.parametrize("from_file", [False, True])
def test_send_local_is_told_by_every_verb_that_looks_ahead(
    cli: Cli, study: Path, no_network: list[object], monkeypatch: pytest.MonkeyPatch, url: str, from_file: bool
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    settings_of(study, "send: {to: local}", *([f'base_url: "{url}"', "model: openai/m"] if from_file else []))
    model = () if from_file else ("--model", "openai/m", *(("--base-url", url) if url else ()))
    assert cli("run", study, *model)[0] == 1
    code, _, err = cli("run", study, *model, "--dry-run")
    assert (code, "nothing of this plan would be sent" in err, "send: local" in err) == (0, True, True)
    found = json.loads(cli("check", study, *model, "--json")[1])
    assert found["sending"]["refused"]
    assert any("send: local keeps" in f["message"] for f in found["findings"] if f["level"] == "error")
    assert "`autocode run` refuses to send them" in cli("check", study, *model)[1]
    assert (no_network, (study / "runs").exists()) == ([], False)


@pytest.mark.parametrize("url", TRICKS)
def test_an_address_that_may_be_read_in_two_ways_is_no_address(
    cli: Cli, study: Path, no_network: list[object], url: str
) -> None:
    said = ["send: {to: cloud, approved_by: Ethics, date: 2026-11-02}"]
    settings_of(study, *said)
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", url)
    assert (code, "the base URL" in err, "secret" in err) == (1, True, False)
    settings_of(study, *said, f"base_url: {json.dumps(url)}")
    code, _, err = cli("run", study, "--model", "openai/m")
    assert (code, "autocode.yaml:3" in err, "secret" in err) == (1, True, False)
    assert (no_network, (study / "runs").exists()) == ([], False)


def test_a_dry_run_and_a_check_refuse_such_an_address_too(cli: Cli, study: Path, no_network: list[object]) -> None:
    model = ("--model", "openai/m", "--base-url", TRICKS[0])
    code, _, err = cli("run", study, *model, "--dry-run")
    assert (code, "leave them out, and set the environment variable AUTOCODE_API_KEY" in err) == (1, True)
    found = json.loads(cli("check", study, *model, "--json")[1])
    assert any("the base URL has a name" in f["message"] for f in found["findings"] if f["level"] == "error")
    assert no_network == []


@given(
    st.lists(
        st.sampled_from(
            [*"@/\\:#?[]. %\t\n\u3002\uff0f\u2100", "localhost", "127.0.0.1", "::1", "evil.example", "0x7f", "http://"]
        ),
        max_size=8,
    ).map(lambda pieces: "http://" + "".join(pieces))
)
def test_what_we_take_for_this_machine_the_client_takes_for_it_too(url: str) -> None:
    try:
        coder = ac.model_coder("openai/m", BOOK, base_url=url)
    except ac.ConfigError:
        return
    if ac.is_loopback(url):
        assert getattr(coder, "endpoint", "") == url
        try:
            read = httpx2.URL(url)
        except httpx2.InvalidURL:
            return  # nothing can be sent there
        assert ac.is_loopback(f"http://{f'[{read.host}]' if ':' in read.host else read.host}")


def test_a_localhost_that_leads_elsewhere_is_another_machine(
    cli: Cli, study: Path, no_network: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.5", 0))
    here = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_how: [here, there])
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", "http://localhost:8080/v1")
    assert (code, "would be sent to localhost, and nobody has said yes" in err, no_network) == (1, True, [])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_how: [here])
    assert ac.is_loopback("http://localhost:8080/v1")


ANSWER = {
    "id": "x",
    "object": "chat.completion",
    "created": 0,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": '{"proposals": []}'}}
    ],
    "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
}


@dataclass
class Server:
    """A model on this machine, which answers, or sends whoever asks to another address."""

    to: str = ""
    bodies: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def serve() -> Iterator[Callable[[str], Server]]:
    running: list[http.server.ThreadingHTTPServer] = []

    def start(to: str = "") -> Server:
        server = Server(to)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
                body = b"" if server.to else json.dumps(ANSWER).encode()
                self.send_response(307 if server.to else 200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                if server.to:
                    self.send_header("location", server.to)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        running.append(httpd)
        server.url = f"http://127.0.0.1:{httpd.server_port}/v1"
        return server

    yield start
    for httpd in running:
        httpd.shutdown()
        httpd.server_close()


def test_nobody_is_followed_to_another_address(cli: Cli, study: Path, serve: Callable[[str], Server]) -> None:
    other = serve("")
    first = serve(f"{other.url}/chat/completions")
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", first.url)
    assert (code, len(first.bodies) > 0, other.bodies) == (1, True, [])
    assert f"give the address it now has as base URL: {other.url}" in err


def test_a_model_on_this_machine_works_whatever_the_settings_keep_here(
    cli: Cli, study: Path, serve: Callable[[str], Server]
) -> None:
    here = serve("")
    settings_of(study, "send: {to: local}")
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\n1,p01,P1,no\n")
    code, _, err = cli("run", study, "--model", "openai/m", "--base-url", here.url)
    assert (code, len(here.bodies), "kept on this machine" in err) == (0, 2, False)
    assert (
        json.loads(cli("check", study, "--model", "openai/m", "--base-url", here.url, "--json")[1])["sending"] is None
    )
    out = cli("runs", study, "--sent")[1]
    assert out.startswith("Nothing left this machine by 1 run.")


def cloud(router: respx.MockRouter) -> respx.Route:
    return router.post("https://api.openai.com/v1/chat/completions").mock(return_value=httpx.Response(200, json=ANSWER))


def test_ai_cloud_no_keeps_an_interview_here_in_every_verb(
    cli: Cli, study: Path, respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    route = cloud(respx_mock)
    settings_of(study, "model: openai/m", "send: {to: cloud, approved_by: Ethics 14, date: 2026-11-02}")
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\n1,p01,P1,no\n")
    code, out, err = cli("run", study, "--dry-run", "--json")
    assert (code, json.loads(out)["calls"], "cake" in out, "soup." in out) == (0, 1, True, False)
    assert "kept on this machine (ai_cloud: no), so not in this plan: p01" in err
    checked = json.loads(cli("check", study, "--json")[1])
    assert (checked["cost"]["calls"], checked["sending"]["kept_here"]) == (1, ["p01"])
    code, _, err = cli("run", study)
    assert (code, route.call_count, "so not coded: p01" in err) == (0, 1, True)
    assert "soup." not in route.calls.last.request.content.decode()
    found = json.loads(cli("runs", study, "--sent", "--json")[1])
    assert [row["transcript"] for row in found["runs"][0]["transcripts"]] == ["p02"]
    assert [(a["approved_by"], a["date"], a["to"]) for a in found["runs"][0]["approvals"]] == [
        ("Ethics 14", "2026-11-02", "api.openai.com")
    ]


@pytest.mark.parametrize("short", [True, False])
def test_who_says_no_before_a_run_goes_on_is_not_asked_about_any_more(
    cli: Cli, study: Path, respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    """Also where the words were planned to share a call with those of others."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    if short:
        for name, answer in (("p01", "They brought soup.\n"), ("p02", "They brought cake.\n")):
            (study / "interviews" / f"{name}.txt").write_text(answer)
    settings_of(study, "model: openai/m", "send: {to: cloud, approved_by: Ethics 14, date: 2026-11-02}")
    url = "https://api.openai.com/v1/chat/completions"
    respx_mock.post(url).mock(return_value=httpx.Response(402, json={"error": {"message": "no credit"}}))
    assert cli("run", study, "--concurrency", 1)[0] == 1
    maybe = json.loads(cli("runs", study, "--sent", "--json")[1])
    assert maybe["in_words"].startswith("No answer from another machine is recorded; 1 run may have asked one")
    assert maybe["runs"][0]["calls_unanswered"] == (1 if short else 2)
    assert all(row["words_unanswered"] == row["words_in_all"] for row in maybe["runs"][0]["transcripts"])
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\n1,p01,P1,no\n")
    route = cloud(respx_mock)
    before = route.call_count
    assert cli("run", study)[0] == 0
    sent = [call.request.content.decode() for call in list(route.calls)[before:]]
    assert (len(sent), "soup." in "".join(sent), "cake." in "".join(sent)) == (1, False, True)


def test_a_codebook_that_quotes_who_said_no_goes_nowhere(
    cli: Cli, study: Path, no_network: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    settings_of(study, "model: openai/m", "send: {to: cloud, approved_by: Ethics 14, date: 2026-11-02}")
    (study / "participants.csv").write_text("participant,transcript,speaker,ai_cloud\n1,p01,P1,no\n")
    quoting = CODEBOOK.replace("did}", 'did, examples: [{text: brought soup, source: "p01, turn 6"}]}')
    (study / "codebook.yaml").write_text(quoting)
    code, _, err = cli("run", study)
    assert (code, 'the code "colleagues" has an example from p01' in err, no_network) == (1, True, [])
    assert "nothing of this plan would be sent" in cli("run", study, "--dry-run")[2]
    assert json.loads(cli("check", study, "--json")[1])["sending"]["refused"]
    (study / "codebook.yaml").write_text(quoting.replace("p01, turn 6", "p011"))
    assert "has an example from" not in cli("run", study, "--dry-run")[2]


@pytest.mark.parametrize(
    ("send", "flags", "approved_by", "date"),
    [
        # Who approved that everything stays here has not approved this.
        ("{to: local, approved_by: Ethics 14, date: 2026-11-02}", ("--approved-by", "Ana"), "Ana", ""),
        # A date belongs to whom it stands beside.
        ("{to: cloud, approved_by: Ethics 14, date: 2026-11-02}", ("--approved-by", "Ana"), "Ana", ""),
        ("{to: cloud, approved_by: Ethics 14, date: 2026-11-02}", (), "Ethics 14", "2026-11-02"),
    ],
)
def test_a_run_records_who_said_yes_to_this(
    cli: Cli,
    study: Path,
    respx_mock: respx.MockRouter,
    monkeypatch: pytest.MonkeyPatch,
    send: str,
    flags: tuple[str, ...],
    approved_by: str,
    date: str,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    cloud(respx_mock)
    settings_of(study, f"send: {send}")
    code, _, _ = cli("run", study, "--model", "openai/m", "--send", "cloud", *flags)
    (recorded,) = json.loads((study / "runs/soup-v1-openai-m/run.json").read_text())["send"]
    assert (code, recorded["approved_by"], recorded["date"]) == (0, approved_by, date)


def test_a_run_that_was_local_never_becomes_another_machines(
    cli: Cli, study: Path, serve: Callable[[str], Server], no_network: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = list(ac.read_transcripts(study / "interviews"))
    run = study / "runs" / "a"
    ac.code(texts, BOOK, coder=Elsewhere({}, base_url="http://localhost:8080/v1"), run=ac.Run(run))
    ac.code(texts, BOOK, coder=Elsewhere({}, base_url="http://127.0.0.1:9090/v1"), run=ac.Run(run))
    for url in (GPU, "http://0.0.0.0:8080/v1", ""):
        with pytest.raises(ac.RunError, match="base URL this machine, now"):
            ac.code(texts, BOOK, coder=Elsewhere({}, base_url=url), run=ac.Run(run))
    assert ac.what_left([run], texts).in_words == "Nothing left this machine by 1 run."
    assert no_network == []
