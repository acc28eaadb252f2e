// SPDX-License-Identifier: MIT
/*
  * Does for a service what a service manager does: gives it a notify socket, keeps the descriptors that it sends there (FDSTORE), and passes
  * them to the next process when the service was killed. sd_notify(3) and sd_listen_fds(3) describe the protocol.
 *
 * usage: manager SOCKET PROGRAM [ARGUMENT...]     prints "started PID" for each start
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_STORED = 32, FIRST_LISTED = 3 };

static struct {
	int fd;
	char name[64];
} stored[MAX_STORED];
static int stored_count;

static const char *value_of(const char *message, const char *key)
{
	const char *found = strstr(message, key);

	return found ? found + strlen(key) : "";
}

static void take(int notify)
{
	char text[512] = { 0 };
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	char name[64] = { 0 };

	if (recvmsg(notify, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return;
	sscanf(value_of(text, "FDNAME="), "%63s", name);
	header = CMSG_FIRSTHDR(&message);
	if (strstr(text, "FDSTORE=1") && header && stored_count < MAX_STORED) {
		memcpy(&stored[stored_count].fd, CMSG_DATA(header), sizeof(int));
		strcpy(stored[stored_count++].name, name);
	}
	for (int i = 0; strstr(text, "FDSTOREREMOVE=1") && i < stored_count; i++) {
		if (strcmp(stored[i].name, name))
			continue;
		close(stored[i].fd);
		stored[i--] = stored[--stored_count];
	}
}

static pid_t start(char **command)
{
	pid_t pid = fork();
	char text[64 * MAX_STORED] = "";

	if (pid)
		return pid;
	for (int i = 0; i < stored_count; i++) {
		dup2(stored[i].fd, 100 + i);
		strcat(strcat(text, i ? ":" : ""), stored[i].name);
	}
	for (int i = 0; i < stored_count; i++)
		dup2(100 + i, FIRST_LISTED + i);
	if (stored_count) {
		setenv("LISTEN_FDNAMES", text, 1);
		snprintf(text, sizeof(text), "%d", stored_count);
		setenv("LISTEN_FDS", text, 1);
		snprintf(text, sizeof(text), "%d", getpid());
		setenv("LISTEN_PID", text, 1);
	}
	closefrom(FIRST_LISTED + stored_count);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int status = 0;

	if (argc < 3)
		return 2;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[1]);
	unlink(argv[1]);
	if (bind(notify, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 1;
	setenv("NOTIFY_SOCKET", argv[1], 1);
	do {
		pid_t pid = start(argv + 2);
		struct pollfd news = { .fd = notify, .events = POLLIN };

		printf("started %d\n", pid);
		fflush(stdout);
		while (waitpid(pid, &status, WNOHANG) == 0) {
			if (poll(&news, 1, 20) > 0)
				take(notify);
		}
	} while (WIFSIGNALED(status));
	return WEXITSTATUS(status);
}
