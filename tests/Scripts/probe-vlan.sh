#!/usr/bin/env bash
# ARP and neighbour monitoring of Tandem's bond0 on host a. The target is in a VLAN inside a VLAN, behind a switch, which is host b.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"

cables a b 2
on b ip link add sw0 type bridge || fail "no bridge"
for cable in e0 e1; do on b ip link set "$cable" master sw0 up; done
on b ip link add link sw0 name outer type vlan id 7 || fail "no VLAN device"
on b ip link add link outer name inner type vlan id 9 || fail "no VLAN device in a VLAN"
for device in sw0 outer inner; do on b ip link set $device up; done
on b ip addr add 10.79.0.2/24 dev inner
on b ip addr add fd79::2/64 dev inner nodad

service a
bond_tandem a 2 10.213.0.1/24 mode active-backup
on a ip link add link bond0 name outer type vlan id 7 || fail "no VLAN device"
on a ip link add link outer name inner type vlan id 9 || fail "no VLAN device in a VLAN"
for device in outer inner; do on a ip link set $device up; done
on a ip addr add 10.79.0.1/24 dev inner
on a ip addr add fd79::1/64 dev inner nodad
eventually "the VLAN in a VLAN answers" on a ping -c 1 -W 1 10.79.0.2

active_is() { tandem a show bond0 | grep -q "Active Slave: $1"; }
is_up() { tandem a -d link show dev "$1" | grep -q 'mii_status UP'; }

# probed OPTION TARGET: silences the active member; the other member must take over
probed() {
  tandem a link set bond0 type bond arp_ip_target '' ns_ip6_target '' || fail "targets cannot be cleared"
  tandem a link set bond0 type bond arp_interval 200 "$1" "$2" arp_validate all || fail "no monitor"
  tandem a link set bond0 type bond active_slave e0 || true
  eventually "both are up" eval 'is_up e0 && is_up e1 && active_is e0'
  on b tc qdisc add dev e0 root netem loss 100% || fail "no netem"
  eventually "e1 takes over ($1)" active_is e1
  is_up e0 && fail "e0 is still up"
  pings a 10.79.0.2
  on b tc qdisc del dev e0 root
  eventually "e0 proves itself again" is_up e0
  echo "ok: $1 in a VLAN in a VLAN"
}

probed arp_ip_target 10.79.0.2
probed ns_ip6_target fd79::2
