"""Japanese for `zukan export`, `pull`, `push` and `mcp`: one catalogue for a team and for agents."""

SHARED = {
    # what an export cannot do
    "with --partition-by it is a folder, whose name does not end in .parquet": (
        "--partition-by の出力先はフォルダーです（名前を .parquet で終わらせないでください）"
    ),
    "it is a folder": "フォルダーです",
    "a file of this name is there already; one to write ends in .parquet": (
        "同名のファイルがあります（ファイルに書き出すなら名前を .parquet で終わらせてください）"
    ),
    "a folder of this name is there already, and not of an export": "同名のフォルダーがあり、エクスポートしたものではありません",
    "there is no such folder to put it in": "出力先のフォルダーがありません",
    "no space is left on its disk": "ディスクに空きがありません",
    "not what an export holds, after row {row} ({detail})": "{row} 行目の後がエクスポートの形式と合いません（{detail}）",
}
"""What the library says."""

SHARING = {
    "files": "ファイル数",
    "Writing the models": "モデルを書き出し中",
    "an export can be parted by task only, not by {value}": "分けられる単位は task だけです（{value} は不可）",
    "there is no space left on the disk for {path}; free some, or name a place on another.": (
        "{path} を書くディスクに空きがありません。空きを作るか、別のディスクを指定してください。"
    ),
    "{path} cannot be written: {detail}; name another place, or see zukan export --help.": (
        "{path} に書き出せません（{detail}）。別の場所を指定するか、zukan export --help を参照してください。"
    ),
}
