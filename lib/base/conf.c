/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/conf.h"

#include "base/auto.h"
#include "base/guard.h"
#include "base/io.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"

#include <assert.h>
#include <libdevmapper.h>
#include <limits.h>
#include <string.h>
#include <sys/utsname.h>

/* Grouped by section, because that is how they are printed. */
static const struct setting settings[] = {
	{ "activation/activation_mode", SETTING_TEXT, "\"degraded\"",
	  N_("What may be activated of a group that lacks devices: complete or degraded (whole "
	     "volumes), or partial (what is left of them, and errors for the rest).") },
	{ "activation/auto_activation_volume_list", SETTING_LIST, "",
	  N_("Which of the volumes that may be activated are activated automatically (-aay), as in "
	     "activation/volume_list.  Not set: all.") },
	{ "activation/enabled", SETTING_BOOL, "1",
	  N_("Make devices in the kernel. Off: metadata only, as on image files.") },
	{ "activation/merge_timeout", SETTING_NUMBER, "300",
	  N_("How long a merge that is waited for may get no further, in seconds.") },
	{ "activation/polling_interval_ms", SETTING_NUMBER, "100",
	  N_("How often a waiting command asks whether a merge is done, in milliseconds.") },
	{ "activation/read_only_volume_list", SETTING_LIST, "",
	  N_("Volumes that are active read-only here, whatever their metadata say, as in "
	     "activation/volume_list.  Not set: none.") },
	{ "activation/remove_timeout", SETTING_NUMBER, "10",
	  N_("How long to try to remove a device that something holds open, in seconds.") },
	{ "activation/snapshot_autoextend_percent", SETTING_NUMBER, "20",
	  N_("By how much of its size a store grows by policy, in percent.") },
	{ "activation/snapshot_autoextend_threshold", SETTING_NUMBER, "100",
	  N_("A store grows by policy when it is filled more than this, in percent, from 50 on; "
	     "100: never.") },
	{ "activation/suspend_timeout", SETTING_NUMBER, "30",
	  N_("How long one device may take to suspend, in seconds.") },
	{ "activation/udev_sync", SETTING_BOOL, "1",
	  N_("Wait until udev has made nodes and links.") },
	{ "activation/udev_timeout", SETTING_NUMBER, "30",
	  N_("How long to wait for udev, in seconds; then the nodes are made here.") },
	{ "activation/volume_list", SETTING_LIST, "",
	  N_("Volumes that may be activated here: GROUP, GROUP/VOLUME, @TAG, and @* for what has a "
	     "tag of this host.  Not set: all, or where this host has tags, what has one of "
	     "them.") },
	{ "allocation/physical_extent_size", SETTING_NUMBER, "4096",
	  N_("Extent size of a new group, in KiB.") },
	{ "allocation/wipe_signatures_when_zeroing_new_lvs", SETTING_BOOL, "1",
	  N_("Look for signatures of old contents in a new volume and wipe them.") },
	{ "backup/archive", SETTING_BOOL, "1",
	  N_("Keep a copy of the metadata before each change.") },
	{ "backup/archive_dir", SETTING_TEXT, "\"/etc/lvm/archive\"",
	  N_("Where these copies are kept.") },
	{ "backup/backup", SETTING_BOOL, "1",
	  N_("Keep a copy of the metadata after each change.") },
	{ "backup/backup_dir", SETTING_TEXT, "\"/etc/lvm/backup\"",
	  N_("Where this copy is kept.") },
	{ "backup/retain_days", SETTING_NUMBER, "30",
	  N_("Archived copies younger than this are kept, in days.") },
	{ "backup/retain_min", SETTING_NUMBER, "10",
	  N_("At least so many archived copies are kept.") },
	{ "config/profile_dir", SETTING_TEXT, "\"/etc/lvm/profile\"",
	  N_("Where profiles are: files NAME.profile.") },
	{ "devices/default_data_alignment", SETTING_NUMBER, "1",
	  N_("Data of a new device begins at a multiple of this, in MiB.") },
	{ "devices/devicesfile", SETTING_TEXT, "\"system.devices\"",
	  N_("The devices file's name, in the directory \"devices\" beside lvm.conf.") },
	{ "devices/dir", SETTING_TEXT, "\"/dev\"", N_("Where device nodes are.") },
	{ "devices/filter", SETTING_LIST, "[]",
	  N_("Devices to look at: a list of a|regex| (accept) and r|regex| (reject), of which the "
	     "first that matches decides.") },
	{ "devices/global_filter", SETTING_LIST, "[]",
	  N_("The same, and applied as well whatever the filter says.") },
	{ "devices/issue_discards", SETTING_BOOL, "0",
	  N_("Tell devices which extents are free again when volumes are removed or shrink.") },
	{ "devices/only", SETTING_LIST, "[]",
	  N_("Consider just these devices or image files; for rescue work and tests.") },
	{ "devices/scan", SETTING_LIST, "[\"/dev\"]",
	  N_("Directories whose device nodes are looked at; /dev alone: all that udev knows.") },
	{ "devices/scan_lvs", SETTING_BOOL, "0",
	  N_("Look for devices of groups on volumes, too.") },
	{ "devices/use_devicesfile", SETTING_BOOL, "0",
	  N_("Look at the devices that LVM2's devices file names, if there is such a file, instead "
	     "of asking the filters.") },
	{ "global/activation", SETTING_BOOL, "1",
	  N_("Talk to the kernel's device-mapper. Off: what is active is unknown, as with "
	     "--driverloaded n.") },
	{ "global/etc", SETTING_TEXT, "\"/etc\"", N_("Where system configuration is.") },
	{ "global/event_activation", SETTING_BOOL, "1",
	  N_("Groups are activated when udev tells that all of their devices have appeared.") },
	{ "global/lock_timeout", SETTING_NUMBER, "60",
	  N_("How long to wait for a lock, in seconds; then its holder is named.  The same for an "
	     "answer to a question, but 5 at least.") },
	{ "global/locking_dir", SETTING_TEXT, "\"/run/lock/lvm\"",
	  N_("Where locks are; LVM2 must use the same directory.") },
	{ "global/lvm_command", SETTING_TEXT, "\"/sbin/lvm\"",
	  N_("LVM2's own program, to which commands under LVM2's names are passed on that are not "
	     "for this one; empty: never.") },
	{ "global/run_dir", SETTING_TEXT, "\"/run/snapvol\"",
	  N_("Where running commands leave their marks; must not survive a reboot.") },
	{ "global/suffix", SETTING_BOOL, "1", N_("Print the unit behind sizes in reports.") },
	{ "global/system_id_file", SETTING_TEXT, "\"\"",
	  N_("The file whose first line is this host's system ID, if its source is \"file\".") },
	{ "global/system_id_source", SETTING_TEXT, "\"none\"",
	  N_("Where this host's system ID, by which groups belong to one host, comes from: none, "
	     "lvmlocal (local/system_id), uname, machineid or file.") },
	{ "global/units", SETTING_TEXT, "\"r\"", N_("Units of sizes, as --units takes them.") },
	{ "local/extra_system_ids", SETTING_LIST, "[]",
	  N_("System IDs of other hosts whose groups may be changed here.") },
	{ "local/system_id", SETTING_TEXT, "\"\"",
	  N_("This host's system ID, if its source is \"lvmlocal\".") },
	{ "log/command_log_cols", SETTING_TEXT,
	  "\"log_seq_num,log_type,log_context,log_object_type,log_object_name,log_object_id,log_object_"
	  "group,log_object_group_id,log_message,log_errno,log_ret_code\"",
	  N_("Columns of the report that log/report_command_log asks for.") },
	{ "log/command_log_selection", SETTING_TEXT,
	  "\"!(log_type=status && message=success)\"",
	  N_("Which of its lines are printed, as --select takes it.") },
	{ "log/command_log_sort", SETTING_TEXT, "\"log_seq_num\"",
	  N_("By which of its columns they are sorted.") },
	{ "log/file", SETTING_TEXT, "\"\"",
	  N_("A file that messages are added to, whether they are shown or not; empty: none.") },
	{ "log/journal", SETTING_LIST, "[]",
	  N_("What systemd's journal keeps, as --journal takes it.") },
	{ "log/level", SETTING_NUMBER, "0",
	  N_("Which messages go to that file and to syslog: 0 none, 3 errors, 4 warnings and what was "
	     "done, too, 5 details, too, 7 all.") },
	{ "log/overwrite", SETTING_BOOL, "0", N_("Begin that file anew with each command.") },
	{ "log/prefix", SETTING_TEXT, "\"  \"",
	  N_("What stands before each line of a report, and under LVM2's names before each message.") },
	{ "log/report_command_log", SETTING_BOOL, "0",
	  N_("Under LVM2's names: print messages as a report, behind the command's own.") },
	{ "log/silent", SETTING_BOOL, "0", N_("Say no more than with --quiet.") },
	{ "log/syslog", SETTING_BOOL, "1", N_("Send messages to syslog, as far as log/level says.") },
	{ "log/verbose", SETTING_NUMBER, "0",
	  N_("Say as much as with that many --verbose, where the command line says nothing.") },
	{ "report/output_format", SETTING_TEXT, "\"basic\"",
	  N_("How reports are printed, as --reportformat takes it.") },
	{ "report/separator", SETTING_TEXT, "\" \"", N_("What stands between columns.") },
	{ "snapshot/chunk_size_sectors", SETTING_NUMBER, "8",
	  N_("How much is copied at a time, in 512-byte sectors: a power of two from 8 to 1024.") },
	{ "snapshot/warn_per_origin", SETTING_NUMBER, "5",
	  N_("Warn when an origin gets more snapshots than this; 0 never.") },
	{ 0 }
};

