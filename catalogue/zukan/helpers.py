"""Child processes that share a large piece of work, so that it uses every core; no failure of theirs loses anything.

A child is a module run with `-m` that calls `serve`. It reads questions from its standard input and writes an answer to
each to its standard output, as bytes behind their length; the first message tells it what it needs to begin.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

from zukan.child import child_environment

T = TypeVar("T")
_MOST_PROCESSES = 4
_AHEAD = 8
"""Questions for each process that wait or are at work, so that they have enough to do while their answers are used."""
_MOST_BYTES = 32_000_000
"""Of questions that wait: of rows of a megabyte each a thousand would wait for each process."""
_LENGTH = 8
_SELDOM = (100_000, 20, 20)
"""When garbage is collected: pages of rows come and go by the ten thousand objects, and hold no cycles."""


class Helpers:
    """The child processes. Use as a context manager."""

    def __init__(self, module: str, begin: bytes) -> None:
        """Start them as they are needed.

        Args:
            module: What each of them runs.
            begin: What they are told first.

        """
        number = max(1, min(_MOST_PROCESSES, os.cpu_count() or 1))
        self._pool = ThreadPoolExecutor(number)
        self._children: list[subprocess.Popen[bytes]] = []
        self._own = threading.local()
        self._module, self._begin = module, begin
        self._ahead = number * _AHEAD
        self._collects = gc.get_threshold()

    def __enter__(self) -> Self:
        self._collects = gc.get_threshold()
        gc.set_threshold(*_SELDOM)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.set_threshold(*self._collects)
        for child in self._children:
            if kind is not None:
                child.kill()
            with suppress(OSError):
                if child.stdin:
                    child.stdin.close()
        self._pool.shutdown(cancel_futures=True)
        for child in self._children:
            child.wait()
            if child.stdout:
                child.stdout.close()

    def answers(self, questions: Iterable[tuple[T, bytes | None]]) -> Iterator[tuple[T, bytes | None]]:
        """Yield what stands for each question with its answer, in order; None where a child failed or none was asked.

        Args:
            questions: (what stands for it, its text); without a text nobody is asked. An error of theirs comes after
                the answers to those before it.

        """
        waiting: deque[tuple[T, int, Future[bytes | None]]] = deque()
        source, failure, held = iter(questions), None, 0
        while True:
            try:
                token, question = next(source)
            except StopIteration:
                break
            except Exception as error:  # noqa: BLE001 (raised below)
                failure = error
                break
            size = len(question or b"")
            held += size
            waiting.append((token, size, self._pool.submit(self._ask, question)))
            while len(waiting) >= self._ahead or (held > _MOST_BYTES and len(waiting) > 1):
                first, size, answer = waiting.popleft()
                held -= size
                yield first, answer.result()
        for first, _, answer in waiting:
            yield first, answer.result()
        if failure is not None:
            raise failure

    def _ask(self, question: bytes | None) -> bytes | None:
        """Let this thread's child work."""
        if question is None:
            return None
        try:
            child = getattr(self._own, "child", None) or self._start()
            assert child.stdin is not None  # noqa: S101 (both are pipes)
            assert child.stdout is not None  # noqa: S101
            _write(child.stdin, question)
            return _read(child.stdout)
        except (OSError, ValueError):
            return None

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )
        self._children.append(child)
        self._own.child = child
        assert child.stdin is not None  # noqa: S101
        _write(child.stdin, self._begin)
        return child


def serve(begin: Callable[[bytes], Callable[[bytes], bytes]]) -> None:
    """Be a child: answer questions until there are none.

    Args:
        begin: Takes the first message and returns what answers a question.

    """
    with suppress(BrokenPipeError, KeyboardInterrupt):
        source, target = sys.stdin.buffer, sys.stdout.buffer
        message = _read(source)
        if message is None:
            return
        answer = begin(message)
        gc.freeze()
        gc.set_threshold(*_SELDOM)
        while (message := _read(source)) is not None:
            _write(target, answer(message))


def _write(file: Any, message: bytes) -> None:
    file.write(len(message).to_bytes(_LENGTH, "big"))
    # Under PYTHONUNBUFFERED standard output is no buffer: who is stopped there and goes on has written a part.
    rest = memoryview(message)
    while rest:
        rest = rest[file.write(rest) :]
    file.flush()


def _read(file: BinaryIO | Any) -> bytes | None:
    """Return the next message, None at the end."""
    head = file.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    body: bytes = file.read(length)
    return body if len(body) == length else None
