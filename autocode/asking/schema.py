"""The form that a model is asked to fill in.

The schema sent is strict: the codes' ids as an enum, a bound on every string and list (a small model otherwise repeats
itself up to its output limit). What comes back is read leniently, by `read_reply`: one null or over-long field must
not cost the whole answer. So the model that validates a reply says `list[Any]`, and only its JSON schema says more.
"""

from __future__ import annotations

import functools
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema, create_model

from autocode.asking.messages import FORM

WHY_CHARACTERS = 300
# llama.cpp turns bounds into a grammar and refuses a repetition of 2,000 and more.
QUOTE_CHARACTERS = 1500
PROPOSALS = 60
PROPOSALS_OF_PARTS = 300
"""Where a call holds up to a hundred short answers."""
PARTS = 999

_DESCRIPTION = "The form of the answer. Always answer by calling it once; give an empty list where no code applies."


def proposals_schema(codes: tuple[str, ...], *, numbered: bool) -> dict[str, Any]:
    """The JSON schema of the list of proposals: each a reason, one of these codes, and the words it rests on.

    The order of the fields is the order in which a model writes them: first the reason, then the code. With `numbered`
    each begins with the number of the part it speaks of. The schema is the same for any number of parts, because
    whatever changes in it empties a provider's cache.
    """
    fields: dict[str, Any] = {"part": {"type": "integer", "minimum": 1, "maximum": PARTS}} if numbered else {}
    fields["why"] = {"type": "string", "maxLength": WHY_CHARACTERS}
    fields["code"] = {"type": "string", "enum": list(codes)}
    fields["quote"] = {"type": "string", "maxLength": QUOTE_CHARACTERS}
    item = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {"type": "array", "maxItems": PROPOSALS_OF_PARTS if numbered else PROPOSALS, "items": item}


@functools.lru_cache(maxsize=32)
def reply_model(codes: tuple[str, ...], numbered: bool) -> type[BaseModel]:
    """The model of a reply, as instructor wants it: strict in its schema, lenient in what it takes."""
    form = WithJsonSchema(proposals_schema(codes, numbered=numbered))
    return create_model(
        FORM,
        __doc__=_DESCRIPTION,
        __config__=ConfigDict(json_schema_extra={"additionalProperties": False}),
        proposals=(Annotated[list[Any], form], ...),
    )


@functools.lru_cache(maxsize=32)
def reply_schema(codes: tuple[str, ...], numbered: bool) -> dict[str, Any]:
    """The JSON schema of a reply, as it is sent; not to be changed."""
    return reply_model(codes, numbered).model_json_schema()
