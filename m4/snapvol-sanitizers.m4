dnl SPDX-License-Identifier: GPL-2.0-or-later

# SNAPVOL_SANITIZERS
# --enable-asan, --enable-ubsan, --enable-fuzzing.  Sets SANITIZER_CFLAGS for all that is compiled
# or linked, FUZZING_LDFLAGS for fuzz targets, and the conditional FUZZING.
AC_DEFUN([SNAPVOL_SANITIZERS], [
	AC_ARG_ENABLE([asan],
		[AS_HELP_STRING([--enable-asan], [build with the address sanitizer])],
		[], [enable_asan=no])
	AC_ARG_ENABLE([ubsan],
		[AS_HELP_STRING([--enable-ubsan], [build with the undefined behaviour sanitizer])],
		[], [enable_ubsan=no])
	AC_ARG_ENABLE([fuzzing],
		[AS_HELP_STRING([--enable-fuzzing],
			[build test/fuzz with libFuzzer (clang) instead of as replayers of their corpora])],
		[], [enable_fuzzing=no])
	SANITIZER_CFLAGS=
	FUZZING_LDFLAGS=
	AS_IF([test "$enable_asan" = yes], [SNAPVOL_SANITIZE([address])])
	AS_IF([test "$enable_ubsan" = yes], [
		SNAPVOL_SANITIZE([undefined])
		SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fno-sanitize-recover=undefined"
	])
	AS_IF([test "$enable_fuzzing" = yes], [
		SNAPVOL_SANITIZE([fuzzer-no-link])
		FUZZING_LDFLAGS=-fsanitize=fuzzer
	])
	AS_IF([test "x$SANITIZER_CFLAGS" != x],
		[SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fno-omit-frame-pointer"])
	AC_SUBST([SANITIZER_CFLAGS])
	AC_SUBST([FUZZING_LDFLAGS])
	AM_CONDITIONAL([FUZZING], [test "$enable_fuzzing" = yes])
])

# SNAPVOL_SANITIZE(KIND)
# Add -fsanitize=KIND, or stop if the compiler cannot link with it.
AC_DEFUN([SNAPVOL_SANITIZE], [
	AC_MSG_CHECKING([whether $CC can link with -fsanitize=$1])
	snapvol_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -fsanitize=$1"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([-fsanitize=$1 is asked for and $CC does not have it])])
	CFLAGS=$snapvol_saved_cflags
	SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fsanitize=$1"
])
