/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "ops/recover.h"
#include "tools/common-options.h"
#include "tools/compat.h"
#include "tools/options.h"
#include "tools/record.h"

#include <ctype.h>
#include <fcntl.h>
#include <libdevmapper.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As LVM2 has them. */
enum exit_code { EXIT_DONE = 0, EXIT_NO_COMMAND = 2, EXIT_COMMAND_LINE = 3, EXIT_FAILED = 5 };

/* From here on they are an applet's own. */
enum { FIRST_OWN_EXIT = 10 };

/* LVM2's commands by the beginning of their names. */
static const struct name_prefix {
	const char *lvm2, *own;
} name_prefixes[] = {
	{ "lv", "sv" },
	{ "vg", "svg" },
	{ "pv", "svpv" },
};

enum { APPLET_NAME_SIZE = 32 };

struct run {
	const struct applet *applet;
	struct common_args common;
	struct change_args change;
	struct command_line line;
	void *args;	     /* of the applet's own options */
	const char *command; /* the command line as text */
	struct compat *compat; /* NULL: called by a name of ours */
	bool left;	     /* to the real lvm */
};

static int exit_code_of(int result)
{
	if (result >= 0)
		return result >= FIRST_OWN_EXIT ? result : EXIT_DONE;
	return result == -EDOM ? EXIT_COMMAND_LINE : EXIT_FAILED;
}

/* A file that is opened later must not become what is taken for standard input, output or error.
 * What cannot be read or written by its nature gives an error when it is. */
static void occupy_standard_descriptors(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDWR };
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			_exit(EXIT_FAILED);
}

/* Numbers stay in the C locale: programs read them. */
static void speak_users_language(void)
{
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	bindtextdomain(PACKAGE_TARNAME, LOCALEDIR);
	textdomain(PACKAGE_TARNAME);
}

static const struct applet *find_command(const char *name)
{
	const struct applet *applet = applet_find(name);
	char own[APPLET_NAME_SIZE];
	unsigned i;
	size_t len;

	for (i = 0; !applet && i < sizeof(name_prefixes) / sizeof(name_prefixes[0]); i++) {
		len = strlen(name_prefixes[i].lvm2);
		if (strncmp(name, name_prefixes[i].lvm2, len))
			continue;
		snprintf(own, sizeof(own), "%s%s", name_prefixes[i].own, name + len);
		applet = applet_find(own);
	}
	return applet;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_this_program(const char *name)
{
	return !strcmp(name, "snapvol") || !strcmp(name, "lt-snapvol");
}

static bool is_lvm2_name(const char *name)
{
	unsigned i;

	for (i = 0; i < sizeof(name_prefixes) / sizeof(name_prefixes[0]); i++)
		if (!strncmp(name, name_prefixes[i].lvm2, strlen(name_prefixes[i].lvm2)))
			return true;
	return false;
}

static void print_version(void)
{
	char library[64];

	printf("snapvol %s\n", PACKAGE_VERSION);
	/* Programs that ask LVM2 for its version look for this line. */
	printf("  LVM version:     %s (options and reports)\n", COMPAT_VERSION);
	if (dm_get_library_version(library, sizeof(library)))
		printf("  Library version: %s\n", library);
}

static void print_commands(FILE *out)
{
	unsigned i;

	fprintf(out, _("Usage: snapvol COMMAND [OPTION...] [OPERAND...]\n\nCommands:\n"));
	for (i = 0; applets[i]; i++)
		if (applets[i]->summary)
			fprintf(out, "  %-14s %s\n", applets[i]->name, _(applets[i]->summary));
	fprintf(out, _("\n\"snapvol COMMAND --help\" tells more.\n"));
}

static void print_help(const struct applet *applet)
{
	printf(_("Usage: %s %s\n"), applet->name, _(applet->synopsis));
	if (applet->summary)
		printf("%s\n", _(applet->summary));
	if (applet->options && applet->options->name) {
		printf("\n");
		options_help(applet->options, NULL, stdout);
	}
	printf(_("\nOptions of all commands:\n"));
	if (!(applet->kind & LOOKS_ONLY))
		options_help(change_options, applet->options, stdout);
	options_help(common_options, applet->options, stdout);
}

static int check_operands(const struct run *run)
{
	const struct applet *applet = run->applet;
	int count = (int)run->line.operands.count;

	if (count < applet->operand_min ||
	    (applet->operand_max >= 0 && count > applet->operand_max))
		return fail(-EDOM, _("%s: usage: %s %s"), applet->name, applet->name,
			    _(applet->synopsis));
	/* who only looks may do so where no device is looked at (ops/session.c) */
	if (!(applet->kind & LOOKS_ONLY) && geteuid())
		return fail(-EPERM, _("%s: only root can do this"), applet->name);
	return 0;
}

/* As in LVM2 one word may name several.  How many it names. */
static unsigned print_paths(FILE *out, const char *word, bool first)
{
	size_t i, len;
	unsigned count = 0;

	for (; *word; word += len) {
		word += strspn(word, ",");
		len = strcspn(word, ",");
		if (!len)
			break;
		fputs(first && !count ? "\"" : ",\"", out);
		count++;
		for (i = 0; i < len; i++)
			fprintf(out, word[i] == '"' || word[i] == '\\' ? "\\%c" : "%c", word[i]);
		fputc('"', out);
	}
	return count;
}

/* devices/only=[…] from the values of --devices.  Of none it would be no limit at all. */
static int limit_devices(struct conf *conf, const struct word_list *paths)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	unsigned i, count = 0;
	int r;

	if (!paths->count)
		return 0;
	r = stream_begin(&stream);
	if (r < 0)
		return r;
	fprintf(stream.out, "devices/only=[");
	for (i = 0; i < paths->count; i++)
		count += print_paths(stream.out, paths->words[i], !count);
	fprintf(stream.out, "]");
	r = stream_end(&stream, &text, NULL);
	if (r >= 0 && !count)
		return fail(-EDOM, _("--devices: say which"));
	return r < 0 ? r : conf_override(conf, text);
}

