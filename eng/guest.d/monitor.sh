# shellcheck shell=bash
# Sourced in a guest of eng/guest by the commands `cable` and `card`: asks QEMU's monitor, which is behind a serial port.

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# The port takes one at a time. QEMU wants the first command, and says that it has no such command later on.
monitor_open() {
  exec 4>/run/monitor.lock
  flock 4
  exec 3<>/dev/virtio-ports/monitor || exit
  echo '{"execute": "qmp_capabilities"}' >&3
}

# monitor_ask COMMAND ARGUMENTS: waits until QEMU has done it
monitor_ask() {
  local answer
  echo '{"execute": "'"$1"'", "arguments": '"$2"', "id": "'$$'"}' >&3
  while read -r -t 10 answer <&3; do
    [[ $answer == *'"id": "'$$'"'* ]] || continue
    [[ $answer != *'"error"'* ]] || fail "QEMU says: $answer"
    return
  done
  fail "QEMU does not answer"
}
