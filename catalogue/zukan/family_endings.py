"""What the ending of a class name says, whoever wrote the class: its half of a stack, its direction."""

from __future__ import annotations

import re

from zukan.schema import Family

ENCODER, DECODER, SEQ2SEQ = Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ

_ENCODER_END = re.compile(r"((?<!Auto)(Encoder|EncoderModel)|VisionModel|EmbeddingModel)(WithProjection)?$")
_CAUSAL_END = re.compile(r"(ForCausalLM|LMHeadModel|Decoder|DecoderModel|DecoderWrapper)$")
_HALF = r"(?<!Auto)Encoder(?=For(?!Conditional|Causal|MT|Seq2Seq|Speech)[A-Z])"
_BOTH_WAYS = re.compile(
    rf"Bidirec|Bi(Model|For|LM|Encoder)|ForMaskedLM|ForMNTP|(?<!Auto)(Encoder|EncoderModel)$|{_HALF}"
)
ENCODER_OF = re.compile(_HALF)
"""A head upon the encoder alone, as in T5EncoderForSequenceClassification: a class of somebody's own."""
_STATED = re.compile(r"(Encoder|Decoder)Only")
_NEW_CLASS = (
    (re.compile(r"EncoderDecoder|ForSpeechSeq2Seq|Seq2SeqLM"), SEQ2SEQ),
    (re.compile(r"(ForCausalLM|LMHeadModel)$"), DECODER),
    (re.compile(r"(ForMaskedLM|ForCTC|TextEncoder|(?<!Auto)EncoderModel)$"), ENCODER),
)


def half_of(name: str, own: Family) -> tuple[Family, bool] | None:
    """Return the family that an ending gives to a class of a type, where it is not simply the type's own.

    Args:
        name: The class name without its module.
        own: The family of its type.

    Returns:
        (family, whether only `is_decoder: true` in the config makes it certain), None where the ending says
        nothing. Classes of seq2seq types set is_decoder themselves; BERT kinds only warn when it is missing.

    """
    if "EncoderDecoder" in name or own is Family.OTHER:
        return None
    if stated := _STATED.search(name):
        return (ENCODER if stated[1] == "Encoder" else DECODER), False
    if own is DECODER:
        return (ENCODER, False) if _BOTH_WAYS.search(name) else None
    if _ENCODER_END.search(name) or (own is SEQ2SEQ and ENCODER_OF.search(name)):
        return ENCODER, False
    if _CAUSAL_END.search(name):
        return DECODER, own is ENCODER
    return None


def family_of_new_class(name: str) -> Family | None:
    """Return the family of a class that no table knows, by the few endings that hardly ever mislead."""
    for pattern, family in _NEW_CLASS:
        if pattern.search(name):
            return family
    return None
