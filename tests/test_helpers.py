"""Child processes that share a piece of work: nothing of an answer is lost while they are stopped and go on."""

from __future__ import annotations

import os
import signal
import threading
import time
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
