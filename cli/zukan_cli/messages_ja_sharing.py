"""Japanese for `zukan export`, `pull`, `push` and `mcp`: one catalogue for a team and for agents."""

SHARED = {
    # what an export cannot do
    "with --partition-by it is a folder, whose name does not end in .parquet": (
        "--partition-by の出力先はフォルダーです（名前を .parquet で終わらせないでください）"
    ),
    "it is a folder": "フォルダーです",
    "it is no regular file": "通常のファイルではありません",
    "it is a link that leads nowhere": "リンク先がありません",
    # what the Hub's client cannot work with
    "{said} is no whole number of seconds": "{said} は整数の秒数ではありません",
    "a token is written in plain letters and digits": "トークンは半角英数字です",
    "it names a SOCKS proxy: pip install socksio": "SOCKS プロキシには pip install socksio が必要です",
    "it is no address of a proxy, as in http://proxy.example.org:8080": (
        "プロキシのアドレスではありません（例: http://proxy.example.org:8080）"
    ),
    "it is no address of a Hub, as in https://huggingface.co": "Hub のアドレスではありません（例: https://huggingface.co）",
    "{file} holds no certificate": "{file} に証明書がありません",
    "{file} is no file": "{file} というファイルはありません",
    "open files (ulimit -n)": "開けるファイル数（ulimit -n）",
    "the size of a file (ulimit -f)": "ファイルサイズ（ulimit -f）",
    "Parquet is written: a name that ends in .parquet, or a folder": (
        "書き出す形式は Parquet です。.parquet で終わる名前かフォルダーを指定してください"
    ),
    "a file of this name is there already; one to write ends in .parquet": (
        "同名のファイルがあります（ファイルに書き出すなら名前を .parquet で終わらせてください）"
    ),
    "a folder of this name is there already, and not of an export": "同名のフォルダーがあり、エクスポートしたものではありません",
    "there is no such folder to put it in": "出力先のフォルダーがありません",
    "no space is left on its disk": "ディスクに空きがありません",
    "not what an export holds, after row {row} ({detail})": "{row} 行目の後がエクスポートの形式と合いません（{detail}）",
    # what a pull cannot do
    "it leads from place to place without an end": "転送が終わりません",
    "it has {size} bytes, more than the {most} allowed": "{size} バイトあり、上限の {most} バイトを超えています",
    "it has more than the {most} bytes allowed": "上限の {most} バイトを超えています",
    "it changed while it was fetched; the same command fetches the new one": (
        "取得中に内容が変わりました（同じコマンドで新しいものを取得できます）"
    ),
    "there is no such file, or it is not open to you (HTTP {status})": (
        "ファイルがないか、アクセスする権限がありません（HTTP {status}）"
    ),
    "the server answered with HTTP {status}": "サーバーの応答は HTTP {status} でした",
    "the server sends it packed, though that was not asked for": "求めていないのに圧縮して送られてきました",
    "the server has less than came before": "サーバーのファイルが、前に届いた分より小さくなっています",
    "the server sent another part than was asked for": "サーバーが求めたのと違う部分を送ってきました",
    "the connection ended after {done} of {total} bytes": "接続が {total} バイト中 {done} バイトで切れました",
    "the connection was cut ({kind})": "接続が切れました（{kind}）",
    "write it like hf://datasets/ORG/NAME or hf://datasets/ORG/NAME/PATH": (
        "hf://datasets/組織/名前 または hf://datasets/組織/名前/パス のように指定してください"
    ),
    "only http, https, hf and files can be pulled from": "取得元に使えるのは http、https、hf、ファイルだけです",
    "its checksum is {found}…, not {wanted}… as published": (
        "チェックサムが公表されたものと違います（{found}…、公表は {wanted}…）"
    ),
    "it is no SQLite file": "SQLite のファイルではありません",
    "it is no catalogue of zukan's": "zukan のカタログではありません",
    "it was made by a newer zukan (schema {schema}, this one reads {known})": (
        "新しい版の zukan が作ったものです（スキーマ {schema}、この版が読めるのは {known} まで）"
    ),
    "it holds programs (triggers)": "プログラム（トリガー）が含まれています",
    "it is damaged: {detail}": "壊れています（{detail}）",
    "its tables are not those of a catalogue ({names})": "表がカタログのものと違います（{names}）",
    "it holds no models": "モデルが一つもありません",
    "the Hub's checksum": "Hub の公表値と一致",
    "the checksum beside it": "公表されたチェックサムと一致",
    # what is not published
    "write it like ORG/NAME": "組織/名前 のように指定してください",
    "private": "非公開",
    "of a folder of this machine": "このマシンのフォルダーのモデル",
    "known from the local cache alone": "ローカルキャッシュだけにあるモデル",
}
"""What the library says."""

SHARING = {
    "files": "ファイル数",
    "destination": "送信先",
    "contents": "ファイル",
    "Writing the models": "モデルを書き出し中",
    "an export can be parted by task only, not by {value}": "分けられる単位は task だけです（{value} は不可）",
    "there is no space left on the disk for {path}; free some, or name a place on another.": (
        "{path} を書くディスクに空きがありません。空きを作るか、別のディスクを指定してください。"
    ),
    "{path} cannot be written: {detail}; name another place, or see zukan export --help.": (
        "{path} に書き出せません（{detail}）。別の場所を指定するか、zukan export --help を参照してください。"
    ),
    # pull and push
    "Fetching the catalogue": "カタログを取得中",
    "Checking what came": "届いたものを検査中",
    "Putting it in its place": "カタログを入れ替え中",
    "The catalogue is as it was. What came is kept; the same command goes on from there.": (
        "カタログは元のままです。届いた分は残してあり、同じコマンドで続きから再開できます。"
    ),
    "{source} was not pulled: {detail}; zukan pull --help says what it takes.": (
        "{source} は取得できませんでした: {detail}。使い方は zukan pull --help で確認できます。"
    ),
    "{repository} was not published: {detail}; zukan push --help says more.": (
        "{repository} は公開できませんでした: {detail}。使い方は zukan push --help で確認できます。"
    ),
    "{source} was not pulled: {detail}; the catalogue is as it was.": (
        "{source} を取得できませんでした（{detail}）。カタログは元のままです。"
    ),
    "it is what was pulled the last time; nothing was fetched": "前回取得したものと同じなので、何も取得しませんでした",
    "{number}; {before} before": "{number}（以前は {before}）",
    "none was published": "公表なし",
    "checksum": "チェックサム",
    "{number} carried over": "{number} 件を引き継ぎ",
    "left out": "除いたもの",
    "Making a copy without what is private …": "非公開のものを除いた複製を作成中 …",
    "Looking at what the Hub has …": "Hub にあるものを確認中 …",
    "Sending …": "送信中 …",
    "Sent: {url}": "送信しました: {url}",
    "The Hub has just this catalogue already; nothing was sent.": "Hub に同じカタログがあるため、何も送信しませんでした。",
    "Nothing was sent. To send it, add --yes.": "まだ何も送信していません。送信するには --yes を付けてください。",
    "{repository} was not published: {detail}; hf auth login takes a token that may write there.": (
        "{repository} を公開できませんでした（{detail}）。書き込めるトークンは hf auth login で設定できます。"
    ),
    # mcp
    "zukan mcp needs the MCP SDK, which is not installed; type: pip install {requirement}": (
        "zukan mcp には MCP の SDK が必要です。次を実行してください: pip install {requirement}"
    ),
    "tool": "ツール",
    "what it does": "内容",
}
