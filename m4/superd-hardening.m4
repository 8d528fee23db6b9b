# SPDX-License-Identifier: ISC
# SUPERD_HARDENING
# Substitutes SUPERD_HARDEN_CPPFLAGS, _CFLAGS and _LDFLAGS. Call it after
# SUPERD_INSTRUMENT: FORTIFY and the sanitizers check the same calls, and
# only one of them may wrap them.
AC_DEFUN([SUPERD_HARDENING], [
	AC_ARG_ENABLE([hardening], [AS_HELP_STRING([--disable-hardening],
	    [no PIE, RELRO, stack protector, FORTIFY])],
	    [], [enable_hardening=yes])
	SUPERD_HARDEN_CPPFLAGS=
	SUPERD_HARDEN_CFLAGS=
	SUPERD_HARDEN_LDFLAGS=
	AS_IF([test "x$enable_hardening" != xno], [
		_SUPERD_HARDEN_PIE
		_SUPERD_HARDEN_COMPILE
		_SUPERD_HARDEN_FORTIFY
	])
	AC_SUBST([SUPERD_HARDEN_CPPFLAGS])
	AC_SUBST([SUPERD_HARDEN_CFLAGS])
	AC_SUBST([SUPERD_HARDEN_LDFLAGS])
])

# -static and -pie together make a program that dies at its start.
AC_DEFUN([_SUPERD_HARDEN_PIE], [
	AS_CASE([" $CC $CFLAGS $LDFLAGS "],
	    [*" -static "*], [AC_MSG_NOTICE([static link asked for: no PIE])],
	    [
		SUPERD_CFLAG([SUPERD_HARDEN_CFLAGS], [-fPIE])
		SUPERD_LDFLAG([SUPERD_HARDEN_LDFLAGS], [-pie])
	    ])
])

AC_DEFUN([_SUPERD_HARDEN_COMPILE], [
	SUPERD_CFLAGS_EACH([SUPERD_HARDEN_CFLAGS], [
		-fstack-protector-strong
		-fstack-clash-protection
		-fcf-protection
		-mbranch-protection=standard
	])
	SUPERD_LDFLAG([SUPERD_HARDEN_LDFLAGS], [[-Wl,-z,relro]])
	SUPERD_LDFLAG([SUPERD_HARDEN_LDFLAGS], [[-Wl,-z,now]])
	SUPERD_LDFLAG([SUPERD_HARDEN_LDFLAGS], [[-Wl,-z,noexecstack]])
])

# The C library warns in <string.h> about a level that it does not know. The
# wrappers need the optimiser.
AC_DEFUN([_SUPERD_HARDEN_FORTIFY], [
	SUPERD_CC_HAS([whether $CC optimises with CFLAGS="$CFLAGS"],
	    [optimises], [defined(__OPTIMIZE__)])
	AC_CACHE_CHECK([for the level of _FORTIFY_SOURCE],
	    [superd_cv_fortify], [
		superd_cv_fortify=none
		for superd_level in 3 2; do
			superd_try="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$superd_level"
			_SUPERD_WITH([CFLAGS], [-Werror $superd_try], [
				AC_COMPILE_IFELSE(
				    [AC_LANG_PROGRAM([[#include <string.h>]])],
				    [superd_cv_fortify=$superd_level])])
			test "$superd_cv_fortify" = none || break
		done
	])
	AS_IF([test "x$superd_cv_optimises" = xyes &&
	    test "x$superd_instrument" = xno &&
	    test "x$superd_cv_fortify" != xnone],
	    [SUPERD_HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$superd_cv_fortify"])
])
