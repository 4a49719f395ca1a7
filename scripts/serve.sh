#!/usr/bin/env bash
# The site and, beside it, the worker that does what takes longer than a page may. Ends both.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python manage.py db_worker --interval 1 --no-reload &
worker=$!
trap 'kill "$worker" 2>/dev/null || true' EXIT
.venv/bin/python manage.py runserver --noreload "127.0.0.1:$1"
