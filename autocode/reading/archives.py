"""What is packed in a file of Word, Excel or LibreOffice: a ZIP from a stranger, of which single members are read.

Nothing is unpacked to disk. A member has a cap on its size, on what a file may give in all, and on how far it swells;
its XML may hold no DTD, so no entities. Whatever is wrong with it is one TranscriptError.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from autocode.reading.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_MEMBER = 15_000_000  # bytes; an hour's interview is under 1 MB of XML, and 15 MB take up to 500 MB of memory
LARGEST_IN_ALL = 60_000_000
MOST_SWELLING = 250  # times; the XML of Word swells 5 to 40 times
_SWELLING_MATTERS = 5_000_000

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error, KeyError)
_RESAVE = "open it in its program, save it again, and check that the copy is whole"


class Archive:
    """The members of a packed file, read one by one within the caps."""

    def __init__(self, source: Source, kind: str) -> None:
        """Raises TranscriptError, in one sentence, where the file is no ZIP. `kind` is what it should be: `DOCX`."""
        self._source = source
        self._kind = kind
        self._left = LARGEST_IN_ALL
        if not source.data.strip(b"\0"):
            raise source.error("is empty; export it again, or take it away")
        if not source.data.startswith(b"PK"):
            raise source.error(_what_instead(source.data, kind))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source.data))
        except _BROKEN as error:
            message = f"is a damaged {kind} file, perhaps cut off in a copy; {_RESAVE}"
            raise source.error(message) from error
        self.names: Collection[str] = frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises TranscriptError where it is missing, damaged, locked or too large."""
        if name not in self.names:
            message = f"lacks {name}, so it is no whole {self._kind} file; open it in its program and save it again"
            raise self._source.error(message)
        member = self._zip.getinfo(name)
        if member.flag_bits & 1:
            raise self._source.error("is protected by a password; open it and save it without one")
        if swells(member):
            raise self._source.error(f"{name} in it swells more than {MOST_SWELLING} times, as no text does; {_RESAVE}")
        most = min(LARGEST_MEMBER, self._left)
        try:
            with self._zip.open(member) as opened:
                data = opened.read(most + 1)  # what the ZIP says of its size may be a lie
        except (*_BROKEN, NotImplementedError) as error:
            raise self._source.error(f"is damaged ({name} in it cannot be unpacked); {_RESAVE}") from error
        if len(data) > most:
            message = f"{name} in it is larger than {most // 1_000_000} MB; split the document, or save it as TXT"
            raise self._source.error(message)
        self._left -= len(data)
        return data

    def xml(self, name: str) -> _Element:
        """The root of a member that is XML. Raises TranscriptError as `read` does, and where it is no safe XML."""
        from lxml import etree

        data = self.read(name)
        # Looked for before parsing, as entities could swell while they are read.
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise self._source.error(f"{name} in it holds a DTD, which can be used for attacks; {_RESAVE}")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            reason = in_one_line(getattr(error, "msg", error)).partition(", line")[0]
            raise self._source.error(f"{name} in it is no readable XML ({reason}); {_RESAVE}") from error
        if root.getroottree().docinfo.internalDTD is not None:  # in UTF-16 the bytes above look different
            raise self._source.error(f"{name} in it holds a DTD, which can be used for attacks; {_RESAVE}")
        return root


def swells(member: zipfile.ZipInfo) -> bool:
    """Whether a member grows, when it is unpacked, as only what is made to fill the memory does."""
    return member.file_size > _SWELLING_MATTERS and member.file_size > MOST_SWELLING * max(member.compress_size, 1)


def in_one_line(told: object) -> str:
    """What another library says of an error, or a name out of a file, fit to stand in a sentence.

    >>> in_one_line("mismatched tag:\\n  p and   h")
    'mismatched tag: p and h'
    """
    return " ".join(str(told).split())


def _what_instead(data: bytes, kind: str) -> str:
    """What a file is that has the name of a packed one and is none, and what to do."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return f"is a {kind} protected by a password; open it and save it without one"
        return f"is a file of an old Office (such as DOC) with the name of a {kind}; open it and save it as {kind}"
    if data.lstrip().startswith(b"{\\rtf"):
        return f"is an RTF with the name of a {kind}; rename it to .rtf"
    if data.startswith(b"%PDF"):
        return f"is a PDF with the name of a {kind}; save the text it was made from as {kind}"
    return f"is no {kind} file (it is no ZIP); open it in the program that wrote it and save it as {kind}"
