"""What would leave this machine, whose words may not, and who said yes to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autocode.codebook import asked
from autocode.config import FILE, Config
from autocode.data import Codebook, Transcript
from autocode.errors import ConfigError
from autocode.loopback import host_of
from autocode.runs import Approval
from autocode.runs.run import now, user


@dataclass(frozen=True)
class Sending:
    """What would leave this machine, and for where."""

    to: str
    transcripts: int
    words: int
    people: int

    @classmethod
    def of(cls, endpoint: str, transcripts: Iterable[Transcript], *, exclude_speakers: Sequence[str] = ()) -> Sending:
        """What goes to an address with these transcripts; excluded speakers are not among the people."""
        texts = words = people = 0
        for text in transcripts:
            texts += 1
            words += sum(len(text.text[turn.span.start : turn.span.end].split()) for turn in text.turns)
            people += len({turn.speaker for turn in text.turns}.difference(exclude_speakers))
        return cls(to=host_of(endpoint) or endpoint, transcripts=texts, words=words, people=people)

    def __str__(self) -> str:
        what = f"{self.transcripts} interviews ({self.words:,} words of {self.people} people)"
        return f"{what} would be sent to {self.to}"

    def refusal(self) -> ConfigError:
        """The refusal to send anything without a yes, with the line to add."""
        line = f"send: {{to: cloud, approved_by: NAME, date: {now()[:10]}}}"
        return ConfigError(
            f"{self}, and nobody has said yes; add `{line}` to {FILE}, or give --send cloud --approved-by NAME"
        )

    def approved(self, by: str = "", *, date: str = "") -> Approval:
        """The approval of whoever says yes now (or did on a date); without a name, of the user of this machine."""
        return Approval(to=self.to, approved_by=by or user(), at=now(), date=date)

    def approval(self, config: Config, *, send: str | None, approved_by: str | None) -> Approval | None:
        """Who has approved it already, by flag or in autocode.yaml; None: nobody has been asked yet.

        Raises ConfigError where the study says that interviews stay on this machine.
        """
        stands = config.send
        if send is not None and send != "cloud":
            raise ConfigError(f'--send {send} is unknown; say "--send cloud", or leave it out to keep everything here')
        if send is None and stands is not None and stands.to == "local":
            raise ConfigError(
                f"send: local keeps interviews on this machine, and {self}; change the line, or use a model on this "
                "machine (--base-url http://localhost:...)",
                path=config.file,
            )
        if send is None and stands is None:
            return None
        # Who approved that everything stays here has not approved this, and a date belongs to whom it stands beside.
        if stands is None or stands.to == "local" or (approved_by and approved_by != stands.approved_by):
            return self.approved(approved_by or "")
        return self.approved(stands.approved_by, date=stands.date)


def refuse_examples_of(kept: Iterable[str], codebook: Codebook) -> None:
    """Raises ConfigError where the codebook quotes somebody whose words have to stay on this machine.

    A codebook goes with every call, and its examples are words of participants, too.
    """
    stay = set(kept)
    for code in asked(codebook):
        for example in code.examples:
            if example.source in stay or re.split(r"[\s,;:#(]", example.source, maxsplit=1)[0] in stay:
                raise ConfigError(
                    f'the code "{code.id}" has an example from {example.source}, whose words stay on this machine '
                    "(ai_cloud: no), and the codebook is sent with every call; take the example out, or use a "
                    "model on this machine (--base-url http://localhost:...)"
                )
