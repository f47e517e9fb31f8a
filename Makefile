# keygen on a bare machine: each target first installs what it needs, once.

PYTHON := .venv/bin/python
INSTALL := .setup/install

.PHONY: help sheet4 test lint types pytest bench truth tex git poppler chromium
.NOTPARALLEL:

help:
	@echo "make sheet4   build/sheet4.pdf and build/sheet4-solutions.pdf"
	@echo "make test     ruff, mypy and the tests"
	@echo "make bench    how fast it is"
	@echo "make truth    2,000 variants of every exercise, each printed number against an oracle: hours"
	@echo "Each installs what it needs: a .venv here, and TeX by apt where there is none."

sheet4: .venv/.keygen tex
	.venv/bin/keygen build sheet4 --solutions

test: lint types pytest

lint: .venv/.test
	.venv/bin/ruff check .

types: .venv/.test
	.venv/bin/mypy

pytest: .venv/.test tex git poppler chromium
	$(PYTHON) -m pytest -n auto

bench: .venv/.test tex
	$(PYTHON) -m tests.benchmarks

# The sheets' own language, then the other one.
truth: .venv/.keygen
	.venv/bin/keygen check --deep --seeds 2000 --lang ru; own=$$?; \
	.venv/bin/keygen check --deep --seeds 200 --lang en && exit $$own

.venv/.keygen: pyproject.toml
	@$(INSTALL) keygen
	@touch $@

.venv/.test: pyproject.toml
	@$(INSTALL) test
	@touch .venv/.keygen $@

tex git poppler chromium:
	@$(INSTALL) $@
