"""Everything that can be wrong with a model, its Hub, an input or this installation, one row each.

Each row is one run of `zukan try` against the test Hub: one sentence that says what is wrong, the exit code, no
traceback, no answer, no code of the repository run, no process left, and no part of a file taken for the whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import broken_models
import processes
from conftest import CHECKOUT, Zukan, child_environment
from hub_server import HubServer
from zukan_cli.exit_codes import ExitCode

GAP = "I love [MASK]."
SENTENCE = "What is AI"
LONG = "I love you. " * 400


class Row(NamedTuple):
    """A fault: the repository, what is asked of it, and how that must end."""

    fault: str
    """As the research notes of the project name it."""
    arguments: tuple[str, ...]
    code: ExitCode
    word: str
    """In the sentence; of a run that ends well, in a warning."""


def _quantised(method: str, package: str) -> Row:
    name = f"quantised by {method}, without its package"
    return Row(name, (f"acme/quantised-{method}", GAP), ExitCode.EXTRA, f"pip install {package}")


SILENT = (
    Row("seq2seq asked to continue a text", ("acme/t5", SENTENCE, "--task", "text-generation"), ExitCode.MODEL, "cannot do"),
    Row("head not in the checkpoint", ("acme/no-head", GAP), ExitCode.OK, "untrained head"),
    Row("no tokenizer files", ("acme/no-tokenizer", GAP), ExitCode.MODEL, "no tokenizer files"),
    Row("a tokenizer without tokens", ("acme/empty-tokenizer", GAP), ExitCode.MODEL, "its tokenizer knows"),
    Row("NaN weights, one pass", ("acme/not-a-number", GAP), ExitCode.TRIAL, "NaN"),
    Row("NaN weights, generating", ("acme/generating-nan", SENTENCE), ExitCode.TRIAL, "NaN"),
    Row("unknown quant_method", ("acme/quantised-mystery", GAP), ExitCode.MODEL, "quantization method mystery"),
    Row("M2M-100 without a target", ("acme/m2m", "How are you"), ExitCode.USAGE, "--to"),
    Row("M2M-100 with a target that it has not", ("acme/m2m", "Hi", "--to", "klingon"), ExitCode.USAGE, "--to"),
    Row("fewer layers than weights", ("acme/fewer-layers", GAP), ExitCode.OK, "are left out"),
    Row("more layers than weights", ("acme/more-layers", GAP), ExitCode.OK, "untrained layers"),
    Row("a vocabulary smaller than the tokenizer's", ("acme/small-vocabulary", GAP), ExitCode.TRIAL, "not of one model"),
    Row("empty input", ("acme/bert", ""), ExitCode.USAGE, "nothing to answer"),
    Row("blank input", ("acme/bert", " \n\t "), ExitCode.USAGE, "nothing to answer"),
    Row("a local folder of the repository's name", ("acme/gated", GAP), ExitCode.ACCESS, "gated"),
    Row("input in another script", ("acme/english", "私は[MASK]が好きです。"), ExitCode.OK, "Japanese kana"),
)  # fmt: skip
LOUD = (
    Row("custom code", ("acme/custom-code", GAP), ExitCode.MODEL, "--trust-remote-code"),
    Row("pickle only", ("acme/pickle-only", GAP), ExitCode.OK, "pickle"),
    Row("pickle only, refused", ("acme/pickle-only", GAP, "--safetensors-only"), ExitCode.MODEL, "--safetensors-only"),
    Row("malicious pickle", ("acme/malicious-pickle", GAP), ExitCode.MODEL, "unsafe"),
    Row("a git-lfs pointer for a pickle", ("acme/pickle-lfs-pointer", GAP), ExitCode.TRIAL, "git-lfs pointer"),
    Row("a web page for a pickle", ("acme/pickle-web-page", GAP), ExitCode.TRIAL, "web page"),
    Row("anything for a pickle", ("acme/pickle-junk", GAP), ExitCode.TRIAL, "no weights that torch knows"),
    Row("a truncated pickle", ("acme/pickle-truncated", GAP), ExitCode.TRIAL, "cut off"),
    Row("a pickle of no bytes", ("acme/pickle-empty", GAP), ExitCode.TRIAL, "empty"),
    Row("a pickle that calls", ("acme/pickle-that-calls", GAP), ExitCode.MODEL, "unsafe"),
    Row("a pickle that calls, in letters", ("acme/pickle-that-calls-in-letters", GAP), ExitCode.MODEL, "unsafe"),
    Row("another program's pickle", ("acme/pickle-of-others", GAP), ExitCode.TRIAL, "not one of torch's"),
    Row("no weights", ("acme/no-weights", GAP), ExitCode.MODEL, "no weight file"),
    Row("no config", ("acme/no-config", GAP), ExitCode.MODEL, "no config.json"),
    Row("no model_type", ("acme/no-model-type", GAP), ExitCode.MODEL, "model_type"),
    Row("GGUF of an unknown architecture", ("acme/gguf-only", GAP), ExitCode.MODEL, "llama-cli -hf acme/gguf-only:Q4_K_M"),
    Row("an adapter that needs a head", ("acme/adapter-head", GAP), ExitCode.MODEL, "a head of its own (SEQ_CLS)"),
    Row("diffusers", ("acme/diffusers", GAP), ExitCode.MODEL, "diffusers"),
    Row("config is not JSON", ("acme/config-not-json", GAP), ExitCode.MODEL, "config.json is not valid JSON"),
    Row("newer model_type", ("acme/new-type", GAP), ExitCode.MODEL, "does not know the model type zukan_brandnew"),
    Row("truncated weights", ("acme/truncated", GAP), ExitCode.TRIAL, "cut off"),
    Row("a web page for weights", ("acme/web-page", GAP), ExitCode.TRIAL, "web page"),
    Row("a git-lfs pointer for weights", ("acme/lfs-pointer", GAP), ExitCode.TRIAL, "git-lfs pointer"),
    Row("weights of no bytes", ("acme/empty-weights", GAP), ExitCode.TRIAL, "empty"),
    Row("missing shard", ("acme/missing-shard", GAP), ExitCode.MODEL, "model-00002-of-00002.safetensors"),
    Row("config of other weights", ("acme/other-shapes", GAP), ExitCode.TRIAL, "other shapes"),
    Row("wrong task", ("acme/bert", GAP, "--task", "translation"), ExitCode.MODEL, "--task fill-mask"),
    Row("over-long for BERT", ("acme/bert", f"{GAP} {LONG}"), ExitCode.OK, "the rest was cut off"),
    Row("over-long for RoBERTa", ("acme/roberta", f"I love <mask>. {LONG}"), ExitCode.OK, "the rest was cut off"),
    Row("over-long for GPT-Neo", ("acme/gpt-neo", LONG), ExitCode.OK, "were cut off"),
    Row("no mask in the text", ("acme/bert", "I love you."), ExitCode.USAGE, "no gap"),
    Row("another model's mask", ("acme/bert", "I love <mask>."), ExitCode.OK, ""),
    Row("no pad token, no chat template", ("acme/openai-gpt", SENTENCE, "--max-new-tokens", "4"), ExitCode.OK, ""),
    _quantised("bitsandbytes", "bitsandbytes"),
    _quantised("gptq", "gptqmodel"),
    _quantised("awq", "gptqmodel"),
    _quantised("compressed-tensors", "compressed-tensors"),
    _quantised("torchao", "torchao"),
    _quantised("hqq", "hqq"),
    Row("CUDA asked, none there", ("acme/bert", GAP, "--device", "cuda"), ExitCode.USAGE, "torch has no device cuda"),
    Row("no such device", ("acme/bert", GAP, "--device", "abacus"), ExitCode.USAGE, "not a device"),
    Row("repository not found", ("acme/nowhere", GAP), ExitCode.ACCESS, "no public model"),
    Row("revision not found", ("acme/bert", GAP, "--revision", "v9"), ExitCode.ACCESS, "no revision"),
    Row("gated", ("acme/gated", GAP), ExitCode.ACCESS, "gated"),
    Row("offline and not cached", ("acme/bert", GAP, "--offline"), ExitCode.HUB, "not in the local cache"),
    Row("larger than the disk", ("acme/giant", GAP, "--yes"), ExitCode.MODEL, "needs about"),
    Row("a download above the limit", ("acme/large", GAP), ExitCode.MODEL, "--yes"),
    Row("time is up", ("acme/bert", GAP, "--timeout", "0.1"), ExitCode.TRIAL, "--timeout"),
    Row("out of the memory allowed", ("acme/bert", GAP, "--memory-limit", "100MB"), ExitCode.MODEL, "--memory-limit"),
    Row("no such folder", ("./nowhere", GAP), ExitCode.MODEL, "no such folder"),
    Row("a file for a folder", (__file__, GAP), ExitCode.MODEL, "it is a file"),
    Row("a revision of a folder", (str(Path(__file__).parent), GAP, "--revision", "v9"), ExitCode.ACCESS, "no revision v9"),
)  # fmt: skip

DERIVED = (
    "pickle-only no-weights config-not-json no-tokenizer truncated no-head not-a-number web-page empty-weights "
    "pickle-lfs-pointer pickle-web-page pickle-junk pickle-truncated pickle-empty pickle-of-others fewer-layers "
    "pickle-that-calls pickle-that-calls-in-letters spare-weights "
    "more-layers small-vocabulary lfs-pointer missing-shard other-shapes no-config no-model-type new-type gguf-only diffusers empty-tokenizer"
).split()


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that appears if code of a repository ever runs."""
    return tmp_path_factory.mktemp("marker") / "ran"


