#!/usr/bin/env bash
# Everything that playbooks must be allowed, by the Azure command line (az login first). Run again, it changes nothing.
#
#   permissions.sh app --name NAME                      makes the service's app registration with its app roles; prints its id and audience
#   permissions.sh sentinel --group GROUP               lets Microsoft Sentinel run the playbooks of a resource group
#   permissions.sh playbook --group GROUP --playbook NAME --workspace NAME [--workspace-group GROUP] [--app ID --app-role lookup]
#                                                       EnrichIncident, EnrichEntity: Microsoft Sentinel Responder
#   permissions.sh refresh  (the same options)          RefreshWatchlist, Retro: Log Analytics Reader, Microsoft Sentinel Contributor
#   permissions.sh publish  --object-id ID --rule DCR-RESOURCE-ID
#                                                       what writes the custom table: Monitoring Metrics Publisher
#
# --object-id ID in the place of --playbook: an identity that is not a Logic App (Consumption), as that of a Logic App (Standard).
set -euo pipefail

responder=3e150937-b8fe-4cfb-8069-0eaf05ecd056
contributor=ab8e14d6-4a74-4a29-9ba8-549422addade
automation_contributor=f4c81013-99ee-4d62-a7ee-b3f1f648599a
reader=73c42c96-874c-492b-b04d-ab87d138a893
publisher=3913510d-42f4-4e42-8a64-420c390055eb
security_insights=98785600-1bb7-4fb9-b9fa-19afe2c8a360   # Azure Security Insights, the same application in every tenant

fail() { printf '%s\n' "$*" >&2; exit 2; }
usage() { sed -n '2,14p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//' >&2; exit 2; }

[ $# -gt 0 ] || usage
command=$1; shift
name='' group='' playbook='' workspace='' workspace_group='' app='' app_role='' object_id='' rule=''
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || fail "$1 wants a value"
  case $1 in
    --name) name=$2 ;;
    --group) group=$2 ;;
    --playbook) playbook=$2 ;;
    --workspace) workspace=$2 ;;
    --workspace-group) workspace_group=$2 ;;
    --app) app=$2 ;;
    --app-role) app_role=$2 ;;
    --object-id) object_id=$2 ;;
    --rule) rule=$2 ;;
    *) usage ;;
  esac
  shift 2
done

# assign ROLE SCOPE: to $object_id; what is there already is no error
assign() {
  if [ -n "$(az role assignment list --assignee "$object_id" --role "$1" --scope "$2" --query '[].id' --output tsv)" ]; then
    echo "has role $1 on $2 already"
    return
  fi
  az role assignment create --assignee-object-id "$object_id" --assignee-principal-type ServicePrincipal --role "$1" --scope "$2" --output none
  echo "given role $1 on $2"
}

# The registration has the service's roles for applications; a caller without one gets 403.
make_app() {
  [ -n "$name" ] || fail "--name is wanted"
  local id
  id=$(az ad app list --filter "displayName eq '${name//\'/\'\'}'" --query '[0].appId' --output tsv)
  if [ -z "$id" ]; then
    local roles='[' role comma=''
    for role in lookup bulk deep override.write admin; do
      roles+="$comma{\"id\":\"$(role_id "$role")\",\"value\":\"$role\",\"displayName\":\"$role\",\"description\":\"AcquireInfra.Enrichment: $role\",\"allowedMemberTypes\":[\"Application\"],\"isEnabled\":true}"
      comma=,
    done
    id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --app-roles "$roles]" --query appId --output tsv)
    az ad app update --id "$id" --identifier-uris "api://$id"
  fi
  az ad sp show --id "$id" --output none 2>/dev/null || az ad sp create --id "$id" --output none
  # Without this, every identity of the tenant gets a token, though without roles.
  az ad sp update --id "$id" --set appRoleAssignmentRequired=true
  echo "app registration  $id"
  echo "audience          api://$id"
  echo "for the service   Enrichment__Auth__Entra__TenantId=$(az account show --query tenantId --output tsv) Enrichment__Auth__Entra__Audiences__0=$id Enrichment__Auth__Entra__Audiences__1=api://$id"
}

# A GUID of the word, so that it is the same in every tenant and at every run.
role_id() {
  local hash
  hash=$(printf 'AcquireInfra.Enrichment/%s' "$1" | sha256sum)
  printf '%s-%s-%s-%s-%s' "${hash:0:8}" "${hash:8:4}" "${hash:12:4}" "${hash:16:4}" "${hash:20:12}"
}

give_app_role() {
  [ -n "$app" ] || return 0
  [ -n "$app_role" ] || fail "--app-role is wanted with --app"
  local resource role
  resource=$(az ad sp show --id "$app" --query id --output tsv)
  role=$(az ad sp show --id "$app" --query "appRoles[?value=='$app_role'].id | [0]" --output tsv)
  [ -n "$role" ] || fail "app registration $app has no app role $app_role"
  local graph; graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
  local url="${graph%/}/v1.0/servicePrincipals/$object_id/appRoleAssignments"
  if [ -n "$(az rest --method GET --url "$url" --query "value[?appRoleId=='$role' && resourceId=='$resource'].id" --output tsv)" ]; then
    echo "has app role $app_role already"
    return
  fi
  az rest --method POST --url "$url" --headers Content-Type=application/json --output none \
    --body "{\"principalId\":\"$object_id\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
  echo "given app role $app_role"
}

find_identity() {
  [ -z "$object_id" ] || return 0
  [ -n "$group" ] && [ -n "$playbook" ] || fail "--group and --playbook are wanted, or --object-id"
  object_id=$(az resource show --resource-group "$group" --resource-type Microsoft.Logic/workflows --name "$playbook" --query identity.principalId --output tsv)
  [ -n "$object_id" ] || fail "$playbook has no managed identity"
}

find_workspace() {
  [ -n "$workspace" ] || fail "--workspace is wanted"
  workspace=$(az resource show --resource-group "${workspace_group:-$group}" --resource-type Microsoft.OperationalInsights/workspaces --name "$workspace" --query id --output tsv)
}

case $command in
  app) make_app ;;
  sentinel)
    [ -n "$group" ] || fail "--group is wanted"
    object_id=$(az ad sp show --id $security_insights --query id --output tsv)
    assign $automation_contributor "$(az group show --name "$group" --query id --output tsv)"
    ;;
  playbook) find_identity; find_workspace; assign $responder "$workspace"; give_app_role ;;
  refresh) find_identity; find_workspace; assign $reader "$workspace"; assign $contributor "$workspace"; give_app_role ;;
  publish)
    [ -n "$object_id" ] && [ -n "$rule" ] || fail "--object-id and --rule are wanted"
    assign $publisher "$rule"
    ;;
  *) usage ;;
esac
