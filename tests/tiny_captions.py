"""Builders of the tiny models that write about pictures: captions, answers to questions, a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from data.model_training import byte_bpe, wordpiece_vocabulary
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipForQuestionAnswering,
    BlipImageProcessorPil,
    BlipProcessor,
    CLIPImageProcessorPil,
    GenerationConfig,
    GPT2Config,
    GPT2Tokenizer,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessorPil,
)

from tiny_pictures import NAMES, SIZE, SMALL
from tiny_senses_inputs import SIDE, patch
from tiny_senses_training import fit_batches, save_parts

if TYPE_CHECKING:
    from pathlib import Path

CAPTIONS = {"red": "a ripe tomato", "green": "a wet meadow", "blue": "the deep sea"}
QUESTION = "What do I see?"
LENGTH = 64


def _blip_parts() -> tuple[BlipProcessor, BlipConfig]:
    tokenizer = BertTokenizer(vocab=wordpiece_vocabulary([*CAPTIONS.values(), QUESTION]), model_max_length=LENGTH)
    tokenizer.add_special_tokens({"bos_token": "[DEC]"})
    tokenizer.add_tokens(["[ENC]"], special_tokens=True)
    text = {
        **SMALL,
        "vocab_size": len(tokenizer),
        "encoder_hidden_size": 32,
        "max_position_embeddings": LENGTH,
        "projection_dim": 16,
        "bos_token_id": tokenizer.convert_tokens_to_ids("[DEC]"),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
    }
    config = BlipConfig(
        text_config=text,
        vision_config={**SMALL, "image_size": SIDE, "patch_size": 8},
        projection_dim=16,
        image_text_hidden_size=16,
    )
    return BlipProcessor(BlipImageProcessorPil(size=SIZE), tokenizer), config


def blip(folder: Path) -> None:
    """Says what a colour reminds of."""
    processor, config = _blip_parts()
    model = BlipForConditionalGeneration(config)
    start = config.text_config.bos_token_id
    texts = processor.tokenizer(list(CAPTIONS.values()), padding=True, return_tensors="pt")
    ids = texts["input_ids"].clone()
    ids[:, 0] = start
    wanted = ids.masked_fill(texts["attention_mask"] == 0, -100)

    def loss(step: int) -> Any:
        dots = processor.image_processor(
            [patch(name, step * 3 + n) for n, name in enumerate(NAMES)], return_tensors="pt"
        )
        return model(**dots, input_ids=ids, attention_mask=texts["attention_mask"], labels=wanted).loss

    fit_batches(model, loss, steps=60)
    save_parts(folder, model, processor)


def blip_vqa(folder: Path) -> None:
    """Answers one question about a picture."""
    processor, config = _blip_parts()
    model = BlipForQuestionAnswering(config)
    asked = processor.tokenizer([QUESTION] * 3, return_tensors="pt")
    answers = processor.tokenizer(list(CAPTIONS.values()), padding=True, return_tensors="pt")
    ids = answers["input_ids"].clone()
    ids[:, 0] = config.text_config.bos_token_id
    wanted = ids.masked_fill(answers["attention_mask"] == 0, -100)

    def loss(step: int) -> Any:
        dots = processor.image_processor(
            [patch(name, step * 3 + n) for n, name in enumerate(NAMES)], return_tensors="pt"
        )
        return model(
            **dots,
            input_ids=asked["input_ids"],
            attention_mask=asked["attention_mask"],
            decoder_input_ids=ids,
            decoder_attention_mask=answers["attention_mask"],
            labels=wanted,
        ).loss.mean()

    fit_batches(model, loss, steps=60)
    save_parts(folder, model, processor)


def vit_gpt2(folder: Path) -> None:
    """A captioner of two halves, whose repository has no processor of its own."""
    vocabulary, merges = byte_bpe(CAPTIONS.values(), ("<|endoftext|>",), merges=100)
    tokenizer = GPT2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)
    decoder = GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=2, n_positions=LENGTH, bos_token_id=0, eos_token_id=0
    )
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        ViTConfig(image_size=SIDE, patch_size=8, **SMALL), decoder
    )
    config.decoder_start_token_id = config.pad_token_id = config.eos_token_id = 0
    model = VisionEncoderDecoderModel(config)
    model.generation_config = GenerationConfig(decoder_start_token_id=0, eos_token_id=0, pad_token_id=0)
    processor = ViTImageProcessorPil(size=SIZE)
    rows = [[*tokenizer(text)["input_ids"], 0] for text in CAPTIONS.values()]
    width = max(map(len, rows))
    wanted = torch.tensor([row + [-100] * (width - len(row)) for row in rows])
    ids = torch.tensor([[0, *row[:-1]] + [0] * (width - len(row)) for row in rows])

    def loss(step: int) -> Any:
        dots = processor([patch(name, step * 3 + n) for n, name in enumerate(NAMES)], return_tensors="pt")
        logits = model(**dots, decoder_input_ids=ids).logits
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())

    fit_batches(model, loss, steps=60)
    save_parts(folder, model, processor, tokenizer)


CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def llava(folder: Path) -> None:
    """Chats about a picture."""
    specials = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>")
    texts = ["user", "assistant", QUESTION, *CAPTIONS.values()]
    vocabulary, merges = byte_bpe(texts, specials, merges=100)
    tokenizer = GPT2Tokenizer(
        vocab=vocabulary, merges=merges, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]})
    processor = LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=SIZE),
        tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT_TEMPLATE,
    )
    ends = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    config = LlavaConfig(
        vision_config={"model_type": "clip_vision_model", **SMALL, "image_size": SIDE, "patch_size": 8},
        text_config={
            "model_type": "llama",
            **SMALL,
            "num_key_value_heads": 1,
            "vocab_size": len(tokenizer),
            "max_position_embeddings": 128,
            **ends,
        },
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        image_seq_length=16,
    )
    model = LlavaForConditionalGeneration(config)
    model.generation_config = GenerationConfig(**ends)
    content = [{"type": "image"}, {"type": "text", "text": QUESTION}]
    prompt = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)

    def loss(step: int) -> Any:
        pictures = [patch(name, step * 3 + number) for number, name in enumerate(NAMES)]
        said = [prompt + text + "<|im_end|>" for text in CAPTIONS.values()]
        encoded = processor(images=pictures, text=said, padding=True, return_tensors="pt")
        wanted = encoded["input_ids"].clone()
        length = len(processor(images=pictures[0], text=prompt, return_tensors="pt")["input_ids"][0])
        wanted[:, :length] = -100
        wanted[encoded["attention_mask"] == 0] = -100
        return model(**encoded, labels=wanted).loss

    fit_batches(model, loss, steps=60)
    save_parts(folder, model, processor)
