#!/usr/bin/env bash
# Tandem on one end, the kernel's bonding driver on the other. $2 is the mode of both.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
mode=$2

cables tandem driver 2
service tandem
bond_tandem tandem 2 10.213.0.1/24 mode "$mode" miimon 50
bond_driver driver 2 10.213.0.2/24 mode "$mode" miimon 50
eventually "the driver answers" on tandem ping -c 1 -W 1 10.213.0.2
pings tandem 10.213.0.2
pings driver 10.213.0.1
echo "ok: both ends answer"

for cable in e0 e1; do
  on driver ip link set $cable down
  eventually "$cable is down" sh -c "ip netns exec tandem env TANDEM_SOCKET=/run/tandem.sock $programs/tandem -d link show dev $cable | grep -q 'mii_status DOWN'"
  pings tandem 10.213.0.2
  on driver ip link set $cable up
  eventually "$cable is up" sh -c "ip netns exec tandem env TANDEM_SOCKET=/run/tandem.sock $programs/tandem -d link show dev $cable | grep -q 'mii_status UP'"
  eventually "$cable is up for the driver" sh -c "ip -n driver -d link show $cable | grep -q 'mii_status UP'"
  pings driver 10.213.0.1
done
echo "ok: each cable cut and mended"

# Both show the same options of the bond, except options of newer kernels.
options() { sed -nE 's/^ *bond (mode .*) addrgenmode.*$/\1/p; t; s/^ *bond (mode .*)$/\1/p' | tr -s ' ' | sed -E 's/ (lacp_strict|coupled_control|broadcast_neighbor) (on|off)//g; s/ active_slave e[01]//; s/ $//'; }
theirs=$(on driver ip -d link show bond0 | options)
ours=$(tandem tandem -d link show dev bond0 | options)
if [ -z "$theirs" ] || [ "$theirs" != "$ours" ]; then fail "the driver says: $theirs"$'\n'"Tandem says: $ours"; fi
echo "ok: the same options, printed alike"
