# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data on volumes, for suites that ask whether contents survive ("load data" after "load lib").
# Volumes are named VG/LV; their devices are written past the page cache.

device_of() {
	echo "/dev/mapper/${1%%/*}-${1#*/}"
}

# fill VG/LV WORD [BLOCK COUNT]: 4 KiB blocks, each saying WORD and its own number.
fill() {
	local first=${3-0} count=${4-64}
	awk -v word="$2" -v first="$first" -v count="$count" 'BEGIN {
		for (i = first; i < first + count; i++) {
			line = sprintf("%s %08d ", word, i)
			text = line
			while (length(text) < 4096)
				text = text line
			printf "%s", substr(text, 1, 4096)
		}
	}' | dd of="$(device_of "$1")" bs=4096 seek="$first" iflag=fullblock oflag=direct conv=notrunc status=none
}

# sum_of VG/LV: of everything on it.
sum_of() {
	dd if="$(device_of "$1")" bs=1M iflag=direct status=none | md5sum | cut -d ' ' -f 1
}

# same_contents VG/LV SUM
same_contents() {
	expect_text "contents of $1" "$(sum_of "$1")" "$2"
}
