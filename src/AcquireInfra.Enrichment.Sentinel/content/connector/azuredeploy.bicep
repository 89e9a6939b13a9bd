metadata title = 'AcquireInfra - custom connector'
metadata description = 'The service\'s actions in the designer of Logic Apps, with an API key: look up an address, a batch, an incident, then and now. Our playbooks do not need it.'
metadata prerequisites = [
  '1. AcquireInfra.Enrichment is reachable by https, with a certificate of a public authority.'
  '2. An API key: enrich key new --id designer --role lookup.'
]
metadata postDeployment = [
  '1. Make a connection of it in the designer, with the API key id.secret.'
]
metadata lastUpdateTime = '2026-11-24T00:00:00.000Z'
metadata tags = [
  'Enrichment'
]
metadata support = {
  tier: 'community'
}
metadata author = {
  name: 'AcquireInfra.Enrichment contributors'
}

@description('Name of the connector.')
param CustomConnectorName string = 'AcquireInfraEnrichment'

@description('Host of the service, with its port where it is not 443: enrichment.example.')
param ServiceHost string

// What the service serves at /openapi/connector.json, but for the host.
var swagger = union(loadJsonContent('swagger.json'), { host: ServiceHost })

resource connector 'Microsoft.Web/customApis@2016-06-01' = {
  name: CustomConnectorName
  location: resourceGroup().location
  properties: {
    displayName: 'AcquireInfra Enrichment'
    description: swagger.info.description
    brandColor: '#1F4E79'
    capabilities: []
    backendService: {
      serviceUrl: 'https://${ServiceHost}/'
    }
    apiType: 'Rest'
    connectionParameters: {
      api_key: {
        type: 'securestring'
        #disable-next-line BCP037
        uiDefinition: { // not in the compiler's types
          displayName: 'API key'
          description: 'id.secret'
          tooltip: 'The API key of the service, as enrich key new printed it: id.secret.'
          constraints: {
            required: 'true'
            tabIndex: 2
            clearText: false
          }
        }
      }
    }
    swagger: swagger
  }
}
