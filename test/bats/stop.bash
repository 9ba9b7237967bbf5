# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034  # STOPPED and STATUS are for the suites
#
# Commands that are stopped in the middle of their work ("load stop" after "load lib").

# Until it stands still; false if it comes to its end before that, its exit status in STATUS.
stands_still() {
	local state end=$((SECONDS + 30))
	# a pipe that is never written to: to wait without a process
	[[ -n ${PAUSE-} ]] || exec {PAUSE}<> <(:)
	while ((SECONDS < end)); do
		read -r state 2>/dev/null <"/proc/$STOPPED/stat" || break
		state=${state##*) }
		case ${state%% *} in
		T) return 0 ;;
		Z) break ;;
		esac
		read -rt 0.02 -u "$PAUSE" || true
	done
	STATUS=0
	wait "$STOPPED" || STATUS=$?
	return 1
}

# stopped KINDS N COMMAND...: the command stands still before its Nth event of these kinds
# (killshim.c), its PID in STOPPED; false if it came to its end before that, its exit status in STATUS.
stopped() {
	(
		export KILL_HOW=stop KILL_OPS=$1 KILL_AT=$2
		export LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
		exec "${@:3}" >"$BATS_TEST_TMPDIR/stopped" 2>&1 </dev/null 3>&-
	) &
	STOPPED=$!
	stands_still
}

# Let it go on to the next of its events before which it is to stand still (KILL_EVERY); as stopped.
stops_again() {
	kill -CONT "$STOPPED"
	stands_still
}

# Let it go on to its end; its exit status is in STATUS, what it said in BATS_TEST_TMPDIR/stopped.
go_on() {
	kill -CONT "$STOPPED"
	STATUS=0
	wait "$STOPPED" || STATUS=$?
}
