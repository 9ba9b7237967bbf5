/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/finding.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "model/lv.h"

#include <stdio.h>
#include <string.h>

#define SETTLE N_("settle it: svrecover %g")
#define SETTLE_ALL N_("settle it: svrecover")
#define REMOVE N_("it can only be removed: svremove %v")
#define RENEW N_("write it anew: svgck --updatemetadata %g")
#define RESTORE N_("restore a backup: svgcfgrestore %g")

static const struct finding_row rows[] = {
	[FOUND_SOUND] = { "group", "sound", SEVERITY_GOOD, NULL, NULL },

	[FOUND_VALID] = { "snapshot", "valid", SEVERITY_GOOD, NULL, NULL },
	[FOUND_MERGING] = { "snapshot", "merging", SEVERITY_GOOD, NULL, NULL },
	[FOUND_MERGE_PENDING] = { "snapshot", "merge-pending", SEVERITY_GOOD, NULL, NULL },
	[FOUND_NEARLY_FULL] = { "snapshot", "nearly-full", SEVERITY_WARNING,
				N_("make it larger: svextend -L +SIZE %v"), NULL },
	[FOUND_INVALID] = { "snapshot", "invalid", SEVERITY_INVALID, REMOVE, NULL },
	[FOUND_OVERFLOW] = { "snapshot", "overflow", SEVERITY_INVALID, REMOVE, NULL },
	[FOUND_MERGE_FAILED] = { "snapshot", "merge-failed", SEVERITY_INVALID,
				 N_("see the kernel's log for I/O errors, then: svrecover %g"),
				 "" },
	[FOUND_MISSED_WRITES] = { "snapshot", "missed-writes", SEVERITY_INVALID, REMOVE, "" },
	[FOUND_UNMARKED] = { "snapshot", "unmarked", SEVERITY_INVALID, SETTLE, N_("marked") },
	[FOUND_UNTOLD] = { "snapshot", "unknown", SEVERITY_UNKNOWN, NULL, NULL },

	[FOUND_SUSPENDED] = { "kernel", "suspended", SEVERITY_UNSOUND, SETTLE, N_("resumed") },
	[FOUND_INACTIVE_TABLE] = { "kernel", "inactive-table", SEVERITY_WARNING, SETTLE,
				   N_("cleared") },
	[FOUND_STRAY] = { "kernel", "stray-device", SEVERITY_UNSOUND, SETTLE, N_("removed") },
	[FOUND_MISSING_DEVICE] = { "kernel", "missing-device", SEVERITY_UNSOUND, SETTLE,
				   N_("made") },
	[FOUND_WRONG_TABLE] = { "kernel", "wrong-table", SEVERITY_UNSOUND, SETTLE,
				N_("given the right one") },
	[FOUND_WRONG_NAME] = { "kernel", "wrong-name", SEVERITY_UNSOUND, SETTLE, N_("renamed") },
	[FOUND_LVM2_MERGE] = { "kernel", "lvm2-merge", SEVERITY_GOOD, NULL,
			       N_("made like the one here") },
	[FOUND_DISAGREEMENT] = { "kernel", "disagreement", SEVERITY_UNSOUND,
				 N_("rename or remove the other device"), NULL },
	[FOUND_NO_METADATA] = { "kernel", "no-metadata", SEVERITY_UNSOUND,
				N_("bring its disks back, or remove what is there with dmsetup"),
				NULL },

	[FOUND_BAD_HEADER] = { "store", "bad-header", SEVERITY_UNSOUND, REMOVE, NULL },
	[FOUND_BAD_EXCEPTION] = { "store", "bad-exception", SEVERITY_UNSOUND, REMOVE, NULL },
	[FOUND_TWICE] = { "store", "chunk-twice", SEVERITY_UNSOUND, REMOVE, NULL },
	[FOUND_OTHER_CHUNK] = { "store", "other-chunk-size", SEVERITY_WARNING,
				N_("unless LVM2 attached it so, do not trust it"), NULL },
	[FOUND_DISORDER] = { "store", "disorder", SEVERITY_WARNING,
			     N_("unless an old kernel wrote it, do not trust it"), NULL },
	[FOUND_LOST_HEADER] = { "store", "lost-header", SEVERITY_WARNING,
				N_("unless it has never been active, do not trust it"), NULL },

	[FOUND_INTERRUPTED] = { "leavings", "interrupted", SEVERITY_WARNING, SETTLE,
				N_("looked after") },
	[FOUND_UNFINISHED] = { "leavings", "unfinished", SEVERITY_WARNING, SETTLE, "" },
	[FOUND_MERGED] = { "leavings", "merged", SEVERITY_WARNING, SETTLE, "" },
	[FOUND_COOKIE] = { "leavings", "cookie", SEVERITY_WARNING,
			   N_("end such: dmsetup udevcomplete_all 1"), NULL },
	[FOUND_OWN_COOKIE] = { "leavings", "cookie", SEVERITY_WARNING, SETTLE_ALL, N_("removed") },
	[FOUND_BUSY] = { "leavings", "busy", SEVERITY_WARNING,
			 N_("other findings may be its work; look again later"), NULL },
	[FOUND_LOCK] = { "leavings", "lock", SEVERITY_WARNING, SETTLE_ALL, N_("removed") },
	[FOUND_HINTS] = { "leavings", "hints", SEVERITY_WARNING, SETTLE_ALL, N_("removed") },
	[FOUND_COPY] = { "leavings", "copy", SEVERITY_WARNING, SETTLE_ALL, N_("removed") },
	[FOUND_MISSING_NODE] = { "leavings", "missing-node", SEVERITY_WARNING, SETTLE, N_("made") },
	[FOUND_WRONG_NODE] = { "leavings", "wrong-node", SEVERITY_WARNING, SETTLE,
			       N_("set right") },
	[FOUND_STALE_NODE] = { "leavings", "stale-node", SEVERITY_WARNING, SETTLE, N_("removed") },

	[FOUND_STALE_AREA] = { "metadata", "stale-area", SEVERITY_WARNING, RENEW, "" },
	[FOUND_LOST_AREA] = { "metadata", "stale-area", SEVERITY_WARNING, RENEW, NULL },
	[FOUND_DAMAGED_AREA] = { "metadata", "damaged-area", SEVERITY_UNSOUND, RENEW, NULL },
	[FOUND_MISSING_PV] = { "metadata", "missing-device", SEVERITY_WARNING,
			       N_("bring it back, or see svgreduce --removemissing %g"), NULL },
	[FOUND_RETURNED_PV] = { "metadata", "returned-device", SEVERITY_WARNING,
				N_("see svgextend --restoremissing %g"), NULL },
	[FOUND_UNUSED_LABEL] = { "metadata", "unused-label", SEVERITY_WARNING, RENEW, "" },
	[FOUND_SMALL_PV] = { "metadata", "small-device", SEVERITY_UNSOUND,
			     N_("make the device as large as it was"), NULL },
	[FOUND_OVERLAP] = { "metadata", "overlap", SEVERITY_UNSOUND,
			    N_("restore the group by svgcfgrestore %g or its label by svpvcreate "
			       "--restorefile"),
			    NULL },
	[FOUND_PARTIAL] = { "metadata", "partial", SEVERITY_UNSOUND,
			    N_("bring the device back, or see svgreduce --removemissing %g"),
			    NULL },
	[FOUND_OUTDATED_PV] = { "metadata", "outdated-device", SEVERITY_WARNING,
				N_("if nothing on it is wanted: svpvcreate -ff"), NULL },
	[FOUND_ORPHAN] = { "metadata", "orphan-device", SEVERITY_UNSOUND,
			   N_("bring the group's other devices back"), NULL },
	[FOUND_CONTESTED] = { "metadata", "contested-device", SEVERITY_UNSOUND,
			      N_("give it up in the one that is outdated: svgreduce "
				 "--removemissing"),
			      NULL },
	[FOUND_DAMAGED_LABEL] = { "metadata", "damaged-device", SEVERITY_UNSOUND,
				  N_("see whether it is sound"), NULL },
	[FOUND_UNREAD] = { "metadata", "unreadable-device", SEVERITY_UNKNOWN,
			   N_("see the kernel's log; devices/global_filter leaves it out"), NULL },
	[FOUND_DUPLICATE] = { "metadata", "duplicate", SEVERITY_UNSOUND,
			      N_("take one of the two devices away"), NULL },
	[FOUND_MISMATCH] = { "metadata", "mismatch", SEVERITY_UNSOUND, RESTORE, NULL },
	[FOUND_NOT_UNDERSTOOD] = { "metadata", "not-understood", SEVERITY_WARNING,
				   N_("change the group with LVM2"), NULL },
	[FOUND_UNREADABLE] = { "metadata", "unreadable", SEVERITY_UNSOUND, RESTORE, NULL },
	[FOUND_AMBIGUOUS] = { "metadata", "ambiguous", SEVERITY_UNKNOWN,
			      N_("rename one of them by its UUID"), NULL },
	[FOUND_NO_GROUP] = { "metadata", "absent", SEVERITY_UNKNOWN, NULL, NULL },
};

