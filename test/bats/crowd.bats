#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Many processes at once: each makes a volume, writes on it, snapshots it, reads the snapshot, removes
# both, and looks after every step, in groups that they share.  None may wait for ever, none may undo
# what another has done, and no listing may be half of one state and half of another.
#
# CROWD_PROCESSES, CROWD_SECONDS: how many (12) and for how long (10); each goes round once at least.
#
# limit: 300 seconds

load lib

setup() {
	prepare_devices 2 64M
	TROUBLE=$BATS_TEST_TMPDIR/trouble
	ROUNDS=$BATS_TEST_TMPDIR/rounds
	: >"$TROUBLE"
	: >"$ROUNDS"
	PROCESSES=${CROWD_PROCESSES:-12}
	WORKERS=()
	# The last of many in the queue has its turn after those of all others, which takes a slow machine minutes; that
	# nobody is overtaken is seen to by test/unit/base/lock.
	PATIENCE=--lock-timeout=200
	END=$((SECONDS + ${CROWD_SECONDS:-10}))
}

# said COMMAND...: what went wrong is kept; workers run in the background, where nobody sees it.
said() {
	local output status=0
	output=$("$@" 2>&1) || status=$?
	((status == 0)) || echo "status $status of $*: $output" >>"$TROUBLE"
	return "$status"
}

# Whether the listing is whole, every snapshot's origin in it, and has these volumes or has not.
# listing VG HAS|LACKS NAME...
listing() {
	local text
	text=$(kept svs -a --reportformat json -o lv_name,origin "$1") &&
		jq --exit-status --arg word "$2" --args '
			[.report[0].lv[]] as $lvs | [$lvs[].lv_name] as $names |
			($names | length == (unique | length)) and
			all($lvs[] | select(.origin != "") | .origin; IN($names[])) and
			all($ARGS.positional[]; IN($names[]) == ($word == "has"))' "${@:3}" \
			<<<"$text" >/dev/null && return
	echo "listing, $*: $text" >>"$TROUBLE"
	return 1
}

snapvol_round() {
	local vg=$1 name=$2
	said command svcreate -q "$PATIENCE" -Wn -l 1 -n "$name" "$vg" && listing "$vg" has "$name" &&
		said dd if="$BATS_TEST_TMPDIR/text.$name" of="/dev/mapper/$vg-$name" bs=4096 oflag=direct &&
		said command svcreate -q "$PATIENCE" -s -l 1 -n "$name.s" "$vg/$name" &&
		listing "$vg" has "$name" "$name.s" &&
		said cmp -n 4096 "$BATS_TEST_TMPDIR/text.$name" "/dev/mapper/$vg-$name.s" &&
		said command svremove -qf "$PATIENCE" "$vg/$name" && listing "$vg" lacks "$name" "$name.s"
}

lvm2_round() {
	local vg=$1 name=$2
	said lvm2 lvcreate -qq -Wn -l 1 -n "$name" "$vg" && listing "$vg" has "$name" &&
		said lvm2 lvcreate -qq -s -l 1 -n "$name.s" "$vg/$name" &&
		listing "$vg" has "$name" "$name.s" &&
		said lvm2 lvremove -qq -f "$vg/$name" && listing "$vg" lacks "$name" "$name.s"
}

# worker NAME VG ROUND
worker() {
	printf '%-4096s' "$1" >"$BATS_TEST_TMPDIR/text.$1"
	while :; do
		"$3" "$2" "$1" || return
		echo "$1" >>"$ROUNDS"
		((SECONDS < END)) || return 0
	done
}

start_worker() {
	worker "$@" 3>&- &
	WORKERS+=("$!")
}

# LVM2's own commands wait for each other, too.
lvm2() {
	LVM_SUPPRESS_FD_WARNINGS=1 timeout --kill-after=3 300 "/sbin/$1" --config "$(lvm2_config)" "${@:2}" </dev/null
}

everybody_came_round() {
	if [[ -s $TROUBLE ]]; then
		head -n 20 "$TROUBLE" >&2
		return 1
	fi
	expect_text "workers that came round" "$(sort -u "$ROUNDS" | wc -l)" "$PROCESSES"
	echo "# $(wc -l <"$ROUNDS") rounds of $PROCESSES" >&3
}

@test "many processes in one group" {
	local i
	svgcreate -q -s 1M "$VG" "${DEVICES[@]}"
	for ((i = 0; i < PROCESSES; i++)); do
		start_worker "w$i" "$VG" snapvol_round
	done
	wait "${WORKERS[@]}" || true
	everybody_came_round
	expect_text volumes "$(words_of svs -a --noheadings "$VG")" ""
	assert_lvm2_agrees
}

@test "many processes in several groups, of snapvol and of LVM2" {
	local i round
	svgcreate -q -s 1M "$VG" "${DEVICES[0]}"
	svgcreate -q -s 1M "${VG}b" "${DEVICES[1]}"
	for ((i = 0; i < PROCESSES; i++)); do
		round=snapvol_round
		((i % 3)) || round=lvm2_round
		if ((i % 2)); then
			start_worker "w$i" "$VG" "$round"
		else
			start_worker "w$i" "${VG}b" "$round"
		fi
	done
	wait "${WORKERS[@]}" || true
	everybody_came_round
	expect_text volumes "$(words_of svs -a --noheadings "$VG" "${VG}b")" ""
	assert_lvm2_agrees
}
