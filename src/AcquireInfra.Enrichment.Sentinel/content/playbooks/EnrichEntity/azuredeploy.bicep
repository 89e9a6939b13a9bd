metadata title = 'AcquireInfra - enrich one address'
metadata description = 'Asks AcquireInfra.Enrichment about one IP entity, on demand. Run from an incident it comments there; run from the entity page there is no incident, and the answer stands in the run.'
metadata prerequisites = [
  '1. AcquireInfra.Enrichment is reachable by https, with a certificate of a public authority.'
  '2. Its app registration in Entra ID has the app role lookup (see permissions.sh), or there is an API key of that role.'
]
metadata prerequisitesDeployTemplateFile = ''
metadata postDeployment = [
  '1. Give the playbook\'s identity the role Microsoft Sentinel Responder on the workspace, and the app role lookup: permissions.sh does both.'
  '2. Run it from an IP entity, in the Azure portal: the Defender portal does not offer playbooks of entities.'
]
metadata lastUpdateTime = '2026-11-24T00:00:00.000Z'
metadata entities = [
  'ip'
]
metadata tags = [
  'Enrichment'
  'T1583'
]
metadata support = {
  tier: 'community'
}
metadata author = {
  name: 'AcquireInfra.Enrichment contributors'
}
metadata releaseNotes = [
  {
    version: '1.0.0'
    title: 'First version'
    notes: [
      'One address, with an incident or without.'
    ]
  }
]

@description('Name of the playbook.')
param PlaybookName string = 'AcquireInfra-EnrichEntity'

@description('Where the service is: https://enrichment.example, without a path.')
param EnrichmentUrl string

@description('How the playbook shows who it is: its managed identity, or an API key.')
@allowed(['ManagedIdentity', 'ApiKey'])
param AuthenticationType string = 'ManagedIdentity'

@description('With ManagedIdentity: App ID URI of the service\'s app registration, api://… .')
param EnrichmentAudience string = ''

@description('With ApiKey: id.secret, of the role lookup.')
@secure()
param EnrichmentApiKey string = ''

var MicrosoftSentinelConnectionName = 'MicrosoftSentinel-${PlaybookName}'
var sentinelApi = subscriptionResourceId('Microsoft.Web/locations/managedApis', resourceGroup().location, 'azuresentinel')
var isManaged = AuthenticationType == 'ManagedIdentity'
var sentinelHost = { connection: { name: '''@parameters('$connections')['azuresentinel']['connectionId']''' } }
// Null where the playbook is run from the entity's own page.
var incidentId = '''@coalesce(triggerBody()?['IncidentArmID'], '')'''
// A variable, for an empty text inside union() loses a quote on its way.
var address = '''@coalesce(triggerBody()?['Entity']?['properties']?['Address'], triggerBody()?['Entity']?['properties']?['address'], '')'''
var hasIncident = { and: [{ not: { equals: [incidentId, ''] } }] }

resource sentinelConnection 'Microsoft.Web/connections@2016-06-01' = {
  name: MicrosoftSentinelConnectionName
  location: resourceGroup().location
  #disable-next-line BCP187
  kind: 'V1'
  properties: {
    displayName: MicrosoftSentinelConnectionName
    customParameterValues: {}
    #disable-next-line BCP037
    parameterValueType: 'Alternative' // a managed identity speaks for it
    api: {
      id: sentinelApi
    }
  }
}

resource playbook 'Microsoft.Logic/workflows@2019-05-01' = {
  name: PlaybookName
  location: resourceGroup().location
  tags: {
    'hidden-SentinelTemplateName': 'AcquireInfra-EnrichEntity'
    'hidden-SentinelTemplateVersion': '1.0'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      parameters: {
        '$connections': { type: 'Object', defaultValue: {} }
        enrichmentUrl: { type: 'String' }
        apiKey: { type: 'SecureString' }
      }
      triggers: {
        Microsoft_Sentinel_entity: {
          type: 'ApiConnectionWebhook'
          inputs: {
            host: sentinelHost
            body: { callback_url: '@{listCallbackUrl()}' }
            path: '/entity/@{encodeURIComponent(\'IP\')}'
          }
        }
      }
      actions: {
        Enrich: {
          type: 'Http'
          runAfter: {}
          limit: { timeout: 'PT2M' }
          operationOptions: 'DisableAsyncPattern'
          inputs: union(
            {
              method: 'POST'
              uri: '''@{parameters('enrichmentUrl')}/v1/incidents:enrich'''
              headers: { 'Content-Type': 'application/json' }
              body: {
                incidentArmId: incidentId
                ips: [address]
              }
              retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
            },
            isManaged
            ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
            : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
          )
          runtimeConfiguration: { secureData: { properties: ['inputs'] } }
        }
        // What is said, for the run's own page: without an incident there is no other place for it.
        Answer: {
          type: 'Compose'
          runAfter: { Enrich: ['Succeeded'] }
          inputs: {
            verdict: '''@body('Enrich')?['verdict']'''
            score: '''@body('Enrich')?['maxScore']'''
            categories: '''@body('Enrich')?['categories']'''
            items: '''@body('Enrich')?['items']'''
            skipped: '''@body('Enrich')?['skipped']'''
          }
        }
        If_there_is_an_incident: {
          type: 'If'
          runAfter: { Answer: ['Succeeded'] }
          expression: hasIncident
          actions: {
            Add_comment: {
              type: 'ApiConnection'
              runAfter: {}
              inputs: {
                host: sentinelHost
                method: 'post'
                path: '/Incidents/Comment'
                body: { incidentArmId: incidentId, message: '''@{body('Enrich')?['commentHtml']}''' }
              }
            }
          }
          else: { actions: {} }
        }
        If_an_incident_should_know: {
          type: 'If'
          runAfter: { Enrich: ['Failed', 'TimedOut'] }
          expression: hasIncident
          actions: {
            Say_that_it_failed: {
              type: 'ApiConnection'
              runAfter: {}
              inputs: {
                host: sentinelHost
                method: 'post'
                path: '/Incidents/Comment'
                body: { incidentArmId: incidentId, message: '''<p>AcquireInfra: the address could not be enriched (HTTP @{coalesce(outputs('Enrich')?['statusCode'], 'none')}). Run the playbook again.</p>''' }
              }
            }
          }
          else: { actions: {} }
        }
        End_as_failed: {
          type: 'Terminate'
          runAfter: { If_an_incident_should_know: ['Succeeded', 'Failed'] }
          inputs: { runStatus: 'Failed', runError: { code: 'EnrichmentFailed', message: '''HTTP @{coalesce(outputs('Enrich')?['statusCode'], 'none')}''' } }
        }
      }
    }
    parameters: {
      '$connections': {
        value: {
          azuresentinel: {
            connectionId: sentinelConnection.id
            connectionName: MicrosoftSentinelConnectionName
            id: sentinelApi
            connectionProperties: { authentication: { type: 'ManagedServiceIdentity' } }
          }
        }
      }
      enrichmentUrl: { value: EnrichmentUrl }
      apiKey: { value: EnrichmentApiKey }
    }
  }
}

@description('Object id of the playbook\'s identity, which permissions.sh gives its roles.')
output PrincipalId string = playbook.identity.principalId