@pytest.fixture(scope="module")
def broken_hub(
    tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, marker: Path
) -> Iterator[HubServer]:
    """Return a Hub that serves good, broken, gated, huge and dangerous repositories."""
    folder = tmp_path_factory.mktemp("broken")
    bert = tiny_models["bert"]
    with HubServer() as server:
        for fault in (*DERIVED, *(f"quantised-{method}" for method in broken_models.QUANTISERS)):
            broken_models.derive(fault, bert, folder / fault)
            server.add_model(f"acme/{fault}", folder=folder / fault, row={"pipeline_tag": "fill-mask"})
        for fault in broken_models.NEED_MARKER:
            broken_models.derive(fault, bert, folder / fault, marker=marker)
            server.add_model(f"acme/{fault}", folder=folder / fault, row={"pipeline_tag": "fill-mask"})
        for name, settings in (
            ("adapter", {}),
            ("adapter-head", {"task_type": "SEQ_CLS"}),
            ("adapter-of-a-path", {"base_model_name_or_path": "/etc"}),
        ):
            broken_models.derive("adapter-only", bert, folder / name)
            broken_models.adapter(folder / name, **settings)
            server.add_model(f"acme/{name}", folder=folder / name)
        broken_models.derive("not-a-number", tiny_models["gpt-neo"], folder / "generating-nan")
        server.add_model("acme/generating-nan", folder=folder / "generating-nan")
        for name in ("bert", "roberta", "gpt-neo", "openai-gpt", "t5"):
            server.add_model(f"acme/{name}", folder=tiny_models[name])
        server.add_model("acme/m2m", folder=tiny_models["m2m100"], row={"pipeline_tag": "translation"})
        server.add_model("acme/english", folder=bert, row={"tags": ["transformers", "bert", "en", "license:mit"]})
        server.add_model("acme/gated", folder=bert, gated="manual")
        server.add_model("acme/giant", folder=bert, announced={"model.safetensors": 10**15})
        server.add_model("acme/large", folder=bert, announced={"model.safetensors": 3 * 10**9})
        yield server


