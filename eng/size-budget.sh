# shellcheck shell=bash
# Sourced by ./build: the largest accepted sizes of the programs.

# Bytes of the programs for x86-64, some 3 % above their size: a little growth passes, a new library does not. A commit that needs more raises the
# number and gives the reason.
declare -A size_budget=([tandem]=12440000 [tandemd]=16700000)

# within_budget FILE PROGRAM : fails with a message if the file is larger than the program may be.
within_budget() {
  local size
  size=$(stat -c %s "$1")
  [ "$size" -le "${size_budget[$2]}" ] && return
  echo "$2 has $size bytes, $((size - size_budget[$2])) more than its budget of ${size_budget[$2]} (eng/size-budget.sh)" >&2
  return 1
}
