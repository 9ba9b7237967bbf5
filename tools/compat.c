/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/compat.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "model/lv.h"
#include "model/vg.h"
#include "ops/session.h"
#include "report/command-log.h"
#include "report/format.h"
#include "store/catalog.h"
#include "tools/applet.h"

#include <libdevmapper.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARTS = 8, PART_SIZE = 512, PID_SIZE = 16 };

static const char PASSED_ON[] = "SNAPVOL_PASSED_ON";

#define INVALID_PATH(path) "\"" path "\": Invalid path for Logical Volume."
#define NO_GROUP           "Volume group \"$1\" not found\n  Cannot process volume group $1"
#define NO_VOLUME          "Failed to find logical volume \"$1/$2\""

/* A message of ours and how LVM2 says it: some of its commands, or all.  '*' stands for a name, '?' for what
 * should be one, '%' for a path, '#' for the rest; $1 is what the first of them stood for.  The first row that fits is meant.  A
 * message without a row keeps its words; NULL: LVM2 says nothing. */
static const struct wording {
	const char *own, *lvm2, *commands;
} wordings[] = {
	{ "*/*/*: names neither a group nor a volume", INVALID_PATH("$1/$2/$3") },
	{ "/dev/*/*/*: names neither a group nor a volume", INVALID_PATH("$1/$2/$3") },
	{ "/dev/mapper/*: names neither a group nor a volume", NO_GROUP },
	{ "%: names neither a group nor a volume", INVALID_PATH("$1") },
	{ "*/*: names neither a group nor a volume", NO_VOLUME },
	{ "*: names a group, say which volume: #", "Please specify a logical volume path." },
	{ "/dev/*/*: names a volume, say just the group", "Invalid volume group name $1/$2." },
	{ "*/*: names a volume, say just the group", "Invalid volume group name $1/$2." },
	{ "?: a name may #", "New volume group name \"$1\" is invalid.",
	  "vgcreate vgrename vgsplit" },
	{ "?: a name may #",
	  "Volume group name \"$1\" has invalid characters.\n  Cannot process volume group $1" },
	{ "*/*: no such volume",
	  "Existing logical volume \"$2\" not found in volume group \"$1\"", "lvrename" },
	{ "*/*: no such volume", "Logical volume $2 not found in volume group $1.",
	  "lvextend lvreduce lvresize" },
	{ "*/*: no such volume", "Snapshot origin LV $2 not found in Volume group $1.", "lvcreate" },
	{ "*: group exists already", "New VG name \"$1\" already exists", "vgrename" },
	{ "*: no such group", "Volume group \"$1\" not found", "vgmerge" },
	{ "%: No such file or directory", "No device found for $1.",
	  "pvcreate pvremove vgcreate vgextend" },
	{ "%: No such file or directory", "Cannot use $1: device not found", "pvchange pvresize" },
	{ "%: no such device", "Cannot use $1: device not found", "pvdisplay pvs" },
	{ "%: is no physical volume", "Failed to find physical volume \"$1\"." },
	{ "%: is no PV", "No PV found on device $1.", "pvremove" },
	{ "%: is no PV", "Failed to find physical volume \"$1\".", "pvchange pvresize" },
	{ "%: is no device of *", "Failed to find physical volume \"$1\"." },
	{ "%: not a device of group *",
	  "Physical Volume \"$1\" not found in Volume Group \"$2\"." },
	{ "%: is a device of group *; take it out with svgreduce",
	  "PV $1 is used by VG $2 so please use vgreduce first.\n"
	  "  (If you are certain you need pvremove, then confirm by using --force twice.)\n"
	  "  $1: physical volume label not removed.", "pvremove" },
	{ "%: is a device of group *; take it out with svgreduce",
	  "Can't initialize physical volume \"$1\" of volume group \"$2\" without -ff\n"
	  "  $1: physical volume not initialized.", "pvcreate" },
	{ "%: is a device of group *; take it out with svgreduce",
	  "Physical volume '$1' is already in volume group '$2'\n"
	  "  Unable to add physical volume '$1' to volume group '$2'\n"
	  "  $1: physical volume not initialized.", "vgcreate vgextend" },
	{ "%: extents in use: *; #", "Physical volume \"$1\" still in use", "vgreduce" },
	{ "*: misses no device", "Volume group \"$1\" is already consistent." },
	{ "*: is not exported", "Volume group \"$1\" is not exported" },
	{ "*: imported", "Volume group \"$1\" successfully imported" },
	{ "*: exported", "Volume group \"$1\" successfully exported" },
	{ "*: metadata copied to #", "Volume group \"$1\" successfully backed up." },
	{ "*: metadata written to all its areas", NULL },
	{ "*/*: lies on devices of both parts",
	  "Can't split Logical Volume $2 between two Volume Groups" },
	{ "*/*: nothing would be left of it", "Unable to reduce $1/$2 below 1 extent." },
	{ "*/*: * extents are not larger than the * it has; #",
	  "New size given ($3 extents) not larger than existing size ($4 extents)" },
	{ "*/*: a name may have letters, digits and + _ . - only",
	  "Logical volume name \"$2\" is invalid.", "lvcreate" },
	{ "*/*: has that read-ahead already", "Read ahead is already set for $1/$2." },
	{ "*/*: already has no fixed number",
	  "Minor number is already not persistent for $1/$2." },
	{ "*/*: created", "Logical volume \"$2\" created." },
	{ "*/*: removed", "Logical volume \"$2\" successfully removed." },
	{ "*/*: renamed to *", "Renamed \"$2\" to \"$3\" in volume group \"$1\"" },
	{ "*/*: changed", "Logical volume $1/$2 changed." },
	{ "*/*: resized from * * (* extents) to * * (* extents)",
	  "Size of logical volume $1/$2 changed from $3 $4 ($5 extents) to $6 $7 ($8 extents).\n"
	  "  Logical volume $1/$2 successfully resized." },
	{ "*/*: has this size already: * extents",
	  "New size ($3 extents) matches existing size ($3 extents)." },
	{ "*/*: must be active for its filesystem to be seen",
	  "Logical volume $1/$2 must be activated before resizing filesystem." },
	{ "*/*: rounding size up to whole extents: #",
	  "Rounding up size to full physical extent $3" },
	{ "*/*: rounding size * * (* extents) up to whole stripes: * * (* extents)",
	  "Rounding size ($5 extents) up to stripe boundary size for segment ($8 extents).",
	  "lvextend lvreduce lvresize" },
	{ "*/*: rounding size * * (* extents) up to whole stripes: * * (* extents)",
	  "Rounding size $3 $4 ($5 extents) up to stripe boundary size $6 $7 ($8 extents)." },
	{ "*/*: rounding size * * (* extents) down to whole stripes: * * (* extents)",
	  "Rounding size ($5 extents) down to stripe boundary size for segment ($8 extents)",
	  "lvextend lvreduce lvresize" },
	{ "*/*: rounding size * * (* extents) down to whole stripes: * * (* extents)",
	  "Rounding size $3 $4 ($5 extents) down to stripe boundary size $6 $7 ($8 extents)." },
	{ "*/*: reducing the store from * * to the most it can use: #",
	  "Reducing COW size $3 $4 down to maximum usable size $5." },
	{ "*/*: split from its origin", "Logical Volume $1/$2 split from its origin." },
	{ "*/*: is a snapshot of * now", "Logical volume $1/$2 converted to snapshot." },
	{ "*/*: merged into */*",
	  "Merge of snapshot into logical volume $3/$4 has finished.\n"
	  "  Logical volume \"$2\" successfully removed." },
	{ "*/*: will merge when * is activated",
	  "Merging of snapshot $1/$2 will occur on next activation of $1/$3." },
	{ "*/*: no such volume", NO_VOLUME },
	{ "*/*: volume exists already",
	  "Logical Volume \"$2\" already exists in volume group \"$1\"" },
	{ "*/*: * extents in * stripes do not fit, policy *: * free; #",
	  "Volume group \"$1\" has insufficient free space ($6 extents): $3 required." },
	{ "*: group created", "Volume group \"$1\" successfully created" },
	{ "*: group extended", "Volume group \"$1\" successfully extended" },
	{ "*: split from *", "New volume group \"$1\" successfully split from \"$2\"" },
	{ "*: took over a part of *",
	  "Existing volume group \"$1\" successfully split from \"$2\"" },
	{ "*: merged into *", "Volume group \"$1\" successfully merged into \"$2\"" },
	{ "*: group removed", "Volume group \"$1\" successfully removed" },
	{ "*: group exists already", "A volume group called $1 already exists." },
	{ "*: no such group", NO_GROUP },
	{ "*: is named as both groups", "Duplicate volume group name \"$1\"" },
	{ "*/*: is active; deactivate it first", "Logical volume $1/$2 must be inactive." },
	{ "%: taken out of *", "Removed \"$1\" from volume group \"$2\"" },
	{ "%: is a PV now", "Physical volume \"$1\" successfully created." },
	{ "%: is no PV any more", "Labels on physical volume \"$1\" successfully wiped." },
	{ "%: no such device", "No device found for $1." },
	{ "%: changed", "Physical volume \"$1\" changed" },
	{ "*: changed", "Volume group \"$1\" successfully changed" },
	{ "*: renamed to *", "Volume group \"$1\" successfully renamed to \"$2\"" },
	{ "*: * logical volume(s) now active",
	  "$2 logical volume(s) in volume group \"$1\" now active" },
	{ "*/*: no such setting is made", "Configuration node $1/$2 not found" },
	{ "*: no such setting is made", "Configuration node $1 not found" },
	{ "*: no such field", NULL },
	{ "--config: no such setting, ignored: #", NULL },
	{ "--notifydbus: #", "Cannot notify dbus: lvm is not built with dbus support." },
	{ "--activevolumegroups: contradicts the #",
	  "Option -A is not allowed with volume group names" },
	{ "--columns: #", "Incompatible options selected" },
	{ "--colon: #", "Incompatible options selected" },
	{ "--journal: #", "Ignoring unrecognized journal value." },
};