/* As LVM2: the name of a file in one directory; "" turns off the one that the settings name. */
static int name_devices_file(struct conf *conf, const char *name)
{
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];

	if (!name)
		return 0;
	if (strpbrk(name, "/\"\\"))
		return fail(-EDOM, _("--devicesfile: '%s' is no plain file name"),
			    name);
	if (!*name)
		return conf_override(conf, "devices/use_devicesfile=0");
	snprintf(path, sizeof(path), "%s/devices/%s", conf_lvm2_dir(conf), name);
	if (access(path, R_OK) < 0)
		return fail_errno("%s", path);
	if (asprintf(&text, "devices { use_devicesfile=1 devicesfile=\"%s\" }", name) < 0) {
		text = NULL;
		return fail_memory();
	}
	return conf_override(conf, text);
}

static int load_files(struct conf *conf)
{
	const char *path = getenv("SNAPVOL_CONFIG"), *lvm2_dir = getenv("LVM_SYSTEM_DIR");
	int r = conf_load_lvm2(conf, lvm2_dir ? lvm2_dir : "/etc/lvm");

	return r < 0 ? r : conf_load(conf, path ? path : "/etc/snapvol/snapvol.conf");
}

/* What --profile names belongs to what these make or change, if they are LVM2's. */
static bool keeps_profile(const struct applet *applet)
{
	static const char *const names[] = { "svcreate", "svchange", "svgcreate", "svgchange" };
	unsigned i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(applet->name, names[i]))
			return true;
	return false;
}

static int load_profile(const struct run *run, struct conf *conf)
{
	const struct common_args *common = &run->common;
	const char *name = getenv("LVM_COMMAND_PROFILE");
	int r;

	if (common->profile && keeps_profile(run->applet))
		return fail(-EDOM, _("--profile: is kept in metadata, which snapvol does not do; "
				     "use --commandprofile, or LVM2"));
	if (common->profile && common->command_profile)
		return fail(-EDOM, _("--profile: contradicts --commandprofile"));
	name = common->profile ? common->profile : name;
	name = common->command_profile ? common->command_profile : name;
	r = name && *name ? conf_load_profile(conf, name) : 0;
	if (r < 0 || common->driver_loaded != SAID_NO)
		return r;
	return conf_override(conf, "global/activation=0");
}

/* Nothing is asked of a kernel that is not to be talked to. */
static int leave_kernel_alone(struct conf *conf)
{
	return conf_bool(conf, "global/activation") ? 0
						    : conf_override(conf, "activation/enabled=0");
}

