"""Transcripts -> the turns that people code: blocks of neighbouring turns, drawn in every transcript.

Interviews differ more from each other than the passages of one, so a sample has to reach into all of them; and a coder
needs what was said before, so that its turns stand together. Every transcript is cut into blocks once, always in the
same way, and each sample takes some of those that no other sample has. So samples never share a turn, every turn has a
known chance to be drawn (its block is one of `drawn` out of `blocks`), and a transcript that joins later changes
nothing for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Literal, NamedTuple

from autocode.agreement.cutting import Cut, cut
from autocode.agreement.quoting import quoted
from autocode.codebook import asked, speakers_of
from autocode.data import Codebook, Data, Transcript, sha256
from autocode.errors import InputError

Purpose = Literal["tune", "check", "anchor"]


class SampledTurn(Data):
    """A turn that was drawn."""

    transcript: str
    turn: int
    purpose: Purpose
    probability: float
    """How likely it was to be drawn, 0-1."""
    block: int = 0
    """Which block of its transcript it belongs to, from 1; 0: not known, as in a sample made elsewhere."""
    blocks: int = 0
    """Into how many blocks its transcript was cut."""


class Sample(Data):
    """The turns drawn for one purpose, and what a person should know of the draw."""

    format: Literal["autocode-sample/1"] = "autocode-sample/1"
    name: str
    purpose: Purpose
    seed: int
    turns: tuple[SampledTurn, ...]
    n_blocks: int
    n_transcripts: int
    n_codable: int
    """Turns that may be coded, in all transcripts."""
    n_quoted: int
    """Turns that left the draw because the codebook's examples quote them."""
    notes: tuple[str, ...] = ()


class Frame(NamedTuple):
    """What a sample is drawn from: the blocks of each transcript, in order; and the turns that examples quote."""

    blocks: dict[str, list[list[int]]]
    quoted: frozenset[tuple[str, int]]
    notes: list[str]

    @property
    def n_turns(self) -> int:
        """The turns that may be coded."""
        return sum(len(block) for blocks in self.blocks.values() for block in blocks)


def frame(
    transcripts: Iterable[Transcript], codebook: Codebook, *, turns: int, exclude_speakers: Sequence[str] = ()
) -> Frame:
    """All turns that may be coded, cut into blocks of about so many neighbours.

    A turn may be coded if its speaker is not excluded and some code is for them; what others say between two such
    turns is context, and does not part them. The blocks of a transcript are as long as each other, or one turn longer.
    """
    line = cut(transcripts, by="turn", exclude_speakers=exclude_speakers)
    blocks = {id: cut_into_blocks(there, turns) for id, there in _codable(line, codebook).items()}
    silent = [f"{id}: no turn of it may be coded, so that none is drawn" for id, there in blocks.items() if not there]
    return Frame(blocks, _quoted(line, codebook), [*line.notes, *silent])


def _codable(line: Cut, codebook: Codebook) -> dict[str, list[int]]:
    scopes = [speakers_of(codebook, code) for code in asked(codebook)]
    heard = None if not all(scopes) else {label for scope in scopes for label in scope}
    found: dict[str, list[int]] = {id: [] for id in line.texts}
    for unit in line.units:
        if heard is None or heard.intersection(unit.speakers):
            found[unit.transcript].append(unit.turn)
    return found


def _quoted(line: Cut, codebook: Codebook) -> frozenset[tuple[str, int]]:
    by = quoted(line, codebook)
    return frozenset((unit.transcript, unit.turn) for unit, ids in zip(line.units, by, strict=True) if ids)