@pytest.fixture
def environment(broken_hub: HubServer, tmp_path: Path) -> dict[str, str]:
    """Return what points a run at the Hub and at an empty cache; no accelerator is looked for."""
    return {**broken_hub.environment(tmp_path / "cache"), "CUDA_VISIBLE_DEVICES": ""}


def check(done: subprocess.CompletedProcess[str], row: Row, tmp_path: Path, marker: Path) -> None:
    """Check what every end has in common."""
    assert done.returncode == row.code, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("zukan: ")]
    assert "Traceback" not in done.stderr
    if row.code == ExitCode.OK:
        assert done.stdout.strip()
        assert not row.word or len([line for line in said if row.word in line]) == 1, done.stderr
    else:
        assert done.stdout == ""
        assert row.word in said[-1], done.stderr
        assert len(said[-1]) < 500
    assert not marker.exists()
    if sys.platform.startswith("linux"):
        assert processes.wait_until(lambda: not processes.started_with(str(tmp_path)), 1)
    assert not list(tmp_path.glob("cache/**/*.incomplete"))


@pytest.mark.parametrize("row", [*SILENT, *LOUD], ids=lambda row: row.fault)
def test_each_fault_has_its_sentence_and_code(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path, row: Row
) -> None:
    # A folder of a repository's name must never stand in for it.
    (tmp_path / "acme" / "gated").mkdir(parents=True)
    (tmp_path / "acme" / "gated" / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    done = zukan("try", *row.arguments, environment=environment)
    check(done, row, tmp_path, marker)


def test_the_names_of_the_faults_are_theirs_alone() -> None:
    names = [row.fault for row in (*SILENT, *LOUD)]
    assert len(set(names)) == len(names)


# --- the installation ----------------------------------------------------------------------------------------

_BLOCK = """
import importlib.abc, sys


class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Block())
"""


def with_modules(folder: Path, **modules: str) -> dict[str, str]:
    """Return the variable by which Python finds these modules before all others."""
    for name, code in modules.items():
        path = folder / "site" / name / "__init__.py"
        path.parent.mkdir(parents=True)
        path.write_text(code, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(folder / "site"), child_environment()["PYTHONPATH"]))}


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_a_package_that_is_not_installed(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path, package: str
) -> None:
    blocked = with_modules(tmp_path, sitecustomize=_BLOCK.format(package=package))
    done = zukan("try", "acme/bert", GAP, environment=environment | blocked)
    check(done, Row(package, (), ExitCode.EXTRA, "pip install"), tmp_path, marker)


