#!/usr/bin/env bash
# Requests made up from the served OpenAPI document: nothing may answer with a 5xx.
#
#   ISSUER_URL        Pedell's address
#   AUTH_HEADERS      headers for every request, one per line, e.g. "Authorization: Bearer …"
#   MAX_EXAMPLES      per operation (30)
#   MAX_SECONDS       for the whole run (120)
#   SEED              for repeatable runs (1)
set -euo pipefail
schemathesis=$(cd "$(dirname "$0")" && pwd)/.venv/bin/schemathesis

headers=()
while IFS= read -r line; do
    [[ -n $line ]] && headers+=(--header "$line")
done <<<"${AUTH_HEADERS:-}"

folder=$(mktemp -d) # it leaves files where it runs
trap 'rm -rf "$folder"' EXIT
cd "$folder"
timeout --kill-after=10 "$((${MAX_SECONDS:-120} + 60))" "$schemathesis" run "$ISSUER_URL/openapi.json" \
    --url "$ISSUER_URL" \
    --checks not_a_server_error \
    --max-examples "${MAX_EXAMPLES:-30}" \
    --max-time "${MAX_SECONDS:-120}" \
    --phases examples,coverage,fuzzing \
    --suppress-health-check all \
    --seed "${SEED:-1}" \
    --request-timeout 10 \
    --generation-database none \
    --warnings off \
    --no-color \
    "${headers[@]}"
