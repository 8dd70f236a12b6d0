"""Lines in, families out: the fast path agrees with the plain one, odd lines are answered, nothing is lost."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zukan.catalogue import Catalogue
from zukan.families import classify
from zukan.family_memo import FamilyMemo
from zukan.resources import data_path
from zukan.schema import Family, FamilyTag
from zukan.tagging import MAX_LINE_BYTES, LineTagger, TagSummary, read_batches
from zukan.task_inference import infer_task


def tagged(*lines: bytes | str | dict[str, Any]) -> list[dict[str, Any]]:
    written = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    return [json.loads(line) for line in LineTagger().tag_lines(written)]


@pytest.fixture(scope="module")
def seed_rows() -> list[dict[str, Any]]:
    with gzip.open(data_path("seed.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def without_config(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows as the Hub's plain listing has them: the ones that the fast path is for."""
    kept = ("id", "tags", "pipeline_tag", "library_name")
    return [{name: row[name] for name in kept if name in row} for row in rows]


def test_the_memo_answers_as_classify_does(seed_rows: list[dict[str, Any]]) -> None:
    memo = FamilyMemo()
    for rows in (seed_rows[::3], without_config(seed_rows[::2])):
        for row in rows:
            assert memo.tag(row) == classify(row), row


def test_the_memo_asks_for_bases_as_classify_does(seed_rows: list[dict[str, Any]]) -> None:
    def lineage(names: Any) -> FamilyTag | None:
        first = min(names)
        return classify({"config": {"model_type": "t5" if "a" in first else "llama"}})

    memo = FamilyMemo(lineage)
    for row in without_config(seed_rows[::4]):
        assert memo.tag(row) == classify(row, lineage), row


TAGS = st.sampled_from(
    [
        "transformers", "pytorch", "safetensors", "peft", "gguf", "mlx", "diffusers", "Diffusers", "timm", "nemo", "bert",
        "llama", "t5", "rag", "sam", "lfm2", "gemma3_text", "codet5p_embedding", "GPNRoFormer", "stablelm_epoch", "en",
        "license:mit", "diffusers:FluxPipeline", "custom_code", "static-embeddings", "ppo", "yolov8", "bidirectional",
        "CTC", "flow-matching", "base_model:google/flan-t5-xl", "base_model:adapter:x/Llama-2-7b", "base_model:a/b",
    ]
)  # fmt: skip
PLAIN_ROWS = st.fixed_dictionaries(
    {"tags": st.lists(TAGS, max_size=7)},
    optional={
        "id": st.sampled_from(
            [
                "a/b", "x/bert-base", "x/Llama-3-8B", "x/LFM2-Encoder", "x/llm2vec-mistral-7b", "flair/ner-large",
                "timm/vit_base", "x/resnet50", "x/chronos-t5-small", "x/t5-encoder-only", "x/whisper-small", "", 7, None,
            ]
        ),
        "library_name": st.sampled_from(["transformers", "peft", "gguf", "timm", "spacy", "nemo", "flair", "new", 5, None]),
        "pipeline_tag": st.sampled_from(["text-generation", "fill-mask", "text-to-image", "image-classification", "odd", {}]),
        "_model_type_tag": st.sampled_from(["bert", "lfm2", "t5", "no-such-type"]),
        "config": st.sampled_from(
            [
                None, {}, {"model_type": "bert"}, {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
                {"architectures": ["BertModel"]}, {"model_type": "blip-2"}, {"model_type": "new", "a": 1, "b": 2},
                {"model_type": "t5", "is_encoder_decoder": False}, {"model_type": "new", "_name_or_path": "X/bert-base"},
                {"peft": {"base_model_name_or_path": "a/b", "task_type": "CAUSAL_LM"}},
                {"diffusers": {"_class_name": "FluxPipeline"}}, {"speechbrain": {"speechbrain_interface": "Encoder"}}, "odd",
            ]
        ),
        "baseModels": st.sampled_from(
            [None, {"relation": "adapter", "models": [{"id": "google/flan-t5-xl"}]}, {"models": [{"id": "A/b"}]}]
        ),
        "transformersInfo": st.sampled_from([None, {"auto_model": "AutoModelForCausalLM"}, {"auto_model": "AutoModel"}]),
        "gguf": st.sampled_from([None, {"architecture": "llama"}]),
    },
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PLAIN_ROWS, min_size=5, max_size=30))
def test_the_memo_agrees_on_made_up_rows(rows: list[dict[str, Any]]) -> None:
    def lineage(names: Any) -> FamilyTag | None:
        return classify({"config": {"model_type": "t5"}}) if "google/flan-t5-xl" in names else None

    memo = FamilyMemo(lineage)
    for row in rows:
        tag = classify(row, lineage)
        assert memo.tag(row) == tag
        assert memo.tag_and_task(row) == (tag, infer_task(row, tag))


