# shellcheck shell=bash
# Sourced after hosts.sh by scripts that run in a guest with network cards: hosts whose cables are cards of the guest.

# cards A B CABLE...: creates two namespaces, and moves these cables of the guest between them as e0, e1, ... The cards of `eng/guest` have no speed
# until one is set, and 802.3ad needs one.
cards() {
  local host number=0 cable end
  for host in "$1" "$2"; do ip netns add "$host"; ip -n "$host" link set lo up || fail "no host $host"; done
  for cable in "${@:3}"; do
    end=$((2 * cable))
    for host in "$1" "$2"; do
      ip link set "eth$end" netns "$host" name "e$number" || fail "no card eth$end"
      on "$host" ethtool -s "e$number" speed 1000 duplex full || fail "no speed for e$number of $host"
      end=$((end + 1))
    done
    number=$((number + 1))
  done
}
