// Counts the eBPF programs and maps of Tandem in the kernel: of all services on the machine, attached or held open.
//
//   kept   prints two numbers: programs whose name begins with "tandem_", and the maps that these use
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_MAPS 65536
#define MAPS_OF_A_PROGRAM 64

static uint32_t maps[MOST_MAPS];
static int map_count;

static int bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void note(uint32_t id)
{
    for (int i = 0; i < map_count; i++) {
        if (maps[i] == id)
            return;
    }
    if (map_count < MOST_MAPS)
        maps[map_count++] = id;
}

int main(void)
{
    int programs = 0;
    union bpf_attr next = {0};
    while (bpf(BPF_PROG_GET_NEXT_ID, &next) == 0) {
        uint32_t used[MAPS_OF_A_PROGRAM];
        struct bpf_prog_info info = {.nr_map_ids = MAPS_OF_A_PROGRAM, .map_ids = (uintptr_t)used};
        union bpf_attr open = {.prog_id = next.next_id};
        int fd = bpf(BPF_PROG_GET_FD_BY_ID, &open);
        union bpf_attr describe = {.info = {.bpf_fd = (uint32_t)fd, .info_len = sizeof(info), .info = (uintptr_t)&info}};

        next.start_id = next.next_id;
        // The program was unloaded meanwhile.
        if (fd < 0)
            continue;
        if (bpf(BPF_OBJ_GET_INFO_BY_FD, &describe) == 0 && strncmp(info.name, "tandem_", 7) == 0) {
            programs++;
            for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_OF_A_PROGRAM; i++)
                note(used[i]);
        }
        close(fd);
    }
    printf("%d %d\n", programs, map_count);
    return 0;
}
