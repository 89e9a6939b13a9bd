metadata title = 'AcquireInfra - enrich the addresses of an incident'
metadata description = 'Asks AcquireInfra.Enrichment about all addresses of an incident in one call: writes one comment, adds tags, and raises the severity where an address calls for it. A second run changes its comment, and repeats nothing.'
metadata prerequisites = [
  '1. AcquireInfra.Enrichment is reachable by https, with a certificate of a public authority.'
  '2. Its app registration in Entra ID has the app role lookup (see permissions.sh), or there is an API key of that role.'
]
metadata prerequisitesDeployTemplateFile = ''
metadata postDeployment = [
  '1. Give the playbook\'s identity the role Microsoft Sentinel Responder on the workspace, and the app role lookup: permissions.sh does both.'
  '2. Let an automation rule run the playbook when an incident is created: automation-rule.bicep makes one.'
]
metadata lastUpdateTime = '2026-11-24T00:00:00.000Z'
metadata entities = [
  'ip'
  'url'
  'host'
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
      'One call, one comment, tags and severity.'
    ]
  }
]

@description('Name of the playbook.')
param PlaybookName string = 'AcquireInfra-EnrichIncident'

@description('Where the service is: https://enrichment.example, without a path.')
param EnrichmentUrl string

@description('How the playbook shows who it is: its managed identity, or an API key.')
@allowed(['ManagedIdentity', 'ApiKey'])
param AuthenticationType string = 'ManagedIdentity'

@description('With ManagedIdentity: App ID URI of the service\'s app registration, api://… .')
param EnrichmentAudience string = ''

@description('With ApiKey: id.secret.')
@secure()
param EnrichmentApiKey string = ''

@description('When to judge: now, or as of the first activity of the incident; then the comment says what is other now.')
@allowed(['now', 'incident'])
param JudgeAt string = 'now'

@description('Custom detail of the alert in which the rule names its address. Where an alert has it, only these addresses raise the severity.')
param AddressDetail string = 'InfraAddress'

