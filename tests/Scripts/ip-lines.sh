#!/usr/bin/env bash
# Runs command lines of ip through the wrapper and directly. Prints the lines whose output, error or exit status differ.
#
# usage: ip-lines.sh WRAPPER IP FILE SECONDS
#   FILE     each line has the words of a command; the words after a | undo it; @ stands for an empty word
#   SECONDS  no line is started after this time: on a busy machine each takes long
set -uo pipefail
wrapper=$1 real=$2 file=$3 seconds=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
different=0 count=0
undo() {
  local words
  read -ra words <<<"$1"
  # Without words there is nothing to undo.
  [ "${#words[@]}" -eq 0 ] || "$real" "${words[@]//@/}" 2>/dev/null
}
# A bridge's timers and a route's age advance between the two runs.
still() { sed -E 's/(_timer"?:? *)[0-9]+\.[0-9]+/\1/g; s/ age [0-9]+sec//; s/(users"?:? *)[0-9]+/\1/; s/"age": *[0-9]+,?//' "$1"; }
same() { cmp -s "$1" "$2" || cmp -s <(still "$1") <(still "$2"); }
# run PROGRAM NAME: runs the line, stores its output and status, and undoes it
run() {
  "$1" "${words[@]}" >"$work/$2" 2>"$work/$2.err" </dev/null
  echo $? >"$work/$2.status"
  [ "$(cat "$work/$2.status")" -ne 0 ] || undo "$back"
}
agree() { same "$work/$1" "$work/$2" && same "$work/$1.err" "$work/$2.err" && cmp -s "$work/$1.status" "$work/$2.status"; }
while [ "$SECONDS" -lt "$seconds" ] && IFS='|' read -r line back; do
  read -ra words <<<"$line"
  words=("${words[@]//@/}")
  count=$((count + 1))
  run "$real" before
  run "$wrapper" here
  agree here before && continue
  # A bridge's carrier changes some time after a line that set the bridge up, perhaps between the two runs. Then ip itself now prints what the
  # wrapper printed.
  run "$real" after
  agree here after && continue
  different=$((different + 1))
  echo "ip $line: status $(cat "$work/here.status") instead of $(cat "$work/before.status")"
  diff "$work/before" "$work/here"
  diff "$work/before.err" "$work/here.err"
done <"$file"
echo "$count lines, $different different"
[ $different -eq 0 ]
