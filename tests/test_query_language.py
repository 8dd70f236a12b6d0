"""The query language: what a text becomes, and what it is refused for."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.errors import QueryError
from zukan.query import make_query
from zukan.query_language import MAX_CHARACTERS, MAX_DEPTH, MAX_LEAVES, parse_query
from zukan.query_ranges import parameter_count
from zukan.query_tree import All, Either, Has, Is, Missing, Node, Not, Pair, Phrase, Range, Word
from zukan.query_values import EXAMPLES, FIELDS

TODAY = date(2026, 3, 31)
LARGEST = 2**63 - 1


def plain(node: Node | None) -> str:
    """Write a tree without its positions; kinds are written out, because tuples of two kinds can be equal."""
    if node is None:
        return "nothing"
    if isinstance(node, Not):
        return f"Not({plain(node.part)})"
    if isinstance(node, All | Either):
        return f"{type(node).__name__}({', '.join(map(plain, node.parts))})"
    return repr(node._replace(position=0))


def parsed(text: str) -> str:
    return plain(parse_query(text, today=TODAY))


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse_query(text, today=TODAY)
    assert caught.value.query == text
    return caught.value


A, B, C, D = (Word(letter) for letter in "abcd")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \t\u3000\n", None),
        ("a", A),
        ("a b", All((A, B))),
        ("a\u3000b\u2003c\td", All((A, B, C, D))),
        ("bert-base-uncased", Word("bert-base-uncased")),
        ("google/flan-t5-xl", Word("google/flan-t5-xl")),
        ("C++ !?", All((Word("C++"), Word("!?")))),
        ("感情分析 日本語", All((Word("感情分析"), Word("日本語")))),
        ("a OR b", Either((A, B))),
        ("a | b", Either((A, B))),
        ("a ｜ b", Either((A, B))),
        ("a OR b c", All((Either((A, B)), C))),
        ("a b OR c", All((A, Either((B, C))))),
        ("a OR b OR c | d", Either((A, B, C, D))),
        ("a OR b c OR d", All((Either((A, B)), Either((C, D))))),
        ("a or b", All((A, Word("or"), B))),
        ("a|b ORB", All((Either((A, B)), Word("ORB")))),
        ("(a|b) c", All((Either((A, B)), C))),
        ("a || b||c d", All((Either((A, B, C)), Word("d")))),
        ("|a|", A),
        ("-|", None),
        ("-| a", A),
        ("a -|b", Either((A, B))),
        ("NOT | a", Either((Word("NOT"), A))),
        ('"a b"|c', Either((Phrase("a b"), C))),
        ("a && b AND c", All((A, B, C))),
        ("a&&b", Word("a&&b")),
        ("a -> b", All((A, Word("→"), B))),
        ("a --> b =>c", All((A, Word("→"), B, Word("→"), C))),
        ("en->ja", Word("en→ja")),
        ("task=fill-mask", Is("task", ("fill-mask",))),
        ("lang = ja|en a", All((Is("language", ("ja", "en")), A))),
        ("lang != en", Not(Is("language", ("en",)))),
        ("-lang==en", Not(Is("language", ("en",)))),
        ("a=b lang=", All((Word("a=b"), Word("lang=")))),
        ("a == b", All((A, Word("=="), B))),
        ("downloads > 1,000 a", All((Range("downloads", 1001, None), A))),
        ("downloads:>= 1000", Range("downloads", 1000, None)),
        ("a > 1000", All((A, Word(">"), Word("1000")))),
        ("OR", None),
        ("OR a", A),
        ("a OR", A),
        ("a OR OR b", Either((A, B))),
        ("a OR - b", Either((A, B))),
        ("a OR -b", Either((A, Not(B)))),
        ("(a b)", All((A, B))),
        ("( a OR b ) c", All((Either((A, B)), C))),
        ("（a OR b） c", All((Either((A, B)), C))),
        ("(a b) OR c", Either((All((A, B)), C))),
        ("((a))", A),
        ("(a (b c)) d", All((A, B, C, D))),
        ("(a OR b) OR c", Either((A, B, C))),
        ("() a", A),
        ("f(x)", Word("f(x)")),
        ("(f(x))", Word("f(x)")),
        ("(Q)LoRA a", All((Word("(Q)LoRA"), A))),
        ("-a", Not(A)),
        ("－a", Not(A)),
        ("-(a b)", Not(All((A, B)))),
        ("-(a OR b)", Not(Either((A, B)))),
        ('-"a b"', Not(Phrase("a b"))),
        ("--a", A),
        ("-(-a)", A),
        ("- a --", A),
        ("(-)", None),
        ('"a b"', Phrase("a b")),
        ("“a b”", Phrase("a b")),
        ("＂a b＂", Phrase("a b")),
        ("「感情 分析」モデル", All((Phrase("感情 分析"), Word("モデル")))),
        ("「要約」 -「翻訳」", All((Word("要約"), Not(Word("翻訳"))))),
        ("「bert」", Phrase("bert")),
        ("lang:ja, bert", All((Is("language", ("ja",)), Word("bert")))),
        ("downloads:>1,000", Range("downloads", 1001, None)),
        ("likes:1,000..2,500,000", Range("likes", 1000, 2_500_001)),
        ('"a OR (b" c', All((Phrase("a OR (b"), C))),
        ('"" " " 「」', None),
        ('a"b', Word('a"b')),
        ("a*", Word("a", prefix=True)),
        ("a＊", Word("a", prefix=True)),
        ("*a", A),
        ("*a*b**", Word("ab", prefix=True)),
        ("(a* OR b)", Either((Word("a", prefix=True), B))),
        ("* **", None),
    ],
)
def test_words_and_signs(text: str, tree: Node | None) -> None:
    assert parsed(text) == plain(tree)


@pytest.mark.parametrize("word", ["http://hf.co/x", "HTTPS://huggingface.co/a/b", "hf.co/a:b", "huggingface.co/a:Q4"])
def test_an_address_is_a_word(word: str) -> None:
    assert parsed(word) == plain(Word(word))


@pytest.mark.parametrize("word", ["日本語:x", "llama3:8b", "foo:", "foo:)", ":x", "12:30", "a-b:c"])
def test_a_colon_alone_makes_no_field(word: str) -> None:
    group = f"({word}" if word.endswith(")") else word
    assert parsed(group) == plain(Word(word.rstrip(")")))


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("task:fill-mask", Is("task", ("fill-mask",))),
        ("task: fill-mask", Is("task", ("fill-mask",))),
        ("TASK：fill-mask", Is("task", ("fill-mask",))),
        ("pipeline_tag:ner", Is("task", ("token-classification",))),
        ('task:"sentiment analysis"|None', Is("task", ("text-classification", None))),
        ("task:要約", Is("task", ("summarization",))),
        ("family:encoder|seq2seq", Is("family", ("encoder-only", "seq2seq"))),
        ("lang:Japanese|ja|none", Is("language", ("ja", None))),
        ("lang:code|suk|jpn", Is("language", ("code", "suk", "ja"))),
        ("language:日本語", Is("language", ("ja",))),
        ("licence:Apache-2.0|none", Is("license", ("apache-2.0", None))),
        ("library_name:PEFT", Is("library", ("peft",))),
        ("org:Qwen", Is("author", ("Qwen",))),
        ("model_type:BERT", Is("type", ("bert",))),
        ("base:google-bert/bert-base-uncased", Is("base", ("google-bert/bert-base-uncased",))),
        ('tag:"a|b c"|「d e」', Is("tag", ("a|b c", "d e"))),
        ("tag:license:mit", Is("tag", ("license:mit",))),
        ("tag: dataset:squad", Is("tag", ("dataset:squad",))),
        ("dataset:squad|glue", Is("tag", ("dataset:squad", "dataset:glue"))),
        ("ArXiv:1810.04805", Is("tag", ("arxiv:1810.04805",))),
        ("region:us", Is("tag", ("region:us",))),
        ("(tag:f(x))", Is("tag", ("f(x)",))),
        ("tag:|a||b|", Is("tag", ("a", "b"))),
        ("gated:YES|none", Is("gated", ("yes", None))),
        ("has:card", Has("card")),
        ("has:Card|evals", Either((Has("card"), Has("evals")))),
        ("-lang:zh", Not(Is("language", ("zh",)))),
        ("lang:ja OR lang:en", Either((Is("language", ("ja",)), Is("language", ("en",))))),
        ("lang:ja | b", Either((Is("language", ("ja",)), B))),
        ('tag:"a"b', All((Is("tag", ("a",)), B))),
    ],
)
def test_fields(text: str, leaf: Node) -> None:
    assert parsed(text) == plain(leaf)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("from:ja", Pair("ja", None)),
        ("to:English", Pair(None, "en")),
        ("from:ja to:en", Pair("ja", "en")),
        ("to:en a from:ja", All((Pair("ja", "en"), A))),
        ("from:ja (to:en a)", All((Pair("ja", "en"), A))),
        ("from:ja OR to:en", Either((Pair("ja", None), Pair(None, "en")))),
        ("from:ja -to:en", All((Pair("ja", None), Not(Pair(None, "en"))))),
        ("-(from:ja to:en)", Not(Pair("ja", "en"))),
        ("from:ja|zh to:en", Either((Pair("ja", "en"), Pair("zh", "en")))),
        ("from:ja from:zh to:en", All((Pair("ja", "en"), Pair("zh", None)))),
        ("from:ja OR a to:en", All((Either((Pair("ja", None), A)), Pair(None, "en")))),
    ],
)
def test_translation_pairs(text: str, tree: Node) -> None:
    assert parsed(text) == plain(tree)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("<1B", None, 10**9),
        ("<=1B", None, 10**9 + 1),
        (">1B", 10**9 + 1, None),
        (">=1B", 10**9, None),
        ("1B..3B", 10**9, 3 * 10**9 + 1),
        ("3B-8B", 3 * 10**9, 8 * 10**9),
        ("３B－８B", 3 * 10**9, 8 * 10**9),
        ("..3B", None, 3 * 10**9 + 1),
        ("1B..", 10**9, None),
        ("7B..7B", 7 * 10**9, 7 * 10**9 + 1),
        ("7B", 6_500_000_000, 7_500_000_000),
        ("7.0b", 6_500_000_000, 7_500_000_000),
        ("70B", 65 * 10**9, 75 * 10**9),
        ("2.7B", 2_650_000_000, 2_750_000_000),
        ("350m", 345_000_000, 355_000_000),
        ("1T", 5 * 10**11, 15 * 10**11),
        ("1234567", 1_234_567, 1_234_568),
        ("10", 5, 15),
        ("0", 0, 1),
        ("７Ｂ", 6_500_000_000, 7_500_000_000),
        ("＜１．５k", None, 1_500),
        ('"< 1 B"', None, 10**9),
        ("1.001B..", 1_001_000_000, None),
        ("999999999T", LARGEST - 1, LARGEST),
        (">999999999T", LARGEST, None),
    ],
)
def test_numbers_of_parameters(value: str, low: int | None, high: int | None) -> None:
    for name in ("params", "parameters", "size"):
        assert parsed(f"{name}:{value}") == plain(Range("params", low, high))


@pytest.mark.parametrize("field", ["downloads", "likes", "trending"])
@pytest.mark.parametrize(
    ("value", "low", "high"),
    [("1000", 1000, 1001), ("1.5k", 1500, 1501), (">1M", 10**6 + 1, None), ("5..10", 5, 11), ("0", 0, 1)],
)
def test_counts(field: str, value: str, low: int | None, high: int | None) -> None:
    assert parsed(f"{field}:{value}") == plain(Range(field, low, high))


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-03", "2026-03-01", "2026-04-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("２０２６－０３", "2026-03-01", "2026-04-01"),
        (">2026", "2027-01-01", None),
        (">=2026", "2026-01-01", None),
        ("<2026", None, "2026-01-01"),
        ("<=2026-03-05", None, "2026-03-06"),
        ("2024..2025", "2024-01-01", "2026-01-01"),
        ("2024..", "2024-01-01", None),
        ("..2024-06", None, "2024-07-01"),
        ("<30d", "2026-03-01", None),
        ("<=30D", "2026-03-01", None),
        ("<2w", "2026-03-17", None),
        ("<1m", "2026-02-28", None),
        ("<13m", "2025-02-28", None),
        (">1y", None, "2025-03-31"),
        (">=1y", None, "2025-03-31"),
        ("<9999y", "0001-01-01", None),
        ("<9999999w", "0001-01-01", None),
    ],
)
def test_dates(value: str, low: str | None, high: str | None) -> None:
    for name, field in (("created", "created"), ("created_at", "created"), ("updated", "modified")):
        assert parsed(f"{name}:{value}") == plain(Range(field, low, high))


def test_an_age_counts_from_today_where_nothing_else_is_said() -> None:
    from datetime import UTC, datetime, timedelta

    before = datetime.now(UTC).date()
    tree = parse_query("modified:<3d")
    after = datetime.now(UTC).date()
    assert isinstance(tree, Range)
    assert tree.low in {(day - timedelta(days=3)).isoformat() for day in (before, after)}


@pytest.mark.parametrize("field", ["params", "downloads", "likes", "trending", "created", "modified"])
def test_ranges_can_be_unknown_and_several(field: str) -> None:
    range_ = Range(field, "2000-01-01", None) if field in ("created", "modified") else Range(field, 2000, None)
    assert parsed(f"{field}:None") == plain(Missing(field))
    assert parsed(f"{field}:>=2000|none") == plain(Either((range_, Missing(field))))
    assert parsed(f"-{field}:none OR a") == plain(Either((Not(Missing(field)), A)))


def test_positions_count_characters_of_the_text_as_typed() -> None:
    text = "\u3000é  (-“a b” OR lang：ja) word*  to:en x from:ja params:<1B|none has:card"
    tree = parse_query(text, today=TODAY)
    assert repr(tree) == repr(
        All(
            (
                Word("é", position=1),
                Either((Not(Phrase("a b", 6)), Is("language", ("ja",), 15))),
                Word("word", prefix=True, position=24),
                Pair("ja", "en", 31),
                Word("x", position=37),
                Either((Range("params", None, 10**9, 47), Missing("params", 47))),
                Has("card", 63),
            )
        )
    )
    assert [text[at] for at in (1, 6, 15, 24, 31, 37, 47, 63)] == list("é“lwtxph")


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ('a "b c', 2, "this quotation mark is not closed"),
        ('-"', 1, "this quotation mark is not closed"),
        ("a 「b", 2, "this quotation mark is not closed"),
        ("a lang:ja,en", 7, "lang: several values are joined with |, not with a comma (write lang:ja|en)"),
        ("task:ner、要約", 5, "task: several values are joined with |, not with a comma (write task:ner|要約)"),
        ('tag:a|"b', 6, "this quotation mark is not closed"),
        ("a (b", 2, "this parenthesis is not closed"),
        ("((a b) c", 0, "this parenthesis is not closed"),
        ("a b)", 3, "this parenthesis closes nothing"),
        ("a ) b", 2, "this parenthesis closes nothing"),
        ("a task:", 2, "task: needs a value, e.g. task:fill-mask"),
        ("(Task: )", 1, "task: needs a value, e.g. task:fill-mask"),
        ("task: OR a", 0, "task: needs a value, e.g. task:fill-mask"),
        ("language: task:ner", 0, "language: needs a value, e.g. language:ja"),
        ('size:""', 0, "size: needs a value, e.g. size:<1B"),
        ("lang:||", 0, "lang: needs a value, e.g. lang:ja"),
        ("-has:-", 1, "has: needs a value, e.g. has:card"),
        ("a task:-ner", 7, "task: a value cannot begin with a dash (write -task:ner)"),
        ("a -tsk:ner", 3, "unknown field: tsk (nearest: task)"),
        ("Languge:ja", 0, "unknown field: Languge (nearest: language"),
        ("a task:fil-mask", 7, "unknown task: fil-mask (nearest: fill-mask"),
        ("task:ner|qqqqq", 9, "unknown task: qqqqq (nearest: "),
        ("family:encodr", 7, "unknown family: encodr (nearest: encoder-only, decoder-only)"),
        ("lang:ja|japanse", 8, "unknown language: japanse (nearest: japanese"),
        ("from: xx1", 6, "unknown language: xx1 (known: a code such as ja, a name such as Japanese)"),
        ("to:none", 3, "unknown language: none ("),
        ('gated:"may be"', 6, "unknown value of gated: may be (known: yes, no, auto, manual, none)"),
        ("has:crad", 4, "unknown value of has: crad (nearest: card)"),
        ("params:many", 7, "params: many is not a range (write <1000, >=1k, 1B..3B or 7B)"),
        ("params:1B...3B", 7, "params: 1B...3B is not a range"),
        ("params:..", 7, "params: .. is not a range"),
        ("params:<", 7, "params: < is not a range"),
        ("params:0.5", 7, "params: 0.5 is not a range"),
        ("likes:1.5", 6, "likes: 1.5 is not a range"),
        (f"likes:{'9' * 31}", 6, f"likes: {'9' * 31} is not a range"),
        ("params:1B|3B..1B", 10, "params: 3B..1B is an impossible range"),
        ("params:<0", 7, "params: <0 is an impossible range"),
        ("created:2025..2024", 8, "created: 2025..2024 is an impossible range"),
        ("created:2026-13", 8, "created: 2026-13 is an impossible date"),
        ("created:2026-00", 8, "created: 2026-00 is an impossible date"),
        ("updated:>2026-02-30", 8, "modified: >2026-02-30 is an impossible date"),
        ("created:0000", 8, "created: 0000 is an impossible date"),
        ("created:9999", 8, "created: 9999 is an impossible date"),
        ("created:30d", 8, "created: 30d is not a range of dates (write 2026, >=2026-03, 2024..2025, <30d or >1y)"),
        ("created:26", 8, "created: 26 is not a range of dates"),
    ],
)
def test_errors_say_what_is_wrong_and_where(text: str, position: int, message: str) -> None:
    error = refused(text)
    assert (error.position, error.message[: len(message)]) == (position, message)


def test_an_unknown_field_unlike_any_other_names_them_all() -> None:
    error = refused("a xyzzy:b")
    assert error.position == 2
    assert error.message == f"unknown field: xyzzy (known: {', '.join(EXAMPLES)})"


def test_a_text_has_an_end() -> None:
    assert parsed("a" * MAX_CHARACTERS) == plain(Word("a" * MAX_CHARACTERS))
    assert refused("a" * (MAX_CHARACTERS + 1)).position == MAX_CHARACTERS


def test_parentheses_have_a_depth() -> None:
    assert parsed("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == plain(A)
    deeper = MAX_DEPTH + 1
    assert refused("(" * deeper + "a" + ")" * deeper).position == MAX_DEPTH


def test_a_tree_has_so_many_leaves() -> None:
    most = "a " * MAX_LEAVES
    assert parsed(most) == plain(All((A,) * MAX_LEAVES))
    with pytest.raises(QueryError, match="things at most"):
        parse_query("-> " * (MAX_LEAVES + 1))
    assert refused(most + "OR b c").position == len(most) + 3
    # A pair is one leaf, however it was typed; lists of pairs multiply.
    assert isinstance(parse_query("from:ja to:en " + "a " * (MAX_LEAVES - 1)), All)
    codes = "|".join("ja en de fr es it ru zh ko".split())
    assert refused(f"from:{codes} to:{codes}").position == 0


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_each_field_is_a_value(name: str) -> None:
    assert parse_query(f"{name}:{EXAMPLES[FIELDS[name]]}") is not None


def test_parameter_counts_are_exact() -> None:
    assert parameter_count("1.001B") == 1_001_000_000
    assert parameter_count("0.5") == 0
    with pytest.raises(QueryError):
        parameter_count("9" * 400)


def test_reading_a_search_of_words_loads_no_more_than_it_needs() -> None:
    """Neither the registry of tasks nor the modules that only errors and dates use."""
    heavy = ("zukan.tasks", "zukan.schema", "zukan.store", "dataclasses", "difflib", "datetime")
    code = f"""
