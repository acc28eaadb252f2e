# shellcheck shell=bash
# Sourced by bench/run: the packages of the peers.

# peer_needs COMMAND=PACKAGE...: installs missing packages. Without a network apt-get would try for a quarter of an hour.
peer_needs() {
  local pair missing=false
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || missing=true; done
  $missing || return 0
  if command -v apt-get >/dev/null && ! timeout -k 5 90 apt-get -qq -o APT::Update::Error-Mode=any update >/dev/null 2>&1; then
    say "cannot look for packages"
    return 1
  fi
  need "$@"
}
