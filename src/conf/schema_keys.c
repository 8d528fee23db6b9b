/* SPDX-License-Identifier: ISC */
/*
 * The table of keys.  The reasons for the defaults stand in superd.ini(5),
 * which has an entry for each row.
 */
#include <stddef.h>

#include "base/num.h"
#include "conf/schema.h"

/* Where our own handlers are installed; the build knows it. */
#ifndef SUPERD_HANDLER_DIR
#define SUPERD_HANDLER_DIR "/usr/local/libexec/superd/handlers"
#endif

#define SECONDS     NUM_NS_PER_S
#define KIB         UINT64_C(1024)
#define GIB         (KIB * KIB * KIB)
#define PIB         (KIB * KIB * GIB)
#define RATE_MAX    UINT64_C(1000000000)
#define D(field)    offsetof(struct conf_daemon, field)
#define S(field)    offsetof(struct conf_service, field)
#define LIMIT(kind) S(limit[CONF_LIMIT_##kind])

static const char *const formats[] = { "text", "json", "rfc5424", NULL };
static const char *const levels[] = { "error", "warning", "notice", "info",
	"debug", NULL };
static const char *const addresses[] = { "full", "prefix", "none", NULL };
static const char *const over_limits[] = { "queue", "refuse", "reset", NULL };
static const char *const stderrs[] = { "log", "client", "null", NULL };

const char *const conf_close_fields[CONF_CLOSE_FIELDS + 1] = {
	[CONF_CLOSE_SERVICE] = "service",
	[CONF_CLOSE_CONNECTION] = "connection",
	[CONF_CLOSE_PID] = "pid",
	[CONF_CLOSE_PEER] = "peer",
	[CONF_CLOSE_STATUS] = "status",
	[CONF_CLOSE_REASON] = "reason",
	[CONF_CLOSE_DURATION] = "duration",
	[CONF_CLOSE_USER] = "user",
	[CONF_CLOSE_SYSTEM] = "system",
	[CONF_CLOSE_MAX_RSS] = "max_rss",
	[CONF_CLOSE_LISTEN] = "listen",
	[CONF_CLOSE_START] = "start",
	[CONF_CLOSE_SPAWN] = "spawn",
	[CONF_CLOSE_EXIT] = "exit",
	[CONF_CLOSE_SIGNAL] = "signal",
	[CONF_CLOSE_BYTES_IN] = "bytes_in",
	[CONF_CLOSE_BYTES_OUT] = "bytes_out",
	[CONF_CLOSE_RTT] = "rtt",
	[CONF_CLOSE_RETRANSMITS] = "retransmits",
	[CONF_CLOSE_REFUSED] = "refused",
};

/* name, type, scope, sockets, place, default, min, max, choices, words */
#define ROW(name, type_, scope_, sockets_, ...)                                \
	{                                                                      \
		name, &conf_type_##type_, CONF_SCOPE_##scope_,                 \
		    CONF_ON_##sockets_, __VA_ARGS__                            \
	}
