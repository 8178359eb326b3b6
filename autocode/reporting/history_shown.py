"""What became of a codebook, in the terminal and as a page: what changed first, words marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autocode.data import CodebookDiff, CodeChange, FieldChange, Use
from autocode.reporting.pages import page

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 80
BECAME = {
    "merged": "merged",
    "split": "split",
    "edited": "edited",
    "clarified": "clarified",
    "scope": "for others",
    "renamed": "renamed",
    "moved": "moved",
    "status": "status",
    "added": "added",
    "restored": "asked again",
    "retired": "retired",
    "removed": "gone",
    "noted": "only noted",
}
"""What became of a code, in the order in which it is told."""
_MEANS = {
    "removed": "their ids stand nowhere any more",
    "clarified": "no earlier decision would change",
    "scope": "for other speakers, groups or units",
    "noted": "notes, colours, other names: nothing that decides",
}
_WORD = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""A sign of a script that has blanks between its words."""
_KEEP_WORDS = 8
_FEW = 6


def sections(diff: CodebookDiff) -> dict[str, list[CodeChange]]:
    """The changes by what became of the code; a code of which several things became stands under the gravest."""
    found: dict[str, list[CodeChange]] = {}
    for key in BECAME:
        theirs = [change for change in diff.codes if min(change.became, key=[*BECAME].index) == key]
        if theirs:
            found[key] = theirs
    return found


def headline(diff: CodebookDiff) -> str:
    """What happened, in one sentence: `120 codes became 22: 11 added, 109 gone, 6 edited; 5 are as they were.`"""
    counts: Counter[str] = Counter(each for change in diff.codes for each in change.became)
    told = ", ".join(f"{counts[key]} {word}" for key, word in BECAME.items() if counts[key])
    codes = (
        f"{diff.new.codes} codes, as many as before"
        if diff.old.codes == diff.new.codes
        else (f"{diff.old.codes} codes became {diff.new.codes}")
    )
    if not diff.codes and not diff.whole:
        return f"Nothing differs: {diff.new.codes} codes, all as they were."
    same = " Nothing that decides differs: the hashes are equal." if diff.same else ""
    return f"{codes}: {told or 'no code differs'}; {diff.unchanged} codes and themes as they were.{same}"


def why_of(change: CodeChange) -> str:
    """Who decided it and why, or that nobody said so."""
    said = f"v{change.version}" if change.version else ""
    if change.by:
        said += f", {' and '.join(change.by)}"
    if change.why:
        said += f": {'; '.join(change.why)}"
    if change.recode:
        said += " (to be read again)"
    if change.undeclared:
        told = ", ".join(BECAME[each] for each in change.undeclared)
        said += f"{'; ' if said else ''}not declared: {told}" if said else "not declared"
    return said


def used_by(uses: Sequence[Use]) -> list[str]:
    """Who coded under which version, a line a version."""
    by_version: dict[str, list[str]] = {}
    for use in uses:
        what = "transcript" + "s" * (use.transcripts != 1)
        run = "run " * (use.kind == "model")
        by_version.setdefault(use.version, []).append(f"{run}{use.who} ({use.transcripts} {what})")
    return [f"{_called(version)}: {', '.join(names)}" for version, names in by_version.items()]


def _called(version: str) -> str:
    if not version:
        return "version not declared"
    return version if version.startswith("mixed") else f"v{version}"


def show_codebook_diff(diff: CodebookDiff, console: Console) -> None:
    """Print what changed, at most 80 columns wide; without colours dropped words are [-so-], added ones {+so+}."""
    from rich.text import Text

    width = min(console.width, WIDTH)

    def show(text: Text, indent: int = 0) -> None:
        for line in text.wrap(console, width - indent):
            line.rstrip()
            console.print(Text(" " * indent) + line, width=width, soft_wrap=True)

    show(Text(title_of(diff), style="bold"))
    if beneath := names_of(diff):
        show(Text(beneath, style="dim"))
    show(Text(headline(diff)))
    plain = console.color_system is None
    tells = any(change.version for change in diff.codes)  # where nothing is declared, the notes say so once
    for field in diff.whole:
        show(_field(field, plain=plain))
    for key, changes in sections(diff).items():
        means = f": {_MEANS[key]}" if key in _MEANS else ""
        show(Text.assemble("\n", (f"{BECAME[key].upper()} ({len(changes)}){means}", "bold")))
        quiet = [change for change in changes if key == "removed" and not (change.resembles or change.declared)]
        for change in changes:
            if len(quiet) <= _FEW or change not in quiet:
                show(_title(change, key), 2)
                if (said := why_of(change)) and (tells or change.declared):
                    show(Text(said, style="dim" if change.declared else "yellow"), 4)
                for hint in change.resembles:
                    show(Text(f"looks like {hint}", style="dim"), 4)
                for field in change.fields if key != "removed" else ():
                    show(_field(field, plain=plain), 4)
        if len(quiet) > _FEW:
            show(Text("; ".join(change.name for change in quiet)), 2)
    if diff.used:
        show(Text.assemble("\n", ("WHO CODED UNDER WHICH", "bold")))
        for line in used_by(diff.used):
            show(Text(line), 2)


