#!/usr/bin/env bash
# Captures, counters, queueing disciplines, firewalls and watchers on bond0, in a guest; then bond0 in another network namespace. $2 and further
# arguments are options of both bonds, which select the kind of their devices.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
device_options=("${@:2}")
# The guest's processor is emulated, and slow.
export PATIENCE=20

cables a b 2
number=1
for host in a b; do
  service $host
  bond_tandem $host 2 "10.213.0.$number/24" mode active-backup miimon 100 "${device_options[@]}"
  number=$((number + 1))
done
active() { tandem a show bond0 | grep -q "^Currently Active Slave: $1\$"; }
eventually "b answers" on a ping -c 1 -W 1 10.213.0.2
tandem a -d link show bond0 | grep "data_path ebpf" || fail "the kernel does not carry the frames: $(tandem a -d link show bond0)"

# listen NAME ARGUMENT...: starts tcpdump on host a, which writes to /run/NAME
listen() {
  on a tcpdump -i bond0 -n -l --immediate-mode "${@:2}" >"/run/$1" 2>"/run/$1.said" &
  eventually "tcpdump listens" grep -q listening "/run/$1.said"
}
# lines NUMBER FILE FORM: exactly NUMBER lines of the file match
lines() { [ "$(grep -c "$3" "$2")" = "$1" ]; }
listen sent -Q out icmp
listen received -Q in icmp
pings a 10.213.0.2
pings b 10.213.0.1
for form in request reply; do
  eventually "ten echo ${form}s are seen as sent" lines 10 /run/sent "echo $form"
  eventually "ten echo ${form}s are seen as received" lines 10 /run/received "echo $form"
done
echo "ok: captures"

# between LOW NUMBER HIGH
between() { [ "$2" -ge "$1" ] && [ "$2" -le "$3" ]; }
# counter NAME: a counter of host a's bond0
counter() { on a cat "/sys/class/net/bond0/statistics/$1"; }
for direction in tx rx; do
  before=$(counter ${direction}_packets)
  pings a 10.213.0.2
  grown=$(($(counter ${direction}_packets) - before))
  between 10 $grown 15 || fail "${direction}_packets counts $grown for 10 pings"
done
echo "ok: counters"

on a tc qdisc add dev bond0 root tbf rate 8mbit burst 16kb latency 50ms || fail "no tbf"
on b iperf3 -s --forceflush >/run/iperf3 2>&1 &
eventually "iperf3 listens" grep -q listening /run/iperf3
rate=$(on a iperf3 -c 10.213.0.2 -t 2 -J | jq '.end.sum_received.bits_per_second | floor')
between 1000000 "${rate:-0}" 10000000 || fail "tbf of 8 Mbit/s lets $rate bit/s pass"
[ "$(on a tc -s -j qdisc show dev bond0 | jq '.[0].packets')" -gt 100 ] || fail "tbf counts nothing: $(on a tc -s qdisc show dev bond0)"
on a tc qdisc del dev bond0 root
echo "ok: tbf"

on a nft 'table netdev at_bond0 {
  chain in { type filter hook ingress device bond0 priority 0; icmp type echo-reply counter; }
  chain out { type filter hook egress device bond0 priority 0; icmp type echo-request counter; }
}' || fail "no nftables at bond0"
pings a 10.213.0.2
for chain in in out; do
  on a nft list chain netdev at_bond0 $chain | grep -q "packets 10 " || fail "nftables counts: $(on a nft list chain netdev at_bond0 $chain)"
done
for chain in in out; do
  on a nft add rule netdev at_bond0 $chain ip protocol icmp drop
  said=$(on a ping -q -c 3 -i 0.05 -W 0.3 10.213.0.2)
  [[ $said == *" 100% packet loss"* ]] || fail "nftables does not drop in the chain $chain"
  on a nft flush chain netdev at_bond0 $chain
  pings a 10.213.0.2
done
echo "ok: nftables"

# service_of HOST: the process id of its service
service_of() { local pid; for pid in $(ip netns pids "$1"); do [ "$(<"/proc/$pid/comm")" = tandemd ] && echo "$pid"; done; }
on a ip monitor link >/run/links &
watcher=$!
on a ping -q -i 0.02 10.213.0.2 >/run/ping &
kill -KILL "$(service_of a)"
pings a 10.213.0.2
service a
grep -q "bond0: taken over" /run/a.log || fail "the next service does not take over"
pings a 10.213.0.2
for pid in $(ip netns pids a); do [ "$(<"/proc/$pid/comm")" = ping ] && kill -INT "$pid"; done
eventually "ping ends" grep -q "packet loss" /run/ping
grep -q " 0% packet loss" /run/ping || fail "a killed service costs frames: $(cat /run/ping)"
[ -s /run/links ] && fail "a killed service is heard of: $(cat /run/links)"
kill $watcher
echo "ok: a killed service"

ip netns add web
on a ip link set bond0 netns web
ip -n web addr add 10.213.0.1/24 dev bond0
ip -n web link set bond0 up
eventually "b answers to the other namespace" on web ping -c 1 -W 1 10.213.0.2
tandem a link show bond0 | grep -q "LOWER_UP" || fail "bond0 in another namespace: $(tandem a link show bond0)"
on b ip link set e0 down
eventually "e1 takes over" active e1
eventually "b answers over e1" on web ping -c 1 -W 1 10.213.0.2
pings web 10.213.0.2
tandem a link set bond0 type bond device fast || fail "no device fast"
pings web 10.213.0.2
echo "ok: another namespace"

for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
for host in a web; do on $host ip link show bond0 >/dev/null 2>&1 && fail "bond0 stays in $host"; done
echo "ok: bond0 goes"
