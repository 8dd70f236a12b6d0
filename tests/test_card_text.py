"""Model cards as people and programs write them: the front matter is kept whole, the first prose is found."""

from __future__ import annotations

import json
import re
import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.reading.card_text import MAX_CARD_BYTES, MAX_PARAGRAPH, read_card


def paragraph(card: str) -> str:
    return read_card(dedent(card).encode()).paragraph


CARDS = {
    "a BERT with a list before its text": (
        """\
        ---
        language: en
        tags:
        - exbert
        license: apache-2.0
        datasets:
        - bookcorpus
        - wikipedia
        ---

        # BERT base model (uncased)

        Pretrained model on English language using a masked language modeling (MLM) objective. It was introduced in
        [this paper](https://arxiv.org/abs/1810.04805) and first released in
        [this repository](https://github.com/google-research/bert). This model is uncased: it does not make a difference
        between english and English.

        Disclaimer: The team releasing BERT did not write a model card for this model.

        ## Model description
        """,
        (
            "Pretrained model on English language using a masked language modeling (MLM) objective. It was introduced in "
            "this paper and first released in this repository. This model is uncased: it does not make a difference between "
            "english and English."
        ),
    ),
    "GGUF files with a banner and a list of facts": (
        """\
        ---
        base_model: acme/Tiny-7B
        license: llama2
        ---

        <!-- header start -->
        <div style="width: auto; margin-left: auto; margin-right: auto">
        <img src="https://i.example.com/banner.jpg" alt="Acme" style="width: 100%; min-width: 400px; display: block;">
        </div>
        <div style="display: flex; justify-content: space-between; width: 100%;">
            <div style="display: flex; flex-direction: column; align-items: flex-start;">
                <p style="margin-top: 0.5em;"><a href="https://chat.example.com">Chat & support: the Acme server</a></p>
            </div>
        </div>
        <hr style="margin-top: 1.0em; margin-bottom: 1.0em;">
        <!-- header end -->

        # Tiny 7B - GGUF
        - Model creator: [Acme](https://huggingface.co/acme)
        - Original model: [Tiny 7B](https://huggingface.co/acme/Tiny-7B)

        <!-- description start -->
        ## Description

        This repo contains GGUF format model files for [Acme's Tiny 7B](https://huggingface.co/acme/Tiny-7B).

        <!-- description end -->
        """,
        "This repo contains GGUF format model files for Acme's Tiny 7B.",
    ),
    "what the Trainer writes": (
        """\
        ---
        library_name: transformers
        base_model: distilbert-base-uncased
        model-index:
        - name: emotion
          results: []
        ---

        <!-- This model card has been generated automatically according to the information the Trainer had access to. You
        should probably proofread and complete it, then remove this comment. -->

        # emotion

        This model is a fine-tuned version of [distilbert-base-uncased](https://huggingface.co/distilbert-base-uncased) on an unknown dataset.
        It achieves the following results on the evaluation set:
        - Loss: 0.2133
        - Accuracy: 0.9275

        ## Model description

        More information needed
        """,
        (
            "This model is a fine-tuned version of distilbert-base-uncased on an unknown dataset. It achieves the following "
            "results on the evaluation set:"
        ),
    ),
    "the unfilled template": (
        """\
        ---
        library_name: transformers
        tags: []
        ---

        # Model Card for Model ID

        <!-- Provide a quick summary of what the model is/does. -->



        ## Model Details

        ### Model Description

        <!-- Provide a longer summary of what this model is. -->

        This is the model card of a 🤗 transformers model that has been pushed on the Hub. This model card has been automatically generated.

        - **Developed by:** [More Information Needed]
        - **Funded by [optional]:** [More Information Needed]
        - **Language(s) (NLP):** [More Information Needed]

        ### Direct Use

        <!-- This section is for the model use without fine-tuning or plugging into a larger ecosystem/app. -->

        [More Information Needed]
        """,
        "",
    ),
    "a Japanese card": (
        """\
        ---
        language: ja
        license: cc-by-sa-4.0
        ---
        # BERT base 日本語

        [![ライセンス](https://img.shields.io/badge/license-CC-blue.svg)](https://example.com)

        ## 目次
        - [モデルの概要](#overview)
        - [使い方](#usage)

        ## モデルの概要
        このモデルは**日本語**のWikipediaで事前学習した[BERT](https://arxiv.org/abs/1810.04805)モデルです。
        入力文は`MeCab`で単語に分割されます。
        """,
        "このモデルは日本語のWikipediaで事前学習したBERTモデルです。入力文はMeCabで単語に分割されます。",
    ),
    "a Chinese card that begins with links": (
        """\
        <div align="center">
        <h1>小模型</h1>
        </div>

        <p align="center">
        🤗 <a href="https://huggingface.co/acme">Hugging Face</a> | 🤖 <a href="https://example.com">ModelScope</a>
        </p>

        💻 [Github 仓库](https://github.com/acme/x) • 📝 [技术报告](https://arxiv.org/abs/2401.00001)

        ## 介绍

        小模型是开源的双语对话语言模型，&nbsp;支持中英双语。
        """,
        "小模型是开源的双语对话语言模型， 支持中英双语。",
    ),
    "an Arabic card": (
        """\
        # نموذج

        هذا النموذج مخصص لتصنيف النصوص **العربية** وقد تم تدريبه على [مجموعة بيانات](https://example.com) كبيرة.
        """,
        "هذا النموذج مخصص لتصنيف النصوص العربية وقد تم تدريبه على مجموعة بيانات كبيرة.",
    ),
    "a div around headings and badges": (
        """\
        ---
        license: mit
        ---
        <div align="center">

        # Tiny-VL

        [![arXiv](https://img.shields.io/badge/arXiv-2401.00001-b31b1b.svg)](https://arxiv.org/abs/2401.00001) [![Demo](https://img.shields.io/badge/demo-live-green)](https://example.com)

        [Paper](https://arxiv.org/abs/2401.00001) | [Code](https://github.com/acme/x) | [Demo](https://example.com/demo)

        </div>

        We introduce **Tiny-VL**, a vision-language model with `2B` parameters that reads images &amp; text.
        """,
        "We introduce Tiny-VL, a vision-language model with 2B parameters that reads images & text.",
    ),
    "text right below HTML": (
        """\
        <p align="center">
          <img src="logo.png" width="400"/>
        </p>
        This is the official checkpoint of *Acme-Coder*, a model for code.
        """,
        "This is the official checkpoint of Acme-Coder, a model for code.",
    ),
    "nothing but HTML": (
        """\
        <h1>Acme</h1>
        <p>Acme is a <b>small</b> language model for the kitchen,<br/>trained on recipes.</p>
        <ul><li>fast</li><li>small</li></ul>
        """,
        "Acme is a small language model for the kitchen, trained on recipes.",
    ),
    "a trained agent": (
        """\
        ---
        library_name: stable-baselines3
        ---

          # **PPO** Agent playing **LunarLander-v2**
          This is a trained model of a **PPO** agent playing **LunarLander-v2**
          using the [stable-baselines3 library](https://github.com/DLR-RM/stable-baselines3).

          ## Usage (with Stable-baselines3)
          TODO: Add your code
        """,
        "This is a trained model of a PPO agent playing LunarLander-v2 using the stable-baselines3 library.",
    ),
    "sentence-transformers with special tokens and names": (
        """\
        # {MODEL_NAME}

        This is a [sentence-transformers](https://www.SBERT.net) model: It maps sentences & paragraphs to a 768 dimensional
        dense vector space. It is built on my_own_bert_base and marks gaps with `<mask>` and `**kwargs`; 2 * 3 is 6.

        <!--- Describe your model here -->
        """,
        (
            "This is a sentence-transformers model: It maps sentences & paragraphs to a 768 dimensional dense vector space. "
            "It is built on my_own_bert_base and marks gaps with <mask> and **kwargs; 2 * 3 is 6."
        ),
    ),
    "Setext headings, a table and code first": (
        """\
        Acme Tagger
        ===========

        How it scores
        -------------

        | task | score |
        |------|------:|
        | NER  | 91.2  |

        task | score
        --- | ---
        POS | 97.0

        ```python
        # This model is not described in here.
        model = load("acme/tagger")
        ```

            This is indented code of some length, not a description.

        The tagger marks names of people and places in Finnish news.
        """,
        "The tagger marks names of people and places in Finnish news.",
    ),
    "a note in a quotation before the text": (
        """\
        # Acme

        > [!NOTE]
        > This model was moved, see the new repository for updates.

        **Update, 2024-05-01**

        [paper]: https://arxiv.org/abs/2401.00001
        Acme-1 is a decoder-only model of the size of a thumb[^1].

        [^1]: Measured.
        """,
        "Acme-1 is a decoder-only model of the size of a thumb.",
    ),
    "only a quotation": (
        "# X\n\n> **A model that writes** haiku about the sea.\n\n- fast\n",
        "A model that writes haiku about the sea.",
    ),
    "a few words are better than none": ("# X\n\nTiny test model\n\n## Usage\n\nExample:\n", "Tiny test model"),
    "fields are no prose": ("**Developed by:** Acme\n**License:** MIT\n\nLanguage: English\n", ""),
    "reference links, escapes and an autolink": (
        r"""
        # X

        A [model][m] of [Acme] \*by hand\*, see <https://example.com/a_b_c> and [wiki](https://en.wikipedia.org/wiki/X_(y) "title").

        [m]: https://example.com
        """,
        "A model of [Acme] *by hand*, see https://example.com/a_b_c and wiki.",
    ),
    "rules instead of front matter": (
        "---\nA small model that reads Latin inscriptions.\n---\nMore about it.\n",
        "A small model that reads Latin inscriptions.",
    ),
}


