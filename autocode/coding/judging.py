"""What people decide about single quotes of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autocode.data import Span
from autocode.errors import ConfigError, RunError, nearest
from autocode.runs import Run, Verdict, add_verdicts, read_table
from autocode.runs.run import now
from autocode.runs.verdicts import Decision


def judge(
    run: Run,
    *,
    accept: Iterable[str] = (),
    reject: Iterable[str] = (),
    move: Iterable[str] = (),
    by: str | None,
    note: str = "",
) -> int:
    """Write down what a person decided about quotes of a run; how many decisions that were.

    Quotes are named by their id; `move` as `ID:START-END`, in characters of the transcript. Raises RunError for an id
    that the run does not have, ConfigError where nobody says who decides.
    """
    wanted: list[tuple[Decision, str, Span | None]] = [("accept", id, None) for id in accept]
    wanted += [("reject", id, None) for id in reject]
    for written in move:
        match = re.fullmatch(r"([^:]+):(\d+)-(\d+)", written)
        if match is None or int(match[2]) >= int(match[3]):
            raise ConfigError(f'"{written}" is no move; write ID:START-END, as in 4f0c7a1b2c3d4e5f:120-180')
        wanted.append(("move", match[1], Span(int(match[2]), int(match[3]))))
    if not wanted:
        return 0
    if not by:
        raise ConfigError("a verdict is somebody's: say whose with --by NAME")
    known = {row.segment.id for row in read_table(run.table)} if run.table.exists() else set()
    for _, id, _ in wanted:
        if id not in known:
            raise RunError(f'{run.path}: no quote has the id "{id}"{nearest(id, known)}')
    add_verdicts(run.verdicts, [Verdict(id=id, verdict=v, span=s, by=by, at=now(), note=note) for v, id, s in wanted])
    return len(wanted)