def test_an_adapter_without_peft(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path
) -> None:
    blocked = with_modules(tmp_path, sitecustomize=_BLOCK.format(package="peft"))
    done = zukan("try", "acme/adapter", SENTENCE, environment=environment | blocked)
    check(done, Row("adapter", (), ExitCode.EXTRA, "pip install peft"), tmp_path, marker)


def test_an_adapter_from_the_hub_names_no_folder(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path
) -> None:
    pytest.importorskip("peft", reason="else the absent package is told first")
    done = zukan("try", "acme/adapter-of-a-path", SENTENCE, environment=environment)
    check(done, Row("adapter", (), ExitCode.MODEL, "/etc, which is no model of the Hub"), tmp_path, marker)


def test_an_adapter_is_tried_on_its_base_model(
    zukan: Zukan, environment: dict[str, str], tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path
) -> None:
    pytest.importorskip("peft", reason="loads adapters")
    folder = tmp_path / "adapter"
    code = (
        "import sys, peft, torch, transformers\n"
        "torch.manual_seed(0)\n"
        "model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1])\n"
        "config = peft.LoraConfig(task_type='CAUSAL_LM', target_modules=['q_proj', 'v_proj', 'c_fc'], init_lora_weights=False)\n"
        "peft.get_peft_model(model, config).save_pretrained(sys.argv[2])\n"
    )
    child = [sys.executable, "-W", "ignore", "-c", code, str(tiny_models["gpt-neo"]), str(folder)]
    subprocess.run(child, check=True, env=child_environment(), capture_output=True)
    broken_models.adapter(folder, base_model_name_or_path="acme/gpt-neo")
    with HubServer() as server:
        server.add_model("acme/adapter", folder=folder)
        server.add_model("acme/gpt-neo", folder=tiny_models["gpt-neo"])
        environment |= server.environment(tmp_path / "cache")
        arguments = (SENTENCE, "--max-new-tokens", "8", "--format", "json")
        plain = json.loads(zukan("try", "acme/gpt-neo", *arguments, environment=environment).stdout)
        done = zukan("try", "acme/adapter", *arguments, environment=environment)
        assert done.returncode == 0, done.stderr
        adapted = json.loads(done.stdout)
        assert (adapted["model_id"], adapted["task"]) == ("acme/adapter", "text-generation")
        assert adapted["sha"] != plain["sha"]
        assert adapted["answer"] != plain["answer"]
        assert f"an adapter, tried on acme/gpt-neo at {plain['sha'][:7]}" in adapted["warnings"]
        server.requests.clear()
        again = zukan("try", "acme/adapter", *arguments, environment=environment)
        assert json.loads(again.stdout)["answer"] == adapted["answer"]
        assert server.requests == []


