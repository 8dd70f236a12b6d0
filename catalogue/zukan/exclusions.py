"""Says which models are never recommended, each with the reason that is counted and shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from zukan.directions import NO_TRANSLATOR
from zukan.lazily import lazily
from zukan.schema import ModelRecord

OTHER_FORMAT = "other format (GGUF, ONNX, MLX …)"
QUANTISED = "quantised copy"
GATED = "gated: its authors must grant access"
UNCENSORED = "uncensored"
ADAPTER = "adapter: needs its base model"
REMOTE_CODE = "runs code from its repository"
NO_PYTORCH = "no PyTorch weights"

ALLOWED = {
    "gated": (GATED,), "remote-code": (REMOTE_CODE,), "any-format": (OTHER_FORMAT, NO_PYTORCH),
    "uncensored": (UNCENSORED,),
}  # fmt: skip
"""What may be asked for all the same → the reasons that then are none."""

RERANKER = "reranker, not a classifier"
NO_VECTORS = "reranker, not for vectors"
NO_WORDS = "writes sounds, not words"
PARSER = "parses sentences, answers no questions"
MADE_FOR = {"text-ranking": (RERANKER, NO_VECTORS)}
"""Task → what speaks against a model for the task it is filed under, but not for this one, which it is made for."""

# Formats made for other programs: transformers cannot load them, or only a copy of something it can.
_OTHER_FORMATS = {
    "gguf", "ggml", "mlx", "mlc-llm", "onnx", "openvino", "coreml", "tflite", "llamafile", "exllamav2", "ctranslate2",
    "transformers.js", "rknn", "tensorrt", "litert-lm", "keras", "tf-keras", "tf",
}  # fmt: skip
_CTRANSLATE, _FASTER_WHISPER = frozenset(("ct2", "ct2fast", "ctranslate2")), ["faster", "whisper"]
"""What names say of weights for CTranslate2."""
_QUANTISED_NAME = lazily(
    r"(?:^|[-_.])(?:gguf|ggml|awq|gptq|exl2|exl3|bnb|mlx|nunchaku|svdq|svdquant|nvfp4|mxfp4|fp8|int4|int8|w4a16|w8a8"
    r"|4bit|8bit|[2-8]-?bit|onnx|openvino|q[5-8]|q[2-8][-_][k01])(?:$|[-_.])",
    re.IGNORECASE,
)
_LORA = lazily(r"(?:^|[-_.])(?:q|dy)?lora(?:s|v?\d{0,3})?(?:$|[-_.])")
_STEERS = lazily(r"control-?net|ip-?adapter|t2i-?adapter", re.IGNORECASE)
"""What steers a model that makes pictures, and makes none without it."""
_MERGED = lazily(r"(?:^|[-_.])(?:merged|fused)(?:$|[-_.])", re.IGNORECASE)
_NOT_QUANTISED = lazily(r"(?:un|de)quanti[sz]ed", re.IGNORECASE)
_STUB_NAME = lazily(
    r"(?:^|[-_./])(?:tiny-random|random-tiny|dummy|test|tests|testing|debug|example|toy|untrained|random|test[-_]?repo(?:sitory)?|your[-_]?repo(?:[-_]?id)?|my[-_]?model)(?:$|[-_./])",
    re.IGNORECASE,
)
_TELLING = frozenset(
    {
        "gguf", "ggml", "awq", "gptq", "exl2", "exl3", "bnb", "mlx", "nvfp4", "mxfp4", "fp8", "int4", "int8", "w4a16",
        "nunchaku", "svdq", "svdquant", "w8a8", "bit", "2bit", "3bit", "4bit", "5bit", "6bit", "7bit", "8bit", "onnx",
        "openvino",
        "q2", "q3", "q4", "q5", "q6", "q7", "q8",
        "tiny", "random", "dummy", "test", "tests", "testing", "debug", "example", "toy", "untrained",
        "testrepo", "repo", "your", "yourrepo", "yourrepoid", "my", "mymodel",
    }
)  # fmt: skip
"""Of these words of a name each of the two expressions above needs one."""
_STUB_AUTHORS = {
    "hf-internal-testing", "hf-tiny-model-private", "trl-internal-testing", "optimum-internal-testing",
    "peft-internal-testing", "tiny-random", "yujiepan", "zukan",
}  # fmt: skip
_UNCENSORED = lazily(
    r"uncensored|abliterat|heretic|nsfw|not-for-all-audiences|jailbr|unaligned|derestricted|lewd|erotic|porn|hentai|sexgod|(?<![a-z])eros(?![a-z])|(?<!uni)(?<!unix)(?<!inter)(?<!dle)(?<!us)(?<!es)sex(?:y|v\d)?(?![a-z])",
    re.IGNORECASE,
)
_UNCENSORED_PIECES = (
    "uncensor", "abliter", "heretic", "nsfw", "not-for-all", "jailbr", "unalign", "derestrict", "lewd", "erotic",
    "porn", "hentai", "sex", "eros",
)  # fmt: skip
"""Each alternative of the expression holds one of these."""
# Filed under text-classification for their class, or among embeddings, but their one number says how well a text
# answers a question.
_RERANKER = lazily(r"rerank|cross-?encoder|text-ranking", re.IGNORECASE)
# Trained on MS MARCO a classifier tells how well a passage answers; what makes vectors is trained on it too.
_OF_PASSAGES = lazily(r"ms-?marco", re.IGNORECASE)
# Filed under speech recognition or token classification, but they only set the times of a text that is given.
_ALIGNER = lazily(r"forced-?align|(?:^|[-_])aligner(?:$|[-_])", re.IGNORECASE)
_WRITES_SOUNDS = lazily(r"phonem(?:i[sz]er|es?(?![a-z]))", re.IGNORECASE)
# Filed under question answering for their class: they find the head of a word.
_PARSES = lazily(r"(?:^|-)ud-(?:head|embeds|causal)|(?:^|-)upos(?:$|-)", re.IGNORECASE)
# Filed under translation, but they judge translations, or find relations in texts of many languages.
_JUDGES_TRANSLATIONS = lazily(
    r"(?:^|[-_])x?comet(?:kiwi|inho)?(?:$|[-_])|(?:^|[-_])unite-(?:mup|da)(?:$|[-_])|metricx|bleurt|quality-estimation",
    re.IGNORECASE,
)
_PYTORCH_WEIGHTS = {"safetensors", "pytorch"}


_QUANTISED_TAGS = {"4-bit", "8-bit", "2-bit", "3-bit", "gptq", "awq", "exl2", "bitsandbytes", "compressed-tensors"}


def _says_quantised(record: ModelRecord, tags: set[str]) -> bool:
    """Whether a repository that the Hub calls quantised says so itself.

    The relation alone is no proof: the Hub also gives it to originals that hold ONNX or OpenVINO files beside
    their own weights, and then names the model they were tuned from as what was quantised.
    """
    if record.base_relation != "quantized":
        return False
    return bool(tags & _QUANTISED_TAGS) or "quantization_config" in record.config or "safetensors" not in tags


def _says_uncensored(record: ModelRecord) -> bool:
    # Looking for a dozen pieces is ten times faster than the expression, and nearly every model has none of them.
    if not (_has_piece(record.model_id) or any(map(_TAGS_WITH_PIECES.__getitem__, record.tags))):
        return False
    return bool(_UNCENSORED.search(f"{record.model_id} {' '.join(record.tags)}".lower()))


def _has_piece(text: str) -> bool:
    lower = text.lower()
    for piece in _UNCENSORED_PIECES:  # noqa: SIM110 (a generator takes half as long again)
        if piece in lower:
            return True
    return False


class _TagsWithPieces(dict[str, bool]):
    """A tag → whether it has one of the pieces."""

    def __missing__(self, tag: str) -> bool:
        found = _has_piece(tag)
        if len(tag) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[tag] = found
        return found


_LONGEST_KEPT, _MOST_KEPT = 300, 20_000
_TAGS_WITH_PIECES = _TagsWithPieces()


def other_format(record: ModelRecord) -> bool:
    """Whether a repository's weights are for other programs than transformers."""
    return _is_other_format(record, {tag.lower() for tag in record.tags}, _words(record.model_id.rpartition("/")[2]))


