"""Ways to break a file: bits, bytes, lines, numbers, nesting, encodings, and the members of a ZIP.

All take their chances from the `random.Random` they are given, so that a case can be made again.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

ZIPPED = b"PK\x03\x04"
LARGEST = 2 * 2**20
"""Bytes of a file that is broken; it may grow to twice that."""
BOMB = 300 * 2**20
"""What a member of a ZIP unpacks to that is there to fill the memory."""

TOKENS = (
    *(
        b"\x00",
        b"\r",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\xe2\x80\xae",
        b"\x1a",
        b"\x0b",
        b"\x85",
    ),
    *(
        b"<",
        b">",
        b"&",
        b"&#0;",
        b"&#x110000;",
        b"&lol;",
        b"]]>",
        b"<!DOCTYPE a [<!ENTITY lol 'lol'>]>",
        b"<v ",
        b"</w:p>",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"null",
        b"NaN",
        b"true",
        b"{\\rtf1",
        b"\\bin99999 ",
    ),
    *(b",", b";", b"\t", b"\n", b"\n\n", b"=SUM(1)", b"sep=;", b"WEBVTT", b" --> ", b"00:00:99.999 --> 00:00:01.000\n"),
    *(b"---\n", b"&a [*a]", b"!!python/object:os.system", b"<<: *a", b"? ", b": ", b"- ", b"%YAML 9.9\n", b"|\n"),
    *(b"Ana: ", b"[00:01:02] ", b"(99:99) ", b"#00:01:02-3#", b"transcript", b"code", b"turn", b"id,name,parent"),
)
NUMBERS = (
    *(b"0", b"-1", b"99999999999999999999", b"1e999", b"-1e999", b"1e-999", b"0.1", b"NaN", b"Infinity", b"2147483648"),
    *(b"9" * 400, b"9" * 5000, b"0x10", b"1_000", b"\xd9\xa3", b"\xe2\x91\xa0", b""),
)
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")

Mutation = Callable[[bytes, random.Random], bytes]


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def put_bytes(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randrange(len(data)), rng.choice((1, 4, 64))
    return data[:at] + rng.randbytes(length) + data[at + length :]


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] if rng.random() < 0.7 else data[rng.randrange(len(data)) :]


def stretch(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.choice((1, 10, 200, 5000)))


def double(data: bytes, rng: random.Random) -> bytes:
    start, end = stretch(data, rng)
    times = rng.choice((1, 1, 1, 20, 1000))
    return data[:start] + data[start:end] * min(times, 1 + LARGEST // (end - start + 1)) + data[start:]


def cut(data: bytes, rng: random.Random) -> bytes:
    start, end = stretch(data, rng)
    return data[:start] + data[end:]


def swap(data: bytes, rng: random.Random) -> bytes:
    a, b = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return data[b:] + data[a:b] + data[:a]


def put_token(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 4))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(TOKENS) + data[at:]
    return data


def put_number(data: bytes, rng: random.Random) -> bytes:
    places = list(_NUMBER.finditer(data))
    for place in sorted(rng.sample(places, min(len(places), rng.choice((1, 1, 5)))), key=lambda m: -m.start()):
        data = data[: place.start()] + rng.choice(NUMBERS) + data[place.end() :]
    return data


def shuffle_lines(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 3, 10))):
        at = rng.randrange(len(lines))
        kind = rng.randrange(3)
        if kind == 0:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif kind == 1 and len(lines) > 1:
            del lines[at]
        else:
            lines[at] = lines[at] * 2
    return b"\n".join(lines)


def nest(data: bytes, rng: random.Random) -> bytes:
    """Put in something that opens and opens: brackets, tags, groups, indented lists."""
    opening = rng.choice((b"[", b'{"a":', b"<a>", b"<w:p><w:r>", b"{\\b ", b"- ", b"(", b"> "))
    at = rng.choice((0, rng.randrange(len(data) + 1)))
    return data[:at] + opening * rng.choice((60, 2000, 100_000)) + data[at:]


def as_other_text(data: bytes, rng: random.Random) -> bytes:
    """The same text in another encoding, with or without its mark."""
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "shift-jis")), "replace")


MUTATIONS: tuple[Mutation, ...] = (
    *(flip_bits, put_bytes, truncate, double, cut, swap),
    *(put_token, put_token, put_number, put_number, shuffle_lines, nest, as_other_text),
)


def splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]


def mutate_zip(data: bytes, rng: random.Random, bomb: int) -> tuple[bytes, str]:
    """A ZIP with one member changed, dropped, doubled, renamed, or grown beyond reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return flip_bits(data, rng), "flip_bits"
    at = rng.randrange(len(members))
    weights = [8.0 if name.endswith(("document.xml", "content.xml", "sheet1.xml")) else 1.0 for name, _ in members]
    name, content = members[(at := rng.choices(range(len(members)), weights)[0])]
    kind = rng.choices(("inside", "drop", "double", "rename", "bomb", "empty"), (20, 2, 1, 2, 0.3, 1))[0]
    how = kind
    if kind == "inside" and content:
        content, how = mutate(content, rng)
        members[at] = (name, content)
    elif kind == "drop":
        del members[at]
    elif kind == "double":
        members.append((name, content))
    elif kind == "rename":
        members[at] = (rng.choice(("../" + name, "/" + name, name.upper(), "")) or "x", content)
    elif kind == "bomb":
        members[at] = (name, content[: len(content) // 2] + b"<a>" + b" " * bomb)
    else:
        members[at] = (name, b"")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue(), f"{kind} {name}: {how}"


def mutate(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Data changed in one to three ways, and in which."""
    names = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        mutation = rng.choice(MUTATIONS)
        data = mutation(data, rng)[: 2 * LARGEST] or b"\n"
        names.append(mutation.__name__)
    return data, " + ".join(names)
