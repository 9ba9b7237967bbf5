/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_FINDINGS_H
#define SNAPVOL_REPORT_FINDINGS_H

/*
 * Findings of a check as JSON, for programs: {"report": [{"check": [ objects ]}]}.  Words are stable and
 * not translated, numbers exact.
 */

#include "report/report.h"

#include <stddef.h>

/* All texts are there, "" where there is nothing to say. */
struct finding_facts {
	const char *vg, *lv, *object;
	const char *check, *state, *severity;
	const char *text, *advice;
	const char *recovered;		 /* "yes" if svrecover settles it, else "no" */
	uint64_t used_bytes, size_bytes; /* of a snapshot's store; 0 where not known */
};

/* In the order given.  0 or negative, reported. */
int findings_print(const struct finding_facts *facts, size_t count, enum report_format format);

#endif
