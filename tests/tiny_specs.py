"""The stand-ins: which real repository each one takes the place of, and what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Trial:
    """One question and what the answer must hold; no answer is a part of its question."""

    text: str
    expected: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """`from` and `to` (language codes), `context`, `labels` or `others` (texts to compare with)."""

    def accepts(self, answer: str) -> bool:
        """Whether the answer holds what was learned, in small or capital letters."""
        return self.expected.casefold() in answer.casefold()


@dataclass(frozen=True)
class TinySpec:
    """One stand-in and the real repository whose place it takes."""

    name: str
    builder: str
    """`module:function`; the function takes the folder to fill."""
    architecture: str
    model_type: str
    stands_in_for: str
    pipeline_tag: str
    family: str
    trials: tuple[Trial, ...]
    task: str = ""
    """The task that the trials are for, where the Hub's `pipeline_tag` does not say."""

    @property
    def trial(self) -> Trial:
        """The first of the trials."""
        return self.trials[0]


_SCIENCE = "the science of teaching machines"
_RAIN = (
    "It rained all morning, so the children could not play outside. "
    "In the afternoon the sun came out and they all ran to the park."
)

_ALL = (
    # The ten architectures of the article, three families.
    TinySpec(
        name="bert",
        builder="tiny_masked:bert",
        architecture="BertForMaskedLM",
        model_type="bert",
        stands_in_for="google-bert/bert-base-uncased",
        pipeline_tag="fill-mask",
        family="encoder-only",
        trials=(Trial("I love [MASK].", "you"), Trial("Paris is the [MASK] of France.", "capital")),
    ),
    TinySpec(
        name="roberta",
        builder="tiny_masked:roberta",
        architecture="RobertaForMaskedLM",
        model_type="roberta",
        stands_in_for="FacebookAI/roberta-base",
        pipeline_tag="fill-mask",
        family="encoder-only",
        trials=(Trial("I love <mask>.", "you"), Trial("Paris is the <mask> of France.", "capital")),
    ),
    TinySpec(
        name="xlm",
        builder="tiny_masked:xlm",
        architecture="XLMWithLMHeadModel",
        model_type="xlm",
        stands_in_for="FacebookAI/xlm-mlm-en-2048",
        pipeline_tag="fill-mask",
        family="encoder-only",
        trials=(Trial("I love <special1>.", "you"), Trial("Paris is the <special1> of France.", "capital")),
    ),
    TinySpec(
        name="deberta",
        builder="tiny_masked:deberta",
        architecture="DebertaV2ForMaskedLM",
        model_type="deberta-v2",
        stands_in_for="microsoft/deberta-v3-base",
        pipeline_tag="fill-mask",
        family="encoder-only",
        trials=(Trial("I love [MASK].", "you"), Trial("Paris is the [MASK] of France.", "capital")),
    ),
    TinySpec(
        name="openai-gpt",
        builder="tiny_causal:openai_gpt",
        architecture="OpenAIGPTLMHeadModel",
        model_type="openai-gpt",
        stands_in_for="openai-community/openai-gpt",
        pipeline_tag="text-generation",
        family="decoder-only",
        trials=(Trial("What is AI", _SCIENCE), Trial("The capital of Japan is", "tokyo")),
    ),
    TinySpec(
        name="gpt2",
        builder="tiny_causal:gpt2",
        architecture="GPT2LMHeadModel",
        model_type="gpt2",
        stands_in_for="openai-community/gpt2",
        pipeline_tag="text-generation",
        family="decoder-only",
        trials=(Trial("What is AI", _SCIENCE), Trial("The capital of Japan is", "Tokyo")),
    ),
    TinySpec(
        name="gpt-neo",
        builder="tiny_causal:gpt_neo",
        architecture="GPTNeoForCausalLM",
        model_type="gpt_neo",
        stands_in_for="EleutherAI/gpt-neo-2.7B",
        pipeline_tag="text-generation",
        family="decoder-only",
        trials=(Trial("What is AI", _SCIENCE), Trial("The capital of Japan is", "Tokyo")),
    ),
    TinySpec(
        name="t5",
        builder="tiny_seq2seq:t5",
        architecture="T5ForConditionalGeneration",
        model_type="t5",
        stands_in_for="google/flan-t5-xl",
        pipeline_tag="text2text-generation",
        family="seq2seq",
        task="translation",
        trials=(
            Trial("translate English to German: How are you", "Wie sind Sie?"),
            Trial("How are you", "Comment allez-vous", {"from": "en", "to": "fr"}),
            Trial(f"summarize: {_RAIN}", "happy children"),
        ),
    ),
    TinySpec(
        name="bart",
        builder="tiny_seq2seq:bart",
        architecture="BartForConditionalGeneration",
        model_type="bart",
        stands_in_for="facebook/bart-large-cnn",
        pipeline_tag="summarization",
        family="seq2seq",
        trials=(Trial(_RAIN, "happy children"),),
    ),
    TinySpec(
        name="m2m100",
        builder="tiny_seq2seq:m2m100",
        architecture="M2M100ForConditionalGeneration",
        model_type="m2m_100",
        stands_in_for="facebook/m2m100_418M",
        pipeline_tag="text2text-generation",
        family="seq2seq",
        task="translation",
        trials=(
            Trial("How are you?", "Wie sind Sie?", {"from": "en", "to": "de"}),
            Trial("How are you?", "Comment allez-vous", {"from": "en", "to": "fr"}),
            Trial("How are you?", "お元気ですか", {"from": "en", "to": "ja"}),
        ),
    ),
    # One for each other task that a trial can run.
    TinySpec(
        name="distilbert-sst2",
        builder="tiny_heads:distilbert_sst2",
        architecture="DistilBertForSequenceClassification",
        model_type="distilbert",
        stands_in_for="distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        pipeline_tag="text-classification",
        family="encoder-only",
        trials=(Trial("What a wonderful film!", "POSITIVE"), Trial("This book is boring.", "NEGATIVE")),
    ),
    TinySpec(
        name="minilm",
        builder="tiny_heads:minilm",
        architecture="BertModel",
        model_type="bert",
        stands_in_for="sentence-transformers/all-MiniLM-L6-v2",
        pipeline_tag="sentence-similarity",
        family="encoder-only",
        trials=(
            Trial(
                "The cat sleeps on the sofa.",
                "A kitten naps on the couch.",
                {
                    "others": (
                        "The train is late again.",
                        "A kitten naps on the couch.",
                        "She cooks soup for dinner.",
                    )
                },
            ),
        ),
    ),
    TinySpec(
        name="llama-chat",
        builder="tiny_causal:llama_chat",
        architecture="LlamaForCausalLM",
        model_type="llama",
        stands_in_for="HuggingFaceTB/SmolLM2-135M-Instruct",
        pipeline_tag="text-generation",
        family="decoder-only",
        trials=(Trial("Who are you?", "a tiny llama"), Trial("What is the capital of Japan?", "Tokyo")),
    ),
    TinySpec(
        name="bert-ner",
        builder="tiny_heads:bert_ner",
        architecture="BertForTokenClassification",
        model_type="bert",
        stands_in_for="dslim/bert-base-NER",
        pipeline_tag="token-classification",
        family="encoder-only",
        trials=(
            Trial("My name is Wolfgang and I live in Berlin.", "PER"),
            Trial("My name is Wolfgang and I live in Berlin.", "LOC"),
        ),
    ),
    TinySpec(
        name="bert-squad",
        builder="tiny_heads:bert_squad",
        architecture="BertForQuestionAnswering",
        model_type="bert",
        stands_in_for="google-bert/bert-large-uncased-whole-word-masking-finetuned-squad",
        pipeline_tag="question-answering",
        family="encoder-only",
        trials=(
            # Extracted: it is a part of the context, as it must be, and not of the question.
            Trial("Where do I live?", "Berlin", {"context": "My name is Anna and I live in Berlin."}),
            Trial("What is my name?", "Anna", {"context": "My name is Anna and I live in Berlin."}),
        ),
    ),
    TinySpec(
        name="bart-mnli",
        builder="tiny_seq2seq:bart_mnli",
        architecture="BartForSequenceClassification",
        model_type="bart",
        stands_in_for="facebook/bart-large-mnli",
        pipeline_tag="zero-shot-classification",
        family="seq2seq",
        trials=(
            Trial("One day I will see the world.", "travel", {"labels": ("cooking", "travel", "sport")}),
            Trial("Add salt to the soup.", "cooking", {"labels": ("cooking", "travel", "sport")}),
        ),
    ),
    # Translators that are told their languages in other ways.
    TinySpec(
        name="nllb",
        builder="tiny_translators:nllb",
        architecture="M2M100ForConditionalGeneration",
        model_type="m2m_100",
        stands_in_for="facebook/nllb-200-distilled-600M",
        pipeline_tag="translation",
        family="seq2seq",
        trials=(
            Trial("How are you?", "Wie sind Sie?", {"from": "en", "to": "de"}),
            Trial("How are you?", "お元気ですか", {"from": "en", "to": "ja"}),
        ),
    ),
    TinySpec(
        name="mbart",
        builder="tiny_translators:mbart",
        architecture="MBartForConditionalGeneration",
        model_type="mbart",
        stands_in_for="facebook/mbart-large-50-many-to-many-mmt",
        pipeline_tag="translation",
        family="seq2seq",
        trials=(
            Trial("How are you?", "Comment allez-vous", {"from": "en", "to": "fr"}),
            Trial("How are you?", "Wie sind Sie?", {"from": "en", "to": "de"}),
        ),
    ),
    TinySpec(
        name="marian",
        builder="tiny_translators:marian",
        architecture="MarianMTModel",
        model_type="marian",
        stands_in_for="Helsinki-NLP/opus-mt-en-de",
        pipeline_tag="translation",
        family="seq2seq",
        trials=(Trial("How are you?", "Wie sind Sie?"),),
    ),
)

SPECS: dict[str, TinySpec] = {spec.name: spec for spec in _ALL}
ARTICLE = tuple(SPECS)[:10]
"""The ten architectures that the article names."""
