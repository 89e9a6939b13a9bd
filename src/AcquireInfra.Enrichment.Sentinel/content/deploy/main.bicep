// Everything that detection with AcquireInfra takes in a workspace, in one deployment into the workspace's resource group:
// az deployment group create -g GROUP -f main.bicep -p workspaceName=NAME

@description('Name of the Log Analytics workspace that Microsoft Sentinel runs on.')
param workspaceName string

@description('Region of the workbook.')
param location string = resourceGroup().location

@description('Where ranges are joined from: the watchlists (to about 20,000 rows) or the custom table AcquireInfraRanges_CL.')
@allowed(['watchlist', 'table'])
param rangesFrom string = 'watchlist'

@description('Whether the workspace has the plugin ipv6_lookup; without it both families are joined by mask.')
param hasIPv6Lookup bool = true

@description('Whether the watchlists are made. Of a later deployment, false leaves those that are there untouched.')
param deployWatchlists bool = true

@description('Whether the rules run from the start.')
param enableRules bool = true

module watchlists '../watchlists/watchlists.bicep' = if (deployWatchlists) {
  name: 'acquireinfra-watchlists'
  params: {
    workspaceName: workspaceName
  }
}

module functions '../functions/functions.bicep' = {
  name: 'acquireinfra-functions'
  params: {
    workspaceName: workspaceName
    rangesFrom: rangesFrom
    hasIPv6Lookup: hasIPv6Lookup
  }
  // A function is checked when it is saved: its watchlists have to be there.
  dependsOn: [
    watchlists
  ]
}

module rules '../rules/rules.bicep' = {
  name: 'acquireinfra-rules'
  params: {
    workspaceName: workspaceName
    enabled: enableRules
  }
  // A rule is checked when it is saved: the functions that it calls have to be there.
  dependsOn: [
    functions
  ]
}

module hunting '../hunting/hunting.bicep' = {
  name: 'acquireinfra-hunting'
  params: {
    workspaceName: workspaceName
  }
  dependsOn: [
    functions
  ]
}

module workbook '../workbook/workbook.bicep' = {
  name: 'acquireinfra-workbook'
  params: {
    workspaceName: workspaceName
    location: location
  }
  dependsOn: [
    functions
  ]
}

// Playbooks: their module comes here. It needs nothing of the above.
