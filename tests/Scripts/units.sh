# shellcheck shell=bash disable=SC2154
# Sourced after hosts.sh by the scripts that run under systemd: tandemd.service, and traffic from bond0 of this machine to the namespace b. The
# guest's processor is emulated, and slow.
export PATIENCE=20
tandem() { command tandem "$@"; }

# property NAME, is NAME VALUE: a property of tandemd.service
property() { systemctl show -P "$1" tandemd; }
is() { [ "$(property "$1")" = "$2" ]; }
pid() { property MainPID; }
logged() { journalctl -q -o cat -u tandemd | grep -q -e "$1"; }
answers() { ping -c 1 -W 1 192.0.2.2; }
no_bond() { ! ip link show bond0 >/dev/null 2>&1; }

# ping_begins, ping_ends WHAT: between the two no ping may be lost, and the kernel may report no change of an interface
ping_begins() {
  ping -q -i 0.05 192.0.2.2 >/run/ping 2>&1 &
  ping=$!
  ip monitor link >/run/links &
  watcher=$!
}
ping_ends() {
  kill -INT "$ping"
  wait "$ping"
  grep -q " 0% packet loss" /run/ping || fail "$1 costs frames: $(cat /run/ping)"
  kill "$watcher"
  [ ! -s /run/links ] || fail "$1 is heard of: $(cat /run/links)"
  echo "ok: $1: $(grep -o '[0-9]* packets.*loss' /run/ping)"
}
