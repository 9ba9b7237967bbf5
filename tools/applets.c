/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"

#include "tools/applet.h"

#include <string.h>

const struct applet *const applets[] = {
	/* One a line: the build makes the links from this list. */
	&complete_applet,
	&config_applet,
	&describe_applet,
	&fullreport_applet,
	&lvmconfig_applet,
	&svchange_applet,
	&svcheck_applet,
	&svconvert_applet,
	&svcreate_applet,
	&svdisplay_applet,
	&svextend_applet,
	&svgcfgbackup_applet,
	&svgcfgrestore_applet,
	&svgchange_applet,
	&svgck_applet,
	&svgcreate_applet,
	&svgdisplay_applet,
	&svgexport_applet,
	&svgextend_applet,
	&svgimport_applet,
	&svgmerge_applet,
	&svgmknodes_applet,
	&svgreduce_applet,
	&svgremove_applet,
	&svgrename_applet,
	&svgs_applet,
	&svgscan_applet,
	&svgsplit_applet,
	&svmerge_applet,
	&svpvchange_applet,
	&svpvcreate_applet,
	&svpvdisplay_applet,
	&svpvremove_applet,
	&svpvresize_applet,
	&svpvs_applet,
	&svpvscan_applet,
	&svrecover_applet,
	&svreduce_applet,
	&svremove_applet,
	&svrename_applet,
	&svresize_applet,
	&svs_applet,
	&svscan_applet,
	NULL,
};

const struct applet *applet_find(const char *name)
{
	unsigned i;

	for (i = 0; applets[i]; i++)
		if (!strcmp(applets[i]->name, name))
			return applets[i];
	return NULL;
}
