metadata title = 'AcquireInfra - find sign-ins from addresses that were listed later'
metadata description = 'Once a day, asks what is said now of the addresses of the sign-ins of the last days, and what was said when they were used. What has become risky since the last run is told in one incident, with the verdict then and now.'
metadata prerequisites = [
  '1. AcquireInfra.Enrichment is reachable by https, with a certificate of a public authority.'
  '2. Its app registration in Entra ID has the app role bulk (see permissions.sh), or there is an API key of that role.'
  '3. The service keeps its snapshots for as many days: Enrichment:History:Days.'
]
metadata prerequisitesDeployTemplateFile = ''
metadata postDeployment = [
  '1. Give the playbook\'s identity the roles Log Analytics Reader and Microsoft Sentinel Contributor on the workspace, and the app role bulk: permissions.sh does it.'
]
metadata lastUpdateTime = '2026-11-24T00:00:00.000Z'
metadata entities = [
  'ip'
]
metadata tags = [
  'Retro'
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
      'One incident a day at most.'
    ]
  }
]

@description('Name of the playbook.')
param PlaybookName string = 'AcquireInfra-Retro'

@description('Where the service is: https://enrichment.example, without a path.')
param EnrichmentUrl string

@description('How the playbook shows who it is: its managed identity, or an API key.')
@allowed(['ManagedIdentity', 'ApiKey'])
param AuthenticationType string = 'ManagedIdentity'

@description('With ManagedIdentity: App ID URI of the service\'s app registration, api://… .')
param EnrichmentAudience string = ''

@description('With ApiKey: id.secret, of the role bulk.')
@secure()
param EnrichmentApiKey string = ''

@description('Name of the workspace, in the resource group that this is deployed to.')
param WorkspaceName string

@description('Where queries of the workspace are answered; in other clouds it has another name.')
#disable-next-line no-hardcoded-env-urls
param LogAnalyticsUrl string = 'https://api.loganalytics.azure.com'

@description('Whom tokens for queries are for; in other clouds it has another name.')
#disable-next-line no-hardcoded-env-urls
param LogAnalyticsAudience string = 'https://api.loganalytics.io'

@description('Sign-ins of how many days.')
@minValue(1)
@maxValue(90)
param Days int = 14

@description('Hours between two runs; also how far back an address may not have been risky to be news.')
@minValue(1)
@maxValue(168)
param EveryHours int = 24

@description('From this score on an address is risky.')
@minValue(1)
@maxValue(100)
param LowestScore int = 40

@description('Severity of the incident.')
@allowed(['Informational', 'Low', 'Medium', 'High'])
param Severity string = 'Medium'

var isManaged = AuthenticationType == 'ManagedIdentity'
var resourceManager = take(environment().resourceManager, length(environment().resourceManager) - 1)
var workspace = resourceId('Microsoft.OperationalInsights/workspaces', WorkspaceName)
var securityInsights = '${workspace}/providers/Microsoft.SecurityInsights'
var api = 'api-version=2025-09-01'
var armIdentity = { type: 'ManagedServiceIdentity', audience: environment().resourceManager }
var queryIdentity = { type: 'ManagedServiceIdentity', audience: LogAnalyticsAudience }

var query = replace(loadTextContent('signins.kql'), 'ago(14d)', 'ago(${Days}d)')
var dayBefore = '@{addHours(utcNow(), -${EveryHours}, \'yyyy-MM-ddTHH:mm:ssZ\')}'
// Nothing of anyone else's stands in the rows: addresses as the service writes them, numbers, and words of ours.
var row = '''<tr><td>@{item()?['ip']}</td><td>@{item()?['id']}</td><td>@{item()?['now']?['verdict']} (@{item()?['now']?['level']}, @{item()?['now']?['score']}): @{join(item()?['now']?['categories'], ', ')}</td></tr>'''

