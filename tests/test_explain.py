"""The lesson told for one model: real models of every kind, and rows made up for what the snapshot lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zukan import Catalogue
from zukan.errors import UnknownModel
from zukan.explain import _lessons, explain
from zukan.explain_drawing import draw
from zukan.explain_proof import proof
from zukan.families import classify
from zukan.family_table import load_table
from zukan.outcomes import Explanation
from zukan.query import make_query
from zukan.records import record_from_row
from zukan.schema import Family, Hit
from zukan.search import popular, search
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter
from zukan.tasks import all_tasks
from zukan.wrapping import width, wrap

LANGUAGES = ("en", "ja")
PICTURE = _lessons()["picture"]
TEACHABLE = (
    "fill-mask", "text-generation", "translation", "summarization", "text2text-generation", "question-answering",
    "text-classification", "token-classification", "zero-shot-classification", "feature-extraction",
    "sentence-similarity", "text-ranking", "automatic-speech-recognition", "image-classification", "image-to-text",
    "image-text-to-text", "text-to-speech",
)  # fmt: skip


@pytest.fixture(scope="module")
def guide(seed_catalogue: Path) -> Catalogue:
    return Catalogue(seed_catalogue)


def told(row: dict[str, Any], tmp_path: Path) -> Explanation:
    """Return the explanation of a row that nothing else stands beside."""
    path = tmp_path / "empty.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    with CatalogueReader(path) as reader:
        return explain(reader, Hit(record_from_row(row), classify(row)))


def boxes(drawing: str) -> list[str]:
    """Return what stands in the boxes of a drawing, without the notes beside them."""
    return [match[1].strip() for match in re.finditer(r"^\|  (.+?)  +(?:<-+>? *)?\|", drawing, re.MULTILINE)]


# --- the drawing ---------------------------------------------------------------------------------------------


def test_bert_fills_its_gap(guide: Catalogue) -> None:
    drawing = guide.explain("bert-base-uncased").drawing["en"]
    lines = drawing.splitlines()
    assert "[MASK]" in lines[0]
    assert boxes(drawing) == ["encoder", "masked-LM head"]
    assert "<--->" in drawing
    gap = lines[0].index("[MASK]") + 2
    assert [line[gap] for line in lines if line.count("|") == 1] == ["|", "|"], "only the gap is read"


def test_gpt_neo_looks_back_only_and_writes_on(guide: Catalogue) -> None:
    drawing = guide.explain("EleutherAI/gpt-neo-2.7B").drawing["en"]
    assert boxes(drawing) == ["decoder", "LM head"]
    assert "<---" in drawing
    assert "<--->" not in drawing
    assert "time  ..." in drawing


def test_flan_t5_has_two_stacks(guide: Catalogue) -> None:
    drawing = guide.explain("google/flan-t5-xl").drawing
    assert boxes(drawing["en"]) == ["encoder", "decoder", "LM head"]
    assert boxes(drawing["ja"]) == ["エンコーダー", "デコーダー", "LM ヘッド"]
    assert "cross-attention" in drawing["en"]


@pytest.mark.parametrize(
    ("model", "expected", "seen"),
    [
        ("openai/whisper-small", ["encoder", "decoder", "LM head"], "~~"),
        ("facebook/wav2vec2-base-960h", ["encoder", "CTC head"], "~~"),
        ("google/vit-base-patch16-224", ["encoder", "classification head"], "[##]"),
        ("openai/clip-vit-base-patch32", ["two encoders", "dot product"], "[##]"),
        ("dslim/bert-base-NER", ["encoder", "token-classification head"], "PER"),
        ("deepset/roberta-base-squad2", ["encoder", "question-answering head"], "Anna"),
        ("sentence-transformers/all-MiniLM-L6-v2", ["encoder", "pooling"], "0.12"),
        ("facebook/bart-large-mnli", ["encoder", "decoder", "classification head"], "follows"),
        ("facebook/bart-base", ["encoder", "decoder"], "[..]"),
        ("Helsinki-NLP/opus-mt-ja-en", ["encoder", "decoder", "LM head"], "お元気"),
        ("Qwen/Qwen2-VL-2B-Instruct", ["decoder", "LM head"], "image part"),
        ("state-spaces/mamba-130m-hf", ["decoder, recurrent", "LM head"], "memory"),
        ("stabilityai/stable-diffusion-xl-base-1.0", ["denoiser"], "( an image )"),
        ("timm/resnet50.a1_in1k", ["convolutions"], "cat"),
    ],
)
def test_the_head_is_the_one_that_the_class_or_the_task_says(
    guide: Catalogue, model: str, expected: list[str], seen: str
) -> None:
    drawing = guide.explain(model).drawing["en"]
    assert boxes(drawing) == expected
    assert seen in drawing


def test_the_number_of_layers_is_told_only_by_the_config(tmp_path: Path) -> None:
    row = {"id": "a/b", "pipeline_tag": "translation", "config": {"architectures": ["T5ForConditionalGeneration"]}}
    assert boxes(told(row, tmp_path).drawing["en"])[:2] == ["encoder", "decoder"]
    row["config"] = {**row["config"], "model_type": "t5", "num_layers": 24, "num_decoder_layers": 12}  # type: ignore[dict-item]
    assert boxes(told(row, tmp_path).drawing["en"])[:2] == ["encoder x 24", "decoder x 12"]
    row["config"] = {"architectures": ["BertModel"], "model_type": "bert", "num_hidden_layers": "many"}
    assert "x" not in boxes(told(row, tmp_path).drawing["en"])[0]


def test_the_example_is_in_a_language_of_the_model(guide: Catalogue) -> None:
    japanese = guide.explain("tohoku-nlp/bert-base-japanese-whole-word-masking")
    assert "好き" in japanese.drawing["en"]
    assert "love" in guide.explain("bert-base-uncased").drawing["ja"]
    assert "<mask>" in guide.explain("FacebookAI/roberta-base").drawing["en"]


@pytest.mark.slow
def test_every_drawing_fits_and_its_boxes_are_even(seed_catalogue: Path) -> None:
    kinds = {task.task_id: task.input_kind for task in all_tasks()}
    with CatalogueReader(seed_catalogue) as reader:
        hits = search(reader, make_query(limit=3_000)).hits
    other = _lessons()["other"][-1]
    for hit in hits:
        kind = kinds.get(hit.record.pipeline_tag or "", "text")
        for ui, drawing in draw(hit.record, hit.tag, PICTURE, kind, other).items():
            lines = drawing.splitlines()
            assert max(map(width, lines), default=0) <= 72, (hit.record.model_id, ui)
            edges = {line[: line.rindex("+") + 1] for line in lines if line.startswith("+")}
            assert len(edges) <= 1, (hit.record.model_id, ui)
            sides = {width(line[: line.index("|", 1)]) for line in lines if line.startswith("|")}
            assert sides <= {len(edge) - 1 for edge in edges}, (hit.record.model_id, ui)


def test_hostile_text_stays_outside_the_drawing(tmp_path: Path) -> None:
    row = {
        "id": "evil/```\x1b[31m",
        "pipeline_tag": "fill-mask",
        "mask_token": "[MASK]",
        "config": {"architectures": ["Bert```\x1bForMaskedLM"], "model_type": "bert"},
    }
    for drawing in told(row, tmp_path).drawing.values():
        assert "\x1b" not in drawing
        assert "`" not in drawing


# --- proof, loader, contrasts ----------------------------------------------------------------------------------


def test_every_line_of_evidence_of_the_catalogue_has_its_own_remark(seed_catalogue: Path) -> None:
    remarks = _lessons()["proof"]
    with CatalogueReader(seed_catalogue) as reader:
        for hit in reader.hits(popular(reader, (), 30_000)):
            for item, (path, value) in zip(proof(hit.tag, remarks), hit.tag.evidence.items(), strict=True):
                assert (item.path, item.value) == (path, value)
                assert item.remark not in (remarks["field"]["any"], remarks["unproven"]["any"]), hit


ROWS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"config": {"architectures": ["BertForMaskedLM"], "model_type": "bert"}}, "every token sees every token"),
    ({"config": {"architectures": ["NewThingForCausalLM"]}}, "not beyond doubt"),
    ({"config": {"model_type": "gpt2"}}, "all models of this recipe"),
    ({"config": {"model_type": "bert"}}, "a few of its classes are not"),
    ({"config": {"model_type": "phi-msft"}}, "Another spelling"),
    ({"library_name": "gguf", "pipeline_tag": "text-generation"}, "converted"),
    ({"config": {"architectures": ["BertGenerationEncoder"], "model_type": "bert-generation"}}, "every token sees"),
    ({"config": {"architectures": ["BertModel"], "model_type": "bert", "is_decoder": True}}, "hides from each token"),
    ({"config": {"model_type": "t5", "is_encoder_decoder": False}}, "only one of the two stacks"),
    ({"config": {"is_encoder_decoder": True, "model_type": "zzz"}}, "two stacks"),
    ({"config": {"auto_map": {"AutoModelForSeq2SeqLM": "x.Y"}, "model_type": "zzz"}}, "Auto class"),
    ({"config": {"encoder_layers": 1, "decoder_layers": 1, "d_model": 8}}, "these keys together"),
    ({"gguf": {"architecture": "llama"}}, "llama.cpp"),
    ({"config": {"peft": {"task_type": "SEQ_2_SEQ_LM"}}, "library_name": "peft"}, "only this family"),
    ({"tags": ["transformers", "pytorch", "bert"]}, "copies from config.json"),
    ({"library_name": "gliner"}, "all its models"),
    ({"library_name": "sentence-transformers", "config": {"model_type": "t5"}}, "only the encoder"),
    ({"library_name": "diffusers", "tags": ["diffusers:FluxPipeline"]}, "what the whole is"),
    ({"library_name": "diffusers", "config": {"_class_name": "FluxPipeline"}}, "what the whole is"),
    ({"config": {"sklearn": {"model": {}}}}, "scikit-learn"),
    ({"library_name": "timm", "config": {"architecture": "vit_base_patch16_224"}}, "timm calls it"),
    ({"pipeline_tag": "text-generation"}, "No proof"),
)


@pytest.mark.parametrize(("row", "words"), ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_why_a_field_proves_it(row: dict[str, Any], words: str) -> None:
    tag = classify({"id": "somebody/thing", **row})
    assert any(words in item.remark["en"] for item in proof(tag, _lessons()["proof"])), tag


def test_a_lora_has_the_stack_of_its_base_model(seed_catalogue: Path) -> None:
    row = {
        "id": "somebody/my-lora",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "tags": ["peft", "lora", "base_model:adapter:EleutherAI/gpt-neo-2.7B"],
        "cardData": {"base_model": "EleutherAI/gpt-neo-2.7B"},
    }
    with CatalogueReader(seed_catalogue) as reader:
        base = reader.get("EleutherAI/gpt-neo-2.7B")
        assert base is not None
        found = explain(reader, Hit(record_from_row(row), classify(row, lambda _names: base.tag)))
    assert found.tag.family is Family.DECODER_ONLY
    assert "small matrices" in found.proof[0].remark["en"]
    assert "adapter" in found.drawing["en"]
    assert found.loader == "AutoModelForCausalLM"
    assert 'PeftModel.from_pretrained(base, "somebody/my-lora")' in found.loading[0]["en"]
    assert (found.relatives[0].record.model_id, found.relatives[0].why) == ("EleutherAI/gpt-neo-2.7B", "base")


@pytest.mark.parametrize(
    ("model", "loader", "words"),
    [
        ("bert-base-uncased", "AutoModelForMaskedLM", 'pipeline("fill-mask")'),
        ("google/flan-t5-xl", "AutoModelForSeq2SeqLM", "no pipeline for text2text-generation"),
        ("deepset/roberta-base-squad2", "AutoModelForQuestionAnswering", "no pipeline for question-answering"),
        ("facebook/bart-large-mnli", "pipeline", "makes a claim of each label"),
        ("openai/whisper-small", "pipeline", "picks the class by the task"),
        ("sentence-transformers/all-MiniLM-L6-v2", "AutoModel", "pooling"),
        ("facebook/detr-resnet-50", "AutoModelForObjectDetection", "class for object-detection"),
        ("stabilityai/stable-diffusion-xl-base-1.0", None, "diffusers"),
        ("unsloth/Qwen3.8-27B-GGUF", None, "GGUF"),
        ("projecte-aina/Plume32k", "AutoModelForCausalLM", "into the prompt"),
    ],
)
def test_why_this_loader(guide: Catalogue, model: str, loader: str | None, words: str) -> None:
    found = guide.explain(model)
    assert found.loader == loader
    assert any(words in text["en"] for text in found.loading)


def test_the_pipelines_are_those_of_transformers() -> None:
    pipelines = pytest.importorskip("transformers.pipelines")
    listed = set(_lessons()["loader"]["pipelines"])
    assert listed <= set(pipelines.SUPPORTED_TASKS) | set(pipelines.TASK_ALIASES)
    assert {task.task_id for task in all_tasks()} & set(pipelines.SUPPORTED_TASKS) <= listed


def test_the_other_families_are_told_apart_for_the_main_tasks() -> None:
    lessons = _lessons()["task"]
    assert set(lessons) == set(TEACHABLE)
    texts = [lessons[task][family][ui] for task in TEACHABLE for family in list(Family)[:3] for ui in LANGUAGES]
    assert len(set(texts)) == len(TEACHABLE) * 6
    assert all(width(text) < 150 for text in texts)


def test_a_model_of_a_family_is_set_against_the_other_two(guide: Catalogue) -> None:
    two = [item.family for item in guide.explain("bert-base-uncased").contrasts]
    assert two == [Family.DECODER_ONLY, Family.SEQ2SEQ]
    assert len(guide.explain("stabilityai/stable-diffusion-xl-base-1.0").contrasts) == 3
    general = guide.explain("facebook/detr-resnet-50").contrasts[0].text["en"]
    assert general == _lessons()["lesson"][0]["any_task"]["en"]


# --- what is not one of the three, and what is not known ---------------------------------------------------------


def test_a_diffusion_pipeline_is_told_as_what_it_is(guide: Catalogue) -> None:
    found = guide.explain("stabilityai/stable-diffusion-xl-base-1.0")
    assert "noise" in found.idea[0]["en"]
    assert "ノイズ" in found.idea[0]["ja"]
    assert found.good_at is not None


def test_a_guess_is_marked_as_one(tmp_path: Path) -> None:
    found = told({"id": "somebody/thing", "pipeline_tag": "fill-mask"}, tmp_path)
    assert (found.tag.family, found.tag.guess) == (Family.UNDETERMINED, Family.ENCODER_ONLY)
    assert "config.json" in found.idea[1]["en"]
    assert found.idea[-1]["en"].startswith("A guess, not proven: encoder-only.")
    assert boxes(found.drawing["en"])[0] == "encoder ?"
    assert "a guess, not proven" in found.drawing["en"]
    assert len(found.contrasts) == 3


def test_where_nothing_is_known_nothing_is_drawn(tmp_path: Path) -> None:
    found = told({"id": "somebody/thing"}, tmp_path)
    assert found.tag.guess is None
    assert found.drawing == {"en": "", "ja": ""}
    assert (found.loader, found.good_at, found.relatives) == (None, None, ())
    assert len(found.contrasts) == 3


def test_own_code_is_what_would_prove_it(tmp_path: Path) -> None:
    found = told({"id": "a/b", "config": {"architectures": ["Zzz"], "model_type": "zzz"}}, tmp_path)
    assert any("own code" in text["en"] for text in found.idea)


# --- relatives -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("EleutherAI/gpt-neo-2.7B", {("EleutherAI/gpt-neo-125m", "size"), ("EleutherAI/gpt-neo-1.3B", "size")}),
        ("google/flan-t5-xl", {("google/flan-t5-base", "size")}),
        ("openai/whisper-large-v3", {("openai/whisper-large-v3-turbo", "child"), ("openai/whisper-small", "size")}),
        ("openai/whisper-large-v3-turbo", {("openai/whisper-large-v3", "base")}),
        ("bert-base-uncased", {("google-bert/bert-large-uncased", "size")}),
    ],
)
def test_relatives(guide: Catalogue, model: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= {(relative.record.model_id, relative.why) for relative in guide.explain(model).relatives}


def some_of(path: Path) -> Iterator[tuple[CatalogueReader, Hit]]:
    with CatalogueReader(path) as reader:
        for offset in range(0, 25_000, 500):
            yield from ((reader, hit) for hit in search(reader, make_query(sort="likes", limit=2, offset=offset)).hits)


def test_relatives_are_others_that_may_be_recommended(seed_catalogue: Path) -> None:
    seen = 0
    for reader, hit in some_of(seed_catalogue):
        relatives = explain(reader, hit).relatives
        names = [relative.record.model_id for relative in relatives]
        assert hit.record.model_id not in names
        assert len(names) == len(set(names)) <= 2
        for relative in relatives:
            assert not relative.record.removed
            assert reader.prospect(relative.record.model_id).exclusion is None
            seen += 1
    assert seen > 100


# --- texts ----------------------------------------------------------------------------------------------------


def test_every_text_is_in_both_languages() -> None:
    def pairs(value: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(value, dict) and "en" in value and place != "picture.greetings":
            yield place, value
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from pairs(part, f"{place}.{key}".removeprefix("."))
        elif isinstance(value, list):
            for part in value:
                yield from pairs(part, place)

    found = list(pairs(dict(_lessons()), ""))
    assert len(found) > 250
    placeholder = re.compile(r"\{\w*\}")
    for place, texts in found:
        assert set(texts) == set(LANGUAGES), place
        assert set(placeholder.findall(texts["en"])) == set(placeholder.findall(texts["ja"])), place
        if re.search(r"[a-z]{2,} [a-z]{2,}", texts["en"]) and not place.endswith((".in", ".out")):
            assert re.search(r"[ぁ-んァ-ヶ一-龠]", texts["ja"]), place


def test_unknown_models_are_refused_with_the_nearest_names(guide: Catalogue) -> None:
    with pytest.raises(UnknownModel) as caught:
        guide.explain("bert-base-uncaset")
    assert "google-bert/bert-base-uncased" in caught.value.suggestions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "word " * 30,
        "x" * 200,
        "各トークンは、自分とそれより前だけを見ます。" * 4,
        "한국어 문장 " * 20,
        "🤗" * 60,
    ],
)
def test_wrapping_loses_nothing(text: str) -> None:
    for even in (False, True):
        lines = wrap(text, 20, even=even)
        assert all(width(line) <= 20 for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_japanese_is_not_broken_before_punctuation_or_inside_a_katakana_word() -> None:
    lines = wrap("エンコーダーが入力全体を読み、デコーダーがそれを見返しながら出力を一語ずつ書きます。", 24)
    assert lines == ["エンコーダーが入力全体を", "読み、デコーダーがそれを", "見返しながら出力を", "一語ずつ書きます。"]


def test_no_auto_class_is_named_that_does_not_know_the_type(seed_catalogue: Path) -> None:
    tables = load_table().auto_classes
    of_transformers = frozenset().union(*tables.values())
    zukan = Catalogue(seed_catalogue)
    with CatalogueReader(seed_catalogue) as reader:
        names = [hit.record.model_id for hit in search(reader, make_query(sort="downloads", limit=2_000)).hits][::7]
    named = 0
    for name in [*names, "microsoft/speecht5_tts", "facebook/mask2former-swin-large-cityscapes-semantic"]:
        found = zukan.explain(name)
        model_type = found.record.model_type
        if found.loader and found.loader in tables and model_type in of_transformers:
            named += 1
            assert model_type in tables[found.loader], (name, model_type, found.loader)
    assert named > 20
