"""The provider that runs are tested against: official clients read its answers, and its faults are what they say."""

from __future__ import annotations

import csv
import graphlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode.asking import read_reply

FAULTS = Path(__file__).resolve().parents[1] / "eval" / "faults"
sys.path.insert(0, str(FAULTS))

import corpus as corpora  # noqa: E402
from provider import Provider, provider  # noqa: E402

MANAGER = "My manager sat down with me and moved two deadlines."
SOUP = "My colleagues brought soup."
TRUTH = {MANAGER: "manager-help", SOUP: ["colleagues", "manager-help"], "I never read it.": "nobody-asks-for-this"}
PASSAGE = f"INT: What helped?\nP1: {MANAGER} I know it cost her. {SOUP}\nP1: I never read it."
EXPECTED = [("manager-help", MANAGER), ("colleagues", SOUP), ("manager-help", SOUP)]


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with provider(TRUTH) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(there: Provider) -> None:
    """Every test begins with a provider without faults that has counted nothing."""
    from provider import Settings

    there.set(**vars(Settings()))
    there.reset()


@pytest.fixture
def openai(there: Provider) -> Iterator[Any]:
    from openai import OpenAI

    with OpenAI(api_key="sk-secret", base_url=there.openai, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def anthropic(there: Provider) -> Iterator[Any]:
    from anthropic import Anthropic

    with Anthropic(api_key="sk-secret", base_url=there.anthropic, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def body(codebook: ac.Codebook) -> Callable[..., dict[str, Any]]:
    """The request that autocode sends for a passage."""

    def made(vendor: str, passage: str = PASSAGE, prefix: str = "Code this.", parts: int = 1, **more: Any) -> Any:
        coder = ac.model_coder(f"{vendor}/planted", codebook, base_url="http://127.0.0.1:9/v1")
        return coder.body(ac.Prompt(prefix=prefix, context="", passage=passage, parts=parts)) | more

    return made


def ask(client: Any, body: dict[str, Any]) -> Any:
    """The answer of whichever client it is."""
    return client.chat.completions.create(**body) if hasattr(client, "chat") else client.messages.create(**body)


def found(answer: Any) -> list[tuple[str, str]]:
    """Code and quote of each proposal in an answer."""
    return [(p.code, p.quote) for p in read_reply(answer.model_dump(mode="json")).proposals]


BOTH = pytest.mark.parametrize("vendor", ["openai", "anthropic"])


@pytest.fixture
def client(request: pytest.FixtureRequest, vendor: str) -> Any:
    return request.getfixturevalue(vendor)


# --- Answers -----------------------------------------------------------------------------------------------------


def test_a_chat_completion_holds_what_is_planted(openai: Any, body: Any) -> None:
    answer = openai.chat.completions.create(**body("openai"))
    assert found(answer) == EXPECTED
    choice = answer.choices[0]
    assert (answer.object, answer.model, choice.finish_reason) == ("chat.completion", "planted", "stop")
    assert (choice.message.role, choice.message.refusal) == ("assistant", None)
    usage = answer.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details.cached_tokens == 0
    assert abs(answer.created - time.time()) < 60


def test_a_tool_call_of_openai_holds_the_same(openai: Any, body: Any) -> None:
    asked = body("openai")
    form = asked.pop("response_format")["json_schema"]
    tool = {"type": "function", "function": {"name": form["name"], "parameters": form["schema"]}}
    for choice, finish in (
        ("required", "tool_calls"),
        ({"type": "function", "function": {"name": "propose_codes"}}, "stop"),
    ):
        answer = openai.chat.completions.create(**asked, tools=[tool], tool_choice=choice)
        call = answer.choices[0].message.tool_calls[0]
        proposals = json.loads(call.function.arguments)["proposals"]
        assert [(p["code"], p["quote"]) for p in proposals] == EXPECTED
        assert (call.function.name, answer.choices[0].finish_reason) == ("propose_codes", finish)


def test_a_message_calls_the_tool_with_what_is_planted(anthropic: Any, body: Any) -> None:
    asked = body("anthropic")
    for system in (asked["system"], "Code this."):
        answer = anthropic.messages.create(**asked | {"system": system})
        assert found(answer) == EXPECTED
        assert (answer.type, answer.role, answer.stop_reason) == ("message", "assistant", "tool_use")
        assert (answer.content[0].type, answer.content[0].name) == ("tool_use", "propose_codes")
        assert answer.usage.output_tokens > 0


def test_without_a_form_the_answer_is_json_in_words(openai: Any, anthropic: Any) -> None:
    message = {"role": "user", "content": f"P1: {MANAGER}"}
    one = openai.chat.completions.create(model="any", messages=[message])
    two = anthropic.messages.create(model="any", max_tokens=500, messages=[message])
    assert found(one) == found(two) == [("manager-help", MANAGER)]
    assert (two.content[0].type, two.stop_reason) == ("text", "end_turn")


def test_a_numbered_passage_is_answered_part_by_part(openai: Any, body: Any) -> None:
    passage = f"[1]\nP1: {SOUP}\n[7]\n\n[2]\nP1: {MANAGER}\n[2]"
    reply = read_reply(openai.chat.completions.create(**body("openai", passage, parts=2)).model_dump(mode="json"))
    assert [(p.part, p.code, p.quote) for p in reply.proposals] == [
        (1, "colleagues", SOUP),
        (1, "manager-help", SOUP),
        (2, "manager-help", MANAGER),
    ]


def test_marks_said_in_the_interview_do_not_end_the_passage(openai: Any, body: Any) -> None:
    passage = f"P1: <passage 0123456789abcdef>\nP1: </passage 0123456789abcdef>\nP1: {MANAGER}"
    assert found(openai.chat.completions.create(**body("openai", passage))) == [("manager-help", MANAGER)]


def test_quotes_asked_for_again_come_back_word_for_word(
    read: Any, codebook: ac.Codebook, there: Provider, tmp_path: Path
) -> None:
    transcripts = read(p01=PASSAGE.replace("\nP1: I never", " I never") + "\nINT: And?\nP1: No.\n")
    coder = ac.model_coder("openai/planted", codebook, base_url=there.openai)

    def after_the_first(progress: ac.Progress) -> None:
        if progress.done:
            there.set(share_misquoted=0.0)

    for requote, matches in ((False, {"exact", "altered"}), (True, {"exact"})):
        there.reset()
        there.set(share_misquoted=1.0)
        run = ac.Run(tmp_path / f"run-{requote}", exclude_speakers=("INT",))
        ac.code(transcripts, codebook, coder=coder, run=run, requote=requote, progress=after_the_first)
        assert {segment.match for segment in run.coding().segments} == matches
        assert there.stats()["requests"] == 1 + requote


# --- Tokens and prefixes -----------------------------------------------------------------------------------------


def test_tokens_are_those_of_the_texts_and_a_prefix_sent_before_is_cached(
    there: Provider, openai: Any, body: Any
) -> None:
    from autocode.tokens import count_tokens

    prefix = "Instructions and a codebook. " * 400
    one, two = body("openai", "P1: One.", prefix), body("openai", f"P1: {MANAGER}", prefix)
    first, second = (openai.chat.completions.create(**b).usage for b in (one, two))
    schema = json.dumps(one["response_format"]["json_schema"]["schema"], separators=(",", ":"), ensure_ascii=False)
    fixed = count_tokens(schema) + count_tokens(prefix)
    assert first.prompt_tokens == fixed + count_tokens(one["messages"][1]["content"])
    assert first.prompt_tokens_details.cached_tokens == 0
    shared = "Code this passage; answer only in the form propose_codes.\n<passage "
    assert second.prompt_tokens_details.cached_tokens == (fixed + count_tokens(shared)) // 128 * 128
    told = there.stats()
    assert told["prefix_tokens"] == fixed + count_tokens(shared)
    assert told["schema_tokens"] == 2 * count_tokens(schema)
    assert told["prompt_tokens"] == first.prompt_tokens + second.prompt_tokens
    assert told["completion_tokens"] == first.completion_tokens + second.completion_tokens
    assert told["prefix_share"] == told["prefix_tokens"] / told["prompt_tokens"]


def test_a_prompt_in_one_message_shares_its_beginning_however_long(there: Provider, openai: Any) -> None:
    from autocode.tokens import count_tokens

    prefix = "All in one message, the codebook too. " * 100
    for passage in ("P1: One.", "P1: Two."):
        openai.chat.completions.create(model="any", messages=[{"role": "user", "content": prefix + passage}])
    assert there.stats()["prefix_tokens"] == count_tokens(prefix + "P1: ")


def test_anthropic_caches_what_stands_before_the_mark(anthropic: Any, body: Any) -> None:
    prefix = "Instructions and a codebook. " * 400
    usages = [anthropic.messages.create(**body("anthropic", f"P1: {n}.", prefix)).usage for n in ("One", "Two")]
    wrote, read = usages
    assert wrote.cache_creation_input_tokens > 2000
    assert wrote.cache_read_input_tokens == 0
    assert (read.cache_creation_input_tokens, read.cache_read_input_tokens) == (0, wrote.cache_creation_input_tokens)
    assert 0 < read.input_tokens < 60
    unmarked = body("anthropic", "P1: Three.", prefix) | {"system": prefix}
    assert anthropic.messages.create(**unmarked).usage.cache_read_input_tokens == 0


# --- Faults ------------------------------------------------------------------------------------------------------

ERRORS = [
    ({"share_429": 1.0}, "RateLimitError", 429, ("rate_limit_exceeded", "rate_limit_error")),
    ({"share_500": 1.0}, "InternalServerError", 500, ("server_error", "api_error")),
    ({"share_503": 1.0}, "InternalServerError", 503, ("server_error", "api_error")),
    ({"share_529": 1.0}, "InternalServerError", 529, ("server_error", "overloaded_error")),
    ({"key": "another"}, "AuthenticationError", 401, ("invalid_api_key", "authentication_error")),
    ({"models": ["gpt-5"]}, "NotFoundError", 404, ("model_not_found", "not_found_error")),
    ({"context_tokens": 50}, "BadRequestError", 400, ("context_length_exceeded", "invalid_request_error")),
]


@BOTH
@pytest.mark.parametrize(("setting", "error", "status", "names"), ERRORS, ids=lambda value: str(value)[:16])
def test_an_error_comes_as_the_clients_own(
    setting: dict[str, Any], error: str, status: int, names: Any, vendor: str, client: Any, body: Any, there: Provider
) -> None:
    import anthropic
    import openai

    there.set(**setting)
    sdk = openai if vendor == "openai" else anthropic
    with pytest.raises(sdk.APIStatusError) as raised:
        ask(client, body(vendor))
    own = {503: "ServiceUnavailableError", 529: "OverloadedError"} if vendor == "anthropic" else {}
    assert type(raised.value).__name__ == own.get(status, error)
    assert raised.value.status_code == status
    told = raised.value.response.json()["error"]
    assert names[vendor == "anthropic"] in (told.get("code"), told["type"])
    assert raised.value.response.headers.get("retry-after") == ("1" if status in (429, 503, 529) else None)
    assert there.stats()["by_status"] == {str(status): 1}


@BOTH
def test_credit_ends_after_so_many_answers(vendor: str, client: Any, body: Any, there: Provider) -> None:
    there.set(quota_after=2)
    for _ in range(2):
        ask(client, body(vendor))
    with pytest.raises(Exception, match=r"quota|billing") as raised:
        ask(client, body(vendor))
    assert raised.value.status_code == (429 if vendor == "openai" else 402)  # type: ignore[attr-defined]
    assert raised.value.response.headers.get("retry-after") is None  # type: ignore[attr-defined]
    if vendor == "anthropic":
        there.set(billing_status=400)
        with pytest.raises(Exception, match="credit balance is too low"):
            ask(client, body(vendor))


@BOTH
@pytest.mark.parametrize("fault", ["dropped", "half_sent"])
def test_a_connection_that_breaks_is_a_connection_error(
    fault: str, vendor: str, client: Any, body: Any, there: Provider
) -> None:
    there.set(**{f"share_{fault}": 1.0})
    with pytest.raises(Exception, match="Connection error") as raised:
        ask(client, body(vendor))
    assert type(raised.value).__name__ == "APIConnectionError"
    told = there.stats()
    assert told["by_status"] == {fault: 1}
    assert (told["answered"], told["in_flight"]) == (0, 0)


@BOTH
def test_silence_runs_into_the_clients_time_out(vendor: str, client: Any, body: Any, there: Provider) -> None:
    there.set(share_silent=1.0)
    with pytest.raises(Exception, match="timed out") as raised:
        ask(client.with_options(timeout=0.15), body(vendor))
    assert type(raised.value).__name__ == "APITimeoutError"
    _until(lambda: there.stats()["abandoned"] == 1)
    assert there.stats()["in_flight"] == 0


def _until(true: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


@BOTH
@pytest.mark.parametrize(
    ("setting", "outcome"),
    [
        ({"share_prose": 1.0}, "unreadable"),
        ({"share_cut": 1.0}, "cut"),
        ({"output_tokens": 12}, "cut"),
        ({"share_refused": 1.0}, "refused"),
    ],
    ids=str,
)
def test_an_answer_that_is_none_ends_as_real_ones_do(
    setting: dict[str, Any], outcome: str, vendor: str, client: Any, body: Any, there: Provider
) -> None:
    there.set(**setting)
    answer = ask(client, body(vendor))
    assert read_reply(answer.model_dump(mode="json")).outcome == outcome
    if vendor == "openai":
        choice = answer.choices[0]
        assert choice.finish_reason == ("length" if outcome == "cut" else "stop")
        assert (choice.message.refusal is not None) == (outcome == "refused")
        if outcome == "cut":
            with pytest.raises(json.JSONDecodeError):
                json.loads(choice.message.content)
    else:
        assert answer.stop_reason == {"cut": "max_tokens", "refused": "refusal"}.get(outcome, "end_turn")
    if "output_tokens" in setting:
        used = answer.usage.completion_tokens if vendor == "openai" else answer.usage.output_tokens
        assert used == 12


def test_the_limit_in_the_request_cuts_too(openai: Any, body: Any) -> None:
    answer = openai.chat.completions.create(**body("openai", max_tokens=5))
    assert (answer.choices[0].finish_reason, answer.usage.completion_tokens) == ("length", 5)


@BOTH
def test_one_code_is_unknown_or_one_word_of_one_quote_wrong(
    vendor: str, client: Any, body: Any, there: Provider
) -> None:
    there.set(share_unknown_code=1.0)
    codes = [code for code, _ in found(ask(client, body(vendor)))]
    assert codes.count("a-code-that-nobody-knows") == 1
    there.set(share_unknown_code=0.0, share_misquoted=1.0)
    quotes = [quote for _, quote in found(ask(client, body(vendor)))]
    wrong = [(said, meant) for said, (_, meant) in zip(quotes, EXPECTED, strict=True) if said != meant]
    assert len(wrong) == 1
    said, meant = (words.split() for words in wrong[0])
    assert sum(a != b for a, b in zip(said, meant, strict=True)) == 1
    assert there.stats()["faults"] == {"misquoted": 1, "unknown_code": 1}


def _statuses(there: Provider, bodies: list[dict[str, Any]]) -> dict[str, int]:
    """The status of each body, asked one after another on one connection."""
    connection = http.client.HTTPConnection(there.url.removeprefix("http://"), timeout=20)
    found = {}
    for body in bodies:
        connection.request("POST", "/v1/chat/completions", json.dumps(body))
        with connection.getresponse() as response:
            found[body["messages"][0]["content"]] = response.status
            response.read()
    connection.close()
    return found


def test_a_fault_belongs_to_a_body_and_not_to_the_order_of_arrival(there: Provider) -> None:
    bodies = [{"model": "m", "messages": [{"role": "user", "content": f"P1: {n}."}]} for n in range(200)]
    there.set(share_429=0.2, share_500=0.1, seed=5)
    once = _statuses(there, bodies)
    there.reset()
    assert _statuses(there, bodies[::-1]) == once
    counts = [list(once.values()).count(status) for status in (200, 429, 500)]
    assert 115 < counts[0] < 165
    assert 22 < counts[1] < 60
    assert 8 < counts[2] < 35
    there.reset()
    there.set(seed=6)
    assert _statuses(there, bodies) != once


def test_only_the_first_attempts_may_fail(there: Provider) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "P1: Yes."}]}
    there.set(share_503=1.0, faulty_attempts=2)
    assert [next(iter(_statuses(there, [body]).values())) for _ in range(4)] == [503, 503, 200, 200]