/* How much of a text what stands for something takes. */
static size_t length_of_part(char pattern, const char *text)
{
	if (pattern == '#')
		return strlen(text);
	if (pattern == '*')
		return strcspn(text, " /:;");
	if (pattern == '?')
		return strcspn(text, "/:");
	return *text == '/' ? strcspn(text, " :") : 0;
}

static bool matches(const char *pattern, const char *text, char parts[PARTS][PART_SIZE])
{
	unsigned count = 0;
	size_t len;

	for (; *pattern; pattern++) {
		if (!strchr("*?%#", *pattern)) {
			if (*pattern != *text++)
				return false;
			continue;
		}
		len = length_of_part(*pattern, text);
		if (!len || len >= PART_SIZE || count == PARTS)
			return false;
		memcpy(parts[count], text, len);
		parts[count++][len] = '\0';
		text += len;
	}
	return !*text;
}

static void print_wording(FILE *out, const char *text, char parts[PARTS][PART_SIZE])
{
	for (; *text; text++)
		if (text[0] == '$' && text[1] >= '1' && text[1] < '1' + PARTS)
			fputs(parts[*++text - '1'], out);
		else
			fputc(*text, out);
}

/* Whether a word is among those of a list. */
static bool is_among(const char *list, const char *word)
{
	const size_t len = strlen(word);
	const char *found;

	for (found = strstr(list, word); found; found = strstr(found + 1, word))
		if ((found == list || found[-1] == ' ') && strchr(" ", found[len]))
			return true;
	return false;
}

