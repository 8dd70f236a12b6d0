"""GGUF files: which one is tried, that it answers, and what is said where it cannot be tried."""

from __future__ import annotations

import importlib.util
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

import tiny_gguf
from conftest import Zukan
from hub_server import HubServer
from zukan import errors
from zukan.outcomes import TrialRequest
from zukan.schema import Family
from zukan.trial import gguf, preflight
from zukan.trial.source import Repository, local_repository
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="transformers is not installed"
)
MADE = pytest.mark.skipif(importlib.util.find_spec("gguf") is None, reason="gguf is not installed")

ASKED = "What is the capital of Japan?"


def header(architecture: str, **values: int | list[int]) -> bytes:
    """Return the beginning of a GGUF file: an architecture, its figures and a list of tokens."""
    keys = [("general.architecture", 8, _text(architecture))]
    for name, value in values.items():
        if isinstance(value, int):
            keys.append((f"{architecture}.{name}", 4, struct.pack("<I", value)))
        else:
            text = struct.pack(f"<IQ{len(value)}I", 4, len(value), *value)
            keys.append((f"{architecture}.{name}", 9, text))
    tokens = [_text(f"token{number}") for number in range(40)]
    keys.append(("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, len(tokens)) + b"".join(tokens)))
    body = b"".join(_text(name) + struct.pack("<I", kind) + value for name, kind, value in keys)
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + body


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def folder_of(folder: Path, *names: str, content: bytes = b"") -> Repository:
    """Make a folder of such files, and open it."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content or header("llama", block_count=2))
    found = local_repository(str(folder))
    assert found is not None
    return found


# --- which file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Qwen2.5-0.5B-Instruct-Q4_K_M.gguf", "Q4_K_M"),
        ("qwen2.5-0.5b-instruct-q4_k_m.gguf", "Q4_K_M"),
        ("phi-2.Q5_K_S.gguf", "Q5_K_S"),
        ("ggml-model-f16.gguf", "F16"),
        ("Phi-3-mini-4k-instruct-fp16.gguf", "F16"),
        ("BF16/model.gguf", "BF16"),
        ("x-UD-IQ2_XXS.gguf", "IQ2_XXS"),
        ("gemma-3-1b-it-qat-q4_0.gguf", "Q4_0"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("llama.gguf", None),
    ],
)
def test_a_kind_is_read_from_the_name(name: str, kind: str | None) -> None:
    assert gguf.kind_of(name) == kind


@pytest.mark.parametrize(
    ("names", "wanted", "chosen"),
    [
        (("m-Q2_K", "m-Q4_0", "m-Q4_K_M", "m-Q8_0", "m-F16"), None, "m-Q4_K_M"),
        (("m-Q2_K", "m-Q8_0", "m-F16"), None, "m-Q8_0"),
        (("m-IQ2_XXS", "m-Q5_K_M", "m-Q6_K"), None, "m-Q5_K_M"),
        (("m-Q4_K_M", "mmproj-m-F16", "m-imatrix"), None, "m-Q4_K_M"),
        (("m-Q4_K_M-00001-of-00002", "m-Q4_K_M-00002-of-00002", "m-Q3_K_S"), None, "m-Q3_K_S"),
        (("m",), None, "m"),
        (("m-Q4_K_M", "m-Q8_0"), "q8_0", "m-Q8_0"),
        (("m-Q4_K_M", "m-fp16"), "F16", "m-fp16"),
        (("m-Q4_K_M", "sub/other"), "sub/other.gguf", "sub/other"),
        (("m-Q4_K_M", "sub/other"), "other.gguf", "sub/other"),
    ],
)
def test_of_several_files_one_is_chosen(
    tmp_path: Path, names: tuple[str, ...], wanted: str | None, chosen: str
) -> None:
    repository = folder_of(tmp_path / "m", *(f"{name}.gguf" for name in names))
    assert gguf.choose(repository, wanted)[0] == f"{chosen}.gguf"


def test_a_file_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    repository = folder_of(tmp_path / "m", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "mmproj.gguf")
    with pytest.raises(errors.NoSuchFile) as caught:
        gguf.choose(repository, "Q5_K_M")
    assert caught.value.suggestions == ("Q4_K_M", "Q8_0")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf"), "in parts"),
        (("mmproj-F16.gguf",), "not the model itself"),
    ],
)
def test_what_is_no_whole_model_is_refused(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    with pytest.raises(errors.UnloadableModel, match=words):
        gguf.choose(folder_of(tmp_path / "m", *names), None)


@pytest.mark.parametrize(
    ("model", "name", "file"),
    [
        ("acme/m-GGUF:Q4_K_M", "acme/m-GGUF", "Q4_K_M"),
        ("acme/m-GGUF:sub/m.gguf", "acme/m-GGUF", "sub/m.gguf"),
        ("./m:Q8_0", "./m", "Q8_0"),
        ("acme/m", "acme/m", None),
        ("C:\\models", "C:\\models", None),
        ("acme/m:", "acme/m:", None),
    ],
)
def test_a_file_is_named_behind_a_colon(model: str, name: str, file: str | None) -> None:
    request = gguf.named(TrialRequest(model))
    assert (request.model, request.gguf) == (name, file)
    assert gguf.named(request) == request


def test_a_folder_whose_name_has_a_colon_is_that_folder(tmp_path: Path) -> None:
    (tmp_path / "m:Q8_0").mkdir()
    assert gguf.named(TrialRequest(str(tmp_path / "m:Q8_0"))).gguf is None


# --- what its header says ------------------------------------------------------------------------------------


def test_a_plan_is_made_of_the_beginning_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zukan.trial.tables.is_installed", lambda _package: True)
    shape = {"block_count": 16, "embedding_length": 2048, "feed_forward_length": 8192, "attention.head_count": 32}
    repository = folder_of(tmp_path / "m", "m-Q4_K_M.gguf", content=header("llama", **shape))
    repository.parameters = 1_235_814_432
    plan = preflight.plan_trial(TrialRequest("m", text="Hi"), repository)
    assert (plan.task, plan.auto_class, plan.family) == (
        "text-generation", "AutoModelForCausalLM", Family.DECODER_ONLY,
    )  # fmt: skip
    assert plan.config["hidden_size"] == 2048
    assert plan.config["vocab_size"] == 40
    assert plan.selection.gguf_file == "m-Q4_K_M.gguf"
    # transformers makes 32-bit numbers of them, whatever the file's kind.
    assert plan.estimated_bytes is not None
    assert 4 * 1_235_814_432 < plan.estimated_bytes < 4 * 1_235_814_432 + 10**9
    assert any("takes 4.9 GB of memory; llama.cpp" in note for note in plan.warnings)


def test_a_figure_that_differs_by_layer_is_not_taken_for_the_number_of_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zukan.trial.tables.is_installed", lambda _package: True)
    shape = {"block_count": 30, "embedding_length": 2048, "attention.head_count": 32}
    lists = {"feed_forward_length": [8192] * 30, "attention.head_count_kv": [8] * 30}
    repository = folder_of(tmp_path / "m", "m-Q4_K_M.gguf", content=header("llama", **shape, **lists))
    config = preflight.plan_trial(TrialRequest("m", text="Hi"), repository).config
    assert (config["num_hidden_layers"], config["vocab_size"]) == (30, 40)
    assert not {"intermediate_size", "num_key_value_heads"} & config.keys()


@pytest.mark.parametrize(
    ("architecture", "model_type"),
    [("qwen2", "qwen2"), ("qwen3moe", "qwen3_moe"), ("gemma3", "gemma3_text"), ("qwen35", "qwen3_5_text"),
     ("gpt-oss", "gpt_oss"), ("gpt2", "gpt2"), ("phi3", "phi3"), ("t5encoder", "t5"), ("lfm2", "lfm2")],
)  # fmt: skip
def test_llama_cpps_architectures_have_their_model_types(
    tmp_path: Path, architecture: str, model_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zukan.trial.tables.is_installed", lambda _package: True)
    repository = folder_of(tmp_path / "m", "m.gguf", content=header(architecture, block_count=2))
    assert preflight.plan_trial(TrialRequest("m", text="Hi"), repository).model_type == model_type


def test_what_transformers_reads_is_what_its_own_tables_say() -> None:
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    assert gguf.readable_architectures() >= set(GGUF_SUPPORTED_ARCHITECTURES) - {"general", "tokenizer"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header("hydra", block_count=2), "does not read the GGUF architecture hydra; llama.cpp reads it as it is: llama-cli -m "),
        (b"<!DOCTYPE html><html></html>", "no GGUF file that can be read"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "names no architecture"),
        (b"GGUF" + struct.pack("<I", 1), "no GGUF file that can be read"),
    ],
    ids=["unknown", "web page", "no architecture", "old version"],
)  # fmt: skip
def test_a_file_that_cannot_be_loaded_is_refused_before_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(errors.UnloadableModel) as caught:
        preflight.plan_trial(TrialRequest("m", text="Hi"), folder_of(tmp_path / "m", "m.gguf", content=content))
    assert words in str(caught.value)


def test_the_package_is_asked_for_after_the_architecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zukan.trial.tables.is_installed", lambda package: package != "gguf")
    with pytest.raises(errors.MissingExtra) as caught:
        preflight.plan_trial(TrialRequest("m", text="Hi"), folder_of(tmp_path / "m", "m.gguf"))
    assert caught.value.requirement == "gguf accelerate"
    unknown = folder_of(tmp_path / "n", "m.gguf", content=header("hydra"))
    with pytest.raises(errors.UnloadableModel):
        preflight.plan_trial(TrialRequest("n", text="Hi"), unknown)


def test_other_weights_come_first_unless_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zukan.trial.tables.is_installed", lambda _package: True)
    repository = folder_of(tmp_path / "m", "m-Q8_0.gguf")
    for name, content in (
        ("config.json", '{"model_type": "llama"}'),
        ("model.safetensors", ""),
        ("tokenizer.json", ""),
    ):
        (tmp_path / "m" / name).write_text(content, encoding="utf-8")
        repository.sizes = {**repository.sizes, name: len(content)}
    assert preflight.plan_trial(TrialRequest("m", text="Hi"), repository).selection.gguf_file is None
    named = TrialRequest("m", text="Hi", gguf="Q8_0")
    assert preflight.plan_trial(named, repository).selection.gguf_file == "m-Q8_0.gguf"


# --- from the Hub, by command line ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ggufs(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tiny Llama in three kinds of GGUF."""
    pytest.importorskip("gguf")
    folder = tmp_path_factory.mktemp("gguf")
    for kind in ("Q4_0", "Q8_0", "F16"):
        tiny_gguf.convert(tiny_models["llama-chat"], folder / f"tiny-llama-{kind}.gguf", kind)
    return folder


@pytest.fixture
def served(ggufs: Path) -> Iterator[HubServer]:
    """Return a Hub that serves it."""
    with HubServer() as server:
        server.add_model("acme/tiny-llama-GGUF", folder=ggufs, row={"pipeline_tag": "text-generation"})
        yield server


def files_asked(server: HubServer) -> list[str]:
    """Return the files whose content was fetched, by their ends."""
    return [request.path.rpartition("/")[2] for request in server.requests if request.path.startswith("/cdn/")]


@MADE
def test_a_gguf_file_of_the_hub_answers(zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path) -> None:
    environment = served.environment(tmp_path / "cache")
    arguments = ("try", "acme/tiny-llama-GGUF", ASKED, "--format", "json")
    done = zukan(*arguments, environment=environment)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["answer"] == "The capital of Japan is Tokyo."
    assert (result["gguf_file"], result["dtype"]) == ("tiny-llama-Q4_0.gguf", "float32")
    assert "of 3 GGUF files tiny-llama-Q4_0.gguf is tried; another: acme/tiny-llama-GGUF:Q8_0" in done.stderr
    # Its beginning before anything else, then the file itself, and no other.
    assert files_asked(served) == ["tiny-llama-Q4_0.gguf"] * 2
    served.requests.clear()
    again = json.loads(zukan(*arguments, environment=environment).stdout)
    assert (again["answer"], again["source"]) == (result["answer"], "cache")
    assert served.requests == []


@MADE
def test_the_file_that_is_named_answers_and_no_other_is_fetched(
    zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    environment = served.environment(tmp_path / "cache")
    done = zukan("try", "acme/tiny-llama-GGUF:f16", "Who are you?", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "a tiny llama" in done.stdout
    assert "tiny-llama-F16.gguf" in done.stdout
    assert set(files_asked(served)) == {"tiny-llama-F16.gguf"}
    # Offline, what is here will do.
    done = zukan("try", "acme/tiny-llama-GGUF", "Who are you?", "--offline", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "tiny-llama-F16.gguf" in done.stdout
    done = zukan("try", "acme/tiny-llama-GGUF:Q9_K", "Hi", environment=environment)
    assert done.returncode == ExitCode.USAGE
    assert "acme/tiny-llama-GGUF:Q8_0" in done.stderr


@MADE
def test_two_files_of_one_repository_are_two_models_of_a_comparison(
    zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    names = ("acme/tiny-llama-GGUF:Q4_0", "acme/tiny-llama-GGUF:F16")
    for _turn in range(2):  # the second time from what was kept
        done = zukan("compare", *names, ASKED, "--format", "json", environment=served.environment(tmp_path / "cache"))
        assert done.returncode == 0, done.stderr
        models = json.loads(done.stdout)["models"]
        assert [model["model_id"] for model in models] == list(names)
        # The files differ, so the times do: the second run took each model's own.
        assert models[0]["load_seconds"] != models[1]["load_seconds"]
    assert set(files_asked(served)) == {"tiny-llama-Q4_0.gguf", "tiny-llama-F16.gguf"}


@MADE
def test_a_file_on_disk_answers_and_one_that_is_cut_off_is_told(
    zukan: Zukan, ggufs: Path, catalogue: Path, tmp_path: Path
) -> None:
    path = ggufs / "tiny-llama-Q8_0.gguf"
    done = zukan("try", str(path), ASKED, "--format", "json")
    assert json.loads(done.stdout)["answer"] == "The capital of Japan is Tokyo.", done.stderr
    for length in (3_000, 30_000):
        cut = tmp_path / "cut.gguf"
        cut.write_bytes(path.read_bytes()[:length])
        done = zukan("try", "./cut.gguf", ASKED)
        assert done.returncode == ExitCode.TRIAL
        assert "cut.gguf is cut off" in done.stderr


@MADE
def test_its_memory_is_that_of_the_unpacked_weights(zukan: Zukan, catalogue: Path, tmp_path: Path) -> None:
    path = tiny_gguf.random_llama(tmp_path / "random-Q8_0.gguf", width=512, layers=8, tokens=8_000)
    done = zukan("try", str(path), "Hello", "--max-new-tokens", "2", "--repeat", "0", "--format", "json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert 2.5 * path.stat().st_size < 4 * result["num_parameters"]
    assert abs(result["estimated_bytes"] / result["peak_bytes"] - 1) < 0.1, (
        result["estimated_bytes"],
        result["peak_bytes"],
    )


def test_what_no_transformers_reads_is_told_with_one_request_for_the_file(
    zukan: Zukan, catalogue: Path, tmp_path: Path
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m-Q4_K_M.gguf").write_bytes(header("hydra", block_count=2) + bytes(2**20))
    with HubServer() as server:
        server.add_model("acme/hydra-GGUF", folder=tmp_path / "m")
        done = zukan("try", "acme/hydra-GGUF", "Hi", environment=server.environment(tmp_path / "cache"))
        asked = [request for request in server.requests if request.path.endswith("m-Q4_K_M.gguf")]
    assert done.returncode == ExitCode.MODEL
    assert "llama-cli -hf acme/hydra-GGUF:Q4_K_M" in done.stderr
    assert "Traceback" not in done.stderr
    assert [request.headers.get("range") for request in asked] == ["bytes=0-65535"] * 2  # the Hub, then its CDN
    assert not list((tmp_path / "cache").glob("**/*.gguf"))


def test_a_server_that_knows_no_ranges_is_not_read_to_the_end(
    zukan: Zukan, catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zukan.trial import download

    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m.gguf").write_bytes(header("llama") + bytes(2**20))
    with HubServer() as server:
        server.add_model("acme/m", folder=tmp_path / "m")
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
        found = download.open_repository("acme/m")
        assert found.head("m.gguf", 100) == (header("llama") + bytes(100))[:100]
        server.requests.clear()
        assert len(found.head("m.gguf", 100)) == 100
        assert server.requests == []
