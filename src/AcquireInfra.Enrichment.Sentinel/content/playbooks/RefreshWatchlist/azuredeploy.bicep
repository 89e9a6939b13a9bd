metadata title = 'AcquireInfra - refresh the watchlist of addresses seen'
metadata description = 'Classifies the distinct addresses of the sign-ins of the last days, and keeps those that are risky in the watchlist AcquireInfraAddresses: by address, so that rules need no ranges. Only rows that changed are written.'
metadata prerequisites = [
  '1. AcquireInfra.Enrichment is reachable by https, with a certificate of a public authority.'
  '2. Its app registration in Entra ID has the app role bulk (see permissions.sh), or there is an API key of that role.'
]
metadata prerequisitesDeployTemplateFile = ''
metadata postDeployment = [
  '1. Give the playbook\'s identity the roles Log Analytics Reader and Microsoft Sentinel Contributor on the workspace, and the app role bulk: permissions.sh does it.'
  '2. Run it once by hand, and look at the watchlist AcquireInfraStatus.'
]
metadata lastUpdateTime = '2026-11-24T00:00:00.000Z'
metadata entities = [
  'ip'
]
metadata tags = [
  'Watchlist'
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
      'Writes differences alone, at most so many a run.'
    ]
  }
]

@description('Name of the playbook.')
param PlaybookName string = 'AcquireInfra-RefreshWatchlist'

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

@description('Hours between two runs.')
@minValue(1)
@maxValue(168)
param EveryHours int = 6

@description('Addresses of this score and above are kept; 10 is where the level low begins.')
@minValue(1)
@maxValue(100)
param LowestScore int = 10

@description('Most rows that one run writes or deletes; the rest is left to the next. All watchlists of a workspace have 100,000 changes a month together.')
@minValue(1)
@maxValue(2000)
param MaxWrites int = 300

var isManaged = AuthenticationType == 'ManagedIdentity'
var resourceManager = take(environment().resourceManager, length(environment().resourceManager) - 1)
var workspace = resourceId('Microsoft.OperationalInsights/workspaces', WorkspaceName)
var securityInsights = '${workspace}/providers/Microsoft.SecurityInsights'
var api = 'api-version=2025-09-01'
var armIdentity = { type: 'ManagedServiceIdentity', audience: environment().resourceManager }
var queryIdentity = { type: 'ManagedServiceIdentity', audience: LogAnalyticsAudience }

var list = 'AcquireInfraAddresses'
var statusList = 'AcquireInfraStatus'
var statusItem = guid(statusList, list)
var query = replace(loadTextContent('addresses.kql'), 'ago(14d)', 'ago(${Days}d)')
// The same in steps of five, and the confidence in three: a row changes when the data says something else, and not by mere time.
var score = '''mul(div(int(string(item()?['score'])), 5), 5)'''
var confidence = '''if(less(coalesce(item()?['confidence'], 0), 40), 'low', if(less(coalesce(item()?['confidence'], 0), 70), 'medium', 'high'))'''
var line = '@{coalesce(item()?[\'network\'], \'\')}|@{join(item()?[\'categories\'], \' \')}|@{${score}}|@{item()?[\'level\']}|@{item()?[\'verdict\']}|@{coalesce(item()?[\'provider\'], \'\')}|@{coalesce(item()?[\'asn\'], \'\')}|@{${confidence}}'
// What an item is to be, and after its 36 characters and a bar what it is; see addresses.kql.
var known = '''substring(item()?['id'], 37)'''
var roomLeft = '''if(less(variables('writes'), parameters('maxWrites')), sub(parameters('maxWrites'), variables('writes')), 0)'''

