/* SPDX-License-Identifier: ISC */
/*
 * The tables of a state's bytes.  A new field gets the next free tag of its
 * record, and is optional: superds that did not write it are about.  Tags
 * that went out of use stay listed as such.
 */
#include <string.h>

#include "core/state.h"
#include "core/state_tables.h"

#define ROW(number, record, member, type, must)                                \
	{                                                                      \
		.tag = (number), .kind = STATE_##type, .required = (must),     \
		.name = #member,                                               \
		.offset = offsetof(struct state_##record, member)              \
	}
#define NEEDS(number, record, member, type)                                    \
	ROW(number, record, member, type, true)
#define MAY(number, record, member, type)                                      \
	ROW(number, record, member, type, false)
#define MAY_IF(number, record, member, type, has)                              \
	{                                                                      \
		.tag = (number), .kind = STATE_##type, .name = #member,        \
		.offset = offsetof(struct state_##record, member),             \
		.flagged = true, .flag = offsetof(struct state_##record, has)  \
	}

static const struct state_field daemon_fields[] = {
	NEEDS(1, daemon, instance, U64),
	NEEDS(2, daemon, last_connection, U64),
	NEEDS(3, daemon, next_service_number, U32),
	MAY(4, daemon, start_ns, U64),
	MAY(5, daemon, encode_ns, U64),
	MAY(6, daemon, upgrades, U64),
	MAY(7, daemon, generation, U64),
	MAY(8, daemon, stderr_dir, PATH),
	MAY(9, daemon, stderr_lock_fd, FD),
	MAY(10, daemon, pidfile_fd, FD),
	MAY(11, daemon, log_lost, U64),
	MAY(12, daemon, control_fd, FD),
	MAY_IF(13, daemon, control_bound, ADDR, has_control),
	MAY_IF(14, daemon, control_path, IDENTITY, has_control),
};

static const struct state_field service_fields[] = {
	NEEDS(1, service, name, NAME),
	NEEDS(2, service, number, U32),
	MAY(3, service, accepted, U64),
	MAY(4, service, tat_ns, U64),
	MAY(5, service, refused, REFUSALS),
	MAY(6, service, stderr_fd, FD),
	MAY(7, service, stderr_name, BYTES),
	MAY(8, service, paused, U8),
	MAY(9, service, disabled, U8),
};

static const struct state_field listener_fields[] = {
	NEEDS(1, listener, service, NAME),
	NEEDS(2, listener, wanted, ADDR),
	NEEDS(3, listener, bound, ADDR),
	NEEDS(4, listener, fd, FD),
	MAY_IF(5, listener, path, IDENTITY, has_path),
	MAY_IF(6, listener, passed_number, U32, was_passed),
	MAY(7, listener, passed_name, BYTES),
};

static const struct state_field child_fields[] = {
	NEEDS(1, child, number, U64),
	NEEDS(2, child, pid, PID),
	NEEDS(3, child, slot, U32),
	NEEDS(4, child, service, NAME),
	NEEDS(5, child, peer, PEER),
	MAY(6, child, start_ns, U64),
	MAY(7, child, deadline_ns, U64),
	MAY_IF(8, child, source, KEY, has_source),
	MAY(9, child, end, NAME),
	MAY(10, child, partial, BYTES),
	MAY(11, child, cookie, U64),
	MAY(12, child, listen, BYTES),
	MAY(13, child, exec_ns, U64),
	MAY_IF(14, child, local, PEER, has_local),
};

static const struct state_field source_fields[] = {
	NEEDS(1, source, key, KEY),
	MAY(2, source, tat_ns, U64),
	MAY(3, source, banned_until_ns, U64),
	MAY(4, source, keep_until_s, U32),
	MAY(5, source, events_since_s, U32),
	MAY(6, source, events, U16),
	MAY(7, source, strikes, U8),
};

static const struct state_field held_fields[] = {
	NEEDS(1, held, service, NAME),
	NEEDS(2, held, fd, FD),
	NEEDS(3, held, peer, PEER),
	MAY_IF(4, held, source, KEY, has_source),
	MAY(5, held, until_ns, U64),
};

#define FIELDS(of)                                                             \
	.name = #of, .size = sizeof(struct state_##of), .fields = of##_fields, \
	.field_count = sizeof(of##_fields) / sizeof(of##_fields[0])
#define LIST(member, number, limit)                                            \
	.offset = offsetof(struct state, member),                              \
	.count = offsetof(struct state, number), .most = (limit)

const struct state_record state_records[STATE_RECORDS] = {
	{ .tag = 1,
	    FIELDS(daemon),
	    .offset = offsetof(struct state, daemon),
	    .most = 1,
	    .single = true },
	{ .tag = 2,
	    FIELDS(service),
	    LIST(services, service_count, STATE_RECORDS_MAX) },
	{ .tag = 3,
	    FIELDS(listener),
	    LIST(listeners, listener_count, STATE_RECORDS_MAX) },
	{ .tag = 4,
	    FIELDS(child),
	    LIST(children, child_count, STATE_RECORDS_MAX) },
	{ .tag = 5,
	    FIELDS(source),
	    LIST(sources, source_count, STATE_SOURCES_MAX) },
	{ .tag = 6, FIELDS(held), LIST(held, held_count, STATE_RECORDS_MAX) },
};

const void *
state_list(
    const struct state *s, const struct state_record *r, size_t *ret_count)
{
	const char *base = (const char *)s;
	const void *at;

	if (r->single) {
		*ret_count = 1;
		return base + r->offset;
	}
	memcpy(&at, base + r->offset, sizeof(at));
	memcpy(ret_count, base + r->count, sizeof(*ret_count));
	return at;
}

void
state_list_set(
    struct state *s, const struct state_record *r, void *at, size_t count)
{
	char *base = (char *)s;

	memcpy(base + r->offset, &at, sizeof(at));
	memcpy(base + r->count, &count, sizeof(count));
}
