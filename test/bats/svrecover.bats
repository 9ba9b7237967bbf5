#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What svrecover says, and that it does no more than is needed.  That it settles what a killed command
# left at any point is in kill.bats, that svcheck agrees in svcheck.bats.

load lib
load data
load refused
load stop

setup() {
	prepare_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" before 0 16
	LOG=$BATS_TEST_TMPDIR/events
}

# changes COMMAND...: what it writes or changes, dm ioctls but those that ask, writes, syncs.  It makes some event.
changes() {
	local status=0
	rm -f "$LOG"
	KILL_LOG=$LOG LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so "$@" || status=$?
	[[ -s $LOG ]] || status=99
	grep -vE ' i dm(0|2|7|12|13) ' "$LOG" || true
	return "$status"
}

# The kernel finds the store of snap invalid, and cannot write that there.
lose_writes() {
	local table
	table=$(dm_table "$VG-snap-cow")
	dmsetup load "$VG-snap-cow" --table "0 8192 flakey ${table#* linear } 0 1 1 error_writes"
	dmsetup resume "$VG-snap-cow"
	fill "$VG/base" lost || true
	[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	dmsetup load "$VG-snap-cow" --table "$table"
	dmsetup resume "$VG-snap-cow"
}

# What is in the kernel is gone, as after a power cut.
forget_devices() {
	settle_udev
	dmsetup remove --retry "$VG-snap" "$VG-snap-cow" "$VG-base" "$VG-base-real"
}

@test "a snapshot that only the kernel knows to be invalid is marked so in its store" {
	skip_without_target flakey
	local said="is invalid, which its store does not say"
	lose_writes
	run -11 svcheck "$VG/snap"
	[[ $output == *"$VG/snap: $said; settle it: svrecover $VG"* ]]
	run -0 command svrecover -t "$VG"
	[[ $output == "$VG/snap: $said; will be marked"* && $output != *"nothing to settle"* ]]
	run -5 env KILL_AT=1 KILL_OPS=w KILL_HOW=5 LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" \
		svrecover "$VG"
	[[ $output == *"$VG/snap: is invalid, which could not be put into its store ("*"Input/output error)" ]]
	blockdev --setro "${DEVICES[0]}"
	run -5 command svrecover "$VG"
	[[ $output == *"$VG/snap: is invalid, which could not be put into its store (${DEVICES[0]}: is read-only)"* ]]
	blockdev --setrw "${DEVICES[0]}"
	run -11 svcheck "$VG/snap"
	[[ $output == *"$said"* ]]
	run -0 command svrecover "$VG"
	[[ $output == "$VG/snap: $said; will be marked"* ]]
	run -11 svcheck "$VG/snap"
	[[ $output != *"$said"* ]]
	run -0 --separate-stderr changes svrecover "$VG"
	expect_text changes "$output" ""
	forget_devices
	svchange -ay "$VG"
	check_field "$VG/snap" lv_attr "swi-I-s---"
}

# The lock of that group is waited for.
is_waited_for() {
	local inode
	inode=$(stat -c %i "/run/lock/lvm/V_$1") && grep -q -- "-> FLOCK .*:$inode " /proc/locks
}

@test "a group that is renamed while its lock is waited for is recovered under the lock of its new name" {
	local recovering
	needs_guest
	stopped w 1 svgrename "$VG" "${VG}new"
	env KILL_LOG="$LOG" KILL_OPS=l LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" \
		svrecover "$VG" >"$BATS_TEST_TMPDIR/recovering" 2>&1 3>&- &
	recovering=$!
	wait_until 20 is_waited_for "$VG"
	go_on
	expect_text renamed "$STATUS" 0
	wait "$recovering"
	# what is swept has been looked at before
	expect_text "last lock" "$(grep -o "/V_${VG}[a-z]*$" "$LOG" | tail -n 1)" "/V_${VG}new"
	run -0 svcheck "${VG}new"
	svgrename "${VG}new" "$VG"
}

@test "hints that a killed command kept LVM2 from are made anew" {
	needs_guest
	local said="/run/lvm/nohints: is left from a command that is gone, and LVM2 goes without hints; will be removed"
	touch /run/lvm/nohints /run/lvm/hints
	rm -f /run/lvm/newhints
	exec 9</run/lvm/hints
	flock -x 9
	run -0 svcheck
	exec 9<&-
	run -10 svcheck
	expect_text found "$(grep left <<<"$output")" "${said%will*}settle it: svrecover"
	run -0 svcheck "$VG"
	[ -e /run/lvm/nohints ]
	[ ! -e /run/lvm/newhints ]
	run -0 command svrecover -t
	expect_text output "$output" "$said"
	[ -e /run/lvm/nohints ]
	run -0 svrecover
	expect_text output "$output" "$said"
	[ ! -e /run/lvm/nohints ]
	[ -e /run/lvm/newhints ]
	[ ! -s /run/lvm/hints ]
	run -0 svcheck
}

@test "files of locks that nobody holds are told and go, and others stay" {
	needs_guest
	local said="/run/lock/lvm/V_gone: is left from a command that is gone; will be removed"
	mkdir -p /run/lock/lvm
	touch /run/lock/lvm/V_gone{,:aux} /run/lock/lvm/V_held
	exec 9</run/lock/lvm/V_held
	flock -x 9
	run -10 svcheck
	expect_text found "$(grep left <<<"$output" | sort)" "${said%will*}settle it: svrecover
${said/gone:*/gone:aux: is left from a command that is gone; settle it: svrecover}"
	run -0 svcheck "$VG"
	run -0 command svrecover -t
	expect_text output "$(sort <<<"$output")" "$said
${said/gone:/gone:aux:}"
	[ -e /run/lock/lvm/V_gone ]
	run -0 svrecover
	[[ $output == "$said" || $output == "${said/gone:/gone:aux:}" ]]
	[ ! -e /run/lock/lvm/V_gone ]
	[ ! -e /run/lock/lvm/V_gone:aux ]
	[ -e /run/lock/lvm/V_held ]
	run -0 svcheck
	rm /run/lock/lvm/V_held
}

@test "a copy of a copy of metadata that somebody made stays, and nobody minds it" {
	local file copies
	needs_guest
	copies=("/etc/lvm/backup/$VG~backup" "/etc/lvm/archive/${VG}_00000-1.vg~before")
	for file in "${copies[@]}"; do
		cp "/etc/lvm/backup/$VG" "$file"
	done
	svchange -q --addtag mine "$VG/base"
	run -0 svcheck
	run -0 svrecover
	expect_text said "$output" ""
	for file in "${copies[@]}"; do
		[[ -s $file ]]
		rm "$file"
	done
}

# writes_of_copies COMMAND...: the numbers of its events at which it writes a copy of metadata, sets COPIES.
writes_of_copies() {
	local number
	COPIES=()
	rm -f "$LOG"
	KILL_LOG=$LOG KILL_OPS=w LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so "$@"
	while read -r number _; do
		COPIES+=("$number")
	done < <(grep -E ' /etc/lvm/(archive|backup)/[^ ]*~snapvol-[A-Za-z0-9]{6}$' "$LOG")
	echo "copies are written at ${COPIES[*]}"
	((${#COPIES[@]} == 2))
}

# Nothing of them is a leaving while a living command writes it, but told as soon as that is dead.
@test "copies of metadata that a killed command left half written are told and go, and a living one's stay" {
	local n tag=0 shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so file
	needs_guest
	writes_of_copies svchange -q --addtag "t$tag" "$VG/base"
	for n in "${COPIES[@]}"; do
		KILL_AT=$n KILL_OPS=w KILL_HOW=run LD_PRELOAD=$shim \
			KILL_RUN="ls /etc/lvm/*/*~* >'$LOG.there'; svrecover $VG.none >'$LOG.said' 2>&1; svcheck >>'$LOG.said' 2>&1" \
			command svchange -q --addtag "t$((++tag))" "$VG/base"
		file=$(<"$LOG.there")
		echo "$file: $(<"$LOG.said")"
		[[ $file == /etc/lvm/*/"$VG"*~snapvol-?????? && $(<"$LOG.said") == *"no such group"* ]]
		not grep "$file" "$LOG.said"
		[[ ! -e $file && -e ${file%~*} ]]
		run -137 env KILL_AT="$n" KILL_OPS=w LD_PRELOAD="$shim" svchange -q --addtag "t$((++tag))" "$VG/base"
		file=$(ls /etc/lvm/*/*~*)
		for word in "" "$VG" "$VG/base"; do
			# shellcheck disable=SC2086 # none, or one
			run -10 svcheck $word
			[[ $output == *"$file: is left from a command that is gone; settle it: svrecover"* ]]
		done
		run -5 svcheck "$VG.none"
		[[ $output != *"$file"* ]]
		run -0 command svrecover -t
		[[ $output == *"$file: is left from a command that is gone; will be removed"* && -e $file ]]
		run -0 svrecover
		[[ $output == *"$file: is left from a command that is gone; will be removed"* && ! -e $file ]]
		run -0 svcheck
		run -0 svrecover
		expect_text said "$output" ""
	done
}

@test "nodes and links that are missing, wrong or of no device are told and put right" {
	local number missing wrong stale
	needs_guest
	settle_udev
	rm "/dev/mapper/$VG-snap" "/dev/$VG/snap" "/dev/$VG/base"
	missing="$VG/snap: /dev/mapper/$VG-snap is missing; will be made
$VG/snap: /dev/$VG/snap is missing; will be made
$VG/base: /dev/$VG/base is missing; will be made"
	run -10 svcheck "$VG"
	expect_text found "$(grep missing <<<"$output")" "${missing//will be made/settle it: svrecover $VG}"
	run -10 svcheck "$VG/snap"
	run -0 --separate-stderr command svrecover -t "$VG"
	expect_text explained "$output$stderr" "$missing"
	[[ ! -e /dev/mapper/$VG-snap && ! -e /dev/$VG/base ]]
	run -0 svrecover "$VG"
	expect_text said "$output" "$missing"
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: nothing to settle"
	run -0 svcheck "$VG"

	read -r -a number < <(stat --format '%Hr %Lr' -L "/dev/mapper/$VG-base")
	rm "/dev/mapper/$VG-base"
	mknod "/dev/mapper/$VG-base" b "${number[0]}" 1000
	wrong="$VG/base: /dev/mapper/$VG-base is not that of its device; will be set right"
	run -10 svcheck "$VG"
	[[ $output == *"${wrong/will be set right/settle it: svrecover $VG}"* ]]
	run -0 svrecover
	expect_text said "$output" "$wrong"
	cmp "/dev/$VG/base" "/dev/mapper/$VG-base-real"

	mknod "/dev/mapper/$VG-old" b "${number[0]}" 1000
	ln -s "../mapper/$VG-old" "/dev/$VG/old"
	# of a group that was renamed
	mknod /dev/mapper/former-base b "${number[@]}"
	mkdir /dev/former
	ln -s ../mapper/former-base /dev/former/base
	stale=$(printf "$VG: %s is of a device that is gone or has another name; will be removed\n" \
		/dev/former/base "/dev/$VG/old" "/dev/mapper/$VG-old" /dev/mapper/former-base | sort)
	run -10 svcheck "$VG"
	expect_text found "$(grep gone <<<"$output" | sort)" "${stale//will be removed/settle it: svrecover $VG}"
	run -0 command svrecover -t
	expect_text explained "$(sort <<<"$output")" "$stale"
	[[ -e /dev/former/base && -e /dev/$VG/old ]]
	run -0 svrecover
	expect_text said "$(sort <<<"$output")" "$stale"
	[[ ! -e /dev/former && ! -L /dev/$VG/old && ! -e /dev/mapper/former-base && ! -e /dev/mapper/$VG-old ]]
	run -0 svcheck
	run -0 svrecover
	expect_text said "$output" ""
}

@test "the node of a device that somebody makes meanwhile is of no device that is gone" {
	local at name=$VG-home_crypt shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	needs_guest
	settle_udev
	KILL_OPS=i KILL_LOG=$LOG LD_PRELOAD=$shim command svrecover -q "$VG"
	# behind the command's list of devices
	at=$(awk '$3 == "dm2" { list = NR } END { print list + 1 }' "$LOG")
	KILL_OPS=i KILL_AT=$at KILL_HOW=run KILL_RUN="dmsetup create $name --table '0 8 zero'" \
		LD_PRELOAD=$shim command svrecover -q "$VG"
	dm_exists "$name"
	[ -b "/dev/mapper/$name" ]
}

@test "of a sound group nothing is said or changed, again and again" {
	local before i
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	for i in 1 2; do
		run -0 changes svrecover
		expect_text "run $i" "$output" ""
		run -0 svrecover "$VG"
		expect_text "run $i" "$output" "$VG: nothing to settle"
		run -0 svrecover -t "$VG"
		expect_text "test $i" "$output" "$VG: nothing to settle"
	done
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "--test explains, then shows the plan, and does nothing" {
	be_patient
	dmsetup table "$VG-base" | dmsetup load "$VG-base"
	dmsetup suspend --noudevsync "$VG-snap"
	run -0 --separate-stderr changes svrecover -t "$VG"
	expect_text plan "$output" "clear   $VG-base
resume  $VG-snap"
	expect_text explanation "$stderr" \
		"$VG/snap: device $VG-snap is suspended: whoever uses it waits; will be resumed
$VG/base: device $VG-base has an inactive table; will be cleared"
	dm_suspended "$VG-snap"
	run -0 svrecover "$VG"
	expect_text explanation "$output" "$stderr"
	run -0 changes svrecover "$VG"
	expect_text "second run" "$output" "$VG: nothing to settle"
	expect_suspended
}

@test "volumes left unfinished are given back, once" {
	local seqno
	lvm2 lvcreate -qq -an -Zn -l 1 -n left --addtag snapvol.unfinished "$VG" >/dev/null
	run -0 --separate-stderr command svrecover -t "$VG"
	[[ $stderr == "$VG/left: giving back what an interrupted command left" && $output == commit* ]]
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG/left: giving back what an interrupted command left"
	seqno=$(svgs --noheadings -o vg_seqno "$VG")
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: nothing to settle"
	expect_text seqno "$(svgs --noheadings -o vg_seqno "$VG")" "$seqno"
	assert_lvm2_agrees
}

@test "the mark of a dead command goes, even if there is nothing else" {
	local id mark
	needs_guest
	id=$(svgs --noheadings -o vg_uuid "$VG" | tr -d ' -')
	mark=/run/snapvol/$id
	mkdir -p /run/snapvol
	touch "$mark"
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: a command died at work on it; will be looked after"
	[[ ! -e $mark ]]
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: nothing to settle"
}

@test "a group that somebody works on is waited for, and not for ever" {
	needs_guest
	mkdir -p /run/lock/lvm
	exec 9>"/run/lock/lvm/V_$VG"
	flock -x 9
	run -5 command svrecover --lock-timeout 0 "$VG"
	exec 9>&-
	run -0 svrecover "$VG"
	run -5 svrecover nosuchgroup
	run -3 svrecover "$VG/base"
}

# Sets MARK to the group's, which is there as if a command had died.
mark() {
	local id
	needs_guest
	id=$(svgs --noheadings -o vg_uuid "$VG" | tr -d ' -')
	MARK=/run/snapvol/$id
	mkdir -p /run/snapvol
	touch "$MARK"
}

# freeze NAME: as a command that dies in the freeze does.
freeze() {
	be_patient
	dmsetup table "$1" | sed 's/snapshot-origin.*/error/' | dmsetup load "$1"
	dmsetup suspend --noudevsync "$1"
}

# thawed NAME: runs, and with the table it had.
thawed() {
	not dm_suspended "$1"
	expect_text "second table" "$(words_of dmsetup table --inactive "$1")" ""
	[[ $(dm_table "$1") == *snapshot-origin* ]]
}

@test "what is frozen is resumed though a device of its tree is missing, and the rest when that is back" {
	local lost
	mark
	prepare_devices 1 64M
	svgextend -q "$VG" "${DEVICES[1]}"
	svcreate -q -s -L 4M -n away "$VG/base" "${DEVICES[1]}"
	lost="devices/filter=[\"r|^${DEVICES[1]}\$|\"]"
	mark
	freeze "$VG-base"
	expect_complaints
	run -12 svcheck --config "$lost" "$VG"
	[[ $output == *"$VG/base: device $VG-base is suspended"* ]]
	run -0 svrecover --config "$lost" -t "$VG"
	[[ $output == *"clear   $VG-base
resume  $VG-base" ]]
	run -0 svrecover --config "$lost" "$VG"
	[[ $output == *"$VG/base: device $VG-base is suspended"*"will be resumed"* &&
		$output == *"$VG: what lies on a missing device will be looked after when that is back"* ]]
	thawed "$VG-base"
	[[ -e $MARK ]]
	# the mark of a command, too, that is refused
	freeze "$VG-base"
	refused 5 "is missing" svcreate -L 4M -n new --config "$lost" "$VG"
	thawed "$VG-base"
	[[ -e $MARK ]]
	# somebody who is at work
	freeze "$VG-base"
	exec 9>"/run/lock/lvm/V_$VG"
	flock -x 9
	run -5 svrecover --lock-timeout 0 --config "$lost" "$VG"
	run -5 svcreate --lock-timeout 0 -L 4M -n new --config "$lost" "$VG"
	dm_suspended "$VG-base"
	exec 9>&-
	run -0 svrecover "$VG"
	thawed "$VG-base"
	[[ ! -e $MARK ]]
	complaints_ended
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: nothing to settle"
}

@test "what is frozen is resumed though the group is not to be changed" {
	mark
	expect_complaints
	# a device is there twice
	prepare_devices 1 64M
	cp "$BATS_TEST_TMPDIR/disk0" "$BATS_TEST_TMPDIR/disk1"
	freeze "$VG-base"
	run -5 svrecover -t "$VG"
	[[ $output == *"is there twice"*"resume  $VG-base" ]]
	dm_suspended "$VG-base"
	run -5 svrecover "$VG"
	[[ $output == *"is there twice"*"$VG: device $VG-base is suspended"* ]]
	thawed "$VG-base"
	[[ -e $MARK ]]
	freeze "$VG-base"
	refused 5 "is there twice" svcreate -L 4M -n new "$VG"
	thawed "$VG-base"
}

@test "devices are not brought to metadata of which newer may lie where nothing can be read" {
	local n tags=() table
	svgremove -q -f "$VG"
	svpvremove -q "${DEVICES[0]}"
	dmsetup create "${VG}pv" --table "0 126976 linear ${DEVICES[0]} 2048"
	settle_udev
	prepare_devices 1 64M
	DEVICES+=("/dev/mapper/${VG}pv")
	svgcreate -q "$VG" "${DEVICES[2]}" "${DEVICES[1]}"
	mark
	rm "$MARK"
	svcreate -q -L 8M -n base "$VG" "${DEVICES[1]}"
	# longer than what is read with the label
	for ((n = 0; n < 160; n++)); do tags+=(--addtag "$(printf 't%0100d' "$n")"); done
	svgchange -q "${tags[@]}" "$VG"
	dd if="${DEVICES[1]}" of="$BATS_TEST_TMPDIR/old" bs=4096 count=256 status=none
	svcreate -q -s -L 4M -n snap "$VG/base"
	expect_complaints
	dd if="$BATS_TEST_TMPDIR/old" of="${DEVICES[1]}" bs=4096 conv=notrunc,fsync status=none
	blockdev --flushbufs "${DEVICES[1]}"
	dmsetup load "${VG}pv" --table "0 32 linear ${DEVICES[0]} 2048
32 2016 error
2048 124928 linear ${DEVICES[0]} 4096"
	dmsetup suspend "${VG}pv"
	dmsetup resume "${VG}pv"
	mark
	freeze "$VG-base"
	table=$(dm_table "$VG-snap")
	run -5 svrecover "$VG"
	[[ $output == *"$VG: device $VG-base is suspended"*"${DEVICES[2]}: may hold newer metadata of $VG"* ]]
	thawed "$VG-base"
	[ -e "$MARK" ]
	svgchange -q -ay "$VG"
	svchange -q -ay "$VG/base"
	refused 5 "${DEVICES[2]}: may hold newer metadata of $VG" svchange --refresh "$VG/base"
	thawed "$VG-base"
	expect_text snapshot "$(dm_table "$VG-snap")" "$table"
	dmsetup load "${VG}pv" --table "0 126976 linear ${DEVICES[0]} 2048"
	dmsetup suspend "${VG}pv"
	dmsetup resume "${VG}pv"
	svrecover -q "$VG"
	[ ! -e "$MARK" ]
	svgck --updatemetadata "$VG"
	complaints_ended
	svcheck -q "$VG"
	expect_text snapshot "$(dm_table "$VG-snap")" "$table"
}

@test "a store that LVM2 moves keeps nothing else from being settled" {
	local file=$BATS_TEST_TMPDIR/text
	needs_guest
	svcreate -q -L 4M -n other "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	awk '/^\t\tsnap \{/ { store = 1 } store && /type = "striped"/ { sub(/striped/, "mirror"); store = 0 } { print }' \
		"$file" >"$file.moves"
	not cmp "$file" "$file.moves"
	expect_complaints
	command svgcfgrestore -qy -f "$file.moves" "$VG"
	run -5 svcheck "$VG/snap"
	[[ $output == "$VG/snap: valid, "*"$VG/snap: its store is of a type that cannot be read" ]]
	dmsetup suspend --noudevsync "$VG-other"
	run -0 command svrecover "$VG"
	[[ $output == *"$VG/other: device $VG-other is suspended"* ]]
	not dm_suspended "$VG-other"
	[[ $(dm_table "$VG-snap") == *snapshot* && $(dm_table "$VG-base") == *snapshot-origin* ]]
	command svgcfgrestore -qy -f "$file" "$VG"
	complaints_ended
	svcheck -q "$VG"
}

@test "of two groups of one name each is settled, and what is frozen is resumed" {
	local frozen="$VG/base: device $VG-base is suspended: whoever uses it waits; will be resumed"
	be_patient
	prepare_devices 1 64M
	svchange -an "$VG"
	expect_complaints
	svgcreate -q --config "devices/filter=[\"r|^${DEVICES[0]}\$|\"]" "$VG" "${DEVICES[1]}"
	svchange -ay --config "devices/filter=[\"r|^${DEVICES[1]}\$|\"]" "$VG"
	dmsetup suspend --noudevsync "$VG-base"
	run -0 svrecover
	expect_text said "$output" "$frozen"
	not dm_suspended "$VG-base"
	dmsetup suspend --noudevsync "$VG-base"
	run -0 svrecover "$VG"
	expect_text said "$(sort <<<"$output")" "$frozen
$VG: nothing to settle"
	not dm_suspended "$VG-base"
	svgexport -q --config "devices/filter=[\"r|^${DEVICES[0]}\$|\"]" "$VG"
	dmsetup suspend --noudevsync "$VG-base"
	run -0 svrecover
	expect_text said "$output" "$frozen"
	dmsetup suspend --noudevsync "$VG-base"
	run -5 --separate-stderr command svrecover "$VG"
	[[ $stderr == *"$frozen"*"group is exported"* ]]
	not dm_suspended "$VG-base"
}

@test "what is frozen is resumed though its group cannot be written to" {
	mark
	lvm2 lvcreate -qq -an -Zn -l 1 -n left --addtag snapvol.unfinished "$VG" >/dev/null
	freeze "$VG-base"
	blockdev --setro "${DEVICES[0]}"
	run -5 command svrecover "$VG"
	[[ $output == *"${DEVICES[0]}: "* ]]
	thawed "$VG-base"
	freeze "$VG-base"
	run -5 command svchange --addtag t "$VG/base"
	thawed "$VG-base"
	svs -a "$VG/left"
	blockdev --setrw "${DEVICES[0]}"
	svrecover -q "$VG"
	[ ! -e "$MARK" ]
	svcheck -q "$VG"
}

@test "what was left unfinished keeps no volume from being activated while a device is read-only" {
	prepare_devices 1 64M
	svgextend -q "$VG" "${DEVICES[1]}"
	svchange -q -an "$VG"
	lvm2 lvcreate -qq -an -Zn -l 1 -n left --addtag snapvol.unfinished "$VG" "${DEVICES[0]}" >/dev/null
	expect_complaints
	blockdev --setro "${DEVICES[1]}"
	run -0 svchange -ay "$VG/base"
	expect_text said "$output" \
		"$VG/left: was left by an interrupted command, and stays so while the group cannot be changed"
	dm_exists "$VG-snap"
	refused 5 "${DEVICES[1]}: is read-only" svchange -q --addtag t "$VG/base"
	run -5 svrecover "$VG"
	[[ $output == *"${DEVICES[1]}: is read-only"* ]]
	blockdev --setrw "${DEVICES[1]}"
	svrecover -q "$VG"
	not svs -a "$VG/left"
	complaints_ended
}

# valid_in_header: what the header of the store says that begins 13 MiB into the device.
valid_in_header() {
	dd if="${DEVICES[0]}" bs=4096 count=1 skip=$((13 << 20)) iflag=skip_bytes,direct status=none |
		od -A n -t d4 -j 4 -N 4 | tr -d ' '
}

@test "an unfinished snapshot is invalid before it is let go of, though metadata cannot say so" {
	local at lost shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	needs_guest
	prepare_devices 1 64M
	svgextend -q "$VG" "${DEVICES[1]}"
	lost="devices/filter=[\"r|^${DEVICES[1]}\$|\"]"
	KILL_OPS=iw KILL_LOG=$LOG LD_PRELOAD=$shim command svcreate -q -s -L 4M -n new "$VG/base" "${DEVICES[0]}"
	svremove -q -f "$VG/new"
	# the first write that follows the last resume is of the commit that makes it a snapshot
	at=$(awk '$3 == "dm6" { resumed = NR } { kind[NR] = $2; to[NR] = $4 } END {
		for (i = resumed; kind[i] != "w" || to[i] !~ /^.dev/; i++);
		print i }' "$LOG")
	KILL_OPS=iw KILL_AT=$at LD_PRELOAD=$shim run -137 command svcreate -q -s -L 4M -n new "$VG/base" "${DEVICES[0]}"
	dm_exists "$VG-new"
	expect_text "valid before" "$(valid_in_header)" 1
	expect_complaints
	command svrecover -q --config "$lost" "$VG"
	not dm_exists "$VG-new"
	expect_text "valid after" "$(valid_in_header)" 0
	svrecover -q "$VG"
	complaints_ended
	svcheck -q "$VG"
}

make_two() {
	svcreate -q -s -L 4M -n new "$VG/base" "${DEVICES[1]}"
	svcreate -q -s -V 8M -L 4M -n sparse "$VG" "${DEVICES[1]}"
}

# remove_half: svremove of what make_two has made dies between its commit and its first step on devices.
remove_half() {
	local at shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	make_two
	KILL_OPS=iw KILL_LOG=$LOG LD_PRELOAD=$shim svremove -q -f "$VG/new" "$VG/sparse"
	at=$(awk '$3 ~ /^dm[34569]$/ { print NR; exit }' "$LOG")
	make_two
	KILL_OPS=iw KILL_AT=$at LD_PRELOAD=$shim run -137 command svremove -q -f "$VG/new" "$VG/sparse"
}

@test "what was left unfinished on a device that is missing keeps nothing else from being settled" {
	local lost name
	needs_guest
	prepare_devices 1 64M
	svgextend -q "$VG" "${DEVICES[1]}"
	remove_half
	check_field "$VG/new" lv_tags snapvol.unfinished
	dm_exists "$VG-new"
	dm_exists "$VG-sparse"
	lost="devices/filter=[\"r|^${DEVICES[1]}\$|\"]"
	expect_complaints
	svrecover -q --config "$lost" "$VG"
	for name in new new-cow sparse sparse-cow sparse_vorigin sparse_vorigin-real; do
		not dm_exists "$VG-$name"
	done
	run -0 svrecover --config "$lost" "$VG"
	svchange -q --config "$lost" -an "$VG/base"
	svgreduce -q --config "$lost" --removemissing --force "$VG"
	not svs -a "$VG/new"
	svpvcreate -qffy "${DEVICES[1]}"
	complaints_ended
	svcheck -q "$VG"
}