enum { LAYERS = 24, FILE_LIMIT = 1 << 20, MOST_TAGS = 64, TAG_SIZE = 128 };

/* Trees of settings, the later ones before the earlier ones; the first holds the defaults. */
struct conf {
	struct dm_config_tree *layers[LAYERS];
	bool is_override[LAYERS];
	unsigned count;
	char lvm2_dir[PATH_MAX];	/* of LVM2's files; empty: none */
	char tags[MOST_TAGS][TAG_SIZE]; /* of this host */
	unsigned tag_count;
};

const struct setting *conf_settings(void)
{
	return settings;
}

static const struct setting *find_setting(const char *path)
{
	const struct setting *setting;

	for (setting = settings; setting->path; setting++)
		if (!strcmp(setting->path, path))
			return setting;
	return NULL;
}

/* --- reading --- */

static void tree_free(struct dm_config_tree **tree)
{
	if (*tree)
		dm_config_destroy(*tree);
}

static bool value_fits(const struct setting *setting, const struct dm_config_value *value)
{
	switch (setting->kind) {
	case SETTING_BOOL:
		return value->type == DM_CFG_INT && (value->v.i == 0 || value->v.i == 1) &&
		       !value->next;
	case SETTING_NUMBER:
		return value->type == DM_CFG_INT && value->v.i >= 0 && value->v.i <= UINT32_MAX &&
		       !value->next;
	case SETTING_TEXT:
		return value->type == DM_CFG_STRING && !value->next;
	case SETTING_LIST:
		for (; value; value = value->next)
			if (value->type != DM_CFG_STRING && value->type != DM_CFG_EMPTY_ARRAY)
				return false;
		return true;
	}
	return false;
}

