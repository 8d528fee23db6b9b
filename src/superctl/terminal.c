/* SPDX-License-Identifier: ISC */
/* See terminal.h. */
#include <sys/signalfd.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "superctl/terminal.h"

/* The other screen without a cursor; and back. */
#define ENTER "\033[?1049h\033[?25l\033[2J"
#define LEAVE "\033[?25h\033[0m\033[?1049l"

/* A terminal that takes nothing for so long is gone. */
#define PATIENCE_MS 10000

/* One, because a process has one terminal. */
static struct {
	bool taken, has_keys;
	struct termios before;
	sigset_t mask;
	int signal_fd;
} terminal = { .signal_fd = -1 };

static void
put(const char *text, size_t length)
{
	(void)fd_write_all(STDOUT_FILENO, text, length, PATIENCE_MS);
}

static void
take_keys(void)
{
	struct termios raw = terminal.before;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
}

static void
take_screen(void)
{
	if (terminal.has_keys)
		take_keys();
	put(ENTER, sizeof(ENTER) - 1);
	terminal.taken = true;
}

int
terminal_enter(void)
{
	sigset_t ours;

	(void)sigemptyset(&ours);
	(void)sigaddset(&ours, SIGINT);
	(void)sigaddset(&ours, SIGTERM);
	(void)sigaddset(&ours, SIGHUP);
	(void)sigaddset(&ours, SIGQUIT);
	(void)sigaddset(&ours, SIGTSTP);
	(void)sigaddset(&ours, SIGWINCH);
	terminal.signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (terminal.signal_fd < 0)
		return -errno;
	(void)sigprocmask(SIG_BLOCK, &ours, &terminal.mask);
	terminal.has_keys = tcgetattr(STDIN_FILENO, &terminal.before) == 0;
	(void)atexit(terminal_leave);
	take_screen();
	return 0;
}

void
terminal_leave(void)
{
	if (!terminal.taken)
		return;
	terminal.taken = false;
	put(LEAVE, sizeof(LEAVE) - 1);
	if (terminal.has_keys)
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal.before);
}

int
terminal_key_fd(void)
{
	return terminal.has_keys ? STDIN_FILENO : -1;
}

int
terminal_signal_fd(void)
{
	return terminal.signal_fd;
}

/* Dies of it, or is stopped by it, as if nobody had asked for it. */
static void
suffer(int number)
{
	sigset_t mask;

	terminal_leave();
	(void)signal(number, SIG_DFL);
	(void)raise(number);
	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, number);
	(void)sigprocmask(SIG_UNBLOCK, &mask, NULL);
	(void)sigprocmask(SIG_BLOCK, &mask, NULL);
}

enum terminal_event
terminal_signal(void)
{
	struct signalfd_siginfo info;

	if (read(terminal.signal_fd, &info, sizeof(info)) !=
	    (ssize_t)sizeof(info))
		return TERMINAL_NOTHING;
	if (info.ssi_signo != SIGWINCH) {
		suffer((int)info.ssi_signo);
		take_screen(); /* after a stop: the others do not return */
	}
	return TERMINAL_REDRAW;
}

static const struct {
	const char *bytes;
	enum terminal_event event;
} keys[] = {
	{ "q", TERMINAL_QUIT },
	{ "Q", TERMINAL_QUIT },
	{ "s", TERMINAL_SORT },
	{ "k", TERMINAL_UP },
	{ "\033[A", TERMINAL_UP },
	{ "\033OA", TERMINAL_UP },
	{ "j", TERMINAL_DOWN },
	{ "\033[B", TERMINAL_DOWN },
	{ "\033OB", TERMINAL_DOWN },
	{ "\033[5~", TERMINAL_PAGE_UP },
	{ "b", TERMINAL_PAGE_UP },
	{ "\033[6~", TERMINAL_PAGE_DOWN },
	{ " ", TERMINAL_PAGE_DOWN },
	{ "g", TERMINAL_TOP },
	{ "\033[H", TERMINAL_TOP },
	{ "G", TERMINAL_BOTTOM },
	{ "\033[F", TERMINAL_BOTTOM },
	{ "\014", TERMINAL_REDRAW },
};

/* A byte, if one has come; behind an escape, the rest is there at once. */
static bool
take_byte(char *byte)
{
	return read(STDIN_FILENO, byte, 1) == 1;
}

/* A key: one byte, or an escape sequence up to its final byte. */
static bool
take_sequence(char *bytes, size_t size)
{
	size_t length = 0;

	memset(bytes, 0, size);
	if (!take_byte(&bytes[length++]))
		return false;
	if (bytes[0] != '\033')
		return true;
	while (length < size - 1 && take_byte(&bytes[length])) {
		char c = bytes[length++];

		if (length > 2 && c >= '@' && c <= '~')
			break;
	}
	return true;
}

enum terminal_event
terminal_key(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char bytes[16];

	if (poll(&p, 1, 0) != 1)
		return TERMINAL_NOTHING;
	if (!take_sequence(bytes, sizeof(bytes))) {
		terminal.has_keys = false; /* the end: no key will come */
		return TERMINAL_QUIT;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].bytes, bytes) == 0)
			return keys[i].event;
	}
	return TERMINAL_NOTHING;
}

void
terminal_draw(const struct text *picture)
{
	put(picture->at, picture->length);
}
