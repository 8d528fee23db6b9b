# SPDX-License-Identifier: ISC
# SUPERD_WARNINGS
# The language and the warnings of the house, for all our C:
# substitutes SUPERD_CFLAGS. --enable-werror makes warnings errors (CI does).
AC_DEFUN([SUPERD_WARNINGS], [
	AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror],
	    [make compiler warnings errors])], [], [enable_werror=no])
	SUPERD_CFLAGS=
	SUPERD_CFLAGS_EACH([SUPERD_CFLAGS], [
		-std=gnu11
		-Wall
		-Wextra
		-Wshadow
		-Wstrict-prototypes
		-Wmissing-prototypes
		-Wold-style-definition
		-Wwrite-strings
		-Wpointer-arith
		-Wcast-qual
		-Wformat=2
		-Wundef
		-Wvla
		-Wimplicit-fallthrough
		-Wredundant-decls
		-Wnested-externs
		-Wdate-time
		-Wlogical-op
		-Wduplicated-cond
		-Wduplicated-branches
		-Wstringop-overflow
	])
	AS_IF([test "x$enable_werror" = xyes],
	    [SUPERD_CFLAGS="$SUPERD_CFLAGS -Werror"])
	AC_SUBST([SUPERD_CFLAGS])
])
