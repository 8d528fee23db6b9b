/* SPDX-License-Identifier: ISC */
/*
 * Shared by the tests of state.h and its fuzzer: a state that has one of
 * everything, and bytes made by hand.
 */
#ifndef SUPERD_CORE_TEST_STATE_H
#define SUPERD_CORE_TEST_STATE_H

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"
#include "core/state_head.h"
#include "core/state_tables.h"
#include "core/state_value.h"

struct sample {
	struct state state;
	struct state_refusal refusals[2];
	struct state_service services[3];
	struct state_listener listeners[4];
	struct state_child children[4];
	struct state_source sources[3];
	struct state_held held[1];
};

static inline void
sample_ip(struct addr *a, int family, const char *ip, uint16_t port)
{
	addr_any(family, a);
	addr_set_port(a, port);
	if (inet_pton(family, ip,
		family == AF_INET ? (void *)&a->at.v4.sin_addr
				  : (void *)&a->at.v6.sin6_addr) != 1)
		abort();
}

static inline void
sample_unix(struct addr *a, const char *path)
{
	if (addr_parse_unix(path, a, NULL) < 0)
		abort();
}

static inline void
sample_services(struct sample *x)
{
	static const char label[] = "\0superd-stderr.3";

	x->refusals[0] = (struct state_refusal) { "rate", 17 };
	x->refusals[1] = (struct state_refusal) { "banned", UINT64_MAX };
	x->services[0] = (struct state_service) {
		.name = "ssh",
		.number = 0,
		.accepted = 1234567890123,
		.paused = 1,
		.disabled = 1,
		.tat_ns = 5,
		.refused = { x->refusals, 2 },
		.stderr_fd = 9,
		.stderr_name = { "/run/superd-stderr.a/0", 23 },
	};
	x->services[1] = (struct state_service) {
		.name = "x", .number = 77, .stderr_fd = -1
	};
	x->services[2] = (struct state_service) {
		.name = "7007",
		.number = 3,
		.stderr_fd = 10,
		.stderr_name = { label, sizeof(label) - 1 },
	};
}

static inline void
sample_listeners(struct sample *x)
{
	struct state_listener *l = x->listeners;

	for (int i = 0; i < 4; i++)
		l[i].fd = 20 + i;
	l[0].service = "ssh";
	sample_ip(&l[0].wanted, AF_INET, "0.0.0.0", 0);
	sample_ip(&l[0].bound, AF_INET, "0.0.0.0", 40022);
	l[1].service = "ssh";
	sample_ip(&l[1].wanted, AF_INET6, "fe80::1", 65535);
	l[1].wanted.at.v6.sin6_scope_id = 0xfffffffe;
	l[1].bound = l[1].wanted;
	l[2].service = "x";
	sample_unix(&l[2].wanted, "/run/x.sock");
	l[2].bound = l[2].wanted;
	l[2].has_path = true;
	l[2].path = (struct state_identity) { 0xfd00000000000001, 12 };
	l[3].service = "7007";
	sample_unix(&l[3].wanted, "@abstract");
	l[3].bound = l[3].wanted;
}