static const struct wording *find_wording(const char *command, const char *line,
					  char parts[PARTS][PART_SIZE])
{
	unsigned i;

	for (i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++)
		if ((!wordings[i].commands || is_among(wordings[i].commands, command)) &&
		    matches(wordings[i].own, line, parts))
			return &wordings[i];
	return NULL;
}

/* How LVM2 says it; NULL: not at all, or no memory. */
static char *reword(const char *command, enum log_level level, const char *line)
{
	char parts[PARTS][PART_SIZE] = { 0 }, *text = NULL;
	const struct wording *wording = find_wording(command, line, parts);
	struct stream stream;

	if (wording && !wording->lvm2)
		return NULL;
	if (stream_begin(&stream) < 0)
		return NULL;
	if (level == MSG_WARN)
		fputs("WARNING: ", stream.out);
	if (wording)
		print_wording(stream.out, wording->lvm2, parts);
	else
		fputs(line, stream.out);
	stream_end(&stream, &text, NULL);
	return text;
}

/* What a message that begins so is about, as far as LVM2 has a name for it. */
static void name_object(const char *own, char *name, struct log_line *line)
{
	char *slash;

	snprintf(name, LOGGED_SIZE, "%.*s", (int)strcspn(own, ": "), own);
	line->object_type = line->object = line->group = "";
	if (!own[strlen(name)] || own[strlen(name)] != ':' || applet_find(name) || *name == '-')
		return;
	slash = strchr(name, '/');
	line->object_type = *name == '/' ? "pv" : slash ? "lv" : "vg";
	line->object = name;
	if (!slash || *name == '/')
		return;
	*slash = '\0';
	line->object = slash + 1;
	line->group = name;
}

/* A line of the log for each line of the text. */
static void log_text(struct compat *compat, enum log_level level, const char *own, char *text)
{
	static const char *const types[] = { "error", "warn", "print", "print", "print" };
	struct log_line line = { .type = types[level], .error = level == MSG_ERROR ? -1 : 0 };
	char name[LOGGED_SIZE], *rest;

	if (level == MSG_ERROR)
		snprintf(compat->object, sizeof(compat->object), "%s", own);
	name_object(own, name, &line);
	while ((rest = strstr(text, "\n  "))) {
		*rest = '\0';
		line.message = text;
		command_log_add(compat->log, &line);
		text = rest + strlen("\n  ");
	}
	line.message = text;
	command_log_add(compat->log, &line);
}

/* The sink of log.h. */
static void take_line(void *data, enum log_level level, const char *line)
{
	struct compat *compat = data;
	FILE *errors = compat->kept.out ? compat->kept.out : stderr;
	AUTO_FREE char *text = reword(compat->command, level, line);

	if (text && compat->log && level <= MSG_SAY)
		log_text(compat, level, line, text);
	else if (text)
		fprintf(level == MSG_SAY ? stdout : errors, "%s%s\n", log_prefix(), text);
}

