#!/usr/bin/env bash
# Tandem as a service of a whole Debian: installed by hand, then killed, hung, replaced, restarted, stopped, prevented from starting, and shut down.
# The other end of both cables is a bridge, which stands for a switch.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/units.sh
. "$(dirname "$0")/units.sh"

echo "kernel $(uname -r), $(systemctl --version | head -n 1)"
install -m 755 "$programs/tandem" "$programs/tandemd" /usr/sbin
install -m 644 -D /packaging/systemd/tandemd.service /packaging/systemd/tandem-mounts.service -t /etc/systemd/system
install -m 644 -D /packaging/sysusers.d/tandem.conf -t /usr/lib/sysusers.d
install -m 644 -D /packaging/udev/86-tandem.rules -t /usr/lib/udev/rules.d
systemd-sysusers
# The same text as in README.md; a test compares them.
cat >/etc/systemd/system/bond0.service <<'END'
[Unit]
Description=bond0
Requires=tandemd.service
After=tandemd.service
PartOf=tandemd.service
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/bond0

[Install]
WantedBy=multi-user.target
END
install -D -m 755 /dev/stdin /usr/local/sbin/bond0 <<'END'
#!/bin/sh -e
if tandem link show bond0 >/dev/null 2>&1; then exit; fi
ip link set eth0 down
ip link set eth1 down
tandem link add bond0 type bond mode active-backup miimon 100
tandem link set eth0 master bond0
tandem link set eth1 master bond0
tandem link set bond0 up
ip addr add 192.0.2.10/24 dev bond0
END
said=$(systemd-analyze verify --man=no /etc/systemd/system/{tandemd,tandem-mounts,bond0}.service 2>&1)
[ "$? $said" = "0 " ] || fail "systemd-analyze verify: $said"
systemctl daemon-reload
systemctl -q enable tandemd bond0
echo "ok: installed"

ip netns add b
for i in 0 1; do
  ip link add "eth$i" type veth peer name "eth$i" netns b
  ip -n b link set "eth$i" up
done
ip -n b link add br0 type bridge
for i in 0 1; do ip -n b link set "eth$i" master br0; done
ip -n b addr add 192.0.2.2/24 dev br0
ip -n b link set br0 up

# start_bond WHEN: starts bond0.service. On a busy machine the kernel's verifier may take longer for the programs than the command waits (10 s):
# then the bond is created without members, and the unit fails.
start_bond() {
  local i
  for i in 1 2 3; do
    systemctl start bond0 2>/dev/null && return
    journalctl -q -o cat -u bond0 | grep -q "does not answer within" || break
    eventually "the bond is there after all" tandem link show bond0
    tandem link del bond0
  done
  fail "bond0.service does not start $1: $(journalctl -q -o cat -u tandemd -u bond0 | tail)"
}
start_bond "at first"
is ActiveState active || fail "tandemd.service is $(property ActiveState)"
is Type notify || fail "not Type=notify"
[ "$(stat -c '%a %G' /run/tandem/tandem.sock)" = "660 tandem" ] || fail "the socket: $(stat -c '%a %G' /run/tandem/tandem.sock)"
eventually "the bridge answers" answers
for unit in tandemd bond0; do
  [[ " $(systemctl show -P Before $unit) " == *" network-pre.target "* ]] || fail "$unit.service is not before network-pre.target"
done
[[ " $(systemctl show -P After bond0) " == *" tandemd.service "* ]] || fail "bond0.service is not after tandemd.service"
tandem -d link show bond0 | grep -q "data_path ebpf" || fail "the kernel does not carry the frames: $(tandem -d link show bond0)"
# Kernel settings that the sandbox lets the service write: the processors of bond0's queues, and IPv6 of members.
[ "$(tr -d 0, </sys/class/net/bond0/queues/tx-0/xps_cpus)" ] || fail "the queues of bond0 belong to no processors"
[ "$(cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6)" = 1 ] || fail "eth0 speaks IPv6"
echo "ok: started"

# From the next start on, a hung service is killed after 15 s instead of 30 s.
mkdir -p /run/systemd/system/tandemd.service.d
printf '[Service]\nWatchdogSec=15\n' >/run/systemd/system/tandemd.service.d/watchdog.conf
systemctl daemon-reload
ping_begins
kill -KILL "$(pid)"
eventually "systemd starts a killed service again" is NRestarts 1
eventually "it answers" tandem link show
logged "bond0: taken over" || fail "the next service does not take over: $(journalctl -q -o cat -u tandemd)"
# systemd started bond0.service again together with the service.
eventually "bond0.service is active" systemctl -q is-active bond0
ping_ends "killed"

