# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by eng/guest, and shares variables with it: an initramfs with a kernel's modules and all that guests run, and a disk with a
# whole Debian. They stay below artifacts/guest/ARCH. Remove that folder to get newer kernels and packages.

# The guest gets these packages, and those that they need. What they lack, busybox has.
guest_packages=(base-passwd netbase bash coreutils grep sed findutils diffutils util-linux mount procps kmod libc-bin busybox-static
  iproute2 iputils-ping ethtool tcpdump nftables iperf3 socat jq libbpf1)
# With --system, these too.
system_packages=(systemd-sysv udev dbus)
# Modules whose path matches one of these, and the modules that those need.
guest_modules=('net/(802|8021q|9p|bridge|core|ipv4|ipv6|llc|mpls|mptcp|netfilter|netlink|openvswitch|packet|psample|sched|tls|unix|xdp|xfrm)/'
  'drivers/net/[^/]*$' 'drivers/net/(bonding|ipvlan|team|vmxnet3|vxlan|netdevsim)/' 'drivers/net/ethernet/intel/(e1000|e1000e|igb)/'
  drivers/net/ethernet/realtek/8139 drivers/virtio/ 'drivers/char/(virtio_console|hw_random/virtio)' drivers/block/virtio_blk
  'fs/(9p|netfs|fuse|overlayfs|ext4|jbd2)/' 'lib/.*crc32c' crypto/crc32c)

# image_needs: makes sure that the programs are here that make and run guests
image_needs() {
  need "$qemu=$qemu_package" ip=iproute2 depmod=kmod busybox=busybox-static cpio=cpio xz=xz-utils zstd=zstd setpriv=util-linux \
    mmdebstrap=mmdebstrap mke2fs=e2fsprogs
}

# image VERSION: sets image_kernel and image_initramfs (files) and image_package; makes the files if they are missing. Ends the script
# with 77 if the kernel or a package cannot be had.
image() {
  local folder=$project/artifacts/guest/$arch/$1
  [[ $1 =~ ^[0-9]+\.[0-9]+$ ]] || fail 2 "no kernel $1; accepted: a version like 6.12 or 6.1"
  mkdir -p "$project/artifacts/guest/$arch"
  lock_images
  [ -e "$folder/package" ] || download "$1" "$folder"
  image_package=$(<"$folder/package") image_kernel=$(echo "$folder"/unpacked/boot/vmlinuz-*)
  image_initramfs=$folder/initramfs-$({ echo "$image_package"; image_inputs; } | sha256sum | cut -c 1-16).cpio
  if [ ! -e "$image_initramfs" ]; then
    image_root
    rm -rf "$folder"/initramfs-* "$folder/modules"
    image_modules "$folder/modules" "$folder/unpacked"
    # Not compressed: the guest's processor is slow. An initramfs may be several archives, one after the other.
    { cat "$image_root"; archive "$folder/modules"; } >"$folder/new"
    mv "$folder/new" "$image_initramfs"
    rm -rf "$folder/modules"
  fi
  exec 9>&-
}

