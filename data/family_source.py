"""Reads the installed transformers' source, without importing it: its types, auto tables, classes and their masks."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Source:
    """What transformers' source files say."""

    version: str
    configs: dict[str, str]
    """model_type → config class."""
    tables: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """model_type → auto table → class."""
    encoder_decoder: set[str] = field(default_factory=set)
    """Config classes whose is_encoder_decoder is True by default."""
    names: dict[str, set[str]] = field(default_factory=dict)
    """Class → every name that its body mentions."""
    parents: dict[str, list[str]] = field(default_factory=dict)
    """Class → the classes that it derives from."""
    stated_config: dict[str, str] = field(default_factory=dict)
    """Class → the config class that its own body states."""
    auto_classes: dict[str, list[str]] = field(default_factory=dict)
    """Auto class → the model types that it loads."""

    def reachable(self, cls: str) -> tuple[set[str], set[str]]:
        """Return the classes that a class is made of and every name that these mention."""
        seen: set[str] = set()
        names: set[str] = set()
        stack = [cls]
        while stack:
            current = stack.pop()
            if current in seen or current not in self.names:
                continue
            seen.add(current)
            names |= self.names[current]
            stack += [n for n in self.names[current] if n in self.names and not n.endswith("PreTrainedModel")]
        return seen, names

    def is_model(self, cls: str) -> bool:
        """Return whether a class derives from PreTrainedModel, so that a config.json may name it."""
        parents = self.parents.get(cls, [])
        return any(p == "PreTrainedModel" or (p != cls and self.is_model(p)) for p in parents)

    def config_of(self, cls: str) -> str | None:
        """Return the config class of a model class: its own, else that of the nearest parent."""
        if cls in self.stated_config:
            return self.stated_config[cls]
        return next((found for p in self.parents.get(cls, []) if p != cls and (found := self.config_of(p))), None)


def literal_tables(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the module's `NAME = OrderedDict([(…, …)])` tables and `NAME.update({…})` calls as pairs."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, call = node.targets[0].id, node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            if not (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)):
                continue
            name, call = function.value.id, node.value
        else:
            continue
        if not isinstance(call, ast.Call):
            continue
        for argument in [*call.args, *(k.value for k in call.keywords if k.arg is None)]:
            try:
                value = ast.literal_eval(argument)
            except ValueError:
                continue
            pairs = value.items() if isinstance(value, dict) else value
            found[name] += [pair for pair in pairs if isinstance(pair, tuple) and len(pair) == 2]
    return found


def read_source() -> Source:
    """Parse the installed transformers.

    Raises:
        SystemExit: transformers is not installed.

    """
    spec = importlib.util.find_spec("transformers")
    if spec is None or spec.origin is None:
        sys.exit("transformers is not installed: pip install 'zukan[trial]'")
    models = Path(spec.origin).parent / "models"
    auto = models / "auto"
    configs = dict(literal_tables(auto / "auto_mappings.py")["CONFIG_MAPPING_NAMES"])
    configs.update(literal_tables(auto / "configuration_auto.py")["CONFIG_MAPPING_NAMES"])
    source = Source(importlib.metadata.version("transformers"), configs)
    for table, pairs in literal_tables(auto / "modeling_auto.py").items():
        short = table.removeprefix("MODEL_FOR_").removesuffix("_MAPPING_NAMES")
        for model_type, cls in pairs:
            source.tables[model_type][short] = cls if isinstance(cls, str) else cls[0]
    source.auto_classes = _auto_classes(auto / "modeling_auto.py", source)
    for path in sorted(models.glob("*/*.py")):
        if path.name.startswith(("configuration_", "modeling_")) and path.parent.name != "auto":
            _read_classes(path, source)
    return source


def _auto_classes(path: Path, source: Source) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef) or not node.name.startswith("AutoModel"):
            continue
        for part in node.body:
            if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "_model_mapping":
                table = ast.unparse(part.value).removesuffix("_MAPPING").removeprefix("MODEL_FOR_")
                types = sorted(name for name, tables in source.tables.items() if table in tables)
                if types:
                    found[node.name] = types
    return found


def _read_classes(path: Path, source: Source) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef):
            continue
        if path.name.startswith("modeling_"):
            plain = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            source.names[node.name] = plain | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            source.parents[node.name] = [b.id for b in node.bases if isinstance(b, ast.Name)]
            for part in node.body:
                stated = part.annotation if isinstance(part, ast.AnnAssign) else None
                name = ast.unparse(part.target) if isinstance(part, ast.AnnAssign) else ""
                if isinstance(part, ast.Assign):
                    name, stated = ast.unparse(part.targets[0]), part.value
                if name in ("config", "config_class") and isinstance(stated, ast.Name | ast.Constant):
                    source.stated_config[node.name] = stated.id if isinstance(stated, ast.Name) else str(stated.value)
            continue
        for inner in ast.walk(node):
            targets = inner.targets if isinstance(inner, ast.Assign) else []
            if isinstance(inner, ast.AnnAssign):
                targets = [inner.target]
            named = any(ast.unparse(t).removeprefix("self.") == "is_encoder_decoder" for t in targets)
            value = getattr(inner, "value", None)
            if named and isinstance(value, ast.Constant) and value.value is True:
                source.encoder_decoder.add(node.name)
