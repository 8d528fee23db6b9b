# SPDX-License-Identifier: ISC
# Compiler and linker flags, tried one by one. None of these touch CFLAGS,
# CPPFLAGS or LDFLAGS: those belong to whoever calls configure.

# _SUPERD_WITH(VARIABLE, FLAGS, TESTS)
# Runs the tests with the flags at the end of VARIABLE.
m4_define([_SUPERD_WITH], [
	superd_saved_$1=$$1
	$1="$$1 $2"
	$3
	$1=$superd_saved_$1
])

# SUPERD_CFLAG(VARIABLE, FLAG)
# Appends FLAG to VARIABLE if the compiler takes it without a word.
AC_DEFUN([SUPERD_CFLAG], [
	AS_VAR_PUSHDEF([cache], [superd_cv_cflag_$2])
	AC_CACHE_CHECK([whether $CC accepts $2], [cache], [
		_SUPERD_WITH([CFLAGS], [-Werror $2], [
			AC_COMPILE_IFELSE([AC_LANG_SOURCE([int superd_x;])],
			    [AS_VAR_SET([cache], [yes])],
			    [AS_VAR_SET([cache], [no])])])
	])
	AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
	AS_VAR_POPDEF([cache])
])

# SUPERD_CFLAGS_EACH(VARIABLE, FLAGS)
AC_DEFUN([SUPERD_CFLAGS_EACH],
    [m4_foreach_w([superd_flag], [$2], [SUPERD_CFLAG([$1], superd_flag)])])

# SUPERD_LDFLAG(VARIABLE, FLAG)
# FLAG may hold commas when it is quoted; the link is a real one.
AC_DEFUN([SUPERD_LDFLAG], [
	AS_VAR_PUSHDEF([cache], [superd_cv_ldflag_$2])
	AC_CACHE_CHECK([whether the linker accepts $2], [cache], [
		_SUPERD_WITH([LDFLAGS], [-Werror $2], [
			AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			    [AS_VAR_SET([cache], [yes])],
			    [AS_VAR_SET([cache], [no])])])
	])
	AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
	AS_VAR_POPDEF([cache])
])

# SUPERD_CC_HAS(MESSAGE, CACHE-NAME, EXPRESSION)
# Sets superd_cv_CACHE-NAME to yes when the preprocessor finds it true with
# the flags of the user.
AC_DEFUN([SUPERD_CC_HAS], [
	AC_CACHE_CHECK([$1], [superd_cv_$2], [
		AC_COMPILE_IFELSE([AC_LANG_SOURCE([
#if !($3)
#error no
#endif
int superd_x;])], [superd_cv_$2=yes], [superd_cv_$2=no])
	])
])
