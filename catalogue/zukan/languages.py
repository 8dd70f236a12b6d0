"""Language codes, their English and Japanese names, and which Hub tags are languages.

The Hub has no language field in its lists: a language is a free tag between all others (`ja`, `jpn_Jpan`,
`pt-BR`). Choices made here, because tags collide:

- Every two-letter ISO 639-1 code counts, as on the Hub's own language page: `ml` is Malayalam, `pt` is
  Portuguese, `mt` Maltese, `ts` Tsonga, `cv` Chuvash, `sd` Sindhi. `tf`, `rl`, `ai` are no codes.
- Three-letter codes count only if they are listed below. Codes that are mostly something else on the Hub are
  left out: `art` (pictures), `moe`, `opt`, `phi`, `esm`, `led`, `git`, `sam`, `rag`, `dpo`, `sft`.
- Bare codes must be lower case: `Yi` is a model family, `yi` is Yiddish; `NER` is a task.
- Forms of one language fold to its two-letter code: `jpn`, `jpn_Jpan`, `ja-JP` → `ja`; `cmn` → `zh`; `arb` →
  `ar`; `fil` → `tl`. Arabic dialects, Cantonese (`yue`) and Dari (`prs`) keep their own.
- `multilingual` is a language tag on the Hub, so it is one here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

# code, other codes (slash-separated) | English names (the first is shown) | Japanese names (likewise);
_TABLE = """
aa aar|Afar|アファル語; ab abk|Abkhazian/Abkhaz|アブハズ語; ae ave|Avestan|アヴェスター語;
af afr|Afrikaans|アフリカーンス語; ak aka|Akan|アカン語; am amh|Amharic|アムハラ語;
an arg|Aragonese|アラゴン語; ar ara/arb|Arabic|アラビア語/亜語; as asm|Assamese|アッサム語;
av ava|Avaric/Avar|アヴァル語; ay aym/ayr|Aymara|アイマラ語;
az aze/azj|Azerbaijani/Azeri|アゼルバイジャン語; ba bak|Bashkir|バシキール語;
be bel|Belarusian/Belarussian|ベラルーシ語; bg bul|Bulgarian|ブルガリア語; bh bih|Bihari|ビハール語;
bi bis|Bislama|ビスラマ語; bm bam|Bambara|バンバラ語; bn ben|Bengali/Bangla|ベンガル語;
bo bod/tib|Tibetan|チベット語; br bre|Breton|ブルトン語; bs bos|Bosnian|ボスニア語;
ca cat|Catalan/Valencian|カタルーニャ語/カタロニア語; ce che|Chechen|チェチェン語;
ch cha|Chamorro|チャモロ語; co cos|Corsican|コルシカ語; cr cre|Cree|クリー語; cs ces/cze|Czech|チェコ語;
cu chu|Church Slavonic|教会スラヴ語; cv chv|Chuvash|チュヴァシ語; cy cym/wel|Welsh|ウェールズ語;
da dan|Danish|デンマーク語; de deu/ger|German|ドイツ語/独語; dv div|Divehi/Dhivehi/Maldivian|ディベヒ語;
dz dzo|Dzongkha|ゾンカ語; ee ewe|Ewe|エウェ語; el ell/gre|Greek|ギリシャ語/ギリシア語;
en eng|English|英語/英文; eo epo|Esperanto|エスペラント語/エスペラント;
es spa|Spanish/Castilian|スペイン語/西語; et est/ekk|Estonian|エストニア語; eu eus/baq|Basque|バスク語;
fa fas/per/pes|Persian/Farsi|ペルシア語/ペルシャ語; ff ful/fuv|Fulah/Fula|フラ語;
fi fin|Finnish|フィンランド語; fj fij|Fijian|フィジー語; fo fao|Faroese|フェロー語;
fr fra/fre|French|フランス語/仏語/仏文; fy fry|Western Frisian/Frisian|西フリジア語/フリジア語;
ga gle|Irish|アイルランド語; gd gla|Scottish Gaelic|スコットランド・ゲール語/ゲール語;
gl glg|Galician|ガリシア語; gn grn|Guarani|グアラニー語; gu guj|Gujarati|グジャラート語;
gv glv|Manx|マン島語; ha hau|Hausa|ハウサ語; he heb/iw|Hebrew|ヘブライ語;
hi hin|Hindi|ヒンディー語/ヒンズー語; ho hmo|Hiri Motu|ヒリモツ語; hr hrv|Croatian|クロアチア語;
ht hat|Haitian Creole/Haitian|ハイチ語; hu hun|Hungarian|ハンガリー語; hy hye/arm|Armenian|アルメニア語;
hz her|Herero|ヘレロ語; ia ina|Interlingua|インターリングア; id ind|Indonesian|インドネシア語;
ie ile|Interlingue|インターリング; ig ibo|Igbo|イボ語; ii iii|Sichuan Yi|イ語;
ik ipk|Inupiaq|イヌピアック語; io ido|Ido|イド語; is isl/ice|Icelandic|アイスランド語;
it ita|Italian|イタリア語/伊語; iu iku|Inuktitut|イヌクティトゥット語; ja jpn/jp|Japanese|日本語/和文/邦文;
jv jav/jw|Javanese|ジャワ語; ka kat/geo|Georgian|ジョージア語/グルジア語; kg kon|Kongo|コンゴ語;
ki kik|Kikuyu|キクユ語; kj kua|Kuanyama|クワニャマ語; kk kaz|Kazakh|カザフ語;
kl kal|Greenlandic|グリーンランド語; km khm|Khmer/Cambodian|クメール語/カンボジア語;
kn kan|Kannada|カンナダ語; ko kor|Korean|韓国語/朝鮮語/ハングル; kr kau/knc|Kanuri|カヌリ語;
ks kas|Kashmiri|カシミール語; ku kur/kmr|Kurdish|クルド語; kv kom|Komi|コミ語;
kw cor|Cornish|コーンウォール語; ky kir|Kyrgyz/Kirghiz|キルギス語; la lat|Latin|ラテン語;
lb ltz|Luxembourgish|ルクセンブルク語; lg lug|Ganda/Luganda|ガンダ語; li lim|Limburgish|リンブルフ語;
ln lin|Lingala|リンガラ語; lo lao|Lao|ラオス語/ラーオ語; lt lit|Lithuanian|リトアニア語;
lu lub|Luba-Katanga|ルバ語; lv lav/lvs|Latvian|ラトビア語; mg mlg/plt|Malagasy|マダガスカル語/マラガシ語;
mh mah|Marshallese|マーシャル語; mi mri/mao|Maori|マオリ語; mk mkd/mac|Macedonian|マケドニア語;
ml mal|Malayalam|マラヤーラム語; mn mon/khk|Mongolian|モンゴル語; mr mar|Marathi|マラーティー語;
ms msa/may/zsm|Malay|マレー語; mt mlt|Maltese|マルタ語; my mya/bur|Burmese/Myanmar|ミャンマー語/ビルマ語;
na nau|Nauru|ナウル語; nb nob|Norwegian Bokmål/Bokmål|ブークモール; nd nde|Northern Ndebele|北ンデベレ語;
ne nep/npi|Nepali|ネパール語; ng ndo|Ndonga|ンドンガ語; nl nld/dut|Dutch/Flemish|オランダ語/蘭語;
nn nno|Norwegian Nynorsk/Nynorsk|ニーノシュク; no nor|Norwegian|ノルウェー語;
nr nbl|Southern Ndebele|南ンデベレ語; nv nav|Navajo|ナバホ語; ny nya|Chichewa/Nyanja|チェワ語;
oc oci|Occitan|オック語; oj oji|Ojibwa|オジブワ語; om orm/gaz|Oromo|オロモ語;
or ori/ory|Odia/Oriya|オリヤー語; os oss|Ossetian|オセット語;
pa pan|Punjabi/Panjabi|パンジャブ語/パンジャーブ語; pi pli|Pali|パーリ語; pl pol|Polish|ポーランド語;
ps pus/pbt|Pashto|パシュトー語; pt por|Portuguese|ポルトガル語/葡語; qu que/quy|Quechua|ケチュア語;
rm roh|Romansh|ロマンシュ語; rn run|Rundi/Kirundi|ルンディ語; ro ron/rum/mo|Romanian/Moldovan|ルーマニア語;
ru rus|Russian|ロシア語/露語; rw kin|Kinyarwanda|ルワンダ語;
sa san|Sanskrit|サンスクリット語/サンスクリット; sc srd|Sardinian|サルデーニャ語; sd snd|Sindhi|シンド語;
se sme|Northern Sami|北サーミ語; sg sag|Sango|サンゴ語; sh hbs|Serbo-Croatian|セルボクロアチア語;
si sin|Sinhala/Sinhalese|シンハラ語; sk slk/slo|Slovak|スロバキア語; sl slv|Slovenian/Slovene|スロベニア語;
sm smo|Samoan|サモア語; sn sna|Shona|ショナ語; so som|Somali|ソマリ語; sq sqi/alb/als|Albanian|アルバニア語;
sr srp|Serbian|セルビア語; ss ssw|Swati|スワジ語; st sot|Southern Sotho/Sesotho|ソト語;
su sun|Sundanese|スンダ語; sv swe|Swedish|スウェーデン語; sw swa/swh|Swahili|スワヒリ語;
ta tam|Tamil|タミル語; te tel|Telugu|テルグ語; tg tgk|Tajik|タジク語; th tha|Thai|タイ語;
ti tir|Tigrinya|ティグリニャ語; tk tuk|Turkmen|トルクメン語;
tl tgl/fil|Tagalog/Filipino|タガログ語/フィリピン語; tn tsn|Tswana|ツワナ語; to ton|Tongan|トンガ語;
tr tur|Turkish|トルコ語; ts tso|Tsonga|ツォンガ語; tt tat|Tatar|タタール語; tw twi|Twi|トウィ語;
ty tah|Tahitian|タヒチ語; ug uig|Uyghur/Uighur|ウイグル語; uk ukr|Ukrainian|ウクライナ語;
ur urd|Urdu|ウルドゥー語; uz uzb/uzn|Uzbek|ウズベク語; ve ven|Venda|ヴェンダ語;
vi vie|Vietnamese|ベトナム語/越語; vo vol|Volapük|ヴォラピュク; wa wln|Walloon|ワロン語;
wo wol|Wolof|ウォロフ語; xh xho|Xhosa|コサ語; yi yid/ydd/ji|Yiddish|イディッシュ語; yo yor|Yoruba|ヨルバ語;
za zha|Zhuang|チワン語; zh zho/chi/cmn/cn|Chinese/Mandarin|中国語/中文/北京語; zu zul|Zulu|ズールー語;
yue|Cantonese|広東語; multilingual mul|Multilingual|多言語
"""

# Languages without a two-letter code that the Hub has models for (as in NLLB-200, OPUS-MT, Common Voice); their
# Japanese names are those of the Unicode CLDR.
_LONG_CODES = """
ace Acehnese|アチェ語, acm Mesopotamian Arabic, acq Ta'izzi-Adeni Arabic, ady Adyghe|アディゲ語, aeb Tunisian
Arabic|チュニジア・アラビア語, ain Ainu|アイヌ語, ajp South Levantine Arabic, ang Old English|古英語, apc North
Levantine Arabic, ars Najdi Arabic|ナジュド地方・アラビア語, ary Moroccan Arabic|モロッコ・アラビア語, arz
Egyptian Arabic|エジプト・アラビア語, ast Asturian|アストゥリアス語, awa Awadhi|アワディー語, azb South
Azerbaijani, ban Balinese|バリ語, bem Bemba|ベンバ語, bho Bhojpuri|ボージュプリー語, bjn Banjar|バンジャル語,
brx Bodo|ボド語, bug Buginese|ブギ語, ceb Cebuano|セブアノ語, chr Cherokee|チェロキー語, cjk Chokwe, ckb Central
Kurdish|中央クルド語, crh Crimean Tatar|クリミア・タタール語, dik Southwestern Dinka, doi Dogri|ドーグリー語,
dsb Lower Sorbian|低地ソルブ語, dyu Dyula|ジュラ語, fon Fon|フォン語, fur Friulian|フリウリ語, gom Goan Konkani,
grc Ancient Greek|古代ギリシャ語, gsw Swiss German|スイスドイツ語, hak Hakka Chinese|客家語, haw
Hawaiian|ハワイ語, hil Hiligaynon|ヒリガイノン語, hmn Hmong|フモン語, hne Chhattisgarhi, hsb Upper
Sorbian|高地ソルブ語, ilo Ilocano|イロカノ語, kaa Karakalpak|カラカルパク語, kab Kabyle|カビル語, kac
Jingpho|カチン語, kam Kamba|カンバ語, kbd Kabardian|カバルド語, kbp Kabiyè, kea
Kabuverdianu|カーボベルデ・クレオール語, kmb Kimbundu|キンブンド語, krc Karachay-Balkar|カラチャイ・バルカル語,
kri Krio|クリオ語, lij Ligurian|リグリア語, lmo Lombard|ロンバルド語, ltg Latgalian|ラトガリア語, lua
Luba-Kasai|ルバ・ルルア語, luo Luo|ルオ語, lus Mizo|ミゾ語, lzh Classical Chinese|漢文, mag Magahi|マガヒー語,
mai Maithili|マイティリー語, mhr Meadow Mari, min Minangkabau|ミナンカバウ語, mni Manipuri|マニプリ語, mos
Mossi|モシ語, myv Erzya|エルジャ語, nan Min Nan Chinese|閩南語, nds Low German|低地ドイツ語, new
Newari|ネワール語, nso Northern Sotho|北部ソト語, nus Nuer|ヌエル語, ojp Old Japanese|上代日本語, pag
Pangasinan|パンガシナン語, pam Kapampangan|パンパンガ語, pap Papiamento|パピアメント語, pcm Nigerian
Pidgin|ナイジェリア・ピジン語, pnb Western Punjabi, prs Dari|ダリー語, quz Cusco Quechua, sah Yakut|サハ語, sat
Santali|サンターリー語, scn Sicilian|シチリア語, sco Scots|スコットランド語, shn Shan|シャン語, szl
Silesian|シレジア語, taq Tamasheq, tcy Tulu|トゥル語, tet Tetum|テトゥン語, tpi Tok Pisin|トク・ピシン語, tum
Tumbuka|トゥンブカ語, tyv Tuvan|トゥヴァ語, tzm Central Atlas Tamazight|中央アトラス・タマジクト語, udm
Udmurt|ウドムルト語, umb Umbundu|ムブンドゥ語, vec Venetian|ヴェネト語, war Waray|ワライ語, wuu Wu Chinese|呉語,
xal Kalmyk|カルムイク語
"""

_REGIONS = {
    "ar": "ae eg sa ma",
    "de": "de at ch",
    "en": "us gb uk au ca in",
    "es": "es mx ar us 419",
    "fa": "ir",
    "fr": "fr ca be ch",
    "it": "it",
    "ja": "jp",
    "ko": "kr",
    "nl": "nl be",
    "no": "no",
    "pt": "br pt",
    "sv": "se",
    "vi": "vn",
    "zh": "cn tw hk sg hans hant",
}
"""Regions that occur in lower case; others must be written as BCP 47 writes them (`sr-Latn`, `nl-BE`)."""
NO_LANGUAGES = frozenset(("code",))
"""Stated as one, and none that people speak."""
_IN_NAMES = {"ja": ("jpn", "jp"), "zh": ("zho",), "ko": ("kor",)}
"""Codes that names say a language by (`gemma-2-2b-jpn-it`), where they are hardly ever something else."""
_APART_IN_NAMES = frozenset(
    (
        "ar de en es fa fr ja ko nl pl ru th tr uk zh cn eng ita rus spa "
        "ces deu ell eus fas fra heb hun kaz khm mya nld pol por ron swe ukr urd uzb vie yor"
    ).split()
)
"""Codes that say a language where they stand by themselves (`roberta-base-ru`): of the models of the snapshot whose
names hold one and that state languages, 93 to 100 in a hundred state that one. Of `it` and `pt` (instructed,
pretrained), `no`, `id`, `hi`, `da`, `sv` and `cs` fewer do. Codes of three letters that are no word are as sure, but
for `swe` in a name that speaks of software engineering."""
_ENGINEERS = re.compile(r"bench|agent|gym|code|dev|smith|lite|mirror|rl|qwen|llama|instruct|\d+b")
_WORD_IN_NAME = re.compile(r"[a-z]{2,30}")
_APART = re.compile(r"(?<![a-z0-9])(?<!iq4_)(?:(?P<pt>pt[-_]?br)|[a-z]{2,3})(?![a-z0-9])")


@cache
def _written_form() -> re.Pattern[str]:
    """Match `jpn_Jpan`, `zh-Hant-TW`, `pt-BR`, `ja_XX`, `es-419`."""
    return re.compile(r"([a-z]{2,3})[_-](?:[A-Z][a-z]{3}(?:[_-][A-Z]{2})?|[A-Z]{2}|\d{3})")


class _Names(NamedTuple):
    codes: dict[str, str]
    """Any code of a language → the code zukan uses."""
    english: dict[str, str]
    japanese: dict[str, str]
    words: dict[str, str]
    """Every English and Japanese name, case-folded → code."""


@cache
def _names() -> _Names:
    names = _Names({}, {}, {}, {})
    for entry in " ".join(_TABLE.split()).split("; "):
        codes, english, japanese = entry.split("|")
        code, _, others = codes.partition(" ")
        names.codes[code] = code
        for other in others.split("/") if others else ():
            names.codes[other] = code
        spoken = english.split("/"), japanese.split("/")
        names.english[code], names.japanese[code] = spoken[0][0], spoken[1][0]
        for name in (*spoken[0], *spoken[1]):
            names.words[_fold(name)] = code
    for entry in " ".join(_LONG_CODES.split()).split(", "):
        code, _, spoken_as = entry.partition(" ")
        names.codes[code] = code
        names.english[code], _, japanese = spoken_as.partition("|")
        if japanese:
            names.japanese[code] = japanese
        for name in filter(None, (names.english[code], japanese)):
            names.words.setdefault(_fold(name), code)
    return names


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


@lru_cache(maxsize=1 << 15)
def _tag_code(tag: str) -> str | None:
    """Return the code of a tag in one of the written forms that are certainly meant as a language."""
    codes = _names().codes
    if tag in codes or len(tag) > 11:
        return codes.get(tag)
    form = _written_form().fullmatch(tag)
    if form:
        return codes.get(form[1])
    base, _, region = tag.replace("_", "-").partition("-")
    return base if region and region in _REGIONS.get(base, "").split() else None


def language_code(name: str) -> str | None:
    """Return zukan's code of a language given by any code or by its English or Japanese name.

    Args:
        name: `ja`, `JPN`, `jpn_Jpan`, `ja_XX`, `pt-BR`, `Japanese`, `日本語` …

    Returns:
        The two-letter code, a three-letter one where ISO 639-1 has none, or None for what is no language.

    """
    folded = _fold(name)
    names = _names()
    return names.words.get(folded) or names.codes.get(folded) or _tag_code(name.strip()) or _loose(folded)


def _loose(folded: str) -> str | None:
    """Read `jpn_jpan` and `de_de` whose case was lost."""
    base, _, rest = folded.replace("_", "-").partition("-")
    known = (len(rest) == 4 and rest.isalpha()) or rest in _REGIONS.get(base, "").split()
    return _names().codes.get(base) if known else None


@lru_cache(maxsize=1 << 10)
def language_name(code: str, ui: str = "en") -> str:
    """Return the name of a language.

    Args:
        code: Any code; one that is not known is returned as it is.
        ui: `ja` for Japanese names, anything else for English ones.

    """
    names = _names()
    known = language_code(code)
    if known is None:
        return code
    return (names.japanese.get(known) if ui == "ja" else None) or names.english[known]


def is_language_tag(tag: str) -> bool:
    """Tell whether a Hub tag names a language; `language_code` then gives its code."""
    return _tag_code(tag) is not None


def language_words() -> dict[str, str]:
    """Return every name of a language as people write it (case-folded), with its code."""
    return dict(_names().words)


_LONGEST_IN_NAME = 3
"""Letters of the codes by which names say languages; longer words are their names."""
_JOINED = dict.fromkeys(("enjp", "enja", "jpen", "jaen"), ("en", "ja"))
"""Two codes in one, as names of what translates between the two have them: LFM2-350M-ENJP-MT."""


@lru_cache(maxsize=1 << 14)
def languages_in_name(model_id: str) -> frozenset[str]:
    """Return the codes of the languages that a model's name says: `bge-m3-korean` → `ko`, `gemma-2-2b-jpn-it` → `ja`.

    Names of three letters (Lao, Ewe, Fon) are mostly something else there, as are most codes.
    """
    name = model_id.rpartition("/")[2].lower()
    found = _WORD_IN_NAME.findall(name)
    if _telling().isdisjoint(found):  # as nearly all names do
        return frozenset()
    words, codes = _names().words, _codes_in_names()
    named = [words.get(word) if len(word) > _LONGEST_IN_NAME else codes.get(word) for word in found]
    named += [code for word in found for code in _JOINED.get(word, ())]
    apart = list(_APART.finditer(name))
    for match in apart:
        if match["pt"]:
            named.append("pt")
        elif match[0] in _APART_IN_NAMES and not (match[0] == "swe" and _ENGINEERS.search(name)):
            named.append(language_code(match[0]))
            # What stands beside a code is another one: `es_it`.
            beside = (one[0] for one in apart if one.end() + 1 == match.start() or match.end() + 1 == one.start())
            named += [language_code(code) for code in beside if is_language_tag(code)]
    return frozenset(filter(None, named)) - {"multilingual"}


@cache
def _telling() -> frozenset[str]:
    """Return the words of names of which `languages_in_name` needs one."""
    words = (word for word in _names().words if len(word) > _LONGEST_IN_NAME)
    return frozenset((*words, *_codes_in_names(), *_JOINED, *_APART_IN_NAMES, "pt", "ptbr"))


def codes_in_names(code: str) -> tuple[str, ...]:
    """Return the codes by which names say a language, beside its English name."""
    return _IN_NAMES.get(code, ())


@cache
def _codes_in_names() -> dict[str, str]:
    return {short: code for code, several in _IN_NAMES.items() for short in several}


def language_pair_in_name(model_id: str) -> tuple[str, str] | None:
    """Return the direction that a translation model's name states (`opus-mt-ja-en` → `("ja", "en")`)."""
    name = re.sub(r"(?<![a-z])([a-z]{2,3})2([a-z]{2,3})(?![a-z0-9])", r"\1-\2", model_id.rpartition("/")[2].lower())
    words = re.split(r"[-_.]", name)
    for first, between, second in zip(words, words[1:], words[2:], strict=False):
        # Whole names too, of which one alone may be anything: German-to-English.
        if between in ("to", "2") and min(len(first), len(second)) > _LONGEST_IN_NAME and first != second:
            source, target = language_code(first), language_code(second)
            if source and target:
                return source, target
    parts = [part for part in words if part not in ("to", "2")]
    for first, second in pairwise(parts):
        if first != second and all(len(part) in (2, 3) and part.isalpha() for part in (first, second)):
            source, target = (_language_part(part) for part in (first, second))
            if source and target:
                return source, target
    return None


def _language_part(code: str) -> str | None:
    """Return the language code if it is one; `mt` in a translation model's name is machine translation."""
    return language_code(code) if code != "mt" and is_language_tag(code) else None
