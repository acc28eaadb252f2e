# shellcheck shell=bash
# Sourced by bench/run: bonds of DPDK. On each host testpmd forwards between a bond of both cables (AF_PACKET devices) and a TAP device bond0, which
# has the host's address. It uses ordinary memory, no PCI devices and one polling thread per host. DPDK is made for network cards that it drives
# itself; over AF_PACKET its bonding can be measured without such cards.

dpdk_modes=(active-backup balance-xor)
# Debian has testpmd in the package of the headers.
dpdk_needs() { peer_needs dpdk-testpmd=dpdk-dev; }

bond_dpdk() {
  local config=$1 side=$2 mode=${1%.*} ns member=member options core=0
  ns=$(host "$config" "$side")
  bare "$config"
  # DPDK 23.11 renamed the parameter.
  ! dpkg --compare-versions "$(dpkg-query -W -f '${Version}' dpdk-dev)" lt 23.11 || member=slave
  options=mode=1,primary=net_af_packet0
  [ "$mode" = active-backup ] || options=mode=2,xmit_policy=l34
  [ "$side" = a ] || [ "$processors" -eq 1 ] || core=1
  # Ports 0 and 1 are the cables. Forwarding is between ports 2 and 3 (mask 0xc), the bond and the TAP device. With a period for statistics, testpmd
  # does not read the keyboard.
  begin "$config" "$side" dpdk-testpmd --no-huge -m 256 --no-pci --no-telemetry --file-prefix="$ns" --lcores "0@$core,1@$core" \
    --vdev net_af_packet0,iface=eth0,framecnt=1024,blocksz=65536 --vdev net_af_packet1,iface=eth1,framecnt=1024,blocksz=65536 \
    --vdev "net_bonding0,$options,$member=net_af_packet0,$member=net_af_packet1" --vdev net_tap0,iface=bond0 \
    -- --portmask=0xc --forward-mode=io --total-num-mbufs=16384 --stats-period=3600
  service[$config]+="$begun "
  until_true "testpmd does not start" ip -n "$ns" link set bond0 up
}
