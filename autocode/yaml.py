"""YAML as autocode reads and writes it: version 1.2, every value with its line, nothing executed. Owns ruamel.yaml.

ruamel.yaml finds the structure; what a plain word means is decided here by the core schema of YAML 1.2 (section
10.3.2), so that `no` is a word and `2026-11-20` a text, whatever the library's version or a `%YAML 1.1` line says.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocode.errors import InputError

DEEPEST = 50
"""Levels of nesting that are read. Files by people need five; a list that holds itself has no end."""

_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,3000}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

_BREAKS = ("\n", "\r", "\x85", "\u2028", "\u2029")  # the last three break lines in YAML 1.1, and in ruamel.yaml

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a YAML file: a word or number, a list, or keys with values."""

    value: Scalar | list[Node] | dict[str, Node]
    line: int
    """Of its key, or, in a list, of its first character; counted from 1."""
    written: str = ""
    """A single value as it stands in the file: `1.10` where the value is 1.1."""


def parse_yaml(text: str, *, path: Path | str, error: type[InputError] = InputError) -> Node:
    """The content of a YAML file, each value with its line.

    Raises `error`, with path and line, for what is no YAML, a key that stands twice, a second document, tags of
    programming languages, nesting without end, and aliases that would blow the file up.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    reader.max_depth = DEEPEST
    reader.composer.warn_double_anchors = False  # YAML 1.2 lets an anchor be used again
    try:
        root = reader.compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = None if mark is None else mark.line + 1
        raise error(_in_words(problem.problem or problem.context or ""), path=path, line=line) from problem
    except YAMLError as problem:  # a character that no YAML file may hold
        line = text.count("\n", 0, getattr(problem, "position", 0)) + 1
        raise error("it holds a control character; delete it", path=path, line=line) from problem
    except RecursionError as problem:
        raise error(f"it is nested deeper than {DEEPEST} levels; make it flatter", path=path) from problem
    if root is None:
        return Node(None, 1)
    return _Walk(path, error, room=100_000 + 4 * len(text)).node(root, root.start_mark.line + 1, 1)


def _in_words(problem: str) -> str:
    """ruamel.yaml's finding, with the step that most often mends it."""
    if "mapping values are not allowed" in problem:
        hint = 'a text that holds ": " must stand in quotes, and keys of one level in one column'
    elif r"'\t'" in problem:
        hint = "indent with blanks, not tabs"
    elif "cannot start any token" in problem:
        hint = "put the text in quotes"
    elif "another document" in problem:
        hint = 'leave out the line "---" that starts a second document'
    elif "maximum depth" in problem:
        return f"it is nested deeper than {DEEPEST} levels; make it flatter"
    else:
        hint = (
            "look for a quote or bracket that is not closed and for keys that are not in one column, here or just above"
        )
    return f"this is not YAML ({' '.join(problem.split())}); {hint}"