# image_system: sets image_disk, and makes it if it is missing. The disk has no kernel modules: those of the initramfs serve.
image_system() {
  local folder=$project/artifacts/guest/$arch root
  lock_images
  image_disk=$folder/debian-$({ image_inputs; echo "${system_packages[*]}"; } | sha256sum | cut -c 1-16).ext4
  if [ ! -e "$image_disk" ]; then
    say "installing a Debian of $arch"
    rm -f "$folder"/debian-*
    need_room 600 "$folder"
    need_room 1200 "${TMPDIR:-/tmp}"
    # Not below the project, here and for image_root: what walks the project's folders would follow its links to everywhere.
    scratch=$(mktemp -d) root=$scratch/root
    debian "$root" minbase --include="${guest_packages[*]} ${system_packages[*]}" --dpkgopt='path-exclude=/usr/share/man/*' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*'
    image_files "$root"
    cp "$project/eng/guest.d/guest.service" "$root/etc/systemd/system"
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -s ../guest.service "$root/etc/systemd/system/multi-user.target.wants"
    # Known, or systemd would ask questions at what it takes for the first boot.
    echo 6775657374206f662074616e64656d21 >"$root/etc/machine-id"
    echo guest >"$root/etc/hostname"
    # Nothing that starts by itself after a while: it would take the guest's processor from the script.
    rm -f "$root"/etc/systemd/system/timers.target.wants/*
    mke2fs -q -t ext4 -d "$root" "$folder/new" 2G >/dev/null
    rm -rf "$scratch"
    mv "$folder/new" "$image_disk"
  fi
  exec 9>&-
}

# Parallel runs must not make the same files. Each function that makes some locks, and unlocks by closing 9.
lock_images() {
  exec 9>"$project/artifacts/guest/$arch/lock"
  flock 9
}

# Everything that the content of the initramfs and of the disk depends on, but for the kernel.
image_inputs() { cat "$project"/eng/guest.d/*; }

archive() { (cd "$1" && find . | cpio --quiet -o -H newc -R +0:+0); }

# image_root: sets image_root, an archive with the guest's files but for kernel modules; the same for all kernels
image_root() {
  local folder=$project/artifacts/guest/$arch root file
  image_root=$folder/root-$(image_inputs | sha256sum | cut -c 1-16).cpio
  [ ! -e "$image_root" ] || return 0
  say "unpacking the guest's packages for $arch"
  rm -f "$folder"/root-*
  need_room 400 "$folder"
  need_room 600 "${TMPDIR:-/tmp}"
  scratch=$(mktemp -d) root=$scratch/root
  debian "$root" extract --include="${guest_packages[*]}" --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr
  rm -rf "$root"/usr/share/{doc,man,locale,info,perl*,zoneinfo,gcc,gdb,common-licenses,bug,lintian,mime,misc} \
    "$root"/usr/{include,games,src} "$root"/usr/lib/*/{perl*,gconv} "$root"/var/{lib,cache,log}
  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
  # Its package makes it when it is installed.
  echo 'tcpdump:x:100:65534::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
  ln -sfn /run "$root/var/run"
  # init copies these to /dev.
  mkdir -p "$root/etc/dev"
  ln -s /proc/self/fd "$root/etc/dev/fd"
  for file in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${file%:*}" "$root/etc/dev/${file#*:}"; done
  for file in $(busybox --list); do
    [ -e "$root/usr/bin/$file" ] || [ -e "$root/usr/sbin/$file" ] || ln -s busybox "$root/usr/bin/$file"
  done
  install -m 0644 "$project/eng/guest.d/fstab" "$root/etc/fstab"
  image_files "$root"
  install -m 0755 "$project/eng/guest.d/init" "$root/init"
  archive "$root" >"$folder/new"
  mv "$folder/new" "$image_root"
  rm -rf "$scratch"
}

# image_files ROOT: what guests have of ours, with and without systemd
image_files() {
  mkdir -p "$1"/{proc,sys,dev,run,tmp,root,control,script,programs,packaging,share,usr/lib/modules}
  install -m 0755 "$project"/eng/guest.d/{cable,card} "$1/usr/sbin"
  install -D -m 0755 "$project/eng/guest.d/play" "$1/usr/libexec/guest/play"
  install -D -m 0644 "$project/eng/guest.d/monitor.sh" "$1/usr/libexec/guest/monitor.sh"
}

# image_modules FOLDER KERNEL: the kernel modules that guests have, from an unpacked kernel
image_modules() {
  local folder file
  folder=lib/modules/$(basename "$2"/lib/modules/*)
  mkdir -p "$1/usr/$folder"
  cp "$2/$folder"/modules.{builtin,builtin.modinfo,order} "$1/usr/$folder"
  # A line of modules.dep is "MODULE: MODULE THAT IT NEEDS..."
  awk -F : -v wanted="^kernel/($(IFS='|'; echo "${guest_modules[*]}"))" '$1 ~ wanted { print $1 $2 }' "$2/$folder/modules.dep" |
    tr ' ' '\n' | sort -u | while read -r file; do install -D -m 0644 "$2/$folder/$file" "$1/usr/$folder/$file"; done
  find "$1/usr/lib/modules/" -name '*.xz' -exec xz -d {} +
  find "$1/usr/lib/modules/" -name '*.zst' -exec zstd -q --rm -d {} +
  ln -s usr/lib "$1/lib"
  depmod -b "$1" "${folder##*/}"
  rm "$1/lib"
}
