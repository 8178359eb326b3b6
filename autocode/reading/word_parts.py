"""What a Word file holds beside its text: which part is the text, styles that are bold, comments, notes, headers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autocode.reading.archives import Archive
from autocode.reading.markup import child, local, some, value
from autocode.reading.table_rows import shown

if TYPE_CHECKING:
    from lxml.etree import _Element

_OFF = ("0", "false", "off", "none")


def main_part(archive: Archive) -> str:
    """The member that holds the document, as the package says; usually word/document.xml."""
    if "_rels/.rels" in archive.names:
        for relation in archive.xml("_rels/.rels"):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                target = posixpath.normpath((relation.get("Target") or "").lstrip("/"))
                if target in archive.names:
                    return target
    return "word/document.xml"


def is_on(properties: _Element | None, name: str) -> bool | None:
    """Whether a property such as bold is switched on or off; None where nothing is said."""
    written = value(child(properties, name))
    return None if written is None else written.casefold() not in _OFF


def bold_styles(archive: Archive, main: str) -> dict[str, bool]:
    """Which styles make text bold, those they are based on included."""
    part = posixpath.join(posixpath.dirname(main), "styles.xml")
    if part not in archive.names:
        return {}
    own: dict[str, bool | None] = {}
    based_on: dict[str, str] = {}
    for style in archive.xml(part):
        if local(style) == "style" and (id := value(style, "styleId")):
            own[id] = is_on(child(style, "rPr"), "b")
            based_on[id] = value(child(style, "basedOn")) or ""
    bold = {}
    for id in own:
        at, seen = id, {""}
        while at in own and own[at] is None and at not in seen:
            seen.add(at)
            at = based_on[at]
        bold[id] = own.get(at) is True
    return bold


def beside(archive: Archive, main: str) -> Iterator[str]:
    """What stands beside the text and is not speech: comments, notes, headers and footers, counted."""
    folder = posixpath.dirname(main)
    for kind, part, elements in (
        ("comment", "comments", ("comment",)),
        ("footnote", "footnotes", ("footnote",)),
        ("endnote", "endnotes", ("endnote",)),
        ("page header", r"header\d*", ("hdr",)),
        ("page footer", r"footer\d*", ("ftr",)),
    ):
        if found := _with_words(archive, folder, part, elements):
            are = "is" if len(found) == 1 else "are"
            coding = "; they can be coding: put a copy of the file into coding/ then" if kind == "comment" else ""
            yield f"{some(len(found), kind)} {are} not read as speech{coding} (the first: {shown(found[0])})"


def _with_words(archive: Archive, folder: str, part: str, names: tuple[str, ...]) -> list[str]:
    """The words of each thing of a name in the parts of a name, those without words left out."""
    name = re.compile(re.escape(posixpath.join(folder, "")) + part + r"\.xml\Z")
    found = []
    for member in sorted(filter(name.match, archive.names)):
        for element in archive.xml(member).iter():
            if local(element) in names:
                inside = (part for part in element.iter() if local(part) in ("t", "p"))
                words = "".join((part.text or "") if local(part) == "t" else " " for part in inside)
                found += [" ".join(words.split())] if words.strip() else []
    return found
