"""Decides which tasks a model can do, and which one to try, from its configuration and transformers' tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zukan.trial import senses, tables
from zukan.trial.senses import SENSES
from zukan.trial.tables import Tables

TEXT2TEXT = "text2text-generation"
"""No Hub tag any more, but what a T5 does with a text that names its own task."""

_TABLES = {
    "fill-mask": tables.MASKED_LM,
    "translation": tables.SEQ2SEQ_LM,
    "summarization": tables.SEQ2SEQ_LM,
    TEXT2TEXT: tables.SEQ2SEQ_LM,
    "text-generation": tables.CAUSAL_LM,
    "text-classification": tables.SEQUENCE_CLASSIFICATION,
    "zero-shot-classification": tables.SEQUENCE_CLASSIFICATION,
    "text-ranking": tables.SEQUENCE_CLASSIFICATION,
    "token-classification": tables.TOKEN_CLASSIFICATION,
    "question-answering": tables.QUESTION_ANSWERING,
    "feature-extraction": tables.BASE,
    "sentence-similarity": tables.BASE,
}
SUPPORTED_TASKS = (*_TABLES, *SENSES)
"""The tasks that a trial can run."""

GENERATING_TASKS = frozenset({"text-generation", "translation", "summarization", TEXT2TEXT})

_AUTO_CLASSES = {
    tables.MASKED_LM: "AutoModelForMaskedLM",
    tables.SEQ2SEQ_LM: "AutoModelForSeq2SeqLM",
    tables.CAUSAL_LM: "AutoModelForCausalLM",
    tables.SEQUENCE_CLASSIFICATION: "AutoModelForSequenceClassification",
    tables.TOKEN_CLASSIFICATION: "AutoModelForTokenClassification",
    tables.QUESTION_ANSWERING: "AutoModelForQuestionAnswering",
    tables.BASE: "AutoModel",
}

ALIASES = {
    "sentiment-analysis": "text-classification",
    "ner": "token-classification",
    "conversational": "text-generation",
    "zero-shot": "zero-shot-classification",
    "embedding": "feature-extraction",
    "image-to-text": "image-text-to-text",
    "vqa": "visual-question-answering",
    "asr": "automatic-speech-recognition",
    "tts": "text-to-speech",
}

_EMBEDDING_TASKS = frozenset({"feature-extraction", "sentence-similarity"})
# Old class names that checkpoints still carry.
_FORMER_CLASSES = {
    "T5WithLMHeadModel": "T5ForConditionalGeneration",
    "BartModelForConditionalGeneration": "BartForConditionalGeneration",
    "GPT2LMHead": "GPT2LMHeadModel",
    "XLMRobertaForMaskedLm": "XLMRobertaForMaskedLM",
}
# Their pre-training head tells real tokens from replaced ones; it cannot fill a mask.
_DISCRIMINATORS = frozenset({"electra", "funnel"})
_TRANSLATORS = frozenset({"m2m_100", "nllb-moe", "marian", "fsmt", "seamless_m4t", "seamless_m4t_v2"})
_ENCODER_HALF_ONLY = frozenset({"t5", "mt5", "umt5", "t5gemma"})

# What the classes of the other tables are for: to name the task that zukan cannot run.
_OTHER_TASKS = {
    "DOCUMENT_QUESTION_ANSWERING": "document-question-answering",
    "ZERO_SHOT_OBJECT_DETECTION": "zero-shot-object-detection",
    "MASK_GENERATION": "mask-generation",
    "KEYPOINT_DETECTION": "keypoint-detection",
    "KEYPOINT_MATCHING": "keypoint-matching",
    "IMAGE_TO_IMAGE": "image-to-image",
    "VIDEO_CLASSIFICATION": "video-classification",
    "TIME_SERIES_PREDICTION": "time-series-forecasting",
    "MULTIPLE_CHOICE": "multiple-choice",
}


@dataclass(frozen=True, slots=True)
class Model:
    """What the decision needs to know about a model."""

    config: Mapping[str, Any]
    model_type: str
    has_modules: bool = False
    """It is a sentence-transformers model."""

    @property
    def architecture(self) -> str | None:
        """Its first class name, under today's name."""
        names = self.config.get("architectures")
        if isinstance(names, list) and names and isinstance(names[0], str):
            return _FORMER_CLASSES.get(names[0], names[0])
        return None


