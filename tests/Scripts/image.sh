#!/usr/bin/env bash
# Checks the OCI image: digests, layers, and its programs, in namespaces that end with this script.
#
# usage: unshare --mount --net --pid --fork --kill-child image.sh IMAGE
set -euo pipefail
fail() { echo "FAILED: $*"; cat /tmp/log 2>/dev/null; exit 1; }

# Opened first, since the mount below hides the files in /tmp.
exec 3<"$1"
mount -t tmpfs tmpfs /tmp
mkdir /tmp/image /tmp/root
tar -C /tmp/image -xf - <&3
cd /tmp/image
[ "$(jq -r .imageLayoutVersion oci-layout)" = 1.0.0 ] || fail "no layout: $(cat oci-layout)"

# blob: reads a descriptor from standard input; prints the path of its file, whose size and digest must match
blob() {
  local digest size
  read -r digest size < <(jq -r '"\(.digest) \(.size)"')
  [ "$(stat -c %s "blobs/sha256/${digest#sha256:}")" = "$size" ] || fail "the size of $digest is not $size"
  echo "${digest#sha256:}  blobs/sha256/${digest#sha256:}" | sha256sum --check --quiet >&2 || fail "the digest of $digest"
  echo "blobs/sha256/${digest#sha256:}"
}
manifest=$(jq '.manifests[0]' index.json | blob)
config=$(jq .config "$manifest" | blob)
[ "$(jq '.layers | length' "$manifest")" = "$(jq '.rootfs.diff_ids | length' "$config")" ] || fail "layers and their digests differ in number"
for ((i = 0; i < $(jq '.layers | length' "$manifest"); i++)); do
  layer=$(jq ".layers[$i]" "$manifest" | blob)
  [ "sha256:$(gzip -dc "$layer" | sha256sum | cut -d ' ' -f 1)" = "$(jq -r ".rootfs.diff_ids[$i]" "$config")" ] || fail "the digest of layer $i"
  tar -C /tmp/root -xzf "$layer"
done
[ "$(jq -r '.[0] | .Config + " " + .Layers[0]' manifest.json)" = "$config $layer" ] || fail "manifest.json: $(cat manifest.json)"
entry=$(jq -r '.config.Entrypoint[0]' "$config")
echo "ok: digests"

mount -t proc proc /tmp/root/proc
mount -t sysfs sysfs /tmp/root/sys
# The .NET runtime reads random numbers from /dev/urandom, which every container has.
mount --bind /dev /tmp/root/dev
in_image() { env -i PATH=/usr/sbin:/usr/bin chroot /tmp/root "$@"; }
[[ $(in_image tandem --version) == tandem\ * ]] || fail "no version"
in_image "$entry" --check || fail "the service does not run here"
for i in 0 1; do
  ip link add "eth$i" type veth peer name "peer$i"
  ip link set "peer$i" up
done
env -i PATH=/usr/sbin:/usr/bin chroot /tmp/root "$entry" >/tmp/log 2>&1 &
for ((i = 0; i < 200; i++)); do
  in_image tandem link show >/dev/null 2>&1 && break
  sleep 0.05
done
in_image tandem link add bond0 type bond mode active-backup || fail "no bond"
for i in 0 1; do in_image tandem link set "eth$i" master bond0 || fail "eth$i does not join"; done
in_image tandem link set bond0 up
in_image tandem show bond0 | grep -q "Currently Active Slave: eth0" || fail "$(in_image tandem show bond0)"
ip -o link show bond0 | grep -q LOWER_UP || fail "bond0 has no carrier: $(ip -o link show bond0)"
in_image tandem -d link show bond0 | grep -q "data_path ebpf" || fail "libbpf does not work: $(in_image tandem -d link show bond0)"
kill %1
wait %1 || fail "the service ends with $?"
! ip link show bond0 >/dev/null 2>&1 || fail "bond0 stays"
echo "ok: a bond"
