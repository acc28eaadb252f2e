#!/usr/bin/env bash
# The kernel's bonding driver and Tandem side by side in a guest with eight virtio cards: each has two cables to a host of its own. The states that
# both show are compared at each step of the same sequence. $2 and further arguments are the modes.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/card-cables.sh
. "$(dirname "$0")/card-cables.sh"
# shellcheck source=tests/Scripts/bonding-text.sh
. "$(dirname "$0")/bonding-text.sh"
# The guest's processor is emulated, and slow.
export PATIENCE=20

cards driver driver-peer 0 1
cards tandem tandem-peer 2 3
service tandem

# both ARGUMENT...: the same command for the driver and for Tandem
both() {
  on driver ip "$@" || fail "the driver refuses: $*"
  tandem tandem "$@" || fail "Tandem refuses: $*"
}
# cut CABLE off|on: the same cable of both bonds
cut() {
  cable "$1" "$2" || fail "cable $1 is not $2"
  cable $(($1 + 2)) "$2" || fail "cable $(($1 + 2)) is not $2"
}

# said_by FILE: a text of /proc/net/bonding without parts that differ by design, and without addresses, which differ between any two bonds. The
# driver shows no system priority for a bond without members.
said_by() {
  local said
  said=$(<"$1")
  comparable said
  sed -E 's/^(\s*(Permanent HW addr|System MAC address|Partner Mac Address|system mac address)): .*/\1/' <<<"$said" |
    if grep -q '^Slave Interface' "$1"; then cat; else grep -v '^System priority'; fi
}
# links FILE: number of members with a link
links() { awk '/^Slave Interface: / { members = 1 } members && /^MII Status: up$/ { up++ } END { print up + 0 }' "$1"; }
# in_use FILE: number of link ends that collect and distribute, in sync, at the fast rate. The driver does not update the state of links that are
# down
in_use() { awk -F ': ' '/^MII Status: / { up = $2 == "up" } /^    port state: 63$/ && up { ends++ } END { print ends + 0 }' "$1"; }
# members FILE LINK...: state, link, failures and queue of each member, as the command LINK shows them
members() {
  local names member
  mapfile -t names < <(sed -n 's/^Slave Interface: //p' "$1")
  for member in "${names[@]}"; do
    "${@:2}" -d link show dev "$member" | grep -oE 'bond_slave state .* queue_id [0-9]+' | sed 's/ perm_hwaddr [^ ]*//'
  done
}
carrier() { echo "carrier: $(on "$1" cat /sys/class/net/bond0/carrier 2>/dev/null || echo none)"; }

theirs() {
  on driver cat /proc/net/bonding/bond0 >/run/bonding && [ "$(links /run/bonding)" = "$1" ] || return
  [ "$mode" != 802.3ad ] || [ "$(in_use /run/bonding)" = $((2 * $1)) ] || return
  { said_by /run/bonding; members /run/bonding on driver ip; carrier driver; } >/run/theirs
}
ours() {
  tandem tandem show bond0 >/run/show || return
  { said_by /run/show; members /run/show tandem tandem; carrier tandem; } >/run/ours
}
alike() { theirs "$1" && ours && cmp -s /run/theirs /run/ours; }
# step WHAT LINKS: waits until LINKS members of the driver's bond have a link, and Tandem shows the same as the driver
step() {
  (eventually "alike" alike "$2" >/dev/null) ||
    fail "$mode, $1: the driver's lines have -, Tandem's +"$'\n'"$(diff -U 50 /run/theirs /run/ours || cat /run/bonding)"
  echo "ok: $mode, $1"
}

for mode in "${@:2}"; do
  options=(mode "$mode" miimon 100)
  case $mode in
    802.3ad) options+=(lacp_rate fast) ;;
    balance-xor) options+=(xmit_hash_policy layer2+3) ;;
  esac
  for host in driver-peer tandem-peer; do
    if [ "$mode" = 802.3ad ]; then
      bond_driver $host 2 10.213.0.2/24 "${options[@]}"
    else
      for member in e0 e1; do ip -n $host link set $member up; done
    fi
  done

  both link add bond0 type bond "${options[@]}"
  # Tandem has other defaults, see docs/differences.md.
  [ "$mode" != 802.3ad ] || tandem tandem link set bond0 type bond lacp_strict off coupled_control on lacp_aggregate_wait 2000 || fail "no such options"
  step "without members" 0
  for member in e0 e1; do both link set $member master bond0; done
  both link set bond0 up
  step "two members" 2
  cut 0 off
  step "one cable off" 1
  cut 1 off
  step "both off" 0
  cut 1 on
  step "one back" 1
  cut 0 on
  step "both back" 2
  both link set e0 nomaster
  step "one member released" 1
  both link set e0 master bond0
  step "it is a member again" 2

  both link del bond0
  for host in driver tandem; do
    for member in e0 e1; do
      state=$(ip -n $host -j link show $member | jq -r '.[0] | "\(.flags | index("UP")) \(.master) \(.address == (.permaddr // .address))"')
      [ "$state" = "null null true" ] || fail "$mode: $member of $host after its bond is gone: $(ip -n $host link show $member)"
    done
  done
  if [ "$mode" = 802.3ad ]; then for host in driver-peer tandem-peer; do ip -n $host link del bond0; done; fi
  for host in driver-peer tandem-peer; do
    for member in e0 e1; do ip -n $host link set $member down; done
  done
done
