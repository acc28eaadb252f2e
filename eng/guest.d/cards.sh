# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by eng/guest, and shares variables with it: a guest's network cards, and where their cables go.
taps=() wires=()

# add_card NUMBER SPEC: MODEL, MODEL,tap=NETNS/NAME or MODEL,wire=FILE
add_card() {
  local i=$1 model=${2%%,*} cable='' driver netdev='' card
  [[ $2 != *,* ]] || cable=${2#*,}
  driver=${model/#virtio/virtio-net-pci}
  known=${known:-$("$qemu" -device help)}
  [[ $known == *"name \"$driver\", bus PCI"* ]] || fail 77 "$("$qemu" --version | head -n 1) has no network card $model"
  case $cable in
    # A hub with two ports is a cable. The carrier of its ends is set by the command `cable`.
    '') netdev=hubport,id=end$i,hubid=$((i / 2)) ;;
    tap=?*/?*) tap "$i" "${cable#tap=}"; netdev=tap,id=end$i,ifname=${cable##*/},script=no,downscript=no ;;
    # A datagram for each frame; what is sent before the other end is there is lost, as on a cable.
    wire=?*)
      wires+=("${cable#wire=}.$number")
      netdev=dgram,id=end$i,local.type=unix,local.path=${cable#wire=}.$number,remote.type=unix,remote.path=${cable#wire=}.$((1 - number))
      ;;
    *) fail 2 "--nic $2; accepted: MODEL, MODEL,tap=NETNS/NAME, MODEL,wire=FILE" ;;
  esac
  # A port for each card, since only cards in a port can be plugged while the guest runs.
  devices+=(-netdev "$netdev" -device "pcie-root-port,id=port$i,chassis=$((i + 1))")
  printf -v card '%s,netdev=end%d,id=eth%d,bus=port%d,romfile=,mac=52:54:00:00:%02x:%02x' "$driver" "$i" "$i" "$i" "$number" "$i"
  devices+=(-device "$card")
  # For the command `card`, which plugs them in again.
  echo "$card" >>"$run/control/cards"
}

# tap NUMBER NETNS/NAME: QEMU opens it by name, so it runs in that namespace.
tap() {
  local space=${2%/*} name=${2##*/}
  [ -e "/run/netns/$space" ] || fail 2 "--nic ${nics[$1]}: there is no network namespace $space; make it with: ip netns add $space"
  [ ${#enter[@]} -eq 0 ] || [ "${enter[1]}" = "--net=/run/netns/$space" ] || fail 2 "--nic ${nics[$1]}: all TAP devices of a guest are in one namespace"
  ip -n "$space" tuntap add "$name" mode tap vnet_hdr || fail 2 "--nic ${nics[$1]}: no TAP device $name in $space"
  taps+=("$space/$name")
  ip -n "$space" link set "$name" up
  enter=(nsenter "--net=/run/netns/$space")
}

remove_cables() {
  local tap
  rm -f "${wires[@]}"
  for tap in "${taps[@]}"; do ip -n "${tap%/*}" link del "${tap##*/}" 2>/dev/null || true; done
}
