"""What figures of agreement hold for: this codebook, prompt, model and passages; and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping

from autocode.codebook import code_hash
from autocode.data import Codebook
from autocode.reporting.agreement_words import version_words
from autocode.reporting.basis import Basis
from autocode.reporting.report_parts import counted, listed


def holds_for(basis: Basis, units: Mapping[str, int]) -> list[tuple[str, str]]:
    """What the figures hold for, each with what it is; last what has changed since the coding.

    `units` counts in each interview of the study the units that two coders decided.
    """
    found = [("codebook", f"{basis.codebook.id}, {_versions(basis)}")]
    for name, info in sorted(basis.runs.items()):
        found.append(("model", f"{info.model}, as it was asked for in {name}"))
        found.append(("prompt", f"SHA-256 {info.hashes['prompt'][:12]}…, passages of up to {info.max_tokens:,} tokens"))
    inside = [id for id, n in units.items() if n]
    found.append(
        (
            "passages",
            f"{counted(sum(units.values()), basis.agreement.unit)} of {counted(len(inside), 'interview')}: "
            f"{listed(inside, most=12)}",
        )
    )
    return [*found, ("since then", "; ".join(_since(basis, units)) or "no change is recorded")]


def _versions(basis: Basis) -> str:
    """The versions that coders worked with, with who did where they differ."""
    by_version: dict[str, list[str]] = {}
    for coder in basis.agreement.coders:
        by_version.setdefault(coder.codebook, []).append(coder.name)
    if len(by_version) == 1:
        version = next(iter(by_version))
        return version_words(version) if version else f"version not declared (now v{basis.codebook.version})"
    return "; ".join(f"{version_words(version)}: {', '.join(names)}" for version, names in by_version.items())


def _since(basis: Basis, units: Mapping[str, int]) -> list[str]:
    versions = dict.fromkeys(coder.codebook for coder in basis.agreement.coders if coder.kind == "human")
    told = [f"{changes} since {version_words(v)}" for v in versions if (changes := _changes_since(v, basis))]
    for name, info in sorted(basis.runs.items()):
        if changes := changed(info.codebook, basis.codebook):
            told.append(f"{changes} since {name} was coded")
    outside = sum(not n for n in units.values())
    if outside:
        told.append(f"{counted(outside, 'interview')} in the folder, without a passage that two coders decided")
    return told


def _changes_since(version: str, basis: Basis) -> str:
    """What has become of the codes since a version: by its frozen file, else by the codebook's list of changes."""
    if version in basis.versions:
        return changed(basis.versions[version], basis.codebook)
    if not version.isdecimal() or int(version) >= basis.codebook.version:
        return ""
    kinds: dict[str, set[str]] = {}
    for change in basis.codebook.changes:
        if change.version > int(version):
            kinds.setdefault(change.kind, set()).update(change.codes or change.to)
    listed_changes = ", ".join(f"{kind} {counted(len(codes), 'code')}" for kind, codes in kinds.items())
    return listed_changes or f"changes that the codebook does not list, to v{basis.codebook.version},"


def changed(then: Codebook, now: Codebook) -> str:
    """In words how many codes were edited, added, retired or taken out from one codebook to another.

    An edit is one of what coders read: name, definition, what counts and what does not, examples.
    """
    old, new = ({code.id: code for code in book.codes} for book in (then, now))
    both = [(old[id], new[id]) for id in old if id in new]
    counts = {
        "edited": sum(code_hash(a) != code_hash(b) for a, b in both),
        "added": len(new.keys() - old.keys()),
        "retired": sum(b.status == "retired" and a.status != "retired" for a, b in both),
        "taken out": len(old.keys() - new.keys()),
    }
    return ", ".join(f"{counted(n, 'code')} {what}" for what, n in counts.items() if n)
