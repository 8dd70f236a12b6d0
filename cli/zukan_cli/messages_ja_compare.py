"""Japanese for `zukan compare` and `zukan try --loop`, and for what the library says of comparisons."""

COMPARE = {
    # compare
    "{place} of {number}: {name}": "{number} モデル中 {place}: {name}",
    "expected": "正解",
    "answered": "回答数",
    "load + answer": "読み込み + 回答",
    "each answer": "1回答",
    "why not": "回答できない理由",
    "votes": "投票",
    "accuracy": "正解率",
    "exact match": "完全一致",
    "{number} more inputs are not shown here; --format json has them all.": (
        "ほかに {number} 件の入力があります（--format json ですべて表示）。"
    ),
    "Scores are 0 to 100, by {names}; what was not answered counts as wrong.": (
        "スコアは 0〜100（計算: {names}）。回答できなかった入力は不正解として数えます。"
    ),
    "{kept} of {number} answers were kept from an earlier run; --again runs them anew.": (
        "{number} 件の回答のうち {kept} 件は前回の結果です（--again で実行し直します）。"
    ),
    "--blind and --vote ask which answer is best: that needs a terminal": (
        "--blind と --vote はどの回答が最もよいかを尋ねるため、端末が必要です"
    ),
    "{number} models need downloads of {size}. Go on?": (
        "{number} 個のモデルで計 {size} のダウンロードが必要です。続けますか？"
    ),
    "give either --input or --inputs": "--input と --inputs はどちらか一方を指定してください",
    "{name} is not written like a model's name; one input is quoted and comes last": (
        "{name} はモデル名の書き方ではありません。入力は引用符で囲み、最後に一つだけ書いてください"
    ),
    "Which is best? {letters}, = for all alike, Enter for none: ": (
        "最もよい回答は？ {letters}（同じなら =、選ばないなら Enter）: "
    ),
    # errors
    "{path} cannot be read: {detail}; zukan compare --help says what it takes.": (
        "{path} を読み取れません: {detail}。使える形式は zukan compare --help で確認できます。"
    ),
    "say what to compare: models, or a task with --task; see zukan compare --help.": (
        "比べるものが分かりません。モデル名か、--task でタスクを指定してください（zukan compare --help）。"
    ),
    "no model for {task} is known to fit this machine; name some, or try zukan recommend {task} --machine any.": (
        "{task} 用で、このマシンで動くと分かっているモデルがありません。モデル名を指定するか、"
        "zukan recommend {task} --machine any で探してください。"
    ),
    "expected answers are scored by {package}, which is not installed (zukan's extra [metrics] brings it); "
    "type: pip install {requirement}": (
        "正解との比較に必要な {package} がありません（zukan の追加機能 [metrics] に含まれます）。"
        "次を実行してください: pip install {requirement}"
    ),
    # try --loop
    "--loop writes plain answers or, with --format jsonl, one JSON object for each": (
        "--loop の出力は、そのままの回答か、--format jsonl での 1 行 1 JSON です"
    ),
    "{name} · {task} · loaded in {load}, {memory}; /quit or Ctrl-D ends, /reset forgets a conversation": (
        "{name} · {task} · 読み込み {load}、{memory}。/quit か Ctrl-D で終了、/reset で会話を忘れます"
    ),
}

COMPARED = {
    "only {count} models of this task are known to fit this machine": (
        "このタスクで、このマシンで動くと分かっているモデルは {count} 件だけです"
    ),
    "the answers are not kept for a later run: {detail}": "回答を次回のために保存できませんでした: {detail}",
    "{count} of {number} inputs have no expected answer, and the others have one": (
        "{number} 件の入力のうち {count} 件に正解がありません（ほかにはあります）"
    ),
    "the child process cannot be started: {detail}": "子プロセスを起動できません: {detail}",
    "the importer forks one model at a time": "一度に起動できるモデルは一つだけです",
    "the conversation is longer than the model reads ({limit} tokens): its beginning was left out": (
        "会話がモデルの読める長さ（{limit} トークン）を超えたため、初めの部分を省きました"
    ),
    # files of inputs
    "there is no such file": "そのファイルはありません",
    "it is not a file": "ファイルではありません",
    "it is larger than {size} MiB": "{size} MiB を超えています",
    "it is no text": "テキストではありません",
    "it is not UTF-8": "UTF-8 ではありません",
    "it has more than {count} inputs": "入力が {count} 件を超えています",
    "there is no input in it": "入力が一つもありません",
    "line {number} is not JSON": "{number} 行目が JSON ではありません",
    "line {number} is neither a JSON object nor a string": "{number} 行目が JSON のオブジェクトでも文字列でもありません",
    "line {number} has no text": "{number} 行目に入力のテキストがありません",
    "line {number} cannot be read as a table": "{number} 行目を表として読み取れません",
}