static int load_settings(const struct run *run, struct conf *conf)
{
	unsigned i;
	int r = load_files(conf);

	if (r >= 0)
		r = load_profile(run, conf);
	for (i = 0; r >= 0 && i < run->common.config.count; i++) {
		r = conf_override(conf, run->common.config.words[i]);
		r = r == -EINVAL ? -EDOM : r; /* it is the command line that is bad */
	}
	if (r >= 0)
		r = name_devices_file(conf, run->common.devices_file);
	if (r >= 0)
		r = limit_devices(conf, &run->common.devices);
	if (r >= 0 && run->change.no_udev_sync)
		r = conf_override(conf, "activation/udev_sync=0");
	for (i = 0; r >= 0 && i < run->line.settings.count; i++)
		r = conf_override(conf, run->line.settings.words[i]);
	if (r >= 0 && run->change.autobackup != NOT_SAID)
		r = conf_override(conf, run->change.autobackup == SAID_YES ? "backup/backup=1"
									   : "backup/backup=0");
	return r < 0 ? r : leave_kernel_alone(conf);
}

/* Whether what a command met is for LVM2 itself, and nothing has been done yet. */
static bool is_left(int r, const struct session *session)
{
	return (r == -EDOM || r == -ENOTSUP) && !session->touched;
}

/* Under --test standard output has the plan. */
static void tell_change(const struct run *run, const struct session *session)
{
	const char *format = run->change.report_format;

	if (format && strcmp(format, "basic") && !session->test && !session->log && !run->left)
		printf("{\"changed\":%s}\n", session->touched ? "true" : "false");
}

static int verbosity_of(const struct common_args *common, const struct conf *conf)
{
	if (common->verbose || common->quiet || common->debug)
		return (int)common->verbose - (int)common->quiet + (common->debug ? 2 : 0);
	return (int)conf_number(conf, "log/verbose") - conf_bool(conf, "log/silent");
}

/* Nobody needs to know here what LVM2 makes of it. */
static void pass_on(struct compat *compat)
{
	AUTO(conf) struct conf *conf = conf_new();

	if (conf && load_files(conf) >= 0)
		compat_pass_on(compat, conf);
}

/* Whether the command has such an option, and it was given. */
static bool has_flag(const struct run *run, const char *name)
{
	const struct option_spec *row;

	for (row = run->applet->options; row && row->name; row++)
		if (!strcmp(row->name, name))
			return *(const bool *)((const char *)run->args + row->offset);
	return false;
}

/* What is shown to people has no place before it. */
static int check_format(const struct run *run)
{
	if (!run->change.report_format || !strcmp(run->change.report_format, "basic") ||
	    !has_flag(run, "list"))
		return 0;
	return fail(-EDOM, _("--list: contradicts --reportformat %s"), run->change.report_format);
}

static int run_session(struct run *run)
{
	AUTO(conf) struct conf *conf = conf_new();
	AUTO(record) struct record record = { .journal = -1 };
	struct session session;
	int r;

	if (!conf)
		return -ENOMEM;
	r = load_settings(run, conf);
	r = r < 0 ? r : record_begin(&record, conf, &run->common.journal, run->applet->name,
				     run->command);
	if (r >= 0 && run->compat)
		r = compat_begin_log(run->compat, conf, run->change.report_format,
				     has_flag(run, "logonly"));
	if (r < 0)
		return r;
	log_set_verbosity(verbosity_of(&run->common, conf));
	log_set_prefix(conf_text(conf, "log/prefix"));

	session_open(&session, TAKE(conf), run->command);
	session.brief = !run->compat || !(run->applet->kind & LOOKS_ONLY);
	session.test = run->common.test;
	session.plan = run->compat ? NULL : stdout;
	session.as_lvm2 = run->compat;
	if (session.test && run->compat)
		compat_say_test(run->compat);
	session.log = run->compat ? run->compat->log : NULL;
	session.without_kernel = !conf_bool(session.conf, "global/activation");
	session.yes = run->common.yes;
	session.force = run->change.force;
	run->left = run->compat && (run->applet->kind & (LOOKS_ONLY | NO_DISK)) == LOOKS_ONLY &&
		    compat_has_strangers(&session);
	if (!run->left)
		r = check_format(run);
	if (!run->left && r >= 0)
		r = run->applet->run(&session, run->line.operands.words, run->line.operands.count,
				     run->args);
	run->left = run->left || is_left(r, &session);
	recover_failed(&session);
	log_set_prefix(NULL);
	session_close(&session);
	if (run->left && run->compat)
		pass_on(run->compat);
	tell_change(run, &session);
	return run->compat ? compat_end_log(run->compat, r) : r;
}

