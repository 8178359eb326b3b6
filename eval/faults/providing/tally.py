"""What is counted: requests, what came of them, tokens, and how much of the prompts had been sent before.

Tokens are those of the texts alone, by autocode's own counter; nothing is added for a message's frame. A prompt is a
list of pieces: tools or schema, system message, messages. Its prefix already sent is the longest run of whole leading
pieces with which an earlier request began, and of the next piece as many characters as it has in common with one that
followed the same run before. For that the first 400 characters of every piece are kept, and the first one in full.
"""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from autocode.tokens import count_tokens
from providing.asked import Asked

HEAD = 400


@lru_cache(maxsize=2048)
def tokens_of(text: str) -> int:
    """The number of tokens of a text; system messages and repeated bodies are counted once."""
    return count_tokens(text)


@dataclass(frozen=True, slots=True)
class Prompted:
    """The tokens of a prompt."""

    tokens: int
    sent_before: int
    """Those in a prefix that an earlier request began with."""
    schema: int
    """Those of tools and schema."""
    cached: int
    """Those that the answer says came from a cache."""
    cached_now: int
    """Those that the answer says went into a cache (Anthropic only)."""


@dataclass
class _Next:
    """The pieces that followed one run of pieces so far."""

    first: str
    heads: list[str] = field(default_factory=list)
    whole: set[bytes] = field(default_factory=set)


