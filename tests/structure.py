"""Reads how the attention of a transformers class is masked, from an instance without weights and its classes' code."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

import torch
import transformers
from transformers.initialization import no_init_weights
from transformers.models.auto import modeling_auto
from transformers.utils.import_utils import BACKENDS_MAPPING

CAUSAL, FULL, UNKNOWN = "causal", "full", object()
CAUSAL_MASK = re.compile(r"_?(create|prepare|make)_.*causal.*mask|create_masks_for_generate|create_recurrent_.*mask")
FULL_MASK = re.compile(r"_?create_bidirectional_.*mask|_prepare_4d_attention_mask\w*")
TRIANGLES = {"tril", "triu", "ge"}
ATTENTION_CALLS = {"ALL_ATTENTION_FUNCTIONS", "scaled_dot_product_attention", "multi_head_attention_forward"}
PRODUCTS = {"softmax", "matmul", "bmm", "einsum", "YosoCumulation"}
QUERY = re.compile(r"quer|key|qkv|q_proj|\bq\b")
CROSS = re.compile(r"encoder_att|decoder_att|cross_?att|encdecatt|multihead_attn|mergedatt", re.IGNORECASE)
STATE = {"cache_params", "state", "past_key_values"}
SETTINGS: list[dict[str, Any]] = [{}, {"prediction_length": 8}, {"is_decoder": True}, {"is_encoder_decoder": False}]
"""What some configs lack by default, tried in this order."""


@dataclass(frozen=True, slots=True)
class Structure:
    """How many modules of each kind an instance holds; `reason` says why it could not be built or read.

    `causal`, `full`: self-attention that sees only earlier tokens, or all. `cross`: cross-attention in one layer with
    causal self-attention; `cross_elsewhere`: any other; `query_decoders`: those of it in a part named decoder, where
    queries read the input all at once, as in DETR. `recurrent`: parts that carry a state from token to token instead
    of attending. `compared`: nothing generates, and its towers end in a dot product with each other.
    """

    class_name: str
    model_type: str
    attends: bool = False
    causal: int = 0
    full: int = 0
    cross: int = 0
    cross_elsewhere: int = 0
    query_decoders: int = 0
    recurrent: int = 0
    compared: bool = False
    reason: str = ""


def auto_pairs() -> list[tuple[str, str]]:
    """Return every model type and class of the auto tables of models."""
    tables = [table for name, table in vars(modeling_auto).items() if re.fullmatch(r"MODEL_\w*MAPPING_NAMES", name)]
    rows = [row for table in tables for row in table.items()]
    return sorted({(kind, name) for kind, names in rows for name in ([names] if isinstance(names, str) else names)})


def family_by_structure(structure: Structure) -> str | None:
    """Return the family that a structure has, None where `structure.reason` says why it cannot be told."""
    if structure.reason:
        return None
    # Cross-attention in few layers, or in layers of its own, was put into a stack that is whole without it: Flamingo.
    if structure.causal and structure.full and structure.cross >= structure.causal:
        return "seq2seq"
    if not structure.compared and (structure.query_decoders or structure.causal):
        return "other" if structure.query_decoders else "decoder-only"
    if structure.attends:
        return "encoder-only"
    return "decoder-only" if structure.recurrent else "other"


def read_structure(class_name: str, model_type: str) -> Structure:
    """Build a class from its type's default config on the meta device and count what it holds."""
    # Libraries that only a loss or an image processor needs are not missed here.
    present = {name: (lambda: True, "") for name in BACKENDS_MAPPING}
    reasons: list[str] = []
    for given in (*SETTINGS, None):
        try:
            cls, whole = getattr(transformers, class_name), transformers.CONFIG_MAPPING[model_type]
            config = _fitting(cls, cls.config_class(text_config=whole()) if given is None else whole(**given))
            with no_init_weights(), torch.device("meta"), mock.patch.dict(BACKENDS_MAPPING, present):
                model = cls(config)
        except Exception as error:  # noqa: BLE001 - whatever a constructor raises is the reason
            reasons.append(" ".join(f"{type(error).__name__}: {error}".split())[:160])
        else:
            return Structure(class_name, model_type, **_count(dict(model.named_modules())))
    return Structure(class_name, model_type, reason=reasons[0])


def _parts(config: Any) -> Iterator[Any]:
    yield config
    for part in vars(config).values():
        if isinstance(part, transformers.PreTrainedConfig):
            yield from _parts(part)