ping_begins
kill -STOP "$(pid)"
eventually "systemd ends a service that hangs, and starts it again" is NRestarts 2
journalctl -q -o cat -u tandemd | grep -q -i "watchdog timeout" || fail "not by the watchdog: $(journalctl -q -o cat -u tandemd)"
eventually "it answers" tandem link show
ping_ends "hung"
# Longer than the watchdog's period: a working service is not killed.
lives_on() { [ $((SECONDS - since)) -gt 17 ]; }
since=$SECONDS
eventually "17 s pass" lives_on
is NRestarts 2 || fail "the watchdog ends a service that works"
echo "ok: the watchdog leaves a service that works alone"

ping_begins
before=$(pid)
for i in 1 2 3; do
  systemctl reload tandemd & first=$!
  systemctl reload tandemd & wait $first $!
done
eventually "it answers" tandem link show
[ "$(pid) $(property NRestarts)" = "$before 2" ] || fail "two reloads at once: $(journalctl -q -u tandemd | tail -n 40)"
eventually "it is active" systemctl -q is-active tandemd
ping_ends "reloaded, twice at once"

ping_begins
before=$(pid)
systemctl restart tandemd || fail "no restart"
[ "$(pid)" != "$before" ] || fail "a restart starts no other process"
logged "stopping: the bonds continue" || fail "a restart does not leave the bonds: $(journalctl -q -u tandemd | tail -n 40)"
eventually "bond0.service is active after a restart" systemctl -q is-active bond0
systemctl reload tandemd & first=$!
systemctl restart tandemd || fail "no restart during a reload"
wait $first
eventually "it is active" systemctl -q is-active tandemd
eventually "it answers" tandem link show
ping_ends "restarted, also while it reloads"

kill -HUP "$(pid)"
systemctl stop tandemd
is Result success || fail "a reload and a stop end with $(property Result)"
no_bond || fail "a reload and a stop leave bond0"
[ -z "$(ls -A /run/tandem)" ] || fail "a stop leaves $(ls /run/tandem)"
systemctl -q is-active bond0 && fail "bond0.service is active without the service"
echo "ok: stopped while it reloads"

start_bond "again"
eventually "the bridge answers" answers
echo "ok: started again"

# The driver's files at the driver's own paths. The service could not mount them from its sandbox.
shows() { grep -qx "$1" "/sys/class/net/bond0/bonding/$2" && grep -q "$3" /proc/net/bonding/bond0; }
tandem shim mount 2>/run/price || fail "no mounts: $(cat /run/price; journalctl -q -u tandem-mounts)"
shows "active-backup 1" mode "Currently Active Slave: eth" || fail "no files: $(tandem shim status; journalctl -q -u tandem-mounts)"
grep -qx up /sys/class/net/bond0/lower_eth1/bonding_slave/mii_status || fail "no files of members"
said=$(systemd-run -q --wait --pipe -p PrivateTmp=yes -p ProtectSystem=strict cat /proc/net/bonding/bond0 /sys/class/net/bond0/bonding/slaves)
[[ $said == *"Bonding Mode"*"eth0 eth1" ]] || fail "a service with a mount namespace of its own sees $said"
kill -KILL "$(pid)"
eventually "a service answers again" tandem link show
tandem link set bond0 type bond miimon 70
eventually "the files are those of the next service" shows 70 miimon "MII Polling Interval (ms): 70"
kill -KILL "$(systemctl show -P MainPID tandem-mounts)"
eventually "the mounts are made again" systemctl -q is-active tandem-mounts
eventually "the files are there again" shows 70 miimon "Bonding Mode"
systemctl stop tandemd
no_mounts() { [ "$(readlink /proc/net)" = self/net ] && ! grep -q tandem: /proc/self/mountinfo; }
eventually "a stop of the service takes the files away" no_mounts
start_bond "with mounts"
eventually "the files come back with it" shows 100 miimon "Bonding Mode"
tandem shim unmount || fail "no unmount"
no_mounts || fail "mounts are left: $(grep tandem /proc/self/mountinfo)"
systemctl -q is-enabled tandem-mounts && fail "tandem-mounts.service is still enabled"
[ ! -e /run/tandem/mounts ] || fail "left: $(find /run/tandem/mounts)"
eventually "the bridge answers" answers
echo "ok: mounts"

