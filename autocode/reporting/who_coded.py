"""Who coded what: each coder with the interviews and turns they read, under which codebook, having seen whose work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from autocode.data import CoderInfo, Coding, Passage, Transcript, Turn
from autocode.reporting.agreement_words import kind_words, version_words
from autocode.reporting.basis import Basis
from autocode.reporting.report_parts import Table, table


def who_coded(basis: Basis) -> Table:
    """A row for each coder and way of reading; interviews that a coder read in whole share one."""
    texts = {transcript.id: transcript for transcript in basis.transcripts}
    rows: list[tuple[str, ...]] = []
    note = "Words a passage: the median of all that this coder marked."
    for coding, coder in zip(basis.codings, basis.agreement.coders, strict=True):
        for transcripts, turns in _read(coding, texts, basis.exclude_speakers):
            rows.append(
                (
                    coder.name,
                    kind_words(coder),
                    transcripts,
                    turns,
                    version_words(coder.codebook),
                    _stage(coder),
                    coder.saw or "not declared",
                    f"{coder.median_words_per_passage:g}" if coder.median_words_per_passage else "",
                )
            )
    return table(
        "Who coded what", "Coder|Kind|Interviews|Turns read|Codebook|Stage|Had seen|#Words a passage", rows, note
    )


def _stage(coder: CoderInfo) -> str:
    return "not declared" if coder.stage == "undeclared" else coder.stage


def _read(coding: Coding, texts: dict[str, Transcript], excluded: Sequence[str]) -> list[tuple[str, str]]:
    """The interviews with the turns of each; those that were read in whole together."""
    seen: dict[str, list[Passage]] = defaultdict(list)
    for passage in coding.seen:
        seen[passage.transcript].append(passage)
    whole, parts, n_turns = [], [], 0
    for id in sorted(seen):
        if id not in texts:
            continue
        turns = [turn for turn in texts[id].turns if turn.speaker not in excluded]
        read = [turn for turn in turns if _inside(turn, seen[id])]
        if len(read) == len(turns):
            whole.append(id)
            n_turns += len(turns)
        else:
            numbers = stretches((turn.number for turn in read), [turn.number for turn in turns])
            parts.append((id, f"{len(read)} of {len(turns)}: {numbers or 'none in whole'}"))
    if not whole and not parts:
        return [("none", "")]
    together = (
        [(f"{len(whole)}: {', '.join(whole)}" if len(whole) > 1 else whole[0], f"all {n_turns:,}")] if whole else []
    )
    return [*together, *parts]


def _inside(turn: Turn, passages: Iterable[Passage]) -> bool:
    """Whether a turn lies in what was read, all of it or the larger part (a long turn may be read in pieces)."""
    shared = sum(max(0, min(turn.span.end, p.span.end) - max(turn.span.start, p.span.start)) for p in passages)
    return 2 * shared >= len(turn.span) if len(turn.span) else bool(shared)


def stretches(numbers: Iterable[int], among: Sequence[int]) -> str:
    """Turn numbers in the short form of coders.csv; a stretch goes on over turns that are not among those coded.

    >>> stretches([2, 4, 6, 12], [2, 4, 6, 8, 10, 12])
    '2-6;12'
    """
    wanted = set(numbers)
    found: list[list[int]] = []
    before = False
    for number in among:
        if number in wanted:
            if before:
                found[-1][1] = number
            else:
                found.append([number, number])
        before = number in wanted
    return ";".join(f"{a}-{b}" if b > a else f"{a}" for a, b in found)


def compared_units(basis: Basis) -> dict[str, int]:
    """Every interview of the study with how many of its units two coders decided, on one code at least."""
    import numpy as np

    units = basis.units
    decided = np.zeros(len(units), dtype=bool)
    for code in basis.codes:
        columns = [(coding.coder, code) for coding in basis.codings if (coding.coder, code) in units.columns]
        decided |= (units[columns].to_numpy(dtype=np.int8) >= 0).sum(axis=1) >= 2
    transcripts = units.index.get_level_values("transcript").to_numpy()
    found = Counter(transcripts[decided].tolist())
    return {transcript.id: found[transcript.id] for transcript in basis.transcripts}
