# SPDX-License-Identifier: ISC
# SUPERD_TINY_HANDLERS
# Whether handlers/ is linked without a libc, which makes each of its programs
# start in a fraction of the time. Sets the conditional TINY_HANDLERS and
# substitutes TINY_CFLAGS and TINY_LDFLAGS, which stand in place of the
# hardening flags. Call it after SUPERD_INSTRUMENT: sanitizers and coverage
# need a libc, also when they come from the user's CFLAGS; the test links the
# real thing with the user's flags and runs it.
AC_DEFUN([SUPERD_TINY_HANDLERS], [
	AC_ARG_ENABLE([tiny-handlers], [AS_HELP_STRING([--disable-tiny-handlers],
	    [link the handlers with the C library])],
	    [], [enable_tiny_handlers=auto])
	TINY_CFLAGS=-ffreestanding
	TINY_LDFLAGS="-nostdlib -static -Wl,-e,_start -Wl,--gc-sections -Wl,-z,noexecstack"
	SUPERD_CFLAGS_EACH([TINY_CFLAGS], [
		-fno-pie
		-fno-stack-protector
		-fno-stack-clash-protection
		-mstack-protector-guard=global
		-fno-asynchronous-unwind-tables
		-ffunction-sections
		-fdata-sections
	])
	# Headers, code and constants in one mapping: fewer page faults.
	SUPERD_LDFLAG([TINY_LDFLAGS], [[-Wl,-z,noseparate-code]])
	superd_tiny=no
	AS_IF([test "x$enable_tiny_handlers" != xno], [_SUPERD_TINY_TRY])
	AS_IF([test "x$enable_tiny_handlers$superd_tiny" = xyesno],
	    [AC_MSG_ERROR([--enable-tiny-handlers: not with this machine, compiler or flags (see config.log)])])
	AM_CONDITIONAL([TINY_HANDLERS], [test "x$superd_tiny" = xyes])
	AC_SUBST([TINY_CFLAGS])
	AC_SUBST([TINY_LDFLAGS])
])

AC_DEFUN([_SUPERD_TINY_TRY], [
	AC_MSG_CHECKING([whether handlers can do without a C library])
	AS_IF([test "x$enable_sanitizers" = xno &&
	    test "x$enable_coverage" = xno], [
		superd_saved_CPPFLAGS=$CPPFLAGS
		superd_saved_CFLAGS=$CFLAGS
		superd_saved_LDFLAGS=$LDFLAGS
		superd_saved_LIBS=$LIBS
		CPPFLAGS="-D_GNU_SOURCE -I$srcdir/src -I$srcdir/handlers $CPPFLAGS"
		CFLAGS="-std=gnu11 $TINY_CFLAGS $CFLAGS"
		LDFLAGS="$TINY_LDFLAGS $LDFLAGS"
		LIBS=
		AC_RUN_IFELSE([_SUPERD_TINY_PROGRAM], [superd_tiny=yes], [],
		    [AC_LINK_IFELSE([_SUPERD_TINY_PROGRAM],
			[superd_tiny=yes])])
		CPPFLAGS=$superd_saved_CPPFLAGS
		CFLAGS=$superd_saved_CFLAGS
		LDFLAGS=$superd_saved_LDFLAGS
		LIBS=$superd_saved_LIBS
	])
	AC_MSG_RESULT([$superd_tiny])
])

# Arrays, pointers and arithmetic: what sanitizers and stack protectors want
# to have their hands on.
m4_define([_SUPERD_TINY_PROGRAM], [AC_LANG_SOURCE([[
#include "tiny-bare.c"
#include "tiny-io.c"
#include "tiny-out.c"

const char tiny_name[] = "conftest";

static __attribute__((noinline)) int
fill(char *to, char **argv, int argc)
{
	int n = 0;

	while (n < 60 && argv[argc - 1][n] != '\0') {
		to[n] = argv[argc - 1][n];
		n += argc;
	}
	return n;
}

int
tiny_main(int argc, char **argv, char **envp)
{
	struct tiny_out out;
	char name[64];
	int n = fill(name, argv, argc);

	tiny_out_init(&out, TINY_ERR);
	tiny_out_number(&out, (uint64_t)n, 1);
	if (argc != 1 || n == 0 || memcmp(name, argv[0], (size_t)n) != 0)
		return TINY_FAILED;
	return out.len > 0 && tiny_now() > 0 && envp == argv + 2 ?
	    TINY_DONE : TINY_FAILED;
}
]])])
