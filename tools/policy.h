/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_POLICY_H
#define SNAPVOL_TOOLS_POLICY_H

/*
 * Words of the command line that several applets understand.
 */

#include "model/vg.h"
#include "ops/activate.h"
#include "ops/modify.h"
#include "tools/applet.h"

/* An allocation policy's name; NULL means inherit. */
enum alloc_policy policy_of(const char *word);

/* How many metadata areas a group uses: a number, "all" or "unmanaged"; NULL leaves *found NULL, else it is set to
 * number.  0 or -EDOM, reported. */
int metadata_copies_of(const char *command, const char *word, uint32_t *number, const uint32_t **found);

#define COPIES_OPTIONS(type, field)                                                                \
	OPTION(type, field, 0, "vgmetadatacopies", OPTION_TEXT, N_("NUMBER|all|unmanaged"),        \
	       N_("use so many metadata areas, on devices that are chosen for it; or those that "  \
		  "are in use now (unmanaged)")),                                                  \
		OPTION(type, field, 0, "metadatacopies", OPTION_TEXT, N_("NUMBER|all|unmanaged"),  \
		       N_("the same as --vgmetadatacopies"))

#define METADATA_TYPE_ROW(type, field)                                                             \
	OPTION(type, field, 'M', "metadatatype", OPTION_CHOICE, N_("lvm2|2"),                      \
	       N_("there is one format only"))

/* What -a takes; between "l" (this host), "e" (no other) and "s" (others, too) there is no difference here, and
 * "a", "e" and "s" alone mean y. */
#define ACTIVATION_WORDS N_("y|n|ay|a|ya|e|ey|ye|ly|yl|s|sy|ys|en|ne|ln|nl")
enum activation activation_of(const char *word);

/* What -r takes, in sectors: "auto" 0, "none" -1, else a size, of which whole pages remain.
 * 0, or -EDOM, reported. */
int read_ahead_of(const char *command, const char *word, int64_t *sectors);

/* -M, --major and --minor go together; 0, or negative, reported. */
struct number_args {
	enum yes_no persistent;
	struct given_number major, minor;
};
int number_check(const struct number_args *args);

#define NUMBER_OPTIONS(type, field)                                                                \
	OPTION(type, field.persistent, 'M', "persistent", OPTION_YESNO, N_("y|n"),                 \
	       N_("always give it the same device number")),                                       \
		OPTION(type, field.major, 'j', "major", OPTION_GIVEN_NUMBER, N_("NUMBER"),         \
		       N_("accepted for compatibility: the kernel's device-mapper has one major "  \
			  "number")),                                                              \
		OPTION(type, field.minor, 0, "minor", OPTION_GIVEN_NUMBER, N_("NUMBER"),           \
		       N_("always give it that minor number"))

/* With what is missing; flags of activate.h, or negative, reported. */
struct missing_args {
	bool partial;
	const char *mode;
};
int missing_flags(const struct session *session, const struct missing_args *args);

#define MISSING_OPTIONS(type, field)                                                               \
	OPTION(type, field.mode, 0, "activationmode", OPTION_CHOICE,                               \
	       N_("complete|degraded|partial"),                                                    \
	       N_("with partial what lies on missing devices gives errors, else such volumes are " \
		  "not activated")),                                                               \
		OPTION(type, field.partial, 'P', "partial", OPTION_FLAG, NULL,                     \
		       N_("the same as --activationmode partial"))

/* Options of LVM2's for daemons that nothing here needs. */
struct nothing_args {
	bool sysinit, ignore_monitoring, skip_clustered;
	enum yes_no poll, monitor;
};

#define NOTHING_TO_DO N_("accepted from LVM2 users, without effect: no daemon is needed")
#define NOTHING_OPTIONS(type, field)                                                               \
	OPTION(type, field.sysinit, 0, "sysinit", OPTION_FLAG, NULL, NOTHING_TO_DO),               \
		OPTION(type, field.skip_clustered, 0, "ignoreskippedcluster", OPTION_FLAG, NULL,   \
		       N_("accepted from LVM2 users, without effect")),                            \
		OPTION(type, field.poll, 0, "poll", OPTION_YESNO, N_("y|n"), NOTHING_TO_DO),       \
		OPTION(type, field.monitor, 0, "monitor", OPTION_YESNO, N_("y|n"), NOTHING_TO_DO), \
		OPTION(type, field.ignore_monitoring, 0, "ignoremonitoring", OPTION_FLAG, NULL,    \
		       NOTHING_TO_DO)

enum modify_switch switch_of(enum yes_no said);

/* The name proper of a new volume ("NAME", "VG/NAME", "/dev/VG/NAME"); NULL if it is of another group. */
const char *name_within(const char *name, const char *vg);

/* Whether an operand is a PV operand ("/dev/sdb", "/dev/sdb:0-99") rather than a volume: the path,
 * without extents, is a block device or file and no volume. */
bool is_device(const char *operand);

#endif
