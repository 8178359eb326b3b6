"""Everything autocode raises on purpose.

AutocodeError               the message says what, where, and the next step
├─ InputError               a researcher's file; carries .path and .line
│  └─ TranscriptError, CodebookError, ConfigError
├─ AskError                 no usable answer; carries .model
│  ├─ ProviderError         refused, out of quota, unreachable (the provider's own error is the cause)
│  │  └─ BusyError          the provider asks us to come back later; carries .retry_after_seconds
│  └─ ReplyError            answered, but not in the schema; carries .raw
├─ RunError                 the run folder disagrees with what is asked of it
└─ AgreementError           no pair of coders shares a unit

A quote that is not found and an alpha that is undefined are values, not errors.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal


class AutocodeError(Exception):
    """Something a person can mend; its message says how."""


class InputError(AutocodeError):
    """A file that cannot be used as it is. Prints as `path:line: what; next step`."""

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(where + message)
        self.path = None if path is None else Path(path)
        self.line = line


class TranscriptError(InputError):
    """A transcript that cannot be read."""


class CodebookError(InputError):
    """A codebook that cannot be used."""


class ConfigError(InputError):
    """A setting in autocode.yaml, or on the command line, that cannot be used."""


class AskError(AutocodeError):
    """No usable answer from a model."""

    def __init__(self, message: str, *, model: str) -> None:
        super().__init__(message)
        self.model = model

    def __reduce__(self) -> tuple[object, ...]:
        # An exception with keywords does not come back from another process by itself.
        return _come_back, (type(self), self.args, self.__dict__)


def _come_back(kind: type[AskError], args: tuple[object, ...], fields: dict[str, object]) -> AskError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class ProviderError(AskError):
    """The provider refuses, has no credit left, or cannot be reached; asking again now does not help."""


class BusyError(ProviderError):
    """The provider is busy or failed for the moment: the same request may succeed later.

    `why` is `pressure` (it has too much to do: fewer calls at once will help), `fault` (this call failed) or `silence`
    (nobody answered in time, or nobody is there).
    """

    def __init__(
        self,
        message: str,
        *,
        model: str,
        retry_after_seconds: float | None = None,
        why: Literal["pressure", "fault", "silence"] = "fault",
    ) -> None:
        super().__init__(message, model=model)
        self.retry_after_seconds = retry_after_seconds
        self.why = why


class ReplyError(AskError):
    """The model answered, but not in the schema."""

    def __init__(self, message: str, *, model: str, raw: object) -> None:
        super().__init__(message, model=model)
        self.raw = raw


class RunError(AutocodeError):
    """The run folder disagrees with what is asked of it."""


class AgreementError(AutocodeError):
    """No pair of coders shares a unit, so no agreement can be computed."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of an error message that names the known word nearest to a wrong one, or nothing.

    >>> nearest("exclude_speaker", ["exclude_speakers", "unit"])
    '; did you mean "exclude_speakers"?'
    >>> nearest("colour", ["unit"])
    ''
    """
    found = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(word.casefold(), found, n=1, cutoff=0.6)
    return f'; did you mean "{found[close[0]]}"?' if close else ""
