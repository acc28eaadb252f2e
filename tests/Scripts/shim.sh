#!/usr/bin/env bash
# Follows tutorials with the real sudo, modprobe and ip, on a machine whose kernel has no bonding driver. Runs in namespaces of its own for mounts
# (so /etc/modprobe.d, /usr/local/sbin and /run are private), interfaces and processes. All of them end with the script.
#
# usage: shim.sh PROGRAMS     as root
set -uo pipefail
programs=$1
if [ "${2:-}" != inside ]; then
  exec unshare --mount --propagation private --net --pid --fork --mount-proc --kill-child "$0" "$programs" inside
fi
fail() { echo "FAILED: $*"; cat /run/tandem/tandemd.log 2>/dev/null; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: expected \"$1\", got \"$2\""; }
has() { case $2 in *"$1"*) ;; *) fail "$3: \"$1\" is missing in: $2" ;; esac; }
refused() { "$@" >/run/out 2>&1 && fail "$* was not refused"; cat /run/out; }
eventually() {
  local what=$1 i
  shift
  for ((i = 0; i < 200; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done
  fail "$what: $*"
}

for folder in /run /etc/modprobe.d /usr/local/sbin; do mount -t tmpfs none "$folder" || fail "no mount on $folder"; done
mount -t sysfs none /sys || fail "no /sys of the new interfaces"
# Hides systemd's modprobe.d files too.
mount --bind "$(mktemp -d -p /run)" /lib/modprobe.d
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset TANDEM_SOCKET
real=$(command -v ip)
"$programs/tandem" shim status >/dev/null && fail "it is installed already"
"$programs/tandem" shim install || fail "shim install"
"$programs/tandem" shim status || fail "shim status"
hash -r
same /usr/local/sbin/ip "$(command -v ip)" "the wrapper is first"
for i in 0 1; do
  ip link add "eth$i" type veth peer name "far$i"
  ip link set "far$i" up
done

# The four commands of the tutorials, and the commands that show their result.
sudo modprobe bonding || fail "modprobe bonding"
sudo ip link add bond0 type bond mode 4 || fail "ip link add"
sudo ip link set eth0 master bond0 || fail "ip link set eth0"
sudo ip link set eth1 master bond0 || fail "ip link set eth1"
shown=$(ip -d link show bond0) || fail "ip link show"
has ",MASTER" "$shown" "flags of the bond"
has "    bond mode 802.3ad miimon 100 updelay 0 downdelay 0 peer_notify_delay 0 use_carrier 1 arp_interval 0" "$shown" "options"
case $shown in *tdm-bond0* | *netkit* | *"veth "*) fail "the pair is shown: $shown" ;; esac
shown=$(ip -d link show eth0)
has "SLAVE,UP" "$shown" "flags of a member"
has "qdisc noqueue master bond0 state UP" "$shown" "master of a member"
has "    bond_slave state " "$shown" "details of a member"

# Other ways to show the bond.
same "bond0" "$(ip -br link show type bond | awk '{ print $1 }')" "type bond"
same "eth0 eth1" "$(ip -o link show master bond0 | awk '{ sub("@.*", "", $2); print $2 }' | sort | xargs)" "master bond0"
same "eth0 eth1" "$(ip -j link show type bond_slave | jq -r '.[].ifname' | sort | xargs)" "type bond_slave"
same "bond 802.3ad" "$(ip -d -j link show bond0 | jq -r '.[0].linkinfo | .info_kind + " " + .info_data.mode')" "JSON of the bond"
same "bond0 bond BACKUP" "$(ip -d -j -p link show eth0 | jq -r '.[0] | .master + " " + .linkinfo.info_slave_kind + " " + .linkinfo.info_slave_data.state')" "JSON of a member"
ip addr add 192.0.2.1/24 dev bond0 || fail "ip addr add"
has "MASTER" "$(ip addr show bond0)" "ip addr"
same "eth0 eth1" "$(ip -j a s master bond0 | jq -r '.[].ifname' | sort | xargs)" "ip addr show master"
same "192.0.2.1" "$(ip -j -4 a s type bond | jq -r '.[0].addr_info[0].local')" "ip -4 addr show type bond"
same "$("$real" -V)" "$(ip -V)" "ip -V"
same "$("$real" link add x type bond help 2>&1)" "$(ip link add x type bond help 2>&1)" "help"
diff <("$real" -d link show far0; "$real" route; "$real" -j -d addr show lo) <(ip -d link show far0; ip route; ip -j -d addr show lo) || fail "other output differs"
# ip's own lines of a list are unchanged.
diff <("$real" -d link show | grep -A2 ': far') <(ip -d link show | grep -A2 ': far') || fail "other lines differ"
diff <("$real" -c -d link show | grep -A2 ': .....far') <(ip -c -d link show | grep -A2 ': .....far') || fail "colours differ"

printf 'link set dev eth1 nomaster\nlink show far0\n# nothing\nlink set eth1 \\\n master bond0\n' >/run/batch
ip -b /run/batch >/run/shown || fail "a batch"
same "$("$real" link show far0)" "$(cat /run/shown)" "output of a batch"
printf 'link show far0\nlink set eth1 nomaster\nlink set nosuch up\nlink set eth1 master bond0\n' | ip -b - >/dev/null 2>/run/errors && fail "a batch with an error"
same "Cannot find device \"nosuch\" Command failed -:3" "$(xargs </run/errors | sed "s/device nosuch/device \"nosuch\"/")" "the error of a batch"
same "eth0" "$(ip -j link show master bond0 | jq -r '.[].ifname')" "a batch ends at an error"
ip link set eth1 down
ifenslave bond0 eth1 || fail "ifenslave"
same 2 "$(ip -o link show master bond0 | wc -l)" "members after ifenslave"
ifenslave -d bond0 eth1 || fail "ifenslave -d"

