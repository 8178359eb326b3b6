"""Which of a coder's decisions were made under an older definition, and which of those under one and the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from autocode.codebook import asked, code_hash, code_of
from autocode.data import Code, Codebook, Coding, DecidedUnder, Passage, Transcript
from autocode.locating import Turns
from autocode.locating.coverage import stretches
from autocode.reading import Reading
from autocode.rereading.fates import fate
from autocode.rereading.standing import Sitting, Work, works
from autocode.runs import RunInfo


def decided_under(
    codings: Sequence[Coding],
    readings: Sequence[Reading],
    transcripts: Mapping[str, Transcript],
    codebook: Codebook,
    *,
    versions: Mapping[str, Codebook],
    runs: Mapping[str, RunInfo],
) -> dict[str, list[DecidedUnder]]:
    """For each coding the stretches that were decided under a definition which is not today's, code by code.

    What is not listed was decided under today's definition, or nobody wrote down under which. A later reading stands
    for an earlier one.
    """
    found = {}
    for coding in codings:
        # One coding at a time: what two of them did is one work only where they are passes under one name.
        for work in works([coding], readings, transcripts, codebook=codebook, versions=versions, runs=runs):
            older = [each for code in asked(codebook) for each in _older(code, work, transcripts, codebook, versions)]
            if older:
                found[coding.coder] = older
    return found


def _older(
    code: Code, work: Work, transcripts: Mapping[str, Transcript], codebook: Codebook, versions: Mapping[str, Codebook]
) -> Iterator[DecidedUnder]:
    about = [s for s in work.sittings if s.codes is None or code.id in s.codes]
    known: dict[tuple[str, int], str] = {}
    """The definition of each version: the same for all that was read under it."""
    for sitting in about:
        under = sitting.version, id(sitting.book)
        if under not in known:
            known[under] = _definition(code, sitting, codebook, versions)
    if not any(known.values()):
        return
    later: dict[str, set[int]] = defaultdict(set)
    for sitting in reversed(about):
        left = sitting.turns - later[sitting.transcript]
        later[sitting.transcript] |= left
        if definition := known[sitting.version, id(sitting.book)]:
            for span in stretches(set(left), Turns(transcripts[sitting.transcript])):
                yield DecidedUnder(Passage(sitting.transcript, span), code.id, definition)


def _definition(code: Code, sitting: Sitting, codebook: Codebook, versions: Mapping[str, Codebook]) -> str:
    """What to call the definition that a version gave a code; blank: decisions under it are as under today's.

    Two versions are of one definition where the same change made both old, and they say the same as far as is known.
    """
    became = fate(code, sitting.version, sitting.book, codebook, versions)
    if became is None or became.state in ("carried", "not declared"):
        return ""
    was = code_of(sitting.book, code.id) if sitting.book is not None else None
    return f"{became.state} {became.since} {code_hash(was) if was is not None else ''}".strip()
