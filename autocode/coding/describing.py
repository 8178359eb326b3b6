"""What a run is going to be: of which transcripts, with which codes in a call, and what it takes over from another."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autocode.asking import Coder
from autocode.codebook import asked
from autocode.coding.code_sets import code_sets, concerned
from autocode.coding.planning import Planner
from autocode.data import CallPassage, Codebook
from autocode.errors import ConfigError, RunError, TranscriptError, nearest
from autocode.prompting import read_template
from autocode.runs import Covered, Run, RunInfo, Since
from autocode.runs.info import hashes_of, run_transcript
from autocode.shelf import Shelf


def wanted_of(shelf: Shelf, run: Run, only: Iterable[str] | None) -> set[str]:
    """The ids of the transcripts to ask about, of a sample only its own.

    Raises TranscriptError for one that nobody knows, ConfigError where nothing of the sample is left.
    """
    wanted = set(shelf) if only is None else set(only)
    if unknown := sorted(wanted - set(shelf)):
        raise TranscriptError(f'there is no transcript "{unknown[0]}"{nearest(unknown[0], shelf)}')
    if run.sample is not None:
        wanted &= {id for id, turns in run.sample.turns.items() if turns}
        if not wanted:
            raise ConfigError(f"none of these transcripts has a turn in the sample {run.sample.name}; draw another")
    return wanted


def describe(shelf: Shelf, codebook: Codebook, coder: Coder, run: Run, wanted: Iterable[str]) -> RunInfo:
    """What a run of these transcripts would be made with.

    Raises RunError where it is to carry coding over from a run that differs in more than the codebook.
    """
    template = read_template(run.prompt)
    most = getattr(coder, "codes_a_call", None)
    info = RunInfo(
        autocode=version("autocode-qda"),
        model=coder.name,
        baseline=bool(getattr(coder, "is_baseline", False)),
        parameters=dict(coder.settings),
        base_url=getattr(coder, "base_url", None) or "",
        prompt=template,
        codebook=codebook,
        hashes=hashes_of(codebook, template),
        exclude_speakers=run.exclude_speakers,
        max_tokens=run.max_tokens,
        context_turns=run.context_turns,
        transcripts=tuple(run_transcript(shelf[id]) for id in sorted(wanted)),
        code_sets=code_sets(codebook, most),
        sample=run.sample,
    )
    return info if run.since is None else _carrying_over(info, run, run.since, most)


def _carrying_over(info: RunInfo, run: Run, since: Path, most: int | None) -> RunInfo:
    """The run, asking only for what an edit of the codebook concerns since an earlier one."""
    before = Run(since).made_with
    if info.baseline:
        raise ConfigError("the baseline costs nothing, so nothing is carried over to it; leave out --since")
    if since.resolve() == run.path.resolve():
        raise RunError(
            f"{run.path}: a run cannot carry over from itself; raise the version of the edited codebook, or name "
            "another folder with --out"
        )
    others = [what for what in before.differences(info) if not what.startswith(("codebook ", "--since "))]
    if others:
        raise RunError(f"{since}: only a run that differs in nothing but the codebook can be gone on from: {others[0]}")
    again = concerned(before, info.codebook, info.hashes)
    if not again:
        raise RunError(f"{since}: no code has changed since this run, so its coding stands; no new run is needed")
    carried = tuple(code.id for code in asked(info.codebook) if code.id not in again)
    folder = os.path.relpath(since.resolve(), run.path.resolve())
    found: dict[str, Any] = {
        "code_sets": code_sets(info.codebook, most, again),
        "since": Since(
            run=Path(folder).as_posix(), name=Run(since).name, version=before.codebook.version, codes=carried
        ),
    }
    return info.model_copy(update=found)


def planner_of(run: Run, info: RunInfo, coder: Coder, shelf: Shelf) -> Planner:
    """The planner of a run, which knows the transcripts that an earlier run has read whole."""
    before = run.earlier(info)
    if before is None or info.since is None:
        return Planner(info, coder, shelf)
    read = before.read(shelf.hashes)[0]
    covered = Covered()
    for passage in read.seen:
        covered.add([CallPassage(passage.transcript, "", passage.span.start, passage.span.end)])
    undecided = {missing.passage.transcript for missing in read.missing if missing.code in info.since.codes}
    carried = {
        id
        for id in shelf
        if id in covered
        and id not in undecided
        and all(covered.holds(id, turn.span.start) for turn in shelf[id].turns if info.codes_turn(id, turn))
    }
    return Planner(info, coder, shelf, frozenset(carried))


def groups_told(info: RunInfo) -> list[str]:
    """What a reader of the coding has to know of how the codes were asked for."""
    told = []
    whole = [each.codes for each in info.code_sets if not each.carried]
    if len(whole) > 1:
        told.append(
            f"the codebook has {sum(map(len, whole))} codes, too many for one call: each passage is asked about in "
            f"{len(whole)} groups of at most {max(map(len, whole))}, and a model sees only the codes of its group"
        )
    if info.since is not None:
        again = [code for each in info.code_sets if each.carried for code in each.codes]
        told.append(
            f"{info.coded_under}: {len(again)} codes are asked again ({_some(again)}), the coding of "
            f"{len(info.since.codes)} others is that of {info.since.name}"
        )
    return told


def _some(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
