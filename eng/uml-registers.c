/*
  * Preloaded into User-Mode Linux where the processor has AMX. Debian's User-Mode Linux reads and writes the extended registers of its
  * processes through a buffer of fixed size (PTRACE_SETREGSET of NT_X86_XSTATE). The host accepts all registers at once or none, so that kernel
  * would stop when it starts its first process. Registers that it does not know keep their values.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NT_X86_XSTATE 0x202

static long call(long request, long pid, void *address, void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static long set_registers(long pid, void *address, const struct iovec *part)
{
	static char all[64 * 1024];
	struct iovec whole = { all, sizeof(all) };

	if (call(PTRACE_GETREGSET, pid, address, &whole) < 0 || whole.iov_len <= part->iov_len)
		return call(PTRACE_SETREGSET, pid, address, (void *)part);
	memcpy(all, part->iov_base, part->iov_len);
	return call(PTRACE_SETREGSET, pid, address, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	long pid, result, word;
	void *address, *data;

	va_start(arguments, request);
	pid = va_arg(arguments, int);
	address = va_arg(arguments, void *);
	data = va_arg(arguments, void *);
	va_end(arguments);
	if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE)
		return set_registers(pid, address, data);
	if (request != PTRACE_PEEKTEXT && request != PTRACE_PEEKDATA && request != PTRACE_PEEKUSER)
		return call(request, pid, address, data);
		/* The system call writes the word to data; the library function returns it. */
	result = call(request, pid, address, &word);
	if (result < 0)
		return result;
	errno = 0;
	return word;
}
