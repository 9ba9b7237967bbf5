# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares two files of "DEVICE REGION REST" lines.  A region of "-" is being written to.  Volumes in
# "skip", and the devices in "invalid", are not looked at.

BEGIN {
	count = split(skip, word, " ")
	for (i = 2; i <= count; i++)
		skipped["/dev/mapper/" vg "-" word[i]] = 1
	for (i = split(invalid, word); i; i--)
		skipped["/dev/mapper/" word[i]] = 1
}

$1 in skipped { next }

NR == FNR { region[$1] = $2; rest[$1] = $3; next }

!($1 in rest) { print $1 " is there"; next }

{
	seen[$1] = 1
	if (rest[$1] != $3)
		print $1 " has other contents"
	else if (region[$1] != $2 && region[$1] != "-" && $2 != "-")
		print $1 " has another beginning"
}

END {
	for (name in rest)
		if (!(name in seen))
			print name " is not there"
}