#define DAEMON(name, type_, ...)                                               \
	ROW(#name, type_, DAEMON, ALL, D(name), __VA_ARGS__)
#define OWN(name, type_, ...) ROW(#name, type_, OWN, ALL, S(name), __VA_ARGS__)
#define ANY(name, type_, ...)                                                  \
	ROW(#name, type_, SERVICE, ALL, S(name), __VA_ARGS__)
#define IP(name, type_, ...)                                                   \
	ROW(#name, type_, SERVICE, IP, S(name), __VA_ARGS__)
#define UNIX(name, type_, ...)                                                 \
	ROW(#name, type_, SERVICE, UNIX, S(name), __VA_ARGS__)
#define GATE(name, type_, ...)                                                 \
	ROW(#name, type_, SERVICE, ALL, S(gate.name), __VA_ARGS__)
#define LIMITED(name, kind, type_, ...)                                        \
	ROW("limit_" #name, limit_##type_, SERVICE, ALL, LIMIT(kind),          \
	    __VA_ARGS__)

const struct conf_key conf_daemon_keys[] = {
	DAEMON(include, paths, NULL, 0, 0, NULL,
	    "further files, patterns allowed, read after this one"),
	DAEMON(log, log, "stderr", 0, 0, NULL,
	    "where events go: stderr, syslog, journal, udp: or a file"),
	DAEMON(log_format, choice, "text", 0, 0, formats,
	    "how an event's line looks"),
	DAEMON(log_level, choice, "info", 0, 0, levels,
	    "the least important events that are logged"),
	DAEMON(log_address, choice, "full", 0, 0, addresses,
	    "how much of a client's address is logged"),
	DAEMON(log_bytes, flag, "no", 0, 0, NULL,
	    "whether conn.close tells what went over a TCP connection"),
	DAEMON(log_fields, set, "all", 0, 0, conf_close_fields,
	    "which fields of conn.close are written"),
	DAEMON(log_max_size, size_option, NULL, 4 * KIB, PIB, NULL,
	    "size beyond which a log file is rotated"),
	DAEMON(log_keep, count, "5", 0, 1000, NULL,
	    "old log files that a rotation keeps"),
	DAEMON(max_connections, count, "4096", 1, 1000000, NULL,
	    "connections open at once, of all services together"),
	DAEMON(max_sources, count, NULL, 2, 16777216, NULL,
	    "clients of which limits and bans by source remember something"),
	DAEMON(hosts_allow, path, "/etc/hosts.allow", 0, 0, NULL,
	    "the file that services with hosts_access let in by"),
	DAEMON(hosts_deny, path, "/etc/hosts.deny", 0, 0, NULL,
	    "the file that services with hosts_access keep out by"),
	DAEMON(pidfile, path, NULL, 0, 0, NULL,
	    "file that holds superd's process id while it runs"),
	ROW("drain_timeout", duration, DAEMON, ALL, D(drain_timeout_ns), "5m",
	    0, 31536000 * SECONDS, NULL,
	    "how long handlers may take to finish when superd drains"),
	DAEMON(handler_path, paths, SUPERD_HANDLER_DIR, 0, 0, NULL,
	    "directories where handlers without a slash are looked up first"),
	DAEMON(user, user, NULL, 0, 0, NULL,
	    "user that superd itself becomes once its sockets are open"),
	DAEMON(group, group, NULL, 0, 0, NULL,
	    "group that superd itself gets, instead of the user's own"),
	DAEMON(control, control, NULL, 0, 0, NULL,
	    "the socket that superctl asks: auto or a path"),
	DAEMON(control_mode, mode_option, NULL, 0, 0777, NULL,
	    "mode of the control socket's path: who may connect"),
	DAEMON(control_group, group, NULL, 0, 0, NULL,
	    "group whose members may look, besides root and superd's user"),
	DAEMON(control_admin_group, group, NULL, 0, 0, NULL,
	    "group whose members may look and act by the control socket"),
};

const size_t conf_daemon_key_count =
    sizeof(conf_daemon_keys) / sizeof(conf_daemon_keys[0]);

const struct conf_key conf_service_keys[] = {
	OWN(listen, listen, NULL, 0, 0, NULL,
	    "addresses: PORT, ADDRESS:PORT, [V6]:PORT, unix:/path, "
	    "unix:@name, fd:NAME"),
	OWN(handler, words, NULL, 0, 0, NULL,
	    "program and arguments, run once for each connection"),
	ANY(enabled, flag, "yes", 0, 0, NULL,
	    "whether the service listens at all"),
	OWN(description, text, NULL, 0, 0, NULL,
	    "what the service is, for people"),
	ANY(backlog, count, "4096", 1, 65535, NULL,
	    "connections that may wait in the kernel to be accepted"),
	IP(v6only, flag, "yes", 0, 0, NULL,
	    "whether an IPv6 socket takes IPv6 connections only"),
	IP(nodelay, flag, "yes", 0, 0, NULL,
	    "send small writes at once (TCP_NODELAY)"),
	IP(keepalive, flag, "yes", 0, 0, NULL,
	    "find out when a silent client has vanished (SO_KEEPALIVE)"),
	IP(reuseport, flag, "no", 0, 0, NULL,
	    "let other processes listen on the address (SO_REUSEPORT)"),
	IP(freebind, flag, "no", 0, 0, NULL,
	    "listen on addresses that do not exist yet (IP_FREEBIND)"),
	IP(device, device, NULL, 0, 0, NULL,
	    "network interface that connections must come in by"),
	IP(defer_accept, duration_option, NULL, SECONDS, 3600 * SECONDS, NULL,
	    "start the handler when data has come, or after this time"),
	IP(fastopen, count_option, NULL, 1, 65535, NULL,
	    "TCP Fast Open, with a queue of this length"),
	IP(mark, count_option, NULL, 1, UINT32_MAX, NULL,
	    "firewall mark of the service's packets (SO_MARK)"),
	IP(tos, count_option, NULL, 0, 255, NULL,
	    "type of service of IPv4, traffic class of IPv6 packets"),
	IP(send_buffer, size_option, NULL, 4 * KIB, GIB, NULL,
	    "the sockets' send buffer (SO_SNDBUF)"),
	IP(receive_buffer, size_option, NULL, 4 * KIB, GIB, NULL,
	    "the sockets' receive buffer (SO_RCVBUF)"),
	UNIX(socket_user, user, NULL, 0, 0, NULL,
	    "owner of a unix socket's path"),
	UNIX(socket_group, group, NULL, 0, 0, NULL,
	    "group of a unix socket's path"),
	UNIX(socket_mode, mode_option, "0660", 0, 0777, NULL,
	    "mode of a unix socket's path: who may connect"),
	ANY(user, user, NULL, 0, 0, NULL,
	    "user that the handler runs as; needed when superd is root"),
	ANY(group, group, NULL, 0, 0, NULL,
	    "group that the handler runs as, instead of the user's own"),
	ANY(groups, groups, NULL, 0, 0, NULL,
	    "further groups, instead of those of the user; or none"),
	ANY(directory, path, "/", 0, 0, NULL,
	    "working directory of the handler"),
	ANY(chroot, path, NULL, 0, 0, NULL, "root directory of the handler"),
	ANY(umask, mode, "0022", 0, 0777, NULL,
	    "permission bits that files of the handler do not get"),
	ANY(nice, signed_option, NULL, (uint64_t)INT64_C(-20), 19, NULL,
	    "scheduling priority of the handler"),
	LIMITED(nofile, NOFILE, count, NULL, 3, INT32_MAX, NULL,
	    "soft:hard limit of open files"),
	LIMITED(nproc, NPROC, count, NULL, 1, INT32_MAX, NULL,
	    "soft:hard limit of processes of the handler's user"),
	LIMITED(as, AS, size, NULL, 1024 * KIB, PIB, NULL,
	    "soft:hard limit of address space"),
	LIMITED(core, CORE, size, "0", 0, PIB, NULL,
	    "soft:hard limit of core dumps"),
	LIMITED(cpu, CPU, time, NULL, SECONDS, 31536000 * SECONDS, NULL,
	    "soft:hard limit of processor time"),
	LIMITED(fsize, FSIZE, size, NULL, 0, PIB, NULL,
	    "soft:hard limit of the size of written files"),
	LIMITED(data, DATA, size, NULL, 1024 * KIB, PIB, NULL,
	    "soft:hard limit of data memory"),
	LIMITED(stack, STACK, size, NULL, 64 * KIB, PIB, NULL,
	    "soft:hard limit of the stack"),
	LIMITED(memlock, MEMLOCK, size, NULL, 0, PIB, NULL,
	    "soft:hard limit of locked memory"),
	ANY(environment, environment, NULL, 0, 0, NULL,
	    "KEY=VALUE words for the handler's environment"),
	ANY(pass_environment, names, NULL, 0, 0, NULL,
	    "variables of superd's own environment that handlers see"),
	ANY(argv0, text, NULL, 0, 0, NULL,
	    "the handler's argument 0, instead of the word in handler"),
	ROW("stderr", choice, SERVICE, ALL, S(stderr_to), "log", 0, 0, stderrs,
	    "where the handler's standard error goes"),
	ANY(log, log, NULL, 0, 0, NULL,
	    "where the service's events go, instead of superd's own log"),
	ANY(log_max_size, size_option, NULL, 4 * KIB, PIB, NULL,
	    "size beyond which the service's log file is rotated"),
	ANY(log_keep, count_option, NULL, 0, 1000, NULL,
	    "old files of the service's log that a rotation keeps"),
	ANY(max_connections, count, "256", 1, 1000000, NULL,
	    "connections of this service open at once"),
	GATE(allow, allow, NULL, 0, 0, NULL,
	    "networks that may enter: CIDR, unix, all, @FILE; no others then"),
	GATE(deny, deny, NULL, 0, 0, NULL,
	    "networks that may not enter: CIDR, unix, all, @FILE; or none"),
	GATE(hosts_access, flag, "no", 0, 0, NULL,
	    "ask hosts.allow and hosts.deny of tcp_wrappers as well"),
	GATE(hours, hours, NULL, 0, 0, NULL,
	    "local time in which the service is open; or always"),
	GATE(max_per_source, count, "0", 0, 1000000, NULL,
	    "connections of one source open at once; 0 is no limit"),
	GATE(rate, rate, NULL, 1, RATE_MAX, NULL,
	    "connections of the service in a time, as in 50/s burst 100"),
	GATE(rate_per_source, rate, NULL, 1, RATE_MAX, NULL,
	    "connections of one source in a time, as in 10/min"),
	GATE(source_prefix_v4, count, "32", 8, 32, NULL,
	    "bits of an IPv4 address that are one source"),
	GATE(source_prefix_v6, count, "64", 16, 128, NULL,
	    "bits of an IPv6 address that are one source"),
	GATE(over_limit, choice, "queue", 0, 0, over_limits,
	    "what becomes of clients that are one too many"),
	GATE(refuse_message, message, NULL, 0, 0, NULL,
	    "what clients are told who are refused, up to 512 bytes"),
	GATE(max_load, decimal_option, NULL, 1, 1000000, NULL,
	    "load average above which clients wait in the backlog"),
	GATE(min_free_memory, size_option, NULL, 0, PIB, NULL,
	    "available memory below which clients wait in the backlog"),
	ROW("ban_after", frequency, SERVICE, ALL, S(gate.ban.after), NULL, 1,
	    10000, NULL, "events for which a source is banned, as in 20/min"),
	ROW("ban_on", ban_on, SERVICE, ALL, S(gate.ban.on), "refused", 0, 0,
	    NULL, "what such an event is: refused, signal, exit:N; or none"),
	ROW("ban_for", duration, SERVICE, ALL, S(gate.ban.for_ns), "10m",
	    SECONDS, 31536000 * SECONDS, NULL,
	    "how long a first ban lasts; each further one twice as long"),
	ROW("ban_max", duration, SERVICE, ALL, S(gate.ban.max_ns), "1d",
	    SECONDS, 31536000 * SECONDS, NULL,
	    "how long no ban outlasts, and after which all is forgotten"),
	ROW("ban_exit", count, SERVICE, ALL, S(gate.ban.exit_status), "112", 0,
	    255, NULL,
	    "exit status with which a handler bans its client; 0 is none"),
	ROW("max_runtime", duration, SERVICE, ALL, S(max_runtime_ns), "0s", 0,
	    31536000 * SECONDS, NULL,
	    "a handler is ended after this time; 0 is never"),
	ROW("idle_timeout", duration, SERVICE, IP, S(idle_timeout_ns), "0s", 0,
	    31536000 * SECONDS, NULL,
	    "a connection over which nothing goes so long is ended; 0 is "
	    "never"),
	ROW("kill_grace", duration, SERVICE, ALL, S(kill_grace_ns), "5s", 0,
	    3600 * SECONDS, NULL,
	    "time between SIGTERM and SIGKILL when a handler is ended"),
};

const size_t conf_service_key_count =
    sizeof(conf_service_keys) / sizeof(conf_service_keys[0]);

_Static_assert(sizeof(conf_service_keys) / sizeof(conf_service_keys[0]) <=
	CONF_SERVICE_KEYS_MAX,
    "tables of places have room for each key");
