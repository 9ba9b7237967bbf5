/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/listing.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "report/command-log.h"
#include "report/format.h"
#include "ops/owner.h"
#include "ops/recover.h"
#include "store/catalog.h"
#include "tools/compat.h"
#include "tools/facts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "+" adds to what there is. */
static int set_columns(char **columns, const char *said)
{
	char *new = NULL;

	if (*said != '+')
		new = strdup(said);
	else if (asprintf(&new, "%s,%s", *columns, said + 1) < 0)
		new = NULL;
	if (!new)
		return -ENOMEM;
	free(*columns);
	*columns = new;
	return 0;
}

/* Take what of -o, -S and -O is for the log of messages; *columns is to be freed. */
static int find_log_options(const struct listing_args *args, struct log_options *options,
			    char **columns)
{
	bool meant = false;
	unsigned i;

	for (i = 0; i < args->said.count; i++) {
		const char *word = args->said.words[i], *value = word + 1;

		if (word[0] == 'c')
			meant = !strcmp(value, "log");
		else if (meant && word[0] == 'O')
			options->sort = value;
		else if (meant && word[0] == 'S')
			options->select = value;
		else if (meant && set_columns(columns, value) < 0)
			return fail_memory();
	}
	return 0;
}

static int find_format(const struct session *session, const char *said, enum report_format *format)
{
	return format_parse(said ? said : conf_text(session->conf, "report/output_format"), format);
}

int listing_format(const struct listing *listing, enum report_format *format)
{
	return find_format(listing->session, listing->args->format, format);
}

/* Nothing else is printed, whatever happens. */
static int begin_log_only(const struct session *session, const struct listing_args *args)
{
	enum report_format format;
	int r = find_format(session, args->format, &format);

	if (r < 0)
		return r;
	command_log_stands_alone(session->log);
	return command_log_frame(session->log, format) ? 0 : -ENOMEM;
}

static int choose_log(struct session *session, const struct listing_args *args)
{
	AUTO_FREE char *columns = NULL;
	struct log_options options;
	enum report_format format;
	int r;

	if (!session->log)
		return 0;
	compat_log_options(session->conf, &options);
	columns = strdup(options.columns);
	r = columns ? find_log_options(args, &options, &columns) : fail_memory();
	options.columns = columns;
	r = r < 0 ? r : find_format(session, args->format, &format);
	r = r < 0 ? r : command_log_choose(session->log, &options, format);
	return r < 0 || !args->log_only ? r : begin_log_only(session, args);
}

int listing_open(struct listing *listing, struct session *session, const struct listing_args *args)
{
	struct catalog *catalog;
	struct live *live = NULL;
	bool asks_kernel;
	int r = choose_log(session, args);

	*listing = (struct listing) { .session = session, .args = args };
	if (r < 0)
		return r;
	asks_kernel = !args->read_only && !session->without_kernel;
	if (asks_kernel)
		recover_merged(session);
	r = session_catalog(session, &catalog);
	if (r >= 0 && asks_kernel)
		r = session_live(session, &live);
	if (r < 0)
		return r;

	listing->catalog = catalog;
	listing->gather.live = live;
	listing->gather.dev_dir = conf_text(session->conf, "devices/dir");
	listing->gather.now = (uint64_t)time(NULL);
	listing->gather.mem = dm_pool_create("report", 16384);
	return listing->gather.mem ? 0 : fail_memory();
}

/* Each line is a message. */
static void say_shown(struct listing *listing)
{
	const size_t prefix = strlen(log_prefix());
	AUTO_FREE char *text = NULL;
	char *line, *rest;

	stream_end(&listing->shown, &text, NULL);
	listing->shown.out = NULL;
	for (line = text; line && *line; line = rest) {
		rest = line + strcspn(line, "\n");
		if (*rest)
			*rest++ = '\0';
		say("%s", line + (strncmp(line, log_prefix(), prefix) ? 0 : prefix));
	}
}

void listing_close(struct listing *listing)
{
	if (listing->shown.out)
		say_shown(listing);
	if (listing->gather.mem)
		dm_pool_destroy(listing->gather.mem);
	free(listing->names);
	*listing = (struct listing) { 0 };
}

