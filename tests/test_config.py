"""Settings of a study, and who its participants are: what is read, what is refused, what is written back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autocode.config import Config, Send, add_setting, find_study, read_config
from autocode.errors import ConfigError, InputError
from autocode.reading.participants import read_ai_cloud, read_participants, read_persons

EVERYTHING = """\
# autocode.yaml of a test
transcripts: texts/clean
codebook: books/v2.yaml
coding: people
approach: reliability
exclude_speakers: [INT, 2]
speakers: P1
model: openai/gpt-5-mini
base_url: http://localhost:8080/v1
prompt: prompts/mine.txt
encoding: windows-1252
send: {to: cloud, approved_by: Ethics 2026-14, date: 2026-11-02}
unit: sentence
coefficient: alpha
max_tokens: 900
context_turns: 0
concurrency: 4
"""


def study(tmp_path: Path, text: str) -> Path:
    (tmp_path / "autocode.yaml").write_text(text, encoding="utf-8", newline="")
    return tmp_path


def test_every_setting_is_read_and_paths_start_from_the_study(tmp_path: Path) -> None:
    assert read_config(study(tmp_path, EVERYTHING)) == Config(
        transcripts=tmp_path / "texts/clean",
        codebook=tmp_path / "books/v2.yaml",
        coding=tmp_path / "people",
        approach="reliability",
        exclude_speakers=("INT", "2"),
        speakers=("P1",),
        model="openai/gpt-5-mini",
        base_url="http://localhost:8080/v1",
        prompt=tmp_path / "prompts/mine.txt",
        encoding="windows-1252",
        send=Send(to="cloud", approved_by="Ethics 2026-14", date="2026-11-02"),
        unit="sentence",
        max_tokens=900,
        context_turns=0,
        concurrency=4,
        file=tmp_path / "autocode.yaml",
    )


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing yet\n", "---\n", "model:\nsend: ~\nexclude_speakers: []\n"])
def test_an_empty_settings_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    assert read_config(study(tmp_path, text)) == Config(
        transcripts=tmp_path / "interviews",
        codebook=tmp_path / "codebook.yaml",
        coding=tmp_path / "coding",
        file=tmp_path / "autocode.yaml",
    )


def test_the_defaults_are_those_of_the_contract() -> None:
    assert Config() == Config(
        transcripts=Path("interviews"),
        codebook=Path("codebook.yaml"),
        coding=Path("coding"),
        exclude_speakers=(),
        model="",
        send=None,
        unit="turn",
        coefficient="alpha",
        max_tokens=1400,
        context_turns=2,
        concurrency=16,
    )
    assert Config.model_validate_json(Config().model_dump_json()) == Config()


@pytest.mark.parametrize(
    ("present", "taken"),
    [
        (["codebook.csv"], "codebook.csv"),
        (["codebook.csv", "codebook.yml"], "codebook.yml"),
        (["codebook.csv", "codebook.yml", "codebook.yaml"], "codebook.yaml"),
        (["codebook.xlsx"], "codebook.xlsx"),
        ([], "codebook.yaml"),
    ],
)
def test_the_codebook_is_the_first_that_exists(tmp_path: Path, present: list[str], taken: str) -> None:
    for name in present:
        (tmp_path / name).touch()
    assert read_config(study(tmp_path, "")).codebook == tmp_path / taken


def test_an_absolute_path_stays_as_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert read_config(study(tmp_path, f"transcripts: {elsewhere}\n")).transcripts == elsewhere


def test_a_study_is_the_folder_that_holds_the_settings_and_no_folder_above_is_searched(tmp_path: Path) -> None:
    below = tmp_path / "interviews"
    below.mkdir()
    assert find_study(tmp_path) is None
    study(tmp_path, "unit: sentence\n")
    found = find_study(tmp_path)
    assert found is not None
    assert found.unit == "sentence"
    assert find_study(below) is None
    assert find_study(tmp_path / "autocode.yaml") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "exclude_speaker: [INT]\n",
            'autocode.yaml:1: unknown key "exclude_speaker" in the settings; did you mean "exclude_spe',
        ),
        (
            "unit: turn\ntemperature: 0\n",
            'autocode.yaml:2: unknown key "temperature" in the settings; known are transcripts, codebook, coding, '
            "approach, exclude_speakers, speakers, model, base_url, prompt, encoding, send, unit, coefficient, "
            "max_tokens, context_turns, concurrency",
        ),
        ("x-mine: 1\n", 'autocode.yaml:1: unknown key "x-mine" in the settings'),
        ("file: a\n", 'autocode.yaml:1: unknown key "file" in the settings'),
        (
            "unit: turns\n",
            'autocode.yaml:1: "unit" of the settings is "turns", but is one of turn, sentence, transcript; did',
        ),
        (
            "approach: grounded\n",
            'autocode.yaml:1: "approach" of the settings is "grounded", but is one of reliability, ',
        ),
        (
            "coefficient: kappa\n",
            'autocode.yaml:1: the coefficient "kappa" cannot be the primary one yet; write alpha or leave it out',
        ),
        (
            "max_tokens: many\n",
            'autocode.yaml:1: "max_tokens" of the settings is "many", but a whole number from 1 is due',
        ),
        ("max_tokens: 0\n", 'autocode.yaml:1: "max_tokens" of the settings is the number 0, but a whole number from 1'),
        (
            "max_tokens: true\n",
            'autocode.yaml:1: "max_tokens" of the settings is true, but a whole number from 1 is due',
        ),
        (
            "context_turns: -1\n",
            'autocode.yaml:1: "context_turns" of the settings is the number -1, but a whole number fr',
        ),
        ("model: [a]\n", 'autocode.yaml:1: "model" of the settings holds a list, but a text is due'),
        (
            "model: 4.10\n",
            'autocode.yaml:1: "model" of the settings holds the number 4.10, but a text is due; put it in quo',
        ),
        (
            "speakers: {a: b}\n",
            'autocode.yaml:1: "speakers" of the settings holds a set of keys ("a: ..."), but a text is',
        ),
        (
            "base_url: localhost:8080\n",
            'autocode.yaml:1: "base_url" is "localhost:8080"; begin it with http:// or https://',
        ),
        (
            "encoding: utf-88\n",
            'autocode.yaml:1: the encoding "utf-88" is not known; write one such as utf-16-le, windows-',
        ),
        ("encoding: hex\n", 'autocode.yaml:1: the encoding "hex" is not known'),
        (
            "unit: turn\nsend: cloud\n",
            'autocode.yaml:2: "send" is "cloud"; write send: {to: cloud, approved_by: ..., date:',
        ),
        ("send: {approved_by: Ana}\n", 'autocode.yaml:1: "send" does not say where to; write send: {to: cloud, '),
        (
            "send: {to: clod}\n",
            'autocode.yaml:1: "to" of "send" is "clod", but is one of cloud, local; did you mean "cloud"?',
        ),
        (
            "send:\n  to: cloud\n  aproved_by: Ana\n",
            'autocode.yaml:3: unknown key "aproved_by" in "send"; did you mean "app',
        ),
        ("- a\n", 'autocode.yaml:1: a list stands where the settings is due; write keys, such as "transcripts: ..."'),
        ("unit: turn\nunit: turn\n", 'autocode.yaml:2: "unit" stands twice, here and on line 1; keep one'),
        ("unit: turn\n\tmodel: a\n", "autocode.yaml:2: this is not YAML ("),
    ],
)
def test_an_unusable_setting_is_refused_in_one_sentence_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(study(tmp_path, text))
    told = str(caught.value).removeprefix(f"{tmp_path}/")
    assert told.startswith(message)
    assert "\n" not in told


def test_settings_that_are_missing_or_not_utf_8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"autocode\.yaml: there is no such file"):
        read_config(tmp_path)
    (tmp_path / "autocode.yaml").write_bytes(b"unit: turn\nspeakers: [M\xfcller]\n")
    with pytest.raises(ConfigError, match=r"autocode\.yaml:2: is not UTF-8; save it again as UTF-8"):
        read_config(tmp_path)


# --- Writing a setting ----------------------------------------------------------------------------------------------

COMMENTED = """\
# Study of 2026. Ask Ana before changing anything.
model: 'openai/gpt-5-mini'   # as approved

