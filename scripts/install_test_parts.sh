#!/usr/bin/env bash
# Checks for what the tests need from the system: installs what is missing when run as root, else names the command.
set -euo pipefail

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
# Without a CJK font the browser tests' Chinese shows as boxes.
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
# LibreOffice opens and recalculates what the portal writes.
command -v soffice >/dev/null && compgen -G '/usr/lib/libreoffice/program/libscfiltlo.so' >/dev/null || missing+=(libreoffice-calc)
command -v soffice >/dev/null && compgen -G '/usr/lib/libreoffice/program/libswlo.so' >/dev/null || missing+=(libreoffice-writer)
command -v msgfmt >/dev/null && command -v xgettext >/dev/null || missing+=(gettext)

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need these Debian packages or their like: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need parts of the system that are missing. Run this, then try again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
