#!/usr/bin/env bash
# How a tool of Debian works with bond0, which is in active-backup with the members eth0 and eth1, both up. Runs in a mount namespace of its own, in
# which the driver's files are mounted. Exits with 77 if the tool is missing.
#
# usage: tools.sh TOOL ORACLES SHOWN TANDEM SHIM     ORACLES: unpacked by eng/oracles; SHOWN: the folder of the service's socket; SHIM: with ip
set -euo pipefail
tool=$1 oracles=$2 shown=$3 tandem=$4 shim=$5
root=$oracles/root libraries=$oracles/root/usr/lib/x86_64-linux-gnu
work=$(mktemp -d "$shown/tool.XXXXXX")

fail() { echo "$tool: $*" >&2; exit 1; }
need() { local file; for file; do [ -e "$file" ] || { echo "$file is missing: run eng/oracles"; exit 77; }; done; }
# wait_for COMMAND...: waits until the command succeeds
wait_for() {
  local end=$((SECONDS + 15))
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not within 15 s: $*; $(tail -n 20 "$work"/*.log 2>/dev/null)"
    sleep 0.05
  done
}
with_libraries() { env LD_LIBRARY_PATH="$libraries:$libraries/systemd:$libraries/frr" "$@"; }
# daemon LOG COMMAND...: runs the command until this script ends
daemon() { (LD_LIBRARY_PATH="$libraries:$libraries/systemd:$libraries/frr" exec "${@:2}" >"$1" 2>&1 </dev/null) & }
has_address() { ip -4 -br addr show bond0 | grep -qF " 192.0.2.$1/24"; }
# over_usr FOLDER: mounts the tool's files where the tool looks for them
over_usr() { mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr; }
# etc FOLDER...: makes empty folders below /etc, which may be missing there
etc() {
  mkdir -p "${@/#/$work/etc/}"
  mount -t overlay overlay -o "lowerdir=$work/etc:/etc" /etc
}

node_exporter() {
  need "$root/usr/bin/prometheus-node-exporter"
  daemon "$work/node.log" "$root/usr/bin/prometheus-node-exporter" --collector.disable-defaults --collector.bonding "--path.sysfs=$shown/sys" \
    --web.listen-address=127.0.0.1:9100
  wait_for curl -fs http://127.0.0.1:9100/metrics
  local said
  said=$(curl -fs http://127.0.0.1:9100/metrics)
  grep -qFx 'node_bonding_slaves{master="bond0"} 2' <<<"$said" || fail "$said"
  grep -qFx 'node_bonding_active{master="bond0"} 2' <<<"$said" || fail "$said"
}

ansible() {
  need "$root/usr/lib/python3/dist-packages/ansible/modules/setup.py"
  local said
  said=$(PYTHONPATH=$root/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 \
    python3 -m ansible.modules.setup '{"ANSIBLE_MODULE_ARGS":{"gather_subset":["!all","!min","network"]}}')
  jq -e --arg mac "$permanent" '.ansible_facts | .ansible_bond0.type == "bonding" and .ansible_bond0.mode == "active-backup"
    and .ansible_bond0.slaves == ["eth0", "eth1"] and .ansible_bond0.miimon == "100" and .ansible_bond0.lacp_rate == "slow"
    and .ansible_eth1.perm_macaddress == $mac' <<<"$said" >/dev/null || fail "$(jq '.ansible_facts | .ansible_bond0, .ansible_eth1' <<<"$said")"
}

facter() {
  need "$root/usr/bin/facter" "$root/usr/bin/ruby3.1"
  # facter does not find the master of one end of a pair (eth1@if7 in the output of ip), and the members here are such ends.
  ip tuntap add card0 mode tap
  local said own
  own=$(cat /sys/class/net/card0/address)
  "$tandem" sysfs bond0/bonding/slaves +card0
  said=$(PATH=$shim:$PATH GEM_PATH=$root/usr/share/rubygems-integration/all RUBYLIB=$root/usr/lib/ruby/vendor_ruby:$root/usr/lib/ruby/3.1.0:$libraries/ruby/3.1.0 \
    with_libraries "$root/usr/bin/ruby3.1" "$root/usr/bin/facter" networking.interfaces.card0.mac)
  "$tandem" sysfs bond0/bonding/slaves -card0
  ip link del card0
  [ "$said" = "$own" ] || fail "card0 has $own, and $said is said"
}

sos() {
  need "$root/usr/bin/sos"
  mount -t tmpfs tmpfs /var/tmp
  PYTHONPATH=$root/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 python3 "$root/usr/bin/sos" report --batch --build --only-plugins networking \
    --tmp-dir "$work" --plugin-timeout 20 >"$work/sos.log" 2>&1 || fail "$(tail "$work/sos.log")"
  local file
  file=$(echo "$work"/sosreport-*/proc/net/bonding/bond0)
  [ -e "$file" ] || fail "no status of bond0 in $(find "$work" -path '*bonding*')"
  grep -q 'Currently Active Slave: eth0' "$file" || fail "$(cat "$file")"
}

