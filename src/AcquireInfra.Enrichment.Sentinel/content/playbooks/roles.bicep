// Roles that identities need on the workspace. Deploy it to the workspace's resource group; permissions.sh does the same and more.

@description('Name of the workspace.')
param WorkspaceName string

@description('Object ids of the identities of EnrichIncident, EnrichEntity and EnrichIncidentStandard: Microsoft Sentinel Responder.')
param Enriching string[] = []

@description('Object ids of the identities of RefreshWatchlist and Retro: Log Analytics Reader and Microsoft Sentinel Contributor.')
param Refreshing string[] = []

@description('Object ids of what writes the custom table of ranges: Monitoring Metrics Publisher, on the data collection rule.')
param Publishing string[] = []

@description('Name of the data collection rule of that table; empty where there is none.')
param CollectionRuleName string = ''

@description('Object id of the service principal Azure Security Insights in this tenant, which runs playbooks: Microsoft Sentinel Automation Contributor on this resource group. Empty where playbooks are elsewhere.')
param SecurityInsights string = ''

func roleOf(id string) string => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)

var responder = '3e150937-b8fe-4cfb-8069-0eaf05ecd056'
var contributor = 'ab8e14d6-4a74-4a29-9ba8-549422addade'
var automationContributor = 'f4c81013-99ee-4d62-a7ee-b3f1f648599a'
var reader = '73c42c96-874c-492b-b04d-ab87d138a893'
var publisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: WorkspaceName
}

resource collectionRule 'Microsoft.Insights/dataCollectionRules@2023-03-11' existing = if (!empty(CollectionRuleName)) {
  name: CollectionRuleName
}

resource respond 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for id in Enriching: {
    name: guid(workspace.id, id, responder)
    scope: workspace
    properties: {
      principalId: id
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleOf(responder)
    }
  }
]

resource write 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for id in Refreshing: {
    name: guid(workspace.id, id, contributor)
    scope: workspace
    properties: {
      principalId: id
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleOf(contributor)
    }
  }
]

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for id in Refreshing: {
    name: guid(workspace.id, id, reader)
    scope: workspace
    properties: {
      principalId: id
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleOf(reader)
    }
  }
]

resource publish 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for id in empty(CollectionRuleName) ? [] : Publishing: {
    name: guid(resourceGroup().id, CollectionRuleName, id, publisher)
    scope: collectionRule
    properties: {
      principalId: id
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleOf(publisher)
    }
  }
]

resource automate 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(SecurityInsights)) {
  name: guid(resourceGroup().id, SecurityInsights, automationContributor)
  properties: {
    principalId: SecurityInsights
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleOf(automationContributor)
  }
}