def title_of(diff: CodebookDiff) -> str:
    """What is compared, as a heading: `support v2 → v3`; of tables, which hold no version, their files."""
    if not any_version(diff):
        return " → ".join(_files(diff))
    other = "" if diff.old.id == diff.new.id else f"{diff.new.id} "
    return f"{_versioned(diff.old.id, diff.old.version)} → {other}{_versioned('', diff.new.version)}".rstrip()


def names_of(diff: CodebookDiff) -> str:
    """The two files, versions or runs as they were asked for, where the heading does not say them already."""
    files = _files(diff)
    if not any_version(diff) and files[0] != files[1]:
        return ""  # the heading has the files; where they lie is nobody's business who is shown the page
    names = f"{diff.old.name} → {diff.new.name}"
    return "" if names in (title_of(diff), f"v{diff.old.version} → v{diff.new.version}") else names


def any_version(diff: CodebookDiff) -> bool:
    """Whether one of the two has a version: tables have none."""
    return bool(diff.old.version or diff.new.version)


def _files(diff: CodebookDiff) -> list[str]:
    """The names of both without their folders."""
    return [re.split(r"[/\\]", side.name)[-1] for side in (diff.old, diff.new)]


def _without_folders(note: str, diff: CodebookDiff) -> str:
    """A note that names the two files, without the folders that they lie in."""
    for side, file in zip((diff.old, diff.new), _files(diff), strict=True):
        note = note.replace(side.name, file)
    return note


def _versioned(id: str, version: str) -> str:
    return f"{id} v{version}".strip() if version else id


def _title(change: CodeChange, key: str) -> Text:
    from rich.text import Text

    if change.from_:
        return Text(f"{', '.join(change.from_)} → {', '.join(change.to)}", style="bold")
    also = [BECAME[each] for each in change.became if each != key]
    text = Text.assemble((change.code, "bold"))
    if change.name and change.name != change.code:
        text.append(f"  {change.name}")
    if also:
        text.append(f"  (also {', '.join(also)})", style="dim")
    return text


def _field(field: FieldChange, *, plain: bool) -> Text:
    """One field with its words: dropped ones struck out, added ones underlined."""
    from rich.text import Text

    text = Text(f"{field.field}: ", style="not bold")
    if field.order:
        return text.append("in another order")
    alone = not field.before or not field.after
    for change, words in runs(field):
        body = words.strip()
        text.append(" " * words.startswith(" "))
        if change == "dropped":
            marks = ("- ", "") if alone else ("[-", "-]")
            text.append(f"{marks[0]}{body}{marks[1]}" if plain else body, style="strike red")
        elif change == "added":
            marks = ("+ ", "") if alone else ("{+", "+}")
            text.append(f"{marks[0]}{body}{marks[1]}" if plain else body, style="underline blue")
        else:
            text.append(body)
    return text


def runs(field: FieldChange) -> list[tuple[str, str]]:
    """The words of a field to be shown in one line: a blank before a run where one belongs there, none after it."""
    found: list[tuple[str, str]] = []
    last = ""
    for change, words in short(field):
        body = words.strip()
        runs_together = bool(_WORD.fullmatch(last[-1:]) and _WORD.fullmatch(body[:1]))
        found.append((change, " " * (last[-1:].isspace() or words[:1].isspace() or runs_together) + body))
        last = words
    return found


def short(field: FieldChange) -> Iterator[tuple[str, str]]:
    """The words of a field; of a long stretch that was kept only its ends."""
    for at, run in enumerate(field.words):
        words = run.words.split(" ")
        if run.change != "kept" or len(words) <= 3 * _KEEP_WORDS:
            yield run.change, run.words
            continue
        first = " ".join(words[:_KEEP_WORDS]) + " " if at else ""
        last = " " + " ".join(words[-_KEEP_WORDS:]) if at + 1 < len(field.words) else ""
        yield run.change, f"{first}…{last}"


def codebook_diff_html(diff: CodebookDiff) -> str:
    """What changed as one page that needs no network and no script, words marked. All text is escaped."""
    return page(
        "codebook_diff.html",
        diff=diff,
        title=title_of(diff),
        beneath=names_of(diff),
        runs=runs,
        tells=any(change.version for change in diff.codes),
        sections=sections(diff),
        headline=headline(diff),
        notes=[_without_folders(note, diff) for note in diff.notes],
        became=BECAME,
        means=_MEANS,
        why_of=why_of,
        used=used_by(diff.used),
    )
