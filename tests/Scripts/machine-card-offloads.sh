#!/usr/bin/env bash
# TCP through bonds of cards that compute checksums and cut segments, in a guest. $2 is the number of cables, each between two cards of the same
# model. One model is e1000e, which does not report a lost carrier.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/cards.sh
. "$(dirname "$0")/cards.sh"
card_hosts
a='' b=''
for ((i = 0; i < $2; i++)); do a+=" eth$((2 * i))" b+=" eth$((2 * i + 1))"; done
offloads() { on "$(host_of "$1")" ethtool -k "$1"; }
declare -A before
for card in $a $b; do ip -n "$(host_of "$card")" link set "$card" up; before[$card]=$(offloads "$card"); ip -n "$(host_of "$card")" link set "$card" down; done
head -c 6000000 /dev/urandom >/run/data

# transfer FROM TO ADDRESS: sends the file, which must arrive whole
transfer() {
  rm -f /run/got
  on "$2" socat -u TCP-LISTEN:9000,reuseaddr OPEN:/run/got,creat,trunc &
  on "$1" socat -u OPEN:/run/data "TCP:$3:9000,retry=100,interval=0.1" || fail "$1 cannot send to $2"
  wait $!
  cmp /run/data /run/got || fail "what $1 sends is not what $2 gets"
}
bad() { on "$1" nstat -asz TcpInCsumErrors | awk '/CsumErrors/ { print $2 }'; }
# sent CARD: packets that left on the card
sent() { cat "/sys/class/net/$1/statistics/tx_packets"; }

# QEMU's vmxnet3 receives frames for its own address only (docs/troubleshooting.md), so each card keeps its own.
card_bond a 10.213.0.1/24 "$a" mode active-backup miimon 100 fail_over_mac active
card_bond b 10.213.0.2/24 "$b" mode active-backup miimon 100 fail_over_mac active
for card in $a $b; do
  eventually "$card has a link" linked "$card"
  [ "$(offloads "$card")" = "${before[$card]}" ] || fail "joining changes offloads of $card: $(diff <(offloads "$card") <(echo "${before[$card]}"))"
done
for card in $a; do
  choose "$card"
  eventually "b answers" on a ping -c 1 -W 1 10.213.0.2
  frames=$(sent "$card")
  start=$EPOCHREALTIME
  transfer a b 10.213.0.2
  frames=$(($(sent "$card") - frames))
  transfer b a 10.213.0.1
  took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  [ "$frames" -gt 50 ] || fail "$card carried $frames frames only"
  for host in a b; do [ "$(bad $host)" = 0 ] || fail "$host got $(bad $host) segments with a wrong checksum"; done
  echo "ok: $(ethtool -i "$card" | sed -n 's/driver: //p') ($(ethtool -k "$card" | grep -E '^(rx-c|tx-c|tcp-s)' | paste -sd ' ')): 6 MB each way in $took ms"
done
for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
echo "ok: TCP over all cards"
