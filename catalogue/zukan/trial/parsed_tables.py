"""Reads the tables that a Python file holds at its top level, by parsing it: nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path


def table_in(path: Path, table: str) -> Mapping[str, tuple[str, ...]]:
    """Return one table of a file, key → names; none where there is no such file or table."""
    return next((rows for name, rows in tables_in(path) if name == table), {})


def tables_in(path: Path) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """Yield every module-level `NAME = OrderedDict([...])` or `NAME = {...}` of a Python file."""
    if not path.is_file():
        return
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            name, value = node.target.id, node.value
        else:
            continue
        rows = dict(_rows(value))
        if rows:
            yield name, rows


def _rows(value: ast.expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, ast.Dict):
        pairs = [(key, item) for key, item in zip(value.keys, value.values, strict=True) if key is not None]
    elif isinstance(value, ast.Call) and isinstance(value.args[0] if value.args else None, ast.List):
        items = [item for item in _list(value.args[0]) if isinstance(item, ast.Tuple) and len(item.elts) == 2]
        pairs = [(item.elts[0], item.elts[1]) for item in items]
    elif isinstance(value, ast.Call):
        # OrderedDict(**{...}, **OTHER): the literal part of it.
        for keyword in value.keywords:
            if keyword.arg is None:
                yield from _rows(keyword.value)
        return
    else:
        return
    for key, item in pairs:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, _names(item)


def _list(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List) else []


def _names(item: ast.expr) -> tuple[str, ...]:
    elements = item.elts if isinstance(item, (ast.Tuple, ast.List)) else [item]
    return tuple(
        element.value for element in elements if isinstance(element, ast.Constant) and isinstance(element.value, str)
    )
