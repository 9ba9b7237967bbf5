# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What bad input must come to ("load refused" after "load lib").

# refused STATUS TEXT COMMAND...: this exit status, one line on stderr that has TEXT, nothing on
# stdout, and nothing written to the test's disks: a write changes a file's times, which are
# quicker to compare than contents.  So nobody else needs to be asked about them.
# shellcheck disable=SC2034 # lib.bash reads DAMAGED
refused() {
	local want=$1 text=$2 status=0 before after said=() DAMAGED=yes
	shift 2
	before=$(stat --format '%n %y %z %b' "$BATS_TEST_TMPDIR"/disk*)
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	after=$(stat --format '%n %y %z %b' "$BATS_TEST_TMPDIR"/disk*)
	mapfile -t said <"$BATS_TEST_TMPDIR/err"
	expect_text "status of $*" "$status" "$want" &&
		expect_text "stdout of $*" "$(<"$BATS_TEST_TMPDIR/out")" "" &&
		expect_text "number of lines of $*" "${#said[@]}" 1 &&
		[[ ${said[0]} == *"$text"* ]] &&
		expect_text "the disks" "$after" "$before" && return
	cat "$BATS_TEST_TMPDIR/err" >&2
	return 1
}
