#!/usr/bin/env bash
# Runs command lines of ip through the wrapper and by themselves, and prints those with another output, another error or another exit status.
#
# usage: ip-lines.sh WRAPPER IP FILE SECONDS
#   FILE     a line of words, and after a | the line that undoes it; @ stands for an empty word
#   SECONDS  no further line is begun after them: on a busy machine each takes long
set -uo pipefail
wrapper=$1 real=$2 file=$3 seconds=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
different=0 count=0
undo() {
  local words
  read -ra words <<<"$1"
  # A line that only asked for the version has nothing to undo.
  [ "${#words[@]}" -eq 0 ] || "$real" "${words[@]//@/}" 2>/dev/null
}
# The timers of a bridge and the age of a route go on between the two.
still() { sed -E 's/(_timer"?:? *)[0-9]+\.[0-9]+/\1/g; s/ age [0-9]+sec//; s/(users"?:? *)[0-9]+/\1/; s/"age": *[0-9]+,?//' "$1"; }
same() { cmp -s "$1" "$2" || cmp -s <(still "$1") <(still "$2"); }
while [ "$SECONDS" -lt "$seconds" ] && IFS='|' read -r line back; do
  read -ra words <<<"$line"
  words=("${words[@]//@/}")
  count=$((count + 1))
  "$wrapper" "${words[@]}" >"$work/a" 2>"$work/a.err" </dev/null
  a=$?
  [ $a -ne 0 ] || undo "$back"
  "$real" "${words[@]}" >"$work/b" 2>"$work/b.err" </dev/null
  b=$?
  [ $b -ne 0 ] || undo "$back"
  if [ $a -ne $b ] || ! same "$work/a" "$work/b" || ! same "$work/a.err" "$work/b.err"; then
    different=$((different + 1))
    echo "ip $line: status $a instead of $b"
    diff "$work/b" "$work/a"
    diff "$work/b.err" "$work/a.err"
  fi
done <"$file"
echo "$count lines, $different different"
[ $different -eq 0 ]
