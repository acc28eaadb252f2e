# shellcheck shell=bash disable=SC2154
# Sourced by ./package, and shares variables with it: the package for Debian and its derivatives. dpkg-deb builds it from a tree: nothing is
# compiled, and packaging/debian has what debhelper would generate.

deb_needs() { need dpkg-deb=dpkg readelf=binutils; }

# deb: builds the package; sets deb to its file
deb() {
  local tree=$work/deb architecture
  case $rid in linux-x64) architecture=amd64 ;; linux-arm64) architecture=arm64 ;; esac
  deb=$packages/tandem_${version}-1_$architecture.deb
  deb_tree "$tree"
  deb_control "$tree" "$architecture"
  find "$tree" -type d -exec chmod 0755 {} +
  # Level 1 makes the file a tenth larger than the default, in a quarter of the time.
  dpkg-deb --root-owner-group -Zxz -z1 --build "$tree" "$deb" >/dev/null
}

# deb_tree FOLDER: all files at their installed paths. Debian 12's tools still look for units and rules below /lib
deb_tree() {
  local doc=$1/usr/share/doc/tandem
  deb_put 0755 "$programs/tandem" "$1/usr/bin/tandem"
  deb_put 0755 "$programs/tandemd" "$1/usr/sbin/tandemd"
  for unit in tandemd tandem-mounts; do deb_put 0644 "packaging/systemd/$unit.service" "$1/lib/systemd/system/$unit.service"; done
  deb_put 0644 packaging/sysusers.d/tandem.conf "$1/usr/lib/sysusers.d/tandem.conf"
  deb_put 0644 packaging/udev/86-tandem.rules "$1/lib/udev/rules.d/86-tandem.rules"
  deb_put 0755 packaging/completion/complete "$1/usr/libexec/tandem/complete"
  deb_put 0644 packaging/completion/tandem.bash "$1/usr/share/bash-completion/completions/tandem"
  deb_put 0644 packaging/completion/_tandem "$1/usr/share/zsh/vendor-completions/_tandem"
  deb_put 0644 packaging/completion/tandem.fish "$1/usr/share/fish/vendor_completions.d/tandem.fish"
  for page in packaging/man/*.8; do deb_pack "$page" "$1/usr/share/man/man8/${page##*/}.gz"; done
  deb_put 0644 README.md "$doc/README.md"
  for page in docs/*.md; do deb_put 0644 "$page" "$doc/$page"; done
  deb_put 0644 packaging/debian/copyright "$doc/copyright"
  deb_pack CHANGELOG.md "$doc/changelog.gz"
  deb_pack <(deb_changelog) "$doc/changelog.Debian.gz"
  deb_put 0644 packaging/debian/lintian-overrides "$1/usr/share/lintian/overrides/tandem"
  mkdir -p "$1/etc/tandem"
}

deb_put() { install -D -m "$1" "$2" "$3"; }
deb_pack() { mkdir -p "${2%/*}" && gzip -9n <"$1" >"$2" && chmod 0644 "$2"; }

deb_changelog() {
  cat <<END
tandem (${version}-1) unstable; urgency=medium

  * Version $version; the changes are in /usr/share/doc/tandem/changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END
}

# deb_control FOLDER ARCHITECTURE
deb_control() {
  local script
  mkdir "$1/DEBIAN"
  sed -e "s/@VERSION@/${version}-1/; s/@ARCHITECTURE@/$2/; s/@SIZE@/$(du -k -s --apparent-size "$1" | cut -f 1)/" \
    -e "s/@LIBRARIES@/$(deb_libraries "$1")/" packaging/debian/control >"$1/DEBIAN/control"
  install -m 0644 packaging/debian/templates "$1/DEBIAN"
  for script in config postinst prerm postrm; do install -m 0755 "packaging/debian/$script" "$1/DEBIAN"; done
  (cd "$1" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum) >"$1/DEBIAN/md5sums"
}

# deb_libraries FOLDER: the packages of the libraries that the programs are linked with. dpkg-shlibdeps would know the libraries of this machine's
# architecture only.
deb_libraries() {
  local library
  readelf -d "$1/usr/bin/tandem" "$1/usr/sbin/tandemd" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | while read -r library; do
    case $library in
      libc.so.6 | libm.so.6 | libdl.so.2 | libpthread.so.0 | ld-linux*) deb_libc "$1" ;;
      libz.so.1) echo "zlib1g (>= 1:1.2.11)" ;;
      libgcc_s.so.1) echo libgcc-s1 ;;
      *) fail "no package is known for $library, which the programs need (eng/package.d/deb.sh)" ;;
    esac
  done | sort -u | paste -sd , | sed 's/,/, /g'
}

# deb_libc FOLDER: the newest symbol version of glibc that the programs use
deb_libc() {
  readelf -V "$1/usr/bin/tandem" "$1/usr/sbin/tandemd" | sed -n 's/.*Name: GLIBC_\([0-9.]*\) .*/\1/p' | sort -V | tail -n 1 | sed 's/.*/libc6 (>= &)/'
}
