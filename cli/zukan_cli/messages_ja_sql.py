"""Japanese for `zukan sql`: what the library says of a statement and of the views, and the texts of the command."""

SQL = {
    # the views
    "one row for each model: what the Hub states, the family with its certainty and its reason": (
        "モデルごとに 1 行。Hub の公表情報と、系統・確度・理由"
    ),
    "one row for each trial on this machine, with the whole result as JSON": (
        "このマシンでの試行ごとに 1 行。結果全体を JSON で含む"
    ),
    "one row for each crawl: what was asked, when, how many rows came, why it stopped": (
        "取得（crawl）ごとに 1 行。範囲、日時、件数、止まった理由"
    ),
    "downloads and likes of each model by the day they were seen": "モデルごと・日付ごとのダウンロード数といいね数",
    "front matter (JSON) and first paragraph of the model cards that were fetched": (
        "取得したモデルカードのフロントマター（JSON）と最初の段落"
    ),
    "rows of crawls that could not be read, as they came, with what is wrong with them": (
        "取得したが読み取れなかった行（受信したまま）と、その問題点"
    ),
    # what is wrong with a statement
    "there is nothing to run": "実行する文がありません",
    "it is not valid text": "正しいテキストではありません",
    "it is longer than {limit} bytes": "{limit} バイトを超えています",
    "it has a parameter, for which there is no value": "値のないパラメータ（? や :name）が含まれています",
    "it needs more memory than there is": "メモリが足りません",
    "a value is larger than {size} MB": "{size} MB を超える値があります",
    "only one statement can be run at a time": "一度に実行できるのは 1 文だけです",
    "only reading is allowed, from the views {names}": "実行できるのはビューの読み取りだけです（{names}）",
    "the function {function} is not allowed": "関数 {function} は使えません",
    "the statement was stopped after {seconds} s": "SQL の実行を {seconds} 秒で打ち切りました",
    "the time limit must be more than 0 seconds": "制限時間には 0 秒より大きい値を指定してください",
    "there is no view “{view}”; the views are {names}": "ビュー「{view}」はありません。使えるビュー: {names}",
    "“{table}” is private to zukan; the views are {names}": ("「{table}」は zukan の内部用です。使えるビュー: {names}"),
    # what SQLite says most often
    'near "{token}": syntax error': "「{token}」の近くに構文エラーがあります",
    "incomplete input": "文が途中で終わっています",
    "no such column: {column}": "列 {column} はありません",
    "ambiguous column name: {column}": "列名 {column} がどのビューのものか決まりません",
    "no such function: {function}": "関数 {function} はありません",
    "malformed JSON": "JSON として読み取れない値があります",
}

SQL_COMMAND = {
    "say what to ask, one of these: a SELECT in quotes, - for stdin, --views": (
        "引用符で囲んだ SELECT 文、-（標準入力）、--views のいずれか一つを指定してください"
    ),
    "what is on stdin is not UTF-8 text": "標準入力が UTF-8 のテキストではありません",
    "No rows.": "該当する行はありません。",
    "Only the first {number} rows are shown; --format json writes all.": (
        "最初の {number} 行だけを表示しています。--format json ですべて出力できます。"
    ),
    "view": "ビュー",
    "columns": "列",
    "what it holds": "内容",
    "{detail}; narrow it with WHERE or LIMIT, or give it more with --time-limit.": (
        "{detail}。WHERE や LIMIT で絞り込むか、--time-limit で時間を延ばしてください。"
    ),
    "this SQL cannot be run: {detail}; zukan sql --views lists what can be asked.": (
        "この SQL は実行できません: {detail}。使えるビューと列は zukan sql --views で確認できます。"
    ),
}