static bool is_section(const char *name)
{
	const size_t len = strlen(name);
	const struct setting *setting;

	for (setting = settings; setting->path; setting++)
		if (!strncmp(setting->path, name, len) && setting->path[len] == '/')
			return true;
	return false;
}

/* What is done about a setting that is not in the table.  STRANGER_PASS: it is none of our business. */
enum stranger { STRANGER_REFUSE, STRANGER_WARN, STRANGER_PASS };

static int check_leaf(const char *name, enum stranger stranger, const char *section,
		      const struct dm_config_node *node)
{
	const struct setting *setting;
	char path[128];

	snprintf(path, sizeof(path), "%s%s%s", section ? section : "", section ? "/" : "",
		 node->key);
	setting = find_setting(path);
	/* a section that is also a value would hide from this check what stands in it */
	if (!setting && stranger == STRANGER_WARN && !is_section(path)) {
		warn(_("%s: no such setting, ignored: %s"), name, path);
		return 0;
	}
	if (!setting && stranger == STRANGER_PASS)
		return 0;
	if (!setting)
		return fail(-EINVAL, _("%s: no such setting: %s"), name, path);
	if (node->v && value_fits(setting, node->v))
		return 0;
	if (stranger != STRANGER_PASS)
		return fail(-EINVAL, _("%s: wrong kind of value for %s"), name, path);
	warn(_("%s: wrong kind of value for %s, ignored"), name, path);
	return 0;
}