static inline void
sample_children(struct sample *x)
{
	struct state_child *c = x->children;

	for (int i = 0; i < 4; i++)
		c[i] = (struct state_child) {
			.number = 100 + (uint64_t)i,
			.pid = 4000 - i,
			.slot = (uint32_t)(7 * i),
			.service = "ssh",
			.start_ns = 1000000007,
			.end = "",
		};
	c[0].peer = (struct addr_peer) { AF_INET, 50000,
		{ .v4 = { 192, 0, 2, 1 } }, 0 };
	c[0].has_source = true;
	c[0].source = (struct gate_source_key) { { 1, 2, 3, [15] = 9 }, 0 };
	c[1].peer = (struct addr_peer) { AF_INET6, 1,
		{ .v6 = { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, 5 };
	c[1].deadline_ns = 1;
	c[1].end = "runtime";
	c[1].partial = (struct state_bytes) { "half\0a\xff line", 12 };
	c[2].service = "x";
	c[2].peer.family = AF_UNIX;
	c[2].peer.at.local.pid = 4242;
	c[2].peer.at.local.uid = UINT32_MAX;
	c[2].peer.at.local.gid = 1000;
	c[3].service = "7007";
	c[3].number = 1;
	c[3].cookie = 0xfedcba9876543210;
	c[3].listen = (struct state_bytes) { "[::]:7007", 9 };
	c[3].exec_ns = 1000000017;
	c[3].has_local = true;
	c[3].local = c[1].peer;
}

static inline void
sample_sources(struct sample *x)
{
	x->sources[0] = (struct state_source) {
		.key = { { [10] = 0xff, 0xff, 192, 0, 2, 1 }, 77 },
		.tat_ns = 1,
		.banned_until_ns = 2,
		.keep_until_s = 3,
		.events_since_s = 4,
		.events = 5,
		.strikes = 6,
	};
	x->sources[1].key.service = GATE_SOURCE_UNIX | 3;
	x->sources[2] = (struct state_source) { { { 0xfe }, 1 }, UINT64_MAX,
		UINT64_MAX, UINT32_MAX, UINT32_MAX, UINT16_MAX, UINT8_MAX };
	x->held[0] = (struct state_held) {
		.service = "7007",
		.fd = STATE_FD_MAX,
		.peer = { AF_INET, 9, { .v4 = { 10, 0, 0, 1 } }, 0 },
		.has_source = true,
		.source = { { 7 }, 3 },
		.until_ns = 99,
	};
}

static inline void
sample_fill(struct sample *x)
{
	*x = (struct sample) { 0 };
	sample_services(x);
	sample_listeners(x);
	sample_children(x);
	sample_sources(x);
	x->state = (struct state) {
		.daemon = {
			.version = "1.2.3-rc4",
			.instance = 0x0123456789abcdef,
			.last_connection = 103,
			.start_ns = 11,
			.encode_ns = 12,
			.upgrades = 13,
			.generation = 14,
			.stderr_dir = "/run/superd-stderr.a b",
			.stderr_lock_fd = 3,
			.pidfile_fd = 4,
			.control_fd = 5,
			.has_control = true,
			.control_path = { 0xfd00, 99 },
			.next_service_number = 78,
		},
		.services = x->services,
		.service_count = 3,
		.listeners = x->listeners,
		.listener_count = 4,
		.children = x->children,
		.child_count = 4,
		.sources = x->sources,
		.source_count = 3,
		.held = x->held,
		.held_count = 1,
	};
	sample_unix(&x->state.daemon.control_bound, "/run/superd.sock");
}

/* Bytes by hand: a head, records of fields, and the sums at the end. */
struct raw {
	uint8_t at[65536];
	size_t size, record; /* where the last record starts */
};

static inline void
raw_start(struct raw *r)
{
	if (state_head_put(r->at, "0.0.1", NULL) < 0)
		abort();
	r->size = STATE_HEAD_SIZE;
}

static inline void
raw_record(struct raw *r, uint32_t tag)
{
	r->record = r->size;
	state_put_number(r->at + r->size, tag, 4);
	state_put_number(r->at + r->size + 4, 0, 4);
	r->size += STATE_RECORD_HEAD;
}

static inline void
raw_bytes(struct raw *r, uint16_t tag, const void *bytes, size_t size)
{
	state_put_number(r->at + r->size, tag, 2);
	state_put_number(r->at + r->size + 2, size, 2);
	memcpy(r->at + r->size + 4, bytes, size);
	r->size += STATE_FIELD_HEAD + size;
	state_put_number(
	    r->at + r->record + 4, r->size - r->record - STATE_RECORD_HEAD, 4);
}

static inline void
raw_number(struct raw *r, uint16_t tag, uint64_t value, size_t width)
{
	uint8_t bytes[8];

	state_put_number(bytes, value, 8);
	raw_bytes(r, tag, bytes, width);
}

static inline void
raw_text(struct raw *r, uint16_t tag, const char *text)
{
	raw_bytes(r, tag, text, strlen(text));
}

/* The fields of a daemon that it must have. */
static inline void
raw_daemon(struct raw *r)
{
	raw_record(r, 1);
	raw_number(r, 1, 5, 8);
	raw_number(r, 2, 10, 8);
	raw_number(r, 3, 2, 4);
}

static inline void
raw_service(struct raw *r, const char *name, uint32_t number)
{
	raw_record(r, 2);
	raw_text(r, 1, name);
	raw_number(r, 2, number, 4);
}

static inline void
raw_end(struct raw *r)
{
	r->size += STATE_TAIL_SIZE;
	state_head_finish(r->at, r->size);
}

#endif
