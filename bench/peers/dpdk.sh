# shellcheck shell=bash
# Sourced by bench/run: bonds of DPDK. On each host testpmd forwards between a bond of both cables (AF_PACKET devices) and a TAP
# device bond0, which has the host's address. Ordinary memory, no PCI devices, one polling thread a host. DPDK is made for network
# cards of its own; over AF_PACKET it shows what its bonding can do where there are none.

dpdk_modes=(active-backup balance-xor)
# In Debian testpmd is in the package with the headers.
dpdk_needs() { peer_needs dpdk-testpmd=dpdk-dev; }

bond_dpdk() {
  local config=$1 side=$2 mode=${1%.*} ns member=member options core=0
  ns=$(host "$config" "$side")
  bare "$config"
  # The word changed in 23.11.
  ! dpkg --compare-versions "$(dpkg-query -W -f '${Version}' dpdk-dev)" lt 23.11 || member=slave
  options=mode=1,primary=net_af_packet0
  [ "$mode" = active-backup ] || options=mode=2,xmit_policy=l34
  [ "$side" = a ] || [ "$processors" -eq 1 ] || core=1
  # Ports 0 and 1 are the cables, 2 and 3 (mask 0xc) what is forwarded between. With a period for statistics it asks for no keyboard.
  begin "$config" "$side" dpdk-testpmd --no-huge -m 256 --no-pci --no-telemetry --file-prefix="$ns" --lcores "0@$core,1@$core" \
    --vdev net_af_packet0,iface=eth0,framecnt=1024,blocksz=65536 --vdev net_af_packet1,iface=eth1,framecnt=1024,blocksz=65536 \
    --vdev "net_bonding0,$options,$member=net_af_packet0,$member=net_af_packet1" --vdev net_tap0,iface=bond0 \
    -- --portmask=0xc --forward-mode=io --total-num-mbufs=16384 --stats-period=3600
  service[$config]+="$begun "
  until_true "testpmd does not start" ip -n "$ns" link set bond0 up
}
