#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What README and manual pages show is done as it stands there.  Pages that need no kernel for that are
# left to test/lint/examples.bats; LVM2 is asked in the other suites.
#
# limit: 150 seconds

load lib

# In an order in which one leaves what the next needs.
with_kernel=(snapvol-format.7.in svgcfgrestore.8.in svchange.8.in svgchange.8.in svreduce.8.in)

setup() {
	needs_guest
	source=$BATS_TEST_DIRNAME/../..
}

# vg0 on two of four disks: root with its snapshot "before", data and log.
make_group() {
	prepare_devices 4 100G
	command svgcreate vg0 "${DEVICES[@]:0:2}"
	command svcreate -Wn -L 20g -n root vg0
	command svcreate -Wn -L 30g -n data vg0
	command svcreate -Wn -L 10g -n log vg0 "${DEVICES[0]}"
	command svcreate -s -L 2g -n before vg0/root
}

do_examples() {
	(cd "$BATS_TEST_TMPDIR" && bash "$source/test/vm/tour.bash" EXAMPLES "$source/man/$1" "${DEVICES[@]}")
}

@test "the README's tour goes as it stands there" {
	prepare_devices 1 256M
	mkdir -p /srv
	bash "$source/test/vm/tour.bash" README "$source/README" "${DEVICES[@]}"
}

@test "the examples of manual pages that a kernel takes part in work" {
	make_group
	for page in "${with_kernel[@]}"; do
		do_examples "$page"
	done
}