static int take_name(struct listing *listing, const char *operand, enum target_kind kind,
		     struct listing_name *name)
{
	AUTO_FREE struct target *target = NULL;
	const char *reason;
	unsigned count;
	int r;

	if (operand[0] == '@') {
		name->tag = operand + 1;
		reason = name_refuse_tag(name->tag);
		return reason ? fail(-EDOM, "%s: %s", operand, reason) : 0;
	}
	r = targets_parse(listing->session, &operand, 1, kind, &target, &count);
	if (r >= 0)
		name->target = target[0];
	return r;
}

int listing_take_names(struct listing *listing, const char *const *operands, unsigned count,
		       enum target_kind kind)
{
	int r = 0;

	listing->names = calloc(count + 1, sizeof(*listing->names));
	if (!listing->names)
		return fail_memory();
	for (; r >= 0 && listing->name_count < count; listing->name_count++)
		r = take_name(listing, operands[listing->name_count], kind,
			      &listing->names[listing->name_count]);
	return r;
}

/* Mark the operands that match; whether there is one, or no operand at all.  Then something is shown. */
static bool find_names(struct listing *listing,
		       bool (*matches)(const struct listing_name *name, const void *object),
		       const void *object)
{
	bool found = !listing->name_count;
	unsigned i;

	for (i = 0; i < listing->name_count; i++) {
		if (!matches(&listing->names[i], object))
			continue;
		listing->names[i].found = true;
		found = true;
	}
	if (found)
		log_tell();
	return found;
}

static bool matches_volume(const struct listing_name *name, const void *object)
{
	const struct lv *lv = object;

	if (name->tag)
		return words_have(&lv->tags, name->tag) || words_have(&lv->vg->tags, name->tag);
	if (strcmp(name->target.vg, lv->vg->name))
		return false;
	return !name->target.lv[0] || !strcmp(name->target.lv, lv->name);
}

/* A volume that is asked for by name is shown even if users do not see it. */
bool listing_wants(struct listing *listing, const struct lv *lv)
{
	unsigned i;

	if (!find_names(listing, matches_volume, lv))
		return false;
	if (listing->args->all || lv_is_visible(lv))
		return true;
	for (i = 0; i < listing->name_count; i++)
		if (!listing->names[i].tag && !strcmp(listing->names[i].target.lv, lv->name) &&
		    !strcmp(listing->names[i].target.vg, lv->vg->name))
			return true;
	return false;
}

static bool matches_group(const struct listing_name *name, const void *object)
{
	const struct vg *vg = object;

	if (name->tag)
		return words_have(&vg->tags, name->tag);
	return !name->target.lv[0] && !strcmp(name->target.vg, vg->name);
}

bool listing_wants_group(struct listing *listing, const struct vg *vg)
{
	return find_names(listing, matches_group, vg);
}

/* Whether an operand may name something in a group. */
static bool is_named(const struct listing *listing, const char *vg_name)
{
	unsigned i;

	for (i = 0; i < listing->name_count; i++)
		if (listing->names[i].tag || !strcmp(listing->names[i].target.vg, vg_name))
			return true;
	return !listing->name_count;
}

/* Shown unless it belongs to another host and nobody asked for such groups. */
static bool is_shown(const struct listing *listing, const struct vg *vg)
{
	if (!is_named(listing, vg->name))
		return false;
	if (listing->args->foreign || owner_is_here(listing->session->conf, vg))
		return true;
	detail(_("%s: belongs to host %s, see --foreign"), vg->name, vg->system_id);
	return false;
}

static int visit_group(struct listing *listing, const struct group *group,
		       int (*visit)(struct listing *listing, const struct group_facts *group,
				    void *data),
		       void *data)
{
	const struct group_facts *facts;

	if (!is_shown(listing, group->vg))
		return 0;
	/* A group without volumes is found, too. */
	if (listing->name_count)
		find_names(listing, matches_group, group->vg);
	facts = facts_of_group(listing->gather.mem, listing->catalog, group);
	return facts ? visit(listing, facts, data) : -ENOMEM;
}