def test_more_at_once_than_allowed_are_turned_away_and_the_peak_is_told(there: Provider, body: Any) -> None:
    there.set(max_in_flight=4, latency_seconds=0.3)
    bodies = [[body("openai", f"P1: {n}.") | {"messages": [{"role": "user", "content": str(n)}]}] for n in range(12)]
    with ThreadPoolExecutor(12) as threads:
        statuses = [next(iter(s.values())) for s in threads.map(lambda b: _statuses(there, b), bodies)]
    told = there.stats()
    assert told["by_status"] == {"200": 4, "429": 8}
    assert sorted(statuses) == [200] * 4 + [429] * 8
    assert told["peak_in_flight"] == 5
    assert told["connections"] == 12


# --- Counts ------------------------------------------------------------------------------------------------------


def test_what_is_asked_and_what_is_paid_twice_is_counted(there: Provider, openai: Any, body: Any) -> None:
    there.set(share_500=1.0, faulty_attempts=1)
    asked = body("openai")
    with pytest.raises(Exception, match="server had an error"):
        openai.chat.completions.create(**asked)
    for _ in range(2):
        openai.chat.completions.create(**dict(reversed(asked.items())))  # the same in another order
    told = there.stats()
    assert (told["requests"], told["answered"], told["identical_requests"], told["paid_twice"]) == (3, 2, 2, 1)
    assert told["connections"] == 1
    assert told["faults"] == {"500": 1}
    assert len(told["keys"]) == 1
    assert "secret" not in json.dumps(told)
    assert told["first_request"] <= told["last_request"]


