# shellcheck shell=bash
# Sourced by bench/run: bonds of Open vSwitch in user space (datapath "netdev", which needs no kernel module). Each host has a switch of its own,
# with a bridge bond0, a TAP device that has the host's address, and a bond of both cables as a port. Options keep their defaults, except those that
# the comparison needs.

ovs_modes=(active-backup balance-slb balance-tcp)
ovs_needs() { peer_needs ovs-vswitchd=openvswitch-switch; }

# ovs_control CONFIGURATION a|b: prints the command that controls that switch. ovs_bond CONFIGURATION: prints the subcommand that adds its bond,
# named members.
ovs_control() { echo "ovs-vsctl --db=unix:$work/$(host "$1" "$2").ovs/db.sock --timeout=10"; }
ovs_bond() {
  local options
  case ${1%.*} in
    # Returns to the same cable after a mend, as Tandem's bond does.
    active-backup) options="lacp=off other_config:bond-primary=eth0" ;;
    balance-slb) options="lacp=off" ;;
    # balance-tcp does not balance without LACP.
    balance-tcp) options="lacp=active other_config:lacp-time=fast" ;;
  esac
  echo "add-bond bond0 members eth0 eth1 bond_mode=${1%.*} $options"
}

ovs_address() { echo "02:00:00:00:0$1:ff"; }

bond_ovs() {
  local config=$1 side=$2 ns folder other
  ns=$(host "$config" "$side") folder=$work/$(host "$config" "$side").ovs
  # A database of an earlier round must not be used.
  rm -rf "$folder"
  mkdir "$folder"
  bare "$config"
  ovsdb-tool create "$folder/conf.db" /usr/share/openvswitch/vswitch.ovsschema
  # Bridges make their control sockets in OVS_RUNDIR, whatever the options say.
  begin "$config" "$side" env OVS_RUNDIR="$folder" ovsdb-server "$folder/conf.db" --remote="punix:$folder/db.sock" --unixctl="$folder/db.ctl"
  until_true "ovsdb-server does not start" ovs-vsctl --db="unix:$folder/db.sock" --no-wait init
  begin "$config" "$side" env OVS_RUNDIR="$folder" ovs-vswitchd "unix:$folder/db.sock" --unixctl="$folder/switch.ctl"
  service[$config]+="$begun "
  $(ovs_control "$config" "$side") add-br bond0 -- set bridge bond0 datapath_type=netdev fail_mode=standalone \
    "other_config:hwaddr=$(ovs_address "$side")" -- $(ovs_bond "$config") \
    >"$folder/said" 2>&1 || fail "Open vSwitch: $(cat "$folder/said")"
  ip -n "$ns" link set bond0 up
  # In balance-slb an end accepts broadcasts on its active cable only, and the other end may send ARP requests on its second one.
  other=$([ "$side" = a ] && echo b || echo a)
  ip -n "$ns" neigh add "10.214.0.$([ "$other" = a ] && echo 1 || echo 2)" lladdr "$(ovs_address "$other")" dev bond0
  # LACP on the first host waits for the second, so only the second host checks.
  [ "$side" = a ] || until_true "Open vSwitch does not use both cables" ovs_is_complete "$config"
}

ovs_is_complete() {
  local side
  for side in a b; do
    [ "$(ovs-appctl -t "$work/$(host "$1" $side).ovs/switch.ctl" bond/show members | grep -cE '^(member|slave) .*: enabled')" -eq 2 ] || return 1
  done
}
