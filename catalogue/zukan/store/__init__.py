"""The SQLite catalogue: the only place that knows its tables.

`location` says where the file is, `connection` opens it, `read` answers questions with the standard sqlite3,
`migrations` makes the tables, `write` fills them (through sqlite-utils), `trials` keeps trial results.
"""
