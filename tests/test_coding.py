"""The hall: what is asked, what is recorded, what is resumed, and what becomes of a reply."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import INTERVIEW, Scripted, says

import autocode as ac

Read = Callable[..., list[ac.Transcript]]
GOOD = says(("manager-help", "My manager sat down with me"), ("colleagues", "My colleagues brought soup."))


def rows(run: ac.Run) -> list[dict[str, str]]:
    with (run.path / "coding.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def calls(run: ac.Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run.path / "calls.jsonl").read_text().splitlines()]


@pytest.fixture
def run(tmp_path: Path) -> ac.Run:
    return ac.Run(tmp_path / "runs" / "pilot", exclude_speakers=["INT"])


def test_every_row_says_what_was_said_where_by_whom(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    first, second = rows(run)
    columns = "id,transcript,turn,speaker,start,end,code,quote,match,problem,said,why,coder,at,run,text_sha256,flags"
    assert ",".join(first) == columns
    assert (first["transcript"], first["turn"], first["speaker"], first["code"]) == ("p01", "2", "P1", "manager-help")
    assert transcript.text[int(first["start"]) : int(first["end"])] == first["quote"] == "My manager sat down with me"
    assert (first["match"], first["problem"], first["said"], first["why"]) == ("exact", "", "", "because")
    assert (first["coder"], first["run"], first["text_sha256"]) == ("scripted", "pilot", transcript.sha256)
    assert second["code"] == "colleagues"


def test_the_id_of_a_row_is_the_hash_that_the_contract_says(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    import hashlib

    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    (call,) = calls(run)
    place = ["p01", call["passages"][0]["start"], call["key"], 0, 0]  # type: ignore[index]
    assert rows(run)[0]["id"] == hashlib.sha256(json.dumps(place, separators=(",", ":")).encode()).hexdigest()[:16]
    body = {"passage": transcript.text[call["passages"][0]["start"] : call["passages"][0]["end"]]}  # type: ignore[index]
    assert (
        call["key"] == hashlib.sha256(json.dumps([body, 1], sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    )


@pytest.mark.parametrize(
    ("code", "quote", "problem", "as_code"),
    [
        ("Manager's help", "My manager sat down", "", "manager-help"),
        (" BOSS SUPPORT ", "My manager sat down", "", "manager-help"),
        ("manager-help: she sat down", "My manager sat down", "", "manager-help"),
        ("manger-help", "My manager sat down", "unknown code", "manger-help"),
        ("help", "My manager sat down", "unknown code", "help"),
        ("old", "My manager sat down", "unknown code", "old"),
        ("", "My manager sat down", "unknown code", ""),
        ("colleagues", "nobody said this ever", "quote not found", "colleagues"),
        ("colleagues", "", "quote not found", "colleagues"),
        ("colleagues", "My colleagues all brought soup", "quote altered", "colleagues"),
        ("colleagues", "And the office?", "excluded speaker", "colleagues"),
        ("colleagues", "What helped you to stay?", "outside passage;excluded speaker", "colleagues"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_told_and_the_row_kept(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run, code: str, quote: str, problem: str, as_code: str
) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": says((code, quote))}), run=run)
    (row,) = rows(run)
    assert (row["problem"], row["code"]) == (problem, as_code)
    assert row["said"] == ("" if row["match"] == "exact" else quote)
    counted = run.coding().segments[0].counts
    assert counted == (not problem or problem in ("quote altered", "ambiguous"))


def test_the_same_code_on_the_same_words_is_a_duplicate_and_the_first_stays(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    twice = says(
        ("manager-help", "two deadlines"), ("colleagues", "two deadlines"), ("Manager's help", "two deadlines")
    )
    ac.code([transcript], codebook, coder=Scripted({"soup": twice}), run=run)
    assert sorted((row["code"], row["problem"]) for row in rows(run)) == [
        ("colleagues", ""),
        ("manager-help", ""),
        ("manager-help", "duplicate"),
    ]


def test_a_code_for_some_speakers_only_is_no_coding_elsewhere(read: Read, codebook: ac.Codebook, run: ac.Run) -> None:
    transcripts = read(p01="A: My boss helped.\nB: Mine did not.\nA: Lucky me.\nB: Yes.\n")
    only_b = codebook.model_copy(
        update={"codes": (codebook.codes[0].model_copy(update={"speakers": ("B",)}), *codebook.codes[1:])}
    )
    reply = says(("manager-help", "My boss helped."), ("manager-help", "Mine did not."))
    ac.code(transcripts, only_b, coder=Scripted({"boss": reply}), run=run)
    assert [(row["speaker"], row["problem"]) for row in rows(run)] == [("A", "excluded speaker"), ("B", "")]


def test_answers_that_share_a_call_are_each_searched_alone(read: Read, codebook: ac.Codebook, run: ac.Run) -> None:
    transcripts = read(a1="The soup was good.", a2="The soup was cold.")
    reply = says(
        ("colleagues", "The soup was", 2), ("office-help", "The soup was good.", 2), ("office-help", "The soup", 9)
    )
    ac.code(transcripts, codebook, coder=Scripted({"soup": reply}), run=run)
    found = {(row["transcript"], row["quote"], row["problem"]) for row in rows(run)}
    assert found == {
        ("a2", "The soup was", ""),
        ("a2", "The soup was cold.", "quote altered"),
        ("a1", "", "outside passage"),
    }


def test_a_quote_cut_out_of_a_sentence_that_says_the_opposite_is_flagged(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(
        p01="INT: Well?\nP1: I would not recommend it. I like it.\nINT: Why?\nP1: If it rains we sing.\n"
    )
    quotes = ("recommend it.", "I like it.", "we sing", "I would not recommend it.")
    reply = says(*(("colleagues", quote) for quote in quotes))
    ac.code(transcripts, codebook, coder=Scripted({"recommend": reply}), run=run)
    assert {row["quote"]: row["flags"] for row in rows(run)} == {
        "recommend it.": "cut",
        "I like it.": "",
        "we sing": "cut",
        "I would not recommend it.": "",
    }


# --- resuming ---------------------------------------------------------------------------------------------------


def test_the_same_call_again_asks_nothing_and_writes_the_same_bytes(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    first = Scripted({"soup": GOOD})
    ac.code([transcript], codebook, coder=first, run=run)
    before = {path.name: path.read_bytes() for path in run.path.iterdir()}
    again = Scripted({"soup": GOOD})
    ac.code([transcript], codebook, coder=again, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert (len(first.asked), len(again.asked)) == (1, 0)
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == before


def test_a_transcript_that_joins_is_asked_and_one_that_changed_is_asked_again(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    ac.code(read(p01=INTERVIEW), codebook, coder=Scripted({"soup": GOOD}), run=run)
    joined = Scripted({"soup": GOOD, "tea": says(("colleagues", "tea"))})
    ac.code(read(p02=INTERVIEW.replace("soup", "tea")), codebook, coder=joined, run=run)
    assert len(joined.asked) == 1
    changed = Scripted({"cake": says(("colleagues", "cake"))})
    run = ac.code(read(p01=INTERVIEW.replace("soup", "cake")), codebook, coder=changed, run=run)
    assert len(changed.asked) == 1
    assert sorted({(row["transcript"], row["quote"]) for row in rows(run)}) == [("p01", "cake"), ("p02", "tea")]
    assert any("the texts have changed" in note and "p01" in note for note in run.notes)
    assert len(calls(run)) == 3


def test_a_torn_last_line_is_left_out_and_only_its_call_is_made_again(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "tea"))
    ac.code(transcripts, codebook, coder=Scripted({"soup": GOOD}), run=run, concurrency=1)
    whole = (run.path / "calls.jsonl").read_text()
    table = (run.path / "coding.csv").read_bytes()
    (run.path / "calls.jsonl").write_text(whole[: len(whole) - 40])
    again = Scripted({"soup": GOOD})
    run = ac.code(transcripts, codebook, coder=again, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert len(again.asked) == 1
    assert (run.path / "coding.csv").read_bytes() == table
    assert any("torn" in note for note in run.notes)


def test_a_second_process_is_refused_with_who_holds_the_run(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    with (
        run.held(),
        pytest.raises(ac.RunError, match=r"another process is working on this run \(process \d+ of .+ since"),
    ):
        ac.code([transcript], codebook, coder=Scripted({}), run=ac.Run(run.path, exclude_speakers=["INT"]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book, coder: (book.model_copy(update={"version": 3}), coder), "codebook support v2"),
        (
            lambda book, coder: (
                book.model_copy(
                    update={
                        "codes": (
                            *book.codes[:3],
                            book.codes[3].model_copy(update={"definition": "Other."}),
                            book.codes[4],
                        )
                    }
                ),
                coder,
            ),
            "codebook support v2",
        ),
        (lambda book, coder: (book, Scripted({}, name="other")), "model scripted, now other"),
        (lambda book, coder: (book, Scripted({}, settings={"temperature": 1})), "parameters {}, now"),
    ],
)
def test_another_codebook_or_model_is_another_run(
    transcript: ac.Transcript,
    codebook: ac.Codebook,
    run: ac.Run,
    change: Callable[..., tuple[ac.Codebook, Scripted]],
    told: str,
) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    before = {path.name: path.read_bytes() for path in run.path.iterdir()}
    book, coder = change(codebook, Scripted({}))
    with pytest.raises(ac.RunError, match="made with another setting") as error:
        ac.code([transcript], book, coder=coder, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert told in str(error.value)
    assert "--out" in str(error.value)
    assert {path.name: path.read_bytes() for path in run.path.iterdir()} == before


def test_a_note_or_a_colour_in_the_codebook_is_the_same_run(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    noted = codebook.model_copy(
        update={
            "codes": (codebook.codes[0].model_copy(update={"notes": "Agreed.", "color": "#fff"}), *codebook.codes[1:])
        }
    )
    again = Scripted({})
    ac.code([transcript], noted, coder=again, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert again.asked == []


def test_equal_passages_are_asked_once_and_each_keeps_its_rows(read: Read, codebook: ac.Codebook, run: ac.Run) -> None:
    coder = Scripted({"soup": GOOD})
    ac.code(read(p01=INTERVIEW, p02=INTERVIEW), codebook, coder=coder, run=run)
    assert len(coder.asked) == 1
    assert sorted((row["transcript"], row["code"]) for row in rows(run)) == [
        ("p01", "colleagues"),
        ("p01", "manager-help"),
        ("p02", "colleagues"),
        ("p02", "manager-help"),
    ]
    assert len({row["id"] for row in rows(run)}) == 4
    assert {passage.transcript for passage in run.coding().seen} == {"p01", "p02"}
    ac.code(read(p03=INTERVIEW), codebook, coder=coder, run=run)
    assert len(coder.asked) == 1
    assert {row["transcript"] for row in rows(run)} == {"p01", "p02", "p03"}


def test_a_changed_answer_does_not_ask_for_its_neighbours_again(read: Read, codebook: ac.Codebook, run: ac.Run) -> None:
    first = says(("colleagues", "My team.", 1), ("office-help", "The pay.", 2))
    ac.code(read(a1="My team.", a2="The pay."), codebook, coder=Scripted({"team": first}), run=run)
    changed = Scripted({"leaflet": says(("office-help", "A leaflet."))})
    run = ac.code(read(a2="A leaflet."), codebook, coder=changed, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert changed.asked == ["A leaflet."]
    assert [(row["transcript"], row["quote"]) for row in rows(run)] == [("a1", "My team."), ("a2", "A leaflet.")]


def test_a_transcript_that_may_not_be_asked_about_is_left_out_of_planned_calls_too(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(a1="My team.", a2="The pay.")
    stops = Scripted({"team": [ac.ProviderError("no key", model="scripted")]})
    with pytest.raises(ac.ProviderError):
        ac.code(transcripts, codebook, coder=stops, run=run)
    assert stops.asked == ["[1]\nMy team.\n\n[2]\nThe pay."]
    after = Scripted({"team": says(("colleagues", "My team."))})
    ac.code(transcripts, codebook, coder=after, run=ac.Run(run.path, exclude_speakers=["INT"]), only=["a1"])
    assert after.asked == ["My team."]


def test_a_transcript_that_goes_and_comes_back_is_still_coded_and_repeated(
    read: Read, codebook: ac.Codebook, tmp_path: Path
) -> None:
    one, two = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "tea"))
    (_, _, three) = read(p03=INTERVIEW.replace("soup", "cake"))

    def code(transcripts: list[ac.Transcript], repeat: int = 1) -> Scripted:
        coder = Scripted({})
        ac.code(transcripts, codebook, coder=coder, run=ac.Run(tmp_path / "r", exclude_speakers=["INT"], repeat=repeat))
        return coder

    assert [len(code(some).asked) for some in ([one, two], [one, three], [one, two, three])] == [2, 1, 0]
    assert len(code([one, two, three], repeat=2).asked) == 3
    assert [len(c.seen) for c in ac.codings(tmp_path / "r", [one, two, three])] == [3, 3]


def test_halves_are_remembered_and_not_cut_anew(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = INTERVIEW[INTERVIEW.index("My manager") : INTERVIEW.index("soup")]
    ac.code([transcript], codebook, coder=Scripted({whole: ac.Reply(outcome="cut"), "soup": GOOD}), run=run)
    before = (run.path / "coding.csv").read_bytes()
    monkeypatch.setattr("autocode.chunking.halves", lambda *_, **__: pytest.fail("cut anew"))
    again = Scripted({})
    ac.code([transcript], codebook, coder=again, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert again.asked == []
    assert (run.path / "coding.csv").read_bytes() == before


def test_odd_characters_in_a_reply_are_recorded_and_read_back(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    odd = ac.Reply(
        proposals=(ac.Proposal(code="colleagues", quote="My colleagues\rbrought soup.", why="w\rv\n\x00"),),
        raw={"text": "half \ud800", "null": None},
    )
    ac.code([transcript], codebook, coder=Scripted({"soup": odd}), run=run)
    (row,) = rows(run)
    assert (row["match"], row["said"], row["why"]) == ("folded", "My colleagues\rbrought soup.", "w\rv\n\x00")
    assert calls(run)[0]["raw"]["raw"] == {"text": "half \ud800", "null": None}  # type: ignore[index]
    assert run.coding().segments[0].said == "My colleagues\rbrought soup."
    before = (run.path / "coding.csv").read_bytes()
    ac.code([transcript], codebook, coder=Scripted({}), run=run)
    assert (run.path / "coding.csv").read_bytes() == before


def test_a_text_that_changed_and_was_refused_is_missing_and_not_read_with_nothing_found(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    ac.code(read(p01=INTERVIEW), codebook, coder=Scripted({"soup": GOOD}), run=run)
    refused = Scripted({"cake": ac.Reply(outcome="refused")})
    run = ac.code(read(p01=INTERVIEW.replace("soup", "cake")), codebook, coder=refused, run=run)
    assert run.coding().seen == ()
    assert [gap.reason for gap in run.gaps] == ["refused"]


def test_a_run_says_which_codes_it_was_asked_for(transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    for coding in (run.coding(), *ac.codings(run.path, [transcript])):
        assert coding.codes == ("manager-help", "office-help", "colleagues")


def test_export_with_other_transcripts_is_refused_and_leaves_the_table_alone(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    before = (run.path / "coding.csv").read_bytes()
    with pytest.raises(ac.RunError, match="none of its 1 transcripts is among the 1 given"):
        ac.export(ac.Run(run.path), [transcript.model_copy(update={"id": "other"})])
    assert (run.path / "coding.csv").read_bytes() == before


def test_a_template_that_fails_makes_no_run(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run, tmp_path: Path
) -> None:
    for number, words in enumerate(("{{ 1 / 0 }}", "{% for x in 5 %}{% endfor %}", "{{ codez }}")):
        template = tmp_path / f"{number}.txt"
        template.write_text(words)
        with pytest.raises(ac.ConfigError, match="the prompt template"):
            ac.code([transcript], codebook, coder=Scripted({}), run=ac.Run(run.path, prompt=template))
    assert not run.path.exists()


def test_a_provider_that_wants_to_be_left_alone_for_a_day_is_not_waited_for(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    waited: list[float] = []
    day = ac.BusyError("come back tomorrow", model="scripted", retry_after_seconds=86_400.0)
    ac.code([transcript], codebook, coder=Scripted({"soup": [day]}), run=run, sleep=waited.append)
    assert waited == []
    assert [gap.reason for gap in run.gaps] == ["come back tomorrow"]


def test_an_unknown_transcript_to_code_is_named(transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run) -> None:
    with pytest.raises(ac.TranscriptError, match='no transcript "p1"; did you mean "p01"'):
        ac.code([transcript], codebook, coder=Scripted({}), run=run, only=["p1"])


def test_bent_quotes_are_asked_for_again_once_and_only_they(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    first = says(
        ("colleagues", "My colleagues brought soup."),
        ("manager-help", "My manager sat with me and moved three deadlines."),
        ("office-help", "Nobody ever wrote to me about anything"),
        ("manger-help", "also bent, but of no known code"),
    )
    again = ac.Reply(
        proposals=(
            ac.Proposal(why="2", code="manager-help", quote="My manager sat down with me and moved two deadlines."),
            ac.Proposal(why="3", code="office-help", quote="still nowhere to be found in it"),
        )
    )
    prompts: list[ac.Prompt] = []

    class Asked(Scripted):
        def body(self, prompt: ac.Prompt) -> dict[str, object]:
            return {"prefix": prompt.prefix, "passage": prompt.passage}

        def ask(self, prompt: ac.Prompt) -> ac.Reply:
            prompts.append(prompt)
            return super().ask(prompt)

    ac.code([transcript], codebook, coder=Asked({"soup": [first, again]}), run=run, requote=True)
    assert len(prompts) == 2
    assert "moved three deadlines" in prompts[1].prefix
    assert "of no known code" not in prompts[1].prefix
    assert "brought soup" not in prompts[1].prefix
    assert [(call["kind"], call["parent"]) for call in calls(run)] == [
        ("code", None),
        ("requote", calls(run)[0]["key"]),
    ]
    table = {row["code"]: row for row in rows(run)}
    manager = table["manager-help"]
    assert (manager["match"], manager["flags"], manager["problem"]) == ("exact", "requoted", "")
    assert manager["said"] == "My manager sat with me and moved three deadlines."
    assert table["office-help"]["problem"] == "quote not found"
    later = Asked({})
    ac.code([transcript], codebook, coder=later, run=ac.Run(run.path, exclude_speakers=["INT"]), requote=True)
    assert later.asked == []


# --- answers that are none --------------------------------------------------------------------------------------


def test_a_cut_reply_is_asked_in_halves_and_never_taken_as_the_answer(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    half = says(("manager-help", "My manager"), outcome="cut")
    whole = INTERVIEW[INTERVIEW.index("My manager") : INTERVIEW.index("soup")]
    first = says(("manager-help", "My manager sat down with me"))
    coder = Scripted({whole: half, "soup": says(("colleagues", "soup")), "My manager": first})
    ac.code([transcript], codebook, coder=coder, run=run)
    recorded = calls(run)
    assert [call["outcome"] for call in recorded] == ["cut", "answered", "answered"]
    assert [call.get("parent") for call in recorded] == [None, recorded[0]["key"], recorded[0]["key"]]
    assert [(row["code"], row["quote"]) for row in rows(run)] == [
        ("manager-help", "My manager sat down with me"),
        ("colleagues", "soup"),
    ]
    assert run.gaps == []
    again = Scripted({})
    ac.code([transcript], codebook, coder=again, run=run)
    assert again.asked == []


def test_a_single_sentence_that_does_not_fit_is_a_gap_and_missing_not_zero(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(p01="INT: Well?\nP1: One sentence only\nINT: And?\nP1: Another one\n")
    coder = Scripted({"One sentence only": ac.Reply(outcome="cut"), "Another": says(("colleagues", "Another one"))})
    ac.code(transcripts, codebook, coder=coder, run=run)
    assert [gap.reason for gap in run.gaps] == ["cut at the length limit, and too short to halve"]
    text = transcripts[0].text
    assert [text[p.span.start : p.span.end] for p in run.coding().seen] == ["P1: Another one"]


@pytest.mark.parametrize("outcome", ["refused", "unreadable"])
def test_a_refusal_is_tried_again_a_few_times_then_named_as_a_gap(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run, outcome: str
) -> None:
    bad = ac.Reply(outcome=outcome)  # type: ignore[arg-type]
    ac.code([transcript], codebook, coder=Scripted({"soup": bad}), run=run)
    assert [call["outcome"] for call in calls(run)] == [outcome] * 3
    assert [gap.reason for gap in run.gaps] == [outcome]
    assert run.coding().seen == ()
    then = Scripted({"soup": [bad, GOOD]})
    run = ac.code([transcript], codebook, coder=then, run=ac.Run(run.path, exclude_speakers=["INT"]))
    assert run.gaps == []
    assert len(rows(run)) == 2


def test_a_busy_provider_is_waited_for_as_long_as_it_says(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    waited: list[float] = []
    busy = ac.BusyError("busy", model="scripted", retry_after_seconds=7.0)
    ac.code([transcript], codebook, coder=Scripted({"soup": [busy, busy, GOOD]}), run=run, sleep=waited.append)
    assert waited == [7.0, 7.0]
    assert len(calls(run)) == 1
    assert run.gaps == []


def test_a_call_that_keeps_failing_is_a_gap_and_the_rest_goes_on(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "tea"))
    busy = ac.BusyError("the server is busy", model="scripted")
    ac.code(transcripts, codebook, coder=Scripted({"tea": [busy] * 99, "soup": GOOD}), run=run, sleep=lambda _: None)
    assert [(gap.passages[0].transcript, gap.reason) for gap in run.gaps] == [("p02", "the server is busy")]
    assert {row["transcript"] for row in rows(run)} == {"p01"}


def test_a_provider_that_refuses_for_good_stops_the_run_and_keeps_what_was_answered(
    read: Read, codebook: ac.Codebook, run: ac.Run
) -> None:
    transcripts = read(p01=INTERVIEW, p02=INTERVIEW.replace("soup", "tea"))
    broke = ac.ProviderError("no credit left; top up the account", model="scripted")
    with pytest.raises(ac.ProviderError, match="no credit left"):
        ac.code(transcripts, codebook, coder=Scripted({"soup": GOOD, "tea": [broke]}), run=run, concurrency=1)
    assert len(calls(run)) == 1
    assert len(rows(run)) == 2


def test_repeats_are_noise_beside_the_coding(transcript: ac.Transcript, codebook: ac.Codebook, tmp_path: Path) -> None:
    run = ac.Run(tmp_path / "r", exclude_speakers=["INT"], repeat=2)
    coder = Scripted({"soup": [GOOD, says(("office-help", "a leaflet"))]})
    ac.code([transcript], codebook, coder=coder, run=run, concurrency=1)
    assert [row["code"] for row in rows(run)] == ["manager-help", "colleagues"]
    both = ac.codings(run.path, [transcript])
    assert [coding.coder for coding in both] == ["scripted", "scripted#2"]
    assert [segment.code for segment in both[1].segments] == ["office-help"]


def test_the_run_remembers_what_it_was_made_with(transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run) -> None:
    ac.code([transcript], codebook, coder=Scripted({"soup": GOOD}), run=run)
    info = json.loads((run.path / "run.json").read_text())
    assert info["format"] == "autocode-run/1"
    assert ac.Codebook.model_validate(info["codebook"]) == codebook
    assert info["prompt"] == ac.read_template()
    assert [(t["id"], t["sha256"]) for t in info["transcripts"]] == [("p01", transcript.sha256)]
    (planned,) = [json.loads(line) for line in (run.path / "plan.jsonl").read_text().splitlines()]
    assert planned["key"] == calls(run)[0]["key"]
    assert (run.path / "calls.jsonl").read_bytes().isascii()


def test_a_run_of_a_newer_format_is_not_touched(transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run) -> None:
    run.path.mkdir(parents=True)
    (run.path / "run.json").write_text('{"format": "autocode-run/2"}')
    with pytest.raises(ac.RunError, match="newer version of autocode"):
        ac.code([transcript], codebook, coder=Scripted({}), run=run)


def test_no_transcript_and_no_code_to_ask_for_are_errors(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    with pytest.raises(ac.TranscriptError, match="no transcript"):
        ac.code([], codebook, coder=Scripted({}), run=run)
    retired = codebook.model_copy(update={"codes": (codebook.codes[4],)})
    with pytest.raises(ac.CodebookError, match="no code to ask for"):
        ac.code([transcript], retired, coder=Scripted({}), run=run)
    assert not run.path.exists()


def test_a_preview_writes_nothing_and_shows_the_first_prompt(
    transcript: ac.Transcript, codebook: ac.Codebook, run: ac.Run
) -> None:
    preview = ac.preview([transcript], codebook, coder=Scripted({}), run=run)
    assert preview.calls == 1
    assert preview.prompt_tokens == pytest.approx(ac.count_tokens(preview.first_prompt), abs=5)
    assert "My colleagues brought soup." in preview.first_prompt
    assert not run.path.exists()
