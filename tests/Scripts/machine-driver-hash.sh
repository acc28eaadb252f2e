#!/usr/bin/env bash
# The kernel's bonding driver and Tandem in one guest, each with five members: with each hash policy both must send the same flows on the same
# members.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# The guest's processor is emulated, and slow.
export PATIENCE=20
members=5
policies=(layer2 layer2+3 layer3+4)

cables driver driver-peer $members
cables tandem tandem-peer $members
service tandem
for host in driver tandem; do
  # The bonds have the same address, since hash values depend on it.
  options=(mode balance-xor miimon 100)
  "bond_$host" $host $members 10.213.0.1/16 "${options[@]}"
  if [ $host = driver ]; then ip -n $host link set bond0 address 02:00:00:00:00:17; else tandem $host link set bond0 address 02:00:00:00:00:17; fi
  ip -n $host addr add fd00:213::1/64 dev bond0 nodad
  # No host answers: each neighbour is a permanent entry with an address of its own.
  for ((i = 0; i < 40; i++)); do
    printf 'neigh add 10.213.%d.%d lladdr 02:00:00:00:%02x:%02x dev bond0\n' $((i + 1)) $((i * 5 + 2)) $((i / 7)) $((i * 11 % 256))
    printf 'neigh add fd00:213::%x:%x lladdr 02:00:00:00:%02x:%02x dev bond0\n' $((i * 977)) $((i + 2)) $((i / 5)) $((i * 13 % 256))
  done | ip -n $host -batch - || fail "no neighbours on $host"
  for ((i = 0; i < members; i++)); do ip -n $host-peer link set e$i up; done
done
usable() { [ "$(grep -c '^MII Status: up' "$1")" -eq $((members + 1)) ]; }
driver_ready() { on driver cat /proc/net/bonding/bond0 >/run/bonding && usable /run/bonding; }
tandem_ready() { tandem tandem show bond0 >/run/show && usable /run/show; }
eventually "the driver's members are up" driver_ready
eventually "Tandem's members are up" tandem_ready

# Sends a datagram in each of 120 flows from the shell itself: a process for each would take the guest minutes. The range of local ports is set to a
# single port, so that the flow gets it.
# shellcheck disable=SC2016  # for the shell that runs it
flows='
for ((i = 0; i < 40; i++)); do
  source=$((20000 + i * 37)) port=$((i * 131 % 60000 + 1024))
  echo "$source $source" >/proc/sys/net/ipv4/ip_local_port_range
  echo x >"/dev/udp/10.213.$((i + 1)).$((i * 5 + 2))/$port"
  echo x >"/dev/udp/10.213.$((i + 1)).$((i * 5 + 2))/$((port + 3))"
  printf -v address "fd00:213::%x:%x" $((i * 977)) $((i + 2))
  echo x >"/dev/udp/$address/$port"
done'

# leave HOST FILE: the flows that leave HOST, as captured by its peer: sorted, each as "MEMBER SOURCE > DESTINATION"
leave() {
  local listener
  rm -f /run/heard /run/tcpdump
  # tcpdump ends by itself after the last datagram. Without -s its buffer has room for eight frames only.
  on "$1-peer" timeout -s INT 60 tcpdump -i any -n -s 128 -U --immediate-mode -c 120 -w /run/heard 'udp and src portrange 20000-22000' 2>/run/tcpdump &
  listener=$!
  eventually "tcpdump listens" grep -q listening /run/tcpdump
  on "$1" bash -c "$flows" || fail "$1 does not send"
  wait $listener || fail "not all of 120 datagrams arrive from $1: $(cat /run/tcpdump)"
  # Read in the namespace of the capture, where interface indexes resolve to names.
  on "$1-peer" tcpdump -n -r /run/heard 2>/dev/null | sed -E 's/^[^ ]+ (e[0-9]+) +[A-Z]+ +IP6? ([^ ]+) > ([^ ]+):.*/\1 \2 > \3/' | sort >"$2"
}

for policy in "${policies[@]}"; do
  ip -n driver link set bond0 type bond xmit_hash_policy "$policy" || fail "the driver refuses $policy"
  tandem tandem link set bond0 type bond xmit_hash_policy "$policy" || fail "Tandem refuses $policy"
  leave driver /run/theirs
  leave tandem /run/ours
  used=$(cut -d ' ' -f 1 /run/theirs | sort -u | wc -l)
  [ "$used" -eq $members ] || fail "$policy: the driver uses $used members only: $(cat /run/theirs)"
  cmp -s /run/theirs /run/ours ||
    fail "$policy: of $(wc -l </run/theirs) flows these differ: the driver has -, Tandem +"$'\n'"$(diff -U 0 /run/theirs /run/ours)"
  echo "ok: $policy: $(wc -l </run/ours) flows on $used members as with the driver"
done
