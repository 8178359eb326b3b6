"""Which study, which codebook, and which of a person's decisions are of an older definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from autocode.codebook import code_hash, code_of, scope_hash
from autocode.config import find_study
from autocode.data import Codebook, Coding
from autocode.errors import ConfigError
from autocode.study import Study

SAME_MEANING = frozenset({"clarify", "rename", "move"})
"""Kinds of change after which no earlier decision would be another."""


def study_of(paths: Sequence[Path], transcripts: Path | None) -> Study:
    """The study that some runs and coding belong to: the working folder if it is one, else the one around a run."""
    around = (study for path in paths if (study := Study.of_run(path)))
    study = Study.here() if find_study(Path()) else next(around, None) or Study.here()
    if transcripts is not None:
        return study.with_transcripts(transcripts)
    if not study.config.file:
        raise ConfigError("the transcripts are needed to place what was coded; name their folder with --transcripts")
    return study


def both(old: Codebook, new: Codebook) -> Codebook:
    """The later codebook, with the codes that only the earlier one has at its end."""
    gone = tuple(code for code in old.codes if code_of(new, code.id) is None)
    return new.model_copy(update={"codes": (*new.codes, *gone)})


def edited(old: Codebook, new: Codebook) -> set[str]:
    """The codes of both whose definition or scope differs."""
    return {
        code.id
        for code in new.codes
        if (was := code_of(old, code.id)) is not None
        and (code_hash(was) != code_hash(code) or scope_hash(old, was) != scope_hash(new, code))
    }


def stale_codes(coding: Coding, versions: Mapping[str, Codebook], now: Codebook) -> set[str]:
    """The codes whose definition has changed since a person coded, by the versions that they declared.

    A version that nobody kept, or none declared, is taken for today's. A change that the codebook itself calls a
    clarification, a new name or a new place is none.
    """
    found: set[str] = set()
    for name in filter(None, coding.codebook.split(";")):
        book = versions.get(name)
        for code in now.codes if book else ():
            was = code_of(book, code.id) if book else None
            if was is not None and code_hash(was) != code_hash(code) and not _only_words(code.id, name, now):
                found.add(code.id)
    return found


def _only_words(code: str, version: str, now: Codebook) -> bool:
    """Whether the codebook tells of changes to a code since a version, and calls each one of words only."""
    since = int(version) if version.isdigit() else 0
    kinds = {change.kind for change in now.changes if change.version > since and code in (*change.codes, *change.to)}
    return bool(kinds) and kinds <= SAME_MEANING
