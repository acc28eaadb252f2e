#!/usr/bin/env bash
# Two bonds without root: in a user namespace of an ordinary user, with two network namespaces in it.
#
# usage: rootless.sh PROGRAMS FOLDER     as root, to open /dev/net/tun to all for these processes, as it is on most machines
set -uo pipefail
programs=$1 folder=$2 stage=${3:-root}

if [ "$stage" = root ]; then
  # In a mount namespace of its own, so that only these processes see the device.
  [ "${4:-}" = private ] || exec unshare --mount --propagation private "$0" "$programs" "$folder" root private
  if ! mknod -m 0666 "$folder/tun" c 10 200 || ! mount --bind "$folder/tun" /dev/net/tun; then
    echo "FAILED: no device for the user"
    exit 1
  fi
  install -m 0755 "$programs/tandem" "$programs/tandemd" "$0" "$folder"
  install -d -o 65534 -g 65534 "$folder/user"
  chmod 0755 "$folder"
  cd /
  exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
    unshare --user --map-root-user --net "$folder/rootless.sh" "$folder" "$folder/user" user
fi

# The process ids of started programs.
started=()
trap 'kill "${started[@]}" 2>/dev/null; wait' EXIT
fail() { echo "FAILED: $*"; tail -n 5 "$folder"/*.log; exit 1; }
eventually() {
  local what=$1 i
  shift
  for ((i = 0; i < 100; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done
  fail "$what: $*"
}

unshare --net sleep 300 &
other=$!
started+=("$other")
elsewhere() { [ "$(readlink "/proc/$other/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
eventually "a second network namespace" elsewhere
on() {
  local host=$1
  shift
  export TANDEM_SOCKET=$folder/$host.sock
  if [ "$host" = a ]; then "$@"; else nsenter --target "$other" --net "$@"; fi
}
tandem() { on "$1" "$programs/tandem" "${@:2}"; }
pings() {
  local said
  said=$(on "$1" ping -c 10 -i 0.05 -w 5 "$2" 2>&1) || fail "ping from $1: $said"
  [[ $said == *" 0% packet loss"* ]] || fail "ping from $1: $said"
}

[ "$(sed -n 's/^ *0 *\([0-9]*\) .*/\1/p' /proc/self/uid_map)" = 65534 ] || fail "this is not an ordinary user"
for cable in e0 e1; do
  ip link add $cable type veth peer name p || fail "no cable"
  ip link set p netns "$other" name $cable || fail "no cable"
done

number=1
for host in a b; do
  TANDEM_SOCKET=$folder/$host.sock
  if [ $host = a ]; then enter=(); else enter=(nsenter --target "$other" --net); fi
  "${enter[@]}" "$programs/tandemd" --socket "$folder/$host.sock" --state "$folder/$host.state" >"$folder/$host.log" 2>&1 &
  started+=("$!")
  eventually "the service of $host answers" tandem $host link show
  tandem $host link add bond0 type bond mode active-backup miimon 100 || fail "no bond"
  tandem $host link set e0 master bond0 || fail "e0 does not join"
  tandem $host link set e1 master bond0 || fail "e1 does not join"
  tandem $host link set bond0 up || fail "bond0 does not come up"
  on $host ip addr add "10.213.0.$number/24" dev bond0
  number=$((number + 1))
done

eventually "an answer" on a ping -c 1 -W 1 10.213.0.2
pings a 10.213.0.2
on b ip link set e0 down
active() { tandem a show bond0 | grep -q "Active Slave: $1"; }
eventually "e1 takes over" active e1
pings a 10.213.0.2
pings b 10.213.0.1
for host in a b; do tandem $host link del bond0 || fail "bond0 stays"; done
echo "ok"