@pytest.mark.parametrize(("card", "wanted"), CARDS.values(), ids=CARDS.keys())
def test_the_first_paragraph_of_prose(card: str, wanted: str) -> None:
    assert paragraph(card) == wanted


def test_the_front_matter_is_kept_whole() -> None:
    text = """\
    ---
    language:
    - no
    - en
    license: apache-2.0
    date: 2024-07-11
    version: 1.10
    steps: 12_000
    arxiv: 0123
    gated: false
    empty:
    1: one
    yes: on
    ? [a, b]
    : pair
    best: .nan
    worst: -.inf
    huge: 99999999999999999999999999
    unknown: !thing {x: "\\0a\\x1bb"}
    widget:
    - text: "I love [MASK]. 🤗"
      example: >
        two
        lines
    ---
    # X
    """
    card = read_card(dedent(text).encode())
    assert card.problem is None
    assert card.front_matter == {
        "language": ["no", "en"],
        "license": "apache-2.0",
        "date": "2024-07-11",
        "version": 1.1,
        "steps": "12_000",
        "arxiv": "0123",
        "gated": False,
        "empty": None,
        "1": "one",
        "yes": "on",
        '["a", "b"]': "pair",
        "best": None,
        "worst": None,
        "huge": 99999999999999999999999999,
        "unknown": {"x": "ab"},
        "widget": [{"text": "I love [MASK]. 🤗", "example": "two lines\n"}],
    }
    json.dumps(card.front_matter, allow_nan=False)


