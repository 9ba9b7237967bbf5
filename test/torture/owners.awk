# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads what "state" prints, prints each extent that devices of two volumes map, and each device that
# maps what no volume has in the metadata.

# Groups of transitions.bash have their first extent at sector 256.
function span(name, disk, start, len,    i) {
	sub(/(-real|-cow)?$/, "", name)
	for (i = start; i < start + len; i += extent) {
		if ((disk, i) in owner && owner[disk, i] != name)
			print name " and " owner[disk, i] " both map " disk " from sector " i
		owner[disk, i] = name
		mapped[disk, i] = name
	}
}

BEGIN { extent = 128; from = 256 }

$1 == "table" && $5 == "linear" { span($2, $6, $7, $4) }
$1 == "table" && $5 == "striped" {
	for (i = 0; i < $6; i++)
		span($2, $(8 + 2 * i), $(9 + 2 * i), $4 / $6)
}

# segment VG/LV DISK FIRST COUNT
$1 == "segment" {
	for (pe = $4; pe < $4 + $5; pe++)
		taken[$3, from + pe * extent] = 1
}

END {
	for (key in mapped)
		if (!(key in taken)) {
			split(key, part, SUBSEP)
			print mapped[key] " maps " part[1] " from sector " part[2] ", which no volume has"
		}
}
