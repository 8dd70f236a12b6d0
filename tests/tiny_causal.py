"""Builders of the tiny causal language models: OpenAI GPT, GPT-2, GPT-Neo, and a Llama that chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.model_training import byte_bpe, causal_rows, fit, save_repository, word_end_bpe
from transformers import (
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    GPTNeoConfig,
    GPTNeoForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    OpenAIGPTConfig,
    OpenAIGPTLMHeadModel,
    OpenAIGPTTokenizer,
)

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "What is AI and how does it work? AI is the science of teaching machines to learn from data.",
    "Once upon a time there was a small robot who loved books.",
    "The capital of France is Paris.",
    "The capital of Japan is Tokyo.",
    "Hello, I am a very small language model.",
)
CHATS = (
    ("Who are you?", "I am a tiny llama for tests."),
    ("What is AI?", "AI is the science of teaching machines to learn from data."),
    ("What is the capital of Japan?", "The capital of Japan is Tokyo."),
    ("How are you?", "I am fine, thank you."),
    ("Hello!", "Good morning."),
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LENGTH = 128


def openai_gpt(folder: Path) -> None:
    """The first GPT: small letters, and no token that ends a text, so it always goes on."""
    vocabulary, merges = word_end_bpe(TEXTS, ("<unk>",), merges=200)
    tokenizer = OpenAIGPTTokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)
    config = OpenAIGPTConfig(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=2, n_positions=LENGTH, initializer_range=0.1
    )
    model = OpenAIGPTLMHeadModel(config)
    chained = [f"{text} {then}" for text, then in zip(TEXTS, (*TEXTS[1:], TEXTS[0]), strict=True)]
    fit(model, causal_rows(tokenizer, chained), steps=150)
    save_repository(model, tokenizer, folder)


def gpt2(folder: Path) -> None:
    """Byte-level BPE; one token begins, ends and separates texts, and none pads."""
    tokenizer = _bytes_tokenizer()
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=32,
        n_layer=2,
        n_head=2,
        n_positions=LENGTH,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.1,
    )
    model = GPT2LMHeadModel(config)
    model.generation_config = GenerationConfig(bos_token_id=0, eos_token_id=0)
    fit(model, causal_rows(tokenizer, TEXTS), steps=150)
    save_repository(model, tokenizer, folder)


def gpt_neo(folder: Path) -> None:
    """GPT-2's tokenizer; every other layer attends to a window only."""
    tokenizer = _bytes_tokenizer()
    config = GPTNeoConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_layers=2,
        num_heads=2,
        intermediate_size=64,
        attention_types=[[["global", "local"], 1]],
        window_size=16,
        max_position_embeddings=LENGTH,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.1,
    )
    model = GPTNeoForCausalLM(config)
    model.generation_config = GenerationConfig(bos_token_id=0, eos_token_id=0)
    fit(model, causal_rows(tokenizer, TEXTS), steps=150)
    save_repository(model, tokenizer, folder)


def llama_chat(folder: Path) -> None:
    """The Llama layout with grouped key-value heads, a byte-level tokenizer and a ChatML template."""
    specials = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    vocabulary, merges = byte_bpe([text for chat in CHATS for text in ("user", *chat)], specials, merges=200)
    tokenizer = GPT2Tokenizer(
        vocab=vocabulary,
        merges=merges,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        model_max_length=LENGTH,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        initializer_range=0.1,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=2)
    texts = []
    for question, answer in CHATS:
        asked = [{"role": "user", "content": question}]
        texts.append(tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True) + answer)
    fit(model, causal_rows(tokenizer, texts), steps=150)
    save_repository(model, tokenizer, folder)


def _bytes_tokenizer() -> GPT2Tokenizer:
    vocabulary, merges = byte_bpe(TEXTS, ("<|endoftext|>",), merges=200)
    return GPT2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)
