"""The only writer of stderr: notes, progress, and every error as one sentence with its exit code."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from typing import Any

from zukan_cli.exit_codes import ExitCode
from zukan_cli.i18n import translate as _
from zukan_cli.output import clean, width


def note(text: str) -> None:
    """Write one line for people beside the answer."""
    _print(text)


def rewrite(text: str, *, leave: bool = True) -> None:
    """Write a line in the place of the last one that was written so; an empty one that is not left clears it."""
    room = max(shutil.get_terminal_size().columns - 1, 20)
    while width(text) > room:
        text = text[:-1]
    _print(text + " " * (room - width(text)), end="" if leave else "\r", start="\r")


def note_hidden(headers: tuple[str, ...]) -> None:
    """Say which columns a narrow terminal had no room for."""
    if headers:
        note(_("No room for: {names}; a wider terminal or --format json shows them.").format(names=", ".join(headers)))


def _print(text: str, end: str = "\n", start: str = "") -> None:
    line = start + clean(text, one_line=False) + end
    try:
        print(line, end="", file=sys.stderr, flush=True)
    except OSError:
        # Nobody reads what is said beside the answer: a closed pipe, a terminal that is gone, a full disk below a log.
        # That changes neither the answer nor the work nor the exit code.
        _be_silent()
    except UnicodeEncodeError:
        encoding = sys.stderr.encoding or "ascii"
        print(line.encode(encoding, "backslashreplace").decode(encoding), end="", file=sys.stderr, flush=True)


def _be_silent() -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        return
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (until the process ends)


def fail(error: BaseException) -> ExitCode:
    """Write the sentence for an error and return its exit code.

    Raises:
        The error itself where it is none that zukan raises on purpose and `ZUKAN_DEBUG` is set.

    """
    try:
        from zukan_cli.sentences import explain  # noqa: PLC0415 (most runs do not fail)
    except (OSError, ImportError):
        # No file can be opened any more: what is loaded must do.
        _print(f"zukan: {type(error).__name__}: {error}")
        return ExitCode.FAILURE
    sentence, code = explain(error)
    _print(f"zukan: {sentence}")
    query, position = getattr(error, "query", ""), getattr(error, "position", None)
    if query and position is not None:
        from zukan_cli.query_pointer import pointer  # noqa: PLC0415 (as above)

        columns, encoding = shutil.get_terminal_size().columns, sys.stderr.encoding or "ascii"
        for line in pointer(query, position, columns, encoding):
            _print(line)
    return code


class BuildProgress:
    """Shows the first-use build: a bar on a terminal, one line elsewhere."""

    def __init__(self) -> None:
        self._bar = _Bar(_("Building the catalogue from the shipped snapshot (first use only)"))

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar.update(done, total)


class _Bar:
    """A progress bar that is drawn only on a terminal and costs nothing until it is needed."""

    _WIDTH = 24

    def __init__(self, title: str) -> None:
        self._title = title
        self._announced = False
        self._terminal = sys.stderr.isatty()

    def update(self, done: int, total: int | None) -> None:
        if not self._terminal:
            if not self._announced:
                self._announced = True
                _print(f"{self._title} …")
            return
        share = min(done / total, 1.0) if total else 0.0
        filled = "█" * int(share * self._WIDTH)
        figures = f"{done:,}/{total:,}" if total else f"{done:,}"
        _print(f"{self._title} {filled:░<{self._WIDTH}} {figures}", end="", start="\r")
        if total and done >= total:
            _print("", end="\n")

    def close(self) -> None:
        if self._terminal:
            _print("", end="\n")


class PullProgress:
    """Shows how far a pull is: a bar on a terminal for what is fetched, a line for each step elsewhere."""

    def __init__(self) -> None:
        self._step = ""
        self._terminal = sys.stderr.isatty()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Show how far it is."""
        if step != self._step:
            self.close()
            self._step = step
            if not self._terminal or not done:
                _print(f"{_(PULL_STEPS.get(step, step))} …")
        if self._terminal and done:
            figures = f"{done / 1e6:,.0f}{f'/{total / 1e6:,.0f}' if total else ''} MB"
            _print(f"{_(PULL_STEPS.get(step, step))} {figures}", end="", start="\r")

    def close(self) -> None:
        """End the line."""
        if self._terminal and self._step:
            _print("")
        self._step = ""


PULL_STEPS = {
    "fetch": "Fetching the catalogue",
    "verify": "Checking what came",
    "swap": "Putting it in its place",
}


class ExportProgress:
    """Shows how far writing the catalogue into a file is."""

    def __init__(self) -> None:
        self._bar: _Bar | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar = self._bar or _Bar(_("Writing the models"))
        self._bar.update(done, total)
        if done >= total:
            # The bar has ended its line.
            self._bar = None

    def close(self) -> None:
        """Leave the line of a bar that was not ended."""
        if self._bar is not None:
            self._bar.close()


