#!/usr/bin/env bash
# Runs a script as root under User-Mode Linux, Debian's kernel 6.1 as an ordinary process. It starts in seconds, and has features that this
# machine's kernel may lack, among them the bonding driver, VLAN devices and netem. The files are this machine's own, except /run. It has one
# processor and timers of 10 ms.
#
# usage: eng/uml.sh SCRIPT [ARGUMENT...]     prints the script's output; exit code 77 if the kernel cannot be had
# environment: MEMORY (512M), SECONDS_LIMIT (300)
set -euo pipefail
project=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
kernel=$project/artifacts/uml
script=$(readlink -f "${1:?usage: eng/uml.sh SCRIPT [ARGUMENT...]}")
shift

# unpack PACKAGE FILE: downloads and unpacks the package unless FILE exists
unpack() {
  [ -e "$kernel/$2" ] && return
  (
    cd "$kernel"
    apt-get download "$1" || { apt-get -qq update && apt-get download "$1"; }
    dpkg -x "$1"_*.deb .
    rm -f "$1"_*.deb
  ) >/dev/null 2>&1 || { echo "uml: the package $1 cannot be had" >&2; exit 77; }
}
[ "$(uname -m)" = x86_64 ] || { echo "uml: User-Mode Linux is for x86_64" >&2; exit 77; }
mkdir -p "$kernel"
exec 9>"$kernel/lock"
flock 9
unpack user-mode-linux usr/bin/linux.uml
unpack kmod bin/kmod
exec 9>&-
mkdir -p "$kernel/lib"
ln -sfn "$kernel/usr/lib/uml/modules" "$kernel/lib/modules"
ln -sfn kmod "$kernel/bin/modprobe"

run=$(mktemp -d "${TMPDIR:-/tmp}/uml.XXXXXX")
trap 'rm -rf "$run"' EXIT
# The kernel itself loads the other modules that a script needs, through this program.
printf '#!/bin/sh\nexec %q -d %q "$@"\n' "$kernel/bin/modprobe" "$kernel" >"$run/modprobe"
chmod +x "$run/modprobe"
cat >"$run/init" <<INIT
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mkdir -p /run/netns
echo $(printf %q "$run/modprobe") >/proc/sys/kernel/modprobe
for module in veth tun macvlan 8021q bonding bridge sch_netem sch_ingress cls_bpf nf_tables; do
  $(printf %q "$kernel/bin/modprobe") -d $(printf %q "$kernel") \$module 2>/dev/null
done
[ -e /sys/class/net/bond0 ] && ip link del bond0
ip link set lo up
cd $(printf %q "$PWD")
bash $(printf '%q ' "$script" "$@") >$(printf %q "$run/output") 2>&1
echo \$? >$(printf %q "$run/status")
sync
halt -f
INIT
chmod +x "$run/init"
# With AMX the processor has more registers than that kernel has room for, and it cannot set them.
if grep -q -m1 amx_tile /proc/cpuinfo; then
  gcc -shared -fPIC -O2 -o "$run/registers.so" "$project/eng/uml-registers.c"
  export LD_PRELOAD=$run/registers.so
fi
timeout "${SECONDS_LIMIT:-300}" "$kernel/usr/bin/linux.uml" "mem=${MEMORY:-512M}" root=/dev/root rootfstype=hostfs rootflags=/ rw quiet \
  con=null con0=null "init=$run/init" >"$run/console" 2>&1 </dev/null &
machine=$!
unset LD_PRELOAD
# Whoever ends this script ends the kernel with it.
trap 'kill "$machine"; wait "$machine"; exit 143' TERM INT
wait "$machine" || true
cat "$run/output" 2>/dev/null || tail -n 5 "$run/console"
exit "$(cat "$run/status" 2>/dev/null || echo 1)"
