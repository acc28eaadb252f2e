# shellcheck shell=bash
# Sourced by bench/run: bonds of Open vSwitch in user space (datapath "netdev", which needs no kernel module). Each host has a
# switch of its own, with a bridge bond0, a TAP device that has the host's address, and a bond of both cables as its port.
# All options are at their defaults but those that make the comparison possible.

ovs_modes=(active-backup balance-slb balance-tcp)
ovs_needs() { peer_needs ovs-vswitchd=openvswitch-switch; }

# ovs_control CONFIGURATION a|b: how to command that switch. ovs_bond CONFIGURATION: the command for its bond, named members.
ovs_control() { echo "ovs-vsctl --db=unix:$work/$(host "$1" "$2").ovs/db.sock --timeout=10"; }
ovs_bond() {
  local options
  case ${1%.*} in
    # Back to the same cable after a mend, as in Tandem's row.
    active-backup) options="lacp=off other_config:bond-primary=eth0" ;;
    balance-slb) options="lacp=off" ;;
    # Without LACP it does not balance.
    balance-tcp) options="lacp=active other_config:lacp-time=fast" ;;
  esac
  echo "add-bond bond0 members eth0 eth1 bond_mode=${1%.*} $options"
}

ovs_address() { echo "02:00:00:00:0$1:ff"; }

bond_ovs() {
  local config=$1 side=$2 ns folder other
  ns=$(host "$config" "$side") folder=$work/$(host "$config" "$side").ovs
  # That of the round before is of no use.
  rm -rf "$folder"
  mkdir "$folder"
  bare "$config"
  ovsdb-tool create "$folder/conf.db" /usr/share/openvswitch/vswitch.ovsschema
  # Control sockets of bridges are made in the folder of the environment, not in that of the options.
  begin "$config" "$side" env OVS_RUNDIR="$folder" ovsdb-server "$folder/conf.db" --remote="punix:$folder/db.sock" --unixctl="$folder/db.ctl"
  until_true "ovsdb-server does not start" ovs-vsctl --db="unix:$folder/db.sock" --no-wait init
  begin "$config" "$side" env OVS_RUNDIR="$folder" ovs-vswitchd "unix:$folder/db.sock" --unixctl="$folder/switch.ctl"
  service[$config]+="$begun "
  $(ovs_control "$config" "$side") add-br bond0 -- set bridge bond0 datapath_type=netdev fail_mode=standalone \
    "other_config:hwaddr=$(ovs_address "$side")" -- $(ovs_bond "$config") \
    >"$folder/said" 2>&1 || fail "Open vSwitch: $(cat "$folder/said")"
  ip -n "$ns" link set bond0 up
  # In balance-slb each end takes broadcasts from its active cable alone, and the other may send ARP's on the second.
  other=$([ "$side" = a ] && echo b || echo a)
  ip -n "$ns" neigh add "10.214.0.$([ "$other" = a ] && echo 1 || echo 2)" lladdr "$(ovs_address "$other")" dev bond0
  # At the first host LACP waits for the second.
  [ "$side" = a ] || until_true "Open vSwitch does not use both cables" ovs_is_complete "$config"
}

ovs_is_complete() {
  local side
  for side in a b; do
    [ "$(ovs-appctl -t "$work/$(host "$1" $side).ovs/switch.ctl" bond/show members | grep -cE '^(member|slave) .*: enabled')" -eq 2 ] || return 1
  done
}