class RetagProgress:
    """Shows how far tagging the whole catalogue is."""

    def __init__(self) -> None:
        self._bar = _Bar(_("Tagging the catalogue"))

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar.update(done, total)

    def close(self) -> None:
        """Leave the line of the bar."""
        self._bar.close()


class OptimizeProgress:
    """Shows the steps of putting a catalogue in order: a line each, a bar where a step can say how far it is."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: _Bar | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how far it is; 0 of 0 where that is not known."""
        if step != self._step:
            self.close()
            self._step = step
            title = _(OPTIMIZE_STEPS.get(step, step))
            if total:
                self._bar = _Bar(title)
            else:
                _print(f"{title} …")
        if self._bar is not None:
            self._bar.update(done, total)
            if done >= total:
                # The bar has ended its line.
                self._bar = None

    def close(self) -> None:
        """Leave the line of a bar that was not ended."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


OPTIMIZE_STEPS = {
    "check": "Checking the catalogue",
    "order": "Ordering and indexing the models",
    "compact": "Giving free space back",
}


class CrawlProgress:
    """Shows a crawl: a bar on a terminal, a line now and then elsewhere, nothing if it is to be quiet."""

    _LINE_SECONDS = 30.0

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._phase = ""
        self._said = 0.0
        self._drawn = False

    def __call__(self, event: Any) -> None:
        """Show one `CrawlEvent`."""
        if self._quiet:
            return
        from zukan_cli import crawl_texts  # noqa: PLC0415

        title, figures = crawl_texts.phase(event), crawl_texts.figures(event)
        if self._terminal:
            share = min(event.rows / event.wanted, 1.0) if event.wanted else 0.0
            bar = f"{'█' * int(share * 16):░<16} " if event.wanted else ""
            room = shutil.get_terminal_size().columns - 1
            # What there is no room for goes from the end, whole; on a narrow terminal the bar goes too.
            lines = [f"{title} {bar}{' · '.join(figures[:number])}" for number in range(len(figures), 0, -1)]
            lines += [f"{title} {figures[0]}", figures[0]]
            line = next((line for line in lines if width(line) <= room), "")
            _print(line + " " * (room - width(line)), end="", start="\r")
            self._drawn = True
            return
        moment = time.monotonic()
        if event.phase != self._phase or event.waiting or moment - self._said >= self._LINE_SECONDS:
            _print(f"{title} {' · '.join(figures)}")
            self._phase, self._said = event.phase, moment

    def close(self) -> None:
        """End the line."""
        if self._drawn:
            _print("")


class TrialProgress:
    """Shows what a trial is doing: one line that is rewritten on a terminal, a line per phase elsewhere."""

    def __init__(self, *, silent: bool = False) -> None:
        """Take whether nothing may be said that tells the model's name."""
        self._silent = silent
        self._phase = ""
        self._terminal = sys.stderr.isatty()
        self.notices: set[str] = set()
        """What has been said already; the result repeats it among its warnings."""

    @property
    def is_downloading(self) -> bool:
        """Whether files are on their way."""
        return self._phase in ("announce", "download")

    def __call__(self, event: Any) -> None:
        """Show one `TrialEvent`."""
        if event.phase == "notice":
            if self._silent or event.message in self.notices:
                return
            self.close()
            self.notices.add(event.message)
            from zukan_cli.reasons import library_text  # noqa: PLC0415

            note(f"zukan: {library_text(event.message)}")
            return
        if event.phase == "announce":
            if self._silent:
                return
            self.close()
            from zukan_cli.texts import size  # noqa: PLC0415 (as above)

            note(_("To download: {size} ({names})").format(size=size(event.total_bytes), names=event.message))
        elif self._terminal:
            figures = f" {event.message}" if event.phase == "answer" else ""
            if event.total_bytes:
                figures = f" {(event.done_bytes or 0) / 1e6:,.0f}/{event.total_bytes / 1e6:,.0f} MB"
            text = f"{_(TRIAL_PHASES.get(event.phase, event.phase))}{figures}"
            _print(text + " " * (70 - width(text)), end="", start="\r")
        self._phase = event.phase

    def close(self) -> None:
        """Clear the line."""
        if self._terminal and self._phase:
            _print(" " * 70, end="\r", start="\r")
        self._phase = ""


TRIAL_PHASES = {
    "resolve": "Looking up the model …",
    "download": "Downloading",
    "import": "Loading torch and transformers …",
    "load": "Loading the model …",
    "run": "Running …",
    "answer": "Answering, pieces:",
}
