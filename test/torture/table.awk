# SPDX-License-Identifier: GPL-2.0-or-later
#
# "TRANSITION KIND TRIED SURVIVED" lines as a table, a row a transition and a column a kind; ends with
# status 1 unless everything survived.

{
	if (!($1 in row)) {
		row[$1] = ++rows
		name[rows] = $1
	}
	if (!($2 in column)) {
		column[$2] = ++columns
		kind[columns] = $2
	}
	tried[$1, $2] += $3
	survived[$1, $2] += $4
	all[$2] += $3
	good[$2] += $4
}

function cell(good, all) {
	printf " %14s", all ? good " of " all : "-"
}

END {
	printf "%-22s", "survived"
	for (c = 1; c <= columns; c++)
		printf " %14s", kind[c]
	print ""
	for (r = 1; r <= rows; r++) {
		printf "%-22s", name[r]
		for (c = 1; c <= columns; c++)
			cell(survived[name[r], kind[c]], tried[name[r], kind[c]])
		print ""
	}
	printf "%-22s", "all"
	for (c = 1; c <= columns; c++) {
		cell(good[kind[c]], all[kind[c]])
		bad += all[kind[c]] - good[kind[c]]
		any += all[kind[c]]
	}
	print ""
	exit !any || bad
}
