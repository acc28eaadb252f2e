#!/usr/bin/env bash
# The package beside the kernel's bonding driver. First the driver is loaded and has a bond; then it is unloaded and loaded again while Tandem's
# bond runs.
#
# usage: machine-beside.sh PROGRAMS PACKAGE
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/units.sh
. "$(dirname "$0")/units.sh"
package=$2
export DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:$PATH
real=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ip)

ip netns add b
for cable in k0 k1 t0 t1; do ip link add "$cable" type veth peer name "$cable" netns b; done
ip -n b link add switch type bridge
for cable in k0 k1 t0 t1; do ip -n b link set "$cable" up master switch; done
ip -n b addr add 192.0.2.2/24 dev switch
ip -n b link set switch up

# The driver's bond exists before the package is installed.
modprobe bonding max_bonds=0 || fail "no driver"
kernel_bond() {
  ip link add kb0 type bond mode active-backup miimon 100 || fail "no bond by the driver"
  for cable in k0 k1; do ip link set "$cable" master kb0; done
  ip addr add 192.0.2.20/24 dev kb0
  ip link set kb0 up
}
kernel_bond
reaches() { ping -c 1 -W 1 -I "$1" 192.0.2.2; }
eventually "the driver's bond carries" reaches kb0

echo tandem tandem/shim boolean true | debconf-set-selections
dpkg -i "$package" >/run/dpkg.log 2>&1 || fail "dpkg -i: $(cat /run/dpkg.log)"
hash -r
[ "$(command -v ip)" = /usr/local/sbin/ip ] || fail "no shim"
eventually "the service is active" is ActiveState active
grep -q 'kb0' /sys/class/net/bonding_masters || fail "the driver's bond is gone"

# The wrapper's ip shows the driver's bond as ip itself does, with and without a bond of Tandem.
same() {
  local said
  for arguments in "-d link show kb0" "-o link show k0" "-j -d link show k1" "link show master kb0" "-br addr show kb0"; do
    # shellcheck disable=SC2086
    said=$(diff <("$real" $arguments) <(ip $arguments)) || fail "ip $arguments: $said"
  done
}
same
ip link add kb1 type bond mode balance-rr || fail "ip makes no bond of the driver"
[ -e /proc/net/bonding/kb1 ] || fail "ip makes no bond of the driver where there is one"
ip link del kb1 || fail "ip does not delete a bond of the driver"
modprobe bonding || fail "modprobe of a driver that is loaded"
[ -e /proc/net/bonding/kb0 ] || fail "modprobe replaces the driver"
echo "ok: installed beside the driver"

# Tandem has a bond too, and leaves the driver's bond alone.
tandem link add bond0 type bond mode active-backup miimon 100 || fail "no bond of Tandem"
for cable in t0 t1; do tandem link set "$cable" master bond0 || fail "$cable does not join"; done
tandem link set bond0 up
ip addr add 198.51.100.1/24 dev bond0
ip -n b addr add 198.51.100.2/24 dev switch
carries() { ping -c 1 -W 1 198.51.100.2; }
eventually "Tandem's bond carries" carries
refused() {
  local said
  if said=$(tandem "$@" 2>&1); then fail "tandem $*: not refused"; fi
  [[ $said == *"$named"* ]] || fail "tandem $*: does not name $named: $said"
}
named=kb0
refused link set k0 master bond0
refused link add kb0 type bond
refused show kb0
grep -q '^Currently Active Slave: k' /proc/net/bonding/kb0 || fail "the driver's bond has changed: $(cat /proc/net/bonding/kb0)"
ip -d link show bond0 | grep -q ' bond mode active-backup ' || fail "ip does not show Tandem's bond as one: $(ip -d link show bond0)"
ip link show t0 | grep -q 'master bond0' || fail "ip does not show its member"
same
tandem doctor | grep -qi 'bonding' || fail "the doctor does not speak of the driver: $(tandem doctor)"
echo "ok: both"

systemctl restart tandemd || fail "restart"
eventually "it answers" tandem show bond0
reaches kb0 >/dev/null || fail "a restart stops the driver's bond"
carries >/dev/null || fail "a restart stops the bond"

# The driver is unloaded and loaded again. With its parameter max_bonds it creates bond0, if the name is free.
modprobe -r bonding || fail "the driver cannot be removed: $(lsmod | grep bonding)"
[ ! -e /proc/net/bonding ] || fail "modprobe -r leaves the driver"
carries >/dev/null || fail "without the driver Tandem's bond does not carry"
modprobe bonding max_bonds=1 >/run/modprobe 2>&1
echo "modprobe bonding max_bonds=1 beside bond0: $? $(cat /run/modprobe)"
tandem show bond0 | grep -q "Currently Active Slave: t" || fail "the driver changes Tandem's bond: $(tandem show bond0)"
carries >/dev/null || fail "with the driver Tandem's bond does not carry"
modprobe bonding max_bonds=0 || fail "the driver does not come back"
for cable in k0 k1; do ip link set "$cable" down; done
kernel_bond
eventually "the driver's bond carries" reaches kb0
echo "ok: loaded after"

dpkg -P tandem >/run/dpkg.log 2>&1 || fail "dpkg -P: $(cat /run/dpkg.log)"
no_bond || fail "bond0 stays"
reaches kb0 >/dev/null || fail "the purge stops the driver's bond"
echo "ok: purged"
