"""A study that is being started: it asks its questions and is written from the answers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autocode.config import FILE
from autocode.data import Transcript
from autocode.errors import InputError, TranscriptError
from autocode.files import write_whole
from autocode.reading import read_transcripts
from autocode.speakers import speakers
from autocode.starting.files import codebook_text, coders_text, participants_text, settings_text, transcripts_text
from autocode.starting.questions import OTHERS, WHERE, Question, who


@dataclass(frozen=True)
class Started:
    """What was written, and what stood there and was kept as it is."""

    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


class NewStudy:
    """A study that is being started in a folder: it has six questions, and is written from their answers.

    Each of `questions()` is to be answered before the next one is asked for: where the interviews are decides what the
    others offer.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.place = self.folder / "interviews"
        """Where the interviews are."""
        self.transcripts: list[Transcript] = []
        """Those that are there already and can be read."""
        self.bad: list[TranscriptError] = []
        """What is wrong with the others."""
        self._answers: dict[str, tuple[str, ...]] = {}

    def questions(self) -> Iterator[Question]:
        """The six questions, in order. Raises InputError where interviews lie in the study's own folder."""
        yield WHERE
        self._look()
        yield who([speaker for text in self.transcripts for speaker in speakers(text)], self.bad)
        yield from OTHERS

    def answer(self, question: Question, answers: Iterable[str]) -> None:
        """Take what is answered. Raises InputError, to be told and asked again, where it is no answer."""
        self._answers[question.key] = question.read(answers)
        if question is WHERE:
            self.place = self._place(*(self._answers[question.key] or question.default)[:1])

    def answered(self, key: str) -> tuple[str, ...]:
        """The answer to a question, the default where nobody gave one."""
        default = next((q.read(q.default) for q in OTHERS if q.key == key), ())
        return self._answers.get(key, default)

    def _place(self, written: str) -> Path:
        """The interviews' place: seen from the study's folder, else from where the person is who wrote it."""
        inside, here = self.folder / written, Path(written)
        return here if here.exists() and not inside.exists() else inside

    def _look(self) -> None:
        """Read the interviews that are there; none is no error yet."""
        if self.place.resolve() == self.folder.resolve():
            raise InputError(
                "the interviews need a folder of their own, because the tables of the study would be read as "
                f"interviews; move them into {self.folder / 'interviews'}, or start the study in another folder",
                path=self.place,
            )
        self.bad = []
        with suppress(TranscriptError):  # there is no such folder yet, or nothing in it
            self.transcripts = list(read_transcripts(self.place, on_bad=self.bad.append))

    def write(self) -> Started:
        """Writes the files of the study, each whole or not at all, and keeps every file that is there already."""
        written, kept = [], []
        try:
            for name, text in self._files().items():
                path = self.folder / name
                if os.path.lexists(path):
                    kept.append(path)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(path, text)
                    written.append(path)
            if not self.place.exists():
                self.place.mkdir(parents=True)
        except OSError as error:
            message = f"cannot be written ({error.strerror}); choose another folder"
            raise InputError(message, path=self.folder) from error
        return Started(tuple(written), tuple(kept))

    def _files(self) -> dict[str, str]:
        texts, excluded = self.transcripts, self.answered("exclude_speakers")
        place = Path(os.path.relpath(self.place, self.folder)).as_posix()
        simple = {key: self.answered(key)[0] for key in ("approach", "unit", "place")}
        return {
            FILE: settings_text(place, excluded, **simple),
            "codebook.yaml": codebook_text(self.folder),
            "coding/coders.csv": coders_text(self.answered("coders"), texts),
            "transcripts.csv": transcripts_text(texts),
            "participants.csv": participants_text(texts, excluded),
        }
