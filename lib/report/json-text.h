/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_JSON_TEXT_H
#define SNAPVOL_REPORT_JSON_TEXT_H

#include "report/escape.h"

/*
 * Text for a report that libdevmapper prints as JSON: it puts a backslash before each quotation mark (libdm-report.c:
 * _safe_repstr_output), and leaves backslashes and control characters of the text itself as they
 * are, which JSON does not.
 *
 * JSON is UTF-8, but what metadata say of a device's path or a host may be of any bytes, and LVM2
 * reads that.  A byte that belongs to no character becomes U+FFFD.
 */

escape_text json_text;

#endif