def test_a_tokenizer_whose_package_is_not_installed(
    zukan: Zukan, broken_hub: HubServer, environment: dict[str, str], tiny_models: dict[str, Path], catalogue: Path,
    tmp_path: Path, marker: Path,
) -> None:  # fmt: skip
    blocked = with_modules(tmp_path, sitecustomize=_BLOCK.format(package="sacremoses"))
    done = zukan("try", str(tiny_models["xlm"]), "I love <special1>.", environment=environment | blocked)
    check(done, Row("XLM", (), ExitCode.EXTRA, "sacremoses"), tmp_path, marker)


def test_a_torchvision_of_another_build(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path
) -> None:
    pytest.importorskip("PIL", reason="without Pillow transformers does not look for torchvision")
    code = "raise RuntimeError('operator torchvision::nms does not exist')"
    other = with_modules(tmp_path, torchvision=code)
    facts = tmp_path / "site" / "torchvision-0.28.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 0.28.0\n", encoding="utf-8")
    done = zukan("try", "acme/bert", GAP, environment=environment | other)
    check(done, Row("torchvision", (), ExitCode.TRIAL, "torchvision does not match torch"), tmp_path, marker)


# --- the Hub and the way to it -------------------------------------------------------------------------------


def test_no_server(zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path) -> None:
    done = zukan("try", "acme/bert", GAP, environment=environment | {"HF_ENDPOINT": "http://127.0.0.1:9"})
    check(done, Row("no server", (), ExitCode.HUB, "cannot be reached"), tmp_path, marker)


def test_a_download_that_always_breaks_off_is_resumed_later(
    zukan: Zukan, tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path
) -> None:
    with HubServer() as server:
        server.add_model("acme/bert", folder=tiny_models["bert"])
        server.fail("/cdn/acme/bert/model.safetensors", kind="reset", times=None)
        environment = server.environment(tmp_path / "cache")
        done = zukan("try", "acme/bert", GAP, environment=environment)
        assert done.returncode == ExitCode.HUB, done.stderr
        assert "Traceback" not in done.stderr
        assert not list((tmp_path / "cache").glob("**/snapshots/*/model.safetensors"))
    with HubServer() as server:
        server.add_model("acme/bert", folder=tiny_models["bert"])
        done = zukan("try", "acme/bert", GAP, environment=server.environment(tmp_path / "cache"))
        assert done.returncode == 0, done.stderr
        assert "you" in done.stdout


def test_half_a_file_is_never_taken_for_the_whole(
    zukan: Zukan, tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path
) -> None:
    with HubServer() as server:
        server.add_model("acme/bert", folder=tiny_models["bert"])
        server.fail("/cdn/acme/bert/model.safetensors", kind="truncate", times=3)
        done = zukan("try", "acme/bert", GAP, environment=server.environment(tmp_path / "cache"))
        assert done.returncode == 0, done.stderr
    (whole,) = (tmp_path / "cache").glob("**/snapshots/*/model.safetensors")
    assert whole.read_bytes() == (tiny_models["bert"] / "model.safetensors").read_bytes()


def test_a_cached_model_is_tried_again_without_a_request(
    zukan: Zukan, broken_hub: HubServer, environment: dict[str, str], catalogue: Path
) -> None:
    assert zukan("try", "acme/english", GAP, environment=environment).returncode == 0
    broken_hub.requests.clear()
    done = zukan("try", "acme/english", GAP, "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"] == "cache"
    assert broken_hub.requests == []
    done = zukan("try", "acme/english", GAP, "--refresh", environment=environment)
    assert done.returncode == 0, done.stderr
    assert len(broken_hub.requests) == 1