int listing_each_group(struct listing *listing,
		       int (*visit)(struct listing *listing, const struct group_facts *group,
				    void *data),
		       void *data)
{
	AUTO_FREE const struct group **groups = NULL;
	int i, count, r = 0;

	count = facts_sort_groups(listing->catalog, &groups);
	if (count < 0)
		return count;
	for (i = 0; i < count && r >= 0; i++)
		r = visit_group(listing, groups[i], visit, data);
	return r;
}

static int report_missing(const struct listing *listing, const struct target *target)
{
	const struct group *group = catalog_find_group(listing->catalog, target->vg, NULL);

	if (!group)
		return fail(-ENOENT, _("%s: no such group"), target->vg);
	if (!group->vg)
		return fail(-ENOENT, _("%s: its metadata cannot be read"), target->vg);
	if (!target->lv[0])
		return fail(-ENOENT, _("%s: belongs to another host, see --foreign"), target->vg);
	return fail(-ENOENT, _("%s/%s: no such volume"), target->vg, target->lv);
}

int listing_check_names(const struct listing *listing)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < listing->name_count; i++) {
		/* A tag that nothing carries is an empty list, not an error. */
		if (!listing->names[i].found && !listing->names[i].tag)
			r = report_missing(listing, &listing->names[i].target);
	}
	return r;
}

/* See https://no-color.org. */
static bool wants_colour(void)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(refused && *refused) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

static unsigned report_flags(const struct listing_args *args)
{
	unsigned flags = 0;

	flags |= args->aligned ? REPORT_ALIGNED : 0;
	flags |= args->all ? REPORT_HIDDEN : 0;
	flags |= args->binary ? REPORT_BINARY : 0;
	flags |= args->name_prefixes ? REPORT_NAME_PREFIXES : 0;
	flags |= args->no_headings ? REPORT_NO_HEADINGS : 0;
	flags |= args->no_suffix ? REPORT_NO_SUFFIX : 0;
	flags |= args->rows ? REPORT_ROWS : 0;
	flags |= args->unbuffered ? REPORT_UNBUFFERED : 0;
	flags |= args->unquoted ? REPORT_UNQUOTED : 0;
	flags |= log_verbosity() > 0 ? REPORT_VERBOSE : 0;
	flags |= wants_colour() ? REPORT_COLOUR : 0;
	return flags;
}

static bool is_report(const char *name)
{
	enum report_line line;

	for (line = LINE_LV; line <= LINE_PV_SEGMENT; line++)
		if (!strcmp(name, report_name(line)))
			return true;
	return !strcmp(name, "log"); /* see choose_log() */
}

/* What programs read does not depend on the settings of a machine, unless they expect it from LVM2. */
static void add_settings(const struct session *session, struct report_options *options)
{
	const struct conf *conf = session->conf;
	const char *separator = conf_text(conf, "report/separator");

	if (options->format != REPORT_BASIC && !session->as_lvm2)
		return;
	if (!options->units)
		options->units = conf_text(conf, "global/units");
	if (!conf_bool(conf, "global/suffix"))
		options->flags |= REPORT_NO_SUFFIX;
	if (options->format != REPORT_BASIC)
		return;
	if (options->separator || !strcmp(separator, " "))
		return;
	/* unlike one of the command line */
	options->separator = separator;
	if (!(options->flags & REPORT_NAME_PREFIXES))
		options->flags |= REPORT_ALIGNED;
}

/* Take what of -o, -S and -O is for the report; fields has room for all. */
static int choose(const struct listing_args *args, const char **fields,
		  struct report_options *options)
{
	bool meant = !(options->flags & REPORT_FULL), named = meant;
	unsigned i;

	options->fields = fields;
	for (i = 0; i < args->said.count; i++) {
		const char *word = args->said.words[i], *value = word + 1;

		if (word[0] == 'c' && !is_report(value))
			return fail(-EDOM, _("--configreport: '%s' is no report"), value);
		named |= word[0] == 'c';
		if (!named)
			return fail(-EDOM, _("-%c: say --configreport first: for which report"), word[0]);
		if (word[0] == 'c')
			meant = !strcmp(value, report_name(options->line));
		else if (meant && word[0] == 'o')
			fields[options->field_count++] = value;
		else if (meant && word[0] == 'O')
			options->sort = value;
		else if (meant)
			options->select = value;
	}
	return 0;
}

