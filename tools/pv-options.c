/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/pv-options.h"

#include "base/conf.h"
#include "base/log.h"

/* Far beyond any use, and small enough that sums of them cannot wrap. */
static const uint64_t SECTORS_MAX = UINT64_C(1) << 40;

int pv_format_of(const char *command, const struct conf *conf, const struct pv_args *args,
		 struct pv_format *format)
{
	static const uint64_t sectors_of_mib = 2048;
	const struct amount *size = &args->metadata_size;

	if (size->sign)
		return fail(-EDOM, _("%s: --metadatasize takes no sign"), command);
	if (size->given && !size->value)
		return fail(-EDOM, _("%s: --metadatasize may not be zero"), command);
	if (args->label_sector.given && args->label_sector.value > 3)
		return fail(-EDOM, _("%s: --labelsector is 0 to 3"), command);
	if (args->data_alignment > SECTORS_MAX || args->data_offset > SECTORS_MAX ||
	    size->value > SECTORS_MAX)
		return fail(-EDOM, _("%s: size or alignment of data or metadata is too large"),
			    command);

	*format = (struct pv_format) {
		.data_alignment_sectors = args->data_alignment,
		.default_alignment_sectors =
			conf_number(conf, "devices/default_data_alignment") * sectors_of_mib,
		.data_offset_sectors = args->data_offset,
		.metadata_sectors = size->given ? size->value : 0,
		.copies = args->copies ? (unsigned)(args->copies[0] - '0') : 1,
		.label_sector = args->label_sector.given ? &args->label_sector.value : NULL,
		.metadata_ignored = args->metadata_ignore == SAID_YES,
		.keep_head = args->zero == SAID_NO,
	};
	return 0;
}
