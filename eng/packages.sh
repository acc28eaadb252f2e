# shellcheck shell=bash
# Sourced by scripts that need system packages: installs those that are missing, or names them.

# need COMMAND=PACKAGE... : installs the package of each missing command. A word with a slash is a file instead of a command.
need() {
  local pair missing=()
  for pair in "$@"; do
    case ${pair%%=*} in
      */*) [ -e "${pair%%=*}" ] || missing+=("${pair#*=}") ;;
      *) command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Install them, on Debian or Ubuntu with: sudo apt-get install ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${missing[*]}" >&2
  # The first try saves an update of the package lists, which may be old or absent.
  install_packages "${missing[@]}" 2>/dev/null && return
  apt-get update -qq >/dev/null || true
  install_packages "${missing[@]}" && return
  echo "apt-get could not install ${missing[*]}; try: sudo apt-get update && sudo apt-get install ${missing[*]}" >&2
  return 1
}

# want COMMAND=PACKAGE... : the same for packages that only some tests use; these tests are skipped if a package cannot be had.
want() { need "$@" || echo "Tests that use what is missing are skipped." >&2; }

install_packages() {
  local policy=/usr/sbin/policy-rc.d ours='' result=0
  # The programs are needed, but the services that packages start are not.
  if [ ! -e "$policy" ]; then
    ours=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null || result=$?
  [ -z "$ours" ] || rm -f "$ours"
  return "$result"
}
