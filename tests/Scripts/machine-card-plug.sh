#!/usr/bin/env bash
# Removes network cards under traffic and plugs them in again, in a guest with two cables.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/cards.sh
. "$(dirname "$0")/cards.sh"
card_hosts
members() { [ "$(tandem a show bond0 | sed -n 's/^Slave Interface: //p' | sort | paste -sd ' ')" = "$1" ]; }
carrier() { [ "$(cat /sys/class/net/bond0/carrier)" = "$1" ]; }
# back CARD: plugs the card in, checks that it is as after a boot, and makes it a member
back() {
  card "$1" in || fail "$1 cannot be put in"
  [ "$(state "$1")" = "${before[$1]}" ] || fail "$1 is not as it came: $(state "$1"), was ${before[$1]}"
  tandem a link set "$1" master bond0 || fail "$1 does not join again"
  eventually "$1 has a link" linked "$1"
}
declare -A before
for name in eth0 eth2; do before[$name]=$(state $name); done

for mode in active-backup balance-rr 802.3ad; do
  card_bond a 10.213.0.1/24 "eth0 eth2" mode $mode miimon 100
  # The frames that b sends must not depend on when b notices the loss: opposite active-backup it broadcasts over both cables.
  other=$mode
  [ $mode != active-backup ] || other=broadcast
  card_bond b 10.213.0.2/24 "eth1 eth3" mode $other miimon 100
  for name in eth0 eth1 eth2 eth3; do eventually "$name has a link" linked "$name"; done
  eventually "b answers" on a ping -c 1 -W 1 10.213.0.2
  listen_anew
  begin_ping 10.213.0.2
  card eth0 out || fail "eth0 cannot be taken out"
  eventually "an event says that eth0 is gone" said a "eth0: member-removed: the interface is gone"
  members eth2 || fail "the members, without eth0: $(tandem a show bond0)"
  # When eth0 is removed, the other end of its cable keeps its carrier, and what b sends there is lost.
  cable eth1 off
  eventually "eth1 loses its link" said b "eth1: link-down"
  pings a 10.213.0.2
  cable eth1 on
  back eth0
  eventually "eth1 has its link again" said b "eth1: link-up"
  members "eth0 eth2" || fail "the members, with eth0: $(tandem a show bond0)"
  end_ping
  # In the other modes b uses the dead cable until its carrier is taken away.
  [ $mode != active-backup ] || gap_below 1000 "$mode"
  echo "ok: $mode: eth0 out and in, $gap ms without an answer at most, $lost pings lost"
  if [ $mode = active-backup ]; then
    card eth2 out || fail "eth2 cannot be taken out"
    eventually "only eth0 is left" members eth0
    eventually "b answers over the last card" on a ping -c 1 -W 1 10.213.0.2
    card eth0 out || fail "eth0 cannot be taken out"
    eventually "no card is left" members ""
    eventually "bond0 has no carrier" carrier 0
    back eth0
    eventually "bond0 has its carrier" carrier 1
    eventually "b answers again" on a ping -c 1 -W 1 10.213.0.2
    back eth2
    pings a 10.213.0.2
    echo "ok: the last card out and in"
  fi
  for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
done
for name in eth0 eth2; do [ "$(state $name)" = "${before[$name]}" ] || fail "$name is not as before: $(state $name)"; done
echo "ok: plugged"