def test_an_alias_stands_for_its_value() -> None:
    card = read_card(b"---\na: &x [1, 2]\nb: *x\n<<: {c: 3}\n---\n")
    assert card.front_matter == {"a": [1, 2], "b": [1, 2], "<<": {"c": 3}}


BOMB = "a0: &a0 [" + "x," * 9 + "]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
)  # fmt: skip
MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 20))


@pytest.mark.parametrize(
    ("matter", "problem"),
    [
        ("a: [\n", "no YAML"),
        ("a: b\n\tc: d\n", "no YAML"),
        ("a: b: c\n", r"line 1"),
        ("k: v\n...\nmore: documents\n", "no YAML"),
        ("- a: b\n", "no fields"),
        (BOMB, "aliases"),
        (MERGES, "aliases"),
        ("a: &a [*a]\n", "too deeply"),
        ("a: " + "[" * 41 + "]" * 41 + "\n", "too deeply"),
        ("a: " + "{" * 100_000 + "\n", "nest"),
        ("a: " + "- " * 100_000 + "\n", "no YAML"),
        ("a: x\n" * 60_000, "longer than 256 kB"),
    ],
)
def test_a_front_matter_that_cannot_be_read_says_why(matter: str, problem: str) -> None:
    card = read_card(f"---\n{matter}---\nThis model reads the weather.\n".encode())
    assert card.front_matter is None
    assert card.problem is not None
    assert re.search(problem, card.problem)
    assert card.paragraph == "This model reads the weather."


def test_a_front_matter_that_never_ends() -> None:
    card = read_card(b"---\nlicense: mit\ntags: [a]\n\nThis model reads the weather.\n")
    assert card == type(card)(None, "This model reads the weather.", "the front matter never ends")