# The driver's files.
same "bond0" "$(cat /run/tandem/sys/class/net/bonding_masters)" "bonding_masters"
same "802.3ad 4" "$(cat /run/tandem/sys/class/net/bond0/bonding/mode)" "mode"
same "up" "$(cat /run/tandem/sys/class/net/bond0/lower_eth0/bonding_slave/mii_status)" "a link to the member"
same "$("$programs/tandem" show bond0)" "$(cat /run/tandem/proc/net/bonding/bond0)" "/proc/net/bonding/bond0"
ip link set far0 down
eventually "a failure is counted" grep -qx 1 /run/tandem/sys/class/net/eth0/bonding_slave/link_failure_count
ip link set far0 up
sudo -u nobody cat /run/tandem/proc/net/bonding/bond0 >/dev/null || fail "a user may not read the files"
# In another network namespace, only bonds of the service there are shown.
unshare --net sh -c 'ip link add bond0 type veth peer name x && ip link show bond0' >/run/shown || fail "another network namespace"
case $(cat /run/shown) in *MASTER*) fail "a bond of another network namespace is shown" ;; esac

# Defaults, and removal of the module.
sudo modprobe bonding mode=nosuch || fail "parameters of a module that is loaded count"
sudo modprobe -r bonding || fail "modprobe -r"
same "" "$(ip -o link show type bond)" "bonds after modprobe -r"
same "" "$(ip -o link show master bond0 2>/dev/null)" "members after modprobe -r"
same "" "$(cat /run/tandem/sys/class/net/bonding_masters)" "bonding_masters after modprobe -r"
has 'mode=nosuch: no such value' "$(refused sudo modprobe bonding mode=nosuch)" "a refusal of the driver"
sudo modprobe bonding mode=1 miimon=50 max_bonds=2 2>/dev/null || fail "modprobe with parameters"
same "bond0 bond1" "$(ip -br link show type bond | awk '{ print $1 }' | sort | xargs)" "max_bonds"
sudo ip link add bond7 type bond || fail "a later bond"
same "active-backup 50" "$(ip -d -j link show bond7 | jq -r '.[0].linkinfo.info_data | "\(.mode) \(.miimon)"')" "defaults of a later bond"
sudo modprobe bonding mode=4 || fail "modprobe again"
same 3 "$(ip -o link show type bond | wc -l)" "bonds after modprobe again"
sudo ip link del bond7 || fail "ip link del"

# Without the service, ip works as ever, and a change of a bond is refused with a message.
service=$(pgrep -x tandemd)
kill -9 "$service"
eventually "the service is gone" test ! -d "/proc/$service"
diff <("$real" -d link show far0) <(ip -d link show far0) || fail "ip without the service"
has "tandemd" "$(refused ip link set eth1 master bond0)" "a change without the service"
sudo modprobe bonding || fail "modprobe starts the service again"
same "bond0 bond1" "$(ip -br link show type bond | awk '{ print $1 }' | sort | xargs)" "the bonds are taken over"
service=$(pgrep -x tandemd)
kill "$service"
eventually "the service ends" test ! -d "/proc/$service"
[ -z "$(find /run/tandem -name sys -o -name proc)" ] || fail "files stay after the service"
"$programs/tandem" shim remove || fail "shim remove"
hash -r
same "$real" "$(command -v ip)" "ip after shim remove"
refused modprobe bonding >/dev/null
echo "all as told"
