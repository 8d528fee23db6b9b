/* SPDX-License-Identifier: ISC */
/* Sixty-four bits, which the kernel takes in two halves. */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/capability.h>
#include <errno.h>
#include <unistd.h>

#include "core/capset.h"

static uint64_t
whole(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

int
capset_read(struct capset *ret_set)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &header, d) < 0)
		return -errno;
	*ret_set = (struct capset) {
		.effective = whole(d[0].effective, d[1].effective),
		.permitted = whole(d[0].permitted, d[1].permitted),
		.inheritable = whole(d[0].inheritable, d[1].inheritable),
	};
	return 0;
}

int
capset_write(const struct capset *set)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];

	for (int i = 0; i < 2; i++) {
		d[i].effective = (uint32_t)(set->effective >> 32 * i);
		d[i].permitted = (uint32_t)(set->permitted >> 32 * i);
		d[i].inheritable = (uint32_t)(set->inheritable >> 32 * i);
	}
	return syscall(SYS_capset, &header, d) < 0 ? -errno : 0;
}

int
capset_outlive_exec(bool outlive)
{
	struct capset set;
	int error = capset_read(&set);

	if (error < 0)
		return error;
	set.inheritable = outlive ? set.permitted : 0;
	/* Before Linux 4.3 there are no ambient ones to clear. */
	if (!outlive)
		(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	error = capset_write(&set);
	for (unsigned long i = 0; error == 0 && i < 64; i++) {
		if ((set.inheritable >> i & 1) != 0 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			error = -errno;
	}
	return error;
}
