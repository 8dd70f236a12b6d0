"""The README cannot lie: its commands run here and print what it shows; its Python runs; both languages say the same."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from conftest import CHECKOUT, Zukan, child_environment
from hub_server import HubServer
from remote_server import DONE, Asked, ModelServer, Reply, chunk, json_reply, router, stream
from zukan_cli.app import COMMANDS
from zukan_cli.exit_codes import ExitCode

READMES = ("README.md", "README.ja.md")

# Figures that differ from run to run or machine to machine.
_MEASURED = re.compile(r"\d+(\.\d+)? ?(ms|s|MB|GB|tokens/s)\b|versions|バージョン|device|デバイス|…")


def blocks(name: str, language: str) -> list[str]:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(name: str) -> list[tuple[str, list[str]]]:
    """Return each `$ zukan …` of the console blocks with the output lines shown under it."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks(name, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:].partition("    #")[0].strip(), []))
            else:
                found[-1][1].append(line)
    return [(command, shown) for command, shown in found if command.startswith("zukan ")]


# What both show is run once.
CASES = {(command, *shown): (name, command, shown) for name in READMES for command, shown in commands(name)}


def files_to_import(command: str, folder: Path) -> None:
    """Put what the README imports where its reader would have it."""
    row = {"id": "acme/imported", "tags": ["bert"], "downloads": 3}
    if ".parquet" in command:
        pyarrow = pytest.importorskip("pyarrow", reason="Parquet is an extra")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.Table.from_pylist([row]), folder / "models.parquet")
    (folder / "rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    model = folder / "my-models" / "tiny"
    model.mkdir(parents=True)
    (model / "config.json").write_text('{"model_type": "bert", "architectures": ["BertForMaskedLM"]}', encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "command", "shown"), CASES.values(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_shown_command_prints_what_is_shown(
    zukan: Zukan, catalogue: Path, hub: HubServer, tmp_path: Path, name: str, command: str, shown: list[str]
) -> None:
    environment = {"COLUMNS": "110", "HF_ENDPOINT": "http://127.0.0.1:9"}
    if command.startswith("zukan crawl"):
        hub.add_rows([{"id": "google-bert/bert-base-uncased", "downloads": 7}])
        environment |= hub.environment(tmp_path / "cache")
        if "--update" in command:
            assert zukan("crawl", "--all", environment=environment).returncode == 0
    elif command.startswith("zukan import"):
        files_to_import(command, tmp_path)
    elif command.startswith("zukan pull"):
        shutil.copyfile(catalogue, tmp_path / "team.sqlite")
    elif "--endpoint" in command or "--provider" in command:
        done = elsewhere(zukan, hub, tmp_path, command)
        assert done.returncode == 0, done.stderr
        return
    elif command.startswith("zukan browse"):
        assert_serves(shlex.split(command)[1:])
        return
    done = zukan(*shlex.split(command)[1:], environment=environment)
    assert done.returncode == 0, done.stderr
    printed = {line.rstrip() for line in (done.stdout + done.stderr).splitlines()}
    for line in shown:
        if line.strip() and not _MEASURED.search(line):
            assert line.rstrip() in printed


def elsewhere(zukan: Zukan, hub: HubServer, folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a trial on another machine, against stand-ins of the router and of a server that answer in their shapes."""
    hub.add_model("google-bert/bert-base-uncased", row={"pipeline_tag": "fill-mask"})
    filled = [{"score": 0.9, "token": 7, "token_str": "you", "sequence": "i love you."}]
    said = stream(chunk("A model."), chunk(finish="stop"), DONE)

    def answer(asked: Asked) -> Reply:
        return said if asked.path.endswith("/chat/completions") else json_reply(filled)

    environment = hub.environment(folder / "cache")
    with ModelServer(answer) as server, contextlib.contextmanager(router)(answer, folder) as way:
        arguments = shlex.split(command.replace("http://localhost:8000", server.address))[1:]
        return zukan(*arguments, environment={**environment, **way.environment})


def assert_serves(arguments: list[str]) -> None:
    """Check that a server comes up, answers at the address that it prints, and ends when it is told to."""
    command = [sys.executable, "-m", "zukan_cli", *arguments, "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=child_environment()) as process:
        assert process.stdout
        try:
            with urllib.request.urlopen(process.stdout.readline().strip(), timeout=60) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@pytest.mark.parametrize("name", READMES)
def test_the_python_of_the_readme_runs(catalogue: Path, name: str) -> None:
    for code in blocks(name, "python"):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment(), check=False
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert "encoder-only" in lines[0]
        assert lines[-1].startswith("you ")


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_exit_code_is_described(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"zukan {command}" in text
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \|", text, re.MULTILINE), code
    for target in ("make demo", "make test", "make bench"):
        assert target in text


def test_both_readmes_show_the_same_commands() -> None:
    english, japanese = ([command for command, _ in commands(name)] for name in READMES)
    assert [command.split()[1] for command in english] == [command.split()[1] for command in japanese]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(zukan: Zukan, command: str) -> None:
    done = zukan(command, "--help")
    assert done.returncode == 0
    for option in ("--format", "--db", "--ui"):
        assert option in done.stdout
    assert "Traceback" not in done.stderr


def test_files_named_in_the_docs_exist() -> None:
    for name in (*READMES, "CONTRIBUTING.md"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text):
            if "://" not in target:
                assert (CHECKOUT / target).exists(), f"{name}: {target}"


def test_the_structure_drawn_in_contributing_is_true() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"\b(\w+)\.py\b", text))
    modules = {path.stem for path in (CHECKOUT / "catalogue" / "zukan").glob("*.py") if path.stem != "__init__"}
    assert modules - drawn - {"resources"} == set()
