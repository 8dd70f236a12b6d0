"""Where the catalogue file lives: `--db`, else `ZUKAN_DB`, else the platform's place for user data."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def catalogue_path(named: str | Path) -> Path:
    """Return the file that somebody names: a home that is nobody's is part of the name, as for a shell."""
    try:
        path = Path(named).expanduser()
    except RuntimeError:
        path = Path(named)
    # To SQLite this is no file.
    return path.absolute() if str(path) == ":memory:" else path


def default_path() -> Path:
    """Return the catalogue's path when none is given by option.

    Linux follows the XDG base directory specification, macOS uses `~/Library/Application Support`.
    """
    if named := os.environ.get("ZUKAN_DB"):
        return catalogue_path(named)
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    elif named := os.environ.get("XDG_DATA_HOME"):
        base = Path(named)
    else:
        base = Path.home() / ".local" / "share"
    return base / "zukan" / "catalogue.sqlite"
