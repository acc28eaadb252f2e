# shellcheck shell=bash disable=SC2154
# Sourced by ./package, and shares variables with it: an image with the service, the command and the libraries that they need, and nothing else. It
# has no base image. The archive is an OCI image layout, with the manifest.json that `docker load` of any age reads.

image_needs() {
  need jq=jq tar=tar sha256sum=coreutils readelf=binutils
  [ "$rid" = "$here" ] || fail "an image needs the libraries of its architecture, so it is made on such a machine; accepted: --rid $here"
  find_library libbpf.so.1 >/dev/null || need /usr/lib/libbpf.so.1=libbpf1 || fail "libbpf.so.1 is missing"
}

# image: builds the image; sets image to its file
image() {
  local architecture layer config manifest layout=$work/image
  case $rid in linux-x64) architecture=amd64 ;; linux-arm64) architecture=arm64 ;; esac
  image=$packages/tandem-$version-$architecture.oci.tar
  mkdir -p "$layout/blobs/sha256"
  image_root "$work/root"
  archive "$work/root" >"$work/layer.tar"
  gzip -9n <"$work/layer.tar" >"$work/layer.tar.gz"
  layer=$(blob "$work/layer.tar.gz")
  image_config "$architecture" "sha256:$(digest "$work/layer.tar")" >"$work/config.json"
  config=$(blob "$work/config.json")
  jq -n --argjson config "$(descriptor application/vnd.oci.image.config.v1+json "$config")" \
    --argjson layer "$(descriptor application/vnd.oci.image.layer.v1.tar+gzip "$layer")" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", $config, layers: [$layer]}' >"$work/manifest.json"
  manifest=$(blob "$work/manifest.json")
  jq -n --argjson manifest "$(descriptor application/vnd.oci.image.manifest.v1+json "$manifest")" --arg name "tandem:$version" --arg version "$version" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [$manifest + {annotations:
      {"io.containerd.image.name": $name, "org.opencontainers.image.ref.name": $version}}]}' >"$layout/index.json"
  echo '{"imageLayoutVersion": "1.0.0"}' >"$layout/oci-layout"
  jq -n --arg config "blobs/sha256/$config" --arg layer "blobs/sha256/$layer" --arg name "tandem:$version" \
    '[{Config: $config, RepoTags: [$name], Layers: [$layer]}]' >"$layout/manifest.json"
  archive "$layout" >"$image"
}

# image_root FOLDER: the programs at the paths of Debian's package, and their libraries at the paths of this machine
image_root() {
  local library
  install -D -m 0755 "$programs/tandem" "$1/usr/bin/tandem"
  install -D -m 0755 "$programs/tandemd" "$1/usr/sbin/tandemd"
  install -D -m 0644 LICENSE "$1/usr/share/doc/tandem/LICENSE"
  mkdir -p "$1/etc" "$1/run/tandem" "$1/proc" "$1/sys" "$1/dev" "$1/tmp"
  chmod 1777 "$1/tmp"
  echo root:x:0:0:root:/:/usr/sbin/nologin >"$1/etc/passwd"
  # The id of the group matters to those who share the socket with the host.
  printf 'root:x:0:\ntandem:x:990:\n' >"$1/etc/group"
  # libbpf is loaded at run time, and brings libelf and zlib.
  libraries "$programs/tandem" "$programs/tandemd" "$(find_library libbpf.so.1)" | sort -u | while read -r library; do
    install -D -m 0755 "$(readlink -f "$library")" "$1$library"
    image_licence "$1" "$library"
  done
}

# libraries FILE...: the paths of all libraries that the files need, libbpf itself, and the dynamic linker
libraries() {
  find_library libbpf.so.1
  ldd "$@" | awk '$2 == "=>" { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }'
}

# find_library NAME: prints the library's path
find_library() { ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }' | grep .; }

# image_licence FOLDER LIBRARY: the licence of the library's package, where dpkg knows the package
image_licence() {
  local package
  package=$(dpkg -S "$(readlink -f "$2")" "$2" "${2#/usr}" 2>/dev/null | head -n 1 | cut -d : -f 1) || return 0
  [ ! -e "/usr/share/doc/$package/copyright" ] || install -D -m 0644 "/usr/share/doc/$package/copyright" "$1/usr/share/doc/$package/copyright"
}

# image_config ARCHITECTURE DIGEST: the image's configuration; DIGEST is that of the uncompressed layer
image_config() {
  jq -n --arg architecture "$1" --arg digest "$2" --arg version "$version" --arg created "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" '
    {$created, $architecture, os: "linux",
     config: {Entrypoint: ["/usr/sbin/tandemd"], Env: ["PATH=/usr/sbin:/usr/bin"], WorkingDir: "/", StopSignal: "SIGTERM",
       Labels: {"org.opencontainers.image.title": "Tandem", "org.opencontainers.image.description": "network bonding without a kernel module",
         "org.opencontainers.image.version": $version, "org.opencontainers.image.licenses": "MIT"}},
     rootfs: {type: "layers", diff_ids: [$digest]},
     history: [{$created, created_by: "tandem: ./package image"}]}'
}

# archive FOLDER: the same folder gives the same archive
archive() { tar -C "$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -cf - .; }

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# blob FILE: copies the file into the layout; prints its digest
blob() {
  local sum
  sum=$(digest "$1")
  cp "$1" "$layout/blobs/sha256/$sum"
  echo "$sum"
}

# descriptor TYPE DIGEST
descriptor() {
  jq -n --arg mediaType "$1" --arg digest "sha256:$2" --argjson size "$(stat -c %s "$layout/blobs/sha256/$2")" '{$mediaType, $digest, $size}'
}
