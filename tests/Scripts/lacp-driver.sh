#!/usr/bin/env bash
# 802.3ad: Tandem on one end, the kernel's bonding driver on the other. $2 is the lacp_rate of both.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
rate=$2
# The driver waits 2 s for other links before it attaches one.
export PATIENCE=15
cables tandem driver 2
service tandem
bond_partner() { bond_driver driver 2 10.213.0.2/24 mode 802.3ad miimon 50 lacp_rate "$rate" xmit_hash_policy layer3+4; }
bond_partner
bond_tandem tandem 2 10.213.0.1/24 mode 802.3ad miimon 50 lacp_rate "$rate" xmit_hash_policy layer3+4

# ends ACTOR PARTNER: the group and both ends of each link (system, key, port, priorities and state), from the text of /proc/net/bonding or of
# `tandem show`. At the slow rate, a link that becomes distributing after it collected does not announce that at once (802.1AX, figure 6-21): the
# other end may miss that bit for 30 s.
ends() {
  awk -F ': ' -v actor="$1" -v partner="$2" -v rate="$rate" '
    /^System MAC address: / { system_ = $2 }
    /Number of ports: / { print "group ports", $2 }
    /Actor Key: / { print "group", actor, system_, $2 }
    /Partner Key: / { key = $2 }
    /Partner Mac Address: / { print "group", partner, $2, key }
    /^Slave Interface: / { member = $2 }
    /^details / { other = /partner/; line = member " " (other ? partner : actor) }
    /^    (system|port|oper) / { line = line " " $2 }
    /^    port state: / {
      if (rate == "slow" && other) sub(/ 29$/, " 61", line)
      print line
    }
  ' | sort
}
in_use=63
[ "$rate" = slow ] && in_use=61

# agreed SYSTEM: both ends use both links in one group, and each end's view of the other is correct. SYSTEM is the driver's system.
agreed() {
  on driver cat /proc/net/bonding/bond0 >/run/bonding
  ends actor partner </run/bonding >/run/theirs
  [ "$(grep -c " $in_use\$" /run/theirs)" -eq 4 ] && grep -q "^group actor $1 " /run/theirs && grep -q '^group ports 2$' /run/theirs || return
  tandem tandem show bond0 >/run/show
  ends partner actor </run/show | cmp -s /run/theirs
}
# agree WHEN SYSTEM
agree() {
  (eventually "both ends agree $1" agreed "$2") && return
  fail "both ends do not agree $1: $(cat /run/theirs /run/bonding /run/show)"
}
# The driver's system is the bond's address, which is that of its first member.
system_of_driver() { on driver cat /sys/class/net/bond0/address; }
# answers: traffic passes both ways without loss
answers() {
  eventually "the driver answers" on tandem ping -c 1 -W 1 10.213.0.2
  pings tandem 10.213.0.2
  pings driver 10.213.0.1
}
# said KIND MEMBER COUNT: Tandem's log has at least COUNT events of this kind for the member
said() { [ "$(grep -c ": $2: $1: " /run/tandem.log)" -ge "$3" ]; }

agree "at first" "$(system_of_driver)"
for member in e0 e1; do eventually "lacp-up of $member" said lacp-up $member 1; done
answers
echo "ok: one aggregator, state $in_use on both ends"

# Each cable takes seconds, so at the slow rate only one is tested.
for cable in $([ "$rate" = slow ] || echo e0) e1; do
  on driver ip link set "$cable" down
  eventually "lacp-down of $cable" said lacp-down "$cable" 1
  eventually "the other link carries the traffic" on tandem ping -c 1 -W 1 10.213.0.2
  pings tandem 10.213.0.2
  on driver ip link set "$cable" up
  eventually "lacp-up of $cable" said lacp-up "$cable" 2
  agree "after $cable is mended" "$(system_of_driver)"
  pings driver 10.213.0.1
done
echo "ok: cut and mended"

for member in e0 e1; do eval "$member=$(grep -c ": $member: lacp-down: " /run/tandem.log)"; done
on driver ip link del bond0
for member in e0 e1; do eventually "lacp-down of $member" said lacp-down $member $((${!member} + 1)); done
bond_partner
agree "after the driver's bond was made anew" "$(system_of_driver)"
answers
echo "ok: the partner restarted"

on driver ip link set bond0 type bond ad_actor_system 02:00:00:00:0c:ff || fail "ad_actor_system"
agree "after the driver became another system" 02:00:00:00:0c:ff
answers
echo "ok: the partner changed"