def test_an_answer_that_was_no_use_is_paid_twice_and_a_whole_one_repeated_is_told_apart(
    there: Provider, openai: Any, body: Any
) -> None:
    there.set(share_prose=1.0, faulty_attempts=1)
    for whole in (0, 0, 1):
        openai.chat.completions.create(**body("openai"))
        assert there.stats()["whole_answers_repeated"] == whole
    assert there.stats()["paid_twice"] == 2


def test_who_hangs_up_is_counted_and_has_not_been_answered(there: Provider) -> None:
    there.set(latency_seconds=5.0)
    data = json.dumps({"model": "m", "messages": [{"role": "user", "content": "P1: Yes."}]}).encode()
    with socket.create_connection(("127.0.0.1", int(there.url.rpartition(":")[2]))) as line:
        line.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(data), data))
        _until(lambda: there.stats()["in_flight"] == 1)
    _until(lambda: there.stats()["in_flight"] == 0)
    told = there.stats()
    assert (told["abandoned"], told["answered"], told["by_status"]) == (1, 0, {"abandoned": 1})


# --- As a server -------------------------------------------------------------------------------------------------


def _say(there: Provider, *pieces: bytes) -> bytes:
    """What comes back for raw bytes, until the server hangs up or says nothing more."""
    with socket.create_connection(("127.0.0.1", int(there.url.rpartition(":")[2])), timeout=5) as line:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.01)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_bodies_in_chunks_requests_behind_one_another_and_old_clients_are_understood(there: Provider) -> None:
    data = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"P1: {MANAGER}"}]}).encode()
    start = b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%b\r\n%x;ext=1\r\n%b\r\n0\r\n\r\n" % (10, data[:10], len(data) - 10, data[10:])
    for cut in (1, 20, 75, 90, 130):
        whole = start + chunks + b"GET /v1/models HTTP/1.0\r\n\r\n"
        said = _say(there, whole[:cut], whole[cut:])
        assert said.count(b"HTTP/1.1 200 OK") == 2
        assert b"sat down with me" in said
        assert b'"object": "list"' in said
        assert b"Connection: close" in said


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /v1/messages HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v1/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /v1/messages HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET /" + b"x" * 70_000, 431),
        (b"GET /nowhere HTTP/1.1\r\n\r\n", 404),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", 400),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{]", 400),
        (b'POST /settings HTTP/1.1\r\nContent-Length: 11\r\n\r\n{"seeed":1}', 400),
    ],
)
def test_what_cannot_be_answered_is_refused_and_the_server_goes_on(said: bytes, status: int, there: Provider) -> None:
    assert _say(there, said).startswith(b"HTTP/1.1 %d " % status)
    assert there.stats()["in_flight"] == 0