def test_one_line_each_in_the_same_order() -> None:
    answers = tagged(
        {"id": "a/bert", "config": {"architectures": ["BertModel"], "model_type": "bert"}},
        "",
        "not JSON",
        "[1, 2]",
        "   ",
        {"id": "b/x", "tags": ["transformers", "pytorch", "t5"]},
        {"modelId": "c/x", "tags": ["diffusers", "diffusers:FluxPipeline"]},
        '{"id": "d/x", "downloads": NaN, "tags": ["transformers", "safetensors", "llama"]}',
        b"\xff\xfe",
    )
    assert [(a["model_id"], a["family"]) for a in answers] == [
        ("a/bert", "encoder-only"),
        (None, "undetermined"),
        (None, "undetermined"),
        ("b/x", "seq2seq"),
        ("c/x", "other"),
        ("d/x", "decoder-only"),
        (None, "undetermined"),
    ]
    assert all(set(a) == {"model_id", "family", "certainty", "reason", "evidence", "guess"} for a in answers)
    assert answers[1]["reason"].startswith("This line cannot be read: not JSON")
    assert answers[2]["reason"] == "This line cannot be read: not a JSON object."


def test_names_stand_in_the_evidence_of_their_own_line() -> None:
    """The answers of rows that differ in nothing but the name are worked out once."""
    rows = [{"id": f"x/{name}", "pipeline_tag": "fill-mask"} for name in ("bert-one", "my-bert", "thing", "BERT_two")]
    answers = tagged(*rows, *rows)
    for row, answer in zip([*rows, *rows], answers, strict=True):
        assert answer["model_id"] == row["id"]
        assert answer["evidence"].get("id", row["id"]) == row["id"]
    assert [a["family"] for a in answers[:4]] == ["encoder-only", "encoder-only", "undetermined", "encoder-only"]


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "x", "config": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"id": "x", "config": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b'{"id": "\\ud800", "tags": ["\\udfff"]}',
        b'{"id": {"a": 1}, "tags": {"b": 2}, "config": "text", "gguf": [1], "cardData": 7, "baseModels": "x"}',
        b'{"config": {"architectures": [[["BertModel"]], 7, null], "model_type": {"a": ["bert"]}}}',
        b'{"config": {"model_type": "a sentence that says bert and gpt2 and t5 in it"}}',
        b'{"id": "x", "pipeline_tag": ["fill-mask"], "library_name": {"a": 1}}',
        b'{"id": "x/y", "config": {"model_type": 1e999, "auto_map": [1]}}',
        b'{"id": "x", "config": {"architectures": ["'
        + b"Ab" * 40_000
        + b'"], "model_type": "'
        + b"a-" * 40_000
        + b'"}}',
    ],
)
def test_odd_lines_are_undetermined(line: bytes) -> None:
    (answer,) = tagged(line)
    assert (answer["family"], answer["certainty"]) == ("undetermined", "guess")


def test_a_config_of_megabytes_is_read() -> None:
    config = {"model_type": "bert", "id2label": {str(n): "x" * 50 for n in range(60_000)}}
    (answer,) = tagged({"id": "x/y", "config": config})
    assert answer["family"] == "encoder-only"


def test_a_line_beyond_the_limit_is_not_kept_in_memory() -> None:
    class Endless(io.RawIOBase):
        """One line of 200 MB, then a plain one."""

        def __init__(self) -> None:
            self.left = 200 << 20
            self.rest = b'\n{"id": "a/b"}\n'

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if self.left > 0:
                size = min(len(buffer), self.left)
                buffer[:size] = b"x" * size
                self.left -= size
                return size
            size = min(len(buffer), len(self.rest))
            buffer[:size], self.rest = self.rest[:size], self.rest[size:]
            return size

    lines = [line for batch in read_batches(io.BufferedReader(Endless())) for line in batch]
    assert len(lines) == 2
    assert len(lines[0]) < 2 * MAX_LINE_BYTES
    answers = tagged(*lines)
    assert "longer than" in answers[0]["reason"]
    assert answers[1]["model_id"] == "a/b"


def test_json_knows_no_nan() -> None:
    (line,) = LineTagger().tag_lines([b'{"id": "a", "config": {"sklearn": {"a": NaN, "b": 1e999}}}'])
    answer = json.loads(line, parse_constant=pytest.fail)
    assert answer["family"] == "other"


def test_a_line_that_is_too_long_is_not_answered_from_its_beginning() -> None:
    line = b'{"id":"long","config":{"model_type":"gpt2"},"readme":"' + b"a" * MAX_LINE_BYTES + b'"}'
    (answer,) = tagged(line)
    assert "longer than" in answer["reason"]


