# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by eng/guest, and shares variables with it: Debian's packages for the guest's architecture, which this machine's apt may not
# know. All stays below artifacts/guest/apt.

# apt_lists: makes sure that apt knows the packages of the guest's architecture
apt_lists() {
  apt_options=()
  [ "$arch" != "$here" ] || return 0
  local state=$project/artifacts/guest/apt/$arch
  apt_options=(-o "APT::Architecture=$arch" -o "APT::Architectures::=$arch" -o "Dir::State=$state" -o "Dir::State::status=$state/status"
    -o "Dir::Cache=$state/cache" -o Acquire::Languages=none -o "APT::Sandbox::User=root")
  # Sources that have nothing for this architecture are left out.
  apt_options+=(-o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=-)
  [ ! -e "$state/updated" ] || return 0
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  debian_sources >"$state/sources.list"
  apt-get -qq "${apt_options[@]}" update >/dev/null 2>&1 && : >"$state/updated"
}

# debian_sources: this machine's sources of Debian itself, as lines of a sources.list
debian_sources() {
  # shellcheck disable=SC2016  # apt fills them in
  apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sed -n 's/^Debian deb/deb/p' | sort -u
}

# download VERSION FOLDER: the newest kernel of this version that apt has; unpacked, not installed
download() {
  local package
  apt_lists || fail 77 "apt has no lists of packages for $arch"
  package=$(newest_kernel "$1")
  if [ -z "$package" ]; then
    apt-get -qq "${apt_options[@]}" update >/dev/null 2>&1 || true
    package=$(newest_kernel "$1")
  fi
  [ -n "$package" ] || fail 77 "apt has no package of Linux $1 (linux-image-$1...-$arch)"
  say "downloading $package"
  need_room 600 "$project/artifacts/guest"
  rm -rf "$2"
  mkdir -p "$2/download"
  (
    cd "$2/download"
    apt-get "${apt_options[@]}" download "$package" || { apt-get -qq "${apt_options[@]}" update && apt-get "${apt_options[@]}" download "$package"; }
  ) >/dev/null 2>&1 || fail 77 "the package $package cannot be downloaded; try: sudo apt-get update"
  dpkg -x "$2"/download/*.deb "$2/unpacked"
  depmod -b "$2/unpacked" "$(basename "$2"/unpacked/lib/modules/*)"
  rm -r "$2/download"
  echo "$package" >"$2/package"
}

# need_room MIB FOLDER: ends the script if the folder's file system has less room
need_room() {
  local free
  free=$(df -m --output=avail "$2" | tail -n 1)
  [ "$free" -ge "$1" ] || fail 77 "no room: $2 has ${free// /} MiB left, and $1 are needed"
}

# newest_kernel VERSION: linux-image-6.1.0-56-amd64, linux-image-6.12.117+deb12-amd64; no variants such as cloud, rt, unsigned
newest_kernel() {
  apt-cache "${apt_options[@]}" pkgnames "linux-image-$1." 2>/dev/null | grep -E "^linux-image-[0-9.]+(\+[^-]+)?(-[0-9]+)?-$arch\$" | sort -V | tail -n 1 || true
}

# debian FOLDER VARIANT OPTION...: the packages and what they need, by mmdebstrap: unpacked (extract), or installed (minbase)
debian() {
  local log
  log=$(mktemp)
  if ! debian_sources | mmdebstrap --quiet --variant="$2" --architectures="$arch" --aptopt='Acquire::Languages "none"' "${@:3}" \
    "$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")" "$1" - >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail 77 "the packages of the guest cannot be had"
  fi
  rm -f "$log"
}