def _is_other_format(record: ModelRecord, tags: Collection[str], words: Sequence[str]) -> bool:
    """The same, of the tags in lower case and the words of the name."""
    if (record.library_name or "").lower() in _OTHER_FORMATS:
        return True
    if "safetensors" in tags:
        return False
    # Of CTranslate2 mostly a name tells alone.
    return "gguf" in tags or "ctranslate2" in tags or not _CTRANSLATE.isdisjoint(words) or words[:2] == _FASTER_WHISPER


def left_out(record: ModelRecord, allowed: Collection[str] = ()) -> str | None:
    """Return why a model is not recommended, None if nothing speaks against it.

    Only what the catalogue knows counts: an unknown `gated` is not a reason.

    Args:
        record: The model.
        allowed: Reasons that are none for who asks, see `ALLOWED`.

    """
    return next((reason for reason in _against(record) if reason not in allowed), None)


def _against(record: ModelRecord) -> Iterator[str]:
    """Yield all that speaks against a model, what weighs most first."""
    tags = set(map(str.lower, record.tags))
    name = record.model_id.rpartition("/")[2]
    library = (record.library_name or "").lower()
    words = _words(name)
    telling = not name.isascii() or not _TELLING.isdisjoint(words)
    if record.removed or record.disabled:
        yield "removed from the Hub"
    if library == "peft" or record.base_relation == "adapter" or {"adapter", "lora"} & tags or _named_adapter(record):
        yield ADAPTER
    if _is_other_format(record, tags, words):
        yield OTHER_FORMAT
    if (telling and _QUANTISED_NAME.search(name) and not _NOT_QUANTISED.search(name)) or _says_quantised(record, tags):
        yield QUANTISED
    if record.gated:
        yield GATED
    if (record.author or "").lower() in _STUB_AUTHORS or (telling and _is_stub(record, name)):
        yield "test model"
    yield from _by_use(record, name)
    if "custom_code" in tags:
        yield REMOTE_CODE
    if library == "transformers" and tags & {"tf", "jax", "onnx"} and not tags & _PYTORCH_WEIGHTS:
        yield NO_PYTORCH


