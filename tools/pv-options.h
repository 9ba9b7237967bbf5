/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_PV_OPTIONS_H
#define SNAPVOL_TOOLS_PV_OPTIONS_H

/*
 * Options of the commands that make PVs: where data and metadata go on the device.
 */

#include "store/pvinit.h"
#include "tools/applet.h"
#include "tools/policy.h"

struct conf;

struct pv_args {
	uint64_t data_alignment, data_offset;	/* sectors */
	struct amount metadata_size;
	const char *copies;
	enum yes_no metadata_ignore, zero;
	struct given_number label_sector;
	const char *metadata_type;
};

/* Rows for a table whose struct has a "field" of struct pv_args. */
#define PV_OPTIONS(type, field)                                                                    \
	OPTION(type, field.data_alignment, 0, "dataalignment", OPTION_SECTORS, N_("SIZE"),         \
	       N_("begin data at a multiple of SIZE (1m)")),                                       \
	OPTION(type, field.data_offset, 0, "dataalignmentoffset", OPTION_SECTORS, N_("SIZE"),      \
	       N_("and SIZE behind that")),                                                        \
	OPTION(type, field.metadata_size, 0, "metadatasize", OPTION_SIZE, N_("SIZE"),              \
	       N_("make a metadata area at least SIZE large")),                                    \
	OPTION(type, field.copies, 0, "pvmetadatacopies", OPTION_CHOICE, N_("0|1|2"),              \
	       N_("how many metadata areas it has (1)")),                                          \
	OPTION(type, field.label_sector, 0, "labelsector", OPTION_GIVEN_NUMBER, N_("NUMBER"),      \
	       N_("put its label into this of the first four sectors (1)")),                       \
	OPTION(type, field.zero, 'Z', "zero", OPTION_YESNO, N_("y|n"),                             \
	       N_("whether its first four sectors are zeroed (y)")),                               \
	METADATA_TYPE_ROW(type, field.metadata_type)

/* command is what messages begin with.  0 or -EDOM, reported. */
int pv_format_of(const char *command, const struct conf *conf, const struct pv_args *args,
		 struct pv_format *format);

#endif
