#!/usr/bin/env bash
# The second line hands a case to an agency, the agency solves it; needs a running system (npm start), a new water case and grpcurl.
#   services/dispatch/examples.sh CASE-ID
set -euo pipefail
call="$(dirname "$0")/../../infra/local/call.sh"
case_id=${1:?a case id}
header() { echo "{\"command_id\": \"$(node -p 'crypto.randomUUID()')\", \"tenant\": \"MUS\"}"; }

# The distributor's list, oldest first.
"$call" mus.distributor dispatch.v1.Dispatch/ListQueue '{"tenant":"MUS","queue":"SECOND_LINE","page_size":5}'

# To the agency that routing proposed, and a note on it.
"$call" mus.distributor dispatch.v1.Dispatch/TransferCase "{\"header\": $(header), \"case_id\": \"$case_id\"}"
"$call" mus.distributor dispatch.v1.Dispatch/RecordFollowUp "{\"header\": $(header), \"case_id\": \"$case_id\", \"note\": \"Called them\"}"

# A case that nobody has answered cannot be closed: FAILED_PRECONDITION with a reason.
"$call" mus.distributor dispatch.v1.Dispatch/CloseCase "{\"header\": $(header), \"case_id\": \"$case_id\"}" || true

# The agency's own entrance; in production over mutual TLS.
"$call" haya-water partner.v1.Partner/ListTransfers '{"tenant":"MUS"}'
