"""Japanese for what is wrong with a file or folder that cannot be read; what few see of pyarrow stays English."""

READING = {
    # no such file or folder, in our words and the operating system's
    "a folder, not a file": "ファイルではなくフォルダーです",
    "not a folder": "フォルダーではありません",
    "not a file that can be read twice": "通常のファイルではありません（パイプなど）",
    "No such file or directory": "ファイルまたはフォルダーがありません",
    "Not a directory": "パスの途中がフォルダーではありません",
    "Is a directory": "フォルダーです",
    "Operation not permitted": "操作が許可されていません",
    "File name too long": "名前が長すぎます",
    "Too many levels of symbolic links": "シンボリックリンクが循環しています",
    "Symlink loop from {path}": "シンボリックリンク {path} が循環しています",
    "Too many open files": "開いているファイルが多すぎます",
    "Input/output error": "入出力エラー",
    "Stale file handle": "ネットワーク上のファイルが変更または削除されています",
    "Invalid argument": "無効な指定",
    "Could not determine home directory.": "ホームフォルダーが分かりません",
    "embedded null byte": "パスに NUL 文字が含まれています",
    "{function}: embedded null character in path": "パスに NUL 文字が含まれています（{function}）",
    "more than {limit} folders in it: the rest was not looked into": (
        "中のフォルダーが {limit} 個を超えるため、残りは調べていません"
    ),
    # no file of rows
    "an empty file": "空のファイルです",
    "nothing in it": "中身がありません",
    "{kind}: unpack it, or pack it with gzip": "{kind}です。展開するか、gzip で圧縮し直してください",
    "a zip archive": "zip ファイル",
    "a zstd file": "zstd ファイル",
    "an xz file": "xz ファイル",
    "a bzip2 file": "bzip2 ファイル",
    "Parquet inside gzip: unpack it first": "gzip で圧縮された Parquet です。先に展開してください",
    "UTF-16 text: save it as UTF-8": "UTF-16 のテキストです。UTF-8 で保存し直してください",
    "a binary file, neither JSON nor Parquet": "JSON でも Parquet でもないバイナリファイルです",
    "neither JSON nor Parquet: it begins with {text}": "JSON でも Parquet でもありません（先頭: {text}）",
    "no column id or modelId; its columns are {names}": "列 id も modelId もありません（ある列: {names}）",
    "no column id or modelId; its columns are none": "列が一つもありません",
    # no exported catalogue
    "it does not say which files belong to it": "どのファイルが含まれるか書かれていません",
    "{missing} of its {names} files are missing, the first is {name}": "{names} 個のファイルのうち {missing} 個がありません（最初は {name}）",
    "it does not hold the models that {schema} says": "中のモデル数が {schema} と合いません",
    "it was written by a newer zukan (format {format}, this one reads {known})": (
        "新しい版の zukan が書いたものです（形式 {format}、この版が読めるのは {known} まで）"
    ),
    "it has no column {name}": "列 {name} がありません",
    "row {row} is not what an export holds ({detail})": "{row} 行目はエクスポートの形式と合いません（{detail}）",
    # cut off or damaged
    "it ends in the middle of a row, after {size} bytes": "行の途中で終わっています（{size} バイトまで）",
    "it ends in the middle of a JSON text, after {size} bytes": "JSON の途中で終わっています（{size} バイトまで）",
    "a text in quotes does not end in the 32 MB before byte {size}": (
        "引用符で始まる文字列が 32 MB を超えても終わりません（{size} バイト目まで）"
    ),
    "{detail}, after {size} bytes": "{detail}（{size} バイトまで読み取り済み）",
    "the gzip data ends too early, after {size} bytes": "gzip データが途中で終わっています（{size} バイトまで）",
    "damaged gzip data at or before byte {size} ({detail})": (
        "gzip データが壊れています（{size} バイト目かその手前、{detail}）"
    ),
    "damaged Parquet data ({detail})": "Parquet データが壊れています（{detail}）",
    "damaged Parquet data after row {row} ({detail})": "Parquet データが {row} 行目の後で壊れています（{detail}）",
    "damaged Parquet data ()": "Parquet データが壊れているか、メモリが足りません",
    # what zlib says
    "damaged": "破損",
    "incorrect header check": "ヘッダーの検査で不一致",
    "header crc mismatch": "ヘッダーの CRC が不一致",
    "unknown header flags set": "ヘッダーに未知のフラグ",
    "unknown compression method": "未知の圧縮方式",
    "invalid window size": "ウィンドウサイズが不正",
    "invalid block type": "ブロックの種類が不正",
    "invalid stored block lengths": "無圧縮ブロックの長さが不正",
    "too many length or distance symbols": "符号の数が多すぎる",
    "invalid code lengths set": "符号長の定義が不正",
    "invalid bit length repeat": "符号長の繰り返しが不正",
    "invalid code -- missing end-of-block": "ブロックの終端がない",
    "invalid literal/lengths set": "リテラル・長さ符号の定義が不正",
    "invalid distances set": "距離符号の定義が不正",
    "invalid literal/length code": "リテラル・長さ符号が不正",
    "invalid distance code": "距離符号が不正",
    "invalid distance too far back": "参照距離が範囲外",
    "incorrect data check": "データの検査値が不一致",
    "incorrect length check": "データの長さが不一致",
    "incomplete or truncated stream": "データが途中で終了",
    # what pyarrow says most often
    "Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.": (
        "末尾に Parquet の印がなく、途中で切れている可能性があります"
    ),
    "Parquet file size is {size} bytes, smaller than the minimum file footer ({least} bytes)": (
        "大きさが {size} バイトしかなく、最小の {least} バイトに足りません"
    ),
    "Parquet file size is {size} bytes, smaller than the size reported by footer's ({least}bytes)": (
        "大きさが {size} バイトしかなく、フッターにある {least} バイトに足りません"
    ),
    "Unexpected end of stream": "データが途中で終了",
    "Unexpected end of stream: {detail}": "データが途中で終了: {detail}",
    "Page was smaller ({size}) than expected ({wanted})": "ページの大きさが {size} で、本来の {wanted} に足りません",
    "Corrupt snappy compressed data.": "snappy の圧縮データが破損",
    "GZipCodec failed: {detail}": "gzip の展開に失敗: {detail}",
    "(unknown error)": "原因不明",
    "ZSTD decompression failed: {detail}": "zstd の展開に失敗: {detail}",
    "Data corruption detected": "データの破損",
    "Unknown frame descriptor": "未知のフレーム",
    "Destination buffer is too small": "展開後の大きさが不一致",
    "Couldn't deserialize thrift: {detail}": "メタデータを解釈できません: {detail}",
    "TProtocolException: Invalid data": "不正なデータ",
    "No more data to read.": "データの不足",
    "don't know what type: {code}": "未知の型 {code}",
    "Invalid base64 input: character is not valid base64 character": "base64 に使えない文字があります",
    "Invalid flatbuffers message.": "スキーマの flatbuffers が不正",
    "Index not in dictionary bounds": "辞書の範囲外の番号",
    "Invalid number of indices: {number}": "番号の数 {number} が不正",
    "Invalid BYTE_ARRAY value": "BYTE_ARRAY の値が不正",
    "columns do not have the same size": "列の長さが不一致",
    "Number of decoded rep / def levels do not match num_values in page header": (
        "ページの値の数がヘッダーの num_values と不一致"
    ),
    "Invalid page header": "ページのヘッダーが不正",
    "Invalid column metadata (corrupt file?)": "列のメタデータが不正",
    # what Python says of JSON
    "not JSON: {detail}: line {line} column {column} (char {place})": (
        "JSON ではありません（{line} 行 {column} 列、位置 {place}: {detail}）"
    ),
    "Expecting value": "値がありません",
    "Extra data": "余分なデータがあります",
    "Expecting property name enclosed in double quotes": "二重引用符で囲んだキーがありません",
    "Expecting ':' delimiter": "「:」がありません",
    "Expecting ',' delimiter": "「,」がありません",
    "Illegal trailing comma before end of object": "オブジェクトの末尾に余分な「,」があります",
    "Illegal trailing comma before end of array": "配列の末尾に余分な「,」があります",
    "Unterminated string starting at": "ここで始まる文字列が閉じられていません",
    "Invalid control character at": "文字列に制御文字があります",
    "Invalid \\escape": "不正な \\ エスケープがあります",
    "Invalid \\uXXXX escape": "不正な \\uXXXX エスケープがあります",
    "Exceeds the limit ({limit} digits) for integer string conversion: value has {number} digits; "
    "use sys.set_int_max_str_digits() to increase the limit": "整数が {number} 桁あり、上限の {limit} 桁を超えています",
}
