# Two commands for a newcomer: `make demo` sets up and runs the main job, `make test` sets up and passes the tests.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The tested set; torch==2.13.0 in it is a CPU build where pip finds one.
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO_DB := $(VENV)/demo.sqlite

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-all test-embeddings test-huge check bench bench-recommend bench-pages clean

help:
	@echo "make demo      set up, recommend real models and run a built-in trial of each family"
	@echo "make test      set up, then lint, types, imports and the tests"
	@echo "make test-all  the same, and the slow tests"
	@echo "make test-embeddings   compare vectors with those of sentence-transformers, which is installed for it"
	@echo "make test-huge walk a Hub of 200,000 models: kills, faults, updates (ten minutes)"
	@echo "make bench     measure start-up, trials, recommending, tagging, memory, crawl and import, and three million models (an hour)"
	@echo "make bench-pages       measure the pages of zukan browse, of the catalogue DB=FILE"
	@echo "make bench-recommend   measure recommendations against hand-picked models and leaderboards"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A stamp per kind of set-up, renewed when what it installs changes.
$(VENV)/.trial: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt --editable ".[trial,browse]"
	@# Missing bytecode doubles the first start of torch and transformers.
	@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

$(VENV)/.dev: $(VENV)/.trial
	$(PIP) install --quiet --constraint constraints.txt ruff mypy import-linter pytest pytest-xdist hypothesis build hatchling pyarrow \
		pillow pandas torchmetrics sacrebleu peft gguf duckdb mcp playwright axe-playwright-python fastapi uvicorn openai 'ray[client]'
	@touch $@

setup: $(VENV)/.trial
	@# Where Python writes no bytecode, every command would compile zukan anew.
	@$(BIN)/python -m compileall -q catalogue/zukan cli/zukan_cli >/dev/null 2>&1 || true

setup-dev: setup $(VENV)/.dev

demo: setup
	$(BIN)/zukan recommend "summarise news" --limit 5 --db $(DEMO_DB)
	$(BIN)/zukan recommend fill-mask --limit 5 --db $(DEMO_DB)
	$(BIN)/zukan try zukan/mini-bert "I love [MASK]." --db $(DEMO_DB)
	$(BIN)/zukan try zukan/mini-gpt-neo "What is AI" --db $(DEMO_DB)
	$(BIN)/zukan try zukan/mini-t5 "translate English to German: How are you" --db $(DEMO_DB)

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not huge"

test-all: test
	$(BIN)/pytest -n 2 --dist worksteal -m slow

# Beside the environment, not in it: with scikit-learn there, every start of transformers takes longer.
$(VENV)/.embeddings: $(VENV)/.dev
	$(PIP) install --quiet --constraint constraints.txt --no-deps --upgrade --target $(VENV)/embeddings \
		sentence-transformers scikit-learn scipy threadpoolctl narwhals
	@touch $@

test-embeddings: $(VENV)/.embeddings
	PYTHONPATH=$(CURDIR)/$(VENV)/embeddings $(BIN)/pytest -m slow tests/trial/test_embeddings.py

test-huge: setup-dev
	$(BIN)/pytest -m huge

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) install --quiet --constraint constraints.txt duckdb polars
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python tests/benchmarks/start_up.py
	$(BIN)/python tests/benchmarks/trials.py
	$(BIN)/python tests/benchmarks/recommend_speed.py
	$(BIN)/python tests/benchmarks/tagging.py
	$(BIN)/python tests/benchmarks/trial_memory.py
	$(BIN)/python tests/benchmarks/ingest.py $(if $(ZUKAN_LAB_DATA),--list $(ZUKAN_LAB_DATA)/hub_2024_full_list.jsonl.gz)
	@if [ -n "$(ZUKAN_LAB_DATA)" ]; then $(BIN)/python tests/benchmarks/export.py --list $(ZUKAN_LAB_DATA)/hub_2024_full_list.jsonl.gz; fi
	$(BIN)/python tests/benchmarks/catalogue_at_scale.py $(if $(ZUKAN_LAB_DATA),--list $(ZUKAN_LAB_DATA)/hub_2024_full_list.jsonl.gz)

bench-recommend: $(VENV)/.dev
	@test -n "$(TRUTH)$(ZUKAN_LAB_DATA)" || { echo "say TRUTH=FILE, or set ZUKAN_LAB_DATA"; exit 2; }
	$(BIN)/python tests/benchmarks/recommend_truth.py --truth $(or $(TRUTH),$(ZUKAN_LAB_DATA)/recommend_truth.json)

bench-pages: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/browse_pages.py $(if $(DB),--db $(DB))

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache
