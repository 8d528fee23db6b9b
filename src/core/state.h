/* SPDX-License-Identifier: ISC */
/*
 * What a running superd hands to its successor when it upgrades itself in
 * place: the same process executes the new program, and with it stay the
 * pid, the descriptors and the handlers, but no memory.  This is the memory:
 * plain data, and the bytes that it becomes.  Nothing here uses a descriptor
 * that it names, or changes a process; state_write_memfd() and
 * state_read_fd() alone ask the kernel for something.
 *
 * THE BYTES, for who wants to read a dump.  All numbers are little-endian.
 *
 *	 0   8  magic: 0x89 "superd" 0x0a
 *	 8   8  length of it all, in bytes
 *	16   4  version of the format: STATE_VERSION
 *	20  44  who wrote it, as in superd -V; NULs behind
 *	64      records, to the last 8 bytes
 *	end  8  SipHash-2-4 of all before; the key is "state of superd\n"
 *
 * So much is the same in every version of the format.  A record is
 *
 *	 0   4  tag; the highest bit: critical
 *	 4   4  length of the fields
 *	 8      fields
 *
 * and a field
 *
 *	 0   2  tag, counted for each record; the highest bit: critical
 *	 2   2  length of the value
 *	 4      value
 *
 * The tags are in state_tables.c, which drives both directions.  Records
 * and fields may come in any order, each field at most once.  A number has
 * 1, 2, 4 or 8 bytes, whatever it had when it was written, as long as it
 * fits where it goes.  Text has no NUL behind it.  An address is 2 bytes of
 * family (as in Linux) and then, of IPv4: port, 4 bytes; of IPv6: port,
 * 4 bytes of scope, 16 bytes; of a unix socket: the bytes of sun_path; of
 * a unix peer: pid, uid, gid; ports have 2 bytes, ids 4.  A source is the
 * 16 bytes and the number of gate/source.h.  The identity of a path is
 * 8 bytes of device, 8 of inode.  Refusals are a byte of length, the name,
 * 8 bytes of count, again and again.
 *
 * HOW IT CHANGES.  A field that an older superd did not know yet is absent
 * and has its default: 0, no descriptor, no text.  What an older superd
 * reads and does not know, it skips; if it may not be skipped, because to
 * lose it would do harm, its tag is written as critical, and the older one
 * refuses all with that reason.  A tag is never used for something else.
 * STATE_VERSION grows when even that does not help.
 */
#ifndef SUPERD_CORE_STATE_H
#define SUPERD_CORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "gate/source.h"

struct arena;

#define STATE_VERSION        1
#define STATE_VERSION_OLDEST 1 /* that is still understood */

/* Bounds.  Who has more cannot hand it over; state_encode() says so. */
#define STATE_SIZE_MAX    (UINT64_C(1) << 31)
#define STATE_RECORDS_MAX 1000000             /* of each kind, but */
#define STATE_SOURCES_MAX (UINT32_C(1) << 24) /* as max_sources */
#define STATE_NAME_MAX    255
#define STATE_PATH_MAX    4095
#define STATE_BYTES_MAX   4096
#define STATE_WRITER_MAX  43
#define STATE_REFUSED_MAX 64
#define STATE_FD_MAX      (1 << 30)
#define STATE_PID_MAX     (1 << 22)

/*
 * A name is printable ASCII without blanks; where it is optional, "" is
 * none.  Descriptors are 3 or higher, or -1 where there may be none, and no
 * two of all are equal.  Times are of CLOCK_MONOTONIC.
 */
struct state_bytes {
	const char *at; /* any bytes */
	size_t length;
};

/* The path of a unix socket, as the one that was made. */
struct state_identity {
	uint64_t device, inode;
};

struct state_daemon {
	const char *version; /* PACKAGE_VERSION of the writer; in the head */
	uint64_t instance;   /* random, in the names of stderr sockets */
	uint64_t last_connection;
	uint64_t start_ns;      /* when superd was first started */
	uint64_t encode_ns;     /* when this was written */
	uint64_t upgrades;      /* before this one */
	uint64_t generation;    /* of the configuration */
	const char *stderr_dir; /* NULL: none */
	int stderr_lock_fd;     /* -1: none, as the next one */
	int pidfile_fd;
	uint32_t next_service_number; /* above all that are in use */
	uint64_t log_lost;            /* lines that nobody has written */
	int control_fd;               /* -1: none */
	bool has_control;             /* then it is bound to this */
	struct addr control_bound;
	struct state_identity control_path;
};

