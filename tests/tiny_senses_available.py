"""What the tests of pictures, sounds and tables share: which stand-ins can be made here, and their input files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tiny_senses_inputs import write_input
from tiny_senses_specs import NEEDS, SENSE_SPECS
from tiny_specs import Trial


def missing_package(name: str) -> str | None:
    """Return the package that a stand-in needs and that is not installed."""
    builder = SENSE_SPECS[name].builder
    for package, places in NEEDS.items():
        if builder.startswith(places) and importlib.util.find_spec(package) is None:
            return package
    return None


AVAILABLE = tuple(name for name in SENSE_SPECS if missing_package(name) is None)


def require(name: str) -> None:
    """Skip the test of a stand-in that cannot be made here, with the reason."""
    if (package := missing_package(name)) is not None:
        pytest.skip(f"{package} is not installed")


def files_of(trial: Trial, folder: Path) -> dict[str, Any]:
    """Make the files of a trial, and return the options that name them."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, Any] = {}
    if what := trial.options.get("file"):
        names["file"] = str(write_input(what, folder))
    if others := trial.options.get("compare_with"):
        names["compare_with"] = tuple(str(write_input(what, folder)) for what in others)
    return names
