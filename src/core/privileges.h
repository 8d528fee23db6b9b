/* SPDX-License-Identifier: ISC */
/*
 * What superd itself may do.  It is started with some capabilities and, with
 * `user` in [superd], as root; once its sockets are open it becomes that user
 * and keeps what its configuration takes (core/needs.h).  These are facts of
 * the process, so they are not handed around but kept here.
 */
#ifndef SUPERD_CORE_PRIVILEGES_H
#define SUPERD_CORE_PRIVILEGES_H

#include "base/err.h"

struct addr;
struct conf;
struct conf_report;
struct conf_service;
struct conf_source;
struct core;
struct spawn_host;

/*
 * Tells the loader what superd could do when it was started (which is when
 * this is called first): as_root and held.  A reload asks the same, so that
 * the rules for a file do not change with time.
 */
void privileges_of_start(struct conf_source *source);

/*
 * Tells what of it superd will do with this configuration: the fields of
 * *host that are about ids and capabilities.
 */
void privileges_plan(const struct conf *conf, struct spawn_host *host);

/*
 * The one place where superd gives up what it can: gives the directory of
 * the stderr sockets to its user, becomes him, keeps the capabilities that
 * conf needs, and looks whether it came out so, and whether handlers can be
 * started like that.  Says what is left.  Root without a `user` stays as it
 * is.  Returns 0 or -errno; then do not go on.
 */
int privileges_change(
    const struct core *core, const struct conf *conf, struct err *e);

/*
 * For a reload: adds a mistake to report for all that handlers of conf need
 * and superd cannot do any more, and for another `user` of superd's own.
 * Sockets are not looked at, because the open ones stay: for each one that
 * is opened there is privileges_may_open().  Returns 0, -EPERM after
 * mistakes, or -ENOMEM.
 */
int privileges_check(const struct conf *conf, struct conf_report *report);

/*
 * Is superd allowed to open this socket of the service?  Returns 0, or -EPERM
 * and what it lacks; the caller says of which service.
 */
int privileges_may_open(
    const struct conf_service *service, const struct addr *addr, struct err *e);

#endif