# Everybody who asks
exclude_speakers:
  - INT  # the interviewer
  - "2"

# How coders are compared
unit:    turn
"""
YES = {"to": "cloud", "approved_by": "Ethics 2026-14: part B", "date": "2026-11-02"}


def test_a_yes_to_sending_is_added_and_every_other_character_stays(tmp_path: Path) -> None:
    path = study(tmp_path, COMMENTED) / "autocode.yaml"
    add_setting(path, "send", YES)
    added = "send: {to: cloud, approved_by: 'Ethics 2026-14: part B', date: 2026-11-02}\n"
    assert path.read_text(encoding="utf-8") == COMMENTED + added
    assert read_config(tmp_path).send == Send(to="cloud", approved_by="Ethics 2026-14: part B", date="2026-11-02")
    assert [file.name for file in tmp_path.iterdir()] == ["autocode.yaml"]


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("model", "lexical", "model: 'openai/gpt-5-mini'   # as", "model: lexical   # as"),
        ("unit", "sentence", "unit:    turn\n", "unit: sentence\n"),
        (
            "exclude_speakers",
            ["INT", "1.10"],
            'exclude_speakers:\n  - INT  # the interviewer\n  - "2"\n',
            'exclude_speakers: [INT, "1.10"]\n',
        ),
    ],
)
def test_a_setting_that_stands_there_is_changed_in_its_place(
    tmp_path: Path, key: str, value: str | list[str], before: str, after: str
) -> None:
    path = study(tmp_path, COMMENTED) / "autocode.yaml"
    add_setting(path, key, value)
    assert path.read_text(encoding="utf-8") == COMMENTED.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "max_tokens: 900\n"),
        ("# a thought", "# a thought\nmax_tokens: 900\n"),
        ("unit: turn", "unit: turn\nmax_tokens: 900\n"),
        ("unit: turn\r\n", "unit: turn\r\nmax_tokens: 900\r\n"),
        ("max_tokens:  # how many?\nunit: turn\n", "max_tokens: 900  # how many?\nunit: turn\n"),
        ("{unit: turn, max_tokens: 1}\n", "{unit: turn, max_tokens: 900}\n"),
        ("max_tokens: |\n  500\n\n# next\nunit: turn\n", "max_tokens: 900\n\n# next\nunit: turn\n"),
    ],
)
def test_a_setting_finds_its_place_in_any_file(tmp_path: Path, before: str, after: str) -> None:
    path = study(tmp_path, before) / "autocode.yaml"
    add_setting(path, "max_tokens", 900)
    assert path.read_bytes().decode() == after


def test_a_missing_settings_file_is_begun(tmp_path: Path) -> None:
    add_setting(tmp_path / "autocode.yaml", "send", {"to": "local"})
    assert read_config(tmp_path).send == Send(to="local")


@pytest.mark.parametrize("text", ["{unit: turn}\n", "unit: turn\n...\n", "  unit: turn\n", "- a\n", "unit: [\n"])
def test_where_a_setting_cannot_be_added_safely_the_file_stays_and_the_error_says_so(tmp_path: Path, text: str) -> None:
    path = study(tmp_path, text) / "autocode.yaml"
    with pytest.raises(ConfigError, match=r"autocode\.yaml"):
        add_setting(path, "send", {"to": "cloud"})
    assert path.read_text(encoding="utf-8") == text


def test_a_setting_that_does_not_exist_is_not_written(tmp_path: Path) -> None:
    path = study(tmp_path, COMMENTED) / "autocode.yaml"
    with pytest.raises(ConfigError, match='there is no setting "units"; did you mean "unit"'):
        add_setting(path, "units", "turn")
    assert path.read_text(encoding="utf-8") == COMMENTED


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=20), max_size=4))
def test_any_speaker_labels_written_are_the_labels_read(tmp_path: Path, labels: list[str]) -> None:
    path = study(tmp_path, COMMENTED) / "autocode.yaml"
    add_setting(path, "exclude_speakers", labels)
    assert read_config(tmp_path).exclude_speakers == tuple(labels)
    assert read_config(tmp_path).model == "openai/gpt-5-mini"


# --- Participants ---------------------------------------------------------------------------------------------------


def people(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "participants.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_participants_join_labels_across_transcripts_and_other_columns_are_fine(tmp_path: Path) -> None:
    path = people(
        tmp_path,
        "participant,transcript,speaker,pseudonym,may_quote,ward\n"
        "Ana,wave1/p03,P1,Rose,yes,B2\n"
        "Ana,wave2/p03, client ,Rose,yes,B2\n"
        "Ben,wave1/p03,P2,,,\n"
        "Ben,wave1/p03,P2,,,\n"
        "Cem,wave1/p04,,,,\n",
    )
    assert read_persons(path) == {
        ("wave1/p03", "P1"): "Ana",
        ("wave2/p03", "client"): "Ana",
        ("wave1/p03", "P2"): "Ben",
    }
    assert [note.removeprefix(f"{tmp_path}/") for note in read_participants(path).notes] == [
        "participants.csv:6: the row has no speaker, so it joins no one across transcripts"
    ]


def test_one_label_of_one_transcript_cannot_be_two_participants(tmp_path: Path) -> None:
    path = people(tmp_path, "participant,transcript,speaker\nAna,p1,P\nBen,p2,P\nBen,p1,P\n")
    with pytest.raises(InputError, match=r'participants\.csv:4: "P" of p1 is Ben here and Ana on line 2; delete one'):
        read_persons(path)


def test_a_no_to_the_cloud_keeps_all_transcripts_of_that_participant(tmp_path: Path) -> None:
    path = people(
        tmp_path,
        "participant,transcript,speaker,ai_cloud\n"
        "Ana,p1,P,No\nAna,p2,P,\nBen,p3,P,yes\nCem,p4,P,\nDua,focus,P1,no\nEva,focus,P2,yes\n,p5,,no\n,p6,,\nFay,,,no\nFay,p7,P,\n",
    )
    assert read_ai_cloud(path) == {"p1", "p2", "focus", "p5", "p7"}


def test_names_of_transcripts_are_composed_as_their_ids_are(tmp_path: Path) -> None:
    path = people(tmp_path, "participant,transcript,ai_cloud\nAna,Zoe\u0308,no\n")
    assert read_ai_cloud(path) == {"Zo\u00eb"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("participant,transcript,ai_cloud\nAna,p1,nein\n", r'participants\.csv:2: ai_cloud is "nein"; write yes or no'),
        (
            "participant,transcript,ai_cloud\nAna,,no\n",
            r'participants\.csv:2: "Ana" has ai_cloud no, but no transcript',
        ),
        ("participant,transcript,ai_cloud\n,p1,no\n,,no\n", r'participants\.csv:3: "" has ai_cloud no, but no transcr'),
        ("person,transcript\nAna,p1\n", r'participants\.csv:1: it has no column "participant"'),
        ("", r'participants\.csv:1: it has no column "participant"'),
    ],
)
def test_where_it_is_not_certain_whose_words_stay_the_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_ai_cloud(people(tmp_path, text))
