# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a guest of test/torture/run does: kill.bash and cut.bash, with the words of WORDS.  No udevd runs unless
# UDEV is set: it would take most of the time.

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
# shellcheck source=test/vm/guest-setup.bash
. "$here/../vm/guest-setup.bash"

[[ ${UDEV-} ]] || guest_start_udev() {
	:
}

guest_setup || exit
guest_strip_lvm_settings
export LC_ALL=C PATH=$SNAPVOL_BIN_DIR/links:$SNAPVOL_BIN_DIR:$PATH
export SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so SERVED=$SNAPVOL_BIN_DIR/../test/torture/served.so
export BLOCKS=$SNAPVOL_BIN_DIR/../test/torture/blocks STATE=$SNAPVOL_BIN_DIR/../test/torture/state
export VG=torture RESULTS=$OUT/results DONE=$OUT/done DEVICES

for i in 0 1; do
	truncate -s 8M "/tmp/disk$i"
	DEVICES="${DEVICES-}${DEVICES+ }$(losetup --find --show "/tmp/disk$i")"
done
read -ra arguments <<<"$WORDS"
read -ra kills <<<"$KILL_WORDS"
: >"$OUT/faults"
((${#kills[@]} == 0)) || bash "$here/kill.bash" "${kills[@]}" "${arguments[@]}" 2>>"$OUT/faults" || exit
[[ $CUTS ]] || exit 0
# what is left there is a group of the same name
losetup --detach-all
PATH=$SNAPVOL_BIN_DIR/../test/torture:$PATH
export KEPT=$OUT/kept REBOOTS
bash "$here/cut.bash" "${arguments[@]}" 2>>"$OUT/faults"
