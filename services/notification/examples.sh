#!/usr/bin/env bash
# What was sent about a case; needs a running system (npm start), a case and grpcurl.
#   services/notification/examples.sh CASE-ID
set -euo pipefail
call="$(dirname "$0")/../../infra/local/call.sh"
case_id=${1:?a case id}

# Every message of the case with its state and attempts. The address is not shown.
"$call" mus.distributor notification.v1.Notification/ListMessages "{\"tenant\":\"MUS\",\"case_id\":\"$case_id\"}"

# What became of a message whose outcome is unknown? Asks the channel, never sends.
#   infra/local/call.sh mus.distributor notification.v1.Notification/ReconcileMessage \
#     '{"tenant":"MUS","message_id":"…","command_id":"a new UUID"}'
# A mail server cannot be asked: say what you found out, RECEIVED or NOT_RECEIVED.
#   infra/local/call.sh mus.distributor notification.v1.Notification/ReconcileMessage \
#     '{"tenant":"MUS","message_id":"…","command_id":"a new UUID","found":"RECEIVED"}'
