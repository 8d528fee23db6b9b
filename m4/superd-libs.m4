# SPDX-License-Identifier: ISC
# SUPERD_INIH
# The system's libinih, by pkg-config or, where that knows nothing of it, by
# trying to link. Substitutes INIH_CFLAGS and INIH_LIBS.
AC_DEFUN([SUPERD_INIH], [
	PKG_CHECK_MODULES([INIH], [inih], [superd_inih=pkg-config], [
		superd_inih=no
		AC_CHECK_HEADER([ini.h], [
			AC_CHECK_LIB([inih], [ini_parse_stream], [
				superd_inih=linked
				INIH_CFLAGS=
				INIH_LIBS=-linih
			])
		])
	])
	AS_IF([test "x$superd_inih" = xno], [AC_MSG_ERROR([
    superd needs libinih (https://github.com/benhoyt/inih) with its header.
    The package is called
        libinih-dev     on Debian and Ubuntu
        inih-devel      on Fedora
        inih-dev        on Alpine
        libinih         on Arch
    or let ./bootstrap deps install all that the build needs.
    INIH_CFLAGS and INIH_LIBS say where it is when it is somewhere else.])])
])

# SUPERD_SYSTEMD_UNIT_DIR
# Substitutes systemdsystemunitdir. `auto` stays below the prefix, where
# systemd looks for /usr and for /usr/local; only `yes` follows pkg-config
# wherever it points.
AC_DEFUN([SUPERD_SYSTEMD_UNIT_DIR], [
	AC_ARG_WITH([systemdsystemunitdir],
	    [AS_HELP_STRING([--with-systemdsystemunitdir=DIR],
	    [install superd.service in DIR; auto, yes or no])],
	    [], [with_systemdsystemunitdir=auto])
	AS_CASE([$with_systemdsystemunitdir],
	    [auto], [PKG_CHECK_EXISTS([systemd],
		[systemdsystemunitdir='${prefix}/lib/systemd/system'],
		[systemdsystemunitdir=])],
	    [yes], [PKG_CHECK_VAR([systemdsystemunitdir], [systemd],
		[systemdsystemunitdir], [],
		[AC_MSG_ERROR([--with-systemdsystemunitdir: pkg-config knows no systemd, name the directory])])],
	    [no], [systemdsystemunitdir=],
	    [systemdsystemunitdir=$with_systemdsystemunitdir])
	AC_SUBST([systemdsystemunitdir])
	AM_CONDITIONAL([WITH_SYSTEMD], [test -n "$systemdsystemunitdir"])
])

# SUPERD_TEST_TOOL(NAME)
# Notes for the summary whether a tool of the tests is there. The tests look
# for themselves when they run, and skip with the reason.
AC_DEFUN([SUPERD_TEST_TOOL], [
	AC_CHECK_PROG([superd_tool], [$1], [$1], [no])
	AS_IF([test "$superd_tool" = no],
	    [AS_VAR_APPEND([superd_tools_missing], [" $1"])],
	    [AS_VAR_APPEND([superd_tools_found], [" $1"])])
	AS_UNSET([superd_tool])
	AS_UNSET([ac_cv_prog_superd_tool])
])
AC_DEFUN([SUPERD_TEST_TOOLS], [
	superd_tools_found=
	superd_tools_missing=
	m4_foreach_w([superd_each], [$1], [SUPERD_TEST_TOOL(superd_each)])
])
