# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by eng/guest, and shares variables with it: downloads Debian's kernels and makes an initramfs with all that guests run.
# Both stay below artifacts/guest/VERSION. Remove that folder to get a newer kernel of the same version.

# The guest gets the programs of these packages, and the libraries that these programs are linked to. What the packages lack, busybox has.
guest_packages=(bash coreutils grep sed findutils diffutils util-linux mount procps kmod libc-bin
  iproute2 iputils-ping ethtool tcpdump nftables iperf3 socat jq)
# Libraries that programs load by name.
guest_libraries=(libbpf.so.1)
# Modules whose path matches one of these, and the modules that those need.
guest_modules=('net/(802|8021q|9p|bridge|core|ipv4|ipv6|llc|mpls|mptcp|netfilter|netlink|openvswitch|packet|psample|sched|tls|unix|xdp|xfrm)/'
  'drivers/net/[^/]*$' 'drivers/net/(bonding|ipvlan|team|vmxnet3|vxlan|netdevsim)/' 'drivers/net/ethernet/intel/(e1000|e1000e|igb)/'
  drivers/net/ethernet/realtek/8139 drivers/virtio/ 'drivers/char/(virtio_console|hw_random/virtio)'
  'fs/(9p|netfs|fuse|overlayfs)/' 'lib/.*crc32c' crypto/crc32c)

# image_needs: makes sure that the programs are here that make, run or are copied to guests
image_needs() {
  need "$qemu=$qemu_package" ip=iproute2 ping=iputils-ping ethtool=ethtool tcpdump=tcpdump nft=nftables iperf3=iperf3 socat=socat jq=jq \
    depmod=kmod free=procps busybox=busybox-static cpio=cpio xz=xz-utils zstd=zstd setpriv=util-linux "$(library_path libbpf.so.1)=libbpf1"
}

# image VERSION: sets image_kernel and image_initramfs (files) and image_package; makes the files if they are missing. Ends the script
# with 77 if the kernel cannot be had.
image() {
  local folder=$project/artifacts/guest/$1
  [[ $1 =~ ^[0-9]+\.[0-9]+$ ]] || fail 2 "no kernel $1; accepted: a version like 6.12 or 6.1"
  mkdir -p "$project/artifacts/guest"
  # Parallel runs must not make the same files.
  exec 9>"$project/artifacts/guest/lock"
  flock 9
  [ -e "$folder/package" ] || download "$1" "$folder"
  image_package=$(<"$folder/package") image_kernel=$(echo "$folder"/unpacked/boot/vmlinuz-*)
  image_initramfs=$folder/initramfs-$(image_inputs | sha256sum | cut -c 1-16).cpio
  if [ ! -e "$image_initramfs" ]; then
    rm -rf "$folder"/initramfs-* "$folder/root"
    image_root "$folder/root" "$folder/unpacked"
    # Not compressed: the guest's processor is slow.
    (cd "$folder/root" && find . | cpio --quiet -o -H newc) >"$folder/new"
    mv "$folder/new" "$image_initramfs"
    rm -rf "$folder/root"
  fi
  exec 9>&-
}

