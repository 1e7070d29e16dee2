# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or later and make; everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo test seeds check format types kernels bench docs minimums clean

demo: .venv/core
	@$(BIN)/python examples/demo.py

# Tests run in two processes: threads of numpy's in each would only wait for each other. Each process begins with half
# of the tests in a row, so that what a file's tests share is made once, and takes from the other when it is done.
test seeds check minimums: export OPENBLAS_NUM_THREADS := 1

test: .venv/dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j 2 types kernels
	@$(BIN)/python -m pytest -n 2 --dist worksteal --seeds 20

# Tests of random models with all of their seeds.
seeds: .venv/dev
	@$(BIN)/python -m pytest -n 2 --dist worksteal -k seed

check: .venv/dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(MAKE) --no-print-directory types
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --few 3

format: .venv/dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

# The three source folders are one package; mypy sees them through links.
types: .venv/dev
	@rm -rf .types && mkdir -p .types/circuitsim
	@ln -s $(CURDIR)/circuitsim/* $(CURDIR)/compilers $(CURDIR)/cli .types/circuitsim/
	@MYPYPATH=.types $(BIN)/mypy --config-file pyproject.toml -p circuitsim

# Machine code of most kernels, which else each process of the tests would compile for itself.
kernels: .venv/dev
	@CIRCUITSIM_KERNELS=compiled $(BIN)/circuitsim check examples/majority.pt -n 3 >/dev/null

# The oldest versions that pyproject.toml admits, in a place of their own.
minimums: .venv-minimums/bin/python
	@.venv-minimums/bin/python -m pytest -n 2 --dist worksteal -m "not slow" tests/cli tests/formats tests/compilers/test_api.py \
		--ignore tests/cli/test_separations.py

.venv-minimums/bin/python: pyproject.toml
	@$(PYTHON) -m venv .venv-minimums && echo "installing the oldest versions into .venv-minimums ..."
	@$(PYTHON) -c 'import re, tomllib; print(*[re.sub(">=([0-9.]+).*", r"==\1", d) for d in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]])' \
		| xargs .venv-minimums/bin/pip install --quiet --disable-pip-version-check pytest pytest-xdist hypothesis
	@.venv-minimums/bin/pip install --quiet --disable-pip-version-check -e . && touch $@

bench: .venv/bench
	@$(BIN)/python benchmarks/run.py

# The documentation as a site: build/site/index.html.
docs: .venv/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

clean:
	rm -rf .venv .venv-minimums .types build *.egg-info .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is older."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is needed: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/core: .venv/bin/python pyproject.toml
	@echo "installing circuitsim into .venv ..." && $(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/dev: .venv/core
	@echo "installing the development tools into .venv ..." && $(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

.venv/docs: .venv/core
	@echo "installing what builds the site into .venv ..." && $(BIN)/pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

.venv/bench: .venv/core
	@echo "installing the benchmarks' peers into .venv ..." && $(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@
