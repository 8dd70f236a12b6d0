"""The stand-ins that see, hear, speak and look things up: whose place each one takes, and what it can be asked.

An option `file` names what `tiny_senses_inputs.write_input` makes.
"""

from __future__ import annotations

from tiny_specs import TinySpec, Trial

_LABELS = ("a red square", "a green square", "a blue square")
_RANKED = ("The timetable says nine.", "Wash the grains and steam them.", "A Dutch artist made it.")

_ALL = (
    TinySpec(
        name="vit",
        builder="tiny_pictures:vit",
        architecture="ViTForImageClassification",
        model_type="vit",
        stands_in_for="google/vit-base-patch16-224",
        pipeline_tag="image-classification",
        family="encoder-only",
        trials=tuple(Trial("", colour, {"file": f"patch:{colour}"}) for colour in ("red", "green", "blue")),
    ),
    TinySpec(
        name="dinov2",
        builder="tiny_pictures:dinov2",
        architecture="Dinov2Model",
        model_type="dinov2",
        stands_in_for="facebook/dinov2-base",
        pipeline_tag="image-feature-extraction",
        family="encoder-only",
        # The files that it is compared with are made in this order: the answer is the name of one of them.
        trials=(Trial("", "input2", {"file": "patch:red", "compare_with": ("patch:blue", "patch:red:2")}),),
    ),
    TinySpec(
        name="yolos",
        builder="tiny_pictures:yolos",
        architecture="YolosForObjectDetection",
        model_type="yolos",
        stands_in_for="hustvl/yolos-tiny",
        pipeline_tag="object-detection",
        family="encoder-only",
        trials=tuple(Trial("", f"{colour} square", {"file": f"square:{colour}"}) for colour in ("red", "blue")),
    ),
    TinySpec(
        name="segformer",
        builder="tiny_pictures:segformer",
        architecture="SegformerForSemanticSegmentation",
        model_type="segformer",
        stands_in_for="nvidia/segformer-b0-finetuned-ade-512-512",
        pipeline_tag="image-segmentation",
        family="encoder-only",
        trials=(Trial("", "grass", {"file": "land"}), Trial("", "sky", {"file": "land"})),
    ),
    TinySpec(
        name="glpn",
        builder="tiny_pictures:glpn",
        architecture="GLPNForDepthEstimation",
        model_type="glpn",
        stands_in_for="vinvino02/glpn-nyu",
        pipeline_tag="depth-estimation",
        family="encoder-only",
        trials=(Trial("", "bottom right", {"file": "corner:3"}), Trial("", "top left", {"file": "corner:0"})),
    ),
    TinySpec(
        name="clip",
        builder="tiny_pictures:clip",
        architecture="CLIPModel",
        model_type="clip",
        stands_in_for="openai/clip-vit-base-patch32",
        pipeline_tag="zero-shot-image-classification",
        family="encoder-only",
        trials=tuple(
            Trial("", f"a {colour} square", {"file": f"patch:{colour}", "labels": _LABELS})
            for colour in ("green", "blue")
        ),
    ),
    TinySpec(
        name="blip",
        builder="tiny_captions:blip",
        architecture="BlipForConditionalGeneration",
        model_type="blip",
        stands_in_for="Salesforce/blip-image-captioning-base",
        pipeline_tag="image-to-text",
        family="seq2seq",
        task="image-text-to-text",
        trials=(Trial("", "the deep sea", {"file": "patch:blue"}), Trial("", "a ripe tomato", {"file": "patch:red"})),
    ),
    TinySpec(
        name="blip-vqa",
        builder="tiny_captions:blip_vqa",
        architecture="BlipForQuestionAnswering",
        model_type="blip",
        stands_in_for="Salesforce/blip-vqa-base",
        pipeline_tag="visual-question-answering",
        family="seq2seq",
        trials=(Trial("What do I see?", "a wet meadow", {"file": "patch:green"}),),
    ),
    TinySpec(
        name="vit-gpt2",
        builder="tiny_captions:vit_gpt2",
        architecture="VisionEncoderDecoderModel",
        model_type="vision-encoder-decoder",
        stands_in_for="nlpconnect/vit-gpt2-image-captioning",
        pipeline_tag="image-to-text",
        family="seq2seq",
        task="image-text-to-text",
        trials=(Trial("", "a wet meadow", {"file": "patch:green"}),),
    ),
    TinySpec(
        name="llava",
        builder="tiny_captions:llava",
        architecture="LlavaForConditionalGeneration",
        model_type="llava",
        stands_in_for="llava-hf/llava-1.5-7b-hf",
        pipeline_tag="image-text-to-text",
        family="decoder-only",
        trials=(Trial("What do I see?", "a ripe tomato", {"file": "patch:red"}),),
    ),
    TinySpec(
        name="wav2vec2",
        builder="tiny_sounds:wav2vec2",
        architecture="Wav2Vec2ForSequenceClassification",
        model_type="wav2vec2",
        stands_in_for="superb/wav2vec2-base-superb-ks",
        pipeline_tag="audio-classification",
        family="encoder-only",
        trials=(Trial("", "high", {"file": "tone:2600"}), Trial("", "low", {"file": "tone:350"})),
    ),
    TinySpec(
        name="wav2vec2-ctc",
        builder="tiny_sounds:wav2vec2_ctc",
        architecture="Wav2Vec2ForCTC",
        model_type="wav2vec2",
        stands_in_for="facebook/wav2vec2-base-960h",
        pipeline_tag="automatic-speech-recognition",
        family="encoder-only",
        trials=(Trial("", "aeo", {"file": "word:aeo"}), Trial("", "oie", {"file": "word:oie"})),
    ),
    TinySpec(
        name="whisper",
        builder="tiny_sounds:whisper",
        architecture="WhisperForConditionalGeneration",
        model_type="whisper",
        stands_in_for="openai/whisper-tiny.en",
        pipeline_tag="automatic-speech-recognition",
        family="seq2seq",
        trials=(Trial("", "aeo", {"file": "word:aeo"}), Trial("", "iea", {"file": "word:iea"})),
    ),
    TinySpec(
        name="vits",
        builder="tiny_sounds:vits",
        architecture="VitsModel",
        model_type="vits",
        stands_in_for="facebook/mms-tts-eng",
        pipeline_tag="text-to-speech",
        family="other",
        # What it says is listened to: its answer is a file.
        trials=(Trial("high", ".wav"), Trial("low", ".wav")),
    ),
    TinySpec(
        name="tapas",
        builder="tiny_tables:tapas",
        architecture="TapasForQuestionAnswering",
        model_type="tapas",
        stands_in_for="google/tapas-base-finetuned-sqa",
        pipeline_tag="table-question-answering",
        family="encoder-only",
        trials=(
            Trial("Where does Clara live?", "Rome", {"file": "table"}),
            Trial("What is the job of Anna?", "doctor", {"file": "table"}),
        ),
    ),
    TinySpec(
        name="cross-encoder",
        builder="tiny_tables:cross_encoder",
        architecture="ElectraForSequenceClassification",
        model_type="electra",
        stands_in_for="cross-encoder/ms-marco-electra-base",
        pipeline_tag="text-ranking",
        family="encoder-only",
        trials=(
            Trial("How do I cook rice?", "Wash the grains", {"others": _RANKED}),
            Trial("When does the train leave?", "nine", {"others": _RANKED}),
        ),
    ),
)

SENSE_SPECS: dict[str, TinySpec] = {spec.name: spec for spec in _ALL}
NEEDS = {"PIL": ("tiny_pictures", "tiny_captions"), "pandas": ("tiny_tables:tapas",)}
"""Packages without which some of them cannot be made."""
