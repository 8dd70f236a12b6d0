"""How an error in the child reaches the caller: described as a small JSON object, and made one of ours again."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zukan.errors import (
    LoadFailed,
    MissingExtra,
    MissingOption,
    OutOfMemory,
    RemoteCode,
    RunFailed,
    TrialError,
    UnloadableModel,
    UnusableInput,
    WrongTask,
)
from zukan.trial.damage import damaged_pickle, damaged_safetensors, has_safetensors, runs_code
from zukan.trial.senses import PACKAGES
from zukan.trial.tables import EXTRA

_IN_EXTRA = frozenset({"torch", "transformers", "sentencepiece", "sacremoses"})
# How transformers and Python name an absent package.
_PACKAGE_PATTERNS = (
    re.compile(r"No module named '([\w.-]+)'"),
    re.compile(r"pip install (?:-U |--upgrade )?[\"'`]?([A-Za-z][\w.-]*)"),
    re.compile(r"requires the (\w[\w.-]*) library"),
    re.compile(r"[Yy]ou need to install (\w[\w.-]*)"),
)
_MEMORY_WORDS = ("can't allocate memory", "Cannot allocate memory", "out of memory")
_PICKLE_ERRORS = ("UnpicklingError", "EOFError")
_RUNS_CODE = ("GLOBAL", "Unsupported class", "unrecognized function", "Can only build", "Can only create new")
"""What torch's restricted loader says of a pickle that asks for more than tensors."""


