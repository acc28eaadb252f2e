# shellcheck shell=bash
# Completion of tandem(8) in bash.
_tandem() {
  local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
  if [ "${COMP_WORDS[COMP_CWORD - 1]}" = --socket ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
    return
  fi
  mapfile -t COMPREPLY < <(
    compgen -W "$(/usr/libexec/tandem/complete "${COMP_WORDS[@]:0:COMP_CWORD}" "$word" 2>/dev/null | cut -f 1)" -- "$word"
  )
}
complete -F _tandem tandem
