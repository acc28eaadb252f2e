/* SPDX-License-Identifier: MIT */
/*
  * UDP flows of unequal size, by Zipf's law: the k-th largest has a k-th of the largest one's rate.
 *
 *   flows send ADDRESS PORT FLOWS BITS SECONDS    sends all flows, BITS a second in all, from as many ports to sixteen addresses from
 *                                                 ADDRESS on
 *   flows count PORT SECONDS                      prints the bytes that arrived, once nothing has for a second or time is up
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAYLOAD 1400
#define WIRE (PAYLOAD + 42)
#define MAX_FLOWS 1024
#define ADDRESSES 16

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int send_flows(const char *address, int port, int flows, double bits, double seconds)
{
	static char payload[PAYLOAD];
	static double interval[MAX_FLOWS], next[MAX_FLOWS];
	static int sockets[MAX_FLOWS];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	double ranks = 0, begin;

	if (flows < 1 || flows > MAX_FLOWS || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return 2;
	for (int i = 0; i < flows; i++)
		ranks += 1.0 / (i + 1);
	begin = now();
	for (int i = 0; i < flows; i++) {
		struct sockaddr_in one = to;

		one.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) + i % ADDRESSES);
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (sockets[i] < 0 || connect(sockets[i], (struct sockaddr *)&one, sizeof(one)) < 0) {
			perror("flows");
			return 1;
		}
		interval[i] = WIRE * 8 / (bits / ranks / (i + 1));
		next[i] = begin + interval[i] * i / flows;
	}
	for (double time = begin; time < begin + seconds; time = now()) {
		double soonest = time + 0.001;

		for (int i = 0; i < flows; i++) {
			/* A datagram that does not fit is lost, as on any network. */
			for (; next[i] <= time; next[i] += interval[i])
				(void)!send(sockets[i], payload, sizeof(payload), MSG_DONTWAIT);
			if (next[i] < soonest)
				soonest = next[i];
		}
		usleep((soonest - time) * 1e6);
	}
	return 0;
}

static int count(int port, double seconds)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
	int size = 64 << 20, descriptor = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd ready = { .fd = descriptor, .events = POLLIN };
	unsigned long long bytes = 0;
	char payload[2048];
	double end = now() + seconds;

	setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&here, sizeof(here)) < 0) {
		perror("flows");
		return 1;
	}
	while (now() < end) {
		ssize_t length;

		if (poll(&ready, 1, 1000) == 0 && bytes)
			break;
		while ((length = recv(descriptor, payload, sizeof(payload), MSG_DONTWAIT)) >= 0)
			bytes += length + WIRE - PAYLOAD;
	}
	printf("%llu\n", bytes);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 7 && strcmp(argv[1], "send") == 0)
		return send_flows(argv[2], atoi(argv[3]), atoi(argv[4]), atof(argv[5]), atof(argv[6]));
	if (argc == 4 && strcmp(argv[1], "count") == 0)
		return count(atoi(argv[2]), atof(argv[3]));
	return 2;
}
