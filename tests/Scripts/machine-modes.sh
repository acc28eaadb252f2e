#!/usr/bin/env bash
# Each mode between two hosts, with a cable cut and mended; in balance-tlb and balance-alb the other host is a switch. Then the hashes: `tandem
# explain` and the programs in the kernel must select the member that the Linux driver selected in the recordings. $2 is the machine that `uname -m`
# must name. The recordings, hash-vectors.jsonl, are beside this script: the build of tests/Tandem.Machines.Tests puts both into
# artifacts/bin/Tandem.Machines.Tests/debug/Scripts.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# The guest's processor is emulated, and slow.
export PATIENCE=20

echo "kernel $(uname -r) $(uname -m)"
[ "$(uname -m)" = "$2" ] || fail "this is no $2"
# Each check of the doctor waits at most a second. On a busy machine that may be too short the first time, when modules are loaded.
says() { "$programs/tandem" doctor >/run/doctor && grep -Eq "^  $1 " /run/doctor; }
for choice in 'data-path +ebpf' 'device +netkit' 'hook +tcx' 'ingress-guard +nftables'; do
  eventually "the doctor says so ($(cat /run/doctor 2>/dev/null))" says "$choice"
done
cat /run/doctor
echo "ok: the doctor"

cables a b 3
for host in a b; do
  on $host sysctl -q net.ipv6.conf.default.disable_ipv6=1
  service $host
done
answers() { on a ping -c 1 -W 1 10.213.0.2; }
no_bond() { ! on "$1" ip link show bond0; }
for mode in active-backup balance-rr balance-xor broadcast 802.3ad balance-tlb balance-alb; do
  bond_tandem a 2 10.213.0.1/24 mode $mode miimon 100
  case $mode in
    balance-tlb | balance-alb) bonds=a; switch b 10.213.0.2/24 e0 e1 ;;
    *) bonds="a b"; bond_tandem b 2 10.213.0.2/24 mode $mode miimon 100 ;;
  esac
  eventually "b answers in $mode" answers
  # In broadcast each copy is answered. ping reports the duplicates, and loses nothing.
  pings a 10.213.0.2
  for end in "a e0" "b e1"; do
    # shellcheck disable=SC2086  # a host and a cable
    set -- $end
    on "$1" ip link set "$2" down
    eventually "b answers in $mode without $2 of $1" answers
    pings a 10.213.0.2
    on "$1" ip link set "$2" up
    eventually "b answers in $mode with $2 of $1 again" answers
  done
  for host in $bonds; do
    # On a busy machine the command may stop waiting for the answer.
    tandem "$host" link del bond0
    eventually "bond0 of $host goes" no_bond "$host"
  done
  [ "$bonds" != a ] || no_switch b e0 e1
  echo "ok: $mode"
done

# Frames of 60 bytes: socat reads blocks of 60 and sends each as a frame. Without VLAN tags: `tandem explain` treats a tag as one that the kernel
# keeps beside the frame, and a packet socket sends it inside the frame.
vectors=$(dirname "$0")/hash-vectors.jsonl
grep '"mode":"balance-xor","route":"raw"' "$vectors" |
  jq -r 'select((.frame | length) == 120 and (.slave["3"] | type) == "number" and .src == null and (.frame[24:28] | IN("8100", "88a8") | not)) | "\(.policy) \(.slave["3"]) \(.frame)"' >/run/vectors
bond_tandem a 3 10.213.0.1/24 mode balance-xor miimon 100
for i in 0 1 2; do on b ip link set "e$i" up; done
sent() { tandem a -j show bond0 | jq -c '[.members[].counters.tx_frames]'; }
total=0
for policy in layer2 layer2+3 layer3+4 encap2+3 encap3+4 vlan+srcmac; do
  awk -v policy="$policy" '$1 == policy { print $3 }' /run/vectors | "$programs/tandem" explain --members 3 --policy "$policy" --frame - |
    sed -n 's/^member \([0-9]*\) .*/\1/p' >/run/explained
  awk -v policy="$policy" '$1 == policy { print $2 }' /run/vectors | diff - /run/explained >/run/differs ||
    fail "tandem explain differs from the driver with $policy: $(head /run/differs)"
  tandem a link set bond0 type bond xmit_hash_policy "$policy" || fail "no $policy"
  for member in 0 1 2; do
    awk -v policy="$policy" -v member=$member '$1 == policy && $2 == member { print $3 }' /run/vectors | xxd -r -p >/run/frames
    count=$(($(stat -c %s /run/frames) / 60))
    before=$(sent)
    on a socat -u -b 60 OPEN:/run/frames INTERFACE:bond0 || fail "the frames cannot be sent"
    jq -e -n --argjson before "$before" --argjson after "$(sent)" --argjson member $member --argjson count $count \
      '[range(3) | if . == $member then $count else 0 end] == [range(3) | $after[.] - $before[.]]' >/dev/null ||
      fail "$policy: $count frames for member $member went so: $before, then $(sent)"
    total=$((total + count))
  done
done
[ $total -gt 300 ] || fail "only $total frames were compared"
echo "ok: $total hashes"
