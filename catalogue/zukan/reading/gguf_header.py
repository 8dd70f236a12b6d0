"""Reads what the head of a GGUF file says of its model, and nothing else of the file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MOST_KEYS, _LONGEST_KEY, _LONGEST_VALUE = 4_096, 1 << 16, 1 << 26
"""Limits on what an untrusted header may make us read."""


def read_gguf_header(path: Path) -> dict[str, Any]:
    """Return `architecture`, and `causal` where the file states it, in the manner of the Hub's `gguf` field.

    Raises:
        ValueError: It is no GGUF file, or its header makes no sense.
        OSError: It cannot be read.

    """
    found: dict[str, Any] = {}
    with path.open("rb") as file:
        for key, value in read_gguf_values(file):
            if key == "general.architecture" and isinstance(value, str):
                found["architecture"] = value
            elif key.endswith(".attention.causal") and isinstance(value, bool):
                found["causal"] = value
            elif key.startswith("tokenizer."):
                break  # long lists; what decides stands before them
    return found


class Length(int):
    """How many values a list has, which must not be taken for one of them."""


def read_gguf_values(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a header with their values in the file's order; of a list only its `Length`.

    Source: ggml's docs/gguf.md, versions 2 and 3 (version 1 is not in use any more).

    Raises:
        ValueError: It is no GGUF file, or its header makes no sense, or ends too early.

    """
    magic, version = _unpack(file, "4sI")
    if magic != b"GGUF":
        raise ValueError("no GGUF file")
    if version not in (2, 3):
        raise ValueError(f"GGUF version {version}")
    _tensors, keys = _unpack(file, "QQ")
    if keys > _MOST_KEYS:
        raise ValueError(f"{keys} keys in its header")
    for _ in range(keys):
        key = _string(file, _LONGEST_KEY)
        (kind,) = _unpack(file, "I")
        if kind == _ARRAY:
            # The length is told before the list is read: of a file's beginning that is all there may be.
            element, count = _unpack(file, "IQ")
            yield key, Length(count)
            _skip_list(file, element, count)
        else:
            yield key, _value(file, kind)


def _unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    size = struct.calcsize("<" + layout)
    data = file.read(size)
    if len(data) < size:
        raise ValueError("its header ends too early")
    return struct.unpack("<" + layout, data)


def _string(file: BinaryIO, longest: int) -> str:
    (length,) = _unpack(file, "Q")
    if length > longest:
        raise ValueError(f"a text of {length} bytes in its header")
    data = file.read(length)
    if len(data) < length:
        raise ValueError("its header ends too early")
    return data.decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind in _SCALARS:
        return _unpack(file, _SCALARS[kind])[0]
    if kind == _STRING:
        return _string(file, _LONGEST_VALUE)
    raise ValueError(f"a value of kind {kind} in its header")


def _skip_list(file: BinaryIO, element: int, count: int) -> None:
    if count > _LONGEST_VALUE:
        raise ValueError(f"a list of {count} in its header")
    if element in _SCALARS:
        size = struct.calcsize("<" + _SCALARS[element]) * count
        if len(file.read(size)) < size:
            raise ValueError("its header ends too early")
    elif element == _STRING:
        for _ in range(count):
            _string(file, _LONGEST_VALUE)
    else:
        raise ValueError(f"a list of kind {element} in its header")