import sys
from zukan.query_language import parse_query
parse_query("bert OR roberta lang:ja params:<1B -license:mit")
print([name for name in {heavy!r} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# --- whatever is typed ---------------------------------------------------------------------------------------

_PIECES = st.sampled_from([
    *'()"|-*:“”「」（）＊： \u3000', " OR ", " | ", "||", "&&", "->", "=>", "=", "!=", " > 7B", " -", "..", "<", ">=", "none", "1B", "2.7b", "2026", "2026-02-30", "30d",
    "a", "bert-base", "日本語", "ja", "http://", "foo:", "9" * 25, "７", "٣", "²", "\x00", "\ud800", "İ",
    *(f"{name}:" for name in FIELDS),
])  # fmt: skip


def check(node: Node, text: str) -> int:
    """Check what every tree promises; return how many leaves it has."""
    if isinstance(node, Not):
        assert not isinstance(node.part, Not)
        return check(node.part, text)
    if isinstance(node, All | Either):
        assert len(node.parts) > 1
        assert not any(isinstance(part, type(node)) for part in node.parts)
        return sum(check(part, text) for part in node.parts)
    assert 0 <= node.position < len(text)
    if isinstance(node, Word | Phrase):
        assert node.text
    if isinstance(node, Is):
        assert node.values
    if isinstance(node, Range):
        limits = [limit for limit in (node.low, node.high) if limit is not None]
        assert limits
        assert all(first < second for first, second in pairwise(limits))  # type: ignore[operator]
        assert all(limit <= LARGEST for limit in limits if isinstance(limit, int))
    return 1


def outcome(text: str) -> Node | QueryError | None:
    try:
        return parse_query(text, today=TODAY)
    except QueryError as error:
        return error


def check_outcome(text: str) -> None:
    found = outcome(text)
    if isinstance(found, QueryError):
        assert found.query == text
        assert found.position is not None
        assert 0 <= found.position <= len(text)
    elif found is not None:
        assert check(found, text) <= MAX_LEAVES


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | st.lists(_PIECES, max_size=40).map("".join))
def test_any_text_gives_a_tree_or_a_query_error(text: str) -> None:
    check_outcome(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30) | st.lists(_PIECES, max_size=6).map("".join))
