"""`zukan families`: what the three families are and are good for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from zukan_cli import options
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, write, write_rows

if TYPE_CHECKING:
    from zukan.outcomes import FamilyLesson

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def families(
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Explain encoder-only, decoder-only and seq2seq, with real models."""
    write_lessons(options.open_catalogue(db).families(), format_)


def write_lessons(lessons: Sequence[FamilyLesson], format_: str) -> None:
    """Write the lessons of families."""
    rows = [
        {
            "id": str(lesson.family),
            "title": dict(lesson.title),
            "idea": dict(lesson.idea),
            "good_at": dict(lesson.good_at),
            "less_good_at": dict(lesson.less_good_at),
            "models": lesson.count,
            "examples": list(lesson.examples),
            "drawing": lesson.drawing,
            "drawing_ja": lesson.drawing_ja,
        }
        for lesson in lessons
    ]
    if format_ != "table":
        write_rows(rows, _columns(), format_)
        return
    for row in rows:
        write(_text(row))


def _columns() -> list[Column]:
    return [
        Column(_("family"), lambda row: row["id"]),
        Column(_("good at"), lambda row: row["good_at"][language()]),
        Column(_("less good at"), lambda row: row["less_good_at"][language()]),
        Column(_("models"), lambda row: str(row["models"]), right=True),
        Column(_("for example"), lambda row: ", ".join(row["examples"])),
    ]


def _text(row: dict[str, Any]) -> str:
    ui = language()
    number = _("{number} models in the catalogue").format(number=format(row["models"], ","))
    drawing = "\n".join(f"    {line}" for line in row["drawing_ja" if ui == "ja" else "drawing"].splitlines())
    return (
        f"{row['id']}: {row['title'][ui]}  ({number})\n\n"
        f"{drawing}\n\n"
        f"  {row['idea'][ui]}\n"
        f"  + {row['good_at'][ui]}\n"
        f"  - {row['less_good_at'][ui]}\n"
        f"  {_('for example')}: {', '.join(row['examples'])}\n"
    )
