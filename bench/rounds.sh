# shellcheck shell=bash
# Sourced by the benchmarks: each configuration has a turn in each round, so that other load of the machine affects all alike.

say() { printf 'bench: %s\n' "$*" >&2; }
# fail WHAT: ends the turn with this reason.
fail() {
  printf '%s\n' "$*" >"$work/failure"
  exit 1
}
failed_turns=0

# note CONFIGURATION TEXT: records why a configuration has no figures.
note() {
  say "$1: $2"
  jq -cn --arg config "$1" --arg text "$2" '{config: $config, text: $text}' >>"$notes"
}

# attempt CONFIGURATION COMMAND...: creates the configuration and runs the command on it. A subshell removes the configuration in any case, and a
# failure does not end the run.
attempt() {
  local status
  echo "it ended without a word" >"$work/failure"
  set +e
  (
    set -e
    trap unmake EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    make "$1"
    [ "$1" = plain ] || [ "$2" != turn ] || make plain
    "${@:2}"
  )
  status=$?
  set -e
  [ $status -ne 0 ] || return 0
  [ $status -lt 128 ] || exit $status
  note "$1" "$(cat "$work/failure")"
  failed_turns=$((failed_turns + 1))
}

# turn CONFIGURATION: takes all measurements of a round. A setting of 0 leaves its measurement out. If $thorough names a configuration, the others
# are measured with one stream, and without the plain link beside them.
turn() {
  local config=$1 i brief=false
  if [ "$config" != plain ] && [ -n "${thorough:-}" ] && [ "$config" != "$thorough" ]; then
    # shellcheck disable=SC2034
    local streams=1
    brief=true
  fi
  # For a good second after a link change, Tandem's service reads the links often.
  sleep "$settle_seconds"
  rest "$config" "$rest_seconds"
  paired tcp "$config" 1
  if [ "$streams" -gt 1 ]; then
    paired tcp "$config" "$streams"
    paired tcp "$config" "$streams" 256K
  fi
  paired udp "$config"
  # Left out where a process carries the frames: part of the path is then on another processor.
  [[ ! $config =~ ^(plain|.*\.(ebpf-.*|driver))$ ]] || paired way "$config"
  [ "$rtt_count" -eq 0 ] || paired rtt "$config"
  [ "$config" != plain ] || return 0
  for ((i = 0; i < cuts_a_turn; i++)); do cut_once "$config"; done
}

# rounds turn|convergence CONFIGURATION...
rounds() {
  local round config
  for ((round = 1; round <= runs; round++)); do
    for config in "${@:2}"; do
      say "$1, round $round of $runs: $config"
      attempt "$config" "$1" "$config"
    done
  done
}
