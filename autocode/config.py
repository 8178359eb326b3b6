"""The settings of a study: `autocode.yaml` -> `Config`. Every setting is optional, and the defaults stand here.

A flag on the command line goes before the file, and the file before the default; from the environment come only keys.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from autocode.data import Data, Unit
from autocode.errors import ConfigError, nearest
from autocode.fields import Fields, described
from autocode.files import write_whole
from autocode.loopback import address_fault
from autocode.yaml import Inline, Node, dump_yaml, parse_yaml, plain, with_key

FILE = "autocode.yaml"
CODEBOOKS = ("codebook.yaml", "codebook.yml", "codebook.csv", "codebook.xlsx", "codebook.json")
"""Where a study's codebook is looked for when the settings do not name it; the first that exists is taken."""

Approach = Literal["reliability", "codebook", "framework", "reflexive", "content"]


class Send(Data):
    """Who may be sent the words of participants, and who said so."""

    to: Literal["cloud", "local"]
    """`cloud`: the model's provider; `local`: this machine only."""
    approved_by: str = ""
    date: str = ""


class Config(Data):
    """The settings of a study. `Config()` are those of a folder without `autocode.yaml`."""

    transcripts: Path = Path("interviews")
    """The folder of transcripts, or one file."""
    codebook: Path = Path("codebook.yaml")
    coding: Path = Path("coding")
    """The folder of human coding, with `coders.csv`."""
    approach: Literal[Approach, ""] = ""
    """Sets the words of reports, never the data."""
    exclude_speakers: tuple[str, ...] = ()
    """Labels shown to a model as context, but never coded and never a unit."""
    speakers: tuple[str, ...] = ()
    """Labels that count even where a transcript has them once."""
    model: str = ""
    """`openai/gpt-5-mini`; blank: the embedded default, which needs no network."""
    base_url: str = ""
    prompt: Path | None = None
    """A template of one's own for what a model is told."""
    encoding: str = ""
    """Of the transcripts, where it is neither marked nor UTF-8 nor Windows-1252."""
    send: Send | None = None
    """None: nobody said yes, so words stay on this machine."""
    unit: Unit = "turn"
    """On what coders are compared."""
    coefficient: Literal["alpha"] = "alpha"
    max_tokens: int = 1400
    """Of one passage, in tokens."""
    context_turns: int = 2
    """Turns before a passage that are shown and not coded."""
    concurrency: int = 16
    """Calls at the same time."""
    file: Path | None = None
    """The settings file; None: there is none."""


KEYS = tuple(key for key in Config.model_fields if key != "file")


def find_study(path: Path | str) -> Config | None:
    """The settings of the study that a folder is, or None where it holds no `autocode.yaml`. No search upwards."""
    return read_config(path) if (Path(path) / FILE).is_file() else None


def read_config(folder: Path | str) -> Config:
    """The settings in a study's `autocode.yaml`; paths in it start from the study's folder.

    Raises ConfigError, with path and line, for a missing file, an unknown setting or a value that cannot be used.
    """
    folder = Path(folder)
    path = folder / FILE
    root = parse_yaml(_text(path), path=path, error=ConfigError)
    fields = Fields(root if root.value is not None else Node({}, 1), "the settings", path, ConfigError, KEYS)
    default = Config()
    return Config.model_validate(
        {
            "transcripts": _path(fields, "transcripts", folder, default.transcripts),
            "codebook": _path(fields, "codebook", folder, _codebook_in(folder)),
            "coding": _path(fields, "coding", folder, default.coding),
            "approach": fields.choice("approach", get_args(Approach)),
            "exclude_speakers": fields.texts("exclude_speakers"),
            "speakers": fields.texts("speakers"),
            "model": fields.text("model"),
            "base_url": _base_url(fields),
            "prompt": folder / fields.text("prompt") if fields.text("prompt") else None,
            "encoding": _encoding(fields),
            "send": _send(fields),
            "unit": fields.choice("unit", get_args(Unit), default.unit),
            "coefficient": _coefficient(fields),
            "max_tokens": fields.number("max_tokens", default.max_tokens),
            "context_turns": fields.number("context_turns", default.context_turns, least=0),
            "concurrency": fields.number("concurrency", default.concurrency),
            "file": path,
        }
    )


