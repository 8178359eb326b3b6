"""The peer of eval/speed/runs.py: prompts from a file, asked with instructor in a pool of threads, and nothing else.

    python eval/speed/bare_loop.py PROMPTS.json BASE_URL THREADS

No journal, no plan, no grounding, no second try. It prints how many calls and proposals it got.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import instructor
from openai import OpenAI
from pydantic import BaseModel, Field, create_model


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    url, threads = sys.argv[2], int(sys.argv[3])

    proposal = create_model(
        "Proposal",
        why=(str, Field(max_length=300)),
        code=(Literal[tuple(told["codes"])], ...),
        quote=(str, Field(max_length=1500)),
    )

    class Answer(BaseModel):
        proposals: list[proposal] = Field(max_length=60)  # type: ignore[valid-type]

    client = instructor.from_openai(
        OpenAI(base_url=url, api_key="none", max_retries=0), mode=instructor.Mode.JSON_SCHEMA
    )

    def ask(passage: str) -> Answer:
        messages = [{"role": "system", "content": told["prefix"]}, {"role": "user", "content": passage}]
        return client.create(
            model="planted", response_model=Answer, messages=messages, max_retries=0, max_tokens=told["max_tokens"]
        )

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(ask, told["passages"]))
    print(len(answers), sum(len(answer.proposals) for answer in answers))


if __name__ == "__main__":
    main()