def test_the_command_prints_its_address_first_and_obeys(tmp_path: Path, body: Any) -> None:
    (tmp_path / "truth.json").write_text(json.dumps(TRUTH))
    flags = ["--port", 0, "--truth", tmp_path / "truth.json", "--latency", 0.01, "--share-429", 1, "--retry-after", 7]
    command = [sys.executable, str(FAULTS / "provider.py"), *map(str, flags)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            request = urllib.request.Request(f"{url}/v1/chat/completions", json.dumps(body("openai")).encode())
            with pytest.raises(urllib.error.HTTPError) as raised, urllib.request.urlopen(request):
                pass
            assert (raised.value.code, raised.value.headers["Retry-After"]) == (429, "7")
            raised.value.close()
            change = urllib.request.Request(f"{url}/settings", b'{"share_429": 0, "latency_seconds": 0}')
            with urllib.request.urlopen(change) as answer:
                assert json.load(answer)["retry_after_seconds"] == 7
            with urllib.request.urlopen(request) as answer:
                assert json.load(answer)["object"] == "chat.completion"
            with urllib.request.urlopen(f"{url}/stats") as answer:
                assert json.load(answer)["by_status"] == {"200": 1, "429": 1}
        finally:
            process.send_signal(signal.SIGTERM)


def test_a_provider_lets_go_of_its_thread_and_its_port() -> None:
    before = threading.active_count()
    with (
        provider({}, latency_seconds=30.0) as running,
        socket.create_connection(("127.0.0.1", int(running.url[17:]))) as line,
    ):
        line.sendall(b"GET /v1/models HTTP/1.1\r\n\r\n")
        assert line.recv(12) == b"HTTP/1.1 200"
    assert threading.active_count() == before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(running.url[17:])))


