"""The requests of one batch, gathered in a file without a name: all bodies together may not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from autocode.asking import VendorBatches


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it is sent, and the most that it can cost."""

    key: str
    data: bytes
    usd: float | None


@dataclass
class Sack:
    """The requests of one batch, in a file without a name."""

    file: IO[bytes]
    keys: list[str] = field(default_factory=list)
    usd: float | None = None

    def fill(self, vendor: VendorBatches, first: Request, more: Iterator[Request]) -> Request | None:
        """Put in as many requests as the vendor takes; the one that did not fit any more comes back."""
        request: Request | None = first
        size = 0
        while request is not None:
            data = (vendor.between if self.keys else vendor.opening) + request.data
            size += len(data)
            if self.keys and (len(self.keys) >= vendor.max_requests or size + len(vendor.closing) > vendor.max_bytes):
                break
            self.file.write(data)
            self.keys.append(request.key)
            if request.usd is not None:
                self.usd = (self.usd or 0.0) + request.usd
            request = next(more, None)
        self.file.write(vendor.closing)
        return request