def _named_adapter(record: ModelRecord) -> bool:
    """Whether a name says LoRA where nothing says that it was merged: transformers loads whole models only."""
    name = record.model_id.rpartition("/")[2].lower()
    if (record.pipeline_tag or "").startswith(("text-to-image", "image-to-image")) and _STEERS.search(name):
        return True
    if "lora" not in name:
        return False
    return record.library_name in (None, "diffusers") and bool(_LORA.search(name)) and not _MERGED.search(name)


def _is_stub(record: ModelRecord, name: str) -> bool:
    """Whether a name says that it is for tests, or no more than that it is a tiny model of its type: `tiny-gpt2`."""
    if _STUB_NAME.search(name):
        return True
    type_ = (record.model_type or "").lower()
    return bool(type_) and name.lower().startswith("tiny-") and name.lower().endswith(f"-{type_}")


def _words(name: str) -> list[str]:
    return name.lower().removesuffix("\n").replace("_", "-").replace(".", "-").split("-")


def _by_use(record: ModelRecord, name: str) -> Iterator[str]:
    """Yield what a model is made for that nobody should be led to who asks for its task."""
    task = record.pipeline_tag or ""
    # A classifier that finds such pictures is none of them.
    if not task.endswith(("classification", "detection")) and _says_uncensored(record):
        yield UNCENSORED
    # An expression takes ten times as long as to see that a piece of it is not there; İ is an i to it.
    if ("align" in name.lower() or not name.isascii()) and _ALIGNER.search(name):
        yield "aligner, not a recogniser"
    if task == "automatic-speech-recognition" and _WRITES_SOUNDS.search(name):
        yield NO_WORDS
    if task == "text-classification" and (
        _RERANKER.search(f"{name} {' '.join(record.tags)}") or _OF_PASSAGES.search(name)
    ):
        yield RERANKER
    if task in ("feature-extraction", "sentence-similarity") and _RERANKER.search(name):
        yield NO_VECTORS
    if task == "question-answering" and _PARSES.search(name):
        yield PARSER
    if task == "translation" and (_JUDGES_TRANSLATIONS.search(name) or "relation-extraction" in record.tags):
        yield NO_TRANSLATOR
