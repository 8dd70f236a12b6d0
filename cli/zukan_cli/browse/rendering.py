"""Fills our templates: everything is escaped, and control characters and marks of direction are made visible.

`finalize` sees every value that a template writes, so no page can forget it.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zukan_cli import texts
from zukan_cli.browse import drawings
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.i18n import language, speaking, translate
from zukan_cli.output import clean
from zukan_cli.reasons import library_text

HERE = Path(__file__).parent
STATIC = HERE / "static"


def _harmless(value: Any) -> Any:
    """Return what a template writes with visible escapes for what would act on the page; drawings are our own."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return texts.UNKNOWN
    return clean(str(value), one_line=False)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "count": texts.count,
        "size": texts.size,
        "number": lambda value: texts.UNKNOWN if value is None else f"{value:,}",
        "model_address": model_address,
        "library_text": library_text,
    }
    environment.globals |= {
        "_": translate, "texts": texts, "drawings": drawings, "language": language, "asset": _asset,
    }  # fmt: skip
    return environment


@cache
def _asset(name: str) -> str:
    """Return the address of a file of ours; it changes with its content."""
    return f"/-/zukan/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def model_address(model_id: str) -> str:
    """Return the address of a model's page; only one slash divides it, whatever the id holds."""
    author, slash, name = model_id.partition("/")
    safe = [quote(part, safe="", errors="replace") for part in (author, name)]
    return f"/model/{'/'.join(safe if slash else safe[:1])}"


def render(page: Page, visit: Visit) -> str:
    """Return a page as HTML, in the language of its visitor."""
    other = "en" if visit.language == "ja" else "ja"
    with speaking(visit.language):
        return (
            _environment()
            .get_template(page.template)
            .render(
                page.facts,
                visit=visit,
                other_language=other,
                other_address=visit.address(ui=other),
            )
        )
