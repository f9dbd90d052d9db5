#!/usr/bin/env bash
# A private certificate authority, a server's certificate for 127.0.0.1 and a client's, into a folder; and a client's by
# another authority.
set -euo pipefail
cd "$1"
make() { # NAME AUTHORITY EXTENSION
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -subj "/CN=$1" -out "$1.csr"
    printf '%s\n' "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.pem"
}
{
    for authority in ca other; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$authority.key" \
            -subj "/CN=$authority" -addext basicConstraints=critical,CA:TRUE -days 2 -out "$authority.pem"
    done
    make server ca "subjectAltName=IP:127.0.0.1"
    make client ca "extendedKeyUsage=clientAuth"
    make stranger other "extendedKeyUsage=clientAuth"
} 2>/dev/null
