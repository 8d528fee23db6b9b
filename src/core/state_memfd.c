/* SPDX-License-Identifier: ISC */
/*
 * A state in memory that outlives the program: a file without a name, sealed
 * so that what was checked is what is read.  See state.h.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core/state.h"

/* Linux 6.3; where vm.memfd_noexec is 2, only such memory is allowed. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int
make(struct err *e)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("superd-state", flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("superd-state", flags);
	if (fd < 0)
		return err_system(e, errno, "cannot make memory for the state");
	return fd;
}

static int
write_all(int fd, const struct state_buffer *b, struct err *e)
{
	size_t done = 0;

	while (done < b->size) {
		ssize_t n = write(fd, b->at + done, b->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(e, errno, "cannot write the state");
		done += (size_t)n;
	}
	return 0;
}

static int
write_sealed(const struct state_buffer *b, int *ret_fd, struct err *e)
{
	auto_fd fd = make(e);
	int error;

	if (fd < 0)
		return fd;
	error = write_all(fd, b, e);
	if (error < 0)
		return error;
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return err_system(e, errno, "cannot seal the state");
	*ret_fd = take_fd(&fd);
	return 0;
}

int
state_write_memfd(const struct state *s, int *ret_fd, struct err *e)
{
	struct state_buffer b = { 0 };
	int error = state_encode(s, &b, e);

	if (error == 0)
		error = write_sealed(&b, ret_fd, e);
	state_buffer_done(&b);
	return error;
}

/* Its size, if it is memory that nobody can change. */
static int
look(int fd, size_t *ret_size, struct err *e)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (seals < 0 && errno != EINVAL)
		return err_system(e, errno, "descriptor %d", fd);
	if (seals < 0 || (seals & SEALS) != SEALS)
		return err_set(e, EINVAL,
		    "descriptor %d is not the sealed memory of a state", fd);
	if (fstat(fd, &st) < 0)
		return err_system(e, errno, "descriptor %d", fd);
	if ((uintmax_t)st.st_size > STATE_SIZE_MAX)
		return err_set(e, E2BIG,
		    "state has %jd bytes, at most %ju are taken",
		    (intmax_t)st.st_size, (uintmax_t)STATE_SIZE_MAX);
	*ret_size = (size_t)st.st_size;
	return 0;
}

int
state_read_fd(
    int fd, struct arena *arena, struct state *ret_state, struct err *e)
{
	size_t size = 0;
	void *bytes;
	int error = look(fd, &size, e);

	if (error < 0)
		return error;
	if (size == 0) /* which mmap refuses */
		return state_decode("", 0, arena, ret_state, e);
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return err_system(e, errno, "cannot map the state");
	error = state_decode(bytes, size, arena, ret_state, e);
	(void)munmap(bytes, size);
	return error;
}
