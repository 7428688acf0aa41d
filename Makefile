# Two commands matter: `make app` starts the page, `make test` checks everything.
PYTHON ?= python3
ENV := .venv/bin
export NO_PROXY := localhost,127.0.0.1,$(NO_PROXY)

app: .venv/app ## start the page with the shipped checkpoints
	$(ENV)/python app.py

test: .venv/test browser ## lint, then every test, a real browser's included
	$(ENV)/ruff check . && $(ENV)/ruff format --check .
	$(ENV)/python -m pytest -q -n 3 --dist loadfile

lint: .venv/test ## put the code into its one format
	$(ENV)/ruff check --fix . && $(ENV)/ruff format .

train: .venv/app ## make every shipped checkpoint again, from its recipe
	$(ENV)/python -m training all

bench: .venv/test browser ## our speed beside the usual way's
	$(ENV)/python -m benchmarks.training
	$(ENV)/python -m benchmarks.page
	$(ENV)/python -m benchmarks.visitors

gpu: ## what only a CUDA device can show, by the torch that is there; writes docs/gpu.md
	$(PYTHON) -m benchmarks.gpu

browser: .venv/test ## the tests drive a Chromium: the system's, or else Playwright's own
	@command -v chromium chromium-browser google-chrome >/dev/null || $(ENV)/playwright install chromium

.venv/app: requirements.txt
	test -d .venv || { $(PYTHON) app.py --help >/dev/null && $(PYTHON) -m venv .venv; }
	$(ENV)/pip install -q -r requirements.txt
	touch $@

.venv/test: tests/requirements.txt .venv/app
	$(ENV)/pip install -q -r tests/requirements.txt
	touch $@

.PHONY: app test lint train bench gpu browser
