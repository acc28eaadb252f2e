// Counts the instructions that a byte of a TCP stream costs, both ends together, in a guest whose TSC advances by one with each instruction
// (eng/guest --icount).
//
//   stream serve PORT               accepts streams, one after the other, until it is killed
//   stream send ADDRESS PORT MIB    sends MIB MiB, and prints the instructions for each byte
//
// A stream has two pieces. The first is not counted: it opens the TCP window. A piece is its length in 8 bytes, then as many bytes. The receiver
// answers each piece with one byte.
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

#define MIB (1 << 20)
#define WARM_UP (4 * MIB)

static char buffer[128 << 10];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

// Seconds that the processor has been idle. The TSC advances meanwhile, so a count that contains idle time is wrong.
static double idle(void)
{
    double up, idle;
    FILE *file = fopen("/proc/uptime", "r");
    if (!file || fscanf(file, "%lf %lf", &up, &idle) != 2)
        die("stream: /proc/uptime");
    fclose(file);
    return idle;
}

static void send_piece(int fd, uint64_t length)
{
    if (send(fd, &length, sizeof length, 0) != sizeof length)
        die("stream: send");
    while (length > 0) {
        ssize_t sent = send(fd, buffer, length < sizeof buffer ? length : sizeof buffer, 0);
        if (sent < 0)
            die("stream: send");
        length -= sent;
    }
    if (recv(fd, buffer, 1, 0) != 1)
        die("stream: no answer");
}

static int serve(int fd)
{
    for (;;) {
        int stream = accept(fd, NULL, NULL);
        uint64_t length;
        while (recv(stream, &length, sizeof length, MSG_WAITALL) == sizeof length) {
            ssize_t came = 1;
            for (; length > 0 && came > 0; length -= came)
                came = recv(stream, buffer, length < sizeof buffer ? length : sizeof buffer, 0);
            if (came <= 0 || send(stream, "", 1, MSG_NOSIGNAL) != 1)
                break;
        }
        close(stream);
    }
    return 0;
}

static int measure(int fd, long bytes)
{
    send_piece(fd, WARM_UP);
    double idle_before = idle();
    unsigned long long before = __rdtsc();
    send_piece(fd, bytes);
    unsigned long long took = __rdtsc() - before;
    double waited = idle() - idle_before;
    if (waited > 0.02) {
        fprintf(stderr, "stream: the processor was idle for %.2f s\n", waited);
        return 1;
    }
    printf("%.4f\n", (double)took / bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (argc == 3 && strcmp(argv[1], "serve") == 0) {
        address.sin_port = htons(atoi(argv[2]));
        if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 8) < 0)
            die("stream: listen");
        return serve(fd);
    }
    long mib = argc == 5 && strcmp(argv[1], "send") == 0 ? atol(argv[4]) : 0;
    if (mib < 1 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1) {
        fprintf(stderr, "usage: stream serve PORT | send ADDRESS PORT MIB\n");
        return 2;
    }
    address.sin_port = htons(atoi(argv[3]));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        die("stream: connect");
    return measure(fd, mib * MIB);
}
