#!/usr/bin/env bash
# Checks that `tandem doctor` describes a guest's kernel correctly. $2 is the expected hook, $3 the default kind of bond0's device. Then the
# verifier must accept all programs, and a bond must carry a ping with each data path.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
hook=$2 kind=$3
# The guest's processor is emulated, and slow.
export PATIENCE=20

echo "kernel $(uname -r) $(uname -m)"
# check NAME: succeeds if this check of the doctor is ok. Each check waits at most a second. On a busy machine that may be too short the first time,
# when modules are loaded.
check() {
  "$programs/tandemd" --doctor >/run/doctor.json &&
    jq -e --arg name "$1" '.checks[] | select(.id == $name and .status == "ok")' /run/doctor.json
}
for name in device-pair nftables-netdev traffic-hook ebpf libbpf ebpf-rights mappable-array packet-socket; do
  eventually "the doctor finds that all is well" check $name
done
"$programs/tandem" doctor >/run/doctor || fail "tandem doctor exits with $?"
cat /run/doctor
# choice NAME VALUE: the doctor must predict this value
choice() { grep -Eq "^  $1 +$2( |\$)" /run/doctor || fail "$1 will not be $2: $(grep "^  $1" /run/doctor)"; }
choice data-path ebpf
choice device "$kind"
choice hook "$hook"
choice ingress-guard nftables
echo "ok: the doctor"

cables a b 2
service b
bond_tandem b 2 10.213.0.2/24 mode active-backup miimon 100
service a
for path in ebpf csharp; do
  bond_tandem a 2 10.213.0.1/24 mode active-backup miimon 100 data_path $path
  eventually "b answers over data_path $path" on a ping -c 1 -W 1 10.213.0.2
  pings a 10.213.0.2
  tandem a -d link show bond0 >/run/shown
  grep -q "data_path $path" /run/shown || fail "not $path: $(cat /run/shown)"
  [ $path != ebpf ] || grep -q "through a $kind pair" /run/shown || fail "bond0 is no $kind device: $(cat /run/shown)"
  active=$(tandem a show bond0 | sed -n 's/^Currently Active Slave: //p')
  on b ip link set "$active" down
  eventually "b answers over the other cable" on a ping -c 1 -W 1 10.213.0.2
  on b ip link set "$active" up
  tandem a link del bond0 || fail "bond0 stays"
  echo "ok: data_path $path"
done
