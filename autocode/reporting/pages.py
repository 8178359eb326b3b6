"""Templates of this room -> pages that need no network and no script; everything in them is escaped."""

from __future__ import annotations

from importlib.resources import files


def page(template: str, **values: object) -> str:
    """A page from a template of this room. What it is given is escaped, so that no name or word can be markup."""
    import jinja2

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, loader=jinja2.FunctionLoader(_template)
    )
    return environment.get_template(template).render(**values)


def _template(name: str) -> str:
    return files("autocode.reporting").joinpath(name).read_text(encoding="utf-8")