@pytest.mark.parametrize("settings", [{"latency": 1.0}, {"share_429": 1.5}, {"seed": "one"}, {"batch_shuffled": 1}])
def test_a_setting_that_there_is_not_is_refused(settings: dict[str, Any], there: Provider) -> None:
    with pytest.raises(ValueError, match=r"setting|share"):
        there.set(**settings)


# --- OpenAI's batches --------------------------------------------------------------------------------------------


def _openai_batch(client: Any, bodies: dict[str, dict[str, Any]]) -> Any:
    lines = [{"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": b} for id, b in bodies.items()]
    data = "\n".join(json.dumps(line) for line in lines).encode()
    file = client.files.create(file=("requests.jsonl", data), purpose="batch")
    assert (file.bytes, file.filename, file.status) == (len(data), "requests.jsonl", "processed")
    return client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


def _openai_ended(client: Any, batch: Any) -> Any:
    def ended() -> bool:
        return client.batches.retrieve(batch.id).status in ("completed", "failed", "expired", "cancelled")

    _until(ended)
    return client.batches.retrieve(batch.id)


def _rows(client: Any, file: str | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in client.files.content(file).text.splitlines()] if file else []


@pytest.fixture
def bodies(body: Any) -> Callable[[str], dict[str, dict[str, Any]]]:
    """Eight requests for a batch, by custom id."""
    return lambda vendor: {f"c{n}": body(vendor, f"P1: {MANAGER} That was {n}.") for n in range(8)}


