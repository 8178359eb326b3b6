"""Units -> the calls that they move with, and sums over each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocode.drift.labels import MOST_BLOCKS, pairs

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


class Blocks:
    """Units sorted by the call that they were answered in; calls in the order of their numbers.

    More than `MOST_BLOCKS` calls are joined to neighbours, as evenly as can be.
    """

    def __init__(self, calls: Ints, *, most: int = MOST_BLOCKS) -> None:
        import numpy as np

        self.order = np.argsort(calls, kind="stable")
        numbers = calls[self.order]
        starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]])) if len(numbers) else numbers
        self.n_calls = len(starts)
        if self.n_calls > most:
            starts = starts[np.arange(most) * self.n_calls // most]
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts)

    def sums(self, values: Ints) -> Ints:
        """Sums over each block of a table units x codes."""
        import numpy as np

        return np.add.reduceat(values[self.order], self.starts, axis=0, dtype=np.int64)

    def applied(self, values: Ints) -> Ints:
        """How often each repeat applied each code, blocks x repeats x codes, from an array repeats x units x codes."""
        import numpy as np

        return np.stack([self.sums(repeat) for repeat in values], axis=1)

    def apart(self, values: Ints, applied: Ints) -> Ints:
        """On how many units every two repeats differ, for each block and code: blocks x pairs x codes."""
        import numpy as np

        found = [
            applied[:, i] + applied[:, j] - 2 * self.sums(values[i] & values[j])
            for i, j in zip(*pairs(len(values)), strict=True)
        ]
        return np.stack(found, axis=1)