# Everything that the content of the initramfs depends on.
image_inputs() {
  echo "$image_package"
  cat "$project"/eng/guest.d/* "$(command -v busybox)"
  dpkg-query -W "${guest_packages[@]}" libbpf1 libc6
}

# download VERSION FOLDER: the newest kernel of this version that apt has; unpacked, not installed
download() {
  local package
  package=$(newest_kernel "$1")
  [ -n "$package" ] || { apt-get -qq update >/dev/null 2>&1 || true; package=$(newest_kernel "$1"); }
  [ -n "$package" ] || fail 77 "apt has no package of Linux $1 (linux-image-$1...-$debian)"
  say "downloading $package"
  rm -rf "$2"
  mkdir -p "$2/download"
  (
    cd "$2/download"
    apt-get download "$package" || { apt-get -qq update && apt-get download "$package"; }
  ) >/dev/null 2>&1 || fail 77 "the package $package cannot be downloaded; try: sudo apt-get update"
  dpkg -x "$2"/download/*.deb "$2/unpacked"
  depmod -b "$2/unpacked" "$(basename "$2"/unpacked/lib/modules/*)"
  rm -r "$2/download"
  echo "$package" >"$2/package"
}

# newest_kernel VERSION: linux-image-6.1.0-56-amd64, linux-image-6.12.117+deb12-amd64; no variants such as cloud, rt, unsigned
newest_kernel() {
  apt-cache pkgnames "linux-image-$1." 2>/dev/null | grep -E "^linux-image-[0-9.]+(\+[^-]+)?(-[0-9]+)?-$debian\$" | sort -V | tail -n 1 || true
}

# image_root FOLDER KERNEL: the guest's files, from this machine and from an unpacked kernel
image_root() {
  local root=$1 kernel_modules file
  kernel_modules=lib/modules/$(basename "$2"/lib/modules/*)
  mkdir -p "$root"/{etc/dev,proc,sys,dev,run,tmp,root,control,script,programs,share,var,usr/{bin,sbin,lib,lib64},"usr/$kernel_modules"}
  for file in bin sbin lib lib64; do ln -s "usr/$file" "$root/$file"; done
  ln -s /run "$root/var/run"
  cp -r /etc/{iproute2,passwd,group,nsswitch.conf,protocols,services} "$root/etc" 2>/dev/null || true
  # init copies these to /dev.
  ln -s /proc/self/fd "$root/etc/dev/fd"
  for file in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${file%:*}" "$root/etc/dev/${file#*:}"; done

  {
    programs_of_packages
    command -v busybox
    for file in "${guest_libraries[@]}"; do library_path "$file"; done
  } | while read -r file; do
    echo "$file"
    # ldd fails for scripts. The loader finds libraries at the paths that it prints.
    ldd "$file" 2>/dev/null | grep -oE '/[^ ]+' || true
  done | sort -u | while read -r file; do copy "$root" "$file"; done
  for file in $(busybox --list); do [ -e "$root/usr/bin/$file" ] || [ -e "$root/usr/sbin/$file" ] || ln -s busybox "$root/usr/bin/$file"; done

  cp "$2/$kernel_modules"/modules.{builtin,builtin.modinfo,order} "$root/$kernel_modules"
  # A line of modules.dep is "MODULE: MODULE THAT IT NEEDS..."
  awk -F : -v wanted="^kernel/($(IFS='|'; echo "${guest_modules[*]}"))" '$1 ~ wanted { print $1 $2 }' "$2/$kernel_modules/modules.dep" |
    tr ' ' '\n' | sort -u | while read -r file; do install -D -m 0644 "$2/$kernel_modules/$file" "$root/$kernel_modules/$file"; done
  find "$root/lib/modules/" -name '*.xz' -exec xz -d {} +
  find "$root/lib/modules/" -name '*.zst' -exec zstd -q --rm -d {} +
  depmod -b "$root" "${kernel_modules##*/}"

  install -m 0644 "$project/eng/guest.d/fstab" "$root/etc/fstab"
  install -m 0755 "$project/eng/guest.d/init" "$root/init"
  install -m 0755 "$project/eng/guest.d/cable" "$root/usr/sbin/cable"
}

programs_of_packages() {
  dpkg -L "${guest_packages[@]}" | grep -E '^(/usr)?/s?bin/' | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

# copy ROOT FILE: the file itself also where the path is a link; /bin, /lib and so on are links to /usr in the guest
copy() {
  local to=$1/usr${2#/usr}
  [ -e "$to" ] || [ ! -e "$2" ] || install -D -m 0755 "$2" "$to"
}

# library_path NAME: where the loader finds it, or where it would be
library_path() { /sbin/ldconfig -p | awk -v name="$1" '$1 == name { path = $NF } END { print path ? path : "/usr/lib/" name }'; }
