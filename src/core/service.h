/* SPDX-License-Identifier: ISC */
/* A service that is alive: its plan, its sockets, its counts. */
#ifndef SUPERD_CORE_SERVICE_H
#define SUPERD_CORE_SERVICE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/listener.h"
#include "core/stderr.h"
#include "gate/gate.h"
#include "log/repeat.h"

struct conf_service;
struct core;
struct spawn_plan;

struct core_service {
	struct core *core;
	const struct conf_service *conf;
	struct spawn_plan *plan;
	struct core_listener *listeners;
	size_t listener_count;
	size_t full_listeners;       /* of them wait for room here */
	struct gate_plan *gate_plan; /* owned; the gate borrows it */
	struct gate gate;            /* who may enter, and how many live */
	uint64_t accepted;           /* since start */
	struct core_stderr stderr_lines;
	struct log_repeat full_said, spawn_said, stderr_said, held_said;
	struct log_repeat refuse_said[GATE_REASONS];
	uint64_t bans_until_ns, bans_said, bans_suppressed;
};

/*
 * Opens everything that the service needs.  Returns 0, or -errno with the
 * service's place in the configuration; service_close() is due in any case.
 */
int service_open(struct core_service *s, struct core *core,
    const struct conf_service *conf, struct err *e);

/* Closes the listening sockets; the handlers go on. */
void service_stop_listening(struct core_service *s);

void service_close(struct core_service *s);

#endif
