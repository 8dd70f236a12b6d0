"""Finds pyarrow, an extra."""

from __future__ import annotations

from typing import Any

from zukan.errors import MissingExtra


def pyarrow() -> tuple[Any, Any]:
    """Return the modules pyarrow and pyarrow.parquet.

    Raises:
        MissingExtra: It is not installed.

    """
    try:
        import pyarrow as pa  # type: ignore  # noqa: PGH003, PLC0415 (an extra, which may be missing or untyped)
        import pyarrow.parquet as pq  # type: ignore  # noqa: PGH003, PLC0415
    except ImportError as error:
        raise MissingExtra("pyarrow", "pyarrow") from error
    return pa, pq
