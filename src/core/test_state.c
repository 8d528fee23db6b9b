/* SPDX-License-Identifier: ISC */
/* A state goes into bytes and comes back; what cannot be is refused. */
#include <errno.h>

#include "base/arena.h"
#include "core/test_state.h"
#include "tap.h"

static struct sample sample;

static bool
same_bytes(const struct state_bytes *a, const struct state_bytes *b)
{
	return a->length == b->length &&
	    (a->length == 0 || memcmp(a->at, b->at, a->length) == 0);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_peer(const struct addr_peer *a, const struct addr_peer *b)
{
	return a->family == b->family && a->port == b->port &&
	    a->scope == b->scope && memcmp(&a->at, &b->at, 16) == 0;
}

static bool
same_key(const struct gate_source_key *a, const struct gate_source_key *b)
{
	return memcmp(a->ip, b->ip, 16) == 0 && a->service == b->service;
}

static bool
same_daemon(const struct state_daemon *a, const struct state_daemon *b)
{
	return same_text(a->version, b->version) &&
	    a->instance == b->instance &&
	    a->last_connection == b->last_connection &&
	    a->start_ns == b->start_ns && a->encode_ns == b->encode_ns &&
	    a->upgrades == b->upgrades && a->generation == b->generation &&
	    same_text(a->stderr_dir, b->stderr_dir) &&
	    a->stderr_lock_fd == b->stderr_lock_fd &&
	    a->pidfile_fd == b->pidfile_fd && a->control_fd == b->control_fd &&
	    a->has_control == b->has_control &&
	    (!a->has_control ||
		(addr_equal(&a->control_bound, &b->control_bound) &&
		    a->control_path.device == b->control_path.device &&
		    a->control_path.inode == b->control_path.inode)) &&
	    a->next_service_number == b->next_service_number;
}

static bool
same_service(const struct state_service *a, const struct state_service *b)
{
	bool same = same_text(a->name, b->name) && a->number == b->number &&
	    a->accepted == b->accepted && a->tat_ns == b->tat_ns &&
	    a->paused == b->paused && a->disabled == b->disabled &&
	    a->refused.count == b->refused.count &&
	    a->stderr_fd == b->stderr_fd &&
	    same_bytes(&a->stderr_name, &b->stderr_name);

	for (size_t i = 0; same && i < a->refused.count; i++)
		same = a->refused.at[i].count == b->refused.at[i].count &&
		    same_text(a->refused.at[i].reason, b->refused.at[i].reason);
	return same;
}

static bool
same_listener(const struct state_listener *a, const struct state_listener *b)
{
	return same_text(a->service, b->service) &&
	    addr_equal(&a->wanted, &b->wanted) &&
	    a->wanted.length == b->wanted.length &&
	    addr_equal(&a->bound, &b->bound) &&
	    a->bound.length == b->bound.length && a->fd == b->fd &&
	    a->has_path == b->has_path && a->path.device == b->path.device &&
	    a->path.inode == b->path.inode;
}

static bool
same_child(const struct state_child *a, const struct state_child *b)
{
	return a->number == b->number && a->pid == b->pid &&
	    a->slot == b->slot && same_text(a->service, b->service) &&
	    a->start_ns == b->start_ns && a->deadline_ns == b->deadline_ns &&
	    same_peer(&a->peer, &b->peer) && a->has_source == b->has_source &&
	    same_key(&a->source, &b->source) && same_text(a->end, b->end) &&
	    same_bytes(&a->partial, &b->partial) && a->cookie == b->cookie &&
	    same_bytes(&a->listen, &b->listen) && a->exec_ns == b->exec_ns &&
	    a->has_local == b->has_local && same_peer(&a->local, &b->local);
}

static bool
same_source(const struct state_source *a, const struct state_source *b)
{
	return same_key(&a->key, &b->key) && a->tat_ns == b->tat_ns &&
	    a->banned_until_ns == b->banned_until_ns &&
	    a->keep_until_s == b->keep_until_s &&
	    a->events_since_s == b->events_since_s && a->events == b->events &&
	    a->strikes == b->strikes;
}

static bool
same_held(const struct state_held *a, const struct state_held *b)
{
	return same_text(a->service, b->service) && a->fd == b->fd &&
	    same_peer(&a->peer, &b->peer) && a->has_source == b->has_source &&
	    same_key(&a->source, &b->source) && a->until_ns == b->until_ns;
}

#define ALL_SAME(list, counter, same)                                          \
	do {                                                                   \
		unsigned int wrong_ = 0;                                       \
		is_int((intmax_t)got.counter, (intmax_t)want->counter,         \
		    "all " #list " come back");                                \
		for (size_t i_ = 0; i_ < want->counter; i_++)                  \
			wrong_ += !same(&got.list[i_], &want->list[i_]);       \
		is_int(wrong_, 0, "all " #list " are as they were");           \
	} while (0)

static void
test_round_trip(const struct state *want)
{
	struct arena *arena = arena_new();
	struct state_buffer b = { 0 }, again = { 0 };
	struct state got;
	struct err e = { 0 };

	is_int(state_encode(want, &b, &e), 0, "a state becomes bytes");
	is_int(state_decode(b.at, b.size, arena, &got, &e), 0,
	    "and the bytes a state");
	is_str(e.text, "", "with no complaint");
	ok(same_daemon(&got.daemon, &want->daemon), "superd is as it was");
	ALL_SAME(services, service_count, same_service);
	ALL_SAME(listeners, listener_count, same_listener);
	ALL_SAME(children, child_count, same_child);
	ALL_SAME(sources, source_count, same_source);
	ALL_SAME(held, held_count, same_held);
	is_int(state_encode(&got, &again, &e), 0, "which can be written again");
	ok(again.size == b.size && memcmp(again.at, b.at, b.size) == 0,
	    "as the same bytes");
	state_buffer_done(&b);
	state_buffer_done(&again);
	arena_free(arena);
}

static void
test_empty(void)
{
	struct state empty = { .daemon = { .version = "0",
				   .stderr_lock_fd = -1,
				   .pidfile_fd = -1,
				   .control_fd = -1 } };

	test_round_trip(&empty);
}

static void
test_extremes(void)
{
	static char name[STATE_NAME_MAX + 1], path[STATE_PATH_MAX + 1];
	static char writer[STATE_WRITER_MAX + 1], bytes[STATE_BYTES_MAX];
	static struct state_refusal refusals[STATE_REFUSED_MAX];
	static char reasons[STATE_REFUSED_MAX][STATE_NAME_MAX + 1];
	struct state *s = &sample.state;

	sample_fill(&sample);
	memset(name, '~', STATE_NAME_MAX);
	memset(path, '\n', STATE_PATH_MAX);
	memset(writer, '!', STATE_WRITER_MAX);
	for (int i = 0; i < STATE_REFUSED_MAX; i++) {
		memset(reasons[i], 'r', STATE_NAME_MAX);
		reasons[i][i] = 'R';
		refusals[i] = (struct state_refusal) { reasons[i], 0 };
	}
	s->daemon.version = writer;
	s->daemon.stderr_dir = path;
	s->daemon.instance = s->daemon.last_connection = UINT64_MAX;
	s->daemon.start_ns = s->daemon.encode_ns = UINT64_MAX;
	s->daemon.next_service_number = GATE_SOURCE_UNIX;
	s->services[1].name = s->children[2].service = name;
	s->listeners[2].service = name;
	s->services[1].number = GATE_SOURCE_UNIX - 1;
	s->services[1].refused =
	    (struct state_refusals) { refusals, STATE_REFUSED_MAX };
	s->services[1].stderr_name =
	    (struct state_bytes) { bytes, sizeof(bytes) };
	s->children[0].number = UINT64_MAX;
	s->children[0].pid = STATE_PID_MAX;
	s->children[0].slot = STATE_RECORDS_MAX - 1;
	s->children[0].end = name;
	s->children[1].pid = 1;
	s->children[1].partial = s->services[1].stderr_name;
	test_round_trip(s);
}

/* What is wrong with the sample now? */
static const char *
complaint(void)
{
	static struct err e;
	struct state_buffer b = { 0 };

	e = (struct err) { 0 };
	if (state_encode(&sample.state, &b, &e) >= 0)
		(void)snprintf(e.text, sizeof(e.text), "nothing");
	else if (b.at != NULL || b.size != 0 || e.code == 0)
		(void)snprintf(e.text, sizeof(e.text), "but there are bytes");
	state_buffer_done(&b);
	sample_fill(&sample);
	return e.text;
}

static void
test_values_that_cannot_be(void)
{
	struct state *s = &sample.state;
	static char text[STATE_NAME_MAX + 2];

	sample_fill(&sample);
	s->daemon.version = NULL;
	is_str(complaint(),
	    "the version of the writer is no name of 1 to 43 bytes",
	    "somebody wrote it");
	s->services[1].name = "a b";
	is_str(complaint(),
	    "service 2: field 'name': no name: a name is 1 to 255 printable "
	    "characters without blanks",
	    "a name has no blanks");
	s->services[1].name = NULL;
	ok(strncmp(complaint(), "service 2: field 'name': no name", 32) == 0,
	    "a name is needed");
	memset(text, 'x', STATE_NAME_MAX + 1);
	s->children[0].end = text;
	ok(strncmp(complaint(), "child 1: field 'end': no name", 29) == 0,
	    "a name is not too long");
	s->listeners[3].fd = 2;
	is_str(complaint(),
	    "listener 4: field 'fd': 2 is not from 3 to 1073741824: no "
	    "descriptor can be that",
	    "a descriptor is none of the first three");
	s->listeners[3].fd = -1;
	ok(strncmp(complaint(), "listener 4: field 'fd': -1 is not", 33) == 0,
	    "a listener has one");
	s->daemon.pidfile_fd = -2;
	ok(strncmp(complaint(), "daemon 1: field 'pidfile_fd': -2", 32) == 0,
	    "-1 alone is none");
	s->children[2].pid = 0;
	is_str(complaint(),
	    "child 3: field 'pid': 0 is not from 1 to 4194304: no process can "
	    "be that",
	    "a process has a number");
	s->daemon.stderr_dir = "";
	is_str(complaint(),
	    "daemon 1: field 'stderr_dir': no path: a path has 1 to 4095 bytes",
	    "a path is not empty");
	s->children[1].partial.length = STATE_BYTES_MAX + 1;
	is_str(complaint(),
	    "child 2: field 'partial': 4097 bytes, at most 4096 can be handed "
	    "over",
	    "a line has an end");
}

static void
test_addresses_that_cannot_be(void)
{
	struct state *s = &sample.state;

	s->listeners[0].wanted.length--;
	is_str(complaint(),
	    "listener 1: field 'wanted': IPv4 address that is 15 bytes long",
	    "an IPv4 address has one length");
	s->listeners[1].bound.length++;
	is_str(complaint(),
	    "listener 2: field 'bound': IPv6 address that is 29 bytes long",
	    "an IPv6 address too");
	s->listeners[2].bound.length = 2;
	is_str(complaint(),
	    "listener 3: field 'bound': unix address that is 2 bytes long",
	    "a unix address has a name");
	s->listeners[2].bound.length = 1000;
	ok(strncmp(complaint(), "listener 3: field 'bound': unix", 31) == 0,
	    "that is not too long");
	s->listeners[2].bound.length--;
	is_str(complaint(),
	    "listener 3: field 'bound': path of a unix socket that does not "
	    "end with its only NUL",
	    "a path ends with a NUL");
	s->listeners[0].bound.at.any.sa_family = 99;
	is_str(complaint(),
	    "listener 1: field 'bound': address of a family that is not known: "
	    "99",
	    "a listener's family is known");
	s->children[0].peer.family = 98;
	is_str(complaint(),
	    "child 1: field 'peer': address of a family that is not known: 98",
	    "a peer's too");
}

static void
test_what_does_not_fit(void)
{
	struct state *s = &sample.state;

	s->services[2].name = "ssh";
	is_str(complaint(), "service 'ssh' comes twice", "a name is one's own");
	s->listeners[0].service = "nix";
	is_str(complaint(), "listener of service 'nix', which is not there",
	    "a listener is of a service");
	s->children[3].service = "nix";
	is_str(complaint(), "child of service 'nix', which is not there",
	    "a child is of a service");
	s->held[0].service = "nix";
	is_str(complaint(), "held client of service 'nix', which is not there",
	    "a held client is of a service");
	s->services[2].number = 77;
	is_str(complaint(), "service number 77 is named twice",
	    "a service's number is its own");
	s->daemon.next_service_number = 77;
	is_str(complaint(),
	    "service 'x' has the number 77, and the next one would have 77",
	    "the next number is free");
	s->daemon.next_service_number = GATE_SOURCE_UNIX + 1;
	is_str(complaint(),
	    "the next service would have the number 2147483649, the last one "
	    "is 2147483647",
	    "numbers leave a bit to the gate");
	s->children[1].pid = 4000;
	is_str(complaint(), "process 4000 is named twice", "a pid is unique");
	s->children[1].slot = 21;
	is_str(complaint(), "slot 21 is named twice", "a slot is unique");
	s->children[1].number = 1;
	is_str(complaint(), "connection 1 is named twice",
	    "a connection's number is unique");
	s->children[1].number = 104;
	is_str(complaint(), "process 3999 has connection 104, of 103 so far",
	    "connections were counted");
	s->children[1].number = 0;
	is_str(complaint(), "process 3999 has connection 0, of 103 so far",
	    "from 1 on");
	s->children[1].slot = STATE_RECORDS_MAX;
	is_str(complaint(),
	    "process 3999 has slot 1000000, the last one is 999999",
	    "there are so many slots");
	s->held[0].fd = 3;
	is_str(complaint(), "descriptor 3 is named twice",
	    "a descriptor has one owner");
	s->source_count = STATE_SOURCES_MAX + 1;
	is_str(complaint(),
	    "16777217 records 'source', at most 16777216 can be",
	    "there are so many sources");
}

static void
test_refusals_that_cannot_be(void)
{
	static struct state_refusal many[STATE_REFUSED_MAX + 1];
	struct state *s = &sample.state;

	s->services[0].refused.at[1].reason = "rate";
	is_str(complaint(),
	    "service 1: field 'refused': reason 'rate' comes twice",
	    "a reason is counted once");
	s->services[0].refused.at[1].reason = "";
	is_str(complaint(),
	    "service 1: field 'refused': reason 2 has no good name",
	    "a reason has a name");
	s->services[0].refused =
	    (struct state_refusals) { many, STATE_REFUSED_MAX + 1 };
	is_str(complaint(),
	    "service 1: field 'refused': 65 reasons, at most 64 can be",
	    "there are so many reasons");
	is_str(complaint(), "nothing", "the sample itself is good");
}

int
main(void)
{
	sample_fill(&sample);
	test_round_trip(&sample.state);
	test_empty();
	test_extremes();
	test_values_that_cannot_be();
	test_addresses_that_cannot_be();
	test_what_does_not_fit();
	test_refusals_that_cannot_be();
	return done_testing();
}
