#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Power cuts at a sample of the writes of some transitions, while the origin is written to; "make torture"
# tries all of them (test/torture/cuts.bash says how it is done, test/torture/cuts.c what is looked at).
#
# limit: 300 seconds

load lib
load ../torture/transitions
load ../torture/cuts

# Merges would go on, and end, while LVM2 is asked.  What is left by a cut is examined by cuts.c.
unset -f "${CHANGING[@]}"

teardown_file() {
	[[ ${SNAPVOL_TEST_KERNEL-} == guest ]] || return 0
	# shellcheck source=test/vm/guest-setup.bash
	. "$BATS_TEST_DIRNAME/../vm/guest-setup.bash"
	guest_start_udev 3>&- 4>&-
}

setup() {
	needs_guest
	modprobe -n -q nbd || skip "this kernel has no nbd"
	PATH=$SNAPVOL_BIN_DIR/../test/torture:$PATH
	cuts_begin "$BATS_TEST_TMPDIR/cuts"
}

teardown() {
	[[ -z ${CUTS-} ]] || cuts_end
	DEVICES=()	# the recorder's, which are gone
	cleanup_devices
}

# sample STEP TRANSITION...
sample() {
	local step=$1 name
	shift
	for name; do
		record "$name"
		try_cuts "$name" "$step" 0 0
		try_cuts "$name" "$step" "$((BATS_TEST_NUMBER + 1))" "$((BATS_TEST_NUMBER + 1))"
	done
}

@test "a snapshot taken while its origin is written to survives power cuts" {
	sample 24 first_snapshot second_snapshot
}

@test "removing, splitting and attaching snapshots survive power cuts" {
	sample 32 remove_one split attach
}

@test "a merge survives power cuts, and what is written meanwhile" {
	sample 12 merge merge_finish
}

@test "growing, renaming and creating survive power cuts" {
	sample 32 grow_store rename create_striped
}

@test "a group that takes in or lets go of a device survives power cuts" {
	sample 12 group_extend group_reduce
}

@test "a merge that is cut off again and again ends as one that is not" {
	merge_in_pieces 8 0
}

@test "a command whose syncs do nothing is found out" {
	local counts tried survived
	record first_snapshot env LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/torture/syncshim.so"
	counts=$(try_cuts first_snapshot 3 7 7 2>/dev/null) || true
	echo "$counts"
	read -r _ _ tried survived <<<"$counts"
	((survived > 0 && survived < tried))
}
