#!/usr/bin/env bash
# Runs a command with DATABASE_URL set to a PostgreSQL made for it and thrown away after:
#     scripts/with_postgres.sh .venv/bin/pytest
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
if [ -z "$bin" ]; then
    echo "No PostgreSQL server found below /usr/lib/postgresql: run scripts/install_test_parts.sh" >&2
    exit 1
fi

# PostgreSQL refuses to run as root, so root hands the cluster to user postgres.
as_owner=()
folder=$(mktemp -d)
if [ "$(id -u)" -eq 0 ]; then
    as_owner=(runuser -u postgres --)
    chown postgres "$folder"
fi

finish() {
    (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# From /, a folder that user postgres can enter.
(
    cd /
    "${as_owner[@]}" env LC_ALL=C.UTF-8 "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 \
        --locale=C.UTF-8 --no-sync >/dev/null
)

# Another process may take a port between its choice and its use, so a start that fails tries another.
started=""
for _ in 1 2 3 4 5; do
    port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    if (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "$options" start >/dev/null); then
        started=yes
        break
    fi
done
if [ -z "$started" ]; then
    cat "$folder/log" >&2
    exit 1
fi

export DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