@pytest.mark.parametrize(
    "rows",
    [
        [
            {"id": "a/b", "tags": ["base_model:x/BERT-base"]},
            {"id": "x/bert-base", "tags": ["base_model:x/BERT-base"]},
            {"modelId": "x/BERT-base", "tags": ["base_model:x/BERT-base"]},
        ],
        [{"library_name": " ", "tags": ["a", "b", "c", "d", "sklearn"]}] * 2
        + [{"library_name": "", "tags": ["sklearn"]}],
        [{"tags": ["", "", "", "x", "sklearn"]}, {"tags": ["transformers", "pytorch", " ", "my_qwen2_foo"]}] * 2,
        [{"_model_type_tag": "llama", "tags": [], "pipeline_tag": "image-classification"}] * 2,
        [
            {"tags": ["transformers", "safetensors", "rag"]},
            {"tags": ["transformers", "safetensors", "rag", *(f"a{letter}a" for letter in "abcdefghijklmno")]},
        ],
    ],
)
def test_the_memo_is_not_misled_by_what_came_before(rows: list[dict[str, Any]]) -> None:
    memo = FamilyMemo(lambda _names: classify({"config": {"model_type": "bert"}}))
    for row in rows:
        assert memo.tag(row) == classify(row, lambda _names: classify({"config": {"model_type": "bert"}}))


def test_the_summary_counts_every_line(seed_rows: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row).encode() for row in seed_rows[:2_000]] + [b"{", b"", b"[]"]
    tagger = LineTagger()
    families = [json.loads(answer)["family"] for answer in tagger.tag_lines(lines)]
    summary = tagger.summary()
    assert (summary.lines, summary.unreadable) == (2_002, 2)
    for family in Family:
        counted = sum(number for (name, _), number in summary.by_family.items() if name is family)
        assert counted == families.count(family)
    assert sum(summary.by_rule.values()) == 2_002


def test_a_stream_looks_bases_up_in_the_catalogue(catalogue: Path) -> None:
    rows = [
        {"id": "x/one", "tags": ["base_model:adapter:facebook/m2m100_418M"]},
        {"id": "x/two", "tags": ["gguf", "base_model:quantized:google/flan-t5-xl"]},
        {"id": "x/three", "tags": ["base_model:finetune:nobody/knows-this"]},
    ]
    summary = TagSummary()
    file = io.BytesIO("\n".join(json.dumps(row) for row in rows).encode())
    answers = [json.loads(a) for out in Catalogue(catalogue).tag_stream(file, summary) for a in out.splitlines()]
    assert [a["family"] for a in answers] == ["seq2seq", "seq2seq", "undetermined"]
    assert answers[0]["evidence"] == {"tags": "base_model:adapter:facebook/m2m100_418M"}
    assert summary.lines == 3


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
WORDS = st.sampled_from(
    [
        "bert", "t5", "BertForMaskedLM", "LlamaForCausalLM", "transformers", "pytorch", "peft", "diffusers", "gguf",
        "base_model:google/flan-t5-xl", "diffusers:FluxPipeline", "encoder", "is_decoder", "text-generation", "timm",
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "id", "modelId", "config", "tags", "pipeline_tag", "library_name", "gguf", "cardData", "transformersInfo",
        "baseModels", "architectures", "model_type", "auto_map", "peft", "peft_type", "task_type", "auto_mapping",
        "base_model_class", "base_model_name_or_path", "diffusers", "_class_name", "sklearn", "speechbrain",
        "speechbrain_interface", "adapter_transformers", "text_config", "encoder", "decoder", "is_decoder",
        "is_encoder_decoder", "architecture", "models", "base_model", "relation", "auto_model", "pretrained_cfg",
    ]
)  # fmt: skip
JSON = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSON, min_size=1, max_size=3))
def test_arbitrary_json_is_answered(values: list[Any]) -> None:
    tagger = LineTagger()
    lines = [json.dumps(value).encode() for value in values]
    for value, line in zip(values, tagger.tag_lines(lines), strict=True):
        answer = json.loads(line)
        assert answer["family"] in set(Family)
        assert (answer["family"] == "undetermined") == (answer["certainty"] == "guess")
        assert answer["guess"] is None or answer["family"] == "undetermined"
        for path in answer["evidence"]:
            found: Any = value
            for key in path.split("."):
                found = found[key]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_answered(line: bytes) -> None:
    answers = list(LineTagger().tag_lines([line]))
    assert len(answers) == (1 if line.strip() else 0)
    for answer in answers:
        assert json.loads(answer)["family"] in set(Family)
