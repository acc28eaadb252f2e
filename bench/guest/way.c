// Counts instructions in a guest whose TSC advances by one with each (eng/guest --icount).
//
//   way ADDRESS PORT COUNT BYTES   sends COUNT datagrams, one system call each, and prints the instructions that one costs
//
// The path of a datagram ends at a full socket at the other end, so no process is woken.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <x86intrin.h>

// Datagrams that are not counted: they resolve the neighbour, and fill the socket and the emulator's caches.
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
