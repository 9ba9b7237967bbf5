#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What LVM2 tells people besides, said under its names, word for word: on image files, and where LVM2
# is installed the words are looked for in it.

bats_require_minimum_version 1.5.0

load ../bats/lib

teardown() {
	:
}

setup() {
	((EUID == 0)) || skip "making groups needs root"
	cd "$BATS_TEST_TMPDIR" || return
	export SNAPVOL_CONFIG=$PWD/conf command
	cat >conf <<END
devices { only = [ "$PWD/b", "$PWD/c", "$PWD/d" ] }
activation { enabled = 0 }
global { locking_dir = "$PWD/lock" run_dir = "$PWD/run" lvm_command = "" }
backup { archive = 0 backup = 0 }
END
	truncate -s 64M b c d
	mkdir names
	for command in vgcreate vgextend pvchange pvresize lvcreate lvextend lvreduce; do
		ln -s "$(command -v snapvol)" "names/$command"
	done
}

# says LINES COMMAND...: on standard output.
says() {
	local status=0
	"names/${*:2:1}" "${@:3}" >out 2>err </dev/null || status=$?
	expect_text "$* ($status, $(cat err))" "$(sed "s|$PWD/||" out)" "$1"
}

@test "devices that become PVs are named, and PVs counted" {
	says '  Physical volume "b" successfully created.
  Physical volume "c" successfully created.
  Volume group "vg0" successfully created' vgcreate vg0 "$PWD/b" "$PWD/c"
	snapvol svpvcreate -q "$PWD/d"
	says '  Volume group "vg0" successfully extended' vgextend vg0 "$PWD/d"
	says '  Physical volume "b" changed
  1 physical volume changed / 0 physical volumes not changed' pvchange -x n "$PWD/b"
	says '  Physical volume "b" changed
  Physical volume "c" changed
  2 physical volumes changed / 0 physical volumes not changed' pvchange --addtag t "$PWD/b" "$PWD/c"
	says '  0 physical volumes changed / 0 physical volumes not changed' pvchange -x n "$PWD/e"
	says '  Physical volume "b" changed
  1 physical volume(s) resized or updated / 0 physical volume(s) not resized' pvresize "$PWD/b"
}

@test "sizes that are not as asked for, and what changes, are said in LVM2's words" {
	snapvol svgcreate -q vg0 "$PWD/b" "$PWD/c"
	says '  Using default stripesize 64.00 KiB.
  Rounding size 4.00 MiB (1 extents) up to stripe boundary size 8.00 MiB (2 extents).
  Logical volume "base" created.' lvcreate -an -Zn -Wn -i 2 -L 4m -n base vg0
	says '  Using stripesize of last segment 64.00 KiB
  Size of logical volume vg0/base changed from 8.00 MiB (2 extents) to 16.00 MiB (4 extents).
  Logical volume vg0/base successfully resized.' lvextend -L +8m vg0/base
	says '  Size of logical volume vg0/base changed from 16.00 MiB (4 extents) to 8.00 MiB (2 extents).
  Logical volume vg0/base successfully resized.' lvreduce -y -L 8m vg0/base
	says '  Reducing COW size 40.00 MiB down to maximum usable size 12.00 MiB.
  Logical volume "snap" created.' lvcreate -s -an -L 40m -n snap vg0/base
	says '' lvcreate --test -an -Zn -Wn -L 4m -n tried vg0
	expect_text "under --test" "$(cat err)" \
		'  TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.'
}

@test "they are LVM2's words" {
	local lvm text
	lvm=$(command -v lvm) || skip "no LVM2"
	while IFS= read -r text; do
		grep -qaF "$text" "$(readlink -f "$lvm")" || { echo "not in LVM2: $text" >&2; return 1; }
	done <<'END'
Physical volume "%s" successfully created.
%d physical volume%s changed / %d physical volume%s not changed
%d physical volume(s) resized or updated / %d physical volume(s) not resized
Using default stripesize %s.
Using stripesize of last segment %s
Rounding size %s (%u extents) %s to stripe boundary size %s (%u extents).
Rounding size (%d extents) up to stripe boundary size for segment (%d extents).
Size of logical volume %s changed from %s (%u extents) to %s (%u extents).
Reducing COW size %s down to maximum usable size %s.
Merging of volume %s started.
TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.
END
}