static int check_nodes(const char *name, enum stranger stranger, const char *section,
		       const struct dm_config_node *node)
{
	int r = 0;

	for (; node && !r; node = node->sib) {
		if (!node->v && !section && is_section(node->key))
			r = check_nodes(name, stranger, node->key, node->child);
		else
			r = check_leaf(name, stranger, section, node);
	}
	return r;
}

static int parse(const char *name, const char *given, enum stranger stranger,
		 struct dm_config_tree *tree)
{
	const size_t room = strlen(given) + 2;
	AUTO_FREE char *text = malloc(room);
	const char *problem, *why;
	bool parsed;
	size_t offset;
	int r;

	if (!text)
		return fail_memory();
	/* The guard wants the last line ended. */
	snprintf(text, room, "%s\n", given);
	r = guard_without_comments(text, &problem, &offset);
	if (r < 0)
		return fail(r, _("%s: %s at byte %zu"), name, _(problem), offset + 1);
	/* an empty file, or comments only, say nothing */
	if (!text[strspn(text, " \t\r\n")])
		return 0;
	guard_listen();
	parsed = dm_config_parse(tree, text, text + strlen(text));
	why = guard_heard();
	if (!parsed)
		return fail(-EINVAL, _("%s: not in the syntax of settings (%s)"), name, why);
	return check_nodes(name, stranger, NULL, tree->root);
}

static int add_layer(struct conf *conf, const char *name, const char *text, enum stranger stranger)
{
	AUTO(tree) struct dm_config_tree *tree = NULL;
	int r;

	if (conf->count == LAYERS)
		return fail(-E2BIG, _("%s: too many settings given"), name);
	tree = dm_config_create();
	if (!tree)
		return fail_memory();
	r = parse(name, text, stranger, tree);
	if (r < 0)
		return r;
	conf->layers[conf->count++] = TAKE(tree);
	return 0;
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* One string of two parts. */
static void print_string(FILE *out, const char *text, const char *rest)
{
	fputc('"', out);
	print_escaped(out, text);
	print_escaped(out, rest);
	fputc('"', out);
}

static int load(struct conf *conf, const char *path, enum stranger stranger)
{
	AUTO_FREE char *text = NULL;
	int r = file_read(path, FILE_LIMIT, &text);

	if (r == -ENOENT)
		return 0;
	if (r == -EILSEQ)
		return fail(r, _("%s: a NUL byte is no text"), path);
	if (r < 0) {
		errno = -r;
		return fail_errno(_("%s: cannot read"), path);
	}
	r = add_layer(conf, path, text, stranger);
	return r < 0 ? r : 1;
}

int conf_load(struct conf *conf, const char *path)
{
	return load(conf, path, STRANGER_REFUSE);
}

/* Copies go where they would go for LVM2, below its directory; profiles are there, too. */
static int add_directory(struct conf *conf, const char *dir)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	int r = stream_begin(&stream);

	if (r < 0)
		return r;
	if (*dir) {
		fputs("backup/archive_dir=", stream.out);
		print_string(stream.out, dir, "/archive");
		fputs("\nconfig/profile_dir=", stream.out);
		print_string(stream.out, dir, "/profile");
		fputs("\nbackup/backup_dir=", stream.out);
		print_string(stream.out, dir, "/backup");
	} else {
		fputs("backup/archive=0 backup/backup=0", stream.out);
	}
	r = stream_end(&stream, &text, NULL);
	return r < 0 ? r : add_layer(conf, "LVM_SYSTEM_DIR", text, STRANGER_REFUSE);
}