int findings_new(struct findings **findings)
{
	struct dm_pool *mem = dm_pool_create("findings", 2048);
	struct findings *new = mem ? dm_pool_zalloc(mem, sizeof(*new)) : NULL;

	if (!new) {
		if (mem)
			dm_pool_destroy(mem);
		return fail_memory();
	}
	new->mem = mem;
	new->vg = "";
	dm_list_init(&new->list);
	*findings = new;
	return 0;
}

void findings_free(struct findings **findings)
{
	if (*findings)
		dm_pool_destroy((*findings)->mem);
	*findings = NULL;
}

const struct finding_row *finding_row(const struct finding *finding)
{
	return &rows[finding->kind];
}

bool findings_want(const struct findings *findings, const struct lv *lv)
{
	const struct lv *only = findings->only;

	return !only || lv == only || lv == lv_tree_top(only) || lv_tree_top(lv) == only;
}

/* --- adding --- */

static const char *no_memory(struct findings *findings)
{
	if (!findings->failed)
		findings->failed = fail_memory();
	return "";
}

static const char *keep(struct findings *findings, const char *text)
{
	const char *kept = dm_pool_strdup(findings->mem, text);

	return kept ? kept : no_memory(findings);
}

static struct finding *add(struct findings *findings, enum finding_kind kind, const char *object,
			   const struct lv *lv)
{
	struct finding *finding;

	if (lv && !findings_want(findings, lv))
		return NULL;
	finding = dm_pool_zalloc(findings->mem, sizeof(*finding));
	if (!finding) {
		no_memory(findings);
		return NULL;
	}
	finding->kind = kind;
	finding->object = keep(findings, object);
	finding->vg = keep(findings, findings->vg);
	finding->lv = lv ? keep(findings, lv->name) : "";
	dm_list_add(&findings->list, &finding->list);
	return finding;
}

