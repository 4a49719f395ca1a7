#!/usr/bin/env bash
# Makes .venv with the first Python >= 3.11 found. PYTHON=/path/to/python chooses one.
set -euo pipefail
cd "$(dirname "$0")/.."

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

has_ensurepip() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

python="" incomplete=""
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    suits "$candidate" || continue
    if has_ensurepip "$candidate"; then
        python=$candidate
        break
    fi
    incomplete=${incomplete:-$candidate}
done
if [ -z "$python" ] && [ -n "$incomplete" ]; then
    version=$("$incomplete" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$incomplete has no ensurepip, so it can't make a virtual environment. Run this, then try again:" >&2
    echo "    sudo apt-get install python$version-venv" >&2
    exit 1
fi
if [ -z "$python" ]; then
    echo "This project needs Python 3.11 or newer, and none was found on PATH." >&2
    echo "On Debian or Ubuntu:  sudo apt-get install python3 python3-venv" >&2
    echo "Or name one:          make install PYTHON=/path/to/python3.11" >&2
    exit 1
fi

echo "Making .venv with $("$python" --version)"
# Half an environment would pass for a whole one at the next run.
"$python" -m venv --clear .venv || { rm -rf .venv; exit 1; }
