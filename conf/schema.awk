# SPDX-License-Identifier: GPL-2.0-or-later
#
# Put the fields of reports into the schema of their JSON:
#
#	awk -f schema.awk DESCRIPTION SCHEMA
#
# DESCRIPTION is the output of "snapvol describe"; the line @FIELDS@ is replaced.

BEGIN { FS = "\t" }

NR == FNR {
	if ($1 == "field")
		field[++fields] = "\"" $3 "\": { \"$ref\": \"#/definitions/" $6 "\" }"
	next
}

$0 == "@FIELDS@" {
	for (i = 1; i <= fields; i++)
		print "\t\t\t\t" field[i] (i < fields ? "," : "")
	next
}

{ print }
