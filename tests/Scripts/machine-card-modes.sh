#!/usr/bin/env bash
# Each mode over two cables between network cards of one model, in a guest: both ends by Tandem, one cable after the other loses its
# carrier under a ping. $2 is how long a cut may leave pings without an answer, in ms; further arguments are the modes.
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
# What has to be there again when the cards leave.
ip link set eth0 mtu 1400
ip addr add 192.0.2.5/24 dev eth0
declare -A before
for card in "${cards[@]}"; do before[$card]=$(state "$card"); done

# cut CABLE: its carrier goes and comes back; the bonds of both ends notice both, and the other cable carries the pings meanwhile
cut() {
  local end
  listen_anew
  cable "$1" off
  for end in $(($1 * 2)) $(($1 * 2 + 1)); do eventually "eth$end loses its link" said "$(host_of "eth$end")" "eth$end: link-down"; done
  pings a 10.213.0.2
  cable "$1" on
  for end in $(($1 * 2)) $(($1 * 2 + 1)); do eventually "eth$end has its link again" said "$(host_of "eth$end")" "eth$end: link-up"; done
}
# joined HOST: both ports are in the aggregate
joined() { [ "$(tandem "$1" -j -d link show bond0 | jq -r '.[0].linkinfo.info_data.ad_info.num_ports')" = 2 ]; }
all_joined() { [[ $1 != 802.3ad ]] || { eventually "a has two ports in an aggregate" joined a; eventually "b has two ports" joined b; }; }

for mode in "${modes[@]}"; do
  options=(mode "$mode" miimon 100)
  [ "$mode" != 802.3ad ] || options+=(lacp_rate fast)
  card_bond a 10.213.0.1/24 "eth0 eth2" "${options[@]}"
  card_bond b 10.213.0.2/24 "eth1 eth3" "${options[@]}"
  for card in "${cards[@]}"; do eventually "$card has a link" linked "$card"; done
  all_joined "$mode"
  begin_ping 10.213.0.2
  cut 0
  all_joined "$mode"
  cut 1
  end_ping
  gap_below "$allowed" "$mode"
  for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
  for card in "${cards[@]}"; do
    [ "$(state "$card")" = "${before[$card]}" ] || fail "$mode: $card is not as before: $(state "$card"), was ${before[$card]}"
  done
  echo "ok: $mode: $gap ms without an answer at most, $lost pings lost in two cuts"
done
echo "ok: all modes"
