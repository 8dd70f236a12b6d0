"""Reads the front matter of a model card, the YAML at its head, as JSON has it: bounded, and no object constructed."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import Any

from zukan.reading.clean_text import UNWANTED

MAX_FRONT_MATTER_BYTES = 256_000

_FIELD_LINE = re.compile(r"""["'{]|[\w .-]{1,80}:(?:\s|$)""")
_DEEPEST = 40
_LARGEST = 1_000_000
"""Values and characters of a front matter, an alias counted as all that it stands for."""

# The resolution of YAML 1.2, as the Hub reads cards: `no` is Norwegian and a date is a text.
_RESOLVERS = (
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)\Z|0x[0-9a-fA-F]+\Z|0o[0-7]+\Z", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z",
        list("-+.0123456789"),
    ),
)
_YAML_TAG = "tag:yaml.org,2002:"


def parted(lines: list[str]) -> tuple[list[str] | None, list[str]]:
    """Return (the lines between the first two `---`, those after them); the very same lines if there are none."""
    begin = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines[begin].strip() != "---":
        return None, lines
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].rstrip() == "---"), None)
    if end is not None:
        matter = lines[begin + 1 : end]
        is_prose = any(line.strip() for line in matter) and not any(map(_FIELD_LINE.match, matter))
        return (None, lines) if is_prose else (matter, lines[end + 1 :])
    if not any(map(_FIELD_LINE.match, lines[begin + 1 : begin + 2])):
        return None, lines
    ends = (at for at, line in enumerate(lines) if at > begin and (not line.strip() or line.startswith("#")))
    return None, lines[next(ends, len(lines)) :]


def read_front_matter(text: str) -> tuple[dict[str, Any] | None, str | None]:
    """Return (the fields, None), or (None, what is wrong)."""
    if len(text.encode()) > MAX_FRONT_MATTER_BYTES:
        return None, f"the front matter is longer than {MAX_FRONT_MATTER_BYTES // 1_000} kB"
    yaml, loader = _yaml()
    try:
        _check_depth(yaml, loader, text)
        node = yaml.compose(text, Loader=loader)
        if node is None:
            return {}, None
        found = _Values(yaml).of(node, 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        return None, f"the front matter is no YAML: {str(reason)[:200]}{where}"
    except (ValueError, RecursionError, OverflowError) as error:
        return None, f"the front matter cannot be read: {str(error)[:200]}"
    return (found, None) if isinstance(found, dict) else (None, "the front matter holds no fields")


@cache
def _yaml() -> tuple[Any, Any]:
    """Return (PyYAML, its loader for cards), which only ever composes nodes: no object is constructed."""
    import yaml  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 (20 ms; only a card needs it)

    loader = type("CardLoader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
    for kind, pattern, first in _RESOLVERS:
        loader.add_implicit_resolver(_YAML_TAG + kind, re.compile(pattern), first)  # type: ignore[attr-defined]
    return yaml, loader


def _check_depth(yaml: Any, loader: Any, text: str) -> None:
    """Make sure that composing cannot overflow the stack: libyaml's does so in C, and ends the process."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")


class _Values:
    """Turns YAML nodes into what JSON has. Aliases are followed, but neither in circles nor beyond a limit."""

    def __init__(self, yaml: Any) -> None:
        self._yaml = yaml
        self._left = _LARGEST

    def of(self, node: Any, depth: int) -> Any:
        """Return the value of a node.

        Raises:
            ValueError: It is too deep or too large.

        """
        self._spend(1)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if isinstance(node, self._yaml.MappingNode):
            return {self._key(key, depth + 1): self.of(value, depth + 1) for key, value in node.value}
        if isinstance(node, self._yaml.SequenceNode):
            return [self.of(item, depth + 1) for item in node.value]
        text = self._text(node)
        return _scalar(node.tag.removeprefix(_YAML_TAG), text)

    def _key(self, node: Any, depth: int) -> str:
        if isinstance(node, self._yaml.ScalarNode):
            return self._text(node)
        return json.dumps(self.of(node, depth), ensure_ascii=False)

    def _text(self, node: Any) -> str:
        self._spend(len(node.value))
        # An escape may name what the text itself could not hold.
        return str(node.value).translate(UNWANTED)

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ValueError("its aliases stand for too much")


def _scalar(kind: str, text: str) -> Any:
    """Return a plain value; a text where it is none of the others, or too large for one of them."""
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return int(text, 0)
        if kind == "float":
            number = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
            if math.isfinite(number):
                return number
            return text if text[-1:].isdigit() else None
    except ValueError:
        pass
    return text
