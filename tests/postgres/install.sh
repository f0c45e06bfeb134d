#!/usr/bin/env bash
# Make sure that a PostgreSQL server's programs are here; install Debian's where they are not.
set -euo pipefail

if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "test-postgres needs PostgreSQL's server programs (initdb, postgres) on the PATH." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "test-postgres needs the package postgresql: sudo apt-get install postgresql" >&2
        exit 1
    fi
    as_root=(sudo -n)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends postgresql >/dev/null
