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
        UnusableInput: It is a text longer than any model reads.

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
            _check_length(content)
            return words.strip(), file
        text = None
    kept = folder / "stdin"
    kept.write_bytes(content)
    return text, str(kept)


def _check_length(content: bytes) -> None:
    from zukan.errors import UnusableInput  # noqa: PLC0415 (as above)
    from zukan.trial.text_input import MAX_BYTES  # noqa: PLC0415

    if len(content) > MAX_BYTES:
        raise UnusableInput("", f"it is longer than {MAX_BYTES // 2**20} MiB, more than any model reads")
