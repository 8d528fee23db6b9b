# SPDX-License-Identifier: ISC
# One program a file, over a small library in place of a libc (tiny.h). With
# TINY_HANDLERS they are linked without one: m4/superd-tiny-handlers.m4.
if TINY_HANDLERS
handler_cppflags = $(SUPERD_INCLUDES)
handler_cflags = $(SUPERD_CFLAGS) $(TINY_CFLAGS)
handler_ldflags = $(TINY_LDFLAGS)
handler_floor = %D%/tiny-bare.c
else
handler_cppflags = $(SUPERD_INCLUDES) $(SUPERD_HARDEN_CPPFLAGS)
handler_cflags = $(AM_CFLAGS)
handler_ldflags = $(AM_LDFLAGS)
handler_floor = %D%/tiny-libc.c
endif

noinst_LIBRARIES += %D%/libtiny.a
%C%_libtiny_a_SOURCES = %D%/tiny.h %D%/tiny-io.c %D%/tiny-out.c \
	$(handler_floor)
%C%_libtiny_a_CPPFLAGS = $(handler_cppflags)
%C%_libtiny_a_CFLAGS = $(handler_cflags)

handlers_PROGRAMS += \
	%D%/chargen \
	%D%/daytime \
	%D%/discard \
	%D%/echo \
	%D%/env \
	%D%/qotd \
	%D%/time \
	%D%/upper

%C%_chargen_SOURCES = %D%/chargen.c
%C%_chargen_CPPFLAGS = $(handler_cppflags)
%C%_chargen_CFLAGS = $(handler_cflags)
%C%_chargen_LDFLAGS = $(handler_ldflags)
%C%_chargen_LDADD = %D%/libtiny.a

%C%_daytime_SOURCES = %D%/daytime.c
%C%_daytime_CPPFLAGS = $(handler_cppflags)
%C%_daytime_CFLAGS = $(handler_cflags)
%C%_daytime_LDFLAGS = $(handler_ldflags)
%C%_daytime_LDADD = %D%/libtiny.a

%C%_discard_SOURCES = %D%/discard.c
%C%_discard_CPPFLAGS = $(handler_cppflags)
%C%_discard_CFLAGS = $(handler_cflags)
%C%_discard_LDFLAGS = $(handler_ldflags)
%C%_discard_LDADD = %D%/libtiny.a

%C%_echo_SOURCES = %D%/echo.c
%C%_echo_CPPFLAGS = $(handler_cppflags)
%C%_echo_CFLAGS = $(handler_cflags)
%C%_echo_LDFLAGS = $(handler_ldflags)
%C%_echo_LDADD = %D%/libtiny.a

%C%_env_SOURCES = %D%/env.c
%C%_env_CPPFLAGS = $(handler_cppflags)
%C%_env_CFLAGS = $(handler_cflags)
%C%_env_LDFLAGS = $(handler_ldflags)
%C%_env_LDADD = %D%/libtiny.a

dist_pkgdata_DATA = %D%/qotd.txt
%C%_qotd_SOURCES = %D%/qotd.c
%C%_qotd_CPPFLAGS = $(handler_cppflags) -DQOTD_FILE='"$(pkgdatadir)/qotd.txt"'
%C%_qotd_CFLAGS = $(handler_cflags)
%C%_qotd_LDFLAGS = $(handler_ldflags)
%C%_qotd_LDADD = %D%/libtiny.a

# Beside the program, so that it also works where it was built.
noinst_DATA += %D%/qotd.stamp
%D%/qotd.stamp: %D%/qotd.txt
	$(AM_V_at)$(MKDIR_P) %D%
	$(AM_V_at)cmp -s $(srcdir)/%D%/qotd.txt %D%/qotd.txt || \
	    cp $(srcdir)/%D%/qotd.txt %D%/qotd.txt
	$(AM_V_at)touch $@
CLEANFILES += %D%/qotd.stamp
distclean-local:
	test '$(srcdir)' = . || rm -f %D%/qotd.txt