int listing_log_format(struct session *session, const char *said)
{
	enum report_format format;
	int r = said ? format_parse(said, &format) : 0;

	if (r < 0 || !said || !session->log)
		return r;
	return command_log_frame(session->log, format) ? 0 : -ENOMEM;
}

int listing_begin_frame(struct listing *listing, enum report_format format)
{
	struct command_log *log = listing->session->log;
	int r = 0;

	if (log)
		listing->frame = command_log_frame(log, format);
	else
		r = report_frame_open(format, &listing->frame);
	if (!listing->frame)
		return r < 0 ? r : -ENOMEM;
	return report_frame_begin(listing->frame);
}

int listing_end_frame(struct listing *listing)
{
	int r = 0;

	if (listing->frame && listing->session->log)
		r = report_frame_end(listing->frame);
	else if (listing->frame)
		r = report_frame_close(&listing->frame);
	listing->frame = NULL;
	return r;
}

int listing_begin_report(const struct listing *listing, enum report_line line,
			 struct report **report)
{
	const struct listing_args *args = listing->args;
	AUTO_FREE const char **fields = calloc(args->said.count + 1, sizeof(*fields));
	struct report_options options = {
		.line = line,
		.flags = report_flags(args) | (listing->full ? REPORT_FULL : 0),
		.frame = listing->frame,
		.separator = args->separator,
		.units = args->units,
	};
	int r;

	if (!fields)
		return fail_memory();
	r = listing_format(listing, &options.format);
	r = r < 0 ? r : choose(args, fields, &options);
	if (r < 0)
		return r;
	add_settings(listing->session, &options);
	if (args->log_only) {
		options.flags |= REPORT_JUDGE;
		options.format = REPORT_BASIC;
	}
	return report_begin(&options, &listing->gather, report);
}

static int print_empty_log(const struct conf *conf, enum report_format format)
{
	AUTO(command_log) struct command_log *log = NULL;
	int r = compat_new_log(conf, format, &log);

	return r < 0 ? r : command_log_end(log);
}

/* The log follows when the command has ended; as with LVM2 it is empty if there is none. */
static int print_log_only(struct listing *listing, int (*print)(struct listing *listing, void *data),
			  void *data)
{
	struct session *session = listing->session;
	enum report_format format;
	int ended = 0, r = listing_format(listing, &format);

	r = r < 0 ? r : print(listing, data);
	if (r < 0)
		return r;
	if (!session->log && format != REPORT_BASIC)
		ended = print_empty_log(session->conf, format);
	return ended < 0 ? ended : r;
}

int listing_framed(struct listing *listing, int (*print)(struct listing *listing, void *data),
		   void *data)
{
	enum report_format format;
	int r;

	if (listing->args->log_only)
		return print_log_only(listing, print, data);
	if (!listing->session->log)
		return print(listing, data);
	r = listing_format(listing, &format);
	r = r < 0 ? r : listing_begin_frame(listing, format);
	if (r < 0)
		return r;
	r = report_frame_begin_part(listing->frame);
	if (r >= 0) {
		r = print(listing, data);
		if (report_frame_end(listing->frame) < 0 && r >= 0)
			r = -ENOMEM;
	}
	return listing_end_frame(listing) < 0 && r >= 0 ? -ENOMEM : r;
}

struct printing {
	enum report_line line;
	int (*list)(struct listing *listing, struct report *report);
};

static int print_report(struct listing *listing, void *data)
{
	AUTO(report) struct report *report = NULL;
	const struct printing *printing = data;
	int r, ended;

	r = listing_begin_report(listing, printing->line, &report);
	if (r)
		return r;
	r = printing->list(listing, report);
	ended = report_end(report);
	return r >= 0 ? ended : r;
}

int listing_report(struct listing *listing, enum report_line line,
		   int (*list)(struct listing *listing, struct report *report))
{
	struct printing printing = { line, list };
	int r = listing_framed(listing, print_report, &printing);

	return r ? (r < 0 ? r : 0) : listing_check_names(listing);
}
