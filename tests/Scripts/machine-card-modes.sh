#!/usr/bin/env bash
# Each mode over two cables between network cards of one model, in a guest. Both ends are bonds of Tandem; in balance-tlb and balance-alb the other
# end is a switch. Each cable loses its carrier in turn under a ping. $2 is the longest accepted time without an answer, in ms; further arguments
# are the modes.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/cards.sh
. "$(dirname "$0")/cards.sh"
allowed=$2
modes=("${@:3}")
cards=(eth0 eth1 eth2 eth3)

echo "kernel $(uname -r), $(ethtool -i eth0 | head -n 1)"
card_hosts
# Settings that must be restored when the cards leave the bond.
ip link set eth0 mtu 1400
ip addr add 192.0.2.5/24 dev eth0
declare -A before
for card in "${cards[@]}"; do before[$card]=$(state "$card"); done

# cut CABLE: takes the carrier and gives it back. The bonds of both ends notice both, and the other cable carries the pings meanwhile
cut() {
  local end
  listen_anew
  cable "$1" off
  for end in $(($1 * 2)) $(($1 * 2 + 1)); do eventually "eth$end loses its link" loses "eth$end"; done
  pings a 10.213.0.2
  cable "$1" on
  for end in $(($1 * 2)) $(($1 * 2 + 1)); do eventually "eth$end has its link again" regains "eth$end"; done
}
# port CARD: succeeds if the card is a port of the switch. For other cards, the logs of the services tell the state.
port() { [ -e "/sys/class/net/$1" ] && return 1; on b test -e "/sys/class/net/$1/brport"; }
loses() { if port "$1"; then ! forwards b "$1"; else said "$(host_of "$1")" "$1: link-down"; fi; }
regains() { if port "$1"; then forwards b "$1"; else said "$(host_of "$1")" "$1: link-up"; fi; }
has_link() { if port "$1"; then forwards b "$1"; else linked "$1"; fi; }
# joined HOST: both ports are in the aggregate
joined() { [ "$(tandem "$1" -j -d link show bond0 | jq -r '.[0].linkinfo.info_data.ad_info.num_ports')" = 2 ]; }
all_joined() { [[ $1 != 802.3ad ]] || { eventually "a has two ports in an aggregate" joined a; eventually "b has two ports" joined b; }; }

for mode in "${modes[@]}"; do
  options=(mode "$mode" miimon 100)
  [ "$mode" != 802.3ad ] || options+=(lacp_rate fast)
  card_bond a 10.213.0.1/24 "eth0 eth2" "${options[@]}"
  case $mode in
    balance-tlb | balance-alb) switch b 10.213.0.2/24 eth1 eth3 ;;
    *) card_bond b 10.213.0.2/24 "eth1 eth3" "${options[@]}" ;;
  esac
  for card in "${cards[@]}"; do eventually "$card has a link" has_link "$card"; done
  all_joined "$mode"
  # No switch connects the active members of the two ends, so both must be on the same cable.
  [ "$mode" != active-backup ] || choose eth0
  begin_ping 10.213.0.2
  cut 0
  all_joined "$mode"
  cut 1
  end_ping
  gap_below "$allowed" "$mode"
  tandem a link del bond0 || fail "bond0 of a stays"
  if port eth1; then no_switch b eth1 eth3; else tandem b link del bond0 || fail "bond0 of b stays"; fi
  for card in "${cards[@]}"; do
    [ "$(state "$card")" = "${before[$card]}" ] || fail "$mode: $card is not as before: $(state "$card"), was ${before[$card]}"
  done
  echo "ok: $mode: $gap ms without an answer at most, $lost pings lost in two cuts"
done
echo "ok: all modes"