# --- the input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "(PNG)"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "(JPEG)"),
        (b"I love \0[MASK].", "binary data"),
        (bytes(range(128, 256)), "binary data"),
        (b"I love [MASK]. " * 2**21, "more than any model reads"),
        (b"", "nothing to answer"),
        (b" \n ", "nothing to answer"),
    ],
    ids=["PNG", "JPEG", "NUL", "no UTF-8", "31 MB", "nothing", "blank"],
)
def test_what_is_no_text_is_refused(
    zukan: Zukan, environment: dict[str, str], catalogue: Path, tmp_path: Path, marker: Path, content: bytes, word: str
) -> None:
    given = subprocess.run(
        [sys.executable, "-m", "zukan_cli", "try", "acme/bert", "-"],
        input=content,
        capture_output=True,
        env=child_environment() | environment,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    done = subprocess.CompletedProcess(given.args, given.returncode, given.stdout.decode(), given.stderr.decode())
    check(done, Row(word, (), ExitCode.USAGE, word), tmp_path, marker)


def test_an_endless_input_is_not_waited_for(catalogue: Path, environment: dict[str, str], tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "zukan_cli", "try", "acme/bert", "-"],
            stdin=endless,
            capture_output=True,
            text=True,
            env=child_environment() | environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    assert done.returncode == ExitCode.USAGE
    assert "which no model reads" in done.stderr


# --- code of others never runs -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", sorted(broken_models.NEED_MARKER))
def test_looking_at_a_dangerous_model_runs_nothing(
    zukan: Zukan, broken_hub: HubServer, environment: dict[str, str], tiny_models: dict[str, Path], catalogue: Path,
    tmp_path: Path, marker: Path, fault: str,
) -> None:  # fmt: skip
    name = f"acme/{fault}"
    folder = broken_models.derive(fault, tiny_models["bert"], tmp_path / "local", marker=marker)
    assert zukan("crawl", "--author", "acme", environment=environment).returncode == 0
    for command in (
        ("show", name),
        ("tag", name),
        ("explain", name),
        ("similar", name),
        ("tag", str(folder)),
        ("tag", str(folder / "config.json")),
        ("import", str(folder)),
    ):
        done = zukan(*command, environment=environment)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0, done.stderr
        assert not marker.exists(), command
    for target in (name, str(folder)):
        done = zukan("try", target, GAP, environment=environment)
        assert done.returncode == ExitCode.MODEL, done.stderr
        assert not marker.exists(), target
    done = zukan("compare", name, str(folder), "zukan/mini-bert", GAP, "--format", "json", environment=environment)
    assert "Traceback" not in done.stderr
    compared = [answers for answers in json.loads(done.stdout)["models"] if answers["model_id"] == "zukan/mini-bert"]
    assert len(compared) == 1
    assert not marker.exists()


def test_the_marker_would_appear(
    zukan: Zukan, environment: dict[str, str], tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path
) -> None:
    """The two tests above can fail: what they guard against is done here, on purpose."""
    own = tmp_path / "own"
    folder = broken_models.derive("custom-code", tiny_models["bert"], tmp_path / "code", marker=own)
    done = zukan("try", str(folder), GAP, "--trust-remote-code", environment=environment)
    assert done.returncode == 0, done.stderr
    assert own.exists()
    own.unlink()
    folder = broken_models.derive("malicious-pickle", tiny_models["bert"], tmp_path / "pickle", marker=own)
    careless = "import sys, torch; torch.load(sys.argv[1], weights_only=False)"
    subprocess.run([sys.executable, "-c", careless, str(folder / "pytorch_model.bin")], check=True, cwd=CHECKOUT)
    assert own.exists()


def test_what_a_layer_has_beside_says_nothing_of_their_number(
    zukan: Zukan, broken_hub: HubServer, tmp_path: Path
) -> None:
    done = zukan("try", "acme/spare-weights", GAP, environment=broken_hub.environment(tmp_path / "cache"))
    assert done.returncode == ExitCode.OK, done.stderr
    assert "left out" not in done.stderr
