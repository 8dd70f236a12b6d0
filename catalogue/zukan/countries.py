"""Names the languages of countries, for who says where texts come from and not in which language they are."""

from __future__ import annotations

import re
from functools import cache

from zukan.kana import AFTER_NO_WORD

# Countries with one language that nearly all write; English and Japanese names.
_COUNTRIES = """
ja japan 日本; ko korea/south korea 韓国; zh china/taiwan 中国/台湾; de germany/austria ドイツ/オーストリア;
fr france フランス; it italy イタリア; es spain/mexico/argentina/colombia/chile/peru スペイン/メキシコ/アルゼンチン;
pt portugal/brazil ポルトガル/ブラジル; ru russia ロシア; uk ukraine ウクライナ; vi vietnam ベトナム; th thailand タイ;
id indonesia インドネシア; tr turkey/türkiye トルコ; pl poland ポーランド; nl netherlands オランダ;
sv sweden スウェーデン; da denmark デンマーク; no norway ノルウェー; fi finland フィンランド; el greece ギリシャ;
cs czechia/czech republic チェコ;
hu hungary ハンガリー; ro romania ルーマニア; mn mongolia モンゴル; ne nepal ネパール; km cambodia カンボジア;
my myanmar ミャンマー; en usa/united states/united kingdom/britain アメリカ/米国/イギリス/英国
"""


_SENDERS = (
    r"(?:customers?|clients?|suppliers?|partners?|friends?|guests?|colleagues?|users?|people|students?|readers?|relatives|"
    r"letters?|e-?mails?|messages?|documents?|invoices?|contracts?|reviews?|papers?|articles?|news)"
)
_SENDERS_JA = (
    r"(?:人|企業|からの?(?:届|来|送|メール|手紙|問い合わせ|書類|注文|荷物)|の(?:取引先|顧客|お?客|友人|友達|相手|会社|企業|同僚|"
    r"支社|工場|メーカー|仕入れ?先|サプライヤー|ユーザー|親戚|学生|新聞|ニュース|論文|契約書|書類|メール|手紙))"
)


@cache
def _names() -> tuple[dict[str, str], re.Pattern[str]]:
    names: dict[str, str] = {}
    for entry in " ".join(_COUNTRIES.split()).split("; "):
        code, _, countries = entry.partition(" ")
        english, _, japanese = countries.rpartition(" ")
        names |= dict.fromkeys((*english.split("/"), *japanese.split("/")), code)
    latin = "|".join(sorted((re.escape(name) for name in names if name[0].isascii()), key=len, reverse=True))
    others = "|".join(sorted((re.escape(name) for name in names if not name[0].isascii()), key=len, reverse=True))
    return names, re.compile(
        rf"\b(?:from|{_SENDERS} in) (?:the )?({latin})(?![a-z])|{AFTER_NO_WORD}({others}){_SENDERS_JA}",
        re.IGNORECASE,
    )


def languages_of_senders(text: str) -> tuple[str, ...]:
    """Return the codes of the languages of the countries that texts come from, not of those they are about."""
    names, pattern = _names()
    return tuple(dict.fromkeys(names[(match[1] or match[2]).lower()] for match in pattern.finditer(text)))


def is_country(name: str) -> bool:
    """Whether a word is the name of a country whose language is known."""
    return name.lower() in _names()[0]