def test_a_batch_of_openai_goes_round(openai: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_shuffled=True)
    batch = _openai_batch(openai, bodies("openai"))
    assert (batch.status, batch.output_file_id) == ("validating", None)
    done = _openai_ended(openai, batch)
    assert (done.status, done.error_file_id) == ("completed", None)
    counts = done.request_counts
    assert (counts.total, counts.completed, counts.failed) == (8, 8, 0)
    rows = _rows(openai, done.output_file_id)
    ids = [row["custom_id"] for row in rows]
    assert ids != sorted(ids)
    assert sorted(ids) == sorted(bodies("openai"))
    for row in rows:
        assert (row["error"], row["response"]["status_code"]) == (None, 200)
        assert [p.quote for p in read_reply(row["response"]["body"]).proposals] == [MANAGER]
    assert [one.id for one in openai.batches.list()] == [batch.id, *[b.id for b in openai.batches.list()][1:]]
    assert openai.files.delete(done.output_file_id).deleted
    with pytest.raises(Exception, match="No such"):
        openai.files.content(done.output_file_id)
    told = there.stats()
    assert (told["batches"], told["batch_requests"], told["requests"]) == (1, 8, 0)


def test_a_batch_of_openai_that_expires_keeps_what_is_done(openai: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_expires_after=0.5, faulty_attempts=1)
    done = _openai_ended(openai, _openai_batch(openai, bodies("openai")))
    assert done.status == "expired"
    assert done.expired_at is not None
    assert [row["custom_id"] for row in _rows(openai, done.output_file_id)] == ["c0", "c1", "c2", "c3"]
    late = _rows(openai, done.error_file_id)
    assert [(row["custom_id"], row["response"], row["error"]["code"]) for row in late] == [
        (f"c{n}", None, "batch_expired") for n in range(4, 8)
    ]
    left = {row["custom_id"]: bodies("openai")[row["custom_id"]] for row in late}
    again = _openai_ended(openai, _openai_batch(openai, left))
    assert (again.status, again.request_counts.completed) == ("completed", 4)
    assert there.stats()["paid_twice"] == 0


def test_requests_of_a_batch_of_openai_fail_one_by_one(openai: Any, bodies: Any, body: Any, there: Provider) -> None:
    there.set(batch_share_errored=0.5, models=["planted"])
    done = _openai_ended(openai, _openai_batch(openai, bodies("openai") | {"odd": body("openai", model="other")}))
    rows = {row["custom_id"]: row for row in _rows(openai, done.error_file_id)}
    assert done.status == "completed"
    assert 1 < done.request_counts.failed == len(rows) < 9
    assert rows["odd"]["response"]["body"]["error"]["code"] == "model_not_found"
    assert {row["response"]["status_code"] for id, row in rows.items() if id != "odd"} == {500}


def test_a_batch_of_openai_can_be_cancelled_and_keeps_what_is_done(openai: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_seconds=20.0)
    batch = _openai_batch(openai, bodies("openai"))
    assert openai.batches.retrieve(batch.id).status == "in_progress"
    assert openai.batches.cancel(batch.id).status == "cancelling"
    done = _openai_ended(openai, batch)
    assert (done.status, done.output_file_id, done.request_counts.completed) == ("cancelled", None, 0)


def test_a_batch_of_openai_over_the_limits_is_refused(openai: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_max_requests=7)
    done = _openai_ended(openai, _openai_batch(openai, bodies("openai")))
    assert (done.status, [error.code for error in done.errors.data]) == ("failed", ["too_many_tasks"])
    there.set(batch_max_requests=0, batch_max_bytes=1000)
    with pytest.raises(Exception, match="exceeds the limit of 1000 bytes"):
        _openai_batch(openai, bodies("openai"))


def test_a_busy_provider_answers_503_about_batches_too(openai: Any, there: Provider) -> None:
    there.set(batch_share_503=1.0)
    with pytest.raises(Exception, match="overloaded") as raised:
        openai.batches.list()
    assert raised.value.status_code == 503  # type: ignore[attr-defined]


# --- Anthropic's batches -----------------------------------------------------------------------------------------


def _anthropic_batch(client: Any, bodies: dict[str, dict[str, Any]]) -> Any:
    return client.messages.batches.create(requests=[{"custom_id": id, "params": b} for id, b in bodies.items()])


def _anthropic_ended(client: Any, batch: Any) -> Any:
    _until(lambda: client.messages.batches.retrieve(batch.id).processing_status == "ended")
    return client.messages.batches.retrieve(batch.id)