/* --- tags of this host --- */

static bool has_tag(const struct conf *conf, const char *tag)
{
	unsigned i;

	for (i = 0; i < conf->tag_count; i++)
		if (!strcmp(conf->tags[i], tag))
			return true;
	return false;
}

static int add_tag(struct conf *conf, const char *tag)
{
	if (*tag == '@')
		tag++;
	if (!*tag || strchr(tag, '/') || strlen(tag) >= TAG_SIZE)
		return fail(-EINVAL, _("tags: \"%s\" is no tag of a host"), tag);
	if (has_tag(conf, tag))
		return 0;
	if (conf->tag_count == MOST_TAGS)
		return fail(-E2BIG, _("tags: this host has more than %d"), MOST_TAGS);
	snprintf(conf->tags[conf->tag_count++], TAG_SIZE, "%s", tag);
	return 0;
}

/* A tag without a list of hosts is every host's. */
static bool names_host(const struct dm_config_node *tag, const char *host)
{
	const struct dm_config_node *list = tag->child;
	const struct dm_config_value *value;

	if (!list)
		return true;
	for (; list; list = list->sib) {
		if (strcmp(list->key, "host_list"))
			continue;
		for (value = list->v; value; value = value->next)
			if (value->type == DM_CFG_STRING && !strcmp(value->v.str, host))
				return true;
	}
	return false;
}

static int take_tags(struct conf *conf, const struct dm_config_node *root, const char *host)
{
	const struct dm_config_node *section = dm_config_find_node(root, "tags"), *node;
	const struct dm_config_node *own = dm_config_find_node(root, "tags/hosttags");
	int r = 0;

	if (own && own->v && own->v->type == DM_CFG_INT && own->v->v.i)
		r = add_tag(conf, host);
	for (node = section ? section->child : NULL; node && !r; node = node->sib)
		if (!node->v && names_host(node, host))
			r = add_tag(conf, node->key);
	return r;
}

/* Each tag may have a file of its own, which may give the host others. */
static int load_tags(struct conf *conf, const char *dir)
{
	unsigned layer = 0, tag = 0;
	struct utsname host;
	char path[PATH_MAX];
	int r = uname(&host) < 0 ? fail_errno("uname") : 0;

	while (r >= 0 && (layer < conf->count || tag < conf->tag_count)) {
		if (layer < conf->count) {
			r = take_tags(conf, conf->layers[layer++]->root, host.nodename);
			continue;
		}
		snprintf(path, sizeof(path), "%s/lvm_%s.conf", dir, conf->tags[tag++]);
		r = load(conf, path, STRANGER_PASS);
	}
	return r;
}

const char *conf_host_tag(const struct conf *conf, unsigned index)
{
	return index < conf->tag_count ? conf->tags[index] : NULL;
}

int conf_load_lvm2(struct conf *conf, const char *dir)
{
	static const char *const names[] = { "lvm.conf", "lvmlocal.conf" };
	char path[PATH_MAX];
	unsigned i;
	int r = add_directory(conf, dir);

	snprintf(conf->lvm2_dir, sizeof(conf->lvm2_dir), "%s", dir);
	for (i = 0; r >= 0 && *dir && i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		r = load(conf, path, STRANGER_PASS);
	}
	if (r >= 0 && *dir)
		r = load_tags(conf, dir);
	return r < 0 ? r : 0;
}

