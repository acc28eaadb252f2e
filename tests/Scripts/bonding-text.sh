# shellcheck shell=bash
# Sourced by scripts that compare the driver's text in /proc/net/bonding with that of `tandem show`.

# comparable VARIABLE: removes from a text of /proc/net/bonding what differs by design:
# - the version in the first line
# - churn, which the driver detects once, after 60 s
# - of a port without a link: the key, which the driver sets to 0; the states, which drivers before 7.2 do not update; the id of its own
#   aggregator
# - the values assumed for an unknown partner
comparable() {
  local -n text=$1
  local line kept='' link=''
  local unknown_to_driver=$'    system priority: 65535\n    system mac address: 00:00:00:00:00:00\n    oper key: 1\n    port priority: 255\n    port number: 1\n'
  local unknown_to_us=$'    system priority: 0\n    system mac address: 00:00:00:00:00:00\n    oper key: 0\n    port priority: 0\n    port number: 0\n'
  while IFS= read -r line; do
    case $line in
      "MII Status: "*) link=${line#*: } ;;
      *" Churn"*) continue ;;
      "    port key: "* | "    port state: "* | "Aggregator ID: "*) [ "$link" = up ] || continue ;;
    esac
    kept+=$line$'\n'
  done <<<"${text#*$'\n'}"
  text=${kept//"$unknown_to_driver"/} text=${text//"$unknown_to_us"/}
}
