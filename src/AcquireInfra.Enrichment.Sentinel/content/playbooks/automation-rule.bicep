@description('Name of the workspace, in the resource group that this is deployed to.')
param WorkspaceName string

@description('Name of the playbook.')
param PlaybookName string = 'AcquireInfra-EnrichIncident'

@description('Resource group of the playbook; Microsoft Sentinel needs the role Microsoft Sentinel Automation Contributor on it.')
param PlaybookGroup string = resourceGroup().name

@description('Place among the automation rules: 1 to 1000, lower first.')
@minValue(1)
@maxValue(1000)
param Order int = 100

@description('Severities of incidents that it runs for; empty for all.')
param Severities ('Informational' | 'Low' | 'Medium' | 'High')[] = []

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: WorkspaceName
}

resource rule 'Microsoft.SecurityInsights/automationRules@2025-09-01' = {
  name: guid(workspace.id, PlaybookName)
  scope: workspace
  properties: {
    displayName: 'AcquireInfra: enrich incidents'
    order: Order
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      conditions: empty(Severities)
        ? []
        : [
            {
              conditionType: 'Property'
              conditionProperties: {
                propertyName: 'IncidentSeverity'
                operator: 'Equals'
                propertyValues: Severities
              }
            }
          ]
    }
    actions: [
      {
        order: 1
        actionType: 'RunPlaybook'
        actionConfiguration: {
          logicAppResourceId: resourceId(PlaybookGroup, 'Microsoft.Logic/workflows', PlaybookName)
          tenantId: tenant().tenantId
        }
      }
    ]
  }
}
