# SPDX-License-Identifier: GPL-2.0-or-later
#
# Put into a manual page what the program says of itself:
#
#	awk -f options.awk DESCRIPTION PAGE
#
# DESCRIPTION is the output of "snapvol describe".  Lines of the page that stand alone are
# replaced:
#
#	@OPTIONS APPLET@	the options of a command; "-" those of all commands
#	@SETTINGS@		all settings
#	@FIELDS PREFIX@		the fields of reports whose group has that prefix
#	@COMMANDS@		all commands

BEGIN { FS = "\t" }

# A sentence: upper case, a full stop, lines that are not too long, nothing that roff takes for its own.
function sentence(text, words, count, i, line)
{
	gsub(/\\/, "\\e", text)
	text = toupper(substr(text, 1, 1)) substr(text, 2)
	if (text !~ /[.]$/)
		text = text "."
	count = split(text, words, " ")
	line = ""
	for (i = 1; i <= count; i++) {
		if (line != "" && length(line) + length(words[i]) > 76) {
			print line
			line = ""
		}
		if (line == "" && words[i] ~ /^[.']/)
			line = "\\&"
		line = line (line == "" || line == "\\&" ? "" : " ") words[i]
		# A sentence ends its line.
		if (words[i] ~ /[a-z][.]$/ && i < count) {
			print line
			line = ""
		}
	}
	print line
}

function print_options(applet, i, part)
{
	print ".Bl -tag -width Ds"
	for (i = 1; i <= options; i++) {
		split(option[i], part, FS)
		if (part[2] != applet)
			continue
		printf ".It "
		if (part[3] != "-")
			printf "Fl %s , ", part[3]
		printf "Fl -%s", part[4]
		if (part[5] != "-")
			printf " Ns = Ns Ar %s", part[5]
		print ""
		sentence(part[6])
	}
	print ".El"
}

function print_settings(i, part)
{
	print ".Bl -tag -width Ds"
	for (i = 1; i <= settings; i++) {
		split(setting[i], part, FS)
		gsub(/"/, "\\(dq", part[3])
		# a long list may be broken behind its commas
		gsub(/,/, ",\\\\:", part[3])
		if (part[3] == "-")
			printf ".It Cm %s Pq not set\n", part[2]
		else
			printf ".It Cm %s No = Li %s\n", part[2], part[3]
		sentence(part[4])
	}
	print ".El"
}

function print_fields(prefix, i, part)
{
	print ".Bl -tag -width vg_missing_pv_count -compact"
	for (i = 1; i <= fields; i++) {
		split(field[i], part, FS)
		if (part[2] != prefix)
			continue
		print ".It Cm " part[3]
		sentence(part[5])
	}
	print ".El"
}

function print_commands(i, part)
{
	print ".Bl -tag -width svpvdisplay -compact"
	for (i = 1; i <= applets; i++) {
		split(applet[i], part, FS)
		print ".It Xr " part[2] " 8"
		sentence(part[3])
	}
	print ".El"
}

NR == FNR {
	if ($1 == "option")
		option[++options] = $0
	else if ($1 == "setting")
		setting[++settings] = $0
	else if ($1 == "field")
		field[++fields] = $0
	else if ($1 == "applet")
		applet[++applets] = $0
	next
}

/^@OPTIONS .*@$/ { print_options(substr($0, 10, length($0) - 10)); next }
/^@FIELDS .*@$/ { print_fields(substr($0, 9, length($0) - 9)); next }
$0 == "@SETTINGS@" { print_settings(); next }
$0 == "@COMMANDS@" { print_commands(); next }
{ print }
