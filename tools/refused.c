/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/refused.h"

#include "base/text.h"

#include <string.h>

static const struct refused {
	const char *options; /* each with a blank before and behind it */
	const char *what;    /* N_() */
	const char *command; /* whose they are; NULL: of any */
} refused[] = {
	{ " -T --thin --thinpool --discards --errorwhenfull --poolmetadata --poolmetadatasize "
	  "--poolmetadataspare --mergethin --originname ",
	  N_("thin volumes") },
	{ " -H --cache --cachepool --cachevol --cachedevice --cachesize --cachemode --cachepolicy "
	  "--cachesettings --cachemetadataformat --splitcache --uncache ",
	  N_("caches") },
	{ " --vdo --vdopool --vdosettings --compression --deduplication ", N_("VDO volumes") },
	{ " -m --mirrors --mirrorlog --mirrorsonly --mergemirrors --splitmirrors --trackchanges "
	  "--nosync -R --regionsize --resync --repair ",
	  N_("mirrors") },
	{ " --raidintegrity --raidintegritymode --raidintegrityblocksize --minrecoveryrate "
	  "--maxrecoveryrate --syncaction --rebuild --replace --writebehind --writemostly ",
	  N_("RAID volumes") },
	{ " --shared -c --clustered --locktype --lockstart --lockstop ",
	  N_("groups that several hosts share") },
	{ " -n --name -r --readahead --stripes -I --stripesize --startpoll --swapmetadata --usepolicies "
	  "--virtualsize ",
	  N_("mirrors, RAID and pools"), "svconvert" },
	{ " -Z --zero ", N_("thin volumes"), "svchange" },
	{ " --detachprofile --metadataprofile ", N_("profiles in metadata") },
};

const char *refused_what(const char *command, const char *option, size_t len)
{
	const char *found;
	unsigned i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (refused[i].command && strcmp(refused[i].command, command))
			continue;
		for (found = refused[i].options; (found = strchr(found, ' ')) && *++found;)
			if (!strncmp(found, option, len) && found[len] == ' ')
				return _(refused[i].what);
	}
	return NULL;
}
