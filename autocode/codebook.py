"""What follows from a codebook: which codes are asked, which code a written name means, and the hashes.

A code's *hash* covers what decides when it applies (name, definition, include, exclude, examples, counterexamples);
its *scope* covers whom and where it is for (speakers, codable, groups, its place in the tree). So a note, a colour or
an alias is no drift.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autocode.data import Code, Codebook, canonical_json, sha256

_PATH = re.compile(r"\s>\s|::|\\")


def folded(text: str) -> str:
    """A text with white space folded to one blank, as it enters a hash."""
    return " ".join(text.split())


def code_of(codebook: Codebook, id: str) -> Code | None:
    """The code with exactly this id, or None."""
    return next((code for code in codebook.codes if code.id == id), None)


def children(codebook: Codebook, id: str) -> list[Code]:
    """The codes directly below a theme, in the order of the codebook."""
    return [code for code in codebook.codes if code.parent == id]


def below(codebook: Codebook, id: str) -> list[Code]:
    """All codes below a theme, at any depth, in the order of the codebook."""
    found: set[str] = set()
    for code in codebook.codes:  # parents stand before their children
        if code.parent == id or code.parent in found:
            found.add(code.id)
    return [code for code in codebook.codes if code.id in found]


def parents(codebook: Codebook, code: Code) -> Iterator[Code]:
    """The themes above a code, the nearest first."""
    above = code_of(codebook, code.parent) if code.parent else None
    while above is not None:
        yield above
        above = code_of(codebook, above.parent) if above.parent else None


def is_codable(codebook: Codebook, code: Code) -> bool:
    """Whether the code itself may be applied: a theme may not, unless `codable: true`."""
    return code.codable if code.codable is not None else not children(codebook, code.id)


def codable(codebook: Codebook) -> list[Code]:
    """The codes that may be applied, retired ones included."""
    themes = {code.parent for code in codebook.codes}
    return [c for c in codebook.codes if (c.codable if c.codable is not None else c.id not in themes)]


def asked(codebook: Codebook) -> list[Code]:
    """The codes a model is asked for: codable and not retired."""
    return [code for code in codable(codebook) if code.status != "retired"]


def speakers_of(codebook: Codebook, code: Code) -> tuple[str, ...]:
    """Whose turns are units for a code: its own `speakers`, else those of the nearest theme; empty: everybody's."""
    for place in (code, *parents(codebook, code)):
        if place.speakers:
            return place.speakers
    return ()


def match_code(codebook: Codebook, written: str) -> Code | None:
    """The code that a written name means: by id, name or alias, trimmed and case-folded; None where nothing is equal.

    Failing that, by what stands before a `:`. Never by nearness; a name that stands for two codes is no name.
    """
    return code_named(codebook, written) or (code_named(codebook, written.split(":")[0]) if ":" in written else None)


def code_at_path(codebook: Codebook, written: str) -> Code | None:
    """The code that a path of themes means, as other programs write it (`Support > Manager`, `Support::Manager`).

    By its last part, whatever stands above: themes get regrouped. Where two codes share that part, by the theme
    directly above. None for what is no path.
    """
    parts = [_plain(part) for part in _PATH.split(written) if part.strip()]
    if len(parts) < 2:
        return None
    found = [code for code in codebook.codes if parts[-1] in _names(code)]
    if len(found) > 1:
        above = {code.id for code in codebook.codes if parts[-2] in _names(code)}
        found = [code for code in found if code.parent in above]
    return found[0] if len(found) == 1 else None


def _names(code: Code) -> set[str]:
    return {_plain(name) for name in (code.id, code.name, *code.aliases)}


def code_named(codebook: Codebook, written: str) -> Code | None:
    """The one code with this id, name or alias, trimmed and case-folded; None where there is none, or two."""
    wanted = _plain(written)
    if not wanted:
        return None
    for names in (lambda c: (c.id,), lambda c: (c.name,), lambda c: c.aliases):
        found = [code for code in codebook.codes if wanted in {_plain(name) for name in names(code)}]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _plain(name: str) -> str:
    """A name as it is compared: trimmed, composed, case-folded."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def code_hash(code: Code) -> str:
    """The hash of what decides when a code applies."""
    return sha256(
        canonical_json(
            {
                "name": folded(code.name),
                "definition": folded(code.definition),
                "include": [folded(text) for text in code.include],
                "exclude": [folded(text) for text in code.exclude],
                "examples": [{"text": folded(e.text), "source": folded(e.source)} for e in code.examples],
                "counterexamples": [{"text": folded(e.text), "use": folded(e.use)} for e in code.counterexamples],
            }
        )
    )


def scope_hash(codebook: Codebook, code: Code) -> str:
    """The hash of whom and where a code is for: speakers, codable, groups and the path of themes above it."""
    return sha256(
        canonical_json(
            {
                "speakers": sorted(speakers_of(codebook, code)),
                "codable": is_codable(codebook, code),
                "groups": sorted([g.id, g.pick, *sorted(g.codes)] for g in codebook.groups if code.id in g.codes),
                "path": [theme.id for theme in parents(codebook, code)],
            }
        )
    )


def codebook_hash(codebook: Codebook) -> str:
    """The hash of all that a coder goes by: the study question and every code with its hash, scope and status."""
    return sha256(
        canonical_json(
            {
                "study_question": folded(codebook.study_question),
                "codes": [[c.id, c.status, code_hash(c), scope_hash(codebook, c)] for c in codebook.codes],
            }
        )
    )
