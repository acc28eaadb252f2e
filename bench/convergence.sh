# shellcheck shell=bash
# Sourced by bench/run and bench/driver.sh: how long LACP takes until the ports of both ends distribute, so that a bond that was down carries
# traffic both ways.

# join CONFIGURATION: prints the command that gives host A's bond a cable. leave CONFIGURATION: releases all cables of that bond.
join() {
  case $1 in
    *.driver) echo "ip link set eth0 master bond0" ;;
    *.ovs) echo "ip link set eth0 up && ip link set eth1 up && $(ovs_control "$1" a) $(ovs_bond "$1")" ;;
    *) echo "$root/out/tandem link set eth0 master bond0" ;;
  esac
}
leave() {
  local cable
  case $1 in
    *.driver) for cable in eth0 eth1; do on "$1" a ip link set "$cable" nomaster; done ;;
    *.ovs) $(ovs_control "$1" a) del-port bond0 members ;;
    *) for cable in eth0 eth1; do tandem "$1" a link set "$cable" nomaster; done ;;
  esac
  for cable in eth0 eth1; do on "$1" a ip link set "$cable" down; done
}
# complete CONFIGURATION: makes the second cable a member again.
complete() {
  case $1 in
    *.driver) on "$1" a ip link set eth1 master bond0 ;;
    *.ovs) ;;
    *) tandem "$1" a link set eth1 master bond0 ;;
  esac
}

# until_answer CONFIGURATION METRIC COMMAND: measures the time from the start of the command on host A until host B's first answer.
until_answer() {
  local took
  took=$(on "$1" a "$probe" first 10.214.0.255 7002 30 "$3" 2>"$work/first") || fail "$2: $(tail -n 1 "$work/first")"
  sample "$1" "$2" "$(jq .ms <<<"$took")"
}

# convergence CONFIGURATION: measures a cable's join to the bond, and the recovery after both cables were cut.
convergence() {
  local config=$1 cable mend i
  begin "$config" b "$probe" echo 7002
  until_true "no echo" listens "$config" b udp 7002
  # A permanent neighbour entry, so that address resolution does not delay the first answer.
  on "$config" b ip neigh replace 10.214.0.1 lladdr "$(on "$config" a cat /sys/class/net/bond0/address)" dev bond0 nud permanent
  mend="ip -n $(host "$config" b) link set eth0 up && ip -n $(host "$config" b) link set eth1 up"
  for ((i = 0; i < joins_a_turn; i++)); do
    leave "$config"
    sleep "$settle_seconds"
    until_answer "$config" join_ms "$(join "$config")"
    complete "$config"
    sleep "$settle_seconds"
    for cable in eth0 eth1; do ip -n "$(host "$config" b)" link set "$cable" down; done
    sleep "$settle_seconds"
    until_answer "$config" mend_ms "$mend"
    sleep "$settle_seconds"
  done
}
