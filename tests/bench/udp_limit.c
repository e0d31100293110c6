/* The bare limit of ./dev bench udp: every datagram goes back from the buffer that it came into.
 *
 *     udp_limit PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define MESSAGE_BYTES 2048

static void die(const char *what)
{
    fprintf(stderr, "udp_limit: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void send_all(int fd, struct mmsghdr *headers, unsigned count)
{
    unsigned done = 0;

    while (done < count) {
        int n = sendmmsg(fd, headers + done, count - done, 0);

        if (n < 0 && errno != EINTR && errno != ENOBUFS) {
            die("sendmmsg");
        }
        done += n > 0 ? (unsigned)n : 0;
    }
}

static void serve(int fd)
{
    static char buffers[BATCH][MESSAGE_BYTES];
    static struct mmsghdr headers[BATCH];
    static struct iovec vectors[BATCH];
    static struct sockaddr_in from[BATCH];

    for (unsigned i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){buffers[i], MESSAGE_BYTES};
        headers[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                             .msg_namelen = sizeof from[i],
                                             .msg_iov = &vectors[i],
                                             .msg_iovlen = 1};
    }
    for (;;) {
        int n = recvmmsg(fd, headers, BATCH, MSG_WAITFORONE, NULL);

        for (int i = 0; i < n; i++) {
            vectors[i].iov_len = headers[i].msg_len;
        }
        send_all(fd, headers, n > 0 ? (unsigned)n : 0);
        for (int i = 0; i < n; i++) {
            vectors[i].iov_len = MESSAGE_BYTES;
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int big = 8 << 20;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 2) {
        fprintf(stderr, "usage: udp_limit PORT\n");
        return 2;
    }
    local.sin_port = htons((uint16_t)atoi(argv[1]));
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) != 0) {
        die("bind");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
    serve(fd);
    return 0;
}
