/* SPDX-License-Identifier: ISC */
/*
 * The parts of the load generator: what was asked for, the clients that do it,
 * and how it is told.  Every wait ends at a deadline.
 */
#ifndef SUPERD_TESTS_BENCH_LOAD_H
#define SUPERD_TESTS_BENCH_LOAD_H

#include <sys/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LOAD_BYTES_MOST 65536 /* of one answer */
#define LOAD_NS_PER_S   1000000000ULL

enum load_mode {
	LOAD_RATE,
	LOAD_HOLD,
	LOAD_BURST,
	LOAD_DENY,
	LOAD_STREAM,
	LOAD_UDP,
};

/* load.c: what was asked for. */
struct load_options {
	enum load_mode mode;
	long total, concurrent, bytes;
	long held;          /* others that stay open meanwhile */
	long for_seconds;   /* begin no more after that; 0: all of total */
	long limit_seconds; /* give up after that */
	long keep_seconds;  /* hold no longer than that */
	uint64_t stream_bytes;
	uint16_t port;
	pid_t pid;     /* of the supervisor, or 0 */
	bool late_end; /* half-close behind the answer, not the question */
	bool json;
};

enum load_outcome {
	LOAD_RIGHT,
	LOAD_NO_SOCKET,      /* none to be had, or no port for it */
	LOAD_CONNECT_FAILED, /* refused, mostly */
	LOAD_WRONG_ANSWER,   /* other bytes, or too many */
	LOAD_ENDED_EARLY,    /* closed before all was answered */
	LOAD_RESET,
	LOAD_LOST, /* a datagram without an answer */
	LOAD_OTHER,
	LOAD_OUTCOMES,
};

/* load_report.c: one line of figures, key=value or JSON. */
struct load_report {
	FILE *file;
	bool json, begun;
};

void load_put_count(
    struct load_report *report, const char *name, long long value);

void load_put_real(struct load_report *report, const char *name, double value);

/* All outcomes, and how many of total had none before the deadline. */
void load_put_outcomes(
    struct load_report *report, const long *outcomes, long total);

/* p50_NAME ... max_NAME of microseconds, which it sorts. */
void load_put_percentiles(
    struct load_report *report, uint32_t *micros, size_t count);

void load_report_end(struct load_report *report);

/* load_process.c: what a process has used, from /proc. */
struct load_usage {
	long long user_us, system_us; /* its own, in ticks */
	long long own_us;             /* both, exact */
	long long ended_us;           /* of its children that were reaped */
};

struct load_memory {
	long count, rss_kb, pss_kb;
};

/* 0, or -errno if there is no such process. */
int load_usage_read(pid_t pid, struct load_usage *usage);

/* Waits up to a second until it has no children, so that theirs is in. */
void load_children_wait(pid_t pid);

/* Of the process itself, and of all its children together. */
int load_memory_read(pid_t pid, struct load_memory *memory);
int load_memory_children(pid_t pid, struct load_memory *memory);

/* cpu_us, cpu_user_us, cpu_system_us of the process for each of `count`;
 * cpu_all_us with the children that it has reaped. */
void load_put_usage(struct load_report *report, const struct load_usage *before,
    const struct load_usage *after, long long count);

/* load_clients.c: connections in flight. */
struct load_client {
	int fd;
	uint32_t number; /* seeds what it sends */
	size_t sent, received;
	uint64_t start_ns;
	bool connected, answered;
};

struct load_clients {
	const struct load_options *options;
	long total, concurrent, slots;
	bool keep; /* each stays open when it has its answer */
	int epoll_fd;
	struct load_client *all; /* in the slots, numbered or by turns */
	long started, finished;
	long outcomes[LOAD_OUTCOMES];
	uint32_t *first_byte_us;
	size_t first_bytes, first_bytes_room;
	uint64_t begin_ns, end_ns, deadline_ns;
	uint64_t first_answer_ns, last_answer_ns;
};

uint64_t load_clock(void);

void load_give_up(const char *what) __attribute__((noreturn));

/* What client `number` sends at place `at`. */
char load_byte_at(uint32_t number, size_t at);

/* The loopback address to connect to. */
struct sockaddr_in load_target(uint16_t port);

/* A socket bound to one of the source addresses, so that no range of ports
 * runs out; or -errno. */
int load_socket(int type, uint32_t number);

enum load_outcome load_outcome_of(int error, bool connected);

void load_clients_init(
    struct load_clients *l, const struct load_options *options);

/* Those that stay open: the next comes when one has its answer. */
void load_clients_init_kept(
    struct load_clients *l, const struct load_options *options, long total);

/* Connects and sees it through, until all are finished or the deadline. */
void load_clients_run(struct load_clients *l);

/* Those that are kept are asked once more. */
void load_clients_again(struct load_clients *l);

/* Closes what is open; the outcomes stay. */
void load_clients_done(struct load_clients *l);

/* load_hold.c, load_stream.c, load_udp.c: the modes that are more than
 * clients.  Each returns true if all was right. */
bool load_hold(const struct load_options *options, struct load_report *report);
bool load_stream(
    const struct load_options *options, struct load_report *report);
bool load_udp(const struct load_options *options, struct load_report *report);

#endif
