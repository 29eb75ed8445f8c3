#!/usr/bin/env bash
# Makes another authority issue, below the same root, and looks at everything that the folder publishes. Whatever follows
# goes to `cagebridge certs rotate ca`, for example --dry-run, --days N.
set -euo pipefail

if [[ "${1:-}" == --help ]]; then
  cat <<'USAGE'
usage: certs/rotate-ca.sh [--dry-run] [OPTION...]

  CERTS_CA               the authority's folder, with root.key in it for as long as this takes
  CERTS_PASSPHRASE       the reference to the issuing key's passphrase: env:NAME or file:PATH
  CERTS_ROOT_PASSPHRASE  the same of the root's key, where it is another one
USAGE
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cagebridge() { PATH="$root/node_modules/.bin:$PATH" "$root/bin/cagebridge.js" "$@"; }

ca=${CERTS_CA:?say where the folder of the authority is}
passphrase=${CERTS_PASSPHRASE:?say env:NAME or file:PATH}
root_passphrase=${CERTS_ROOT_PASSPHRASE:-$passphrase}

cagebridge certs rotate ca --ca "$ca" --passphrase "$passphrase" --root-passphrase "$root_passphrase" "$@"
for option in "$@"; do
  if [[ "$option" == --dry-run ]]; then exit 0; fi
done
# A list is its own authority's: those that issued before go on publishing theirs.
believed=(--authority "$ca/root.pem" --authority "$ca/issuing.pem")
for file in "$ca"/retired/*.key; do
  if [[ -e "$file" ]]; then believed+=(--authority "$file"); fi
done
cagebridge certs check "$ca/root.pem" "$ca/issuing.pem" "$ca/crl" "${believed[@]}"
