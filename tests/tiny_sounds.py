"""Builders of the tiny models that hear and speak: high or low, words of tones, a tone for a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from data.model_training import byte_bpe, write_json
from transformers import (
    GenerationConfig,
    VitsConfig,
    VitsModel,
    VitsTokenizer,
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2ForSequenceClassification,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)

from tiny_senses_inputs import FRAME, RATE, SPOKEN, TONES, WORDS, spoken, tone
from tiny_senses_training import fit_batches, labels, save_parts

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "conv_dim": (16, 16, 32),
    "conv_kernel": (16, 8, 4),
    "conv_stride": (8, 8, 4),
    "num_feat_extract_layers": 3,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "feat_extract_norm": "layer",
    "do_stable_layer_norm": True,
    "mask_time_prob": 0.0,
}


def wav2vec2(folder: Path) -> None:
    """Tells high from low tones."""
    model = Wav2Vec2ForSequenceClassification(
        Wav2Vec2Config(**SMALL, classifier_proj_size=16, **labels(("low", "high")))
    )
    extractor = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=False)

    def loss(step: int) -> Any:
        wanted = [(step + number) % 2 for number in range(8)]
        random = np.random.default_rng(step)
        sounds = [tone(random.uniform(1500, 3500) if high else random.uniform(200, 700), 0.25, step) for high in wanted]
        heard = extractor(sounds, sampling_rate=RATE, return_tensors="pt")
        return model(**heard, labels=torch.tensor(wanted)).loss

    fit_batches(model, loss, steps=40)
    save_parts(folder, model, extractor)


def wav2vec2_ctc(folder: Path) -> None:
    """Writes down words of tones, letter by letter."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: number for number, token in enumerate(("<pad>", "<s>", "</s>", "<unk>", "|", *TONES))}
    write_json(folder / "vocab.json", vocabulary)
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    config = Wav2Vec2Config(**SMALL, vocab_size=len(vocabulary), ctc_zero_infinity=True, pad_token_id=0)
    model = Wav2Vec2ForCTC(config)
    extractor = Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=False)
    wanted = torch.tensor([[vocabulary[letter] for letter in word] for word in WORDS])

    def loss(step: int) -> Any:
        sounds = [spoken(word, step * 6 + number) for number, word in enumerate(WORDS)]
        return model(**extractor(sounds, sampling_rate=RATE, return_tensors="pt"), labels=wanted).loss

    fit_batches(model, loss, steps=150, rate=5e-3)
    save_parts(folder, model, extractor, tokenizer)


def whisper(folder: Path) -> None:
    """Writes down words of tones as Whisper does: a window of one length, and a decoder."""
    specials = ("<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>")
    vocabulary, merges = byte_bpe(WORDS, (), merges=50)
    tokenizer = WhisperTokenizer(vocab=vocabulary, merges=merges, model_max_length=32)
    tokenizer.add_tokens(list(specials), special_tokens=True)
    end, start, quiet = (tokenizer.convert_tokens_to_ids(token) for token in specials)
    extractor = WhisperFeatureExtractor(chunk_length=1)
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_source_positions=50,
        max_target_positions=32,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=[],
        begin_suppress_tokens=[],
    )
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        bos_token_id=end, eos_token_id=end, pad_token_id=end, decoder_start_token_id=start, max_length=32
    )
    model.generation_config.no_timestamps_token_id = quiet
    model.generation_config.is_multilingual = False
    rows = [[start, quiet, *tokenizer(word, add_special_tokens=False)["input_ids"], end] for word in WORDS]
    width = max(map(len, rows))
    ids = torch.tensor([row + [end] * (width - len(row)) for row in rows])
    wanted = torch.tensor([row[1:] + [-100] * (width - len(row)) for row in rows])
    heard = [
        extractor([spoken(word, seed * 6 + n) for n, word in enumerate(WORDS)], sampling_rate=RATE, return_tensors="pt")
        for seed in range(8)
    ]

    def loss(step: int) -> Any:
        logits = model(**heard[step % 8], decoder_input_ids=ids[:, :-1]).logits
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())

    fit_batches(model, loss, steps=160)
    save_parts(folder, model, extractor, tokenizer)


def vits(folder: Path) -> None:
    """Speaks two words: a high tone and a low one."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted({letter for word in SPOKEN for letter in word})
    write_json(folder / "vocab.json", {token: number for number, token in enumerate(("_", *letters, "<unk>"))})
    tokenizer = VitsTokenizer(
        str(folder / "vocab.json"), pad_token="_", unk_token="<unk>", language="eng", add_blank=True, phonemize=False
    )
    config = VitsConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        window_size=2,
        ffn_dim=32,
        flow_size=16,
        spectrogram_bins=9,
        use_stochastic_duration_prediction=False,
        duration_predictor_filter_channels=16,
        prior_encoder_num_flows=1,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        upsample_initial_channel=32,
        upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]],
        noise_scale=0.1,
        speaking_rate=0.1,
        sampling_rate=RATE,
    )
    model = VitsModel(config)
    # Every letter lasts as long: that need not be learned.
    torch.nn.init.zeros_(model.duration_predictor.proj.weight)
    torch.nn.init.ones_(model.duration_predictor.proj.bias)
    encoded = [tokenizer(word, return_tensors="pt") for word in SPOKEN]
    time = torch.arange(FRAME) / RATE
    waves = [0.6 * torch.sin(2 * torch.pi * hertz * time) for hertz in SPOKEN.values()]

    def loss(step: int) -> Any:
        made = model(**encoded[step % 2]).waveform[0]
        wanted = waves[step % 2].repeat(len(made) // FRAME + 1)[: len(made)]
        return (made - wanted).square().mean()

    fit_batches(model, loss, steps=120, rate=5e-3)
    save_parts(folder, model, tokenizer)
