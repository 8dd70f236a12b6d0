"""Child processes that share a piece of work: nothing of an answer is lost while they are stopped and go on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zukan.helpers import Helpers

CHILD = """
from zukan.helpers import serve

serve(lambda begin: lambda question: begin * int(question))
"""
SIZE = 400_000
"""Bytes of an answer: several times what a pipe holds, so that whoever writes it waits in the middle."""


def test_answers_are_whole_though_the_children_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a terminal does at Ctrl+Z and `fg`; with PYTHONUNBUFFERED, as images of containers set it, a write that
    # was stopped is a part, and the parent waited for the rest for ever.
    (tmp_path / "stopped_child.py").write_text(CHILD, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    with Helpers("stopped_child", b"x") as helpers:
        ended = threading.Event()
        stopping = threading.Thread(target=_stop_again_and_again, args=(helpers, ended))
        giving_up = threading.Timer(120, _kill, args=(helpers,))
        stopping.start()
        giving_up.start()
        try:
            answers = [answer for _, answer in helpers.answers((number, b"%d" % SIZE) for number in range(300))]
        finally:
            giving_up.cancel()
            ended.set()
            stopping.join()
    assert [len(answer or b"") for answer in answers] == [SIZE] * 300


def test_of_large_questions_few_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = CHILD.replace("begin * int(question)", "question[:1]")
    (tmp_path / "first_letter_child.py").write_text(child, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    most = {}
    for size in (1_000, 20_000_000):
        asked = done = 0
        most[size] = 0

        def questions(size: int = size) -> Iterator[tuple[int, bytes]]:
            nonlocal asked
            for number in range(40):
                asked += 1
                yield number, b"x" * size

        with Helpers("first_letter_child", b"") as helpers:
            for token, answer in helpers.answers(questions()):
                assert (token, answer) == (done, b"x")
                done += 1
                most[size] = max(most[size], asked - done)
    assert most[20_000_000] <= 2 < most[1_000]


def _stop_again_and_again(helpers: Helpers, ended: threading.Event) -> None:
    while not ended.is_set():
        for child in helpers._children:
            for number in (signal.SIGSTOP, signal.SIGCONT):
                child.send_signal(number)
                time.sleep(0.0005)
        time.sleep(0.0005)


def _kill(helpers: Helpers) -> None:
    for child in helpers._children:
        child.kill()