/* How often clients were refused for a reason, by gate_reason_name(). */
struct state_refusal {
	const char *reason;
	uint64_t count;
};

struct state_refusals {
	struct state_refusal *at;
	size_t count; /* at most STATE_REFUSED_MAX; no reason twice */
};

struct state_service {
	const char *name; /* no two are equal */
	uint32_t number;  /* in the keys of sources; no two are equal */
	uint64_t accepted;
	uint64_t tat_ns; /* of its rate; see gate/rate.h */
	struct state_refusals refused;
	uint8_t paused, disabled;       /* by command: not 0 */
	int stderr_fd;                  /* -1: none */
	struct state_bytes stderr_name; /* its sun_path; abstract: NUL first */
};

struct state_listener {
	const char *service; /* one of the services, as in all below */
	struct addr wanted;  /* as the file names it */
	struct addr bound;
	int fd;
	bool has_path;
	struct state_identity path;
	bool was_passed; /* by a supervisor, under this name and number */
	struct state_bytes passed_name;
	uint32_t passed_number;
};

struct state_child {
	uint64_t number; /* of its connection, up to last_connection */
	int pid;
	uint32_t slot; /* in the label of its stderr; below 1,000,000 */
	const char *service;
	uint64_t start_ns;
	uint64_t deadline_ns; /* when its timer fires; 0: never */
	struct addr_peer peer;
	bool has_source;
	struct gate_source_key source;
	const char *end;            /* why superd ends it; "": it does not */
	struct state_bytes partial; /* a stderr line not yet ended */
	uint64_t cookie;            /* of its socket; 0: none known */
	struct state_bytes listen;  /* where it came in; empty: not known */
	uint64_t exec_ns;           /* its handler's exec; 0: not known */
	bool has_local;
	struct addr_peer local; /* the own end of its socket */
};

/*
 * What the gate remembers.  Who is connected is counted anew from children
 * and held clients.  A source may be of a service that is gone, and nothing
 * keeps one from being told twice: the later one counts.
 */
struct state_source {
	struct gate_source_key key;
	uint64_t tat_ns;
	uint64_t banned_until_ns;
	uint32_t keep_until_s;
	uint32_t events_since_s;
	uint16_t events;
	uint8_t strikes;
};

/* A client that was let in, and that no process could be made for yet. */
struct state_held {
	const char *service;
	int fd;
	struct addr_peer peer;
	bool has_source;
	struct gate_source_key source;
	uint64_t until_ns; /* when superd gives up; 0: not said */
};

struct state {
	struct state_daemon daemon;
	struct state_service *services;
	size_t service_count;
	struct state_listener *listeners;
	size_t listener_count;
	struct state_child *children;
	size_t child_count;
	struct state_source *sources;
	size_t source_count;
	struct state_held *held;
	size_t held_count;
};

/* Bytes that grow; starts as { 0 }. */
struct state_buffer {
	uint8_t *at; /* owned */
	size_t size, room;
};

void state_buffer_done(struct state_buffer *b);

/*
 * Appends nothing to a buffer but fills it anew.  What state_decode() would
 * refuse is refused here, with the same sentence, while there is still a
 * superd that can go on without an upgrade.  Returns 0, or -EINVAL, -E2BIG
 * (past a bound) or -ENOMEM, out being empty then.  [pure]
 */
int state_encode(
    const struct state *s, struct state_buffer *out, struct err *e);

/*
 * All of ret_state is in arena, which also holds what was made of a state
 * that is refused half-way.  bytes may be anything: memory and time are a
 * small multiple of size, and what comes out keeps every promise above.
 * Returns 0, or -EINVAL (damaged, or makes no sense), -ENOTSUP (of a superd
 * that is too new), -E2BIG or -ENOMEM: e says what and where.  [pure]
 */
int state_decode(const void *bytes, size_t size, struct arena *arena,
    struct state *ret_state, struct err *e);

/*
 * Encodes into anonymous memory that nobody can change any more, close on
 * exec.  Returns 0 with a descriptor of the caller's, or -errno.
 */
int state_write_memfd(const struct state *s, int *ret_fd, struct err *e);

/*
 * Decodes what state_write_memfd() made; fd stays open, its position does
 * not matter.  Anything but sealed memory is refused.  Returns 0 or -errno.
 */
int state_read_fd(
    int fd, struct arena *arena, struct state *ret_state, struct err *e);

#endif