def abilities(model: Model, known: Tables) -> tuple[str, ...]:
    """Return the supported tasks that a model can do, the likeliest first."""
    can = [task for task, table in _TABLES.items() if _serves(model, table, known)]
    if not _has_entailment(model.config):
        can = [task for task in can if task != "zero-shot-classification"]
    if _label_count(model.config) != 1:
        can = [task for task in can if task != "text-ranking"]
    if not _is_text(model, known):
        can = [task for task in can if task not in _EMBEDDING_TASKS]
    texts = sorted(can, key=lambda task: _rank(task, model, known))
    beyond = [task for task in SENSES if _table_beyond_text(task, model, known) is not None]
    # A class that sees or hears is no text model first, though many of them write text too.
    own = [task for task in beyond if task != "image-feature-extraction" and not _writes_only(task, model, known)]
    return (*own, *texts, *(task for task in beyond if task not in own))


def stated_tasks(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tasks whose Auto class a repository's own code serves (`auto_map`)."""
    own = config.get("auto_map")
    served = own if isinstance(own, Mapping) else {}
    texts = [task for task, table in _TABLES.items() if _AUTO_CLASSES[table] in served]
    # AutoModel serves every task that has no class of its own: it says nothing of pictures or sounds.
    beyond = [task for task, sense in SENSES.items() if set(sense.classes.values()) & (set(served) - {"AutoModel"})]
    return (*texts, *beyond)


def other_task(model: Model, known: Tables) -> str | None:
    """Return the task outside our reach that a model's class is for."""
    homes = known.tables_of(model.architecture or "")
    return next((task for table, task in _OTHER_TASKS.items() if table in homes), None)


def auto_class(task: str, model: Model, known: Tables) -> str:
    """Return the transformers Auto class that loads a model for a task."""
    if task in SENSES:
        classes = SENSES[task].classes
        return classes[_table_beyond_text(task, model, known) or next(iter(classes))]
    if task in _EMBEDDING_TASKS and model.model_type in _ENCODER_HALF_ONLY:
        # AutoModel would load the decoder too, and then ask for its input.
        return "AutoModelForTextEncoding"
    return _AUTO_CLASSES[_TABLES[task]]


def class_name(task: str, model: Model, known: Tables) -> str | None:
    """Return the class that an Auto class chooses; None where the repository's own code decides, or none has a head."""
    table = _table_beyond_text(task, model, known) if task in SENSES else _TABLES[task]
    if table in (None, tables.BASE, senses.IMAGE_TABLE):
        return None
    names = known.classes[table].get(model.model_type, ()) if table is not None else ()
    return model.architecture if model.architecture in names else next(iter(names), None)


def _writes_only(task: str, model: Model, known: Tables) -> bool:
    """Tell whether a class that may take pictures too belongs to a checkpoint without the half that sees."""
    causal = tables.CAUSAL_LM in known.tables_of(model.architecture or "")
    return task == "image-text-to-text" and causal and not isinstance(model.config.get("vision_config"), Mapping)


def _table_beyond_text(task: str, model: Model, known: Tables) -> str | None:
    return senses.serves(SENSES[task], model.model_type, model.architecture, known)


def _serves(model: Model, table: str, known: Tables) -> bool:
    """Tell whether a table's head is the one this checkpoint was saved with, or may be."""
    if not known.has_type(table, model.model_type):
        return False
    if table == tables.BASE:
        return True
    name = model.architecture
    homes = known.tables_of(name or "")
    if name is None or not homes:
        # No class, or one that transformers does not know: the model type is all there is.
        return _default_head(model, table, known)
    if table in homes:
        # XxxForConditionalGeneration of BART fills masks too; a T5 is in no masked table.
        return True
    if tables.BASE in homes and name in known.classes[tables.BASE].get(model.model_type, ()):
        # A checkpoint without a head: fine where the head is tied to the embeddings, else the load says so.
        return table in (tables.MASKED_LM, tables.CAUSAL_LM, tables.SEQ2SEQ_LM) and _default_head(model, table, known)
    return table == tables.MASKED_LM and tables.PRETRAINING in homes and model.model_type not in _DISCRIMINATORS


def _default_head(model: Model, table: str, known: Tables) -> bool:
    """Choose among several possible heads of a model type whose checkpoint names none."""
    encoder_decoder = model.config.get("is_encoder_decoder")
    if known.has_type(tables.SEQ2SEQ_LM, model.model_type):
        masked_too = table == tables.MASKED_LM
        return table == tables.SEQ2SEQ_LM or masked_too or (table == tables.CAUSAL_LM and encoder_decoder is False)
    if known.has_type(tables.MASKED_LM, model.model_type):
        return (table == tables.CAUSAL_LM) == (model.config.get("is_decoder") is True)
    return True


def _is_text(model: Model, known: Tables) -> bool:
    homes = known.tables_of(model.architecture or "")
    if homes & set(tables.TEXT_TABLES):
        return True
    if homes and not homes & {tables.BASE, tables.PRETRAINING}:
        return False
    return model.has_modules or any(known.has_type(table, model.model_type) for table in tables.TEXT_TABLES)


def _is_seq2seq(model: Model, known: Tables) -> bool:
    if model.config.get("is_encoder_decoder") is True:
        return True
    homes = known.tables_of(model.architecture or "")
    if homes:
        return tables.SEQ2SEQ_LM in homes
    causal_or_masked = any(known.has_type(table, model.model_type) for table in (tables.CAUSAL_LM, tables.MASKED_LM))
    return known.has_type(tables.SEQ2SEQ_LM, model.model_type) and not causal_or_masked


def _rank(task: str, model: Model, known: Tables) -> int:
    """Order the tasks of one model: its head's own first, embeddings last unless it was built for them."""
    if model.has_modules:
        return 0 if task == "feature-extraction" else 1
    seq2seq = (TEXT2TEXT, "translation", "summarization")
    if model.model_type in _TRANSLATORS:
        seq2seq = ("translation", TEXT2TEXT, "summarization")
    order = (
        ("fill-mask", "text-generation", *seq2seq)
        if not _is_seq2seq(model, known)
        else (*seq2seq, "fill-mask", "text-generation")
    )
    heads = (
        "text-ranking",
        "zero-shot-classification",
        "text-classification",
        "token-classification",
        "question-answering",
        "feature-extraction",
        "sentence-similarity",
    )
    if model.architecture is not None and known.tables_of(model.architecture) & {tables.BASE}:
        # Saved without a head: an embedding is the only answer that is certainly trained.
        return ("feature-extraction", "sentence-similarity", *order, *heads).index(task)
    return (*order, *heads).index(task)


def labels_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a classifier's label names in the order of their numbers."""
    labels = config.get("id2label")
    if not isinstance(labels, Mapping):
        return ()
    try:
        return tuple(str(labels[key]) for key in sorted(labels, key=int))
    except (TypeError, ValueError):
        return tuple(str(value) for value in labels.values())


def _has_entailment(config: Mapping[str, Any]) -> bool:
    return any(label.lower().startswith("entail") for label in labels_of(config))


def _label_count(config: Mapping[str, Any]) -> int:
    count = config.get("num_labels")
    return len(labels_of(config)) or (count if isinstance(count, int) else 2)