int conf_load_profile(struct conf *conf, const char *name)
{
	char path[PATH_MAX];
	int r;

	if (!*name || strchr(name, '/'))
		return fail(-EDOM, _("%s: is no name of a profile"), name);
	snprintf(path, sizeof(path), "%s/%s.profile", conf_text(conf, "config/profile_dir"), name);
	r = load(conf, path, STRANGER_PASS);
	return r ? (r < 0 ? r : 0) : fail(-ENOENT, _("%s: no such profile"), path);
}

const char *conf_lvm2_dir(const struct conf *conf)
{
	return conf->lvm2_dir;
}

/* "section/name=value" needs no work: to dm_config a key may be a path.  Programs that call LVM2 name
 * settings of LVM2's that have no meaning here. */
int conf_override(struct conf *conf, const char *text)
{
	const unsigned layer = conf->count;
	int r = add_layer(conf, "--config", text, STRANGER_WARN);

	if (!r)
		conf->is_override[layer] = true;
	return r;
}

bool conf_is_overridden(const struct conf *conf, const char *path)
{
	unsigned i;

	assert(find_setting(path));
	for (i = 0; i < conf->count; i++)
		if (conf->is_override[i] && dm_config_find_node(conf->layers[i]->root, path))
			return true;
	return false;
}

/* --- defaults --- */

/* The presets, read like any other settings. */
static int add_defaults(struct conf *conf)
{
	const struct setting *setting;
	AUTO_FREE char *text = NULL;
	struct stream stream;
	int r = stream_begin(&stream);

	if (r < 0)
		return r;
	for (setting = settings; setting->path; setting++)
		if (*setting->preset)
			fprintf(stream.out, "%s=%s\n", setting->path, setting->preset);
	r = stream_end(&stream, &text, NULL);
	return r < 0 ? r : add_layer(conf, "defaults", text, STRANGER_REFUSE);
}

struct conf *conf_new(void)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		fail_memory();
	else if (add_defaults(conf) < 0)
		conf_free(&conf);
	return conf;
}

void conf_free(struct conf **conf)
{
	if (!*conf)
		return;
	while ((*conf)->count)
		dm_config_destroy((*conf)->layers[--(*conf)->count]);
	free(*conf);
	*conf = NULL;
}

/* --- values --- */

/* NULL: it has no default and is not set. */
static const struct dm_config_value *find_value(const struct conf *conf, const char *path,
						enum setting_kind kind)
{
	const struct setting *setting = find_setting(path);
	const struct dm_config_node *node = NULL;
	unsigned i = conf->count;

	assert(setting && setting->kind == kind);
	(void)kind;
	while (i && !node) {
		node = dm_config_find_node(conf->layers[--i]->root, path);
		/* one that was warned of */
		if (node && !(node->v && value_fits(setting, node->v)))
			node = NULL;
	}
	assert(node || !*setting->preset);
	return node ? node->v : NULL;
}

/* One that was warned of is, too: who wanted to leave something out has not left it in. */
bool conf_is_set(const struct conf *conf, const char *path)
{
	unsigned i;

	assert(find_setting(path));
	for (i = 0; i < conf->count; i++)
		if (dm_config_find_node(conf->layers[i]->root, path))
			return true;
	return false;
}

bool conf_bool(const struct conf *conf, const char *path)
{
	return find_value(conf, path, SETTING_BOOL)->v.i;
}

uint64_t conf_number(const struct conf *conf, const char *path)
{
	return (uint64_t)find_value(conf, path, SETTING_NUMBER)->v.i;
}

unsigned conf_limit_ms(const struct conf *conf, const char *path)
{
	const uint64_t seconds = conf_number(conf, path);

	return seconds > UINT_MAX / 1000 ? UINT_MAX : (unsigned)seconds * 1000;
}

