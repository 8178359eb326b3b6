"""Calls handed in as batches: left, taken in later, never paid twice, and the same coding as at once. Both vendors."""

from __future__ import annotations

import csv
import http.server
import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

import autocode as ac
from autocode.asking import VendorBatches

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "eval" / "faults"))

from provider import Provider, provider

MANAGER = "My manager sat down with me and moved two deadlines."
SOUP = "My colleagues brought soup."
TRUTH = {MANAGER: "manager-help", SOUP: ["colleagues", "manager-help"]}
INTERVIEWS = 4
CALLS = 2 * INTERVIEWS
LIMITS = itertools.count(1500)


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider(TRUTH) as there:
        yield there


@pytest.fixture
def there(running: Provider) -> Provider:
    """A provider without faults that has counted nothing."""
    from provider import Settings

    running.set(**vars(Settings()))
    running.reset()
    return running


@pytest.fixture(params=["openai", "anthropic"])
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def coder(vendor: str, there: Provider, codebook: ac.Codebook) -> ac.ModelCoder:
    found = ac.model_coder(f"{vendor}/planted", codebook, base_url=getattr(there, vendor))
    assert isinstance(found, ac.ModelCoder)
    # Every test asks other questions, so that none finds the batches of another.
    return replace(found, settings={**found.settings, "max_tokens": next(LIMITS)})


@pytest.fixture
def transcripts(read: Callable[..., list[ac.Transcript]]) -> list[ac.Transcript]:
    return read(
        **{
            f"p{n:02}": f"INT: What helped, {n}?\nP1: {MANAGER} I know {n}.\nP1: {SOUP} Ok {n}.\n"
            for n in range(INTERVIEWS)
        }
    )


@dataclass
class Study:
    """The transcripts, the codebook, and runs of them."""

    folder: Path
    transcripts: list[ac.Transcript]
    codebook: ac.Codebook

    def code(self, name: str, coder: ac.Coder, *, repeat: int = 1, **more: Any) -> ac.Run:
        run = ac.Run(self.folder / name, max_tokens=20, exclude_speakers=["INT"], repeat=repeat)
        return ac.code(self.transcripts, self.codebook, coder=coder, run=run, **more)

    def until_done(self, name: str, coder: ac.Coder, **more: Any) -> ac.Run:
        """The run after the same command was given until no batch waits."""
        for _ in range(300):
            run = self.code(name, coder, batch=True, **more)
            if not run.waiting:
                return run
            time.sleep(0.02)
        raise AssertionError("the batches never end")


@pytest.fixture
def study(tmp_path: Path, transcripts: list[ac.Transcript], codebook: ac.Codebook) -> Study:
    return Study(tmp_path / "runs", transcripts, codebook)


def rows(run: ac.Run) -> list[dict[str, str]]:
    """The rows of coding.csv without the name of the run."""
    with run.table.open(encoding="utf-8", newline="") as file:
        return [{name: value for name, value in row.items() if name != "run"} for row in csv.DictReader(file)]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def events(path: Path) -> list[str]:
    return [line["event"] for line in lines(path)]


# --- There and back ----------------------------------------------------------------------------------------------


