# The few words a newcomer needs. Everything else: `uv run csdl --help`.
.PHONY: demo test test-long test-server lint fmt bench bench-full setup clean

demo: ## the province served on localhost, sign-in names printed
	@python3 tools/bootstrap.py
	@.venv/bin/csdl serve --demo

setup: ## packages only
	@python3 tools/bootstrap.py

test: ## the test suite, parallel over template databases
	@python3 tools/bootstrap.py --browser
	@.venv/bin/pytest -n 2 --dist loadgroup -m "not long"

test-long: ## the longest checks
	@python3 tools/bootstrap.py --browser
	@.venv/bin/pytest -m long

test-server: ## constraints, gate and rollover against the server in TEST_DATABASE_URL (a superuser's)
	@test -n "$$TEST_DATABASE_URL" || (echo "Đặt TEST_DATABASE_URL: kết nối quản trị tới máy chủ PostgreSQL 17+."; exit 2)
	@python3 tools/bootstrap.py
	@.venv/bin/pytest -m server

lint: ## formatter, linters, import order, types, templates, policies
	@python3 tools/bootstrap.py
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports
	@.venv/bin/mypy csdl config
	@.venv/bin/djlint --lint --quiet csdl
	@.venv/bin/csdl db policies

fmt: ## format and mend what can be mended
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

bench: ## figures at 100,000 pupils
	@python3 tools/bootstrap.py
	@.venv/bin/python -m bench.run --size 100000

bench-full: ## figures at 1,000,000 pupils
	@python3 tools/bootstrap.py
	@.venv/bin/python -m bench.run --size 1000000

clean: ## remove what was installed and built; .data with the demo stays
	rm -rf .venv node_modules build .mypy_cache .ruff_cache
