#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Commands killed with SIGKILL at each of their device-mapper ioctls, writes and syncs, one after the
# other.  After each kill: nothing is suspended a second later, the origin takes writes, and the
# group is settled by svrecover to the state before or the state after.
#
# KILL_STEP=1 tries every event; by default every fifth is tried, and every ioctl of a snapshot's making, alone and
# with the guardian.
#
# limit: 600 seconds

load lib
load data
load refused

setup() {
	prepare_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	fill "$VG/base" before 0 64
	SUM=$(sum_of "$VG/base")
	STEP=${KILL_STEP:-5}
	SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
}

# killed N COMMAND...: true if the command was killed at its Nth event, false if it came to its end.
killed() {
	local at=$1 status=0
	shift
	KILL_AT=$at LD_PRELOAD=$SHIM "$@" >"$BATS_TEST_TMPDIR/killed" 2>&1 </dev/null || status=$?
	case $status in
	137) return 0 ;;
	0) return 1 ;;
	*)
		echo "at event $at: status $status: $*" >&2
		cat "$BATS_TEST_TMPDIR/killed" >&2
		exit 1
		;;
	esac
}

none_suspended() {
	! grep -qs 1 /sys/block/dm-*/dm/suspended
}

# Other programs may have some on a machine in use.
no_cookies() {
	[[ ${SNAPVOL_TEST_KERNEL-} == guest ]] || return 0
	expect_text cookies "$(tail -n +2 /proc/sysvipc/sem)" ""
}

# What must hold after any kill, before anybody repairs anything.
unharmed() {
	wait_until 1 none_suspended || { dmsetup info >&2; return 1; }
	timeout 5 dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4096 seek=1000 count=1 oflag=direct conv=notrunc status=none
	timeout 5 svs "$VG" >/dev/null
	lvm2 lvs "$VG" >/dev/null 2>&1
	svrecover -q "$VG"
	expect_text "left behind" "$(words_of svs --noheadings -a -o lv_tags "$VG")" ""
	no_cookies
}

volumes() {
	local names
	read -rd '' -a names < <(svs --noheadings -a -o lv_name "$VG" | sort -b) || true
	echo "${names[*]}"
}

devices() {
	local file name
	for file in /sys/block/dm-*/dm/name; do
		read -r name 2>/dev/null <"$file" || continue
		[[ $name != "$VG-"* ]] || echo "$name"
	done | sort | paste -sd ' '
}

@test "svcreate is killed anywhere" {
	local n
	for ((n = 1; n < 60; n += STEP)); do
		killed "$n" svcreate -q -L 4M -n new "$VG" || break
		unharmed
		case $(volumes) in
		base) not dm_exists "$VG-new" ;;
		"base new") svremove -qf "$VG/new" ;;
		*) volumes >&2; false ;;
		esac
	done
	((n > 10 && n < 60))
}

@test "svcreate --snapshot is killed at each of its ioctls" {
	local n
	for ((n = 1; n < 60; n++)); do
		KILL_OPS=i killed "$n" svcreate -q -s -L 4M -n snap "$VG/base" || break
		unharmed
		case $(volumes) in
		base) expect_text devices "$(devices)" "$VG-base" ;;
		"base snap")
			same_contents "$VG/snap" "$SUM"
			svremove -qf "$VG/snap"
			;;
		*) volumes >&2; false ;;
		esac
		fill "$VG/base" before 0 64
		dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4096 seek=1000 count=1 oflag=direct conv=notrunc status=none
	done
	((n > 12 && n < 60))
}

@test "svremove of the only snapshot is killed anywhere" {
	local n
	svcreate -q -s -L 4M -n snap "$VG/base"
	for ((n = 1; n < 60; n += STEP)); do
		killed "$n" svremove -qf "$VG/snap" || break
		unharmed
		case $(volumes) in
		base)
			expect_text devices "$(devices)" "$VG-base"
			svcreate -q -s -L 4M -n snap "$VG/base"
			;;
		"base snap") expect_text devices "$(devices)" "$VG-base $VG-base-real $VG-snap $VG-snap-cow" ;;
		*) volumes >&2; false ;;
		esac
	done
	((n > 10 && n < 60))
}

@test "svmerge is killed anywhere" {
	local n
	svcreate -q -s -L 4M -n snap "$VG/base"
	for ((n = 1; n < 80; n += STEP)); do
		fill "$VG/base" after 8 16
		settle_udev
		killed "$n" svmerge -q "$VG/snap" || break
		unharmed
		case $(volumes) in
		"base snap" | "[snap] base")
			# begun or not, it can be gone on with
			svmerge -q "$VG/snap"
			;;
		base) ;;
		*) volumes >&2; false ;;
		esac
		dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4096 seek=1000 count=1 oflag=direct conv=notrunc status=none
		same_contents "$VG/base" "$SUM"
		svcreate -q -s -L 4M -n snap "$VG/base"
	done
	((n > 10 && n < 80))
}

