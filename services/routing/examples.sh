#!/usr/bin/env bash
# A person corrects where the rules sent a case; needs a running system (npm start), a case with the second line and grpcurl.
#   services/routing/examples.sh CASE-ID
set -euo pipefail
call="$(dirname "$0")/../../infra/local/call.sh"
case_id=${1:?a case id}
command_id=$(node -p 'crypto.randomUUID()')

# The same command id twice: one correction, one answer.
for _ in 1 2; do
  "$call" mus.distributor routing.v1.Routing/CorrectRouting "{
    \"header\": {\"command_id\": \"$command_id\", \"tenant\": \"MUS\"}, \"case_id\": \"$case_id\",
    \"owner\": {\"kind\": \"DIRECTORATE\", \"code\": \"DIR-ROADS\"}, \"reason\": \"The leak is under the road\"}"
done
