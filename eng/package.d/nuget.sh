# shellcheck shell=bash disable=SC2154
# Sourced by ./package, and shares variables with it: Tandem.Api, the client for .NET, and Tandem.Core, whose options and plans Tandem.Api uses.

nuget_needs() { command -v dotnet >/dev/null || fail "the .NET SDK is missing; see https://dot.net"; }

# nuget: builds the packages; sets nuget to their files
nuget() {
  local project log=$work/nuget.log
  nuget=()
  for project in Tandem.Core Tandem.Api; do
    # As on continuous integration: keeps paths of this machine out of the symbols, which are embedded in the assemblies.
    dotnet pack "src/$project" -c Release -o "$work/nuget" --nologo -v quiet -p:Version="$version" -p:ContinuousIntegrationBuild=true >"$log" 2>&1 || {
      cat "$log" >&2
      fail "$project could not be packed"
    }
    mv "$work/nuget/$project.$version.nupkg" "$packages"
    nuget+=("$packages/$project.$version.nupkg")
  done
}
