"""How many calls may be in flight: halved when a provider is busy, raised again by one with every answer.

That is how networks share a line (additive increase, multiplicative decrease: Chiu and Jain 1989, Computer Networks
and ISDN Systems 17). A provider that refuses everything, round after round, is left alone for longer each time.
"""

from __future__ import annotations

import random

LONGEST_PAUSE_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 600.0
"""A provider that wants to be left alone for longer than this is not waited for."""
PATIENCE_SECONDS = 900.0
"""How long a provider that answers nothing, and is busy each time, is asked again."""
_ROUNDS = 3
"""After so many rounds without an answer all calls pause, not only those that were refused."""


class Pace:
    """The number of calls that may be in flight now. Times are in seconds of one clock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._halved_at = float("-inf")
        self._rounds = 0
        self._answered_at: float | None = None
        self.resume_at = float("-inf")
        """Until then nothing is started."""
        self.given_up = False
        """Whether the provider has been busy for so long that asking on makes no sense."""

    def room(self, in_flight: int, now: float) -> int:
        """How many calls may be started now."""
        return 0 if now < self.resume_at else max(0, int(self._limit) - in_flight)

    def answered(self, now: float) -> None:
        """A call was answered."""
        self._limit = min(float(self._most), self._limit + 1)
        self._rounds = 0
        self._answered_at = now

    def pressed(self, started: float, now: float, retry_after_seconds: float | None) -> None:
        """A call that was started at a time was refused because the provider is busy."""
        if self._answered_at is None:
            self._answered_at = started  # patience begins with the first call
        if started >= self._halved_at:  # what was in flight at the last halving is the same pressure
            self._limit = max(1.0, self._limit / 2)
            self._halved_at = now
            self._rounds += 1
        if self._rounds < _ROUNDS:
            return
        wait = retry_after_seconds if retry_after_seconds is not None else patience_seconds(self._rounds - _ROUNDS)
        self.resume_at = max(self.resume_at, now + min(wait, LONGEST_WAIT_SECONDS))
        self.given_up = wait > LONGEST_WAIT_SECONDS or now - self._answered_at > PATIENCE_SECONDS


def patience_seconds(waited: int) -> float:
    """How long to wait where nobody says how long: twice as long each time, spread by chance."""
    return float(min(2.0**waited, LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.0))
