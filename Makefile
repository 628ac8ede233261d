VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: help demo test lint types slow wheel clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(VENV)/.installed  ## train a conditional GAN on the pictures that ship with sparring, two minutes; again to continue
	@$(BIN)/sparring demo

test: $(VENV)/.tested  ## the tests, a few minutes
	@$(BIN)/pytest -n 2 -m "not slow and not gpu" src $(wildcard tests/*/)
	@$(BIN)/pytest -n 2 -m "not slow and not gpu" $(wildcard tests/test_*.py)

lint: $(VENV)/.tested  ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.tested  ## mypy --strict
	@$(BIN)/mypy

slow: $(VENV)/.tested  ## the slow tests, minutes of training each
	@$(BIN)/pytest -m slow

wheel: $(VENV)/.tested  ## a wheel in dist/
	@$(BIN)/pip wheel -q --no-deps -w dist .

clean:  ## remove the environment and what was built
	rm -rf $(VENV) dist build src/*.egg-info

# Python 3.11 or newer; PYTHON=python3.12 make demo takes another one.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("sparring needs Python 3.11 or newer: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else 0'
	@echo "Making the environment in $(VENV) (some minutes the first time) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
