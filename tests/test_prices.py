"""What is told before anything is paid: published prices, with cache and batch, and calls that are too long."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Cli, Scripted
from genai_prices import Usage as ListedUsage
from genai_prices import calc_price
from hypothesis import given
from hypothesis import strategies as st

import autocode as ac
from autocode.estimate import Estimate
from autocode.prices import Price, cost_ahead, price, spent
from autocode.windows import answer_room, context_window

Reader = Callable[..., list[ac.Transcript]]
MILLION = 1_000_000

# From the vendors' price pages, US dollars a million tokens. OpenAI: https://developers.openai.com/api/docs/pricing;
# Anthropic: https://platform.claude.com/docs/en/about-claude/pricing (base, 5-minute cache write, cache hit, output;
# and its batch table).
PUBLISHED = [
    # model, sent, cached, written, received, and as a batch: sent, cached, received
    ("openai/gpt-5-mini", 0.25, 0.025, 0.25, 2.00, 0.125, 0.0125, 1.00),
    ("openai/gpt-5.1", 1.25, 0.125, 1.25, 10.00, 0.625, 0.0625, 5.00),
    ("anthropic/claude-haiku-4-5", 1.00, 0.10, 1.25, 5.00, 0.50, 0.05, 2.50),
    ("anthropic/claude-opus-4-5", 5.00, 0.50, 6.25, 25.00, 2.50, 0.25, 12.50),
]
MODELS = [*(row[0] for row in PUBLISHED), "openai/gpt-4.1", "openai/gpt-5.4", "anthropic/claude-sonnet-4-5"]


# --- the price of many calls -------------------------------------------------------------------------------------


def test_the_price_is_the_published_one_times_the_tokens() -> None:
    # OpenAI's price list for gpt-5-mini: 0.25 dollars a million tokens in, 0.025 from the cache, 2.00 out.
    found = price("openai/gpt-5-mini", calls=10, prompt_tokens=40_000, completion_tokens=2_000, prefix_tokens=2_000)
    assert found is not None
    assert found.usd == pytest.approx(0.04 * 0.25 + 0.002 * 2.00)
    saved = 9 * 2_000 / 1e6 * (0.25 - 0.025)
    assert found.usd_cached == pytest.approx(found.usd - saved)
    assert found.source.startswith("genai-prices ")


@pytest.mark.parametrize(
    ("model", "sent", "cached", "written", "received", "b_sent", "b_cached", "b_received"), PUBLISHED
)
def test_a_batch_is_half_the_price_as_published(
    model: str, sent: float, cached: float, written: float, received: float,
    b_sent: float, b_cached: float, b_received: float,
) -> None:  # fmt: skip
    found = price(model, calls=100, prompt_tokens=MILLION, completion_tokens=MILLION // 10, prefix_tokens=5_000)
    assert found is not None
    assert found.usd == pytest.approx(sent + received / 10)
    assert found.usd_batch == pytest.approx(b_sent + b_received / 10)
    assert found.usd_batch == pytest.approx(found.usd / 2)
    # One call writes the 5,000 shared tokens into the cache, 99 read them from it: 0.495 of the million.
    assert found.usd_cached == pytest.approx(0.5 * sent + 0.005 * written + 0.495 * cached + received / 10)
    assert found.usd_batch_cached == pytest.approx(
        0.5 * b_sent + 0.005 * written / 2 + 0.495 * b_cached + b_received / 10
    )


@pytest.mark.parametrize("wrong", [{"batch": "true"}, {"processing": "Batch"}, {"service_tier": "batch"}])
def test_the_list_gives_the_full_price_in_silence_for_a_wrong_word_and_we_do_not(wrong: dict[str, str]) -> None:
    """The trap that this file is about: should the library begin to refuse such words, `prices.py` may be simpler."""
    million = ListedUsage(input_tokens=MILLION)
    fooled = calc_price(million, "gpt-5-mini", provider_id="openai", price_context=wrong)
    assert float(fooled.total_price) == 0.25
    found = price("openai/gpt-5-mini", calls=1, prompt_tokens=MILLION, completion_tokens=0)
    assert found is not None
    assert found.usd_batch == pytest.approx(0.125)


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("openai/gpt-5.3", ""),  # sold, but not in OpenAI's batch table
        ("anthropic/claude-opus-4-1", ""),  # retired from Anthropic's
        ("openai/gpt-5-mini", "https://mine.openai.azure.com/openai/v1"),  # priced as OpenAI's; its batches are not
    ],
)
def test_a_model_without_a_batch_price_has_none_and_not_the_full_one(model: str, base_url: str) -> None:
    found = price(model, calls=5, prompt_tokens=20_000, completion_tokens=500, prefix_tokens=2_000, base_url=base_url)
    assert found is not None
    assert found.usd > 0
    assert (found.usd_batch, found.usd_batch_cached) == (None, None)
    assert found.batch_reason == found.batch_cached_reason == "no batch price known for this model"
    assert spent(model, ac.Usage(input=10, output=10), base_url=base_url, batch=True) is None
    assert cost_ahead(model, 10, 10, base_url=base_url, batch=True) is None


@pytest.mark.parametrize("model", ["openai/gpt-4", "openai/gpt-5-pro"])
def test_a_model_without_a_cache_price_has_none_and_not_the_full_one(model: str) -> None:
    found = price(model, calls=5, prompt_tokens=20_000, completion_tokens=500, prefix_tokens=2_000)
    assert found is not None
    assert found.usd_batch is not None
    assert (found.usd_cached, found.usd_batch_cached) == (None, None)
    assert found.cached_reason == found.batch_cached_reason == "no price known for tokens that the cache serves"


def test_a_batch_has_a_cache_price_only_where_one_is_published() -> None:
    # OpenAI's batch table has no price for cached input of gpt-4.1 (2.00 in, 0.50 cached; as a batch 1.00 in).
    found = price("openai/gpt-4.1", calls=5, prompt_tokens=20_000, completion_tokens=500, prefix_tokens=2_000)
    assert found is not None
    assert found.usd_cached is not None
    assert found.usd_batch_cached is None
    all_cached = ac.Usage(input=MILLION, cached=MILLION)
    assert spent("openai/gpt-4.1", all_cached) == pytest.approx(0.50)
    assert spent("openai/gpt-4.1", all_cached, batch=True) == pytest.approx(1.00)


@pytest.mark.parametrize(
    ("calls", "prefix", "reason"),
    [
        (1, 5_000, "there is only one call"),
        (5, 1_023, "the calls share 1,023 tokens, and a cache keeps no fewer than 1,024"),
    ],
)
def test_why_the_cache_saves_nothing_is_said(calls: int, prefix: int, reason: str) -> None:
    found = price("openai/gpt-5-mini", calls=calls, prompt_tokens=30_000, completion_tokens=1, prefix_tokens=prefix)
    assert found is not None
    assert (found.usd_cached, found.cached_reason) == (None, reason)


def test_a_price_that_rises_with_the_length_of_a_call_is_taken_for_one_call() -> None:
    # Claude Sonnet 4.5 costs more from 200,000 tokens in one call on; these have 100,000 each.
    one = price("anthropic/claude-sonnet-4-5", calls=1, prompt_tokens=100_000, completion_tokens=0)
    ten = price("anthropic/claude-sonnet-4-5", calls=10, prompt_tokens=1_000_000, completion_tokens=0)
    assert one is not None
    assert ten is not None
    assert one.usd == pytest.approx(0.30)
    assert ten.usd == pytest.approx(3.00)
    assert cost_ahead("anthropic/claude-haiku-4-5", 100_000, 0) == pytest.approx(0.125)  # all of it written
    sum_of_ten = ac.Usage(input=1_000_000)
    assert spent("anthropic/claude-sonnet-4-5", sum_of_ten, calls=10) == pytest.approx(3.00)
    assert spent("anthropic/claude-sonnet-4-5", sum_of_ten) == pytest.approx(6.00)


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("openai/nobody-sells-this", ""),
        ("openai/mine", "http://localhost:8080/v1"),
        ("openai/text-embedding-3-small", ""),  # has no price for answers; the list says that they cost nothing
        ("openai/whisper-1", ""),  # sold by the hour; the list says that its tokens cost nothing
        ("scripted", ""),
    ],
)
def test_where_no_price_is_known_there_is_none(model: str, base_url: str) -> None:
    assert price(model, calls=1, prompt_tokens=1, completion_tokens=1, base_url=base_url) is None
    assert spent(model, ac.Usage(input=1, output=1), base_url=base_url) is None
    assert cost_ahead(model, 1, 1, base_url=base_url) is None


# --- the price of one call, before and after ---------------------------------------------------------------------

TOKENS = st.integers(0, 400_000)


@given(st.sampled_from(MODELS), TOKENS, TOKENS, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_what_a_call_cost_is_what_the_list_reckons(
    model: str, sent: int, received: int, share: float, into: float, batch: bool
) -> None:
    cached = 0 if model == "openai/gpt-4.1" and batch else int(sent * share)  # no price for those
    vendor, name = model.split("/")
    written = int((sent - cached) * into) if vendor == "anthropic" else 0  # the list sells OpenAI's of old for nothing
    used = ListedUsage(input_tokens=sent, output_tokens=received, cache_read_tokens=cached, cache_write_tokens=written)
    theirs = calc_price(used, name, provider_id=vendor, price_context={"processing": "batch"} if batch else None)
    ours = spent(model, ac.Usage(input=sent, output=received, cached=cached, written=written), batch=batch)
    assert ours == pytest.approx(float(theirs.total_price))


@given(st.sampled_from(MODELS), TOKENS, TOKENS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_call_never_costs_more_than_was_reckoned_ahead(
    model: str, sent: int, room: int, cached: float, written: float, used: float, batch: bool
) -> None:
    ahead = cost_ahead(model, sent, room, batch=batch)
    usage = ac.Usage(input=sent, output=int(room * used), cached=int(sent * cached), written=int(sent * written))
    paid = spent(model, usage, batch=batch)
    assert ahead is not None
    assert paid is not None
    assert paid <= ahead + 1e-12


def test_tokens_written_into_the_cache_are_paid_at_their_own_price() -> None:
    # genai-prices for claude-haiku-4-5, as Anthropic prints it, US dollars a million tokens: 1.00 sent, 0.10 from the
    # cache, 1.25 into it (five minutes), 5.00 received; as a batch the half of each.
    first = ac.Usage(input=6_000, output=400, written=5_000)
    #   1,000 x 1.00 = 1,000     5,000 x 1.25 = 6,250     400 x 5.00 = 2,000     together 9,250 millionths
    assert spent("anthropic/claude-haiku-4-5", first) == pytest.approx(0.009250)
    second = ac.Usage(input=6_500, output=300, cached=5_000)
    #   1,500 x 1.00 = 1,500     5,000 x 0.10 = 500       300 x 5.00 = 1,500     together 3,500 millionths
    assert spent("anthropic/claude-haiku-4-5", second) == pytest.approx(0.003500)
    both = first.plus(second)
    assert both == ac.Usage(input=12_500, output=700, cached=5_000, written=5_000)
    assert spent("anthropic/claude-haiku-4-5", both, calls=2) == pytest.approx(0.012750)
    assert spent("anthropic/claude-haiku-4-5", both, calls=2, batch=True) == pytest.approx(0.006375)
    # OpenAI's gpt-5-mini has no price of its own for them: 12,500 - 5,000 at 0.25, 5,000 at 0.025, 700 at 2.00.
    assert spent("openai/gpt-5-mini", both, calls=2) == pytest.approx((1_875 + 125 + 1_400) / 1e6)
    assert both.without(first) == second


def test_the_first_call_fills_the_cache_in_the_estimate_and_that_is_told() -> None:
    # 10 calls of 6,000 tokens, the first 5,000 of each the same, for claude-haiku-4-5 (prices as above):
    #   written once 5,000 x 1.25 = 6,250, read nine times 45,000 x 0.10 = 4,500, the rest 10,000 x 1.00 = 10,000
    tokens = {"calls": 10, "prompt_tokens": 60_000, "completion_tokens": 0, "prefix_tokens": 5_000}
    found = price("anthropic/claude-haiku-4-5", **tokens)
    assert found is not None
    assert found.usd_cached == pytest.approx(0.020750)
    assert found.usd_writing == pytest.approx(5_000 * 0.25 / 1e6)
    others = price("openai/gpt-5-mini", **tokens)
    assert others is not None
    assert others.usd_writing is None


def test_more_cached_tokens_than_were_sent_are_no_gift() -> None:
    """Some servers count what they hold, not what was sent."""
    assert spent("openai/gpt-5-mini", ac.Usage(input=1_000, cached=9_000_000)) == pytest.approx(1_000 * 0.025 / 1e6)


def test_a_gateway_is_priced_as_the_vendor_and_that_is_told() -> None:
    tokens = {"calls": 1, "prompt_tokens": 1_000_000, "completion_tokens": 0}
    vendor = price("openai/gpt-5-mini", **tokens)
    gateway = price("openai/gpt-5-mini", base_url="http://gateway.example/v1", **tokens)
    assert vendor is not None
    assert gateway is not None
    assert gateway.usd == vendor.usd
    assert "which http://gateway.example/v1 may not be" in gateway.source
    assert "may not be" not in vendor.source


# --- calls that are too long -------------------------------------------------------------------------------------


def test_windows_and_rooms_are_found() -> None:
    assert context_window("openai/gpt-4") == 8192
    assert context_window("anthropic/claude-haiku-4-5") == 200_000
    assert context_window("openai/gpt-4", "http://localhost:8080/v1") == 8192  # it may be a gateway
    assert context_window("openai/mine", "http://localhost:8080/v1") is None
    assert answer_room({"max_tokens": 16384, "temperature": 0}) == 16384
    assert answer_room({}) == 0


def small_answers(codebook: ac.Codebook) -> ac.Coder:
    coder = ac.model_coder("openai/gpt-4", codebook)  # takes 8,192 tokens
    assert isinstance(coder, ac.ModelCoder)
    return replace(coder, settings={"max_completion_tokens": 1_000})


def test_a_call_that_does_not_fit_is_named_and_the_advice_helps(
    read: Reader, codebook: ac.Codebook, tmp_path: Path
) -> None:
    talk = "".join(f"INT: And then?\nP1: {'We moved the deadline again. ' * 60}\n" for _ in range(40))
    transcripts = read(p01="INT: Why?\nP1: So.\nINT: Why?\nP1: So.\n", p02=talk)
    coder = small_answers(codebook)
    settings = {"exclude_speakers": ["INT"]}
    long = ac.preview(transcripts, codebook, coder=coder, run=ac.Run(tmp_path / "a", max_tokens=20_000, **settings))
    assert long.context_window == 8192
    assert long.too_long is not None
    assert (long.too_long.calls, long.calls) == (1, 2)
    assert (long.too_long.transcript, long.too_long.first_turn, long.too_long.last_turn) == ("p02", 2, 80)
    assert long.too_long.tokens == long.longest_call > 7_192
    assert "1 of 2 calls do not fit openai/gpt-4" in long.warning
    assert "(p02, turns 2 to 80)" in long.warning
    assert long.warning.endswith("set a smaller max_tokens in autocode.yaml (now 20,000), or choose another model")
    short = ac.preview(transcripts, codebook, coder=coder, run=ac.Run(tmp_path / "b", max_tokens=1_400, **settings))
    assert (short.too_long, short.warning) == (None, "")
    assert short.calls > 2


def test_the_room_for_the_answer_counts(transcript: ac.Transcript, codebook: ac.Codebook, tmp_path: Path) -> None:
    coder = small_answers(codebook)
    fits = ac.preview([transcript], codebook, coder=coder, run=ac.Run(tmp_path / "run"))
    assert fits.too_long is None
    exactly = {"max_completion_tokens": 8192 - fits.longest_call}
    for room, calls in ((exactly, None), ({"max_completion_tokens": exactly["max_completion_tokens"] + 1}, 1)):
        found = ac.preview(
            [transcript],
            codebook,
            coder=replace(coder, settings=room),
            run=ac.Run(tmp_path / "run"),  # type: ignore[type-var]
        )
        assert (found.too_long.calls if found.too_long else None) == calls


def test_a_window_that_is_not_known_warns_of_nothing(
    transcript: ac.Transcript, codebook: ac.Codebook, tmp_path: Path
) -> None:
    coder = ac.model_coder("openai/mine", codebook, base_url="http://localhost:8080/v1")
    found = ac.preview([transcript], codebook, coder=coder, run=ac.Run(tmp_path / "run"))
    assert (found.context_window, found.too_long, found.warning, found.price) == (None, None, "", None)


# --- what is told ------------------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path, transcript: ac.Transcript, codebook: ac.Codebook) -> Path:
    """A folder with one interview and a codebook."""
    (tmp_path / "autocode.yaml").write_text("exclude_speakers: [INT]\n")
    ac.write_codebook(codebook, tmp_path / "codebook.yaml")
    return tmp_path


def test_check_warns_of_a_call_that_does_not_fit(cli: Cli, study: Path) -> None:
    code, out, _ = cli("check", study, "--model", "openai/gpt-4", "--strict", "--json")
    found = json.loads(out)
    warnings = [f["message"] for f in found["findings"] if f["level"] == "warning" and f["about"] == "model"]
    assert code == 1
    assert len(warnings) == 1
    assert "the only call does not fit openai/gpt-4, which takes 8,192 tokens: the longest (p01, turns " in warnings[0]
    # The answer alone may have 16,384 tokens, so that no passage is short enough.
    assert "a smaller max_tokens does not help" in warnings[0]
    assert found["cost"]["too_long"]["calls"] == 1
    assert "does not fit openai/gpt-4" in " ".join(cli("check", study, "--model", "openai/gpt-4")[1].split())


def test_a_dry_run_warns_of_a_call_that_does_not_fit(cli: Cli, study: Path) -> None:
    code, _, err = cli("run", study, "--dry-run", "--model", "openai/gpt-4")
    assert code == 0
    assert "warning: the only call does not fit openai/gpt-4" in err


def test_the_plan_keeps_its_names_and_has_the_new_ones_at_the_end(cli: Cli, study: Path) -> None:
    plan = json.loads(cli("run", study, "--dry-run", "--model", "openai/gpt-5-mini", "--json")[1])
    names = ["format", "calls", "prompt_tokens", "completion_tokens", "price", "first_prompt"]
    assert list(plan)[:6] == names
    assert list(plan["price"])[:4] == ["usd", "usd_cached", "model", "source"]
    assert plan["format"] == "autocode-plan/1"
    assert plan["model"] == "openai/gpt-5-mini"
    assert plan["price"]["usd_batch"] == pytest.approx(plan["price"]["usd"] / 2)
    assert (plan["context_window"], plan["answer_room"], plan["too_long"]) == (400_000, 16384, None)
    cost = json.loads(cli("check", study, "--model", "openai/gpt-5-mini", "--json")[1])["cost"]
    assert cost == {name: plan[name] for name in cost}


def test_the_form_of_the_answers_is_paid_for_too(cli: Cli, study: Path) -> None:
    plan = json.loads(cli("run", study, "--dry-run", "--model", "openai/gpt-5-mini", "--json")[1])
    sent = plan["prompt_tokens"] + plan["form_tokens"]
    assert plan["form_tokens"] > 0
    assert plan["longest_call"] == sent  # there is one call
    assert plan["price"]["usd"] == pytest.approx((sent * 0.25 + plan["completion_tokens"] * 2.00) / 1e6)


def test_a_study_without_a_price_is_told_in_tokens(cli: Cli, study: Path) -> None:
    for verb in ("check",), ("run", "--dry-run"):
        _, out, err = cli(*verb, study, "--model", "openai/nobody-sells-this")
        told = " ".join((out + err).split())
        assert "No price is known for this model, so there are only tokens to go by." in told
        assert "openai/nobody-sells-this: 1 call, " in told
        assert "US dollars" not in told


def test_what_stands_answered_is_counted_and_costs_nothing(
    transcript: ac.Transcript, codebook: ac.Codebook, tmp_path: Path
) -> None:
    run, coder = ac.Run(tmp_path / "run"), Scripted({})
    ac.code([transcript], codebook, coder=coder, run=run)
    found = ac.preview([transcript], codebook, coder=coder, run=run)
    assert (found.calls, found.calls_answered, found.prompt_tokens, found.price) == (0, 1, 0, None)
    assert ac.cost_lines(found, 100) == [
        "scripted: nothing is left to ask; every passage has its answer in the run folder."
    ]


def asking(found: Price | None, model: str = "openai/some") -> Estimate:
    return Estimate(
        model=model, baseline=False, calls=140, calls_answered=1, prompt_tokens=482_606, completion_tokens=300_000,
        price=found, form_tokens=70_000, longest_call=3_950, answer_room=16_384, context_window=400_000,
        estimate="Answers are estimated.",
    )  # fmt: skip


def test_the_four_prices_are_told_in_a_table() -> None:
    found = Price(
        usd=1234.5, usd_cached=0.5, usd_batch=0.0123, usd_batch_cached=0.00004, model="openai/some", source="a list"
    )
    assert ac.cost_lines(asking(found), 100) == [
        "openai/some: 140 calls, 482,606 prompt tokens and 70,000 for the form of the answers; about 300,000",
        "tokens of answers. 1 call more stands answered in the run folder.",
        "Every call fits: the longest has 3,950 tokens and its answer room for 16,384; the model takes",
        "400,000.",
        "",
        "US dollars, about           without cache     with cache",
        "answers at once                  1,234.50           0.50",
        "as a batch, within a day            0.012   under 0.0001",
        "",
        "With cache: if the provider's cache serves instructions and codebook from the second call on, which",
        "it mostly does, but does not promise, least of all in a batch.",
        "Prices: openai/some in a list.",
        "Answers are estimated.",
    ]


def test_what_filling_the_cache_costs_is_told_where_it_costs_more_than_sending() -> None:
    filled = Price(usd=1, usd_cached=0.5, usd_writing=0.00125, model="anthropic/some", source="a list")
    told = " ".join(ac.cost_lines(asking(filled), 100))
    assert "Filling it makes the first call 0.0013 dearer, and any other that comes before it is filled" in told


def test_prices_that_are_not_known_are_said_to_be_so() -> None:
    found = Price(
        usd=3.2, model="azure/some", source="a list", cached_reason="one call", batch_reason="no batch price known",
        batch_cached_reason="no batch price known",
    )  # fmt: skip
    told = ac.cost_lines(asking(found), 100)
    assert "answers at once                      3.20              -" in told
    assert "as a batch, within a day                -              -" in told
    assert "With cache: one call." in told
    assert "As a batch: no batch price known." in told
    assert any(line.startswith("Tokens are counted as OpenAI's models count them") for line in told)
