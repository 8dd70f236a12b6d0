"""Japanese for `zukan recommend`: what the library says of candidates, and the texts of the command."""

RECOMMENDED = {
    "{number} likes in {years} years": "{years} 年間でいいね {number}",
    "{number} downloads in 30 days, counted as {most} for so few likes": (
        "30日間のダウンロード {number}（いいねが少ないため {most} として計算）"
    ),
    "{title}: place {place} of {models}, {metric} {value}": "{title}: {models} 件中 {place} 位（{metric} {value}）",
    "{title}: place {place} of {models} (usual for {size}: {usual}), {metric} {value}": (
        "{title}: {models} 件中 {place} 位（{size} なら {usual} 位が普通、{metric} {value}）"
    ),
    "{title}: place {place} of {models} (usual for {size}: {usual}), {metric} {value} (its base {name})": (
        "派生元 {name} の {title}: {models} 件中 {place} 位（{size} なら {usual} 位が普通、{metric} {value}）"
    ),
    "{title}: place {place} of {models}, {metric} {value} (its base {name})": (
        "派生元 {name} の {title}: {models} 件中 {place} 位（{metric} {value}）"
    ),
    "{title}: what its pipeline for the task takes by itself": "{title}: このタスクの pipeline の既定モデル",
    "{title}: listed as a Japanese model": "{title}: 日本語モデルとして掲載",
    "EuroEval, language understanding": "EuroEval（言語理解）",
    "Swallow English, post-trained": "Swallow 英語（事後学習済み）",
    "Swallow English, pre-trained": "Swallow 英語（事前学習のみ）",
    "Swallow Japanese, post-trained": "Swallow 日本語（事後学習済み）",
    "Swallow Japanese, pre-trained": "Swallow 日本語（事前学習のみ）",
    "Swallow Japanese MT-Bench": "Swallow 日本語 MT-Bench",
    "Swallow English MT-Bench": "Swallow 英語 MT-Bench",
    "what its pipeline for the task takes by itself": "タスクの pipeline の既定モデル",
    "listed as a Japanese model": "日本語モデルとして掲載",
    "{address}, task list from {name}": "{address}、タスク一覧は {name}",
    "transformers {version} (installed) and {old} (PyPI wheel) {path}": (
        "transformers {version}（導入済み）と {old}（PyPI の wheel）の {path}"
    ),
    "mean word error rate in English, %": "英語の平均単語誤り率 %",
    "top-1 accuracy, %": "top-1 正解率 %",
    "mean main score": "平均スコア",
    "mean score, 0 to 1": "平均スコア（0〜1）",
    "mean rank score": "平均順位スコア",
    "nothing says how to load it": "読み込み方法が不明",
    "does not translate": "翻訳モデルではない",
    "no model of this task fulfils all that was asked for": "指定の条件をすべて満たすモデルがありません",
    "size unknown, so that the limit cannot be checked": "サイズ不明のため、上限に収まるか確認できない",
    "made for {languages}, which was not asked for": "指定のない{languages}用",
    "{number} parameters, and larger ones do better": "パラメータ数 {number}（大きいモデルほど高性能）",
    "{years} years old": "公開から {years} 年",
    "small models are preferred": "小さいモデルを優先",
    "small models are preferred, and its size is not known": "小さいモデルを優先（サイズ不明）",
    "small models are preferred, and its name says {word}": "小さいモデルを優先（名前に {word} を含む）",
    "{number} more fall over {points} points behind and are not listed; a limit above {limit} lists them": (
        "ほかに {number} 件ありますが、{points} 点以上離れているため省きました（件数を {limit} より大きくすると表示）"
    ),
    "no model was found whose name or tags say {words}: these do the task in general": (
        "名前やタグに {words} を含むモデルは見つかりませんでした。以下はこのタスク一般のモデルです"
    ),
    "{family} models alone do not do {task}; those that do: {names}": (
        "{family} のモデルだけでは {task} はできません。対応する系統: {names}"
    ),
    "the best are preferred, and larger ones are better": "性能を優先（大きいモデルほど有利）",
    "{name}, a small encoder, does this too: no large language model is needed": (
        "小さなエンコーダーの {name} でも足りるタスクです。大規模言語モデルは必要ありません"
    ),
    "{name} is not proposed again: on {date} it failed here ({detail})": (
        "{name} は {date} にこのマシンで失敗したため、再び薦めません（{detail}）"
    ),
    "an encoder does this: no large language model is needed": (
        "エンコーダーで足りるタスクです。大規模言語モデルは必要ありません"
    ),
    "a small encoder does this: no large language model is needed": (
        "小さなエンコーダーで足りるタスクです。大規模言語モデルは必要ありません"
    ),
    "ranked by adoption (downloads and likes): there is no independent evidence for this task": (
        "ダウンロード数といいね数による順位です。このタスクには第三者の評価がありません"
    ),
    "the smallest, {name}, needs about {number} GB of memory": (
        "最も小さい {name} でも約 {number} GB のメモリが必要です"
    ),
    "sizes read just now from the header of the weights: {number}": "いま重みのヘッダーから読み取ったサイズ: {number} 件",
    "sizes that could not be read, for want of a safetensors file or of access: {number}": (
        "サイズを読み取れなかったモデル（safetensors がないか、公開されていない）: {number} 件"
    ),
    "not all sizes could be asked for ({detail})": "サイズを Hub に問い合わせきれませんでした（{detail}）",
    "the Hub cannot be reached": "Hub に接続できません",
    "the Hub asks to wait": "Hub から待つように求められました",
    "offline mode is on (HF_HUB_OFFLINE)": "オフラインに設定されています（HF_HUB_OFFLINE）",
    "the catalogue cannot be written": "カタログに書き込めません",
    "weights as the header of their file says, read {date}": "ファイルのヘッダーどおりの重み（{date} に読み取り）",
    "header: safetensors, read {date}": "safetensors のヘッダー（{date} に読み取り）",
    "header: one of its safetensors files, read {date}": "safetensors ファイルの一つのヘッダー（{date} に読み取り）",
    "name; weights by header, read {date}": "名前から推定、重みはヘッダー（{date} に読み取り）",
    "at most, since {number} GB/s of memory ({basis}) read the weights for each token": (
        "最大値。メモリ帯域 {number} GB/s（{basis}）で、1 トークンごとに重みをすべて読むとした推定"
    ),
    "memory copied here, the fastest of {number} times": "このマシンでのメモリコピーの実測、{number} 回中の最速",
    "memory copied here just now": "いまこのマシンでメモリをコピーして測定",
    "theoretical peak, as whichllm lists it": "whichllm に載る理論上の最大値",
    "nothing here is expected to write a token a second on this machine": (
        "このマシンで毎秒 1 トークン以上書けそうなモデルがありません"
    ),
    "not first: it writes less than a token a second here": "先頭でない理由: このマシンでは毎秒 1 トークンも書けない",
    "not first: its size is not known": "先頭でない理由: サイズ不明",
    "not known whether its authors must grant access": "利用に作者の許可が必要か不明",
    "not first: it is not known whether its authors must grant access": "先頭でない理由: 利用に作者の許可が必要か不明",
    "not first: it was made for something else": "先頭でない理由: 別の用途のモデル",
    "results reported on its card, not verified": "モデルカードに評価の記載あり（未検証）",
    "reported on its card, verified by the Hub: {result}": "モデルカードの記載（検証済み）: {result}",
    "reported on its card, not verified: {result}": "モデルカードの記載（未検証）: {result}",
    "needs more memory than asked for": "指定のメモリを超える",
    "a larger download than asked for": "指定のダウンロード量を超える",
    "uncensored models are left out; --allow uncensored takes them in": (
        "無検閲モデルは除いています。--allow uncensored を付けると含めます"
    ),
    "a Mac comes with several memories: say which, e.g. {name} 16GB": (
        "Mac のメモリ量は一つではありません。「{name} 16GB」のように付けてください"
    ),
    "no such machine is known: {name} (say its memory, e.g. 16GB, a card, e.g. RTX 4090, or any)": (
        "「{name}」というマシンはわかりません（16GB のようなメモリ量、RTX 4090 のような GPU 名、または any で指定してください）"
    ),
    "unknown preference: {name} (known: {names})": "不明な優先: {name}（指定できる値: {names}）",
    "cannot allow: {name} (known: {names})": "許可できない値です: {name}（指定できる値: {names}）",
    "no licence is given (known: {names}, or an id such as {name})": (
        "ライセンスが指定されていません（指定できる値: {names}、または {name} などの ID）"
    ),
    "not a size: {value} (write 500MB or 8GB)": "サイズとして読み取れません: {value}（例: 500MB、8GB）",
    "no date is since {since} and until {until}": "{since} 以降かつ {until} 以前という日付はありません",
    "a translation needs two languages, not twice {languages}": (
        "翻訳には異なる二つの言語が必要です（{languages}が二度指定されています）"
    ),
    "not a date: {value} (write 2025, 2025-06 or 2025-06-30)": (
        "日付として読み取れません: {value}（例: 2025、2025-06、2025-06-30）"
    ),
}

