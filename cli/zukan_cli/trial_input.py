"""What `zukan try` is given on standard input: a text, or the bytes of a picture, sound or table kept in a file."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from zukan_cli.i18n import translate as _

MOST_BYTES = 256 * 2**20
STDIN = "-"


def read_stdin(text: str | None, file: str | None, folder: Path) -> tuple[str | None, str | None]:
    """Return the text and the file of a trial, with standard input in the place of a `-`.

    Args:
        text: The argument; `-` stands for standard input.
        file: The value of `--file`; `-` stands for standard input.
        folder: Where to keep what is no text.

    Raises:
        typer.BadParameter: Standard input is longer than anything that is read.

    """
    if STDIN not in (text, file):
        return text, file
    # One byte more than is read tells that there is more.
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise typer.BadParameter(
            _("standard input holds more than {limit} MB, which no model reads").format(limit=MOST_BYTES // 10**6)
        )
    if text == STDIN:
        from zukan.trial.file_kinds import decode  # noqa: PLC0415 (only where there is something to decode)

        if (words := decode(content)) is not None:
            return words.strip(), file
        text = None
    kept = folder / "stdin"
    kept.write_bytes(content)
    return text, str(kept)
