"""Reads the installed transformers' own mapping tables by parsing its files: which class serves which model type.

Importing transformers' auto classes takes two seconds and brings torch; parsing four files takes some 30 ms, and what
they hold is kept for the next time.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zukan.errors import MissingExtra
from zukan.kept import kept

EXTRA = "torch transformers sentencepiece sacremoses"
"""What zukan's extra `trial` brings."""

MASKED_LM = "MASKED_LM"
CAUSAL_LM = "CAUSAL_LM"
SEQ2SEQ_LM = "SEQ_TO_SEQ_CAUSAL_LM"
SEQUENCE_CLASSIFICATION = "SEQUENCE_CLASSIFICATION"
TOKEN_CLASSIFICATION = "TOKEN_CLASSIFICATION"  # noqa: S105 - the name of a table
QUESTION_ANSWERING = "QUESTION_ANSWERING"
PRETRAINING = "PRETRAINING"
TEXT_ENCODING = "TEXT_ENCODING"
_VERSION = 1
"""Of what is kept of transformers' files; raised when something else is read of them."""
BASE = "BASE"
"""`MODEL_MAPPING_NAMES`: the class without a head."""

TEXT_TABLES = (
    MASKED_LM,
    SEQ2SEQ_LM,
    CAUSAL_LM,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
    QUESTION_ANSWERING,
    TEXT_ENCODING,
)


@dataclass(frozen=True, slots=True)
class Tables:
    """transformers' tables: table name → model type → class names."""

    version: str
    model_types: frozenset[str]
    classes: Mapping[str, Mapping[str, tuple[str, ...]]]
    quantization_methods: frozenset[str]

    def has_type(self, table: str, model_type: str) -> bool:
        """Tell whether a table serves a model type."""
        return model_type in self.classes.get(table, {})

    def tables_of(self, class_name: str) -> frozenset[str]:
        """Return the tables that name a class."""
        return frozenset(
            table for table, rows in self.classes.items() if any(class_name in names for names in rows.values())
        )

    def model_type_of(self, class_name: str) -> str | None:
        """Return the model type of a class, where exactly one has it."""
        types = {
            model_type for rows in self.classes.values() for model_type, names in rows.items() if class_name in names
        }
        return types.pop() if len(types) == 1 else None


def is_installed(package: str) -> bool:
    """Tell whether a package could be imported, without importing it."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        # An import hook that refuses it, or a half-made module of that name.
        return False


def require_packages(model_id: str = "") -> None:
    """Check that torch and transformers are installed, without importing them.

    Raises:
        MissingExtra: One of them is absent.

    """
    for package in ("torch", "transformers"):
        if not is_installed(package):
            raise MissingExtra(package, EXTRA, model_id)


@cache
def load_tables() -> Tables:
    """Return the installed transformers' tables.

    Raises:
        MissingExtra: transformers is absent.

    """
    package = package_folder()
    if package is None:
        raise MissingExtra("transformers", EXTRA)
    auto = package / "models" / "auto"
    # The configuration table moved to auto_mappings.py in transformers 5; older or newer layouts keep working.
    configurations = [auto / "auto_mappings.py", auto / "configuration_auto.py"]
    models, quantizers = auto / "modeling_auto.py", package / "quantizers" / "auto.py"

    def parsed() -> dict[str, Any]:
        # These take as long as all that is kept.
        import importlib.metadata  # noqa: PLC0415

        from zukan.trial.parsed_tables import table_in  # noqa: PLC0415

        return {
            "version": importlib.metadata.version("transformers"),
            "model_types": sorted({one for path in configurations for one in table_in(path, "CONFIG_MAPPING_NAMES")}),
            "classes": dict(_classes(models)),
            "quantization_methods": sorted(table_in(quantizers, "AUTO_QUANTIZATION_CONFIG_MAPPING")),
        }

    files = [*configurations, models, quantizers, package / "__init__.py"]
    return kept("transformers-tables", files, _VERSION, parsed, _tables)


def _tables(found: Mapping[str, Any]) -> Tables:
    return Tables(
        version=str(found["version"]),
        model_types=frozenset(found["model_types"]),
        classes={
            table: {model_type: tuple(names) for model_type, names in rows.items()}
            for table, rows in found["classes"].items()
        },
        quantization_methods=frozenset(found["quantization_methods"]),
    )


def _classes(path: Path) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    from zukan.trial.parsed_tables import tables_in  # noqa: PLC0415

    for name, rows in tables_in(path):
        if name == "MODEL_MAPPING_NAMES":
            yield BASE, rows
        elif name.startswith("MODEL_FOR_") and name.endswith("_NAMES"):
            yield name.removeprefix("MODEL_FOR_").removesuffix("_NAMES").removesuffix("_MAPPING"), rows


def package_folder() -> Path | None:
    """Return where transformers is installed; None where it is not."""
    spec = importlib.util.find_spec("transformers") if is_installed("transformers") else None
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def names_in(path: str, table: str) -> frozenset[str]:
    """Return the keys of one table in a file of the installed transformers; none where there is no such table."""
    return frozenset(_table_in(path, table))


def values_in(path: str, table: str) -> Mapping[str, str]:
    """Return one table of a file of the installed transformers whose values are texts."""
    return {key: names[0] for key, names in _table_in(path, table).items() if names}


def _table_in(path: str, table: str) -> Mapping[str, tuple[str, ...]]:
    from zukan.trial.parsed_tables import table_in  # noqa: PLC0415

    folder = package_folder()
    return {} if folder is None else table_in(folder / path, table)
