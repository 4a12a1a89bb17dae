#!/usr/bin/env bash
# What the history service answers; needs a running system (npm start), a case and grpcurl.
#   services/history/examples.sh MUS-2026-000001
set -euo pipefail
call="$(dirname "$0")/../../infra/local/call.sh"
number=${1:?a case number}

# Find cases. Arguments that are absent do not narrow.
"$call" mus.auditor history.v1.History/ListCases '{"tenant":"MUS","category":"WATER","page_size":5}'

# The trail: every event with time, line, actor and hash. That somebody looked is recorded.
"$call" mus.auditor history.v1.History/GetTrail "{\"tenant\":\"MUS\",\"case\":\"$number\"}"

# The state after the first four events.
"$call" mus.auditor history.v1.History/GetTrail "{\"tenant\":\"MUS\",\"case\":\"$number\",\"version\":4}"

# Fold every case anew, check gaps, hashes and the read side; a stream of progress.
"$call" mus.auditor history.v1.History/VerifyCases '{"tenant":"MUS"}'
