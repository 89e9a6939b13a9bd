// The workbook, from the JSON file beside this one. It calls the functions.
// az deployment group create -g GROUP -f workbook.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

@description('Region of the workbook.')
param location string = resourceGroup().location

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  // Always the same name in a workspace, so that a second deployment writes over the first.
  name: guid(workspace.id, 'AcquireInfra')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'AcquireInfra'
    category: 'sentinel'
    sourceId: workspace.id
    serializedData: loadTextContent('AcquireInfra.json')
    version: '1.0'
  }
}

@description('Id of the workbook.')
output id string = workbook.id
