/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/display.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"

static bool asks_for_table(const struct listing_args *args)
{
	return args->said.count || args->separator || args->format || args->aligned ||
	       args->no_headings || args->name_prefixes || args->unquoted || args->rows ||
	       args->binary || args->segments || args->unbuffered;
}

int display_check(const struct display_args *args)
{
	if (args->columns && (args->colons || args->maps || args->brief || args->active_only))
		return fail(-EDOM, _("--columns: contradicts --colon, --maps, --short and "
				     "--activevolumegroups"));
	if (args->colons && (args->maps || args->brief))
		return fail(-EDOM, _("--colon: contradicts --maps and --short"));
	return 0;
}

int display_begin(struct listing *listing, const struct display_args *args,
		  struct display *display)
{
	const char *units = args->listing.units;

	if (asks_for_table(&args->listing))
		return fail(-EDOM, _("--columns: options of tables need it"));
	if (listing->session->log && stream_begin(&listing->shown) < 0)
		return -ENOMEM;
	*display = (struct display) {
		.out = listing->session->log ? listing->shown.out : stdout,
		.gather = &listing->gather,
		.style.suffix = !args->listing.no_suffix,
		.maps = args->maps,
	};
	if (!units)
		units = conf_text(listing->session->conf, "global/units");
	return cell_set_units(&display->style, units);
}