%C%_time_SOURCES = %D%/time.c
%C%_time_CPPFLAGS = $(handler_cppflags)
%C%_time_CFLAGS = $(handler_cflags)
%C%_time_LDFLAGS = $(handler_ldflags)
%C%_time_LDADD = %D%/libtiny.a

%C%_upper_SOURCES = %D%/upper.c
%C%_upper_CPPFLAGS = $(handler_cppflags)
%C%_upper_CFLAGS = $(handler_cflags)
%C%_upper_LDFLAGS = $(handler_ldflags)
%C%_upper_LDADD = %D%/libtiny.a

# Those that speak HTTP and ask superd: ordinary programs with a libc.
web_cppflags = $(SUPERD_INCLUDES) -I$(top_srcdir) $(SUPERD_PLACES) \
	$(SUPERD_HARDEN_CPPFLAGS)
noinst_LIBRARIES += %D%/libweb.a
%C%_libweb_a_SOURCES = \
	%D%/web/accept.c \
	%D%/web/bytes.c %D%/web/bytes.h \
	%D%/web/control.c %D%/web/control.h \
	%D%/web/exposition.c %D%/web/exposition.h \
	%D%/web/hosts.c %D%/web/hosts.h \
	%D%/web/http.c %D%/web/http.h \
	%D%/web/request.c
%C%_libweb_a_CPPFLAGS = $(web_cppflags)

handlers_PROGRAMS += %D%/metrics

%C%_metrics_SOURCES = %D%/metrics.c
%C%_metrics_CPPFLAGS = $(web_cppflags)
%C%_metrics_LDADD = %D%/libweb.a

handlers_PROGRAMS += %D%/status-page

%C%_status_page_SOURCES = %D%/status-page.c \
	%D%/page/act.c %D%/page/act.h \
	%D%/page/assets.c %D%/page/assets.h \
	%D%/page/feed.c %D%/page/feed.h \
	%D%/page/form.c %D%/page/form.h \
	%D%/page/guard.c %D%/page/guard.h
%C%_status_page_CPPFLAGS = $(web_cppflags) -I%D%/page
%C%_status_page_LDADD = %D%/libweb.a

# The page is a part of the program. Its sources are not in status-page/,
# where the program stands.
page_files = %D%/page/index.html %D%/page/page.css %D%/page/page.js
EXTRA_DIST += $(page_files) %D%/page/embed.sh
CLEANFILES += %D%/page/assets.inc
%D%/page/status_page-assets.$(OBJEXT): %D%/page/assets.inc
%D%/page/assets.inc: $(page_files) %D%/page/embed.sh
	$(AM_V_at)$(MKDIR_P) %D%/page
	$(AM_V_GEN)sh $(srcdir)/%D%/page/embed.sh $(srcdir)/%D%/page \
	    >$@.tmp && mv $@.tmp $@

dist_examples_SCRIPTS += \
	%D%/examples/calculate.pl \
	%D%/examples/greet.sh \
	%D%/examples/hello-http.py \
	%D%/examples/lookup.py \
	%D%/examples/words.awk

dist_man_MANS += %D%/superd-handlers.7

BATS_SUITES += \
	%D%/chargen.bats \
	%D%/daytime.bats \
	%D%/discard.bats \
	%D%/echo.bats \
	%D%/env.bats \
	%D%/examples.bats \
	%D%/metrics.bats \
	%D%/qotd.bats \
	%D%/status-browser.bats \
	%D%/status-page.bats \
	%D%/time.bats \
	%D%/tiny.bats \
	%D%/upper.bats

EXTRA_DIST += m4/superd-tiny-handlers.m4 %D%/helpers.bash %D%/peer.py \
	%D%/browser.py %D%/fake_control.py %D%/web.bash
MOSTLYCLEANFILES += %D%/*.gcda %D%/*.gcno %D%/*/*.gcda %D%/*/*.gcno
