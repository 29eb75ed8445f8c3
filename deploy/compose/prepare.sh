#!/bin/sh
# Makes what compose.yaml needs for trying Cagebridge on this machine, under deploy/compose/made (or the folder that is
# given): an authority, certificates, keys, a token and passwords. All of it is for its owner alone, none of it is for
# production, and .gitignore keeps it out of git. A folder that is already there is left alone.
set -eu
umask 077

made=${1:-$(dirname "$0")/made}
if [ -e "$made" ]; then
  echo "$made is already there; remove it to start anew" >&2
  exit 1
fi
unfinished=$made.unfinished
rm -rf "$unfinished"
mkdir -p "$unfinished/sandbox/certs"
certs=$unfinished/sandbox/certs
days=90

# key NAME: RSA, because some clients of partners cannot verify an EC chain.
key() {
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$certs/$1.key" 2>/dev/null
}

# authority NAME
authority() {
  key "$1"
  openssl req -x509 -new -sha256 -key "$certs/$1.key" -days "$days" -out "$certs/$1.pem" \
    -subj "/O=Cagebridge trial/CN=$1" -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# leaf NAME USAGE ALTNAMES [ISSUER [DAYS]]
leaf() {
  key "$1"
  openssl req -new -sha256 -key "$certs/$1.key" -subj "/O=Cagebridge trial/CN=$1" -out "$unfinished/csr"
  printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature,keyEncipherment' \
    "extendedKeyUsage=$2" "subjectAltName=$3" >"$unfinished/extensions"
  openssl x509 -req -sha256 -in "$unfinished/csr" -CA "$certs/${4:-ca}.pem" -CAkey "$certs/${4:-ca}.key" \
    -set_serial "0x00$(openssl rand -hex 16)" -days "${5:-$days}" -extfile "$unfinished/extensions" -out "$certs/$1.pem" 2>/dev/null
}

here='DNS:localhost,IP:127.0.0.1,IP:::1'
authority ca
authority nobody
leaf server serverAuth "$here,DNS:bridge"
leaf sqlserver serverAuth 'DNS:sqlserver,DNS:localhost'
leaf gateway-client clientAuth 'URI:urn:cagebridge:gateway-client'
# What the sandbox looks for in its home; it would replace a set that is not whole by one for development.
leaf bank serverAuth "$here"
leaf psp serverAuth "$here"
leaf public serverAuth "$here"
leaf partner-a clientAuth 'URI:urn:cagebridge:partner:partner-a'
leaf partner-b clientAuth 'URI:urn:cagebridge:partner:partner-b'
leaf stranger clientAuth 'URI:urn:cagebridge:partner:partner-a' nobody
leaf expired clientAuth 'URI:urn:cagebridge:partner:partner-a' ca 0

random() { openssl rand -base64 "$1" | tr -d '\n'; }
random 32 >"$certs/close-signing.key"
random 32 >"$certs/psp-signing.key"
printf 'whsec_%s' "$(random 32)" >"$certs/psp-webhook.key"
openssl rand -hex 32 >"$unfinished/core-token"
# SQL Server asks for characters of three kinds.
for login in sa owner bridge; do printf 'Aa1-%s' "$(openssl rand -hex 24)" >"$unfinished/$login-password"; done

# Secrets are files of this user, so the containers run as this user (compose cannot give a file another owner).
printf 'CAGEBRIDGE_UID=%s\nCAGEBRIDGE_GID=%s\n' "$(id -u)" "$(id -g)" >"$unfinished/compose.env"

rm "$unfinished/csr" "$unfinished/extensions" "$certs/nobody.key" "$certs/nobody.pem"
mv "$unfinished" "$made"
echo "made $made; now: docker compose --env-file $made/compose.env up --build"
