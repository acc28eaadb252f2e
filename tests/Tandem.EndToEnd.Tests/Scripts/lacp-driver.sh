#!/usr/bin/env bash
# 802.3ad: Tandem on one end, the bonding driver of the kernel on the other; $2 is the lacp_rate of both.
set -uo pipefail
# shellcheck source=tests/Tandem.EndToEnd.Tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
rate=$2
# The driver waits 2 s for others before it attaches a link.
export PATIENCE=15
states=63
# A link that becomes distributing after it collected does not say so at once (802.1AX, figure 6-21): at this rate within 30 s.
[ "$rate" = slow ] && states='(61|29)'

cables tandem driver 2
service tandem
bond_driver driver 2 10.213.0.2/24 mode 802.3ad miimon 50 lacp_rate "$rate" xmit_hash_policy layer3+4
bond_tandem tandem 2 10.213.0.1/24 mode 802.3ad miimon 50 lacp_rate "$rate" xmit_hash_policy layer3+4
system=$(on tandem cat /sys/class/net/bond0/address)

# The driver has both ports in one aggregator with us, and both ends are in sync, collect and distribute.
agreed() {
  on driver cat /proc/net/bonding/bond0 >/run/bonding
  grep -q 'Number of ports: 2$' /run/bonding &&
    grep -q "Partner Mac Address: $system\$" /run/bonding &&
    [ "$(grep -c "system mac address: $system\$" /run/bonding)" -eq 2 ] &&
    [ "$(grep -cE "port state: $states\$" /run/bonding)" -eq 4 ] &&
    [ "$(sed -n 's/^Aggregator ID: //p' /run/bonding | sort -u | wc -l)" -eq 1 ]
}
agree() { eventually "$1: $(tail -n 60 /run/bonding 2>/dev/null)" agreed; }
# said KIND MEMBER COUNT: our log has so many events of it
said() { [ "$(grep -c ": $2: $1: " /run/tandem.log)" -ge "$3" ]; }

agree "the driver agrees"
for member in e0 e1; do eventually "lacp-up of $member" said lacp-up $member 1; done
eventually "the driver answers" on tandem ping -c 1 -W 1 10.213.0.2
pings tandem 10.213.0.2
pings driver 10.213.0.1
echo "ok: one aggregator, state $states on both ends"

# Each takes seconds, so at the slow rate one must do.
for cable in $([ "$rate" = slow ] || echo e0) e1; do
  on driver ip link set "$cable" down
  eventually "lacp-down of $cable" said lacp-down "$cable" 1
  eventually "the other link carries the traffic" on tandem ping -c 1 -W 1 10.213.0.2
  pings tandem 10.213.0.2
  on driver ip link set "$cable" up
  eventually "lacp-up of $cable" said lacp-up "$cable" 2
  agree "the driver agrees after $cable is mended"
  pings driver 10.213.0.1
done
echo "ok: cut and mended"
