"""A prompt as the messages that a model receives.

Instructions and codebook stand first, as the system message, and are the same in every call of a run. The passage
stands last, between marks derived from its own hash: nobody can write words that contain the hash of those words, so
nothing said in an interview can pretend to end the passage. No template is rendered here.
"""

from __future__ import annotations

from autocode.data import Prompt, sha256

FORM = "propose_codes"
"""The name of the form that a model fills in: the schema's name, and the tool's where answers come by tool call."""


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The system message (instructions, codebook) and the user's (context, then the passage, each between marks)."""
    return [{"role": "system", "content": prompt.prefix}, {"role": "user", "content": request_text(prompt)}]


def request_text(prompt: Prompt) -> str:
    """What a model reads after the prefix, exactly as it is sent: the context, if any, and last the passage."""
    mark = sha256(prompt.passage)[:16]
    # The form is named because the tool of that name cannot be forced on newer models.
    passage = f"Code this passage; answer only in the form {FORM}.\n{_marked('passage', mark, prompt.passage)}"
    if not prompt.context.strip():
        return passage
    context = f"What was said before, not to be coded:\n{_marked('context', mark, prompt.context)}"
    return f"{context}\n\n{passage}"


def _marked(name: str, mark: str, words: str) -> str:
    return f"<{name} {mark}>\n{words}\n</{name} {mark}>"