const char *conf_text(const struct conf *conf, const char *path)
{
	return find_value(conf, path, SETTING_TEXT)->v.str;
}

const char *conf_list_item(const struct conf *conf, const char *path, unsigned index)
{
	const struct dm_config_value *value = find_value(conf, path, SETTING_LIST);

	while (value && index--)
		value = value->next;
	return value && value->type == DM_CFG_STRING ? value->v.str : NULL;
}

/* --- printing --- */

static void print_current(const struct conf *conf, FILE *out, const struct setting *setting)
{
	const char *item;
	unsigned i;

	switch (setting->kind) {
	case SETTING_BOOL:
		fprintf(out, "%d", conf_bool(conf, setting->path));
		break;
	case SETTING_NUMBER:
		fprintf(out, "%llu", (unsigned long long)conf_number(conf, setting->path));
		break;
	case SETTING_TEXT:
		print_string(out, conf_text(conf, setting->path), "");
		break;
	case SETTING_LIST:
		if (!conf_is_set(conf, setting->path))
			break;
		fputc('[', out);
		for (i = 0; (item = conf_list_item(conf, setting->path, i)); i++) {
			if (i)
				fputs(", ", out);
			print_string(out, item, "");
		}
		fputc(']', out);
		break;
	}
}

/* The text of a value as print_current() has it, empty if it has none; NULL, reported, without memory. */
static char *current_text(const struct conf *conf, const struct setting *setting)
{
	struct stream stream;
	char *text = NULL;

	if (stream_begin(&stream) < 0)
		return NULL;
	print_current(conf, stream.out, setting);
	stream_end(&stream, &text, NULL);
	return text;
}

static void print_setting(FILE *out, const struct setting *setting, const char *value,
			  enum conf_print what, const char **section)
{
	size_t len = strcspn(setting->path, "/");

	if (!*section || strncmp(*section, setting->path, len + 1)) {
		fprintf(out, "%s%.*s {\n", *section ? "}\n\n" : "", (int)len, setting->path);
		*section = setting->path;
	} else if (what == CONF_DEFAULT) {
		fputc('\n', out);
	}
	if (what == CONF_DEFAULT)
		fprintf(out, "\t# %s\n", _(setting->help));
	if (*value)
		fprintf(out, "\t%s = %s\n", setting->path + len + 1, value);
	else
		fprintf(out, "\t# %s: not set\n", setting->path + len + 1);
}

int conf_print(const struct conf *conf, FILE *out, enum conf_print what)
{
	const struct setting *setting;
	const char *section = NULL;

	for (setting = settings; setting->path; setting++) {
		AUTO_FREE char *value = current_text(conf, setting);

		if (!value)
			return -ENOMEM;
		if (what == CONF_DIFF && !strcmp(value, setting->preset))
			continue;
		if (what != CONF_DEFAULT && !*value)
			continue;
		print_setting(out, setting, what == CONF_DEFAULT ? setting->preset : value, what,
			      &section);
	}
	if (section)
		fputs("}\n", out);
	return 0;
}

/* --- as LVM2 prints them --- */

/* The layers below are the defaults, and where LVM2's directory is. */
enum { FIRST_SAID = 2 };

static int put_line(const char *line, void *out)
{
	return fprintf(out, "%s\n", line) >= 0;
}

static int put_indented(const char *line, void *out)
{
	return fprintf(out, "\t%s\n", line) >= 0;
}

static const struct dm_config_node *find_said(const struct conf *conf, const char *path)
{
	const struct dm_config_node *node = NULL;
	unsigned i;

	for (i = conf->count; !node && i > FIRST_SAID; i--)
		node = dm_config_find_node(conf->layers[i - 1]->root, path);
	return node;
}

/* Whether a layer before that one has it, too. */
static bool is_said_before(const struct conf *conf, unsigned layer, const char *path)
{
	while (layer-- > FIRST_SAID)
		if (dm_config_find_node(conf->layers[layer]->root, path))
			return true;
	return false;
}

