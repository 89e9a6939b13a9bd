#!/usr/bin/env bash
# Runs every test: tests/run.sh [--long] [--no-build]
#   --long      the long versions too (a million prefixes, ten million probes)
#   --no-build  what was built before
# Installs what the tests need where it is missing, and says at the end, in one line, how many passed, failed and were skipped.
#
# Three suites need what is not in the repository:
#   asn-package  the npm package that data/asn.mmdb is compiled from; fetched here
#   npm          what tests/npm pins (buf, a gRPC client for node); fetched here
#   feeds        a folder of real feeds: $ENRICHMENT_FEEDS, by default ../shared/feeds; runs where it is there
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
long=no build=yes configuration=Release
for option in "$@"; do
  case $option in
    --long) long=yes ;;
    --no-build) build=no ;;
    *) sed -n '2,4p' "$0" >&2; exit 2 ;;
  esac
done

say() { printf '%s\n' "$*" >&2; }

# install COMMAND PACKAGE...: Debian packages, when the command is missing
install() {
  local command=$1; shift
  command -v "$command" >/dev/null 2>&1 && return
  say "installing $*"
  local sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  local get=($sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get)
  { "${get[@]}" install -y --no-install-recommends "$@" || { "${get[@]}" update && "${get[@]}" install -y --no-install-recommends "$@"; }; } >&2
}

# The version and hash of the package that data/README.md names.
asn_version=2.3.2026061719
fetch_asn_package() {
  local cache=$root/tests/.cache/asn-$asn_version
  if [ ! -f "$cache/package/asn-ipv6.csv" ]; then
    say "fetching @ip-location-db/asn $asn_version"
    rm -rf "$cache"; mkdir -p "$cache"
    (cd "$cache" && npm pack --silent "@ip-location-db/asn@$asn_version" >/dev/null && tar xzf ./*.tgz && rm ./*.tgz)
  fi
  export ENRICHMENT_ASN_PACKAGE=$cache/package
}

# By "npm install" and not "npm ci", which wants the packages of other platforms too; versions and hashes are those of the lock file.
fetch_npm_packages() {
  local cache=$root/tests/.cache/npm-$(sha256sum tests/npm/package-lock.json | cut -c1-16)
  if [ ! -d "$cache/node_modules" ]; then
    say "fetching what tests/npm pins"
    rm -rf "$cache"; mkdir -p "$cache.part"
    cp tests/npm/package.json tests/npm/package-lock.json tests/npm/.npmrc "$cache.part"
    (cd "$cache.part" && npm install --silent >&2)
    mv "$cache.part" "$cache"
  fi
  export ENRICHMENT_NPM=$cache/node_modules
}

install mmdblookup mmdb-bin
install node nodejs
install npm npm
install curl curl
install strace strace
install redis-server redis-server
install dnsmasq dnsmasq-base
install bwrap bubblewrap
install docker-compose docker-compose
fetch_asn_package
fetch_npm_packages

if [ "$build" = yes ]; then
  say "building"
  dotnet build AcquireInfra.Enrichment.sln -c $configuration -v quiet -clp:NoSummary >&2
fi

filter=()
[ $long = yes ] || filter+=(-trait- "Length=long")
export ENRICHMENT_FEEDS=${ENRICHMENT_FEEDS:-$root/../shared/feeds}
if [ -d "$ENRICHMENT_FEEDS" ]; then
  say "suite feeds: runs on $(basename "$(dirname "$ENRICHMENT_FEEDS")")/$(basename "$ENRICHMENT_FEEDS")"
else
  say "suite feeds: does not run, there is no feeds folder (set ENRICHMENT_FEEDS)"
  filter+=(-trait- "Needs=feeds")
fi

total=0 failed=0 skipped=0 broken=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  program=$project/bin/$configuration/net10.0/$name
  log=$(mktemp)
  code=0; "$program" -noColor -noLogo "${filter[@]}" >"$log" 2>&1 || code=$?
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1 || true)
  if [ -z "$summary" ]; then
    say "$name did not end:"; tail -n 60 "$log" >&2; broken=$((broken + 1)); continue
  fi
  read -r t e f s <<<"$(tr -cd '0-9 ' <<<"$summary" | tr -s ' ')"
  say "$name: $((t - f - s)) passed, $((f + e)) failed, $s skipped ($(grep -oE 'Time: [0-9.]+s' "$log" | tail -n 1))"
  # A process that dies after its summary, in a finalizer say, has not passed.
  [ $code = 0 ] || [ $((f + e)) != 0 ] || { say "$name ended with $code after its tests passed:"; tail -n 40 "$log" >&2; broken=$((broken + 1)); }
  [ $((f + e)) = 0 ] || grep -vE '^ +at ' "$log" >&2
  total=$((total + t)) failed=$((failed + f + e)) skipped=$((skipped + s))
  rm -f "$log"
done
failed=$((failed + broken))
printf '%d passed, %d failed, %d skipped\n' $((total - failed - skipped + broken)) $failed $skipped
[ $failed = 0 ]
