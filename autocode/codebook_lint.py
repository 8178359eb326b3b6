"""What in a codebook will make coders disagree, or its numbers hard to defend: told, never refused.

Each rule has a name that stays. The rules look at codes that are asked, unless they say otherwise: a theme is defined
by its codes, and a retired code is kept for the record.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from autocode.asking import LexicalCoder
from autocode.codebook import asked, children, folded, match_code
from autocode.data import Code, Codebook, Data
from autocode.errors import nearest
from autocode.reading.codebooks import Lines

Rule = Literal[
    "no-definition",
    "no-exclusion",
    "no-counterexample",
    "near-identical-definitions",
    "name-inside-name",
    "id-holds-parent-id",
    "too-many-codes",
    "example-is-counterexample",
    "include-is-exclude",
    "use-unknown",
    "use-retired",
    "use-itself",
    "single-child",
]

NEAR = 0.5
"""The lexical measure from which two definitions are called nearly the same. Measured: among the definitions of codes
that people told apart well (SIGHT, Lend an Ear, our own examples) no pair reaches 0.44; pairs above 0.5 in real
codebooks (AnnoMI, a Taguette study of 120 codes) differ in one word or say the same thing twice."""
MOST_CODES = 40
_LONGEST_NAME = 50
"""Words of a name that are looked at; a name of more is a definition in the wrong column."""

_USE = re.compile(r"\(use ([\w.-]+)(?: or ([\w.-]+))?\)")


class LintFinding(Data):
    """One thing to look at, as a sentence with its next step."""

    rule: Rule
    codes: tuple[str, ...]
    """The ids of the codes that it is about."""
    line: int | None = None
    """Of the file, or the row of its table; None where it is about the whole codebook."""
    message: str
    score: float | None = None
    """The lexical measure of two definitions, 0-1."""


class Lint(Data):
    """What a codebook's check found, in the order of the file."""

    format: Literal["autocode-lint/1"] = "autocode-lint/1"
    path: str = ""
    codebook: str
    version: int
    n_codes: int
    n_asked: int
    """Codes that a model is asked for."""
    findings: tuple[LintFinding, ...] = ()

    def sentences(self) -> list[str]:
        """A line for each finding: where, what, the next step, and the rule's name in brackets."""
        return [
            f"{self.path}{'' if each.line is None else f':{each.line}'}: {each.message} [{each.rule}]"
            for each in self.findings
        ]

    def summary(self) -> str:
        """How many findings there are, rule by rule."""
        counts = Counter(each.rule for each in self.findings).most_common()
        found = f"{len(self.findings)} finding{'s' * (len(self.findings) != 1)}" if counts else "nothing found"
        told = f"{found} in {self.n_asked} codes that are asked"
        return f"{told}: {', '.join(f'{rule} {n}' for rule, n in counts)}" if counts else told


def lint(codebook: Codebook, lines: Lines | None = None) -> Lint:
    """What in a codebook is likely to cost agreement: missing definitions and borders, codes that are hard to tell
    apart, names that hide each other.

    `lines` says where its codes stand, as `read_codebook_with_lines` gives it. Nothing here is an error.
    """
    codes = asked(codebook)
    found = [*_each(codebook, codes, lines), *_names(codes, lines), *_definitions(codes, lines), *_whole(codes)]
    order = {code.id: at for at, code in enumerate(codebook.codes)}
    return Lint(
        path=str(lines.path) if lines else codebook.id,
        codebook=codebook.id,
        version=codebook.version,
        n_codes=len(codebook.codes),
        n_asked=len(codes),
        findings=tuple(sorted(found, key=lambda finding: order[finding.codes[0]] if finding.codes else -1)),
    )


# --- One code -------------------------------------------------------------------------------------------------------


def _each(codebook: Codebook, codes: Sequence[Code], lines: Lines | None) -> Iterator[LintFinding]:
    """What is to be said of each code by itself, and of the theme it stands in."""
    for code in codes:
        yield from _borders(code, lines)
        yield from _contradictions(code, lines)
        yield from _pointers(codebook, code, lines)
    for code in codebook.codes:
        inside = [child for child in children(codebook, code.id) if child.status != "retired"]
        if len(inside) == 1 and code.status != "retired":
            message = f'the theme "{code.id}" has one code, "{inside[0].id}"; add others, or leave the theme out'
            yield _finding("single-child", [code.id, inside[0].id], message, lines)
        if code.parent and _holds(code.id, code.parent):
            message = (
                f'the id "{code.id}" holds the id of its theme, "{code.parent}", and ids never change but themes get '
                "regrouped; before coding begins, give it an id of its own"
            )
            yield _finding("id-holds-parent-id", [code.id, code.parent], message, lines)


def _borders(code: Code, lines: Lines | None) -> Iterator[LintFinding]:
    """What the code lacks to be told from its neighbours."""
    if not code.definition.strip():
        message = f'"{code.id}" has no definition; say in a sentence or two what it is, so that two people agree'
        yield _finding("no-definition", [code.id], message, lines, "definition")
    if not code.exclude:
        message = f'"{code.id}" excludes nothing; say what looks like it and is not, and which code to use (use ID)'
        yield _finding("no-exclusion", [code.id], message, lines)
    if not code.counterexamples:
        message = f'"{code.id}" has no counterexample; add words that come close and are not it, with the code to use'
        yield _finding("no-counterexample", [code.id], message, lines)