@dataclass(slots=True)
class _Walk:
    """A walk through ruamel.yaml's nodes that ends where aliases make a small file endless."""

    path: Path | str
    error: type[InputError]
    room: int
    """Characters and values that may still come. A file without aliases cannot use up four times its length."""

    def node(self, found: Any, line: int, depth: int) -> Node:
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        if depth > DEEPEST:
            raise self.error(f"it is nested deeper than {DEEPEST} levels; make it flatter", path=self.path, line=line)
        if str(found.tag) not in _TAGS:
            raise self.error(f'the YAML tag "{found.tag}" is not read; leave it out', path=self.path, line=line)
        if isinstance(found, MappingNode):
            self._spend(1, line)
            return Node(self._entries(found, depth), line)
        if isinstance(found, SequenceNode):
            self._spend(1, line)
            return Node([self.node(item, item.start_mark.line + 1, depth + 1) for item in found.value], line)
        self._spend(1 + len(found.value), line)
        is_word = found.style is not None or (str(found.tag).endswith(":str") and found.value not in _NULL)
        return Node(found.value if is_word else meaning(found.value), line, found.value)

    def _entries(self, found: Any, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key_node, value_node in found.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                raise self.error("a list stands where a key is due; write a word", path=self.path, line=line)
            if key in entries:
                shown = " ".join(key.split())
                message = f'"{shown}" stands twice, here and on line {entries[key].line}; keep one'
                raise self.error(message, path=self.path, line=line)
            self._spend(len(key), line)
            entries[key] = self.node(value_node, line, depth + 1)
        return entries

    def _spend(self, amount: int, line: int) -> None:
        self.room -= amount
        if self.room < 0:
            message = "its aliases (*name) make it many times longer than it is; write the values out"
            raise self.error(message, path=self.path, line=line)


def meaning(word: str) -> Scalar:
    """What a word without quotes means in YAML 1.2.

    >>> [meaning(word) for word in ("no", "true", "1.10", "0o17", "2026-11-20", "~")]
    ['no', True, 1.1, 15, '2026-11-20', None]
    """
    if word in _NULL:
        return None
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if _INT.fullmatch(word):
        return int(word, 0) if word.startswith(("0o", "0x")) else int(word)
    # Infinity and not-a-number stay words: no noun may hold what JSON cannot.
    if _FLOAT.fullmatch(word) and math.isfinite(float(word)):
        return float(word)
    return word


def plain(node: Node) -> Any:
    """A value without its lines: words, numbers, lists and dicts.

    >>> plain(Node([Node("a", 1), Node({"b": Node(2, 3)}, 2)], 1))
    ['a', {'b': 2}]
    """
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    return node.value


@dataclass(frozen=True, slots=True)
class Inline:
    """A list or dict to be written on one line, `{text: she moved my deadlines, source: p04}`."""

    value: list[Any] | dict[str, Any]


def dump_yaml(value: Mapping[str, Any]) -> str:
    """Keys and values as YAML 1.2 that `parse_yaml` reads back as they were; keys keep their order."""
    import io

    out = io.StringIO()
    _writer().dump(_styled(value), out)
    return out.getvalue()


def with_key(text: str, key: str, value: Any) -> str:
    """A YAML file with one key of its top level changed where it stands, or added at the end.

    Every other character of the file stays as it is, comments too.
    """
    from ruamel.yaml import YAML

    entry = dump_yaml({key: value}).rstrip("\n")
    root = YAML(typ="safe", pure=True).compose(text)
    for key_node, value_node in root.value if root is not None else ():
        if key_node.value == key:
            is_empty = value_node.start_mark.index == value_node.end_mark.index
            end = text.index(":", key_node.end_mark.index) + 1 if is_empty else _end(value_node)
            return text[: key_node.start_mark.index] + entry + text[len(text[:end].rstrip()) :]
    return f"{text}\n{entry}\n" if text and not text.endswith("\n") else f"{text}{entry}\n"


def with_item(text: str, key: str, item: Any) -> str:
    """A YAML file with one more item at the end of a list of its top level, which is made if it is not there.

    Every other character of the file stays as it is, comments in the list too.
    """
    from ruamel.yaml import YAML

    root = YAML(typ="safe", pure=True).compose(text)
    found = [value for key_node, value in (root.value if root is not None else ()) if key_node.value == key]
    if not found or not isinstance(found[0].value, list) or not found[0].value:
        return with_key(text, key, [item])
    items = found[0]
    entry = dump_yaml({key: [item]}).split("\n", 1)[1].strip().removeprefix("- ")
    if items.flow_style:
        place = _end(items.value[-1])
        return f"{text[:place]}, {entry}{text[place:]}"
    place = len(text[: _end(items)].rstrip())  # a text of several lines ends where the next key begins
    column = items.start_mark.column  # of the first dash: the others stand below it
    line_end = text.find("\n", place)
    line_end = len(text) if line_end < 0 else line_end  # a comment beside the last item stays beside it
    return f"{text[:line_end]}\n{' ' * column}- {entry}{text[line_end:] or chr(10)}"


def _end(node: Any) -> int:
    """Where a value ends in its file. A list or keys over several lines end with their last item: what the library
    counts to them beyond that are comments on what follows.
    """
    if isinstance(node.value, list) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _writer() -> Any:
    from ruamel.yaml import YAML

    writer = YAML()
    writer.allow_unicode = True
    writer.width = 1_000_000  # a line broken inside a text reads as if it were two
    writer.indent(mapping=2, sequence=4, offset=2)
    return writer


def _styled(value: Any, *, inline: bool = False) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, Inline):
        return _styled(value.value, inline=True)
    if isinstance(value, Mapping):
        entries = CommentedMap({_styled(str(k), inline=True): _styled(v, inline=inline) for k, v in value.items()})
        if inline or not value:
            entries.fa.set_flow_style()
        return entries
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([_styled(item, inline=inline) for item in value])
        if inline or not value:
            items.fa.set_flow_style()
        return items
    if isinstance(value, str):
        # ruamel.yaml writes `?0` and `:0` without quotes between brackets, and cannot read them there.
        if not isinstance(meaning(value), str) or (inline and value.startswith(("?", ":"))):
            return DoubleQuotedScalarString(value)
        if len(value.splitlines()) > 1 or value.endswith(_BREAKS):
            return LiteralScalarString(value) if not inline and _is_block(value) else DoubleQuotedScalarString(value)
        return _date(value) or value
    return value


def _date(text: str) -> datetime.date | None:
    """The date that a text is, which ruamel.yaml writes without quotes."""
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return date if date.isoformat() == text else None


def _is_block(text: str) -> bool:
    """Whether lines can be written below each other after `|` and come back unchanged."""
    return all(line and line == line.strip() and line.isprintable() for line in text.split("\n"))