/* What has been said already, because several volumes of a group were asked for, is not said again. */
static bool is_said(const struct findings *findings, const struct finding *finding)
{
	const struct finding *other;

	dm_list_iterate_items(other, &findings->list)
		if (other != finding && other->kind == finding->kind &&
		    !strcmp(other->object, finding->object) && !strcmp(other->text, finding->text))
			return true;
	return false;
}

static struct finding *set_text(struct findings *findings, struct finding *finding,
				const char *text)
{
	if (!finding)
		return NULL;
	finding->text = keep(findings, text);
	if (is_said(findings, finding)) {
		dm_list_del(&finding->list);
		if (rows[finding->kind].severity > findings->again)
			findings->again = rows[finding->kind].severity;
	}
	return finding;
}

static void add_text(struct findings *findings, struct finding *finding, const char *format,
		     va_list arguments) __attribute__((format(printf, 3, 0)));

static void add_text(struct findings *findings, struct finding *finding, const char *format,
		     va_list arguments)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, arguments);
	set_text(findings, finding, text);
}

struct finding *found(struct findings *findings, enum finding_kind kind, const char *format, ...)
{
	struct finding *finding = add(findings, kind, findings->vg, NULL);
	va_list arguments;

	va_start(arguments, format);
	add_text(findings, finding, format, arguments);
	va_end(arguments);
	return finding;
}

