"""`zukan try MODEL --loop`: over pipes, on a terminal, and when something ends it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Zukan, child_environment
from processes import descendants, is_running, wait_until
from terminal import Terminal
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.usefixtures("catalogue")
LINES = "I love [MASK].\n\nno gap\nParis is the [MASK] of France.\n/quit\nI love [MASK].\n"


def test_piped_lines_get_plain_answers(zukan: Zukan, tmp_path: Path) -> None:
    done = zukan("try", "zukan/mini-bert", "--loop", input="I love [MASK].\nParis is the [MASK] of France.\n")
    assert (done.returncode, done.stdout) == (0, "you\ncapital\n")
    assert done.stderr == ""
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as database:
        stored = database.execute("SELECT result FROM trials").fetchall()
    # The first answer: the one with the measures of loading.
    (result,) = (json.loads(row[0]) for row in stored)
    assert result["input"]["text"] == "I love [MASK]."
    assert result["load_seconds"] > 0
    assert result["first_answer_seconds"] > 0


def test_a_line_that_cannot_be_answered_ends_nothing(zukan: Zukan) -> None:
    done = zukan("try", "zukan/mini-bert", "--loop", "--no-store", input=LINES)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "you\n\ncapital\n")
    assert done.stderr.startswith("zukan: this input cannot be used")
    done = zukan("try", "zukan/mini-bert", "--loop", "--format", "jsonl", "--no-store", input=LINES)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["ok", "error", "ok"]
    assert rows[0]["answer"] == rows[0]["output"][0]["token_str"] == "you"
    assert rows[0]["seconds"] > 0
    assert "no gap" in rows[1]["error"]


def test_a_text_given_with_the_command_comes_first(zukan: Zukan) -> None:
    done = zukan("try", "zukan/mini-bert", "I love [MASK].", "--loop", input="Paris is the [MASK] of France.")
    assert done.stdout == "you\ncapital\n"


def test_bytes_that_are_no_text_and_endless_lines(zukan: Zukan) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zukan_cli", "try", "zukan/mini-bert", "--loop", "--no-store"],
        input=b"\xff\xfe I love [MASK].\n" + b"I love [MASK]. " * 100_000 + b"\nI love [MASK].\n",
        env=child_environment(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3
    assert b"the rest was cut off" in done.stderr


def test_the_conversation_reaches_a_chat_model(zukan: Zukan, tiny_models: dict[str, Path]) -> None:
    command = ("try", str(tiny_models["llama-chat"]), "--loop", "--format", "jsonl", "--max-new-tokens", "8")
    done = zukan(*command, input="What is AI\nWhat is AI\n/reset\nWhat is AI\n")
    assert done.returncode == 0, done.stderr
    first, _second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first["answer"] == third["answer"]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("zukan/mini-bert", "--format", "csv"), ExitCode.USAGE, "--format jsonl"),
        (("zukan/mini-bert", "--task", "question-answering"), ExitCode.USAGE, "--context"),
        (("zukan/mini-bert", "--timeout", "0.1"), ExitCode.TRIAL, "--timeout"),
        (("zukan/mini-bert", "--memory-limit", "50MB"), ExitCode.MODEL, "--memory-limit"),
        (("./nowhere",), ExitCode.MODEL, "no such folder"),
    ],
)
def test_what_ends_it_before_the_first_line(
    zukan: Zukan, arguments: tuple[str, ...], code: ExitCode, word: str
) -> None:
    done = zukan("try", *arguments, "--loop", input="I love [MASK].\n")
    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_model_that_dies_ends_the_loop() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "try", "zukan/mini-bert", "--loop", "--no-store"],
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as loop:
        assert loop.stdin is not None
        assert loop.stdout is not None
        assert loop.stderr is not None
        loop.stdin.write("I love [MASK].\n")
        loop.stdin.flush()
        assert loop.stdout.readline() == "you\n"
        (model,) = descendants(loop.pid)
        os.kill(model, signal.SIGKILL)
        loop.stdin.write("I love [MASK].\n")
        loop.stdin.flush()
        assert loop.stderr.readline().startswith("zukan: the trial of zukan/mini-bert crashed (signal SIGKILL")
        assert loop.wait(10) == ExitCode.TRIAL
        assert loop.stdout.read() == ""


def test_on_a_terminal() -> None:
    with Terminal("try", "zukan/mini-bert", "--loop") as terminal:
        assert "zukan/mini-bert · fill-mask · loaded in " in terminal.read_until("\n> ")
        terminal.write("I love [MASK].\n")
        shown = terminal.read_until("\n> ")
        assert "you 0.84, music 0.08" in shown
        assert "ms)" in shown
        terminal.write("no gap\n")
        assert "zukan: this input cannot be used" in terminal.read_until("\n> ")
        terminal.write("Paris is the [MASK] of France.\n")
        assert "capital" in terminal.read_until("\n> ")
        terminal.write("\x04")
        terminal.read_to_end()
        assert terminal.code == 0


def test_ctrl_c_on_a_terminal_ends_it_and_its_child() -> None:
    with Terminal("try", "zukan/mini-bert", "--loop") as terminal:
        terminal.read_until("\n> ")
        below = descendants(terminal.process.pid)
        assert below
        assert "Traceback" not in terminal.interrupt()
        assert terminal.code == ExitCode.INTERRUPTED
        assert wait_until(lambda: not any(map(is_running, below)), 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "answering"])
def test_nothing_is_left_of_a_loop_that_is_killed(busy: bool) -> None:
    with Terminal("try", "zukan/mini-bert", "--loop") as terminal:
        terminal.read_until("\n> ")
        below = descendants(terminal.process.pid)
        assert below
        if busy:
            terminal.write("I love [MASK]. " * 200 + "\n")
        terminal.process.send_signal(signal.SIGKILL)
        assert wait_until(lambda: not any(map(is_running, below)), 1)
