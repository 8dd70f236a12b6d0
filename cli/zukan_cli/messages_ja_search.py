"""Japanese for `zukan search`: what the library says of a query, and the texts of the command."""

SEARCH_ERRORS = {
    "unknown language: {name}": "「{name}」という言語は見つかりません",
    "not a number of parameters: {value} (write 350M, 2.7B or 1000000)": (
        "パラメータ数として読み取れません: {value}（例: 350M、2.7B、1000000）"
    ),
    "{number} characters are too many words to search for (at most {most})": (
        "検索語が長すぎます: {number} 文字（上限 {most} 文字）"
    ),
    "unknown order: {name} (known: {names})": "「{name}」という並び順はありません（指定できる値: {names}）",
    "limit must be 0 to {most} and offset not negative": ("limit は 0〜{most}、offset は 0 以上で指定してください"),
    "no model has at least {low} and at most {high} parameters": (
        "パラメータ数が {low} 以上かつ {high} 以下のモデルはありえません"
    ),
    # names that do not exist, with the nearest or all
    "unknown {kind}: {name} ({hint})": "不明な{kind}: {name}（{hint}）",
    "unknown language: {name} ({hint})": "不明な言語: {name}（{hint}）",
    "unknown value of {field}: {name} ({hint})": "{field} に {name} という値はありません（{hint}）",
    "field": "フィールド",
    "task": "タスク",
    "family": "系統",
    "language": "言語",
    "nearest: {names}": "近いもの: {names}",
    "known: {names}": "指定できる値: {names}",
    "known: a code such as ja, a name such as Japanese": "指定できる値: ja などのコード、Japanese などの名前",
    # parts of a query
    "this quotation mark is not closed": "この引用符が閉じられていません",
    "the query is not valid text": "検索の文が正しいテキストではありません",
    "this parenthesis is not closed": "この括弧が閉じられていません",
    "this parenthesis closes nothing": "この括弧に対応する開き括弧がありません",
    "the query is nested too deeply: use fewer parentheses": "検索条件の入れ子が深すぎます。括弧を減らしてください",
    "parentheses more than {most} deep": "括弧の入れ子が深すぎます（上限 {most} 段）",
    "{field}: needs a value, e.g. {same}:{example}": "{field}: の値がありません（例: {same}:{example}）",
    "{field}: a value cannot begin with a dash (write -{same}:{value})": (
        "{field}: の値をハイフンで始めることはできません（除外するには -{same}:{value} と書きます）"
    ),
    "{field}: several values are joined with |, not with a comma (write {same}:{value})": (
        "{field}: 複数の値はカンマではなく | で区切ります（{same}:{value} と書きます）"
    ),
    "a search can ask for {most} things at most": "一度に指定できる条件は {most} 個までです",
    "the query has more than {most} alternatives": "条件の組み合わせが {most} 通りを超えています",
    # ranges
    "{field}: {value} is an impossible range": "{field}: {value} という範囲はありえません",
    "{field}: {value} is an impossible date": "{field}: {value} という日付はありません",
    "{field}: {value} is not a range (write <1000, >=1k, 1B..3B or 7B)": (
        "{field}: {value} は範囲として読み取れません（例: <1000、>=1k、1B..3B、7B）"
    ),
    "{field}: {value} is not a range of dates (write 2026, >=2026-03, 2024..2025, <30d or >1y)": (
        "{field}: {value} は日付の範囲として読み取れません（例: 2026、>=2026-03、2024..2025、<30d、>1y）"
    ),
}

SEARCH = {
    "--limit 0 goes with --facets": "--limit 0 は --facets と一緒に指定してください",
    "no option is called {name}; to leave out that word, put the query behind --: -- {name}": (
        "{name} というオプションはありません。この語を除外するには、-- の後ろに書いてください: -- {name}"
    ),
    "no option is called {name}, but {other} is; to leave out that word, put the query behind --: -- {name}": (
        "{name} というオプションはありません（もしかして: {other}）。"
        "この語を除外するには、-- の後ろに書いてください: -- {name}"
    ),
    "Hardly any model is named “{typed}”; these are for “{taken}”.": (
        "「{typed}」に一致するモデルがほとんどないため、「{taken}」に一致するモデルを表示します。"
    ),
    "Few models are named so; did you mean “{words}”?": ("この名前のモデルはわずかです。もしかして: 「{words}」"),
    "Few names have all these words; models for {task}, which they mean together, are listed too.": (
        "すべての語を名前に含むモデルは少ないため、これらの語が表すタスク {task} のモデルも載せています。"
    ),
    "Size, speed, dates and this machine are weighed by zukan recommend {question}.": (
        "サイズ・速さ・時期・このマシンへの適合まで含めて選ぶには: zukan recommend {question}"
    ),
    "No model has {filter}.": "{filter} のモデルはありません。",
    "No model has {filter}; the nearest is {other}.": "{filter} のモデルはありません。もしかして: {other}",
    "No model has {filter}: the newest are of {month}; zukan crawl fetches newer ones.": (
        "{filter} のモデルはありません。このカタログで最も新しいものは {month} のものです。zukan crawl で新しいモデルを取得できます。"
    ),
    "No model matches every word; these match some of them.": (
        "すべての語に一致するモデルはありません。一部の語に一致するモデルを表示します。"
    ),
    "No model matches; try fewer words or filters, or zukan crawl to fetch more models.": (
        "一致するモデルがありません。語や条件を減らすか、zukan crawl でモデルを追加取得してください。"
    ),
    "Fewer models match than --offset {offset} passes over; lower it.": (
        "一致するモデルは --offset {offset} で飛ばす件数より少ないため、表示できません。値を小さくしてください。"
    ),
    "Downloads and likes: stated by the Hub, {span}.": "ダウンロード数といいね数は Hub の公表値です（{span} 時点）。",
    "There are more: --offset {offset}.": "続きがあります: --offset {offset}",
    "A model that matches is left out: its size is not known.": ("条件に合う 1 件は、サイズが不明なため除きました。"),
    "{number} models that match are left out: their size is not known.": (
        "条件に合う {number} 件は、サイズが不明なため除きました。"
    ),
    "More than {number} models that match are left out: their size is not known.": (
        "条件に合う {number} 件以上は、サイズが不明なため除きました。"
    ),
    # facets
    "1 model matches.": "一致するモデルは 1 件です。",
    "{number} models match.": "一致するモデルは {number} 件です。",
    "{number} models match (counted on {date}).": "一致するモデルは {number} 件です（{date} 時点の集計）。",
    "More than {number} models match.": "一致するモデルは {number} 件を超えます。",
    "The figures below are those of the {number} most popular.": "以下の内訳は、そのうち人気上位 {number} 件のものです。",
    "{number} more": "ほか {number} 種",
    "facet": "項目",
    "value": "値",
    "language": "言語",
    "year": "作成年",
    # similar
    "The catalogue knows no model like it.": "カタログに似たモデルはありません。",
    # optimize
    "Checking the catalogue": "カタログを検査中",
    "Ordering and indexing the models": "モデルを並べ替え、索引を作成中",
    "Giving free space back": "空き領域を解放中",
    "nothing is damaged": "破損なし",
    "{number}; {drifted} changes since the words were last counted": "{number} 件（前回の集計後の変更 {drifted} 件）",
    "{after}; before {before}": "{after}（以前は {before}）",
}