RECOMMEND = {
    "at least {name} parameters": "パラメータ数: {name} 以上",
    " or ": " または ",
    "no language is known as: {names}": "言語名として不明: {names}",
    "licence": "ライセンス",
    "date": "公開日",
    "who may fetch it": "公開条件",
    "Left out because the catalogue does not know it of them: {names}.": (
        "カタログでわからないため除外した件数: {names}。"
    ),
    "Without “{wish}” there would be {number}.": "「{wish}」を外すと {number} 件あります。",
    "No single wish is to blame: leave out two of them.": (
        "どれか一つの条件を外しても見つかりません。条件を二つ以上外してみてください。"
    ),
    "this machine": "このマシン",
    "balanced": "バランス:",
    "small": "小型:",
    "best": "最良:",
    "Tokens a second: {basis}.": "毎秒のトークン数: {basis}。",
    "licence: {name}": "ライセンス: {name}",
    "licence: not {name}": "ライセンス: {name} 以外",
    "at most {name} parameters": "パラメータ数: {name} 以下",
    "memory: {name} at most": "メモリ: {name} 以下",
    "download: {name} at most": "ダウンロード: {name} 以下",
    "family: {name}": "系統: {name}",
    "by {name}": "公開者: {name}",
    "made in Japan": "日本製（日本の作者のモデル）",
    "since {name}": "{name} 以降",
    "until {name}": "{name} まで",
    "open to everybody": "申請不要",
    "open to everybody, as far as known": "申請不要（わかる範囲で）",
    "preferred: {name}": "優先: {name}",
    "weights: {name}": "重みの形式: {name}",
    "machine: {name}": "マシン: {name}",
    "allowed: {name}": "許可: {name}",
    "say a task, or what you want to do in your own words": "タスク名か、やりたいことを言葉で入力してください",
    "A score is a sum of points; every row of --format json carries its parts, which add up to it.": (
        "スコアは点数の合計です。--format json の各行に内訳があり、足すとスコアになります。"
    ),
    "Likes: {likes:g} points for each factor of ten; of a model older than a year, its likes in a year. Downloads: "
    "{downloads:g} for each factor of ten, counted to {backed} for each like, since machines fetch the same model "
    "again and again.": (
        "いいね: 10 倍ごとに {likes:g} 点。公開から 1 年を超えたモデルは 1 年あたりの数で数えます。"
        "ダウンロード: 10 倍ごとに {downloads:g} 点。同じモデルを機械が何度も取得するため、いいね 1 件あたり {backed} 回までを数えます。"
    ),
    "Size: {larger:g} points for each factor of ten in parameters beyond 300 million, as many less below, since larger "
    "models stand higher on every leaderboard here; not where one has measured the model. Of language models that write "
    "text {language:g}, measured or not, to {largest} at most, which is the largest that was measured, and {year:g} for "
    "each year of their age. With --prefer small, {small:g} for each halving instead; where the size is not known {unsized:g}, or by what the name says {said_small:g} for small and "
    "{said_large:g} for large.": (
        "サイズ: パラメータ数が 3 億から 10 倍になるごとに {larger:g} 点、3 億より小さければ同じ割合でマイナス。"
        "ここにあるどのリーダーボードでも、大きいモデルほど上位だからです。リーダーボードで測定済みのモデルには加えません。"
        "文章を書く言語モデルでは測定の有無によらず {language:g} 点（測定された最大の {largest} まで）で、公開から 1 年ごとに {year:g} 点。"
        "--prefer small では代わりに、半分になるごとに {small:g} 点、サイズ不明は {unsized:g} 点（名前が小型を示せば {said_small:g} 点、大型なら {said_large:g} 点）です。"
    ),
    "Leaderboards: {points:g} points for the first place, as many less for the last, in between by place; of several "
    "their mean. A language model is held against the place that is usual for its size there. What is said of the base model counts {share:.0%}. A list that names the model for the task: "
    "{listed:g}.": (
        "リーダーボード: 1 位は {points:g} 点、最下位は同じ点数のマイナス、その間は順位に応じた点。複数あれば平均です。"
        "言語モデルは、その表で同じ大きさのモデルに普通の順位と比べます。"
        "派生元モデルの評価は {share:.0%} で数えます。タスクの一覧に載っているモデル: {listed:g} 点。"
    ),
    "Results that its own card reports for the task, where nobody independent says anything: {reported:g}, shown as not "
    "verified.": "モデルカード自身がそのタスクの評価を載せ、第三者の評価がないもの: {reported:g} 点（未検証と表示）。",
    "The task: filed under it, or so named, {filed:g}, inferred {inferred:g}, of a type built for it {built:g}; the "
    "family that suits it {family:g}; a library that transformers does not load {library:g}; nothing that says how to "
    "load it {unknown:g}; not trained for it yet {untuned:g}; a language model that writes, where the answer is to be "
    "marked in a text, {writes:g}.": (
        "タスク: 登録済み、または名前がそう述べるもの {filed:g}、推定 {inferred:g}、そのタスク用のタイプ {built:g}。タスク向きの系統 {family:g}。"
        "transformers で読み込めないライブラリ {library:g}。読み込み方が分からないもの {unknown:g}。まだそのタスク用に学習されていないもの "
        "{untuned:g}。文章から答えを抜き出すタスクで、自分で文章を書く言語モデル {writes:g}。"
    ),
    "Languages: made for one that was asked for {language:g}, multilingual with it {many:g}, a direction of "
    "translation in its name {pair:g}, not stated {unstated:g}, of language models {anything:g} (no language stated "
    "where English was asked for {many:g}: it mostly is that), named after another {unasked:g}; models that state others "
    "only are left out. Where the question names none: in its own language, but "
    "English, {spoken:g}, that among many {among:g}, made for others {unasked:g}, not stated {silent:g}; where only a "
    "task was named, made for another than English {none:g}.": (
        "言語: 指定の言語用 {language:g}、それを含む多言語 {many:g}、名前に翻訳の方向があるもの {pair:g}、"
        "記載なし {unstated:g}（言語モデルでは {anything:g}。英語の指定では、記載なしはたいてい英語なので {many:g}）、"
        "名前が別の言語を示すもの {unasked:g}。"
        "ほかの言語だけを記載するモデルは除きます。質問が言語を挙げないとき、質問自体の言語（英語以外）用 {spoken:g}、"
        "それを含む多言語 {among:g}、ほかの言語用 {unasked:g}、記載なし {silent:g}。タスク名だけのとき、英語以外の言語用 {none:g}。"
    ),
    "Words: a topic that the name says {topic:g}; each of two other words that few names say {subject:g}, or {word:g} "
    "for what writes, translates or draws anything; three quarters in the tags. A narrow topic that the name says and "
    "nobody asked for, or another than the one that was, of models that know one subject, {narrow:g}.": (
        "言葉: 名前が示す題材 {topic:g}、名前にまれなそのほかの語は二つまで各 {subject:g}（何でも書く、訳す、描くモデルでは {word:g}）。"
        "タグにある場合は 4 分の 3 です。"
        "名前が示す、指定のない限られた題材や（一つの題材しか知らないモデルで）指定と別の題材 {narrow:g}。"
    ),
    "The machine: a tight fit {tight:g}, unknown size {unknown:g}, weights beyond 4 GB without a graphics card "
    "{slow:g} for each doubling; a trial here that answered {tried:g}. What does not fit or failed here is left "
    "out.": (
        "マシン: ぎりぎり {tight:g}、サイズ不明 {unknown:g}、GPU なしで 4 GB を超える重みは 2 倍ごとに {slow:g}。"
        "このマシンで試行済み {tried:g}。入りきらないものと、ここで失敗したものは除きます。"
    ),
    "Speed, of what writes text: at most what the memory gives in a second over the bytes of the weights that a token "
    "reads. What is expected to write less than {floor:g} token a second is no first choice. The memory of this machine "
    "is measured where a model has more than 4 GB of weights; of cards it is the theoretical peak; for other machines it "
    "is not known.": (
        "文章を書くモデルの速さ: メモリが 1 秒に読める量を、1 トークンで読む重みの量で割った最大値です。毎秒 {floor:g} トークンに届かないモデルは 1 位にしません。"
        "このマシンのメモリは、重みが 4 GB を超えるモデルがあるときに測ります。GPU は理論上の最大値、そのほかのマシンは不明とします。"
    ),
    "The list: one model of each family tree, of language models what was taught to answer; another of the same "
    "author must be better by {author:g} points than what it takes the place of, by {kind:g} more if it is of the "
    "same type, a second size of the same model by {second:g} more, a further size or version by {size:g} for each "
    "before it. For a task alone a seventh about the same topic of it (reading letters, of what turns pictures "
    "into text) must be better by {topic:g} more. With `--machine any` {several} of ten have at most {large} "
    "parameters, and {few} at most {small}. "
    "Scores closer than {tie:g} points are a tie (=). The first is one whose size and access are known, where such "
    "a one has hardly fewer points. For a question that says more than a task, what is {far:g} points "
    "behind the best is not listed.": (
        "一覧: 同じ系譜からは 1 件（言語モデルでは対話用に調整したもの）。同じ公開者の 2 件目以降は、押しのけるモデルより {author:g} 点、同じタイプならさらに {kind:g} 点、"
        "同じモデルの 2 つ目のサイズならさらに {second:g} 点、それ以降のサイズや別の版なら 1 件につき {size:g} 点高い必要があります。"
        "タスクだけを尋ねたときは、同じ話題（画像からテキストなら文字認識など）の 7 件目以降は、さらに {topic:g} 点高い必要があります。"
        "`--machine any` では 10 件のうち {several} 件は {large} 以下、{few} 件は {small} 以下のパラメータです。"
        "差が {tie:g} 点未満なら同順位（=）です。スコアに大差がなければ、サイズと公開条件のわかるものを先頭に置きます。"
        "タスク以外のことも尋ねる質問では、最上位より {far:g} 点を超えて低いモデルは載せません。"
    ),
    "Sources:": "出典:",
    "{title}: {metric}. From {address}": "{title}: {metric}。出所: {address}",
    "Figures stated by the Hub, newest {date}; memory (~) estimated.": (
        "数値は Hub の公表値（最新 {date}）、メモリ（~）は推定です。"
    ),
}