var MicrosoftSentinelConnectionName = 'MicrosoftSentinel-${PlaybookName}'
var sentinelApi = subscriptionResourceId('Microsoft.Web/locations/managedApis', resourceGroup().location, 'azuresentinel')
var isManaged = AuthenticationType == 'ManagedIdentity'
var resourceManager = take(environment().resourceManager, length(environment().resourceManager) - 1)
var commentApi = 'api-version=2025-09-01'
var armIdentity = { type: 'ManagedServiceIdentity', audience: environment().resourceManager }
var sentinelHost = { connection: { name: '''@parameters('$connections')['azuresentinel']['connectionId']''' } }
var incidentId = '''@triggerBody()?['object']?['id']'''
var commentBody = { incidentArmId: incidentId, message: '''@{body('Enrich')?['commentHtml']}''' }

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
    'hidden-SentinelTemplateName': 'AcquireInfra-EnrichIncident'
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
        resourceManager: { type: 'String' }
        judgeAt: { type: 'String' }
        addressDetail: { type: 'String' }
      }
      triggers: {
        Microsoft_Sentinel_incident: {
          type: 'ApiConnectionWebhook'
          inputs: {
            host: sentinelHost
            body: { callback_url: '@{listCallbackUrl()}' }
            path: '/incident-creation'
          }
        }
      }
      actions: {
        // What the incident says already, so that nothing is said twice. Where it cannot be read, a comment may repeat another.
        Comments: {
          type: 'Http'
          runAfter: {}
          inputs: {
            method: 'GET'
            uri: '@{parameters(\'resourceManager\')}@{triggerBody()?[\'object\']?[\'id\']}/comments?${commentApi}&$top=100'
            authentication: armIdentity
            retryPolicy: { type: 'fixed', count: 2, interval: 'PT5S' }
          }
        }
        // Incidents are merged: only what the alert itself names may raise the severity, where its rule says which address that is.
        Alerts_that_name_addresses: {
          type: 'Query'
          runAfter: {}
          inputs: {
            from: '''@coalesce(triggerBody()?['object']?['properties']?['Alerts'], json('[]'))'''
            where: '''@contains(coalesce(item()?['properties']?['additionalData']?['Custom Details'], ''), concat('"', parameters('addressDetail'), '"'))'''
          }
        }
        Addresses_of_alerts: {
          type: 'Select'
          runAfter: { Alerts_that_name_addresses: ['Succeeded'] }
          inputs: {
            from: '''@body('Alerts_that_name_addresses')'''
            select: '''@json(item()?['properties']?['additionalData']?['Custom Details'])?[parameters('addressDetail')]'''
          }
        }
        Enrich: {
          type: 'Http'
          runAfter: {
            Comments: ['Succeeded', 'Failed', 'TimedOut']
            Addresses_of_alerts: ['Succeeded', 'Failed', 'Skipped']
          }
          limit: { timeout: 'PT2M' }
          operationOptions: 'DisableAsyncPattern'
          inputs: union(
            {
              method: 'POST'
              uri: '''@{parameters('enrichmentUrl')}/v1/incidents:enrich'''
              headers: { 'Content-Type': 'application/json' }
              body: {
                incidentArmId: incidentId
                severity: '''@triggerBody()?['object']?['properties']?['severity']'''
                entities: '''@coalesce(triggerBody()?['object']?['properties']?['relatedEntities'], json('[]'))'''
                alertEntities: '''@if(empty(coalesce(body('Addresses_of_alerts'), json('[]'))), null, body('Addresses_of_alerts'))'''
                at: '''@if(equals(parameters('judgeAt'), 'incident'), triggerBody()?['object']?['properties']?['firstActivityTimeUtc'], null)'''
                comments: '''@if(equals(outputs('Comments')?['statusCode'], 200), body('Comments')?['value'], json('[]'))'''
              }
              retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
            },
            isManaged
              ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
              : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
          )
          runtimeConfiguration: { secureData: { properties: ['inputs'] } }
        }
        If_there_is_something_to_say: {
          type: 'If'
          runAfter: { Enrich: ['Succeeded'] }
          expression: {
            and: [
              { greater: ['''@body('Enrich')?['enrichedCount']''', 0] }
              { equals: ['''@body('Enrich')?['commentChanged']''', true] }
            ]
          }
          actions: {
            If_we_said_something_before: {
              type: 'If'
              runAfter: {}
              expression: {
                and: [
                  { not: { equals: ['''@body('Enrich')?['existingCommentName']''', ''] } }
                ]
              }
              actions: {
                Change_comment: {
                  type: 'Http'
                  runAfter: {}
                  inputs: {
                    method: 'PUT'
                    uri: '@{parameters(\'resourceManager\')}@{triggerBody()?[\'object\']?[\'id\']}/comments/@{body(\'Enrich\')?[\'existingCommentName\']}?${commentApi}'
                    headers: { 'Content-Type': 'application/json' }
                    body: { properties: { message: '''@{body('Enrich')?['commentHtml']}''' } }
                    authentication: armIdentity
                  }
                }
                // A comment of someone else's run cannot be changed.
                Add_comment_instead: {
                  type: 'ApiConnection'
                  runAfter: { Change_comment: ['Failed', 'TimedOut'] }
                  inputs: { host: sentinelHost, method: 'post', path: '/Incidents/Comment', body: commentBody }
                }
              }
              else: {
                actions: {
                  Add_comment: {
                    type: 'ApiConnection'
                    runAfter: {}
                    inputs: { host: sentinelHost, method: 'post', path: '/Incidents/Comment', body: commentBody }
                  }
                }
              }
            }
          }
          else: { actions: {} }
        }
        // Tags that the incident has already are left: each update of an incident may start other automation.
        New_tags: {
          type: 'Query'
          runAfter: { Enrich: ['Succeeded'] }
          inputs: {
            from: '''@body('Enrich')?['tags']'''
            where: '''@not(contains(string(coalesce(triggerBody()?['object']?['properties']?['labels'], json('[]'))), concat('"', item(), '"')))'''
          }
        }
        Tags_to_add: {
          type: 'Select'
          runAfter: { New_tags: ['Succeeded'] }
          inputs: { from: '''@body('New_tags')''', select: { Tag: '@item()' } }
        }
        If_there_are_new_tags: {
          type: 'If'
          runAfter: { Tags_to_add: ['Succeeded'], If_there_is_something_to_say: ['Succeeded', 'Failed'] }
          expression: { and: [{ greater: ['''@length(body('Tags_to_add'))''', 0] }] }
          actions: {
            Add_tags: {
              type: 'ApiConnection'
              runAfter: {}
              inputs: {
                host: sentinelHost
                method: 'put'
                path: '/Incidents'
                body: { incidentArmId: incidentId, tagsToAdd: { TagsToAdd: '''@body('Tags_to_add')''' } }
              }
            }
          }
          else: { actions: {} }
        }
        If_the_severity_is_raised: {
          type: 'If'
          runAfter: { If_there_are_new_tags: ['Succeeded', 'Failed'] }
          expression: { and: [{ equals: ['''@body('Enrich')?['severityRaised']''', true] }] }
          actions: {
            Raise_severity: {
              type: 'ApiConnection'
              runAfter: {}
              inputs: {
                host: sentinelHost
                method: 'put'
                path: '/Incidents'
                body: { incidentArmId: incidentId, severity: '''@{body('Enrich')?['suggestedSeverity']}''' }
              }
            }
          }
          else: { actions: {} }
        }
        Say_that_it_failed: {
          type: 'ApiConnection'
          runAfter: { Enrich: ['Failed', 'TimedOut'] }
          inputs: {
            host: sentinelHost
            method: 'post'
            path: '/Incidents/Comment'
            body: {
              incidentArmId: incidentId
              message: '''<p>AcquireInfra: the addresses of this incident could not be enriched (HTTP @{coalesce(outputs('Enrich')?['statusCode'], 'none')}). Nothing was changed; run the playbook again.</p>'''
            }
          }
        }
        End_as_failed: {
          type: 'Terminate'
          runAfter: { Say_that_it_failed: ['Succeeded', 'Failed', 'TimedOut'] }
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
      resourceManager: { value: resourceManager }
      judgeAt: { value: JudgeAt }
      addressDetail: { value: AddressDetail }
    }
  }
}

@description('Object id of the playbook\'s identity, which permissions.sh gives its roles.')
output PrincipalId string = playbook.identity.principalId
