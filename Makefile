# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BENCH ?=
VENV := .venv
BIN := $(VENV)/bin
NEWEST := .venv-newest
READY := $(VENV)/.ready

.PHONY: demo test test-slow test-newest lint bench dashboard clean

$(READY): setup.cfg setup.py pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $(READY)

# A real search on scikit-learn's wine data: trials, model, leaderboard, predictions.
demo: $(READY)
	$(BIN)/automl search sklearn:wine --trials 5 --name demo --out runs/demo-$$(date +%Y%m%d-%H%M%S)
	@echo "The runs, in a browser: $(BIN)/automl dashboard"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

# Processes killed for real, again and again: about half an hour.
test-slow: $(READY)
	$(BIN)/python -m pytest -m slow --timeout 1800

$(VENV)/.bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[bench]"
	touch $(VENV)/.bench

# The weekly check: the newest versions that setup.cfg allows, in an environment of their own. Those that
# constraints.txt does not have are shown first.
# PYTHON=python3.13 takes another Python, and with it newer versions of JAX.
test-newest:
	rm -rf $(NEWEST)
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --editable ".[dev]"
	$(NEWEST)/bin/python -m pip freeze --exclude-editable > $(NEWEST)/installed.txt
	-grep --line-regexp --fixed-strings --invert-match --file constraints.txt $(NEWEST)/installed.txt
	$(NEWEST)/bin/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

# Hours, as KerasTuner's trials take seconds each; BENCH="--rows digits --rounds 1" does less.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.training $(BENCH)

clean:
	rm -rf $(VENV) $(NEWEST) build dist *.egg-info
