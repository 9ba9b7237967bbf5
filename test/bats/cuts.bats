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

@test "so do snapshots of three volumes that are written to in turn, and they show one instant" {
	sample 24 set_of_three
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

# not_all_survive TRANSITION STEP SEED: some cuts are survived, but not all of them.
not_all_survive() {
	local counts tried survived
	counts=$(try_cuts "$1" "$2" "$3" "$3" 2>"$BATS_TEST_TMPDIR/said") || true
	echo "$counts"
	read -r _ _ tried survived <<<"$counts"
	((survived > 0 && survived < tried))
}

without_syncs() {
	env LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/torture/syncshim.so" "$@"
}

@test "a command whose syncs do nothing is found out" {
	record first_snapshot without_syncs
	not_all_survive first_snapshot 3 7
}

@test "so is a loss of what any volume was said to have kept" {
	writer() {
		# a process that can be told to stop
		LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/torture/syncshim.so" exec writer "$@"
	}
	record set_of_three
	unset -f writer
	not_all_survive set_of_three 5 7
	grep -q 'not the contents' "$BATS_TEST_TMPDIR/said"
}

@test "so are snapshots of three volumes that were taken one after the other" {
	one_by_one() {
		local volume words=("${@:1:$#-3}")
		for volume in "${@: -3}"; do
			"${words[@]}" "$volume"
		done
	}
	record set_of_three one_by_one
	not try_cuts set_of_three 1000 0 0 2>"$BATS_TEST_TMPDIR/said"
	cat "$BATS_TEST_TMPDIR/said"
	grep -q "$VG-new_a: is not its origin at the one instant" "$BATS_TEST_TMPDIR/said"
}

# An LVM2 that says one thing more, or shows a volume less.
with_lvm2() {
	local directory=$BATS_TEST_TMPDIR/lvm2
	mkdir -p "$directory"
	printf '#!/bin/sh\n%s "$@" | %s\n' "$(command -v lvm)" "$1" >"$directory/lvm"
	chmod +x "$directory/lvm"
	PATH=$directory:$PATH try_cuts create 1000 0 0
}

@test "so is what LVM2 shows otherwise, or has to say" {
	record create
	with_lvm2 "cat"
	not with_lvm2 "sed '\$d'"
	not with_lvm2 "sed s/512/513/"
	not with_lvm2 "tee /dev/stderr"
}