@test "the guardian resumes even when the whole process group is killed with the command" {
	local n frozen=$BATS_TEST_TMPDIR/frozen
	for ((n = 1; n < 60; n++)); do
		KILL_OPS=i KILL_HOW=run KILL_RUN="cat /sys/block/dm-*/dm/suspended >>'$frozen'; kill -KILL 0" \
			killed "$n" setsid svcreate -q -s -L 4M -n snap "$VG/base" || break
		wait_until 1 none_suspended
		svrecover -q "$VG"
		[[ $(volumes) != *snap* ]] || svremove -qf "$VG/snap"
		no_cookies
	done
	((n > 12 && n < 60))
	grep -q 1 "$frozen"
}

@test "svrecover lifts the freeze when command and guardian die together" {
	local n frozen=0
	for ((n = 1; n < 60; n++)); do
		KILL_OPS=i KILL_GROUP=1 killed "$n" svcreate -q -s -L 4M -n snap "$VG/base" || break
		none_suspended || frozen=1
		svrecover -q "$VG"
		none_suspended
		case $(volumes) in
		base) expect_text devices "$(devices)" "$VG-base" ;;
		"base snap") svremove -qf "$VG/snap" ;;
		*) volumes >&2; false ;;
		esac
		no_cookies
	done
	[[ ! -s ${SNAPVOL_WATCHDOG_LOG-} ]] || : >"$SNAPVOL_WATCHDOG_LOG"
	((n > 12 && n < 60))
	((frozen))
}

@test "svrename is killed anywhere" {
	local n
	svcreate -q -s -L 4M -n snap "$VG/base"
	for ((n = 1; n < 40; n += STEP)); do
		KILL_OPS=i killed "$n" svrename -q "$VG/base" other || break
		svrecover -q "$VG"
		case $(volumes) in
		"base snap") expect_text devices "$(devices)" "$VG-base $VG-base-real $VG-snap $VG-snap-cow" ;;
		"other snap")
			expect_text devices "$(devices)" "$VG-other $VG-other-real $VG-snap $VG-snap-cow"
			svrename -q "$VG/other" base
			;;
		*) volumes >&2; false ;;
		esac
		no_cookies
	done
	((n > 4 && n < 40))
	same_contents "$VG/snap" "$SUM"
}

@test "svgextend and svgreduce are killed at their writes" {
	local command n found=0
	prepare_devices 1 64M
	svpvcreate -q "${DEVICES[1]}"
	for command in svgextend svgreduce; do
		for ((n = 1; n < 30; n += 2)); do
			KILL_OPS=w killed "$n" "$command" -q "$VG" "${DEVICES[1]}" || break
			svgck -q 2>/dev/null || ((found += 1))
			svrecover -q "$VG"
			svgck
			lvm2_is_content vgck "$VG"
			case $command$(svgs --noheadings -o pv_count "$VG" | tr -d ' ') in
			svgextend2) svgreduce -q "$VG" "${DEVICES[1]}" ;;
			svgreduce1) svgextend -q "$VG" "${DEVICES[1]}" ;;
			esac
		done
		((n > 4 && n < 30))
	done
	((found > 0))
}

# ioctls_of NUMBER COMMAND...: the events of that command of dm-ioctl.h, one a line; it is carried out.
ioctls_of() {
	settle_udev
	KILL_OPS=i KILL_LOG=$BATS_TEST_TMPDIR/events LD_PRELOAD=$SHIM "${@:2}"
	awk -v name="dm$1" '$3 == name { print $1 }' "$BATS_TEST_TMPDIR/events"
}

