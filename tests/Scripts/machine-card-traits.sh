#!/usr/bin/env bash
# How a bond handles cards that differ in speed, duplex, MTU and MAC addresses, in a guest. The cables are between two virtio cards, two e1000, an
# e1000 and an rtl8139, a vmxnet3 and an e1000e: eth0 to eth7.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/cards.sh
. "$(dirname "$0")/cards.sh"
card_hosts
cards=(eth0 eth1 eth2 eth3 eth4 eth5 eth6 eth7)
declare -A before
for card in "${cards[@]}"; do before[$card]=$(state "$card"); done

# speed HOST NUMBER DUPLEX: checks the bond's speed in Mbit/s and its duplex; 0 and unknown if it has none
speed() { [ "$(tandem "$1" -j show bond0 | jq -r '(.[0]? // .) | "\(.speed_mbps // 0) \(.duplex // "unknown")"')" = "$2 $3" ]; }
# shows HOST TEXT: searches the output of tandem show, joined into one line
shows() { tandem "$1" show bond0 | paste -sd ' ' | grep -q -e "$2"; }

# Host b has an e1000 (1000 Mbit/s), an rtl8139 (100), and a virtio card, whose speed is unknown.
card_bond a 10.213.0.1/24 "eth0 eth2 eth4" mode balance-rr miimon 100
card_bond b 10.213.0.2/24 "eth1 eth3 eth5" mode balance-rr miimon 100
for card in eth0 eth1 eth2 eth3 eth4 eth5; do eventually "$card has a link" linked "$card"; done
eventually "a has the sum of two e1000" speed a 2000 full
eventually "b has the sum of an e1000 and an rtl8139" speed b 1100 full
eventually "the speed of virtio is unknown" shows a "Interface: eth0 MII Status: up Speed: Unknown Duplex: Unknown"
eventually "the speed of e1000" shows a "Interface: eth2 MII Status: up Speed: 1000 Mbps Duplex: full"
eventually "the speed of rtl8139" shows b "Interface: eth5 MII Status: up Speed: 100 Mbps Duplex: full"
pings a 10.213.0.2
echo "ok: speed and duplex: $(tandem a -j show bond0 | jq -c '(.[0]? // .) | [.speed_mbps, .duplex]'), ethtool says $(on a ethtool bond0 2>/dev/null | grep Speed || echo "no speed")"

# refuses MTU LIMIT HOST: the change must fail with a text that names the member and its limit, and change no interface
refuses() {
  local host=$3 card after text before
  before=$(on "$host" ip -j link show | jq -c '[.[] | [.ifname, .mtu, .operstate]]')
  text=$(tandem "$host" link set bond0 mtu "$1" 2>&1) && fail "$host: an MTU of $1 is taken"
  [[ $text == *$2* ]] || fail "the refusal of an MTU of $1: $text"
  after=$(on "$host" ip -j link show | jq -c '[.[] | [.ifname, .mtu, .operstate]]')
  [ "$before" = "$after" ] || fail "an MTU that is refused changes interfaces: $before, now $after"
}
refuses 4097 "eth5: it takes an MTU of 60 to 4096 only" b
tandem b link set bond0 mtu 4000 || fail "4000 is not taken"
[ "$(ip -n b -j link show | jq -c '[.[] | select(.ifname | test("^eth[135]$|^bond0$")) | .mtu] | unique')" = "[4000]" ] ||
  fail "not all have the MTU 4000: $(ip -n b link show)"
tandem b link set bond0 mtu 9000 2>/run/said && fail "9000 is taken"
tandem b link set eth5 nomaster || fail "eth5 does not leave"
tandem b link set bond0 mtu 9000 || fail "without the rtl8139 9000 is not taken"
tandem b link set eth5 master bond0 2>/run/said && fail "a card joins whose MTU cannot be the bond's"
grep -q "cannot set the MTU of eth5 to 9000, which is that of bond0: it takes an MTU of 60 to 4096 only" /run/said || fail "its refusal: $(cat /run/said)"
[ "$(state eth5)" = "${before[eth5]}" ] || fail "a card that was refused is not as before: $(state eth5), was ${before[eth5]}"
tandem b link set eth7 master bond0 || fail "eth7 does not join with an MTU of 9000"
for card in eth1 eth3 eth7; do eventually "$card has a link" linked "$card"; done
refuses 9213 "eth7: it takes an MTU of 68 to 9212 only" b
echo "ok: MTU: $(cat /run/said)"

for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
for card in "${cards[@]}"; do
  [ "$(state "$card")" = "${before[$card]}" ] || fail "$card is not as before: $(state "$card"), was ${before[$card]}"
done
echo "ok: the cards have their MTU and addresses again"

# address HOST DEVICE: prints the MAC address
address() { on "$1" ip -j link show "$2" | jq -r '.[0].address'; }
is() { [ "$(address "$1" "$2")" = "$3" ]; }
all="eth0 eth2 eth4 eth6"
card_bond b 10.213.0.2/24 "eth1 eth3 eth5 eth7" mode active-backup miimon 100
for policy in none active follow; do
  card_bond a 10.213.0.1/24 "$all" mode active-backup miimon 100 fail_over_mac $policy
  for card in $all; do eventually "$card has a link" linked "$card"; done
  own=$(address a bond0)
  for card in $all; do
    choose "$card"
    case $policy in
      none | follow) eventually "$policy: $card has the bond's address" is a "$card" "$own" ;;
      active) eventually "$policy: the bond has the address of $card" is a bond0 "$(ethtool -P "$card" | sed 's/.*: //')" ;;
    esac
    # With fail_over_mac none, QEMU's vmxnet3 does not receive the bond's frames: it had the bond's address before it was opened
    # (docs/troubleshooting.md).
    [ "$policy $card" != "none eth6" ] || continue
    [ $policy = none ] || [ "$(for other in $all; do address a "$other"; done | sort -u | wc -l)" = 4 ] || fail "$policy: an address twice"
    eventually "$policy: b answers over $card" on a ping -c 1 -W 1 10.213.0.2
  done
  if [ $policy = none ]; then
    # The cards are up by now, so vmxnet3, which is the active member, receives frames for an address that is set now.
    tandem a link set bond0 address 02:00:00:00:00:aa || fail "the address cannot be changed"
    for card in $all; do is a "$card" 02:00:00:00:00:aa || fail "$card has not the bond's new address"; done
    eventually "b answers the new address" on a ping -c 1 -W 1 10.213.0.2
  fi
  tandem a link del bond0 || fail "bond0 stays"
  for card in $all; do
    [ "$(state "$card")" = "${before[$card]}" ] || fail "$policy: $card is not as before: $(state "$card"), was ${before[$card]}"
  done
done
echo "ok: fail_over_mac none, active and follow on $all"
