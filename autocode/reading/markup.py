"""Elements and attributes of XML by their local names: one format comes in several namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


def local(element: _Element) -> str:
    """The local name of an element; blank for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: _Element | None, *path: str) -> _Element | None:
    """The element to which some local names lead, the first of each name; None where there is none."""
    for name in path:
        element = None if element is None else next((inner for inner in element if local(inner) == name), None)
    return element


def value(element: _Element | None, key: str = "val") -> str | None:
    """An attribute by its local name, blank where it is not there; None without the element."""
    if element is None:
        return None
    return next((str(v) for name, v in element.attrib.items() if str(name).rpartition("}")[2] == key), "")


def some(number: int, what: str, plural: str = "s") -> str:
    """A number of things, in words.

    >>> some(1, "comment"), some(2, "text box", "es")
    ('1 comment', '2 text boxes')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}{plural}"
