"""The family tag against the structure of every model class that transformers' auto tables name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from zukan.families import classify

# What a constructor warns of is no error here: it only has to build.
pytestmark = pytest.mark.filterwarnings("ignore")

EXCEPTIONS = tomllib.loads((Path(__file__).parent / "structure_exceptions.toml").read_text(encoding="utf-8"))

KNOWN = [
    ("bert", "BertModel", "encoder-only", {"full"}),
    ("bert", "BertLMHeadModel", "encoder-only", {"full"}),  # is_decoder is false by default
    ("vit", "ViTModel", "encoder-only", {"full"}),
    ("t5", "T5EncoderModel", "encoder-only", {"full"}),
    ("t5", "T5ForConditionalGeneration", "seq2seq", {"causal", "full", "cross"}),
    ("longt5", "LongT5Model", "seq2seq", {"causal", "full", "cross"}),
    ("t5gemma2", "T5Gemma2ForConditionalGeneration", "seq2seq", {"causal", "full", "cross"}),
    ("bart", "BartForSequenceClassification", "seq2seq", {"causal", "full", "cross"}),
    ("bart", "BartForCausalLM", "decoder-only", {"causal", "cross"}),
    ("fsmt", "FSMTModel", "seq2seq", {"causal", "full", "cross"}),
    ("encoder-decoder", "EncoderDecoderModel", "seq2seq", {"causal", "full", "cross"}),
    ("gpt2", "GPT2LMHeadModel", "decoder-only", {"causal"}),
    ("openai-gpt", "OpenAIGPTModel", "decoder-only", {"causal"}),
    ("llama", "LlamaForSequenceClassification", "decoder-only", {"causal"}),
    ("mamba", "MambaForCausalLM", "decoder-only", {"recurrent"}),
    ("idefics", "IdeficsModel", "decoder-only", {"causal", "full", "cross_elsewhere"}),
    ("clip", "CLIPModel", "encoder-only", {"causal", "full", "compared"}),  # is_causal is false, yet the mask is causal
    ("detr", "DetrModel", "other", {"full", "cross_elsewhere", "query_decoders"}),
    ("resnet", "ResNetModel", "other", set()),
]


@pytest.fixture(scope="module")
def structure() -> Iterator[ModuleType]:
    """Yield the oracle, with transformers too quiet to hide what a failed test says."""
    pytest.importorskip("torch", reason="reading structures needs torch")
    transformers = pytest.importorskip("transformers", reason="reading structures needs transformers")
    import structure

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    yield structure
    transformers.logging.set_verbosity(verbosity)


def family_tag(model_type: str, class_name: str) -> str:
    row = {"id": "x/x", "config": {"architectures": [class_name], "model_type": model_type}}
    return str(classify(row).family)


def excepted_tags(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return each excepted pair with the tag that zukan chose for it; a type without classes stands for itself."""
    tags: dict[tuple[str, str], str] = {}
    for group in EXCEPTIONS["exception"]:
        for model_type, class_name in group.get("pairs", ()):
            tags[model_type, class_name] = group["tag"]
        for model_type in group.get("types", ()):
            tags |= dict.fromkeys([p for p in pairs if p[0] == model_type] or [(model_type, "any")], group["tag"])
    return tags


@pytest.mark.parametrize(("model_type", "class_name", "family", "kinds"), KNOWN, ids=[row[1] for row in KNOWN])
def test_a_known_structure_is_read_rightly(
    structure: ModuleType, model_type: str, class_name: str, family: str, kinds: set[str]
) -> None:
    found = structure.read_structure(class_name, model_type)
    assert found.reason == ""
    assert structure.family_by_structure(found) == family
    fields = {"causal", "full", "cross", "cross_elsewhere", "query_decoders", "recurrent", "compared"}
    assert {name for name in fields if getattr(found, name)} == kinds
    assert found.attends == bool(kinds & {"causal", "full"})


def test_exceptions_give_their_reason() -> None:
    for group in EXCEPTIONS["exception"]:
        assert group.keys() <= {"types", "pairs", "tag", "reason"}
        assert group["reason"]


@pytest.mark.slow
def test_every_class_is_tagged_by_its_structure(structure: ModuleType) -> None:
    """About two minutes on one core: 1,576 classes are built without weights."""
    pairs = structure.auto_pairs()
    excepted = excepted_tags(pairs)
    problems = [f"excepted, but not in the auto tables: {pair}" for pair in excepted.keys() - set(pairs)]
    unread: list[str] = []
    for model_type, class_name in pairs:
        found = structure.read_structure(class_name, model_type)
        tag, family = family_tag(model_type, class_name), structure.family_by_structure(found)
        wanted = excepted.get((model_type, class_name), family)
        if family is None:
            unread.append(f"{model_type} {class_name}: {found.reason}")
        elif tag != wanted:
            problems.append(f"{model_type} {class_name}: tagged {tag}, not {wanted}; {found}")
        elif tag == family and (model_type, class_name) in excepted:
            problems.append(f"{model_type} {class_name}: excepted, but its structure is {family} too")
    assert not problems, "\n".join(problems)
    assert len(excepted) <= 0.05 * len(pairs)
    assert len(unread) <= 0.1 * len(pairs), "\n".join(unread)
