#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples of the manual pages are done, each page's on a group like the one they speak of, which is on
# image files.  Those that a kernel must take part in are done by test/bats/examples.bats.

load ../bats/lib

setup() {
	((EUID == 0)) || skip "making groups needs root"
	pages=$BATS_TEST_DIRNAME/../../man
	cd "$BATS_TEST_TMPDIR" || return
	export SNAPVOL_CONFIG=$PWD/conf
	cat >conf <<END
devices { only = [ "$PWD/b", "$PWD/c", "$PWD/d", "$PWD/e" ] }
activation { enabled = 0 }
global { locking_dir = "$PWD/lock" run_dir = "$PWD/run" }
backup { archive_dir = "$PWD/archive" backup_dir = "$PWD/backup" }
END
}

teardown() {
	:
}

make_group() {
	rm -f b c d e
	truncate -s 100G b c d e
	command svgcreate -q vg0 "$PWD/b" "$PWD/c"
	command svcreate -q -an -Zn -Wn -L 20g -n root vg0
	command svcreate -q -an -Zn -Wn -L 30g -n data vg0
	command svcreate -q -an -Zn -Wn -L 10g -n log vg0 "$PWD/b"
	command svcreate -q -s -an -L 2g -n before vg0/root
}

with_kernel() {
	sed -n 's/^with_kernel=(\(.*\))$/\1/p' "$pages/../test/bats/examples.bats"
}

@test "the examples of manual pages work, and each command has some" {
	for page in "$pages"/s*.8.in "$pages/snapvol.conf.5.in"; do
		name=${page##*/}
		[[ " $(with_kernel) " != *" $name "* ]] || continue
		make_group
		bash "$pages/../test/vm/tour.bash" EXAMPLES "$page" "$PWD"/[bcde]
	done
}
