#!/usr/bin/env bash
# Rotates the certificate of a door: looks at the present one, makes the next one, tries it, puts it in its place and looks
# at it there. Whatever follows goes to `cagebridge certs rotate server`, for example --dry-run, --reload, --at HOST:PORT.
set -euo pipefail

if [[ "${1:-}" == --help ]]; then
  cat <<'USAGE'
usage: certs/rotate-server.sh [--dry-run] [OPTION...]

  CERTS_CA          the authority's folder
  CERTS_PASSPHRASE  the reference to its passphrase: env:NAME or file:PATH
  CERTS_OUT         the folder with the door's server.pem and server.key
USAGE
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cagebridge() { PATH="$root/node_modules/.bin:$PATH" "$root/bin/cagebridge.js" "$@"; }

ca=${CERTS_CA:?say where the folder of the authority is}
passphrase=${CERTS_PASSPHRASE:?say env:NAME or file:PATH}
out=${CERTS_OUT:?say where server.pem and server.key are}

look() { cagebridge certs check "$out/server.pem" --purpose server --authority "$ca/root.pem"; }

# What is wrong with the present one is no reason against the next one; it is a thing to know.
if [[ -e "$out/server.pem" ]]; then look || true; fi
cagebridge certs rotate server --ca "$ca" --passphrase "$passphrase" --out "$out" "$@"
for option in "$@"; do
  if [[ "$option" == --dry-run ]]; then exit 0; fi
done
look
