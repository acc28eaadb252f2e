#!/usr/bin/env bash
# Tandem on both ends of two cables, in a guest; one cable is cut under a ping. $2 and further arguments are options of both bonds, which select the
# kind of their devices.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
device_options=("${@:2}")
# The guest's processor is emulated, and slow.
export PATIENCE=20

echo "kernel $(uname -r)"
cables a b 2
number=1
for host in a b; do
  service $host
  bond_tandem $host 2 "10.213.0.$number/24" mode active-backup miimon 100 primary e0 "${device_options[@]}"
  number=$((number + 1))
done
active() { tandem "$1" show bond0 | grep -q "^Currently Active Slave: $2\$"; }
eventually "b answers" on a ping -c 1 -W 1 10.213.0.2
eventually "e0 is active at first" active a e0
pings a 10.213.0.2
echo "ok: a and b ping each other over e0"

on a ping -q -c 80 -i 0.05 -w 20 10.213.0.2 >/run/ping &
ping=$!
sleep 1
on b ip link set e0 down
eventually "e1 takes over" active a e1
wait $ping
received=$(sed -nE 's/.* ([0-9]+) received.*/\1/p' /run/ping)
# At most a second of loss. The cost of a failover is measured elsewhere, on processors that are not emulated.
[ "${received:-0}" -ge 60 ] || fail "the ping under which the cable was cut: $(cat /run/ping)"
pings a 10.213.0.2
pings b 10.213.0.1
echo "ok: e1 took over, $received of 80 pings answered"

on b ip link set e0 up
eventually "e0 is active again" active a e0
pings a 10.213.0.2
for host in a b; do tandem $host link del bond0 || fail "bond0 of $host stays"; done
echo "ok: e0 is active again"
