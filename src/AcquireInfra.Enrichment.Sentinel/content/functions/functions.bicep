// The KQL functions, as saved functions of a workspace. Rules, hunting queries and the workbook call them by name.
// az deployment group create -g GROUP -f functions.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

@description('Where ranges are joined from: the watchlists (to about 20,000 rows) or the custom table AcquireInfraRanges_CL.')
@allowed(['watchlist', 'table'])
param rangesFrom string = 'watchlist'

@description('Whether the workspace has the plugin ipv6_lookup; without it both families are joined by mask.')
param hasIPv6Lookup bool = true

var category = 'AcquireInfra'

var functions = [
  {
    name: 'AcquireInfra_Ranges'
    parameters: ''
    query: rangesFrom == 'table' ? loadTextContent('AcquireInfra_Ranges.table.kql') : loadTextContent('AcquireInfra_Ranges.watchlist.kql')
  }
  {
    name: 'AcquireInfra_Lookup'
    parameters: 'Addresses:(IPAddress:string)'
    query: hasIPv6Lookup ? loadTextContent('AcquireInfra_Lookup.kql') : loadTextContent('AcquireInfra_Lookup.byMask.kql')
  }
  { name: 'AcquireInfra_Allowed', parameters: 'Addresses:(IPAddress:string)', query: loadTextContent('AcquireInfra_Allowed.kql') }
  { name: 'AcquireInfra_Addresses', parameters: '', query: loadTextContent('AcquireInfra_Addresses.kql') }
  { name: 'AcquireInfra_Status', parameters: '', query: loadTextContent('AcquireInfra_Status.kql') }
  { name: 'AcquireInfra_Domains', parameters: '', query: loadTextContent('AcquireInfra_Domains.kql') }
  { name: 'AcquireInfra_DomainLookup', parameters: 'Names:(Name:string)', query: loadTextContent('AcquireInfra_DomainLookup.kql') }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

// One after another: each is a write to the same workspace, which refuses some of many at once.
@batchSize(1)
resource savedFunctions 'Microsoft.OperationalInsights/workspaces/savedSearches@2023-09-01' = [for function in functions: {
  parent: workspace
  name: function.name
  properties: {
    category: category
    displayName: function.name
    functionAlias: function.name
    functionParameters: function.parameters
    query: function.query
    version: 2
  }
}]

@description('Names of the functions.')
output names array = map(functions, function => function.name)
