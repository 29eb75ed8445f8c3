#!/usr/bin/env bash
# Takes a partner in: his row, his certificate by our authority, the kit that he gets; and looks at his certificate. Whatever
# follows goes to `cagebridge partners add`, for example --operation deposit --brand main --currency EUR --reason TEXT --dry-run.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: certs/onboard-partner.sh ID --operation NAME ... --brand NAME ... --currency CODE ... --reason TEXT [--dry-run] [OPTION...]

  CERTS_CA          the authority's folder
  CERTS_PASSPHRASE  the reference to its passphrase: env:NAME or file:PATH
  CERTS_OUT         the folder that his certificate, his key and his kit are written to
USAGE
}

if [[ "${1:-}" == --help ]]; then usage && exit 0; fi
if [[ $# -lt 1 || "$1" == -* ]]; then usage >&2 && exit 2; fi
partner=$1
shift

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cagebridge() { PATH="$root/node_modules/.bin:$PATH" "$root/bin/cagebridge.js" "$@"; }

ca=${CERTS_CA:?say where the folder of the authority is}
passphrase=${CERTS_PASSPHRASE:?say env:NAME or file:PATH}
out=${CERTS_OUT:?say where his certificate and his key go}

cagebridge partners add "$partner" --ca "$ca" --passphrase "$passphrase" --out "$out" "$@"
for option in "$@"; do
  if [[ "$option" == --dry-run ]]; then exit 0; fi
done
cagebridge certs check "$out/$partner.pem" --purpose client --authority "$ca/root.pem"
