/* SPDX-License-Identifier: ISC */
/* A state in sealed memory, and how large and slow a large one is. */
#include <sys/mman.h>
#include <sys/resource.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/test_state.h"
#include "tap.h"

#define SERVICES 10000
#define CHILDREN 10000
#define SOURCES  65536

static struct sample sample;

static const char *
read_text(int fd)
{
	static struct err e;
	struct arena *arena = arena_new();
	struct state got;

	e = (struct err) { 0 };
	if (state_read_fd(fd, arena, &got, &e) == 0 && e.code != 0)
		tap_bail("an error and none");
	arena_free(arena);
	return e.text;
}

static void
test_sealed(void)
{
	struct arena *arena = arena_new();
	struct state got;
	struct err e = { 0 };
	int fd = -1;

	is_int(state_write_memfd(&sample.state, &fd, &e), 0, "it is written");
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "no handler inherits it");
	ok(write(fd, "x", 1) < 0 && errno == EPERM, "it cannot be changed");
	ok(ftruncate(fd, 10) < 0 && errno == EPERM, "it cannot be cut");
	is_int(state_read_fd(fd, arena, &got, &e), 0, "it is read");
	is_int(state_read_fd(fd, arena, &got, &e), 0, "again");
	is_str(got.children[1].end, "runtime", "it is what was written");
	(void)close(fd);
	arena_free(arena);
}

static void
test_not_sealed(void)
{
	char want[100];
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)snprintf(want, sizeof(want),
	    "descriptor %d is not the sealed memory of a state", fd);
	is_str(read_text(fd), want, "memory that can change is refused");
	(void)fcntl(fd, F_ADD_SEALS,
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	is_str(read_text(fd), "state is cut off after 0 bytes",
	    "empty memory is no state");
	(void)close(fd);
	(void)snprintf(
	    want, sizeof(want), "descriptor %d: %s", fd, strerror(EBADF));
	is_str(read_text(fd), want, "what is not open is refused");
	(void)snprintf(want, sizeof(want),
	    "descriptor %d is not the sealed memory of a state", null);
	is_str(read_text(null), want, "a device is refused");
	(void)close(null);
}

static void
test_failures(void)
{
	struct rlimit before, none;
	struct err e = { 0 };
	int fd = -7;

	sample.children[0].pid = -1;
	is_int(state_write_memfd(&sample.state, &fd, &e), -EINVAL,
	    "a state that cannot be is not written");
	sample_fill(&sample);
	(void)getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit) { 0, before.rlim_max };
	(void)setrlimit(RLIMIT_NOFILE, &none);
	is_int(state_write_memfd(&sample.state, &fd, &e), -EMFILE,
	    "without a descriptor it is not written");
	(void)setrlimit(RLIMIT_NOFILE, &before);
	is_int(fd, -7, "and no descriptor is given");
}

static double
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
fill_large(struct state *s, struct arena *arena)
{
	for (size_t i = 0; i < SERVICES; i++) {
		s->services[i] = sample.services[0];
		s->services[i].name = arena_printf(arena, "service-%zu", i);
		s->services[i].number = (uint32_t)i;
		s->services[i].stderr_fd = 100000 + (int)i;
		s->listeners[i] = sample.listeners[i % 4];
		s->listeners[i].service = s->services[i].name;
		s->listeners[i].fd = 10 + (int)i;
	}
	for (size_t i = 0; i < CHILDREN; i++) {
		s->children[i] = sample.children[i % 2];
		s->children[i].service = s->services[i * 7919 % SERVICES].name;
		s->children[i].number = i + 1;
		s->children[i].slot = (uint32_t)i;
		s->children[i].pid = 1 + (int)(i * 7919 % STATE_PID_MAX);
	}
	for (size_t i = 0; i < SOURCES; i++) {
		s->sources[i] = sample.sources[2];
		memcpy(s->sources[i].key.ip, &i, sizeof(i));
	}
}

static void
make_large(struct state *s, struct arena *arena)
{
	*s = sample.state;
	s->daemon.last_connection = CHILDREN;
	s->daemon.next_service_number = SERVICES;
	s->service_count = s->listener_count = SERVICES;
	s->child_count = CHILDREN;
	s->source_count = SOURCES;
	s->held_count = 0;
	s->services = arena_array(arena, SERVICES, sizeof(*s->services));
	s->listeners = arena_array(arena, SERVICES, sizeof(*s->listeners));
	s->children = arena_array(arena, CHILDREN, sizeof(*s->children));
	s->sources = arena_array(arena, SOURCES, sizeof(*s->sources));
	if (s->services == NULL || s->listeners == NULL ||
	    s->children == NULL || s->sources == NULL)
		tap_bail("no memory");
	fill_large(s, arena);
}

/* The times are told, not judged: the machine has other work. */
static void
test_large(void)
{
	struct arena *arena = arena_new(), *again = arena_new();
	struct state large, got;
	struct state_buffer b = { 0 };
	struct err e = { 0 };
	double start_ms, encoded_ms, decoded_ms;

	make_large(&large, arena);
	start_ms = now_ms();
	is_int(state_encode(&large, &b, &e), 0, "a large state is written");
	encoded_ms = now_ms();
	is_int(state_decode(b.at, b.size, again, &got, &e), 0, "and read");
	decoded_ms = now_ms();
	is_str(e.text, "", "without complaint");
	tap_note("%zu bytes, %.1f ms to encode, %.1f ms to decode, %zu bytes "
		 "decoded",
	    b.size, encoded_ms - start_ms, decoded_ms - encoded_ms,
	    arena_size(again));
	ok(got.source_count == SOURCES && got.child_count == CHILDREN &&
		got.listener_count == SERVICES,
	    "all of it");
	ok(arena_size(again) < 8 * b.size, "memory is a small multiple");
	state_buffer_done(&b);
	arena_free(arena);
	arena_free(again);
}

int
main(void)
{
	sample_fill(&sample);
	test_sealed();
	test_not_sealed();
	test_failures();
	test_large();
	return done_testing();
}
