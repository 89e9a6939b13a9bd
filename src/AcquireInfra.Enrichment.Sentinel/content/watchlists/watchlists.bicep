// The watchlists that the functions read. Each is made with the header of its list and a row that matches nothing, so that its columns are
// known from the first day; the sync writes the rest. A later deployment brings these rows back, which does no harm.
// az deployment group create -g GROUP -f watchlists.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

var watchlists = [
  {
    alias: 'AcquireInfraRanges'
    name: 'AcquireInfra: IPv4 ranges'
    description: 'Disjoint prefixes with the score of the AcquireInfra service. Written by its sync.'
    searchKey: 'Prefix'
    content: loadTextContent('AcquireInfraRanges.csv')
  }
  {
    alias: 'AcquireInfraRangesV6'
    name: 'AcquireInfra: IPv6 ranges'
    description: 'Disjoint prefixes with the score of the AcquireInfra service. Written by its sync.'
    searchKey: 'Prefix'
    content: loadTextContent('AcquireInfraRangesV6.csv')
  }
  {
    alias: 'AcquireInfraAddresses'
    name: 'AcquireInfra: observed addresses'
    description: 'Risky addresses among those that the tenant has seen. Written by the playbook RefreshWatchlist.'
    searchKey: 'Address'
    content: loadTextContent('AcquireInfraAddresses.csv')
  }
  {
    alias: 'AcquireInfraStatus'
    name: 'AcquireInfra: freshness of the lists'
    description: 'A row a list: the date of its data, and when it was written. Written with the lists.'
    searchKey: 'List'
    content: loadTextContent('AcquireInfraStatus.csv')
  }
  {
    alias: 'AcquireInfraAllow'
    name: 'AcquireInfra: allowed prefixes'
    description: 'Prefixes that do not alert, with a reason and an end. Kept by people.'
    searchKey: 'Prefix'
    content: loadTextContent('AcquireInfraAllow.csv')
  }
  {
    alias: 'AcquireInfraDomains'
    name: 'AcquireInfra: domains of anonymizer services'
    description: 'Public domains of VPN, proxy and Tor services, for DNS.'
    searchKey: 'Domain'
    content: loadTextContent('anonymizer-domains.csv')
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

// One after another: Microsoft Sentinel takes one upload at a time.
@batchSize(1)
resource lists 'Microsoft.SecurityInsights/watchlists@2025-09-01' = [for list in watchlists: {
  scope: workspace
  name: list.alias
  properties: {
    displayName: list.name
    description: list.description
    provider: 'AcquireInfra'
    source: '${list.alias}.csv'
    sourceType: 'Local'
    itemsSearchKey: list.searchKey
    contentType: 'text/csv'
    numberOfLinesToSkip: 0
    rawContent: list.content
  }
}]

@description('Aliases of the watchlists.')
output aliases array = map(watchlists, list => list.alias)
