"""Template + codebook + chunk -> Prompt: what a coder is told and shown.

The template gives the instructions and the codebook, the same words in every call of a run. The context and the
passage are put behind it as they are; nothing that people said is ever read as a template.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from autocode import codebook as books
from autocode.data import Chunk, Codebook, Passage, Prompt, Span, Spoken, Transcript, overlap
from autocode.errors import ConfigError
from autocode.shipped import shipped
from autocode.shown import shown

DEFAULT_TEMPLATE = "prompts/coding.txt"


def read_template(path: Path | None = None) -> str:
    """The text of a prompt template: the file given, else the one that comes with autocode.

    Raises ConfigError for a file that is not there or no UTF-8 text.
    """
    path = path or shipped(DEFAULT_TEMPLATE)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("there is no such prompt template; check the path after --prompt", path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the prompt template cannot be read ({error}); save it as UTF-8 text", path=path) from None


def render(
    template: str,
    codebook: Codebook,
    chunk: Chunk,
    texts: Mapping[str, Transcript],
    *,
    exclude_speakers: Collection[str] = (),
    codes: tuple[str, ...] = (),
    whole_codebook: bool = False,
) -> Prompt:
    """The prompt for one chunk. `texts` holds the transcripts by id.

    `codes` are those that may be answered, all by default; the prompt shows only them, or with `whole_codebook` all.
    """
    numbered = bool(chunk.numbers)
    # Equal answers are shown once, under the number they share.
    parts = dict(zip(chunk.numbers, chunk.parts, strict=True)) if numbered else {1: chunk.parts[0]}
    shown = {number: _text(part, texts) for number, part in sorted(parts.items())}
    spoken = tuple(
        Spoken(speaker, words, number if numbered else None)
        for number, part in sorted(parts.items())
        for speaker, words in _spoken(part, texts[part.transcript], exclude_speakers)
    )
    return Prompt(
        prefix=_prefix(template, codebook, tuple(exclude_speakers), numbered, () if whole_codebook else codes),
        context="\n".join(_text(passage, texts) for passage in chunk.context),
        passage="\n\n".join(f"[{n}]\n{text}" for n, text in shown.items()) if numbered else shown[1],
        spoken=spoken,
        parts=len(parts),
        codes=codes,
    )


def _text(passage: Passage, texts: Mapping[str, Transcript]) -> str:
    return shown(texts[passage.transcript], passage.span)[0]


def _spoken(part: Passage, transcript: Transcript, exclude_speakers: Collection[str]) -> Iterator[tuple[str, str]]:
    """The words in a part that may be coded, turn by turn, with who says them."""
    turns = transcript.turns
    for at in range(bisect_right(turns, part.span.start, key=lambda turn: turn.span.end), len(turns)):
        turn = turns[at]
        if turn.span.start >= part.span.end:
            break
        if overlap(turn.span, part.span) and turn.speaker not in exclude_speakers:
            inside = Span(max(turn.span.start, part.span.start), min(turn.span.end, part.span.end))
            yield turn.speaker, shown(transcript, inside)[0]


_filled: deque[tuple[Codebook, object, str]] = deque(maxlen=16)


def _prefix(
    template: str, codebook: Codebook, exclude_speakers: tuple[str, ...], numbered: bool, codes: tuple[str, ...]
) -> str:
    """The instructions and the codebook; the last few are kept, so that a run fills its template in once."""
    settings = (template, exclude_speakers, numbered, codes)
    for book, others, prefix in tuple(_filled):
        if book is codebook and others == settings:
            return prefix
    prefix = fill(template, _words(codebook, exclude_speakers, numbered, codes))
    _filled.append((codebook, settings, prefix))
    return prefix


def fill(template: str, words: Mapping[str, object]) -> str:
    """A template with its words filled in. Raises ConfigError where it asks for others, or fails in another way."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)
    try:
        return environment.from_string(template).render(words)
    except jinja2.TemplateSyntaxError as error:
        raise ConfigError(f"the prompt template has an error in line {error.lineno}: {error.message}") from error
    except Exception as error:  # a template is a small program, and may fail in any way
        known = ", ".join(sorted(words))
        raise ConfigError(f"the prompt template asks for something unknown: {error}; it may use {known}") from error


def _words(
    codebook: Codebook, exclude_speakers: tuple[str, ...], numbered: bool, codes: tuple[str, ...]
) -> dict[str, object]:
    """What a template may use."""
    asked = [code for code in books.asked(codebook) if not codes or code.id in codes]
    ids = {code.id for code in asked}
    return {
        "title": codebook.title,
        "study_question": codebook.study_question,
        "context_marked": True,
        "excluded_speakers": list(exclude_speakers),
        "numbered": numbered,
        "codes": [
            {
                "id": code.id,
                "name": code.name,
                "theme": " > ".join(reversed([theme.name for theme in books.parents(codebook, code)])),
                "definition": code.definition,
                "include": list(code.include),
                "exclude": list(code.exclude),
                "examples": [example.text for example in code.examples],
                "counterexamples": [{"text": c.text, "use": c.use} for c in code.counterexamples],
                "speakers": list(books.speakers_of(codebook, code)),
            }
            for code in asked
        ],
        "groups": [
            [id for id in group.codes if id in ids]
            for group in codebook.groups
            if group.pick == "one" and len(ids.intersection(group.codes)) > 1
        ],
    }
