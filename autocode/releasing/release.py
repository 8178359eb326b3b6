"""A codebook that was edited → the next version: frozen as `codebook/vN.yaml`, with why in `changes`.

The file of the study is edited where it stands, comments kept; then it is copied. If the copy fails, the same command
finds the raised version and goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autocode.codebook import codebook_hash
from autocode.data import Change, Codebook, CodebookDiff, Data
from autocode.errors import CodebookError, ConfigError
from autocode.files import write_whole
from autocode.history import RELEASED, diff_codebooks, edited_since, was_edited
from autocode.reading import read_codebook
from autocode.reading.codebook_checks import checked
from autocode.reading.codebook_yaml import change_keys, codebook_to_yaml, read_yaml_codebook
from autocode.reading.decoding import decode
from autocode.releasing.deriving import check_joins, check_named, check_versions, derived, joins
from autocode.releasing.stamping import Stamp, coding_hashes, stamp_of
from autocode.releasing.versions import Versions
from autocode.runs.run import now as utc_now
from autocode.study import Study
from autocode.yaml import Inline, with_item, with_key

_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Release:
    """What a release would write: looked at before anything is."""

    study: Study
    codebook: Codebook
    base: Codebook | None
    """The last release; None where nothing was frozen yet."""
    version: int
    changes: tuple[Change, ...]
    """What nobody has declared yet; they still lack a why."""
    diff: CodebookDiff | None
    stamp: Stamp | None
    notes: tuple[str, ...] = ()
    base_is_lost: bool = False
    """Whether the base was never frozen, and is taken from a run: it is frozen, too."""

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to release."""
        return self.diff is not None and self.diff.same and not self.changes and self.version == self._last

    @property
    def nothing(self) -> str:
        """Why there is nothing to release, in words."""
        beside = self.diff is not None and any(change.became == ("noted",) for change in self.diff.codes)
        what = "only notes, colours or other names have" if beside else "nothing has"
        return f"{what} changed since version {self._last - 1}, so there is nothing to release"

    @property
    def _last(self) -> int:
        return (self.base.version if self.base else 0) + 1

    @property
    def frozen(self) -> Path:
        """Where the version is kept."""
        return self.study.root / "codebook" / f"v{self.version}.yaml"


def plan_release(
    study: Study,
    *,
    kind: str = "edit",
    kinds: Mapping[str, str] | None = None,
    merge: Sequence[str] = (),
    split: Sequence[str] = (),
    recode: bool = False,
) -> Release:
    """What releasing the codebook of a study would write.

    Kinds are derived from what changed since the last frozen version; `kind` says whether an edited wording changes
    decisions (edit) or not (clarify), `kinds` the same code by code; `merge` (`a,b=c`) and `split` (`a=b,c`) can only
    be declared. Raises CodebookError for a codebook in a table, a version below the last, codes that are not there,
    and merges and splits that form a circle.
    """
    codebook, path = _codebook(study), study.config.codebook
    versions = Versions.of(study)
    base, lost = _base(codebook, versions)
    notes = edited_since(versions.frozen)
    if base is None:
        return _first_release(study, codebook, notes, merge, split)
    version = _next_version(codebook, base, path)
    joined = [*joins("merge", merge, version), *joins("split", split, version)]
    check_joins(joined, base, codebook, path)
    check_named(codebook, base, path)
    check_versions(codebook, base, version, path)
    changes = derived(base, codebook, version, joined=joined, kind=kind, kinds=kinds, recode=recode)
    if lost:
        notes.append(f"version {base.version} was never frozen; {lost} holds it, so it is kept as that")
    diff = diff_codebooks(base, codebook.model_copy(update={"version": version}))
    notes += _alike(diff, joined)
    stamp = stamp_of(study, base, version)
    return Release(study, codebook, base, version, tuple(changes), diff, stamp, tuple(notes), bool(lost))


def _codebook(study: Study) -> Codebook:
    """The codebook of a study, if it is one that can be released."""
    path = study.config.codebook
    if not study.config.file:
        raise ConfigError(
            "a release belongs to a study: a folder with autocode.yaml (which may be empty)", path=study.root
        )
    codebook = read_codebook(path)
    if path.suffix.casefold() not in (*_YAML, ".json"):
        target = path.with_suffix(".yaml")
        raise CodebookError(
            f"a table holds no history, so it cannot be released; write it as YAML first: autocode codebook convert "
            f"{path} {target}, and name that one in autocode.yaml",
            path=path,
        )
    return codebook


def _first_release(
    study: Study, codebook: Codebook, notes: Sequence[str], merge: Sequence[str], split: Sequence[str]
) -> Release:
    """The release of a codebook of which no version was frozen: as it stands, with nothing to be compared with."""
    version = codebook.version
    check_named(codebook, None, study.config.codebook)
    if [*joins("merge", merge, version), *joins("split", split, version)]:
        raise CodebookError(
            "no version is frozen yet, so there is nothing that a merge or split could lead from; release once "
            "without, before the next edit",
            path=study.config.codebook,
        )
    told = f"no version was frozen before: version {version} is, as it stands, and later edits are compared with it"
    stamp = stamp_of(study, None, version)
    return Release(study, codebook, None, version, (), None, stamp, (*notes, told))


