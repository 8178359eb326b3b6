"""`autocode codebook diff`, `release` and `status`: a codebook through its versions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import AsJson, Encoding, SkipBad, option, print_json, say, show, stdout, tell

StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="The study; here if absent.", show_default=False)]
Html = Annotated[Path | None, option("Write a page to read in a browser.", metavar="FILE")]


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A codebook file, a frozen version (v2), or a run.", show_default=False)
    ],
    new: Annotated[
        str,
        typer.Argument(metavar="[NEW]", help="The same, later; today's if absent.", show_default=False),
    ] = "",
    study: Annotated[Path | None, option("The study of the versions; here if absent.", metavar="FOLDER")] = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """What became of each code from one codebook to another. Word by word, and who coded under which."""
    where = ac.Study.at(study) if study else ac.Study.here()
    found = ac.compare_codebooks(old, new or str(where.config.codebook), where)
    tell(*found.notes)
    if html is not None:
        ac.write_whole(html, ac.codebook_diff_html(found))
        say(f"written: {html}")
    show(found, ac.show_codebook_diff, as_json=as_json)


def release(
    study: StudyFolder = Path(),
    why: Annotated[str, option("Why the codebook was changed.", metavar="TEXT")] = "",
    by: Annotated[str, option("Who decided it, with commas between.", metavar="NAMES")] = "",
    kind: Annotated[
        list[str] | None,
        option("What edits are: edit, or clarify; of one code: CODE=clarify. May be repeated.", metavar="KIND"),
    ] = None,
    recode: Annotated[bool, option("What was coded under the old wording is to be read again.", "--recode")] = False,
    merge: Annotated[list[str] | None, option("Codes that became one; may be repeated.", metavar="a,b=c")] = None,
    split: Annotated[list[str] | None, option("A code that became several.", metavar="a=b,c")] = None,
    date: Annotated[str, option("When it was decided; today if absent.", metavar="YYYY-MM-DD")] = "",
    stamp: Annotated[
        bool | None,
        option("Write the version into coders.csv, for coding that has changed since.", "--stamp/--no-stamp"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the codebook as its next version. What changed, and why, is written into it."""
    general, single = ac.kinds_written(kind or ())
    plan = ac.plan_release(
        ac.Study.at(study), kind=general, kinds=single, merge=merge or (), split=split or (), recode=recode
    )
    tell(*plan.notes)
    if plan.is_nothing:
        say(f"{plan.study.config.codebook}: {plan.nothing}")
        raise typer.Exit(1)
    asks = sys.stdin.isatty() and not as_json
    if why and not plan.changes:
        say("note: nothing is to be explained that `changes` does not tell of already, so --why is not written")
    if plan.changes and not why and asks:
        if plan.diff is not None:
            ac.show_codebook_diff(plan.diff, stdout())
        why = typer.prompt("Why was it changed?", err=True)
    if plan.stamp is not None and stamp is None:
        said = f"{', '.join(plan.stamp.coders)}: coding without a version, changed since the last release"
        stamp = asks and typer.confirm(f"{said}. Write version {plan.stamp.version} into {plan.stamp.path}?", err=True)
        if not stamp:
            say(f"note: {said}; --stamp writes version {plan.stamp.version} into {plan.stamp.path}")
    names = [name.strip() for name in by.split(",") if name.strip()]
    book = ac.release(plan, why=why, by=names, date=date, stamp=bool(stamp))
    if as_json:
        print_json(ac.release_summary(plan, book, stamped=bool(stamp)))
    for change in plan.changes if not as_json else ():
        print(f"{change.kind}: {ac.named_in(change)}")
    if plan.stamp is not None and stamp:
        say(f"written: version {plan.stamp.version} on {len(plan.stamp.lines)} lines of {plan.stamp.path}")
    say(f"written: {plan.frozen} (version {plan.version})")


def status(
    study: StudyFolder = Path(),
    html: Html = None,
    csv: Annotated[Path | None, option("Write the list as CSV.", metavar="FILE")] = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """What has to be read again since the codebook changed. By whom, for which code, and what is done."""
    owing = ac.codebook_status(ac.Study.at(study), encoding=encoding, skip_bad=skip_bad)
    tell(*owing.notes)
    if csv is not None:
        ac.write_rereading(owing, csv)
        say(f"written: {csv}")
    if html is not None:
        ac.write_whole(html, ac.rereading_html(owing))
        say(f"written: {html}")
    show(owing, ac.show_rereading, as_json=as_json)
    if owing.skipped:
        raise typer.Exit(3)
