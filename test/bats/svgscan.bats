#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# svgscan, svgmknodes, svpvscan and svscan against LVM2's.

load lib
load refused
load group

SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so

setup() {
	prepare_devices 3 40M
}

# like_lvm2 COMMAND LVM2-COMMAND OPTION...: sorted, as nobody promises an order of devices.
like_lvm2() {
	local own lvm2s
	own=$("$1" "${@:3}" 2>/dev/null | sort)
	lvm2s=$(lvm2 "$2" "${@:3}" 2>/dev/null | sort)
	expect_text "$*" "$own" "$lvm2s"
}

@test "what is scanned is shown as LVM2 shows it" {
	local option
	like_lvm2 svgscan vgscan
	like_lvm2 svpvscan pvscan
	svpvcreate -q "${DEVICES[2]}"
	svgcreate -q "$VG" "${DEVICES[0]}"
	svgcreate -q "${VG}-other" "${DEVICES[1]}"
	svgexport -q "${VG}-other"
	svcreate -q -L 8M -n base "$VG"
	like_lvm2 svgscan vgscan
	for option in "" -s -u -n -e -su; do
		# shellcheck disable=SC2086
		like_lvm2 svpvscan pvscan $option
	done
	like_lvm2 svscan lvscan -b
	like_lvm2 svgdisplay vgdisplay -A -s
	svchange -qan "$VG"
	like_lvm2 svgdisplay vgdisplay -A -s
	expect_text "no active group" "$(svgdisplay -A)" ""
	refused 3 "contradicts" svpvscan -n -e
	refused 3 "need --cache" svpvscan "${DEVICES[0]}"
	refused 3 "is none of" svpvscan --cache -a y
}

@test "groups of devices that appear are activated once they are complete" {
	local number
	svgcreate -q "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	svcreate -q -an -Zn -L 4M -n base "$VG" "${DEVICES[0]}"
	svcreate -q -an -Zn -L 4M -n manual --setautoactivation n "$VG" "${DEVICES[1]}"
	svcreate -q -an -Zn -L 4M -n passing --setautoactivation n "$VG" "${DEVICES[0]}"
	svpvscan -q --cache -a ay "${DEVICES[2]}"
	svpvscan -q --cache "${DEVICES[0]}"
	not dm_exists "$VG-base"
	svpvscan -q --cache -a ay --devices "${DEVICES[0]}" "${DEVICES[0]}" 2>/dev/null
	not dm_exists "$VG-base"
	number=$(stat --format %Hr:%Lr "${DEVICES[1]}")
	svpvscan -q --cache -a ay --major "${number%:*}" --minor "${number#*:}"
	dm_exists "$VG-base"
	not dm_exists "$VG-manual"
	# another event of its devices is no reason to activate it again
	svchange -qan "$VG"
	svpvscan -q --cache -a ay "${DEVICES[1]}"
	not dm_exists "$VG-base"
	svpvscan -q --cache -a ay
	dm_exists "$VG-base"
	# nor is a group complete whose devices have not all been told of
	svgchange -qan "$VG"
	rm -rf /run/lvm/pvs_online
	expect_text "events" "$(svpvscan --cache -a ay "${DEVICES[0]}" 2>&1 | sed 's/\[.*\]//')" \
		"  pvscan PV ${DEVICES[0]} online, VG $VG incomplete (need 1)."
	not dm_exists "$VG-base"
	svpvscan --cache -a ay "${DEVICES[1]}" | grep -q "VG $VG run autoactivation"
	dm_exists "$VG-base"
	# nor one whose device was told of and has gone: it is activated when that has come again
	svgchange -qan "$VG"
	svpvscan -q --cache -a ay --config "devices/filter=[\"r|${DEVICES[1]}|\"]" "${DEVICES[0]}" 2>/dev/null
	not dm_exists "$VG-base"
	svpvscan -q --cache -a ay "${DEVICES[1]}"
	dm_exists "$VG-base"
	# that LVM2 has noted it as missing meanwhile does not keep it from that
	svgchange -qan "$VG"
	lvm2 lvremove -qq -y --devices "${DEVICES[0]}" "$VG/passing" >/dev/null 2>&1
	pv_field "${DEVICES[1]}" pv_missing missing
	svpvscan -q --cache -a ay "${DEVICES[1]}"
	dm_exists "$VG-base"
}

# The one finds the group claimed, or the other finds it complete, wherever their steps meet.  Who comes second is not waited
# for longer than he has to wait for a lock.
@test "a group is activated by one of two events that meet while its device comes back" {
	local n second=$BATS_TEST_TMPDIR/second
	svgcreate -q "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	svcreate -q -an -Zn -L 4M -n base "$VG" "${DEVICES[0]}"
	svpvscan -q --cache "${DEVICES[@]:0:2}"
	cat >"$second" <<-END
		losetup ${DEVICES[1]} $BATS_TEST_TMPDIR/disk1
		{ svpvscan -q --cache -a ay ${DEVICES[1]}; touch $second.done; } &
		for i in 1 2 3 4 5 6 7 8 9; do [ -e $second.done ] || sleep 0.1; done
	END
	for ((n = 1; ; n++)); do
		losetup --detach "${DEVICES[1]}"
		settle_udev
		KILL_OPS=l KILL_AT=$n KILL_HOW=run KILL_RUN="sh $second" KILL_LOG=$BATS_TEST_TMPDIR/locks \
			LD_PRELOAD=$SHIM command svpvscan -q --cache -a ay "${DEVICES[0]}"
		(($(wc -l <"$BATS_TEST_TMPDIR/locks") >= n)) || break
		wait_until 30 [ -e "$second.done" ]
		expect_text "active, the second event before lock $n of the first" "$(dm_exists "$VG-base" && echo yes)" yes
		svgchange -q -an "$VG"
		rm "$BATS_TEST_TMPDIR/locks" "$second.done"
	done
	((n > 4))
	not dm_exists "$VG-base"
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
}

