#!/usr/bin/env bash
# Load over the loopback, client and server on this machine: tests/load.sh [SECONDS]   (of each row; 3)
# Publishes the service, starts it on the bundled data and free ports, and prints a line a figure. Bounded in time: about a minute and a half.
# Compare lines of one run only: the clients take part of the same processors.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
seconds=${1:-3}
case $seconds in *[!0-9]* | '') sed -n '2,4p' "$0" >&2; exit 2 ;; esac
command -v h2load >/dev/null || { sudo=; [ "$(id -u)" = 0 ] || sudo=sudo; $sudo apt-get install -y --no-install-recommends nghttp2-client >&2; }
work=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

dotnet publish -c Release -r linux-x64 --self-contained false src/AcquireInfra.Enrichment.Service -o "$work/service" -v q -clp:NoSummary >&2
read -r rest grpc admin < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
[one.bind(("127.0.0.1", 0)) for one in held]
print(*[one.getsockname()[1] for one in held])')
start() {
  "$work/service/AcquireInfra.Enrichment.Service" --Enrichment:StateFolder="$work/state" \
    --Kestrel:Endpoints:Rest:Url="http://127.0.0.1:$rest" --Kestrel:Endpoints:Grpc:Url="http://127.0.0.1:$grpc" \
    --Kestrel:Endpoints:Admin:Url="http://127.0.0.1:$admin" --Enrichment:DrainSeconds=0 --Enrichment:Refresh:Enabled=false >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 240); do curl -sf "http://127.0.0.1:$rest/health/ready" >/dev/null && break; sleep 0.25; done
  curl -sf "http://127.0.0.1:$rest/v1/ip/159.65.1.10?fields=score" >/dev/null || { cat "$work/log" >&2; exit 1; }
}
start; kill "$pid"; wait "$pid" || true # the first start compiles
start

memory() { awk -v name="$1:" '$1 == name { print int($2 / 1024) }' "/proc/$pid/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
# row NAME COMMAND...: what h2load says, and the server's own processor time for each request
row() {
  local name=$1 before after out; shift
  "$@" >/dev/null 2>&1 # warms up
  before=$(ticks); out=$("$@" 2>&1); after=$(ticks)
  awk -v name="$name" -v cpu="$((after - before))" -v hertz="$(getconf CLK_TCK)" '
    /^finished in/ { rate = $4 } /^requests:/ { done = $8; failed = $10 } /^time for request:/ { mean = $6 }
    END { printf "%-44s %8.0f/s   server %5.1f us each   mean %s   %s failed\n", name, rate, 1e6 * cpu / hertz / (done ? done : 1), mean, failed }' <<<"$out"
}

awk 'BEGIN { srand(1); for (i = 0; i < 1000000; i++) printf "%d.%d.%d.%d\n", 1 + rand() * 222, rand() * 256, rand() * 256, rand() * 256 }' >"$work/ips.txt"
awk -v base="http://127.0.0.1:$rest/v1/ip/" 'NR <= 2000 { print base $0 }' "$work/ips.txt" >"$work/urls.txt"
printf '\0\0\0\0\015\012\013159.65.1.10' >"$work/score"
echo "idle: $(memory VmRSS) MB resident"
h2load --h1 -t1 -c32 -D 15 -i "$work/urls.txt" >/dev/null # until the runtime has compiled what is hot
row "REST single, 32 connections" h2load --h1 -t1 -c32 -D "$seconds" -i "$work/urls.txt"
row "REST single, 1 connection" h2load --h1 -t1 -c1 -D "$seconds" -i "$work/urls.txt"
row "gRPC unary, 4 connections of 16 streams" h2load -t1 -c4 -m16 -D "$seconds" -d "$work/score" \
  -H 'content-type: application/grpc' -H 'te: trailers' "http://127.0.0.1:$grpc/acquireinfra.enrichment.v1.EnrichmentService/ScoreIp"

# bulk NAME FILE CONTENT-TYPE QUERY: the best of three, and the most memory since the start
bulk() {
  local best=
  for _ in 1 2 3; do
    best=$( { echo "$best"; curl -sS -X POST -T "$2" -H "Content-Type: $3" -o "$work/out" -w '%{time_total} %{size_download}\n' "http://127.0.0.1:$rest/v1/ip:batch$4"; } | grep . | sort -n | head -n 1)
  done
  awk -v name="$1" -v count="$5" -v peak="$(memory VmHWM)" '{ printf "%-44s %8.0f/s   %6.3f s   %4.0f MB out   peak %s MB\n", name, count / $1, $1, $2 / 1048576, peak }' <<<"$best"
}
awk 'NR <= 10000 { printf "%s\"%s\"", NR == 1 ? "{\"ips\":[" : ",", $0 } END { print "]}" }' "$work/ips.txt" >"$work/batch.json"
awk 'NR == 1 { print "user,ip" } { print "u" NR "," $0 }' "$work/ips.txt" >"$work/ips.csv"
bulk "NDJSON, 1,000,000 lines, four fields" "$work/ips.txt" text/plain '?fields=ip,asn,categories,score' 1000000
bulk "NDJSON, 1,000,000 lines, whole rows" "$work/ips.txt" text/plain '' 1000000
bulk "CSV, 1,000,000 lines, whole rows" "$work/ips.csv" text/csv '' 1000000
bulk "JSON batch of 10,000, explained" "$work/batch.json" application/json '' 10000
bulk "JSON batch of 10,000, four fields" "$work/batch.json" application/json '?fields=ip,asn,categories,score' 10000
echo "after: $(memory VmRSS) MB resident, at most $(memory VmHWM) MB"
