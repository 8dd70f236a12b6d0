"""Examines the installation: what is there, what is missing and what to do about it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from zukan import errors
from zukan.hardware import detect
from zukan.outcomes import Check, TrialRequest
from zukan.store.read import CatalogueReader
from zukan.trial.source import cache_directory

_GIB = 2**30
_INSTALL_TRIAL = "pip install torch transformers sentencepiece sacremoses"


def examine(path: Path, *, self_test: bool) -> tuple[Check, ...]:
    """Run every check; none of them raises.

    Args:
        path: The catalogue file; it is not built here.
        self_test: Also run one built-in trial per family.

    """
    checks = [_python(), *_packages(), *_machine(), _catalogue(path), _hub()]
    if self_test:
        checks += _self_test()
    return tuple(checks)


def _python() -> Check:
    return Check("Python", "ok", f"{platform.python_version()} ({platform.system()} {platform.machine()})")


def _packages() -> Iterator[Check]:
    for name, needed_for in (
        ("zukan", ""),
        ("huggingface_hub", ""),
        ("torch", "trials"),
        ("transformers", "trials"),
        ("sentencepiece", "trials of some tokenizers"),
        ("sacremoses", "trials of XLM"),
    ):
        try:
            yield Check(name, "ok", version(name))
        except PackageNotFoundError:
            if name == "zukan":
                yield Check(name, "ok", "run from its source folder")
            else:
                yield Check(name, "warning", f"not installed: needed for {needed_for}", _INSTALL_TRIAL)


def _machine() -> Iterator[Check]:
    hardware = detect(cache_directory())
    if hardware.memory_bytes and hardware.available_bytes:
        value = f"{hardware.available_bytes / _GIB:.1f} of {hardware.memory_bytes / _GIB:.1f} GiB available"
        yield Check("memory", "ok", f"{value} ({hardware.basis})")
    else:
        yield Check("memory", "warning", "unknown on this system")
    yield Check("cores", "ok", str(hardware.cores))
    yield Check("accelerator", "ok", hardware.accelerator_name or "none found: trials run on the CPU")
    if hardware.disk_free_bytes is not None:
        free = hardware.disk_free_bytes / _GIB
        status, hint = ("ok", "") if free > 5 else ("warning", "zukan cache shows what can go")
        yield Check("disk for models", status, f"{free:.0f} GiB free at {cache_directory()}", hint)


def _catalogue(path: Path) -> Check:
    try:
        with CatalogueReader(path) as reader:
            facts = reader.meta()
    except errors.StoreError as error:
        return Check("catalogue", "problem", f"{type(error).__name__}: {error}", f"move {path} away")
    size = path.stat().st_size / 2**20
    value = f"{int(facts['models']):,} models, figures up to {facts['as_of']}, {size:.0f} MiB at {path}"
    return Check("catalogue", "ok", value)


def _hub() -> Check:
    from zukan.hub.address import endpoint  # noqa: PLC0415
    from zukan.hub.client import reachable  # noqa: PLC0415

    try:
        problem = reachable()
    except errors.SettingUnusable as error:
        return Check("Hub", "problem", str(error), f"mend or unset {error.name}")
    if problem is None:
        return Check("Hub", "ok", f"{endpoint()} answers")
    hint = "search, recommend and the built-in models work without it; check the network or HF_ENDPOINT"
    return Check("Hub", "warning", f"{endpoint()}: {problem}", hint)


def _self_test() -> Iterator[Check]:
    from zukan.trial import run_trial  # noqa: PLC0415
    from zukan.trial.builtin import BUILTIN  # noqa: PLC0415

    for model in BUILTIN:
        name = f"self-test {model.family}"
        request = TrialRequest(model=model.name, text=model.text, task=model.task, timeout_seconds=120)
        try:
            result = run_trial(request)
        except errors.MissingExtra as error:
            yield Check(name, "warning", f"not run: {error.package} is not installed", _INSTALL_TRIAL)
            continue
        except errors.ZukanError as error:
            yield Check(name, "problem", f"{type(error).__name__}: {error}", _mismatch_hint(str(error)))
            continue
        seconds = (result.load_seconds or 0) + (result.first_answer_seconds or 0)
        yield Check(name, "ok", f"{model.name}: {model.text} -> {result.answer} ({seconds:.2f} s on {result.device})")


def _mismatch_hint(message: str) -> str:
    if "requirements defined correctly" in message or "torchvision" in message:
        return "torchvision does not match torch: pip uninstall torchvision"
    if shutil.which(sys.executable) is None:
        return "the Python that runs zukan cannot be started again"
    return ""
