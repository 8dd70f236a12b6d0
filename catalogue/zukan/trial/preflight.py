"""Checks, before any weight is downloaded and without importing torch, that a trial can work, and plans it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.errors import (
    EmptyInput,
    MissingExtra,
    MissingOption,
    NoSuchFile,
    NoWeights,
    PickleRefused,
    UnloadableModel,
    UnsupportedTask,
    WrongTask,
)
from zukan.outcomes import TrialRequest
from zukan.trial import abilities, adapters, files, gguf, heads, kinds, memory, translating
from zukan.trial.abilities import ALIASES, SUPPORTED_TASKS, TEXT2TEXT, Model
from zukan.trial.files import Selection
from zukan.trial.plan import Plan
from zukan.trial.senses import PACKAGES, SENSES, only_spectrograms, reads
from zukan.trial.source import Repository
from zukan.trial.tables import EXTRA, Tables, is_installed, load_tables

# quant_method → the package whose absence ends the load; the others are checked by transformers itself.
_QUANTIZATION_PACKAGES = {
    "bitsandbytes": ("bitsandbytes", "bitsandbytes"),
    "gptq": ("gptqmodel", "gptqmodel"),
    "awq": ("gptqmodel", "gptqmodel"),
    "compressed-tensors": ("compressed_tensors", "compressed-tensors"),
    "torchao": ("torchao", "torchao"),
    "hqq": ("hqq", "hqq"),
    "quanto": ("optimum", "optimum-quanto"),
    "aqlm": ("aqlm", "aqlm"),
    "auto-round": ("auto_round", "auto-round"),
    "eetq": ("eetq", "eetq"),
}
_NO_LIMIT = 10**7
"""A tokenizer without a limit states 10^30."""
_TOKENIZER_PACKAGES = {
    "xlm": ("sacremoses", EXTRA),
    "flaubert": ("sacremoses", EXTRA),
    "fsmt": ("sacremoses", EXTRA),
}


def check_request(request: TrialRequest) -> None:
    """Check what can be checked before looking at any repository.

    Raises:
        EmptyInput: There is a text, but nothing in it.
        UnsupportedTask: zukan cannot run that task.
        MissingOption: The task needs an option that is not there.

    """
    if request.text is not None and not request.text.strip():
        raise EmptyInput(request.model)
    task = wanted_task(request)
    if task is not None and task not in SUPPORTED_TASKS:
        raise UnsupportedTask(task, request.model, SUPPORTED_TASKS)
    if request.text is not None and task is not None:
        require_options(request, task)


def wanted_task(request: TrialRequest) -> str | None:
    """Return the task that was asked for, under its Hub name."""
    return ALIASES.get(request.task, request.task) if request.task else None


def plan_trial(request: TrialRequest, repository: Repository) -> Plan:
    """Decide what to load and how.

    Reads config.json and a few other small files through the repository, which may download them.

    Raises:
        UnloadableModel: Nothing that transformers could load; its subclasses say more.
        WrongTask: The model cannot do the task.
        UnsupportedTask: The model is for a task that zukan cannot run.
        MissingOption: The task needs one more option, e.g. a target language.
        MissingExtra: A package is not installed.

    """
    known = load_tables()
    if gguf.is_meant(repository, request.gguf):
        return _plan_gguf(request, repository, known)
    warnings: list[str] = []
    modules = kinds.modules_of(repository)
    root = files.transformer_root(list(modules))
    config = kinds.config_of(repository, root)
    model_type, explicit = kinds.model_type_of(repository, config, known, warnings)
    model = Model(config, model_type, has_modules=bool(modules))
    kinds.check_code(request, repository, config, model_type, known, warnings)
    task = _task(request, repository, model, known, warnings)
    tokenizer_config = repository.json_object(root + "tokenizer_config.json")
    selection = _selection(request, repository, config, modules, tokenizer_config)
    _check_weights(request, repository, selection, warnings)
    _check_packages(repository, config, model_type)
    _check_readers(repository, selection, task, own_code=request.trust_remote_code and "auto_map" in tokenizer_config)
    require_options(request, task)
    if task == "translation":
        translating.require_target(request, repository, config, model_type, tokenizer_config, root)
    loaded = abilities.class_name(task, model, known)
    doubt = heads.why_random(repository, selection.weights, loaded, model_type, config)
    warnings += [doubt] if doubt is not None else []
    stated = tokenizer_config.get("model_max_length")
    input_limit = stated if isinstance(stated, int) and 0 < stated < _NO_LIMIT else None
    tokenizer_bytes = repository.sizes.get(root + "tokenizer.json")
    need = memory.estimated_need(request, config, selection, task, input_limit, tokenizer_bytes)
    return Plan(
        task=task,
        auto_class=abilities.auto_class(task, model, known),
        model_type=model_type,
        config=config,
        row=_row(repository, model),
        selection=selection,
        modules=modules,
        estimated_bytes=need.peak if need is not None else None,
        tokenizer_bytes=tokenizer_bytes,
        input_limit=input_limit,
        warnings=tuple(warnings),
        explicit_model_type=explicit,
    )


def _plan_gguf(request: TrialRequest, repository: Repository, known: Tables) -> Plan:
    """Decide about a file that holds configuration, tokens and weights in one."""
    found = gguf.look(repository, request, known)
    warnings = list(found.notes)
    model = Model(found.config, str(found.config["model_type"]))
    task = _task(request, repository, model, known, warnings)
    require_options(request, task)
    if task == "translation":
        translating.require_target(request, repository, found.config, model.model_type, {}, "")
    need = memory.estimated_need(request, found.config, found.selection, task)
    return Plan(
        task=task,
        auto_class=abilities.auto_class(task, model, known),
        model_type=model.model_type,
        config=found.config,
        row=_row(repository, model),
        selection=found.selection,
        modules=(),
        estimated_bytes=need.peak if need is not None else None,
        warnings=tuple(warnings),
    )


def is_complete(repository: Repository, request: TrialRequest | None = None) -> bool:
    """Tell whether a cached snapshot has all that a trial needs, by its configuration, index and listing."""
    if adapters.is_adapter(repository):
        return adapters.is_complete(repository)
    asked = request or TrialRequest(repository.model_id)
    if gguf.is_meant(repository, asked.gguf):
        return _has_gguf(repository, asked)
    try:
        modules = kinds.modules_of(repository)
        root = files.transformer_root(list(modules))
        config = kinds.config_of(repository, root)
        tokenizer_config = repository.json_object(root + "tokenizer_config.json")
        selection = _selection(asked, repository, config, modules, tokenizer_config)
    except UnloadableModel:
        return False
    if not repository.sizes.keys() >= set(selection.names):
        return False
    weights = selection.weights
    has_reader = selection.has_vocabulary or selection.has_processor
    return weights is not None and bool(weights.names) and not weights.missing and has_reader


def _has_gguf(repository: Repository, request: TrialRequest) -> bool:
    try:
        return gguf.choose(repository, request.gguf, offline=request.offline)[0] in repository.sizes
    except (NoSuchFile, UnloadableModel):
        return False


# --- which task ---------------------------------------------------------------------------------------------


def _task(request: TrialRequest, repository: Repository, model: Model, known: Tables, warnings: list[str]) -> str:
    can = abilities.abilities(model, known)
    wanted = wanted_task(request)
    if not can and only_spectrograms(model.architecture, known):
        raise UnloadableModel(
            repository.model_id,
            "it makes spectrograms only, and the model that makes sound of them is in another repository",
        )
    if wanted == TEXT2TEXT and model.model_type in translating.CODE_TYPES:
        # Without a target language they answer in an arbitrary one.
        wanted = "translation"
    if model.model_type not in known.model_types:
        # The repository's own code decides; we can only believe what it says.
        stated = abilities.stated_tasks(model.config)
        task = wanted or (repository.pipeline_tag if repository.pipeline_tag in stated else None)
        task = task or next(iter(stated), repository.pipeline_tag or "text-generation")
        if task not in SUPPORTED_TASKS:
            raise UnsupportedTask(task, repository.model_id, SUPPORTED_TASKS)
        return task
    if wanted is not None:
        if wanted in can:
            return wanted
        other = abilities.other_task(model, known)
        if not can and other:
            raise WrongTask(repository.model_id, wanted, f"it is a model for {other}")
        raise WrongTask(repository.model_id, wanted, _why_wrong(model, wanted), can[:3])
    if not can:
        task = abilities.other_task(model, known) or repository.pipeline_tag or model.architecture or model.model_type
        raise UnsupportedTask(task, repository.model_id, SUPPORTED_TASKS)
    return _choose(request, repository, model, can, warnings)


def _choose(
    request: TrialRequest, repository: Repository, model: Model, can: tuple[str, ...], warnings: list[str]
) -> str:
    """Choose a task nobody named: by the options that were given, the Hub's tag, then the model's class."""
    if request.labels and "zero-shot-classification" in can:
        return "zero-shot-classification"
    if (request.target_language or request.source_language) and "translation" in can:
        return "translation"
    if request.compare_with:
        for task in ("text-ranking", "sentence-similarity"):
            if task in can:
                return task
    tag = ALIASES.get(repository.pipeline_tag or "", repository.pipeline_tag)
    task = tag if tag in can else can[0]
    if task == TEXT2TEXT and model.model_type in translating.CODE_TYPES:
        task = "translation"
    if tag is not None and tag not in can and tag in SUPPORTED_TASKS:
        class_name = model.architecture or model.model_type
        warnings.append(f"the Hub files it under {tag}, but {class_name} does {task}")
    if task == "sentence-similarity" and request.text is not None and not request.compare_with:
        # One sentence alone has nothing to be similar to; its vector is what can be shown.
        return "feature-extraction"
    if task in ("zero-shot-classification", "text-ranking", "question-answering") and request.text is not None:
        return task
    if task == "translation" and translating.names_its_task(request.text or "", model.config) is False:
        has_prefixes = model.model_type in translating.PREFIX_TYPES
        return TEXT2TEXT if has_prefixes and request.text is not None else task
    return task


def _row(repository: Repository, model: Model) -> dict[str, Any]:
    """Return what the families' table looks at: the whole config.json, more than the Hub's listing has."""
    return {
        "id": repository.model_id,
        "pipeline_tag": repository.pipeline_tag,
        "library_name": repository.library_name,
        "tags": list(repository.tags),
        "config": {**model.config, "model_type": model.model_type},
    }


def _why_wrong(model: Model, wanted: str) -> str:
    name = model.architecture or f"the model type {model.model_type}"
    if wanted == "zero-shot-classification" and not any(
        label.lower().startswith("entail") for label in abilities.labels_of(model.config)
    ):
        return f"{name} has no entailment label, which zero-shot classification rests on"
    return f"{name} has no head for {wanted}"


def require_options(request: TrialRequest, task: str) -> None:
    """Check that what goes with the text is there; what a file brings is looked at when it has been read.

    Raises:
        MissingOption: It is not there.

    """
    if request.text is None or request.file is not None:
        return
    if task == "question-answering" and not (request.context or "").strip():
        raise MissingOption(request.model, "--context", "the passage to find the answer in")
    if task == "zero-shot-classification" and not any(label.strip() for label in request.labels):
        raise MissingOption(request.model, "--labels", "the labels to choose from")
    if task in ("sentence-similarity", "text-ranking") and not any(item.strip() for item in request.compare_with):
        raise MissingOption(request.model, "--compare-with", "the sentences to compare the input with")


# --- which files --------------------------------------------------------------------------------------------


def _selection(
    request: TrialRequest,
    repository: Repository,
    config: Mapping[str, Any],
    modules: tuple[Mapping[str, Any], ...],
    tokenizer_config: Mapping[str, Any],
) -> Selection:
    root = files.transformer_root(list(modules))
    sizes = repository.sizes if repository.listed is None else repository.listed
    index = files.index_name(sizes, root)
    return files.select(
        sizes,
        config=config,
        modules=list(modules) or None,
        index=repository.json_object(index) if index else None,
        tokenizer_class=tokenizer_config.get("tokenizer_class"),
        with_code=request.trust_remote_code and ("auto_map" in config or "auto_map" in tokenizer_config),
    )


def _check_weights(request: TrialRequest, repository: Repository, selection: Selection, warnings: list[str]) -> None:
    weights = selection.weights
    if weights is None:
        detail = "it has no weight file that transformers loads"
        if any(name.endswith((".h5", ".msgpack", ".onnx")) for name in repository.sizes):
            detail = "its weights are only there for TensorFlow, Flax or ONNX"
        elif "adapter_config.json" in repository.sizes:
            detail = "it holds an adapter only, no model"
        raise NoWeights(repository.model_id, detail)
    if weights.missing:
        raise UnloadableModel(
            repository.model_id,
            f"a weight file that its index names is not there: {weights.missing[0]}",
        )
    if not weights.names:
        raise NoWeights(repository.model_id, "its index of weights names no file")
    if not weights.safetensors:
        if request.safetensors_only:
            raise PickleRefused(repository.model_id, ", ".join(weights.names))
        warnings.append("pickle weights: read with torch's restricted loader, which takes tensors only")


def _check_packages(repository: Repository, config: Mapping[str, Any], model_type: str) -> None:
    quantization = config.get("quantization_config")
    if isinstance(quantization, Mapping):
        method = str(quantization.get("quant_method") or _unnamed_method(quantization))
        known = load_tables().quantization_methods
        if method not in known and method != "bitsandbytes":
            raise UnloadableModel(
                repository.model_id,
                f"transformers does not know its quantization method {method}: it would answer nonsense",
            )
        _require_package(repository, *_QUANTIZATION_PACKAGES.get(method, ("torch", "torch")))
    if model_type in _TOKENIZER_PACKAGES:
        _require_package(repository, *_TOKENIZER_PACKAGES[model_type])


def _check_readers(repository: Repository, selection: Selection, task: str, *, own_code: bool) -> None:
    """Check that texts can be turned into tokens, pictures and sounds into what the model takes."""
    sense = SENSES.get(task)
    if (sense is None or sense.needs_vocabulary) and not selection.has_vocabulary and not own_code:
        raise UnloadableModel(repository.model_id, "it has no tokenizer files, so no text can be turned into tokens")
    if sense is not None and sense.needs_processor and not selection.has_processor:
        raise UnloadableModel(
            repository.model_id, "it has no preprocessor_config.json, so no picture or sound can be made fit for it"
        )
    if (package := PACKAGES.get(reads(task))) is not None:
        _require_package(repository, *package)


def _unnamed_method(quantization: Mapping[str, Any]) -> str:
    bits = quantization.get("load_in_4bit") or quantization.get("load_in_8bit")
    return "bitsandbytes" if bits else "(not named)"


def _require_package(repository: Repository, package: str, requirement: str) -> None:
    if not is_installed(package):
        raise MissingExtra(package, requirement, repository.model_id)
