# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads a text of state_of() (transitions.bash), prints each extent that devices of two volumes map,
# and each device that maps what no volume has in the metadata.

# From the devices' first extent on, in extents.
function span(name, disk, start, len,    i) {
	sub(/(-real|-cow)?:$/, "", name)
	for (i = start; i < start + len; i += extent) {
		if ((disk, i) in owner && owner[disk, i] != name)
			print name " and " owner[disk, i] " both map " disk " from sector " i
		owner[disk, i] = name
		mapped[disk, i] = name
	}
}

BEGIN { extent = 128 }

$1 == "dm" && $5 == "linear" { span($2, $6, $7, $4) }
$1 == "dm" && $5 == "striped" {
	for (i = 0; i < $6; i++)
		span($2, $(8 + 2 * i), $(9 + 2 * i), $4 / $6)
}

# VG|LV|…|RANGES, a range being DISK:FIRST-LAST in extents
!/^dm/ && split($0, field, "|") > 8 {
	count = split(field[11], range, " ")
	for (i = 1; i <= count; i++) {
		split(range[i], part, /[:-]/)
		for (pe = part[2]; pe <= part[3]; pe++)
			taken[part[1], 256 + pe * extent] = 1
	}
}

END {
	for (key in mapped)
		if (!(key in taken)) {
			split(key, part, SUBSEP)
			print mapped[key] " maps " part[1] " from sector " part[2] ", which no volume has"
		}
}