/* Whether what is said of it is the default. */
static bool is_preset(const struct conf *conf, const char *path)
{
	const struct setting *setting = find_setting(path);
	AUTO_FREE char *value = setting ? current_text(conf, setting) : NULL;

	return value && !strcmp(value, setting->preset);
}

static void write_said_section(const struct conf *conf, FILE *out, const char *section, bool diff)
{
	const struct dm_config_node *node;
	char path[PATH_MAX];
	bool begun = false;
	unsigned i;

	for (i = FIRST_SAID; i < conf->count; i++) {
		node = dm_config_find_node(conf->layers[i]->root, section);
		for (node = node ? node->child : NULL; node; node = node->sib) {
			snprintf(path, sizeof(path), "%s/%s", section, node->key);
			if (is_said_before(conf, i, path) || (diff && is_preset(conf, path)))
				continue;
			if (!begun)
				fprintf(out, "%s {\n", section);
			begun = true;
			dm_config_write_one_node(find_said(conf, path), put_indented, out);
		}
	}
	if (begun)
		fputs("}\n", out);
}

static void write_all_said(const struct conf *conf, FILE *out, bool diff)
{
	const struct dm_config_node *node;
	unsigned i;

	for (i = FIRST_SAID; i < conf->count; i++)
		for (node = conf->layers[i]->root; node; node = node->sib)
			if (!is_said_before(conf, i, node->key))
				write_said_section(conf, out, node->key, diff);
}

/* Of the settings of the table all that are in a section, or in any. */
static void write_table(const struct conf *conf, FILE *out, const char *section, bool preset)
{
	const struct setting *setting;
	const char *last = "";
	size_t len;

	for (setting = settings; setting->path; setting++) {
		AUTO_FREE char *value = preset ? NULL : current_text(conf, setting);

		len = strcspn(setting->path, "/");
		if (section && (strncmp(section, setting->path, len) || section[len]))
			continue;
		if (!*(value ? value : setting->preset))
			continue;
		if (strncmp(last, setting->path, len + 1))
			fprintf(out, "%s%.*s {\n", *last ? "}\n" : "", (int)len, setting->path);
		last = setting->path;
		fprintf(out, "\t%s%s=%s\n", preset ? "# " : "", last + len + 1,
			value ? value : setting->preset);
	}
	if (*last)
		fputs("}\n", out);
}

static bool write_one(const struct conf *conf, FILE *out, enum conf_print what, const char *path)
{
	const struct setting *setting = find_setting(path);
	const struct dm_config_node *node = what == CONF_DEFAULT ? NULL : find_said(conf, path);

	if (node && !(what == CONF_DIFF && is_preset(conf, path)))
		dm_config_write_one_node(node, put_line, out);
	else if (setting && (what == CONF_DEFAULT || what == CONF_FULL) && !*setting->preset)
		return true; /* as LVM2 */
	else if (setting && (what == CONF_DEFAULT || what == CONF_FULL))
		fprintf(out, "%s%s=%s\n", what == CONF_DEFAULT ? "# " : "",
			strchr(path, '/') + 1, setting->preset);
	else
		return false;
	return true;
}

int conf_write(const struct conf *conf, FILE *out, enum conf_print what, const char *path)
{
	const bool of_table = what == CONF_DEFAULT || what == CONF_FULL;

	if (path && strchr(path, '/') ? !write_one(conf, out, what, path)
				      : path && !is_section(path) && !find_said(conf, path))
		return fail(-ENOENT, _("%s: no such setting is made"), path);
	if (path && strchr(path, '/'))
		return 0;
	if (of_table)
		write_table(conf, out, path, what == CONF_DEFAULT);
	else if (path)
		write_said_section(conf, out, path, what == CONF_DIFF);
	else
		write_all_said(conf, out, what == CONF_DIFF);
	return 0;
}