ethtool() {
  command -v ethtool >/dev/null || { echo "ethtool is not installed"; exit 77; }
  local said
  said=$(command ethtool bond0)
  grep -q 'Link detected: yes' <<<"$said" || fail "$said"
  command ethtool -i bond0 | grep -q '^driver: ' || fail "no driver"
}

keepalived() {
  need "$root/usr/sbin/keepalived"
  cat >"$work/keepalived.conf" <<'END'
global_defs {
  vrrp_version 3
}
vrrp_instance V {
  interface bond0
  state MASTER
  virtual_router_id 7
  priority 100
  advert_int 0.1
  virtual_ipaddress { 192.0.2.99/24 }
}
END
  ip addr add 192.0.2.10/24 dev bond0
  daemon "$work/keepalived.log" "$root/usr/sbin/keepalived" -n -l -f "$work/keepalived.conf" -p "$work/k.pid" -r "$work/v.pid"
  wait_for has_address 99
}

frr() {
  need "$root/usr/lib/frr/zebra"
  # zebra requires this group.
  { cat /etc/group; echo frrvty:x:64001:root; } >"$work/group"
  mount --bind "$work/group" /etc/group
  printf 'password x\nline vty\n no login\n' >"$work/zebra.conf"
  daemon "$work/zebra.log" "$root/usr/lib/frr/zebra" -u root -g root --vty_socket "$work" -z "$work/z.sock" -i "$work/z.pid" -f "$work/zebra.conf" \
    -A 127.0.0.1 -P 2601 --log stdout
  wait_for bash -c '</dev/tcp/127.0.0.1/2601'
  local said
  exec 3<>/dev/tcp/127.0.0.1/2601
  printf 'terminal length 0\nshow interface bond0\nexit\n' >&3
  said=$(timeout 10 cat <&3 | tr -d '\000')
  grep -q 'Interface bond0 is up, line protocol is up' <<<"$said" || fail "$said"
  # bond0 is an ordinary interface to FRR, which asks the kernel what is a bond.
  if grep -q 'Interface Type BOND' <<<"$said"; then fail "$said"; fi
}

interfaces() {
  etc network
  mount -t tmpfs tmpfs /etc/network
  mount -t tmpfs tmpfs /run
  mkdir /run/network
  if [ -d "$1/etc/network" ]; then cp -r "$1/etc/network/." /etc/network; fi
  mkdir -p /etc/network/if-{pre-up,up,down,post-down}.d
  printf '%s\n' 'auto bond0' 'iface bond0 inet static' '  address 192.0.2.10/24' >/etc/network/interfaces
}

ifupdown() {
  need "$oracles/ifupdown/sbin/ifup"
  interfaces "$oracles/ifupdown"
  over_usr "$oracles/ifupdown"
  "$oracles/ifupdown/sbin/ifup" bond0
  has_address 10 || fail "$(ip addr show bond0)"
}

ifupdown2() {
  need "$oracles/ifupdown2/usr/share/ifupdown2/__main__.py"
  interfaces "$oracles/ifupdown2"
  over_usr "$oracles/ifupdown2"
  ln -s /usr/share/ifupdown2/__main__.py /run/ifup
  python3 /run/ifup bond0
  has_address 10 || fail "$(ip addr show bond0)"
}

ifupdown_ng() {
  need "$root/sbin/ifupdown"
  interfaces "$root"
  over_usr "$root"
  with_libraries "$root/sbin/ifup" bond0
  has_address 10 || fail "$(ip addr show bond0)"
}

# bond7 from ifupdown-ng's own lines for bonds. Its scripts use the shim's ip, found where the shim is installed.
ifupdown_ng_bond() {
  need "$root/sbin/ifupdown"
  interfaces "$root"
  over_usr "$root"
  mkdir -p "$work/local/sbin"
  cp "$shim/ip" "$work/local/sbin"
  mount -t overlay overlay -o "lowerdir=$work/local:/usr/local" /usr/local
  ln -s "$shown" /run/tandem
  ip link add tool0 type veth peer name tool1
  printf '%s\n' 'auto bond7' 'iface bond7' '  use bond' '  bond-members tool0' '  bond-mode active-backup' '  bond-miimon 50' >/etc/network/interfaces
  with_libraries "$root/sbin/ifup" bond7
  "$tandem" sysfs bond7/bonding/slaves | grep -qx tool0 || fail "$("$tandem" show bond7)"
  "$tandem" sysfs bond7/bonding/miimon | grep -qx 50 || fail "$("$tandem" show bond7)"
  with_libraries "$root/sbin/ifdown" bond7
  if "$tandem" show bond7 >/dev/null 2>&1; then fail "bond7 is left"; fi
  ip link del tool0
}