def test_a_batch_of_anthropic_goes_round(anthropic: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_shuffled=True)
    batch = _anthropic_batch(anthropic, bodies("anthropic"))
    assert (batch.processing_status, batch.results_url) == ("in_progress", None)
    assert batch.request_counts.processing == 8
    done = _anthropic_ended(anthropic, batch)
    assert (done.request_counts.succeeded, done.request_counts.processing) == (8, 0)
    rows = list(anthropic.messages.batches.results(batch.id))
    ids = [row.custom_id for row in rows]
    assert ids != sorted(ids)
    assert sorted(ids) == sorted(bodies("anthropic"))
    for row in rows:
        assert row.result.type == "succeeded"
        assert found(row.result.message) == [("manager-help", MANAGER)]
        assert row.result.message.usage.service_tier == "batch"
    assert anthropic.messages.batches.list(limit=1).data[0].id == batch.id
    assert anthropic.messages.batches.delete(batch.id).type == "message_batch_deleted"


def test_a_batch_of_anthropic_expires_fails_and_is_asked_again(anthropic: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_expires_after=0.5, batch_share_errored=0.4, faulty_attempts=1)
    done = _anthropic_ended(anthropic, _anthropic_batch(anthropic, bodies("anthropic")))
    results = {row.custom_id: row.result for row in anthropic.messages.batches.results(done.id)}
    counts = done.request_counts
    assert counts.expired == 4
    assert counts.errored > 0
    assert counts.errored + counts.succeeded == 4
    assert {result.error.error.type for result in results.values() if result.type == "errored"} == {"api_error"}
    left = {id: asked for id, asked in bodies("anthropic").items() if results[id].type != "succeeded"}
    again = _anthropic_ended(anthropic, _anthropic_batch(anthropic, left))
    assert again.request_counts.succeeded == len(left)
    assert there.stats()["paid_twice"] == 0


def test_a_batch_of_anthropic_is_cancelled_or_refused(anthropic: Any, bodies: Any, there: Provider) -> None:
    there.set(batch_seconds=20.0)
    batch = _anthropic_batch(anthropic, bodies("anthropic"))
    assert anthropic.messages.batches.cancel(batch.id).processing_status == "canceling"
    assert _anthropic_ended(anthropic, batch).request_counts.canceled == 8
    assert {row.result.type for row in anthropic.messages.batches.results(batch.id)} == {"canceled"}
    there.set(batch_max_requests=7)
    with pytest.raises(Exception, match="at most 7 items"):
        _anthropic_batch(anthropic, bodies("anthropic"))
    there.set(batch_max_requests=0, batch_max_bytes=1000)
    with pytest.raises(Exception, match="maximum size") as raised:
        _anthropic_batch(anthropic, bodies("anthropic"))
    assert raised.value.status_code == 413  # type: ignore[attr-defined]


# --- The corpus, and a run on it ---------------------------------------------------------------------------------


def _read(folder: Path) -> tuple[list[ac.Transcript], ac.Codebook]:
    return list(ac.read_transcripts(folder / "interviews")), ac.read_codebook(folder / "codebook.yaml")


def _words(transcripts: list[ac.Transcript]) -> int:
    return sum(len(t.text[turn.span.start : turn.span.end].split()) for t in transcripts for turn in t.turns)


def test_the_corpus_has_exactly_the_words_and_codes_asked_for(tmp_path: Path) -> None:
    corpus = corpora.make()
    transcripts, codebook = _read(corpus.write(tmp_path))
    assert (len(transcripts), _words(transcripts), len(codebook.codes)) == (20, 121_640, 25)
    assert {turn.speaker for t in transcripts for turn in t.turns} == {"INT", "P1"}
    assert len(corpus.truth) == len(corpus.expected) == int(121.640 * 4)
    assert {code for *_, code in corpus.expected} == {code.id for code in codebook.codes}
    lengths = sorted(len(t.text[turn.span.start : turn.span.end].split()) for t in transcripts for turn in t.turns)
    assert lengths[0] < 6
    assert lengths[-1] > 250


def _holds(corpus: corpora.Corpus, transcripts: list[ac.Transcript]) -> None:
    """What is expected stands where it is said to, and nowhere else."""
    texts = {t.id: t for t in transcripts}
    for id, start, end, code in corpus.expected:
        assert corpus.truth[texts[id].text[start:end]] == code
        turns = [turn for turn in texts[id].turns if turn.span.start <= start and end <= turn.span.end]
        assert [turn.speaker for turn in turns] == ["P1"]
    whole = "".join(t.text for t in transcripts)
    assert all(whole.count(sentence) == 1 for sentence in corpus.truth)
    assert len({(id, start) for id, start, *_ in corpus.expected}) == len(corpus.truth)


