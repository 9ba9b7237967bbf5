#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A small fixed sample of what "make torture" does at length (test/torture): commands killed, with
# and without their guardian, and calls that fail, while a writer works on the origin.
#
# limit: 600 seconds

load lib

setup() {
	needs_guest
	prepare_devices 2 8M
	export SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	export BLOCKS=$SNAPVOL_BIN_DIR/../test/torture/blocks
	export RESULTS=$BATS_TEST_TMPDIR/results
	TORTURE=$BATS_TEST_DIRNAME/../torture
}

# survives OPTION... TRANSITION...: all that was tried was survived, and something was tried.
survives() {
	DEVICES="${DEVICES[*]}" TMPDIR=$BATS_TEST_TMPDIR bash "$TORTURE/kill.bash" "$@"
	awk -f "$TORTURE/table.awk" "$RESULTS"
}

@test "a command killed while it makes a snapshot leaves the state before or after" {
	survives --round kill --step 24 --seed 8 first_snapshot
}

@test "so does one that is killed with its guardian" {
	survives --round kill_group --step 45 --seed 20 set_of_three
}

@test "so does one that is killed while it removes" {
	survives --round kill --step 40 --seed 33 remove_one
}

@test "a merge that is done is finished by the next command, wherever the one before was killed" {
	survives --round kill --step 9 --seed 32 merge_finish
}

@test "a call that fails is told in one line, and the state is the one before or after" {
	survives --round fail --step 14 --seed 4 second_snapshot
}
