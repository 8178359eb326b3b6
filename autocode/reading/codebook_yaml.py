"""The codebook in its own form, YAML: themes hold their codes. Read and written here, so that both stay one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from autocode.codebook import children
from autocode.data import Change, Code, Codebook, Counterexample, Example, Group
from autocode.errors import CodebookError
from autocode.fields import Fields
from autocode.reading.codebook_checks import Draft, Mention
from autocode.reading.codebook_ids import id_from_name
from autocode.yaml import Inline, Node, dump_yaml, parse_yaml

FORMAT = "autocode-codebook/1"

TOP = ("format", "id", "title", "version", "study_question", "groups", "codes", "changes")
CODE = (
    *("id", "name", "definition", "include", "exclude", "examples", "counterexamples", "speakers", "codable"),
    *("status", "origin", "aliases", "plain", "color", "notes", "codes"),
)
GROUP = ("id", "codes", "pick")
CHANGE = ("version", "date", "by", "kind", "codes", "from", "to", "recode", "why")


def _options(noun: type[Code] | type[Group] | type[Change], field: str) -> tuple[str, ...]:
    return tuple(option for option in get_args(noun.model_fields[field].annotation) if option)


STATUS, ORIGIN = _options(Code, "status"), _options(Code, "origin")
PICK, KIND = _options(Group, "pick"), _options(Change, "kind")


class _Found(NamedTuple):
    """A code, and where it and its fields stand."""

    code: Code
    line: int
    lines: dict[tuple[str, str], int]
    mentions: list[Mention]


def read_yaml_codebook(text: str, path: Path) -> Draft:
    """The codebook in a YAML file, its codes in the order of the file, each with its theme as `parent`."""
    return codebook_in(parse_yaml(text, path=path, error=CodebookError), path)


def codebook_in(root: Node, path: Path) -> Draft:
    """The codebook in the values of a YAML or JSON file."""
    if root.value is None:
        raise CodebookError('no codes: the file is empty; list the codes under "codes:"', path=path)
    if isinstance(root.value, list):
        raise CodebookError('the file is a list; put it under "codes:"', path=path, line=root.line)
    top = Fields(root, "the codebook", path, CodebookError, TOP, open_ended=True)
    _check_format(top)
    found = list(_codes(top, parent=""))
    if not found:
        raise top.wrong('no codes; list at least one under "codes:", with id, name and definition', top.get("codes"))
    groups = [_fields(top, node, "group", GROUP) for node in top.items("groups")]
    changes = [_fields(top, node, "change", CHANGE) for node in top.items("changes")]
    _check_groups(groups)
    id = _id(top) if top.get("id") else path.stem
    codebook = Codebook(
        id=id,
        title=top.text("title"),
        version=top.number("version", 1),
        study_question=top.text("study_question"),
        codes=tuple(each.code for each in found),
        groups=tuple(_group(group) for group in groups),
        changes=tuple(_change(change) for change in changes),
        notes=() if top.get("id") else (f'{path}: the codebook has no id, so it is called "{id}", as its file',),
        extra=top.extra(),
    )
    return Draft(
        codebook,
        lines=tuple(each.line for each in found),
        fields={place: line for each in found for place, line in each.lines.items()},
        mentions=(
            *(mention for each in found for mention in each.mentions),
            *(mention for group in groups for mention in _mentions(group, "codes")),
        ),
        history=tuple(mention for change in changes for mention in _mentions(change, "codes", "from", "to")),
    )


def _check_format(top: Fields) -> None:
    written = top.text("format", FORMAT)
    if written == FORMAT:
        return
    if newer := re.fullmatch(r"autocode-codebook/([0-9]+)", written):
        message = f"this codebook has format {newer[1]}, but this autocode reads format 1; install a newer autocode"
        raise top.wrong(message, top.get("format"))
    raise top.wrong(f'the format "{written}" is not known; write "format: {FORMAT}"', top.get("format"))


def _fields(heading: Fields, node: Node, what: str, known: tuple[str, ...]) -> Fields:
    """The keys of a code, group or change, called by its id where it has one."""
    id = node.value.get("id") if isinstance(node.value, dict) else None
    name = f"a {what}" if id is None or not isinstance(id.value, str) else f'the {what} "{id.value}"'
    if what == "code" and isinstance(node.value, str):
        raise heading.wrong(f'the code "{node.value}" has no keys; write "- id: {node.value}"', node)
    if what == "code" and isinstance(node.value, dict) and "parent" in node.value:
        # Read from a table a code names its theme; here it stands inside it, and two ways to say it could differ.
        raise heading.wrong(f'{name} has the key "parent"; put it under "codes:" of its theme', node.value["parent"])
    return Fields(node, name, heading.path, CodebookError, known, open_ended=True)


def _id(fields: Fields) -> str:
    """The id, which has to be a word: `1.10` and `1.1` are one number, but two ids."""
    node = fields.get("id")
    if node is None or node.value == "":
        name = fields.text("name") if "name" in fields.known else ""
        example = id_from_name(name) if name else "a-short-word"
        called = f'{fields.what} called "{name}"' if name else fields.what
        raise fields.wrong(f'{called} has no id; write "id: {example}"')
    if isinstance(node.value, (int, float)):
        raise fields.wrong(f'the id {node.written} is not read as a word; put it in quotes: id: "{node.written}"', node)
    return fields.text("id")


def _codes(heading: Fields, parent: str) -> Iterator[_Found]:
    """Each code under a heading with its lines and the codes it names, themes before their children."""
    for node in heading.items("codes"):
        fields = _fields(heading, node, "code", CODE)
        examples = _pairs(fields, "examples", "source")
        counterexamples = _pairs(fields, "counterexamples", "use")
        id = _id(fields)
        code = Code(
            id=id,
            name=fields.text("name") or id,
            parent=parent,
            definition=fields.text("definition"),
            include=fields.texts("include"),
            exclude=fields.texts("exclude"),
            examples=tuple(Example(text=text, source=source, extra=extra) for text, source, extra, _ in examples),
            counterexamples=tuple(
                Counterexample(text=text, use=use, extra=extra) for text, use, extra, _ in counterexamples
            ),
            speakers=fields.texts("speakers"),
            codable=fields.truth("codable"),
            status=fields.choice("status", STATUS, "active"),
            origin=fields.choice("origin", ORIGIN, ""),
            aliases=fields.texts("aliases"),
            plain=fields.text("plain"),
            color=fields.text("color"),
            notes=fields.text("notes"),
            extra=fields.extra(),
        )
        named = [Mention(use, line, f"a counterexample of {fields.what}") for _, use, _, line in counterexamples if use]
        yield _Found(code, fields.line("id"), {(id, key): fields.line(key) for key in CODE}, named)
        yield from _codes(fields, id)


def _pairs(fields: Fields, key: str, second: str) -> list[tuple[str, str, Mapping[str, Any], int]]:
    """Examples: plain texts, or texts each with a second word (where it is from, or the code to use instead)."""
    pairs: list[tuple[str, str, Mapping[str, Any], int]] = []
    for node in fields.items(key, alone=True):
        if not isinstance(node.value, dict):
            pairs.append((fields.words(key, node), "", {}, node.line))
            continue
        inner = Fields(
            node, f'an item of "{key}" of {fields.what}', fields.path, CodebookError, ("text", second), open_ended=True
        )
        if not inner.text("text").strip():
            raise inner.wrong(f'{inner.what} has no "text"; write {{text: the words, {second}: ...}}')
        pairs.append((inner.text("text"), inner.text(second), inner.extra(), inner.line(second)))
    return pairs


def _check_groups(groups: list[Fields]) -> None:
    lines: dict[str, int] = {}
    for group in groups:
        id, line = _id(group), group.line("id")
        if lines.setdefault(id, line) != line:
            raise group.wrong(f"{group.what} stands twice, here and on line {lines[id]}; join them")
        codes = group.texts("codes")
        if twice := next((code for code in codes if codes.count(code) > 1), ""):
            raise group.wrong(f'{group.what} names the code "{twice}" twice; delete one', group.get("codes"))


def _group(fields: Fields) -> Group:
    pick = fields.choice("pick", PICK, "any")
    return Group(id=_id(fields), codes=fields.texts("codes"), pick=pick, extra=fields.extra())


def _change(fields: Fields) -> Change:
    for key in ("version", "kind"):
        if fields.get(key) is None:
            raise fields.wrong(f'a change has no "{key}"; write {{version: 2, kind: edit, ...}}')
    return Change(
        version=fields.number("version", 1),
        date=fields.text("date"),
        by=fields.texts("by"),
        kind=fields.choice("kind", KIND, "edit"),
        codes=fields.texts("codes"),
        from_=fields.texts("from"),
        to=fields.texts("to"),
        recode=fields.truth("recode") or False,
        why=fields.text("why"),
        extra=fields.extra(),
    )


def _mentions(fields: Fields, *keys: str) -> Iterator[Mention]:
    for key in keys:
        for node in fields.items(key, alone=True):
            yield Mention(fields.words(key, node), node.line, fields.what)


def codebook_to_yaml(codebook: Codebook) -> str:
    """The codebook as the text of a YAML file, codes inside their themes; what is blank or the default is left out.

    What a reader noted (`Codebook.notes`) is about a file and not written.
    """
    return dump_yaml(codebook_keys(codebook))


def codebook_keys(codebook: Codebook) -> dict[str, Any]:
    """The codebook as keys and values, in the order in which a file has them."""
    groups = [Inline({"id": g.id, "codes": list(g.codes), "pick": g.pick, **g.extra}) for g in codebook.groups]
    return {
        "format": FORMAT,
        "id": codebook.id,
        **_filled({"title": codebook.title}),
        "version": codebook.version,
        **_filled({"study_question": codebook.study_question, "groups": groups}),
        **codebook.extra,
        "codes": [_written_code(codebook, code) for code in children(codebook, "")],
        **_filled({"changes": [Inline(change_keys(change)) for change in codebook.changes]}),
    }


def _written_code(codebook: Codebook, code: Code) -> dict[str, Any]:
    examples = [Inline({"text": e.text, **_filled({"source": e.source}), **e.extra}) for e in code.examples]
    counterexamples = [Inline({"text": e.text, **_filled({"use": e.use}), **e.extra}) for e in code.counterexamples]
    fields = {
        "definition": code.definition,
        "include": list(code.include),
        "exclude": list(code.exclude),
        "examples": examples,
        "counterexamples": counterexamples,
        "speakers": _inline(code.speakers),
        "status": "" if code.status == "active" else code.status,
        "origin": code.origin,
        "aliases": _inline(code.aliases),
        "plain": code.plain,
        "color": code.color,
        "notes": code.notes,
    }
    codable = {} if code.codable is None else {"codable": code.codable}
    below = [_written_code(codebook, child) for child in children(codebook, code.id)]
    return {"id": code.id, "name": code.name, **codable, **_filled(fields), **code.extra, **_filled({"codes": below})}


def change_keys(change: Change) -> dict[str, Any]:
    """One entry of `changes` as keys and values, in the order in which a file has them."""
    fields = {"date": change.date, "by": list(change.by), "kind": change.kind, "codes": list(change.codes)}
    more = {"from": list(change.from_), "to": list(change.to), "recode": change.recode, "why": change.why}
    return {"version": change.version, **_filled({**fields, **more}), **change.extra}


def _inline(texts: tuple[str, ...]) -> Inline | None:
    return Inline(list(texts)) if texts else None


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}
