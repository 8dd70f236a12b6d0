"""Groups of tasks beside which a name, a tag or a format is to be believed or not."""

from __future__ import annotations

from zukan.schema import Family

ENCODER, DECODER, SEQ2SEQ, OTHER = Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ, Family.OTHER
_THREE = frozenset({ENCODER, DECODER, SEQ2SEQ})

NEUTRAL_TASKS: dict[str, frozenset[Family]] = {
    "automatic-speech-recognition": frozenset({ENCODER, SEQ2SEQ, OTHER}),
    "text-to-speech": frozenset({DECODER, SEQ2SEQ, OTHER}),
    "text-to-audio": frozenset({DECODER, SEQ2SEQ, OTHER}),
    "visual-document-retrieval": frozenset({ENCODER, DECODER}),
    "multiple-choice": _THREE,
    "table-to-text": _THREE,
}
"""Of tasks that families share: those whose well-known names are to be believed."""
LANGUAGE_TASKS = frozenset({
    "text-generation", "text2text-generation", "translation", "summarization", "question-answering",
    "text-classification", "zero-shot-classification", "text-ranking", "token-classification",
    "feature-extraction", "sentence-similarity",
})  # fmt: skip
NETWORK_TASKS = frozenset({
    "image-classification", "image-segmentation", "object-detection", "image-feature-extraction",
    "depth-estimation", "mask-generation", "keypoint-detection", "zero-shot-object-detection", "image-to-image",
    "audio-classification", "audio-to-audio", "voice-activity-detection", "automatic-speech-recognition",
    "text-to-speech", "tabular-classification", "tabular-regression", "time-series-forecasting",
    "sentence-similarity", "image-to-text", "video-classification",
})  # fmt: skip
"""Tasks that networks without attention do too, so that a name with theirs is to be believed."""
SENSES = frozenset({
    "image-classification", "image-segmentation", "object-detection", "mask-generation", "depth-estimation",
    "audio-classification", "video-classification", "voice-activity-detection", "image-feature-extraction",
    "text-to-image", "image-to-image", "text-to-video", "image-to-video", "image-text-to-video", "video-to-video",
    "image-text-to-image", "unconditional-image-generation", "text-to-3d", "image-to-3d", "text-to-audio",
})  # fmt: skip
"""Tasks beside which a language model's type among free tags says nothing: a mamba may be a snake."""
NOT_TEXT = frozenset({
    "text-to-image", "image-to-image", "text-to-video", "image-to-video", "image-text-to-video", "video-to-video",
    "image-text-to-image", "unconditional-image-generation", "text-to-3d", "image-to-3d",
})  # fmt: skip
"""Tasks that the formats of language models are also used for, by diffusion models."""