@dataclass
class Prefixes:
    """The beginnings of all prompts sent so far."""

    after: dict[bytes, _Next] = field(default_factory=dict)

    def add(self, pieces: tuple[str, ...]) -> tuple[int, str]:
        """How many leading pieces had been sent before, and the beginning of the next one that had. Adds the prompt."""
        run, known, common, following = b"", 0, "", True
        for piece in pieces:
            place = self.after.get(run)
            following_run = hashlib.blake2b(run + piece.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if place is None:
                place = self.after[run] = _Next(piece)
                following = False
            if following and following_run in place.whole:
                known += 1
            elif following:
                common, following = _longest_common(piece, place), False
            if following_run not in place.whole:
                place.whole.add(following_run)
                insort(place.heads, piece[:HEAD])
            run = following_run
        return known, common


def _longest_common(piece: str, place: _Next) -> str:
    """The longest beginning that a piece shares with one before: of the sorted ones a neighbour shares the most."""
    head = piece[:HEAD]
    at = bisect_left(place.heads, head)
    candidates = [place.first, *place.heads[max(at - 1, 0) : at + 1]]
    return max((piece[: _common(piece, other)] for other in candidates), key=len)


def _common(one: str, other: str) -> int:
    """How many leading characters two texts share."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.startswith(other[:middle]):
            low = middle
        else:
            high = middle - 1
    return low


@dataclass
class Tally:
    """All that is counted until the next reset. Kept by the server's thread alone."""

    requests: int = 0
    answered: int = 0
    """Requests that got a model's answer, whole or not (status 200)."""
    abandoned: int = 0
    """Requests whose client went away before the answer."""
    statuses: Counter[str] = field(default_factory=Counter)
    """How requests ended: by status; `dropped`, `half_sent`, `silent`, `abandoned` for those without a whole answer."""
    faults: Counter[str] = field(default_factory=Counter)
    identical: int = 0
    """Requests whose body had come before. One that was turned away (key, credit, too many at once, no such model, too
    long) does not count as having come: when that happens depends on the others, and faults must not."""
    paid_twice: int = 0
    """Answers to a body that had been answered before, be it with prose or half a JSON."""
    whole_repeated: int = 0
    """Of these the answers to a body that had been answered whole: nobody should ever need them."""
    in_flight: int = 0
    peak: int = 0
    prompt_tokens: int = 0
    schema_tokens: int = 0
    sent_before: int = 0
    completion_tokens: int = 0
    connections: int = 0
    keys: set[str] = field(default_factory=set)
    first: float = 0.0
    last: float = 0.0
    batches: int = 0
    batch_requests: int = 0
    seen: dict[bytes, list[int]] = field(default_factory=dict)
    """Of each body how often it came, was answered, and was answered whole, by its hash."""
    prefixes: Prefixes = field(default_factory=Prefixes)
    clock: float = field(default_factory=time.thread_time)

    def start_clock(self) -> None:
        """Count the processor's time from now; to be called in the thread that serves."""
        self.clock = time.thread_time()

    def arrived(self, key: str) -> None:
        """A request for an answer came in."""
        self.requests += 1
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        self.last = time.time()
        self.first = self.first or self.last
        if key:
            self.keys.add(hashlib.sha256(key.encode()).hexdigest()[:12])

    def body_came(self, body: bytes) -> int:
        """How often this body has come by now, this time included."""
        counts = self.seen.setdefault(body, [0, 0, 0])
        counts[0] += 1
        if counts[0] > 1:
            self.identical += 1
        return counts[0]

    def size(self, asked: Asked) -> int:
        """The tokens of a prompt."""
        return sum(tokens_of(piece) for piece in asked.pieces)

    def prompted(self, asked: Asked, cache_min_tokens: int) -> Prompted:
        """The tokens of a prompt, and those of them sent before."""
        sizes = [tokens_of(piece) for piece in asked.pieces]
        known, common = self.prefixes.add(asked.pieces)
        before = sum(sizes[:known]) + (tokens_of(common) if common else 0)
        cached = cached_now = 0
        if asked.vendor == "openai":
            cached = before // 128 * 128 if before >= cache_min_tokens else 0
        elif asked.marked and sum(sizes[: asked.marked]) >= cache_min_tokens:
            cached = sum(sizes[: asked.marked]) if known >= asked.marked else 0
            cached_now = 0 if cached else sum(sizes[: asked.marked])
        return Prompted(sum(sizes), before, sizes[0] if asked.has_form else 0, cached, cached_now)

    def paid(self, body: bytes, prompted: Prompted, output_tokens: int, *, whole: bool) -> None:
        """An answer goes out."""
        counts = self.seen.setdefault(body, [1, 0, 0])
        self.answered += 1
        self.paid_twice += counts[1] > 0
        self.whole_repeated += counts[2] > 0
        counts[1] += 1
        counts[2] += whole
        self.prompt_tokens += prompted.tokens
        self.schema_tokens += prompted.schema
        self.sent_before += prompted.sent_before
        self.completion_tokens += output_tokens

    def ended(self, how: str) -> None:
        """A request is over."""
        self.in_flight -= 1
        self.statuses[how] += 1
        self.last = time.time()
        if how == "abandoned":
            self.abandoned += 1

    def told(self) -> dict[str, object]:
        """The counts as JSON data; in `keys` only the beginnings of hashes, `cpu_seconds` of the thread that serves."""
        return {
            "requests": self.requests,
            "answered": self.answered,
            "by_status": dict(sorted(self.statuses.items())),
            "faults": dict(sorted(self.faults.items())),
            "abandoned": self.abandoned,
            "identical_requests": self.identical,
            "paid_twice": self.paid_twice,
            "whole_answers_repeated": self.whole_repeated,
            "in_flight": self.in_flight,
            "peak_in_flight": self.peak,
            "prompt_tokens": self.prompt_tokens,
            "schema_tokens": self.schema_tokens,
            "completion_tokens": self.completion_tokens,
            "prefix_tokens": self.sent_before,
            "prefix_share": self.sent_before / self.prompt_tokens if self.prompt_tokens else 0.0,
            "connections": self.connections,
            "keys": sorted(self.keys),
            "first_request": self.first,
            "last_request": self.last,
            "batches": self.batches,
            "batch_requests": self.batch_requests,
            "cpu_seconds": time.thread_time() - self.clock,
        }
