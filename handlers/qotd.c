/* SPDX-License-Identifier: ISC */

/*
 * qotd (RFC 865): one quote of a file in which lines of a single "%" stand
 * between the quotes, chosen anew for each client.
 *
 * The RFC wants less than 512 characters: longer quotes, and empty ones, are
 * passed over.  Of a file larger than the window only a part is read, at a
 * random place; so the work for one client does not grow with the file.
 */

#include "tiny.h"

#include <sys/random.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	WINDOW = TINY_BLOCK,
	LONGEST = 511,
	WINDOWS_TO_TRY = 64, /* where a file is mostly of long quotes */
};

struct window {
	const char *at, *end;
	bool ends_file;
};

struct quote {
	const char *text;
	size_t len;
};

const char tiny_name[] = "qotd";

static uint64_t
random_below(uint64_t limit)
{
	uint64_t number = 0;

	if (raw_syscall3(SYS_getrandom, RAW_PTR(&number), sizeof(number),
		GRND_NONBLOCK) < 0)
		number = (uint64_t)tiny_now();
	return number % limit;
}

/* The length of the line at `at` with its end; 0 if it is cut off. */
static size_t
line_length(const struct window *w)
{
	for (const char *p = w->at; p < w->end; p++)
		if (*p == '\n')
			return (size_t)(p - w->at) + 1;
	return w->ends_file ? (size_t)(w->end - w->at) : 0;
}

static bool
is_separator(const char *line, size_t len)
{
	while (len > 1 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	return len == 1 && line[0] == '%';
}

/* Takes the text up to the next separator, or to the end of the file.  False
 * if there is no more, or if the window cuts it. */
static bool
next_quote(struct window *w, struct quote *ret_quote)
{
	struct quote quote = { .text = w->at };
	size_t len;

	while ((len = line_length(w)) > 0) {
		bool separator = is_separator(w->at, len);

		w->at += len;
		if (separator) {
			*ret_quote = quote;
			return true;
		}
		quote.len += len;
	}
	if (!w->ends_file || quote.len == 0)
		return false;
	*ret_quote = quote;
	return true;
}

/* Without the white space at its end. */
static struct quote
trimmed(struct quote quote)
{
	while (quote.len > 0 && (unsigned char)quote.text[quote.len - 1] <= ' ')
		quote.len--;
	return quote;
}

/* As it goes over the wire: lines end in CR LF there. */
static bool
can_be_sent(struct quote quote)
{
	size_t len = quote.len + 2;

	for (size_t i = 1; i < quote.len; i++)
		len += quote.text[i] == '\n' && quote.text[i - 1] != '\r';
	return quote.len > 0 && len <= LONGEST;
}

/* Counts the quotes that can be sent; returns the wanted one, if reached. */
static size_t
scan(struct window w, size_t wanted, struct quote *ret_quote)
{
	struct quote quote;
	size_t count = 0;

	while (next_quote(&w, &quote)) {
		quote = trimmed(quote);
		if (!can_be_sent(quote))
			continue;
		if (count++ == wanted)
			*ret_quote = quote;
	}
	return count;
}

static bool
choose(const struct window *w, struct quote *ret_quote)
{
	size_t count = scan(*w, SIZE_MAX, ret_quote);

	if (count == 0)
		return false;
	scan(*w, (size_t)random_below(count), ret_quote);
	return true;
}

static void
send_quote(struct quote quote)
{
	struct tiny_out out;

	tiny_out_init(&out, TINY_OUT);
	for (size_t i = 0; i < quote.len; i++) {
		if (quote.text[i] == '\n' &&
		    (i == 0 || quote.text[i - 1] != '\r'))
			tiny_out_char(&out, '\r');
		tiny_out_char(&out, quote.text[i]);
	}
	tiny_out_text(&out, "\r\n");
	tiny_out_flush(&out);
}

static size_t
read_at(int fd, const char *name, char *buf, uint64_t offset)
{
	size_t len = 0;

	while (len < WINDOW) {
		long n = raw_syscall4(SYS_pread64, fd, RAW_PTR(buf + len),
		    (long)(WINDOW - len), (long)(offset + len));

		if (n == -EINTR)
			continue;
		if (n < 0)
			tiny_fail("cannot read", name, n);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return len;
}

/* One window of the file, from the first quote that begins in it. */
static struct window
open_window(int fd, const char *name, char *buf, uint64_t size)
{
	uint64_t offset = size > WINDOW ? random_below(size - WINDOW + 1) : 0;
	size_t len = read_at(fd, name, buf, offset);
	struct window w = {
		.at = buf,
		.end = buf + len,
		.ends_file = offset + len >= size,
	};
	struct quote cut;

	if (offset > 0)
		(void)next_quote(&w, &cut);
	return w;
}

static long
open_file(const char *name)
{
	return raw_syscall4(SYS_openat, AT_FDCWD, RAW_PTR(name),
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
}

/* qotd.txt beside this program, for one that was built but not installed. */
static long
open_beside(void)
{
	static const char file[] = "qotd.txt";
	char path[512];
	long len =
	    raw_syscall4(SYS_readlinkat, AT_FDCWD, RAW_PTR("/proc/self/exe"),
		RAW_PTR(path), (long)(sizeof(path) - sizeof(file)));

	if (len < 0)
		return len;
	while (len > 0 && path[len - 1] != '/')
		len--;
	for (size_t i = 0; i < sizeof(file); i++)
		path[(size_t)len + i] = file[i];
	return open_file(path);
}

int
tiny_main(int argc, char **argv, char **envp)
{
	const char *name = argc > 1 ? argv[1] : QOTD_FILE;
	char buf[WINDOW];
	struct quote quote;
	long fd, size;

	(void)envp;
	tiny_check_arguments(argc, argv, 1, "[FILE]");
	fd = open_file(name);
	if (fd == -ENOENT && argc == 1) {
		long beside = open_beside();

		fd = beside < 0 ? fd : beside;
	}
	if (fd < 0)
		tiny_fail("cannot open", name, fd);
	size = raw_syscall3(SYS_lseek, fd, 0, SEEK_END);
	if (size < 0)
		tiny_fail("cannot read", name, size);
	for (int i = 0; i < WINDOWS_TO_TRY; i++) {
		struct window w =
		    open_window((int)fd, name, buf, (uint64_t)size);

		if (choose(&w, &quote)) {
			send_quote(quote);
			tiny_discard_input();
			return TINY_DONE;
		}
		if (size <= WINDOW)
			break;
	}
	tiny_fail("no quote of less than 512 characters in", name, 0);
}
