"""What must never be among the first five, of every task of the shipped snapshot; read from the rows, not by the rules.

The families are an examiner's reading of the papers and of transformers' source, of types and names, and do not look at
data/families.toml. What is tagged undetermined says that it is not known, and that is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from zukan.advice import Candidate
from zukan.machine import machine
from zukan.recommend import recommend
from zukan.schema import Family
from zukan.store.read import CatalogueReader
from zukan.tasks import all_tasks

MACHINES = {"8GB": 8 * 2**30, "16GB": 16 * 2**30, "any": None}
TESTERS = re.compile(r"(?:^|-)(?:internal-)?testing$|^tiny-random$|^hf-tiny", re.IGNORECASE)
STUB = re.compile(r"tiny-random|random-tiny|(?<![a-z])(?:dummy|test|testing|debug|untrained|placeholder)(?![a-z])")
FORMATS = {"gguf", "ggml", "mlx", "onnx", "openvino", "coreml", "tflite", "exl2", "ctranslate2", "llamafile"}
WIDTHS = re.compile(
    r"(?<![a-z0-9])(?:gguf|gptq|awq|exl[23]|nvfp4|mxfp4|fp8|int[48]|[48]-?bit|w[48]a\d+|q[2-8]_[k0-9]\w*|q8)(?![a-z0-9])"
)
LORA = re.compile(r"(?<![a-z])q?loras?(?![a-z])")

ENCODERS = """
albert align altclip audio-spectrogram-transformer beit bert camembert chinese_clip clap clip clipseg deberta deberta-v2
deit depth_anything depth_pro dinov2 dinov2_with_registers dinov3_vit distilbert dpr dpt electra esm eurobert hubert
jina_clip layoutlm layoutlmv2 layoutlmv3 lilt longformer luke modernbert mpnet nomic_bert owlv2 owlvit rembert roberta
segformer siglip siglip2 splinter tapas timesformer vilt videomae vit vit_mae vivit vjepa2 wav2vec2 wavlm xclip xlm
xlm-roberta yolos
"""
DECODERS = """
bark blip-2 bloom chameleon cohere cohere2 colpali colqwen2 decision_transformer deepseek_v3 deepseek_v4 emu3 falcon gemma
gemma2 gemma3 gemma3n gemma4 gemma4_unified glm glm4 glm4_moe glm_moe_dsa glm_ocr glmasr gpt2 gpt_bigcode gpt_neo gpt_neox
gpt_oss gptj idefics2 idefics3 internvl janus lfm2 lfm2_moe lighton_ocr llama llama4 llava llava_next llava_next_video
llava_onevision mamba minicpmv4_6 mistral mistral3 mixtral mllama molmo2 multi_modality olmo olmo2 olmo3 opt paligemma phi
phi3 qwen2 qwen2_5_omni qwen2_5_vl qwen2_audio qwen2_moe qwen2_vl qwen3 qwen3_5 qwen3_5_moe qwen3_asr qwen3_moe
qwen3_omni_moe qwen3_vl qwen3_vl_moe smollm3 smolvlm stablelm vibevoice video_llama_3 voxtral xglm
"""
WITH_BOTH = """
bart bigbird_pegasus blenderbot blip dia encoder-decoder florence2 led longt5 m2m_100 marian mbart mt5 nllb-moe pegasus
pix2struct prophetnet seamless_m4t speech_to_text speecht5 t5 trocr umt5 vision-encoder-decoder whisper
"""
NEITHER = """
convnext convnextv2 detr edgetam_video efficientnet mobilenet_v2 parakeet_tdt regnet resnet sam sam2 sam_hq superpoint
table-transformer vits
"""
OF_TYPE = {
    type_: family
    for family, types in (
        (Family.ENCODER_ONLY, ENCODERS), (Family.DECODER_ONLY, DECODERS), (Family.SEQ2SEQ, WITH_BOTH),
        (Family.OTHER, NEITHER),
    )
    for type_ in types.split()
}  # fmt: skip
OF_MODEL = {
    "amazon/chronos-2": Family.ENCODER_ONLY,
    "ModernVBERT/colmodernvbert": Family.ENCODER_ONLY,
    "bench-labs/AudioModel-v1": Family.OTHER,
    "hkunlp/instructor-base": Family.ENCODER_ONLY,
    "hkunlp/instructor-large": Family.ENCODER_ONLY,
    "hkunlp/instructor-xl": Family.ENCODER_ONLY,
}
"""Models that are not what their type says: the encoder of a T5 alone (Chronos-2 and, by its paper, INSTRUCTOR, which is
trained from GTR); ColPali's method on an encoder; a diffusion model (by its tags) that reads its prompt through CLAP."""
OF_LIBRARY = dict.fromkeys(
    ("diffusers", "diffusion-single-file", "pyannote-audio", "lightgbm", "ultralytics", "ml-agents"), Family.OTHER
)
OF_NAME = (
    (
        re.compile(
            r"stable-diffusion|sdxl|qwen[-_]image|(?<![a-z])(?:flux|yolo|sam2|wan2|kokoro|hunyuanvideo)|parakeet-tdt"
        ),
        Family.OTHER,
    ),
    (
        re.compile(r"rerank.*modernbert|mmbert|deberta|minilm|arctic-embed|nomic-embed|gliner|eva02"),
        Family.ENCODER_ONLY,
    ),
    (re.compile(r"(?<![a-z])(?:parler-tts|madlad|flan-t5)"), Family.SEQ2SEQ),
    (re.compile(r"(?<![a-z])(?:qwen|llama|gemma|mi[sx]tral|ultravox|llava|janus|keye-vl|higgs)"), Family.DECODER_ONLY),
)
"""What the names of known models say, where a row says no type: the first that is found."""


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


