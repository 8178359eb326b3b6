"""The keys of a YAML file, each taken as what it should be; anything else is an error with path and line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocode.errors import InputError, nearest
from autocode.yaml import Node, plain


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys under one heading of a file, to be taken one by one.

    A key without a value counts as absent. A number where words are due is taken as it is written if it is whole
    (a speaker called 2); `1.10` is not, since other programs read it as 1.1.
    """

    node: Node
    what: str
    """What the keys describe, as an error names it: `a code`."""
    path: Path | str
    error: type[InputError]
    known: Collection[str]
    open_ended: bool = False
    """Whether keys that start with `x-` are let in."""

    def __post_init__(self) -> None:
        if not isinstance(self.node.value, dict):
            example = next(iter(self.known))
            raise self.wrong(
                f'{described(self.node)} stands where {self.what} is due; write keys, such as "{example}: ..."'
            )
        for key, node in self.node.value.items():
            if key not in self.known and not (self.open_ended and key.startswith("x-")):
                hint = nearest(key, self.known) or f"; known are {', '.join(self.known)}"
                raise self.wrong(f'unknown key "{key}" in {self.what}{hint}', node)

    def wrong(self, message: str, at: Node | None = None) -> InputError:
        """The error to raise, at a value's line."""
        return self.error(" ".join(message.splitlines()), path=self.path, line=(at or self.node).line)

    def get(self, key: str) -> Node | None:
        """The value of a key, or None where it is absent or empty."""
        assert isinstance(self.node.value, dict)
        node = self.node.value.get(key)
        return None if node is None or node.value is None else node

    def line(self, key: str) -> int:
        """The line of a key, or of the heading where the key is absent."""
        return (self.get(key) or self.node).line

    def text(self, key: str, default: str = "") -> str:
        """Words."""
        node = self.get(key)
        return default if node is None else self.words(key, node)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words; a single text is a list of one."""
        return tuple(self.words(key, node) for node in self.items(key, alone=True))

    def items(self, key: str, *, alone: bool = False) -> list[Node]:
        """The items of a list, empty ones left out. With `alone`, a value that is no list is a list of one."""
        node = self.get(key)
        if node is None:
            return []
        if isinstance(node.value, list):
            return [item for item in node.value if item.value not in (None, "")]
        if not alone:
            raise self.wrong(f'"{key}" of {self.what} is {described(node)}, but a list is due', node)
        return [] if node.value == "" else [node]

    def words(self, key: str, node: Node) -> str:
        """A value as words."""
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.written
        hint = "; put it in quotes" if isinstance(node.value, (bool, float, dict)) else ""
        raise self.wrong(f'"{key}" of {self.what} holds {described(node)}, but a text is due{hint}', node)

    def number(self, key: str, default: int, *, least: int = 1) -> int:
        """A whole number."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int) or node.value < least:
            raise self.wrong(
                f'"{key}" of {self.what} is {described(node)}, but a whole number from {least} is due', node
            )
        return node.value

    def truth(self, key: str) -> bool | None:
        """True or false, or None where it is not said."""
        node = self.get(key)
        if node is None:
            return None
        if not isinstance(node.value, bool):
            hint = " (YAML 1.2 reads yes and no as words)" if node.value in ("yes", "no") else ""
            raise self.wrong(f'"{key}" of {self.what} is {described(node)}; write true or false{hint}', node)
        return node.value

    def choice(self, key: str, options: Collection[str], default: str = "") -> str:
        """One of a closed set of words."""
        node = self.get(key)
        if node is None:
            return default
        if isinstance(node.value, str) and node.value in options:
            return node.value
        hint = nearest(node.value, options) if isinstance(node.value, str) else ""
        raise self.wrong(f'"{key}" of {self.what} is {described(node)}, but is one of {", ".join(options)}{hint}', node)

    def extra(self) -> Mapping[str, Any]:
        """The `x-` keys, as they are."""
        assert isinstance(self.node.value, dict)
        return {key: plain(node) for key, node in self.node.value.items() if key.startswith("x-")}


def described(node: Node) -> str:
    """A value in the words of an error message.

    >>> described(Node(1.1, 1, "1.10")), described(Node([], 1)), described(Node("no", 1))
    ('the number 1.10', 'a list', '"no"')
    """
    if node.value is None:
        return "empty"
    if isinstance(node.value, dict):
        return f'a set of keys ("{next(iter(node.value), "")}: ...")'
    if isinstance(node.value, list):
        return "a list"
    if isinstance(node.value, bool):
        return node.written
    if isinstance(node.value, str):
        return f'"{node.value if len(node.value) <= 60 else node.value[:57] + "..."}"'
    return f"the number {node.written}"