@pytest.mark.parametrize(
    ("data", "fields", "prose"),
    [
        (b"", None, ""),
        (b"\n\n", None, ""),
        (b"---\n---\n", {}, ""),
        (b"---\nlicense: mit\n---", {"license": "mit"}, ""),
        (b"\n\n---\nlicense: mit\n--- \nThis model reads the weather.", {"license": "mit"}, "This model reads the weather."),
        (b"This model reads the weather.", None, "This model reads the weather."),
        (b"---\n\nThis model reads the weather.", None, "This model reads the weather."),
        (b"\xff\xfe\x00", None, ""),
        ("This model says caf\u00e9 all day long.".encode("latin-1"), None, "This model says caf\ufffd all day long."),
    ],
)  # fmt: skip
def test_cards_with_less(data: bytes, fields: dict[str, str] | None, prose: str) -> None:
    card = read_card(data)
    assert (card.front_matter, card.paragraph, card.problem) == (fields, prose, None)


CARD = "---\nlicense: mit\n---\n# X\n\nThis model reads the weather – and the news.\n"


@pytest.mark.parametrize(
    "data",
    [
        CARD.encode(),
        b"\xef\xbb\xbf" + CARD.encode(),
        CARD.replace("\n", "\r\n").encode(),
        CARD.replace("\n", "\r").encode(),
        CARD.encode("utf-16"),
        CARD.encode("utf-16-le"),
        CARD.encode("utf-16-be"),
        CARD.replace("reads", "re\u200bads\x1b\x07\u202e").encode(),
    ],
)
def test_however_it_is_encoded(data: bytes) -> None:
    card = read_card(data)
    assert card.front_matter == {"license": "mit"}
    assert card.paragraph == "This model reads the weather – and the news."


def test_a_long_paragraph_ends_with_a_sentence_or_a_word() -> None:
    sentences = paragraph("This model reads the weather. " * 100)
    assert sentences.endswith("weather.")
    assert 900 < len(sentences) <= MAX_PARAGRAPH
    words = paragraph("weather " * 1_000)
    assert words.endswith("weather…")
    assert len(words) <= MAX_PARAGRAPH
    assert len(paragraph("天" * 5_000)) == MAX_PARAGRAPH


def test_only_the_beginning_of_a_huge_card_is_read() -> None:
    card = read_card(b"<!-- " + b"x" * MAX_CARD_BYTES + b" -->\n\nThis model reads the weather.")
    assert card.paragraph == ""


def test_code_that_is_talked_about_hides_nothing() -> None:
    assert paragraph("The model writes `<script>` and `<!--` into pages.") == (
        "The model writes <script> and <!-- into pages."
    )


MANY = ["<", "[", "*", "`", " ", "---", "---\n", "![](", '[a](b "', "<!-- -->", "<p>a</p>", "`a``b"]
FEW = [
    "[a[b]", "<div>\n", "&#1", "- - ", "> ", "a\n", "\n", "*a", "_a", "\\", "|-\n", "あ \n", "<a ", "[x]: y\n", "~~~\n",
    "-- ", "1. ", "<!--", "<pre>",
]  # fmt: skip


@pytest.mark.parametrize("piece", MANY)
def test_a_megabyte_of_anything_takes_no_longer_than_prose(piece: str) -> None:
    data = ("Some text " + piece * (MAX_CARD_BYTES // len(piece.encode()))).encode()
    begun = time.perf_counter()
    read_card(data)
    assert time.perf_counter() - begun < 20, "with a quadratic rule it would be hours"


@pytest.mark.parametrize("piece", FEW)
def test_front_matter_and_text_of_anything(piece: str) -> None:
    begun = time.perf_counter()
    read_card(("---\na: b\n" + piece * 10_000 + "\n---\n" + piece * 30_000).encode())
    assert time.perf_counter() - begun < 20


SNIPPETS = st.sampled_from(
    [*MANY, *FEW, "a: ", "&a ", "*a ", "\n\n", "# ", "```\n", "&nbsp;", "text of a card.", "\r\n"]
)
ANYTHING = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: ("---\n" + text + "\n---\n").encode("utf-8", "replace")),
    st.lists(SNIPPETS, max_size=40).map(lambda parts: "".join(parts).encode()),
)


@given(ANYTHING)
def test_whatever_the_bytes_are(data: bytes) -> None:
    card = read_card(data)
    assert len(card.paragraph) <= MAX_PARAGRAPH
    assert "\n" not in card.paragraph
    card.paragraph.encode()
    json.dumps(card.front_matter, allow_nan=False).encode()
    json.dumps(card.front_matter, allow_nan=False, ensure_ascii=False).encode()
