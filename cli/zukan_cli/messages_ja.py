"""Japanese for every text of the command line, keyed by the English one; `{placeholders}` stay as they are."""

from zukan_cli.messages_ja_browse import BROWSE
from zukan_cli.messages_ja_cluster import CLUSTER, CLUSTERED
from zukan_cli.messages_ja_compare import COMPARE, COMPARED
from zukan_cli.messages_ja_crawl import CRAWL
from zukan_cli.messages_ja_errors import ERRORS
from zukan_cli.messages_ja_explain import EXPLAIN
from zukan_cli.messages_ja_families import FAMILY_REASONS, FAMILY_RULES
from zukan_cli.messages_ja_reading import READING
from zukan_cli.messages_ja_reasons import REASONS
from zukan_cli.messages_ja_recommend import RECOMMEND, RECOMMENDED
from zukan_cli.messages_ja_remote import REMOTE, REMOTE_REASONS
from zukan_cli.messages_ja_search import SEARCH, SEARCH_ERRORS
from zukan_cli.messages_ja_senses import SENSES
from zukan_cli.messages_ja_sharing import SHARED, SHARING
from zukan_cli.messages_ja_sql import SQL, SQL_COMMAND
from zukan_cli.messages_ja_trials import TRIALS
from zukan_cli.messages_ja_usage import USAGE
from zukan_cli.messages_ja_weights import WEIGHTS

_HEADINGS = {
    # models
    "model": "モデル",
    "models": "モデル数",
    "family": "系統",
    "task": "タスク",
    "name": "名前",
    "params": "パラメータ",
    "parameters": "パラメータ",
    "downloads": "ダウンロード",
    "likes": "いいね",
    "license": "ライセンス",
    "languages": "言語",
    "library": "ライブラリ",
    "memory": "メモリ",
    "score": "スコア",
    "why": "理由",
    "proof": "根拠",
    "popularity": "人気",
    "needs here": "必要リソース",
    "former names": "旧名",
    "made from": "派生元",
    "made into": "派生先",
    "gated": "アクセス制限",
    "dates": "日付",
    "evaluations": "評価",
    "trials here": "試行の記録",
    "sources": "出典",
    # families and tasks
    "good at": "得意",
    "less good at": "不得意",
    "for example": "例",
    "try": "試行可",
    # tags and statistics
    "certainty": "確度",
    "looked at": "調べた項目",
    "reason": "理由",
    "from": "変更前",
    "to": "変更後",
    "why undetermined": "判定不能の理由",
    "tasks": "タスク",
    "tasks inferred": "推定したタスク",
    "libraries": "ライブラリ",
    "what is known": "分かっている項目",
    "task stated": "タスクの記載",
    "task inferred": "タスクの推定",
    "gated or not": "アクセス制限の有無",
    "seen by a crawl": "取得で確認済み",
    # trials
    "time": "時間",
    "device": "デバイス",
    "versions": "バージョン",
    "download": "ダウンロード",
    "peak": "最大",
    "threads": "スレッド",
    "revision": "リビジョン",
    "tokens/s": "トークン/秒",
    # the cache
    "size": "サイズ",
    "last used": "最終使用",
    "tried with zukan": "zukan で試行",
    "place": "場所",
    # crawls
    "refused": "拒否",
    "requests": "リクエスト",
    # doctor
    "check": "項目",
    "found": "結果",
    "what to do": "対処",
    "Python": "Python",
    "zukan": "zukan",
    "huggingface_hub": "huggingface_hub",
    "torch": "torch",
    "transformers": "transformers",
    "sentencepiece": "sentencepiece",
    "sacremoses": "sacremoses",
    "cores": "CPU コア",
    "accelerator": "GPU",
    "disk for models": "モデル用ディスク",
    "catalogue": "カタログ",
    "Hub": "Hub",
    "self-test encoder-only": "動作確認 encoder-only",
    "self-test decoder-only": "動作確認 decoder-only",
    "self-test seq2seq": "動作確認 seq2seq",
}