def _contradictions(code: Code, lines: Lines | None) -> Iterator[LintFinding]:
    against = [_plain(counterexample.text) for counterexample in code.counterexamples]
    for example in code.examples:
        if (text := _plain(example.text)) and any(text in words for words in against):
            shown = _short(example.text)
            message = f'the example "{shown}" of "{code.id}" is one of its counterexamples; keep it in one of them'
            yield _finding("example-is-counterexample", [code.id], message, lines, "examples")
    excluded = {_plain(text) for text in code.exclude}
    for text in code.include:
        if _plain(text) in excluded:
            message = f'"{code.id}" includes and excludes "{_short(text)}"; keep it in one of them'
            yield _finding("include-is-exclude", [code.id], message, lines, "include")


def _pointers(codebook: Codebook, code: Code, lines: Lines | None) -> Iterator[LintFinding]:
    """Where the code sends what is not its own: `use` of a counterexample, `(use id)` in an exclusion."""
    named = [(counterexample.use, "counterexamples") for counterexample in code.counterexamples if counterexample.use]
    named += [(id, "exclude") for text in code.exclude for use in _USE.findall(text) for id in use if id]
    for written, field in named:
        to = match_code(codebook, written)
        kind = "a counterexample" if field == "counterexamples" else "an exclusion"
        if to is None:
            known = [other.id for other in codebook.codes]
            hint = nearest(written, known) or "; name the id of a code"
            message = f'{kind} of "{code.id}" says to use "{written}", which is no code{hint}'
            yield _finding("use-unknown", [code.id], message, lines, field)
        elif to.id == code.id:
            message = f'{kind} of "{code.id}" says to use "{code.id}" itself; name another code, or none'
            yield _finding("use-itself", [code.id], message, lines, field)
        elif to.status == "retired":
            message = f'{kind} of "{code.id}" says to use "{to.id}", which is retired; name the one in its place'
            yield _finding("use-retired", [code.id, to.id], message, lines, field)


# --- Two codes ------------------------------------------------------------------------------------------------------


def _names(codes: Sequence[Code], lines: Lines | None) -> Iterator[LintFinding]:
    """Names whose words stand inside another name. Runs of words are looked up: there may be thousands of codes."""
    by_words: dict[tuple[str, ...], list[Code]] = defaultdict(list)
    for code in codes:
        by_words[tuple(_words(code.name))].append(code)
    for outer in codes:
        words = _words(outer.name)[:_LONGEST_NAME]
        runs = {tuple(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)} - {tuple(words)}
        for inner in (code for run in sorted(runs) for code in by_words.get(run, ())):
            message = (
                f'the name "{inner.name}" stands inside "{outer.name}" ({outer.id}), so the two are easily taken '
                "for each other; say in both names what sets them apart"
            )
            yield _finding("name-inside-name", [inner.id, outer.id], message, lines, "name")


def _definitions(codes: Sequence[Code], lines: Lines | None) -> Iterator[LintFinding]:
    for first, second, score in _near([code for code in codes if code.definition.strip()]):
        same = folded(first.definition) == folded(second.definition)
        how = "the same definition" if same else f"nearly the same definition (lexical measure {score:.2f})"
        message = f'"{first.id}" and "{second.id}" have {how}; say what sets them apart, or merge them'
        yield _finding("near-identical-definitions", [first.id, second.id], message, lines, "definition", score)


def _near(codes: Sequence[Code]) -> Iterator[tuple[Code, Code, float]]:
    """The pairs of codes whose definitions come near by the measure of the lexical baseline, and how near.

    It is asked as it stands, about codes that are nothing but their definitions: cosine of character 3-5-gram TF-IDF.
    """
    if len(codes) < 2:
        return
    import numpy as np

    bare = tuple(Code(id=code.id, name="", definition=code.definition) for code in codes)
    scores = LexicalCoder(Codebook(id="definitions", codes=bare)).scores([code.definition for code in codes])
    # Rounded, so that no machine's last digit decides.
    scores = np.minimum(np.round(np.triu(scores, 1), 4), 1.0)
    for first, second in np.argwhere(scores >= NEAR):
        yield codes[first], codes[second], float(scores[first, second])


# --- The codebook ---------------------------------------------------------------------------------------------------


def _whole(codes: Sequence[Code]) -> Iterator[LintFinding]:
    if len(codes) > MOST_CODES:
        message = (
            f"{len(codes)} codes stand in every prompt, and over {MOST_CODES} neither people nor models keep them "
            "apart; merge some, or code one theme at a time"
        )
        yield LintFinding(rule="too-many-codes", codes=(), message=message)


def _finding(
    rule: Rule, codes: Sequence[str], message: str, lines: Lines | None, field: str = "", score: float | None = None
) -> LintFinding:
    line = lines.of(codes[0], field) if lines else None
    return LintFinding(rule=rule, codes=tuple(codes), line=line, message=message, score=score)


def _holds(id: str, theme: str) -> bool:
    """Whether the words of a theme's id stand in another id, one after the other.

    >>> _holds("help-from-office", "help"), _holds("helpless", "help")
    (True, False)
    """
    words, part = _words(id), _words(theme)
    return bool(part) and any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))


def _words(name: str) -> list[str]:
    """The words of a name or an id: letters and digits, whatever stands between them.

    >>> _words("Manager's_help")
    ['manager', 's', 'help']
    """
    return re.findall(r"[^\W_]+", name.casefold())


def _plain(text: str) -> str:
    return folded(text).casefold()


def _short(text: str) -> str:
    words = folded(text)
    return words if len(words) <= 60 else f"{words[:57]}..."
