"""How people say which licence, access, family, and speed or quality they want, in English and Japanese.

Of each group the signs are given without which none of its patterns finds anything: to compile all takes 30 ms.
"""

from __future__ import annotations

import re

from zukan.kana import AFTER_NO_KANJI
from zukan.lazily import lazily
from zukan.schema import Family
from zukan.wish_rules import Rules, any_of

_OWNED = r"(?:a |an |our |my |one of (?:our|my) )"
_SOLD = (
    r"(?:products?|apps?|services?|games?|software|websites?|courses?|books?|videos?|tracks?|songs?|channels?|plugins?|"
    r"tools?)"
)
_SOLD_JA = r"(?:アプリ|サービス|製品|商品|コンテンツ|ゲーム|ソフト|教材|動画|チャンネル|サイト|YouTube|同人誌|本)"
_NOT_SOLD = r"cc[- ]by(?:[- ](?:sa|nd))?[- ]nc(?:[- ](?:sa|nd))?(?:[- ]?\d\.\d)?"
_NO = (
    r"(?<![a-z-])(?:no|not|without|avoid(?:ing)?|exclud(?:e|es|ing)|except(?: for)?|nothing|can['’]?t use|cannot use|"
    r"rules? out|(?:refus|reject)(?:e|es|s|ed|ing)?|(?:won['’]?t|do not|don['’]t|will not) (?:accept|allow|take))"
    r"(?: (?:any|anything|a|an|the|with|under|that is|are|use of))* ['\"“‘]?"
)
_REFUSED = (
    r"(?:は|を|が|だと|も)?"
    r"(?:不可|ng|ダメ|だめ|駄目|使え(?:ない|ません)|避け|除[いくき]|困る|困ります|なし|以外|お断り|対象外)"
)
LICENCES: Rules = (
    (
        any_of(
            rf"(?:(?<![a-z])nc ?[(（])?(?:非商用|{_NOT_SOLD})[)）]?(?:ライセンス|利用|限定|のみ)?"
            rf"(?:の(?:もの|やつ|モデル|ライセンス))?{_REFUSED}",
            rf"{_NO}(?:non[- ]?commercial|{_NOT_SOLD}|nc)(?![a-z])(?:[ -](?:use|only|restricted|type))*"
            r"(?: (?:licen[cs]\w*|weights|models?|terms|ones|stuff))*",
        ),
        {"license": "commercial"},
    ),
    (r"non-?commercial(?: use)?|非商用", {}),
    (
        any_of(
            r"(?:licen[cs]ed )?(?:for |allows? |allowing |with )?commercial(?:ly)?(?![a-z])"
            r"(?! (?:contract|law|lease|propert|real |building|invoice|flight|bank|vehicle|break|ad|"
            r"court|dispute|document|insurance|aircraft|fish|kitchen|correspond|letter|agreement|"
            r"paper|video|tv)\w*)(?:[ -]?(?:use|usable|usage|purposes?|friendly|licen[cs]ed?|"
            r"product|project|ok(?:ay)?)){0,4}",
            r"商用(?:利用|でも?|に)?(?:が|も)?(?:可能?|ok|できる|使える|利用可能?|利用したい|向け)?"
            r"(?:な|の)?(?:ライセンス)?",
            r"製品に(?:組み込|使|載)\w*",
        ),
        {"license": "commercial"},
    ),
    (
        any_of(
            r"(?:so )?(?:the |its )?(?:licen[cs]e|terms) (?:has|have|must|needs?|should|"
            r"ha[sd] better) ?(?:to )?(?:allow|permit|be ok with|be fine with)(?: \w+){1,4}",
            r"(?:for |allows? |with )?(?:business|corporate|enterprise|company)[ -]use"
            r"(?: (?:is )?(?:allowed|ok|fine))?",
            r"(?:業務|ビジネス|仕事)(?:利用|で(?:も)?使)(?:が|も)?(?:可能?|ok|える|っていい|える)"
            r"(?:な|の)?",
            r"業務(?:利用|用途)(?=$|[、。,.!！\s]|の|です|なので|のため)|"
            r"(?:業務|会社|仕事)で使(?:う|います|いたい|用する)"
            r"(?=ので|ため(?!では|じゃ)|から|予定(?![はが]?な)|$|[、。,.\s])",
            r"売り物に(?:する|使う|できる)",
            r"(?:and |so )?(?:the |its |their )?(?:licen[cs]e|terms) (?:must|has to|have to|should|needs? to) be "
            r"(?:ok|okay|fine|good) (?:for|with) (?:that|business|selling|sale)",
            r"(?<!do )(?<!whether )(?<!if )(?<!that )(?:because |since |and )?we (?:will |want to |plan to )?sell "
            r"(?:the|our|this) (?:\w+ ){0,1}?(?:product|app|service|software|game|tool|device)s?"
            r"(?= ?(?:$|[,.;:!?)]|(?:so|and|that|to|on|with)(?![a-z])))",
            r"(?<!do )(?<!whether )(?<!if )(?<!that )(?:because |since |and |as )?we (?:will |want to |plan to )?ship "
            r"(?:it (?:in|with|inside) )?(?:a |an |the |our )?(?:closed(?:[- ]source)?|proprietary|commercial|paid) "
            r"(?:\w+ ){0,1}?(?:product|app|service|software|game|tool|device)s?",
            r"(?:for|on|in) (?:a |an |my |our )?moneti[sz]ed (?:\w+ ){0,2}?"
            r"(?:channel|video|site|app|blog|game|stream)s?",
        ),
        {"license": "commercial"},
    ),
    (
        any_of(
            r"(?:any |a |an |some )?(?:open[ -]source )?licen[cs]e (?:that |which )?"
            r"(?:allows|lets|permits) (?:us|me|(?:my|our) \w+) (?:to )?"
            r"(?:sell|use|ship|deploy|charge|earn|profit|monetis|monetiz|make money|redistribute|"
            r"include|embed)\w*(?: \w+){0,3}",
            rf"(?:in|into|for|inside) {_OWNED}(?:\w+ ){{0,2}}(?:paid|paying) {_SOLD}",
            rf"(?:in|into|for|inside) {_OWNED}(?:\w+ ){{0,2}}{_SOLD} (?:that |which )?(?:i|we)"
            r"(?:['’]re| are|['’]ll| will| can| plan to| want to| hope to| am| going to){0,2} "
            r"(?:sell(?:ing)?|charge|charging|monetis|monetiz|make money)\w*(?: (?:for|with|money))?",
            r"(?:有料|販売(?:する|している|予定の|中の)|売る|売っている|収益化"
            rf"(?:する|している|した|中の)?)(?:の)?(?:自分の|自社の|スマホ)?{_SOLD_JA}(?:に|で|へ)"
            r"(?:も)?(?=使|載|組み|入れ|流|出し|付け|つけ)",
            rf"収益化(?:する|している|した|中の)?(?:の)?(?:自分の)?{_SOLD_JA}の"
            r"(?=BGM|背景|音声|声|ナレーション|イラスト|画像|音楽|曲|効果音|サムネ)",
        ),
        {"license": "commercial"},
    ),
    (
        (
            r"(?:i['’]?m|i am|we['’]?re|we are) selling (?:[\w'’-]+ ){1,5}(?:so|and) "
            r"(?:[\w'’-]+ ){1,4}allowed(?: to)?"
        ),
        {"license": "commercial"},
    ),
    (
        any_of(
            r"(?:with a |under a |under an |with )?(?:permissive(?:ly)?|liberal)"
            r"(?:[ -]licen[cs]e[ds]?)?",
            r"(?:ゆるい|緩い|寛容な|制限の少ない|制限のない)ライセンス(?:の)?",
            r"自由に使えるライセンス(?:の)?",
        ),
        {"license": "permissive"},
    ),
)  # fmt: skip
# Behind the licences that are named: whoever names one has no need of this.
WITHOUT_LICENCES: Rules = (
    (
        any_of(
            rf"{_NO}(?:a?gpl|copyleft|viral (?=licen|terms))(?![a-z])(?:[ -]?v?[23](?:\.0)?)?"
            r"(?: (?:or|and|nor) (?:a?gpl|copyleft))?(?: ?(?:licen[cs]\w*|terms|models?|ones|stuff|code|weights))*",
            rf"(?:a?gpl|コピーレフト)(?:系|ライセンス)?(?:の(?:もの|やつ|モデル|ライセンス))?{_REFUSED}",
        ),
        {"license": "permissive"},
    ),
)  # fmt: skip
_NOT_WITHOUT = r"(?<!no )(?<!without )(?<!avoid )(?<![a-z0-9-])"
_FORMAT = r"(?:gguf|ggml|llama[.-]?cpp|ollama|lm ?studio|kobold ?cpp|mlx|onnx|openvino|awq|gptq|exl[23])(?![a-z])"
_OR_FORMAT = r"(?: ?(?:,|/|、|・) ?(?:or )?| or |か|または|もしくは)"
_FILES = (
    r"(?: (?:quant(?:i[sz]ed|s)?|versions?|files?|formats?|weights|build))?(?: (?:of|for))?"
    r"(?:形式|版)?(?:の|を使って|で(?:動く|動かせる|使える)?|用)?"
)
_PROGRAMS = lazily(r"ggml|llama[.-]?cpp|ollama|lm ?studio|kobold ?cpp", re.IGNORECASE)
_READS_MLX = lazily(r"lm ?studio", re.IGNORECASE)
_MLX = lazily(
    r"(?<!not )(?<!no )(?<!without )(?<!non-)(?<![a-z])mlx(?![a-z])(?! ?(?:形式|版)?(?:の)?(?:もの|やつ|モデル)?"
    r"(?:以外|は(?:不要|不可|NG|いらない|使わない)|じゃな|ではな|なし))",
    re.IGNORECASE,
)


