"""Japanese for `zukan crawl`, `import` and what `show` and `stats` say of them."""

from __future__ import annotations

CRAWL = {
    "--all, --update and a part of the Hub exclude each other": "--all、--update、範囲の指定は同時に使えません",
    "--cards goes with --top N, or with names of models": "--cards は --top N かモデル名と一緒に指定してください",
    "--restart goes with --all": "--restart は --all と一緒に指定してください",
    "names of models go with --cards": "モデル名は --cards と一緒に指定してください",
    "say what to fetch: --all, --update, --cards, --top N, --task, --author, --library or --min-downloads": (
        "取得する範囲を指定してください: --all、--update、--cards、--top N、--task、--author、--library、--min-downloads のいずれか"
    ),
    "{value} is in the future": "{value} は未来の日付です",
    "{rows} cards: {added} new, {unchanged} renewed": "カード {rows} 件（新規 {added}、更新 {unchanged}）",
    "{rows} read: {added} new, {changed} changed, {unchanged} unchanged": (
        "{rows} 件を読み込み（新規 {added}、変更 {changed}、変更なし {unchanged}）"
    ),
    "{rows} rows looked at: {added} new, {changed} changed, {unchanged} unchanged": (
        "{rows} 行を確認（新規 {added}、変更 {changed}、変更なし {unchanged}）"
    ),
    "walk": "全体取得",
    "continued; the figures are those of all its parts": "続きから再開（数値は最初からの合計）",
    "Every card is stored already.": "カードはすべて保存済みです。",
    "The Hub lists no such model; check the spelling.": "該当するモデルは Hub にありません。綴りを確かめてください。",
    "Nothing to import was found there.": "取り込めるものは見つかりませんでした。",
    'zukan sql "SELECT * FROM refused_rows" shows what could not be read, and why.': (
        '読み取れなかったものとその理由は zukan sql "SELECT * FROM refused_rows" で確認できます。'
    ),
    "say what to import: a file, a folder, or --cache": "取り込むものを指定してください: ファイル、フォルダー、または --cache",
    "{value} is no date; write it like 2026-11-26": "{value} は日付ではありません。2026-11-26 のように指定してください",
    "{value} is no share; write it like 50%": "{value} は割合ではありません。50% のように指定してください",
    "Stopped at --max-requests.": "--max-requests に達したため止めました。",
    "What was fetched is stored; the same command begins anew, and what has not changed costs little.": (
        "取得した分は保存済みです。同じコマンドは最初からになりますが、変わっていないものはすぐに済みます。"
    ),
    "What was fetched is stored; the same command goes on from there.": (
        "取得した分は保存済みです。同じコマンドで続きから再開できます。"
    ),
    "What was read is stored; the same command goes on from there.": (
        "読み込んだ分は保存済みです。同じコマンドで続けられます。"
    ),
    "there was no complete walk over the Hub to bring up to date; type: zukan crawl --all, "
    "or zukan crawl --top 50000 for the most downloaded.": (
        "更新の元になる Hub 全体の取得がまだ終わっていません。zukan crawl --all を実行してください"
        "（ダウンロード数の多いものだけなら zukan crawl --top 50000）。"
    ),
    "another crawl or import is filling {path} (process {number}); wait for it to end, or stop it: "
    "it goes on where it was.": (
        "別の crawl か import が {path} に書き込み中です（プロセス {number}）。"
        "終わるのを待つか、止めてください（後で続きから再開できます）。"
    ),
    "a Parquet file needs {package}, which is not installed; type: pip install {requirement}": (
        "Parquet ファイルを読むには {package} が必要です。次を実行してください: pip install {requirement}"
    ),
    # progress
    "Fetching models from the Hub": "Hub からモデルを取得中",
    "Catching up with what changed meanwhile": "取得中に変わったものを反映中",
    "Fetching new models": "新しいモデルを取得中",
    "Fetching changed models": "変更されたモデルを取得中",
    "Renewing downloads and likes": "ダウンロード数といいね数を更新中",
    "Settling families and sizes": "系統とサイズを確定中",
    "Fetching model cards": "モデルカードを取得中",
    "Reading models": "モデルを読み込み中",
    "{number} models/s": "毎秒 {number} 件",
    "{number} requests left in this window": "この時間枠の残り {number} リクエスト",
    "waiting {time} ({reason})": "{time}待機中（{reason}）",
    "about {time} to go": "残り約 {time}",
    "{number} s": "{number} 秒",
    "{number} min": "{number} 分",
    "{hours} h {minutes} min": "{hours} 時間 {minutes} 分",
    # the outcome
    "renamed": "名称変更",
    "{number}; the old names still find them": "{number} 件（古い名前でも見つかります）",
    "absent": "一覧にないもの",
    "{number} that are no longer listed are kept and marked": "Hub の一覧にない {number} 件は、印を付けて残しています",
    "clamped": "範囲外の数値",
    "{number} rows with impossible numbers": "ありえない数値を含む行が {number} 件",
    "retries": "再試行",
    "fields the Hub refused": "Hub が拒否した項目",
    # past runs
    "crawls and imports": "取得と取り込みの履歴",
    "started": "開始",
    "kind": "種類",
    "state": "状態",
    "finished": "完了",
    "unfinished": "未完了",
    "bytes": "受信量",
    "rows": "行",
    "added": "新規",
    "changed": "変更",
    "unchanged": "変更なし",
    "full": "Hub 全体",
    "update": "更新",
    "subset": "一部",
    "import": "取り込み",
    "cards": "カード",
    "max-requests": "上限で停止",
    "superseded": "やり直し済み",
    "interrupted": "中断",
    "refused by the Hub": "Hub が拒否",
    "unreadable file": "読めないファイル",
    "{number} models no crawl has met yet (snapshot or import)": "まだ Hub で確認していないモデル（同梱データ・取り込み）: {number} 件",
    "{number} models the last complete walk did not meet": "直近の全体取得で見つからなかったモデル: {number} 件",
    # why requests were repeated
    "rate limit": "レート制限",
    "timeout": "時間切れ",
    "no connection": "接続できない",
    "connection lost": "接続が切れた",
    "unreadable answer": "読み取れない応答",
    "answer too large": "大きすぎる応答",
    "not a list of models": "モデル一覧ではない応答",
    "not JSON": "JSON ではない応答",
    "expand refused": "項目の拒否",
    "cursor refused": "カーソルの拒否",
    # show and search
    "gone": "Hub にありません",
    "not listed": "一覧にありません",
    "growth": "推移",
    "in its own words": "カードの説明",
    "{text} (its card, {date})": "{text}（モデルカードより、{date}）",
    "on the Hub": "Hub での状態",
    "it is there: the Hub was asked just now": "存在します（たった今 Hub で確認しました）",
    "it has a new name: the Hub was asked just now": "名前が変わりました（たった今 Hub で確認しました）",
    "deleted or private: the Hub was asked just now": "削除されたか非公開です（たった今 Hub で確認しました）",
    "disabled by the Hub, which was asked just now": "Hub によって無効化されています（たった今確認しました）",
    "deleted or private": "削除されたか非公開",
    "disabled by the Hub": "Hub によって無効化済み",
    "not in the Hub's list of {date}; the Hub could not be asked just now": (
        "{date} の Hub の一覧にありません（今は Hub に確認できませんでした）"
    ),
    "not confirmed: known from the sources below, no crawl has met it yet": (
        "未確認: 下記の出典によるもので、まだ Hub では確認していません"
    ),
}
