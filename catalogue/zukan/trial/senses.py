"""The tasks beyond text: what each one takes, what makes the model's input of it, and which classes answer.

Read by both halves of a trial, so it imports neither torch nor transformers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zukan.trial import tables


class Reads(StrEnum):
    """What a task takes in the first place; some take a text with it."""

    TEXT = "text"
    PICTURE = "picture"
    SOUND = "sound"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Sense:
    """How one task is done."""

    reads: Reads
    classes: Mapping[str, str]
    """transformers' table → the Auto class that goes with it, the more general heads first."""
    readers: tuple[str, ...]
    """The Auto classes that make the model's input."""
    takes_text: bool = False
    """A question or prompt goes with the picture or table."""
    model_types: frozenset[str] | None = None
    """The only ones that serve it, where transformers has no table for the task."""

    @property
    def needs_vocabulary(self) -> bool:
        """Whether a tokenizer takes part."""
        return "AutoTokenizer" in self.readers or "AutoProcessor" in self.readers

    @property
    def needs_processor(self) -> bool:
        """Whether pictures or sounds are made fit by settings that the repository must have."""
        return any(reader != "AutoTokenizer" for reader in self.readers)


_IMAGE, _SOUND, _BOTH = ("AutoImageProcessor",), ("AutoFeatureExtractor",), ("AutoProcessor",)
_TOKENIZER = ("AutoTokenizer",)

IMAGE_TABLE = "IMAGE"
_VIDEO_TABLE = "VIDEO_CLASSIFICATION"
SPECTROGRAM_TABLE = "TEXT_TO_SPECTROGRAM"

SENSES: dict[str, Sense] = {
    "image-classification": Sense(Reads.PICTURE, {"IMAGE_CLASSIFICATION": "AutoModelForImageClassification"}, _IMAGE),
    "object-detection": Sense(Reads.PICTURE, {"OBJECT_DETECTION": "AutoModelForObjectDetection"}, _IMAGE),
    "image-segmentation": Sense(
        Reads.PICTURE,
        {
            "UNIVERSAL_SEGMENTATION": "AutoModelForUniversalSegmentation",
            "INSTANCE_SEGMENTATION": "AutoModelForInstanceSegmentation",
            "SEMANTIC_SEGMENTATION": "AutoModelForSemanticSegmentation",
        },
        _IMAGE,
    ),
    "depth-estimation": Sense(Reads.PICTURE, {"DEPTH_ESTIMATION": "AutoModelForDepthEstimation"}, _IMAGE),
    "zero-shot-image-classification": Sense(
        Reads.PICTURE,
        {"ZERO_SHOT_IMAGE_CLASSIFICATION": "AutoModelForZeroShotImageClassification"},
        (*_IMAGE, *_TOKENIZER),
    ),
    "visual-question-answering": Sense(
        Reads.PICTURE,
        {"VISUAL_QUESTION_ANSWERING": "AutoModelForVisualQuestionAnswering"},
        _BOTH,
        takes_text=True,
    ),
    "image-text-to-text": Sense(
        Reads.PICTURE, {"IMAGE_TEXT_TO_TEXT": "AutoModelForImageTextToText"}, _BOTH, takes_text=True
    ),
    "audio-classification": Sense(Reads.SOUND, {"AUDIO_CLASSIFICATION": "AutoModelForAudioClassification"}, _SOUND),
    "automatic-speech-recognition": Sense(
        Reads.SOUND,
        {
            "SPEECH_SEQ_2_SEQ": "AutoModelForSpeechSeq2Seq",
            "CTC": "AutoModelForCTC",
            "TDT": "AutoModelForTDT",
            "RNNT": "AutoModelForRNNT",
        },
        (*_SOUND, *_TOKENIZER),
    ),
    "zero-shot-audio-classification": Sense(
        Reads.SOUND, {tables.BASE: "AutoModel"}, (*_SOUND, *_TOKENIZER), model_types=frozenset({"clap"})
    ),
    "text-to-speech": Sense(Reads.TEXT, {"TEXT_TO_WAVEFORM": "AutoModelForTextToWaveform"}, _TOKENIZER),
    "text-to-audio": Sense(Reads.TEXT, {"TEXT_TO_WAVEFORM": "AutoModelForTextToWaveform"}, _TOKENIZER),
    "table-question-answering": Sense(
        Reads.TABLE,
        {"TABLE_QUESTION_ANSWERING": "AutoModelForTableQuestionAnswering"},
        _TOKENIZER,
        takes_text=True,
    ),
    # Last: every classifier can do it too, with its head left out.
    "image-feature-extraction": Sense(Reads.PICTURE, {IMAGE_TABLE: "AutoModel"}, _IMAGE),
}
"""In the order in which they are tried for a model that nobody says more of."""

PACKAGES: dict[Reads, tuple[str, str]] = {Reads.PICTURE: ("PIL", "pillow"), Reads.TABLE: ("pandas", "pandas")}
"""What reads pictures and tables: the name to import, and what to give to pip."""

WRITERS = frozenset({"text-to-speech", "text-to-audio"})
"""Their answer is a sound, which is written to a file."""
DRAWERS = frozenset({"image-segmentation", "depth-estimation"})
"""Their answer can be drawn into a file."""
CHOOSERS = frozenset({"zero-shot-image-classification", "zero-shot-audio-classification"})
"""They choose among the user's labels."""


def reads(task: str) -> Reads:
    """Return what a task takes."""
    return SENSES[task].reads if task in SENSES else Reads.TEXT


def serves(sense: Sense, model_type: str, architecture: str | None, known: tables.Tables) -> str | None:
    """Return the table of the class that a checkpoint was saved with, if it is one of a task's; else None."""
    if sense.model_types is not None and model_type not in sense.model_types:
        return None
    homes = known.tables_of(architecture or "")
    for table in sense.classes:
        if table == IMAGE_TABLE and known.has_type(_VIDEO_TABLE, model_type):
            # It takes a row of pictures.
            continue
        # A checkpoint with another head still has the body that makes vectors; one without a class may be anything.
        if known.has_type(table, model_type) and (table in homes or table == IMAGE_TABLE or not homes):
            return table
    return None


def only_spectrograms(architecture: str | None, known: tables.Tables) -> bool:
    """Tell whether a model's sound is only a picture of frequencies, which another model turns into sound."""
    return known.tables_of(architecture or "") == {SPECTROGRAM_TABLE}