def _text(path: Path) -> str:
    """The settings file, which is UTF-8: a guess at its encoding would be a guess at a speaker's label."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            "there is no such file; a study is a folder that holds one, and it may be empty", path=path
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror}); check its rights", path=path) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8; save it again as UTF-8", path=path, line=line) from error


def _path(fields: Fields, key: str, folder: Path, default: Path) -> Path:
    return folder / (fields.text(key) or default)


def _codebook_in(folder: Path) -> Path:
    return Path(next((name for name in CODEBOOKS if (folder / name).exists()), CODEBOOKS[0]))


def _base_url(fields: Fields) -> str:
    written = fields.text("base_url")
    if written and (fault := address_fault(written)):
        raise fields.wrong(f'"base_url" {fault}', fields.get("base_url"))
    return written


def _encoding(fields: Fields) -> str:
    written = fields.text("encoding")
    try:
        "x".encode(written or "utf-8")
    except (LookupError, ValueError):
        message = f'the encoding "{written}" is not known; write one such as utf-16-le, windows-1252 or mac-roman'
        raise fields.wrong(message, fields.get("encoding")) from None
    return written


def _send(fields: Fields) -> Send | None:
    node = fields.get("send")
    if node is None:
        return None
    if not isinstance(node.value, dict):
        raise fields.wrong(f'"send" is {described(node)}; write send: {{to: cloud, approved_by: ..., date: ...}}', node)
    send = Fields(node, '"send"', fields.path, ConfigError, ("to", "approved_by", "date"))
    if send.get("to") is None:
        raise send.wrong('"send" does not say where to; write send: {to: cloud, approved_by: ..., date: ...}')
    to: Any = send.choice("to", ("cloud", "local"))
    return Send(to=to, approved_by=send.text("approved_by"), date=send.text("date"))


def _coefficient(fields: Fields) -> str:
    written = fields.text("coefficient", "alpha")
    if written != "alpha":
        message = f'the coefficient "{written}" cannot be the primary one yet; write alpha or leave it out'
        raise fields.wrong(message, fields.get("coefficient"))
    return written


def add_setting(path: Path | str, key: str, value: str | int | list[str] | dict[str, str]) -> None:
    """Writes one setting into an `autocode.yaml`, its comments and other lines kept, the file whole or not at all.

    A new setting goes to the end; one that stands there is changed in its place. Raises ConfigError, and leaves the
    file as it was, where the setting is not known or the file would not read as meant afterwards.
    """
    path = Path(path)
    if key not in KEYS:
        raise ConfigError(f'there is no setting "{key}"{nearest(key, KEYS)}', path=path)
    text = _text(path) if path.exists() else ""
    before = _values(text, path)
    shown = Inline(value) if isinstance(value, (list, dict)) else value
    after = with_key(text.replace("\r\n", "\n"), key, shown)
    try:
        as_meant = _values(after, path) == {**before, key: value}
    except ConfigError:
        as_meant = False
    if not as_meant:
        line = dump_yaml({key: shown}).strip()
        raise ConfigError(
            f"the setting {key} cannot be added beside what is there; write it by hand: {line}", path=path
        )
    write_whole(path, after.replace("\n", "\r\n") if "\r\n" in text else after)


def _values(text: str, path: Path) -> dict[str, Any]:
    values = plain(parse_yaml(text, path=path, error=ConfigError)) or {}
    if not isinstance(values, dict):
        raise ConfigError('the settings are no keys; write lines such as "unit: turn"', path=path)
    return values