resource playbook 'Microsoft.Logic/workflows@2019-05-01' = {
  name: PlaybookName
  location: resourceGroup().location
  tags: {
    'hidden-SentinelTemplateName': 'AcquireInfra-RefreshWatchlist'
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
        maxWrites: { type: 'Int' }
      }
      triggers: {
        Recurrence: {
          type: 'Recurrence'
          recurrence: { frequency: 'Hour', interval: EveryHours }
        }
      }
      actions: {
        Writes: {
          type: 'InitializeVariable'
          runAfter: {}
          inputs: { variables: [{ name: 'writes', type: 'integer', value: 0 }] }
        }
        Rows_wanted: {
          type: 'InitializeVariable'
          runAfter: { Writes: ['Succeeded'] }
          inputs: { variables: [{ name: 'rows', type: 'integer', value: 0 }] }
        }
        Lists: {
          type: 'Foreach'
          runAfter: { Rows_wanted: ['Succeeded'] }
          foreach: [{ alias: list, key: 'Address' }, { alias: statusList, key: 'List' }]
          runtimeConfiguration: { concurrency: { repetitions: 1 } }
          actions: {
            Look_for_list: {
              type: 'Http'
              runAfter: {}
              inputs: {
                method: 'GET'
                uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/@{items(\'Lists\')?[\'alias\']}?${api}'
                authentication: armIdentity
                retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
              }
            }
            If_there_is_none: {
              type: 'If'
              runAfter: { Look_for_list: ['Succeeded', 'Failed'] }
              expression: { and: [{ equals: ['''@outputs('Look_for_list')?['statusCode']''', 404] }] }
              actions: {
                Make_list: {
                  type: 'Http'
                  runAfter: {}
                  inputs: {
                    method: 'PUT'
                    uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/@{items(\'Lists\')?[\'alias\']}?${api}'
                    headers: { 'Content-Type': 'application/json' }
                    body: {
                      properties: {
                        displayName: '''@{items('Lists')?['alias']}'''
                        provider: 'AcquireInfra'
                        source: 'AcquireInfra.Enrichment'
                        itemsSearchKey: '''@{items('Lists')?['key']}'''
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
        }
        Addresses: {
          type: 'Http'
          runAfter: { Lists: ['Succeeded'] }
          inputs: {
            method: 'POST'
            uri: '@{parameters(\'logAnalyticsUrl\')}/v1${workspace}/query'
            headers: { 'Content-Type': 'application/json', Prefer: 'wait=100' }
            body: { query: query }
            authentication: queryIdentity
            retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
          }
        }
        Address_rows: {
          type: 'Select'
          runAfter: { Addresses: ['Succeeded'] }
          inputs: {
            from: '''@body('Addresses')?['tables']?[0]?['rows']'''
            select: { ip: '@item()[0]', id: '@item()[1]', isSeen: '@item()[2]' }
          }
        }
        Seen: {
          type: 'Query'
          runAfter: { Address_rows: ['Succeeded'] }
          inputs: { from: '''@body('Address_rows')''', where: '''@equals(item()?['isSeen'], true)''' }
        }
        Asked: {
          type: 'Select'
          runAfter: { Seen: ['Succeeded'] }
          inputs: { from: '''@body('Seen')''', select: { ip: '''@item()?['ip']''', id: '''@item()?['id']''' } }
        }
        Judge_all: {
          type: 'Foreach'
          runAfter: { Asked: ['Succeeded'] }
          foreach: '''@chunk(body('Asked'), 10000)'''
          runtimeConfiguration: { concurrency: { repetitions: 1 } }
          actions: {
            Judge: {
              type: 'Http'
              runAfter: {}
              limit: { timeout: 'PT2M' }
              operationOptions: 'DisableAsyncPattern'
              inputs: union(
                {
                  method: 'POST'
                  uri: '''@{parameters('enrichmentUrl')}/v1/ip:batch?format=json'''
                  headers: { 'Content-Type': 'application/json' }
                  body: { ips: '''@items('Judge_all')''' }
                  retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
                },
                isManaged
                ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
                : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
              )
              runtimeConfiguration: { secureData: { properties: ['inputs'] } }
            }
            Risky: {
              type: 'Query'
              runAfter: { Judge: ['Succeeded'] }
              inputs: {
                from: '''@body('Judge')?['results']'''
                where: '''@greaterOrEquals(coalesce(item()?['score'], -1), parameters('lowestScore'))'''
              }
            }
            Count_rows: {
              type: 'IncrementVariable'
              runAfter: { Risky: ['Succeeded'] }
              inputs: { name: 'rows', value: '''@length(body('Risky'))''' }
            }
            Rows: {
              type: 'Select'
              runAfter: { Count_rows: ['Succeeded'] }
              inputs: {
                from: '''@body('Risky')'''
                select: {
                  id: '''@substring(item()?['id'], 0, 36)'''
                  known: '@${known}'
                  line: line
                  address: '''@item()?['input']'''
                  prefix: '''@coalesce(item()?['network'], '')'''
                  categories: '''@join(item()?['categories'], ' ')'''
                  score: '@${score}'
                  level: '''@item()?['level']'''
                  verdict: '''@item()?['verdict']'''
                  provider: '''@coalesce(item()?['provider'], '')'''
                  asn: '''@{coalesce(item()?['asn'], '')}'''
                  confidence: '@${confidence}'
                }
              }
            }
            Changed: {
              type: 'Query'
              runAfter: { Rows: ['Succeeded'] }
              inputs: {
                from: '''@body('Rows')'''
                where: '''@not(equals(item()?['known'], item()?['line']))'''
              }
            }
            // As far as this run may write; the variable is not touched while the rows are written.
            Changed_for_now: {
              type: 'Compose'
              runAfter: { Changed: ['Succeeded'] }
              inputs: '@take(body(\'Changed\'), ${roomLeft})'
            }
            Write_rows: {
              type: 'Foreach'
              runAfter: { Changed_for_now: ['Succeeded'] }
              foreach: '''@outputs('Changed_for_now')'''
              runtimeConfiguration: { concurrency: { repetitions: 5 } }
              actions: {
                Write_row: {
                  type: 'Http'
                  runAfter: {}
                  inputs: {
                    method: 'PUT'
                    uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/${list}/watchlistItems/@{items(\'Write_rows\')?[\'id\']}?${api}'
                    headers: { 'Content-Type': 'application/json' }
                    body: {
                      properties: {
                        itemsKeyValue: {
                          Address: '''@{items('Write_rows')?['address']}'''
                          Prefix: '''@{items('Write_rows')?['prefix']}'''
                          Categories: '''@{items('Write_rows')?['categories']}'''
                          Score: '''@{items('Write_rows')?['score']}'''
                          Level: '''@{items('Write_rows')?['level']}'''
                          Verdict: '''@{items('Write_rows')?['verdict']}'''
                          Provider: '''@{items('Write_rows')?['provider']}'''
                          Asn: '''@{items('Write_rows')?['asn']}'''
                          Confidence: '''@{items('Write_rows')?['confidence']}'''
                        }
                      }
                    }
                    authentication: armIdentity
                    retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
                  }
                }
              }
            }
            Count_writes: {
              type: 'IncrementVariable'
              runAfter: { Write_rows: ['Succeeded'] }
              inputs: { name: 'writes', value: '''@length(outputs('Changed_for_now'))''' }
            }
            Not_risky_any_more: {
              type: 'Query'
              runAfter: { Count_writes: ['Succeeded'] }
              inputs: {
                from: '''@body('Judge')?['results']'''
                where: '@and(not(empty(${known})), less(coalesce(item()?[\'score\'], -1), parameters(\'lowestScore\')))'
              }
            }
            Deleted_for_now: {
              type: 'Compose'
              runAfter: { Not_risky_any_more: ['Succeeded'] }
              inputs: '@take(body(\'Not_risky_any_more\'), ${roomLeft})'
            }
            Delete_rows: {
              type: 'Foreach'
              runAfter: { Deleted_for_now: ['Succeeded'] }
              foreach: '''@outputs('Deleted_for_now')'''
              runtimeConfiguration: { concurrency: { repetitions: 5 } }
              actions: {
                Delete_row: {
                  type: 'Http'
                  runAfter: {}
                  inputs: {
                    method: 'DELETE'
                    uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/${list}/watchlistItems/@{substring(items(\'Delete_rows\')?[\'id\'], 0, 36)}?${api}'
                    authentication: armIdentity
                    retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
                  }
                }
              }
            }
            Count_deletions: {
              type: 'IncrementVariable'
              runAfter: { Delete_rows: ['Succeeded'] }
              inputs: { name: 'writes', value: '''@length(outputs('Deleted_for_now'))''' }
            }
          }
        }
        Not_seen_any_more: {
          type: 'Query'
          runAfter: { Judge_all: ['Succeeded'] }
          inputs: { from: '''@body('Address_rows')''', where: '''@not(equals(item()?['isSeen'], true))''' }
        }
        Forget_rows: {
          type: 'Foreach'
          runAfter: { Not_seen_any_more: ['Succeeded'] }
          foreach: '@take(body(\'Not_seen_any_more\'), ${roomLeft})'
          runtimeConfiguration: { concurrency: { repetitions: 5 } }
          actions: {
            Forget_row: {
              type: 'Http'
              runAfter: {}
              inputs: {
                method: 'DELETE'
                uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/${list}/watchlistItems/@{substring(items(\'Forget_rows\')?[\'id\'], 0, 36)}?${api}'
                authentication: armIdentity
                retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
              }
            }
          }
        }
        Snapshot: {
          type: 'Http'
          runAfter: { Forget_rows: ['Succeeded'] }
          limit: { timeout: 'PT2M' }
          operationOptions: 'DisableAsyncPattern'
          inputs: union(
            {
              method: 'GET'
              uri: '''@{parameters('enrichmentUrl')}/v1/snapshots/current'''
              retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT45S' }
            },
            isManaged
            ? { authentication: { type: 'ManagedServiceIdentity', audience: EnrichmentAudience } }
            : { headers: { 'X-Api-Key': '''@parameters('apiKey')''' } }
          )
          runtimeConfiguration: { secureData: { properties: ['inputs'] } }
        }
        Write_status: {
          type: 'Http'
          runAfter: { Snapshot: ['Succeeded'] }
          inputs: {
            method: 'PUT'
            uri: '@{parameters(\'resourceManager\')}${securityInsights}/watchlists/${statusList}/watchlistItems/${statusItem}?${api}'
            headers: { 'Content-Type': 'application/json' }
            body: {
              properties: {
                itemsKeyValue: {
                  List: list
                  DataTime: '''@{body('Snapshot')?['dataAsOf']}'''
                  SnapshotId: '''@{body('Snapshot')?['id']}'''
                  Rows: '''@{variables('rows')}'''
                  SyncedAt: '@{utcNow(\'yyyy-MM-ddTHH:mm:ssZ\')}'
                }
              }
            }
            authentication: armIdentity
            retryPolicy: { type: 'exponential', count: 4, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT1M' }
          }
        }
      }
    }
    parameters: {
      enrichmentUrl: { value: EnrichmentUrl }
      apiKey: { value: EnrichmentApiKey }
      resourceManager: { value: resourceManager }
      logAnalyticsUrl: { value: LogAnalyticsUrl }
      lowestScore: { value: LowestScore }
      maxWrites: { value: MaxWrites }
    }
  }
}

@description('Object id of the playbook\'s identity, which permissions.sh gives its roles.')
output PrincipalId string = playbook.identity.principalId
