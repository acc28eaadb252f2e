#!/usr/bin/env bash
# Tunnels of all kinds that this kernel has, above Tandem's bond0; the service carries the frames. The other end is a plain interface.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"

cables a b 1
service a
bond_tandem a 1 10.213.0.1/24 mode active-backup data_path csharp
on a ip addr add fd13::1/64 dev bond0 nodad
on b ip link set e0 up
on b ip addr add 10.213.0.2/24 dev e0
on b ip addr add fd13::2/64 dev e0 nodad
eventually "the bond answers" on a ping -c 1 -W 1 10.213.0.2
on a iperf3 -s >/dev/null 2>&1 &
eventually "iperf3 listens" sh -c "ip netns exec a ss -ltn | grep -q :5201"

# tunnel TYPE IP ARGUMENT...: sends streams of 4 MiB into the bond, through a tunnel between the hosts' addresses of this IP version. If all
# segments are lost, a stream takes ten minutes.
tunnel() {
  local what="$*" type=$1 a=10.213.0.1 b=10.213.0.2 said
  [ "$2" = 6 ] && a=fd13::1 b=fd13::2
  shift 2
  case $type in
    geneve)
      on a ip link add t0 type geneve remote $b "$@" || fail "no $what"
      on b ip link add t0 type geneve remote $a "$@" || fail "no $what"
      ;;
    *)
      on a ip link add t0 type "$type" local $a remote $b "$@" || fail "no $what"
      on b ip link add t0 type "$type" local $b remote $a "$@" || fail "no $what"
      ;;
  esac
  on a ip link set t0 up
  on b ip link set t0 up
  on a ip addr add 10.9.0.1/24 dev t0
  on b ip addr add 10.9.0.2/24 dev t0
  on a ip addr add fd09::1/64 dev t0 nodad
  on b ip addr add fd09::2/64 dev t0 nodad
  for address in 10.9.0.1 fd09::1; do
    case $type/$address in ipip/fd* | sit/10*) continue ;; esac
    # An interface gets its address some time after it is up.
    eventually "$what: $address answers" on b ping -c 1 -W 1 $address
    said=$(on b timeout 30 iperf3 -c $address -n 4M -J) || fail "$what, $address: $said"
    jq -r --arg what "$what, $address" \
      '.end.sum_sent | "ok: \($what): \(.bits_per_second / 1e6 | round) Mbit/s, \(.retransmits) segments sent again"' <<<"$said"
    [ "$(jq '.end.sum_sent.retransmits' <<<"$said")" -lt 250 ] || fail "$what, $address: too much was sent again"
  done
  on a ip link del t0
  on b ip link del t0
}

tunnel vxlan 4 id 7 dstport 4789
tunnel vxlan 4 id 7 dstport 4789 udpcsum
tunnel vxlan 6 id 7 dstport 4789
tunnel geneve 4 id 7
tunnel geneve 6 id 7 udp6zerocsumtx udp6zerocsumrx
tunnel gre 4
tunnel gre 4 key 7 csum
tunnel gretap 4
tunnel gretap 4 csum
tunnel ip6gre 6
tunnel ip6gretap 6 key 7
tunnel ipip 4
tunnel sit 4
tunnel ip6tnl 6 mode any
# With sequence numbers the kernel does not merge segments.
tunnel gretap 4 seq