def _next_version(codebook: Codebook, base: Codebook, path: Path) -> int:
    """The number of the next version: the one that the file says where it was raised by hand, else one more."""
    if codebook.version < base.version:
        raise CodebookError(
            f"the file says version {codebook.version}, but version {base.version} is released already; write "
            f"`version: {base.version}`, and release again",
            path=path,
        )
    return codebook.version if codebook.version > base.version else base.version + 1


def _alike(diff: CodebookDiff, joined: Sequence[Change]) -> Iterator[str]:
    """Told of codes that are gone beside a code that came and looks like them: nobody said that it became that."""
    told = {code for change in joined for code in change.from_}
    for code in diff.codes:
        if "removed" in code.became and code.resembles and code.code not in told:
            yield (
                f'"{code.code}" is gone, and looks like what came: {", ".join(code.resembles)}; if it is the same, '
                f"write its old id back (names may change, ids never do), if it was merged or split, say --merge or "
                f"--split; else what was coded as {code.code} counts as no code of today"
            )


def _base(codebook: Codebook, versions: Versions) -> tuple[Codebook | None, str]:
    """The last release; or, where this version was never frozen, how a run holds it if that is something else."""
    if versions.frozen:
        return versions.frozen[max(versions.frozen, key=int)], ""
    for name, info in versions.runs.items():
        same = info.codebook.version == codebook.version and info.codebook.id == codebook.id
        if same and codebook_hash(info.codebook) != codebook_hash(codebook):
            return info.codebook, f"the run {name}"
    return None, ""


def release(plan: Release, *, why: str = "", by: Sequence[str] = (), date: str = "", stamp: bool = False) -> Codebook:
    """Write a release: `changes` and version into the codebook, the frozen copy, and if asked the stamp in coders.csv.

    Raises CodebookError where there is nothing to release, a why is missing, or the version is frozen already.
    """
    path = plan.study.config.codebook
    if plan.is_nothing:
        raise CodebookError(plan.nothing, path=path)
    if plan.changes and not why.strip():
        raise CodebookError("a release says why the codebook was changed; give it with --why", path=path)
    if plan.frozen.exists():
        raise CodebookError("stands there already; a released version is never written again", path=plan.frozen)
    said = {"why": " ".join(why.split()), "by": tuple(by), "date": date or utc_now()[:10]}
    changes = [change.model_copy(update=said) for change in plan.changes]
    wanted = plan.codebook.model_copy(update={"version": plan.version, "changes": (*plan.codebook.changes, *changes)})
    text = _edited(path, plan, changes, wanted)
    if plan.stamp is not None and stamp:
        plan.stamp.write()
    plan.frozen.parent.mkdir(parents=True, exist_ok=True)
    if plan.base_is_lost and plan.base is not None:
        _freeze(plan.frozen.with_name(f"v{plan.base.version}.yaml"), codebook_to_yaml(plan.base), plan.base, {})
    if text is not None:
        write_whole(path, text)
    _freeze(
        plan.frozen,
        text if path.suffix.casefold() in _YAML and text else codebook_to_yaml(wanted),
        wanted,
        coding_hashes(plan.study),
    )
    return wanted


class ReleaseSummary(Data):
    """What a release wrote, for programs."""

    format: Literal["autocode-codebook-release/1"] = "autocode-codebook-release/1"
    codebook: str
    version: int
    frozen: str
    sha256: str
    changes: tuple[Change, ...]
    """The entries of this version."""
    stamped: tuple[int, ...] = ()
    """The lines of coders.csv that the version was written into."""


def release_summary(plan: Release, written: Codebook, *, stamped: bool = False) -> ReleaseSummary:
    """What a release wrote, as a noun that goes to JSON."""
    return ReleaseSummary(
        codebook=written.id,
        version=written.version,
        frozen=plan.frozen.as_posix(),
        sha256=codebook_hash(written),
        changes=tuple(change for change in written.changes if change.version == written.version),
        stamped=plan.stamp.lines if plan.stamp and stamped else (),
    )


def _edited(path: Path, plan: Release, changes: Sequence[Change], wanted: Codebook) -> str | None:
    """The text of the codebook with its new version and changes, every comment kept.

    Raises CodebookError where it would not read back as meant, before anything is written.
    """
    if path.suffix.casefold() not in _YAML:
        from autocode.reading.codebook_json import codebook_to_json

        return codebook_to_json(wanted)
    text, _ = decode(path.read_bytes(), path=path, encoding=None)
    if plan.codebook.version != plan.version:
        text = with_key(text, "version", plan.version)
    for change in changes:
        text = with_item(text, "changes", Inline(change_keys(change)))
    back = checked(read_yaml_codebook(text, path), path)
    if back.model_copy(update={"notes": ()}) != wanted.model_copy(update={"notes": ()}):
        raise CodebookError(
            f"cannot be edited without changing more than its history; write `version: {plan.version}` and the changes "
            "into it by hand, then release again",
            path=path,
        )
    return text


def _freeze(path: Path, text: str, codebook: Codebook, coding: Mapping[str, str]) -> None:
    stamp = {"sha256": codebook_hash(codebook), **({"coding": dict(coding)} if coding else {})}
    frozen = with_key(text, RELEASED, stamp)
    back = checked(read_yaml_codebook(frozen, path), path)
    if was_edited(back):
        raise CodebookError("would not read back as it was released; please report this", path=path)
    write_whole(path, frozen)