def _fitting(cls: Any, whole: Any) -> Any:
    """Return the part of a config that a class takes, its gaps filled; a ResNet attends no more than timm's backbones."""
    config = next((part for part in _parts(whole) if isinstance(part, cls.config_class)), whole)
    for part in _parts(config):
        heads, width = vars(part).get("num_attention_heads"), vars(part).get("hidden_size")
        size = width // heads if isinstance(heads, int) and isinstance(width, int) else None
        gaps = {"num_key_value_heads": heads, "head_dim": size, "vocab_size": 32}
        for name in [name for name in gaps if vars(part).get(name, gaps) is None]:
            setattr(part, name, gaps[name])
        if isinstance(vars(part).get("backbone_config"), transformers.TimmBackboneConfig):
            part.backbone_config = transformers.ResNetConfig(out_features=["stage1", "stage2", "stage3", "stage4"])
    return config


def _count(modules: Mapping[str, Any]) -> dict[str, Any]:
    masks = {path: found for path, module in modules.items() if (found := _masks(module))}
    senses = {path: _sense(path, modules, masks) for path, module in modules.items() if _attends(module.__class__)}
    names = {path: ".".join([*path.split(".")[-3:], modules[path].__class__.__name__]) for path in senses}
    layers = {path: re.findall(r"^(.*?\.\d+)\.|$", path)[0] for path in senses}
    crossing = {path for path in senses if CROSS.search(names[path])}
    # T5Gemma 2 merges both kinds of attention in one module.
    own = {path: sense for path, sense in senses.items() if path not in crossing or "Merged" in names[path]}
    causal_layers = {layers[path] for path, sense in own.items() if sense == CAUSAL}
    elsewhere = [path for path in crossing if layers[path] not in causal_layers]
    states = [path for path, module in modules.items() if STATE & _takes(module.__class__)]
    models = [module for module in modules.values() if isinstance(module, transformers.PreTrainedModel)]
    compared = any(re.search(r"\blogits_per_", " ".join(_names_from_forward(model.__class__))) for model in models)
    return {
        "attends": bool(senses),
        "causal": [*own.values()].count(CAUSAL),
        "full": [*own.values()].count(FULL),
        "cross": len(crossing) - len(elsewhere),
        "cross_elsewhere": len(elsewhere),
        "query_decoders": sum(senses[p] == FULL and "decoder" in (p + names[p]).lower() for p in elsewhere),
        "recurrent": len(set(states) - {outer for path in senses for outer in _upwards(path)}),
        "compared": compared and not any(isinstance(model, transformers.GenerationMixin) for model in models),
        "reason": "" if {*own.values()} <= {CAUSAL, FULL} else "an argument of forward chooses the mask",
    }


def _upwards(path: str) -> list[str]:
    """Return a module's path and those of the modules around it."""
    names = path.split(".") if path else []
    return [".".join(names[:length]) for length in range(len(names), -1, -1)]


def _sense(path: str, modules: Mapping[str, Any], masks: Mapping[str, set[str]]) -> str:
    """Return how an attention is masked: by a triangle of its own, as in GPT, or by what is handed down to it."""
    inside = modules[path]
    squares = [b for b in inside.buffers(recurse=False) if b.dim() > 1 and b.shape[-1] == b.shape[-2] > 1]
    if squares and "tril" in _names(_tree(inside.__class__.__init__)):
        return CAUSAL
    for module, found in ((modules[outer], masks.get(outer)) for outer in _upwards(path)):
        if found:
            # FSMT hands only its decoder a parameter for the causal mask.
            handed = [child for child in module.children() if any("causal" in name for name in _takes(child.__class__))]
            return FULL if handed and inside not in handed else " or ".join(sorted(found))
        taken, inside = _takes(module.__class__), module
        # Keywords hand a mask on, but not into a sub-model, nor to images.
        closed = isinstance(module, transformers.PreTrainedModel) or "pixel_values" in taken
        if not any("attention_mask" in name if closed else "mask" in name or name == "kwargs" for name in taken):
            break
    return FULL


def _ours(thing: Any) -> bool:
    return str(thing.__module__).startswith("transformers.models.")


@functools.cache
def _takes(cls: Any) -> frozenset[str]:
    """Return the names of forward's parameters; a container hands on what it gets."""
    return frozenset(inspect.signature(cls.forward).parameters if _ours(cls) else ["mask"])


@functools.cache
def _attends(cls: type) -> bool:
    names = _names_from_forward(cls)
    named = re.search(r"Attention|Attn", cls.__name__) and QUERY.search(" ".join(names))
    return issubclass(cls, torch.nn.MultiheadAttention) or bool(names & ATTENTION_CALLS or (named and names & PRODUCTS))


