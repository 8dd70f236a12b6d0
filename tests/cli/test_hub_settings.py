"""What the environment says to huggingface_hub and it cannot work with: one sentence that names the variable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Zukan

UNUSABLE = {
    "a number": ("HF_HUB_ETAG_TIMEOUT", "soon"),
    "another number": ("HF_HUB_DOWNLOAD_TIMEOUT", "1.5"),
    "the Hub's port": ("HF_ENDPOINT", "http://user:secret/x@hub.example"),
    "a blank": ("HF_HUB_DOWNLOAD_TIMEOUT", " "),
    "a SOCKS proxy": ("ALL_PROXY", "socks5://user:secret@127.0.0.1:9"),
    "a proxy's port": ("HTTPS_PROXY", "http://user:secret@proxy:port"),
    "a proxy's scheme": ("ALL_PROXY", "ftp://user:secret@proxy"),
    "no certificates": ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    "other than certificates": ("SSL_CERT_FILE", __file__),
    "the token's folder": ("HF_HOME", __file__),
    "a token": ("HF_TOKEN", "hf_秘密secret"),
}
COMMANDS = {
    "try": ("try", "openai-community/gpt2", "hello"),
    "elsewhere": ("try", "openai-community/gpt2", "hello", "--provider", "auto", "--yes"),
    "pull": ("pull", "https://127.0.0.1:9/catalogue"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(("name", "value"), UNUSABLE.values(), ids=UNUSABLE)
def test_the_variable_is_named_and_its_secrets_are_not(
    zukan: Zukan, catalogue: Path, name: str, value: str, command: tuple[str, ...]
) -> None:
    done = zukan(*command, environment={"HF_HUB_OFFLINE": "", name: value})
    assert done.returncode == 2, done.stderr
    assert f"environment variable {name} (" in done.stderr
    assert "mend or unset it" in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("name", "value"), UNUSABLE.values(), ids=UNUSABLE)
def test_the_doctor_says_so_too(zukan: Zukan, catalogue: Path, name: str, value: str) -> None:
    done = zukan("doctor", "--no-self-test", "--format", "json", environment={"HF_HUB_OFFLINE": "", name: value})
    check = next(row for row in json.loads(done.stdout) if row["name"] == "Hub")
    assert (check["status"], check["hint"]) == ("problem", f"mend or unset {name}")
    assert check["value"].startswith(f"{name}: ")


def test_what_asks_nobody_does_not_mind(zukan: Zukan, catalogue: Path) -> None:
    for command in (("search", "bert"), ("recommend", "fill-mask")):
        done = zukan(*command, environment=dict(UNUSABLE.values()))
        assert done.returncode == 0, done.stderr


def test_of_two_proxies_the_odd_one_is_named(zukan: Zukan, catalogue: Path) -> None:
    proxies = {"ALL_PROXY": "http://good.example:8080", "HTTPS_PROXY": "http://user:secret@proxy:port"}
    done = zukan(*COMMANDS["try"], environment={"HF_HUB_OFFLINE": "", **proxies})
    assert "environment variable HTTPS_PROXY (" in done.stderr


def test_a_model_that_is_here_needs_no_network(zukan: Zukan, catalogue: Path) -> None:
    at_import = {"a number", "another number", "a blank", "the Hub's port"}
    others = dict(pair for name, pair in UNUSABLE.items() if name not in at_import)
    assert zukan("try", "zukan/mini-bert", environment=others).returncode == 0
    for name in at_import:
        variable, value = UNUSABLE[name]
        done = zukan("try", "zukan/mini-bert", environment={variable: value})
        assert (done.returncode, f"environment variable {variable} (" in done.stderr) == (2, True), done.stderr
