"""Functions that hand all their arguments on to another one: these are said once, there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Back = TypeVar("_Back")


def hands_on_to(other: Callable[_Given, object]) -> Callable[[Callable[..., _Back]], Callable[_Given, _Back]]:
    """A decorator: the function takes what the other one takes, for help() and for type checkers alike.

    >>> def cut(text: str, *, words: int = 3) -> list[str]:
    ...     return text.split()[:words]
    >>> @hands_on_to(cut)
    ... def count(*args: object, **kwargs: object) -> int:
    ...     return len(cut(*args, **kwargs))
    >>> count("one two three four", words=2), inspect.signature(count)
    (2, <Signature (text: 'str', *, words: 'int' = 3) -> 'int'>)
    """
    taken = inspect.signature(other)

    def same(function: Callable[..., _Back]) -> Callable[_Given, _Back]:
        back = inspect.signature(function).return_annotation
        # What help() and notebooks show; otherwise they would print *args and **kwargs.
        function.__signature__ = taken.replace(return_annotation=back)  # type: ignore[attr-defined]
        return function

    return same