def _weights(match: re.Match[str]) -> dict[str, object]:
    """Return the formats that are named, a program by the one that it reads."""
    named = [name.lower() for name in re.findall(_FORMAT, match[0], re.IGNORECASE)]
    if any(map(_READS_MLX.fullmatch, named)) and _MLX.search(match.string):
        # It reads two formats: the one is meant that is named beside it.
        named = ["mlx"]
    return {"weights": "|".join(dict.fromkeys(_PROGRAMS.sub("gguf", name) for name in named))}


ACCESS_AND_FAMILY: Rules = (
    (
        any_of(
            r"(?:that is |that are |which is )?(?:not gated|ungated|non-gated)",
            r"(?<![a-z])(?:nothing|none|no|without|avoid(?:ing)?|exclud(?:e|ing)|except)"
            r"(?: (?:any|that is|which is|of them))? gated"
            r"(?! (?:recurrent|attention|units?|linear|mlp|convolution|communit))"
            r"(?: (?:models?|repos?|repositories|ones|stuff|access|weights))?",
            rf"(?:gated|ゲート(?:付き|あり)|{AFTER_NO_KANJI}(?:(?:利用|アクセス)申請(?:制|が必要)?|申請(?:制|が必要)))"
            rf"(?:な|の)?(?:もの|やつ|モデル)?(?:{_REFUSED}|(?:じゃ|では|で)ない)",
            r"(?:利用|アクセス)?申請[（(]gated[)）](?:が|の)?(?:不要|いらない|要らない|なし)(?:な|の)?",
            r"(?<!who have )(?<!who has )(?<!that have )(?:with(?:out| no)|no)"
            r"(?: (?:having|need(?:ing)?))?(?: to)? ?(?:an? |any |the )?(?:hugging ?face )?"
            r"(?:log(?:ging)?[ -]?in|login|sign(?:ing)?[ -]?(?:in|up)|account|token|approval|"
            r"access requests?|gat(?:e|ing)(?![a-z])|registration|register(?:ing)?|accept(?:ing)?"
            r"(?: (?:any|the))? (?:terms|licen[cs]e|conditions)|agree(?:ing)? to (?:terms|anything)|"
            r"request(?:ing)? access|ask(?:ing)? for (?:access|permission))(?: (?:or|and) \w+)?"
            r"(?: required| needed)?",
            r"(?:利用)?(?:申請|ログイン|承認|同意|登録|アカウント|トークン)(?:が)?"
            r"(?:不要|なし|無し|いらない|要らない|せずに)(?:で|の|に)?(?:使える)?",
            r"ゲート(?:なし|のない)",
        ),
        {"no_gated": True},
    ),
    (
        any_of(
            r"(?:and )?(?:i |we )?(?:do ?n['’]?t|do not|can ?n['’]?o?t|wo ?n['’]?t|would rather not|"
            r"rather not|refuse to) (?:(?:want|like|wish|have|need) to )?"
            r"(?:log[ -]?in|sign[ -]?(?:in|up)|register|(?:make|create|open) an account|accept "
            r"(?:any|some|an?|the) ?\w*|agree to|ask for (?:access|permission)|request access)"
            r"(?: (?!but\b)[\w-]+){0,8}",
            r"(?:ログイン|登録|申請|同意)(?:は|も)?(?:したくない|したくありません|なしがいい)",
        ),
        {"no_gated": True},
    ),
    # Who wants none of it asks for what holds anyway: said first, so that the words alone do not allow it.
    (
        any_of(
            r"(?<![a-z])(?:no|not|without|never|avoid(?:ing)?|refuse|(?:do not|don['’]?t|cannot|can['’]?t|"
            r"must not|won['’]?t)(?: (?:want|need|like|wish))?)(?: to)?(?: (?:use|set|run|pass|need|allow|enable|"
            r"require|execute|trust|any|needing|using|running|the|its|their))* "
            r"(?:trust_remote_code(?:=true)?|(?:remote|custom) code)",
            r"trust_remote_code(?:=true)? (?:is )?(?:not|off|forbidden|disallowed|out of|=? ?false)[\w ]{0,20}",
            r"(?:リモートコード|独自コード|カスタムコード|trust_remote_code)(?:の)?(?:実行)?(?:は|も|が|を)?(?:不可|なし|無し|禁止|"
            r"NG|だめ|ダメ|駄目|嫌|いや|避け|使わ|使いたくない|したくない|しない|許可しない|許可できない|不要|いらない|要らない)",
        ),
        {},
    ),
    (
        any_of(
            r"(?:executing|running|trusting|allowing) (?:[\w'’-]+ ){0,4}code (?:is|would be) "
            r"(?:fine|ok(?:ay)?|allowed|acceptable|no problem)",
            r"(?:[\w'’-]+ )?remote code (?:is )?(?:fine|ok(?:ay)?|allowed|acceptable)",
            r"trust_remote_code ?(?:=|:|to)? ?true",
            r"trust_remote_code (?:is )?(?:fine|ok(?:ay)?|allowed|acceptable|no problem)(?! ?(?:not|\?))",
            r"(?<!not )(?<!n't )(?<!n’t )(?:happy|fine|ok(?:ay)?) (?:with|to (?:use|set|run|enable)) trust_remote_code",
            r"(?:リモートコード|独自コード|カスタムコード|trust_remote_code)(?:の)?(?:実行)?(?:は|も|が)?"
            r"(?:可|OK|許可|問題ない|大丈夫|構わない|構いません|してもいい|してもよい)",
        ),
        {"allow": ("remote-code",)},
    ),
    # The word alone gives no leave.
    (r"trust_remote_code(?: ?[=:] ?\w+)?", {}),
    (rf"{_NOT_WITHOUT}(?:an? |the )?{_FORMAT}(?:{_OR_FORMAT}{_FORMAT}){{0,3}}{_FILES}", _weights),
    (
        any_of(
            r"encoder[ -]decoder",
            r"seq2seq",
            r"sequence[ -]to[ -]sequence",
            r"(?:t5|bart)[ -]?(?:style|like|based|type)",
            r"(?:t5|bart)系",
            r"エンコーダー?[・-]?デコーダー?",
        ),
        {"family": Family.SEQ2SEQ},
    ),
    (
        any_of(
            r"encoder[ -]only",
            r"(?:an? )?encoder[ -]?(?:model|type)s?",
            r"(?:ro)?bert[ -]?(?:style|like|based|type)",
            r"(?:ro)?bert系",
            r"エンコーダー?(?:のみ|型|モデル|系)",
        ),
        {"family": Family.ENCODER_ONLY},
    ),
    (
        any_of(
            r"decoder[ -]only",
            r"(?:an? )?decoder[ -]?(?:model|type)s?",
            r"gpt[ -]?(?:style|like|based|type)",
            r"gpt系",
            r"デコーダー?(?:のみ|型|モデル|系)",
        ),
        {"family": Family.DECODER_ONLY},
    ),
)  # fmt: skip
_SMALL = (
    r"(?<![a-z])(?:very |really |super |ultra[ -]?)?(?:light(?:weight|[ -]weight)?|small(?:er|est)?|tiny|compact|"
    r"fast(?:er|est)?|quick(?:er|est)?|low[ -]latency|real[ -]?time)(?: enough)?"
)
_NO_SUBJECT = (
    r"(?! (?:aircraft|animals?|birds?|bulbs?|business\w*|cars?|claims?|cracks?|defects?|dogs?|drones?|faces?|fields?|"
    r"fonts?|"
    r"food|hands?|industry|insects?|lesions?|letters?|molecules?|nodules?|novels?|objects?|particles?|print|rail|rna|"
    r"sensors?|"
    r"service|ships?|talk|targets?|texts?|tumou?rs?|vessels?)(?![a-z]))"
)
"""What is small, light or fast itself, where texts or pictures are about it."""
_OF_A_MODEL = (
    r"(?=$|[,.;:!?)]|-| (?:and|as|at|but|enough|for|if|in|on|or|please|so|that|to|which|with)(?![a-z])|"
    r"(?: [\w-]+){0,3} (?:"
    r"(?:models?|llms?|vlms?|ones?|networks?|assistants?|coders?|code|ocr|tts|asr|stt|vad|ner|search|speech|voice|"
    r"sentiment|depth|similarity|moderation|bert|gpt|t5|llama|qwen|whisper|yolo)(?![a-z])|"
    r"(?:caption|chat|classif|deno|detect|diari|embed|encod|generat|inpaint|pars|recogni|rerank|retriev|segment|"
    r"summari|"
    r"tagg|transcri|translat|upscal)))"
)
"""What follows where a model shall be so, and not what it is asked about."""
_NO_CARD: Rules = (
    (
        any_of(
            r"(?:gpu|グラボ|グラフィックボード|cuda)(?:は|が|も|を)?(?:なし|無し|ない|無い|ありません|非搭載|不要|"
            r"(?:持って|積んで|搭載して)(?:い?ない|おらず|いません)|使わ(?:ない|ず)|使えない)(?:でも?|の|ので|けど|環境(?:で|の)?)*",
            r"(?<![a-z])(?:(?:with|i have|we have|there is|have|got) no|without|no|(?:do not|don['’]t) have) "
            r"(?:an? |any |the )?(?:dedicated |discrete )?(?:gpus?|graphics cards?|cuda)(?: here| available| at all)?"
            r"(?=\s*(?:$|[,.;:!?()–]|- |(?:and|or|but|so|in|on|please|since|because|for|that)(?![a-z])))",
            r"(?:普通の|古い|手元の|会社の|自分の|安い|私の)?(?:ノート ?(?:pc|パソコン)|ラップトップ)(?:上)?"
            r"(?:で(?:も)?(?:(?:動く|動かせる|動かしたい|動作する|使える|使いたい|回る|回せる)(?:もの|やつ)?|(?=$|[、。,.\s]))|"
            r"(?=$|[。.]))",
        ),
        {},
    ),
)
"""Which machine is meant is read in `zukan.machine`; no model is named after it."""
PREFERENCES: Rules = (
    *_NO_CARD,
    (
        any_of(
            r"(?:with |of |in )?(?:the )?(?:highest|best|top|greatest|maximum)(?:[ -]possible)? "
            r"(?:quality|accuracy|precision|performance|scores?|results?)(?! of)",
            r"most (?:accurate|precise|powerful|capable)",
            r"(?:the )?(?:strongest|smartest)(?=(?: [\w-]+){0,4} "
            r"(?:models?|llms?|ones?|assistant|encoder|embeddings?|reranker|chatbot|ai)(?![a-z]))",
            r"(?:cost|price|size|memory|speed) is no (?:object|issue|problem|concern)",
            r"(?:quality|accuracy) (?:first|matters(?: most)?|over speed|is "
            r"(?:everything|key|all that matters|most important))",
            r"state[ -]of[ -]the[ -]art",
            r"\bsota\b",
            r"(?:精度|品質|性能)(?:を)?(?:重視|優先|第一|最優先)(?:で|の)?",
            r"(?:最高|最良|一番)(?:の)?(?:精度|品質|性能)(?:の)?",
            r"高精度(?:な|の)?",
            r"高性能(?:な|の)?",
            r"高品質(?:な|の)?",
            r"一番(?:精度|性能)(?:の|が)(?:いい|良い|高い)",
            r"最強(?:の)?",
            r"(?:the )?(?:largest|biggest) (?:[\w-]+ )?(?:one|model|llm|possible)(?: possible)?(?: that fits)?",
            r"as (?:large|big) as possible",
            r"(?:なるべく|できるだけ|可能な限り)(?:大き[いな]|大規模な)(?=モデル|llm|もの|やつ)",
            r"(?:一番|いちばん|最高に|最も)(?:いい|良い|よい|優れた|賢い)(?:やつ|の|もの|モデル)",
            r"(?:一番|いちばん|最も)(?:(?:上手|優秀|高性能|強力|正確|きれい|綺麗)な?|うまい|強い|"
            r"賢い)(?=[^、。]{0,8}(?:モデル|やつ|もの|llm|ai|$))",
        ),
        {"prefer": "best"},
    ),
    (rf"{_SMALL}{_NO_SUBJECT}(?: (?:model|one))?{_OF_A_MODEL}", {"prefer": "small"}),
    (
        any_of(
            r"(?:that )?(?:runs? )?on (?:a |an |my |the )?"
            r"(?:raspberry ?pi(?: \d)?|phone|iphone|ipad|smartphone|mobile|edge device|cpu(?: only)?|browser|"
            r"jetson(?: (?:nano|orin|xavier|agx|nx|tx2))*|microcontroller|old laptop)(?:s|es)?(?! "
            r"(?:calls?|numbers?|conversations?|recordings?|lines?|bills?|reviews?|apps?|games?|"
            r"screens?|usage|prices?|sales))",
            r"in (?:a |the )browser",
            r"(?:a |my |our |the )?raspberry ?pi(?: \d)?(?![a-z])",
            r"軽(?:い(?!症|怪我|けが|食)|くて|め(?:の)?|量(?:な|の)?)",
            r"速(?:い(?!動き|車|球)|くて)",
            r"高速(?!道|バス|鉄道|増殖炉)(?:な|に|の)?",
            r"小(?:さ[いな](?!文字|字|物体|顔|子|犬|虫|魚|動物|部品|傷|会社|店)|さめ(?:の)?|型"
            r"(?!犬|車|機|船|トラック|カメラ|ドローン|家電|魚|動物|ロボット)(?:の)?)",
            r"(?:スマホ|スマートフォン|iphone|ipad|(?:ラズパイ|ラズベリーパイ|raspberry ?pi) ?\d?|jetson|エッジ"
            r"(?:デバイス|端末)?|組み込み|ブラウザ|cpu(?:のみ|だけ)?)(?:上)?(?:で(?:も)?)?"
            r"(?:動く|動かせる|使える|動作する|向け(?:の)?|で)",
            r"(?:(?:must|should|has to|needs to) (?:be|respond|answer|react|feel)|feels?) instant(?:ly|aneous)?"
            r"(?![a-z]| (?:messag|recogni))",
            r"リアルタイム(?:で|の|に)?",
            r"(?:一瞬|瞬時|即座)(?:で|に)",
            r"サクサク",
        ),
        {"prefer": "small"},
    ),
)  # fmt: skip
