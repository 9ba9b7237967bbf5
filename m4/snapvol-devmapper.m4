dnl SPDX-License-Identifier: GPL-2.0-or-later

# SNAPVOL_CHECK_DEVMAPPER_JSON_STD
# Whether dm_report can write JSON with numbers and null as such: an enumerator, since 1.02.189.
AC_DEFUN([SNAPVOL_CHECK_DEVMAPPER_JSON_STD], [
	snapvol_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $DEVMAPPER_CFLAGS"
	AC_CHECK_DECLS([DM_REPORT_GROUP_JSON_STD],
		[AC_DEFINE([HAVE_DM_REPORT_JSON_STD], [1],
			[Define to 1 if libdevmapper can report in standard JSON.])],
		[], [[#include <libdevmapper.h>]])
	CFLAGS=$snapvol_saved_cflags
])
