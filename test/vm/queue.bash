# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One worker of the queue of test files that test/run has laid out in the directory QUEUE:
#
#   QUEUE/list        the files, one a line, in the order in which they are to be begun
#   QUEUE/ID.claim/   made by the worker that runs the file; mkdir decides who is first
#   QUEUE/ID.worker   that worker's number
#   QUEUE/ID.tap      what bats says, line by line; ID.err its stderr
#   QUEUE/ID.status   its exit status and how many seconds it took; that this exists says that the file is
#                     done
#   QUEUE/json/       what commands printed as JSON
#
# Workers may run on different kernels that share nothing but the directory.

# Sets ID.  No process is started: this is asked for every file again and again.
queue_id() {
	ID=${1%.bats}
	ID=${ID//\//+}
}

# How long one test of a file may last: the general limit, or its line "# limit: N seconds" if that is more.
queue_limit() {
	local limit=''
	[[ ! -f $1 ]] || limit=$(sed -n 's/^# limit: \([0-9]*\) seconds$/\1/p;/^[^#]/q' "$1")
	((${limit:-0} > BATS_TEST_TIMEOUT)) || limit=$BATS_TEST_TIMEOUT
	echo "$limit"
}

# Runs in the source tree's top directory, as a person would.
queue_run_file() {
	local file=$1 base=$QUEUE/$2 status begun=$SECONDS
	BATS_TEST_TIMEOUT=$(queue_limit "$file") SNAPVOL_JSON_DIR=$QUEUE/json \
		bats --formatter tap ${FILTER:+--filter "$FILTER"} "$file" >"$base.tap" 2>"$base.err" </dev/null
	status=$?
	echo "$status $((SECONDS - begun))" >"$base.status.new"
	mv "$base.status.new" "$base.status"
}

queue_work() {
	local file
	while read -r file <&8; do
		queue_id "$file"
		mkdir "$QUEUE/$ID.claim" 2>/dev/null || continue
		echo "$WORKER" >"$QUEUE/$ID.worker"
		queue_run_file "$file" "$ID"
	done 8<"$QUEUE/list"
}
