"""`zukan browse`: a real server on this machine, from its address to its end."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from browse_client import served
from conftest import Zukan, child_environment


def test_it_serves_until_it_is_stopped(catalogue: Path) -> None:
    with served() as (process, address):
        visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with visitor.open(address, timeout=30) as answer:
            assert answer.url == address.partition("-/begin")[0]
            assert b"encoder-only" in answer.read()
        with visitor.open(answer.url + "model/zukan/mini-bert", timeout=30) as answer:
            assert b'name="token"' in answer.read()
        process.send_signal(signal.SIGINT)
        _out, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Ctrl-C" in said
        assert "Traceback" not in said


def test_it_listens_on_one_address_of_this_machine_alone(catalogue: Path) -> None:
    with served() as (_process, address):
        port = int(address.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.2", port), timeout=5):
            pass


def test_its_address_can_be_had_as_json(catalogue: Path) -> None:
    with served("--format", "jsonl") as (_process, line):
        found: dict[str, Any] = json.loads(line)
        assert found["id"].startswith("http://127.0.0.1:")
        assert found["catalogue"] == str(catalogue)


def test_the_language_of_the_command_is_that_of_the_pages(catalogue: Path) -> None:
    with served("--ui", "ja") as (_process, address), urllib.request.urlopen(address, timeout=30) as answer:
        assert b'<html lang="ja">' in answer.read()


def test_a_taken_port_is_said(zukan: Zukan, catalogue: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = zukan("browse", "--no-open", "--port", str(other.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_option_opens_it_to_others(zukan: Zukan) -> None:
    for option in ("--host", "--public"):
        assert zukan("browse", option, "0.0.0.0").returncode == 2  # noqa: S104


def test_without_datasette_the_extra_is_named(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "datasette.py").write_text("raise ImportError('no module named datasette')\n", encoding="utf-8")
    environment = {"PYTHONPATH": f"{tmp_path}:{child_environment()['PYTHONPATH']}"}
    done = zukan("browse", "--no-open", environment=environment)
    assert done.returncode == 7
    assert "pip install 'zukan[browse]'" in done.stderr
