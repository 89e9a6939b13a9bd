// What a Logic App (Standard) that is there already needs for the playbook: a connection to Microsoft Sentinel that its identity may use.
// The settings are its outputs, and are not set here: a deployment of settings takes away those it does not name.

@description('Name of the Logic App (Standard), in this resource group, with a system-assigned identity.')
param LogicAppName string

@description('Name of the connection.')
param ConnectionName string = 'MicrosoftSentinel-${LogicAppName}'

resource logicApp 'Microsoft.Web/sites@2024-04-01' existing = {
  name: LogicAppName
}

resource connection 'Microsoft.Web/connections@2016-06-01' = {
  name: ConnectionName
  location: resourceGroup().location
  #disable-next-line BCP187
  kind: 'V2'
  properties: {
    displayName: ConnectionName
    #disable-next-line BCP037
    parameterValueType: 'Alternative' // a managed identity speaks for it
    api: {
      id: subscriptionResourceId('Microsoft.Web/locations/managedApis', resourceGroup().location, 'azuresentinel')
    }
  }
}

#disable-next-line BCP081
resource access 'Microsoft.Web/connections/accessPolicies@2016-06-01' = {
  parent: connection
  name: LogicAppName
  location: resourceGroup().location
  properties: {
    principal: {
      type: 'ActiveDirectory'
      identity: {
        objectId: logicApp.identity.principalId
        tenantId: tenant().tenantId
      }
    }
  }
}

@description('Value of the setting SENTINEL_CONNECTION_ID.')
output ConnectionId string = connection.id

@description('Value of the setting SENTINEL_CONNECTION_RUNTIME_URL.')
#disable-next-line BCP053
output ConnectionRuntimeUrl string = connection.properties.connectionRuntimeUrl
