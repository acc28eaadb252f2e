#!/usr/bin/env bash
# Bonds of the kernel's driver are taken over by "tandem import --live" while they carry: what is on them stays, and what cannot be moved is refused.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
export PATIENCE=15
cables a b 2
service a
# Its ports forward only while the far ends of the cables are up; a member joins while it is down.
switch_of_b() {
  local end
  for end in e0 e1; do ip -n a link set "$end" up; done
  switch b 192.0.2.2/24 e0 e1
  for end in e0 e1; do ip -n a link set "$end" down; done
}

# configuration: all that is on bond0, but for what tells the kinds of device apart
configuration() {
  on a ip -o -4 addr show dev bond0 | sed 's/^[0-9]*: //'
  on a ip -o -6 addr show dev bond0 scope global | sed 's/^[0-9]*: //; s/ nodad//'
  on a ip route show table all dev bond0 | grep -v 'proto kernel'
  on a ip -6 route show table all dev bond0 | grep -vE 'proto kernel|^(multicast|local|anycast)'
  on a ip neigh show dev bond0 nud permanent
  on a cat /sys/class/net/bond0/{address,mtu,tx_queue_len,ifalias}
}
kernel_bond() {
  bond_driver a 2 192.0.2.1/24 "$@"
  on a ip link set bond0 alias "uplink of a" txqueuelen 500
  on a ip addr add 192.0.2.99/24 dev bond0 valid_lft 5000 preferred_lft 4000
  on a ip addr add fd00::1/64 dev bond0 nodad
  on a ip route add 198.51.100.0/24 via 192.0.2.2 metric 77 proto static
  on a ip route add 203.0.113.0/24 via 192.0.2.2 table 5
  on a ip -6 route add fd00:99::/48 via fd00::2
  on a ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 nud permanent dev bond0
}
answers() { on a ping -c 1 -W 1 192.0.2.2; }
same() { sed -E 's/(valid|preferred)_lft [0-9]+sec/\1_lft Nsec/g' <<<"$1"; }
release() { on a "$programs/tandem" link del bond0 || fail "bond0 is not removed"; }

# takes_over MODE LIMIT OPTION...: under pings of 50 a second, of which at most LIMIT are lost
takes_over() {
  local mode=$1 limit=$2 before after said lost ping
  kernel_bond mode "$mode" miimon 50 "${@:3}"
  eventually "$mode: the driver's bond carries" answers
  on a ip link show type bond | grep -q bond0 || fail "no bond of the driver"
  before=$(configuration)
  # No function between: the signal is for the program itself.
  ip netns exec a ping -i 0.02 192.0.2.2 >/run/pings 2>&1 &
  ping=$!
  sleep 0.5
  said=$(tandem a import --live bond0 2>&1) || fail "$mode: $said"
  [[ $said =~ "It carried nothing for "([0-9]+)" ms" ]] || fail "$mode: no length of the outage: $said"
  echo "$mode: ${BASH_REMATCH[1]} ms"
  eventually "$mode: Tandem's bond carries" answers
  sleep 0.5
  kill -INT "$ping"
  wait "$ping"
  lost=$(sed -En 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' /run/pings | awk '{ print $1 - $2 }')
  echo "$mode: $lost pings of 20 ms lost"
  [ "$lost" -le "$limit" ] || fail "$mode: $lost pings lost: $said"
  after=$(configuration)
  same "$before" >/run/before
  same "$after" >/run/after
  cmp -s /run/before /run/after || fail "$mode: $(diff /run/before /run/after)"
  ! on a ip link show type bond | grep -q bond0 || fail "$mode: it is the driver's still"
  [ "$(tandem a show bond0 | grep -c '^Slave Interface: ')" = 2 ] || fail "$mode: $(tandem a show bond0)"
  [ -z "$(on a ip link show tandem-import 2>/dev/null)" ] || fail "$mode: tandem-import is left"
  release
}

switch_of_b
takes_over active-backup 150
takes_over balance-tlb 150
no_switch b e0 e1
bond_driver b 2 192.0.2.2/24 mode 802.3ad miimon 50 lacp_rate fast
takes_over 802.3ad 600 lacp_rate fast
on b ip link del bond0

# What cannot be moved, and a failure: the driver's bond stays what it is.
switch_of_b
kernel_bond mode active-backup miimon 50 primary e0
eventually "the driver's bond carries" answers
state() { on a ip -d -o link show bond0; on a ip -d -o link show e0; on a ip -d -o link show e1; configuration; on a cat /proc/net/bonding/bond0; }
as_it_was=$(state)
refuses() {
  local said
  if said=$(tandem a import --live "$1" 2>&1); then fail "$1 is not refused: $said"; fi
  [[ $said == *"$2"* ]] || fail "$1: does not say $2: $said"
}
unchanged() {
  same "$as_it_was" >/run/before
  same "$(state)" >/run/after
  cmp -s /run/before /run/after || fail "$1: $(diff /run/before /run/after)"
}
refuses nosuch "nosuch: there is no interface of that name"
refuses e0 "not a bond of the kernel's driver"
on a ip link add link bond0 name bond0.5 type vlan id 5
refuses bond0 "bond0.5 is a device on it"
on a ip link del bond0.5
tandem a import --live bond0 --dry-run | grep -q '^    bond0:' || fail "nothing is shown"
unchanged "refusals"
# The name that the bond has in between is taken.
on a ip link add tandem-import type veth peer name unused
refuses bond0 "bond0 is the driver's again, as it was"
on a ip link del tandem-import
unchanged "a failure before the bond was removed"
eventually "the driver's bond carries" answers
echo "ok: import --live"
