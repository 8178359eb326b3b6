"""Bytes to text: the encoding of a file found by rule, never by guess, and said wherever a person should check it.

A byte order mark decides; without one strict UTF-8; failing that Windows-1252, with the first odd words named. A
detector library is not used: on 28 realistic interviews one gave wrong text for eight, in silence (DESIGN section 3).
"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from pathlib import Path

from autocode.errors import ConfigError, TranscriptError, nearest

# UTF-32 stands before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_USUAL = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii", "mac-roman", "cp437", "cp850"),
    *(f"windows-{page}" for page in range(1250, 1259)),
    *("latin-1", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-9", "iso-8859-15"),
    *("shift-jis", "euc-jp", "gb18030", "big5", "euc-kr", "koi8-r"),
)
_NEXT_STEP = "name its encoding with --encoding, or save it again as UTF-8"
_WORD = re.compile(r"\w+")
_ODD_WORDS_NAMED = 5
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_LOST = re.compile("\ufffd")


def decode(data: bytes, *, path: Path | str, encoding: str | None = None) -> tuple[str, list[str]]:
    """The text of a file, with LF line ends and without byte order mark, and what a person should know about it.

    Nothing else is changed, but for halves of characters (lone surrogates): they become U+FFFD, and that is told.
    TranscriptError: bytes that no rule can read, or NULs. ConfigError: an encoding that does not exist.
    """
    text, notes = _by_rule(data, path) if encoding is None else _as_told(data, path, encoding)
    text = _lf(text.removeprefix("\ufeff"))
    if "\0" in text:
        raise TranscriptError(_about_nuls(data), path=path, line=line_of(text, text.index("\0")))
    return _whole_characters(text, path, notes)


def line_of(text: str, at: int) -> int:
    """The number of the line on which a character stands, counted from 1.

    >>> line_of("Ana: Yes.", 3)
    1
    """
    return text.count("\n", 0, at) + 1


def _by_rule(data: bytes, path: Path | str) -> tuple[str, list[str]]:
    """The text by its mark, else as UTF-8, else as Windows-1252."""
    mark = _mark(data)
    if mark:
        bom, codec, name = mark
        text = _strict(data.removeprefix(bom), codec, path, f"has the byte order mark of {name} but is not {name}")
        return text, [f"{path}:1: read as {name}, by its byte order mark"]
    try:
        # Some programs write halves of characters into UTF-8: one of them must not turn the whole file to noise.
        return data.decode("utf-8", "surrogatepass"), []
    except UnicodeDecodeError:
        if b"\0" in data:
            raise TranscriptError(_about_nuls(data), path=path) from None
    text = _lf(_strict(data, "cp1252", path, "is neither UTF-8 nor Windows-1252"))
    odd = (match[0] for match in _WORD.finditer(text) if not match[0].isascii())
    words = dict.fromkeys(islice(odd, _ODD_WORDS_NAMED))
    check = f"check {', '.join(words)}" if words else "check its quote marks and dashes"
    first = next(at for at, character in enumerate(text) if character > "\x7f")
    note = f"read as Windows-1252, because it is not UTF-8; {check}, and if they are wrong name its --encoding"
    return text, [f"{path}:{line_of(text, first)}: {note}"]


def _as_told(data: bytes, path: Path | str, encoding: str) -> tuple[str, list[str]]:
    """The text in the encoding that a person named, whatever its mark says."""
    try:
        "x".encode(encoding)  # not "": Python does not look up an encoding for nothing
    except (LookupError, ValueError):
        hint = nearest(encoding, _USUAL) or "; use a name such as utf-8, utf-16-le, windows-1252 or mac-roman"
        raise ConfigError(f'--encoding: there is no encoding "{encoding}"{hint}') from None
    mark = _mark(data)
    notes = []
    if mark and not _codec(encoding).startswith(mark[2].casefold()):
        notes.append(f"{path}:1: begins with the byte order mark of {mark[2]} but is read as {encoding}, as told")
    return _strict(data, encoding, path, f"is not {encoding}, as --encoding says"), notes


def _mark(data: bytes) -> tuple[bytes, str, str] | None:
    return next((mark for mark in _MARKS if data.startswith(mark[0])), None)


def _codec(encoding: str) -> str:
    return codecs.lookup(encoding).name


def _strict(data: bytes, encoding: str, path: Path | str, what: str) -> str:
    """The text, or an error that names the first byte that does not fit."""
    wide = _codec(encoding).startswith(("utf-16", "utf-32"))
    try:
        return data.decode(encoding, "surrogatepass" if wide or _codec(encoding).startswith("utf-8") else "strict")
    except UnicodeError as error:
        where, line = "", None
        if isinstance(error, UnicodeDecodeError):
            where = f" (byte 0x{data[error.start]:02X} at {error.start})"
            line = None if wide else line_of(_lf(data[: error.start].decode("latin-1")), error.start)
        raise TranscriptError(f"{what}{where}; {_NEXT_STEP}", path=path, line=line) from error


def _about_nuls(data: bytes) -> str:
    # In UTF-16 every second byte of Latin letters, blanks and line ends is NUL: which of the two tells the order.
    likely = "utf-16-le" if data[1::2].count(0) >= data[0::2].count(0) else "utf-16-be"
    return (
        "holds NUL bytes, as UTF-16 without its byte order mark does; "
        f"if it is that, say --encoding {likely}, else save it again as UTF-8"
    )


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _whole_characters(text: str, path: Path | str, notes: list[str]) -> tuple[str, list[str]]:
    """The text without halves of characters: a pair is joined, a lone one becomes U+FFFD and is told.

    U+FFFD that stood there before is told too: some program lost a letter on the way here.
    """
    lost = _LOST.search(text)
    if lost:
        note = (
            f"letters were lost before this file was written (U+FFFD, {text.count(lost[0])}x); look for a better copy"
        )
        notes = [*notes, f"{path}:{line_of(text, lost.start())}: {note}"]
    if _HALF.search(text):
        text = _PAIR.sub(lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)
        half = _HALF.search(text)
        if half:
            note = f"halves of characters (lone surrogates, {len(_HALF.findall(text))}x) were replaced by U+FFFD"
            notes = [*notes, f"{path}:{line_of(text, half.start())}: {note}"]
            text = _HALF.sub("\ufffd", text)
    return text, notes
