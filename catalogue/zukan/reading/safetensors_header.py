"""Counts the parameters that the head of a safetensors file names, and reads nothing else of the file."""

from __future__ import annotations

import json
import math
import re
import struct
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

MAX_HEADER_BYTES = 100_000_000
"""The limit of the format's own reader."""
_DTYPE = re.compile(r"[A-Z][A-Z0-9_]{0,15}")
_MOST_DTYPES, _MOST_DIMENSIONS, _MOST_VALUES = 64, 64, 1 << 60
"""Limits on what an untrusted header may make us count."""


class Header(NamedTuple):
    """What the head of a file tells of its tensors."""

    parameters: Counter[str]
    """How many of each dtype, under the format's names of them: `F32`, `BF16`."""
    data_bytes: int
    """Bytes of all tensors."""


def count_parameters(path: Path) -> Counter[str]:
    """Return how many parameters of each dtype a file holds.

    Source: the format's description in safetensors' README.md.

    Raises:
        ValueError: It is no safetensors file, or its header makes no sense.
        OSError: It cannot be read.

    """
    with path.open("rb") as file:
        length = header_bytes(file.read(8))
        text = file.read(length)
    if len(text) < length:
        raise ValueError("its header ends too early")
    return read_header(text).parameters


def header_bytes(start: bytes) -> int:
    """Return how long the header behind the first eight bytes of a file is.

    Raises:
        ValueError: It is no safetensors file.

    """
    if len(start) < 8:
        raise ValueError("its header ends too early")
    (length,) = struct.unpack("<Q", start[:8])
    if length > MAX_HEADER_BYTES:
        raise ValueError(f"a header of {length} bytes")
    return int(length)


def read_header(text: bytes) -> Header:
    """Read the header of a file, without the eight bytes before it.

    Raises:
        ValueError: It makes no sense.

    """
    try:
        header = json.loads(text)
    except RecursionError:
        raise ValueError("its header is nested too deeply") from None
    if not isinstance(header, dict):
        raise ValueError("its header is no object")  # noqa: TRY004 (of the file it is the content that is wrong)
    counts: Counter[str] = Counter()
    ends = [0]
    for name, tensor in header.items():
        if name != "__metadata__":
            dtype, size = _measured(tensor)
            counts[dtype] += size
            ends.append(_end(tensor.get("data_offsets")))
    if len(counts) > _MOST_DTYPES or counts.total() > _MOST_VALUES:
        raise ValueError("more in its header than a file can hold")
    return Header(counts, max(ends))


def _end(offsets: Any) -> int:
    """Return where a tensor ends in the data; 0 where that is not told."""
    end = offsets[-1] if isinstance(offsets, list) and offsets else 0
    return end if type(end) is int and 0 <= end < _MOST_VALUES else 0


def _measured(tensor: Any) -> tuple[str, int]:
    """Return (dtype, number of values) of a tensor's entry."""
    dtype, shape = (tensor.get("dtype"), tensor.get("shape")) if isinstance(tensor, dict) else (None, None)
    if not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
        raise ValueError("a tensor without a dtype in its header")
    if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS:
        raise ValueError("a tensor without a shape in its header")
    if not all(type(size) is int and 0 <= size < _MOST_VALUES for size in shape):
        raise ValueError("a tensor without a possible shape in its header")
    return dtype, math.prod(shape)
