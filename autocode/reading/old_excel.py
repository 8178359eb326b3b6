"""What an XLS (BIFF in an OLE container) claims to be, looked at before calamine believes it.

An OLE file is a small disk: chains of sectors. In a damaged one a chain may bite its own tail, and a cell may claim a
place that asks for more memory than there is; calamine follows both without end, and takes the process with it.
"""

from __future__ import annotations

import struct

OLE = bytes.fromhex("D0CF11E0A1B11AE1")

_LAST = 0xFFFFFFFA
"""From here on a sector's number is none, but the end of a chain."""
_HEADER = 512
_ENTRY = 128
_IN_HEADER = 109
# Records that begin with the row and the column of a cell: formula, several numbers, several blanks, text of the
# shared table, rich text, blank, number, text, truth or error, and a number in short.
_CELLS = frozenset({0x06, 0xBD, 0xBE, 0xFD, 0xD6, 0x201, 0x203, 0x204, 0x205, 0x27E})
_SEVERAL = frozenset({0xBD, 0xBE})
_BEGIN = 0x809


class _Disk:
    """The sectors of an OLE file. Raises ValueError where a chain has no end."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER:
            raise ValueError("its header is cut off")
        self.data = data
        shift, self.short_shift = struct.unpack_from("<HH", data, 0x1E)
        if shift not in (9, 12) or self.short_shift != 6:
            raise ValueError("its sectors have no size that is known")
        self.size = 1 << shift
        self.count = len(data) // self.size
        (self.first_entry,) = struct.unpack_from("<I", data, 0x30)
        self.cutoff, self.first_short = struct.unpack_from("<II", data, 0x38)
        self.next = self._table(self._sectors_of_table())
        self.next_short = self._table(self.chain(self.first_short))

    def sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _table(self, sectors: list[int]) -> list[int]:
        joined = b"".join(self.sector(number) for number in sectors)
        return list(struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4]))

    def _sectors_of_table(self) -> list[int]:
        """Where the table of chains stands: 109 sectors by the header, more in sectors that name the next of them."""
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self.data, 0x4C))
        (more,) = struct.unpack_from("<I", self.data, 0x44)
        seen = 0
        while more < _LAST and more < self.count and seen <= self.count:
            numbers = self._table([more])
            if not numbers:
                break
            found += numbers[:-1]
            more, seen = numbers[-1], seen + 1
        if seen > self.count:
            raise ValueError("its table of sectors has no end")
        return [number for number in found if number < self.count]

    def chain(self, start: int, following: list[int] | None = None) -> list[int]:
        """The sectors of a stream, in order."""
        following = self.next if following is None else following
        found: list[int] = []
        while start < _LAST:
            if start >= len(following) or len(found) > len(following):
                raise ValueError("a chain of its sectors has no end")
            found.append(start)
            start = following[start]
        return found


def cells_in(data: bytes) -> int:
    """How many cells the sheets of an XLS ask for. Raises ValueError where the file is damaged."""
    disk = _Disk(data)
    entries = b"".join(disk.sector(number) for number in disk.chain(disk.first_entry))
    asked = 0
    short = b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        entry = entries[at : at + _ENTRY]
        start, size = struct.unpack_from("<IQ", entry, 0x74)
        size &= 0xFFFFFFFF
        if entry[0x42] not in (2, 5) or not size:  # streams, and the root that holds the short ones
            continue
        if entry[0x42] == 5:
            short = b"".join(disk.sector(number) for number in disk.chain(start))
        elif size < disk.cutoff:
            numbers = disk.chain(start, disk.next_short)
            asked += _asked_for(b"".join(short[number * 64 : number * 64 + 64] for number in numbers))
        else:
            asked += _asked_for(b"".join(disk.sector(number) for number in disk.chain(start))[:size])
    return asked


def _asked_for(stream: bytes) -> int:
    """The cells between the first and the last one of each sheet in a stream of records, all together."""
    sizes, at = [(0, 0)], 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _BEGIN:
            sizes.append((0, 0))
        elif kind in _CELLS and at + 4 + length <= len(stream) and length >= 4:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            if kind in _SEVERAL:
                column = max(column, *struct.unpack_from("<H", stream, at + 2 + length))  # of the last one
            rows, columns = sizes[-1]
            sizes[-1] = max(rows, row + 1), max(columns, column + 1)
        at += 4 + length
    return sum(rows * columns for rows, columns in sizes)
