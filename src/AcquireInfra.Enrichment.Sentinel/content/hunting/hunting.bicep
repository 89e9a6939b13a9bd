// The hunting queries, from the YAML files beside this one. The functions that they call have to be there.
// az deployment group create -g GROUP -f hunting.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

var queries = [
  loadYamlContent('AsnRotationPerUser.yaml')
  loadYamlContent('DnsChangeFromAcquiredInfrastructure.yaml')
  loadYamlContent('FirstHostingSignInOfPrivilegedAccount.yaml')
  loadYamlContent('HostingWithAutomationUserAgent.yaml')
  loadYamlContent('MailForwardingFromAcquiredInfrastructure.yaml')
  loadYamlContent('WebShellTrafficFromVpn.yaml')
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

@batchSize(1)
resource savedQueries 'Microsoft.OperationalInsights/workspaces/savedSearches@2023-09-01' = [for query in queries: {
  parent: workspace
  name: query.id
  properties: {
    category: 'Hunting Queries'
    displayName: query.name
    query: query.query
    version: 2
    tags: [
      { name: 'description', value: query.description }
      { name: 'tactics', value: join(query.tactics, ',') }
      { name: 'techniques', value: join(query.relevantTechniques, ',') }
    ]
  }
}]

@description('Names of the hunting queries.')
output names array = map(queries, query => query.name)