# What either tool says and leaves behind of an event.
event() {
	local command=$1
	shift
	if [[ $command == lvm2 ]]; then
		LVM_SUPPRESS_FD_WARNINGS=1 timeout 60 /sbin/pvscan --config "$(lvm2_config | sed 's/event_activation=0/event_activation=1/')" \
			"$@" </dev/null
	else
		svpvscan "$@"
	fi 2>&1 | sed 's/pvscan\[[0-9]*\]/pvscan[PID]/'
	find /run/lvm -type f ! -name '*hints' 2>/dev/null | sort | while read -r file; do
		echo "$file: $(<"$file")"
	done
}

events() {
	local command=$1 incomplete=(--cache --listvg --checkcomplete --vgonline --autoactivation event --udevoutput --journal=output)
	rm -rf /run/lvm/{pvs_online,pvs_lookup,vgs_online}
	event "$command" "${incomplete[@]}" "${DEVICES[0]}"
	event "$command" "${incomplete[@]}" "${DEVICES[2]}"
	event "$command" --cache --listvg --checkcomplete "${DEVICES[0]}"
	event "$command" "${incomplete[@]}" "${DEVICES[1]}"
	event "$command" "${incomplete[@]}" "${DEVICES[0]}"
	event "$command" --cache --listlvs --checkcomplete "${DEVICES[1]}"
	event "$command" --listlvs "${DEVICES[0]}"
	event "$command" --cache --listvg "${DEVICES[2]}"
	event "$command" --cache --listvg --udevoutput "${DEVICES[0]}"
	event "$command" --cache "${DEVICES[0]}"
	# one that has gone has no number that another would have
	sed -i '1s/.*/259:999/' "/run/lvm/pvs_online/$(pv_id "${DEVICES[1]}" | tr -d -)"
	event "$command" --cache --major 259 --minor 999 | grep -v ' No device'
}

@test "what udev's rules ask of a device that appears is answered as by LVM2" {
	needs_guest
	lvm2 vgcreate -qq "$VG" "${DEVICES[0]}" "${DEVICES[1]}" >/dev/null 2>&1
	lvm2 lvcreate -qq -an -Zn -l 1 -n base "$VG" >/dev/null 2>&1
	expect_text answers "$(events own)" "$(events lvm2)"
	[ ! -e "/run/lvm/vgs_online/$VG" ]
	svpvscan -q --cache --listvg --checkcomplete --vgonline "${DEVICES[1]}"
	svgchange -q -aay --autoactivation event "$VG"
	dm_exists "$VG-base"
	[ -e "/run/lvm/vgs_online/$VG" ]
	svgchange -q -an "$VG"
	[ ! -e "/run/lvm/vgs_online/$VG" ]
	svgchange -q -aay --autoactivation event --config global/event_activation=0 "$VG"
	svgchange -q -aay --autoactivation another "$VG"
	svgchange -q -aay --autoactivation event --config "devices/filter=[\"r|${DEVICES[1]}|\"]" "$VG" 2>/dev/null
	svpvscan -q --cache -a ay --config global/event_activation=0
	not dm_exists "$VG-base"
	refused 3 "are for one device" svpvscan --listvg
	refused 3 "need --cache" svpvscan --listvg --checkcomplete "${DEVICES[0]}"
	refused 3 "is for --activate ay" svgchange -ay --autoactivation event "$VG"
}

@test "so is a device that holds no metadata and comes first, and its group is complete when that can be told" {
	needs_guest
	local words=(--cache --listvg --checkcomplete --vgonline --autoactivation event --udevoutput --journal=output)
	lvm2 pvcreate -qq --pvmetadatacopies 0 "${DEVICES[1]}" >/dev/null 2>&1
	lvm2 vgcreate -qq "$VG" "${DEVICES[0]}" "${DEVICES[1]}" >/dev/null 2>&1
	lvm2 lvcreate -qq -an -Zn -l 1 -n base "$VG" >/dev/null 2>&1
	events() {
		rm -rf /run/lvm/{pvs_online,pvs_lookup,vgs_online}
		event "$1" "${words[@]}" --devices "${DEVICES[1]}" "${DEVICES[1]}"
		event "$1" "${words[@]}" "${DEVICES[0]}"
	}
	expect_text answers "$(events own)" "$(events lvm2)"
	[ -e "/run/lvm/vgs_online/$VG" ]
}

@test "nodes and links that are missing are made, and dead ones go" {
	svgcreate -q "$VG" "${DEVICES[0]}"
	svcreate -q -L 4M -n base "$VG"
	settle_udev
	rm "/dev/$VG/base" "/dev/mapper/$VG-base"
	ln -s nowhere "/dev/$VG/gone"
	svgmknodes --test "$VG"
	[ ! -e "/dev/mapper/$VG-base" ]
	svgmknodes "$VG"
	[ -b "/dev/$VG/base" ]
	[ -b "/dev/mapper/$VG-base" ]
	[ ! -L "/dev/$VG/gone" ]
	rm "/dev/$VG/base"
	svgscan --mknodes
	[ -b "/dev/$VG/base" ]
	rm "/dev/$VG/base"
	svgmknodes --refresh "$VG/base"
	[ -b "/dev/$VG/base" ]
	refused 5 "no such group" svgmknodes nosuch
}
