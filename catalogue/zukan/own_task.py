"""Tells whether a model does a task: filed under it, built for it, or saying so in its tags or its name."""

from __future__ import annotations

import re
from itertools import groupby
from os.path import commonprefix

from zukan.advice import Task, Understanding
from zukan.directions import only_fills_gaps
from zukan.lazily import lazily
from zukan.pipelines import task_of_pipeline
from zukan.schema import Family, Prospect
from zukan.store.wording import words_of_model
from zukan.tasks import is_model_name

SAME = {
    "feature-extraction": ("sentence-similarity",),
    "text-retrieval": ("sentence-similarity", "feature-extraction"),
}
"""Tasks → others whose models all do them too: what tells how alike two texts are makes a vector of each, and what
makes vectors finds the texts that are near a question."""
_HEADLESS = lazily(
    r"facebook/vjepa2-vit\w+-fpc\d+-\d+|MCG-NJU/videomae-(?:small|base|large|huge)(?:-short)?", re.IGNORECASE
)
"""Filed under a classification, but saved without a head for one: by their cards they are to be trained further."""
_UNANSWERING = lazily(r"microsoft/tapex-(?:base|large)|google/tapas-[a-z]+(?:-masklm)?", re.IGNORECASE)
"""Taught to read tables, and not yet to answer questions about them, by their cards."""
_UNREADING = lazily(
    r"naver-clova-ix/donut-(?:base|proto)|microsoft/trocr-(?:small|base|large)-stage1|google/pix2struct-(?:base|large)",
    re.IGNORECASE,
)
"""Taught to read pages of all kinds, and not yet what is asked for, by their cards."""
_OF_PAGES = frozenset(("image-to-text", "visual-question-answering", "document-question-answering"))
_MARKING = "AutoModelForQuestionAnswering"
"""The class that marks the answer in a text; what was trained for it mostly says so in its name."""
_TRAINED_TO_MARK = frozenset(("squad", "squad1", "squad2", "squadv1", "squadv2", "span", "extractive"))
_SAYS_WRITER = frozenset(("llm", "chat", "chatbot", "generative"))
"""Words of a question that ask for a model that writes."""
_OF_MANY = "text2text-generation"
_ALL_ROUND = lazily(
    r"t5|flan|ul2|pegasus|mbart|m2m100|seamless|small|base|large|xx?l|v?\d+(?:\.\d+)*|\d+(?:\.\d+)?[mb]|many|one|to|mmt"
    r"|last|avg|ckpt|hf|moe|distilled"
)
"""Words of the names of models that learnt many tasks or languages: makes, sizes, versions."""
_TRANSLATORS = ("m2m_100", "marian", "fsmt", "nllb-moe")
_MANY_TO_MANY = lazily(r"mbart-large-50-(?:many|one)-to-(?:many|one)|opus-mt|nllb-", re.IGNORECASE)
_VIDEOS = ("text-to-video", "image-to-video", "image-text-to-video")
_NO_TEXT = frozenset(
    ("aesthetics_predictor", "audio-spectrogram-transformer", "beit", "clip_vision_model", "convnext", "dac",
     "data2vec-audio", "data2vec-vision", "dinov2", "dinov2_with_registers", "dinov3_vit", "encodec", "hubert", "mimi",
     "sew", "sew-d", "siglip_vision_model", "snac", "swin", "unispeech", "unispeech-sat", "vit", "vit_mae", "vit_msn",
     "wav2vec2", "wav2vec2-bert", "wav2vec2-conformer", "wavlm", "whisper", "xcodec")
)  # fmt: skip
"""Types whose input is sound or pictures alone."""
_HEARD_OR_SEEN = frozenset(
    ("acoustic", "audio", "bird", "birds", "codec", "face", "faces", "image", "images", "instruments", "music", "photo",
     "photos", "picture", "pictures", "recording", "recordings", "scan", "scans", "sing", "singing", "sound", "sounds",
     "speaker", "speakers", "speech", "video", "vision", "visual", "voice", "voices")
)  # fmt: skip
_VECTORS = ("feature-extraction", "sentence-similarity", "text-retrieval")
_READS_LONG = lazily(r"longformer|big-?bird", re.IGNORECASE)
_COMPARES = lazily(r"embed|sentence|sbert|sts|simcse|retriev|similar|search|contriev|e5|gte|bge", re.IGNORECASE)
"""Encoders of long texts that have only learnt to fill gaps (the papers of Longformer and BigBird): their vectors are
of words, not of what a document says. What was trained to compare texts says so."""
_LONG_WORD, _LEAST_BEFORE = 5, 2
"""Letters of what may be the end of a longer word of a name, and before it: `ja` in JaColBERT."""
_WRITTEN = ("translation", "summarization", "text2text-generation")


def is_untuned(model_id: str, task: Task) -> bool:
    """Whether a model still has to be trained before it can do what a task asks for."""
    if task.task_id == "table-question-answering":
        return _UNANSWERING.fullmatch(model_id) is not None
    if task.task_id in _OF_PAGES:
        return _UNREADING.fullmatch(model_id) is not None
    if task.task_id.endswith("-classification"):
        return _HEADLESS.fullmatch(model_id) is not None
    if task.task_id in _VECTORS:
        return _READS_LONG.search(model_id) is not None and _COMPARES.search(model_id) is None
    return task.task_id in _WRITTEN and only_fills_gaps(model_id)


