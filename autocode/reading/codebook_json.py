"""A codebook as JSON: with the keys of the YAML form, or a plain list of codes with the columns of a table."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from autocode.data import Codebook
from autocode.errors import CodebookError
from autocode.reading.codebook_checks import Draft
from autocode.reading.codebook_table import read_table_codebook
from autocode.reading.codebook_yaml import codebook_in, codebook_keys
from autocode.reading.tables import table_of
from autocode.yaml import DEEPEST, Inline, Node, Scalar

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s\[\]{}:,"]+|[\[\]{}:,]')


def read_json_codebook(text: str, path: Path) -> Draft:
    """The codebook in a JSON file. A list whose items are names or flat objects is read as a table, a row an item."""
    root = parse_json(text, path)
    if not isinstance(root.value, list):
        return codebook_in(root, path)
    if any(_is_nested(item) for item in root.value):
        return codebook_in(Node({"codes": root}, root.line), path)
    items = [item.value if isinstance(item.value, dict) else {"name": item} for item in root.value]
    columns = list(dict.fromkeys(key for item in items for key in item))
    if not columns:
        raise CodebookError('no codes: the list is empty; write {"codes": [{"id": ..., "name": ...}]}', path=path)
    rows = [
        (node.line, [_cell(item[key]) if key in item else "" for key in columns])
        for node, item in zip(root.value, items, strict=True)
    ]
    filled = [(line, cells) for line, cells in rows if any(cells)]
    return read_table_codebook(table_of([(root.line, columns), *filled], path), header=root.line)


def codebook_to_json(codebook: Codebook) -> str:
    """The codebook as the text of a JSON file, with the keys of the YAML form."""
    return json.dumps(_outlined(codebook_keys(codebook)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _outlined(value: Any) -> Any:
    """A value without the marks of what YAML writes on one line."""
    if isinstance(value, Inline):
        return _outlined(value.value)
    if isinstance(value, dict):
        return {key: _outlined(inner) for key, inner in value.items()}
    return [_outlined(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _is_nested(item: Node) -> bool:
    """Whether it is a code of our own form, with codes inside it or examples with keys."""
    values = item.value.values() if isinstance(item.value, dict) else ()
    return any(
        isinstance(node.value, dict)
        or (isinstance(node.value, list) and any(isinstance(inner.value, (list, dict)) for inner in node.value))
        for node in values
    )


def _cell(node: Node) -> str:
    """A value as a cell: the items of a list on a line each, words as they are, numbers as they are written."""
    if isinstance(node.value, list):
        return "".join(f"{' '.join(_cell(item).split())}\n" for item in node.value)
    if isinstance(node.value, str):
        return node.value
    return "" if node.value is None else node.written


# --- JSON with lines ------------------------------------------------------------------------------------------------


def parse_json(text: str, path: Path) -> Node:
    """The content of a JSON file, each value with its line.

    Raises CodebookError, with path and line, for what is no JSON, a key that stands twice, and nesting without end.
    """
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise CodebookError('no codes: the file is empty; list the codes under "codes"', path=path) from error
        message = f"this is not JSON ({error.msg}); look for a comma, quote mark or bracket, here or just above"
        raise CodebookError(message, path=path, line=error.lineno) from error
    except RecursionError as error:
        raise CodebookError(f"it is nested deeper than {DEEPEST} levels; make it flatter", path=path) from error
    except ValueError as error:  # NaN, Infinity, or a number of thousands of digits
        raise CodebookError(f"it holds a number that is none ({error}); put it in quotes", path=path) from error
    return _Values(text, path).value(1)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


class _Values:
    """A walk through JSON that is known to be sound, counting lines."""

    def __init__(self, text: str, path: Path) -> None:
        self.path = path
        self.tokens = self._tokens(text)
        self.line = 1

    def _tokens(self, text: str) -> Iterator[str]:
        seen = 0
        for token in _TOKEN.finditer(text):
            self.line += text.count("\n", seen, token.start())
            seen = token.start()
            yield token[0]

    def value(self, depth: int, token: str = "") -> Node:
        token = token or next(self.tokens)
        line = self.line
        if token not in "[{":
            return Node(self._scalar(token, line), line, token)
        if depth > DEEPEST:
            message = f"it is nested deeper than {DEEPEST} levels; make it flatter"
            raise CodebookError(message, path=self.path, line=line)
        return Node(self._list(depth) if token == "[" else self._object(depth), line)

    def _list(self, depth: int) -> list[Node]:
        items = []
        while (token := next(self.tokens)) != "]":
            if token != ",":
                items.append(self.value(depth + 1, token))
        return items

    def _object(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while (token := next(self.tokens)) != "}":
            if token == ",":
                continue
            key, line = json.loads(token), self.line
            if key in entries:
                shown = " ".join(key.split())
                message = f'"{shown}" stands twice, here and on line {entries[key].line}; keep one'
                raise CodebookError(message, path=self.path, line=line)
            next(self.tokens)  # the colon
            found = self.value(depth + 1)
            entries[key] = Node(found.value, line, found.written)
        return entries

    def _scalar(self, token: str, line: int) -> Scalar:
        value: Scalar = json.loads(token)
        if isinstance(value, float) and not math.isfinite(value):
            raise CodebookError(f"the number {token} is too large; put it in quotes", path=self.path, line=line)
        return value
