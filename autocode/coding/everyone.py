"""Codings of people and of models, alike: a coding file, a folder of them, or a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from autocode.codebook import code_hash, match_code
from autocode.coding.deriving import codings_of
from autocode.data import Codebook, CodedSegment, Coding, Missing, Transcript
from autocode.errors import InputError
from autocode.history import Merges, gone, split_since
from autocode.locating import locate
from autocode.reading import read_human
from autocode.runs import Run


def codings(
    path: Path | str,
    transcripts: Iterable[Transcript],
    *,
    codebook: Codebook | None = None,
    exclude_speakers: Collection[str] = (),
    versions: Mapping[str, Codebook] | None = None,
    wide: Sequence[str] = (),
    yes_from: float | None = None,
    encoding: str | None = None,
    settled: bool = True,
    left_out: Collection[str] = (),
) -> list[Coding]:
    """Every coder's coding in a file, a folder of files, or a run folder, located in the transcripts.

    With a codebook, codes are matched by id, name or alias, and one that nobody defined is an error; a run brings its
    own. Two files that look like copies of one coding (`ana (1).csv`) are an error, too. `versions` are earlier
    versions of the codebook by number: what a coder's version did not hold is missing for them. `wide` names the coder
    columns of a wide table where coders.csv does not; a rating is yes from `yes_from` on.
    Without `settled` a settled.csv is passed over. What is said of transcripts that are `left_out`, because they cannot
    be read, is too.
    """
    texts = {transcript.id: transcript for transcript in transcripts}
    path = Path(path)
    run = Run(path.parent if path.name == "coding.csv" else path)  # a run's table stands for the run
    if (info := run.info) is not None:
        return _with_changes(codings_of(run, info, texts.values()), info.codebook, codebook)
    files = read_human(path, wide=wide, encoding=encoding)
    if files.copies:  # two states of one coding: nobody but the coder knows which is the later
        raise InputError(f"{files.copies[0]}, and move the other out of the folder", path=path)
    if not settled:
        files = files.without_settled()
    if left_out:
        files = files.without_transcripts(left_out)
    if (left_out or not settled) and not files.rows and not files.readings:
        return []
    return locate(
        files,
        texts,
        codebook=codebook,
        exclude_speakers=tuple(exclude_speakers),
        versions=versions or {},
        yes_from=yes_from,
    )


def _with_changes(codings: list[Coding], asked: Codebook, now: Codebook | None) -> list[Coding]:
    """A run's codings in the codes of today's codebook, with notes of what has changed since it was asked."""
    if now is None:
        return codings
    merges = Merges.of(now)
    codings = [_in_codes_of(now, merges, coding) for coding in codings]
    then = {code.id: code_hash(code) for code in asked.codes}
    changed = [
        code.id
        for code in now.codes
        if then.get(code.id, code_hash(code)) != code_hash(code)
        or (code.id in then and split_since(now, code.id, asked.version))
    ]
    changed += [id for id in merges.decided(then) if id not in then and not merges.stands(id, then)]
    if not changed:
        return codings
    version = f"v{asked.version}" + ("+" if asked.version == now.version else "")
    note = f"{codings[0].run}: coded under {version} of the codebook; changed since (stale): {', '.join(changed)}"
    old = [
        coding.model_copy(update={"stale": tuple(Missing(passage=p, code=c) for c in changed for p in coding.seen)})
        for coding in codings
    ]
    return [old[0].model_copy(update={"notes": (note, *old[0].notes)}), *old[1:]]


def _in_codes_of(now: Codebook, merges: Merges, coding: Coding) -> Coding:
    """A run's coding, its merged codes counting as what they were merged into; of codes that are gone it is kept, and
    counts as none."""
    n = Counter(segment.code for segment in coding.segments if segment.counts)
    merged = {code: merges.counts_as[code] for code in n if code in merges.counts_as}
    lost = {code for code in n if code not in merged and match_code(now, code) is None}
    told = [f"{n[old]} passages with {old}, which was merged, count as {new}" for old, new in merged.items()]
    told += [f"{n[code]} passages with {code} count as no code: it is {gone(now, code)}" for code in sorted(lost)]
    segments = [_under(segment, merged, lost) for segment in coding.segments] if told else coding.segments
    into = merges.counts_as
    open_parts = [m.model_copy(update={"code": into[m.code]}) for m in coding.missing if m.code in into]
    made = sorted(merges.decided(coding.codes) - {*coding.codes}) if coding.codes else ()
    return coding.model_copy(
        update={
            "segments": tuple(segments),
            "codes": (*coding.codes, *made),
            "missing": (*coding.missing, *open_parts),
            "notes": (*(f"{coding.coder}: {each}" for each in told if coding.repeat == 1), *coding.notes),
        }
    )


def _under(segment: CodedSegment, merged: Mapping[str, str], lost: Collection[str]) -> CodedSegment:
    """A segment under the code that it counts as; one of a code that is gone counts as none."""
    if segment.code in lost:
        return segment.model_copy(update={"problem": (*segment.problem, "unknown code")})
    return segment.model_copy(update={"code": merged[segment.code]}) if segment.code in merged else segment


def distinct(codings: Iterable[Coding]) -> list[Coding]:
    """The codings, those that share a name with another told apart by their run or pass, else by a number.

    >>> [c.coder for c in distinct([Coding(coder="ana", pass_="1"), Coding(coder="ana", pass_="2"), Coding(coder="b")])]
    ['ana (1)', 'ana (2)', 'b']
    """
    named = list(codings)
    for mark in (" @ {0.run}", " ({0.pass_})"):
        counts = Counter(coding.coder for coding in named)
        named = [
            coding.model_copy(update={"coder": coding.coder + mark.format(coding)})
            if counts[coding.coder] > 1 and mark.format(coding) not in (" @ ", " ()")
            else coding
            for coding in named
        ]
    counts, seen = Counter(coding.coder for coding in named), Counter[str]()
    for at, coding in enumerate(named):
        if counts[coding.coder] > 1:
            seen[coding.coder] += 1
            named[at] = coding.model_copy(update={"coder": f"{coding.coder} ({seen[coding.coder]})"})
    return named