static int run_parsed(struct run *run)
{
	const struct common_args *common = &run->common;
	int r;

	log_set_verbosity((int)common->verbose - (int)common->quiet + (common->debug ? 2 : 0));
	if (common->help) {
		print_help(run->applet);
		return 0;
	}
	if (common->version) {
		if (!run->compat || !compat_answer("version"))
			print_version();
		return 0;
	}
	r = check_operands(run);
	return r < 0 ? r : run_session(run);
}

static int run_applet(const struct applet *applet, const char *const *words, const char *command,
		      struct compat *compat)
{
	AUTO_FREE void *args = calloc(1, applet->args_size + 1);
	struct run run = { .applet = applet, .args = args, .command = command, .compat = compat };
	int r;

	if (!args)
		return fail_memory();
	run.line = (struct command_line) {
		.name = applet->name,
		.sets = { { applet->options, args }, { common_options, &run.common } },
	};
	if (!(applet->kind & LOOKS_ONLY))
		run.line.sets[CHANGES_SET] = (struct option_set) { change_options, &run.change };

	r = options_parse(&run.line, words);
	run.left = r < 0;
	if (r >= 0)
		r = run_parsed(&run);
	options_release(&run.line);
	if (compat && run.left)
		pass_on(compat);
	return r;
}

/* What did not reach its reader was not done. */
static int finish_output(int result)
{
	if (!fflush(stdout) && !ferror(stdout))
		return result;
	fail_errno(_("standard output"));
	return result < 0 ? result : -EIO;
}

static void put_word(FILE *out, const char *word)
{
	for (; *word; word++)
		fputc(iscntrl((unsigned char)*word) ? ' ' : *word, out);
}

/* The command line as one text, in one line, as it gets into metadata; NULL, reported, without memory. */
static char *join(char *const *words)
{
	struct stream stream;
	char *text = NULL;

	if (stream_begin(&stream) < 0)
		return NULL;
	put_word(stream.out, base_name(words[0]));
	while (*++words) {
		fputc(' ', stream.out);
		put_word(stream.out, *words);
	}
	stream_end(&stream, &text, NULL);
	return text;
}

static int run_command(const char *name, const char *const *words, char *const *argv,
		       struct compat *compat)
{
	const struct applet *applet = find_command(name);
	AUTO_FREE char *command = applet ? join(argv) : NULL;
	int r;

	if (!applet) {
		if (compat)
			pass_on(compat);
		fail(-ENOENT, _("%s: no such command"), name);
		return EXIT_NO_COMMAND;
	}
	r = command ? run_applet(applet, words, command, compat) : -ENOMEM;
	return exit_code_of(finish_output(r));
}

/* Words that are no command but ask about them. */
static bool answer(const char *word)
{
	if (!strcmp(word, "--version") || !strcmp(word, "version"))
		print_version();
	else if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
		print_commands(stdout);
	else
		return false;
	return true;
}

/* Called by a name of LVM2's: its words are looked for by programs, so they are not translated. */
static int run_compat(const char *name, const char *const *words, char *const *argv)
{
	struct compat compat;
	int r;

	if (!strcmp(name, "lvm") && *words)
		name = *words++;
	if (!strcmp(name, "dumpconfig") || !strcmp(name, "config"))
		name = "lvmconfig";
	compat_begin(&compat, name, argv);
	if (!strcmp(name, "lvmconfig")) /* LVM2 knows its settings better */
		pass_on(&compat);
	r = compat_answer(name) ? exit_code_of(finish_output(0))
				: run_command(name, words, argv, &compat);
	compat_end(&compat);
	return r;
}

int main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv;
	const char *name;

	if (!argc)
		return EXIT_NO_COMMAND;
	occupy_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);

	name = base_name(*words++);
	if (is_lvm2_name(name))
		return run_compat(name, words, argv);
	speak_users_language();
	if (!is_this_program(name))
		return run_command(name, words, argv, NULL);
	if (!*words) {
		print_commands(stderr);
		return EXIT_NO_COMMAND;
	}
	if (answer(*words))
		return exit_code_of(finish_output(0));
	return run_command(*words, words + 1, argv, NULL);
}