@test "a command that fails half way of what cannot be undone settles it by itself" {
	local events n
	svcreate -q -s -L 4M -n snap "$VG/base"
	# DM_DEV_REMOVE
	mapfile -t events < <(ioctls_of 4 svchange -q -an "$VG/base")
	((${#events[@]} == 4))
	for n in "${events[@]}"; do
		svchange -q -ay "$VG/base"
		refused 5 "$VG" env KILL_OPS=i KILL_AT="$n" KILL_HOW=5 LD_PRELOAD="$SHIM" svchange -q -an "$VG/base"
		expect_text "mark of a command at work" "$(ls /run/snapvol)" ""
		case $(devices) in
		"" | "$VG-base $VG-base-real $VG-snap $VG-snap-cow") ;;
		*) devices >&2; false ;;
		esac
	done
	svchange -q -ay "$VG/base"
	same_contents "$VG/snap" "$SUM"
}

# Devices with their numbers and tables.
tables() {
	dmsetup info --columns --noheadings --options name,major,minor,read_only | sort
	dmsetup table | sort
}

@test "of volumes that are removed together all stay, active, if the kernel does not let one go" {
	local events n before
	svcreate -q -L 4M -n one "$VG"
	svcreate -q -L 4M -n two "$VG"
	mapfile -t events < <(ioctls_of 4 svremove -qf "$VG/one" "$VG/two")
	((${#events[@]} == 2))
	svcreate -q -L 4M -n one "$VG"
	svcreate -q -pr -L 4M -n two "$VG"
	before=$(tables)
	for n in "${events[@]}"; do
		run -5 env KILL_OPS=i KILL_AT="$n" KILL_HOW=5 LD_PRELOAD="$SHIM" svremove -f "$VG/one" "$VG/two"
		[[ $output == "$VG/"*": cannot remove device "* && ${#lines[@]} == 1 ]]
		expect_text volumes "$(volumes)" "base one two"
		expect_text devices "$(tables)" "$before"
		[[ -b /dev/$VG/one && -b /dev/$VG/two ]]
		expect_text "mark of a command at work" "$(ls /run/snapvol)" ""
	done
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: nothing to settle"
	svremove -qf "$VG/one" "$VG/two"
	expect_text devices "$(devices)" "$VG-base"
}

@test "of volumes that are deactivated together only that stays which the kernel does not let go" {
	local events n command=svchange
	svcreate -q -s -L 4M -n snap "$VG/base"
	svcreate -q -L 4M -n one "$VG"
	svcreate -q -L 4M -n two "$VG"
	mapfile -t events < <(ioctls_of 4 svchange -q -an "$VG")
	((${#events[@]} == 6))
	# the second of a tree, and each that stands alone
	for n in "${events[@]:1:1}" "${events[@]:4}"; do
		svgchange -q -ay "$VG"
		refused 5 "cannot remove device" env KILL_OPS=i KILL_AT="$n" KILL_HOW=5 LD_PRELOAD="$SHIM" \
			"$command" -q -an "$VG"
		case $(devices) in
		"$VG-one" | "$VG-two") [[ $(<"$BATS_TEST_TMPDIR/err") == *"device $(devices):"* ]] ;;
		"$VG-base $VG-base-real $VG-snap $VG-snap-cow") ;;
		*) devices >&2; false ;;
		esac
		expect_text "mark of a command at work" "$(ls /run/snapvol)" ""
		command=svgchange
	done
	svgchange -q -ay "$VG"
	same_contents "$VG/snap" "$SUM"
}

@test "a question to the kernel that fails is told in one line, and is no answer" {
	local events n
	svcreate -q -s -L 4M -n snap "$VG/base"
	# DM_TABLE_STATUS
	mapfile -t events < <(ioctls_of 12 svchange -q -an "$VG/base")
	((${#events[@]} > 2))
	svchange -q -ay "$VG/base"
	for n in "${events[@]}"; do
		refused 5 "cannot ask the kernel" env KILL_OPS=i KILL_AT="$n" KILL_HOW=28 LD_PRELOAD="$SHIM" svchange -q -an "$VG/base"
		expect_text devices "$(devices)" "$VG-base $VG-base-real $VG-snap $VG-snap-cow"
	done
	same_contents "$VG/snap" "$SUM"
}

@test "svrecover makes nodes and links that are missing and removes those of no device" {
	local number
	svcreate -q -s -L 4M -n snap "$VG/base"
	rm "/dev/mapper/$VG-snap" "/dev/$VG/snap" "/dev/$VG/base"
	svrecover -q "$VG"
	same_contents "$VG/snap" "$SUM"
	[[ -b /dev/$VG/snap && -b /dev/$VG/base ]]
	mknod "/dev/mapper/$VG-old" b 253 1
	mknod "/dev/mapper/$VG--other-old" b 253 1
	ln -s "../mapper/$VG-old" "/dev/$VG/old"
	# of a group that was renamed
	read -r -a number < <(stat --format '%Hr %Lr' -L "/dev/mapper/$VG-base")
	mknod "/dev/mapper/former-base" b "${number[@]}"
	mkdir /dev/former
	ln -s ../mapper/former-base /dev/former/base
	svrecover -q "$VG"
	[[ ! -e /dev/mapper/former-base && ! -e /dev/former ]]
	[[ ! -e /dev/mapper/$VG-old && ! -L /dev/$VG/old && -e /dev/mapper/$VG--other-old ]]
	rm "/dev/mapper/$VG--other-old"
}
