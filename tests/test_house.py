"""The house: its floors, its public names, and that the papers tell the truth."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autocode as ac

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = list((ROOT / "autocode").rglob("*.py"))


def test_the_floors_hold() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_public_names_are_complete_sorted_and_there() -> None:
    stub = ast.parse((ROOT / "autocode" / "__init__.pyi").read_text(encoding="utf-8"))
    imported = [name.name for node in stub.body if isinstance(node, ast.ImportFrom) for name in node.names]
    assert sorted(ac.__all__) == sorted(imported)
    for name in ac.__all__:
        assert getattr(ac, name).__doc__ or name in ("BASELINE_NOTE", "GROUNDER", "Unit"), name


@pytest.mark.parametrize("stub", sorted((ROOT / "autocode").glob("*/__init__.pyi")), ids=lambda stub: stub.parent.name)
def test_a_room_hands_out_each_of_its_names_whatever_was_loaded_before(stub: Path) -> None:
    room = f"autocode.{stub.parent.name}"
    files = [f"{room}.{path.stem}" for path in sorted(stub.parent.glob("*.py")) if path.stem != "__init__"]
    script = (
        f"import {', '.join(files)}, types, {room} as room;"
        "print([name for name in room.__all__ if isinstance(getattr(room, name), types.ModuleType)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_autocode_loads_no_heavy_library() -> None:
    heavy = "pandas numpy scipy sklearn openai anthropic instructor rich typer tiktoken jinja2 ruamel filelock httpx2"
    script = (
        "import sys, autocode as ac; [getattr(ac, name) for name in ac.__all__];"
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def loaded_by(*command: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    script = (
        "import atexit, sys; from autocode.cli import main;"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    return set(done.stderr.split("\n")[-2].split())


def test_the_help_loads_no_nouns_and_so_no_pydantic() -> None:
    assert {"pydantic", "autocode.data"} & loaded_by("--help") == set()


def test_a_run_loads_neither_agreement_nor_what_reads_peoples_coding(tmp_path: Path) -> None:
    study = ROOT / "examples" / "study"
    loaded = loaded_by("run", str(study), "--model", "lexical", "--out", str(tmp_path / "run"))
    assert "autocode.coding.hall" in loaded
    rooms = {"autocode.agreement", "autocode.drift", "autocode.locating.people", "autocode.reading.human"}
    assert rooms & loaded == set()


@pytest.mark.parametrize("group", [[], ["codebook"]])
def test_what_a_verb_does_is_read_whole_on_eighty_columns(group: list[str]) -> None:
    env = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-m", "autocode", *group, "--help"], capture_output=True, text=True, check=True, env=env
    )
    assert "..." not in done.stdout.partition("Commands:")[2]


VERBS = [
    *("init", "check", "run", "runs", "agree", "settle", "sample", "drift", "quotes", "export"),
    *("codebook lint", "codebook convert", "codebook diff", "codebook release", "codebook status"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_stands_in_the_readme_with_its_help_as_printed(verb: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autocode", *verb.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "100", "PATH": "", "TERM": "dumb"},
    )
    assert done.stdout.strip() in README


def test_the_readmes_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_an_example_runs_as_it_stands(script: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(ROOT / "examples" / "study", study, ignore=shutil.ignore_patterns("runs"))
    done = subprocess.run([sys.executable, script, study], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_readmes_commands_are_those_that_exist() -> None:
    verbs = {line.split()[2] for line in re.findall(r"^\$ autocode .+$", README, re.MULTILINE)}
    assert verbs == {"run", "agree"}


def test_the_readmes_worked_example_is_what_the_commands_print(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    shutil.copytree(ROOT / "examples" / "study", tmp_path / "examples" / "study", ignore=shutil.ignore_patterns("runs"))
    for command in ("run examples/study", "agree examples/study"):
        done = subprocess.run(
            [sys.executable, "-m", "autocode", *command.split()],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "100", "PATH": "", "TERM": "dumb"},
        )
        printed = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
        assert f"$ autocode {command}\n{printed}\n" in README


def test_the_readmes_test_command_is_the_one_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    command = re.search(r"```sh\n(.*pytest.*)\n```", README)
    assert command is not None
    assert command.group(1) in ci
    assert shlex.split(command.group(1).split("&&")[-1])[0].endswith("pytest")


def test_no_host_or_path_of_a_machine_stands_in_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "autocode-qda"
    words = ["/" + "root/", "py" + "pi.org", "python" + "hosted"]
    for path in [*ROOMS, ROOT / "README.md", ROOT / ".ci" / "run"]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path


def test_every_module_says_what_it_is() -> None:
    for path in ROOMS:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
