/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/checkup.h"
#include "ops/finding.h"
#include "report/findings.h"
#include "report/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARN_PERCENT = 80 };

struct svcheck_args {
	uint64_t warn_percent;
	const char *format;
};

static const struct option_spec svcheck_options[] = {
	OPTION(svcheck_args, warn_percent, 0, "warn-percent", OPTION_POSITIVE, N_("PERCENT"),
	       N_("warn of a snapshot whose store is this full; 80 unless said otherwise")),
	OPTION(svcheck_args, format, 0, "reportformat", OPTION_TEXT, N_("basic|json|json_std"),
	       N_("print lines, or JSON")),
	{ .name = NULL },
};

/* The exit codes are explained in the manual page: backup jobs rely on them. */
static const int codes[] = {
	[SEVERITY_GOOD] = 0,	 [SEVERITY_WARNING] = 10, [SEVERITY_UNKNOWN] = -EIO,
	[SEVERITY_INVALID] = 11, [SEVERITY_UNSOUND] = 12,
};

static void print_lines(const struct findings *findings)
{
	const struct finding *finding;
	const char *advice;

	dm_list_iterate_items(finding, &findings->list) {
		advice = finding_advice(findings, finding);
		printf("%s: %s%s%s\n", finding->object, finding->text, *advice ? "; " : "", advice);
	}
}

static int print_json(const struct findings *findings, enum report_format format)
{
	AUTO_FREE struct finding_facts *facts =
		calloc(findings_count(findings) + 1, sizeof(*facts));
	const struct finding *finding;
	const struct finding_row *row;
	size_t count = 0;

	if (!facts)
		return fail_memory();
	dm_list_iterate_items(finding, &findings->list) {
		row = finding_row(finding);
		facts[count++] = (struct finding_facts) {
			.vg = finding->vg,
			.lv = finding->lv,
			.object = finding->object,
			.check = row->check,
			.state = row->state,
			.severity = severity_word(row->severity),
			.text = finding->text,
			.advice = finding_advice(findings, finding),
			.recovered = row->settled ? "yes" : "no",
			.used_bytes = finding->used_sectors * SECTOR_SIZE,
			.size_bytes = finding->size_sectors * SECTOR_SIZE,
		};
	}
	return findings_print(facts, count, format);
}

static int print(const struct findings *findings, enum report_format format)
{
	if (format != REPORT_BASIC)
		return print_json(findings, format);
	if (log_verbosity() >= 0)
		print_lines(findings);
	return 0;
}

/* malloc'd */
struct asked {
	struct target *targets;
	unsigned count;
};

/* A word that names nothing is found, too, as is a name that nobody has. */
static int add_word(struct session *session, const char *word, struct findings *findings,
		    struct asked *asked)
{
	AUTO_FREE struct target *named = NULL;
	struct target *more;
	unsigned count = 0;
	int r;

	findings_listen(findings);
	r = targets_parse_all(session, &word, 1, TARGET_VG_OR_LV, &named, &count);
	findings_hush(findings);
	if (r == -EINVAL || r == -ENOENT)
		return found_heard(findings, FOUND_NO_GROUP, NULL) ? 0 : -ENOMEM;
	if (r < 0)
		return fail(r, "%s", findings->heard);
	more = reallocarray(asked->targets, asked->count + count + 1, sizeof(*more));
	if (!more)
		return fail_memory();
	memcpy(more + asked->count, named, count * sizeof(*more));
	asked->targets = more;
	asked->count += count;
	return 0;
}

static int svcheck_run(struct session *session, const char *const *operands, unsigned count,
		       const void *p)
{
	const struct svcheck_args *args = p;
	const unsigned percent = args->warn_percent ? (unsigned)args->warn_percent : WARN_PERCENT;
	AUTO(findings) struct findings *findings = NULL;
	enum report_format format = REPORT_BASIC;
	struct asked asked = { 0 };
	int r, checked = 0;
	unsigned i;

	session->brief = false; /* every line is a finding */
	if (args->warn_percent > 100)
		return fail(-EDOM, _("svcheck: --warn-percent is from 1 to 100"));
	r = args->format ? format_parse(args->format, &format) : 0;
	r = r < 0 ? r : findings_new(&findings);
	for (i = 0; r >= 0 && i < count; i++)
		r = add_word(session, operands[i], findings, &asked);
	if (r >= 0 && (!count || asked.count))
		checked = checkup(session, asked.targets, asked.count, percent, findings);
	free(asked.targets);
	r = r < 0 ? r : print(findings, format);
	if (checked < 0 || r < 0)
		return checked < 0 ? checked : r;
	return codes[findings_worst(findings, 0)];
}

const struct applet svcheck_applet = {
	.name = "svcheck",
	.summary = N_("check whether snapshots are valid and groups sound"),
	.synopsis = N_("[OPTION...] [VG|VG/LV|@TAG...]"),
	.options = svcheck_options,
	.args_size = sizeof(struct svcheck_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svcheck_run,
};
