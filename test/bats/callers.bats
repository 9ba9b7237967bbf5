#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs that know LVM2's commands, unchanged, with ours first on their PATH.

bats_require_minimum_version 1.5.0

load lib

setup() {
	local name
	COMPAT=$BATS_TEST_TMPDIR/compat
	mkdir "$COMPAT"
	for name in lvm {lv,pv,vg}{s,create,remove,change,display,scan} lv{rename,extend,reduce,resize,convert} \
		vg{rename,extend,reduce}; do
		ln -s "$(command -v snapvol)" "$COMPAT/$name"
	done
}

# with_devices COUNT SIZE: of the test's devices alone, for LVM2 and for us.
with_devices() {
	prepare_devices "$@"
	lvm2_system_dir
	export LVM_SUPPRESS_FD_WARNINGS=1 LVM_SYSTEM_DIR=$LVM2_DIR
}

# Writes a number to two files that rsync reads one after the other, one first and then the other.
count_on() {
	local n
	for ((n = 10000000; ; n++)); do
		echo "$n" 1<>"$1/a"
		echo "$n" 1<>"$1/z"
		sleep 0.02
	done
}

rsnapshot_config() {
	local work=$1
	printf 'config_version\t1.2\nsnapshot_root\t%s\nretain\talpha\t1\n' "$work/backups/"
	printf 'cmd_rsync\t%s\ncmd_cp\t/bin/cp\ncmd_rm\t/bin/rm\nlockfile\t%s\nlogfile\t%s\n' \
		"$(command -v rsync)" "$work/lock" "$work/log"
	printf 'linux_lvm_cmd_lvcreate\t%s\nlinux_lvm_cmd_lvremove\t%s\n' "$COMPAT/lvcreate" "$COMPAT/lvremove"
	printf 'linux_lvm_cmd_mount\t/bin/mount\nlinux_lvm_cmd_umount\t/bin/umount\n'
	printf 'linux_lvm_snapshotsize\t8M\nlinux_lvm_snapshotname\trsnapshot\n'
	printf 'linux_lvm_vgpath\t/dev\nlinux_lvm_mountpath\t%s\n' "$work/snapshot"
	printf 'backup\tlvm://%s/base/\tvolume/\n' "$VG"
}

@test "rsnapshot backs up a volume that is written to" {
	skip_without rsnapshot rsync mkfs.ext4
	local work=$BATS_TEST_TMPDIR/rsnapshot writer a z
	with_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 24M -n base "$VG"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir -p "$work/origin" "$work/snapshot"
	mount "/dev/$VG/base" "$work/origin"
	dd if=/dev/urandom of="$work/origin/ballast" bs=1M count=4 status=none
	rsnapshot_config "$work" >"$work/conf"
	count_on "$work/origin" 3>&- &
	writer=$!
	rsnapshot -c "$work/conf" alpha </dev/null
	kill "$writer"
	cmp "$work/origin/ballast" "$work/backups/alpha.0/volume/ballast"
	a=$(cat "$work/backups/alpha.0/volume/a") z=$(cat "$work/backups/alpha.0/volume/z")
	((a == z || a == z + 1))
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | tr -d ' ')" base
	ask_lvm2 rsnapshot
}