static const char *name_of(const struct lv *lv, char name[2 * NAME_LEN + 2])
{
	snprintf(name, 2 * NAME_LEN + 2, "%s/%s", lv->vg->name, lv->name);
	return name;
}

struct finding *found_lv(struct findings *findings, enum finding_kind kind, const struct lv *lv,
			 const char *format, ...)
{
	char name[2 * NAME_LEN + 2];
	struct finding *finding = add(findings, kind, name_of(lv, name), lv);
	va_list arguments;

	va_start(arguments, format);
	add_text(findings, finding, format, arguments);
	va_end(arguments);
	return finding;
}

struct finding *found_at(struct findings *findings, enum finding_kind kind, const char *object,
			 const char *format, ...)
{
	struct finding *finding = add(findings, kind, object, NULL);
	va_list arguments;

	va_start(arguments, format);
	add_text(findings, finding, format, arguments);
	va_end(arguments);
	return finding;
}

/* --- what others say --- */

static void hear(void *data, enum log_level level, const char *line)
{
	struct findings *findings = data;

	if (level == MSG_ERROR && !findings->heard[0])
		snprintf(findings->heard, sizeof(findings->heard), "%s", line);
	else if (level >= MSG_DETAIL)
		fprintf(stderr, "%s\n", line);
}

void findings_listen(struct findings *findings)
{
	findings->heard[0] = 0;
	findings->sink = hear;
	findings->sink_data = findings;
	log_swap_sink(&findings->sink, &findings->sink_data);
}

void findings_hush(struct findings *findings)
{
	log_swap_sink(&findings->sink, &findings->sink_data);
}

/* Messages begin with their object, which a finding has for itself; a volume's that begin with another
 * (a device) stay whole. */
struct finding *found_heard(struct findings *findings, enum finding_kind kind, const struct lv *lv)
{
	char name[2 * NAME_LEN + 2];
	char *text = strstr(findings->heard, ": ");
	const char *object = findings->vg;

	if (lv)
		object = name_of(lv, name);
	if (text && (!lv || !strncmp(findings->heard, object, (size_t)(text - findings->heard)))) {
		*text = 0;
		text += 2;
		object = findings->heard;
	} else {
		text = findings->heard;
	}
	return set_text(findings, add(findings, kind, object, lv), text);
}

/* --- the whole --- */

unsigned findings_count(const struct findings *findings)
{
	return dm_list_size(&findings->list);
}

enum severity findings_worst(const struct findings *findings, unsigned from)
{
	enum severity worst = SEVERITY_GOOD;
	const struct finding *finding;

	dm_list_iterate_items(finding, &findings->list)
		if (from)
			from--;
		else if (rows[finding->kind].severity > worst)
			worst = rows[finding->kind].severity;
	return worst;
}

void findings_drop(struct findings *findings, unsigned from)
{
	struct finding *finding, *next;

	dm_list_iterate_items_safe(finding, next, &findings->list)
		if (from)
			from--;
		else
			dm_list_del(&finding->list);
}

const char *severity_word(enum severity severity)
{
	static const char *const words[] = {
		[SEVERITY_GOOD] = "good",	[SEVERITY_WARNING] = "warning",
		[SEVERITY_UNKNOWN] = "unknown", [SEVERITY_INVALID] = "invalid",
		[SEVERITY_UNSOUND] = "unsound",
	};

	return words[severity];
}

static void put_names(FILE *out, const char *advice, const struct finding *finding)
{
	for (; *advice; advice++) {
		if (*advice != '%' || !advice[1])
			putc(*advice, out);
		else if (*++advice == 'v')
			fprintf(out, "%s/%s", finding->vg, finding->lv);
		else
			fputs(finding->vg, out);
	}
}

const char *finding_advice(const struct findings *findings, const struct finding *finding)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	const char *kept;

	if (!rows[finding->kind].advice || stream_begin(&stream) < 0)
		return "";
	put_names(stream.out, _(rows[finding->kind].advice), finding);
	if (stream_end(&stream, &text, NULL) < 0)
		return "";
	kept = dm_pool_strdup(findings->mem, text);
	return kept ? kept : "";
}
