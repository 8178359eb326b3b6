"""How `autocode run --dry-run` prints its plan: the first prompt as the result, and beside it what all would cost."""

from __future__ import annotations

import shutil

import autocode as ac
from autocode.cli.shared import print_json, say

_FIRST = ("calls", "prompt_tokens", "completion_tokens", "price", "first_prompt")


def show_preview(preview: ac.Preview, *, as_json: bool) -> None:
    """What a run would ask, and what that would cost."""
    if as_json:
        facts = preview.model_dump(mode="json")
        print_json({"format": "autocode-plan/1", **{name: facts.pop(name) for name in _FIRST}, **facts})
        return
    if preview.first_prompt:
        print(preview.first_prompt)
        say("\nAbove: the first prompt, in full. What all of them would cost:\n")
    width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120)) - 2
    for line in ac.cost_lines(preview, width):
        say(f"  {line}" if line else "")
    if preview.warning:
        say(f"\nwarning: {preview.warning}")
