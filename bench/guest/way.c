// Counts instructions in a guest whose TSC advances by one with each (eng/guest --icount).
//
//   way ADDRESS PORT COUNT BYTES   what a datagram costs from the call that sends it: COUNT of them, each by a call of its own
//
// A number on standard output. If the socket at the other end is full, the way ends there, and nobody is woken.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <x86intrin.h>

// So many go first: they resolve the neighbour, fill the socket and the caches of the emulator.
#define WARM_UP 3000
#define MOST 65000

static char packet[MOST];

static void blast(int fd, long count, size_t bytes)
{
    for (long i = 0; i < count; i++) {
        if (send(fd, packet, bytes, 0) < 0) {
            perror("way: send");
            exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    long count = argc == 5 ? atol(argv[3]) : 0, bytes = argc == 5 ? atol(argv[4]) : 0;
    if (count < 1 || bytes < 1 || bytes > MOST || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: way ADDRESS PORT COUNT BYTES\n");
        return 2;
    }
    to.sin_port = htons(atoi(argv[2]));
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("way: connect");
        return 1;
    }
    blast(fd, WARM_UP, bytes);
    unsigned long long before = __rdtsc();
    blast(fd, count, bytes);
    printf("%.1f\n", (double)(__rdtsc() - before) / count);
    return 0;
}