class Failure(Exception):
    """What a recipe raises when it knows exactly what is wrong."""

    def __init__(self, code: str, message: str, *, option: str | None = None, choices: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.option = option
        self.choices = tuple(choices)


class LoadFailure(Exception):
    """Wraps whatever transformers raised while loading, with the folder and the GGUF file it was loading."""

    def __init__(self, folder: Path, gguf_file: str | None = None) -> None:
        super().__init__(str(folder))
        self.folder = folder
        self.gguf_file = gguf_file


def describe(error: BaseException) -> dict[str, Any]:
    """Return the JSON form of an error: `code`, `message` and what else is known."""
    if isinstance(error, Failure):
        return {
            "code": error.code,
            "message": error.message,
            "option": error.option,
            "choices": list(error.choices),
        }
    if isinstance(error, LoadFailure):
        if error.gguf_file is not None and (damage := _damaged_gguf(error.folder / error.gguf_file)) is not None:
            return {"code": "load-failed", "message": damage}
        return _describe_load(error.__cause__ or error, error.folder)
    if isinstance(error, IndexError) and "index out of range in self" in str(error):
        # What torch says where an embedding has no row for a number.
        message = "its tokenizer writes tokens that its weights do not know: the two are not of one model"
        return {"code": "run-failed", "message": message}
    return _describe_common(error) or {"code": "run-failed", "message": _say(error)}


def to_exception(model_id: str, task: str, message: Mapping[str, Any], *, phase: str) -> TrialError:
    """Return our exception for a described error."""
    code, text = message.get("code"), str(message.get("message", ""))
    choices = tuple(str(choice) for choice in message.get("choices") or ())
    if code == "missing-option":
        return MissingOption(model_id, str(message.get("option")), text, choices)
    if code == "missing-package":
        package = str(message.get("package"))
        requirement = dict(PACKAGES.values()).get(package, package)
        return MissingExtra(package, EXTRA if package in _IN_EXTRA else requirement, model_id)
    if code == "wrong-task":
        return WrongTask(model_id, task, text)
    if code == "out-of-memory":
        return OutOfMemory(model_id, None, phase, text)
    simple = {
        "unusable-input": UnusableInput,
        "unloadable": UnloadableModel,
        "remote-code": RemoteCode,
        "load-failed": LoadFailed,
    }
    return simple.get(str(code), RunFailed)(model_id, text)


def _describe_common(error: BaseException) -> dict[str, Any] | None:
    text = str(error)
    if isinstance(error, MemoryError) or any(words in text for words in _MEMORY_WORDS):
        return {"code": "out-of-memory", "message": _say(error)}
    package = _missing_package(error)
    if package is not None:
        return {"code": "missing-package", "package": package, "message": _say(error)}
    if any("torchvision" in str(each) for each in _chain(error)):
        # It breaks the import of every model, and transformers names only that model.
        return {"code": "load-failed", "message": "torchvision does not match torch: pip uninstall torchvision"}
    if isinstance(error, ImportError) or "Could not import module" in text:
        return {"code": "load-failed", "message": _say(_root(error))}
    return None


def _describe_load(error: BaseException, folder: Path) -> dict[str, Any]:
    common = _describe_common(error)
    if common is not None:
        return common
    text, kind = str(error), type(error).__name__
    if kind in _PICKLE_ERRORS or "Weights only load failed" in text or "PytorchStreamReader" in text:
        return _describe_pickle(text, folder)
    if "trust_remote_code" in text:
        return {"code": "remote-code", "message": "it needs Python files from the repository"}
    if "Unrecognized configuration class" in text:
        return {"code": "wrong-task", "message": "transformers has no class of this model type for the task"}
    if "does not recognize this architecture" in text:
        return {"code": "unloadable", "message": "the installed transformers does not know this model type"}
    if "ignore_mismatched_sizes" in text:
        return {
            "code": "load-failed",
            "message": "the weights have other shapes than config.json says, so the two do not belong together",
        }
    if kind == "SafetensorError":
        return {"code": "load-failed", "message": damaged_safetensors(folder)}
    # Of a pickle that is cut off torch raises whatever its length leads to.
    return {"code": "load-failed", "message": (not has_safetensors(folder) and damaged_pickle(folder)) or _say(error)}


def _describe_pickle(text: str, folder: Path) -> dict[str, Any]:
    """Return what is wrong with a pickle file: it is none, a part of one, or names more than tensors are made of."""
    if any(words in text for words in _RUNS_CODE) or runs_code(folder):
        message = "its pickle file wants to run code, which was refused: the file is unsafe"
        return {"code": "unloadable", "message": message}
    if found := damaged_pickle(folder):
        return {"code": "load-failed", "message": found}
    return {"code": "load-failed", "message": "its pickle file is damaged, or not one of torch's: download it again"}


def _damaged_gguf(path: Path) -> str | None:
    """Say what is wrong with a GGUF file that could not be loaded, where it is the file."""
    # In the child, which has imported transformers.
    reader = importlib.import_module("transformers.integrations.gguf.reader")
    try:
        header = reader.GgufHeader.from_file(str(path))
    except ValueError as error:
        kind = re.search(r"ggml type (\d+)", str(error))
        return f"{path.name} has weights of ggml type {kind[1]}, which transformers does not unpack" if kind else None
    except Exception:  # noqa: BLE001 - of a header that is cut off it raises whatever its bytes lead to
        return f"{path.name} is cut off or damaged: download it again"
    needed = max((header.data_start + tensor.offset + tensor.nbytes for tensor in header.tensors), default=0)
    size = path.stat().st_size
    return f"{path.name} is cut off or empty ({size} bytes): download it again" if size < needed else None


def _missing_package(error: BaseException) -> str | None:
    """Return the package that an ImportError, or the text of another error, says is not installed."""
    for each in _chain(error):
        is_import_error = isinstance(each, ImportError) or type(each).__name__ == "PackageNotFoundError"
        if not is_import_error:
            continue
        for pattern in _PACKAGE_PATTERNS:
            if match := pattern.search(str(each)):
                return match[1].split(".")[0]
    return None


def _chain(error: BaseException) -> list[BaseException]:
    errors: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in errors:
        errors.append(current)
        current = current.__cause__ or current.__context__
    return errors


def _root(error: BaseException) -> BaseException:
    return _chain(error)[-1]


def _say(error: BaseException) -> str:
    """Return the last line of an error: the others are transformers' advice or lists of classes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {(lines[-1] if lines else '')[:300]}".rstrip(": ")