@functools.cache
def _tree(function: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


@functools.cache
def _names(node: ast.AST) -> frozenset[str]:
    nodes = list(ast.walk(node))
    names = [n.id if isinstance(n, ast.Name) else n.attr for n in nodes if isinstance(n, ast.Name | ast.Attribute)]
    return frozenset([*names, *("matmul" for n in nodes if isinstance(n, ast.MatMult))])


@functools.cache
def _names_from_forward(cls: Any) -> frozenset[str]:
    """Return the names in a class's forward and in the methods and functions of models that it leads to."""
    seen: set[Any] = set()
    ways = [cls.forward]
    while ways:
        function = inspect.unwrap(ways.pop())
        if function not in seen and _ours(function):
            seen.add(function)
            for name in _names(_tree(function)):
                ways += filter(inspect.isfunction, [function.__globals__.get(name), getattr(cls, name, None)])
    return frozenset(name for function in seen for name in _names(_tree(function)))


@functools.cache
def _made_by(name: str) -> str | None:
    return CAUSAL if CAUSAL_MASK.fullmatch(name) else FULL if FULL_MASK.fullmatch(name) else None


def _masks(module: Any) -> set[str]:
    """Return the senses of the self-attention masks that a module's forward makes."""
    reader = _MaskReader(module)
    names = _names_from_forward(module.__class__)
    if names & {*TRIANGLES, "arange"} or any(map(_made_by, names)):
        reader.follow(module.__class__.forward, None)
    return reader.found


class _MaskReader(ast.NodeVisitor):
    """Walks through a forward and what it calls, leaving out the branches that the module's own flags close."""

    def __init__(self, module: Any) -> None:
        self.module, self.function = module, module.__class__.forward
        self.found: set[str] = set()
        self.known: dict[str, Any] = {}
        self.seen: set[Any] = set()

    def follow(self, function: Any, call: ast.Call | None) -> None:
        function = inspect.unwrap(function)
        if function in self.seen or not _ours(function):
            return
        names = [name for name in inspect.signature(function).parameters if name != "self"]
        given = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)] if call else []
        values = {name: value for name, node in given if name and (value := self.value(node)) is not UNKNOWN}
        self.seen.add(function)
        outside = self.function, self.known
        self.function, self.known = function, {"self": self.module, **values}
        for statement in _tree(function).body:
            self.visit(statement)
        self.function, self.known = outside

    def value(self, node: ast.expr) -> Any:
        """Return what an expression is worth where the module's own flags decide it, else UNKNOWN."""
        calls = [ast.unparse(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)]
        try:
            code = compile(ast.Expression(node), "", "eval")
            return eval(code, {}, self.known) if {*calls} <= {"getattr", "hasattr"} else UNKNOWN  # noqa: S307
        except Exception:  # noqa: BLE001 - only a real run has that name or attribute
            return UNKNOWN

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        self.visit(node.test)
        value, before = self.value(node.test), dict(self.known)
        taken = [node.body, node.orelse] if value is UNKNOWN else [node.body if value else node.orelse]
        for part in (part for branch in taken for part in (branch if isinstance(branch, list) else [branch])):
            self.visit(part)
        if value is UNKNOWN:
            self.known = {name: old for name, old in before.items() if self.known.get(name, UNKNOWN) is old}

    visit_IfExp = visit_If  # noqa: N815 - the name that ast gives it

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        value = self.value(node.value) if isinstance(node.targets[0], ast.Name) else UNKNOWN
        for name in {name for target in node.targets for name in _names(target)} - {"self"}:
            self.known.pop(name, None)
            self.known |= {} if value is UNKNOWN else {name: value}

    def visit_Name(self, node: ast.Name) -> None:
        self.add(_made_by(node.id))

    def visit_Compare(self, node: ast.Compare) -> None:
        self.generic_visit(node)
        self.add(CAUSAL if all("arange" in _names(side) for side in (node.left, *node.comparators)) else None)

    def visit_Call(self, node: ast.Call) -> None:
        for part in (*node.args, *node.keywords, *ast.iter_child_nodes(node.func)):
            self.visit(part)
        owner, _, name = ast.unparse(node.func).rpartition(".")
        given = " ".join(ast.unparse(part) for part in (*node.args, *node.keywords))
        function = getattr(self.module.__class__, name, None) if owner else self.function.__globals__.get(name)
        if not owner and _made_by(name):
            # A mask over what another stack has read is one for cross-attention.
            self.add(None if re.search("encoder_|cross", given) else _made_by(name))
        elif owner in {"", "self"} and inspect.isfunction(function):
            self.follow(function, node)
        # Cut from ones or from -inf; a triangle of a triangle is a band, as sliding windows have.
        elif owner == "torch" and name in TRIANGLES and re.search("ones|zeros|full|inf|causal|indices", given):
            self.add(None if re.search("tri[lu]", given) else CAUSAL)

    def add(self, sense: str | None) -> None:
        # create_causal_mask makes a full mask where the config says is_causal: false.
        causal = getattr(getattr(self.module, "config", None), "is_causal", True) is not False
        self.found |= {sense if causal else FULL} if sense else set()
