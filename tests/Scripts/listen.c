// Receives the frames of one EtherType on an interface, as LLDP and 802.1X daemons do: listen INTERFACE TYPE (hexadecimal). Prints "listening",
// then a line for each frame: the interface on which it arrived, its type, and its kind of destination.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    static const char *const words[] = {"host", "broadcast", "multicast", "otherhost", "outgoing"};
    unsigned char frame[2048];
    if (argc != 3)
        return 2;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(strtoul(argv[2], NULL, 16)),
        .sll_ifindex = (int)if_nametoindex(argv[1]),
    };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0 || address.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror(argv[1]);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("listening");
    for (;;) {
        char name[IF_NAMESIZE];
        socklen_t length = sizeof(address);
        if (recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&address, &length) < 0) {
            perror("recvfrom");
            return 1;
        }
        printf("%s %04x %s\n", if_indextoname((unsigned)address.sll_ifindex, name), ntohs(address.sll_protocol),
               address.sll_pkttype < 5 ? words[address.sll_pkttype] : "?");
    }
}
