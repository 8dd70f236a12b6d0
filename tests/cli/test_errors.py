"""Bad input: one sentence with the next command to type, the documented exit code, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Zukan, child_environment
from zukan import Catalogue, errors
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter
from zukan_cli import sentences
from zukan_cli.exit_codes import ExitCode

USAGE = [
    (("show", "bert-base-uncaset"), "google-bert/bert-base-uncased"),
    (("show", "no/such-model-anywhere-xyz"), "zukan search"),
    (("recommend", "translaton"), "translation"),
    (("recommend", "xyzzy plugh"), "zukan tasks"),
    (("search", "--task", "fil-mask"), "fill-mask"),
    (("search", "--family", "encodr"), "encoder-only"),
    (("search", "--format", "jsn"), "json"),
    (("search", "--format", "xml"), "table, json"),
    (("search", "--language", "klingonese"), "unknown language"),
    (("search", "--sort", "size"), "relevance"),
    (("search", "--min-params", "big"), "350M"),
    (("search", "--limit", "0"), "--limit"),
    (("search", "--nonsense"), "--nonsense"),
    (("search", "--ui", "fr"), "en, ja"),
    (("tasks", "--category", "txt"), "text"),
    (("crawl",), "--top N"),
    (("crawl", "--task", "translte"), "translation"),
    (("serch",), "search"),
    (("show",), "'model'"),
    (("show", ""), "“”; say its name"),
    (("show", "//"), "say its name"),
    (("show", "x'; drop"), "zukan search 'x'"),
    (("show", "zukan/mini-bert"), "built in"),
    (("similar", "zukan/mini-t5"), "zukan try zukan/mini-t5"),
    (("search", "bert", "--sort", ""), "“” (known"),
    (("recommend", "fill-mask", "--machine", ""), "“” (say"),
    (("try", "zukan/mini-bert", "x", "--provider", ""), "“”; did you mean auto"),
    (("try", "zukan/mini-bert", ""), "nothing to answer"),
    (("try", "zukan/mini-bert", "   "), "nothing to answer"),
    (("try", "zukan/mini-bert", "x", "--task", "fillmask-x"), "fill-mask"),
    (("try", "zukan/mini-bert", "x", "--memory-limit", "lots"), "8GB"),
    (("cache", "--remove", "a/b", "--yes"), "zukan cache"),
]


@pytest.mark.parametrize(("arguments", "hint"), USAGE, ids=lambda value: " ".join(value)[:40])
def test_what_cannot_be_understood(zukan: Zukan, catalogue: Path, arguments: tuple[str, ...], hint: str) -> None:
    done = zukan(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert_one_sentence(done.stderr)
    assert hint in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [("search", "bert", "--format", "json"), ("stats",), ("tasks",)])
def test_a_full_disk_and_a_closed_output(zukan: Zukan, catalogue: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "zukan_cli", *arguments]
    environment = {**os.environ, "ZUKAN_DB": str(catalogue)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert done.returncode == ExitCode.CATALOGUE
    assert_one_sentence(done.stderr)
    assert "no space is left" in done.stderr
    closed = ["sh", "-c", 'exec "$0" "$@" >&-', *command]
    done = subprocess.run(closed, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert (done.returncode, "unexpected" in done.stderr) == (0, False)


@pytest.mark.parametrize(("arguments", "code"), [(("recommend", "fill-mask"), 0), (("show", "nope/nope"), 2)])
def test_nobody_reads_what_is_said_beside_the_answer(
    zukan: Zukan, catalogue: Path, arguments: tuple[str, ...], code: int
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "zukan_cli", *arguments]
    environment = {**os.environ, "ZUKAN_DB": str(catalogue)}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=writer, text=True, env=environment, check=False)
    os.close(writer)
    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)


@pytest.mark.parametrize(
    ("arguments", "code"), [(("search", "bert", "--format", "ids"), 0), (("stats",), 0), (("show", "nope/nope"), 2)]
)
def test_a_full_disk_below_what_is_said_beside_the_answer_changes_nothing(
    catalogue: Path, arguments: tuple[str, ...], code: int
) -> None:
    command = [sys.executable, "-m", "zukan_cli", *arguments]
    environment = {**os.environ, "ZUKAN_DB": str(catalogue)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, text=True, env=environment, check=False)
    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)


def test_an_import_goes_on_where_nothing_can_be_said_of_it(tmp_path: Path) -> None:
    rows, path = tmp_path / "rows.jsonl", tmp_path / "catalogue.sqlite"
    rows.write_text("".join(f'{{"id": "acme/heron-{number}"}}\n' for number in range(5)), encoding="utf-8")
    with CatalogueWriter(path, create=True):
        pass
    command = [sys.executable, "-m", "zukan_cli", "import", str(rows), "--db", str(path)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, text=True, check=False)
    assert done.returncode == 0
    with Catalogue(path) as catalogue:
        assert len(catalogue.search("heron").hits) == 5


def test_a_place_that_holds_no_file_is_said_to_and_left_as_it_is(zukan: Zukan, tmp_path: Path) -> None:
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "folder"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "unmounted" / "catalogue.sqlite")
    folder.mkdir()
    for path, why in (
        (pipe, "no regular file"),
        (Path("/dev/null"), "no regular file"),
        (link, "a link that leads nowhere"),
        (folder, "a folder"),
    ):
        for arguments in (("search", "bert"), ("optimize",), ("import", str(tmp_path / "rows.jsonl"))):
            done = zukan(*arguments, "--db", str(path))
            assert done.returncode == ExitCode.CATALOGUE, (path, arguments, done.stderr)
            assert_one_sentence(done.stderr)
            assert why in done.stderr
    assert link.is_symlink()
    assert not link.exists()


def test_a_name_that_is_too_long_for_a_file(zukan: Zukan, tmp_path: Path) -> None:
    done = zukan("stats", "--db", str(tmp_path / ("a" * 300)))
    assert done.returncode == ExitCode.CATALOGUE
    assert_one_sentence(done.stderr)
    assert "unexpected" not in done.stderr


def test_names_that_sqlite_and_shells_read_otherwise_are_files(catalogue: Path, tmp_path: Path) -> None:
    for name in (":memory:", "~nobodys/place.sqlite"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(catalogue, path)
        command = [sys.executable, "-m", "zukan_cli", "stats", "--format", "json", "--db", name]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=child_environment(), check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["models"] > 20_000


@pytest.mark.parametrize(
    "arguments",
    [("try", "zukan/mini-bert", "-"), ("compare", "zukan/mini-bert", "-"), ("sql", "-"), ("tag", "--stdin")],
)
def test_a_closed_standard_input(catalogue: Path, arguments: tuple[str, ...]) -> None:
    closed = ["sh", "-c", 'exec "$0" "$@" <&-', sys.executable, "-m", "zukan_cli", *arguments]
    environment = {**os.environ, "ZUKAN_DB": str(catalogue)}
    done = subprocess.run(closed, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == ExitCode.USAGE
    assert_one_sentence(done.stderr)
    assert "nothing to" in done.stderr


@pytest.mark.parametrize(("limit", "name"), [("-f 40", "ulimit -f"), ("-n 8", "")])
def test_limits_of_the_shell(catalogue: Path, tmp_path: Path, limit: str, name: str) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copy(catalogue, copy)
    command = ["sh", "-c", f'ulimit {limit}; exec "$0" "$@"', sys.executable, "-m", "zukan_cli", "optimize"]
    environment = {**os.environ, "ZUKAN_DB": str(copy)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode != 0
    assert_one_sentence(done.stderr)
    assert name in done.stderr
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def assert_one_sentence(text: str) -> None:
    lines = [line for line in text.splitlines() if line.startswith("zukan: ")]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    assert text.strip().endswith(lines[0])


def test_a_file_that_is_no_catalogue(zukan: Zukan, tmp_path: Path) -> None:
    for content in (b"hello, this is text and no database " * 40, b"", b"SQLite format 3\x00" + b"\x07" * 5_000):
        path = tmp_path / "other.sqlite"
        path.write_bytes(content)
        done = zukan("search", "bert", "--db", str(path))
        assert done.returncode == ExitCode.CATALOGUE
        assert_one_sentence(done.stderr)
        assert "move it away" in done.stderr
        assert path.read_bytes() == content, "what is not ours is not touched"


def test_another_programs_database(zukan: Zukan, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE model (id)")
    connection.close()
    before = path.read_bytes()
    for command in (("search", "bert"), ("crawl", "--top", "1"), ("try", "zukan/mini-bert")):
        done = zukan(*command, "--db", str(path))
        assert done.returncode == ExitCode.CATALOGUE
        assert_one_sentence(done.stderr)
    assert path.read_bytes() == before


def test_a_catalogue_of_a_newer_zukan(zukan: Zukan, catalogue: Path) -> None:
    with sqlite3.connect(catalogue) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    for command in (("search", "bert"), ("crawl", "--top", "1")):
        done = zukan(*command)
        assert done.returncode == ExitCode.CATALOGUE
        assert "newer zukan" in done.stderr
        assert_one_sentence(done.stderr)


def test_a_catalogue_cut_short(zukan: Zukan, catalogue: Path) -> None:
    with catalogue.open("r+b") as file:
        file.truncate(catalogue.stat().st_size // 3)
    done = zukan("search", "bert")
    assert done.returncode == ExitCode.CATALOGUE
    assert_one_sentence(done.stderr)


@pytest.mark.slow
def test_a_catalogue_that_another_program_writes(zukan: Zukan, catalogue: Path) -> None:
    holder = sqlite3.connect(catalogue, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        done = zukan("search", "bert", "--limit", "1", "--format", "ids")
        assert done.returncode == 0, "readers are never locked out"
        done = zukan("try", "zukan/mini-bert", "I love [MASK].")
        assert done.returncode == 0, "an answer is not lost because it cannot be stored"
        assert "not stored" in done.stderr
    finally:
        holder.close()


def test_a_directory_as_catalogue_and_a_place_that_cannot_be_written(zukan: Zukan, tmp_path: Path) -> None:
    done = zukan("search", "bert", "--db", str(tmp_path))
    assert done.returncode == ExitCode.CATALOGUE
    assert_one_sentence(done.stderr)
    done = zukan("search", "bert", "--db", "/proc/zukan/catalogue.sqlite")
    assert done.returncode == ExitCode.CATALOGUE
    assert_one_sentence(done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs a small mount made by root")
def test_a_full_disk_leaves_no_half_catalogue(zukan: Zukan, tmp_path: Path) -> None:
    import subprocess

    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        done = zukan("search", "bert", "--db", str(folder / "catalogue.sqlite"))
        assert done.returncode == ExitCode.CATALOGUE
        assert "no space is left" in done.stderr
        assert_one_sentence(done.stderr)
        assert not (folder / "catalogue.sqlite").exists()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_an_unwritable_catalogue_says_so_when_crawling(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir()
    path = folder / "catalogue.sqlite"
    shutil.move(catalogue, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        done = zukan("crawl", "--top", "1", "--db", str(path), environment={"HF_ENDPOINT": "http://127.0.0.1:9"})
    finally:
        folder.chmod(0o755)
        path.chmod(0o644)
    # root may write anywhere; then the Hub that is not there is what stops it
    assert done.returncode == (ExitCode.HUB if os.geteuid() == 0 else ExitCode.CATALOGUE)
    assert_one_sentence(done.stderr)
    with CatalogueReader(path) as reader:
        assert reader.get("google/flan-t5-xl") is not None


def test_without_the_trial_extra(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    """A Python that sees no torch: the sentence names what to install."""
    blocker = tmp_path / "site" / "sitecustomize.py"
    blocker.parent.mkdir()
    blocker.write_text(
        "import sys, importlib.abc\n"
        "class Block(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('torch', 'transformers'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Block())\n"
    )
    from conftest import child_environment

    python_path = os.pathsep.join((str(blocker.parent), child_environment()["PYTHONPATH"]))
    done = zukan("try", "zukan/mini-bert", "I love [MASK].", environment={"PYTHONPATH": python_path})
    assert done.returncode == ExitCode.EXTRA
    assert "pip install" in done.stderr
    assert "[trial]" in done.stderr
    assert_one_sentence(done.stderr)


def test_every_error_has_a_sentence_of_its_own() -> None:
    pending, kinds = [errors.ZukanError], []
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if not kind.__name__.startswith("_"):
            kinds.append(kind)
    missing = [kind.__name__ for kind in kinds if kind is not errors.ZukanError and kind not in sentences._TABLE]
    assert missing == []


def test_the_error_tree_is_drawn_whole() -> None:
    drawing = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.ZukanError) and not name.startswith("_"):
            assert f" {name} " in drawing or drawing.startswith(name) or f"{name}\n" in drawing, name


def test_a_bug_is_one_sentence_too(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text("import zukan.search\nzukan.search.search = lambda *_: 1 / 0\n")
    from conftest import child_environment

    python_path = os.pathsep.join((str(broken.parent), child_environment()["PYTHONPATH"]))
    done = zukan("search", "bert", environment={"PYTHONPATH": python_path})
    assert done.returncode == ExitCode.FAILURE
    assert_one_sentence(done.stderr)
    assert "ZUKAN_DEBUG=1" in done.stderr
    done = zukan("search", "bert", environment={"PYTHONPATH": python_path, "ZUKAN_DEBUG": "1"})
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" in done.stderr
