"""Finds the data files that ship with zukan: inside a wheel at `zukan/data/`, in a checkout at `data/`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT_DATA = Path(__file__).parents[2] / "data"


def data_path(*names: str) -> Path:
    """Return the path of a shipped data file or folder.

    Wheels are always unpacked by the installers we support, so a shipped file has a real path.

    Args:
        names: Path parts below the data folder, e.g. `data_path("models", "mini-bert")`.

    Raises:
        FileNotFoundError: The installation is incomplete.

    """
    for root in (_PACKAGE / "data", _CHECKOUT_DATA):
        path = root.joinpath(*names)
        if path.exists():
            return path
    raise FileNotFoundError(f"zukan's own data file is missing: {'/'.join(names)}")
