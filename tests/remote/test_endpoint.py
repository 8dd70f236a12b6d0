"""Trials on a server that speaks OpenAI's protocol: a real `transformers serve`, and one that answers as it is told."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Zukan, child_environment
from remote_server import DONE, Answer, Asked, ModelServer, Reply, chunk, json_reply, stream, usage
from zukan.catalogue import Catalogue
from zukan_cli.app import run
from zukan_cli.exit_codes import ExitCode

MODELS = json_reply({"object": "list", "data": [{"id": "acme/chat", "object": "model"}]})
HELLO = stream(chunk("Hello "), chunk("there."), chunk(finish="stop"), usage(4), DONE)


def serving(posted: Reply | Answer) -> Answer:
    """Return what answers a chat or vectors so, and knows its models."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return MODELS if asked.path == "/v1/models" else json_reply({"status": "ok"})
        return posted if isinstance(posted, Reply) else posted(asked)

    return answer


# --- a real server --------------------------------------------------------------------------------------------


@pytest.fixture
def serve(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[str]:
    """Start `transformers serve` with the tiny chat model, and return its address."""
    pytest.importorskip("fastapi", reason="transformers serve needs it")
    pytest.importorskip("openai", reason="transformers serve needs it")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (tmp_path / "served" / "hub").mkdir(parents=True)
    environment = {**os.environ, "HF_HOME": str(tmp_path / "served"), "HF_HUB_OFFLINE": "1"}
    command = ["-m", "transformers.cli.transformers", "serve", str(tiny_models["llama-chat"])]
    with (tmp_path / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env=environment, stdout=log, stderr=log, cwd=tmp_path,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/health", server, tmp_path / "serve.log")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"transformers serve did not start: {log.read_text()[-2000:]}")


@pytest.mark.slow
def test_a_chat_with_transformers_serve(
    zukan: Zukan, serve: str, tiny_models: dict[str, Path], catalogue: Path
) -> None:
    model = str(tiny_models["llama-chat"])
    for address in (serve, f"{serve}/", f"{serve}/v1", f"{serve}/v1/chat/completions"):
        done = zukan("try", model, "What is the capital of Japan?", "--endpoint", address, "--format", "json")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert "Tokyo" in found["answer"]
        assert found["task"] == "text-generation"
        assert found["new_tokens"] >= 1
        assert 0 < found["remote"]["first_token_seconds"] <= found["first_answer_seconds"]
        assert 0 < found["remote"]["network_seconds"] < found["first_answer_seconds"]
        assert found["remote"]["name"] == f"{serve}/v1"
    assert f"Your input goes to {serve}/v1." in done.stderr
    assert [one["remote"]["name"] for one in Catalogue(catalogue).trials(remote=True)] == [f"{serve}/v1"] * 4
    refused = zukan("try", model, "x", "--endpoint", serve, "--task", "feature-extraction")
    assert refused.returncode == ExitCode.MODEL, refused.stderr
    assert "does not serve" in refused.stderr


# --- what goes wrong ------------------------------------------------------------------------------------------

BIG = b"data: " + b"x" * (33 << 20)
FAULTS: list[tuple[str, Reply, ExitCode, str]] = [
    ("401", json_reply({"error": {"message": "no key"}}, 401), ExitCode.ACCESS, "wants a token (no key)"),
    ("402", json_reply({"error": "pay"}, 402), ExitCode.ACCESS, "no credits left"),
    ("403", json_reply({"message": "not you"}, 403), ExitCode.ACCESS, "does not let you use acme/chat (not you)"),
    ("404", json_reply({"detail": "no such model"}, 404), ExitCode.MODEL, "there is: acme/chat"),
    ("400", json_reply({"error": {"message": "no chat template"}}, 400), ExitCode.USAGE, "no chat template"),
    ("422", json_reply({"detail": [{"msg": "max_tokens"}]}, 422), ExitCode.USAGE, "for acme/chat: max_tokens"),
    ("429", json_reply({"error": "slow"}, 429, Retry_After="90"), ExitCode.HUB, "asks to wait 90 s"),
    ("429 without a time", json_reply({"error": "slow"}, 429), ExitCode.HUB, "a few minutes"),
    ("500", Reply(b"<html>oops</html>", 500, "text/html"), ExitCode.HUB, "HTTP 500: HTTP 500"),
    ("503", json_reply({"error": "loading"}, 503, Retry_After="0"), ExitCode.HUB, "HTTP 503: loading"),
    ("a page", Reply(b"<html>hi</html>", kind="text/html"), ExitCode.TRIAL, "its kind is text/html"),
    ("no stream", json_reply({"choices": []}), ExitCode.TRIAL, "its kind is application/json"),
    ("nonsense", stream(b"data: {nonsense\n\n"), ExitCode.TRIAL, "cannot be read"),
    ("other shapes", stream(b'data: {"choices": "none", "usage": 7}\n\n'), ExitCode.TRIAL, "cannot be read"),
    ("deep", stream(b"data: " + b"[" * 200_000 + b"\n\n"), ExitCode.TRIAL, "cannot be read"),
    ("huge", stream(BIG), ExitCode.TRIAL, "larger than any answer"),
    ("no end mark", stream(chunk("Hello "), chunk("th")), ExitCode.TRIAL, "What had come of the answer: Hello th"),
    (
        "cut off",
        stream(chunk("Hello "), chunk("th"), cut=True),
        ExitCode.TRIAL,
        "What had come of the answer: Hello th",
    ),
    ("error inside", stream(chunk("He"), b'data: {"error": {"message": "gone"}}\n\n'), ExitCode.TRIAL, "middle: gone"),
    ("nothing", stream(), ExitCode.TRIAL, "nothing came before its end"),
    ("packed", Reply(b"\x1f\x8b", headers={"content-encoding": "gzip"}), ExitCode.TRIAL, "it is compressed"),
    ("loop", Reply(status=307, headers={"location": "/v1/chat/completions"}), ExitCode.TRIAL, "TooManyRedirects"),
]


@pytest.mark.parametrize(("name", "reply", "code", "sentence"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_server_that_gives_no_answer(
    catalogue: Path, capsys: pytest.CaptureFixture[str], name: str, reply: Reply, code: ExitCode, sentence: str
) -> None:
    del name
    with ModelServer(serving(reply)) as server:
        found = run(["try", "acme/chat", "Hello", "--endpoint", server.address])
    said = capsys.readouterr()
    assert (found, said.out) == (code, ""), said.err
    assert sentence in said.err
    assert said.err.count("zukan:") == (3 if reply.status == 503 else 1)
    assert len(server.posts) == {503: 3, 307: len(server.posts)}.get(reply.status, 1)


def test_a_server_that_becomes_ready_is_asked_again(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replies = iter((json_reply({"error": "loading"}, 503, Retry_After="0"), HELLO))
    with ModelServer(serving(lambda _asked: next(replies))) as server:
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == 0
    said = capsys.readouterr()
    assert "Hello there." in said.out
    assert "asking again" in said.err


@pytest.mark.parametrize(
    "reply", [stream(chunk("Hel"), chunk("lo"), DONE, pause=0.7), Reply(pause=3.0)], ids=["slow", "silent"]
)
def test_the_time_limit_is_for_the_whole_answer(
    catalogue: Path, capsys: pytest.CaptureFixture[str], reply: Reply
) -> None:
    started = time.monotonic()
    with ModelServer(serving(reply)) as server:
        found = run(["try", "acme/chat", "Hi", "--endpoint", server.address, "--timeout", "1"])
    assert time.monotonic() - started < 6
    said = capsys.readouterr()
    assert (found, said.out) == (ExitCode.TRIAL, "")
    assert "no whole answer within 1.0 s; give it more with --timeout" in said.err


ADDRESSES: list[tuple[str, ExitCode, str]] = [
    ("http://127.0.0.1:9", ExitCode.HUB, "nobody listens there"),
    ("http://no-such-host.invalid", ExitCode.HUB, "cannot be reached (there is no such host"),
    ("https://127.0.0.1:{port}", ExitCode.HUB, "cannot be reached (TLS: "),
    ("localhost:8000", ExitCode.USAGE, "does not begin with http://"),
    ("ftp://host/v1", ExitCode.USAGE, "does not begin with http://"),
    ("http://", ExitCode.USAGE, "does not begin with http://"),
    ("http://host:port", ExitCode.USAGE, "is no address of a server"),
    ("http://me:secret@ho st/v1", ExitCode.USAGE, "there is a space"),
    ("http://user:topsecret#1@127.0.0.1:18091", ExitCode.USAGE, "in a password write / # ? as %2F %23 %3F"),
    ("http://user:sec/secret@127.0.0.1", ExitCode.USAGE, "its host or port cannot be read"),
    ("http://user:80/secret@127.0.0.1/v1", ExitCode.USAGE, "its host or port cannot be read"),
    ("http://127.0.0.1/v1?key=hidden@secret", ExitCode.USAGE, "its host or port cannot be read"),
    ("http://a..b:1", ExitCode.USAGE, "its host or port cannot be read"),
    ("", ExitCode.USAGE, "is no address of a server"),
]


def test_addresses_that_lead_nowhere(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer(serving(HELLO)) as server:
        for address, code, sentence in ADDRESSES:
            found = run(["try", "acme/chat", "Hi", "--endpoint", address.format(port=server.port), "--timeout", "5"])
            said = capsys.readouterr()
            assert (found, said.out) == (code, ""), (address, said.err)
            assert sentence in said.err, (address, said.err)
            assert "secret" not in said.err


def test_no_input_goes_to_a_host_that_was_not_named(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer(serving(HELLO)) as other:
        away = Reply(status=307, headers={"location": f"{other.address}/v1/chat/completions"})
        with ModelServer(serving(away)) as server:
            assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == ExitCode.HUB
            assert f"it sends to http://127.0.0.1:{other.port}; name that address" in capsys.readouterr().err
            moved = Reply(status=307, headers={"location": "/v1/moved"})
            server.answer = serving(lambda asked: HELLO if asked.path == "/v1/moved" else moved)
            assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == 0
    assert other.asked == []


def test_an_earlier_status_is_not_that_of_a_later_failure(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return json_reply({"error": "no such page"}, 404)
        raise OSError  # The connection is closed without a word.

    with ModelServer(answer) as server:
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == ExitCode.TRIAL
    assert "the connection was lost" in capsys.readouterr().err


def test_an_answer_is_kept_when_a_later_one_fails(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replies = iter((HELLO, HELLO, json_reply({"error": "slow down"}, 429)))
    with ModelServer(serving(lambda _asked: next(replies))) as server:
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address, "--repeat", "2"]) == 0
    said = capsys.readouterr()
    assert "Hello there." in said.out
    assert "only 1 of 2 further answers were timed: slow down" in said.err
    assert len(Catalogue(catalogue).trials(remote=True)) == 1


@pytest.mark.parametrize(("pause", "known"), [(0.0, False), (0.06, True)])
def test_a_speed_is_no_buffering(
    catalogue: Path, capsys: pytest.CaptureFixture[str], pause: float, known: bool
) -> None:
    pieces = [chunk(f"{number} ") for number in range(20 if not known else 4)]
    reply = stream(*pieces, chunk(finish="stop"), usage(len(pieces)), DONE, pause=pause)
    if not known:
        reply = stream(b"".join((*pieces, chunk(finish="stop"), usage(len(pieces)), DONE)))
    with ModelServer(serving(reply)) as server:
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address, "--format", "json"]) == 0
    said = capsys.readouterr()
    assert (json.loads(said.out)["tokens_per_second"] is not None) is known
    assert ("the answer came in one piece: its speed is not known" in json.loads(said.out)["warnings"]) is not known


def test_the_name_of_a_provider_and_of_its_model(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["try", "acme/chat", "Hi", "--provider", ""]) == ExitCode.USAGE
    assert "no inference provider is called" in capsys.readouterr().err
    assert run(["try", "acme/chat:Q4_0", "Hi", "--provider", "auto"]) == ExitCode.USAGE
    assert "a provider chooses its own file: leave :Q4_0 away" in capsys.readouterr().err


# --- what is sent, kept and shown -----------------------------------------------------------------------------


def test_no_password_is_shown_or_kept(
    catalogue: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    with ModelServer(serving(HELLO)) as server:
        plain = ["try", "acme/chat", "Hi", "--endpoint"]
        assert run([*plain, f"http://me:s%40cret@127.0.0.1:{server.port}/v1?key=hidden", "--format", "json"]) == 0
        with_password = server.posts[-1]
        assert run([*plain, server.address]) == 0
        without = server.posts[-1]
        monkeypatch.setenv("ZUKAN_ENDPOINT_TOKEN", "sk-own")
        assert run([*plain, server.address]) == 0
        with_token = server.posts[-1]
    said = capsys.readouterr()
    pair = base64.b64encode(b"me:s@cret").decode()
    assert with_password.headers["authorization"] == f"Basic {pair}"
    assert with_password.path == "/v1/chat/completions?key=hidden"
    # The Hub's token is not for whoever listens at an address.
    assert "authorization" not in without.headers
    assert with_token.headers["authorization"] == "Bearer sk-own"
    kept = json.dumps(Catalogue(catalogue).trials())
    for secret in ("s@cret", "s%40cret", "hidden", "hf_mine", "sk-own", pair):
        assert secret not in kept + said.out + said.err


def test_vectors(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors = {"Hi": [1.0, 0.0], "Bye": [0.0, 1.0], "Hello": [3.0, 0.1]}

    def answer(asked: Asked) -> Reply:
        assert asked.path == "/v1/embeddings"
        rows = [{"index": place, "embedding": vectors[text]} for place, text in enumerate(asked.body["input"])]
        return json_reply({"object": "list", "data": rows[::-1], "model": asked.body["model"]})

    asked = ["try", "acme/vectors", "Hi", "--format", "json", "--endpoint"]
    with ModelServer(serving(answer)) as server:
        assert run([*asked, server.address, "--task", "feature-extraction"]) == 0
        assert json.loads(capsys.readouterr().out)["output"] == {"dimension": 2, "norm": 1.0, "values": [1.0, 0.0]}
        assert run([*asked, server.address, "--compare-with", "Bye", "--compare-with", "Hello"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["task"], found["answer"]) == ("sentence-similarity", "Hello")
        server.answer = serving(json_reply({"data": [{"index": 0, "embedding": [1, "x"]}]}))
        assert run([*asked, server.address, "--task", "feature-extraction"]) == ExitCode.TRIAL
    assert "no vector of numbers" in capsys.readouterr().err


def test_an_answer_cannot_drive_the_terminal(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = stream(chunk("\x1b[31mred\x1b]0;title\x07", model="\x1b[2J"), chunk(finish="stop"), DONE)
    with ModelServer(serving(evil)) as server:
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == 0
        server.answer = serving(json_reply({"error": "\x1b[31mred"}, 400))
        assert run(["try", "acme/chat", "Hi", "--endpoint", server.address]) == ExitCode.USAGE
    assert run(["trials"]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "red" in said.out


def test_another_model_that_answers_is_named(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer(serving(HELLO)) as server:
        assert run(["try", "gpt2", "Hi", "--endpoint", server.address]) == 0
        assert "the server says that acme/chat answered" in capsys.readouterr().err
        assert run(["try", "acme/chat:latest", "Hi", "--endpoint", server.address]) == 0
        assert "the server says" not in capsys.readouterr().err


def test_tasks_that_the_protocol_has_nothing_for(catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer(serving(HELLO)) as server:
        found = run(["try", "bert-base-uncased", "I love [MASK].", "--endpoint", server.address])
    assert found == ExitCode.MODEL
    assert "cannot be asked for fill-mask; it can for: text-generation" in capsys.readouterr().err
    assert server.asked == []


def test_ctrl_c_while_an_answer_comes(catalogue: Path, tmp_path: Path) -> None:
    with ModelServer(serving(stream(*[chunk("word ")] * 50, pause=0.2))) as server:
        child = subprocess.Popen(
            [sys.executable, "-m", "zukan_cli", "try", "acme/chat", "Hi", "--endpoint", server.address],
            env=child_environment(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        end = time.monotonic() + 30
        while not server.posts and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.6)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert child.returncode == ExitCode.INTERRUPTED
    assert out == ""
    assert err.splitlines()[-1] == "zukan: stopped."
    assert Catalogue(catalogue).trials() == []


# --- what the catalogue makes of it ---------------------------------------------------------------------------


def test_remote_trials_are_shown_as_such_and_prove_nothing_here(
    catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["recommend", "text-generation", "--format", "json", "--limit", "5"]

    def recommended() -> dict[str, dict[str, object]]:
        assert run(chosen) == 0
        return {row["model_id"]: row for row in json.loads(capsys.readouterr().out)["candidates"]}

    before = recommended()
    good, bad = list(before)[:2]
    with ModelServer(serving(HELLO)) as server:
        assert run(["try", good, "Hi", "--endpoint", server.address]) == 0
        server.answer = serving(stream(chunk("He"), cut=True))
        assert run(["try", bad, "Hi", "--endpoint", server.address]) == ExitCode.TRIAL
    capsys.readouterr()
    after = recommended()
    assert list(after) == list(before)
    for name in after:
        assert after[name]["fit"] == before[name]["fit"]
        assert (after[name]["score"], after[name]["evidence"]) == (before[name]["score"], before[name]["evidence"])
    reasons = after[good]["reasons"]
    assert isinstance(reasons, list)
    remote = [reason for reason in reasons if reason["name"] == "remote"]
    assert [(one["points"], one["source"]) for one in remote] == [(0.0, "measured remotely")]
    assert run(["trials", "--remote", "--format", "jsonl"]) == 0
    stored = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["model_id"], one["status"], one["output"]) for one in stored] == [
        (bad, "error", "He"),
        (good, "ok", "Hello there."),
    ]
    assert run(["trials", "--here", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["trials"]) == 0
    assert "measured remotely" in capsys.readouterr().out
    assert run(["show", good]) == 0
    assert "measured remotely" in capsys.readouterr().out
    assert run(["search", "has:trial", "--format", "ids"]) == 0
    assert capsys.readouterr().out == ""