void compat_log_options(const struct conf *conf, struct log_options *options)
{
	*options = (struct log_options) {
		.columns = conf_text(conf, "log/command_log_cols"),
		.sort = conf_text(conf, "log/command_log_sort"),
		.select = conf_text(conf, "log/command_log_selection"),
	};
}

int compat_new_log(const struct conf *conf, enum report_format format, struct command_log **log)
{
	struct log_options options;

	compat_log_options(conf, &options);
	return command_log_begin(&options, format, log);
}

int compat_begin_log(struct compat *compat, const struct conf *conf, const char *said, bool wanted)
{
	AUTO(command_log) struct command_log *log = NULL;
	enum report_format format;
	int r;

	if (!wanted && !conf_bool(conf, "log/report_command_log"))
		return 0;
	r = format_parse(said ? said : conf_text(conf, "report/output_format"), &format);
	r = r < 0 ? r : compat_new_log(conf, format, &log);
	if (r >= 0)
		compat->log = TAKE(log);
	return r;
}

int compat_end_log(struct compat *compat, int result)
{
	struct log_line line = {
		.type = "status",
		.message = result < 0 ? "failure" : "success",
		.error = result < 0 ? -1 : 0,
		.code = result < 0 ? 5 : 1,
	};
	AUTO(command_log) struct command_log *log = compat->log;
	char name[LOGGED_SIZE];
	int r;

	if (!log)
		return result;
	name_object(compat->object, name, &line);
	command_log_add(log, &line);
	compat->log = NULL;
	r = command_log_end(log);
	return result < 0 || r >= 0 ? result : r;
}

void compat_begin(struct compat *compat, const char *command, char *const *argv)
{
	*compat = (struct compat) { .command = command, .argv = argv };
	stream_begin(&compat->kept);
	log_set_sink(take_line, compat);
	setenv("NO_COLOR", "1", 1); /* LVM2 has none */
}

void compat_end(struct compat *compat)
{
	char *kept = NULL;

	log_set_sink(NULL, NULL);
	if (!compat->kept.out)
		return;
	stream_end(&compat->kept, &kept, NULL);
	compat->kept.out = NULL;
	fputs(kept ? kept : "", stderr);
	free(kept);
}

static bool has_strangers(const struct vg *vg)
{
	const struct segment *segment;
	const struct lv *lv;

	if (!vg)
		return true;
	dm_list_iterate_items(lv, &vg->lvs)
		dm_list_iterate_items(segment, &lv->segments)
			if (segment->kind == SEGMENT_FOREIGN)
				return true;
	return false;
}

bool compat_has_strangers(struct session *session)
{
	const struct group *group;
	struct catalog *catalog;

	if (session_catalog(session, &catalog) < 0)
		return false;
	dm_list_iterate_items(group, &catalog->groups)
		if (has_strangers(group->vg))
			return true;
	return false;
}

/* A link to this program, or a program that ends here again. */
static bool is_circle(const char *path, const char *pid)
{
	const char *before = getenv(PASSED_ON);
	struct stat own, other;

	if (before && !strcmp(before, pid))
		return true;
	return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

void compat_pass_on(struct compat *compat, const struct conf *conf)
{
	const char *path = conf_text(conf, "global/lvm_command");
	char pid[PID_SIZE];

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (!*path || access(path, X_OK) < 0 || is_circle(path, pid))
		return;
	if (setenv(PASSED_ON, pid, 1) < 0 || fflush(stdout))
		return;
	execv(path, compat->argv);
}

void compat_say_test(const struct compat *compat)
{
	FILE *errors = compat->kept.out ? compat->kept.out : stderr;

	fprintf(errors,
		"%sTEST MODE: Metadata will NOT be updated and volumes will not be "
		"(de)activated.\n",
		log_prefix());
}

bool compat_answer(const char *word)
{
	char driver[64];

	if (!strcmp(word, "segtypes")) {
		printf("  striped\n  zero\n  error\n  linear\n  snapshot\n");
	} else if (!strcmp(word, "formats")) {
		printf("  lvm2\n");
	} else if (!strcmp(word, "version") || !strcmp(word, "--version")) {
		printf("  LVM version:     %s\n", COMPAT_VERSION);
		if (dm_get_library_version(driver, sizeof(driver)))
			printf("  Library version: %s\n", driver);
		if (dm_driver_version(driver, sizeof(driver)))
			printf("  Driver version:  %s\n", driver);
		printf("  Configuration:   snapvol %s\n", PACKAGE_VERSION);
	} else {
		return !strcmp(word, "tags");
	}
	return true;
}
