"""What a run has still to ask: at once, from some time on, or when all others are done."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from autocode.runs import Planned


@dataclass
class Asked:
    """Equal passages that one call is made for, and how it has gone with them."""

    lines: list[Planned]
    tries: int = 0
    """Answers that were none."""
    failures: Counter[str] = field(default_factory=Counter)
    last_round: bool = False
    """Whether everything else is done."""
    begun: float = 0.0

    @property
    def key(self) -> str:
        """The key of the call."""
        return self.lines[0].key


def together(planned: Iterable[Planned]) -> list[Asked]:
    """The calls to make, equal passages together: they are asked about once."""
    by_key: dict[str, Asked] = {}
    for line in planned:
        by_key.setdefault(line.key, Asked([])).lines.append(line)
    return list(by_key.values())


class Queue:
    """The calls that are not in flight and have no answer yet. Times are in seconds of one clock."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self.todo = deque(asked)
        """What may be asked at once, in order."""
        self.later: list[tuple[float, int, Asked]] = []
        """What may be asked from a time on, the earliest first."""
        self.aside: list[Asked] = []
        """What kept failing: asked once more when all others are done."""

    def __bool__(self) -> bool:
        return bool(self.todo or self.later or self.aside)

    def ask_at(self, time: float, asked: Asked) -> None:
        """Ask again, but not before a time."""
        heapq.heappush(self.later, (time, id(asked), asked))

    def wake(self, now: float) -> None:
        """Bring back the calls whose time to be asked again has come."""
        while self.later and self.later[0][0] <= now:
            self.todo.appendleft(heapq.heappop(self.later)[2])

    def again_at_the_end(self) -> None:
        """Everything else is done: the calls that kept failing are asked once more."""
        for asked in self.aside:
            asked.last_round = True
            asked.failures.clear()
        self.todo.extend(self.aside)
        self.aside = []

    def emptied(self) -> list[Asked]:
        """All that was to be asked, and is not any more."""
        left = [*self.todo, *(asked for _, _, asked in self.later), *self.aside]
        self.todo.clear()
        self.later.clear()
        self.aside.clear()
        return left
