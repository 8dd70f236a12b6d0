"""What a trial is asked: the text, the file or the example that suits the task, checked before any weight comes."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

from zukan.errors import MissingOption, UnusableInput
from zukan.outcomes import TrialRequest
from zukan.trial import examples, file_kinds, table_file, widgets
from zukan.trial.file_kinds import HEAD_BYTES, Kind
from zukan.trial.senses import CHOOSERS, DRAWERS, SENSES, WRITERS, Reads, reads

_MEBIBYTE = 2**20
LIMITS = {
    Reads.TEXT: 4 * _MEBIBYTE,
    Reads.TABLE: 4 * _MEBIBYTE,
    Reads.PICTURE: 64 * _MEBIBYTE,
    Reads.SOUND: 256 * _MEBIBYTE,
}
"""Bytes of a file that is read at most: beyond what any model looks at."""
_LARGEST = max(LIMITS.values())

_WANTED = {
    Reads.TEXT: "text",
    Reads.TABLE: "a table (CSV or JSON)",
    Reads.PICTURE: "a picture",
    Reads.SOUND: "a sound (a WAV file)",
}
_KINDS = {
    Reads.TEXT: file_kinds.TEXT,
    Reads.TABLE: file_kinds.TEXT,
    Reads.PICTURE: file_kinds.PICTURE,
    Reads.SOUND: file_kinds.SOUND,
}
# One word with such an ending is meant as a file, whether it is there or not.
_FILE_NAME = re.compile(
    r"\S{1,200}\.(png|jpe?g|gif|bmp|webp|tiff?|heic|avif|wav|mp3|flac|ogg|m4a|csv|tsv|json|mp4|webm|pdf)",
    re.IGNORECASE,
)
_MANY_TEXTS = frozenset({"text-ranking", "sentence-similarity"})


def check_files(request: TrialRequest) -> None:
    """Check the named files as far as any model would: they are there, are files, and are of a size to be read.

    Raises:
        UnusableInput: One of them is not; or the answer's file cannot be written.

    """
    if request.file is not None:
        _head(request, request.file, _LARGEST)
    if request.output is not None:
        path = Path(request.output).expanduser()
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise UnusableInput(request.model, f"{request.output} cannot be written: there is no such folder")


def complete(request: TrialRequest, task: str, *, japanese: bool = False, widget: tuple[Any, ...] = ()) -> TrialRequest:
    """Return the request with what the task is asked: the user's text and file in their places, or an example.

    Args:
        request: The request.
        task: The task that was chosen for it.
        japanese: The model is for Japanese only.
        widget: What the model's page on the Hub asks it.

    Raises:
        UnusableInput: The file is of another kind than the task reads, or too large, or not there.
        MissingOption: The task needs one more thing.

    """
    _check_output(request, task)
    if request.text is None and request.file is None:
        request = widgets.ask(request, task, widget)
    if task in WRITERS and request.output is None:
        request = replace(request, output=str(_new_file("speech.wav")))
    if task not in SENSES or reads(task) is Reads.TEXT:
        return examples.complete(_with_text(request, task), task, japanese=japanese)
    request = _with_file(request, task)
    if task in CHOOSERS and not request.labels:
        if request.file is not None:
            raise MissingOption(request.model, "--labels", "the labels to choose from")
        request = replace(request, labels=examples.labels(task, japanese=japanese))
    if reads(task) is Reads.TABLE:
        request = _with_table(request, japanese=japanese)
    return request


def _with_text(request: TrialRequest, task: str) -> TrialRequest:
    """Put the text of a file where the task reads it: as the input, the passage or the texts to compare with."""
    if request.file is None:
        _refuse_other_files(request)
        return request
    content = _text_of(request, request.file)
    if request.text is None:
        return replace(request, text=content)
    if task == "question-answering":
        return replace(request, context=content)
    if task in _MANY_TEXTS:
        lines = tuple(line.strip() for line in content.splitlines() if line.strip())
        return replace(request, compare_with=(*request.compare_with, *lines))
    raise UnusableInput(request.model, f"{task} reads one text: give it as the argument or in a file, not both")


def _refuse_other_files(request: TrialRequest) -> None:
    """Refuse a text that is the name of a picture or sound: it was meant as one."""
    text = request.text or ""
    if _FILE_NAME.fullmatch(text) and _exists(text):
        kind = _head(request, text, _LARGEST)
        if kind.kind != file_kinds.TEXT:
            raise UnusableInput(request.model, f"{text} is {kind.words}, and this model reads {_WANTED[Reads.TEXT]}")


def _with_file(request: TrialRequest, task: str) -> TrialRequest:
    """Take the argument for the file unless it is the question that goes with one."""
    wanted, text = reads(task), request.text
    if request.file is None and text is not None:
        is_file = _FILE_NAME.fullmatch(text) is not None or _exists(text)
        if is_file or not SENSES[task].takes_text:
            request = replace(request, file=text, text=None)
    for name in (*([request.file] if request.file is not None else []), *_pictures_to_compare(request, task)):
        kind = _head(request, name, LIMITS[wanted])
        if kind.kind != _KINDS[wanted]:
            raise UnusableInput(request.model, f"{name} is {kind.words}, and this model reads {_WANTED[wanted]}")
        if wanted is Reads.SOUND and kind.format != "WAV":
            raise UnusableInput(
                request.model,
                f"{name} is {kind.words}, and only WAV files are read: convert it, e.g. with ffmpeg -i FILE sound.wav",
            )
    return request


def _pictures_to_compare(request: TrialRequest, task: str) -> tuple[str, ...]:
    return request.compare_with if task == "image-feature-extraction" else ()


def _with_table(request: TrialRequest, *, japanese: bool) -> TrialRequest:
    if request.table is not None:
        return request
    if request.file is None:
        table = examples.table(japanese=japanese)
        request = examples.complete(request, "table-question-answering", japanese=japanese)
        return replace(request, table=table.as_json())
    if request.text is None:
        raise MissingOption(request.model, "TEXT", "the question to ask of the table")
    try:
        table = table_file.read(_text_of(request, request.file))
    except table_file.TableFault as fault:
        raise UnusableInput(request.model, str(fault)) from fault
    return replace(request, table=table.as_json())


def _check_output(request: TrialRequest, task: str) -> None:
    if request.output is None:
        return
    if task not in WRITERS | DRAWERS:
        raise UnusableInput(request.model, f"the answer of {task} is no sound or picture that a file could hold")
    ending = ".wav" if task in WRITERS else ".png"
    if not request.output.lower().endswith(ending):
        raise UnusableInput(request.model, f"the answer of {task} is written as {ending}, not to {request.output}")


def _new_file(name: str) -> Path:
    """Return a file of that name in the working directory, with a number where there is one: none is replaced."""
    path = wanted = Path.cwd() / name
    number = 1
    while path.exists():
        number += 1
        path = wanted.with_stem(f"{wanted.stem}-{number}")
    return path


def _exists(name: str) -> bool:
    try:
        return Path(name).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        # Too long for a name, or with a zero inside: it is a text.
        return False


def _head(request: TrialRequest, name: str, limit: int) -> Kind:
    """Return what kind of file it is.

    Raises:
        UnusableInput: It is not there, no file, empty, or larger than the limit.

    """
    try:
        path = Path(name).expanduser()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnusableInput(request.model, f"{name} is not a file")
        if status.st_size == 0:
            raise UnusableInput(request.model, f"{name} is empty")
        if status.st_size > limit:
            megabytes, most = status.st_size // 10**6, limit // 10**6
            raise UnusableInput(request.model, f"{name} has {megabytes} MB, and at most {most} MB are read")
        with path.open("rb") as file:
            return file_kinds.kind_of(file.read(HEAD_BYTES))
    except FileNotFoundError as error:
        raise UnusableInput(request.model, f"there is no file {name}") from error
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableInput(request.model, f"{name[:200]} cannot be opened: {reason}") from error


def _text_of(request: TrialRequest, name: str) -> str:
    kind = _head(request, name, LIMITS[Reads.TEXT])
    if kind.kind != file_kinds.TEXT:
        raise UnusableInput(request.model, f"{name} is {kind.words}, and this model reads {_WANTED[Reads.TEXT]}")
    text = file_kinds.decode(Path(name).expanduser().read_bytes())
    if text is None:
        raise UnusableInput(request.model, f"{name} is not text in UTF-8: save it as UTF-8")
    if not text.strip():
        raise UnusableInput(request.model, f"{name} is empty")
    return text.strip()