_VALUES = {
    # certainties of a family
    "certain": "確実",
    "inferred": "推定",
    "guess": "推測",
    # whether a model fits
    "fits": "実行可能",
    "tight": "ぎりぎり",
    "too large": "メモリ不足",
    "unknown": "不明",
    # where a trial's files came from
    "hub": "Hub から取得",
    "cache": "キャッシュ",
    "folder": "ローカルフォルダー",
    "built-in": "内蔵モデル",
    # the steps of a trial: at most nine wide characters, so that a padded line fits a terminal
    "Looking up the model …": "モデルを確認中 …",
    "Downloading": "ダウンロード中",
    "Loading torch and transformers …": "torch と transformers を起動中 …",
    "Loading the model …": "モデルを読み込み中 …",
    "Running …": "実行中 …",
}

_SENTENCES = {
    # tag
    "Tagging the catalogue": "カタログ全体を判定中",
    "Continued an unfinished run after {number} models. ": "途中で止まっていた判定を、{number} 件の続きから再開しました。",
    "{number} have other facts, or another reason why they are never recommended.": "{number} 件は、そのほかの情報、またはおすすめしない理由が変わりました。",
    "{models} models tagged in {seconds}, {changed} changed.": "{models} 件を {seconds} で判定し、{changed} 件が変わりました。",
    "Lines that could not be read: {number}.": "読み取れなかった行: {number}",
    "{number} tagged.": "{number} 件を判定しました。",
    "a name or path is empty": "名前かパスが空です",
    "--stdin writes JSON lines only": "--stdin の出力は JSON Lines だけです",
    "there is nothing to read on stdin": "標準入力から読むものがありません",
    "say what to tag, one of these: names and paths, --stdin, --all": "判定するものを指定してください: 名前かパス、--stdin、--all のいずれか一つ",
    # why a model has no family
    "only a task is known": "タスクだけが分かる",
    "only a telling name": "名前だけが手掛かり",
    "only the Hub's Auto class": "Hub の Auto クラスだけが分かる",
    "a class or type that no table knows": "未知のクラスやモデルタイプ",
    "nothing tells": "手掛かりなし",
    "line cannot be read": "読み取れない行",
    # stats
    "The tags come from other rules than those of this zukan; type: zukan tag --all": (
        "系統は、この版とは別の規則で判定されています。判定し直すには: zukan tag --all"
    ),
    "{number} models; figures of the Hub up to {date}": "{number} モデル（Hub の数値は {date} まで）",
    "{number} rows of crawls could not be read and are kept aside": "取得した行のうち {number} 件は読み取れず、別に保管しています",
    # show
    "{task}: the repository states none; inferred from {field}": "{task}（リポジトリに記載がないため {field} から推定）",
    "{downloads} downloads in 30 days, {likes} likes (stated by the Hub, {date})": (
        "30日間のダウンロード {downloads}、いいね {likes}（Hub の公表値、{date} 時点）"
    ),
    "unknown: the catalogue does not know its size": "不明: カタログにサイズの情報がありません",
    "{verdict}: about {peak} of memory, {private} of it private; download {download}\n{basis}": "{verdict}: メモリ約 {peak}（うち専有 {private}）、ダウンロード {download}\n{basis}",
    "created {created}, last changed {modified}": "作成 {created}、最終更新 {modified}",
    "from the sources below": "下記の出典による",
    "{number} models of this catalogue, e.g. {names}": "このカタログの {number} モデル（例: {names}）",
    "not known to the catalogue": "カタログに情報なし",
    "none; type: zukan try {name}": "なし。試すには: zukan try {name}",
    "Python (transformers 5.23)": "Python（transformers 5.23）",
    "see data/README.md": "data/README.md を参照",
    # recommend
    "Task: {task}": "タスク: {task}",
    "language: {names}": "言語: {names}",
    "compared with: {name}": "比べる相手: {name}",
    "words: {names}": "キーワード: {names}",
    "or did you mean: {names}?": "もしかして: {names}",
    "without {name}": "{name} を除く",
    "guessed from the wording, {share} % likely": "言い回しからの推定（確からしさ {share} %）",
    "Looked at {number} models; left out: {reasons}.": "{number} 件のモデルを調べました。除外: {reasons}。",
    "Figures stated by the Hub, newest {date}; memory (~) estimated for this machine: {available} available.": (
        "数値は Hub の公表値（最新 {date}）です。メモリ（~）はこのマシンでの推定値です（空き {available}）。"
    ),
    "Figures stated by the Hub, newest {date}; memory (~) estimated for {card} with {available}.": (
        "数値は Hub の公表値（最新 {date}）です。メモリ（~）は {card}（{available}）での推定値です。"
    ),
    "Figures stated by the Hub, newest {date}; memory (~) estimated for a graphics card with {available}.": (
        "数値は Hub の公表値（最新 {date}）です。メモリ（~）は {available} の GPU での推定値です。"
    ),
    "Figures stated by the Hub, newest {date}; memory (~) estimated for a machine with {available}.": (
        "数値は Hub の公表値（最新 {date}）です。メモリ（~）は {available} のマシンでの推定値です。"
    ),
    "No room for: {names}; a wider terminal or --format json shows them.": (
        "幅が足りないため省いた列: {names}。端末を広げるか --format json で表示できます。"
    ),
    "Nothing was deleted.": "何も削除していません。",
    "Of {number} of these the catalogue does not know whether their authors must grant access.": (
        "このうち {number} 件は、利用に作者の許可が必要かどうかカタログでは分かりません。"
    ),
    "answer": "回答",
    # trials
    "no trial ends like that: {value} (known: {names})": "試行の結果として {value} はありません（指定できるもの: {names}）",
    "No such trial is stored; zukan try MODEL runs one.": "該当する試行の記録はありません。zukan try MODEL で試行できます。",
    "when": "日時",
    "each more": "2 回目以降",
    "machine": "マシン",
    "{number} cores": "{number} コア",
    "input": "入力",
    "its authors must grant access": "作者の許可が必要",
    "none; zukan has no Python for it: {reason}": "なし。このモデル用の Python 例もありません: {reason}",
    "Try the first: zukan try {name}": "1 位を試すには: zukan try {name}",
    "Look at the first: zukan show {name}": "1 位を詳しく見るには: zukan show {name}",
    "{number} {reason}": "{reason} {number} 件",
    ", ": "、",
    # families
    "{number} models in the catalogue": "カタログに {number} モデル",
    # try
    "load {load} + first answer {first}{again}{speed} (before that: {imports} to import torch)": "読み込み {load} + 最初の回答 {first}{again}{speed}（その前に torch のインポート {imports}）",
    ", then {latency} each ({number} more)": "、その後は 1 回 {latency}（{number} 回の中央値）",
    ": {private} its own, {file} of mapped files": "、うち専有 {private}、マップされたファイル {file}",
    "seed": "シード",
    "To download: {size} ({names})": "ダウンロードするもの: {size}（{names}）",
    "{name} needs a download of {size}. Go on?": "{name} には {size} のダウンロードが必要です。続けますか?",
    ", {factor} s of work for a second of sound": "、音声1秒あたりの処理 {factor} 秒",
    "nothing found": "何も見つかりませんでした",
    "standard input holds more than {limit} MB, which no model reads": (
        "標準入力が {limit} MB を超えていて、モデルには読めません"
    ),
    " (estimated {size})": "（推定 {size}）",
    # cache
    "The local cache holds no models.": "ローカルキャッシュにモデルはありません。",
    "Delete {names} from the cache?": "{names} をキャッシュから削除しますか？",
    "({names}: downloaded by another program)": "（{names} は他のプログラムがダウンロードしたものです）",
    "Freed {size}.": "{size} を解放しました。",
    "In all {size}.": "合計 {size}。",
    # crawl and the first use
    "{rows} fetched: {added} new, {changed} changed, {unchanged} unchanged": (
        "{rows} 件を取得（新規 {added}、変更 {changed}、変更なし {unchanged}）"
    ),
    "{number} rows could not be read": "{number} 件は読み取れませんでした",
    "Building the catalogue from the shipped snapshot (first use only)": ("同梱データからカタログを作成中（初回のみ）"),
}

LIBRARY: dict[str, str] = {
    **CLUSTERED, **COMPARED, **FAMILY_REASONS, **READING, **REASONS, **RECOMMENDED, **SEARCH_ERRORS, **SENSES, **SHARED, **SQL,
    **REMOTE_REASONS, **TRIALS, **USAGE, **WEIGHTS,
}  # fmt: skip
"""What the library says in English; `zukan_cli.reasons` finds a sentence by its template."""

MESSAGES: dict[str, str] = {
    **LIBRARY,
    **FAMILY_RULES,
    **BROWSE,
    **CLUSTER,
    **COMPARE,
    **CRAWL,
    **ERRORS,
    **EXPLAIN,
    **RECOMMEND,
    **SEARCH,
    **REMOTE,
    **SHARING,
    **SQL_COMMAND,
    **_SENTENCES,
    **_VALUES,
    **_HEADINGS,
}
