"""How long a provider that is busy is asked again about a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from autocode.coding.pace import LONGEST_WAIT_SECONDS, patience_seconds
from autocode.errors import BusyError

_WAITS = 6
"""How often a provider that is busy is asked again about a batch."""

_BRIEFLY_SECONDS = 10.0
"""How long one wait for a busy provider may be where nothing depends on it."""

_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Patience:
    """Asks a provider that is busy again, after a while."""

    sleep: Callable[[float], object]

    def ask(
        self, call: Callable[[], _Told], *, sends: bool = False, longest_seconds: float = LONGEST_WAIT_SECONDS
    ) -> _Told:
        """What a call gives; a provider that is busy is asked again, one that says nothing is not.

        Where it `sends`, only after a clear refusal: else the batch may be there, and the next command looks for it.
        """
        again = ("pressure",) if sends else ("pressure", "fault")
        for waited in range(_WAITS):
            try:
                return call()
            except BusyError as error:
                seconds = patience_seconds(waited) if error.retry_after_seconds is None else error.retry_after_seconds
                if error.why not in again or seconds > longest_seconds:
                    raise
                self.sleep(seconds)
        return call()

    def ask_briefly(self, call: Callable[[], _Told]) -> _Told:
        """The same for what can be done with the next command as well."""
        return self.ask(call, longest_seconds=_BRIEFLY_SECONDS)
