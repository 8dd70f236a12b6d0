"""Trials through a provider: the real client over TLS to a stand-in of the router, where the tiny models answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

import remote_engine as engine
import tiny_specs
from conftest import Zukan, child_environment
from hub_server import HubServer
from remote_server import DONE, Asked, Reply, Router, chunk, json_reply, router, stream, usage
from terminal import Terminal
from zukan.catalogue import Catalogue
from zukan_cli.exit_codes import ExitCode

MODELS = {
    "bert": "fill-mask",
    "marian": "translation",
    "bart": "summarization",
    "distilbert-sst2": "text-classification",
    "bert-ner": "token-classification",
    "bart-mnli": "zero-shot-classification",
    "minilm": "feature-extraction",
    "llama-chat": "text-generation",
}
_PATH = re.compile(r"/hf-inference/models/acme/(?P<name>[^/]+)(?:/pipeline/(?P<task>[\w-]+))?")


class Elsewhere:
    """The Hub and the router, and what the router answers instead of what the models say."""

    def __init__(self, hub: HubServer, way: Router, folder: Path) -> None:
        self.hub = hub
        self.way = way
        self.environment = {**hub.environment(folder / "cache"), **way.environment}

    @property
    def sent(self) -> list[Asked]:
        """The inputs that came."""
        return self.way.server.posts


@pytest.fixture
def elsewhere(hub: HubServer, tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[Elsewhere]:
    """Return a Hub that knows the models and a router that runs them."""
    for name, task in MODELS.items():
        provided = "conversational" if task == "text-generation" else task
        mapping = {"hf-inference": {"status": "live", "providerId": f"acme/{name}", "task": provided}}
        row = {"pipeline_tag": task, "inferenceProviderMapping": mapping, "library_name": "transformers"}
        tags = [task, "feature-extraction", "sentence-similarity"] if task == "feature-extraction" else [task]
        hub.add_model(f"acme/{name}", folder=tiny_models[name], row={**row, "tags": tags})

    def answer(asked: Asked) -> Reply:
        found = _PATH.fullmatch(asked.path)
        if found is None:
            return json_reply({"error": "Not Found"}, 404)
        task = found["task"] or MODELS[found["name"]]
        return json_reply(engine.answer(task, tiny_models[found["name"]], asked.body), x_compute_time="0.001")

    yield from (Elsewhere(hub, way, tmp_path) for way in router(answer, tmp_path))


CASES = [
    ("bert", (), "fill-mask"),
    ("marian", (), "translation"),
    ("bart", (), "summarization"),
    ("distilbert-sst2", (), "text-classification"),
    ("bert-ner", (), "token-classification"),
    ("bart-mnli", ("--labels", "cooking,travel,sport"), "zero-shot-classification"),
]


@pytest.mark.slow
def test_each_task_is_answered_as_the_model_answers_here(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    def ask(case: tuple[str, tuple[str, ...], str]) -> CompletedProcess[str]:
        name, more, _ = case
        asked = ("try", f"acme/{name}", tiny_specs.SPECS[name].trial.text, *more, "--format", "json")
        return zukan(*asked, "--provider", "hf-inference", "--yes", environment=elsewhere.environment)

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(ask, CASES))
    for (name, _, task), done in zip(CASES, ended, strict=True):
        assert done.returncode == 0, (name, done.stderr)
        found = json.loads(done.stdout)
        assert found["task"] == task
        assert tiny_specs.SPECS[name].trial.accepts(found["answer"]), (name, found["answer"])
        assert found["remote"]["name"] == "hf-inference"
        # The stand-in says that it took a millisecond: the rest is the way.
        assert found["remote"]["compute_seconds"] == 0.001
        assert found["remote"]["network_seconds"] == pytest.approx(found["first_answer_seconds"] - 0.001)
        assert found["peak_bytes"] is None
        assert "hf-inference" in done.stderr
        assert "pays what it costs" in done.stderr
    stored = Catalogue(catalogue).trials(remote=True)
    assert sorted(one["model_id"] for one in stored) == sorted(f"acme/{name}" for name, _, _ in CASES)
    assert "hf_test" not in json.dumps(stored)
    assert Catalogue(catalogue).trials(remote=False) == []
    assert all(asked.headers["authorization"] == "Bearer hf_test" for asked in elsewhere.sent)


def test_embeddings(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    asked = ("try", "acme/minilm", "He is very happy.", "--provider", "hf-inference", "-y", "--format", "json")
    one = json.loads(zukan(*asked, environment=elsewhere.environment).stdout)
    assert one["task"] == "feature-extraction"
    assert one["output"]["dimension"] > 8
    assert len(one["output"]["values"]) == 8
    others = ("--compare-with", "The train is late.", "--compare-with", "He is very happy.")
    several = json.loads(zukan(*asked, *others, environment=elsewhere.environment).stdout)
    assert several["task"] == "sentence-similarity"
    assert several["answer"] == "He is very happy."
    assert several["output"][0]["score"] == pytest.approx(1.0, abs=1e-4)


def test_a_chat_is_streamed(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    elsewhere.way.server.answer = lambda _asked: stream(
        *(chunk(word) for word in ("I ", "am ", "a llama.")), chunk(finish="stop"), usage(7), DONE, pause=0.1
    )
    for name in ("hf-inference", "auto"):
        done = zukan(
            *("try", "acme/llama-chat", "Who are you?", "--provider", name, "--yes", "--format", "json"),
            environment=elsewhere.environment,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["answer"] == "I am a llama."
        assert found["new_tokens"] == 7
        # Counted from when the input was sent: neither the imports nor the questions to the Hub are in it.
        assert 0.04 < found["remote"]["first_token_seconds"] < 0.3 < found["first_answer_seconds"] < 1.5
        assert found["tokens_per_second"] == pytest.approx(6 / 0.2, rel=0.5)
        assert found["remote"]["network_seconds"] is None
    assert [asked.path for asked in elsewhere.sent] == [
        "/hf-inference/models/acme/llama-chat/v1/chat/completions",
        "/v1/chat/completions",
    ]
    assert elsewhere.sent[0].body["messages"] == [{"role": "user", "content": "Who are you?"}]


REFUSALS: dict[int, tuple[Reply, ExitCode, str]] = {
    401: (json_reply({"error": "bad"}, 401), ExitCode.ACCESS, "does not take your Hugging Face token (bad)"),
    402: (json_reply({"error": "spent"}, 402), ExitCode.ACCESS, "no credits left (spent)"),
    403: (json_reply({"error": {"message": "no"}}, 403), ExitCode.ACCESS, "does not let you use acme/bert (no)"),
    404: (json_reply({"error": "Not Found"}, 404), ExitCode.MODEL, "does not serve acme/bert (Not Found)"),
    422: (json_reply({"error": ["too long"]}, 422), ExitCode.USAGE, "this input for acme/bert: too long"),
    429: (json_reply({"error": "slow"}, 429, Retry_After="90"), ExitCode.HUB, "asks to wait 90 s (slow)"),
    503: (json_reply({"error": "loading"}, 503, Retry_After="0"), ExitCode.HUB, "is loading acme/bert"),
    200: (Reply(b"<html>busy</html>", kind="text/html"), ExitCode.TRIAL, "cannot be read: its kind is text/html"),
    201: (json_reply({"unexpected": True}), ExitCode.TRIAL, "cannot be read"),
    202: (Reply(b'[{"score": 0.5', cut=True), ExitCode.TRIAL, "broke off in the middle"),
    203: (Reply(pause=8.0), ExitCode.TRIAL, "no whole answer within 5.0 s"),
}


def test_what_goes_wrong_is_said(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    elsewhere.way.server.answer = lambda asked: REFUSALS[int(asked.body["inputs"].split()[-1])][0]

    def ask(number: int) -> CompletedProcess[str]:
        asked = ("try", "acme/bert", f"[MASK] {number}", "--provider", "hf-inference", "--yes", "--timeout", "5")
        return zukan(*asked, environment=elsewhere.environment)

    with ThreadPoolExecutor(2) as pool:
        ended = dict(zip(REFUSALS, pool.map(ask, REFUSALS), strict=True))
    for number, (_, code, sentence) in REFUSALS.items():
        done = ended[number]
        assert (done.returncode, done.stdout) == (code, ""), (number, done.stderr)
        assert sentence in done.stderr, (number, done.stderr)
        assert "Traceback" not in done.stderr
    sent = Counter(int(asked.body["inputs"].split()[-1]) for asked in elsewhere.sent)
    assert sent == {number: 3 if number == 503 else 1 for number in REFUSALS}


def test_nothing_is_sent_without_leave(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    asked = ("try", "acme/bert", "My secret [MASK].", "--provider", "hf-inference")
    done = zukan(*asked, environment=elsewhere.environment, stdin=-3)
    assert done.returncode == ExitCode.MODEL
    assert "add --yes" in done.stderr
    assert elsewhere.sent == []


def test_on_a_terminal_it_asks(elsewhere: Elsewhere, catalogue: Path) -> None:
    asked = ("try", "acme/bert", "I love [MASK].", "--provider", "hf-inference")
    for answer, code, sent in (("n\n", ExitCode.INTERRUPTED, 0), ("y\n", ExitCode.OK, 1)):
        with Terminal(*asked, environment=elsewhere.environment) as terminal:
            said = terminal.read_until("Send it?")
            assert "through router.huggingface.co" in said
            assert elsewhere.sent == []
            terminal.write(answer)
            terminal.read_to_end()
            assert terminal.code == code
        assert len(elsewhere.sent) == sent


BEFORE: list[tuple[tuple[str, ...], dict[str, str], ExitCode, str]] = [
    (("acme/bert", "x", "--provider", "hf-inferense"), {}, ExitCode.USAGE, "did you mean hf-inference"),
    (("", "x", "--provider", "hf-inference"), {}, ExitCode.USAGE, "has no model"),
    (("acme/bert", "x", "--provider", "groq"), {}, ExitCode.MODEL, "does not serve acme/bert"),
    (("acme/nobody", "x", "--provider", "auto"), {}, ExitCode.ACCESS, "no public model acme/nobody"),
    (("acme/bert", "x", "--provider", "hf-inference"), {"HF_TOKEN": ""}, ExitCode.ACCESS, "hf auth login"),
    (("acme/bert", "x", "--provider", "hf-inference"), {"HF_HUB_OFFLINE": "1"}, ExitCode.HUB, "switched off"),
    (("acme/bert", "x", "--provider", "auto", "--offline"), {}, ExitCode.HUB, "switched off"),
    (("acme/bert", " ", "--provider", "auto"), {}, ExitCode.USAGE, "nothing to answer"),
    (("acme/bert", "no gap", "--provider", "hf-inference"), {}, ExitCode.USAGE, "no gap to fill"),
    (("acme/bert", "x", "--provider", "hf-inference", "--device", "cpu"), {}, ExitCode.USAGE, "--device is for"),
    (("acme/bert", "x", "--provider", "auto", "--endpoint", "http://x"), {}, ExitCode.USAGE, "not both"),
    (
        ("acme/bert", "x", "--provider", "hf-inference", "-t", "text-ranking", "--compare-with", "y"),
        {},
        ExitCode.MODEL,
        "cannot be asked for text-ranking",
    ),
]


def test_what_is_wrong_from_the_start_sends_nothing(zukan: Zukan, elsewhere: Elsewhere, catalogue: Path) -> None:
    def ask(case: tuple[tuple[str, ...], dict[str, str], ExitCode, str]) -> CompletedProcess[str]:
        return zukan("try", *case[0], "--yes", environment={**elsewhere.environment, **case[1]})

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(ask, BEFORE))
    for (arguments, _, code, sentence), done in zip(BEFORE, ended, strict=True):
        assert (done.returncode, done.stdout) == (code, ""), (arguments, done.stderr)
        assert sentence in done.stderr, (arguments, done.stderr)
    assert elsewhere.sent == []


def test_neither_torch_nor_transformers_is_imported(elsewhere: Elsewhere, catalogue: Path) -> None:
    program = (
        "import sys; from zukan_cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert not {'torch', 'transformers'} & sys.modules.keys()"
    )
    arguments = ("try", "acme/bert", "I love [MASK].", "--provider", "hf-inference", "--yes")
    environment: Any = {**os.environ, **child_environment(), **elsewhere.environment}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