resource playbook 'Microsoft.Logic/workflows@2019-05-01' = {
  name: PlaybookName
  location: resourceGroup().location
  tags: {
    'hidden-SentinelTemplateName': 'AcquireInfra-Retro'
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
        enrichmentUrl: { type: 'String' }
        apiKey: { type: 'SecureString' }
        resourceManager: { type: 'String' }
        logAnalyticsUrl: { type: 'String' }
        lowestScore: { type: 'Int' }
      }
      triggers: {
        Recurrence: {
          type: 'Recurrence'
          recurrence: { frequency: 'Hour', interval: EveryHours }
        }
      }
      actions: {
        Candidates: {
          type: 'InitializeVariable'
          runAfter: {}
          inputs: { variables: [{ name: 'candidates', type: 'array', value: [] }] }
        }
        Sign_ins: {
          type: 'Http'
          runAfter: { Candidates: ['Succeeded'] }
          inputs: {
            method: 'POST'
            uri: '@{parameters(\'logAnalyticsUrl\')}/v1${workspace}/query'
            headers: { 'Content-Type': 'application/json', Prefer: 'wait=100' }
            body: { query: query }
            authentication: queryIdentity
            retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
          }
        }
        Asked: {
          type: 'Select'
          runAfter: { Sign_ins: ['Succeeded'] }
          inputs: {
            from: '''@body('Sign_ins')?['tables']?[0]?['rows']'''
            select: { ip: '@item()[0]', at: '@item()[1]', id: '@item()[2]' }
          }
        }
        Compare_all: {
          type: 'Foreach'
          runAfter: { Asked: ['Succeeded'] }
          foreach: '''@chunk(body('Asked'), 10000)'''
          runtimeConfiguration: { concurrency: { repetitions: 1 } }
          actions: {
            Compare: {
              type: 'Http'
              runAfter: {}
              limit: { timeout: 'PT2M' }
              operationOptions: 'DisableAsyncPattern'
              inputs: union(
                {
                  method: 'POST'
                  uri: '''@{parameters('enrichmentUrl')}/v1/retro'''
                  headers: { 'Content-Type': 'application/json' }
                  body: { ips: '''@items('Compare_all')''' }
                  retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
                },
                isManaged
                ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
                : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
              )
              runtimeConfiguration: { secureData: { properties: ['inputs'] } }
            }
            Became_risky: {
              type: 'Query'
              runAfter: { Compare: ['Succeeded'] }
              inputs: {
                from: '''@body('Compare')?['results']'''
                where: '''@and(greaterOrEquals(coalesce(item()?['now']?['score'], -1), parameters('lowestScore')), less(coalesce(item()?['then']?['score'], 0), parameters('lowestScore')))'''
              }
            }
            Keep_all: {
              type: 'Foreach'
              runAfter: { Became_risky: ['Succeeded'] }
              foreach: '''@body('Became_risky')'''
              runtimeConfiguration: { concurrency: { repetitions: 1 } }
              actions: {
                Keep: {
                  type: 'AppendToArrayVariable'
                  runAfter: {}
                  inputs: {
                    name: 'candidates'
                    value: {
                      ip: '''@items('Keep_all')?['ip']'''
                      at: dayBefore
                      id: '''@{items('Keep_all')?['id']}; then @{items('Keep_all')?['then']?['verdict']} (@{items('Keep_all')?['then']?['level']}, @{items('Keep_all')?['then']?['score']})'''
                    }
                  }
                }
              }
            }
          }
        }
        If_there_are_candidates: {
          type: 'If'
          runAfter: { Compare_all: ['Succeeded'] }
          expression: { and: [{ greater: ['''@length(variables('candidates'))''', 0] }] }
          actions: {
            // What was risky a day ago was told a day ago.
            Compare_with_the_day_before: {
              type: 'Http'
              runAfter: {}
              limit: { timeout: 'PT2M' }
              operationOptions: 'DisableAsyncPattern'
              inputs: union(
                {
                  method: 'POST'
                  uri: '''@{parameters('enrichmentUrl')}/v1/retro'''
                  headers: { 'Content-Type': 'application/json' }
                  body: { ips: '''@take(variables('candidates'), 10000)''' }
                  retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
                },
                isManaged
                ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
                : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
              )
              runtimeConfiguration: { secureData: { properties: ['inputs'] } }
            }
            News: {
              type: 'Query'
              runAfter: { Compare_with_the_day_before: ['Succeeded'] }
              inputs: {
                from: '''@body('Compare_with_the_day_before')?['results']'''
                where: '''@and(greaterOrEquals(coalesce(item()?['now']?['score'], -1), parameters('lowestScore')), less(coalesce(item()?['then']?['score'], 0), parameters('lowestScore')))'''
              }
            }
            If_there_is_news: {
              type: 'If'
              runAfter: { News: ['Succeeded'] }
              expression: { and: [{ greater: ['''@length(body('News'))''', 0] }] }
              actions: {
                // Its name is a GUID of the day: a second run on that day changes the same incident.
                Make_incident: {
                  type: 'Http'
                  runAfter: {}
                  inputs: {
                    method: 'PUT'
                    uri: '@{parameters(\'resourceManager\')}${securityInsights}/incidents/@{first(body(\'Sign_ins\')?[\'tables\']?[0]?[\'rows\'])[3]}?${api}'
                    headers: { 'Content-Type': 'application/json' }
                    body: {
                      properties: {
                        title: '''Sign-ins from @{length(body('News'))} addresses that were listed later'''
                        description: 'The addresses were not known to be risky when they were used, and are now. The comment has the verdict then and now. MITRE ATT&CK T1583, T1078.'
                        severity: Severity
                        status: 'New'
                        labels: [{ labelName: 'AcquireInfra:retro', labelType: 'User' }]
                      }
                    }
                    authentication: armIdentity
                    retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
                  }
                }
                Table_rows: {
                  type: 'Select'
                  runAfter: { Make_incident: ['Succeeded'] }
                  inputs: { from: '''@take(body('News'), 100)''', select: row }
                }
                Comment: {
                  type: 'Http'
                  runAfter: { Table_rows: ['Succeeded'] }
                  inputs: {
                    method: 'PUT'
                    uri: '@{parameters(\'resourceManager\')}${securityInsights}/incidents/@{first(body(\'Sign_ins\')?[\'tables\']?[0]?[\'rows\'])[3]}/comments/@{first(body(\'Sign_ins\')?[\'tables\']?[0]?[\'rows\'])[3]}?${api}'
                    headers: { 'Content-Type': 'application/json' }
                    body: {
                      properties: {
                        message: '''<h3>AcquireInfra: listed after the sign-in</h3><table border="1" cellpadding="4"><thead><tr><th>Address</th><th>Signed in, and the verdict then</th><th>Now</th></tr></thead><tbody>@{join(body('Table_rows'), '')}</tbody></table>@{if(greater(length(body('News')), 100), concat('<p>and ', string(sub(length(body('News')), 100)), ' more.</p>'), '')}'''
                      }
                    }
                    authentication: armIdentity
                    retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
                  }
                }
              }
              else: { actions: {} }
            }
          }
          else: { actions: {} }
        }
      }
    }
    parameters: {
      enrichmentUrl: { value: EnrichmentUrl }
      apiKey: { value: EnrichmentApiKey }
      resourceManager: { value: resourceManager }
      logAnalyticsUrl: { value: LogAnalyticsUrl }
      lowestScore: { value: LowestScore }
    }
  }
}

@description('Object id of the playbook\'s identity, which permissions.sh gives its roles.')
output PrincipalId string = playbook.identity.principalId