def only_translates(model: Prospect, task: Task) -> bool:
    """Whether a model was only taught to translate, where texts shall be turned into others in any way."""
    return task.task_id == _OF_MANY and (
        model.model_type in _TRANSLATORS or _MANY_TO_MANY.search(model.model_id) is not None
    )


def makes_something_else(model: Prospect, task: Task) -> bool:
    """Whether a model is filed under making videos, but its pipeline makes pictures: a style, or what steers one."""
    return task.task_id in _VIDEOS and task_of_pipeline(model.tags) == "text-to-image"


def takes_no_text(model: Prospect, understood: Understanding) -> bool:
    """Whether a model makes vectors of sounds or pictures, where texts are to be compared: a task of the Hub has both.

    Who says what is heard or seen wants one all the same.
    """
    if understood.task.input_kind != "text" or model.model_type not in _NO_TEXT:
        return False
    said = {part for name in (*understood.words, *understood.topics) for part in re.split(r"[|\s-]", name)}
    return said.isdisjoint(_HEARD_OR_SEEN)


def only_writes(model: Prospect, understood: Understanding) -> bool:
    """Whether a model is a language model that writes, where a task's answer is to be marked in a text.

    Many authors file what answers questions in a chat under the task whose answers are found in a passage. Who asks for
    a language model, or names one, wants it all the same.
    """
    task = understood.task
    if task.auto_class != _MARKING or model.family != Family.DECODER_ONLY:
        return False
    if understood.wishes.family == Family.DECODER_ONLY or "chat" in understood.topics or _names_a_model(understood):
        return False
    return _TRAINED_TO_MARK.isdisjoint(words_of_model(model.model_id))


def _names_a_model(understood: Understanding) -> bool:
    names = [name for several in understood.words for name in several.split("|")]
    return any(name in _SAYS_WRITER or is_model_name(name) for name in names)


def does(model: Prospect, task: Task) -> bool:
    """Whether a model does the task itself: a related pipeline tag alone proves nothing."""
    if model.pipeline_tag == task.task_id or model.pipeline_tag in SAME.get(task.task_id, ()):
        return True
    if model.pipeline_tag in task.related_tasks:
        return (
            built_for(model, task)
            or task.task_id in model.tags
            or task_of_pipeline(model.tags) == task.task_id
            or named_for(model.model_id, task) is not None
        )
    # What its class says that it does goes before what others of its type do: a ViT with a classifier's head.
    told = model.inferred_task in (None, task.task_id, *task.related_tasks)
    return model.pipeline_tag is None and model.model_type in task.model_types and told


def built_for(model: Prospect, task: Task) -> bool:
    """Whether a model is of a type that is built for a task, and was not trained for something else of many.

    A T5 that is filed under text2text-generation translates and summarises if it is the first one or one that learnt
    many tasks; what others have trained says in its name what for.
    """
    if model.model_type not in task.model_types:
        return False
    name = model.model_id.rpartition("/")[2].lower()
    return model.pipeline_tag != _OF_MANY or all(map(_ALL_ROUND.fullmatch, re.split(r"[-_]+", name)))


def letters_of_names(task: Task) -> list[str]:
    """Return what a name holds that ends with one of `Task.name_words`: one text for those that begin alike."""
    long = sorted(word for word in task.name_words if len(word) >= _LONG_WORD and " " not in word)
    alike = (list(words) for _, words in groupby(long, key=lambda word: word[:_LONG_WORD]))
    return [commonprefix(words) for words in alike]  # noqa: RUF071 (of letters, not of parts of a path)


def says_at_an_end(model_id: str, task: Task) -> bool:
    """Whether a name says by the end of a longer word alone that a model does a task."""
    said = named_for(model_id, task)
    return said is not None and not words_of_model(model_id).issuperset(said.split())


def _ends_with(word: str, end: str) -> bool:
    return word.endswith(end) and len(word) >= len(end) + _LEAST_BEFORE


def _all_in(words: str, letters: str) -> bool:
    return all(word in letters for word in words.split())


def named_for(model_id: str, task: Task) -> str | None:
    """Return the words of its name, those of `Task.name_words`, by which a model says that it does a task.

    A long one may be the end of another word: JoyCaption captions, ModernColBERT retrieves.
    """
    letters = model_id.rpartition("/")[2].lower()
    # Most names hold none of them, and words with spaces between them are few.
    likely = [words for words in task.name_words if words in letters or (" " in words and _all_in(words, letters))]
    if not likely:
        return None
    own = words_of_model(model_id)
    said = next((words for words in likely if own.issuperset(words.split())), None)
    if said is None:
        ends = (words for words in likely if len(words) >= _LONG_WORD)
        said = next((words for words in ends if any(_ends_with(word, words) for word in own)), None)
    return said
