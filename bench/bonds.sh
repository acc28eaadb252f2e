# shellcheck shell=bash
# Sourced by the benchmarks: bonds by Tandem and by the kernel's bonding driver, with the same options. bond_KIND MODE.KIND a|b makes bond0 of eth0
# and eth1 on one host.

# KIND is ebpf-DEVICE, or ebpf-DEVICE-PAIR to name the kind of pair too. DEVICE is exact, fast or tap.
bond_ebpf() {
  local device pair
  IFS=- read -r _ device pair <<<"${1##*.}"
  case $device in
    tap) bond_tandem "$@" data_path ebpf device_kind tap ;;
    *) bond_tandem "$@" data_path ebpf device "$device" device_kind "${pair:-auto}" ;;
  esac
}
bond_csharp() { bond_tandem "$@" data_path csharp; }
bond_default() { bond_tandem "$@"; }

tandem() { on "$1" "$2" "$programs/tandem" "${@:3}"; }

# options_of MODE: sets the array options. MODE may end in a hash policy: balance-xor+layer2.
options_of() {
  options=(mode "${1%%+*}" miimon 100)
  # With a hash of addresses alone, all flows between two hosts would take one cable.
  case $1 in
    balance-xor) options+=(xmit_hash_policy layer3+4) ;;
    802.3ad) options+=(xmit_hash_policy layer3+4 lacp_rate fast) ;;
    *+*) options+=(xmit_hash_policy "${1#*+}") ;;
  esac
  return 0
}

bond_tandem() {
  local config=$1 side=$2 mode=${1%.*} kind=${1##*.} ns options runs
  ns=$(host "$config" "$side")
  begin "$config" "$side" "$programs/tandemd" --socket "$work/$ns.sock" --state "$work/$ns"
  service[$config]+="$begun "
  until_true "the service does not start" tandem "$config" "$side" link show
  options_of "$mode"
  {
    tandem "$config" "$side" link add bond0 type bond "${options[@]}" "${@:3}" &&
      tandem "$config" "$side" link set eth0 master bond0 &&
      tandem "$config" "$side" link set eth1 master bond0 &&
      { [ "$mode" != active-backup ] || tandem "$config" "$side" link set bond0 type bond primary eth0; } &&
      tandem "$config" "$side" link set bond0 up
  } 2>"$work/refusal" || fail "$(cat "$work/refusal")"
  runs=$(tandem "$config" "$side" -j show bond0 | jq -r .data_path)
  [[ $kind = default || ${kind%%-*} = "$runs" ]] || fail "the data path is $runs"
  device_is "$ns" "$kind"
}

# device_is NAMESPACE KIND: records which kind of pair Tandem chose, where KIND leaves the choice to Tandem.
device_is() {
  [[ ! $2 =~ ^ebpf-(exact|fast)$ ]] || ip -n "$1" -d -j link show bond0 | jq -r '.[0].linkinfo.info_kind' >"$work/pair"
}

bond_driver() {
  local ns mode=${1%.*} options cable
  ns=$(host "$1" "$2")
  options_of "$mode"
  ip -n "$ns" link add bond0 type bond "${options[@]}" || fail "no bond by the driver"
  for cable in eth0 eth1; do ip -n "$ns" link set "$cable" master bond0 || fail "$cable does not join"; done
  [ "$mode" != active-backup ] || ip -n "$ns" link set bond0 type bond primary eth0
  ip -n "$ns" link set bond0 up
}
