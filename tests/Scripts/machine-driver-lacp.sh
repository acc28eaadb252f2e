#!/usr/bin/env bash
# 802.3ad over network cards of a guest: Tandem on one end of two cables, the same kernel's bonding driver on the other. The machine pulls a cable
# and plugs it in again, so both ends lose their carrier.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/card-cables.sh
. "$(dirname "$0")/card-cables.sh"
# The guest's processor is emulated, and slow.
export PATIENCE=20

cards tandem driver 0 1
service tandem
options=(mode 802.3ad miimon 100 lacp_rate fast xmit_hash_policy layer3+4)
bond_driver driver 2 10.213.0.2/24 "${options[@]}"
bond_tandem tandem 2 10.213.0.1/24 "${options[@]}"

# ends ACTOR PARTNER: system, key, port number and state of both ends of each link, from the text of a bond. ACTOR names the bond whose text it is
ends() {
  awk -F ': ' -v actor="$1" -v partner="$2" '
    /^Slave Interface: / { member = $2 }
    /^details / { line = member " " (/partner/ ? partner : actor) }
    /^    (system|port|oper) / { line = line " " $2 }
    /^    port state: / { print line }
  ' | sort
}
# agreed LINKS MEMBERS: each end's view of the other is correct, and LINKS links carry traffic: both ends collecting, distributing, in sync, fast
# (63)
agreed() {
  on driver cat /proc/net/bonding/bond0 >/run/bonding && tandem tandem show bond0 >/run/show || return
  ends driver tandem </run/bonding | grep -E "$2" >/run/theirs
  ends tandem driver </run/show | grep -E "$2" >/run/ours
  [ "$(grep -c ' 63$' /run/theirs)" -eq $((2 * $1)) ] && cmp -s /run/theirs /run/ours
}
# agree WHEN LINKS MEMBERS: MEMBERS is a pattern
agree() {
  (eventually "both ends agree $1" agreed "$2" "$3" >/dev/null) ||
    fail "both ends do not agree $1: the driver's lines have -, Tandem's +"$'\n'"$(diff -U 50 /run/theirs /run/ours)"$'\n'"$(cat /run/bonding /run/show)"
  eventually "the driver answers" on tandem ping -c 1 -W 1 10.213.0.2
  pings tandem 10.213.0.2
  pings driver 10.213.0.1
  echo "ok: $1: $2 links in use, each end has the other as it is"
}
# ports N: the driver's active aggregator has N ports
ports() { on driver grep -A 3 '^Active Aggregator Info' /proc/net/bonding/bond0 | grep -q "Number of ports: $1\$"; }

agree "at first" 2 '^e'
eventually "one aggregator" ports 2
cable 0 off || fail "cable 0 stays"
down() { on driver sed -n '/^Slave Interface: e0/,/^MII Status/p' /proc/net/bonding/bond0 | grep -q '^MII Status: down'; }
eventually "the driver sees e0 down" down
agree "without cable 0" 1 '^e1'
cable 0 on
agree "with cable 0 again" 2 '^e'
eventually "one aggregator" ports 2
