"""The numbered migrations that make the catalogue's tables; run by sqlite-utils, never by a reader.

The tables are private; the views `models`, `trials`, `crawls`, `history`, `cards` and `refused_rows` are what users
may query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

from zukan.resources import data_path
from zukan.store.columns import HUB_ID, OWN_DATE, models_view
from zukan.store.connection import APPLICATION_ID, SCHEMA_VERSION
from zukan.store.conversion import convert

if TYPE_CHECKING:
    from sqlite_utils.db import Database

migrations = Migrations("zukan")

TAGS_CHANGED = 2
"""Catalogues of an older schema hold tags of rules that are gone."""

_TABLES = """
CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  hub_id TEXT UNIQUE,                       -- the Hub's _id, NULL until a crawl has seen the model
  model_id TEXT NOT NULL UNIQUE COLLATE NOCASE,
  author TEXT COLLATE NOCASE,
  sha TEXT,
  pipeline_tag TEXT,
  library_name TEXT,
  model_type TEXT,
  family TEXT NOT NULL,
  certainty TEXT NOT NULL,
  guess TEXT,
  reason TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,                   -- JSON object: field path -> value
  num_parameters INTEGER,
  parameters_source TEXT,
  weight_bytes INTEGER,
  license TEXT,
  languages TEXT NOT NULL,                  -- JSON list
  downloads INTEGER,
  likes INTEGER,
  popularity REAL NOT NULL,                 -- for ordering only: log10 of downloads and likes
  trending_score REAL,
  gated TEXT,                               -- 'false', 'auto', 'manual', NULL = not known
  disabled INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  created_at TEXT,
  last_modified TEXT,
  base_models TEXT NOT NULL,                -- JSON list
  base_relation TEXT,
  context_length INTEGER,
  mask_token TEXT,
  used_storage INTEGER,
  tags TEXT NOT NULL,                       -- JSON list
  exclusion TEXT,                           -- why it is never recommended
  config TEXT NOT NULL,                     -- the Hub's excerpt, for re-tagging without a crawl
  as_of TEXT,
  sources TEXT NOT NULL,                    -- JSON list
  crawled_at TEXT                           -- NULL = known from the shipped snapshot only
);
CREATE INDEX model_by_task ON model (pipeline_tag, popularity DESC);
CREATE INDEX model_by_type ON model (model_type, popularity DESC);
CREATE INDEX model_by_popularity ON model (popularity DESC);
CREATE INDEX model_by_author ON model (author, popularity DESC);

CREATE TABLE detail (
  id INTEGER PRIMARY KEY REFERENCES model (id),
  row TEXT NOT NULL                         -- the whole raw row as it came, JSON
);

CREATE TABLE alias (
  name TEXT PRIMARY KEY COLLATE NOCASE,     -- a former name of a repository
  model INTEGER NOT NULL REFERENCES model (id)
) WITHOUT ROWID;
CREATE INDEX alias_by_model ON alias (model);

CREATE TABLE base_link (
  model INTEGER NOT NULL REFERENCES model (id),
  base TEXT NOT NULL COLLATE NOCASE,
  relation TEXT,
  PRIMARY KEY (model, base)
) WITHOUT ROWID;
CREATE INDEX base_link_by_base ON base_link (base);

