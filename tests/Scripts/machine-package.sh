#!/usr/bin/env bash
# The package as users have it, on a whole Debian: installed, used for a bond, upgraded and reconfigured under traffic, removed, purged. The partner
# in 802.3ad is the kernel's bonding driver.
#
# usage: machine-package.sh PROGRAMS PACKAGE NEXT     NEXT: a package of a higher version
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/units.sh
. "$(dirname "$0")/units.sh"
package=$2 next=$3
export DEBIAN_FRONTEND=noninteractive

# install_package FILE: as a user does, without a terminal
install_package() { dpkg -i "$1" >/run/dpkg.log 2>&1 || fail "dpkg -i $1: $(cat /run/dpkg.log)"; }
version() { dpkg-query -f '${Version}' -W tandem; }
# files: all files, except those that dpkg, debconf, systemd and their caches write for every package
files() {
  find /etc /usr /var /run/tandem* /opt -xdev \( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /var/lib/systemd \) -prune -o -print 2>/dev/null |
    grep -vE '^/etc/((group|gshadow|passwd|shadow|\.pwd\.lock)-?|systemd/system/[^/]*\.wants)$' | sort
}
# member NAME: all settings of an interface that a bond changes. The queueing discipline differs once an interface has been up.
member() { ip -d -o link show "$1" | sed 's/ qdisc [a-z]*//'; ip -o addr show "$1"; cat "/proc/sys/net/ipv6/conf/$1/disable_ipv6"; }

cables_to_driver() {
  local i
  ip netns add b
  ip -n b link add bond0 type bond mode 802.3ad miimon 100 || fail "no bond by the driver"
  for i in 0 1; do
    ip link add "eth$i" type veth peer name "eth$i" netns b
    ip -n b link set "eth$i" master bond0
  done
  ip -n b addr add 192.0.2.2/24 dev bond0
  ip -n b link set bond0 up
}
cables_to_driver
ip link set eth0 mtu 1400
as_it_was=$(member eth0)
files >/run/before

install_package "$package"
for file in /usr/bin/tandem /usr/sbin/tandemd /usr/share/bash-completion/completions/tandem; do [ -e "$file" ] || fail "no $file"; done
is ActiveState active || fail "the service is $(property ActiveState): $(journalctl -q -u tandemd)"
[ "$(systemctl is-enabled tandemd)" = enabled ] || fail "it does not start at boot"
[ "$(stat -c '%a %G' /run/tandem/tandem.sock)" = "660 tandem" ] || fail "the socket: $(stat -c '%a %G' /run/tandem/tandem.sock)"
[ "$(command -v ip)" = /usr/bin/ip ] || [ "$(command -v ip)" = /usr/sbin/ip ] || [ "$(command -v ip)" = /sbin/ip ] || fail "ip is $(command -v ip)"
echo "ok: installed: $(version), ip is $(command -v ip)"

tandem link add bond0 type bond mode 4 || fail "no bond"
for i in 0 1; do tandem link set "eth$i" master bond0 || fail "eth$i does not join"; done
tandem link set bond0 up
ip addr add 192.0.2.1/24 dev bond0
eventually "the driver answers" answers
aggregated() { tandem show bond0 | grep -q "Number of ports: 2"; }
eventually "both members are in the aggregate" aggregated
echo "ok: a bond"

ping_begins
before=$(pid)
install_package "$next"
eventually "the new program has taken over" logged "bond0: taken over"
eventually "it answers" tandem link show bond0
[ "$(pid) $(property NRestarts)" = "$before 0" ] || fail "the upgrade ends the service: $(journalctl -q -u tandemd | tail -n 40)"
dpkg-reconfigure tandem >/run/dpkg.log 2>&1 || fail "dpkg-reconfigure: $(cat /run/dpkg.log)"
eventually "it is active" systemctl -q is-active tandemd
eventually "it answers" tandem link show bond0
ping_ends "upgraded to $(version)"

# An upgrade does not enable a service that was disabled. The removal also cleans up after a service that was killed.
systemctl -q disable tandemd
systemctl kill -s KILL --kill-who=main tandemd
eventually "it is started again" is NRestarts 1
eventually "it answers" tandem link show bond0
mkdir -p /etc/tandem
echo mine >/etc/tandem/mine
dpkg -r tandem >/run/dpkg.log 2>&1 || fail "dpkg -r: $(cat /run/dpkg.log)"
no_bond || fail "a removal leaves bond0"
is LoadState not-found || fail "a removal leaves the unit: $(systemctl cat tandemd)"
[ ! -e /run/tandem ] || fail "a removal leaves /run/tandem: $(ls /run/tandem)"
[ "$(member eth0)" = "$as_it_was" ] || fail "eth0 is not as it was: $as_it_was; now: $(member eth0)"
echo "ok: removed"

dpkg -P tandem >/run/dpkg.log 2>&1 || fail "dpkg -P: $(cat /run/dpkg.log)"
[ "$(cat /etc/tandem/mine)" = mine ] || fail "a purge removes what somebody else wrote"
rm -r /etc/tandem
[ -z "$(debconf-show tandem)" ] || fail "a purge leaves $(debconf-show tandem)"
files >/run/after
diff /run/before /run/after || fail "a purge leaves, or took, the files above"

echo tandem tandem/shim boolean true | debconf-set-selections
install_package "$package"
[ "$(PATH=/usr/local/sbin:$PATH command -v ip)" = /usr/local/sbin/ip ] || fail "no shim, though it was wanted: $(cat /run/dpkg.log)"
dpkg -P tandem >/run/dpkg.log 2>&1 || fail "dpkg -P: $(cat /run/dpkg.log)"
files >/run/after
diff /run/before /run/after || fail "a purge leaves, or took, the files above"
echo "ok: with the shim"
echo "ok: purged"
