"""Chooses, from a repository's file list, the few files that one trial needs: never a duplicate in another format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SAFETENSORS = "model.safetensors"
SAFETENSORS_INDEX = "model.safetensors.index.json"
PICKLE = "pytorch_model.bin"
PICKLE_INDEX = "pytorch_model.bin.index.json"

# Every vocabulary file name in transformers' tokenizers (VOCAB_FILES_NAMES), and the older names they still read.
_VOCABULARY = re.compile(
    r"tokenizer\.json|vocab(-src|-tgt)?\.(txt|json|bpe|spm|model)|target_vocab\.json|merges\.txt|dict\.txt"
    r"|spiece\.model|sentencepiece(\.bpe)?\.model|spm(_char)?\.model|tokenizer\.model(\.v\d+)?|source\.spm|target\.spm"
    r"|bpe\.codes|prophetnet\.tokenizer|entity_vocab\.json|emoji\.json|byte_maps\.json|tekken\.json|.+\.tiktoken"
)
_CONFIGURATION = re.compile(
    r"config\.json|(pre|video_pre)?processor_config\.json|generation_config\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json"
    r"|chat_template\.(jinja|json)|modules\.json|sentence_\w+_config\.json|config_sentence_transformers\.json"
)
_PROCESSORS = ("preprocessor_config.json", "processor_config.json")
SENTENCE_TRANSFORMERS_PATHS = re.compile(r"(\d+_[A-Za-z]+)/(config\.json|model\.safetensors|pytorch_model\.bin)")
_BYTE_TOKENIZERS = frozenset({"ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer"})
_BYTE_MODEL_TYPES = frozenset({"canine", "perceiver"})


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight files to load, all in one format."""

    names: tuple[str, ...]
    safetensors: bool
    missing: tuple[str, ...] = ()
    """Shards that the index names and the repository lacks."""
    size: int | None = None
    """Their bytes together; None when one is not known."""
    index: str | None = None
    """What tells which tensor is in which of them."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to download for one trial."""

    root: str
    """Folder of the transformer inside the repository: empty, or e.g. `0_Transformer/`."""
    weights: Weights | None
    others: tuple[str, ...]
    """Configuration, vocabulary and, if allowed, code: small files."""
    has_vocabulary: bool
    has_processor: bool = False
    """It says how pictures or sounds are made fit for the model."""
    unpacked_bytes: int | None = None
    """Of weights that are loaded in another form than the file's: what they then take."""

    @property
    def gguf_file(self) -> str | None:
        """The GGUF file that holds configuration, tokens and weights, where it is one."""
        names = self.weights.names if self.weights else ()
        return names[0] if names and names[0].endswith(".gguf") else None

    @property
    def names(self) -> tuple[str, ...]:
        """All files, small ones first: a folder with its weights is a complete one."""
        return (*self.others, *(self.weights.names if self.weights else ()))


def transformer_root(modules: Any) -> str:
    """Return the folder of the transformer that sentence-transformers' modules.json names, with its slash."""
    if isinstance(modules, list) and modules and isinstance(modules[0], Mapping):
        path = modules[0].get("path")
        if isinstance(path, str) and path:
            return path.rstrip("/") + "/"
    return ""


def select(
    sizes: Mapping[str, int | None],
    *,
    config: Mapping[str, Any],
    modules: Any = None,
    index: Mapping[str, Any] | None = None,
    tokenizer_class: str | None = None,
    with_code: bool = False,
) -> Selection:
    """Choose the files that a trial needs.

    Args:
        sizes: The repository's files, with their bytes where known.
        config: Its config.json.
        modules: Its modules.json, if it is a sentence-transformers model.
        index: Its index of weight shards, if there is one.
        tokenizer_class: From its tokenizer_config.json.
        with_code: Also take its Python files (`trust_remote_code`).

    """
    root = transformer_root(modules)
    inside = {name.removeprefix(root): name for name in sizes if name.startswith(root)}
    others = [path for name, path in inside.items() if _CONFIGURATION.fullmatch(name)]
    vocabulary = [path for name, path in inside.items() if _VOCABULARY.fullmatch(name)]
    if modules is not None:
        others += [name for name in sizes if _CONFIGURATION.fullmatch(name)]
        others += _module_files(sizes, root)
    if with_code:
        others += [path for name, path in inside.items() if name.endswith(".py")]
    weights = _weights(sizes, root, str(config.get("transformers_weights") or ""), index)
    if weights is not None and weights.names and any(name.endswith(".index.json") for name in sizes):
        others += [
            root + name for name in (SAFETENSORS_INDEX, PICKLE_INDEX) if _index_used(root + name, sizes, weights)
        ]
    return Selection(
        root=root,
        weights=weights,
        others=tuple(dict.fromkeys(others + vocabulary)),
        has_vocabulary=bool(vocabulary)
        or tokenizer_class in _BYTE_TOKENIZERS
        or config.get("model_type") in _BYTE_MODEL_TYPES,
        has_processor=any(root + name in sizes for name in _PROCESSORS),
    )


def index_name(sizes: Iterable[str], root: str = "") -> str | None:
    """Return the index of weight shards that a load would read, if the weights are in shards."""
    names = set(sizes)
    for single, index in ((SAFETENSORS, SAFETENSORS_INDEX), (PICKLE, PICKLE_INDEX)):
        # The order is transformers' own: one file before shards, safetensors before pickle.
        if root + single in names:
            return None
        if root + index in names:
            return root + index
    return None


def _index_used(name: str, sizes: Mapping[str, int | None], weights: Weights) -> bool:
    return name in sizes and (".safetensors." in name) == weights.safetensors and len(weights.names) >= 1


def _module_files(sizes: Iterable[str], root: str) -> list[str]:
    """Return the configuration and weights of sentence-transformers' later modules (pooling, dense)."""
    matches = [match for name in sizes if (match := SENTENCE_TRANSFORMERS_PATHS.fullmatch(name))]
    folders_with_safetensors = {match[1] for match in matches if match[2] == SAFETENSORS}
    return [
        match[0]
        for match in matches
        if match[1] + "/" != root and (match[2] != PICKLE or match[1] not in folders_with_safetensors)
    ]


def _weights(
    sizes: Mapping[str, int | None], root: str, explicit: str, index: Mapping[str, Any] | None
) -> Weights | None:
    """Return the weight files, or None when there are none that transformers would load."""
    if explicit and not explicit.endswith(".index.json") and root + explicit in sizes:
        return _measured((root + explicit,), sizes, safetensors=explicit.endswith(".safetensors"))
    for single, shards in ((SAFETENSORS, SAFETENSORS_INDEX), (PICKLE, PICKLE_INDEX)):
        safetensors = single == SAFETENSORS
        if root + single in sizes:
            return _measured((root + single,), sizes, safetensors=safetensors)
        if root + shards in sizes:
            weight_map = (index or {}).get("weight_map")
            files = weight_map.values() if isinstance(weight_map, Mapping) else ()
            names = tuple(root + name for name in dict.fromkeys(str(file) for file in files))
            return _measured(names, sizes, safetensors=safetensors, index=root + shards)
    return None


def _measured(
    names: tuple[str, ...], sizes: Mapping[str, int | None], *, safetensors: bool, index: str | None = None
) -> Weights:
    present = tuple(name for name in names if name in sizes)
    known = [size for name in present if (size := sizes[name]) is not None]
    return Weights(
        names=present,
        safetensors=safetensors,
        missing=tuple(name for name in names if name not in sizes),
        size=sum(known) if known and len(known) == len(names) else None,
        index=index,
    )
