# shellcheck shell=bash
# Sourced by ./build: how large the programs may be.

# Bytes of the programs for x86-64, some 3 % above what they have: a little growth passes, a library that slips in does not. Whoever
# needs more raises the number, and says in the commit what for.
declare -A size_budget=([tandem]=12440000 [tandemd]=16700000)

# within_budget FILE PROGRAM : says what is wrong if the file is larger than the program may be.
within_budget() {
  local size
  size=$(stat -c %s "$1")
  [ "$size" -le "${size_budget[$2]}" ] && return
  echo "$2 has $size bytes, $((size - size_budget[$2])) more than its budget of ${size_budget[$2]} (eng/size-budget.sh)" >&2
  return 1
}
