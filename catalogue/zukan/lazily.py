"""Regular expressions that are compiled when something is first looked for: those of large alphabets take 5 ms each."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn", "pattern", "flags")


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._said = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._said)
        # From now on they are found without asking here.
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that behaves like a compiled one. A wrong one raises `re.error` at its first use."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
