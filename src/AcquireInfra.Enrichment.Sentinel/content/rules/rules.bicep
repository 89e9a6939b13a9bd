// The analytics rules, from the YAML files beside this one. The functions and the watchlists that they read have to be there.
// az deployment group create -g GROUP -f rules.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

@description('Whether the rules run from the start. Rules whose tables the workspace lacks fail: leave them out below, or disabled.')
param enabled bool = true

@description('Ids of rules that are deployed disabled: by default the repaired seed detection, the rule of observed addresses, and the one for ASIM.')
param disabledRules array = [
  loadYamlContent('SeedRuleRepaired.yaml').id
  loadYamlContent('SignInFromObservedAddress.yaml').id
  loadYamlContent('ConnectionToAnonymizerAsim.yaml').id
]

var rules = [
  loadYamlContent('SignInFromAcquiredInfrastructure.yaml')
  loadYamlContent('ServicePrincipalSignInFromAcquiredInfrastructure.yaml')
  loadYamlContent('SignInFromObservedAddress.yaml')
  loadYamlContent('SeedRuleRepaired.yaml')
  loadYamlContent('AzureActivityFromAcquiredInfrastructure.yaml')
  loadYamlContent('OfficeActivityFromAcquiredInfrastructure.yaml')
  loadYamlContent('ConnectionToAnonymizer.yaml')
  loadYamlContent('ConnectionToAnonymizerAsim.yaml')
  loadYamlContent('DnsQueryToAnonymizerService.yaml')
  loadYamlContent('StaleData.yaml')
  loadYamlContent('FailedSync.yaml')
  loadYamlContent('FailedPlaybook.yaml')
]

// YAML has durations and operators in the form of the Azure-Sentinel repository, ARM in its own.
var durations = {
  '1h': 'PT1H'
  '2h': 'PT2H'
  '12h': 'PT12H'
  '1d': 'P1D'
  '2d': 'P2D'
  '14d': 'P14D'
}
var operators = {
  gt: 'GreaterThan'
  lt: 'LessThan'
  eq: 'Equal'
  ne: 'NotEqual'
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource alertRules 'Microsoft.SecurityInsights/alertRules@2025-09-01' = [for rule in rules: {
  scope: workspace
  name: rule.id
  kind: 'Scheduled'
  properties: {
    displayName: rule.name
    description: rule.description
    enabled: enabled && !contains(disabledRules, rule.id)
    severity: rule.severity
    query: rule.query
    queryFrequency: durations[rule.queryFrequency]
    queryPeriod: durations[rule.queryPeriod]
    triggerOperator: operators[rule.triggerOperator]
    triggerThreshold: rule.triggerThreshold
    suppressionEnabled: false
    suppressionDuration: 'PT5H'
    tactics: rule.tactics
    // This version of the API has no sub-techniques: the technique that each is of.
    techniques: union(map(rule.relevantTechniques, technique => split(technique, '.')[0]), [])
    entityMappings: rule.entityMappings
    customDetails: rule.customDetails
    eventGroupingSettings: rule.eventGroupingSettings
    alertDetailsOverride: rule.alertDetailsOverride
    incidentConfiguration: {
      createIncident: true
    }
    templateVersion: rule.version
  }
}]

@description('Ids of the rules.')
output ids array = map(rules, rule => rule.id)
