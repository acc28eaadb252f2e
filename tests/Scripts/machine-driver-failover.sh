#!/usr/bin/env bash
# The machine pulls a cable under a ping over active-backup bonds of the kernel's driver and of Tandem, both with miimon 100. At the median Tandem
# must not lose more than the driver. bench/guest/failover measures the figures.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/card-cables.sh
. "$(dirname "$0")/card-cables.sh"
# The guest's processor is emulated, and slow.
export PATIENCE=20
pulls=5

cards bonded switch 0 1
on switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1
on bonded sysctl -qw net.ipv6.conf.all.disable_ipv6=1
# The other end is a bridge, which stands for a switch: it accepts frames from both cables, and learns at once.
ip -n switch link add bridge type bridge mcast_snooping 0
for member in e0 e1; do ip -n switch link set $member master bridge up; done
ip -n switch link set bridge up
ip -n switch addr add 10.213.0.2/24 dev bridge
service bonded

active() { "$1" | grep -q "^Currently Active Slave: $2\$"; }
show_driver() { on bonded cat /proc/net/bonding/bond0; }
show_tandem() { tandem bonded show bond0; }

# lost driver|tandem: pulls cable 0 $pulls times under 200 pings a second; sets $median to the median of lost pings
lost() {
  local i all=() received sent ping
  for ((i = 0; i < pulls; i++)); do
    eventually "e0 is active for $1" active "show_$1" e0
    on bonded ping -q -i 0.005 -c 300 -W 1 10.213.0.2 >/run/ping &
    ping=$!
    cable 0 off
    wait $ping
    read -r sent received < <(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' /run/ping)
    eventually "e1 is active for $1" active "show_$1" e1
    all+=($((sent - received)))
    cable 0 on
  done
  median=$(printf '%s\n' "${all[@]}" | sort -n | sed -n "$((pulls / 2 + 1))p")
  echo "$1 lost at each pull: ${all[*]}"
}

bond_driver bonded 2 10.213.0.1/24 mode active-backup miimon 100
ip -n bonded link set bond0 type bond primary e0
eventually "the switch answers" on bonded ping -c 1 -W 1 10.213.0.2
lost driver
theirs=$median
on bonded ip link del bond0
bond_tandem bonded 2 10.213.0.1/24 mode active-backup miimon 100 primary e0
eventually "the switch answers" on bonded ping -c 1 -W 1 10.213.0.2
lost tandem
[ "$median" -le "$theirs" ] || fail "at the median Tandem lost $median pings, the driver $theirs"
[ "$theirs" -gt 0 ] || fail "the driver lost nothing: was no cable pulled?"
echo "ok: Tandem loses no more than the driver: $median, $theirs pings at the median"
