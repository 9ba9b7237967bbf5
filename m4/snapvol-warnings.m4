dnl SPDX-License-Identifier: GPL-2.0-or-later

# SNAPVOL_ADD_FLAG(VARIABLE, FLAG)
# Add FLAG to VARIABLE if the compiler takes it without a word.
AC_DEFUN([SNAPVOL_ADD_FLAG], [
	AS_VAR_PUSHDEF([cache], [snapvol_cv_flag_$2])
	AC_CACHE_CHECK([whether $CC accepts $2], [cache], [
		snapvol_saved_cflags=$CFLAGS
		CFLAGS="$CFLAGS -Werror $2"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
			[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		CFLAGS=$snapvol_saved_cflags
	])
	AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
	AS_VAR_POPDEF([cache])
])

# SNAPVOL_WARNINGS
# The warnings that all code is free of; errors in developer builds.
# -Wmaybe-uninitialized cannot see that what fail() returns is negative, so it suspects each result
# that is written on success only.
AC_DEFUN([SNAPVOL_WARNINGS], [
	WARNING_CFLAGS=
	m4_foreach_w([flag], [
		-Wall
		-Wextra
		-Wshadow
		-Wstrict-prototypes
		-Wmissing-prototypes
		-Wold-style-definition
		-Wmissing-declarations
		-Wconversion
		-Wno-sign-conversion
		-Wno-string-conversion
		-Wvla
		-Wimplicit-fallthrough
		-Wformat=2
		-Wundef
		-Wpointer-arith
		-Wwrite-strings
		-Wno-missing-field-initializers
		-Wno-maybe-uninitialized
	], [SNAPVOL_ADD_FLAG([WARNING_CFLAGS], flag)])
	AS_IF([test "$enable_developer" = yes], [WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
	AC_SUBST([WARNING_CFLAGS])
])

# SNAPVOL_DEVELOPER
# --enable-developer, which a git checkout implies.
AC_DEFUN([SNAPVOL_DEVELOPER], [
	AC_ARG_ENABLE([developer],
		[AS_HELP_STRING([--enable-developer],
			[make warnings errors and keep po/POTFILES.in current (default in a git checkout)])],
		[],
		[AS_IF([test -e "$srcdir/.git"], [enable_developer=yes], [enable_developer=no])])
	AM_CONDITIONAL([DEVELOPER], [test "$enable_developer" = yes])
])