# starts_not WHAT STATUS TEXT: the service exits with STATUS, is not restarted, and logs the reason
starts_not() {
  systemctl start tandemd 2>/dev/null && fail "it starts: $1"
  eventually "it has failed: $1" is ActiveState failed
  is ExecMainStatus "$2" || fail "$1: status $(property ExecMainStatus)"
  eventually "the journal says why: $1" logged "$3"
  systemctl reset-failed tandemd
  echo "ok: $1"
}
systemctl stop tandemd
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/tandemd --nonsense\n' >/run/systemd/system/tandemd.service.d/wrong.conf
systemctl daemon-reload
starts_not "a wrong option" 2 "tandemd: --nonsense: no such option"
rm /run/systemd/system/tandemd.service.d/wrong.conf
systemctl daemon-reload
mkdir -p /run/tandem
tandemd --socket /run/tandem/tandem.sock >/run/other.log 2>&1 &
other=$!
eventually "another service answers" tandem link show
starts_not "another service runs" 3 "cannot start: another tandemd"
kill $other
wait $other || fail "the other service ends with $?"

# The sandbox still allows a TAP device, whose descriptor systemd keeps, and other network namespaces.
start_bond "after failures"
tandem link set bond0 type bond data_path csharp device_kind tap 2>/dev/null || {
  tandem link del bond0
  sed -i 's/miimon 100/miimon 100 data_path csharp/' /usr/local/sbin/bond0
  systemctl restart bond0 || fail "bond0.service makes no bond with data_path csharp"
}
eventually "the bridge answers over data_path csharp" answers
ip monitor link >/run/links &
watcher=$!
before=$(property NRestarts)
kill -KILL "$(pid)"
eventually "it is started again" is NRestarts $((before + 1))
eventually "the bridge answers after a kill" answers
kill $watcher
[ ! -s /run/links ] || fail "a kill under data_path csharp is heard of: $(cat /run/links)"
ip monitor link >/run/links &
watcher=$!
systemctl restart tandemd || fail "no restart under data_path csharp"
eventually "the bridge answers after a restart" answers
kill $watcher
[ ! -s /run/links ] || fail "a restart under data_path csharp is heard of: $(cat /run/links)"
echo "ok: systemd keeps a TAP device"
tandem link del bond0
sed -i 's/ data_path csharp//' /usr/local/sbin/bond0
systemctl restart bond0 || fail "bond0.service makes no bond again"
ip netns add web
ip link set bond0 netns web
ip -n web addr add 192.0.2.10/24 dev bond0
ip -n web link set bond0 up
web_answers() { ip netns exec web ping -c 1 -W 1 192.0.2.2; }
eventually "the bridge answers to another namespace" web_answers
active=$(tandem show bond0 | sed -n 's/^Currently Active Slave: //p')
ip -n b link set "$active" down
eventually "the other member takes over" web_answers
logged "announc.*fail" && fail "no announcement from another namespace: $(journalctl -q -u tandemd | tail -n 40)"
ip -n b link set "$active" up
echo "ok: another namespace"
# Each check of the doctor waits at most a second, which may be too short on a busy machine.
says() { tandem doctor >/run/doctor && grep -Eq "^  $1 " /run/doctor; }
for choice in "data-path +ebpf" "ingress-guard +nftables" "upgrade +carrier-kept" "after-kill +carrier-kept"; do
  eventually "the doctor says so" says "$choice"
done
# Whether the driver could be loaded cannot be determined from inside the sandbox, and does not matter.
grep "^\(missing\|unknown\)" /run/doctor | grep -v "^unknown *bonding-driver" && fail "the unit takes something away: $(cat /run/doctor)"
echo "ok: the doctor"

systemctl stop tandemd
is Result success || fail "a stop ends with $(property Result)"
no_bond || fail "a stop leaves bond0"
systemd-analyze security --no-pager tandemd | grep -v '✓'
systemd-analyze security --no-pager --threshold="${2:-24}" tandemd >/dev/null || fail "systemd-analyze security: more than ${2:-24} tenths"
echo "ok: security"

# shutdown.target stops the same units as a shutdown or a reboot, without ending the machine.
start_bond "before a shutdown"
mkdir -p /run/systemd/system/shutdown.target.d
printf '[Unit]\nRefuseManualStart=no\n' >/run/systemd/system/shutdown.target.d/manual.conf
systemctl daemon-reload
systemctl start shutdown.target || fail "no shutdown"
is ActiveState inactive || fail "a shutdown leaves the service $(property ActiveState)"
no_bond || fail "a shutdown leaves bond0"
took=$((($(property InactiveEnterTimestampMonotonic) - $(property ActiveExitTimestampMonotonic)) / 1000))
[ "$took" -lt 10000 ] || fail "a shutdown waits $took ms for the service"
echo "ok: shutdown"
