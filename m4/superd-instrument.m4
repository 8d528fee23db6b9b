# SPDX-License-Identifier: ISC
# SUPERD_INSTRUMENT
# --enable-sanitizers and --enable-coverage: substitutes SUPERD_SAN_CFLAGS
# and SUPERD_COV_CFLAGS (both for compiling and for linking) and sets
# superd_instrument to yes when there is a sanitizer.
AC_DEFUN([SUPERD_INSTRUMENT], [
	AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers],
	    [build with the address and undefined behaviour sanitizers])],
	    [], [enable_sanitizers=no])
	AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage],
	    [build for gcov])], [], [enable_coverage=no])
	SUPERD_SAN_CFLAGS=
	SUPERD_COV_CFLAGS=
	superd_instrument=no
	AS_IF([test "x$enable_sanitizers" != xno], [
		superd_instrument=yes
		SUPERD_SAN_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
		_SUPERD_INSTRUMENT_LINKS([--enable-sanitizers],
		    [$SUPERD_SAN_CFLAGS])
	])
	AS_IF([test "x$enable_coverage" != xno], [
		SUPERD_COV_CFLAGS="--coverage"
		_SUPERD_INSTRUMENT_LINKS([--enable-coverage],
		    [$SUPERD_COV_CFLAGS])
	])
	AC_SUBST([SUPERD_SAN_CFLAGS])
	AC_SUBST([SUPERD_COV_CFLAGS])
])

# _SUPERD_INSTRUMENT_LINKS(OPTION, FLAGS)
AC_DEFUN([_SUPERD_INSTRUMENT_LINKS], [
	AC_MSG_CHECKING([whether $CC links with $1])
	_SUPERD_WITH([CFLAGS], [$2], [
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		    [AC_MSG_RESULT([yes])], [
			AC_MSG_RESULT([no])
			AC_MSG_ERROR([$1: $CC cannot link a program with $2 (is its runtime library installed?)])
		])
	])
])
