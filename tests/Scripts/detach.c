// SPDX-License-Identifier: MIT
/*
  * Detaches the first program of a TCX hook, as `bpftool net detach` does: detach INTERFACE ingress|egress.
  * Prints the program's id; fails if there is none. The constants are from linux/bpf.h, whose installed version is often older than the kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BPF_PROG_DETACH = 9, BPF_PROG_GET_FD_BY_ID = 13, BPF_PROG_QUERY = 16, BPF_TCX_INGRESS = 46 };

struct attach {
	uint32_t target, program, type, flags, replace, relative;
	uint64_t revision;
};

struct query {
	uint32_t target, type, flags, attach_flags;
	uint64_t ids;
	uint32_t count, padding;
	uint64_t program_flags, link_ids, link_flags, revision;
};

int main(int argc, char **argv)
{
	uint32_t ids[64] = { 0 }, id[3] = { 0 };
	struct query query = { .ids = (uintptr_t)ids, .count = 64 };
	struct attach attach = { 0 };
	int program;

	if (argc != 3)
		return 2;
	query.target = attach.target = if_nametoindex(argv[1]);
	query.type = attach.type = BPF_TCX_INGRESS + !strcmp(argv[2], "egress");
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof(query)) < 0 || query.count == 0) {
		fprintf(stderr, "%s: no program at its %s: %s\n", argv[1], argv[2], strerror(errno));
		return 1;
	}
	id[0] = ids[0];
	program = syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, id, sizeof(id));
	attach.program = program;
	if (program < 0 || syscall(SYS_bpf, BPF_PROG_DETACH, &attach, sizeof(attach)) < 0) {
		fprintf(stderr, "%s: program %u cannot be detached: %s\n", argv[1], ids[0], strerror(errno));
		return 1;
	}
	printf("%u\n", ids[0]);
	return 0;
}
