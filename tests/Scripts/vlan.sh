#!/usr/bin/env bash
# VLAN devices on top of Tandem's bond0, on both ends.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"

cables a b 2
number=1
for host in a b; do
  service $host
  bond_tandem $host 2 "10.213.0.$number/24" mode active-backup miimon 100 num_grat_arp 3 peer_notify_delay 200
  on $host ip link add link bond0 name bond0.7 type vlan id 7 || fail "no VLAN device on $host"
  on $host ip link add link bond0.7 name inner type vlan id 9 || fail "no VLAN device in a VLAN on $host"
  on $host ip link set bond0.7 up
  on $host ip link set inner up
  on $host ip addr add "10.7.0.$number/24" dev bond0.7
  on $host ip addr add "fd07::$number/64" dev bond0.7 nodad
  on $host ip addr add "10.79.0.$number/24" dev inner
  number=$((number + 1))
done

# This kernel has no TCX and no BTF: programs use the clsact hooks, and the verifier has only its own knowledge.
tandem a -d link show bond0 | grep -q "data_path ebpf: eBPF programs at the clsact hooks" || fail "the kernel does not carry the frames: $(tandem a -d link show bond0)"
eventually "the VLAN answers" on a ping -c 1 -W 1 10.7.0.2
pings a 10.213.0.2
pings a 10.7.0.2
pings a fd07::2
pings a 10.79.0.2
echo "ok: ping, ping6 and a VLAN in a VLAN"

pings a 10.7.0.2 -M "do" -s 1472
for host in a b; do
  tandem $host link set bond0 mtu 9000
  on $host ip link set bond0.7 mtu 9000
done
pings a 10.7.0.2 -M "do" -s 8972
echo "ok: the whole MTU passes with a tag, also 9000"

on b tcpdump -i e1 -n -e -l -c 1 'vlan 7 and arp and src host 10.7.0.1' >/run/arp 2>/run/arp.said &
capture=$!
eventually "tcpdump listens" grep -q listening /run/arp.said
on b ip link set e0 down
eventually "e1 takes over" sh -c "ip netns exec a env TANDEM_SOCKET=/run/a.sock $programs/tandem show bond0 | grep -q 'Active Slave: e1'"
for ((i = 0; i < 50; i++)); do kill -0 $capture 2>/dev/null || break; sleep 0.1; done
grep -q 'vlan 7.*10\.7\.0\.1' /run/arp || { kill $capture; fail "no gratuitous ARP with the tag on the new member: $(cat /run/arp)"; }
pings a 10.7.0.2
pings a 10.79.0.2
echo "ok: failover, with the gratuitous ARP tagged"

on b tc qdisc add dev e1 root netem delay 30ms loss 10% || fail "no netem"
eventually "answers over a slow cable with losses" on a ping -c 1 -W 1 10.7.0.2
on b ip link set e0 up
eventually "e0 is back" sh -c "ip netns exec a env TANDEM_SOCKET=/run/a.sock $programs/tandem -d link show dev e0 | grep -q 'mii_status UP'"
echo "ok: a slow cable with losses"

for host in a b; do tandem $host link del bond0 || fail "bond0 stays on $host"; done
on a ip link show bond0.7 >/dev/null 2>&1 && fail "the VLAN device outlives its bond"
echo "ok: the bond goes, and its VLAN devices with it"
