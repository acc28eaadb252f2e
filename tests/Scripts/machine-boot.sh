#!/usr/bin/env bash
# A Debian with a bond in a file of /etc/tandem and its addresses in systemd-networkd. It is installed, booted, cut off from power while the file is
# saved, booted, cut off from power while the file is applied, and booted.
#
# usage: machine-boot.sh PROGRAMS PHASE PACKAGE     PHASE: install, booted, saved, applied; each in a boot of its own, with the same disk
#
# eth0 and eth2 are members of the bond. The other ends of their cables, eth1 and eth3, are ports of a switch, which answers for 192.0.2.2.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/units.sh
. "$(dirname "$0")/units.sh"
phase=$2 package=$3
file=/etc/tandem/bonds.yaml

# bonds MIIMON: prints a file that is long enough to be cut off in the middle
bonds() {
  echo "# A file that is cut off in the middle lacks its last line."
  seq -f "# %06g" 2000
  printf 'network:\n  bonds:\n    bond0:\n      interfaces: [eth0, eth2]\n      parameters: {mode: active-backup, mii-monitor-interval: %s}\n' "$1"
}

# ends COMMAND: reports success, then ends the machine by the command
ends() {
  echo "ok: $phase"
  exec >&- 2>&-
  sleep 1
  echo 0 >/control/status
  "$@"
  sleep 60
}
reboots() { systemctl reboot; }
# The disk gets no more writes.
power_fails() { echo b >/proc/sysrq-trigger; }

# when PROPERTY UNIT: µs after the start of the kernel
when() { systemctl show -P "$1" "$2"; }

is_there_after_the_boot() {
  local up online
  is ActiveState active || fail "the service is $(property ActiveState): $(journalctl -b -q -u tandemd)"
  ! journalctl -b -q -o cat -u tandemd | grep -qi 'not used\|error' || fail "the files: $(journalctl -b -q -o cat -u tandemd)"
  up=$(when ActiveEnterTimestampMonotonic tandemd) online=$(when ActiveEnterTimestampMonotonic network-online.target)
  [ "$online" -gt 0 ] || fail "network-online.target was not reached: $(systemctl status systemd-networkd-wait-online.service)"
  [ "$up" -lt "$online" ] || fail "tandemd came at $up, after network-online.target at $online"
  for member in eth0 eth2; do tandem link show "$member" | grep -q "master bond0" || fail "$member is no member: $(tandem show bond0)"; done
  [ "$(tandem show bond0 | grep -c 'MII Status: up')" = 3 ] || fail "not all is up: $(tandem show bond0)"
  is_online || fail "what needs the network had none: $(journalctl -b -q -o cat -u needs-network)"
  echo "ok: booted: tandemd at $((up / 1000)) ms, online at $((online / 1000)) ms"
}
is_online() { [ "$(when Result needs-network.service) $(when ExecMainStatus needs-network.service)" = "success 0" ] && [ -e /run/answered ]; }

case $phase in
  install)
    export DEBIAN_FRONTEND=noninteractive
    dpkg -i "$package" >/run/dpkg.log 2>&1 || fail "dpkg -i: $(cat /run/dpkg.log)"
    mkdir -p /etc/tandem
    bonds 100 >"$file"
    printf '[Match]\nName=bond0\n[Network]\nAddress=192.0.2.1/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n' >/etc/systemd/network/10-bond0.network
    printf '[Match]\nName=eth*\n[Link]\nUnmanaged=yes\n' >/etc/systemd/network/10-members.network
    cat >/etc/systemd/system/switch.service <<'END'
[Unit]
DefaultDependencies=no
Before=network-pre.target
Wants=network-pre.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/switch
[Install]
WantedBy=multi-user.target
END
    cat >/usr/local/sbin/switch <<'END'
#!/bin/sh -e
ip netns add b
for port in eth1 eth3; do ip link set $port netns b; done
ip -n b link add switch type bridge
for port in eth1 eth3; do ip -n b link set $port up master switch; done
ip -n b addr add 192.0.2.2/24 dev switch
ip -n b link set switch up
END
    cat >/etc/systemd/system/needs-network.service <<'END'
[Unit]
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ping -c 1 -W 10 192.0.2.2 && : >/run/answered'
[Install]
WantedBy=multi-user.target
END
    chmod 755 /usr/local/sbin/switch
    systemctl -q enable systemd-networkd systemd-networkd-wait-online switch needs-network || fail "systemctl enable"
    ends reboots
    ;;
  booted)
    is_there_after_the_boot
    ping -c 3 -i 0.2 -W 5 192.0.2.2 >/dev/null || fail "nobody answers"
    # Saves two states in turn until the power fails during a write.
    (
      while :; do
        for miimon in 200 100; do
          tandem link set bond0 type bond miimon "$miimon" && tandem save "$file"
        done
      done
    ) >/dev/null 2>&1 &
    eventually "it is saved" grep -q 'mii-monitor-interval: 200' "$file"
    sync
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    ends power_fails
    ;;
  saved)
    # The file must be the whole old or the whole new one. With an unusable file there would be no bond.
    tandem apply --dry-run >/run/dry 2>&1 || fail "the file after the power cut: $(cat /run/dry "$file")"
    grep -q "mii-monitor-interval: [12]00$" "$file" || fail "neither the old nor the new file: $(cat "$file")"
    is_there_after_the_boot
    bonds 300 >/root/other.yaml
    sync
    (while :; do for wanted in /root/other.yaml "$file"; do tandem apply "$wanted"; done; done) >/dev/null 2>&1 &
    has_miimon() { tandem show bond0 | grep -q "Polling Interval (ms): $1"; }
    eventually "it is applied" has_miimon 300
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    ends power_fails
    ;;
  applied)
    is_there_after_the_boot
    tandem apply --dry-run | grep -q "as wanted" || fail "the bond is not as the file says: $(tandem apply --dry-run)"
    echo "ok: $phase"
    ;;
esac