def test_a_batch_gives_the_coding_that_calls_at_once_give(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    there.set(batch_shuffled=True, seed=3)
    at_once = study.code("plain", coder)
    run = study.until_done("batch", coder)
    assert rows(run) == rows(at_once)
    assert len(rows(run)) == 3 * INTERVIEWS
    assert (run.gaps, run.notes) == ([], [])
    told = there.stats()
    assert (told["batches"], told["batch_requests"], told["requests"]) == (1, CALLS, CALLS)
    calls = lines(run.calls.path)
    submitted = next(line for line in lines(run.batches.path) if line["event"] == "submitted")
    assert len({call["key"] for call in calls}) == len(calls) == CALLS
    assert {(call["batch"], call["started"]) for call in calls} == {(submitted["batch"], submitted["at"])}
    by_key = {call["key"]: call for call in lines(at_once.calls.path)}
    for call in calls:
        assert set(call["raw"]) == set(by_key[call["key"]]["raw"])
        sums = [(used["input"], used["output"]) for used in (call["usage"], by_key[call["key"]]["usage"])]
        assert sums[0] == sums[1] > (0, 0)  # the schema's fields too are sent in the same order


def test_the_command_leaves_a_batch_and_comes_back_for_it(
    study: Study, vendor: str, there: Provider, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ac.write_codebook(study.codebook, tmp_path / "codebook.yaml")
    monkeypatch.setenv("AUTOCODE_API_KEY", "sk-nobody-may-read-this")
    there.set(key="sk-nobody-may-read-this", batch_seconds=3600.0)
    command: list[object] = ["run", tmp_path / "interviews", "--codebook", tmp_path / "codebook.yaml", "--model"]
    command += [f"{vendor}/planted", "--base-url", getattr(there, vendor), "--out", study.folder / "r", "--batch"]
    code, out, err = cli(*command, "--exclude-speaker", "INT")
    assert code == 3
    first = next(line["batch"] for line in lines(study.folder / "r" / "batches.jsonl") if line["batch"])
    assert f"batch {first} waits at {getattr(there, vendor)} since 20" in err
    assert f"0 of {INTERVIEWS} done so far" in err
    assert "take the answers in: autocode run " in err
    assert "--batch" in err.split("autocode run ")[1]
    assert "missing, not zero" not in err
    assert "Not coded yet, but in a batch: " in out
    code, out, err = cli(*command, "--exclude-speaker", "INT", "--json")
    assert code == 3
    summary = json.loads(out)
    waiting = summary["waiting"][0]
    assert (waiting["batch"], waiting["calls"], waiting["where"]) == (first, INTERVIEWS, getattr(there, vendor))
    assert 0 <= waiting["done"] < INTERVIEWS
    assert all(gap["waits"] for gap in summary["uncoded"])
    dry, _, _ = cli(*command, "--exclude-speaker", "INT", "--dry-run")
    assert dry == 0
    there.set(batch_seconds=0.0)
    cancel(there, vendor, first, key="sk-nobody-may-read-this")  # as its owner can at the provider's own site
    for _ in range(300):
        code, out, err = cli(*command, "--exclude-speaker", "INT")
        if code == 0:
            break
    assert (code, "waits" in err) == (0, False)
    assert f"By batch: {INTERVIEWS} calls; no batch price is known for this model" in out
    assert there.stats()["whole_answers_repeated"] == 0
    written = b"".join(path.read_bytes() for path in study.folder.rglob("*") if path.is_file())
    assert b"sk-nobody-may-read-this" not in written


def test_calls_at_once_never_ask_for_what_waits_in_a_batch(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    slow = Wrapped(coder, lambda batches: Slow(batches))  # type: ignore[arg-type, return-value]
    study.code("r", slow, batch=True)
    run = study.code("r", slow)
    assert there.stats()["requests"] == 0
    assert len(run.gaps) == CALLS
    assert all(gap.waits and f"waits in batch {run.waiting[0].batch}, submitted 20" in gap.reason for gap in run.gaps)
    run = study.code("r", slow, repeat=2)  # what is in no batch is asked
    assert there.stats()["requests"] == CALLS
    assert {gap.repeat for gap in run.gaps} == {1}
    while (run := study.code("r", coder, repeat=2)).waiting:
        time.sleep(0.01)
    assert run.gaps == []
    told = there.stats()
    assert (told["requests"], told["batch_requests"], told["whole_answers_repeated"]) == (CALLS, CALLS, CALLS)
    assert rows(run) == rows(study.code("plain", coder))


# --- What a batch does not do ------------------------------------------------------------------------------------


def test_of_an_expired_batch_only_what_was_not_done_is_asked_again(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    there.set(batch_expires_after=0.5, faulty_attempts=1)
    run = study.until_done("r", coder)
    assert run.gaps == []
    told = there.stats()
    assert (told["batches"], told["batch_requests"], told["whole_answers_repeated"]) == (2, CALLS + CALLS // 2, 0)
    assert [line["late"] for line in lines(run.batches.path) if line["event"] == "done"] == [CALLS // 2, 0]
    assert rows(run) == rows(study.code("plain", coder))


def test_what_a_provider_failed_at_is_asked_again(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    there.set(batch_share_errored=0.4, faulty_attempts=1)
    run = study.until_done("r", coder)
    failed = [len(line["failed"]) for line in lines(run.batches.path) if line["event"] == "done"]
    assert 0 < failed[0] < CALLS
    assert failed[1:] == [0]
    told = there.stats()
    assert (told["batch_requests"], told["whole_answers_repeated"]) == (CALLS + failed[0], 0)
    assert rows(run) == rows(study.code("plain", coder))


def test_what_fails_for_good_is_a_gap_with_the_reason(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    there.set(batch_share_errored=1.0)
    run = study.until_done("r", coder)
    assert there.stats()["batches"] == 3
    assert len(run.gaps) == CALLS
    assert all("the provider failed at it in a batch" in gap.reason for gap in run.gaps)
    study.until_done("r", coder)
    assert there.stats()["batches"] == 3


@pytest.mark.parametrize(("share", "outcome"), [("share_refused", "refused"), ("share_prose", "unreadable")])
def test_a_refusal_is_asked_three_times_and_then_a_gap(
    study: Study, coder: ac.ModelCoder, there: Provider, share: str, outcome: str
) -> None:
    there.set(**{share: 1.0})
    run = study.until_done("r", coder)
    assert there.stats()["batch_requests"] == 3 * CALLS
    assert len(run.gaps) == CALLS
    assert {gap.reason for gap in run.gaps} == {outcome}
    assert len(lines(run.calls.path)) == 3 * CALLS


def test_a_cut_answer_is_asked_for_in_halves(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    at_once = study.code("plain", coder)
    there.set(share_cut=1.0)
    study.code("r", coder, batch=True)
    there.set(share_cut=0.0)
    run = study.until_done("r", coder)
    assert run.gaps == []
    halves = [line for line in lines(run.plan.path) if line["parent"]]
    assert {line["parent"] for line in halves} == {c["key"] for c in lines(run.calls.path) if c["outcome"] == "cut"}
    assert len({line["key"] for line in halves}) == there.stats()["batch_requests"] - CALLS > CALLS
    found = [{(row["transcript"], row["code"], row["quote"]) for row in rows(each)} for each in (run, at_once)]
    assert found[0] == found[1]


def test_a_call_longer_than_the_context_is_asked_for_in_halves(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    study.code("first", coder)
    told = there.stats()
    there.set(context_tokens=told["prompt_tokens"] // CALLS - 1)
    run = study.until_done("r", coder)
    outcomes = [call["outcome"] for call in lines(run.calls.path)]
    assert outcomes.count("cut") > 0
    assert {call["batch"] is None for call in lines(run.calls.path)} == {False}
    assert all(line["failed"] == {} for line in lines(run.batches.path))


# --- Limits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrapped:
    """A coder with other batches: smaller ones, or such that something happens on the way."""

    inner: ac.ModelCoder
    made: Callable[[VendorBatches], VendorBatches]
    sold_as: str = ""

    @property
    def name(self) -> str:
        return self.sold_as or self.inner.name

    @property
    def settings(self) -> Mapping[str, object]:
        return self.inner.settings

    @property
    def base_url(self) -> str:
        return "" if self.sold_as else self.inner.base_url

    def body(self, prompt: ac.Prompt) -> dict[str, object]:
        return self.inner.body(prompt)

    def ask(self, prompt: ac.Prompt) -> ac.Reply:
        return self.inner.ask(prompt)

    def batches(self) -> VendorBatches:
        return self.made(self.inner.batches())


def test_calls_are_split_at_the_limits_of_a_batch(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    there.set(batch_max_requests=3)
    run = study.until_done("requests", Wrapped(coder, lambda batches: replace(batches, max_requests=3)))
    assert (run.gaps, there.stats()["batches"]) == ([], 3)
    there.set(batch_max_requests=0, batch_max_bytes=9000)
    there.reset()
    by_size = study.until_done("bytes", Wrapped(coder, lambda batches: replace(batches, max_bytes=9000)))
    assert by_size.gaps == []
    assert 2 < there.stats()["batches"] < CALLS
    assert there.stats()["batch_requests"] == CALLS
    assert rows(run) == rows(by_size) == rows(study.code("plain", coder))


def test_a_batch_that_is_refused_as_a_whole_is_told_and_nothing_is_lost(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider
) -> None:
    there.set(batch_max_requests=3)
    told = "exceeds the limit of 3" if vendor == "openai" else "at most 3 items"
    if vendor == "openai":  # which looks through a batch only after it has taken it
        study.code("r", coder, batch=True)
    with pytest.raises(ac.ProviderError, match=told):
        study.code("r", coder, batch=True)
    there.set(batch_max_requests=0)
    run = study.until_done("r", coder)
    assert run.gaps == []
    assert there.stats()["batch_requests"] == CALLS


def test_a_server_without_batches_says_so_in_a_sentence(
    study: Study, vendor: str, codebook: ac.Codebook, there: Provider
) -> None:
    elsewhere = ac.model_coder(f"{vendor}/planted", codebook, base_url=f"{there.url}/not/here")
    with pytest.raises(
        ac.ProviderError, match=r"/not/here has no batches of this kind; .* without --batch \(HTTP 404\)"
    ):
        study.code("r", elsewhere, batch=True)


def test_the_baseline_takes_no_batches_and_quotes_are_not_asked_for_again_by_batch(
    study: Study, coder: ac.ModelCoder
) -> None:
    with pytest.raises(ac.ConfigError, match="lexical takes no batches"):
        study.code("r", ac.LexicalCoder(study.codebook), batch=True)
    with pytest.raises(ac.ConfigError, match="give --requote without --batch"):
        study.code("r", coder, batch=True, requote=True)
    assert not (study.folder / "r").exists()


def test_a_busy_provider_is_asked_again_about_a_batch(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        there.set(batch_share_503=0.0)

    there.set(batch_share_503=1.0, retry_after_seconds=7)
    study.code("r", coder, batch=True, sleep=sleep)
    there.set(batch_share_503=1.0)
    run = study.until_done("r", coder, sleep=sleep)
    assert (run.gaps, slept) == ([], [7.0, 7.0])
    assert there.stats()["batch_requests"] == CALLS


# --- Something happens on the way --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slow:
    """Batches that never seem to end."""

    inner: VendorBatches

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def state(self, id: str) -> Any:
        return replace(self.inner.state(id), status="waiting")


def cancel(there: Provider, vendor: str, batch: str, key: str = "none") -> None:
    """End a batch before its time, with what is done of it."""
    if vendor == "openai":
        from openai import OpenAI

        with OpenAI(api_key=key, base_url=there.openai) as client:
            client.batches.cancel(batch)
    else:
        from anthropic import Anthropic

        with Anthropic(api_key=key, base_url=there.anthropic) as client_:
            client_.messages.batches.cancel(batch)


def erase(there: Provider, vendor: str, id: str) -> None:
    """Delete something at the provider, as its owner can there."""
    if vendor == "openai":
        from openai import OpenAI

        with OpenAI(api_key="none", base_url=there.openai) as client:
            client.files.delete(id)
    else:
        from anthropic import Anthropic

        with Anthropic(api_key="none", base_url=there.anthropic) as client_:
            client_.messages.batches.delete(id)


class PowerCut(BaseException):
    """The process is gone at that point."""


@dataclass(frozen=True)
class Cut:
    """Batches whose answer to a submission nobody hears."""

    inner: VendorBatches
    before: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def submit(self, *given: Any) -> Any:
        if not self.before:
            self.inner.submit(*given)
        raise PowerCut


@dataclass(frozen=True)
class CutUpload:
    """Batches whose answer to an upload nobody hears."""

    inner: VendorBatches

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def upload(self, *given: Any) -> Any:
        self.inner.upload(*given)
        raise PowerCut


def cut_off(coder: ac.ModelCoder, *, before: bool = False) -> Wrapped:
    return Wrapped(coder, lambda batches: Cut(batches, before))  # type: ignore[arg-type, return-value]


def test_a_batch_whose_id_was_never_written_down_is_found_again(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    with pytest.raises(PowerCut):
        study.code("r", cut_off(coder), batch=True)
    assert "submitted" not in events(study.folder / "r" / "batches.jsonl")
    run = study.until_done("r", coder)
    assert run.gaps == []
    assert (there.stats()["batches"], there.stats()["batch_requests"]) == (1, CALLS)
    assert rows(run) == rows(study.code("plain", coder))


def test_a_batch_that_never_arrived_is_handed_in_once_more(study: Study, coder: ac.ModelCoder, there: Provider) -> None:
    with pytest.raises(PowerCut):
        study.code("r", cut_off(coder, before=True), batch=True)
    run = study.until_done("r", coder)
    story = [event for event in events(run.batches.path) if event != "uploaded"]
    assert story == ["submitting", "never arrived", "deleted", "submitting", "submitted", "done", "deleted"]
    assert (run.gaps, there.stats()["batches"]) == ([], 1)


@pytest.mark.parametrize("vendor", ["anthropic"], indirect=True)
def test_while_nobody_can_tell_whose_a_batch_is_its_calls_are_not_asked_again(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    study.until_done("other", coder)  # as many requests, at the same time, and not ours
    ours = replace(coder, settings={**coder.settings, "max_tokens": next(LIMITS)})
    there.set(batch_seconds=3600.0)
    with pytest.raises(PowerCut):
        study.code("r", cut_off(ours), batch=True)
    run = study.code("r", ours, batch=True)
    assert [waiting.calls for waiting in run.waiting] == [CALLS]
    assert f"batch {run.waiting[0].batch} may hold them" in " ".join(run.notes)
    assert study.code("r", ours).gaps == run.gaps
    assert (there.stats()["batches"], there.stats()["requests"]) == (2, 0)
    there.set(batch_seconds=0.0)
    cancel(there, "anthropic", run.waiting[0].batch)
    run = study.until_done("r", ours)
    assert events(run.batches.path) == ["submitting", "submitted", "done", "deleted"] * 2
    assert (run.gaps, there.stats()["batches"]) == ([], 3)


def test_a_transcript_that_is_gone_when_its_batch_comes_back_stops_nothing(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    there.set(batch_share_errored=0.5)
    study.code("r", coder, batch=True)
    there.set(batch_share_errored=0.0)
    fewer = replace(study, transcripts=study.transcripts[1:])
    run = fewer.until_done("r", coder)
    assert run.gaps == []
    assert {row["transcript"] for row in rows(run)} == {transcript.id for transcript in fewer.transcripts}


def test_ctrl_c_between_two_batches_hands_in_only_the_rest_later(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    small = Wrapped(coder, lambda batches: replace(batches, max_requests=3))

    def stop_after_one(now: ac.Progress) -> None:
        if now.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study.code("r", small, batch=True, progress=stop_after_one)
    assert there.stats()["batches"] == 1
    run = study.until_done("r", small)
    assert run.gaps == []
    assert there.stats()["batch_requests"] == CALLS


def test_results_that_are_recorded_already_are_not_recorded_twice(
    study: Study, coder: ac.ModelCoder, there: Provider
) -> None:
    there.set(delete_status=403)
    run = study.until_done("r", coder)
    calls, table = run.calls.path.read_bytes(), run.table.read_bytes()
    story = run.batches.path.read_bytes().splitlines(keepends=True)
    run.batches.path.write_bytes(b"".join(story[:-1]))  # killed before it was done with, and
    kept = calls.splitlines(keepends=True)
    run.calls.path.write_bytes(b"".join(kept[:5]))  # in the middle of writing
    again = study.until_done("r", coder)
    assert again.calls.path.read_bytes() == calls
    assert again.table.read_bytes() == table
    assert there.stats()["batches"] == 1


# --- What stays behind ---------------------------------------------------------------------------------------------


@pytest.fixture
def lying(there: Provider) -> Callable[[], list[str]]:
    """The ids of what this test has left at the provider: files, and batches with requests and results in them."""
    before = set(there.stats()["lying"])
    return lambda: [id for id in there.stats()["lying"] if id not in before]


Lying = Callable[[], list[str]]


@dataclass(frozen=True)
class Watched:
    """Batches of which every deletion is told to somebody, before or after it is done."""

    inner: VendorBatches
    tell: Callable[[str], None]
    after: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def deleted(self, id: str) -> Any:
        if not self.after:
            self.tell(id)
        became = self.inner.deleted(id)
        if self.after:
            self.tell(id)
        return became


def watched(coder: ac.ModelCoder, tell: Callable[[str], None], *, after: bool = False) -> Wrapped:
    return Wrapped(coder, lambda batches: Watched(batches, tell, after))  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"batch_share_errored": 0.4, "faulty_attempts": 1},
        {"batch_expires_after": 0.5, "faulty_attempts": 1},
        {"batch_share_errored": 1.0},
        {"batch_share_503": 0.3, "retry_after_seconds": 0, "seed": 5},
    ],
    ids=["whole", "some failed", "expired", "all failed", "busy"],
)
def test_nothing_of_a_batch_lies_at_the_provider_in_the_end(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider, lying: Lying, faults: dict[str, Any]
) -> None:
    study.code("r", coder, batch=True)
    assert len(lying()) >= 1
    there.set(**faults)
    wait: Any = lambda _seconds: None  # noqa: E731
    run = study.until_done("r", coder, sleep=wait)
    for _ in range(20):  # where the provider was too busy to delete, the same command tries again
        if not lying():
            break
        run = study.code("r", coder, sleep=wait)
    assert lying() == []
    stories = run.batches.stories()
    assert all(story.undeleted == story.lies_there == () for story in stories)
    kinds = 2 if vendor == "openai" else 1  # the requests and at least one file of results, or the batch itself
    assert all(len(story.became) >= kinds for story in stories)


def test_nothing_is_deleted_before_every_answer_is_in_the_journal(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = study.folder / "r" / "calls.jsonl"
    synced: list[int] = []
    real = os.fsync

    def fsync(number: int) -> None:
        real(number)
        synced.append(os.fstat(number).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    held: list[int] = []

    def look(_id: str) -> None:
        assert journal.stat().st_ino in synced
        held.append(len(lines(journal)))

    run = study.until_done("r", watched(coder, look))
    assert set(held) == {CALLS}
    assert (run.gaps, lying()) == ([], [])


@pytest.mark.parametrize("after", [False, True], ids=["before a deletion", "after it"])
def test_a_deletion_that_a_crash_cut_off_is_done_by_the_next_command(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying, after: bool
) -> None:
    def die(_id: str) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        study.until_done("r", watched(coder, die, after=after))
    run = study.code("r", coder)
    assert (run.gaps, run.notes, lying()) == ([], [], [])
    assert there.stats()["requests"] == 0  # no answer was lost
    fates = {what for story in run.batches.stories() for what, _ in story.became.values()}
    assert ("gone" in fates) == after


@pytest.mark.parametrize("status", [403, 409, 500])
def test_a_deletion_that_fails_is_told_in_a_sentence_and_tried_again(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider, lying: Lying, status: int
) -> None:
    there.set(delete_status=status)
    wait: Any = lambda _seconds: None  # noqa: E731
    run = study.until_done("r", coder, sleep=wait)
    assert run.gaps == []
    assert len(run.notes) == 1
    where = getattr(there, vendor)
    assert run.notes[0].startswith(f"{run.batches.path}: what {where} keeps of batches that are done with is not")
    assert f"(HTTP {status})" in run.notes[0]
    assert run.notes[0].endswith("; the next command tries again, or delete it there by hand")
    assert lying()
    assert all(id in run.notes[0] for id in lying())
    assert study.code("r", coder, sleep=wait).notes == run.notes
    there.set(delete_status=0)
    assert (study.code("r", coder).notes, lying()) == ([], [])
    there.set(delete_status=status)
    assert study.code("r", coder).notes == []  # nobody asks again


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_that_deletes_nothing_is_told_of_once(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying, status: int
) -> None:
    there.set(delete_status=status)
    run = study.until_done("r", coder)
    assert len(run.notes) == 1
    assert "deletes nothing, so what batches left there stays: " in run.notes[0]
    assert study.code("r", coder).notes == []
    assert sorted(id for story in run.batches.stories() for id in story.lies_there) == sorted(lying()) != []


def test_what_is_gone_already_is_no_failure(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    there.set(delete_status=403)
    study.until_done("r", coder)
    there.set(delete_status=0)
    for id in lying():
        erase(there, vendor, id)  # by hand
    there.set(delete_status=404)
    run = study.code("r", coder)
    assert run.notes == []
    assert {what for story in run.batches.stories() for what, _ in story.became.values()} == {"gone"}


@pytest.mark.parametrize("vendor", ["openai"], indirect=True)
def test_an_upload_that_no_batch_was_made_of_is_deleted_at_once(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    study.code("plain", coder)
    there.set(quota_after=1)  # the upload is taken, and the batch is not
    with pytest.raises(ac.ProviderError, match="no credit left"):
        study.code("r", coder, batch=True)
    assert lying() == []
    assert events(study.folder / "r" / "batches.jsonl") == ["submitting", "uploaded", "never arrived", "deleted"]


@pytest.mark.parametrize("vendor", ["openai"], indirect=True)
def test_the_requests_of_a_batch_that_was_refused_as_a_whole_are_deleted(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    there.set(batch_max_requests=3)
    study.code("r", coder, batch=True)
    assert len(lying()) == 1
    with pytest.raises(ac.ProviderError, match="refused as a whole"):
        study.code("r", coder, batch=True)
    assert lying() == []


@pytest.mark.parametrize("vendor", ["openai"], indirect=True)
def test_an_upload_whose_id_was_never_written_down_is_found_by_its_name(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    with pytest.raises(PowerCut):
        study.code("r", Wrapped(coder, lambda batches: CutUpload(batches)), batch=True)  # type: ignore[arg-type, return-value]
    assert events(study.folder / "r" / "batches.jsonl") == ["submitting"]
    assert len(lying()) == 1
    run = study.until_done("r", coder)
    assert (run.gaps, run.notes, lying()) == ([], [], [])


def test_what_a_run_of_an_older_version_left_is_deleted_by_the_next_command(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    there.set(delete_status=403)
    run = study.until_done("r", coder)
    there.set(delete_status=0)
    story = [line for line in lines(run.batches.path) if line["event"] in ("submitting", "submitted", "done")]
    for line in story:
        del line["there"], line["became"]  # which it did not write
    run.batches.path.write_text("".join(json.dumps(line) + "\n" for line in story))
    assert lying()
    assert (study.code("r", coder).notes, lying()) == ([], [])


def test_results_that_nobody_could_read_are_left_with_the_provider(
    study: Study, coder: ac.ModelCoder, there: Provider, lying: Lying
) -> None:
    study.code("r", coder, batch=True)
    plan = study.folder / "r" / "plan.jsonl"
    plan.write_bytes(b"".join(plan.read_bytes().splitlines(keepends=True)[1:]))  # somebody's mishap
    told: list[str] = []
    while (run := study.code("r", coder, batch=True)).waiting:
        told += run.notes
        time.sleep(0.01)
    assert sum("1 results are of no call of this run, and left with the provider" in note for note in told) == 1
    assert len(lying()) >= 1
    assert there.stats()["batches"] == 2  # what the lost line was about is asked again; that batch is deleted
    assert set(lying()) == {id for story in run.batches.stories() for id in story.lies_there}


@pytest.mark.parametrize("vendor", ["openai"], indirect=True)
def test_where_a_server_has_files_and_no_batches_the_next_command_is_not_stuck(
    study: Study, coder: ac.ModelCoder, codebook: ac.Codebook, there: Provider
) -> None:
    elsewhere = ac.model_coder("openai/planted", codebook, base_url=f"{there.url}/not/here")
    with pytest.raises(ac.ProviderError, match="give the same command without --batch"):
        study.code("r", elsewhere, batch=True)
    run = study.code("r", replace(coder, settings=elsewhere.settings))  # type: ignore[arg-type]
    assert run.gaps == []


# --- What vendors say that our provider does not -----------------------------------------------------------------

# As the vendors document the lines of their results.
LINES = [
    ("openai", {"response": None, "error": {"code": "batch_expired", "message": "late"}}, "late"),
    ("openai", {"response": None, "error": {"code": "batch_cancelled", "message": "stopped"}}, "late"),
    ("openai", {"response": {"status_code": 500, "body": {"error": {"message": "Oh."}}}, "error": None}, "failed"),
    ("openai", {"response": None, "error": {"code": "server_error", "message": "Oh."}}, "failed"),
    (
        "openai",
        {"response": {"status_code": 400, "body": {"error": {"code": "context_length_exceeded", "message": "Long."}}}},
        "cut",
    ),
    ("anthropic", {"result": {"type": "expired"}}, "late"),
    ("anthropic", {"result": {"type": "canceled"}}, "late"),
    (
        "anthropic",
        {"result": {"type": "errored", "error": {"type": "error", "error": {"type": "api_error", "message": "Oh."}}}},
        "failed",
    ),
    (
        "anthropic",
        {
            "result": {
                "type": "errored",
                "error": {
                    "type": "error",
                    "error": {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens > 8 maximum"},
                },
            }
        },
        "cut",
    ),
]


@pytest.mark.parametrize(("vendor", "line", "what"), LINES, indirect=["vendor"])
def test_a_line_of_results_is_taken_for_what_it_says(coder: ac.ModelCoder, line: dict[str, Any], what: str) -> None:
    result = coder.batches().result({"custom_id": "k"} | line)
    assert result.key == "k"
    if what == "cut":
        assert result.reply is not None
        assert result.reply.outcome == "cut"
        return
    assert (result.reply, result.late) == (None, what == "late")
    if what == "failed":
        said = ac.Prompt(prefix="", context="", passage="Oh.")
        assert result.reason(said).endswith(": Oh")


def test_a_reason_leaves_out_the_words_of_the_interview(there: Provider, codebook: ac.Codebook) -> None:
    coder = ac.model_coder("openai/planted", codebook, base_url=there.openai)
    assert isinstance(coder, ac.ModelCoder)
    body = {"error": {"message": f"cannot read: {MANAGER}"}}
    result = coder.batches().result({"custom_id": "k", "response": {"status_code": 400, "body": body}})
    told = [result.reason(prompt) for prompt in (ac.Prompt(prefix="", context="", passage=f"P1: {MANAGER}"), None)]
    assert told == ["the provider failed at it in a batch (HTTP 400)"] * 2


@contextmanager
def answering(body: Mapping[str, object]) -> Iterator[str]:
    """A server that gives this to every request; its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status": "completed", "request_counts": {"total": 2, "completed": 2, "failed": 0}}, "waiting"),
        ({"status": "completed", "output_file_id": "f"}, "ended"),
        ({"status": "completed", "error_file_id": "f"}, "ended"),  # all of it failed
        ({"status": "finalizing", "output_file_id": "f"}, "waiting"),
        ({"status": "cancelling"}, "waiting"),
        ({"status": "cancelled", "output_file_id": "f"}, "ended"),
        ({"status": "expired"}, "ended"),
        ({"status": "failed"}, "failed"),
        ({"status": "failed", "output_file_id": "f"}, "ended"),  # in the middle: what is done is paid
    ],
)
def test_a_batch_has_ended_when_all_its_results_are_there(
    codebook: ac.Codebook, told: dict[str, object], status: str
) -> None:
    batch = {"id": "b", "object": "batch", "created_at": 1_800_000_000, "input_file_id": "in", "endpoint": "/v1"}
    with answering(batch | {"completion_window": "24h"} | told) as url:
        coder = ac.model_coder("openai/planted", codebook, base_url=url)
        assert isinstance(coder, ac.ModelCoder)
        assert coder.batches().state("b").status == status


def test_a_deletion_counts_when_the_provider_says_that_it_is_done(codebook: ac.Codebook) -> None:
    for done in (True, False):
        with answering({"id": "f", "object": "file", "deleted": done}) as url:
            coder = ac.model_coder("openai/planted", codebook, base_url=url)
            assert isinstance(coder, ac.ModelCoder)
            if done:
                assert coder.batches().deleted("f") == "deleted"
            else:
                with pytest.raises(ac.ProviderError, match="says that f is not deleted"):
                    coder.batches().deleted("f")


def test_nobody_is_followed_to_another_address_for_results(codebook: ac.Codebook, tmp_path: Path) -> None:
    time_ = "2026-11-20T10:00:00Z"
    counts = {"processing": 0, "succeeded": 1, "errored": 0, "canceled": 0, "expired": 0}
    batch = {"id": "b", "type": "message_batch", "processing_status": "ended", "request_counts": counts}
    batch |= {"created_at": time_, "ended_at": time_, "expires_at": time_}
    with answering(batch | {"results_url": "http://127.0.0.1:9/results"}) as url:
        coder = ac.model_coder("anthropic/planted", codebook, base_url=url)
        assert isinstance(coder, ac.ModelCoder)
        batches = coder.batches()
        with (
            (tmp_path / "fetched").open("w+b") as file,
            pytest.raises(ac.ProviderError, match=r"127\.0\.0\.1:9, which is another address"),
        ):
            batches.fetch(batches.state("b"), file)


# --- Money -------------------------------------------------------------------------------------------------------

# US dollars for a million tokens sent and received: at once, and as a batch (platform.openai.com/docs/pricing and
# claude.com/pricing, as tests/test_prices.py has them).
PUBLISHED = {"openai/gpt-5-mini": ((0.25, 2.00), (0.125, 1.00)), "anthropic/claude-haiku-4-5": ((1, 5), (0.5, 2.5))}


def sold(vendor: str) -> str:
    return next(name for name in PUBLISHED if name.startswith(vendor))


def test_what_a_batch_costs_is_told_beside_the_full_price(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider
) -> None:
    there.set(cache_min_tokens=10**9)
    bought = Wrapped(coder, lambda batches: batches, sold_as=sold(vendor))
    seen: list[float | None] = []
    run = study.until_done("r", bought, progress=lambda now: seen.append(now.usd))
    summary = ac.summarise(run, study.transcripts)
    sent, received = summary.usage.input / 1e6, summary.usage.output / 1e6
    full, half = ((a * sent + b * received) for a, b in PUBLISHED[sold(vendor)])
    assert summary.calls_by_batch == CALLS
    assert summary.usd_by_batch == pytest.approx(half)
    assert summary.usd_at_full_price == pytest.approx(full)
    assert seen[-1] == pytest.approx(half)
    both = study.code("r", bought, repeat=2, progress=lambda now: seen.append(now.usd))
    assert seen[-1] == pytest.approx(half + full)
    assert ac.summarise(both, study.transcripts).usd_by_batch == pytest.approx(half)


@pytest.mark.parametrize("vendor", ["anthropic"], indirect=True)
def test_what_went_into_the_cache_is_counted_apart_and_paid_dearer(
    study: Study, coder: ac.ModelCoder, there: Provider, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the bodies that came back, and the prices as printed: 1.00 sent, 1.25 into the cache, 0.10 from it."""
    there.set(cache_min_tokens=0)
    bought = Wrapped(coder, lambda batches: batches, sold_as="anthropic/claude-haiku-4-5")
    run = study.code("r", bought, concurrency=1)
    used = [call["raw"]["usage"] for call in lines(run.calls.path)]
    summary = ac.summarise(run, study.transcripts)
    fresh, into, out_of, received = (
        sum(body[name] for body in used)
        for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
    )
    assert min(fresh, into, out_of) > 0
    assert summary.usage == ac.Usage(input=fresh + into + out_of, output=received, cached=out_of, written=into)
    assert summary.usd == pytest.approx((fresh * 1.00 + into * 1.25 + out_of * 0.10 + received * 5.00) / 1e6)
    monkeypatch.setenv("COLUMNS", "100")
    told = " ".join(cli("runs", study.folder / "r")[1].split())
    assert f"tokens sent {fresh + into + out_of:,} ({out_of:,} from a cache, {into:,} into it)" in told


def test_only_as_many_calls_are_handed_in_as_the_limit_of_cost_allows(
    study: Study, vendor: str, coder: ac.ModelCoder, there: Provider
) -> None:
    limited = replace(coder, settings={**coder.settings, "max_tokens": 1000})
    bought = Wrapped(limited, lambda batches: batches, sold_as=sold(vendor))
    _, (_, half) = PUBLISHED[sold(vendor)]
    run = study.code("r", bought, batch=True, max_usd=5.5 * 1000 * half / 1e6)
    handed_in = run.waiting[0].calls
    assert 0 < handed_in <= 5
    asked = [gap for gap in run.gaps if gap.waits]
    left = [gap for gap in run.gaps if not gap.waits]
    assert (len(asked), len(left)) == (handed_in, CALLS - handed_in)
    assert all("not asked: 0.0000 of at most " in gap.reason for gap in left)
    slow = replace(bought, made=lambda batches: Slow(batches))
    run = study.code("r", slow, max_usd=5.5 * 1000 * half / 1e6)  # not at once, either, while it may be spent in full
    assert there.stats()["requests"] == 0
    assert any(" and what is handed in can cost up to " in gap.reason for gap in run.gaps)
    run = study.until_done("r", bought, max_usd=1e-6)
    assert len(run.gaps) == CALLS - handed_in
    assert there.stats()["batches"] == 1


def test_equal_passages_are_one_request(study: Study, coder: ac.ModelCoder, there: Provider, read: Any) -> None:
    twice = replace(study, transcripts=read(a=f"P1: {SOUP}\nP2: No.\n", b=f"P1: {SOUP}\nP2: No.\n")[:2])
    run = twice.until_done("r", coder)
    assert {row["transcript"] for row in rows(run)} >= {"a", "b"}
    assert there.stats()["batch_requests"] == 1


def test_nobody_there_is_told_at_once(study: Study, vendor: str, codebook: ac.Codebook) -> None:
    nowhere = ac.model_coder(f"{vendor}/planted", codebook, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ac.BusyError, match=r"127\.0\.0\.1:9/v1 cannot be reached .* start the server"):
        study.code("r", nowhere, batch=True)


def test_a_limit_that_cannot_be_kept_is_refused(study: Study, coder: ac.ModelCoder) -> None:
    with pytest.raises(ac.ConfigError, match=r"no price is known for calls in a batch of .*/planted, so --max-cost"):
        study.code("r", coder, batch=True, max_usd=5.0)
