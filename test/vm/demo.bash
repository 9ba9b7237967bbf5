#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The life of a snapshot, shown: make a group on a disk, a volume with a filesystem, a snapshot;
# change the files; merge the snapshot back; prove that the files are as they were.
#
# The disk is a sparse file of its own.  All of it is taken away at the end, however that comes.
# DEMO_DIR  where that file is put (a new directory in TMPDIR)

set -eu

vg=snapvoldemo$$
own=$(mktemp -d "${DEMO_DIR:-${TMPDIR:-/tmp}}/snapvol-demo.XXXXXX")
disk=''
mnt=$own/mnt

# Print a command as a person would type it, then run it.
show() {
	echo
	echo "\$ $*"
	"$@"
}

say() {
	echo
	echo "# $*"
}

# A group that is still there shows that something failed: take it out of the kernel by name.
remove_leftovers() {
	local name
	for name in snap base-cow snap-cow base base-cow base-real; do
		[[ ! -e /dev/mapper/$vg-$name ]] || dmsetup remove --force --retry "$vg-$name"
	done
}

clean_up() {
	set +e
	! mountpoint -q "$mnt" || umount "$mnt"
	remove_leftovers
	[[ -z $disk ]] || losetup --detach "$disk"
	rm -rf "$own"
}

make_disk() {
	truncate -s 256M "$own/disk"
	disk=$(losetup --find --show "$own/disk")
	mkdir "$mnt"
	[[ ! -e /run/udev/control ]] || udevadm settle --timeout=20
}

write_files() {
	head -c 8M /dev/urandom >"$mnt/data"
	echo "the first edition" >"$mnt/letter"
	sync -f "$mnt/letter"
	(cd "$mnt" && sha256sum data letter) >"$own/sums"
}

change_files() {
	head -c 8M /dev/urandom >"$mnt/data"
	echo "the second edition" >"$mnt/letter"
	sync -f "$mnt/letter"
}

say "a disk of its own: $own/disk"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
make_disk

say "a group and a volume with a filesystem"
show svgcreate "$vg" "$disk"
show svcreate -L 64M -n base "$vg"
show mkfs.ext4 -q "/dev/$vg/base"
show mount "/dev/$vg/base" "$mnt"
write_files
show cat "$mnt/letter"

say "a snapshot while the filesystem is in use; then the files change"
show svcreate --snapshot -L 32M -n snap "$vg/base"
change_files
show cat "$mnt/letter"
show svs "$vg"

say "back to the snapshot: the origin must be at rest, then the snapshot is merged into it"
show umount "$mnt"
show svconvert --merge "$vg/snap"
show svs "$vg"

say "the files are as they were, to the last bit"
show mount "/dev/$vg/base" "$mnt"
show cat "$mnt/letter"
cd "$mnt"
show sha256sum --check "$own/sums"
cd /
show umount "$mnt"

say "and away with it all"
show svremove -y "$vg/base"
show svgremove "$vg"
show losetup --detach "$disk"
disk=''