CREATE VIRTUAL TABLE model_text USING fts5 (
  name, tags, task, languages,
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE trial (
  id INTEGER PRIMARY KEY,
  model_id TEXT NOT NULL COLLATE NOCASE,
  hub_id TEXT,
  sha TEXT,
  task TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at TEXT NOT NULL,
  result TEXT NOT NULL                      -- the whole TrialResult, JSON
);
CREATE INDEX trial_by_model ON trial (model_id, started_at);

CREATE TABLE crawl_run (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,                      -- what was asked: JSON of the list parameters
  started_at TEXT NOT NULL,
  finished_at TEXT,
  cursor TEXT,                              -- URL of the next page, NULL = none left
  requests INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  received_bytes INTEGER NOT NULL DEFAULT 0,
  retries TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE refused_row (
  id INTEGER PRIMARY KEY,
  crawl_run INTEGER REFERENCES crawl_run (id),
  row TEXT NOT NULL,
  error TEXT NOT NULL
);

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

CREATE VIEW models AS
  SELECT model_id, hub_id AS _id, author, sha, family, certainty, guess, reason, evidence, pipeline_tag,
    library_name, model_type, num_parameters, parameters_source, license, languages, downloads, likes,
    trending_score, gated, disabled, removed, created_at AS createdAt, last_modified AS lastModified,
    base_models, base_relation, context_length, tags, config, as_of, sources, crawled_at
  FROM model;

CREATE VIEW trials AS
  SELECT id, model_id, task, status, started_at, sha, result FROM trial;

CREATE VIEW crawls AS
  SELECT id, scope, started_at, finished_at, cursor IS NOT NULL AS unfinished, requests, rows, added, changed,
    unchanged, refused, received_bytes, retries
  FROM crawl_run;
"""


@migrations()
def m001_initial(database: Database) -> None:
    """Make every table of the first release."""
    # Statement by statement: executescript would commit the migration's transaction.
    for statement in split_statements(_TABLES):
        database.execute(statement)


_INFERRED_TASKS = """
ALTER TABLE model ADD COLUMN inferred_task TEXT;  -- only where the repository states no pipeline_tag
ALTER TABLE model ADD COLUMN inferred_from TEXT;  -- the field that tells it: path = value
CREATE INDEX model_by_inferred_task ON model (inferred_task, popularity DESC) WHERE inferred_task IS NOT NULL;
DROP VIEW models;
CREATE VIEW models AS
  SELECT model_id, hub_id AS _id, author, sha, family, certainty, guess, reason, evidence, pipeline_tag,
    inferred_task, inferred_from, library_name, model_type, num_parameters, parameters_source, license, languages,
    downloads, likes, trending_score, gated, disabled, removed, created_at AS createdAt,
    last_modified AS lastModified, base_models, base_relation, context_length, tags, config, as_of, sources,
    crawled_at
  FROM model
"""


@migrations()
def m002_inferred_tasks(database: Database) -> None:
    """Add the task that a class or type tells where the repository states none."""
    for statement in split_statements(_INFERRED_TASKS):
        database.execute(statement)


_WHOLE_HUB = """
ALTER TABLE model ADD COLUMN row_hash INTEGER;    -- of the raw row as it came: tells at a glance that nothing changed
ALTER TABLE model ADD COLUMN absent_run INTEGER;  -- the walk over the whole Hub that did not meet it
CREATE INDEX model_by_absence ON model (absent_run) WHERE absent_run IS NOT NULL;

ALTER TABLE crawl_run ADD COLUMN kind TEXT NOT NULL DEFAULT 'subset';  -- full, update, subset, import, cards
ALTER TABLE crawl_run ADD COLUMN last_id TEXT;       -- the greatest _id that a walk over _id has passed
ALTER TABLE crawl_run ADD COLUMN walked_at TEXT;     -- when its first page was answered, by the server's clock
ALTER TABLE crawl_run ADD COLUMN phase TEXT;         -- what a run of several parts is at
ALTER TABLE crawl_run ADD COLUMN endpoint TEXT;      -- the Hub's address
ALTER TABLE crawl_run ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
ALTER TABLE crawl_run ADD COLUMN stopped TEXT;       -- why it ended before its end
ALTER TABLE crawl_run ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crawl_run ADD COLUMN clamped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crawl_run ADD COLUMN absent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crawl_run ADD COLUMN dropped_fields TEXT NOT NULL DEFAULT '[]';
CREATE INDEX refused_row_by_run ON refused_row (crawl_run);

CREATE TABLE due (model INTEGER PRIMARY KEY);     -- models whose base, or a base of it, has changed

CREATE TABLE counted (                            -- what downloads and likes were before they changed
  model INTEGER NOT NULL,
  day INTEGER NOT NULL,                           -- days since 1970-01-01
  downloads INTEGER,
  likes INTEGER,
  PRIMARY KEY (model, day)
) WITHOUT ROWID;

CREATE TABLE card (
  model INTEGER PRIMARY KEY REFERENCES model (id),
  front_matter TEXT,                              -- JSON
  paragraph TEXT,                                 -- the first one
  problem TEXT,                                   -- why there is none
  sha TEXT,                                       -- the commit it is of
  fetched_at TEXT NOT NULL
);

CREATE VIRTUAL TABLE model_words USING fts5 (
  name, tags, task, languages, card,
  tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO model_words (rowid, name, tags, task, languages, card)
  SELECT rowid, name, tags, task, languages, '' FROM model_text;
DROP TABLE model_text;
ALTER TABLE model_words RENAME TO model_text;

DROP VIEW models;
CREATE VIEW models AS
  SELECT m.model_id, m.hub_id AS _id, m.author, m.sha, m.family, m.certainty, m.guess, m.reason, m.evidence,
    m.pipeline_tag, m.inferred_task, m.inferred_from, m.library_name, m.model_type, m.num_parameters,
    m.parameters_source, m.license, m.languages, m.downloads, m.likes, m.trending_score, m.gated, m.disabled,
    m.removed, m.created_at AS createdAt, m.last_modified AS lastModified, m.base_models, m.base_relation,
    m.context_length, m.tags, m.config,
    nullif(max(ifnull(m.as_of, ''), iif(m.row_hash IS NOT NULL AND m.absent_run IS NULL,
      ifnull((SELECT substr(value, 1, 10) FROM meta WHERE name = 'full_walk_at'), ''), '')), '') AS as_of,
    m.sources, m.crawled_at,
    m.hub_id IS NULL AS unconfirmed,
    EXISTS (SELECT 1 FROM crawl_run r WHERE r.id = m.absent_run AND r.finished_at IS NOT NULL) AS absent
  FROM model m;

DROP VIEW crawls;
CREATE VIEW crawls AS
  SELECT id, kind, scope, started_at, finished_at, finished_at IS NULL AS unfinished, stopped, requests, rows, added,
    changed, unchanged, refused, renamed, clamped, absent, received_bytes, seconds, retries, dropped_fields
  FROM crawl_run;

CREATE VIEW history AS
  SELECT m.model_id, m.hub_id AS _id, date(h.day * 86400, 'unixepoch') AS day, h.downloads, h.likes
  FROM counted h JOIN model m ON m.id = h.model
  UNION ALL
  SELECT model_id, hub_id, as_of, downloads, likes FROM model WHERE as_of IS NOT NULL;

CREATE VIEW cards AS
  SELECT m.model_id, c.front_matter, c.paragraph, c.problem, c.sha, c.fetched_at
  FROM card c JOIN model m ON m.id = c.model;

CREATE VIEW refused_rows AS SELECT crawl_run AS crawl, row, error FROM refused_row
"""


@migrations()
def m003_whole_hub(database: Database) -> None:
    """Add what a walk over the whole Hub needs: changes at a glance, absence, history, cards, lineage to come."""
    for statement in split_statements(_WHOLE_HUB):
        database.execute(statement)


_NARROW = """
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);    -- texts that many models share

CREATE TABLE verdict (                            -- family tags, each once
  id INTEGER PRIMARY KEY,
  family TEXT NOT NULL,
  certainty TEXT NOT NULL,
  guess TEXT,
  reason TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,                         -- JSON object: field path -> value
  mark BLOB NOT NULL UNIQUE                       -- of all of it
);

CREATE TABLE dictionary (id INTEGER PRIMARY KEY, text BLOB NOT NULL);     -- what rows are compressed against

CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  place INTEGER,                                  -- in the order of popularity, see places.py
  model_id TEXT NOT NULL UNIQUE COLLATE NOCASE,
  hub_id UNIQUE,                                  -- the Hub's _id, NULL until a crawl has seen the model
  verdict INTEGER NOT NULL,
  state INTEGER NOT NULL,                         -- bits, see columns.py
  pipeline_tag INTEGER, library_name INTEGER, model_type INTEGER, license INTEGER, languages INTEGER NOT NULL,
  parameters_source INTEGER, gated INTEGER, exclusion INTEGER, base_models INTEGER NOT NULL, base_relation INTEGER,
  config INTEGER NOT NULL, sources INTEGER NOT NULL, inferred_task INTEGER, inferred_from INTEGER,    -- in word
  tags TEXT NOT NULL,                             -- JSON list of numbers in word
  num_parameters INTEGER,
  weight_bytes INTEGER,
  downloads INTEGER,
  downloads_all_time INTEGER,
  likes INTEGER,
  trending_score REAL,
  created_at, last_modified,                      -- milliseconds since 1970
  as_of,                                          -- days since 1970
  crawled_at,                                     -- seconds since 1970, NULL = known from a file only
  sha,                                            -- 20 bytes
  row_hash INTEGER,                               -- of the raw row as it came
  absent_run INTEGER,                             -- the walk over the whole Hub that did not meet it
  rare TEXT                                       -- JSON object: author, context_length, mask_token, used_storage
);
CREATE UNIQUE INDEX model_by_place ON model (place) WHERE place IS NOT NULL;
CREATE INDEX model_by_absence ON model (absent_run) WHERE absent_run IS NOT NULL;

CREATE TABLE detail (
  id INTEGER PRIMARY KEY REFERENCES model (id),
  row BLOB NOT NULL                               -- what the columns do not tell of the raw row, see packing.py
);

CREATE VIRTUAL TABLE model_text USING fts5 (
  text, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE model_name USING fts5 (
  text, content = '', detail = none, columnsize = 0, tokenize = 'trigram'
);

CREATE TABLE term (text TEXT PRIMARY KEY, models INTEGER NOT NULL) WITHOUT ROWID;   -- tokens of more than one model
CREATE TABLE slip (rest TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (rest, word)) WITHOUT ROWID;
CREATE TABLE beginning (prefix TEXT PRIMARY KEY, terms TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meaning (phrase TEXT PRIMARY KEY, wanted TEXT NOT NULL) WITHOUT ROWID
"""

_SHELF = "CREATE TABLE IF NOT EXISTS shelf (task TEXT PRIMARY KEY, version INTEGER NOT NULL, packed BLOB NOT NULL)"

_VIEWS = f"""
CREATE VIEW models AS {models_view()};

CREATE VIEW history AS
  SELECT m.model_id, {HUB_ID} AS _id, date(h.day * 86400, 'unixepoch') AS day, h.downloads, h.likes
  FROM counted h JOIN model m ON m.id = h.model
  UNION ALL
  SELECT m.model_id, {HUB_ID}, {OWN_DATE}, m.downloads, m.likes FROM model m WHERE m.as_of IS NOT NULL;

CREATE VIEW cards AS
  SELECT m.model_id, c.front_matter, c.paragraph, c.problem, c.sha, c.fetched_at
  FROM card c JOIN model m ON m.id = c.model
"""


@migrations()
def m004_narrow_rows(database: Database) -> None:
    """Order models by popularity, keep shared texts once, compress rows, index words and filters together."""
    for name in ("models", "history", "cards"):
        database.execute(f"DROP VIEW {name}")
    for name in ("by_task", "by_type", "by_popularity", "by_author", "by_inferred_task", "by_absence"):
        database.execute(f"DROP INDEX IF EXISTS model_{name}")
    database.execute("DROP TABLE model_text")
    # Else the tables that refer to these would go on to refer to the old ones.
    database.execute("PRAGMA legacy_alter_table = ON")
    for table in ("model", "detail"):
        database.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    database.execute("PRAGMA legacy_alter_table = OFF")
    for statement in (*split_statements(_NARROW), _SHELF):  # the index, which is made here, takes shelves away
        database.execute(statement)
    database.execute("INSERT INTO dictionary (id, text) VALUES (1, ?)", (data_path("row_dictionary.bin").read_bytes(),))
    convert(database.conn)
    for table in ("old_detail", "base_link", "old_model"):
        database.execute(f"DROP TABLE {table}")
    for statement in split_statements(_VIEWS):
        database.execute(statement)


@migrations()
def m005_names_in_evidence(database: Database) -> None:
    """Let the view of models put a model's own name into the evidence of its tag, which is stored without."""
    database.execute("DROP VIEW models")
    database.execute(f"CREATE VIEW models AS {models_view()}")


@migrations()
def m006_shelves(database: Database) -> None:
    """Add where what a recommendation for a task reads stands together, see shelf.py."""
    database.execute(_SHELF)


def split_statements(script: str) -> list[str]:
    """Split an SQL script whose comments and strings hold no semicolon."""
    return [statement for part in script.split(";") if (statement := part.strip())]


def migrate(database: Database) -> None:
    """Bring a catalogue up to date; a new file becomes an empty catalogue.

    One whose tags come from rules that are gone keeps its version until `zukan.retag` has renewed them, so that
    an interrupted upgrade is taken up again by the next use.
    """
    before = int(database.execute("PRAGMA user_version").fetchone()[0])
    migrations.apply(database)
    # Writing what is there already would take the lock from whoever writes.
    if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    if before != SCHEMA_VERSION and (before == 0 or before >= TAGS_CHANGED):
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
