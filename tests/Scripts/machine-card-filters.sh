#!/usr/bin/env bash
# VLANs and multicast groups on bonds of cards that filter what they receive, in a guest. $2 is the number of cables, each between two cards
# of the same model: eth0 and eth1, eth2 and eth3, ... Further arguments are options of the bonds.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/cards.sh
. "$(dirname "$0")/cards.sh"
card_hosts
declare -A before
a='' b=''
for ((i = 0; i < $2; i++)); do
  a+=" eth$((2 * i))" b+=" eth$((2 * i + 1))"
  for card in eth$((2 * i)) eth$((2 * i + 1)); do
    before[$card]=$(state "$card")
    # QEMU's vmxnet3 loses the inner tag of a frame when it has to insert the outer one (docs/troubleshooting.md).
    [ "$(on "$(host_of "$card")" ethtool -i "$card" | head -n 1)" != "driver: vmxnet3" ] ||
      on "$(host_of "$card")" ethtool -K "$card" tx-vlan-offload off || fail "$card goes on to insert tags"
  done
done

# promiscuity CARD NUMBER
promiscuity() { [ "$(on "$(host_of "$1")" ip -j -d link show "$1" | jq '.[0].promiscuity')" = "$2" ]; }
filters() { on "$(host_of "$1")" ethtool -k "$1" | grep -q "rx-vlan-filter: on"; }
# vlans HOST NUMBER: adds VLAN 7 on bond0, and a VLAN on top of it
vlans() {
  on "$1" ip link add link bond0 name bond0.7 type vlan id 7
  on "$1" ip link add link bond0.7 name inner type vlan id 9
  on "$1" ip link set bond0.7 up
  on "$1" ip link set inner up
  on "$1" ip addr add "10.7.0.$2/24" dev bond0.7
  on "$1" ip addr add "fd07::$2/64" dev bond0.7 nodad
  on "$1" ip addr add "10.79.0.$2/24" dev inner
}
# over CARD WHAT COMMAND...: makes the card and the other end of its cable active; the command must succeed
over() {
  choose "$1"
  eventually "$2 over $1" "${@:3}"
}
answers() { on a ping -n -c 1 -W 1 "$1"; }

card_bond a 10.213.0.1/24 "$a" mode active-backup miimon 100 "${@:3}"
card_bond b 10.213.0.2/24 "$b" mode active-backup miimon 100 "${@:3}"
on a ip addr add fd13::1/64 dev bond0 nodad
on b ip addr add fd13::2/64 dev bond0 nodad
on b ip addr add 239.1.2.3/32 dev bond0 autojoin
on b sysctl -q net.ipv4.icmp_echo_ignore_broadcasts=0
for card in $a $b; do eventually "$card has a link" linked "$card"; done
for card in $a; do
  over "$card" "an IPv4 answer" answers 10.213.0.2
  on a ip -6 neigh flush dev bond0
  over "$card" "neighbour discovery" answers fd13::2
  over "$card" "an answer of the group" on a ping -n -c 1 -W 1 -I bond0 239.1.2.3
  promiscuity "$card" 0 || fail "$card is promiscuous, and nobody needs it"
  [ "$(on a ip -j -d link show "$card" | jq '.[0].flags | index("ALLMULTI") != null')" = true ] || fail "$card does not hear all groups"
done
echo "ok: IPv6 neighbours and a multicast group are heard over each card; none is promiscuous"

listen_anew
vlans a 1
vlans b 2
for card in $a $b; do
  if filters "$card"; then
    eventually "$card hears all VLANs" promiscuity "$card" 1
    eventually "an event of $card" said "$(host_of "$card")" "$card: notice: .*it filters VLANs"
  else
    promiscuity "$card" 0 || fail "$card is promiscuous, and filters nothing"
  fi
done
for card in $a; do
  over "$card" "the VLAN" answers 10.7.0.2
  pings a 10.7.0.2
  pings b 10.7.0.1
  on a ip -6 neigh flush dev bond0.7
  over "$card" "the VLAN's neighbour" answers fd07::2
  over "$card" "the VLAN in the VLAN" answers 10.79.0.2
  echo "ok: VLANs over $card ($(ethtool -i "$card" | sed -n 's/driver: //p'), $(ethtool -k "$card" | grep rx-vlan-filter))"
done

# The next service finds all filters as they were. A card that joins only afterwards gets them too.
pid=$(for pid in $(ip netns pids a); do [ "$(<"/proc/$pid/comm")" != tandemd ] || echo "$pid"; done | while read -r pid; do
  grep -q a.sock "/proc/$pid/cmdline" && echo "$pid"
done)
kill -KILL "$pid"
pings a 10.7.0.2
service a
grep -q "bond0: taken over" /run/a.log || fail "the next service does not take over: $(cat /run/a.log)"
pings a 10.7.0.2
first=${a# } first=${first%% *}
tandem a link set "$first" nomaster || fail "$first does not leave"
[ "$(state "$first")" = "${before[$first]}" ] || fail "$first is not as before: $(state "$first"), was ${before[$first]}"
tandem a link set "$first" master bond0 || fail "$first does not join again"
eventually "$first has a link" linked "$first"
over "$first" "the VLAN" answers 10.7.0.2
echo "ok: VLANs after a killed service, and over a card that joins later"

for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
for card in $a $b; do
  [ "$(state "$card")" = "${before[$card]}" ] || fail "$card is not as before: $(state "$card"), was ${before[$card]}"
done
echo "ok: the cards filter as before"
