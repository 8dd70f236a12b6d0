"""Config files, GGUF headers and model folders on disk become rows that the tagger reads; bad ones say what is wrong."""

from __future__ import annotations

import contextlib
import json
import math
import struct
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.catalogue import Catalogue
from zukan.errors import UnreadableFile
from zukan.families import classify
from zukan.raw_rows import row_text
from zukan.reading.gguf_header import read_gguf_header
from zukan.reading.local_row import is_path, is_there, row_of_path
from zukan.reading.safetensors_header import MAX_HEADER_BYTES, count_parameters
from zukan.resources import data_path


def gguf(path: Path, *pairs: tuple[str, Any], version: int = 3) -> Path:
    """Write the head of a GGUF file: strings, flags and lists of strings."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    data = b"GGUF" + struct.pack("<IQQ", version, 0, len(pairs))
    for key, value in pairs:
        data += text(key)
        if isinstance(value, bool):
            data += struct.pack("<I?", 7, value)
        elif isinstance(value, str):
            data += struct.pack("<I", 8) + text(value)
        elif isinstance(value, list):
            data += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(text(item) for item in value)
        else:
            data += struct.pack("<II", 4, value)
    path.write_bytes(data)
    return path


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def family(path: Path) -> str:
    return str(classify(row_of_path(path)).family)


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"architectures": ["BartForCausalLM"], "model_type": "bart", "is_decoder": True}, "decoder-only"),
        ({"architectures": ["BertLMHeadModel"], "model_type": "bert", "is_decoder": True}, "decoder-only"),
        ({"peft_type": "LORA", "base_model_name_or_path": "google/flan-t5-xl", "task_type": None}, "seq2seq"),
        ({"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30", "unet": ["diffusers", "x"]}, "other"),
        ({"architecture": "vit_base_patch16_224", "pretrained_cfg": {"tag": "x"}}, "encoder-only"),
        ({"architecture": "resnet50", "pretrained_cfg": {"tag": "x"}}, "other"),
        ({"encoder": {"model_type": "bert"}, "decoder": {"model_type": "gpt2"}, "is_encoder_decoder": True}, "seq2seq"),
        ({"model_type": "my_vlm", "text_config": {"model_type": "qwen2"}, "vision_config": {}}, "decoder-only"),
        ({"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 8, "type_vocab_size": 2}, "encoder-only"),
        ({"n_embd": 8, "n_head": 2, "n_ctx": 8, "vocab_size": 9}, "decoder-only"),
        ({"hidden_size": 8, "unknown": True, "more": 1}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_a_whole_config_is_used(tmp_path: Path, config: dict[str, Any], wanted: str) -> None:
    assert family(write(tmp_path / "config.json", config)) == wanted


@pytest.mark.parametrize(("name", "wanted"), [("bert", "encoder-only"), ("gpt-neo", "decoder-only"), ("t5", "seq2seq")])
def test_the_built_in_folders(name: str, wanted: str) -> None:
    assert family(data_path("models") / f"mini-{name}") == wanted


def test_a_folder_with_an_adapter_is_an_adapter(tmp_path: Path) -> None:
    write(tmp_path / "config.json", {"model_type": "bert", "architectures": ["BertModel"]})
    write(tmp_path / "adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Llama-2-7b"})
    assert family(tmp_path) == "decoder-only"


def test_the_card_of_a_folder_counts(tmp_path: Path) -> None:
    card = "---\nlibrary_name: transformers\nbase_model: google/flan-t5-base\ntags: [a, 1]\n---\n# x\n"
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert family(tmp_path) == "seq2seq"


@pytest.mark.parametrize(
    "card", ["---\n: [\n---\n", "---\n- a\n---\n", "# no front matter", "---\nopen", "---\n" + "[" * 5000]
)
def test_a_broken_card_is_passed_over(tmp_path: Path, card: str) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    write(tmp_path / "config.json", {"hidden_size": 8})
    assert family(tmp_path) == "undetermined"


def test_a_card_is_read_as_the_hub_reads_it(tmp_path: Path) -> None:
    card = """\
    date: 2024-07-11
    language: no
    license: &x mit
    license_name: *x
    pipeline_tag: 2024-07-11
    tags: [a, on, 1.0]
    library_name: [transformers]
    """
    (tmp_path / "README.md").write_text(f"---\n{dedent(card)}---\n", encoding="utf-8")
    write(tmp_path / "modules.json", [])
    row = row_of_path(tmp_path)
    assert row == {
        "id": str(tmp_path),
        "cardData": {
            "date": "2024-07-11",
            "language": "no",
            "license": "mit",
            "license_name": "mit",
            "pipeline_tag": "2024-07-11",
            "tags": ["a", "on", 1.0],
            "library_name": ["transformers"],
        },
        "pipeline_tag": "2024-07-11",
        "tags": ["a", "on", 1.0],
        "library_name": "sentence-transformers",
    }
    row_text(row)


def test_a_card_whose_aliases_grow_without_end_is_passed_over(tmp_path: Path) -> None:
    bomb = "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(20))
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n{bomb}---\n", encoding="utf-8")
    write(tmp_path / "config.json", {"model_type": "bert"})
    assert row_of_path(tmp_path) == {"id": str(tmp_path), "config": {"model_type": "bert"}}


@pytest.mark.parametrize("card", ["---\n---\n", "---\n{}\n---\n", "---\ntags: []\npipeline_tag: \n---\n"])
def test_what_a_card_leaves_empty_is_not_in_the_row(tmp_path: Path, card: str) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    write(tmp_path / "config.json", {"model_type": "bert"})
    assert row_of_path(tmp_path).keys() <= {"id", "config", "cardData"}


def test_a_folder_without_anything_to_tell_says_so(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(UnreadableFile, match=r"no config\.json"):
        row_of_path(tmp_path)


def test_a_part_beside_the_model_is_not_the_model(tmp_path: Path) -> None:
    gguf(tmp_path / "mmproj-f16.gguf", ("general.architecture", "clip"))
    gguf(tmp_path / "qwen.gguf", ("general.architecture", "qwen2vl"))
    assert family(tmp_path) == "decoder-only"


def test_a_card_written_on_windows(tmp_path: Path) -> None:
    card = "---\r\nbase_model: google/flan-t5-base\r\n---\r\n"
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf" + card.encode())
    assert family(tmp_path) == "seq2seq"


def test_marks_of_libraries(tmp_path: Path) -> None:
    write(tmp_path / "st" / "modules.json", [])
    write(tmp_path / "st" / "config.json", {"model_type": "t5"})
    assert family(tmp_path / "st") == "encoder-only", "sentence-transformers runs the first half of a T5"
    write(tmp_path / "clip" / "open_clip_config.json", {})
    assert family(tmp_path / "clip") == "encoder-only"
    write(tmp_path / "sk" / "model.skops", {})
    assert family(tmp_path / "sk") == "other"


@pytest.mark.parametrize("version", [2, 3])
def test_the_head_of_a_gguf_file(tmp_path: Path, version: int) -> None:
    pairs = [("general.type", "model"), ("general.tags", ["a", "b"]), ("general.architecture", "qwen2")]
    path = gguf(tmp_path / "x.gguf", *pairs, ("qwen2.block_count", 2), version=version)
    assert read_gguf_header(path) == {"architecture": "qwen2"}
    assert family(path) == "decoder-only"
    both = gguf(tmp_path / "y.gguf", ("general.architecture", "qwen2"), ("qwen2.attention.causal", False))
    assert family(both) == "encoder-only"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGUF",
        b"nope" * 10,
        b"GGUF" + struct.pack("<IQQ", 1, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**62),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"a" + struct.pack("<I", 99),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"a" + struct.pack("<IIQ", 9, 9, 5),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"a" + struct.pack("<IIQ", 9, 4, 2**50),
    ],
)
def test_a_broken_gguf_file_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile):
        row_of_path(path)


@given(st.binary(max_size=200))
def test_any_gguf_header_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("gguf") / "x.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 3) + data)
    with contextlib.suppress(ValueError):
        read_gguf_header(path)


# --- safetensors -----------------------------------------------------------------------------------------


def weights(path: Path, **tensors: tuple[str, list[int]]) -> Path:
    """Write the head of a safetensors file; nothing looks at what comes behind it."""
    header: dict[str, Any] = {name: {"dtype": dtype, "shape": shape} for name, (dtype, shape) in tensors.items()}
    return headed(path, json.dumps({"__metadata__": {"format": "pt"}, **header}).encode())


def headed(path: Path, text: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    return path


def test_parameters_are_counted_by_dtype(tmp_path: Path) -> None:
    write(tmp_path / "config.json", {"model_type": "bert"})
    weights(tmp_path / "model.safetensors", a=("F32", [3, 4]), b=("BF16", [5]), c=("F32", []), d=("F32", [0, 9]))
    assert row_of_path(tmp_path)["safetensors"] == {"parameters": {"BF16": 5, "F32": 13}, "total": 18}


def test_the_built_in_models_are_counted_as_their_own_library_counts() -> None:
    safetensors = pytest.importorskip("safetensors", reason="only to compare with")
    for folder in (data_path("models") / "mini-bert", data_path("models") / "mini-t5"):
        with safetensors.safe_open(folder / "model.safetensors", "numpy") as file:
            wanted = sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
        assert row_of_path(folder)["safetensors"] == {"parameters": {"F32": wanted}, "total": wanted}


def shards(folder: Path, *names: Any) -> Path:
    write(folder / "config.json", {"model_type": "bert"})
    write(folder / "model.safetensors.index.json", {"weight_map": {f"t{n}": name for n, name in enumerate(names)}})
    weights(folder / "one.safetensors", a=("F16", [3]))
    weights(folder / "two.safetensors", b=("F16", [4]), c=("I64", [1]))
    return folder


def test_shards_are_counted_together(tmp_path: Path) -> None:
    shards(tmp_path, "one.safetensors", "two.safetensors", "one.safetensors")
    assert row_of_path(tmp_path)["safetensors"] == {"parameters": {"F16": 7, "I64": 1}, "total": 8}
    weights(tmp_path / "model.safetensors", a=("F32", [2]))
    assert row_of_path(tmp_path)["safetensors"]["total"] == 2, "one file comes before shards"


@pytest.mark.parametrize("name", ["gone.safetensors", "../other.safetensors", ".", "", None, "a\0b"])
def test_part_of_the_shards_is_no_count(tmp_path: Path, name: Any) -> None:
    weights(tmp_path / "other.safetensors", a=("F32", [2]))
    assert "safetensors" not in row_of_path(shards(tmp_path / "model", "one.safetensors", name))


TENSOR = b'{"a": {"dtype": "F32", "shape": [%s]}}'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        struct.pack("<Q", 50) + b"{}",
        struct.pack("<Q", MAX_HEADER_BYTES + 1) + b"{}",
        *(
            struct.pack("<Q", len(text)) + text
            for text in (
                b"[]", b"{", b"\xff{}", b"[" * 100_000, b'{"a": 1}', b'{"a": {}}', b'{"a": {"dtype": "F32"}}',
                b'{"a": {"dtype": 1, "shape": []}}', TENSOR % b"-1", TENSOR % b"1.5", TENSOR % b"true", TENSOR % (b"9" * 30),
                TENSOR % (b"1," * 64 + b"1"), TENSOR % (b"9999999999," * 60 + b"1"), b'{"a": {"dtype": "f\\n", "shape": []}}',
            )
        ),
    ],
)  # fmt: skip
def test_broken_weights_are_not_counted_and_the_folder_is_still_read(tmp_path: Path, data: bytes) -> None:
    write(tmp_path / "config.json", {"model_type": "bert"})
    (tmp_path / "model.safetensors").write_bytes(data)
    assert row_of_path(tmp_path) == {"id": str(tmp_path), "config": {"model_type": "bert"}}
    with pytest.raises(ValueError, match=r"."):
        count_parameters(tmp_path / "model.safetensors")


def test_a_file_without_tensors_has_no_count(tmp_path: Path) -> None:
    write(tmp_path / "config.json", {"model_type": "bert"})
    weights(tmp_path / "model.safetensors")
    assert "safetensors" not in row_of_path(tmp_path)


@given(st.binary(max_size=200))
def test_any_safetensors_header_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = headed(tmp_path_factory.mktemp("safetensors") / "x", data)
    with contextlib.suppress(ValueError):
        assert all(count >= 0 for count in count_parameters(path).values())


# --- what cannot be read, and what a name means ----------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not json", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"\xff\xfe{", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"", "not JSON"),
    ],
)
def test_a_config_that_is_none_says_so(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=problem):
        row_of_path(path)


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        row_of_path(tmp_path / "config.json")


def test_what_a_name_means() -> None:
    assert [is_path(name) for name in ("./x", "/x", "~/x", "config.json")] == [True] * 4
    assert [is_path(name) for name in ("google/flan-t5-xl", "bert-base-uncased", "a/b-GGUF.gguf")] == [False] * 3
    assert not is_there("x" * 300)
    with pytest.raises(UnreadableFile):
        row_of_path(Path("~no-such-user-here/config.json"))


def test_a_models_id_wins_over_a_folder_of_that_name(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("google/flan-t5-xl", "my-model"):
        write(tmp_path / name / "config.json", {"model_type": "gpt2"})
    zukan = Catalogue(catalogue)
    assert zukan.tag("google/flan-t5-xl")[1].family == "seq2seq"
    assert zukan.tag("./google/flan-t5-xl")[1].family == "decoder-only"
    assert zukan.tag("my-model")[1].family == "decoder-only"