# networkd_with FILES FOLDER: starts networkd with the files of FILES copied to FOLDER. With a read-only /sys it works without udev
networkd_with() {
  mount -o remount,ro,bind /sys
  etc systemd/network
  mount -t tmpfs tmpfs /etc/systemd/network
  mount -t tmpfs tmpfs /run
  mkdir -p /run/systemd/network
  cp "$1"/*.network "$2"
  daemon /run/networkd.log "$root/lib/systemd/systemd-networkd"
  wait_for has_address 10
  local member
  for member in eth0 eth1; do
    [[ $(ip -4 -br addr show dev "$member") != *192.0.2.* ]] || fail "$member has an address"
  done
}

networkd() {
  need "$root/lib/systemd/systemd-networkd"
  mkdir "$work/network"
  printf '%s\n' '[Match]' 'Name=eth0 eth1 tdm-bond0' '[Link]' 'Unmanaged=yes' >"$work/network/10-bond0-members.network"
  printf '%s\n' '[Match]' 'Name=bond0' '[Network]' 'Address=192.0.2.10/24' >"$work/network/20-bond0.network"
  # Without the first file, this one would match the members.
  printf '%s\n' '[Match]' 'Type=ether' '[Network]' 'Address=192.0.2.66/24' >"$work/network/90-all.network"
  networkd_with "$work/network" /etc/systemd/network
}

netplan() {
  # A link of the system's path in Debian.
  local generate=$root/usr/libexec/netplan/generate
  [ -e "$generate" ] || generate=$root/lib/netplan/generate
  need "$generate" "$root/lib/systemd/systemd-networkd"
  mkdir -p "$work/root/etc/netplan"
  printf '%s\n' 'network:' '  version: 2' '  ethernets:' '    bond0:' '      addresses: [192.0.2.10/24]' >"$work/root/etc/netplan/bond0.yaml"
  chmod 600 "$work/root/etc/netplan/bond0.yaml"
  with_libraries "$generate" --root-dir "$work/root"
  networkd_with "$work/root/run/systemd/network" /run/systemd/network
}

NetworkManager() {
  need "$root/usr/sbin/NetworkManager"
  command -v dbus-daemon >/dev/null || { echo "dbus-daemon (package dbus) is not installed"; exit 77; }
  mount -o remount,ro,bind /sys
  mkdir -p "$work/lib/NetworkManager"
  etc NetworkManager
  mount -t tmpfs tmpfs /etc/NetworkManager
  mkdir -p /etc/NetworkManager/system-connections
  mount -t overlay overlay -o "lowerdir=$work/lib:/var/lib" /var/lib
  mount -t tmpfs tmpfs /var/lib/NetworkManager
  mount -t tmpfs tmpfs /run
  mkdir -p /run/dbus
  cat >/run/bus.conf <<'END'
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/><allow send_type="method_return"/>
<allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>
END
  daemon /run/bus.log "$(command -v dbus-daemon)" --config-file=/run/bus.conf --nofork
  wait_for test -S /run/dbus/system_bus_socket
  printf '%s\n' '[main]' 'plugins=keyfile' 'auth-polkit=false' >/etc/NetworkManager/NetworkManager.conf
  mkdir /etc/NetworkManager/conf.d
  cat >/etc/NetworkManager/conf.d/tandem.conf <<'END'
[keyfile]
unmanaged-devices=interface-name:eth0;interface-name:eth1;interface-name:tdm-*
[device-bond0]
match-device=interface-name:bond0
managed=1
END
  daemon /run/manager.log "$root/usr/sbin/NetworkManager" --no-daemon --log-level=WARN
  nmcli() { with_libraries "$root/usr/bin/nmcli" "$@"; }
  wait_for nmcli general status
  nmcli connection add type ethernet ifname bond0 con-name bond0 ipv4.method manual ipv4.addresses 192.0.2.10/24 >/dev/null
  nmcli --wait 15 connection up bond0 >/dev/null
  wait_for has_address 10
  local device
  for device in eth0 eth1 tdm-bond0; do
    [ "$(nmcli -g GENERAL.STATE device show "$device")" = '10 (unmanaged)' ] || fail "$(nmcli device)"
  done
}

permanent=$("$tandem" sysfs eth1/bonding_slave/perm_hwaddr)
end() {
  local job
  for job in $(jobs -p); do
    kill -9 "$job" || true
    wait "$job" || true
  done 2>/dev/null
  ip -4 addr flush dev bond0
}
trap end EXIT
"$tool"
