#!/usr/bin/env bash
# Ends a partner: he is refused at once, then every certificate of his that the ledger knows is denied, and what our authority
# issued for him is put on its list of revoked ones. A step that fails does not keep the next one from being done; it makes
# the end a failure.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: certs/revoke-partner.sh ID --reason CODE [--comment TEXT] [--dry-run]

  CODE is one of RFC 5280: keyCompromise, cessationOfOperation, affiliationChanged, superseded, privilegeWithdrawn, unspecified

  CERTS_CA          the authority's folder; without it, certificates are denied alone
  CERTS_PASSPHRASE  the reference to its passphrase: env:NAME or file:PATH
USAGE
}

if [[ "${1:-}" == --help ]]; then usage && exit 0; fi
if [[ $# -lt 3 || "$1" == -* ]]; then usage >&2 && exit 2; fi
partner=$1
shift

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cagebridge() { PATH="$root/node_modules/.bin:$PATH" "$root/bin/cagebridge.js" "$@"; }

ca=${CERTS_CA:-}
if [[ -n "$ca" ]]; then passphrase=${CERTS_PASSPHRASE:?say env:NAME or file:PATH}; fi

reason=''
comment=''
dry=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --reason) reason=${2:?say a code} && shift 2 ;;
    --comment) comment=${2:?say a text} && shift 2 ;;
    --dry-run) dry=(--dry-run) && shift ;;
    *) usage >&2 && exit 2 ;;
  esac
done
if [[ -z "$reason" ]]; then usage >&2 && exit 2; fi
said=${comment:-$reason}

# Reads what `partners show --json` says, and prints the fingerprints of his own certificates.
leaves() {
  PATH="$root/node_modules/.bin:$PATH" node -e '
    const { identities } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const own = identities.flatMap(({ seen = [], certificate = {}, ...identity }) => [identity, certificate, ...seen]);
    const named = new Set(own.flatMap(({ fingerprint256 }) => fingerprint256 ?? []));
    console.log([...named].join("\n"));
  '
}

status=0
# Listed first: a folder that is not there is to be known before anything is done.
serials=''
if [[ -n "$ca" ]]; then
  serials=$(cagebridge certs list --ca "$ca" --partner "$partner" | awk '$NF == "valid" { print $1 }')
fi
# The pinned ones and those that were seen, whoever issued them. Never an authority's: whoever it issued for would be refused, too.
fingerprints=''
shown=$(cagebridge partners show "$partner" --json 2>/dev/null) || status=1
if [[ -n "$shown" ]]; then fingerprints=$(leaves <<<"$shown") || status=1; fi
cagebridge partners disable "$partner" --reason "$said" "${dry[@]}" || status=1
for fingerprint in $fingerprints; do
  cagebridge certs revoke "$fingerprint" --deny-only --reason "$reason" --comment "$said" "${dry[@]}" || status=1
done
for serial in $serials; do
  cagebridge certs revoke "$serial" --reason "$reason" --comment "$said" \
    --ca "$ca" --passphrase "$passphrase" "${dry[@]}" || status=1
done
exit "$status"