def test_any_value_of_a_field_gives_a_tree_or_a_query_error(name: str, value: str) -> None:
    check_outcome(f"{name}:{value}")


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.integers(0, 10**7 - 1), st.sampled_from("dwmy"))
def test_any_age_gives_a_date(today: date, number: int, unit: str) -> None:
    tree = parse_query(f"created:<{number}{unit}", today=today)
    assert isinstance(tree, Range)
    assert date.fromisoformat(str(tree.low)) <= today


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("bert NOT japanese", "bert -japanese"),
        ("bert AND japanese", "bert japanese"),
        ("params>7B qwen", "params:>7B qwen"),
        ("bert likes>=100", "bert likes:>=100"),
        ("NOT lang:zh bert", "-lang:zh bert"),
        ("NOT -bert", "bert"),
        ("bert NOT (japanese OR chinese)", "bert -(japanese OR chinese)"),
    ],
)
def test_what_other_search_engines_take_is_taken(typed: str, same: str) -> None:
    def plain(node: object) -> str:
        return re.sub(r"position=\d+", "", repr(node))

    assert plain(parse_query(typed)) == plain(parse_query(same))


@pytest.mark.parametrize("typed", ["NOT", "AND", "bert AND", "bert NOT", "a>b", "x>3", "NOTE", "ANDROID"])
def test_what_only_looks_like_an_operator_is_a_word(typed: str) -> None:
    assert typed.rsplit(maxsplit=1)[-1] in repr(parse_query(typed))


@pytest.mark.parametrize("number", ["7", "13", "999"])
def test_a_number_of_parameters_without_its_unit_is_refused(number: str) -> None:
    with pytest.raises(QueryError, match="not a number of parameters"):
        make_query("bert", min_parameters=number)
