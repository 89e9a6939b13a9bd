#!/usr/bin/env bash
# Builds every Bicep file of the playbooks and the connector to the JSON beside it. The compiler comes with the tests' packages:
#   dotnet restore tests/AcquireInfra.Enrichment.Sentinel.Tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
bicep=${BICEP:-${NUGET_PACKAGES:-$HOME/.nuget/packages}/azure.bicep.commandline.linux-x64/0.49.2/tools/bicep}
[ -f "$bicep" ] || { echo "no compiler at $bicep; restore the tests' packages, or set BICEP" >&2; exit 1; }
[ -x "$bicep" ] || chmod +x "$bicep"
find playbooks connector -name '*.bicep' | sort | while read -r file; do
  "$bicep" build "$file" --outfile "${file%.bicep}.json"
done
