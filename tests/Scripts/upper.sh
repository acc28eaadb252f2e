#!/usr/bin/env bash
# VLAN devices, macvlans and a VLAN-aware bridge above bond0: all are announced with the tags that their frames have.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"

bridge=02:00:00:00:00:b0 macvlan=02:00:00:00:00:ac hidden=02:00:00:00:00:dd machine=02:00:00:00:00:99

# Host b is the switch, host a has the bond, host c is a separate namespace.
cables a b 2
ip netns add c
on b ip link add sw0 type bridge
for i in 0 1; do
  on b ip link set "e$i" master sw0
  on b ip link set "e$i" up
done
on b ip link set sw0 up
service a
bond_tandem a 2 10.213.0.1/24 mode active-backup miimon 100 resend_igmp 3

# device NAME ADDRESS WHAT...: adds a device on host a
device() {
  on a ip link add name "$1" "${@:3}" || fail "no $1"
  on a ip link set "$1" up
  on a ip addr add "$2" dev "$1"
}
device bond0.7 10.7.0.1/24 link bond0 type vlan id 7
device inner 10.79.0.1/24 link bond0.7 type vlan id 9
device provider 10.100.0.1/24 link bond0 type vlan id 100 protocol 802.1ad
device mac7 10.77.0.1/24 link bond0.7 address $macvlan type macvlan
on a ip link add name hidden link bond0.7 address $hidden type macvlan
on a ip link set hidden netns c
on c ip link set hidden up

device br0 10.1.0.1/24 address $bridge type bridge vlan_filtering 1
on a ip link set bond0 master br0
on a bridge vlan add dev bond0 vid 20-30
on a bridge vlan add dev br0 vid 20 self
device br0.20 10.20.0.1/24 link br0 type vlan id 20
device br0.40 10.40.0.1/24 link br0 type vlan id 40
on a ip link add vm0 type veth peer name eth0 address $machine netns c
on a ip link set vm0 master br0 up
on a bridge vlan add dev vm0 vid 30 pvid untagged
on c ip link set eth0 up
on c ip addr add 10.30.0.9/24 dev eth0
on c ping -c 1 -W 1 10.30.0.1 >/dev/null
eventually "the bridge learns of the machine" on a sh -c "bridge fdb show | grep -q '$machine dev vm0 vlan 30'"
eventually "addresses are checked" on a sh -c "! ip -6 addr show | grep -q tentative"

on b tcpdump -i e1 -Q in -n -e -l >/run/seen 2>/run/seen.said &
eventually "tcpdump listens" grep -q listening /run/seen.said
tandem a link set bond0 type bond active_slave e1 || fail "e1 cannot be made active"

# seen WHAT FORM: a matching frame arrived by the new active member
seen() { eventually "$1 is announced; seen: $(cat /run/seen)" grep -qE "$2" /run/seen; }
tag() { echo "ethertype 802.1Q[^,]*, length [0-9]+: vlan $1, p 0, "; }
seen "the VLAN" "> ff:ff:ff:ff:ff:ff, $(tag 7)ethertype ARP.* 10\.7\.0\.1"
seen "the VLAN in a VLAN" "> ff:ff:ff:ff:ff:ff, $(tag 7)ethertype 802.1Q[^,]*, vlan 9, p 0, ethertype ARP.* 10\.79\.0\.1"
seen "the provider's VLAN" "> ff:ff:ff:ff:ff:ff, ethertype 802.1Q-QinQ.*vlan 100, p 0, ethertype ARP.* 10\.100\.0\.1"
seen "the macvlan on the VLAN" "$macvlan > ff:ff:ff:ff:ff:ff, $(tag 7)ethertype ARP.* 10\.77\.0\.1"
seen "a macvlan that is in another namespace" "$hidden > ff:ff:ff:ff:ff:ff, $(tag 7)ethertype Reverse ARP"
echo "ok: VLAN devices and macvlans on bond0"

seen "the bridge" "$bridge > ff:ff:ff:ff:ff:ff, ethertype ARP.* 10\.1\.0\.1"
seen "the VLAN on the bridge" "$bridge > ff:ff:ff:ff:ff:ff, $(tag 20)ethertype ARP.* 10\.20\.0\.1"
seen "a group of the VLAN on the bridge" "$bridge > 33:33:00:00:00:16, $(tag 20)ethertype IPv6.*multicast listener report"
seen "a machine in a VLAN of the bridge" "$machine > ff:ff:ff:ff:ff:ff, $(tag 30)ethertype Reverse ARP"
grep -q '10\.40\.0\.1' /run/seen && fail "a VLAN that does not leave by bond0 is announced"
echo "ok: a bridge that keeps VLANs apart"