def cut_into_blocks(turns: Sequence[int], length: int) -> list[list[int]]:
    """Neighbours in blocks of `length`, evened out so that none is a rest.

    >>> cut_into_blocks([2, 4, 6, 8, 10, 12, 14], 3)
    [[2, 4, 6], [8, 10, 12, 14]]
    """
    n = len(turns)
    m = max(1, round(n / length)) if n else 0
    return [list(turns[n * i // m : n * (i + 1) // m]) for i in range(m)]


def draw(
    transcripts: Iterable[Transcript],
    codebook: Codebook,
    *,
    name: str = "",
    blocks: int | None = None,
    passages: int | None = None,
    turns: int = 8,
    purpose: Purpose = "tune",
    seed: int = 1,
    exclude_speakers: Sequence[str] = (),
    taken: Iterable[SampledTurn] = (),
) -> Sample:
    """A sample of `blocks` blocks from every transcript; or of about so many `passages` (turns) from all of them.

    With `passages` each transcript gives blocks in proportion to its length, and at least one. `taken` are the turns
    of other samples. An anchor leaves out what the codebook's examples or counterexamples quote. The same arguments
    give the same sample, on every machine.

    Raises InputError where other samples were cut into other blocks, or where nothing is left to draw.
    """
    if (blocks is None) == (passages is None):
        raise InputError(
            "say how much to draw: so many blocks in every interview (--blocks N), or so many turns in all "
            "(--passages N)"
        )
    if min(n for n in (turns, blocks, passages) if n is not None) < 1:
        raise InputError("blocks, passages and turns are whole numbers from 1")
    given = frame(transcripts, codebook, turns=turns, exclude_speakers=exclude_speakers)
    free = _free(given, taken, turns)
    wanted = dict.fromkeys(free, blocks) if blocks is not None else _shares(given, ceil((passages or 0) / turns))
    drawn = [turn for id in free for turn in _drawn(given, id, _chosen(free[id], wanted[id], id, seed), purpose)]
    left = given.quoted if purpose == "anchor" else frozenset()
    kept = tuple(turn for turn in drawn if (turn.transcript, turn.turn) not in left)
    if not kept:
        raise InputError("there is nothing left to draw: no turn may be coded, or other samples hold them all")
    per = Counter(id for id, _ in {(turn.transcript, turn.block) for turn in drawn})
    more = _more_than_asked(passages, turns, len(drawn), per.total())
    short = [f"{id} ({per[id]} of {wanted[id]})" for id in free if given.blocks[id] and per[id] < (wanted[id] or 1)]
    return Sample(
        name=name,
        purpose=purpose,
        seed=seed,
        turns=kept,
        n_blocks=per.total(),
        n_transcripts=len({turn.transcript for turn in kept}),
        n_codable=given.n_turns,
        n_quoted=len(drawn) - len(kept),
        notes=(*given.notes, *_notes(short, len(drawn) - len(kept)), *more),
    )


def _chosen(free: Sequence[int], wanted: int | None, id: str, seed: int) -> list[int]:
    """So many of the free blocks, at random: those whose hash comes first, which no version of a library changes."""
    return sorted(sorted(free, key=lambda i: sha256(f"{seed}\n{id}\n{i}"))[:wanted])


def _drawn(given: Frame, id: str, chosen: Sequence[int], purpose: Purpose) -> list[SampledTurn]:
    """The turns of the chosen blocks. Each block of the transcript was as likely to be among them as any other."""
    blocks = given.blocks[id]
    return [
        SampledTurn(
            transcript=id,
            turn=turn,
            purpose=purpose,
            probability=len(chosen) / len(blocks),
            block=i + 1,
            blocks=len(blocks),
        )
        for i in chosen
        for turn in blocks[i]
    ]


def _free(given: Frame, taken: Iterable[SampledTurn], length: int) -> dict[str, list[int]]:
    """For each transcript the places of the blocks that no other sample has."""
    place = {(id, t): i for id, blocks in given.blocks.items() for i, block in enumerate(blocks) for t in block}
    held = set()
    for turn in taken:
        i = place.get((turn.transcript, turn.turn))
        if i is None:
            continue
        if turn.block and (turn.block, turn.blocks) != (i + 1, len(given.blocks[turn.transcript])):
            raise InputError(
                f"{turn.transcript} was cut into other blocks for an earlier sample than blocks of {length} turns, so "
                "that the chance of a turn to be drawn would not be known; give the --turns of that sample, and have "
                "the same speakers excluded"
            )
        held.add((turn.transcript, i))
    return {id: [i for i in range(len(blocks)) if (id, i) not in held] for id, blocks in given.blocks.items()}


def _shares(given: Frame, n: int) -> dict[str, int | None]:
    """So many blocks shared out over the transcripts by how many each has (largest rest first), at least one each."""
    sizes = {id: len(blocks) for id, blocks in given.blocks.items() if blocks}
    total = sum(sizes.values())
    exact = {id: n * size / total for id, size in sizes.items()}
    shares = {id: max(1, int(share)) for id, share in exact.items()}
    rest = sorted((id for id in exact if exact[id] > 1), key=lambda id: (int(exact[id]) - exact[id], id))
    for id in rest[: max(0, n - sum(shares.values()))]:
        shares[id] += 1
    return {id: shares.get(id, 0) for id in given.blocks}


def _more_than_asked(passages: int | None, turns: int, n: int, blocks: int) -> list[str]:
    """Told where a block of each interview is already more than the turns asked for."""
    if passages is None or blocks <= ceil(passages / turns):
        return []
    return [
        f"{n} turns are drawn where {passages} were asked for, since each interview gives at least one block of about "
        f"{turns}; shorter blocks (--turns K) come nearer"
    ]


def _notes(short: Sequence[str], out: int) -> list[str]:
    notes = []
    if short:
        notes.append(f"fewer blocks than wanted, for want of turns that no other sample has: {', '.join(short)}")
    if out:
        turns = "1 turn" if out == 1 else f"{out} turns"
        notes.append(f"{turns} left the sample because examples of the codebook quote {'it' if out == 1 else 'them'}")
    return notes