@cache
def first_five(reader: CatalogueReader, task: str, size: str) -> tuple[tuple[Candidate, Mapping[str, Any]], ...]:
    """Return each candidate with its raw row."""
    candidates = recommend(reader, task, machine(size), limit=5).candidates
    rows = reader.raw_rows([one.record.model_id for one in candidates])
    return tuple((one, rows[one.record.model_id]) for one in candidates)


def against(row: Mapping[str, Any]) -> list[str]:
    """Return all that a row itself says against a model."""
    author, _, name = str(row["id"]).lower().rpartition("/")
    tags = {str(tag).lower() for tag in row.get("tags") or ()}
    library, config = str(row.get("library_name") or "").lower(), row.get("config") or {}
    whole = tags & {"safetensors", "pytorch"}
    signs = {
        "gated": bool(row.get("gated")),
        "removed": bool(row.get("_removed") or row.get("disabled")),
        "format": library in FORMATS or ("gguf" in tags and not whole),
        "quantised": "quantization_config" in config or (bool(WIDTHS.search(name)) and "unquantized" not in name),
        "adapter": library == "peft"
        or any(tag in ("lora", "adapter") or tag.startswith("base_model:adapter:") for tag in tags)
        or (bool(LORA.search(name)) and "merge" not in name),
        "test stub": bool(TESTERS.search(author) or STUB.search(name)),
        "remote code": "custom_code" in tags,
    }
    return [sign for sign, found in signs.items() if found]


@pytest.mark.parametrize("size", MACHINES)
@pytest.mark.parametrize("task", [task.task_id for task in all_tasks()])
def test_nothing_stands_against_the_first_five(reader: CatalogueReader, task: str, size: str) -> None:
    room = MACHINES[size]
    for candidate, row in first_five(reader, task, size):
        assert against(row) == [], candidate.record.model_id
        # No format that may be listed needs less than a byte for a parameter, and the Hub's own count is no estimate.
        total = (row.get("safetensors") or {}).get("total")
        assert room is None or total is None or total < room, candidate.record.model_id


def family_of(row: Mapping[str, Any]) -> Family | None:
    """Return an examiner's reading of a row, None where he would not say."""
    name = str(row["id"])
    if name in OF_MODEL:
        return OF_MODEL[name]
    type_ = (row.get("config") or {}).get("model_type") or row.get("_model_type_tag")
    if type_:
        return OF_TYPE.get(str(type_))
    if family := OF_LIBRARY.get(str(row.get("library_name"))):
        return family
    return next((family for words, family in OF_NAME if words.search(name.lower())), None)


def test_the_family_of_the_first_five_is_what_an_examiner_reads(reader: CatalogueReader) -> None:
    wrong, read, known = {}, 0, 0
    for task in all_tasks():
        for size in MACHINES:
            for candidate, row in first_five(reader, task.task_id, size):
                family = candidate.tag.family
                if family is Family.UNDETERMINED:
                    continue
                known += 1
                expected = family_of(row)
                read += expected is not None
                if expected not in (None, family):
                    wrong[candidate.record.model_id] = (family, expected)
    assert wrong == {}
    assert known > 300
    assert read / known > 0.85, "the examiner knows too few: read the papers of the new ones"
