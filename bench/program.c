// Runs an eBPF program that a service has loaded on a frame, many times (BPF_PROG_TEST_RUN). Nothing is sent.
//
//   program PID NAME REPEAT FRAME    the program NAME of the process PID, on FRAME (hexadecimal digits)
//
// Prints the mean time of a run in ns. The program must redirect the frame to another interface.
#include <dirent.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define TC_ACT_REDIRECT 7
#define MOST 1500

static int bpf(int command, union bpf_attr *attr)
{
    return syscall(SYS_bpf, command, attr, sizeof *attr);
}

// The id of the program behind a descriptor; 0 if the descriptor is no program.
static uint32_t program_of(const char *pid, const char *fd)
{
    char path[64], line[128];
    unsigned id = 0;
    snprintf(path, sizeof path, "/proc/%.20s/fdinfo/%.20s", pid, fd);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "prog_id: %u", &id) != 1)
        ;
    if (file)
        fclose(file);
    return id;
}

static int open_if_named(uint32_t id, const char *name)
{
    struct bpf_prog_info info = {0};
    union bpf_attr by_id = {.prog_id = id};
    int fd = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
    union bpf_attr ask = {.info = {.bpf_fd = fd, .info_len = sizeof info, .info = (uintptr_t)&info}};
    if (fd < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) < 0)
        die("a program cannot be read");
    if (strcmp(info.name, name) == 0)
        return fd;
    close(fd);
    return -1;
}

static int open_program(const char *pid, const char *name)
{
    char path[64];
    int found = -1;
    snprintf(path, sizeof path, "/proc/%.20s/fdinfo", pid);
    DIR *directory = opendir(path);
    if (!directory)
        die(path);
    for (struct dirent *entry; found < 0 && (entry = readdir(directory));) {
        uint32_t id = program_of(pid, entry->d_name);
        if (id)
            found = open_if_named(id, name);
    }
    closedir(directory);
    if (found < 0)
        die(name);
    return found;
}

int main(int argc, char **argv)
{
    unsigned char frame[MOST], left[MOST];
    int length = 0;
    if (argc != 5)
        die("usage: program PID NAME REPEAT FRAME");
    for (const char *digits = argv[4]; length < MOST && sscanf(digits, "%2hhx", &frame[length]) == 1; digits += 2)
        length++;
    union bpf_attr run = {.test = {
        .prog_fd = open_program(argv[1], argv[2]),
        .data_in = (uintptr_t)frame,
        .data_size_in = length,
        .data_out = (uintptr_t)left,
        .data_size_out = sizeof left,
        .repeat = atoi(argv[3]),
    }};
    if (bpf(BPF_PROG_TEST_RUN, &run) < 0)
        die("BPF_PROG_TEST_RUN");
    errno = 0;
    if (run.test.retval != TC_ACT_REDIRECT)
        die("the program does not pass the frame on");
    // If the frame is unchanged, each run saw the same frame.
    if (memcmp(frame, left, length) != 0)
        die("the program changes the frame");
    printf("%u\n", run.test.duration);
    return 0;
}
