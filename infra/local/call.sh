#!/usr/bin/env bash
# Calls the running system as a foreign program would: `infra/local/call.sh mus.distributor dispatch.v1.Dispatch/ListQueue '{"tenant":"MUS"}'`.
# Needs grpcurl (go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest), curl and Node. BALAGH_DATA: data folder, default .balagh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
user=$1 method=$2 request=${3:-'{}'}
of() { node -p "JSON.parse(require('fs').readFileSync('${BALAGH_DATA:-$root/.balagh}/endpoints.json','utf8')).$1"; }
package=${method%%.*}
server=$package
[ "$package" = partner ] && server=dispatch
token=$(curl -sf "$(of issuerUrl)/demo/token" -H 'content-type: application/json' -d "{\"username\":\"$user\",\"password\":\"demo\"}" |
  node -p "JSON.parse(require('fs').readFileSync(0,'utf8')).access_token")
exec grpcurl -plaintext -H "authorization: Bearer $token" -d "$request" "$(of "grpc.$server")" "balagh.$method"
