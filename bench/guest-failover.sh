#!/usr/bin/env bash
# Run by bench/guest/failover in a guest with four virtio cards: the traffic that a pulled cable costs, with bonds of the kernel's driver and of
# Tandem in turn over the same two cables.
#
# usage: guest-failover.sh MODES CUTS RATE     writes a JSON object for each bond to /share/results; MODES is a list with commas
set -euo pipefail
programs=/programs work=$(mktemp -d)
IFS=, read -ra modes <<<"$1"
cuts=$2 rate=$3
# Seconds between cuts. The cable has no carrier for two of them.
period=4
uname -sr >/share/kernel

fail() {
  echo "bench: $*" >&2
  exit 1
}
# until_true WHAT COMMAND...: waits up to 20 s until the command succeeds
until_true() {
  local i
  for ((i = 0; i < 100; i++)); do
    "${@:2}" >/dev/null 2>&1 && return
    sleep 0.2
  done
  fail "$1"
}
host() { ip netns exec host env TANDEM_SOCKET="$work/tandem.sock" "$@"; }
switch() { ip netns exec switch "$@"; }

# Cables 0 and 1 join the bond's host to a bridge, which stands for a switch: it accepts frames from both ports and takes no part in a failover.
ip netns add host
ip netns add switch
ip -n switch link add bridge address 02:00:00:00:00:02 type bridge mcast_snooping 0
for cable in 0 1; do
  ip link set "eth$((2 * cable))" netns host name "e$cable"
  ip link set "eth$((2 * cable + 1))" netns switch name "e$cable"
  ip -n switch link set "e$cable" master bridge up
done
ip -n switch link set bridge up
ip -n switch addr add 10.215.0.2/24 dev bridge
host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1

# The command that creates and changes the bond: ip or tandem.
by=''
# bond MAKER MODE MIIMON
bond() {
  local member
  by=ip
  [ "$1" = driver ] || by=$programs/tandem
  host "$by" link add bond0 address 02:00:00:00:00:01 type bond mode "$2" miimon "$3"
  [ "$2" != balance-xor ] || host "$by" link set bond0 type bond xmit_hash_policy layer3+4
  for member in e0 e1; do host "$by" link set $member master bond0; done
  [ "$2" != active-backup ] || host "$by" link set bond0 type bond primary e0
  host "$by" link set bond0 up
  host ip addr add 10.215.0.1/24 dev bond0
  host ip neigh replace 10.215.0.2 lladdr 02:00:00:00:00:02 dev bond0
  until_true "no way to the switch" host ping -c 1 -W 1 10.215.0.2
}

# until_second SECONDS: waits until SECONDS after $start
until_second() { sleep "$(awk -v start="$start" -v at="$1" '{ left = start + at * 1e9 - $1 * 1e9; print (left > 0 ? left / 1e9 : 0) }' /proc/uptime)"; }
# note EVENT: prints the event's time by the clock of the probes. Called before the event's command, which takes a while
note() { awk -v event="$1" '{ printf "%s %.0f %.0f\n", event, $1 * 1e9, $1 * 1e9 }' /proc/uptime; }
cut_and_mend() {
  local i start
  start=$(awk '{ printf "%.0f", $1 * 1e9 }' /proc/uptime)
  for ((i = 0; i < cuts; i++)); do
    until_second $((i * period + 1))
    note cut
    cable 0 off
    until_second $((i * period + 3))
    note mend
    cable 0 on
  done >"$work/cuts"
}

# measure MAKER MODE MIIMON
measure() {
  local flows=1 hit=1 probes=$((rate * (cuts * period + 8))) receiver sender
  [ "$2" != balance-xor ] || { flows=4 hit=1111; }
  echo "bench: $*" >&2
  bond "$@"
  sleep 2
  switch /share/probe recv 7003 "$probes" "$work/received" &
  receiver=$!
  until_true "no receiver" switch sh -c 'ss -Hlnu "sport = :7003" | grep -q .'
  host /share/probe send 10.215.0.2 7003 "$probes" "$rate" 9000 $flows "$work/sent" &
  sender=$!
  cut_and_mend
  kill -0 $sender || fail "the probes ended before the last cut"
  wait $sender || fail "no probe was sent"
  wait $receiver || fail "no probe came"
  /share/probe gaps "$work/sent" "$work/received" "$work/cuts" $hit |
    jq -c --arg maker "$1" --arg mode "$2" --argjson miimon "$3" '{mode: $mode, maker: $maker, miimon: $miimon} + .' >>/share/results
  host "$by" link del bond0
}

host "$programs/tandemd" --socket "$work/tandem.sock" --state "$work/state" >"$work/log" 2>&1 &
until_true "the service does not start" host "$programs/tandem" link show
for mode in "${modes[@]}"; do
  measure driver "$mode" 100
  measure driver "$mode" 10
  measure tandem "$mode" 100
done