@settings(max_examples=25)
@given(
    interviews=st.integers(1, 4),
    words=st.integers(4, 3000),
    codes=st.integers(1, 60),
    seed=st.integers(0, 10**6),
    share=st.sampled_from([0.0, 4.0, 30.0]),
    one_turn=st.booleans(),
)
def test_a_corpus_of_any_size_is_exact_and_reads_back(**asked: Any) -> None:
    corpus = corpora.make(
        asked["interviews"],
        asked["words"],
        asked["codes"],
        seed=asked["seed"],
        planted_per_1000=asked["share"],
        one_turn=asked["one_turn"],
    )
    with tempfile.TemporaryDirectory() as folder:
        transcripts, codebook = _read(corpus.write(Path(folder)))
    assert _words(transcripts) == asked["words"]
    assert len(codebook.codes) == asked["codes"]
    _holds(corpus, transcripts)


def test_equal_seeds_make_equal_bytes_and_others_do_not(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        corpora.main([str(tmp_path / name), "--words", "3000", "--interviews", "2", "--seed", str(seed)])
    files = {p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file()}
    assert len(files) == 6
    assert all((tmp_path / "a" / p).read_bytes() == (tmp_path / "b" / p).read_bytes() for p in files)
    assert (tmp_path / "a" / "truth.json").read_bytes() != (tmp_path / "c" / "truth.json").read_bytes()


def test_one_turn_of_sixty_thousand_words_and_four_hundred_codes(tmp_path: Path) -> None:
    corpus = corpora.make(1, 60_000, 400, one_turn=True)
    transcripts, codebook = _read(corpus.write(tmp_path))
    assert (len(transcripts[0].turns), _words(transcripts)) == (1, 60_000)
    assert len({code.id for code in codebook.codes}) == 400
    _holds(corpus, transcripts)
    with pytest.raises(ValueError, match="1 to 512 codes"):
        corpora.make(codes=513)


def test_a_table_of_answers_has_its_share_of_equal_ones(tmp_path: Path) -> None:
    corpus = corpora.answers(2000, 7, distinct=0.6)
    transcripts, _ = _read(corpus.write(tmp_path))
    assert (len(transcripts), len({t.text for t in transcripts})) == (2000, 1200)
    texts = {t.id: t.text for t in transcripts}
    for id, start, end, code in corpus.expected:
        assert corpus.truth[texts[id][start:end]] == code
    held = {id for id, text in texts.items() if any(sentence in corpus.truth for sentence in [text[4:].strip()])}
    assert held <= {id for id, *_ in corpus.expected}
    assert 1000 < len(corpus.expected) < 1600


def _table(run: ac.Run) -> list[tuple[str, int, int, str]]:
    with (run.path / "coding.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["match"] for row in rows} <= {"exact"}
    return sorted((row["transcript"], int(row["start"]), int(row["end"]), row["code"]) for row in rows)


@BOTH
def test_a_run_among_faults_gives_the_planted_rows_and_no_others(vendor: str, tmp_path: Path) -> None:
    corpus = corpora.make(3, 9_000, 25, seed=2)
    transcripts, codebook = _read(corpus.write(tmp_path))
    faults = {f"share_{name}": 0.1 for name in ("429", "500", "503", "dropped", "half_sent", "prose")}
    with provider(corpus.truth, faulty_attempts=1, retry_after_seconds=0.0, seed=1, **faults) as there:
        coder = ac.model_coder(f"{vendor}/planted", codebook, base_url=getattr(there, vendor))
        run = ac.Run(tmp_path / "run", exclude_speakers=("INT",))
        ac.code(transcripts, codebook, coder=coder, run=run, sleep=lambda seconds: None)
        told = there.stats()
    assert _table(run) == list(corpus.expected)
    assert run.gaps == []
    assert len(told["faults"]) > 2
    assert told["identical_requests"] > 0


def test_a_run_over_equal_answers_gives_each_its_own_row(tmp_path: Path) -> None:
    corpus = corpora.answers(120, 5, distinct=0.5)
    transcripts, codebook = _read(corpus.write(tmp_path))
    with provider(corpus.truth) as there:
        run = ac.Run(tmp_path / "run")
        ac.code(transcripts, codebook, coder=ac.model_coder("openai/m", codebook, base_url=there.openai), run=run)
        assert there.stats()["paid_twice"] == 0
    assert _table(run) == list(corpus.expected)


# --- The house ---------------------------------------------------------------------------------------------------


def test_the_files_of_the_provider_import_each_other_in_one_direction() -> None:
    """Imports that are for types alone count, too."""
    wants: dict[str, set[str]] = {}
    for path in (FAULTS / "providing").glob("[a-z]*.py"):
        text = path.read_text(encoding="utf-8")
        together = ", ".join(re.findall(r"from providing import (.+)", text))
        wants[path.stem] = {*re.findall(r"from providing\.(\w+) import", text), *filter(None, together.split(", "))}
    assert len(wants) > 15
    assert list(graphlib.TopologicalSorter(wants).static_order())[-1] == "serving"  # a circle raises CycleError
