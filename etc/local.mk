# SPDX-License-Identifier: ISC
# The sample goes to the examples; as superd.ini only where there is none:
# that file belongs to the administrator, from its first day on.
dist_examples_DATA += etc/superd.ini etc/superd.socket
EXTRA_DIST += etc/superd.service.in
CLEANFILES += etc/superd.service

if WITH_SYSTEMD
nodist_systemdsystemunit_DATA = etc/superd.service
endif

etc/superd.service: etc/superd.service.in Makefile
	$(AM_V_at)$(MKDIR_P) etc
	$(AM_V_GEN)$(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
	    -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
	    $(srcdir)/etc/superd.service.in > $@.tmp && mv $@.tmp $@

# Where the shells look for what belongs to a package
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = etc/completions/_superctl
EXTRA_DIST += etc/completions/superctl.bash

# bash wants the name of the command, without an end.
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(bashcompletiondir)"
	$(INSTALL_DATA) $(srcdir)/etc/completions/superctl.bash \
	    "$(DESTDIR)$(bashcompletiondir)/superctl"
uninstall-local:
	rm -f "$(DESTDIR)$(bashcompletiondir)/superctl"

install-data-hook:
	@ini="$(DESTDIR)$(sysconfdir)/superd.ini"; \
	if test -e "$$ini"; then \
	    echo " $$ini is there already and stays as it is"; \
	else \
	    echo " installing a first $$ini"; \
	    $(MKDIR_P) "$(DESTDIR)$(sysconfdir)" && \
	    $(INSTALL_DATA) $(srcdir)/etc/superd.ini "$$ini"; \
	fi

# Gone with the rest as long as nobody has changed it.
uninstall-hook:
	@ini="$(DESTDIR)$(sysconfdir)/superd.ini"; \
	if cmp -s $(srcdir)/etc/superd.ini "$$ini"; then \
	    rm -f "$$ini"; \
	elif test -e "$$ini"; then \
	    echo " $$ini is yours and stays"; \
	fi

AM_DISTCHECK_CONFIGURE_FLAGS = \
	--with-systemdsystemunitdir='$${prefix}/lib/systemd/system'
